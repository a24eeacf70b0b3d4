//! The six functions of a source, and where they stand.

/// The functions, in the order in which a proposal meets them.
pub const FUNCTIONS: [&str; 6] = ["filter", "initialize", "check", "notify", "pass", "fail"];

/// One function of a source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its name.
    pub name: String,
    /// Where it begins, from 1.
    pub line: u32,
    /// Whether it is one of the six.
    pub is_step: bool,
}

/// The functions that stand at the beginning of a line, in the order of the text.
pub fn outline(source: &str) -> Vec<Entry> {
    let named = |line: &str| {
        let rest = line.strip_prefix("function ").or_else(|| line.strip_prefix("async function "))?;
        let name = rest.split(['(', ' ']).next().filter(|name| !name.is_empty())?;
        Some(name.to_owned())
    };
    let lines = source.lines().zip(1_u32..);
    lines
        .filter_map(|(line, number)| {
            let name = named(line)?;
            let is_step = FUNCTIONS.contains(&name.as_str());
            Some(Entry { name, line: number, is_step })
        })
        .collect()
}

/// What a function does, from the comment that stands right before it; empty where nobody wrote one.
pub fn comment_before(source: &str, line: u32) -> String {
    let before = usize::try_from(line.saturating_sub(1)).unwrap_or(0);
    let mut words: Vec<&str> = Vec::new();
    let lines: Vec<&str> = source.lines().take(before).collect();
    for line in lines.iter().rev().map(|line| line.trim()) {
        if !(line.starts_with("//") || line.starts_with("/*") || line.starts_with('*')) {
            break;
        }
        let text = line.trim_start_matches(['/', '*', ' ']).trim_end_matches("*/").trim();
        if !text.is_empty() && !text.starts_with('@') {
            words.push(text);
        }
    }
    words.reverse();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOURCE: &str = "// Only names.\n/** @type {FilterFn} */\nfunction filter(action) {\n}\n\nfunction count() {}\n  function inner() {}\n";

    #[test]
    fn functions_are_found_with_their_lines() {
        let found = outline(SOURCE);
        let told: Vec<_> = found.iter().map(|entry| (entry.name.as_str(), entry.line, entry.is_step)).collect();
        assert_eq!(told, [("filter", 3, true), ("count", 6, false)]);
    }

    #[test]
    fn the_comment_before_a_function_is_what_it_does() {
        assert_eq!(comment_before(SOURCE, 3), "Only names.");
        assert_eq!(comment_before(SOURCE, 6), "");
        assert_eq!(comment_before(SOURCE, 900), "");
    }
}
