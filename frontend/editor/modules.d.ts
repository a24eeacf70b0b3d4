/** `server/engine/policy-api/policy.d.ts`, as text: `script/build-editor.mjs` puts it in. */
declare module "policy-declarations" {
  const text: string;
  export default text;
}

/** The colours of JavaScript, which Monaco declares no types for. */
declare module "monaco-editor/languages/definitions/javascript/javascript" {
  import type { languages } from "monaco-editor/editor";
  export const conf: languages.LanguageConfiguration;
  export const language: languages.IMonarchLanguage;
}

/** A style sheet, which goes into the one beside the bundle. */
declare module "*.css";
