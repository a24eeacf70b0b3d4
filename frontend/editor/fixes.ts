// Mends the common mistakes at a key press: the light bulb, Ctrl+. or the link in the list of problems.
import * as monaco from "monaco-editor/editor";
import { OWNER } from "./diagnostics.ts";
import { TYPES, UNTYPED } from "./untyped.ts";

export function offerFixes(): void {
  monaco.languages.registerCodeActionProvider("javascript", {
    provideCodeActions: (model, _range, { markers }) => ({
      actions: markers.filter((marker) => marker.source === "types").flatMap((marker) => fixes(model, marker)),
      dispose: () => {},
    }),
  });
}

function fixes(model: monaco.editor.ITextModel, marker: monaco.editor.IMarkerData): monaco.languages.CodeAction[] {
  const at = new monaco.Range(marker.startLineNumber, marker.startColumn, marker.endLineNumber, marker.endColumn);
  const text = model.getValueInRange(at);
  if (marker.code === UNTYPED) {
    const start = new monaco.Range(marker.startLineNumber, 1, marker.startLineNumber, 1);
    return [fix(model, marker, `Add the @type line of ${text}`, start, `/** @type {${TYPES[text]}} */\n`)];
  }
  const meant = /Did you mean (?:to write )?'("?)([^'"]+)"?'\?/.exec(marker.message);
  if (meant) {
    const [, quote = "", word = ""] = meant;
    return [fix(model, marker, `Write ${quote}${word}${quote}`, at, quote ? literal(text, word) : named(text, word))];
  }
  const field = /Property '([^']+)' does not exist on type '(Action|Board\w+|Matrix\w+|Constitution\w+)/.exec(marker.message)?.[1];
  if (field) return [fix(model, marker, `Read it from the payload: action.payload.${field}`, at, `payload.${field}`)];
  const before = new monaco.Range(at.startLineNumber, at.startColumn, at.endLineNumber, at.endColumn + 1);
  if (/possibly '(null|undefined)'/.test(marker.message) && model.getValueInRange(before).endsWith(".")) {
    return [fix(model, marker, "Use ?. so that nothing is read where there is nothing", before, `${text}?.`)];
  }
  return verdict(model, marker, at);
}

/** A text or name where only a verdict may stand: offers the three. */
function verdict(model: monaco.editor.ITextModel, marker: monaco.editor.IMarkerData, at: monaco.Range): monaco.languages.CodeAction[] {
  if (!/not assignable to type '(void \| )?(Verdict|"PROPOSED"|"PASSED"|"FAILED")/.test(marker.message)) return [];
  return ["PASSED", "FAILED", "PROPOSED"].map((word) => fix(model, marker, `Return ${word}`, at, `return ${word}`.slice(model.getValueInRange(at).startsWith("return") ? 0 : 7)));
}

/** The word in the quotes that the author used. */
function literal(text: string, word: string): string {
  const quote = /^['"`]/.exec(text)?.[0] ?? '"';
  return `${quote}${word}${quote}`;
}

/** Keeps what stands before the last dot, where the marker covers more than the name. */
function named(text: string, word: string): string {
  const dot = text.lastIndexOf(".");
  return dot < 0 ? word : text.slice(0, dot + 1) + word;
}

function fix(model: monaco.editor.ITextModel, marker: monaco.editor.IMarkerData, title: string, range: monaco.IRange, text: string): monaco.languages.CodeAction {
  return {
    title,
    kind: "quickfix",
    diagnostics: [marker],
    isPreferred: true,
    edit: { edits: [{ resource: model.uri, versionId: model.getVersionId(), textEdit: { range, text } }] },
  };
}

/** The markers that fixes are offered for. */
export const FIXABLE = OWNER;
