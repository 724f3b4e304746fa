"""Drives a running server through all operations of ChatKit: python conformance.py URL.

The server answers from docs-sample, with the stand-in of standin.py as its model and
the settings of run. It must be reachable without a login.
"""

import json
import sys
import time
import urllib.request
from collections.abc import Callable

from reduce import reduced
from wire import ATTACHMENT, ITEMS, SYNCED, THREAD, THREADS, TRANSCRIPT, Server, check, events, held

tests: list[Callable[[Server], None]] = []


def test(fn):
    tests.append(fn)
    return fn


def said(text, **more):
    return {"content": [{"type": "input_text", "text": text}], "attachments": [], "inference_options": {}, **more}


def kinds(stream):
    return [e["type"] for e in stream]


def items(server, thread, **params):
    return server.one(ITEMS, "items.list", thread_id=thread, order="asc", limit=100, **params)["data"]


def units(text):
    return len(text.encode("utf-16-le")) // 2


def create(server, text="How do I change the port?", **more):
    stream = server.stream("threads.create", input=said(text, **more))
    check(kinds(stream)[0] == "thread.created", kinds(stream))
    return stream[0]["thread"]["id"], stream


@test
def a_new_thread_streams_in_order(server):
    thread, stream = create(server)
    order = [k for k in kinds(stream) if k != "progress_update"]
    check(order[:4] == ["thread.created", "thread.item.done", "stream_options", "thread.item.added"], order)
    check(order[-2:] == ["thread.item.done", "thread.updated"], order)
    check("title" not in stream[0]["thread"] and stream[-1]["thread"]["title"], "a thread has its title when it is answered")
    check(stream[1]["item"]["type"] == "user_message" and stream[2]["stream_options"] == {"allow_cancel": True}, stream[:3])
    shown = list(reduced(stream).values())
    check(shown == items(server, thread), f"streamed are\n  {shown}\nand listed\n  {items(server, thread)}")
    part = shown[1]["content"][0]
    check(part["annotations"], "an answer from the documentation cites it")
    for note in part["annotations"]:
        mark = part["text"].encode("utf-16-le")[: 2 * note["index"]].decode("utf-16-le")
        check(mark.endswith("]"), f"an annotation stands behind {mark!r}")
        check("#" in note["source"]["url"] and note["source"]["description"], note)


@test
def a_message_is_shown_as_it_was_sent(server):
    sent = said("Where is \u2028 the\r\nport\u0000 of ", quoted_text="a \U0001f600 quote")
    sent["content"].append({"type": "input_tag", "id": "t1", "text": "@serve", "data": {"a": None}, "group": "g", "interactive": True})
    thread, stream = create(server)
    stream = server.stream("threads.add_user_message", thread_id=thread, input=sent)
    check(kinds(stream)[:2] == ["thread.item.done", "stream_options"], kinds(stream))
    for message in stream[0]["item"], items(server, thread)[2]:
        check(message["content"] == sent["content"] and message["quoted_text"] == sent["quoted_text"], message)


@test
def a_retry_takes_back_what_came_later(server):
    thread, _ = create(server)
    server.stream("threads.add_user_message", thread_id=thread, input=said("How do I set the host?"))
    first, answer, second, _ = items(server, thread)
    server.refused(400, "threads.retry_after_item", thread_id=thread, item_id=answer["id"])
    check(len(items(server, thread)) == 4, "a refused retry deletes nothing")
    check(server.stream("threads.retry_after_item", thread_id=thread, item_id="msg_unknown") == [], "of an unknown item the stream is empty")
    stream = server.stream("threads.retry_after_item", thread_id=thread, item_id=first["id"])
    check(kinds(stream)[0] == "stream_options" and "thread.item.removed" not in kinds(stream), kinds(stream))
    now = items(server, thread)
    check([i["id"] for i in now] == [first["id"], stream[-1]["item"]["id"]], now)
    check(second["id"] not in str(now) and answer["id"] not in str(now), "what came later is gone")


