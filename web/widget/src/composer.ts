// The field for a question, with one button that sends it or stops its answer.

import { el, icon } from "./element";

const tallest = 160; // pixels, before the field scrolls

export class Composer {
  readonly element: HTMLFormElement;
  private readonly field = el("textarea", { rows: "1", "aria-label": "Your question", placeholder: "Ask a question", enterkeyhint: "send" });
  private readonly action = el("button", { type: "submit", class: "send" });
  private busy = false;

  constructor(private readonly send: (text: string) => void, private readonly stop: () => void) {
    this.element = el("form", { class: "composer" }, this.field, this.action);
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

  setBusy(busy: boolean): void {
    this.busy = busy;
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
  }
}
