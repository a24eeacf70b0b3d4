// What authors write again and again, by task: typing "vote" or "jury" offers the whole piece, with its blanks to fill in.
import * as monaco from "monaco-editor/editor";

interface Snippet {
  /** What the author wants, in words; what they type finds it. */
  task: string;
  /** What it does. */
  about: string;
  /** Whether it is a function of its own, or goes inside one. */
  place: "top" | "inside";
  lines: string[];
}

const SNIPPETS: Snippet[] = [
  {
    task: "vote of everyone",
    about: "Asks all members, and decides by majority with a quorum when the vote closes.",
    place: "top",
    lines: [
      "/** @type {InitializeFn} */",
      "function initialize(action) {",
      '  ask("everyone", { text: "${1:Shall this pass?}", closes: action.proposal.deadline(days(${2:3})) })',
      "}",
      "",
      "/** @type {CheckFn} */",
      "function check(action) {",
      '  const count = action.proposal.tally("yes-no", { quorum: "${3:25%}", threshold: "${4:>50%}" })',
      "  if (count.prospects?.settled || action.proposal.isClosed) return count.passed ? passed(count.sentence) : failed(count.sentence)",
      "}",
      "",
      "/** @type {PassFn} */",
      "function pass(action) {",
      "  action.execute()",
      "}",
    ],
  },
  {
    task: "jury drawn by lot",
    about: "Draws a few members, asks them, and decides when enough of them agree.",
    place: "top",
    lines: [
      "/** @type {InitializeFn} */",
      "function initialize(action) {",
      "  const jury = members.sample(${1:3}, { avoid: action.initiator ?? [] })",
      '  action.data.set("jury", jury.map(member => member.id))',
      '  if (jury.length > 0) ask(jury, { text: "${2:Shall this pass?}", closes: action.proposal.deadline(days(${3:2})) })',
      "}",
      "",
      "/** @type {CheckFn} */",
      "function check(action) {",
      '  const jury = action.data.get("jury", [])',
      "  const yes = action.proposal.ballots({ by: jury, value: true }).length",
      "  if (yes >= ${4:2}) return passed(`\\${yes} of \\${jury.length} jurors said yes`)",
      '  if (action.proposal.hasElapsed(days(${3:2}))) return failed("the jury did not agree in time")',
      "}",
    ],
  },
  {
    task: "only actions of one type",
    about: "Limits the policy to one kind of action; below it the editor knows that kind's fields.",
    place: "top",
    lines: ["/** @type {FilterFn} */", "function filter(action) {", '  return action.type === "${1:board.rename_channel}"', "}"],
  },
  { task: "carry it out", about: "What happens when the policy decided in favour.", place: "top", lines: ["/** @type {PassFn} */", "function pass(action) {", "  action.execute()$0", "}"] },
  {
    task: "say that it was refused",
    about: "Posts in a channel when the policy decided against.",
    place: "top",
    lines: ["/** @type {FailFn} */", "function fail(action) {", '  announce("${1:general}", "${2:It was not agreed to.}")', "}"],
  },
  { task: "tell somebody", about: "Writes to members, once, while the proposal is open.", place: "top", lines: ["/** @type {NotifyFn} */", "function notify(action) {", '  notifyMembers("${1:everyone}", "${2:Something waits for your vote.}")', "}"] },
  { task: "deadline", about: "Decides against when nothing was decided in time.", place: "inside", lines: ['if (action.proposal.hasElapsed(days(${1:2}))) return failed("${2:nobody agreed in time}")'] },
  { task: "role decides alone", about: "Passes at once when somebody with a role attempts it.", place: "inside", lines: ['if (action.initiator?.hasRole("${1:Steward}")) return passed("${2:a steward decides}")'] },
  { task: "yes votes are enough", about: "Passes as soon as so many said yes.", place: "inside", lines: ["if (action.proposal.yes >= ${1:2}) return passed(`\\${action.proposal.yes} said yes`)"] },
  { task: "votes of a role", about: "Counts the yes votes of those who hold a role.", place: "inside", lines: ['const yes = action.proposal.ballots({ by: "${1:Steward}", value: true })', "if (yes.length >= ${2:2}) return passed(`\\${yes.length} agree`)"] },
  { task: "new members wait", about: "Refuses what members attempt before they have been here for a while.", place: "inside", lines: ['if (action.initiator && action.createdAt - action.initiator.joinedAt < weeks(${1:1})) return failed("${2:members of a week may propose}")'] },
  { task: "not too often", about: "Limits how many such actions one member may attempt.", place: "inside", lines: ["const recent = actions.where({ type: action.type, by: action.initiator ?? undefined, since: days(${1:7}) })", 'if (recent.length > ${2:5}) return failed("${3:five a week are enough}")'] },
  { task: "forbidden words", about: "Refuses texts with words from the policy's settings.", place: "inside", lines: ["const words = policy.settings.words ?? []", 'const found = words.find(word => String(action.payload.text ?? "").toLowerCase().includes(word))', "if (found) return failed(`the word “\\${found}” is not allowed here`)"] },
  { task: "remember something", about: "Keeps a value for the next time the policy runs.", place: "inside", lines: ['action.data.set("${1:key}", ${2:value})'] },
];

/** `words` may change: it is read at each question. */
export function offerSnippets(words: readonly string[]): void {
  monaco.languages.registerCompletionItemProvider("javascript", {
    provideCompletionItems: (model, position) => {
      const line = model.getLineContent(position.lineNumber).slice(0, position.column - 1);
      const word = model.getWordUntilPosition(position);
      const range = new monaco.Range(position.lineNumber, word.startColumn, position.lineNumber, word.endColumn);
      if (/["'][^"']*$/.test(line)) return { suggestions: words.map((label) => name(label, range)) };
      // Only where a statement may begin.
      if (!/^\s*\w*$/.test(line)) return { suggestions: [] };
      const place = /^\s/.test(line) ? "inside" : "top";
      return { suggestions: SNIPPETS.filter((snippet) => snippet.place === place).map((snippet) => suggestion(snippet, range)) };
    },
  });
}

function suggestion({ task, about, lines }: Snippet, range: monaco.IRange): monaco.languages.CompletionItem {
  return {
    label: { label: task, description: "piece" },
    kind: monaco.languages.CompletionItemKind.Snippet,
    documentation: { value: `${about}\n\n\`\`\`javascript\n${lines.join("\n").replaceAll(/\$\{\d+:([^}]*)\}|\$0/g, "$1").replaceAll("\\$", "$")}\n\`\`\`` },
    insertText: lines.join("\n"),
    insertTextRules: monaco.languages.CompletionItemInsertTextRule.InsertAsSnippet,
    range,
  };
}

function name(label: string, range: monaco.IRange): monaco.languages.CompletionItem {
  return { label, kind: monaco.languages.CompletionItemKind.Constant, detail: "in this community", insertText: label, range };
}
