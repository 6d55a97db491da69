// Bundles the page into ../built, or into the directory that is given. The same source gives the same bytes.
import { build } from "esbuild";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const out = process.argv[2] ?? join(here, "..", "built");
rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });

const named = (name, extension, bytes) => {
  const hash = createHash("sha256").update(bytes).digest("hex").slice(0, 12);
  const file = `${name}-${hash}.${extension}`;
  writeFileSync(join(out, file), bytes);
  return `/wallboard/${file}`;
};

const options = { absWorkingDir: here, bundle: true, minify: true, write: false, target: "es2022", legalComments: "none", charset: "utf8" };
const script = await build({ ...options, entryPoints: ["src/main.tsx"], format: "esm", jsx: "automatic", jsxImportSource: "preact" });
const style = await build({ ...options, entryPoints: ["src/style.css"] });
const paths = {
  SCRIPT: named("page", "js", script.outputFiles[0].contents),
  STYLE: named("page", "css", style.outputFiles[0].contents),
  ICON: named("icon", "svg", readFileSync(join(here, "src", "icon.svg"))),
};
const licences = ["preact", "@preact/signals", "@preact/signals-core"].map((name) => {
  const at = join(here, "node_modules", name);
  return `${name} ${JSON.parse(readFileSync(join(at, "package.json"), "utf8")).version}\n\n${readFileSync(join(at, "LICENSE"), "utf8")}`;
});
writeFileSync(join(out, "licences.txt"), licences.join("\n"));
const page = readFileSync(join(here, "src", "index.html"), "utf8");
writeFileSync(join(out, "index.html"), page.replace(/\{\{(\w+)\}\}/g, (_, name) => paths[name]));
