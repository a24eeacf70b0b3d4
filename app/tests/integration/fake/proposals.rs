//! Proposals in every state and with every kind of ballot.

use app::api::{
    ballot::{BallotForm, BallotOption, MyBallot},
    proposal::{
        EffectState, EffectView, Eligibility, MyPart, PolicyRef, ProposalCard, ProposalView, ReasonView, RoundView,
        SiblingView, StageState, StageView, TallyRow, TallyView, ThenCase, ThenLine, VoterLine, VotersView,
    },
    words::{HistoryKind, HistoryLine, NamedValue, Standing, StepState, WhyStep},
};
use types::{BallotKind, BallotValue, Enforcement, Layer, Privacy};

use super::{at, id, people::person};

/// The vote on opening hours.
pub const SUNDAY: u32 = 214;
/// The jury on a rename.
pub const RENAME: u32 = 218;
/// The ranked vote on keys.
pub const KEYS: u32 = 219;
/// The one that Matrix holds up.
pub const INVITE: u32 = 216;
/// The one that was carried out.
pub const WASHER: u32 = 206;
/// The one that missed its quorum.
pub const FEES: u32 = 205;
/// The one of a policy on trial.
pub const LOAN: u32 = 204;

/// A step of a reasoning.
pub fn step(state: StepState, sentence: &str, because: &str) -> WhyStep {
    let because = (!because.is_empty()).then(|| because.to_owned());
    WhyStep { sentence: sentence.to_owned(), because, state }
}

fn rows(counts: &[(&str, &str, f64)]) -> Vec<TallyRow> {
    let row = |(id, label, count): &(&str, &str, f64)| TallyRow {
        id: (*id).to_owned(),
        label: (*label).to_owned(),
        count: *count,
        leads: false,
    };
    counts.iter().map(row).collect()
}

fn policy(n: u32, label: &str, name: &str, version: u32) -> PolicyRef {
    PolicyRef { id: id(n), label: label.to_owned(), name: name.to_owned(), version, enforcement: Enforcement::Enforced }
}

fn effect(sentence: &str, kind: &str, place: &str, state: EffectState, answer: Option<&str>) -> EffectView {
    EffectView {
        sentence: sentence.to_owned(),
        detail: String::new(),
        place: place.to_owned(),
        kind: kind.to_owned(),
        state,
        answer: answer.map(str::to_owned),
        attempts: 1,
        at: Some(at("2026-11-22T09:47:03Z")),
    }
}

fn ballot(kind: BallotKind, options: &[(&str, &str)]) -> BallotForm {
    let option = |(label, meaning): &(&str, &str)| BallotOption {
        id: (*label).to_owned(),
        label: (*label).to_owned(),
        meaning: (*meaning).to_owned(),
    };
    BallotForm {
        question: String::new(),
        kind,
        options: options.iter().map(option).collect(),
        closes_at: Some(at("2026-11-23T18:00:00Z")),
        privacy: Privacy::Open,
        mine: None,
        most: None,
    }
}

/// A plain open proposal to start from.
fn open(n: u32, title: &str) -> ProposalView {
    ProposalView {
        id: id(n),
        title: title.to_owned(),
        effect: format!("If this passes: {title}."),
        standing: Standing::Open,
        reason: String::new(),
        is_trial: false,
        action_type: "constitution.change_document".to_owned(),
        action_title: "Change a document".to_owned(),
        proposer: Some(person("priya")),
        proposed_at: at("2026-11-17T17:48:00Z"),
        closes_at: Some(at("2026-11-23T18:00:00Z")),
        decided_at: None,
        policy: Some(policy(7, "R-07", "Two thirds with quorum", 4)),
        stages: Vec::new(),
        payload: Vec::new(),
        eligibility: Eligibility {
            may_vote: true,
            sentence: "You can vote. You have been a member for over thirty days.".to_owned(),
            conditions: vec![step(StepState::Met, "You are a member.", "since March 2024")],
        },
        ballot: Some(ballot(BallotKind::YesNo, &[])),
        tally: TallyView { n_eligible: 112, ..TallyView::default() },
        then: Vec::new(),
        reasons: Vec::new(),
        n_reasons: 0,
        effects: Vec::new(),
        limits: String::new(),
        why: Vec::new(),
        checked_at: None,
        voters: VotersView { everyone: true, ..VotersView::default() },
        history: vec![HistoryLine {
            at: at("2026-11-17T17:48:00Z"),
            sentence: "Priya Raghunathan proposed it.".to_owned(),
            kind: HistoryKind::Proposed,
        }],
        siblings: Vec::new(),
    }
}

