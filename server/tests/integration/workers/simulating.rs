//! Simulation work in real worker processes: many scenarios in one call, and what a hostile one does to the others.

use std::sync::Arc;
use std::time::Instant;

use server::simulate::lab::{Lab, Series};
use server::simulate::scenario::{Attempted, Bench, Scenario, World};
use server::simulate::work::Detail;
use types::simulation::{Event, FindingCode, Happening};
use types::{Json, OnError, PolicyDraft};

use super::*;

fn scenario(source: &str, votes: usize) -> Scenario {
    let draft = PolicyDraft {
        name: "on trial".to_owned(),
        description: String::new(),
        layer: Layer::Platform,
        kind: types::PolicyKind::Governing,
        action_types: vec!["*".to_owned()],
        source: source.to_owned(),
        settings: Json::default(),
        http_hosts: Vec::new(),
        powers: BTreeSet::new(),
        triggers: Default::default(),
        examples: Vec::new(),
    };
    let world = World { members: (1..=4).map(voter).collect(), ..World::default() };
    let vote = |n: usize| Event {
        at_seconds: 60 * n as u64,
        what: Happening::Ballot { member: format!("m{n}"), value: BallotValue::Yes, reason: None },
    };
    Scenario {
        bench: Arc::new(Bench::alone(&draft, OnError::Hold)),
        world: Arc::new(world),
        attempt: Attempted {
            kind: "board.rename_channel".parse().unwrap(),
            payload: Json(serde_json::json!({ "channel": "general", "name": "hall" })),
            initiator: Some("m1".to_owned()),
            at: Timestamp::from_millis(1_780_000_000_000),
            id: None,
            origin: "web".to_owned(),
            has_happened: false,
            seeds: Vec::new(),
        },
        events: (1..=votes).map(vote).collect(),
        until_seconds: 3_600,
        seed: 1,
    }
}

fn voter(n: u128) -> Member {
    Member {
        id: member(n),
        handle: format!("m{n}"),
        display_name: format!("Member {n}"),
        joined_at: Timestamp::from_millis(1_700_000_000_000),
        roles: Vec::new(),
        is_bot: false,
    }
}

const TWO: &str = "function check(action) { if (action.proposal.yes >= 2) return passed('two') }";

#[tokio::test]
async fn many_scenarios_go_through_in_order() {
    let pool = pool(options(2)).await;
    let lab = Lab { runner: &pool, community: community(1) };
    let mut series = Series::default();
    for n in 0..300 {
        series.add(&scenario(TWO, n % 4));
    }
    let mut told = 0;
    let played = lab.play_all(&series, Detail::Verdict, |done| told = done).await.unwrap();
    assert_eq!((played.len(), told), (300, 300));
    for (n, outcome) in played.iter().enumerate() {
        let expected = if n % 4 >= 2 { Verdict::Passed } else { Verdict::Proposed };
        assert_eq!(outcome.as_ref().unwrap().verdict, expected, "scenario {n}");
    }
    let traced = lab.play(&scenario(TWO, 2), Detail::Traced).await.unwrap();
    let near = server::simulate::receipt::of_outcome(&scenario(TWO, 2), &traced);
    assert_eq!(traced.receipt, Some(near), "anybody gets the same receipt");
    assert!(traced.trace.is_some_and(|trace| trace.agrees && trace.coverage.total > 0));
    let findings = lab.lint("function check() { return PASSD }").await.unwrap();
    assert!(findings.iter().any(|finding| finding.code == FindingCode::MisspeltVerdict));
    pool.shutdown().await;
}

#[tokio::test]
async fn what_only_the_clock_stops_ends_soon_and_alone() {
    let pool = pool(options(2)).await;
    let lab = Lab { runner: &pool, community: community(1) };
    let since = Instant::now();
    let stopped = lab.play(&scenario(ENDLESS, 0), Detail::Traced).await.unwrap();
    assert_eq!(stopped.error.map(|error| error.code).as_deref(), Some("time"));
    assert!(since.elapsed() < Duration::from_secs(10), "{:?}", since.elapsed());
    // In one batch with honest ones, which all come out as they should.
    let mut series = Series::default();
    for n in 0..9 {
        series.add(&scenario(if n == 4 { ENDLESS } else { TWO }, 2));
    }
    let played = lab.play_all(&series, Detail::Verdict, |_| {}).await.unwrap();
    for (n, outcome) in played.iter().enumerate() {
        let outcome = outcome.as_ref().unwrap();
        assert_eq!(outcome.error.is_some(), n == 4, "scenario {n}: {:?}", outcome.error);
    }
    // Decisions go on meanwhile.
    assert_clean(&decide(&pool, community(2), HONEST).await);
    pool.shutdown().await;
}
