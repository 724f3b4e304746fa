// Questions and answers, one after another, and the field for the next.

import { under } from "./address";
import type { Client } from "./client";
import { Composer } from "./composer";
import { el } from "./element";
import { Turn } from "./turn";
import { Failure, type AnswerEvent, type Ask } from "./wire";

const patience = 3000; // milliseconds that a stopped answer may take to end

// Question is what was asked, so that it can be asked again.
interface Question {
  turn: Turn;
  text: string;
  ask: Ask;
  key: string;
  replaces: string; // the answer that failed; "" where none began
  failure?: Failure;
}

// Running is an answer in the making.
interface Running {
  turn: Turn;
  abort: AbortController;
}

export class Conversation {
  readonly turns = el("div", { class: "turns" });
  readonly composer = new Composer((text) => this.ask(text), () => this.stop());
  readonly status = el("p", { class: "unseen", role: "status", "aria-live": "polite" });
  private session = "";
  private running: Running | null = null;

  // changed is called when the conversation begins and when it is emptied.
  constructor(
    private readonly client: Client,
    private readonly filters: Ask["filters"],
    private readonly changed: (empty: boolean) => void,
  ) {}

  ask(text: string): void {
    if (this.running) return;
    const turn: Turn = new Turn(text, {
      resolve: (address) => under(this.client.server, address),
      retry: (button) => this.retry(question, button),
      rate: (rating) => this.client.feedback(turn.messageID, rating),
    });
    const question: Question = { turn, text, ask: this.compose({ message: text }), key: newKey(), replaces: "" };
    this.turns.append(turn.element);
    this.changed(false);
    void this.run(question);
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    turn.element.scrollIntoView({ block: "start", behavior: calm ? "auto" : "smooth" });
  }

  // stop ends the answer on the server. What the server still has to say is
  // waited for, though not for long.
  stop(): void {
    const run = this.running;
    if (!run) return;
    if (!run.turn.messageID) return run.abort.abort();
    this.client.cancel(run.turn.messageID).catch(() => run.abort.abort());
    setTimeout(() => run.abort.abort(), patience);
  }

  // restart begins a new conversation.
  restart(): void {
    this.stop();
    this.running = null;
    this.session = "";
    this.turns.replaceChildren();
    this.status.textContent = "";
    this.composer.setBusy(false);
    this.changed(true);
    this.composer.focus();
  }

  private compose(question: { message: string } | { retry_of: string }): Ask {
    return {
      ...question,
      ...(this.session && { session_id: this.session }),
      filters: this.filters,
      page: { url: location.href, title: document.title },
    };
  }

  // retry asks again. Where only the connection failed, the same key takes up
  // the answer that may be there; else the answer that failed is replaced.
  private retry(q: Question, button: Element): void {
    if (this.running) return;
    this.composer.takeOver(button);
    if (q.failure?.code === "not_found") this.session = q.replaces = "";
    if (!q.failure?.open) {
      q.ask = this.compose(q.replaces ? { retry_of: q.replaces } : { message: q.text });
      q.key = newKey();
    }
    void this.run(q);
  }

  private async run(q: Question): Promise<void> {
    const run: Running = { turn: q.turn, abort: new AbortController() };
    this.running = run;
    this.composer.setBusy(true);
    q.turn.begin();
    this.status.textContent = "Searching the documentation.";
    try {
      await this.client.ask(q.ask, q.key, (e) => this.take(e, q, run), () => q.turn.dropped(), run.abort.signal);
      this.ended(run, q.turn.spoken());
    } catch (e) {
      const failure = e instanceof Failure ? e : new Failure("The answer could not be shown.", true);
      if (run.abort.signal.aborted) q.turn.stopped();
      else q.turn.fail(failure);
      q.failure = failure;
      q.replaces = q.turn.messageID || q.replaces;
      this.ended(run, ""); // a failure is an alert, and speaks for itself
    }
  }

  private take(e: AnswerEvent, q: Question, run: Running): void {
    if (e.name === "session" && this.running === run) this.session = e.data.session_id;
    q.turn.on(e);
  }

  private ended(run: Running, spoken: string): void {
    if (this.running !== run) return;
    this.running = null;
    this.composer.setBusy(false);
    this.status.textContent = spoken;
  }
}

// newKey names a question, so that asking it twice makes one answer.
function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, "0")).join("");
}
