// A scripted server that speaks the events of the API, and a page of another
// origin that includes the widget. What it answers depends on the question.
import { createHash } from "node:crypto";
import { createServer } from "node:http";
import { readFile } from "node:fs/promises";

const dist = new URL("../dist/", import.meta.url);
const kinds = { html: "text/html; charset=utf-8", js: "text/javascript", css: "text/css", svg: "image/svg+xml" };
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'";

const sources = [
  { n: 1, id: "a", title: "Install", heading: "With Go", url: "/docs/manual/install.md#with-go", snippet: "", score: 1, source: "manual", version: "" },
  { n: 2, id: "b", title: "Configuration", heading: "Configuration", url: "https://docs.example/config#top", snippet: "", score: 0.8, source: "manual", version: "" },
  { n: 3, id: "c", title: "Upgrade", heading: "Before you begin", url: "/docs/manual/upgrade.md#before", snippet: "", score: 0.5, source: "manual", version: "" },
];

export const answers = {
  install: "You need **Go 1.26** or newer [1]. Then:\n\n1. Fetch the program:\n\n   ```sh\n   go install docent/cmd/docent@latest\n   docent serve --docs ./docs\n   ```\n2. Open `http://localhost:8000` [1][2].\n\n| key | default |\n|---|--:|\n| `server.port` | 8000 |\n| `server.host` | 127.0.0.1 |\n\nNothing else has to be installed.",
  hostile: "<img src=x onerror=\"window.hacked=1\"> <script>window.hacked=1</script>\n\n[a](javascript:window.hacked=1) [b](data:text/html,x) [c](/docs/x.md) [d](JaVaScRiPt:1) ![p](javascript:1) `[1]` list[1] <b>bold</b>\n\n- <iframe src=javascript:1>\n\n| <svg onload=alert(1)> |\n|---|\n| [1] |",
  refused: "I could not find this in the documentation.",
  corners: "Later ones first [3], and then [2]:\n\n```sh\ndocent serve\n```\n\n[2]\n\n| key | meaning |\n|---|---|\n| `server.port` | The port that the server listens on, and 0 takes a free one |\n\n[3][2]\n\n1. Run it:\n   ```sh\n   docent\n   ```\n   [3]",
  quoted: "From **Install › With Go**:\n\n> Docent needs nothing but Go. [1]",
};

// events makes an answer: its text in small pieces, citations where they first stand.
function events(message, text, done) {
  const list = [
    ["session", { session_id: "ses_1", message_id: message, user_message_id: "msg_u" }],
    ["sources", { sources }],
  ];
  const cited = [];
  for (let i = 0; i < text.length; i += 7) {
    list.push(["delta", { text: text.slice(i, i + 7) }]);
    for (const s of sources) {
      const start = text.indexOf(`[${s.n}]`);
      if (start < 0 || start + 3 > i + 7 || cited.some((c) => c.n === s.n)) continue;
      cited.push({ ...s, start });
      list.push(["citation", cited[cited.length - 1]]);
    }
  }
  list.push(["done", { message_id: message, finish_reason: "stop", certain: "yes", grounded: null, citations: cited, usage: {}, timings: {}, ...done }]);
  return list.map(([event, data], i) => `id: ${i + 1}\r\nevent: ${event}\r\ndata: ${JSON.stringify(data)}\r\n\r\n`);
}

export class Server {
  requests = []; // { method, path, headers, body }
  stored = new Map(); // message id -> events
  failures = 0; // how often the next question fails
  held = null; // the stream that waits to be released, cancelled or cut
  count = 0;
  wantsToken = false; // whether a call without one that counts is answered with 401
  expiresIn = 3600; // seconds that a token is good for
  bits = 0; // of work that a token costs
  tokens = 0; // given so far
  spoilt = 0; // so many of them count no more

  async start() {
    this.http = createServer((q, a) => this.serve(q, a).catch((e) => a.destroy(e)));
    this.other = createServer((_, a) => this.hostPage(a));
    for (const s of [this.http, this.other]) await new Promise((r) => s.listen(0, "127.0.0.1", r));
    this.url = `http://127.0.0.1:${this.http.address().port}/ask/`;
    this.otherURL = `http://127.0.0.1:${this.other.address().port}/`;
    return this;
  }

