// Light and dark, made of the page's own tokens, so that the editor changes with everything around it.
import * as monaco from "monaco-editor/editor";

/** Defines the theme now, and again whenever the page's colours change. */
export function followTheTheme(): void {
  define();
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", define);
  matchMedia("(prefers-contrast: more)").addEventListener("change", define);
  new MutationObserver(define).observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
}

function define(): void {
  const colour = resolver();
  const isDark = luminance(colour("--surface")) < 0.5;
  const rule = (token: string, name: string, fontStyle = "") => ({ token, foreground: colour(name).slice(1, 7), fontStyle });
  monaco.editor.defineTheme("polity", {
    base: isDark ? "vs-dark" : "vs",
    inherit: true,
    rules: [
      rule("", "--code-ink"),
      rule("keyword", "--code-keyword"),
      rule("string", "--code-string"),
      rule("string.escape", "--code-constant"),
      rule("regexp", "--code-string"),
      rule("number", "--code-constant"),
      rule("comment", "--code-comment"),
      rule("type.identifier", "--code-constant"),
      rule("identifier", "--code-ink"),
      rule("delimiter", "--code-ink"),
    ],
    colors: {
      "editor.background": colour("--surface"),
      "editor.foreground": colour("--code-ink"),
      "editorLineNumber.foreground": colour("--ink-subtle"),
      "editorLineNumber.activeForeground": colour("--ink"),
      "editor.lineHighlightBackground": colour("--surface-sunken"),
      "editor.lineHighlightBorder": "#00000000",
      "editor.selectionBackground": colour("--accent-line"),
      "editor.inactiveSelectionBackground": colour("--accent-soft"),
      "editorCursor.foreground": colour("--accent"),
      "editorWidget.background": colour("--surface-raised"),
      "editorWidget.foreground": colour("--ink"),
      "editorWidget.border": colour("--line-strong"),
      "editorSuggestWidget.background": colour("--surface-raised"),
      "editorSuggestWidget.foreground": colour("--ink"),
      "editorSuggestWidget.selectedBackground": colour("--accent-soft"),
      "editorSuggestWidget.selectedForeground": colour("--ink"),
      "editorSuggestWidget.highlightForeground": colour("--accent"),
      "editorSuggestWidget.focusHighlightForeground": colour("--accent"),
      "editorHoverWidget.background": colour("--surface-raised"),
      "editorHoverWidget.foreground": colour("--ink"),
      "editorError.foreground": colour("--failed-fill"),
      "editorWarning.foreground": colour("--held-fill"),
      "editorInfo.foreground": colour("--open-fill"),
      "list.hoverBackground": colour("--surface-hover"),
      "list.activeSelectionBackground": colour("--accent-soft"),
      "list.activeSelectionForeground": colour("--ink"),
      "list.focusBackground": colour("--accent-soft"),
      "list.focusForeground": colour("--ink"),
      "list.highlightForeground": colour("--accent"),
      "quickInput.background": colour("--surface-raised"),
      "quickInput.foreground": colour("--ink"),
      "input.background": colour("--surface"),
      "input.foreground": colour("--ink"),
      "input.border": colour("--line-strong"),
      "menu.background": colour("--surface-raised"),
      "menu.foreground": colour("--ink"),
      "menu.selectionBackground": colour("--accent-soft"),
      "menu.selectionForeground": colour("--ink"),
      focusBorder: colour("--focus"),
      "textLink.foreground": colour("--accent"),
      "diffEditor.insertedTextBackground": `${colour("--passed-fill").slice(0, 7)}33`,
      "diffEditor.removedTextBackground": `${colour("--failed-fill").slice(0, 7)}33`,
      "diffEditor.insertedLineBackground": colour("--passed-soft"),
      "diffEditor.removedLineBackground": colour("--failed-soft"),
      "scrollbarSlider.background": `${colour("--line-strong").slice(0, 7)}66`,
      "editorBracketHighlight.foreground1": colour("--code-ink"),
      "editorBracketHighlight.foreground2": colour("--code-function"),
      "editorBracketHighlight.foreground3": colour("--code-keyword"),
    },
  });
  monaco.editor.setTheme("polity");
}

/** Turns a token into `#rrggbbaa`: Monaco reads nothing else, and our tokens are written in oklch. */
function resolver(): (token: string) => string {
  const probe = document.createElement("span");
  document.body.append(probe);
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 1;
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  const known = new Map<string, string>();
  queueMicrotask(() => probe.remove());
  return (token) => {
    const seen = known.get(token);
    if (seen) return seen;
    probe.style.color = `var(${token})`;
    if (!pen) return "#808080ff";
    pen.clearRect(0, 0, 1, 1);
    pen.fillStyle = getComputedStyle(probe).color;
    pen.fillRect(0, 0, 1, 1);
    const hex = `#${Array.from(pen.getImageData(0, 0, 1, 1).data, (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
    known.set(token, hex);
    return hex;
  };
}

function luminance(hex: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255);
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
