//! How fast the store carries decisions, with nobody deciding: `throughput DATABASE [ACTIONS] [BATCH] [OPEN]`.
//!
//! For each batch: claim jobs, load actions, proposals, ballots and data, then commit what a decision of each writes
//! (action, proposal, decision with a shared fact, effect, two audit entries), and finish the jobs.
//! `OPEN` proposals lie about meanwhile, each with a job far in the future: their number should not matter.

use std::time::Instant;

use serde_json::json;
use store::Store;
use store::communities::Community;
use store::decisions::NewDecision;
use store::effects::{Claim, NewEffect};
use store::jobs::NewJob;
use store::members::NewMember;
use store::policies::{NewVersion, Standing};
use store::proposals::StoredProposal;
use types::audit::Actor;
use types::evaluation::Seed;
use types::{
    Action, ActionId, ActionStatus, AuditKind, CommunityId, Enforcement, Json, Layer, MemberId, OnError, Origin,
    PolicyDraft, PolicyId, PolicyKind, PolicyVersionId, ProposalId, ProposalStatus, Reads, Timestamp,
};
use uuid::Uuid;

const N_COMMUNITIES: usize = 10;
const FAR: i64 = 1_000_000_000;

struct Ids(u64);

impl Ids {
    fn next<T: From<Uuid>>(&mut self) -> T {
        self.0 += 1;
        // Spread like random ids, which is what an index meets in earnest.
        T::from(Uuid::from_u64_pair(self.0.wrapping_mul(0x9e37_79b9_7f4a_7c15), self.0))
    }
}

struct Town {
    id: CommunityId,
    ada: MemberId,
    policy: PolicyId,
    version: PolicyVersionId,
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let url = arguments.next().unwrap_or_else(|| "sqlite::memory:".to_owned());
    let mut number = |default: usize| arguments.next().map_or(Ok(default), |text| text.parse::<usize>());
    let (n_actions, n_batch, n_open) = (number(5_000)?, number(64)?, number(0)?);
    let store = Store::open(&url).await?;
    store.migrate().await?;
    let mut ids = Ids(u64::from(std::process::id()) << 32);
    let towns = found(&store, &mut ids).await?;
    lie_about(&store, &mut ids, &towns, n_open).await?;

    let start = Instant::now();
    for first in (0..n_actions).step_by(n_batch) {
        ingest(&store, &mut ids, &towns, first..n_actions.min(first + n_batch), 0).await?;
    }
    let took = start.elapsed();
    println!("{n_actions} actions taken in: {:.0} per second", n_actions as f64 / took.as_secs_f64());

    let start = Instant::now();
    let (mut n_decided, mut claiming, mut loading, mut writing) = (0, 0.0, 0.0, 0.0);
    loop {
        let claim = Claim {
            owner: "bench".to_owned(),
            now: Timestamp(10),
            leased_until: Timestamp(60_000),
            limit: u32::try_from(n_batch)?,
        };
        let lap = Instant::now();
        let jobs = store.system().claim_jobs(&claim).await?;
        claiming += lap.elapsed().as_secs_f64();
        if jobs.is_empty() {
            break;
        }
        let actions: Vec<ActionId> = jobs.iter().map(|job| job.subject.parse()).collect::<Result<_, _>>()?;
        let lap = Instant::now();
        let tx = store.begin().await?;
        let mut actions = tx.system().load_actions(&actions).await?;
        let ids_of: Vec<ActionId> = actions.iter().map(|stored| stored.action.id).collect();
        let mut proposals = tx.system().load_proposals(&ids_of).await?;
        let proposal_ids: Vec<ProposalId> = proposals.iter().map(|proposal| proposal.id).collect();
        tx.system().load_ballots(&proposal_ids).await?;
        tx.system().load_action_data(&ids_of).await?;
        loading += lap.elapsed().as_secs_f64();
        let lap = Instant::now();
        for (stored, proposal) in actions.iter_mut().zip(&mut proposals) {
            decide(&tx, &mut ids, stored, proposal);
        }
        assert!(tx.system().save_actions(&mut actions).await?.is_empty(), "nobody else is at work");
        tx.system().save_proposals(&proposals).await?;
        let done: Vec<_> = jobs.iter().map(|job| (job.ord, None)).collect();
        tx.system().finish_jobs("bench", &done).await?;
        tx.commit().await?;
        writing += lap.elapsed().as_secs_f64();
        n_decided += actions.len();
    }
    let took = start.elapsed();
    println!("{n_decided} actions decided: {:.0} per second", n_decided as f64 / took.as_secs_f64());
    println!("  claiming {claiming:.2} s, loading {loading:.2} s, writing {writing:.2} s");
    Ok(())
}

