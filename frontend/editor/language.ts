// What TypeScript knows of policies: the declarations of the policy language, and nothing of browsers or Node.
import * as ts from "monaco-editor/languages/features/typescript/register";
import declarations from "policy-declarations";

/** Names that JavaScript programmers reach for and policies lack: declared so that the editor says what to do instead. */
const ABSENT = `
/** Policies have no network of their own. Ask with \`http\`, for hosts that the policy names. */ declare const fetch: never;
/** Policies have no timers. Use \`action.proposal.hasElapsed(days(2))\`; the policy is looked at again then. */ declare const setTimeout: never;
/** Policies have no timers. Use \`action.proposal.hasElapsed(days(2))\`; the policy is looked at again then. */ declare const setInterval: never;
/** Policies have no console. Use \`log(…)\`. */ declare const console: never;
/** Policies have no page. */ declare const document: never;
/** Policies have no window. */ declare const window: never;
/** Policies cannot load others. Use \`policies.get("…")\`. */ declare const require: never;
`;

export function knowThePolicyLanguage(): void {
  const javascript = ts.javascriptDefaults;
  javascript.setCompilerOptions({
    target: 9 as ts.ScriptTarget, // ES2022; what comes later the policy engine lacks
    lib: ["es2023"],
    allowJs: true,
    checkJs: true,
    strict: true,
    noImplicitAny: false,
    noImplicitReturns: false,
    noEmit: true,
    // A policy is a file of its own: its functions may be called what the declarations call theirs.
    moduleDetection: 3,
    types: [],
    allowNonTsExtensions: true,
  });
  javascript.setDiagnosticsOptions({ noSemanticValidation: false, noSyntaxValidation: false, noSuggestionDiagnostics: false, onlyVisible: true });
  // Monaco's own loop waits 500 ms after each key; ours (diagnostics.ts) waits 100. Its fixes are ours, too (fixes.ts):
  // TypeScript's would offer to switch the checks off.
  javascript.setModeConfiguration({ ...javascript.modeConfiguration, diagnostics: false, codeActions: false });
  javascript.setEagerModelSync(true);
  javascript.setExtraLibs([
    { content: declarations, filePath: "file:///policy.d.ts" },
    { content: ABSENT, filePath: "file:///absent.d.ts" },
  ]);
}
