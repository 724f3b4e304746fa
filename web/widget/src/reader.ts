// The reader's view: the server sends each section's Markdown as text, and
// this script shows it formatted. Without the script, or where it fails, the
// text stays as it is.

import { serverOf, under } from "./address";
import { renderBlock } from "./render";
import { parseMarkdown } from "./markdown";

const here = new URL(location.href);
const home = document.currentScript instanceof HTMLScriptElement ? serverOf(document.currentScript.src) : here;

const around = {
  topHeading: 3,
  // Rooted addresses stand under the server's prefix, all others beside the page.
  resolve: (address: string) => under(address.startsWith("/") ? home : here, address),
  source: () => undefined,
};

for (const box of document.querySelectorAll<HTMLElement>("div.markdown")) {
  try {
    box.replaceChildren(...parseMarkdown(box.textContent ?? "").map((p) => renderBlock(p.block, around)));
    for (const a of box.querySelectorAll("a")) a.removeAttribute("target"); // reading on, there is nothing to keep open
    box.classList.add("rendered");
  } catch (e) {
    console.error("docent: a section could not be formatted", e);
  }
}

// The sections have changed their heights, so the one asked for is sought again.
if (location.hash) document.getElementById(decodeURIComponent(location.hash.slice(1)))?.scrollIntoView();
