//! One proposal, with everything that its reader may know of it.

use app::api::proposal::{
    PolicyRef, ProposalView, ReasonView, SiblingView, StageState, StageView, ThenCase, ThenLine, VoterLine, VotersView,
};
use app::api::words::{HistoryLine, Standing, StepState, WhyStep};
use types::audit::{Actor, AuditEntry};
use types::{ActionStatus, AuditKind, Reads, Verdict};

use super::count::{self, small};
use super::dossier::{Docket, Dossier};
use super::scene::{self, Goal, Scene};
use super::sentence::{self, counted};
use super::{effects, history, moment};

/// Reasons that are shown at once.
const MAX_REASONS: usize = 20;

/// Voters that are listed by name.
const MAX_VOTERS: usize = 200;

/// The whole proposal. `entries` is what the log says of it and of its action, in ascending order.
#[must_use]
pub fn view(scene: &Scene<'_>, dossier: &Dossier, docket: &Docket, entries: &[AuditEntry]) -> ProposalView {
    let (action, proposal) = (&dossier.action, &docket.proposal);
    let ask = docket.ask();
    let voting = scene.voting(docket, &ask);
    let standing = scene::standing(action, docket);
    let is_open = standing == Standing::Open;
    let title = scene.title(action);
    let reasons = reasons(scene, docket);
    ProposalView {
        id: proposal.id,
        effect: effect(scene, dossier, standing),
        standing,
        reason: if is_open { String::new() } else { scene::outcome(action, docket) },
        is_trial: scene::is_trial(docket),
        action_type: action.kind.to_string(),
        action_title: sentence::type_in_words(action.kind.as_str()),
        proposer: action.initiator.and_then(|id| scene.roster.person(id)),
        proposed_at: action.created_at,
        closes_at: ask.closes.or(proposal.deadline).filter(|_| is_open),
        decided_at: action.decided_at.or(proposal.decided_at),
        policy: policy_ref(docket),
        stages: stages(dossier, docket, standing),
        payload: sentence::payload_in_words(&action.kind, &action.payload, &action.undo, scene.names),
        eligibility: voting.eligibility(),
        ballot: voting.form(&format!("{title}?"), scene.own_ballot(docket)),
        tally: scene.tally(docket),
        then: then(scene, dossier, docket, standing),
        n_reasons: small(reasons.len()),
        reasons: reasons.into_iter().take(MAX_REASONS).collect(),
        effects: effects::views(&dossier.effects, action, scene.names),
        limits: limits(docket),
        why: why(scene, dossier, docket, standing),
        checked_at: Some(scene.now),
        voters: voters(scene, docket),
        history: entries.iter().rev().filter_map(|entry| line(scene, docket, entry)).collect(),
        siblings: siblings(dossier, docket),
        title,
    }
}

/// How messages cite a policy: by its place among the others.
#[must_use]
pub fn label(position: i32) -> String {
    format!("R-{position:02}")
}

fn policy_ref(docket: &Docket) -> Option<PolicyRef> {
    let policy = docket.policy.as_ref()?;
    Some(PolicyRef {
        id: policy.id,
        label: label(policy.position),
        name: policy.draft.name.clone(),
        version: policy.version,
        enforcement: docket.proposal.enforcement,
    })
}

fn effect(scene: &Scene<'_>, dossier: &Dossier, standing: Standing) -> String {
    let action = &dossier.action;
    let phrase = sentence::phrase(&action.kind, &action.payload, scene.names);
    match (standing, action.status) {
        (_, ActionStatus::Executed) => format!("It was carried out: {phrase}."),
        (_, ActionStatus::Reverted) => format!("It was undone: {phrase}."),
        (Standing::Passed, _) => format!("It is being carried out: {phrase}."),
        (Standing::Failed | Standing::Withdrawn, _) => format!("It does not happen: {phrase}."),
        (Standing::Open | Standing::Held, _) => format!("If it passes: {phrase}."),
    }
}

