//! The code of *then*: `notify`, `pass` and `fail`.

use super::js;
use crate::builder::then::{Effect, Person, Then, Whom};

/// The functions of one rule. Those that would be empty are left out where nothing calls them by name.
pub fn code(then: &Then, suffix: &str) -> String {
    let lines = |effects: &[Effect]| effects.iter().map(|each| effect(each, suffix)).collect::<String>();
    let execute = if then.carry_out { "  action.execute()\n" } else { "" };
    let functions = [
        ("NotifyFn", "notify", lines(&then.opened)),
        ("PassFn", "pass", format!("{execute}{}", lines(&then.passed))),
        ("FailFn", "fail", lines(&then.failed)),
    ];
    let kept = functions.iter().filter(|(_, name, body)| !suffix.is_empty() || *name == "pass" || !body.is_empty());
    kept.map(|(kind, name, body)| format!("/** @type {{{kind}}} */\nfunction {name}{suffix}(action) {{\n{body}}}\n"))
        .collect::<Vec<_>>()
        .join("\n")
}

fn effect(effect: &Effect, suffix: &str) -> String {
    match effect {
        Effect::Tell(tell) => {
            let text = js::message(&tell.text);
            match &tell.who {
                Whom::Proposer => format!("  if (action.initiator) notifyMembers(action.initiator, {text})\n"),
                Whom::Everyone => format!("  notifyMembers(\"everyone\", {text})\n"),
                Whom::Role(role) => {
                    format!("  notifyMembers(roles.get({})?.members ?? [], {text})\n", js::string(role))
                }
            }
        }
        Effect::Announce(announce) => {
            let place = js::string(announce.place.trim_start_matches('#'));
            format!("  announce({place}, {})\n", js::message(&announce.text))
        }
        Effect::GiveRole(change) => role(&change.role, change.who, "add", suffix),
        Effect::TakeRole(change) => role(&change.role, change.who, "remove", suffix),
        Effect::Count(count) => {
            let counter = js::string(&count.counter);
            format!("  if (action.initiator) policy.data.increment(counterOf(action, {counter}), {})\n", count.by)
        }
        Effect::Propose(propose) => {
            let payload = js::value(&serde_json::Value::Object(propose.fields.clone()));
            let at = propose.after.map_or_else(String::new, |after| format!(", {{ at: {} }}", after.code()));
            format!("  propose({}, {payload}{at})\n", js::string(&propose.action))
        }
    }
}

fn role(role: &str, who: Person, verb: &str, suffix: &str) -> String {
    let role = js::string(role);
    match who {
        Person::Proposer => format!("  if (action.initiator) roles.get({role})?.{verb}(action.initiator)\n"),
        Person::Winners => format!("  roles.get({role})?.{verb}(winners{suffix}(action))\n"),
        Person::Holders => format!("  roles.get({role})?.clear()\n"),
    }
}
