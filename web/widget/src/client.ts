// Asking the server. A connection that drops before the answer ended is taken
// up again by event id, so that every event is seen once.

import { FrameParser } from "./sse";
import { Visitor } from "./visitor";
import { Failure, type AnswerEvent, type Ask } from "./wire";

const backoff = [300, 1000, 2000, 4000]; // milliseconds before each further try
const silence = 60_000; // milliseconds; the server sends a comment every 15 seconds

// Run is how far an answer was read.
interface Run {
  messageID: string;
  last: number;
  ended: boolean;
}

export class Client {
  private warned = false;
  private readonly visitor: Visitor;

  // A page of the server's own origin may be known by its cookie, or the server
  // may ask nobody who they are: a token is fetched only after a 401. Elsewhere
  // cookies stay behind, since browsers mostly keep them back there and a server
  // allows them only to origins that it names: a token comes first, unless
  // credentials says "include".
  constructor(
    readonly server: URL,
    private readonly credentials: RequestCredentials = "same-origin",
    site = "",
  ) {
    this.visitor = new Visitor(this.foreign() && credentials !== "include", site, (body, headers) =>
      this.fetch("token", { method: "POST", headers: { ...headers, "Content-Type": "application/json" }, body: JSON.stringify(body) }));
  }

  // ask calls on for each event, in order and once, until the answer ended.
  // It throws a Failure, also for an error event, or the signal's AbortError. dropped is called when
  // the connection was lost and is being taken up again. The same key joins
  // the answer that an earlier call began.
  async ask(ask: Ask, key: string, on: (e: AnswerEvent) => void, dropped: () => void, signal: AbortSignal): Promise<void> {
    const run: Run = { messageID: "", last: 0, ended: false };
    let response = await this.post("chat", ask, { "Idempotency-Key": key }, signal);
    for (let tries = 0; ; tries++) {
      const before = run.last;
      await read(response, run, on, signal);
      if (run.ended) return;
      if (run.last > before) tries = 0;
      dropped();
      response = await this.resume(ask, key, run, tries, signal);
    }
  }

  cancel(messageID: string): Promise<Response> {
    return this.post(`chat/${encodeURIComponent(messageID)}/cancel`, undefined, {});
  }

  feedback(messageID: string, rating: "up" | "down"): Promise<Response> {
    return this.post(`messages/${encodeURIComponent(messageID)}/feedback`, { rating, reasons: [], comment: "" }, {});
  }

  // resume connects again, and before the message has a name asks again.
  private async resume(ask: Ask, key: string, run: Run, tries: number, signal: AbortSignal): Promise<Response> {
    for (; tries < backoff.length; tries++) {
      await pause(backoff[tries]!, signal);
      try {
        if (!run.messageID) return await this.post("chat", ask, { "Idempotency-Key": key }, signal);
        const path = `chat/${encodeURIComponent(run.messageID)}/events`;
        return await this.send(path, { headers: { "Last-Event-ID": String(run.last) }, signal });
      } catch (e) {
        if (!(e instanceof Failure) || !e.retryable) throw e;
      }
    }
    throw new Failure("The connection was lost before the answer was finished.", true, { code: "lost", open: true });
  }

  private post(path: string, body: unknown, headers: Record<string, string>, signal?: AbortSignal): Promise<Response> {
    if (body !== undefined) headers = { ...headers, "Content-Type": "application/json" };
    return this.send(path, { method: "POST", headers, body: JSON.stringify(body), signal });
  }

  private async send(path: string, init: RequestInit): Promise<Response> {
    const call = async () =>
      this.fetch(path, { ...init, headers: { ...(init.headers as Record<string, string>), ...(await this.visitor.headers()) } });
    let response = await call();
    if (response.status === 401 && (await this.visitor.refused())) response = await call();
    if (!response.ok) throw await problem(response);
    return response;
  }

  private async fetch(path: string, init: RequestInit): Promise<Response> {
    try {
      return await fetch(new URL("api/v1/" + path, this.server), { ...init, credentials: this.credentials });
    } catch (e) {
      if (init.signal?.aborted) throw e;
      throw this.unreachable();
    }
  }

  private foreign(): boolean {
    return this.server.origin !== location.origin;
  }

  // unreachable is the failure of a call that no answer came to. A browser does
  // not tell a script whether the server is down or does not allow the page.
  private unreachable(): Failure {
    const causes = { code: "unreachable", open: true };
    if (!this.foreign()) return new Failure("The server could not be reached.", true, causes);
    if (!this.warned) console.warn(`Docent: ${this.server.href} gave no answer to this page. If that server is running, add ${location.origin} to cors.allowed_origins in its config.yaml.`);
    this.warned = true;
    return new Failure("The server could not be reached, or it does not allow this page.", true, causes);
  }
}

// read gives the events of a response until it ends, breaks off or falls silent.
async function read(response: Response, run: Run, on: (e: AnswerEvent) => void, signal: AbortSignal): Promise<void> {
  if (!response.headers.get("Content-Type")?.startsWith("text/event-stream") || !response.body) {
    throw new Failure("The server answered with something that is not an answer.", true);
  }
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  const parser = new FrameParser();
  while (!run.ended) {
    const timer = setTimeout(() => void reader.cancel().catch(() => {}), silence);
    const piece = await reader.read().catch(() => null).finally(() => clearTimeout(timer));
    signal.throwIfAborted();
    if (!piece || piece.done) return;
    for (const frame of parser.push(decoder.decode(piece.value, { stream: true }))) {
      if (run.ended || (frame.id && frame.id <= run.last)) continue;
      run.last = frame.id || run.last;
      const event = { name: frame.event, data: JSON.parse(frame.data) } as AnswerEvent;
      if (event.name === "error") {
        // One without a number is of the connection, not of the answer.
        throw new Failure(event.data.message, event.data.retryable, { code: event.data.code, open: frame.id === 0 });
      }
      if (event.name === "session") run.messageID = event.data.message_id;
      run.ended = event.name === "done";
      on(event);
    }
  }
  await reader.cancel().catch(() => {});
}

// problem reads application/problem+json, or makes a sentence of the status.
async function problem(response: Response): Promise<Failure> {
  const body = (await response.json().catch(() => ({}))) as { title?: string; detail?: string; code?: string };
  const said = body.detail || body.title || `The server answered with status ${response.status}`;
  const message = response.status === 429 ? "Too many questions in a short time" : said;
  const retryable = [404, 409, 429].includes(response.status) || response.status >= 500;
  return new Failure(message, retryable, { code: body.code, wait: Number(response.headers.get("Retry-After")) || 0 });
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => { clearTimeout(timer); reject(signal.reason); }, { once: true });
  });
}
