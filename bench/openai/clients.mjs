// Asks a running server by OpenAI's JavaScript clients: node clients.mjs URL. See
// clients.py for the server.

import assert from 'node:assert/strict';
import { createOpenAI } from '@ai-sdk/openai';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { ChatOpenAI } from '@langchain/openai';
import { generateText, streamText } from 'ai';
import OpenAI from 'openai';

const site = process.argv[2];
const baseURL = site + '/v1';
const apiKey = 'sk-anything';
const asked = 'How do I change the port?';
const messages = [{ role: 'system', content: 'Be brief.' }, { role: 'user', content: asked }];
const client = new OpenAI({ baseURL, apiKey, maxRetries: 0 });

const answered = (text) => assert.match(text, new RegExp('^To change the port, set `PORT`[^]*\\]\\(' + site + '/docs/docs-sample/'));

async function completions() {
  const whole = (await client.chat.completions.create({ model: 'docent', messages })).choices[0];
  answered(whole.message.content);
  const note = whole.message.annotations[0].url_citation;
  assert.equal([...whole.message.content].slice(note.start_index, note.end_index).join(''), '[1]');
  const stream = client.chat.completions.stream({ model: 'docent', messages, stream_options: { include_usage: true } });
  const final = await stream.finalChatCompletion();
  assert.equal(final.choices[0].message.content, whole.message.content);
  assert.ok(final.usage.total_tokens > 0);
  await assert.rejects(client.chat.completions.create({ model: 'gpt-4o', messages }), { status: 404, code: 'model_not_found', param: 'model' });
  await assert.rejects(client.chat.completions.create({ model: 'docent', messages, logprobs: true }), { status: 400, param: 'logprobs' });
}

async function responses() {
  const first = await client.responses.create({ model: 'docent', input: asked });
  answered(first.output_text);
  const stream = client.responses.stream({ model: 'docent', input: 'And the address?', previous_response_id: first.id });
  answered((await stream.finalResponse()).output_text);
}

async function models() {
  const ids = [];
  for await (const m of client.models.list()) ids.push(m.id);
  assert.deepEqual(ids, ['docent', 'docent/docs-sample']);
  assert.equal((await client.models.retrieve(ids[1])).id, ids[1]);
}

async function leaving() {
  const slow = [{ role: 'user', content: asked + ' Take your time.' }];
  const { data, response } = await client.chat.completions.create({ model: 'docent', stream: true, messages: slow }).withResponse();
  for await (const _ of data) break;
  const session = response.headers.get('x-docent-session');
  let reason = '';
  while (!reason) reason = (await (await fetch(`${site}/api/v1/sessions/${session}/messages`)).json()).data[1].finish_reason;
  assert.equal(reason, 'cancelled');
}

async function vercel() {
  const openai = createOpenAI({ baseURL, apiKey });
  const compatible = createOpenAICompatible({ name: 'docent', baseURL, apiKey });
  for (const [model, sources] of [[openai.chat('docent'), 1], [openai('docent'), 1], [compatible('docent'), 0]]) {
    const whole = await generateText({ model, prompt: asked, maxRetries: 0 });
    answered(whole.text);
    assert.equal(whole.sources.length, sources);
    const next = [{ role: 'user', content: asked }, ...whole.response.messages, { role: 'user', content: 'How do I change the address?' }];
    const more = await generateText({ model, messages: next, maxRetries: 0 });
    assert.equal(more.response.headers['x-docent-session'], whole.response.headers['x-docent-session'], 'the conversation goes on elsewhere');
    const stream = streamText({ model, system: 'Be brief.', prompt: asked, maxRetries: 0, onError: ({ error }) => { throw error; } });
    answered(await stream.text);
    assert.equal((await stream.sources).length, sources);
    assert.equal(await stream.finishReason, 'stop');
  }
}

async function langchain() {
  for (const useResponsesApi of [false, true]) {
    const docs = new ChatOpenAI({ model: 'docent', apiKey, maxRetries: 0, useResponsesApi, configuration: { baseURL } });
    answered((await docs.invoke(asked)).text);
    let text = '';
    for await (const part of await docs.stream(asked)) text += part.text;
    answered(text);
  }
}

for (const test of [completions, responses, models, leaving, vercel, langchain]) await test();
console.log('openai, ai and @langchain/openai: ok');
