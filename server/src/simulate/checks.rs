//! What is looked at before a policy is proposed, each passed, warned of or failed, with the place.

use engine::lockout::{self, Government, RoleFact, Severity as Grave, Standing};
use types::effect::Power;
use types::policy::Policy;
use types::simulation::{CheckLine, CheckState, Finding, Severity};
use types::{Enforcement, Layer};

use super::draft::Proposed;
use super::lab::Lab;
use super::{SimulateError, examples};
use crate::pipeline::snapshot::Snapshot;

/// Runs every check.
///
/// # Errors
/// [`SimulateError::Unavailable`].
pub async fn checks(lab: Lab<'_>, snapshot: &Snapshot, proposed: &Proposed) -> Result<Vec<CheckLine>, SimulateError> {
    let findings = lab.lint(&proposed.draft.source).await?;
    let mut lines = lint_lines(&findings);
    let parses = lines.first().is_some_and(|line| line.state == CheckState::Passed);
    lines.push(examples_line(lab, proposed, parses).await?);
    lines.push(powers_line(proposed));
    lines.push(cover_line(snapshot, proposed));
    lines.push(conflicts_line(snapshot, proposed));
    lines.push(lockout_line(snapshot, proposed));
    lines.push(text_line(proposed));
    Ok(lines)
}

fn line(code: &str, title: &str, state: CheckState, sentence: impl Into<String>) -> CheckLine {
    CheckLine {
        code: code.to_owned(),
        title: title.to_owned(),
        state,
        sentence: sentence.into(),
        place: None,
        field: None,
        remedy: String::new(),
        details: Vec::new(),
    }
}

fn lint_lines(findings: &[Finding]) -> Vec<CheckLine> {
    let is_syntax = |finding: &&Finding| finding.code == types::simulation::FindingCode::Syntax;
    if let Some(finding) = findings.iter().find(is_syntax) {
        let mut syntax = line("syntax", "It parses", CheckState::Failed, finding.message.clone());
        (syntax.place, syntax.remedy) = (Some(finding.place), "mend it in the source".to_owned());
        syntax.field = Some("source".to_owned());
        let lint =
            line("lint", "No known mistakes", CheckState::Failed, "it cannot be looked through before it parses");
        return vec![syntax, lint];
    }
    let syntax = line("syntax", "It parses", CheckState::Passed, "the source is a policy");
    let worst = findings.iter().min_by_key(|finding| (finding.severity, finding.place));
    let state = match worst.map(|finding| finding.severity) {
        Some(Severity::Error) => CheckState::Failed,
        Some(Severity::Warning) => CheckState::Warning,
        Some(Severity::Hint) | None => CheckState::Passed,
    };
    let serious = findings.iter().filter(|finding| finding.severity != Severity::Hint);
    let details: Vec<String> = serious.map(|f| format!("line {}: {}; {}", f.place.line, f.message, f.remedy)).collect();
    let sentence = match details.len() {
        0 => "nothing was found".to_owned(),
        1 => "one thing was found".to_owned(),
        n => format!("{n} things were found"),
    };
    let mut lint = line("lint", "No known mistakes", state, sentence);
    if let Some(finding) = worst.filter(|_| state != CheckState::Passed) {
        (lint.place, lint.remedy) = (Some(finding.place), finding.remedy.clone());
        lint.field = Some("source".to_owned());
    }
    lint.details = details;
    vec![syntax, lint]
}

async fn examples_line(lab: Lab<'_>, proposed: &Proposed, parses: bool) -> Result<CheckLine, SimulateError> {
    let title = "Its examples hold";
    if proposed.examples.is_empty() {
        let mut none = line("examples", title, CheckState::Warning, "it has no examples");
        none.remedy = "pin a scenario or two: they show voters what it does, and keep later changes honest".to_owned();
        none.field = Some("examples".to_owned());
        return Ok(none);
    }
    if !parses {
        return Ok(line("examples", title, CheckState::Failed, "they cannot be played before the source parses"));
    }
    let runs = examples::run(lab, &proposed.draft, &proposed.examples).await?;
    let failing: Vec<String> =
        runs.iter().filter(|run| !run.holds).map(|run| format!("“{}”: {}", run.name, run.problem)).collect();
    let mut found = if failing.is_empty() {
        line("examples", title, CheckState::Passed, format!("all {} hold", runs.len()))
    } else {
        line("examples", title, CheckState::Failed, format!("{} of {} do not hold", failing.len(), runs.len()))
    };
    if !failing.is_empty() {
        found.remedy = "mend the policy, or change what the example expects".to_owned();
        found.field = Some("examples".to_owned());
    }
    found.details = failing;
    Ok(found)
}

/// Calls that show that a power is used.
const CALLS: [(Power, &[&str]); 8] = [
    (Power::Execute, &["execute("]),
    (Power::Revert, &["revert("]),
    (Power::Ask, &["ask(", "remind("]),
    (Power::Notify, &["notifyMembers("]),
    (Power::Announce, &["announce("]),
    (Power::Roles, &[".add(", ".remove(", ".clear("]),
    (Power::Propose, &["propose("]),
    (Power::Http, &["http."]),
];

