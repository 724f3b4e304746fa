// The button in the corner and the dialog that it opens. On a wide screen the
// page beside the dialog can still be used; on a phone the dialog covers it.

import type { Conversation } from "./conversation";
import { el, icon, iconButton } from "./element";

const covering = "(max-width: 560px), (max-height: 440px)"; // as in widget.css

export function mountLauncher(root: HTMLElement, title: string, make: (changed: (empty: boolean) => void) => Conversation): void {
  const welcome = el("p", { class: "welcome" }, icon("ask"), "Answers come from the documentation, with links to where it says so.");
  const fresh = iconButton("fresh", "New conversation", "tool", () => talk.restart());
  const talk = make((empty) => {
    welcome.hidden = !empty;
    fresh.hidden = empty;
  });
  fresh.hidden = true;
  const heading = el("h1", { id: "title" }, title);
  const close = iconButton("close", "Close", "tool", () => dialog.close());
  const dialog = el("dialog", { role: "dialog", "aria-labelledby": "title" },
    el("header", {}, heading, fresh, close),
    el("div", { class: "pane", tabindex: "-1" }, welcome, talk.turns),
    el("div", { class: "foot" }, talk.composer.element),
    talk.status);
  const launcher = el("button", { type: "button", class: "launcher", "aria-haspopup": "dialog" }, icon("ask"), title);

  launcher.addEventListener("click", () => {
    launcher.hidden = true;
    if (matchMedia(covering).matches) dialog.showModal();
    else dialog.show();
    talk.composer.focus();
  });
  dialog.addEventListener("keydown", (e) => {
    if (e.key !== "Escape" || e.isComposing) return;
    e.preventDefault();
    dialog.close();
  });
  dialog.addEventListener("close", () => {
    launcher.hidden = false;
    launcher.focus({ preventScroll: true });
  });
  root.append(launcher, dialog);
}
