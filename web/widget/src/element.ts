// Making elements: text becomes text nodes and styles are set by the sheet, so
// nothing here reads markup or breaks a strict content security policy.

type Child = Node | string | null | undefined | false;

export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Record<string, string> = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const e = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) e.setAttribute(name, value);
  e.append(...children.filter((c): c is Node | string => !!c));
  return e;
}

// button makes a button of a picture with a label that is read out and shown on hovering.
export function iconButton(name: keyof typeof icons, label: string, className: string, onClick: () => void): HTMLButtonElement {
  const b = el("button", { type: "button", class: className, "aria-label": label, title: label }, icon(name));
  b.addEventListener("click", onClick);
  return b;
}

// anchor makes a link to another page in a new tab, so that the conversation stays.
export function anchor(href: string, className: string, ...children: Child[]): HTMLAnchorElement {
  return el("a", { href, class: className, target: "_blank", rel: "noopener" }, ...children);
}

const icons = {
  ask: "M20 11.5a7.5 7.5 0 0 1-11 6.6L4 19.5l1.4-4.6A7.5 7.5 0 1 1 20 11.5M9 10.5h7M9 13.5h4.5",
  send: "M12 19V6M6.5 11.5 12 6l5.5 5.5",
  stop: "M8 8h8v8H8z",
  close: "M6.5 6.5l11 11M17.5 6.5l-11 11",
  fresh: "M12 5.5v13M5.5 12h13",
  up: "M7.5 11v8.5h-3V11zM7.5 11l3.8-6.5c1.6 0 2.2 1.2 1.9 2.5L12.5 10h5.2c1.3 0 2.2 1.2 1.9 2.4l-1.4 5.6c-.2.9-1 1.5-1.9 1.5H7.5",
  down: "M16.5 13V4.5h3V13zM16.5 13l-3.8 6.5c-1.6 0-2.2-1.2-1.9-2.5l.7-3H6.3c-1.3 0-2.2-1.2-1.9-2.4L5.8 6c.2-.9 1-1.5 1.9-1.5h8.8",
  copy: "M9 9h10v10.5H9zM6 15H5V4.5h10V6",
  done: "M5.5 12.5l4.2 4.2 8.8-9.2",
};

export function icon(name: keyof typeof icons): SVGElement {
  const ns = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(ns, "svg");
  const path = document.createElementNS(ns, "path");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  path.setAttribute("d", icons[name]);
  svg.append(path);
  return svg;
}
