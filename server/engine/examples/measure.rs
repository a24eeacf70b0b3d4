//! What an evaluation costs: `cargo run --release -p engine --example measure`.
//!
//! Wall time on one thread, median and 99th percentile; collection after the reply is not counted, as in the worker.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a measurement may fail loudly")]

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use engine::{Engine, Limits};
use serde_json::json;
use types::ballot::Ballot;
use types::evaluation::{ActionInput, Initiator, PolicyInput, ProposalInput, Seed, Step};
use types::member::{Member, Role};
use types::{
    ActionId, BallotValue, Evaluation, Facts, Json, MemberId, PolicyId, PolicyVersionId, ProposalId, ProposalStatus,
    Request, RoleId, Timestamp,
};

const NOW: Timestamp = Timestamp(1_777_636_800_000);

fn main() {
    let thread = std::thread::Builder::new().stack_size(engine::STACK_BYTES).spawn(measure).unwrap();
    thread.join().unwrap();
}

fn measure() {
    println!("{:<52} {:>10} {:>10} {:>12}", "evaluation", "median µs", "p99 µs", "instructions");
    let mut jury = request("jury", 100, 50);
    jury.proposal.is_initialized = true;
    jury.proposal.is_notified = true;
    let ids: Vec<String> = (0..3).map(|n| member(n).id.to_string()).collect();
    jury.action.data.insert("jury".into(), Json(json!(ids)));
    report("jury, check, 100 members, 50 ballots, warm", &jury, 2_000, true);
    report("jury, check, 100 members, 50 ballots, cold", &jury, 200, false);
    report("jury, first evaluation (draws 3 of 100), warm", &request("jury", 100, 0), 1_000, true);
    let mut filter = request("word-filter", 0, 0);
    filter.step = Step::Filter;
    report("word filter, filter only, warm", &filter, 2_000, true);
    report("everything passes, warm", &request("everything-passes", 0, 0), 2_000, true);
    report("majority, check, 10,000 members, 5,000 ballots, warm", &request("majority", 10_000, 5_000), 100, true);
    let mut predicate = request("everything-passes", 10_000, 0);
    predicate.policy.source =
        "function check() { return members.where(m => m.joinedAt > 5).length > 3 ? PASSED : FAILED }".into();
    report("members.where(predicate) over 10,000 members, warm", &predicate, 30, true);
}

fn report(what: &str, request: &Request, times: usize, is_warm: bool) {
    let mut engine = Engine::new(Limits::default());
    let mut spent: Vec<Duration> = Vec::new();
    let mut instructions = 0;
    for _ in 0..times {
        let request = request.clone();
        if !is_warm {
            engine.forget();
        }
        let start = Instant::now();
        let evaluation = engine.evaluate_owned(request);
        spent.push(start.elapsed());
        match evaluation {
            Evaluation::Decided(decision) => instructions = decision.cost.instructions,
            other => panic!("{what}: {other:?}"),
        }
        engine.collect();
    }
    spent.sort();
    let micros = |at: usize| spent[at.min(spent.len() - 1)].as_secs_f64() * 1e6;
    println!("{what:<52} {:>10.0} {:>10.0} {instructions:>12}", micros(times / 2), micros(times * 99 / 100));
}

fn id(n: u128) -> uuid::Uuid {
    uuid::Uuid::from_u128(n)
}

fn member(n: usize) -> Member {
    Member {
        id: MemberId(id(0x1000_0000 + n as u128)),
        handle: format!("member{n}"),
        display_name: format!("Member number {n}"),
        joined_at: NOW,
        roles: vec![],
        is_bot: false,
    }
}

fn request(slug: &str, n_members: usize, n_ballots: usize) -> Request {
    let policy = engine::shipped::named(slug).unwrap();
    let role = Role { id: RoleId(id(9)), name: "Member".into(), description: String::new(), is_base: true };
    let ballot = |n: usize| Ballot {
        member: Some(member(n).id),
        value: if n.is_multiple_of(3) { BallotValue::No } else { BallotValue::Yes },
        cast_at: NOW,
        reason: None,
    };
    Request {
        step: Step::Evaluate,
        policy: PolicyInput {
            id: PolicyId(id(1)),
            version_id: PolicyVersionId(id(2)),
            version: 1,
            name: policy.name.clone(),
            hash: slug.into(),
            source: policy.source.into(),
            settings: Json(policy.default_settings()),
            powers: [].into(),
            http_hosts: vec![],
        },
        action: ActionInput {
            id: ActionId(id(3)),
            kind: "board.post_message".parse().unwrap(),
            layer: types::Layer::Platform,
            initiator: Some(Initiator {
                id: member(0).id,
                handle: "member0".into(),
                display_name: "Member number 0".into(),
                joined_at: NOW,
                roles: vec!["Member".into()],
            }),
            payload: Json(json!({ "channel": "general", "text": "shall we meet on Tuesday?" })),
            origin: "web".into(),
            has_happened: false,
            created_at: NOW,
            data: BTreeMap::new(),
        },
        proposal: ProposalInput {
            id: ProposalId(id(4)),
            status: ProposalStatus::Proposed,
            opened_at: NOW,
            is_initialized: false,
            is_notified: false,
            ask: None,
            ballots: (0..n_ballots).map(ballot).collect(),
        },
        bundle: None,
        facts: Facts {
            members: Some((0..n_members).map(member).collect()),
            roles: Some(vec![role]),
            ..Facts::default()
        },
        now: NOW,
        seed: Seed([7; 32]),
    }
}
