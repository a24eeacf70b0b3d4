// What a run did, beside the lines that did it: never part of the text, never in the way of the caret.
import * as monaco from "monaco-editor/editor";

/** What is shown. All of it replaces what was shown before. Lines count from 1. */
export interface Findings {
  /** Lines that ran, and lines that could have run and did not. */
  ran: number[];
  skipped: number[];
  /** Values to write behind lines. */
  values: { line: number; text: string }[];
  /** The line that decided. */
  decided: number | null;
  /** What the server found in the text. */
  problems: { line: number; column: number; length: number; severity: "error" | "warning"; code: string; message: string; remedy: string }[];
}

/** Longest value that fits beside a line. */
const LONGEST = 60;

export function showFindings(editor: monaco.editor.IStandaloneCodeEditor): monaco.IDisposable & { show(findings: Findings): void } {
  const shown = editor.createDecorationsCollection();
  return {
    show: ({ ran, skipped, values, decided, problems }) => {
      const model = editor.getModel();
      if (!model) return;
      const whole = (line: number, options: monaco.editor.IModelDecorationOptions) =>
        line >= 1 && line <= model.getLineCount() ? [{ range: new monaco.Range(line, 1, line, model.getLineMaxColumn(line)), options }] : [];
      shown.set([
        ...ran.flatMap((line) => whole(line, { isWholeLine: true, linesDecorationsClassName: "line-ran" })),
        ...skipped.flatMap((line) => whole(line, { isWholeLine: true, linesDecorationsClassName: "line-skipped" })),
        ...(decided ? whole(decided, { isWholeLine: true, className: "line-decided" }) : []),
        ...values.flatMap(({ line, text }) =>
          whole(line, {
            showIfCollapsed: true,
            after: { content: ` ${short(text)} `, inlineClassName: "line-value", cursorStops: monaco.editor.InjectedTextCursorStops.None },
          }),
        ),
      ]);
      monaco.editor.setModelMarkers(
        model,
        "server",
        problems.map(({ line, column, length, severity, code, message, remedy }) => {
          const at = model.validatePosition({ lineNumber: line, column: Math.max(1, column) });
          const word = model.getWordAtPosition(at);
          return {
            severity: severity === "error" ? monaco.MarkerSeverity.Error : monaco.MarkerSeverity.Warning,
            code,
            source: "server",
            message: remedy ? `${message}\n${remedy}` : message,
            startLineNumber: at.lineNumber,
            startColumn: at.column,
            endLineNumber: at.lineNumber,
            endColumn: length > 0 ? at.column + length : (word?.endColumn ?? model.getLineMaxColumn(at.lineNumber)),
          };
        }),
      );
    },
    dispose: () => shown.clear(),
  };
}

function short(text: string): string {
  const one = text.replaceAll(/\s+/g, " ");
  return one.length > LONGEST ? `${one.slice(0, LONGEST - 1)}…` : one;
}
