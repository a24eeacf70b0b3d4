//! *Then*, in plain words.

use super::{and, deed};
use crate::builder::code::js::PROPOSER;
use crate::builder::then::{Effect, Person, Then, Whom};

/// What is done.
#[must_use]
pub fn then(then: &Then) -> String {
    let mut sentences = Vec::new();
    if !then.opened.is_empty() {
        sentences.push(format!("While it is open, {}.", and(&effects(&then.opened))));
    }
    let carried = then.carry_out.then(|| "it is carried out".to_owned());
    let passed: Vec<String> = carried.into_iter().chain(effects(&then.passed)).collect();
    if !passed.is_empty() {
        sentences.push(format!("When it passes, {}.", and(&passed)));
    }
    if !then.failed.is_empty() {
        sentences.push(format!("When it fails, {}.", and(&effects(&then.failed))));
    }
    sentences.join(" ")
}

fn effects(effects: &[Effect]) -> Vec<String> {
    effects.iter().map(effect).collect()
}

fn effect(effect: &Effect) -> String {
    let quoted = |text: &str| format!("“{}”", text.replace(PROPOSER, "(their name)"));
    match effect {
        Effect::Tell(tell) => {
            let who = match &tell.who {
                Whom::Proposer => "whoever proposed it is".to_owned(),
                Whom::Everyone => "every member is".to_owned(),
                Whom::Role(role) => format!("those with the role {role} are"),
            };
            format!("{who} told {}", quoted(&tell.text))
        }
        Effect::Announce(announce) => {
            format!("{} is posted in #{}", quoted(&announce.text), announce.place.trim_start_matches('#'))
        }
        Effect::GiveRole(change) => format!("{} given the role {}", person(change.who), change.role),
        Effect::TakeRole(change) => match change.who {
            Person::Holders => format!("nobody holds the role {} any longer", change.role),
            who => format!("{} no longer given the role {}", person(who), change.role),
        },
        Effect::Count(count) if count.by < 0 => {
            format!("whoever proposed it loses {} {}", count.by.unsigned_abs(), count.counter)
        }
        Effect::Count(count) => format!("whoever proposed it gains {} {}", count.by, count.counter),
        Effect::Propose(propose) => {
            let after = propose.after.map_or_else(String::new, |after| format!(" after {after}"));
            format!("it is proposed{after} to {}", deed(&propose.action))
        }
    }
}

fn person(who: Person) -> &'static str {
    match who {
        Person::Proposer => "whoever proposed it is",
        Person::Winners => "those elected are",
        Person::Holders => "those who hold it are",
    }
}