fn powers_line(proposed: &Proposed) -> CheckLine {
    let title = "Its powers are those it uses";
    let source = &proposed.draft.source;
    let uses = |power: &Power| {
        CALLS
            .iter()
            .find(|(known, _)| known == power)
            .is_some_and(|(_, calls)| calls.iter().any(|call| source.contains(call)))
    };
    let granted = &proposed.draft.powers;
    let word = |power: &Power| {
        serde_json::to_value(power).ok().and_then(|w| w.as_str().map(str::to_owned)).unwrap_or_default()
    };
    let words = |powers: Vec<&Power>| powers.into_iter().map(word).collect::<Vec<_>>().join(", ");
    let mut found = if granted.is_empty() {
        let used: Vec<&Power> = Power::ALL.iter().filter(|power| uses(power)).collect();
        let sentence = format!("it names no powers, so it has all but http; it uses: {}", words(used));
        let mut open = line("powers", title, CheckState::Warning, sentence);
        open.remedy = "name the powers that it needs: voters see what it can do".to_owned();
        open
    } else {
        let lacking: Vec<&Power> = Power::ALL.iter().filter(|power| uses(power) && !granted.contains(power)).collect();
        let idle: Vec<&Power> = granted.iter().filter(|power| !uses(power)).collect();
        // Roles are changed by words that lists have too: only what is sure is refused.
        let sure: Vec<&Power> = lacking.into_iter().filter(|power| **power != Power::Roles).collect();
        match (sure.is_empty(), idle.is_empty()) {
            (false, _) => {
                let sentence = format!("it uses what it was not given: {}", words(sure));
                let mut lacks = line("powers", title, CheckState::Failed, sentence);
                lacks.remedy = "give it these powers, or take the calls out".to_owned();
                lacks
            }
            (true, false) => {
                let mut more = line(
                    "powers",
                    title,
                    CheckState::Warning,
                    format!("it is given what it does not use: {}", words(idle)),
                );
                more.remedy = "leave these powers out".to_owned();
                more
            }
            (true, true) => line("powers", title, CheckState::Passed, "it has what it uses, and no more"),
        }
    };
    if uses(&Power::Http) && proposed.draft.http_hosts.is_empty() {
        found.state = CheckState::Failed;
        found.details.push("it asks other hosts, but declares none in http_hosts".to_owned());
    }
    if found.state != CheckState::Passed {
        found.field = Some("powers".to_owned());
    }
    found
}

/// Policies in force of the same layer, without the one that is replaced.
fn others<'s>(snapshot: &'s Snapshot, proposed: &Proposed) -> Vec<&'s Policy> {
    let (layer, replaces) = (proposed.draft.layer, proposed.replaces());
    snapshot
        .policies
        .iter()
        .filter(|policy| policy.draft.layer == layer && Some(policy.id) != replaces)
        .filter(|policy| policy.enforcement == Enforcement::Enforced)
        .collect()
}

/// Which action types of the layer would be governed by nobody.
fn cover_line(snapshot: &Snapshot, proposed: &Proposed) -> CheckLine {
    let title = "What it governs, and what nobody does";
    let layer = proposed.draft.layer;
    let kinds: Vec<_> = types::payload::catalogue().iter().filter(|spec| spec.layer == layer).collect();
    let governed: Vec<&str> =
        kinds.iter().filter(|spec| proposed.draft.covers(&spec.kind)).map(|spec| spec.title.as_str()).collect();
    let others = others(snapshot, proposed);
    let free: Vec<&str> = kinds
        .iter()
        .filter(|spec| {
            !proposed.draft.covers(&spec.kind) && !others.iter().any(|policy| policy.draft.covers(&spec.kind))
        })
        .map(|spec| spec.title.as_str())
        .collect();
    if governed.is_empty() {
        let mut none = line("coverage-map", title, CheckState::Failed, "it governs no kind of action that there is");
        none.field = Some("action_types".to_owned());
        none.remedy = "choose what it governs".to_owned();
        return none;
    }
    let was_governed =
        |kind: &types::ActionType| proposed.before.as_ref().is_some_and(|before| before.draft.covers(kind));
    let lost: Vec<&str> = kinds
        .iter()
        .filter(|spec| free.contains(&spec.title.as_str()) && was_governed(&spec.kind))
        .map(|spec| spec.title.as_str())
        .collect();
    let sentence = format!(
        "it governs {} of {} kinds of action; {} would be governed by nobody",
        governed.len(),
        kinds.len(),
        free.len()
    );
    let state = if lost.is_empty() { CheckState::Passed } else { CheckState::Warning };
    let mut found = line("coverage-map", title, state, sentence);
    if !lost.is_empty() {
        found.remedy = format!("nobody would govern any more: {}", lost.join(", "));
        found.field = Some("action_types".to_owned());
    }
    let what_then = match layer {
        Layer::Platform => "goes ahead at once",
        Layer::Constitution => "is held",
    };
    found.details = free.iter().map(|title| format!("governed by nobody, so it {what_then}: {title}")).collect();
    found
}

