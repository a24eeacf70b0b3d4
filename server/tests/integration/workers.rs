//! The pool with real worker processes: what policies cannot do, and what becomes of those that try.

mod confinement;
mod fairness;
mod hostile;
mod life;
mod quarantine;
mod simulating;

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::time::Duration;

use server::workers::process::Program;
use server::workers::strikes::StrikeRule;
use server::workers::{PolicyRunner, PoolOptions, Priority, WorkerPool};
use sha2::{Digest, Sha256};
use types::ballot::{Ballot, BallotValue};
use types::decision::ErrorCode;
use types::effect::Power;
use types::evaluation::{ActionInput, Initiator, PolicyInput, ProposalInput, Seed, Step};
use types::member::Member;
use types::{
    ActionId, CommunityId, Evaluation, Facts, Layer, MemberId, PolicyId, PolicyVersionId, ProposalId, ProposalStatus,
    Request, Timestamp, Verdict,
};
use uuid::Uuid;

/// The limit of one evaluation, as shipped.
const WALL_LIMIT: Duration = Duration::from_millis(250);

/// A policy that decides at once, and notices if anything that another policy did is still there.
const HONEST: &str = r#"
let calls = 0
function check(action) {
  calls += 1
  if (calls !== 1) return failed("a variable survived")
  for (const key in {}) return failed("a property appeared on every object: " + key)
  for (const name of ["leaked", "polluted", "stolen"]) {
    if (globalThis[name] !== undefined || ({})[name] !== undefined) return failed(name + " survived")
  }
  if ([3, 1, 2].sort().map(n => n * 2).join() !== "2,4,6") return failed("arrays are not what they were")
  if (JSON.stringify({ a: [1, "x"] }) !== '{"a":[1,"x"]}') return failed("JSON is not what it was")
  if (members.count !== 40) return failed("members are not what they were")
  return passed("clean")
}
"#;

/// A policy that only the clock can stop: the interpreter counts a regular expression as one step.
const ENDLESS: &str = r#"function check() { return /(a+)+$/.test("a".repeat(60) + "!") ? PASSED : FAILED }"#;

fn program() -> Program {
    Program { path: PathBuf::from(env!("CARGO_BIN_EXE_polity")), heap_limit_bytes: 96 << 20, wall_limit: WALL_LIMIT }
}

fn options(n_workers: usize) -> PoolOptions {
    PoolOptions {
        program: program(),
        n_workers: NonZeroUsize::new(n_workers).unwrap(),
        strikes: StrikeRule { n_strikes: 1_000, ..StrikeRule::default() },
        max_waiting_deciding: 1_000,
        max_waiting_simulating: 1_000,
        calls_per_worker: 50_000,
    }
}

async fn pool(options: PoolOptions) -> WorkerPool {
    WorkerPool::start_with(options).await.unwrap()
}

fn community(n: u128) -> CommunityId {
    CommunityId(Uuid::from_u128(n))
}

fn member(n: u128) -> MemberId {
    MemberId(Uuid::from_u128(n))
}

/// A rename, forty members, ten ballots.
fn request(source: &str) -> Request {
    let now = Timestamp::from_millis(1_780_000_000_000);
    let members = (1..=40).map(|n| Member {
        id: member(n),
        handle: format!("m{n}"),
        display_name: format!("Member {n}"),
        joined_at: now,
        roles: Vec::new(),
        is_bot: false,
    });
    let ballots = (1..=10).map(|n| Ballot {
        member: Some(member(n)),
        value: if n % 2 == 0 { BallotValue::Yes } else { BallotValue::No },
        cast_at: now,
        reason: None,
    });
    Request {
        step: Step::Evaluate,
        policy: PolicyInput {
            id: PolicyId(Uuid::from_u128(1)),
            version_id: PolicyVersionId(Uuid::from_u128(2)),
            version: 1,
            name: "under test".to_owned(),
            hash: format!("{:x?}", Sha256::digest(source.as_bytes())),
            source: source.to_owned(),
            settings: serde_json::json!({ "size": 3, "yes": 2, "days": 2 }).into(),
            powers: BTreeSet::from(Power::ALL),
            http_hosts: Vec::new(),
        },
        action: ActionInput {
            id: ActionId(Uuid::from_u128(3)),
            kind: "board.rename_channel".to_owned().try_into().unwrap(),
            layer: Layer::Platform,
            initiator: Some(Initiator {
                id: member(1),
                handle: "m1".to_owned(),
                display_name: "Member 1".to_owned(),
                joined_at: now,
                roles: Vec::new(),
            }),
            payload: serde_json::json!({ "channel": "general", "name": "commons" }).into(),
            origin: "web".to_owned(),
            has_happened: false,
            created_at: now,
            data: BTreeMap::new(),
        },
        proposal: ProposalInput {
            id: ProposalId(Uuid::from_u128(4)),
            status: ProposalStatus::Proposed,
            opened_at: now,
            is_initialized: true,
            is_notified: true,
            ask: None,
            ballots: ballots.collect(),
        },
        bundle: None,
        facts: Facts {
            members: Some(members.collect()),
            roles: Some(Vec::new()),
            documents: Some(Vec::new()),
            policies: Some(Vec::new()),
            policy_data: Some(BTreeMap::new()),
            ..Facts::default()
        },
        now,
        seed: Seed([7; 32]),
    }
}

async fn decide(pool: &WorkerPool, community: CommunityId, source: &str) -> Evaluation {
    pool.evaluate(community, Priority::Deciding, &request(source)).await
}

fn code(evaluation: &Evaluation) -> Option<ErrorCode> {
    match evaluation {
        Evaluation::Broke(error) => Some(error.code),
        Evaluation::Decided(_) | Evaluation::NeedsFacts(_) => None,
    }
}

#[track_caller]
fn assert_clean(evaluation: &Evaluation) {
    let Evaluation::Decided(decision) = evaluation else { panic!("not decided: {evaluation:?}") };
    assert_eq!((decision.verdict, decision.reason.as_str()), (Verdict::Passed, "clean"));
}

/// Whether a process exists, other than as an entry that its parent has not read yet.
fn is_alive(pid: u32) -> bool {
    let stat = std::fs::read_to_string(Path::new("/proc").join(pid.to_string()).join("stat")).unwrap_or_default();
    stat.rsplit(") ").next().is_some_and(|rest| !rest.is_empty() && !rest.starts_with('Z'))
}
