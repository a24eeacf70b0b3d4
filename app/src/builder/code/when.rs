//! The code of *when* and *if*: `filter`.

use super::js;
use crate::builder::form::{Compare, Matching, Test, When, WordMatch};

/// The function of one rule.
pub fn code(when: &When, suffix: &str) -> String {
    let terms = terms(when);
    let body = match terms.as_slice() {
        [] => "  return true\n".to_owned(),
        [only] => format!("  return {only}\n"),
        several => format!("  return (\n    {}\n  )\n", several.join(" &&\n    ")),
    };
    format!("/** @type {{FilterFn}} */\nfunction filter{suffix}(action) {{\n{body}}}\n")
}

fn terms(when: &When) -> Vec<String> {
    let mut terms = Vec::new();
    terms.extend(types(&when.actions));
    if !when.places.is_empty() {
        terms.push(format!(
            "{}.includes(action.payload.channel ?? action.payload.room)",
            js::list(&places(when), "    ")
        ));
    }
    match when.roles.as_slice() {
        [] => {}
        [role] => terms.push(format!("action.initiator?.hasRole({}) === true", js::string(role))),
        several => terms.push(format!("{}.some(role => action.initiator?.hasRole(role))", js::list(several, "    "))),
    }
    match when.except_roles.as_slice() {
        [] => {}
        [role] => terms.push(format!("!action.initiator?.hasRole({})", js::string(role))),
        several => terms.push(format!("!{}.some(role => action.initiator?.hasRole(role))", js::list(several, "    "))),
    }
    let tests: Vec<String> = when.tests.iter().map(test).collect();
    match (when.matching, tests.len()) {
        (Matching::Any, 2..) => terms.push(format!("({})", tests.join(" ||\n      "))),
        _ => terms.extend(tests),
    }
    terms
}

/// The names of channels as payloads have them: without the `#`.
fn places(when: &When) -> Vec<String> {
    when.places.iter().map(|place| place.strip_prefix('#').unwrap_or(place).to_owned()).collect()
}

fn types(actions: &[String]) -> Option<String> {
    if actions.iter().any(|kind| kind == "*") {
        return None;
    }
    let (families, single): (Vec<&String>, Vec<&String>) = actions.iter().partition(|kind| kind.ends_with(".*"));
    let mut terms: Vec<String> = match single.as_slice() {
        [] => vec![],
        [kind] => vec![format!("action.type === {}", js::string(kind))],
        several => {
            let several: Vec<String> = several.iter().map(|kind| (*kind).clone()).collect();
            vec![format!("{}.includes(action.type)", js::list(&several, "    "))]
        }
    };
    terms.extend(
        families.iter().map(|family| {
            format!("action.type.startsWith({})", js::string(family.strip_suffix('*').unwrap_or(family)))
        }),
    );
    match terms.as_slice() {
        [] => None,
        [only] => Some(only.clone()),
        several => Some(format!("({})", several.join(" || "))),
    }
}

fn test(test: &Test) -> String {
    match test {
        Test::Role(test) if test.holds => format!("action.initiator?.hasRole({}) === true", js::string(&test.role)),
        Test::Role(test) => format!("!action.initiator?.hasRole({})", js::string(&test.role)),
        Test::Tenure(test) => format!("tenureOf(action) {} {}", sign(test.is), test.length.code()),
        Test::Reputation(test) => {
            let counter = format!("counterOf(action, {})", js::string(&test.counter));
            let points = if test.policy.is_empty() {
                format!("policy.data.get({counter}, 0)")
            } else {
                format!("(policies.get({})?.data.get({counter}, 0) ?? 0)", js::string(&test.policy))
            };
            format!("{points} {} {}", sign(test.is), test.points)
        }
        Test::Words(test) => words(&test.fields, &test.words, test.how, test.holds),
        Test::TextLength(test) => format!("{}.length {} {}", text(&test.fields), sign(test.is), test.characters),
        Test::Link(test) => format!("{}hasLink({})", if test.holds { "" } else { "!" }, text(&test.fields)),
        Test::Pattern(test) => {
            let not = if test.holds { "" } else { "!" };
            let patterns = js::list(&test.patterns, "    ");
            format!("{not}{patterns}.some(pattern => new RegExp(pattern, \"i\").test({}))", text(&test.fields))
        }
        Test::Reply(test) => format!("{}action.payload.reply_to", if test.holds { "!!" } else { "!" }),
        Test::Author(test) => {
            let handles = test.handles.iter().map(|handle| handle.trim_start_matches('@').to_lowercase());
            let handles = js::list(&handles.collect::<Vec<_>>(), "    ");
            let not = if test.holds { "" } else { "!" };
            format!("{not}{handles}.includes(action.initiator?.handle.toLowerCase() ?? \"\")")
        }
        Test::Field(test) => {
            let values = js::list(&test.values, "    ");
            let not = if test.holds { "" } else { "!" };
            let field = js::string(&test.field);
            format!("{not}[action.payload[{field}]].flat().some(value => {values}.includes(String(value ?? \"\")))")
        }
        Test::Rate(test) => {
            let n = test.at_least;
            let search = format!("type: action.type, by: action.initiator, since: {}, limit: {n}", test.within.code());
            format!("action.initiator !== null &&\n    actions.count({{ {search} }}) >= {n}")
        }
        Test::TimeOfDay(test) => {
            let (from, until) = (test.from.to_string(), test.until.to_string());
            format!("isBetween(action, {}, {})", js::string(&from), js::string(&until))
        }
        Test::Weekday(test) => {
            let days: Vec<String> = test.days.iter().map(|day| format!("{day:?}").to_lowercase()).collect();
            format!("{}.includes(weekdayOf(action))", js::list(&days, "    "))
        }
        Test::Count(test) if test.role.is_empty() => format!("members.count {} {}", sign(test.is), test.n),
        Test::Count(test) => {
            format!("(roles.get({})?.count ?? 0) {} {}", js::string(&test.role), sign(test.is), test.n)
        }
    }
}

fn sign(compare: Compare) -> &'static str {
    match compare {
        Compare::AtLeast => ">=",
        Compare::LessThan => "<",
    }
}

fn text(fields: &[String]) -> String {
    let fields: Vec<String> = fields.iter().map(|field| js::string(field)).collect();
    format!("textOf(action, {})", fields.join(", "))
}

fn words(fields: &[String], words: &[String], how: WordMatch, holds: bool) -> String {
    let words: Vec<String> = words.iter().map(|word| word.trim().to_lowercase()).collect();
    let words = js::list(&words, "    ");
    let not = if holds { "" } else { "!" };
    if how == WordMatch::Whole {
        return format!("wordIn({}, {words}) {} undefined", text(fields), if holds { "!==" } else { "===" });
    }
    let has = |text: &str| match how {
        WordMatch::Whole | WordMatch::Inside => format!("{words}.some(word => {text}.includes(word))"),
        WordMatch::Start => format!("{words}.some(word => {text}.trim().startsWith(word))"),
        WordMatch::End => format!("{words}.some(word => {text}.trim().endsWith(word))"),
        WordMatch::Exact => format!("{words}.includes({text}.trim())"),
    };
    if how == WordMatch::Inside || fields.len() == 1 {
        return format!("{not}{}", has(&text(fields)));
    }
    format!("{not}{}.some(field => {})", js::list(fields, "    "), has("textOf(action, field)"))
}