fn stages(dossier: &Dossier, docket: &Docket, standing: Standing) -> Vec<StageView> {
    let (action, ask) = (&dossier.action, docket.ask());
    let stage = |name: &str, note: String, state| StageView { name: name.to_owned(), note, state };
    let proposed = stage("Proposed", moment::words(action.created_at), StageState::Done);
    let decided = action.decided_at.or(docket.proposal.decided_at);
    let vote = match (standing, ask.closes) {
        (Standing::Open, Some(closes)) => {
            stage("Vote", format!("Until {}", moment::words(closes)), StageState::Current)
        }
        (Standing::Open, None) => stage("Decision", "Until it is decided".to_owned(), StageState::Current),
        (Standing::Held, _) => stage("Held", "Waits for somebody to act".to_owned(), StageState::Current),
        _ => stage("Decision", decided.map(moment::words).unwrap_or_default(), StageState::Done),
    };
    let carried = match (standing, action.status) {
        (_, ActionStatus::Executed) => stage("Carried out", String::new(), StageState::Done),
        (Standing::Failed | Standing::Withdrawn, _) => {
            stage("Carried out", "Will not come".to_owned(), StageState::Skipped)
        }
        (Standing::Passed, _) => stage("Carried out", "On its way".to_owned(), StageState::Current),
        _ => stage("Carried out", String::new(), StageState::Ahead),
    };
    vec![proposed, vote, carried]
}

fn then(scene: &Scene<'_>, dossier: &Dossier, docket: &Docket, standing: Standing) -> Vec<ThenLine> {
    if !matches!(standing, Standing::Open | Standing::Held) {
        return Vec::new();
    }
    let action = &dossier.action;
    let fails = if action.origin.has_happened() { "It stays undone." } else { "Nothing changes." };
    let mut lines = vec![
        ThenLine { case: ThenCase::Passes, sentence: format!("{}.", scene.title(action)) },
        ThenLine { case: ThenCase::Fails, sentence: fails.to_owned() },
    ];
    let closes = docket.ask().closes.or(docket.proposal.deadline);
    if let (Standing::Open, Some(leans)) = (standing, scene.tally(docket).leans) {
        let sentence = match (leans, closes) {
            (true, Some(at)) => format!("It passes on {}.", moment::words(at)),
            (true, None) => "It passes.".to_owned(),
            (false, Some(at)) => format!("It fails on {}.", moment::words(at)),
            (false, None) => "It stays open.".to_owned(),
        };
        lines.push(ThenLine { case: ThenCase::NobodyElse, sentence });
    }
    lines
}

/// What the policy cannot do, whatever it decides.
fn limits(docket: &Docket) -> String {
    use types::effect::Power;
    let Some(policy) = docket.policy.as_ref().filter(|policy| !policy.draft.powers.is_empty()) else {
        return String::new();
    };
    let words = |power: Power| match power {
        Power::Execute => "carry anything out",
        Power::Revert => "undo anything",
        Power::Ask => "ask for votes",
        Power::Notify => "message members",
        Power::Announce => "post in channels",
        Power::Roles => "change who holds a role",
        Power::Propose => "propose anything further",
        Power::Http => "ask other web sites",
    };
    let missing: Vec<&str> =
        Power::ALL.into_iter().filter(|power| !policy.draft.powers.contains(power)).map(words).collect();
    match missing.split_last() {
        None => String::new(),
        Some((last, [])) => format!("Its policy cannot {last}."),
        Some((last, others)) => format!("Its policy cannot {} or {last}.", others.join(", ")),
    }
}

fn why(scene: &Scene<'_>, dossier: &Dossier, docket: &Docket, standing: Standing) -> Vec<WhyStep> {
    let ask = docket.ask();
    let step = |sentence: String, because: Option<String>, state| WhyStep { sentence, because, state };
    let mut steps = Vec::new();
    if let Some(policy) = &docket.policy {
        let pinned = format!("version {}, pinned when this was proposed", policy.version);
        steps.push(step(format!("“{}” decides.", policy.draft.name), Some(pinned), StepState::Noted));
    }
    let n_eligible = scene.n_eligible(&ask);
    if scene::is_asked(docket) {
        let asked = match &ask.eligible {
            Some(_) => format!("{} asked.", counted(n_eligible, "member was", "members were")),
            None => "Every member may vote.".to_owned(),
        };
        steps.push(step(asked, Some(format!("a {} vote", scene::kind_in_words(ask.kind))), StepState::Noted));
        steps.extend(progress(scene, docket, n_eligible, standing));
    }
    match (standing, ask.closes) {
        (Standing::Open, Some(closes)) => {
            steps.push(step(format!("The vote closes on {}.", moment::words(closes)), None, StepState::Waiting));
        }
        (Standing::Open, None) => {
            steps.push(step("The policy has not decided yet.".to_owned(), None, StepState::Waiting))
        }
        _ => {}
    }
    if let Some(error) = &docket.proposal.error {
        let place = (error.line > 0).then(|| format!("line {}, column {}", error.line, error.column));
        steps.push(step(format!("The policy broke: {}", scene::sentence_of(&error.message)), place, StepState::NotMet));
    }
    let reason = scene::sentence_of(&docket.proposal.reason);
    let last = match standing {
        Standing::Passed => Some(("It passed.", StepState::Met)),
        Standing::Failed => Some(("It failed.", StepState::NotMet)),
        Standing::Held => Some(("It is held.", StepState::Waiting)),
        _ => None,
    };
    if let Some((ended, state)) = last {
        let told = Some(reason).filter(|reason| !reason.is_empty());
        let told =
            told.or_else(|| Some(scene::sentence_of(&dossier.action.reason)).filter(|reason| !reason.is_empty()));
        steps.push(match told {
            Some(reason) => step(reason, Some(ended.trim_end_matches('.').to_lowercase()), state),
            None => step(ended.to_owned(), None, state),
        });
    }
    steps
}

