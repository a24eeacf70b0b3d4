//! AutoModerator rules, as Reddit's communities write them, become policies.
//!
//! A rule set is YAML with one rule per document. Each rule becomes a [`Draft`] made by the form builder, so that it can be read,
//! changed and proposed like any other. What cannot be carried over is never dropped in silence: every key that was left out, or
//! that means something slightly different here, is named in [`Import::notes`] with the reason. Where a *condition* cannot be
//! carried over the whole rule is left out, because without it the rule would strike posts that it was not meant for.
//!
//! # Source
//! Reddit, “Full AutoModerator documentation”: keys, modifiers, defaults and the order in which rules are asked.

mod actions;
mod conditions;
mod key;
mod texts;

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use app::builder::form::{Form, Rule, Test, When};
use app::builder::{Decide, Then};
use serde::Serialize;
use serde_json::Value;
use types::effect::Power;

/// Longest rule set.
///
/// # Units
/// Bytes. Reddit keeps a rule set on a wiki page of at most 512 KiB; those of large communities have about 100.
pub const MAX_BYTES: usize = 512 * 1024;

/// Most rules of one set.
pub const MAX_RULES: usize = 500;

/// What the words of Reddit stand for here.
#[derive(Clone, Debug)]
pub struct Options {
    /// The role that moderators hold.
    pub moderator_role: String,
    /// The role that approved users hold.
    pub contributor_role: String,
    /// The policy that counts karma; empty where none does.
    pub karma_policy: String,
    /// The action types that are posts.
    pub posts: Vec<String>,
    /// The action types that are edits of posts.
    pub edits: Vec<String>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            moderator_role: "Moderator".to_owned(),
            contributor_role: "Contributor".to_owned(),
            karma_policy: String::new(),
            posts: vec!["board.post_message".to_owned()],
            edits: vec!["board.edit_message".to_owned()],
        }
    }
}

/// What a rule set becomes.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Import {
    /// The policies, in the order in which AutoModerator would ask them.
    pub drafts: Vec<Draft>,
    /// What was left out or means something else here, by rule.
    pub notes: Vec<Note>,
}

/// One policy.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Draft {
    /// Which rule it comes from, from 1.
    pub rule: u32,
    /// The policy's name.
    pub name: String,
    /// What it does, in plain words.
    pub description: String,
    /// The action types that it governs.
    pub action_types: Vec<String>,
    /// What its effects may be.
    pub powers: BTreeSet<Power>,
    /// The form.
    pub form: Form,
    /// The JavaScript that the form generates.
    pub source: String,
}

/// Something that could not be carried over as it was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Note {
    /// Which rule, from 1.
    pub rule: u32,
    /// The line where the rule begins, from 1.
    pub line: u32,
    /// The key, as it was written; empty where it is about the whole rule.
    pub key: String,
    /// What became of it.
    pub fate: Fate,
    /// Why.
    pub why: String,
}

/// What became of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    /// The whole rule was left out because of it.
    RuleLeftOut,
    /// The key was left out.
    LeftOut,
    /// It was carried over, and means something slightly different.
    Adjusted,
}

/// Why nothing could be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ImportError {
    /// Too long.
    #[error("the rule set is longer than {MAX_BYTES} bytes; import it in parts")]
    TooLong,
    /// Too many rules.
    #[error("the rule set has more than {MAX_RULES} rules; import it in parts")]
    TooManyRules,
    /// No rules.
    #[error("the rule set holds no rule: a rule is a YAML document, and --- stands between two of them")]
    Empty,
}

/// Translates a rule set.
///
/// # Errors
/// [`ImportError`] where it is too large or holds nothing. A rule that cannot be read is a note.
pub fn import(yaml: &str, options: &Options) -> Result<Import, ImportError> {
    if yaml.len() > MAX_BYTES {
        return Err(ImportError::TooLong);
    }
    let documents = documents(yaml);
    if documents.len() > MAX_RULES {
        return Err(ImportError::TooManyRules);
    }
    if documents.is_empty() {
        return Err(ImportError::Empty);
    }
    let mut import = Import::default();
    let mut ordered: Vec<(bool, i64, Draft)> = Vec::new();
    for (document, rule) in documents.iter().zip(1..) {
        let mut reading = Reading::new(rule, document.line, options);
        let drafts = match serde_saphyr::from_str::<Value>(document.text) {
            Ok(Value::Object(keys)) => {
                reading.read(keys);
                reading.drafts(document)
            }
            Ok(_) => {
                reading.leave_out("", "is no list of keys and values");
                Vec::new()
            }
            Err(error) => {
                reading.leave_out("", format!("is no YAML: {}", first_line(&error.to_string())));
                Vec::new()
            }
        };
        ordered.extend(drafts.into_iter().map(|draft| (reading.may_remove, reading.priority, draft)));
        import.notes.append(&mut reading.notes);
    }
    // Rules that may remove something are asked first, and among them those with the highest priority.
    ordered.sort_by_key(|(may_remove, priority, _)| (!may_remove, -priority));
    import.drafts = ordered.into_iter().map(|(_, _, draft)| draft).collect();
    name_apart(&mut import.drafts);
    Ok(import)
}

