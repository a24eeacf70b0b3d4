//! The audit log of the invented community.

use app::api::{
    audit::{ActiveFilter, ActorKind, AuditActor, AuditChoices, AuditLine, AuditPage, AuditQuery, Choice, Integrity},
    words::{NamedValue, Standing, StepState},
};

use super::{at, proposals::step};

const HASH: &str = "71ab04de55aa9f3c71ab04de55aa9f3c71ab04de55aa9f3c71ab04de55aa9f3c";

fn line(seq: i64, when: &str, actor: (ActorKind, &str, &str), verb: &str, object: &str, because: &str) -> AuditLine {
    AuditLine {
        seq,
        at: at(when),
        actor: AuditActor { kind: actor.0, name: actor.1.to_owned(), handle: actor.2.to_owned() },
        verb: verb.to_owned(),
        object: object.to_owned(),
        because: because.to_owned(),
        kind: "ballot.cast".to_owned(),
        kind_label: "Ballot".to_owned(),
        standing: None,
        is_trial: false,
        facts: Vec::new(),
        why: Vec::new(),
        links: vec![NamedValue {
            name: "Proposal".into(),
            href: Some("/c/riverside/proposals/00000000-0000-4000-8000-000000000218".into()),
            ..NamedValue::default()
        }],
        body: "{\n  \"value\": false\n}".to_owned(),
        prev_hash: "0".repeat(64),
        hash: HASH.to_owned(),
    }
}

fn entries() -> Vec<AuditLine> {
    let fact = |name: &str, value: &str, before: Option<&str>| NamedValue {
        name: name.to_owned(),
        value: value.to_owned(),
        before: before.map(str::to_owned),
        href: None,
    };
    vec![
        line(
            48_213,
            "2026-11-22T10:31:00Z",
            (ActorKind::Member, "Siobhán Byrne", "siobhan"),
            "voted no on",
            "Open the workshop on Sunday afternoons",
            "",
        ),
        AuditLine {
            standing: Some(Standing::Open),
            facts: vec![
                fact("Name", "#random", Some("#tool-chat")),
                fact("Asked for by", "Tomasz Wilk, on the board", None),
                fact("Jury", "Leila Haddad, Priya Raghunathan, Kwame Mensah", None),
            ],
            why: vec![
                step(StepState::Met, "Tomasz may propose renames.", ""),
                step(StepState::Met, "The attempt is a channel rename, so R-02 applies.", ""),
                step(StepState::Waiting, "0 of 2 jurors have agreed.", ""),
            ],
            ..line(
                48_198,
                "2026-11-22T09:47:00Z",
                (ActorKind::Policy, "R-02", ""),
                "undid a rename and drew a jury",
                "",
                "because renaming a channel needs two of three jurors",
            )
        },
        AuditLine {
            standing: Some(Standing::Held),
            ..line(
                48_190,
                "2026-11-22T09:12:00Z",
                (ActorKind::Platform, "Matrix", ""),
                "stopped answering; one proposal waits",
                "",
                "tried 4 times, next at 10:44",
            )
        },
        AuditLine {
            standing: Some(Standing::Passed),
            ..line(
                48_101,
                "2026-11-21T16:05:00Z",
                (ActorKind::Policy, "R-02", ""),
                "renamed #wood to #woodwork",
                "",
                "because Mateo and Noor agreed, and two are enough",
            )
        },
        AuditLine {
            is_trial: true,
            ..line(
                48_090,
                "2026-11-21T11:30:00Z",
                (ActorKind::Policy, "R-11", ""),
                "would have approved a 21 day loan to Beatriz Nogueira",
                "",
                "trial only: two stewards were still asked",
            )
        },
        AuditLine {
            standing: Some(Standing::Failed),
            ..line(
                48_080,
                "2026-11-21T08:50:00Z",
                (ActorKind::Policy, "R-02", ""),
                "left #repairs as it is",
                "",
                "because the jury did not agree within two days",
            )
        },
        line(
            48_079,
            "2026-11-21T08:15:00Z",
            (ActorKind::Secret, "Someone", ""),
            "cast a ballot in",
            "Who keeps the workshop keys in 2027?",
            "secret vote: the choice is not recorded here",
        ),
        line(48_001, "2026-11-20T08:15:00Z", (ActorKind::System, "Polity", ""), "checked the chain", "", ""),
    ]
}

/// A page under these filters.
pub fn page(query: &AuditQuery) -> AuditPage {
    let mut entries = entries();
    let text = query.text.clone().unwrap_or_default().to_lowercase();
    entries
        .retain(|entry| format!("{} {} {}", entry.actor.name, entry.verb, entry.object).to_lowercase().contains(&text));
    entries.retain(|entry| query.actor.as_ref().is_none_or(|actor| entry.actor.handle == *actor));
    entries.retain(|entry| query.before.is_none_or(|before| entry.seq < before));
    let active = [("text", &query.text, "Words"), ("actor", &query.actor, "Who"), ("subject", &query.subject, "About")];
    let active = active.into_iter().filter_map(|(field, value, name)| {
        value.as_ref().map(|value| ActiveFilter { field: field.to_owned(), label: format!("{name}: {value}") })
    });
    let choice = |value: &str, label: &str| Choice { value: value.to_owned(), label: label.to_owned() };
    AuditPage {
        total: 46,
        next: (query.before.is_none() && !entries.is_empty()).then_some(48_079),
        entries,
        integrity: Integrity {
            is_whole: true,
            from: 1,
            to: 48_213,
            checked_at: Some(at("2026-11-22T09:00:00Z")),
            newest: HASH.to_owned(),
            problem: None,
        },
        choices: AuditChoices {
            kinds: vec![choice("ballot", "Ballots"), choice("policy", "Policies")],
            actors: vec![choice("siobhan", "Siobhán Byrne"), choice("leila", "Leila Haddad")],
            policies: vec![choice("2", "R-02 Channel renames")],
        },
        active: active.collect(),
    }
}