/// How far the vote is from what the policy's settings ask for, where the count may be seen.
fn progress(scene: &Scene<'_>, docket: &Docket, n_eligible: usize, standing: Standing) -> Vec<WhyStep> {
    let sight = scene.sight(docket);
    if let Some(hidden) = sight.hidden {
        return vec![WhyStep { sentence: hidden.to_owned(), because: None, state: StepState::Noted }];
    }
    let goal = Goal::of(docket, n_eligible);
    let n_voted = docket.ballots.len();
    let state = |reached: bool| match (reached, standing) {
        (true, _) => StepState::Met,
        (false, Standing::Open) => StepState::Waiting,
        (false, _) => StepState::NotMet,
    };
    let mut steps = vec![match goal.quorum {
        Some(quorum) => WhyStep {
            sentence: format!("{}. {quorum} must.", counted(n_voted, "member has voted", "members have voted")),
            because: Some(format!("of {n_eligible} who may vote")),
            state: state(n_voted >= quorum as usize),
        },
        None => WhyStep {
            sentence: format!("{}.", counted(n_voted, "member has voted", "members have voted")),
            because: Some(format!("of {n_eligible} who may vote")),
            state: StepState::Noted,
        },
    }];
    if let Some(needed) = goal.needed {
        let yes =
            count::rows(&docket.ask(), &docket.ballots).iter().find(|row| row.id == "yes").map_or(0.0, |row| row.count);
        steps.push(WhyStep {
            sentence: format!("{yes} of the {needed} yes votes that are needed."),
            because: None,
            state: state(yes >= f64::from(needed)),
        });
    }
    steps
}

/// The reasons that voters gave, newest first, with no more of the voter than may be seen.
fn reasons(scene: &Scene<'_>, docket: &Docket) -> Vec<ReasonView> {
    let (ask, sight) = (docket.ask(), scene.sight(docket));
    // Before the names may be seen, the words alone could name their author and give the count away.
    if !sight.names && !docket.is_closed(scene.now) {
        return Vec::new();
    }
    let view = |ballot: &types::ballot::Ballot| {
        let text = ballot.reason.clone().filter(|text| !text.is_empty())?;
        let (answer, label) = count::answer_in_words(&ask, &ballot.value);
        Some(ReasonView {
            answer: sight.answers().then_some(answer),
            label: if sight.answers() { label } else { String::new() },
            text,
            person: ballot.member.filter(|_| sight.names).and_then(|id| scene.roster.person(id)),
            at: ballot.cast_at,
        })
    };
    docket.ballots.iter().rev().filter_map(view).collect()
}

