// Server-Sent Events, read from text that arrives in pieces of any size.

export interface Frame {
  id: number; // 0 where the frame has none
  event: string;
  data: string;
}

export class FrameParser {
  private rest = "";
  private id = 0;
  private event = "";
  private data: string[] = [];

  // push takes the next piece and gives the frames that it completed. Lines
  // may end in LF, CR or CRLF, and a piece may end between the last two.
  push(piece: string): Frame[] {
    const held = this.rest + piece;
    const end = held.endsWith("\r") ? held.length - 1 : held.length;
    const lines = held.slice(0, end).split(/\r\n|\n|\r/);
    this.rest = lines.pop()! + held.slice(end);
    const frames: Frame[] = [];
    for (const line of lines) {
      if (line === "") this.finish(frames);
      else this.field(line);
    }
    return frames;
  }

  private field(line: string): void {
    const colon = line.indexOf(":");
    if (colon === 0) return; // a comment
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (name === "id" && /^\d+$/.test(value)) this.id = Number(value);
    else if (name === "event") this.event = value;
    else if (name === "data") this.data.push(value);
  }

  private finish(frames: Frame[]): void {
    if (this.data.length > 0) {
      frames.push({ id: this.id, event: this.event || "message", data: this.data.join("\n") });
    }
    this.id = 0;
    this.event = "";
    this.data = [];
  }
}
