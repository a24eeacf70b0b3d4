//! The reference of the policy language, read from its declarations.

use std::sync::LazyLock;

use app::api::studio::ReferenceEntry;
use engine::declarations::{BEGIN, POLICY_D_TS};

/// Read once from a text that is part of the program, and never changed.
static ENTRIES: LazyLock<Vec<ReferenceEntry>> = LazyLock::new(|| read(POLICY_D_TS));

/// Every word of the policy language, in the order of the declarations.
#[must_use]
pub fn entries() -> &'static [ReferenceEntry] {
    &ENTRIES
}

/// What one comment says.
#[derive(Default)]
struct Comment {
    about: String,
    example: String,
}

/// Reads declarations as ours are written: a comment before each, one line for each, members indented by two spaces.
fn read(declarations: &str) -> Vec<ReferenceEntry> {
    let mut entries = Vec::new();
    let (mut section, mut owner, mut comment) = (String::new(), String::new(), Comment::default());
    let mut lines = declarations.lines().peekable();
    while let Some(line) = lines.next() {
        if line == BEGIN.trim_end() {
            "What can be attempted".clone_into(&mut section);
        } else if line.starts_with("// ---") {
            if let Some(title) = lines.next().and_then(|title| title.strip_prefix("// ")) {
                title.clone_into(&mut section);
            }
        } else if line.trim_start().starts_with("/**") {
            let mut whole = vec![line];
            while whole.last().is_some_and(|line| !line.trim_end().ends_with("*/") || line.ends_with("*\\/")) {
                let Some(next) = lines.next() else { break };
                whole.push(next);
            }
            comment = understand(&whole);
        } else if line == "}" {
            owner.clear();
        } else if let Some(name) = name_of(line) {
            let member = line.starts_with("  ");
            let full = if member && !owner.is_empty() { format!("{owner}.{name}") } else { name.clone() };
            if line.starts_with("interface ") && line.ends_with('{') {
                owner = name;
            }
            let said = std::mem::take(&mut comment);
            // A declaration that says nothing is one that its neighbours explain, such as the constant of an interface.
            if !said.about.is_empty() {
                let signature = line.trim().trim_end_matches(" {").trim_start_matches("declare ").to_owned();
                entries.push(ReferenceEntry {
                    name: full,
                    section: section.clone(),
                    signature,
                    about: said.about,
                    example: said.example,
                });
            }
        }
    }
    entries
}

/// The name that a line declares.
fn name_of(line: &str) -> Option<String> {
    let text = line.trim_start();
    let indented = text.len() != line.len();
    let words = ["interface ", "type ", "declare const ", "declare function "];
    let rest = words.iter().find_map(|word| text.strip_prefix(word));
    let rest = rest.or_else(|| indented.then(|| text.strip_prefix("readonly ").unwrap_or(text)))?;
    let name: String = rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_' || *c == '$').collect();
    let after = rest.get(name.len()..).unwrap_or_default();
    let declares = !indented || after.starts_with(['(', ':', '?']);
    (!name.is_empty() && declares).then_some(name)
}

fn understand(lines: &[&str]) -> Comment {
    let mut comment = Comment::default();
    let mut is_example = false;
    for line in lines {
        let text = line.trim();
        let text = text
            .strip_prefix("/**")
            .or_else(|| text.strip_prefix("* "))
            .or_else(|| text.strip_prefix('*'))
            .unwrap_or(text);
        let text = if text.ends_with("*\\/") { text } else { text.strip_suffix("*/").unwrap_or(text) };
        let text = text.trim_end().replace("*\\/", "*/");
        if text.trim() == "@example" {
            is_example = true;
        } else if is_example {
            comment.example.push_str(&text);
            comment.example.push('\n');
        } else if !text.trim().is_empty() && text.trim() != "/" {
            if !comment.about.is_empty() {
                comment.about.push(' ');
            }
            comment.about.push_str(text.trim());
        }
    }
    let example = comment.example.trim_end().trim_end_matches('/').trim_end();
    comment.example = example.to_owned();
    comment
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(name: &str) -> &'static ReferenceEntry {
        entries().iter().find(|entry| entry.name == name).unwrap_or_else(|| panic!("{name} is not in the reference"))
    }

    #[test]
    fn words_are_found_with_what_they_belong_to() {
        assert_eq!(entry("Proposal.hasElapsed").signature, "hasElapsed(length: Length): boolean");
        assert_eq!(entry("passed").signature, "function passed(reason: string): \"PASSED\"");
        assert_eq!(entry("CheckFn").section, "The six functions");
        assert_eq!(entry("BoardRenameChannel.channel").section, "What can be attempted");
        assert!(entry("Members.sample").about.starts_with("Draws `n` of them by lot"));
    }

    #[test]
    fn examples_are_source_and_not_comment() {
        let example = &entry("CheckFn").example;
        assert!(example.starts_with("/** @type {CheckFn} */ function check(action) {\n"), "{example}");
        assert!(example.ends_with('}'), "{example}");
        for entry in entries() {
            assert!(!entry.example.contains("@example") && !entry.about.contains("@example"), "{}", entry.name);
            assert!(!entry.about.ends_with("*/") && !entry.about.starts_with('*'), "{}: {}", entry.name, entry.about);
        }
    }

    #[test]
    fn nothing_that_is_declared_for_all_is_missing() {
        let declared = POLICY_D_TS.lines().filter_map(|line| line.strip_prefix("declare ")).filter_map(|rest| {
            let rest = rest.strip_prefix("const ").or_else(|| rest.strip_prefix("function "))?;
            Some(rest.split([':', '(']).next()?.to_owned())
        });
        for name in declared {
            assert!(entries().iter().any(|entry| entry.name == name), "{name}");
        }
    }
}