/// Everything a proposal page can show.
pub fn sunday() -> ProposalView {
    let reason = |answer: &str, label: &str, who: &str, text: &str, when: &str| ReasonView {
        answer: Some(answer.to_owned()),
        label: label.to_owned(),
        text: text.to_owned(),
        person: Some(person(who)),
        at: at(when),
    };
    let voter = |who: &str, answer: &str, label: &str, when: &str, via: &str| VoterLine {
        person: person(who),
        answer: Some(answer.to_owned()),
        label: label.to_owned(),
        at: at(when),
        via: via.to_owned(),
    };
    let stage = |name: &str, note: &str, state| StageView { name: name.to_owned(), note: note.to_owned(), state };
    let line = |when: &str, sentence: &str, kind| HistoryLine { at: at(when), sentence: sentence.to_owned(), kind };
    let then = |case, sentence: &str| ThenLine { case, sentence: sentence.to_owned() };
    let mut form = ballot(BallotKind::YesNo, &[]);
    form.options = [
        ("yes", "Yes", "Open on Sundays from 29 November"),
        ("no", "No", "Keep the hours as they are"),
        ("abstain", "Abstain", "Counts towards the 34, takes no side"),
    ]
    .map(|(id, label, meaning)| BallotOption { id: id.into(), label: label.into(), meaning: meaning.into() })
    .to_vec();
    ProposalView {
        effect: "If this passes, our opening hours will include Sundays from 13:00 to 17:00, Kwame Mensah and Ingrid \
                 Solheim will become Sunday keyholders, and #announcements will be told."
            .to_owned(),
        stages: vec![
            stage("Proposed", "Tue 17 Nov, done", StageState::Done),
            stage("Discussed", "Three days, done", StageState::Done),
            stage("Vote", "Until Mon 23 Nov, 18:00", StageState::Current),
            stage("Objection window", "One day, for stewards", StageState::Ahead),
            stage("Carried out", "Tue 24 Nov, 18:00", StageState::Ahead),
        ],
        payload: vec![NamedValue {
            name: "Opening hours".to_owned(),
            value: "Tuesday to Saturday, and Sundays from 13:00 to 17:00".to_owned(),
            before: Some("Tuesday to Saturday".to_owned()),
            href: None,
        }],
        ballot: Some(form),
        tally: TallyView {
            forecast: "Would pass if it closed now.".to_owned(),
            turns: "Still open either way: five more no votes, with no more yes, would turn it.".to_owned(),
            leans: Some(true),
            n_voted: 41,
            quorum: Some(34),
            threshold_permille: Some(667),
            rows: rows(&[("yes", "Yes", 27.0), ("no", "No", 9.0), ("abstain", "Abstain", 5.0)]),
            counted_at: Some(at("2026-11-22T10:38:00Z")),
            ..open(SUNDAY, "").tally
        },
        then: vec![
            then(ThenCase::Passes, "Stewards have a day to object, then it is carried out."),
            then(ThenCase::Fails, "Hours stay. It may be proposed again after 30 days."),
            then(ThenCase::NobodyElse, "It passes: 34 have already voted."),
        ],
        reasons: vec![
            reason(
                "yes",
                "Yes",
                "mateo",
                "I work Saturdays. In two years I have never once been able to use the lathe I help pay for.",
                "2026-11-21T20:14:00Z",
            ),
            reason(
                "no",
                "No",
                "dalia",
                "Sunday is the one quiet day for the flats above. Could we try it without the planer and the saw?",
                "2026-11-20T20:14:00Z",
            ),
        ],
        n_reasons: 23,
        effects: vec![
            EffectView {
                detail: "Section 2".into(),
                ..effect("Change Opening hours", "document", "Document", EffectState::Planned, None)
            },
            EffectView {
                detail: "Both said yes on 18 November".into(),
                ..effect(
                    "Give the role Sunday keyholder to Kwame Mensah and Ingrid Solheim",
                    "role",
                    "Roles",
                    EffectState::Planned,
                    None,
                )
            },
            EffectView {
                detail: "Reaches about 140 people".into(),
                ..effect(
                    "Post in #announcements: “The workshop now opens on Sundays, 13:00 to 17:00.”",
                    "announce",
                    "Board",
                    EffectState::Planned,
                    None,
                )
            },
        ],
        limits: "It cannot spend money, remove anyone or change a policy. R-07 has no power to.".to_owned(),
        why: vec![
            step(
                StepState::Met,
                "Opening hours are governed by R-07, so this needs a vote.",
                "because the document is listed under “shared things”",
            ),
            step(StepState::Met, "41 members voted. 34 were needed.", "30 % of the 112 who may vote"),
            step(StepState::Met, "27 of 36 who took a side said yes. That is 75 %, and two thirds is enough.", ""),
            step(
                StepState::Waiting,
                "The vote runs six days, whatever the count. Looked at again on Monday at 18:00.",
                "",
            ),
        ],
        checked_at: Some(at("2026-11-22T10:38:00Z")),
        voters: VotersView {
            privacy: "Names are shown with votes.".to_owned(),
            everyone: true,
            n_voted: 41,
            voted: vec![
                voter("siobhan", "no", "No", "2026-11-22T10:31:00Z", "on this page"),
                voter("mateo", "yes", "Yes", "2026-11-21T20:14:00Z", "in Matrix"),
                voter("yusuf", "yes", "Yes", "2026-11-21T09:40:00Z", "on this page"),
                voter("henrik", "abstain", "Abstain", "2026-11-20T08:00:00Z", ""),
            ],
            ..VotersView::default()
        },
        history: vec![
            line("2026-11-21T19:22:00Z", "The 34th vote came in; the quorum was reached.", HistoryKind::Ballot),
            line("2026-11-17T18:00:00Z", "The vote opened. 112 members were asked.", HistoryKind::Asked),
            line(
                "2026-11-17T18:00:00Z",
                "Policy R-07 was pinned at version 4 for this proposal. Later changes to it do not count here.",
                HistoryKind::Pinned,
            ),
            line("2026-11-17T17:48:00Z", "Priya Raghunathan proposed it.", HistoryKind::Proposed),
        ],
        siblings: vec![SiblingView {
            id: id(RENAME),
            policy: policy(4, "R-04", "Spending over €100", 1),
            standing: None,
        }],
        ..open(SUNDAY, "Open the workshop on Sunday afternoons")
    }
}

