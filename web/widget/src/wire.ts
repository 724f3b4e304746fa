// What the server says and is asked, as far as the widget reads it.

export interface Source {
  n: number;
  title: string;
  heading: string;
  url: string;
}

export type AnswerEvent =
  | { name: "session"; data: { session_id: string; message_id: string } }
  | { name: "sources"; data: { sources: Source[]; note?: string } }
  | { name: "citation"; data: Source }
  | { name: "delta"; data: { text: string } }
  | { name: "done"; data: Done }
  | { name: "error"; data: { code: string; message: string; retryable: boolean } };

export interface Done {
  finish_reason: string;
  cause?: string;
  certain?: string;
  citations: Source[] | null;
}

// A question, or with retry_of the answer that is to be replaced.
export interface Ask {
  message?: string;
  retry_of?: string;
  session_id?: string;
  filters: { source?: string; version?: string; lang?: string };
  page: { url: string; title: string };
}

// Failure is an error that the reader sees: its message is a sentence.
export class Failure extends Error {
  readonly code: string; // "" where it is not the server's
  readonly open: boolean; // the answer itself may have gone on, and can be taken up again
  readonly wait: number; // seconds before another try can succeed; 0 is unknown

  constructor(message: string, readonly retryable: boolean, { code = "", open = false, wait = 0 } = {}) {
    super(sentence(message));
    this.code = code;
    this.open = open;
    this.wait = wait;
  }
}

// The server's messages begin in lower case and end without a full stop.
export function sentence(text: string): string {
  const s = text.trim();
  if (!s) return "Something went wrong.";
  return s[0]!.toUpperCase() + s.slice(1) + (/[.!?]$/.test(s) ? "" : ".");
}
