"""Speaks ChatKit to a server, and holds all that comes to the reference's own models.

Each event and each object is parsed by the models of openai-chatkit, and written by
them again: what they write must be what was sent, so that a field too many, one too
few and a null fail alike.
"""

import json
import urllib.error
import urllib.request
from datetime import datetime

from chatkit.types import Attachment, Page, SyncCustomActionResponse, Thread, ThreadItem, ThreadStreamEvent, TranscriptionResult
from pydantic import TypeAdapter

EVENT = TypeAdapter(ThreadStreamEvent)
THREAD = TypeAdapter(Thread)
THREADS = TypeAdapter(Page[Thread])
ITEMS = TypeAdapter(Page[ThreadItem])
ATTACHMENT = TypeAdapter(Attachment)
TRANSCRIPT = TypeAdapter(TranscriptionResult)
SYNCED = TypeAdapter(SyncCustomActionResponse)


def check(true, what):
    if not true:
        raise AssertionError(what)


def plain(value):
    """Makes times comparable, whatever their form: the models read and write others."""
    if isinstance(value, dict):
        return {k: datetime.fromisoformat(v) if k == "created_at" else plain(v) for k, v in value.items()}
    return [plain(v) for v in value] if isinstance(value, list) else value


# What the reference sends of an object: all of its fields that are not null.
def sent_by_reference(adapter, parsed):
    return adapter.dump_python(parsed, mode="json", by_alias=True, exclude_none=True)


def held(adapter, text):
    """Parses what was sent, and fails where the reference would have sent something else."""
    parsed = adapter.validate_json(text)
    theirs, ours = plain(sent_by_reference(adapter, parsed)), plain(json.loads(text))
    check(theirs == ours, f"the reference would send\n  {theirs}\nfor\n  {ours}")
    return json.loads(text)


class Server:
    def __init__(self, url):
        self.url = url + "/chatkit"

    def post(self, body):
        """Gives status, headers and the open response."""
        request = urllib.request.Request(self.url, body, {"Accept-Language": "en"})
        try:
            return urllib.request.urlopen(request, timeout=60)
        except urllib.error.HTTPError as answer:
            return answer

    def send(self, op, **params):
        return self.post(json.dumps({"type": op, "params": params}).encode())

    def one(self, adapter, op, **params):
        """An operation that answers at once."""
        with self.send(op, **params) as answer:
            text = answer.read()
            check(answer.status == 200, f"{op}: {answer.status} {text}")
            check(answer.headers["Content-Type"].startswith("application/json"), answer.headers["Content-Type"])
        if adapter is None:
            check(json.loads(text) == {}, f"{op} answers {text}, not {{}}")
            return {}
        return held(adapter, text)

    def stream(self, op, **params):
        """An operation that streams, to its end."""
        with self.send(op, **params) as answer:
            text = answer.read() if answer.status != 200 else b""
            check(answer.status == 200, f"{op}: {answer.status} {text}")
            check(answer.headers["Content-Type"].startswith("text/event-stream"), answer.headers["Content-Type"])
            return list(events(answer))

    def refused(self, status, op, **params):
        with self.send(op, **params) as answer:
            text = answer.read()
        check(answer.status == status, f"{op} {params}: {answer.status} {text}, want {status}")
        check(isinstance(json.loads(text)["error"]["message"], str), text)


def events(answer):
    """Reads a stream: lines of data, a blank one behind each, comments between."""
    while line := answer.readline():
        if line.startswith(b":"):
            check(answer.readline() == b"\n", "a comment is not alone")
            continue
        check(line.startswith(b"data: ") and line.endswith(b"\n"), f"a line of a stream is {line}")
        check(answer.readline() == b"\n", "no blank line stands behind an event")
        yield held(EVENT, line[len(b"data: ") : -1])