/// The jury of the paper.
fn rename() -> ProposalView {
    ProposalView {
        effect: "If this passes, #random will be called #tool-chat. Until then the old name stays.".to_owned(),
        action_type: "board.rename_channel".to_owned(),
        action_title: "Rename a channel".to_owned(),
        proposer: Some(person("tomasz")),
        proposed_at: at("2026-11-22T09:47:00Z"),
        closes_at: Some(at("2026-11-22T12:38:00Z")),
        policy: Some(policy(2, "R-02", "Channel renames go to a jury of three", 3)),
        payload: vec![NamedValue {
            name: "Name".into(),
            value: "#tool-chat".into(),
            before: Some("#random".into()),
            href: None,
        }],
        eligibility: Eligibility {
            may_vote: true,
            sentence: "You can vote. You are one of the three who were drawn by lot.".to_owned(),
            conditions: vec![
                step(StepState::Met, "You were drawn by lot.", "from 109 members"),
                step(StepState::Met, "The vote is open.", ""),
            ],
        },
        tally: TallyView {
            n_eligible: 3,
            n_voted: 1,
            needed: Some(2),
            forecast: "One more yes decides it.".to_owned(),
            rows: rows(&[("yes", "Agree", 1.0), ("no", "Disagree", 0.0)]),
            ..TallyView::default()
        },
        effects: vec![
            effect("Rename #random to #tool-chat", "execute", "Board", EffectState::Planned, None),
            effect("The old name was put back", "revert", "Board", EffectState::Done, None),
        ],
        voters: VotersView {
            privacy: "Names are shown with votes.".to_owned(),
            asked: vec![person("leila"), person("priya"), person("kwame")],
            chosen: "Drawn by lot from 109 members, draw number 5d20 9a1e.".to_owned(),
            n_voted: 1,
            voted: vec![VoterLine {
                person: person("priya"),
                answer: Some("yes".to_owned()),
                label: "Agree".to_owned(),
                at: at("2026-11-22T10:02:00Z"),
                via: "in Matrix".to_owned(),
            }],
            ..VotersView::default()
        },
        ..open(RENAME, "Rename #random to #tool-chat")
    }
}

