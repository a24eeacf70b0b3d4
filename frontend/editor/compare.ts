// Two versions side by side.
import * as monaco from "monaco-editor/editor";
import { conf, language } from "monaco-editor/languages/definitions/javascript/javascript";

/** JavaScript's colours without TypeScript's checks: the old version is not the author's to mend. */
const TO_READ = "policy-to-read";

/** What is compared. */
interface Sides {
  before: string;
  after: string;
  label: string;
}

/** A comparison on the page. */
export interface Comparison {
  /** Shows another text on the right. */
  update(after: string): void;
  dispose(): void;
}

export function compareSources(host: HTMLElement, { before, after, label }: Sides): Comparison {
  if (!monaco.languages.getLanguages().some(({ id }) => id === TO_READ)) {
    monaco.languages.register({ id: TO_READ });
    monaco.languages.setLanguageConfiguration(TO_READ, conf);
    monaco.languages.setMonarchTokensProvider(TO_READ, language);
  }
  const original = monaco.editor.createModel(before, TO_READ);
  const modified = monaco.editor.createModel(after, TO_READ);
  const editor = monaco.editor.createDiffEditor(host, {
    readOnly: true,
    originalEditable: false,
    diffAlgorithm: "advanced",
    useInlineViewWhenSpaceIsLimited: true,
    accessibilityVerbose: true,
    automaticLayout: true,
    fixedOverflowWidgets: true,
    fontFamily: getComputedStyle(document.documentElement).getPropertyValue("--font-code"),
    fontSize: 13,
    minimap: { enabled: false },
    overviewRulerLanes: 0,
    renderOverviewRuler: false,
    scrollBeyondLastLine: false,
    scrollbar: { alwaysConsumeMouseWheel: false },
    originalAriaLabel: `${label}: as it is in force`,
    modifiedAriaLabel: `${label}: as it is proposed`,
  });
  editor.setModel({ original, modified });
  return {
    update: (text) => {
      if (modified.getValue() !== text) modified.setValue(text);
    },
    dispose: () => {
      editor.dispose();
      original.dispose();
      modified.dispose();
    },
  };
}
