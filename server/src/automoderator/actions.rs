//! What a rule does.

use app::builder::decide::{Approvals, Ballot, Decide, Reason};
use app::builder::then::Effect;
use serde_json::Value;

use super::texts;
use super::{Fate, Reading};

/// Whether a key says what is done, or how the rule is run, rather than what it looks for.
pub(super) fn is_action(key: &str) -> bool {
    const KEYS: [&str; 14] = [
        "action",
        "action_reason",
        "report_reason",
        "comment",
        "comment_locked",
        "comment_stickied",
        "message",
        "message_subject",
        "modmail",
        "modmail_subject",
        "priority",
        "moderators_exempt",
        "overwrite_flair",
        "set_flair",
    ];
    KEYS.contains(&key) || key.starts_with("set_")
}

/// Reads all of them.
pub(super) fn read(reading: &mut Reading<'_>, keys: &[(String, Value)]) {
    let value = |name: &str| keys.iter().find(|(key, _)| key == name).map(|(_, value)| value);
    let text = |name: &str| value(name).map(texts::list).and_then(|list| list.into_iter().next()).unwrap_or_default();
    let action = text("action");
    reading.reason = [text("action_reason"), text("report_reason")]
        .into_iter()
        .find(|reason| !reason.is_empty())
        .unwrap_or_default();
    let (reason, unknown) = texts::message(&reading.reason.clone());
    named(reading, "action_reason", &unknown);
    reading.reason = reason.replace("{proposer}", "the author");
    reading.may_remove = matches!(action.as_str(), "remove" | "spam" | "filter");
    reading.exempts_moderators = value("moderators_exempt").and_then(texts::flag);
    if action == "report" && reading.exempts_moderators.is_none() {
        reading.exempts_moderators = Some(true);
    }
    reading.priority = value("priority").and_then(|value| texts::list(value).first()?.trim().parse().ok()).unwrap_or(0);
    read_action(reading, &action);
    for (key, value) in keys {
        let given = texts::list(value).join("\n");
        match key.as_str() {
            "action" | "action_reason" | "report_reason" | "priority" | "moderators_exempt" => {}
            "comment" => {
                reading.adjusted(key, "it is sent to the author instead of posted as an answer");
                tell_author(reading, key, &given);
            }
            "message" => tell_author(reading, key, &subject(&text("message_subject"), &given)),
            "modmail" => {
                let told = subject(&text("modmail_subject"), &given);
                tell_moderators(reading, key, &told);
            }
            "message_subject" if value_is_given(keys, "message") => {}
            "modmail_subject" if value_is_given(keys, "modmail") => {}
            "comment_locked" | "comment_stickied" => {
                reading.note(
                    key,
                    Fate::LeftOut,
                    "the text is sent to the author, and there is no comment to lock or pin",
                );
            }
            "set_flair" | "overwrite_flair" => reading.note(key, Fate::LeftOut, "posts have no flair here"),
            other => {
                let what = other.strip_prefix("set_").unwrap_or(other).replace('_', " ");
                reading.note(key, Fate::LeftOut, format!("posts cannot be marked as {what} by a policy here"));
            }
        }
    }
}

fn value_is_given(keys: &[(String, Value)], name: &str) -> bool {
    keys.iter().any(|(key, _)| key == name)
}

fn read_action(reading: &mut Reading<'_>, action: &str) {
    match action {
        "" => reading.then.carry_out = true,
        "remove" | "spam" => {
            if action == "spam" {
                reading.adjusted("action", "there is no spam filter to teach: it is refused");
            }
        }
        "approve" => {
            reading.then.carry_out = true;
            reading.adjusted("action", "it passes, unless another policy refuses it");
        }
        "report" => {
            reading.then.carry_out = true;
            let why = if reading.reason.is_empty() {
                "AutoModerator asks you to look at it".to_owned()
            } else {
                reading.reason.clone()
            };
            tell_moderators(reading, "report_reason", &format!("A post by {{{{author}}}} was reported: {why}"));
        }
        "filter" => {
            let role = reading.options.moderator_role.clone();
            reading.decide = Some(Decide::Approvals(Approvals {
                role: role.clone(),
                needed: 1,
                proposer_counts: false,
                no_ends: true,
                at_most: None,
                ballot: Ballot::default(),
            }));
            reading.then.carry_out = true;
            reading.then.opened.push(Effect::tell_role(role, "A post by {proposer} waits for your approval."));
        }
        other => reading.leave_out("action", format!("there is no action “{other}”")),
    }
}

/// How it is decided.
pub(super) fn decided(reading: &Reading<'_>) -> Decide {
    match &reading.decide {
        Some(decide) => decide.clone(),
        None if reading.may_remove => {
            let reason = if reading.reason.is_empty() {
                format!("AutoModerator rule {}", reading.rule)
            } else {
                reading.reason.clone()
            };
            Decide::Refuse(Reason { reason })
        }
        None => Decide::AtOnce(Reason { reason: reading.reason.clone() }),
    }
}

fn subject(subject: &str, text: &str) -> String {
    if subject.is_empty() { text.to_owned() } else { format!("{subject}\n\n{text}") }
}

fn tell_author(reading: &mut Reading<'_>, key: &str, text: &str) {
    let (text, unknown) = texts::message(text);
    named(reading, key, &unknown);
    if !text.is_empty() {
        add(reading, Effect::tell_proposer(text));
    }
}

fn tell_moderators(reading: &mut Reading<'_>, key: &str, text: &str) {
    let (text, unknown) = texts::message(text);
    named(reading, key, &unknown);
    if !text.is_empty() {
        let role = reading.options.moderator_role.clone();
        add(reading, Effect::tell_role(role, text));
    }
}

/// Where the effect belongs: when a removal is refused, when a filtered post begins to wait, or when it passes.
fn add(reading: &mut Reading<'_>, effect: Effect) {
    match (&reading.decide, reading.may_remove) {
        (Some(_), _) => reading.then.opened.push(effect),
        (None, true) => reading.then.failed.push(effect),
        (None, false) => reading.then.passed.push(effect),
    }
}

fn named(reading: &mut Reading<'_>, key: &str, unknown: &[String]) {
    if !unknown.is_empty() {
        reading.adjusted(key, format!("{} cannot be filled in here and is left as …", unknown.join(", ")));
    }
}
