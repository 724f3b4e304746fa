// Markdown blocks, as far as documentation and models write them. It makes a
// tree of plain values for render.ts; unfinished text, as it stands while an
// answer streams, gives the best tree that it can.

import { parseInline, type Inline } from "./inline";

export type Block =
  | { kind: "paragraph"; text: Inline[] }
  | { kind: "heading"; level: number; text: Inline[] }
  | { kind: "code"; lang: string; text: string }
  | { kind: "quote"; blocks: Block[] }
  | { kind: "list"; start: number | null; loose: boolean; items: Block[][] } // start is null where unordered
  | { kind: "table"; align: string[]; rows: Inline[][][] } // the first row is the head
  | { kind: "rule" };

// Piece is a block with the lines that it was made of.
export interface Piece {
  block: Block;
  raw: string;
}

const fence = /^\s*(`{3,}|~{3,})\s*([^\s`]*)[^`]*$/;
const heading = /^ {0,3}(#{1,6})(?:[ \t]+(.*))?$/;
const rule = /^ {0,3}([-*_])(?:[ \t]*\1){2,}[ \t]*$/;
const quote = /^ {0,3}> ?/;
const marker = /^(\s*)([-*+]|\d{1,9}[.)])(?:[ \t]+(?=\S)|[ \t]*$)/;
const deepest = 12; // blocks within blocks

export function parseMarkdown(text: string): Piece[] {
  return new BlockParser(text.split(/\r\n|\n|\r/), 0).parse();
}

class BlockParser {
  private at = 0;

  constructor(private readonly lines: string[], private readonly depth: number) {}

  parse(): Piece[] {
    const pieces: Piece[] = [];
    while (this.at < this.lines.length) {
      const from = this.at;
      if (blank(this.lines[from]!)) this.at++;
      else pieces.push({ block: this.block(), raw: this.lines.slice(from, this.at).join("\n") });
    }
    return pieces;
  }

  private block(): Block {
    const line = this.lines[this.at]!;
    const title = heading.exec(line);
    if (title) {
      this.at++;
      return { kind: "heading", level: title[1]!.length, text: parseInline((title[2] ?? "").replace(/(^|[ \t])#+[ \t]*$/, "")) };
    }
    if (fence.test(line)) return this.code();
    if (rule.test(line)) {
      this.at++;
      return { kind: "rule" };
    }
    if (this.depth < deepest && quote.test(line)) return this.quote();
    if (this.depth < deepest && marker.test(line)) return this.list();
    return this.table() ?? this.paragraph();
  }

  private code(): Block {
    const [, ticks, lang] = fence.exec(this.lines[this.at]!)!;
    const width = indent(this.lines[this.at++]!);
    const text: string[] = [];
    for (; this.at < this.lines.length; this.at++) {
      const line = this.lines[this.at]!;
      const end = line.trim();
      if (end.length >= ticks!.length && end === ticks![0]!.repeat(end.length)) {
        this.at++;
        break;
      }
      text.push(outdent(line, width));
    }
    return { kind: "code", lang: lang!, text: text.join("\n") };
  }

  private quote(): Block {
    const inside: string[] = [];
    for (; quote.test(this.lines[this.at] ?? ""); this.at++) inside.push(this.lines[this.at]!.replace(quote, ""));
    return { kind: "quote", blocks: this.within(inside) };
  }

  private within(lines: string[]): Block[] {
    return new BlockParser(lines, this.depth + 1).parse().map((p) => p.block);
  }

  private list(): Block {
    const first = marker.exec(this.lines[this.at]!)!;
    const kind = first[2]!.slice(-1);
    const items: Block[][] = [];
    let loose = false;
    for (;;) {
      const found = marker.exec(this.lines[this.at] ?? "");
      if (!found || found[2]!.slice(-1) !== kind || rule.test(this.lines[this.at]!)) break;
      const lines = this.item(found);
      const ended = blank(lines[lines.length - 1]!);
      while (lines.length > 1 && blank(lines[lines.length - 1]!)) lines.pop();
      items.push(this.within(lines));
      const another = marker.exec(this.lines[this.at] ?? "");
      loose ||= ended && another !== null && another[2]!.slice(-1) === kind;
    }
    return { kind: "list", start: /\d/.test(first[2]!) ? parseInt(first[2]!, 10) : null, loose, items };
  }

  // item takes the lines of one item. Text two columns to the right of the
  // marker belongs to it: less than CommonMark asks for, as models write it.
  private item(found: RegExpExecArray): string[] {
    const left = indent(found[1]!);
    const width = Math.min(found[0].length, found[1]!.length + found[2]!.length + 4);
    const lines = [this.lines[this.at++]!.slice(found[0].length)];
    for (; this.at < this.lines.length; this.at++) {
      const line = this.lines[this.at]!;
      const inside = indent(line) >= left + 2;
      if (blank(line)) {
        const next = this.continued(left);
        if (next < 0) break;
        for (; this.at < next - 1; this.at++) lines.push("");
      } else if (!inside && (marker.test(line) || starts(line) || blank(lines[lines.length - 1]!))) break;
      lines.push(outdent(line, width));
    }
    return lines;
  }

  // continued gives the line after the blank ones here, where it still belongs
  // to a list whose markers stand at column left; else -1.
  private continued(left: number): number {
    let next = this.at;
    while (next < this.lines.length && blank(this.lines[next]!)) next++;
    const line = this.lines[next] ?? "";
    return indent(line) >= left + 2 || (marker.test(line) && indent(line) >= left) ? next : -1;
  }

  private table(): Block | null {
    const under = this.lines[this.at + 1] ?? "";
    if (!this.lines[this.at]!.includes("|") || !/^[\s|:-]+$/.test(under) || !under.includes("|")) return null;
    const head = cells(this.lines[this.at]!);
    const marks = cells(under);
    if (marks.length !== head.length || !marks.every((m) => /^:?-+:?$/.test(m))) return null;
    const align = marks.map((m) => (m.endsWith(":") ? (m[0] === ":" ? "center" : "right") : ""));
    const rows = [head];
    for (this.at += 2; this.at < this.lines.length; this.at++) {
      const line = this.lines[this.at]!;
      if (blank(line) || !line.includes("|")) break;
      rows.push(cells(line));
    }
    return { kind: "table", align, rows: rows.map((row) => head.map((_, i) => parseInline(row[i] ?? ""))) };
  }

  private paragraph(): Block {
    const lines = [this.lines[this.at++]!.trimStart()];
    while (this.at < this.lines.length && !blank(this.lines[this.at]!) && !starts(this.lines[this.at]!)) {
      lines.push(this.lines[this.at++]!.trimStart());
    }
    return { kind: "paragraph", text: parseInline(lines.join("\n")) };
  }
}

// starts reports whether a line ends the paragraph before it.
function starts(line: string): boolean {
  const item = marker.exec(line);
  const lists = item !== null && item[0].length < line.length && (!/\d/.test(item[2]!) || parseInt(item[2]!, 10) === 1);
  return lists || fence.test(line) || heading.test(line) || quote.test(line) || rule.test(line);
}

function blank(line: string): boolean {
  return line.trim() === "";
}

// indent counts columns, a tab as four.
function indent(line: string): number {
  let columns = 0;
  for (const c of line) {
    if (c === " ") columns++;
    else if (c === "\t") columns += 4;
    else break;
  }
  return columns;
}

// outdent takes away up to width columns.
function outdent(line: string, width: number): string {
  let i = 0;
  for (let columns = 0; columns < width; i++) {
    if (line[i] === " ") columns++;
    else if (line[i] === "\t") columns += 4;
    else break;
  }
  return line.slice(i);
}

function cells(line: string): string[] {
  const row = line.trim().replace(/^\|/, "").replace(/(?<!\\)\|$/, "");
  return row.split(/(?<!\\)\|/).map((cell) => cell.replace(/\\\|/g, "|").trim());
}
