"""Asks a running server by OpenAI's Python clients: python clients.py URL.

The server answers from docs-sample, with bench/chatkit's stand-in as its model, and must
be reachable without a login.
"""

import asyncio
import json
import sys
import time
import urllib.request

import openai
from langchain_openai import ChatOpenAI

SITE = sys.argv[1]
BASE = SITE + "/v1"
ASKED = "How do I change the port?"
MESSAGES = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": ASKED}]
SLOW = [{"role": "user", "content": "How do I change the port? Take your time."}]
client = openai.OpenAI(base_url=BASE, api_key="sk-anything", max_retries=0)


def check(ok, what):
    if not ok:
        raise AssertionError(what)


def answered(text):
    return text.startswith("To change the port, set `PORT`") and f"]({SITE}/docs/docs-sample/" in text


def stored(session):
    with urllib.request.urlopen(f"{SITE}/api/v1/sessions/{session}/messages") as r:
        return json.load(r)["data"]


def completions():
    whole = client.chat.completions.create(model="docent", messages=MESSAGES).choices[0]
    check(answered(whole.message.content) and whole.finish_reason == "stop", whole)
    note = whole.message.annotations[0].url_citation
    check(whole.message.content[note.start_index : note.end_index] == "[1]" and note.url.startswith(SITE), note)

    text, usage = "", None
    for chunk in client.chat.completions.create(model="docent", messages=MESSAGES, stream=True, stream_options={"include_usage": True}):
        text += "".join(c.delta.content or "" for c in chunk.choices)
        usage = chunk.usage or usage
    check(text == whole.message.content and usage.total_tokens > 0, (text, usage))
    with client.chat.completions.stream(model="docent", messages=MESSAGES) as stream:
        for _ in stream:
            pass
        check(answered(stream.get_final_completion().choices[0].message.content), "the stream's own end")
    cut = client.chat.completions.create(model="docent", messages=MESSAGES, max_completion_tokens=4).choices[0]
    check(cut.finish_reason == "length" and len(cut.message.content) < 20, cut)


def responses():
    raw = client.responses.with_raw_response.create(model="docent", input=ASKED, instructions="Be brief.")
    first = raw.parse()
    check(answered(first.output_text) and first.output[0].content[0].annotations[0].url.startswith(SITE), first)
    with client.responses.stream(model="docent", input="And the address?", previous_response_id=first.id) as stream:
        last = [event.type for event in stream][-1]
        check(last == "response.completed" and answered(stream.get_final_response().output_text), last)
    check(len(stored(raw.headers["x-docent-session"])) == 4, "the conversation went on elsewhere")


def errors():
    for more, kind, param in (
        ({"model": "gpt-4o"}, openai.NotFoundError, "model"),
        ({"messages": MESSAGES[:1]}, openai.BadRequestError, "messages"),
        ({"response_format": {"type": "json_object"}}, openai.BadRequestError, "response_format"),
        ({"n": 2}, openai.BadRequestError, "n"),
    ):
        try:
            client.chat.completions.create(**{"model": "docent", "messages": MESSAGES, **more})
        except kind as e:
            check(e.param == param and e.type == "invalid_request_error", e)
        else:
            raise AssertionError(f"{more} is answered")


def leaving():
    """A client that leaves, by itself or by its time's end, stops its answer."""
    with client.chat.completions.with_streaming_response.create(model="docent", messages=SLOW, stream=True) as r:
        session = r.headers["x-docent-session"]
        next(r.iter_lines())
    wait_for_the_end(session)
    before = newest()
    try:
        client.with_options(timeout=0.5).chat.completions.create(model="docent", messages=SLOW)
    except openai.APITimeoutError:
        pass
    else:
        raise AssertionError("an answer without end came to its end")
    check(newest() != before, "the question was not asked")
    wait_for_the_end(newest())


def newest():
    with urllib.request.urlopen(f"{SITE}/api/v1/sessions?limit=1") as r:
        return json.load(r)["data"][0]["id"]


def wait_for_the_end(session):
    while not (reason := stored(session)[-1]["finish_reason"]):
        time.sleep(0.05)
    check(reason == "cancelled", reason)


async def at_once():
    async with openai.AsyncOpenAI(base_url=BASE, api_key="sk-anything") as many:
        models = [m.id async for m in many.models.list()]
        check(models == ["docent", "docent/docs-sample"], models)
        check((await many.models.retrieve(models[1])).id == models[1], models)
        ask = lambda model: many.chat.completions.create(model=model, messages=MESSAGES)
        for answer in await asyncio.gather(*map(ask, models * 4)):
            check(answered(answer.choices[0].message.content), answer)


def langchain():
    for responses_api in (False, True):
        docs = ChatOpenAI(model="docent", base_url=BASE, api_key="sk-anything", max_retries=0, use_responses_api=responses_api)
        check(answered(docs.invoke(MESSAGES).text), "invoke")
        check(answered("".join(part.text for part in docs.stream(ASKED))), "stream")
        tool = {"type": "function", "function": {"name": "f", "description": "adds", "parameters": {"type": "object", "properties": {}}}}
        check(answered(docs.bind_tools([tool]).invoke(ASKED).text), "with tools")


completions()
responses()
errors()
leaving()
asyncio.run(at_once())
langchain()
print("openai and langchain-openai: ok")