  stop() {
    for (const s of [this.http, this.other]) {
      s.closeAllConnections();
      s.close();
    }
  }

  // asked gives the bodies of the questions so far.
  asked() {
    return this.requests.filter((r) => r.method === "POST" && r.path === "api/v1/chat").map((r) => r.body);
  }

  async serve(request, response) {
    let body = "";
    for await (const piece of request) body += piece;
    const path = request.url.replace(/^\/ask\//, "").replace(/\?.*/, "");
    this.requests.push({ method: request.method, path, headers: request.headers, body: body ? JSON.parse(body) : null });
    const origin = request.headers.origin;
    if (origin) {
      response.setHeader("Access-Control-Allow-Origin", "*");
      response.setHeader("Access-Control-Expose-Headers", "Retry-After");
      response.setHeader("Access-Control-Allow-Headers", "Authorization, Content-Type, Last-Event-ID, Idempotency-Key");
    }
    if (request.method === "OPTIONS") return response.writeHead(204).end();
    if (path === "api/v1/token") return this.token(this.requests.at(-1), response);
    if (this.wantsToken && path.startsWith("api/") && !this.valid(request)) {
      return this.json(response, 401, { title: "Unauthorized", status: 401, detail: "the token has expired", code: "unauthorized" });
    }
    if (path === "api/v1/chat") return this.chat(this.requests.at(-1).body, response);
    if (path.endsWith("/events")) return this.takeUp(path.split("/")[3], Number(request.headers["last-event-id"]), response);
    if (path.endsWith("/cancel")) return this.cancel(response);
    if (path.endsWith("/feedback")) return response.writeHead(204).end();
    return this.file(path, response);
  }

  valid(request) {
    return Number(request.headers.authorization?.match(/^Bearer dwt_\w+\.(\d+)$/)?.[1] ?? 0) > this.spoilt;
  }

  // token gives one that names its visitor: the one of the token that is renewed, or a new one.
  token({ headers, body }, response) {
    const digest = createHash("sha256").update(`${body.challenge}.${body.solution}`).digest();
    if (this.bits && (body.challenge !== "c" + this.tokens || Math.clz32(digest.readUInt32BE()) < this.bits)) {
      return this.json(response, 403, { title: "Forbidden", status: 403, detail: "do the work", code: "forbidden", challenge: { value: "c" + this.tokens, bits: this.bits } });
    }
    const visitor = headers.authorization?.match(/dwt_(\w+)/)?.[1] ?? `visitor${this.tokens + 1}`;
    return this.json(response, 200, { token: `dwt_${visitor}.${++this.tokens}`, expires_at: "", expires_in: this.expiresIn });
  }

  json(response, status, body) {
    response.writeHead(status, { "Content-Type": status < 400 ? "application/json" : "application/problem+json" });
    response.end(JSON.stringify(body));
  }

  chat(ask, response) {
    const about = ask.message ?? "install again";
    if (about.includes("limit")) {
      response.setHeader("Retry-After", about.includes("long") ? "200" : "2");
      return this.json(response, 429, { title: "Too many requests", status: 429, detail: "too many requests: 5 a minute are taken", code: "rate_limited" });
    }
    const id = `msg_${++this.count}`;
    const kind = Object.keys(answers).find((k) => about.includes(k)) ?? "install";
    const done = { refused: { finish_reason: "refused", citations: [] }, quoted: { finish_reason: "extractive", cause: "no_model" } }[kind];
    const list = events(id, answers[kind], done);
    response.writeHead(200, { "Content-Type": "text/event-stream" });
    if (about.includes("fail")) {
      const error = { code: "model_failed", message: "the model’s server failed", retryable: true };
      return response.end(list.slice(0, 6).join("") + `id: 7\nevent: error\ndata: ${JSON.stringify(error)}\n\n`);
    }
    this.stored.set(id, list);
    if (about.includes("drop")) {
      response.write(list.slice(0, 12).join("").slice(0, -20)); // ends within an event
      this.held = { response };
      return;
    }
    if (about.includes("slow")) {
      response.write(list.slice(0, 20).join(""));
      this.held = { response, rest: list.slice(20), id };
      return;
    }
    // Cut without regard to events, with a comment between them.
    const text = Buffer.from(": keepalive\r\n\r\n" + list.join(""));
    for (let i = 0; i < text.length; i += 501) response.write(text.subarray(i, i + 501));
    response.end();
  }

  // takeUp begins with events that were seen already, and at first waits to be
  // cut once more.
  takeUp(id, after, response) {
    response.writeHead(200, { "Content-Type": "text/event-stream" });
    const list = this.stored.get(id);
    if (after < 20) {
      response.write(list.slice(Math.max(0, after - 2), after + 9).join(""));
      this.held = { response };
      return;
    }
    response.end(list.slice(after).join(""));
  }

  release() {
    this.held.response.end(this.held.rest.join(""));
  }

  cut() {
    this.held.response.destroy();
  }

  cancel(response) {
    const done = { message_id: this.held.id, finish_reason: "cancelled", certain: "yes", grounded: null, citations: [] };
    this.held.response.end(`id: 21\nevent: done\ndata: ${JSON.stringify(done)}\n\n`);
    response.writeHead(204).end();
  }

  async file(path, response) {
    if (path.startsWith("docs/")) {
      response.writeHead(200, { "Content-Type": kinds.html, "Content-Security-Policy": policy });
      return response.end(readerPage());
    }
    const name = path || "index.html";
    const text = await readFile(new URL(name, dist)).catch(() => null);
    if (!text) return response.writeHead(404).end();
    response.writeHead(200, { "Content-Type": kinds[name.split(".").pop()], "Content-Security-Policy": policy });
    response.end(text);
  }

  // hostPage is a page whose styles would spoil a widget without a shadow root,
  // and whose policy forbids styles of all kinds.
  hostPage(response) {
    const server = new URL(this.url).origin;
    const style = "* { font: 40px serif !important; color: red !important; letter-spacing: 9px !important }";
    const hash = createHash("sha256").update(style).digest("base64");
    response.writeHead(200, { "Content-Type": kinds.html, "Content-Security-Policy": `default-src 'none'; script-src ${server}; connect-src ${server}; style-src 'sha256-${hash}'` });
    response.end(`<!doctype html><html lang="de"><head><title>Another site</title>
<style>${style}</style>
</head><body><h1>Another site</h1><a href="#x">A link of the page</a>
<script src="${this.url}widget.js" data-title="Ask Pilot" data-site="pilot" data-source="pilot" data-version="2.1" data-color="#ffd400" defer></script></body></html>`);
  }
}

const escape = (s) => s.replace(/&/g, "&amp;").replace(/</g, "&lt;");

export function readerPage() {
  const section = (id, heading, text) => `<section id="${id}"><h2>${heading} <a class="anchor" href="#${id}" aria-label="Link to this section">#</a></h2><div class="markdown">${escape(text)}</div></section>`;
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Install</title>
<link rel="stylesheet" href="/ask/page.css"></head><body class="reader">
<header><nav aria-label="Breadcrumbs"><ol><li>manual</li><li>Start</li></ol></nav><a class="ask" href="/ask/">Ask a question</a></header>
<main><h1>Install</h1>
${section("what", "What you need", "Go 1.26 or newer, and *nothing* else. " + "It runs on Linux, macOS and Windows. ".repeat(12) + "\n\n- <img src=x onerror=\"window.hacked=1\">\n- [there](/docs/manual/there.md), [here](#with-go), [no](javascript:alert(1))")}
${section("with-go", "With Go", answers.install + "\n\n> Keep the data folder on a disk of its own.\n\n" + "More words about it. ".repeat(60))}
${section("then", "What comes then", "Ask something.\n\n".repeat(20))}
</main><script src="/ask/reader.js" defer></script></body></html>`;
}