/// One document of the set.
struct Document<'y> {
    line: u32,
    text: &'y str,
}

/// The documents that hold more than comments.
fn documents(yaml: &str) -> Vec<Document<'_>> {
    let (mut begins, mut at, mut line, mut first) = (0, 0, 1_u32, 1_u32);
    let mut cuts = Vec::new();
    for each in yaml.split_inclusive('\n') {
        let bare = each.split(" #").next().unwrap_or_default().trim_end();
        if bare == "---" || bare == "..." {
            cuts.push((begins, at, first));
            begins = at + each.len();
            first = line + 1;
        }
        at += each.len();
        line += 1;
    }
    cuts.push((begins, at, first));
    let says = |line: &str| !line.trim().is_empty() && !line.trim_start().starts_with('#');
    let document = |(from, to, line)| Some(Document { line, text: yaml.get(from..to)? });
    cuts.into_iter().filter_map(document).filter(|document| document.text.lines().any(says)).collect()
}

/// A rule while it is read.
struct Reading<'o> {
    rule: u32,
    line: u32,
    options: &'o Options,
    notes: Vec<Note>,
    when: When,
    /// Conditions of which one is enough: a rule for each.
    either: Vec<Test>,
    decide: Option<Decide>,
    then: Then,
    reason: String,
    priority: i64,
    may_remove: bool,
    exempts_moderators: Option<bool>,
    is_edited: Option<bool>,
    is_left_out: bool,
}

impl<'o> Reading<'o> {
    fn new(rule: u32, line: u32, options: &'o Options) -> Self {
        Self {
            rule,
            line,
            options,
            notes: Vec::new(),
            when: When::default(),
            either: Vec::new(),
            decide: None,
            then: Then::default(),
            reason: String::new(),
            priority: 0,
            may_remove: false,
            exempts_moderators: None,
            is_edited: None,
            is_left_out: false,
        }
    }

    fn note(&mut self, key: &str, fate: Fate, why: impl Into<String>) {
        self.notes.push(Note { rule: self.rule, line: self.line, key: key.to_owned(), fate, why: why.into() });
    }

    /// The rule cannot be carried over without this key.
    fn leave_out(&mut self, key: &str, why: impl Into<String>) {
        self.is_left_out = true;
        self.note(key, Fate::RuleLeftOut, why);
    }

    fn adjusted(&mut self, key: &str, why: impl Into<String>) {
        self.note(key, Fate::Adjusted, why);
    }

    /// Reads all keys: what is done first, because some conditions depend on it.
    fn read(&mut self, keys: serde_json::Map<String, Value>) {
        let (conditions, actions): (Vec<_>, Vec<_>) = keys.into_iter().partition(|(key, _)| !actions::is_action(key));
        actions::read(self, &actions);
        for (key, value) in &conditions {
            conditions::read(self, key, value);
        }
    }

    /// The policies that the rule becomes: one, or one for each of several conditions of which one is enough.
    fn drafts(&mut self, document: &Document<'_>) -> Vec<Draft> {
        if self.is_left_out {
            // What would have been different about a rule that is not there helps nobody.
            self.notes.retain(|note| note.fate == Fate::RuleLeftOut);
            return Vec::new();
        }
        let mut when = self.when.clone();
        when.actions = match self.is_edited {
            Some(true) => self.options.edits.clone(),
            Some(false) => self.options.posts.clone(),
            None => self.options.posts.iter().chain(&self.options.edits).cloned().collect(),
        };
        if self.exempts_moderators.unwrap_or(self.may_remove) {
            when.except_roles.push(self.options.moderator_role.clone());
        }
        let decide = actions::decided(self);
        let name = texts::name(document.text, &self.reason, self.rule);
        let cases: Vec<When> = match self.either.as_slice() {
            [] => vec![when],
            either => either
                .iter()
                .map(|test| When { tests: when.tests.iter().cloned().chain([test.clone()]).collect(), ..when.clone() })
                .collect(),
        };
        let several = cases.len() > 1;
        let mut drafts = Vec::new();
        for (when, n) in cases.into_iter().zip(1..) {
            let rule = Rule { name: String::new(), when, decide: decide.clone(), then: self.then.clone() };
            let form = Form { rules: vec![rule] };
            if let Some(problem) = form.problems().into_iter().next() {
                self.leave_out("", format!("cannot be carried over: {problem}"));
                return Vec::new();
            }
            drafts.push(Draft {
                rule: self.rule,
                name: if several { format!("{name} ({n})") } else { name.clone() },
                description: form.sentence(),
                action_types: form.action_types(),
                powers: form.powers(),
                source: form.to_code(),
                form,
            });
        }
        drafts
    }
}

/// Names are unique in a community.
fn name_apart(drafts: &mut [Draft]) {
    let mut taken = BTreeSet::new();
    for draft in drafts {
        let name = draft.name.clone();
        let mut n = 2;
        while !taken.insert(draft.name.clone()) {
            draft.name = format!("{name} ({n})");
            n += 1;
        }
    }
}

fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().chars().take(200).collect()
}
