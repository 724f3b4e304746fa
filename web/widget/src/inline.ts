// Markdown inside a block: emphasis, code, links and citations. It makes a
// tree of plain values; what is not understood stays text. Every step moves
// forward, so hostile text costs no more than long text.

export type Inline =
  | string
  | { kind: "strong" | "em" | "del"; children: Inline[] }
  | { kind: "code"; text: string }
  | { kind: "link"; href: string; children: Inline[] }
  | { kind: "cite"; n: number; text: string }
  | { kind: "break" };

interface Opener {
  mark: string;
  count: number;
  both: boolean; // could have closed too
  at: number; // of its literal in out
}

const plain = /[^\\`*_~[!<&\nh]+/y;
const citation = /\[(\d{1,3})\](?!\()/y;
const link = /!?\[((?:[^[\]\\]|\\.|\[[^[\]]*\])*)\]\(\s*(<[^<>\n]*>|[^\s()]*(?:\([^\s()]*\)[^\s()]*)*)(?:\s+(?:"[^"]*"|'[^']*'))?\s*\)/y;
const address = /https?:\/\/[^\s<>"'`*|]+/y;
const angled = /<(https?:\/\/[^\s<>]+)>/y;
const lineBreak = /<br\s*\/?>/iy;
const entity = /&(amp|lt|gt|quot|apos|nbsp|#\d{1,7});/y;
const entities: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: "\u00a0" };
const space = /\s/;
const punctuation = /[\p{P}\p{S}]/u;
// Directly after these, [1] is an index (list[1]) and no citation. Scripts
// that do not divide words by blanks are left out.
const word = /[\p{L}\p{N}_]/u;
const undivided = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]/u;
const deepest = 32; // emphasis within emphasis

export function parseInline(text: string): Inline[] {
  return new InlineParser(text).parse();
}

class InlineParser {
  private at = 0;
  private out: Inline[] = [];
  private openers: Opener[] = [];

  constructor(private readonly text: string, private readonly inLink = false) {}

  parse(): Inline[] {
    while (this.at < this.text.length) this.step();
    return this.out;
  }

  private step(): void {
    const run = this.match(plain);
    if (run) return this.put(run[0]);
    switch (this.text[this.at]) {
      case "\\": return this.escape();
      case "`": return this.code();
      case "*": case "_": case "~": return this.emphasis();
      case "[": case "!": return this.bracket();
      case "<": return this.angle();
      case "&": return this.entity();
      case "\n": return this.newline();
      default: return this.bareAddress();
    }
  }

