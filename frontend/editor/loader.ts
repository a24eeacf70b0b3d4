// The only part of the editor that a page asks for by a name that stays: everything else it loads is named by its content.
//
// `script/build-editor.mjs` fills in the four addresses. The page waits for this module, then calls `globalThis.polityEditor`.
import type { Core } from "./core.ts";

declare const CORE: string;
declare const CORE_STYLE: string;
declare const EDITOR_WORKER: string;
declare const TYPESCRIPT_WORKER: string;

declare global {
  var polityEditor: { core: () => Promise<Core> } | undefined;
}

let core: Promise<Core> | undefined;

/** Loads Monaco, once. Fails where the network does; the page then keeps its plain text. */
async function load(): Promise<Core> {
  // Monaco looks here for its workers, and our build makes it look here for the nonce of its style elements.
  const environment = {
    cspNonce: document.querySelector<HTMLScriptElement>("script[nonce]")?.nonce ?? "",
    getWorker: (_id: string, label: string) =>
      new Worker(label === "javascript" || label === "typescript" ? TYPESCRIPT_WORKER : EDITOR_WORKER, { type: "module" }),
  };
  Object.assign(globalThis, { MonacoEnvironment: environment });
  await Promise.all([styled(CORE_STYLE), import(CORE)]);
  return import(CORE);
}

/** Resolves once the style sheet is there: Monaco measures its fonts when it is mounted. */
function styled(href: string): Promise<void> {
  const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href });
  return new Promise((resolve, reject) => {
    link.onload = () => resolve();
    link.onerror = () => reject(new Error("the editor's style did not arrive"));
    document.head.append(link);
  });
}

globalThis.polityEditor = {
  core: () => (core ??= load().catch((error) => ((core = undefined), Promise.reject(error)))),
};
