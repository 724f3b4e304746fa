// One question with its answer, from the first event to the last.

import { anchor, el, iconButton } from "./element";
import { MarkdownView } from "./render";
import { Failure, type AnswerEvent, type Done, type Source } from "./wire";

export interface TurnActions {
  resolve(address: string): string | null;
  retry(): void;
  rate(rating: "up" | "down"): Promise<unknown>;
}

const quoted: Record<string, string> = {
  no_model: "These are the documentation’s own words. No language model took part.",
  budget: "These are the documentation’s own words: the budget for written answers is used up.",
  model_down: "These are the documentation’s own words: the language model can’t be reached just now.",
  limit: "These are the documentation’s own words: the limit for written answers is reached.",
};

export class Turn {
  readonly element: HTMLElement;
  messageID = "";
  private text = "";
  private sources = new Map<number, Source>();
  private readonly status = el("p", { class: "status" });
  private readonly notices = el("div", { class: "notices" });
  private readonly answer = el("div", { class: "markdown" });
  private readonly end = el("div", { class: "end" });
  private readonly view: MarkdownView;
  private frame = 0;

  constructor(question: string, private readonly actions: TurnActions) {
    this.element = el("article", { class: "turn" }, el("h2", { class: "question" }, question), this.answer, this.status, this.notices, this.end);
    this.view = new MarkdownView(this.answer, {
      topHeading: 3,
      resolve: actions.resolve,
      source: (n) => this.sources.get(n),
    });
  }

  // begin makes the turn ready for an answer, whatever it showed before.
  begin(): void {
    this.text = this.messageID = "";
    this.sources.clear();
    this.notices.replaceChildren();
    this.end.replaceChildren();
    this.element.setAttribute("aria-busy", "true");
    this.say("Searching the documentation");
    this.draw();
  }

  on(e: AnswerEvent): void {
    switch (e.name) {
      case "session":
        this.messageID = e.data.message_id;
        break;
      case "sources":
        for (const s of e.data.sources) this.sources.set(s.n, s);
        if (e.data.note) this.note(e.data.note);
        if (!this.text) this.say(`Reading ${count(this.sources.size, "section")}`);
        break;
      case "citation":
        this.sources.set(e.data.n, e.data);
        this.draw();
        break;
      case "delta":
        this.text += e.data.text;
        this.say("Writing");
        this.draw();
        break;
      case "done":
        this.finish(e.data);
    }
  }

  dropped(): void {
    this.say("The connection was lost. Taking the answer up again");
  }

  // fail shows an error as a sentence, below what was said so far.
  fail(failure: Failure): void {
    this.settle();
    const box = el("div", { class: "failure", role: "alert" }, el("p", {}, failure.message));
    if (failure.retryable) {
      const retry = el("button", { type: "button", class: "plain" }, "Try again");
      retry.addEventListener("click", () => this.actions.retry());
      box.append(retry);
    }
    this.end.replaceChildren(box);
  }

  stopped(): void {
    this.settle();
    this.note("Stopped before the answer was finished.");
  }

  // spoken is what a screen reader says once the answer is there.
  spoken(): string {
    return `Answer: ${this.answer.textContent} ${this.notices.textContent}`;
  }

  private finish(done: Done): void {
    for (const c of done.citations ?? []) this.sources.set(c.n, c);
    if (done.finish_reason === "cancelled") this.stopped();
    else this.settle();
    const uncertain = done.certain === "uncertain" && done.finish_reason !== "refused";
    if (done.finish_reason === "refused") this.note("Not answered, so that nothing is invented.");
    else if (done.finish_reason === "extractive") this.note(quoted[done.cause ?? ""] ?? "These are the documentation’s own words.");
    else if (done.finish_reason === "length") this.note("The answer reached its longest length and was cut.");
    else if (uncertain) this.note("This may not be right: compare it with the sources.");
    this.end.replaceChildren(...this.links(done), this.rating());
  }

  private settle(): void {
    this.element.removeAttribute("aria-busy");
    this.status.replaceChildren();
    cancelAnimationFrame(this.frame);
    this.frame = 0;
    this.view.update(this.text);
  }

  // links lists the cited sections; without any, the nearest ones.
  private links(done: Done): HTMLElement[] {
    const cited = new Set((done.citations ?? []).map((c) => c.n));
    const all = [...this.sources.values()].sort((a, b) => a.n - b.n);
    const shown = cited.size > 0 ? all.filter((s) => cited.has(s.n)) : all.slice(0, 3);
    const items = shown.map((s) => this.link(s)).filter((i) => i !== null);
    if (items.length === 0) return [];
    return [el("h3", { class: "label" }, cited.size > 0 ? "Sources" : "Nearest sections"), el("ol", { class: "sources" }, ...items)];
  }

  private link(s: Source): HTMLElement | null {
    const href = this.actions.resolve(s.url);
    if (!href) return null;
    const page = s.heading && s.heading !== s.title && el("span", { class: "page" }, s.title);
    const words = el("span", {}, el("span", { class: "heading" }, s.heading || s.title), page);
    return el("li", {}, anchor(href, "source", el("span", { class: "number" }, String(s.n)), words));
  }

  private rating(): HTMLElement {
    const said = el("span", { class: "said", role: "status" });
    const rate = (rating: "up" | "down") => async () => {
      for (const [name, b] of Object.entries(buttons)) b.setAttribute("aria-pressed", String(name === rating));
      const sent = await this.actions.rate(rating).then(() => true, () => false);
      if (!sent) buttons[rating].setAttribute("aria-pressed", "false");
      said.textContent = sent ? "Thank you." : "That could not be sent.";
    };
    const buttons = {
      up: iconButton("up", "This helped", "small", rate("up")),
      down: iconButton("down", "This did not help", "small", rate("down")),
    };
    return el("div", { class: "rating" }, buttons.up, buttons.down, said);
  }

  private note(text: string): void {
    this.notices.append(el("p", {}, text));
  }

  private say(text: string): void {
    if (this.status.textContent !== text) this.status.replaceChildren(el("span", { class: "pulse" }), text);
  }

  // draw shows the text with the next frame, however many events come before it.
  private draw(): void {
    this.frame ||= requestAnimationFrame(() => {
      this.frame = 0;
      this.view.update(this.text);
    });
  }
}

export function count(n: number, what: string): string {
  return `${n} ${what}${n === 1 ? "" : "s"}`;
}

