// Loads a TypeScript source as a module, for tests that need no browser.
import { build } from "esbuild";
import { fileURLToPath } from "node:url";

export async function load(name) {
  const entry = fileURLToPath(new URL(`../src/${name}`, import.meta.url));
  const built = await build({ entryPoints: [entry], bundle: true, format: "esm", write: false, logLevel: "warning" });
  return import("data:text/javascript;base64," + Buffer.from(built.outputFiles[0].text).toString("base64"));
}