fn voters(scene: &Scene<'_>, docket: &Docket) -> VotersView {
    let (ask, sight) = (docket.ask(), scene.sight(docket));
    let line = |ballot: &types::ballot::Ballot| {
        let (answer, label) = count::answer_in_words(&ask, &ballot.value);
        Some(VoterLine {
            person: scene.roster.person(ballot.member?)?,
            answer: sight.answers().then_some(answer),
            label: if sight.answers() { label } else { String::new() },
            at: ballot.cast_at,
            via: String::new(),
        })
    };
    let asked = ask.eligible.as_deref().unwrap_or_default();
    let seed: String = docket.proposal.seed.0.iter().take(4).map(|byte| format!("{byte:02x}")).collect();
    let is_drawn = ask.eligible.is_some() && docket.proposal.reads.touches(Reads::RANDOM);
    VotersView {
        privacy: count::privacy_in_words(ask.privacy).to_owned(),
        everyone: ask.eligible.is_none(),
        asked: asked.iter().filter_map(|id| scene.roster.person(*id)).take(MAX_VOTERS).collect(),
        chosen: if is_drawn {
            format!(
                "Drawn by lot from {}, draw number {seed}.",
                counted(scene.roster.voters().count(), "member", "members")
            )
        } else {
            String::new()
        },
        voted: match sight.names {
            true => docket.ballots.iter().rev().filter_map(line).take(MAX_VOTERS).collect(),
            false => Vec::new(),
        },
        n_voted: if sight.count() { small(docket.ballots.len()) } else { 0 },
    }
}

/// A line of history, unless it would tell of a vote what the reader may not see.
fn line(scene: &Scene<'_>, docket: &Docket, entry: &AuditEntry) -> Option<HistoryLine> {
    let sight = scene.sight(docket);
    let is_ballot = matches!(entry.kind, AuditKind::BallotCast | AuditKind::BallotWithdrawn);
    if is_ballot && !sight.names {
        return None;
    }
    let who = match &entry.actor {
        Actor::Member(id) => {
            scene.roster.person(*id).map_or_else(|| "A former member".to_owned(), |person| person.name)
        }
        Actor::Policy(name) => format!("“{name}”"),
        Actor::Operator => "The operator".to_owned(),
        Actor::System => "Polity".to_owned(),
    };
    let verdict: Option<Verdict> =
        entry.body.get("verdict").and_then(|verdict| serde_json::from_value(verdict.clone()).ok());
    let passed = match (verdict, entry.body.text("status")) {
        (Some(Verdict::Passed), _) | (_, Some("passed")) => Some(true),
        (Some(Verdict::Failed), _) | (_, Some("failed")) => Some(false),
        _ => None,
    };
    let reason = entry.body.text("reason").filter(|reason| !reason.is_empty() && !is_ballot);
    let verb = history::verb(entry.kind).trim_end_matches(" on").trim_end_matches(" to");
    let what = match (entry.kind, passed) {
        (AuditKind::ActionDecided, Some(true)) => "The decision: it passed".to_owned(),
        (AuditKind::ActionDecided, Some(false)) => "The decision: it failed".to_owned(),
        (AuditKind::ProposalDecided, Some(true)) => format!("“{}” is in favour", docket.policy_name()),
        (AuditKind::ProposalDecided, Some(false)) => format!("“{}” is against", docket.policy_name()),
        (AuditKind::ActionProposed, _) => format!("{who} proposed this"),
        (AuditKind::ProposalOpened, _) => format!("“{}” began to decide", docket.policy_name()),
        (AuditKind::ProposalAsked, _) => "Voters were asked".to_owned(),
        (AuditKind::BallotCast, _) => format!("{who} voted"),
        (AuditKind::BallotWithdrawn, _) => format!("{who} took their vote back"),
        (AuditKind::ActionExecuted, _) => "It was carried out".to_owned(),
        (AuditKind::ActionReverted, _) => "It was undone".to_owned(),
        (AuditKind::ActionHeld, _) => "It is held".to_owned(),
        (AuditKind::EffectDelivered, _) => "A part of it was done".to_owned(),
        (AuditKind::EffectFailed, _) => "A part of it could not be done".to_owned(),
        (AuditKind::PolicyBroke, _) => format!("“{}” broke", docket.policy_name()),
        _ => format!("{who} {verb}"),
    };
    let sentence = match reason {
        Some(reason) => format!("{what}: {reason}"),
        None => what,
    };
    Some(HistoryLine { at: entry.at, sentence: scene::sentence_of(&sentence), kind: history::sign(entry.kind, passed) })
}

fn siblings(dossier: &Dossier, docket: &Docket) -> Vec<SiblingView> {
    let others = dossier.dockets.iter().filter(|other| other.proposal.id != docket.proposal.id);
    let view = |other: &Docket| {
        Some(SiblingView {
            id: other.proposal.id,
            policy: policy_ref(other)?,
            standing: other.has_opinion().then(|| scene::standing(&dossier.action, other)),
        })
    };
    others.filter_map(view).collect()
}
