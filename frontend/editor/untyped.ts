// The six functions need their `@type` line: without it TypeScript believes any verdict.
import * as monaco from "monaco-editor/editor";

/** Each of a policy's functions, and the type that its `@type` line names. */
export const TYPES: Readonly<Record<string, string>> = {
  filter: "FilterFn",
  initialize: "InitializeFn",
  check: "CheckFn",
  notify: "NotifyFn",
  pass: "PassFn",
  fail: "FailFn",
};

export const UNTYPED = "missing-type";

/** A warning at the name of each of the six that lacks its line. */
export function untyped(model: monaco.editor.ITextModel): monaco.editor.IMarkerData[] {
  const lines = model.getLinesContent();
  return lines.flatMap((line, at) => {
    const match = /^(function\s+)(filter|initialize|check|notify|pass|fail)\s*\(/.exec(line);
    const [, before, name] = match ?? [];
    if (before === undefined || name === undefined || hasType(lines, at)) return [];
    const column = before.length + 1;
    return [
      {
        severity: monaco.MarkerSeverity.Warning,
        code: UNTYPED,
        source: "types",
        message: `${name} has no @type line, so a misspelt verdict or field in it would go unnoticed`,
        startLineNumber: at + 1,
        startColumn: column,
        endLineNumber: at + 1,
        endColumn: column + name.length,
      },
    ];
  });
}

/** Whether the comment that ends right above line `at` has a `@type`. */
function hasType(lines: string[], at: number): boolean {
  for (let above = at - 1; above >= 0; above--) {
    const line = lines[above]?.trim() ?? "";
    if (!/^(\/\*\*|\*|\/\/)/.test(line)) return false;
    if (line.includes("@type")) return true;
    if (line.startsWith("/**")) return false;
  }
  return false;
}
