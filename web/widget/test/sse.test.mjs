import assert from "node:assert/strict";
import test from "node:test";
import { load } from "./load.mjs";

const { FrameParser } = await load("sse.ts");

const stream = ': keepalive\r\n\r\nid: 1\r\nevent: session\r\ndata: {"a":1}\r\n\r\nid:2\ndata: one\ndata: two ä 🙂\n\nevent: empty\n\nid: x\rdata\r\rdata: unfinished\n';
const frames = [
  { id: 1, event: "session", data: '{"a":1}' },
  { id: 2, event: "message", data: "one\ntwo ä 🙂" },
  { id: 0, event: "message", data: "" },
];

test("a stream gives the same frames however it is cut", () => {
  for (let size = 1; size <= stream.length; size++) {
    const parser = new FrameParser();
    const got = [];
    for (let i = 0; i < stream.length; i += size) got.push(...parser.push(stream.slice(i, i + size)));
    assert.deepEqual(got, frames, `pieces of ${size}`);
  }
});
