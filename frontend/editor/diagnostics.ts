// Errors at the right token, soon after the last key.
import * as monaco from "monaco-editor/editor";
import * as ts from "monaco-editor/languages/features/typescript/register";
import type { Problem } from "./core.ts";
import { TYPES, untyped } from "./untyped.ts";

/** Milliseconds after the last key until the text is checked. */
const PAUSE = 100;

/** Under this name the markers stand; the server's have another, so that neither wipes the other's away. */
export const OWNER = "types";

type Message = string | { messageText: string; next?: Message[] };

interface Diagnostic {
  start?: number;
  length?: number;
  code: number;
  category: number;
  messageText: Message;
}

/** Codes of TypeScript that say nothing useful about a policy. */
const IDLE = new Set([
  7044, 7045, 7043, 7050, // suggestions to add types
  80001, 80002, 80004, 80005, 80006, 80007, 80009, 80010, // suggestions to write modern modules
]);

/** Checks `model` after each change, and tells what was found. */
export function checkTypes(model: monaco.editor.ITextModel, tell: (problems: Problem[]) => void): monaco.IDisposable {
  let waiting: number | undefined;
  let over = false;
  const check = async () => {
    const version = model.getVersionId();
    const found = await diagnose(model.uri);
    // Whatever was found in an older text is about to be found again, or was mended.
    if (over || model.isDisposed() || model.getVersionId() !== version) return;
    if (!found) return void (waiting = window.setTimeout(check, PAUSE));
    const markers = [...found.map((one) => marker(model, one)).filter((one) => !isStep(model, one)), ...untyped(model)];
    monaco.editor.setModelMarkers(model, OWNER, markers);
    tell(markers.filter((one) => one.severity >= monaco.MarkerSeverity.Warning).map(problem));
  };
  const later = () => {
    clearTimeout(waiting);
    waiting = window.setTimeout(check, PAUSE);
  };
  const watching = model.onDidChangeContent(later);
  later();
  return {
    dispose: () => {
      over = true;
      clearTimeout(waiting);
      watching.dispose();
    },
  };
}

/** What TypeScript finds; `undefined` while it is still starting. */
async function diagnose(uri: monaco.Uri): Promise<Diagnostic[] | undefined> {
  try {
    const worker = await (await ts.getJavaScriptWorker())(uri);
    const file = uri.toString();
    const found = await Promise.all([
      worker.getSyntacticDiagnostics(file),
      worker.getSemanticDiagnostics(file),
      worker.getSuggestionDiagnostics(file),
    ]);
    return (found.flat() as Diagnostic[]).filter((one) => !IDLE.has(one.code));
  } catch (error) {
    // Until its chunk has arrived, the mode answers so; a moment later it works.
    if (String(error).includes("not registered")) return undefined;
    throw error;
  }
}

function marker(model: monaco.editor.ITextModel, { start = 0, length = 0, code, category, messageText }: Diagnostic): monaco.editor.IMarkerData {
  const from = model.getPositionAt(start);
  const to = model.getPositionAt(start + Math.max(1, length));
  const severity = [monaco.MarkerSeverity.Warning, monaco.MarkerSeverity.Error, monaco.MarkerSeverity.Hint][category] ?? monaco.MarkerSeverity.Info;
  return {
    severity,
    code: String(code),
    source: "types",
    message: flat(messageText),
    startLineNumber: from.lineNumber,
    startColumn: from.column,
    endLineNumber: to.lineNumber,
    endColumn: to.column,
    tags: category === 2 ? [monaco.MarkerTag.Unnecessary] : [],
  };
}

/** Whether it says that nobody calls one of the six functions: Polity does. */
function isStep(model: monaco.editor.ITextModel, { code, ...range }: monaco.editor.IMarkerData): boolean {
  return code === "6133" && model.getValueInRange(range) in TYPES;
}

function flat(message: Message): string {
  if (typeof message === "string") return message;
  return [message.messageText, ...(message.next ?? []).map(flat)].join("\n");
}

function problem(marker: monaco.editor.IMarkerData): Problem {
  return {
    line: marker.startLineNumber,
    column: marker.startColumn,
    severity: marker.severity === monaco.MarkerSeverity.Error ? "error" : "warning",
    message: marker.message.split("\n")[0] ?? marker.message,
    remedy: remedy(marker.message),
  };
}

/** What to do about it, where TypeScript's sentence says so only between the lines. */
function remedy(message: string): string {
  const meant = /Did you mean (?:to write )?'("?[^'"]+"?)'\?/.exec(message)?.[1];
  if (meant) return `Write ${meant}.`;
  const field = /Property '([^']+)' does not exist on type '(Action|Board\w+|Matrix\w+|Constitution\w+)/.exec(message)?.[1];
  if (field) return `Test action.type first, or write action.payload.${field}.`;
  if (message.includes("possibly 'null'") || message.includes("possibly 'undefined'")) return "Write ?. instead of the dot, or test it first.";
  return "";
}
