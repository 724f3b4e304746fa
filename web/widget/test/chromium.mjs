// Starts Chromium for the tests: CHROMIUM, or the first one on the PATH.
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { chromium } from "playwright-core";

const names = ["chromium", "chromium-browser", "google-chrome", "chrome.exe"];
const folders = (process.env.PATH ?? "").split(path.delimiter);
const candidates = [process.env.CHROMIUM, ...folders.flatMap((f) => names.map((n) => path.join(f, n)))];

// found is the program, undefined where there is none.
export const found = candidates.find((file) => file && existsSync(file));

const flags = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

// launch gives a browser with an empty profile. Its close removes the profile.
export async function launch(options) {
  const profile = await mkdtemp(path.join(tmpdir(), "docent-widget-"));
  const context = await chromium.launchPersistentContext(profile, { executablePath: found, headless: true, args: flags, ...options });
  return {
    context,
    async close() {
      await context.close();
      await rm(profile, { recursive: true, force: true });
    },
  };
}
