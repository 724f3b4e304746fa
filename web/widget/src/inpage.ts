// The conversation as part of a page. Buttons that stand in the page's element
// are questions to start from; with data-autofocus on the element, the field can
// be typed into at once, except on a phone.

import type { Conversation } from "./conversation";
import { el } from "./element";

export function mountInPage(root: HTMLElement, host: HTMLElement, make: (changed: (empty: boolean) => void) => Conversation): void {
  const examples = el("slot");
  const fresh = el("button", { type: "button" }, "New conversation");
  const again = el("div", { class: "again", hidden: "" }, fresh);
  const talk = make((empty) => {
    examples.hidden = !empty;
    again.hidden = empty;
  });
  fresh.addEventListener("click", () => talk.restart());
  host.addEventListener("click", (e) => {
    const example = e.target instanceof Element && e.target.closest("button");
    if (!example || !host.contains(example)) return;
    talk.composer.takeOver(example);
    talk.ask(example.textContent!.trim());
  });
  root.append(talk.turns, el("div", { class: "foot" }, talk.composer.element, again), examples, talk.status);
  if (host.dataset.autofocus !== undefined) talk.composer.takeOver(host);
}