const CANDIDATES: &[(&str, &str)] =
    &[("Rosa Ferreira", "Lives next door"), ("Henrik Lund", "Held them in 2024"), ("Noor Aziz", "")];

fn kinds() -> Vec<ProposalView> {
    let with = |n, title: &str, form: BallotForm, counts: &[(&str, &str, f64)]| ProposalView {
        tally: TallyView { kind: form.kind, n_voted: 20, rows: rows(counts), ..open(n, "").tally },
        ballot: Some(form),
        ..open(n, title)
    };
    let named =
        [("Rosa Ferreira", "Rosa Ferreira", 9.0), ("Henrik Lund", "Henrik Lund", 7.0), ("Noor Aziz", "Noor Aziz", 4.0)];
    let consent = [("agree", "Agree", 19.0), ("stand-aside", "Stand aside", 1.0), ("object", "Object", 0.0)];
    let ranked = BallotForm {
        privacy: Privacy::Secret,
        mine: Some(MyBallot {
            value: BallotValue::List(vec!["Noor Aziz".into(), "Rosa Ferreira".into()]),
            reason: String::new(),
            at: at("2026-11-21T10:00:00Z"),
        }),
        ..ballot(BallotKind::Ranking, CANDIDATES)
    };
    let mut keys = with(KEYS, "Who keeps the workshop keys in 2027?", ranked, &[]);
    keys.tally.hidden =
        Some("Totals are shown after the close on Monday, so that nobody votes for the front-runner.".to_owned());
    let mut rounds = with(
        230,
        "Which saw do we buy?",
        ballot(BallotKind::Choice, &[("Rosa Ferreira", ""), ("Henrik Lund", "")]),
        &named,
    );
    if let Some(first) = rounds.tally.rows.first_mut() {
        first.leads = true;
    }
    rounds.tally.rounds = vec![RoundView {
        rows: rounds.tally.rows.clone(),
        sentence: "Noor Aziz has the fewest and is left out.".into(),
    }];
    vec![
        keys,
        rounds,
        with(231, "Lend the tile cutter to neighbours for a €40 deposit", ballot(BallotKind::Consent, &[]), &consent),
        with(232, "Which evenings could you come?", ballot(BallotKind::Approval, CANDIDATES), &named),
        with(
            233,
            "How good was the open day?",
            BallotForm { most: Some(5), ..ballot(BallotKind::Score, CANDIDATES) },
            &named,
        ),
        with(
            234,
            "Where does the surplus go?",
            BallotForm { most: Some(100), ..ballot(BallotKind::Budget, CANDIDATES) },
            &named,
        ),
    ]
}

