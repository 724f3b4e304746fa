// Builds dist/, or the folder named as the first argument. The same sources and the
// same packages give the same bytes; a Go test holds dist/ to that.
import { build } from "esbuild";
import { copyFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import path from "node:path";

const here = path.dirname(fileURLToPath(import.meta.url));
const out = path.resolve(process.argv[2] ?? path.join(here, "dist"));
const viewer = path.dirname(createRequire(import.meta.url).resolve("swagger-ui-dist/package.json"));

await mkdir(out, { recursive: true });
await build({
  absWorkingDir: here,
  entryPoints: ["src/api.js", "src/api.css"],
  outdir: out,
  bundle: true,
  minify: true,
  charset: "ascii",
  format: "iife",
  target: "es2020",
  legalComments: "none", // they stand in api.LICENSE.txt
  logLevel: "warning",
});
await copyFile(path.join(here, "src", "api.html"), path.join(out, "api.html"));
const notices = ["NOTICE", "LICENSE", "swagger-ui-es-bundle.js.LICENSE.txt"].map((name) => readFile(path.join(viewer, name), "utf8"));
await writeFile(path.join(out, "api.LICENSE.txt"), (await Promise.all(notices)).join("\n"));