@test
def threads_are_read_named_and_deleted(server):
    thread, _ = create(server)
    named = server.one(THREAD, "threads.update", thread_id=thread, title="Ports")
    check(named["title"] == "Ports" and named["items"] == {"data": [], "has_more": False}, named)
    whole = server.one(THREAD, "threads.get_by_id", thread_id=thread)
    check(whole["items"]["data"] == items(server, thread), whole)
    check(server.one(None, "threads.delete", thread_id=thread) == {}, "deleted")
    server.refused(404, "threads.get_by_id", thread_id=thread)
    server.refused(404, "threads.add_user_message", thread_id=thread, input=said("Hello?"))


@test
def lists_go_on_where_they_ended(server):
    made = [create(server, f"How do I change port {n}?")[0] for n in range(3)]
    newest = server.one(THREADS, "threads.list", limit=2)
    check([t["id"] for t in newest["data"]] == made[:0:-1] and newest["has_more"], newest)
    rest = server.one(THREADS, "threads.list", limit=None, after=newest["after"])
    check(rest["data"][0]["id"] == made[0], rest)
    for limit in 0, None, -1, 10**30, "3", True:
        check(server.one(THREADS, "threads.list", limit=limit)["data"][0]["id"] == made[2], limit)
    for order in "asc", "desc":
        whole = server.one(ITEMS, "items.list", thread_id=made[0], order=order)["data"]
        one = server.one(ITEMS, "items.list", thread_id=made[0], order=order, limit=1)
        two = server.one(ITEMS, "items.list", thread_id=made[0], order=order, limit=1, after=one["after"])
        check(one["data"] + two["data"] == whole and not two["has_more"], whole)
    server.refused(400, "items.list", thread_id=made[0], after=items(server, made[1])[0]["id"])
    server.refused(400, "threads.list", after="thr_unknown")


@test
def feedback_is_taken(server):
    thread, _ = create(server)
    for ids in [], ["unknown"], [i["id"] for i in items(server, thread)]:
        server.one(None, "items.feedback", thread_id=thread, item_ids=ids, kind="negative")
    server.refused(404, "items.feedback", thread_id="thr_unknown", item_ids=[], kind="positive")


@test
def files_come_in_two_steps(server):
    made = server.one(ATTACHMENT, "attachments.create", name="app.log", size=-1, mime_type="text/plain")
    there = made["upload_descriptor"]
    form = b'--x\r\nContent-Disposition: form-data; name="file"; filename="app.log"\r\n\r\nThe port is taken.\r\n--x--\r\n'
    headers = {"Content-Type": "multipart/form-data; boundary=x", **there["headers"]}
    with urllib.request.urlopen(urllib.request.Request(there["url"], form, headers, method=there["method"])) as answer:
        held(ATTACHMENT, answer.read())
    thread, stream = create(server, "What is wrong?", attachments=[made["id"]])
    check([a["id"] for a in stream[1]["item"]["attachments"]] == [made["id"]], stream[1])
    check(stream[1]["item"]["attachments"][0]["thread_id"] == thread, stream[1])
    other = server.one(ATTACHMENT, "attachments.create", name="b", size=1, mime_type="")
    server.one(None, "attachments.delete", attachment_id=other["id"])
    server.refused(404, "threads.create", input=said("What?", attachments=[other["id"]]))


@test
def a_recording_becomes_text(server):
    got = server.one(TRANSCRIPT, "input.transcribe", audio_base64="AAAA", mime_type="audio/webm;codecs=opus")
    check(got["text"] == "How do I change the port?", got)
    server.refused(400, "input.transcribe", audio_base64="A", mime_type="audio/webm")


