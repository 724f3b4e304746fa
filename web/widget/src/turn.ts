// One question with its answer, from the first event to the last.

import { anchor, el, iconButton } from "./element";
import { MarkdownView } from "./render";
import { Failure, type AnswerEvent, type Done, type Source } from "./wire";

export interface TurnActions {
  resolve(address: string): string | null;
  retry(button: Element): void;
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
  private cited = new Set<number>();
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
    this.cited.clear();
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
        this.cite(e.data);
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
    const when = el("span");
    const box = el("div", { class: "failure", role: "alert" }, el("p", {}, failure.message, when));
    if (failure.retryable) box.append(this.again(failure.wait, when));
    this.end.replaceChildren(box);
  }

  stopped(): void {
    this.settle();
    this.note("Stopped before the answer was finished.");
    this.end.replaceChildren(...this.links("Sources"));
  }

  // spoken is what a screen reader says once the answer is there.
  spoken(): string {
    return `Answer: ${this.answer.textContent} ${this.notices.textContent}`;
  }

  private finish(done: Done): void {
    for (const c of done.citations ?? []) this.cite(c);
    const cancelled = done.finish_reason === "cancelled";
    if (cancelled) this.stopped();
    else this.settle();
    const uncertain = done.certain === "uncertain" && done.finish_reason !== "refused";
    if (done.finish_reason === "extractive") this.note(quoted[done.cause ?? ""] ?? "These are the documentation’s own words.");
    else if (done.finish_reason === "length") this.note("The answer reached its longest length and was cut.");
    else if (uncertain) this.note("This may not be right: compare it with the sources.");
    this.end.replaceChildren(...this.links(this.cited.size > 0 || cancelled ? "Sources" : "Nearest pages"), this.rating());
  }

  private cite(source: Source): void {
    this.sources.set(source.n, source);
    this.cited.add(source.n);
  }

  // again makes the button to try again, which waits where the server said so.
  private again(wait: number, when: HTMLElement): HTMLElement {
    const button = el("button", { type: "button", class: "plain" }, "Try again");
    button.addEventListener("click", () => this.actions.retry(button));
    if (wait <= 0) return button;
    button.disabled = true;
    when.textContent = ` You can ask again in ${span(wait)}.`;
    setTimeout(() => {
      button.disabled = false;
      when.textContent = " You can ask again now.";
    }, wait * 1000);
    return button;
  }

  private settle(): void {
    this.element.removeAttribute("aria-busy");
    this.status.replaceChildren();
    cancelAnimationFrame(this.frame);
    this.frame = 0;
    this.view.update(this.text);
  }

  // links lists the cited sections by number; without any, the nearest ones.
  private links(label: string): HTMLElement[] {
    const all = [...this.sources.values()].sort((a, b) => a.n - b.n);
    const shown = this.cited.size > 0 ? all.filter((s) => this.cited.has(s.n)) : all.slice(0, 3);
    const items = shown.map((s) => this.link(s)).filter((i) => i !== null);
    if (items.length === 0) return [];
    return [el("h3", { class: "label" }, label), el("ul", { class: "sources" }, ...items)];
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

// span says a time in words.
function span(seconds: number): string {
  return seconds < 90 ? count(Math.ceil(seconds), "second") : count(Math.ceil(seconds / 60), "minute");
}

export function count(n: number, what: string): string {
  return `${n} ${what}${n === 1 ? "" : "s"}`;
}