/// Other policies that decide about the same.
fn conflicts_line(snapshot: &Snapshot, proposed: &Proposed) -> CheckLine {
    let title = "Other policies on the same actions";
    let combining = snapshot.combining(proposed.draft.layer);
    let shared: Vec<String> = others(snapshot, proposed)
        .into_iter()
        .filter_map(|policy| {
            let both = types::payload::catalogue()
                .iter()
                .filter(|spec| policy.draft.covers(&spec.kind) && proposed.draft.covers(&spec.kind))
                .count();
            (both > 0).then(|| format!("“{}” decides about {both} of the same kinds of action", policy.draft.name))
        })
        .collect();
    if shared.is_empty() {
        return line("conflicts", title, CheckState::Passed, "no other policy decides about the same");
    }
    let rule = match combining {
        types::Combining::DenyOverrides => "all of them must pass an action",
        types::Combining::FirstApplicable => "the first in order that has an opinion decides",
        types::Combining::PermitOverrides => "one of them passing is enough",
    };
    let mut found =
        line("conflicts", title, CheckState::Warning, format!("{} others decide with it; {rule}", shared.len()));
    found.details = shared;
    found.field = Some("action_types".to_owned());
    found.remedy = "make sure that this is meant: backtest it together with them".to_owned();
    found
}

/// Whether the rules could still be changed.
pub fn lockout_line(snapshot: &Snapshot, proposed: &Proposed) -> CheckLine {
    let title = "The rules can still be changed";
    if proposed.draft.layer != Layer::Constitution {
        return line("lockout", title, CheckState::Passed, "it does not govern how rules are changed");
    }
    let before = government(snapshot, &snapshot.policies);
    let mut policies = snapshot.policies.clone();
    let enforcement = if proposed.shadow.is_some() { Enforcement::Shadow } else { proposed.enforcement };
    match policies.iter_mut().find(|policy| Some(policy.id) == proposed.replaces()) {
        Some(policy) if proposed.shadow.is_none() => policy.draft = proposed.draft.clone(),
        _ => policies.push(Policy {
            id: types::PolicyId::NIL,
            version_id: types::PolicyVersionId::NIL,
            version: 1,
            hash: String::new(),
            draft: proposed.draft.clone(),
            enforcement,
            on_error: proposed.on_error,
            position: i32::MAX,
            is_active: true,
            created_at: types::Timestamp::default(),
        }),
    }
    let findings = lockout::check_change(&before, &government(snapshot, &policies));
    let state = match findings.iter().map(|finding| finding.severity).max() {
        Some(Grave::Locked) => CheckState::Failed,
        Some(Grave::Risk) => CheckState::Warning,
        Some(Grave::Note) | None => CheckState::Passed,
    };
    let sentence =
        findings.first().map_or("every way to change the rules stays open".to_owned(), |f| f.sentence.clone());
    let mut found = line("lockout", title, state, sentence);
    found.details = findings.iter().skip(1).map(|finding| finding.sentence.clone()).collect();
    if state != CheckState::Passed {
        found.remedy = "leave one way in which somebody who exists can pass a change of the rules".to_owned();
        found.field = Some("source".to_owned());
    }
    found
}

/// A government as the lock-out check looks at it.
fn government(snapshot: &Snapshot, policies: &[Policy]) -> Government {
    let people = || snapshot.roster.members.iter().filter(|member| !member.is_bot);
    let count = |n: usize| u64::try_from(n).unwrap_or(u64::MAX);
    let roles: Vec<RoleFact> = snapshot
        .roster
        .roles
        .iter()
        .map(|role| RoleFact {
            name: role.name.clone(),
            n_members: count(people().filter(|member| role.is_base || member.roles.contains(&role.id)).count()),
            rights: snapshot
                .permissions
                .iter()
                .filter(|permission| permission.role == role.id)
                .map(|permission| (permission.pattern.clone(), permission.right))
                .collect(),
        })
        .collect();
    Government {
        combining: snapshot.combining(Layer::Constitution),
        policies: policies
            .iter()
            .filter(|policy| policy.draft.layer == Layer::Constitution)
            .map(|policy| Standing::of(policy, &roles))
            .collect(),
        roles,
        n_members: count(people().count()),
        has_recovery: false,
    }
}

fn text_line(proposed: &Proposed) -> CheckLine {
    let title = "It is told in plain words";
    let length = proposed.draft.description.trim().chars().count();
    if length >= 20 {
        return line("plain-text", title, CheckState::Passed, "voters can read what it does");
    }
    let mut found = line("plain-text", title, CheckState::Failed, "there is no description that voters could read");
    found.field = Some("description".to_owned());
    found.remedy = "say in a sentence or two what it does, to whom, and how one votes".to_owned();
    found
}
