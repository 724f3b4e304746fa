// A shadow root with the widget's styles, which the page's can't reach.
// Constructed sheets are allowed where a page's policy forbids inline styles.

import { el } from "./element";
import markdownSheet from "./markdown.css";
import widgetSheet from "./widget.css";

// openShadow puts a root into host and gives the element that all else stands in.
export function openShadow(host: HTMLElement, className: string, lang: string): HTMLElement {
  const shadow = host.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(widgetSheet + markdownSheet);
  shadow.adoptedStyleSheets = [sheet];
  const root = el("div", { class: className, lang });
  shadow.append(root);
  return root;
}

// tint sets the accent colour, with black or white words on it, whichever can
// be read better. What is no colour changes nothing.
export function tint(root: HTMLElement, color: string): void {
  if (!CSS.supports("color", color)) return;
  const probe = el("span");
  probe.style.color = color;
  root.append(probe); // out of reach of the page's own colours
  const [r = 0, g = 0, b = 0] = (getComputedStyle(probe).color.match(/[\d.]+/g) ?? []).map(Number);
  probe.remove();
  const linear = (c: number) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4);
  const luminance = 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b); // WCAG 2.2, relative luminance
  root.style.setProperty("--docent-accent", color);
  root.style.setProperty("--docent-on-accent", luminance > 0.179 ? "#000" : "#fff");
}
