// Builds ../static/ from this folder. `python3 dev.py assets` runs it; nobody needs node to install or to run the program.
import { createHash } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

import * as esbuild from "esbuild";
import * as sass from "sass";

const here = dirname(fileURLToPath(import.meta.url));
const modules = join(here, "node_modules");
const out = join(here, "..", "static");
const frontend = join(modules, "nhsuk-frontend");

function text(path) {
  return readFileSync(path, "utf8").replaceAll("\r\n", "\n");
}

function write(name, content) {
  writeFileSync(join(out, name), content.endsWith("\n") ? content : `${content}\n`);
}

// Addresses of sponsors and registries are no part of what the lock is for.
function tidyLock() {
  const path = join(here, "package-lock.json");
  const lock = JSON.parse(text(path));
  for (const entry of Object.values(lock.packages)) {
    delete entry.funding;
    delete entry.resolved;
  }
  writeFileSync(path, `${JSON.stringify(lock, null, 2)}\n`);
}

function styles() {
  const made = sass.compile(join(here, "site.scss"), { style: "compressed", loadPaths: [modules], quietDeps: true });
  write("site.css", made.css);
  const icons = new Set([...made.css.matchAll(/\/static\/(nhsuk-icon-[a-z-]+\.svg)/g)].map((found) => found[1]));
  for (const icon of [...icons].sort()) {
    copyFileSync(join(frontend, "dist", "nhsuk", "assets", "images", icon), join(out, icon));
  }
}

// One file for one <script defer>; answers with the packages whose code is in it.
async function script(name) {
  const made = await esbuild.build({
    absWorkingDir: here,
    entryPoints: [name],
    outfile: join(out, name),
    bundle: true,
    minify: true,
    format: "iife",
    target: "es2020",
    charset: "utf8",
    legalComments: "none",
    metafile: true,
  });
  return Object.keys(made.metafile.inputs)
    .map((path) => /^node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1])
    .filter(Boolean);
}

const MIT = text(join(modules, "codemirror", "LICENSE")).split("\n\n").slice(2).join("\n\n").trim();

// Who wrote what is in ../static/, and on what terms; a licence shared by several packages is printed once.
function notice(packages) {
  const byLicence = new Map();
  for (const name of [...new Set([...packages, "nhsuk-frontend", "htmx.org"])].sort()) {
    const { version, license } = JSON.parse(text(join(modules, name, "package.json")));
    const file = join(modules, name, "LICENSE");
    // nhsuk-frontend says "MIT" in its package.json and carries no file.
    const terms = existsSync(file) ? text(file).trim() : `The MIT License (MIT)\n\nCopyright (c) NHS England\n\n${MIT}`;
    const entry = byLicence.get(terms) ?? { license, names: [] };
    entry.names.push(`${name} ${version}`);
    byLicence.set(terms, entry);
  }
  const parts = [...byLicence].map(([terms, { license, names }]) => `${names.join(", ")}  (${license})\n\n${terms}\n`);
  const first = "The files in this folder are built from qa_workflow's own sources and from the packages below.\n";
  write("NOTICE.txt", [first, ...parts].join(`\n${"-".repeat(78)}\n\n`));
}

function sha256(path) {
  return createHash("sha256").update(text(path)).digest("hex");
}

// What was built from what, so that a test can tell without node that both belong together.
function record() {
  const files = (folder) =>
    readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
      const path = join(folder, entry.name);
      return entry.name === "node_modules" ? [] : entry.isFile() ? [path] : files(path);
    });
  const sums = (folder) =>
    Object.fromEntries(files(folder).map((path) => [relative(folder, path).replaceAll("\\", "/"), sha256(path)]).sort());
  write("built.json", JSON.stringify({ sources: sums(here), built: sums(out) }, null, 1));
}

rmSync(out, { recursive: true, force: true });
mkdirSync(out);
tidyLock();
styles();
const packages = [];
for (const name of ["nhsuk.js", "site.js", "editor.js"]) {
  packages.push(...(await script(name)));
}
const htmx = text(join(modules, "htmx.org", "dist", "htmx.min.js"));
write("htmx.min.js", htmx.replace(/\n?\/\/# sourceMappingURL=.*\s*$/, ""));
for (const picture of ["logo.svg", "favicon.svg"]) {
  copyFileSync(join(here, picture), join(out, picture));
}
notice(packages);
record();
for (const name of readdirSync(out).sort()) {
  console.log(`${String(readFileSync(join(out, name)).length).padStart(7)}  ${name}`);
}
