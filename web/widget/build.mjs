// Builds dist/, or the folder named as the first argument. The same sources
// and the same esbuild give the same bytes; a Go test holds dist/ to that.
import { build, transform } from "esbuild";
import { copyFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import path from "node:path";

const here = path.dirname(fileURLToPath(import.meta.url));
const source = (name) => path.join(here, "src", name);
const out = path.resolve(process.argv[2] ?? path.join(here, "dist"));

// A style sheet that a script imports is handed over as minified text.
const sheets = {
  name: "sheets",
  setup({ onLoad }) {
    onLoad({ filter: /\.css$/ }, async ({ path }) => {
      const { code } = await transform(await readFile(path, "utf8"), { loader: "css", minify: true });
      return { contents: code.trim(), loader: "text" };
    });
  },
};

await mkdir(out, { recursive: true });
await build({
  absWorkingDir: here,
  entryPoints: ["src/widget.ts", "src/reader.ts"],
  outdir: out,
  bundle: true,
  minify: true,
  charset: "ascii", // also right on pages that say another one
  format: "iife",
  target: "es2020",
  plugins: [sheets],
  logLevel: "warning",
});
for (const name of ["index.html", "favicon.svg"]) await copyFile(source(name), path.join(out, name));
await writeFile(path.join(out, "page.css"), (await readFile(source("page.css"), "utf8")) + (await readFile(source("markdown.css"), "utf8")));
