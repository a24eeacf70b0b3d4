// Monaco, with everything a policy author needs of it, behind the few functions that the pages call.
import * as monaco from "monaco-editor/editor";
import "monaco-editor/features/register.all";
// `register.all` of 0.56 and 0.57 leaves these out: without them there is no list of completions and no "go to definition".
import "monaco-editor/editor/contrib/suggest/browser/suggestController";
import "monaco-editor/editor/contrib/gotoSymbol/browser/goToCommands";
import "monaco-editor/editor/contrib/gotoError/browser/markerSelectionStatus";
import "monaco-editor/editor/contrib/semanticTokens/browser/documentSemanticTokens";
import "monaco-editor/editor/contrib/caretOperations/browser/caretOperations";
import "monaco-editor/languages/definitions/javascript/register";
import { compareSources, type Comparison } from "./compare.ts";
import { checkTypes } from "./diagnostics.ts";
import { offerFixes } from "./fixes.ts";
import { knowThePolicyLanguage } from "./language.ts";
import { type Findings, showFindings } from "./findings.ts";
import { offerSnippets } from "./snippets.ts";
import { followTheTheme } from "./theme.ts";
// Last, so that it has the last word.
import "./editor.css";

/** What an editor starts with. */
export interface Options {
  text: string;
  /** How screen readers name it. */
  label: string;
  /** Id of the element that says how the keyboard leaves it. */
  describedBy: string;
  /** Names of members, roles, channels and settings of this community, offered inside of texts. */
  words: string[];
  readOnly: boolean;
}

/** Something that the author did, or that was found in the text. */
export type Event =
  | { kind: "text"; text: string }
  | { kind: "symbol"; name: string; line: number; column: number }
  | { kind: "problems"; problems: Problem[] };

/** Something to mend, at a place of the author's text: lines and columns from 1, columns in UTF-16 units. */
export interface Problem {
  line: number;
  column: number;
  severity: "error" | "warning";
  message: string;
  remedy: string;
}

/** One editor on the page. */
export interface Handle {
  text(): string;
  /** Replaces everything, as one step that can be undone. */
  replace(text: string): void;
  /** Puts text where the caret is. */
  insert(text: string): void;
  reveal(line: number, column: number): void;
  /** Shows what a run did beside its lines, and what the server found. */
  show(findings: string): void;
  run(command: string): void;
  setScreenReader(on: boolean): void;
  dispose(): void;
}

/** What the loader hands to the page. */
export interface Core {
  mount(host: HTMLElement, options: string, hear: (event: string) => void): Handle;
  compare(host: HTMLElement, comparison: string): Comparison;
  /** Ids of what the last mounted editor can do: lets a test notice when a feature falls out of the build. */
  abilities(): string[];
}

let latest: monaco.editor.IStandaloneCodeEditor | undefined;
const words: string[] = [];

knowThePolicyLanguage();
offerSnippets(words);
offerFixes();
followTheTheme();

/** One model per page: a second mount finds the text, the undo steps and the markers of the first. */
const uri = monaco.Uri.parse("file:///policy.js");

export function mount(host: HTMLElement, given: string, hear: (event: string) => void): Handle {
  const options: Options = JSON.parse(given);
  words.splice(0, words.length, ...options.words);
  const model = monaco.editor.getModel(uri) ?? monaco.editor.createModel("", "javascript", uri);
  model.setEOL(monaco.editor.EndOfLineSequence.LF);
  if (model.getValue() !== options.text) model.setValue(options.text);
  const editor = monaco.editor.create(host, {
    model,
    ariaLabel: options.label,
    readOnly: options.readOnly,
    accessibilitySupport: "auto",
    automaticLayout: true,
    bracketPairColorization: { enabled: false },
    fixedOverflowWidgets: true,
    fontFamily: getComputedStyle(document.documentElement).getPropertyValue("--font-code"),
    fontSize: 13.5,
    lineHeight: 1.6,
    fontLigatures: false,
    glyphMargin: false,
    lineNumbersMinChars: 3,
    lineDecorationsWidth: 14,
    folding: true,
    minimap: { enabled: false },
    overviewRulerLanes: 0,
    padding: { top: 12, bottom: 12 },
    renderLineHighlight: "line",
    roundedSelection: true,
    scrollBeyondLastLine: false,
    scrollbar: { alwaysConsumeMouseWheel: false, verticalScrollbarSize: 10, horizontalScrollbarSize: 10 },
    tabSize: 2,
    quickSuggestions: { other: true, comments: false, strings: true },
    snippetSuggestions: "bottom",
    suggest: { showWords: false, preview: false },
    unicodeHighlight: { ambiguousCharacters: true, invisibleCharacters: true, includeComments: true, includeStrings: true },
    wordBasedSuggestions: "off",
    stickyScroll: { enabled: false },
  });
  latest = editor;
  const tell = (event: Event) => hear(JSON.stringify(event));
  const findings = showFindings(editor);
  const checking = checkTypes(model, (problems) => tell({ kind: "problems", problems }));
  const input = host.querySelector("[role=textbox], textarea");
  input?.setAttribute("aria-describedby", options.describedBy);

  let asked: number | undefined;
  const watching = [
    model.onDidChangeContent(() => tell({ kind: "text", text: model.getValue() })),
    editor.onDidChangeCursorPosition(({ position }) => {
      clearTimeout(asked);
      asked = window.setTimeout(() => {
        const name = model.getWordAtPosition(position)?.word ?? "";
        tell({ kind: "symbol", name, line: position.lineNumber, column: position.column });
      }, 200);
    }),
    checking,
    findings,
  ];
  return {
    text: () => model.getValue(),
    replace: (text) => {
      editor.pushUndoStop();
      editor.executeEdits("page", [{ range: model.getFullModelRange(), text, forceMoveMarkers: true }]);
      editor.pushUndoStop();
    },
    insert: (text) => {
      const range = editor.getSelection() ?? model.getFullModelRange();
      editor.pushUndoStop();
      editor.executeEdits("page", [{ range, text, forceMoveMarkers: true }]);
      editor.pushUndoStop();
      editor.focus();
    },
    reveal: (line, column) => {
      const position = { lineNumber: line, column: Math.max(1, column) };
      editor.setPosition(position);
      editor.revealPositionInCenterIfOutsideViewport(position);
      editor.focus();
    },
    show: (json) => findings.show(JSON.parse(json) as Findings),
    run: (command) => {
      editor.focus();
      editor.trigger("page", command, undefined);
    },
    setScreenReader: (on) => editor.updateOptions({ accessibilitySupport: on ? "on" : "auto" }),
    dispose: () => {
      clearTimeout(asked);
      for (const one of watching) one.dispose();
      editor.dispose();
      model.dispose();
      if (latest === editor) latest = undefined;
    },
  };
}

export function compare(host: HTMLElement, comparison: string): Comparison {
  return compareSources(host, JSON.parse(comparison));
}

export function abilities(): string[] {
  return latest?.getSupportedActions().map((action) => action.id) ?? [];
}
