//! Functions that the generated code shares. A policy carries only those that it calls.

/// Name and code of each, in the order in which they stand.
const HELPERS: [(&str, &str); 8] = [
    (
        "textOf",
        r#"/** What these fields of the action say, in small letters. */
function textOf(action, ...fields) {
  return fields.map(field => String(action.payload[field] ?? "")).join("\n").toLowerCase()
}
"#,
    ),
    (
        "wordIn",
        r#"/** The first of the words that the text holds as a word of its own; undefined where it holds none. */
function wordIn(text, words) {
  const isPartOfWord = character =>
    character !== undefined && (character.toLowerCase() !== character.toUpperCase() || (character >= "0" && character <= "9"))
  return words.find(word => {
    for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
      if (!isPartOfWord(text[at - 1]) && !isPartOfWord(text[at + word.length])) return true
    }
    return false
  })
}
"#,
    ),
    (
        "hasLink",
        r#"/** Whether the text holds a link. */
function hasLink(text) {
  return ["http://", "https://", "www."].some(beginning => text.includes(beginning))
}
"#,
    ),
    (
        "tenureOf",
        r#"/** For how long whoever attempts it had been a member by then. */
function tenureOf(action) {
  return action.initiator ? action.createdAt - action.initiator.joinedAt : 0
}
"#,
    ),
    (
        "isBetween",
        r#"/** Whether it was attempted from one time of day until before another, UTC; midnight may lie between. */
function isBetween(action, from, until) {
  const minuteOf = time => Number(time.slice(0, 2)) * 60 + Number(time.slice(3))
  const minute = Math.floor(action.createdAt / minutes(1)) % 1440
  return minuteOf(from) < minuteOf(until)
    ? minuteOf(from) <= minute && minute < minuteOf(until)
    : minuteOf(from) <= minute || minute < minuteOf(until)
}
"#,
    ),
    (
        "weekdayOf",
        r#"/** The day of the week on which it was attempted, UTC. */
function weekdayOf(action) {
  const names = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"]
  return names[(Math.floor(action.createdAt / days(1)) + 4) % 7]
}
"#,
    ),
    (
        "counterOf",
        r#"/** The name under which a counter of whoever attempts it is kept. */
function counterOf(action, counter) {
  return `${counter} of ${action.initiator?.id ?? "nobody"}`
}
"#,
    ),
    (
        "own",
        r#"/** The name under which this policy keeps something with the action, apart from other policies. */
function own(name) {
  return `${name} (${policy.id})`
}
"#,
    ),
];

/// The names of those that `code` calls, in the order in which they stand.
pub fn called(code: &str) -> Vec<&'static str> {
    let calls = |name: &str| {
        let call = format!("{name}(");
        code.match_indices(&call).any(|(at, _)| {
            let before = code.get(..at).and_then(|before| before.chars().next_back());
            !before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == '.')
        })
    };
    HELPERS.iter().map(|(name, _)| *name).filter(|name| calls(name)).collect()
}

/// The code of some of them; names that there are not are left out.
pub fn code(names: &[String]) -> String {
    let known = HELPERS.iter().filter(|(name, _)| names.iter().any(|asked| asked == name));
    known.map(|(_, code)| *code).collect::<Vec<_>>().join("\n")
}

/// Those of `names` that there are, in the order in which they stand.
pub fn sorted(names: &[String]) -> Vec<String> {
    HELPERS.iter().map(|(name, _)| (*name).to_owned()).filter(|name| names.contains(name)).collect()
}
