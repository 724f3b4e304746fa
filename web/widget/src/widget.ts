// The one script of the widget:
//
//	<script src="https://docs-bot.example/widget.js" defer></script>
//
// Attributes of the tag, all optional:
//
//	data-server       the server's address, where it is not the script's own
//	data-site         the site's key, where the server has several
//	data-title        the words on the button and above the conversation
//	data-source, data-version, data-lang   which documentation is asked
//	data-color        the accent colour, any CSS colour
//	data-credentials  sends cookies to a server of another origin
//	data-mount        a selector: the conversation stands in that element
//	                  of the page, without a button

import { serverOf } from "./address";
import { Client } from "./client";
import { Conversation } from "./conversation";
import { el } from "./element";
import { mountInPage } from "./inpage";
import { mountLauncher } from "./launcher";
import { openShadow, tint } from "./shadow";
import type { Ask } from "./wire";

const tagName = "docent-widget" as "div";

function start(script: HTMLScriptElement): void {
  const { server, site, title, color, mount, source, version, lang, credentials } = script.dataset;
  const base = server ? new URL(server.replace(/\/*$/, "/"), location.href) : serverOf(script.src);
  const client = new Client(base, credentials === undefined ? "same-origin" : "include", site);
  const filters: Ask["filters"] = { ...(source && { source }), ...(version && { version }), ...(lang && { lang }) };
  const make = (changed: (empty: boolean) => void) => new Conversation(client, filters, changed);

  const host = mount ? document.querySelector<HTMLElement>(mount) : el(tagName);
  if (!host || host.shadowRoot || (!mount && document.querySelector(tagName))) return;
  const root = openShadow(host, mount ? "root inline" : "root", "en"); // the language of the labels
  if (!mount) document.body.append(host);
  if (color) tint(root, color);
  if (mount) mountInPage(root, host, make);
  else mountLauncher(root, title || "Ask the docs", make);
}

const script = document.currentScript;
if (script instanceof HTMLScriptElement) {
  if (document.body) start(script);
  else addEventListener("DOMContentLoaded", () => start(script), { once: true });
}
