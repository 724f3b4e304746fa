// Who asks, for servers that want to know: a visitor's token, kept in memory,
// renewed before its end and after a 401, always for the same visitor where the
// server still knows them.

import { Failure } from "./wire";

// Post sends a body to the server's token address.
type Post = (body: object, headers: Record<string, string>) => Promise<Response>;

const attempts = 4; // at a token, a puzzle and a visitor that is not known any more among them

export class Visitor {
  private token = "";
  private ends = 0; // when to renew, by this page's clock
  private minting: Promise<void> | null = null;

  // needed says whether the server wants a token of this page; a 401 shows that it does.
  constructor(
    private needed: boolean,
    private readonly site: string,
    private readonly post: Post,
  ) {}

  // headers are those that a request goes with.
  async headers(): Promise<Record<string, string>> {
    if (this.needed && Date.now() >= this.ends) await this.renew();
    return this.token ? { Authorization: `Bearer ${this.token}` } : {};
  }

  // refused is told of a 401 and says whether to try again with what headers gives then.
  async refused(): Promise<boolean> {
    this.needed = true;
    await this.renew();
    return this.token !== "";
  }

  // renew is one request, however many wait for it.
  private renew(): Promise<void> {
    this.minting ||= this.mint().finally(() => (this.minting = null));
    return this.minting;
  }

  private async mint(): Promise<void> {
    const body: Record<string, string> = this.site ? { site: this.site } : {};
    for (let tries = 0; tries < attempts; tries++) {
      const response = await this.post(body, this.token ? { Authorization: `Bearer ${this.token}` } : {});
      const said = await response.json().catch(() => ({}));
      if (response.ok) {
        this.token = said.token;
        this.ends = Date.now() + said.expires_in * 900; // a tenth before its end, in milliseconds
        return;
      }
      if (response.status === 404) { // from a server that gives none
        this.ends = Infinity;
        return;
      }
      if (said.challenge) {
        const { value, bits } = said.challenge;
        Object.assign(body, { challenge: value, solution: await solve(value, bits) });
      } else if (response.status === 401 && this.token) {
        this.token = "";
      } else {
        throw new Failure(said.detail || "The server did not let this page ask", response.status >= 429, {
          code: said.code,
          open: true,
          wait: Number(response.headers.get("Retry-After")) || 0,
        });
      }
    }
    throw new Failure("The server did not let this page ask", true, { open: true });
  }
}

const batch = 128; // digests at a time

// solve finds the number which, written behind the challenge and a dot, gives a
// SHA-256 that begins with so many zero bits.
export async function solve(challenge: string, bits: number): Promise<string> {
  if (!crypto.subtle) throw new Failure("Questions can only be asked here when this page is opened over https", false);
  const encoder = new TextEncoder();
  const fits = async (n: number) => {
    const view = new DataView(await crypto.subtle.digest("SHA-256", encoder.encode(`${challenge}.${n}`)));
    return Math.clz32(view.getUint32(0)) >= bits;
  };
  for (let n = 0; ; n += batch) {
    const found = (await Promise.all(Array.from({ length: batch }, (_, i) => fits(n + i)))).indexOf(true);
    if (found >= 0) return String(n + found);
  }
}
