// The field for a question, with one button that sends it or stops its answer.

import { el, icon } from "./element";

const tallest = 160; // pixels, before the field scrolls
const longest = 5000; // UTF-16 units, at most 15,000 bytes: what a server takes unless it is set to less

export class Composer {
  readonly element: HTMLFormElement;
  private readonly field = el("textarea", { rows: "1", "aria-label": "Your question", placeholder: "Ask a question", enterkeyhint: "send", maxlength: String(longest) });
  private readonly action = el("button", { type: "submit", class: "send" });
  private readonly hint = el("p", { class: "hint", role: "status" });
  private busy = false;

  constructor(private readonly send: (text: string) => void, private readonly stop: () => void) {
    this.element = el("form", { class: "composer" }, this.field, this.action, this.hint);
    this.element.addEventListener("submit", (e) => {
      e.preventDefault();
      if (this.busy) this.stop();
      else this.submit();
    });
    this.field.addEventListener("keydown", (e) => {
      // While an input method composes, Enter is its own.
      if (e.key !== "Enter" || e.shiftKey || e.isComposing) return;
      e.preventDefault();
      if (!this.busy) this.submit();
    });
    this.field.addEventListener("input", () => this.fit());
    this.setBusy(false);
  }

  focus(): void {
    this.field.focus({ preventScroll: true });
  }

  // takeOver moves the focus here from a button that is going away, unless that
  // would call a keyboard onto a screen that was only touched.
  takeOver(from: Element): void {
    if (from.matches(":focus-visible") || !matchMedia("(pointer: coarse)").matches) this.focus();
  }

  setBusy(busy: boolean): void {
    this.busy = busy;
    if (!busy && this.action.matches(":focus")) this.takeOver(this.action);
    const label = busy ? "Stop the answer" : "Send";
    this.action.classList.toggle("busy", busy);
    this.action.replaceChildren(icon(busy ? "stop" : "send"));
    this.action.setAttribute("aria-label", label);
    this.action.title = label;
    this.fit();
  }

  private submit(): void {
    const text = this.field.value.trim();
    if (!text) return;
    this.field.value = "";
    this.send(text);
  }

  // fit makes the field as tall as its text. Setting styles from a script is
  // allowed under a policy that forbids inline styles.
  private fit(): void {
    this.field.style.height = "";
    if (this.field.value) this.field.style.height = `${Math.min(this.field.scrollHeight, tallest)}px`;
    this.action.toggleAttribute("disabled", !this.busy && !this.field.value.trim());
    this.hint.textContent = this.field.value.length < longest ? "" : `A question has at most ${longest} characters.`;
  }
}
