// Builds the editor of the studio (frontend/editor) into a folder of the site:
//   node script/build-editor.mjs target/site/editor
//
//   loader.js                            asked for by this name; says where the rest is
//   core-*.js, chunk-*.js, core-*.css    Monaco and what we add to it
//   *.worker-*.js                        its two workers, of the same origin: the content security policy allows no others
//   policy.txt                           the declarations of the policy language, to read
//
// Everything but the first and the last is named by its content, and kept for ever by browsers.
import { copyFileSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import * as esbuild from "esbuild";

const [folder] = process.argv.slice(2);
const monaco = "node_modules/monaco-editor/esm/vs";
const DECLARATIONS = "server/engine/policy-api/policy.d.ts";

/** Changes one kind of file on its way into a bundle, and fails the build when there is nothing to change any more. */
const patch = (name, filter, change) => ({
  name,
  setup(build) {
    let n_changed = 0;
    build.onLoad({ filter }, async ({ path }) => {
      n_changed += 1;
      return { loader: "js", contents: await change(readFileSync(path, "utf8"), path) };
    });
    build.onEnd(() => {
      if (n_changed === 0) throw new Error(`${name}: no file is like ${filter} any more; look for what replaced it in Monaco`);
    });
  },
});

/** Gives the style elements that Monaco makes the page's nonce, which it has never done itself (monaco-editor issue 271). */
const styleNonce = patch("style-nonce", /vs\/base\/browser\/(domStylesheets|ui\/contextview\/contextview)\.js$/, (source, path) => {
  const made = "document.createElement('style');";
  if (!source.includes(made)) throw new Error(`style-nonce: ${path} makes its style elements in another way now`);
  return source.replaceAll(made, `${made} { const nonce = globalThis.MonacoEnvironment?.cspNonce; if (nonce) style.nonce = nonce; }`);
});

/** Keeps the typings of plain JavaScript only: policies run without a browser, and its typings are most of the worker. */
const slimTypings = patch("slim-typings", /typescript\/lib\/lib\.js$/, async (_, path) => {
  const plain = /^lib\.(d\.ts|es5\.d\.ts|decorators(\.legacy)?\.d\.ts|es20(15|16|17|18|19|20|21|22|23)(\..*)?\.d\.ts)$/;
  const { libFileMap } = await import(pathToFileURL(path).href);
  const kept = Object.fromEntries(Object.entries(libFileMap).filter(([name]) => plain.test(name) && !name.endsWith(".full.d.ts")));
  for (const name of ["lib.esnext.full.d.ts", "lib.es2022.full.d.ts", "lib.es2023.full.d.ts", "lib.es6.d.ts"]) {
    kept[name] = '/// <reference lib="es2023" />\n';
  }
  return `export const libFileMap = ${JSON.stringify(kept)};`;
});

/** The declarations of the policy language, as a text that the editor hands to TypeScript. */
const declarations = {
  name: "declarations",
  setup(build) {
    build.onResolve({ filter: /^policy-declarations$/ }, () => ({ path: resolve(DECLARATIONS), namespace: "text" }));
    build.onLoad({ filter: /.*/, namespace: "text" }, ({ path }) => ({ loader: "text", contents: readFileSync(path, "utf8") }));
  },
};

const common = {
  bundle: true,
  minify: true,
  format: "esm",
  target: ["chrome123", "firefox128", "safari17.5"],
  legalComments: "none",
  entryNames: "[name]-[hash]",
  chunkNames: "chunk-[hash]",
  assetNames: "[name]-[hash]",
  outdir: folder,
  metafile: true,
  logLevel: "warning",
};

rmSync(folder, { recursive: true, force: true });
const core = await esbuild.build({
  ...common,
  entryPoints: { core: "frontend/editor/core.ts" },
  splitting: true,
  loader: { ".ttf": "file" },
  plugins: [styleNonce, declarations],
});
const workers = await esbuild.build({
  ...common,
  entryPoints: {
    "typescript.worker": `${monaco}/languages/features/typescript/ts.worker.js`,
    "editor.worker": `${monaco}/editor/editor.worker.js`,
  },
  plugins: [slimTypings],
});

/** The address of what was built from an entry point. */
const address = ({ metafile }, entry, ending) => {
  const [path] = Object.entries(metafile.outputs).find(([path, { entryPoint }]) => entryPoint?.endsWith(entry) && path.endsWith(".js")) ?? [];
  const wanted = ending === ".css" ? metafile.outputs[path]?.cssBundle : path;
  if (!wanted) throw new Error(`nothing was built from ${entry}`);
  return JSON.stringify(`/editor/${basename(wanted)}`);
};
const style = address(core, "core.ts", ".css");
await esbuild.build({
  entryPoints: ["frontend/editor/loader.ts"],
  bundle: true,
  minify: true,
  format: "esm",
  target: common.target,
  external: ["/editor/*"],
  outfile: join(folder, "loader.js"),
  define: {
    CORE: address(core, "core.ts"),
    CORE_STYLE: style,
    EDITOR_WORKER: address(workers, "editor.worker.js"),
    TYPESCRIPT_WORKER: address(workers, "ts.worker.js"),
  },
});
copyFileSync(DECLARATIONS, join(folder, "policy.txt"));
// esbuild leaves a style sheet beside every chunk that names one; the entry's holds them all.
for (const name of readdirSync(folder)) {
  if (name.endsWith(".css") && `"/editor/${name}"` !== style) rmSync(join(folder, name));
}
