//! Form → plain language. Every sentence of the form is here and nowhere else.

mod decided;
mod done;

use super::form::{Compare, Form, Matching, Rule, Test, When, WordMatch};

pub use decided::decide;
pub use done::then;

impl Form {
    /// The policy in plain words: the same as the code says.
    #[must_use]
    pub fn sentence(&self) -> String {
        match self.rules.as_slice() {
            [only] => rule(only),
            several => {
                let first = "The first of these rules that fits decides.".to_owned();
                let rules = several.iter().zip(1..).map(|(each, n)| format!("{n}. {}", rule(each)));
                std::iter::once(first).chain(rules).collect::<Vec<_>>().join(" ")
            }
        }
    }
}

/// One rule in plain words.
#[must_use]
pub fn rule(rule: &Rule) -> String {
    let parts = [when(&rule.when), decide(&rule.decide), then(&rule.then)];
    parts.iter().filter(|part| !part.is_empty()).cloned().collect::<Vec<_>>().join(" ")
}

/// *When* and *if*.
#[must_use]
pub fn when(when: &When) -> String {
    let mut text = String::from("When somebody");
    if !when.roles.is_empty() {
        text.push_str(&format!(" with the role {}", or(&when.roles)));
    }
    if !when.except_roles.is_empty() {
        let and = if when.roles.is_empty() { "" } else { " but" };
        text.push_str(&format!("{and} without the role {}", or(&when.except_roles)));
    }
    text.push_str(&format!(" wants to {}", or(&when.actions.iter().map(|kind| deed(kind)).collect::<Vec<_>>())));
    if !when.places.is_empty() {
        let places: Vec<String> =
            when.places.iter().map(|place| format!("#{}", place.trim_start_matches('#'))).collect();
        text.push_str(&format!(" in {}", or(&places)));
    }
    let tests: Vec<String> = when.tests.iter().map(test).collect();
    if !tests.is_empty() {
        let joined = match when.matching {
            Matching::All => and(&tests),
            Matching::Any => or(&tests),
        };
        text.push_str(&format!(", and {joined}"));
    }
    text + ":"
}

/// What an action type lets somebody do: “post a message”.
#[must_use]
pub fn deed(kind: &str) -> String {
    if kind == "*" {
        return "do anything that this layer governs".to_owned();
    }
    if let Some(platform) = kind.strip_suffix(".*") {
        return format!("do anything on {platform}");
    }
    match types::payload::title(kind) {
        Some(title) => lower_first(title),
        None => kind.rsplit('.').next().unwrap_or(kind).replace('_', " "),
    }
}

fn test(test: &Test) -> String {
    match test {
        Test::Role(test) if test.holds => format!("they hold the role {}", test.role),
        Test::Role(test) => format!("they do not hold the role {}", test.role),
        Test::Tenure(test) => format!("they have been a member for {} {}", side(test.is, "less than"), test.length),
        Test::Reputation(test) => {
            let kept = if test.policy.is_empty() { String::new() } else { format!(" (kept by “{}”)", test.policy) };
            format!("they have {} {} {}{kept}", side(test.is, "fewer than"), test.points, test.counter)
        }
        Test::Words(test) => {
            let words = or(&test.words.iter().map(|word| format!("“{word}”")).collect::<Vec<_>>());
            let verb = match (test.how, test.holds) {
                (WordMatch::Whole, true) => "holds the word",
                (WordMatch::Whole, false) => "does not hold the word",
                (WordMatch::Inside, true) => "holds, be it inside other words,",
                (WordMatch::Inside, false) => "nowhere holds, be it inside other words,",
                (WordMatch::Start, true) => "begins with",
                (WordMatch::Start, false) => "does not begin with",
                (WordMatch::End, true) => "ends with",
                (WordMatch::End, false) => "does not end with",
                (WordMatch::Exact, true) => "is exactly",
                (WordMatch::Exact, false) => "is anything but",
            };
            format!("{} {verb} {words}", fields(&test.fields))
        }
        Test::TextLength(test) => {
            format!("{} has {} {} characters", fields(&test.fields), side(test.is, "fewer than"), test.characters)
        }
        Test::Link(test) => format!("{} holds {} link", fields(&test.fields), if test.holds { "a" } else { "no" }),
        Test::Pattern(test) => {
            let patterns = or(&test.patterns.iter().map(|pattern| format!("/{pattern}/")).collect::<Vec<_>>());
            format!(
                "{} {} the pattern {patterns}",
                fields(&test.fields),
                if test.holds { "fits" } else { "does not fit" }
            )
        }
        Test::Reply(test) if test.holds => "it answers another message".to_owned(),
        Test::Reply(_) => "it answers no other message".to_owned(),
        Test::Author(test) => {
            let handles = test.handles.iter().map(|handle| format!("@{}", handle.trim_start_matches('@')));
            format!("they are {}{}", if test.holds { "" } else { "not " }, or(&handles.collect::<Vec<_>>()))
        }
        Test::Field(test) => {
            let values = or(&test.values.iter().map(|value| format!("“{value}”")).collect::<Vec<_>>());
            format!("the {} {} {values}", test.field.replace('_', " "), if test.holds { "is" } else { "is not" })
        }
        Test::Rate(test) => {
            format!("they did the same at least {} within the {} before", times(test.at_least), test.within)
        }
        Test::TimeOfDay(test) => format!("it is between {} and {} UTC", test.from, test.until),
        Test::Weekday(test) => {
            let days: Vec<String> = test.days.iter().map(|day| format!("{day:?}")).collect();
            format!("it is {} (UTC)", or(&days))
        }
        Test::Count(test) if test.role.is_empty() => {
            format!("there are {} {}", side(test.is, "fewer than"), count(test.n, "member"))
        }
        Test::Count(test) => {
            format!("{} {} hold the role {}", side(test.is, "fewer than"), count(test.n, "member"), test.role)
        }
    }
}

fn side(compare: Compare, less: &'static str) -> &'static str {
    match compare {
        Compare::AtLeast => "at least",
        Compare::LessThan => less,
    }
}

fn fields(fields: &[String]) -> String {
    format!("the {}", or(&fields.iter().map(|field| field.replace('_', " ")).collect::<Vec<_>>()))
}

pub(super) fn times(n: u32) -> String {
    match n {
        1 => "once".to_owned(),
        2 => "twice".to_owned(),
        n => format!("{n} times"),
    }
}

pub(super) fn count(n: u32, one: &str) -> String {
    if n == 1 { format!("1 {one}") } else { format!("{n} {one}s") }
}

/// “a, b or c”.
pub(super) fn or(items: &[String]) -> String {
    joined(items, "or")
}

/// “a, b and c”.
pub(super) fn and(items: &[String]) -> String {
    joined(items, "and")
}

/// Most items of a list that a sentence names; more are counted.
const NAMED: usize = 12;

fn joined(items: &[String], word: &str) -> String {
    if items.len() > NAMED {
        let named = items.get(..NAMED - 1).unwrap_or_default().join(", ");
        return format!("{named} {word} one of {} more", items.len() - (NAMED - 1));
    }
    match items {
        [] => String::new(),
        [only] => only.clone(),
        [all @ .., last] => format!("{} {word} {last}", all.join(", ")),
    }
}

fn lower_first(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_lowercase().chain(letters).collect()).unwrap_or_default()
}