async fn found(store: &Store, ids: &mut Ids) -> store::Result<Vec<Town>> {
    let mut towns = Vec::new();
    let tx = store.begin().await?;
    for _ in 0..N_COMMUNITIES {
        let town = Town { id: ids.next(), ada: ids.next(), policy: ids.next(), version: ids.next() };
        let community = Community {
            id: town.id,
            slug: town.id.to_string(),
            name: "Bench".to_owned(),
            description: String::new(),
            starter_kit: "open".to_owned(),
            settings: Json::default(),
            created_at: Timestamp(0),
        };
        tx.system().found(&community).await?;
        let here = tx.community(town.id);
        let ada = NewMember {
            id: town.ada,
            handle: "ada".to_owned(),
            display_name: "Ada".to_owned(),
            is_bot: false,
            account: None,
        };
        here.join(&ada, Timestamp(0)).await?;
        let draft = PolicyDraft {
            name: "Open".to_owned(),
            description: String::new(),
            layer: Layer::Platform,
            kind: PolicyKind::Governing,
            action_types: vec!["*".to_owned()],
            source: "function check() { return PASSED }".to_owned(),
            settings: Json::default(),
            http_hosts: Vec::new(),
            powers: Default::default(),
            examples: Vec::new(),
            triggers: Default::default(),
        };
        let first = NewVersion { id: town.version, draft, hash: "0".repeat(64) };
        let standing =
            Standing { enforcement: Enforcement::Enforced, on_error: OnError::Hold, position: 1, is_active: true };
        here.add_policy(town.policy, &first, standing, None, Timestamp(0)).await?;
        towns.push(town);
    }
    tx.commit().await?;
    Ok(towns)
}

async fn lie_about(store: &Store, ids: &mut Ids, towns: &[Town], n_open: usize) -> store::Result<()> {
    for first in (0..n_open).step_by(1_000) {
        ingest(store, ids, towns, first..n_open.min(first + 1_000), FAR).await?;
    }
    Ok(())
}

/// One transaction: actions with their proposals, an audit entry and a job each.
async fn ingest(
    store: &Store,
    ids: &mut Ids,
    towns: &[Town],
    range: std::ops::Range<usize>,
    run_at: i64,
) -> store::Result<()> {
    let tx = store.begin().await?;
    let (mut actions, mut proposals) = (Vec::new(), Vec::new());
    for (_, town) in range.zip(towns.iter().cycle()) {
        let action = action(ids, town);
        proposals.push(proposal(ids, town, action.id));
        let here = tx.community(town.id);
        let body = json!({"type": action.kind.as_str(), "payload": action.payload});
        let subject = format!("action:{}", action.id);
        here.audit(Actor::Member(town.ada), AuditKind::ActionProposed, subject, body, Timestamp(1));
        tx.system().schedule(NewJob {
            id: ids.next(),
            community: town.id,
            kind: "evaluate".to_owned(),
            subject: action.id.to_string(),
            run_at: Timestamp(run_at),
        });
        actions.push((town.id, action));
    }
    tx.system().insert_actions(&actions).await?;
    tx.system().insert_proposals(&proposals).await?;
    tx.commit().await?;
    Ok(())
}

fn action(ids: &mut Ids, town: &Town) -> Action {
    Action {
        id: ids.next(),
        kind: "board.rename_channel".parse().unwrap_or_else(|_| unreachable!("a well-formed type")),
        initiator: Some(town.ada),
        payload: Json(json!({"channel": "general", "name": "agora"})),
        undo: Json::default(),
        origin: Origin::Web,
        created_at: Timestamp(1),
        activates_at: None,
        bundle: None,
        status: ActionStatus::Proposed,
        reason: String::new(),
        decided_at: None,
    }
}

fn proposal(ids: &mut Ids, town: &Town, action: ActionId) -> StoredProposal {
    StoredProposal {
        community: town.id,
        id: ids.next(),
        action,
        policy: town.policy,
        version: town.version,
        position: 1,
        status: ProposalStatus::Waiting,
        enforcement: Enforcement::Enforced,
        on_error: OnError::Hold,
        reason: String::new(),
        opened_at: Timestamp(1),
        decided_at: None,
        ask: None,
        deadline: None,
        wake_at: None,
        reads: Reads::BALLOTS,
        is_initialized: false,
        is_notified: false,
        wants_execute: false,
        seed: Seed([7; 32]),
        error: None,
        n_decisions: 0,
        stage: None,
    }
}

fn decide(tx: &store::Tx, ids: &mut Ids, stored: &mut store::actions::StoredAction, proposal: &mut StoredProposal) {
    let (now, here) = (Timestamp(2), tx.community(stored.community));
    let fact = here.put_fact("[\"ada\"]".to_owned());
    here.record_decision(NewDecision {
        proposal: proposal.id,
        seq: 1,
        at: now,
        request: Json(json!({"step": "evaluate", "policy": stored.community, "action": stored.action})),
        facts: [("members".to_owned(), fact)].into(),
        evaluation: Json(
            json!({"decided": {"in_scope": true, "verdict": "PASSED", "reason": "", "effects": ["execute"]}}),
        ),
    });
    here.add_effect(NewEffect {
        id: ids.next(),
        action: Some(stored.action.id),
        proposal: Some(proposal.id),
        decision_seq: Some(1),
        kind: "execute".to_owned(),
        body: Json(json!({"execute": {"kind": stored.action.kind, "payload": stored.action.payload}})),
        platform: "board".to_owned(),
        connection: None,
        at: now,
    });
    let body = json!({"verdict": "PASSED", "reason": "everything passes"});
    let subject = format!("proposal:{}", proposal.id);
    here.audit(Actor::Policy("Open".to_owned()), AuditKind::ProposalDecided, subject, body.clone(), now);
    let subject = format!("action:{}", stored.action.id);
    here.audit(Actor::System, AuditKind::ActionDecided, subject, body, now);
    stored.action.status = ActionStatus::Passed;
    stored.action.decided_at = Some(now);
    proposal.status = ProposalStatus::Passed;
    proposal.decided_at = Some(now);
    proposal.n_decisions = 1;
}