@test
def a_tool_of_the_page_ends_the_stream_and_goes_on(server):
    thread, stream = create(server, "Where does `docent serve` listen? Please open the page.")
    call = stream[-1] if stream[-1]["type"] == "thread.item.done" else stream[-2]
    check(call["item"]["type"] == "client_tool_call" and call["item"]["status"] == "pending", kinds(stream))
    stream = server.stream("threads.add_client_tool_output", thread_id=thread, result={"opened": None})
    check(kinds(stream)[0] == "stream_options", kinds(stream))
    now = {i["id"]: i for i in items(server, thread)}[call["item"]["id"]]
    check(now["status"] == "completed" and now["output"] == {"opened": None}, now)
    server.refused(400, "threads.add_client_tool_output", thread_id=thread, result=None)


@test
def forms_and_actions_of_nothing_are_refused(server):
    thread, _ = create(server)
    server.refused(404, "threads.add_structured_input", thread_id=thread, item_id="unknown", input={})
    message = items(server, thread)[0]["id"]
    server.refused(400, "threads.add_structured_input", thread_id=thread, item_id=message, input={})
    stream = server.stream("threads.custom_action", thread_id=thread, item_id=message, action={"type": "x"})
    check(stream == [{"type": "error", "code": "stream.error", "allow_retry": False}], stream)


@test
def a_reader_who_leaves_stops_the_answer(server):
    answer = server.send("threads.create", input=said("How do I change the port? Take your time."))
    seen = []
    for e in events(answer):
        seen.append(e)
        if e["type"] == "thread.item.updated" and e["update"]["type"].endswith("text_delta"):
            break
    answer.close()
    thread, streamed = seen[0]["thread"]["id"], seen[-1]["item_id"]
    for _ in range(200):  # until the server has noticed
        stored = items(server, thread)
        if len(stored) == 2:
            break
        time.sleep(0.05)
    check(stored[1]["id"] == streamed and stored[1]["content"][0]["text"].strip(), stored)
    stream = server.stream("threads.add_user_message", thread_id=thread, input=said("How do I change the port?"))
    check(kinds(stream)[0] == "thread.item.done", kinds(stream))


@test
def what_is_no_request_is_refused(server):
    good = '{"type":"threads.list","params":{}}'
    for bad in (
        "", "[]", "null", '"x"', good + "x", "\ufeff" + good, '{"params":{}}', '{"type":"threads.list"}', '{"type":"nothing","params":{}}',
        '{"type":"threads.list","params":null}', '{"type":"threads.list","params":{},"metadata":null}',
        '{"type":"threads.list","params":{"after":"\\ud800"}}', '{"type":"threads.list","params":{"x":' + "[" * 300 + "]" * 300 + "}}",
        '{"type":"threads.list","params":{"limit":1.5}}', '{"type":"threads.list","params":{"order":"up"}}',
        '{"type":"threads.create","params":{"input":{"content":[]}}}', '{"type":"threads.update","params":{"thread_id":1,"title":"x"}}',
    ):
        with server.post(bad.encode()) as answer:
            check(answer.status == 400, f"{bad[:80]}: {answer.status}")
            check(json.loads(answer.read())["error"]["message"], bad)
    with server.post(b'{"type":"threads.list","params":{"after":"\xff"}}') as answer:
        check(answer.status == 400, "bytes that are not UTF-8")
    for fine in good, ' {"x":[1],"type":"nothing","type":"threads.list","params":{"y":"\\ud83d\\ude00"},"metadata":{"k":{}}} \n':
        with server.post(fine.encode()) as answer:
            check(answer.status == 200, fine)


def main():
    server = Server(sys.argv[1])
    failed = 0
    for t in tests:
        try:
            t(server)
            print(f"ok      {t.__name__}")
        except Exception as error:  # noqa: BLE001: each is told, and the next one tried
            failed += 1
            print(f"FAILED  {t.__name__}: {type(error).__name__}: {error}")
    sys.exit(failed > 0)


if __name__ == "__main__":
    main()
