// Markdown trees as elements.

import { anchor, el, iconButton } from "./element";
import type { Inline } from "./inline";
import { parseMarkdown, type Block, type Piece } from "./markdown";
import type { Source } from "./wire";

export interface Surroundings {
  topHeading: number; // the level that # becomes
  resolve(address: string): string | null; // null for what must not be a link
  source(n: number): Source | undefined; // undefined for what is no citation
}

// MarkdownView shows a text that grows: only blocks that changed are made anew,
// so that a long answer costs little and a selection in it stays.
export class MarkdownView {
  private shown: { raw: string; node: HTMLElement }[] = [];

  constructor(private readonly root: HTMLElement, private readonly around: Surroundings) {}

  update(text: string): void {
    const pieces = parseMarkdown(text);
    let same = 0;
    while (same < pieces.length && this.shown[same]?.raw === this.key(pieces[same]!)) same++;
    for (const old of this.shown.splice(same)) old.node.remove();
    for (const piece of pieces.slice(same)) {
      const node = renderBlock(piece.block, this.around);
      this.shown.push({ raw: this.key(piece), node });
      this.root.append(node);
    }
  }

  // key changes when a citation in the piece becomes known.
  private key(piece: Piece): string {
    return piece.raw.replace(/\[(\d{1,3})\]/g, (all, n) => (this.around.source(Number(n)) ? `${all}\0` : all));
  }
}

export function renderBlock(block: Block, around: Surroundings): HTMLElement {
  switch (block.kind) {
    case "paragraph":
      return el("p", refersOnly(block) ? { class: "refs" } : {}, ...inlines(block.text, around));
    case "heading":
      return el(`h${Math.min(6, around.topHeading + block.level - 1)}` as "h3", {}, ...inlines(block.text, around));
    case "code":
      return codeBlock(block.lang, block.text);
    case "quote":
      return el("blockquote", {}, ...block.blocks.map((b) => renderBlock(b, around)));
    case "list":
      return list(block, around);
    case "table":
      return table(block, around);
    case "rule":
      return el("hr");
  }
}

function list(block: Block & { kind: "list" }, around: Surroundings): HTMLElement {
  const items = block.items.map((blocks) => {
    // Without blank lines between items, their words stand in no paragraph.
    const tight = (b: Block) => !block.loose && b.kind === "paragraph" && !refersOnly(b);
    return el("li", {}, ...blocks.flatMap((b) => (tight(b) ? inlines((b as { text: Inline[] }).text, around) : [renderBlock(b, around)])));
  });
  if (block.start === null) return el("ul", {}, ...items);
  return el("ol", block.start === 1 ? {} : { start: String(block.start) }, ...items);
}

function table(block: Block & { kind: "table" }, around: Surroundings): HTMLElement {
  const row = (tag: "th" | "td", cells: Inline[][]) =>
    el("tr", {}, ...cells.map((c, i) => tableCell(tag, block.align[i] ?? "", inlines(c, around))));
  const [head, ...rows] = block.rows;
  const body = rows.map((r) => row("td", r));
  return el("div", { class: "scroll" }, el("table", {}, el("thead", {}, row("th", head!)), el("tbody", {}, ...body)));
}

// tableCell gives cells with more than a few words room, so that a narrow screen
// scrolls the table sideways instead of squeezing a column.
function tableCell(tag: "th" | "td", align: string, words: (Node | string)[]): HTMLElement {
  const cell = el(tag, align ? { class: align } : {}, ...words);
  cell.classList.toggle("long", cell.textContent!.length > 24);
  return cell;
}

// refersOnly reports whether a paragraph is nothing but citations, as one after
// code or a table is.
function refersOnly(block: Block): boolean {
  return block.kind === "paragraph" && block.text.some((i) => typeof i !== "string") &&
    block.text.every((i) => (typeof i === "string" ? !i.trim() : i.kind === "cite"));
}

function codeBlock(lang: string, text: string): HTMLElement {
  const code = el("code", {}, text);
  const box = el("div", lang ? { class: "code", "data-lang": lang } : { class: "code" }, el("pre", {}, code));
  if (navigator.clipboard) {
    const copy = iconButton("copy", "Copy the code", "copy", async () => {
      await navigator.clipboard.writeText(text);
      copy.replaceWith(copied);
      copied.focus();
      setTimeout(() => { const focused = copied.matches(":focus"); copied.replaceWith(copy); if (focused) copy.focus(); }, 1500);
    });
    const copied = iconButton("done", "Copied", "copy", () => {});
    box.append(copy);
  }
  return box;
}

// A narrow space that doesn't break holds a citation to the word before it.
function inlines(items: Inline[], around: Surroundings): (Node | string)[] {
  const nodes = items.map((item) => renderInline(item, around));
  return nodes.map((node, i) => {
    if (isCitation(node) && isCitation(nodes[i - 1])) node.classList.add("next");
    return typeof node === "string" && isCitation(nodes[i + 1]) ? node.replace(/ $/, "\u202f") : node;
  });
}

function isCitation(node: Node | string | undefined): node is Element {
  return node instanceof Element && node.localName === "sup";
}

function renderInline(item: Inline, around: Surroundings): Node | string {
  if (typeof item === "string") return item;
  switch (item.kind) {
    case "code":
      return el("code", {}, item.text);
    case "break":
      return el("br");
    case "cite":
      return citation(item.n, item.text, around);
    case "link": {
      const href = around.resolve(item.href);
      const words = inlines(item.children, around);
      return href ? anchor(href, "", ...words) : el("span", {}, ...words);
    }
    default:
      return el(item.kind, {}, ...inlines(item.children, around));
  }
}

function citation(n: number, text: string, around: Surroundings): Node | string {
  const source = around.source(n);
  const href = source && around.resolve(source.url);
  if (!source || !href) return text;
  const link = anchor(href, "cite", String(n));
  const words = [source.title, source.heading !== source.title && source.heading].filter(Boolean).join(" › ");
  link.setAttribute("aria-label", `Source ${n}: ${words}`);
  link.title = words;
  return el("sup", {}, link);
}