  private match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text);
    if (found) this.at += found[0].length;
    return found;
  }

  private put(item: Inline): void {
    const last = this.out.length - 1;
    const opener = this.openers[this.openers.length - 1];
    if (typeof item === "string" && typeof this.out[last] === "string" && opener?.at !== last) this.out[last] += item;
    else this.out.push(item);
  }

  private literal(): void {
    this.put(this.text[this.at++]!);
  }

  private before(): string {
    return this.text[this.at - 1] ?? " ";
  }

  private escape(): void {
    const next = this.text[this.at + 1];
    if (next === "\n") this.put({ kind: "break" });
    else if (next && /[!-/:-@[-`{-~]/.test(next)) this.put(next);
    else return this.literal();
    this.at += 2;
  }

  private code(): void {
    const ticks = /`+/y;
    const fence = this.match(ticks)![0];
    for (let end = this.text.indexOf(fence, this.at); end >= 0; end = this.text.indexOf(fence, end)) {
      ticks.lastIndex = end;
      const length = ticks.exec(this.text)![0].length;
      if (length === fence.length) {
        const inside = this.text.slice(this.at, end).replace(/\n/g, " ");
        this.put({ kind: "code", text: /^ .*\S.* $/.test(inside) ? inside.slice(1, -1) : inside });
        this.at = end + length;
        return;
      }
      end += length;
    }
    this.put(fence);
  }

  private bracket(): void {
    const before = this.before();
    const lineStart = this.at === 0 || before === "\n";
    const cite = this.text[this.at] === "[" && !this.inLink && (!word.test(before) || undivided.test(before)) && this.match(citation);
    if (cite) {
      const defines = lineStart && this.text[this.at] === ":";
      return this.put(defines ? cite[0] : { kind: "cite", n: Number(cite[1]), text: cite[0] });
    }
    const found = this.inLink ? null : this.match(link);
    if (!found) return this.literal();
    const children = new InlineParser(found[1]!, true).parse();
    if (found[0][0] === "!") for (const child of children) this.put(child); // an image is its words
    else this.put({ kind: "link", href: found[2]!.replace(/^<|>$/g, ""), children });
  }

  private angle(): void {
    if (this.match(lineBreak)) return this.put({ kind: "break" });
    const found = this.inLink ? null : this.match(angled);
    if (found) this.put({ kind: "link", href: found[1]!, children: [found[1]!] });
    else this.literal();
  }

  private entity(): void {
    const found = this.match(entity);
    if (!found) return this.literal();
    const name = found[1]!;
    const code = name[0] === "#" ? Number(name.slice(1)) : 0;
    if (code > 0x10ffff) this.put(found[0]);
    else this.put(entities[name] ?? String.fromCodePoint(code));
  }

  private newline(): void {
    const last = this.out[this.out.length - 1];
    this.at++;
    if (typeof last === "string" && last.endsWith("  ")) this.put({ kind: "break" });
    else this.put("\n");
  }

  private bareAddress(): void {
    const found = this.inLink || word.test(this.before()) ? null : this.match(address);
    if (!found) return this.literal();
    const href = found[0].replace(/[.,;:!?)\]}]+$/, "");
    this.at -= found[0].length - href.length;
    this.put({ kind: "link", href, children: [href] });
  }

  // emphasis reads a run of * or _ or ~~ as CommonMark does, with runs above
  // three and more than a few open ones taken as text.
  private emphasis(): void {
    const before = this.before();
    const mark = this.text[this.at]!;
    let end = this.at;
    while (this.text[end] === mark) end++;
    const after = this.text[end] ?? " ";
    let count = end - this.at;
    this.at = end;
    if (count > 3 || (mark === "~" && count !== 2)) return this.put(mark.repeat(count));
    const left = !space.test(after) && (!punctuation.test(after) || space.test(before) || punctuation.test(before));
    const right = !space.test(before) && (!punctuation.test(before) || space.test(after) || punctuation.test(after));
    const opens = left && (mark !== "_" || !right || punctuation.test(before));
    const closes = right && (mark !== "_" || !left || punctuation.test(after));
    if (closes) count = this.close(mark, count, opens);
    if (count === 0) return;
    this.out.push(mark.repeat(count));
    if (!opens) return;
    if (this.openers.length === deepest) this.openers.shift();
    this.openers.push({ mark, count, both: closes, at: this.out.length - 1 });
  }

  // close matches as many marks as it can with openers, and gives how many are left.
  private close(mark: string, count: number, both: boolean): number {
    for (let i = this.openers.length - 1; i >= 0 && count > 0; i--) {
      const o = this.openers[i]!;
      const uneven = (both || o.both) && (o.count + count) % 3 === 0 && count % 3 !== 0;
      if (o.mark !== mark || uneven) continue;
      const used = Math.min(o.count, count, 2);
      const children = this.out.splice(o.at + 1);
      o.count -= used;
      count -= used;
      this.openers.length = i + 1;
      if (o.count > 0) {
        this.out[o.at] = mark.repeat(o.count);
        i++; // it may close once more
      } else {
        this.out.pop();
        this.openers.pop();
      }
      this.out.push({ kind: mark === "~" ? "del" : used === 2 ? "strong" : "em", children });
    }
    return count;
  }
}
