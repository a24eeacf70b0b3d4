//! Form → JavaScript.

pub mod decide;
pub mod helpers;
pub mod js;
pub mod names;
pub mod then;
pub mod when;

use serde::Serialize;

use super::decide::Decide;
use super::form::{Form, Rule, When};
use super::sheet::Part;
use super::then::Then;
use super::words;

impl Form {
    /// The policy's source: readable, commented, and read back by [`super::Sheet::read`] as the same form.
    #[must_use]
    pub fn to_code(&self) -> String {
        let mut regions: Vec<String> = self.rules.iter().flat_map(rule).collect();
        let dispatched: Vec<String> =
            self.rules.iter().filter(|rule| !rule.name.is_empty()).map(|rule| rule.name.clone()).collect();
        if !dispatched.is_empty() {
            regions.push(rules(&dispatched));
        }
        let called: Vec<String> = helpers::called(&regions.concat()).into_iter().map(ToOwned::to_owned).collect();
        if !called.is_empty() {
            regions.push(helpers(&called));
        }
        regions.join("\n")
    }
}

/// The three regions of one rule.
#[must_use]
pub fn rule(rule: &Rule) -> [String; 3] {
    [when(&rule.when, &rule.name), decide(&rule.decide, &rule.name), then(&rule.then, &rule.name)]
}

/// The region of *when*.
#[must_use]
pub fn when(when: &When, rule: &str) -> String {
    region(Part::When, rule, when, &when_body(when, rule))
}

/// The region of *decide by*.
#[must_use]
pub fn decide(decide: &Decide, rule: &str) -> String {
    region(Part::Decide, rule, decide, &decide_body(decide, rule))
}

/// The region of *then*.
#[must_use]
pub fn then(then: &Then, rule: &str) -> String {
    region(Part::Then, rule, then, &then_body(then, rule))
}

/// The region that gives each action to the first rule that covers it.
#[must_use]
pub fn rules(names: &[String]) -> String {
    region(Part::Rules, "", &names, &rules_body(names))
}

/// The region of shared functions.
#[must_use]
pub fn helpers(names: &[String]) -> String {
    region(Part::Helpers, "", &names, &helpers::code(names))
}

pub(super) fn when_body(when: &When, rule: &str) -> String {
    commented(&words::when(when), &when::code(when, &names::suffix(rule)))
}

pub(super) fn decide_body(decide: &Decide, rule: &str) -> String {
    commented(&words::decide(decide), &decide::code(decide, &names::suffix(rule)))
}

pub(super) fn then_body(then: &Then, rule: &str) -> String {
    commented(&words::then(then), &then::code(then, &names::suffix(rule)))
}

/// The sentence that says the same, above the code.
fn commented(sentence: &str, code: &str) -> String {
    let sentence = js::comment(sentence);
    if sentence.is_empty() { code.to_owned() } else { format!("// {sentence}\n{code}") }
}

fn region(part: Part, rule: &str, form: &impl Serialize, body: &str) -> String {
    let of = if rule.is_empty() { String::new() } else { format!(" of {rule}") };
    // A form is made of texts, numbers and lists, which always serialise.
    let json = js::line_safe(&serde_json::to_string(form).unwrap_or_default());
    format!("//#region {}{of} {json}\n{body}//#endregion\n", part.word())
}

/// The six functions of a policy of named rules.
pub(super) fn rules_body(names: &[String]) -> String {
    let mut code = String::from(
        r#"// The first rule that covers an action decides it, and goes on deciding it once its proposal is open.
/** The name of the rule that decides; null where none covers the action. */
function ruleOf(action) {
  if (action.data.has(own("rule"))) return action.data.get(own("rule"))
"#,
    );
    for name in names {
        code.push_str(&format!("  if (filter{}(action)) return {}\n", names::suffix(name), js::string(name)));
    }
    code.push_str("  return null\n}\n\n");
    code.push_str("/** @type {FilterFn} */\nfunction filter(action) {\n  return ruleOf(action) !== null\n}\n");
    for (kind, function) in [
        ("InitializeFn", "initialize"),
        ("CheckFn", "check"),
        ("NotifyFn", "notify"),
        ("PassFn", "pass"),
        ("FailFn", "fail"),
    ] {
        code.push_str(&format!(
            "\n/** @type {{{kind}}} */\nfunction {function}(action) {{\n  const rule = ruleOf(action)\n"
        ));
        if function == "initialize" {
            code.push_str("  action.data.set(own(\"rule\"), rule)\n");
        }
        let answer = if function == "check" { "return " } else { "" };
        for name in names {
            let call = format!("{answer}{function}{}(action)", names::suffix(name));
            code.push_str(&format!("  if (rule === {}) {call}\n", js::string(name)));
        }
        code.push_str("}\n");
    }
    code
}
