"""What a server shows beside answers, and what readers do with it: python extras.py URL PORT.

PORT is where the server's hooks.action is asked: this program answers there, with
STEPS. The server has the settings of the second server in run.
"""

import json
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from conformance import create, items, kinds, main, said, test, tests
from reduce import reduced
from wire import SYNCED, check

tests.clear()  # those of the other server

STEPS: list[dict] = []


class Hook(BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps({"steps": STEPS}).encode())

    def log_message(self, *_):
        pass


def act(server, thread, steps, kind="x", **more):
    STEPS[:] = steps
    return server.stream("threads.custom_action", thread_id=thread, action={"type": kind}, **more)


def widget(item_id, *children):
    return {"event": "item", "item": {"id": item_id, "type": "widget", "body": {"widget": {"type": "Card", "children": list(children)}}}}


FORM = {"event": "item", "item": {"id": "form", "type": "structured_input", "body": {"status": "pending", "inputs": [
    {"id": "os", "question": "Which system?", "type": "multiple_choice", "options": [{"value": "Linux"}, {"value": "macOS"}], "multiple": False},
    {"id": "why", "question": "What for?", "type": "freeform"},
]}}}


@test
def searches_sources_and_questions_stand_around_an_answer(server):
    thread, stream = create(server)
    shown = reduced(stream)
    check([i["type"] for i in shown.values()] == ["user_message", "workflow", "assistant_message", "widget", "widget"], list(shown.values()))
    check(list(shown.values()) == items(server, thread), f"streamed are\n  {list(shown.values())}\nand listed\n  {items(server, thread)}")
    _, workflow, answer, sources, _ = shown.values()
    check(workflow["workflow"]["tasks"][0]["sources"] and workflow["workflow"]["summary"]["title"], workflow)
    for note in answer["content"][0]["annotations"]:
        check(note["source"]["url"] in sources["copy_text"], sources)
    question = items(server, thread)[0]["id"]
    server.stream("threads.retry_after_item", thread_id=thread, item_id=question)
    check([i["type"] for i in items(server, thread)].count("workflow") == 1, "a retry leaves nothing of the answer before")


@test
def a_question_to_go_on_with_asks_itself(server):
    thread, stream = create(server)
    card = [e["item"] for e in stream if e["type"] == "thread.item.done" and e["item"]["type"] == "widget"][-1]
    button = card["widget"]["children"][-1]["children"][0]
    action = {k: button["onClickAction"][k] for k in ("type", "payload")}
    stream = server.stream("threads.custom_action", thread_id=thread, item_id=card["id"], action=action)
    check(kinds(stream)[:2] == ["stream_options", "thread.item.done"], kinds(stream))
    check(stream[1]["item"]["content"][0]["text"] == button["label"], stream[1])


@test
def steps_of_an_action_come_in_their_order(server):
    thread, _ = create(server)
    text = {"type": "Text", "id": "t", "value": "So?"}
    stream = act(server, thread, [
        {"event": "progress", "text": "Looking"}, widget("itm_card"), widget("itm_card", text), {"event": "text", "text": "Done."},
        {"event": "notice", "level": "info", "message": "Saved."}, {"event": "effect", "name": "close", "data": {"a": None}},
        {"event": "item", "item": {"type": "note", "hidden": True, "body": {}}}, {"event": "removed", "id": "itm_card"},
    ])
    check(kinds(stream) == ["stream_options", "progress_update", "thread.item.done", "thread.item.replaced", "thread.item.done",
                            "notice", "client_effect", "thread.item.removed"], kinds(stream))
    check(items(server, thread)[-1]["content"][0]["text"] == "Done.", items(server, thread))
    STEPS[:] = [widget("itm_card", text)]
    synced = server.one(SYNCED, "threads.sync_custom_action", thread_id=thread, action={"type": "x"})
    check(synced["updated_item"]["id"] == "itm_card", synced)
    STEPS[:] = []
    check(server.one(SYNCED, "threads.sync_custom_action", thread_id=thread, item_id="itm_card", action={"type": "x"}) == {}, "nothing changed")
    STEPS[:] = [{"event": "removed", "id": "nothing"}]
    check(kinds(server.stream("threads.custom_action", thread_id=thread, action={"type": "x"}))[-1] == "error", "a step that fails is told")


@test
def a_form_is_answered_once(server):
    thread, _ = create(server)
    form = act(server, thread, [FORM])[1]["item"]
    answers = {"os": {"values": ["Linux", "macOS"]}, "unknown": {"values": ["x"]}}
    stream = server.stream("threads.add_structured_input", thread_id=thread, item_id=form["id"], input={"answers": answers})
    check(kinds(stream)[:2] == ["stream_options", "thread.item.replaced"], kinds(stream))
    now = stream[1]["item"]
    check(now["status"] == "answered" and [q["answer"] for q in now["inputs"]] == [{"values": ["Linux"], "skipped": False}, {"values": [], "skipped": True}], now)
    check(now in items(server, thread), items(server, thread))
    server.refused(400, "threads.add_structured_input", thread_id=thread, item_id=form["id"], input={"status": "skipped"})


@test
def choices_are_those_that_are_offered(server):
    chosen = {"model": "best", "tool_choice": {"id": "guides"}}
    message = said("How do I use Qdrant?") | {"inference_options": chosen}
    stream = server.stream("threads.create", input=message)
    check(stream[1]["item"]["inference_options"] == chosen, stream[1])
    for wrong in {"model": "stand-in"}, {"tool_choice": {"id": "web"}}, {"tool_choice": {}}:
        server.refused(400, "threads.create", input=message | {"inference_options": wrong})


if __name__ == "__main__":
    hook = ThreadingHTTPServer(("127.0.0.1", int(sys.argv[2])), Hook)
    threading.Thread(target=hook.serve_forever, daemon=True).start()
    main()
