//! A policy that Leila is changing.

use app::{
    api::{
        studio::{
            BaseView, CasePower, Draft, DraftLine, KindOption, MemberOption, PolicyCase, ReferenceEntry, SavedDraft,
            StudioQuery, StudioView,
        },
        words::Person,
    },
    difference,
    error::AppError,
};
use types::simulation::{Event, Happening, ScenarioInput, TrialAction};
use types::{BallotValue, Enforcement, Json, Layer, PolicyId, ProposalId};

use super::{at, id, policies};

/// The proposal whose case is shown.
pub const CASE: u32 = 218;

pub fn view(slug: &str, query: &StudioQuery) -> Result<StudioView, AppError> {
    let base = match &query.policy {
        None => None,
        Some(id) => {
            let known: Option<PolicyId> = id.parse().ok();
            let policy =
                known.and_then(|id| policies::policy(id, None)).ok_or_else(|| AppError::not_found("policy"))?;
            Some(policy)
        }
    };
    let draft = match &base {
        None => Draft { name: "Names by vote".into(), ..draft() },
        Some(base) => Draft { policy: Some(base.id), name: base.name.clone(), source: base.source.clone(), ..draft() },
    };
    let base = base.map(|base| BaseView {
        id: base.id,
        label: base.label,
        name: base.name,
        version: base.version,
        enforcement: Enforcement::Enforced,
        source: base.source,
    });
    Ok(StudioView {
        slug: slug.to_owned(),
        community: "Riverside Tool Library".into(),
        draft,
        base,
        saved: query.draft.as_ref().map(|_| SavedDraft { id: id(700), version: 2, at: at("2026-11-22T10:41:00Z") }),
        may_edit: query.key.is_none(),
        may_try: true,
        may_propose: query.key.is_none(),
        left_out: query.key.as_ref().map(|_| "Names were left out.".to_owned()).unwrap_or_default(),
        drafts: vec![DraftLine { id: id(701), title: "A jury for removals".into(), at: at("2026-11-20T09:00:00Z") }],
        kinds: kinds(),
        members: members(),
        roles: vec!["Steward".into()],
        templates: Vec::new(),
        attempt_key: "0123".into(),
    })
}

fn kinds() -> Vec<KindOption> {
    let kind = |value: &str, label: &str, layer, is_family| KindOption {
        value: value.into(),
        label: label.into(),
        layer,
        is_family,
    };
    vec![
        kind("board.*", "Everything on the board", Layer::Platform, true),
        kind("board.rename_channel", "Rename a channel", Layer::Platform, false),
        kind("constitution.add_role", "Add a role", Layer::Constitution, false),
    ]
}

fn members() -> Vec<MemberOption> {
    let member = |handle: &str, name: &str| MemberOption {
        person: Person { handle: handle.into(), name: name.into() },
        roles: Vec::new(),
    };
    vec![member("leila", "Leila Haddad"), member("tomasz", "Tomasz Wilk")]
}

fn draft() -> Draft {
    let source = "// Names only.\n/** @type {FilterFn} */\nfunction filter(action) {\n  return true\n}\n\n/** @type {CheckFn} */\nfunction check(action) {\n  return PASSED\n}\n";
    Draft {
        description: "Two who say yes are enough.".into(),
        action_types: vec!["board.rename_channel".into()],
        source: source.into(),
        scenario: ScenarioInput {
            action: TrialAction {
                kind: "board.rename_channel".into(),
                payload: Json(serde_json::json!({ "channel": "random", "name": "tool-chat" })),
                initiator: "tomasz".into(),
            },
            members: None,
            events: vec![Event { at_seconds: 3600, what: Happening::Everyone { role: None, value: BallotValue::Yes } }],
            until_seconds: None,
            seed: 42,
            starts_at: None,
        },
        ..Draft::default()
    }
}

pub fn reference() -> Vec<ReferenceEntry> {
    vec![ReferenceEntry {
        name: "passed".into(),
        section: "Verdicts and time".into(),
        signature: "function passed(reason: string): \"PASSED\"".into(),
        about: "In favour, and why.".into(),
        example: "return passed(\"nobody objected\")".into(),
    }]
}

pub fn case(proposal: ProposalId) -> Option<PolicyCase> {
    (proposal == id(CASE)).then(|| PolicyCase {
        summary: vec!["In the source 1 line comes and 0 lines go.".into()],
        changes: difference::lines("", &draft().source),
        powers: vec![CasePower { sentence: "Can post in 6 channels".into(), granted: true, is_new: true }],
        hash: "ab".repeat(32),
        may_try: true,
        members: members(),
        roles: Vec::new(),
        kinds: kinds(),
        draft: Draft { name: "Names by vote".into(), ..draft() },
    })
}
