"""A model's server that says what the conformance run needs: python standin.py PORT.

It cites the first passage. Asked to take its time it goes on until nobody listens;
asked to open a page it calls open_page once.
"""

import json
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


def chunk(delta, finish=None):
    return {"object": "chat.completion.chunk", "choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}


def answers(request):
    asked = request["messages"][-1]
    wants = asked["content"] if isinstance(asked["content"], str) else json.dumps(asked["content"])
    tools = [t["function"]["name"] for t in request.get("tools", [])]
    if "open the page" in wants and "open_page" in tools and asked["role"] == "user":
        call = {"index": 0, "id": "call_1", "type": "function", "function": {"name": "open_page", "arguments": '{"url":"/docs"}'}}
        yield chunk({"tool_calls": [call]})
        yield chunk({}, "tool_calls")
        return
    for word in ("To change the port, ", "set `PORT`, ", "or give `docent serve` ", "the flag `--port` [1", "].\n"):
        yield chunk({"content": word})
    while "Take your time" in wants:
        time.sleep(0.02)
        yield chunk({"content": "More. "})
    yield chunk({}, "stop")


class StandIn(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        if self.path.endswith("/audio/transcriptions"):
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(b'{"text":"How do I change the port?"}')
            return
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        try:
            for c in answers(json.loads(body)):
                self.wfile.write(f"data: {json.dumps(c)}\n\n".encode())
                self.wfile.flush()
            self.wfile.write(b"data: [DONE]\n\n")
        except OSError:
            pass  # the answer was stopped

    def log_message(self, *_):
        pass


ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), StandIn).serve_forever()