fn ended() -> Vec<ProposalView> {
    let decided = |n, title: &str, standing, reason: &str| ProposalView {
        standing,
        reason: reason.to_owned(),
        ballot: None,
        decided_at: Some(at("2026-11-19T18:00:00Z")),
        eligibility: Eligibility { may_vote: false, sentence: "The vote is over.".to_owned(), conditions: Vec::new() },
        ..open(n, title)
    };
    let washer = ProposalView {
        effect: "We bought a second pressure washer for €340.".to_owned(),
        effects: vec![
            effect("Tell #announcements", "announce", "Matrix", EffectState::Done, Some("Sent as $9f3c71ab04de")),
            effect("Write to the treasurer", "notify", "Board", EffectState::Done, None),
        ],
        tally: TallyView {
            n_voted: 37,
            quorum: Some(34),
            threshold_permille: Some(500),
            rows: rows(&[("yes", "Yes", 31.0), ("no", "No", 6.0)]),
            ..open(WASHER, "").tally
        },
        why: vec![step(StepState::Met, "37 voted, 34 were needed.", ""), step(StepState::Met, "31 to 6.", "")],
        ..decided(WASHER, "Buy a second pressure washer", Standing::Passed, "31 to 6, and 34 had to vote.")
    };
    let fees = ProposalView {
        effect: "Late fees stay as they are.".to_owned(),
        why: vec![step(StepState::NotMet, "29 voted, 34 were needed.", "")],
        tally: TallyView {
            n_voted: 29,
            quorum: Some(34),
            rows: rows(&[("yes", "Yes", 20.0), ("no", "No", 9.0)]),
            ..open(FEES, "").tally
        },
        ..decided(FEES, "Double the late fees", Standing::Failed, "29 voted, 34 were needed.")
    };
    let loan = ProposalView {
        is_trial: true,
        effects: vec![effect("Approve the loan", "execute", "Board", EffectState::WouldHave, None)],
        ..decided(LOAN, "A 21 day loan to Beatriz Nogueira", Standing::Passed, "One steward agreed.")
    };
    let invite = ProposalView {
        decided_at: None,
        effects: vec![EffectView {
            attempts: 4,
            at: Some(at("2026-11-22T10:44:00Z")),
            ..effect(
                "Invite the allotment group to #swaps",
                "execute",
                "Matrix",
                EffectState::Retrying,
                Some("502 Bad Gateway"),
            )
        }],
        ..decided(
            INVITE,
            "Invite the allotment group to #swaps",
            Standing::Held,
            "Waiting for Matrix to answer. Nobody needs to do anything.",
        )
    };
    vec![washer, fees, loan, invite, decided(203, "A rule about ladders", Standing::Withdrawn, "Sam took it back.")]
}

/// All of them, open ones first.
pub fn all() -> Vec<ProposalView> {
    let mut change = open(217, "Change policy R-11: long loans need one steward, not two");
    change.tally = TallyView {
        n_voted: 9,
        quorum: Some(34),
        threshold_permille: Some(667),
        rows: rows(&[("yes", "Yes", 8.0), ("no", "No", 1.0)]),
        ..change.tally
    };
    let mut refused = open(235, "Take down a post in #swaps");
    refused.ballot = None;
    refused.eligibility = Eligibility {
        may_vote: false,
        sentence: "You cannot vote here. Three members were drawn by lot, and you were not.".to_owned(),
        conditions: vec![
            step(StepState::Met, "You are a member.", ""),
            step(StepState::NotMet, "You were not drawn.", "from 109 members"),
        ],
    };
    [vec![rename(), sunday(), change, refused], kinds(), ended()].concat()
}

/// A proposal as a card.
pub fn card(view: &ProposalView) -> ProposalCard {
    let mine = match &view.ballot {
        Some(form) if form.mine.is_some() => MyPart::Voted,
        Some(_) => MyPart::NotYet,
        None => MyPart::None,
    };
    ProposalCard {
        id: view.id,
        title: view.title.clone(),
        standing: view.standing,
        is_trial: view.is_trial,
        layer: if view.title.contains("policy") { Layer::Constitution } else { Layer::Platform },
        how: match view.standing {
            Standing::Held => view.reason.clone(),
            _ => view.policy.as_ref().map(|policy| policy.name.clone()).unwrap_or_default(),
        },
        proposer: view.proposer.clone(),
        proposed_at: view.proposed_at,
        closes_at: view.closes_at,
        decided_at: view.decided_at,
        outcome: view.decided_at.map(|_| view.reason.clone()),
        tally: Some(view.tally.clone()),
        mine,
    }
}
