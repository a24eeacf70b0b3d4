use store::actions::{ActionFilter, Insertion, Pin, Pins};
use store::data::DataChange;
use store::decisions::NewDecision;
use store::{Result, Store};
use types::{ActionStatus, Combining, Enforcement, Json, OnError, Origin, ProposalStatus, Reads};

use crate::fixture::{Town, action, at, found, id, on_both, propose};

on_both!(an_event_becomes_one_action, |store| {
    let town = found(&store, "fern-valley").await;
    let origin = Origin::Platform { connection: id(), event: "$1:hs".to_owned(), happened: true };
    let mut first = action(town.ada, 10);
    first.origin = origin.clone();
    let mut again = action(town.ada, 11);
    again.origin = origin;
    let tx = store.begin().await.unwrap();
    let batch = [(town.id, first.clone()), (town.id, again.clone())];
    let answers = tx.system().insert_actions(&batch).await.unwrap();
    assert_eq!(answers, [Insertion::New(first.id), Insertion::Existing(first.id)]);
    assert_eq!(tx.community(town.id).insert_action(&again).await.unwrap(), Insertion::Existing(first.id));
    tx.commit().await.unwrap();
    let all = store.community(town.id).actions(&ActionFilter { limit: 10, ..Default::default() }).await.unwrap();
    assert_eq!(all.len(), 1);
    assert!(all[0].action.origin.has_happened());
});

on_both!(only_one_of_two_who_read_the_same_wins, |store| {
    let town = found(&store, "fern-valley").await;
    let (read, _) = propose(&store, &town).await;
    let decide = |status| {
        let (store, mut mine) = (store.clone(), read.clone());
        tokio::spawn(async move {
            let tx = store.begin().await?;
            mine.action.status = status;
            let won = tx.community(mine.community).save_action(&mut mine).await?;
            if won { tx.commit().await.map(|_| true) } else { tx.rollback().await.map(|()| false) }
        })
    };
    let (one, other): (Result<bool>, Result<bool>) = {
        let (one, other) = (decide(ActionStatus::Passed), decide(ActionStatus::Failed));
        (one.await.unwrap(), other.await.unwrap())
    };
    let (one, other) = (one.unwrap(), other.unwrap());
    assert!(one != other, "one wins: {one} {other}");
    let stored = store.community(town.id).action(read.action.id).await.unwrap().unwrap();
    assert_eq!(stored.action.status, if one { ActionStatus::Passed } else { ActionStatus::Failed });
    assert_eq!(stored.generation, 1);
});

on_both!(a_decision_is_recorded_once_with_its_facts, |store| {
    let town = found(&store, "fern-valley").await;
    let (mut read, mut proposal) = propose(&store, &town).await;
    let tx = store.begin().await.unwrap();
    let here = tx.community(town.id);
    let hash = here.put_fact("[\"ada\"]".to_owned());
    let decision = NewDecision {
        proposal: proposal.id,
        seq: 1,
        at: at(20),
        request: Json(serde_json::json!({"step": "evaluate"})),
        facts: [("members".to_owned(), hash.clone())].into(),
        evaluation: Json(serde_json::json!({"decided": true})),
    };
    here.record_decision(decision.clone());
    here.change_action_data(&[
        DataChange { owner: read.action.id, key: "jury".to_owned(), value: Some(Json(serde_json::json!([1]))) },
        DataChange { owner: read.action.id, key: "jury".to_owned(), value: Some(Json(serde_json::json!([2]))) },
    ])
    .await
    .unwrap();
    proposal.status = ProposalStatus::Passed;
    proposal.n_decisions = 1;
    proposal.decided_at = Some(at(20));
    tx.system().save_proposals(std::slice::from_ref(&proposal)).await.unwrap();
    read.pins = Some(Pins {
        combining: Combining::DenyOverrides,
        policies: vec![Pin {
            policy: town.policy,
            version: town.version,
            enforcement: Enforcement::Enforced,
            on_error: OnError::Hold,
            stage: None,
        }],
    });
    assert!(here.save_action(&mut read).await.unwrap());
    tx.commit().await.unwrap();

    let here = store.community(town.id);
    let recorded = here.decisions(proposal.id).await.unwrap();
    assert_eq!((recorded.len(), &recorded[0].evaluation), (1, &decision.evaluation));
    assert_eq!(here.facts(&[&hash]).await.unwrap()[&hash], "[\"ada\"]");
    assert_eq!(here.action_data(read.action.id).await.unwrap()["jury"], Json(serde_json::json!([2])));
    assert_eq!(here.proposal(proposal.id).await.unwrap().unwrap(), proposal);
    assert_eq!(here.action(read.action.id).await.unwrap().unwrap(), read);

    let tx = store.begin().await.unwrap();
    tx.community(town.id).record_decision(decision);
    assert!(tx.commit().await.is_err(), "the same decision twice");
});

on_both!(lists_are_filtered_and_paged_newest_first, |store| {
    let town = found(&store, "fern-valley").await;
    let all = many(&store, &town).await;
    let here = store.community(town.id);
    let mut seen = Vec::new();
    let mut filter = ActionFilter { limit: 3, kind: Some("board.*".to_owned()), ..Default::default() };
    loop {
        let page = here.actions(&filter).await.unwrap();
        let Some(last) = page.last() else { break };
        filter.after = Some((last.action.created_at, last.action.id));
        seen.extend(page.iter().map(|stored| stored.action.id));
    }
    let mut expected: Vec<_> = all.iter().map(|action| (action.created_at, action.id)).collect();
    expected.sort_unstable();
    expected.reverse();
    assert_eq!(seen, expected.into_iter().map(|(_, id)| id).collect::<Vec<_>>());
    let held = ActionFilter { limit: 9, statuses: vec![ActionStatus::Held], ..Default::default() };
    assert!(here.actions(&held).await.unwrap().is_empty());
    let by_ben = ActionFilter { limit: 9, initiator: Some(town.ben), since: Some(at(10)), ..Default::default() };
    assert_eq!(here.actions(&by_ben).await.unwrap().len(), 3);
    let other = ActionFilter { limit: 9, kind: Some("board.post_message".to_owned()), ..Default::default() };
    assert!(here.actions(&other).await.unwrap().is_empty());
    assert_eq!(here.count_actions().await.unwrap()[&ActionStatus::Proposed], 7);
    assert_eq!(store.system().load_actions(&[all[0].id, all[1].id, all[2].id]).await.unwrap().len(), 3);
});

async fn many(store: &Store, town: &Town) -> Vec<types::Action> {
    let all: Vec<_> = (0..7).map(|n| action(if n < 4 { town.ada } else { town.ben }, 10 + n / 2)).collect();
    let tx = store.begin().await.unwrap();
    let batch: Vec<_> = all.iter().map(|action| (town.id, action.clone())).collect();
    assert_eq!(tx.system().insert_actions(&batch).await.unwrap().len(), 7);
    tx.commit().await.unwrap();
    all
}

on_both!(a_change_concerns_those_who_read_it, |store| {
    let town = found(&store, "fern-valley").await;
    let (first, mut members_too) = propose(&store, &town).await;
    let (_, _ballots_only) = propose(&store, &town).await;
    members_too.reads = Reads::BALLOTS.with(Reads::MEMBERS);
    let tx = store.begin().await.unwrap();
    tx.system().save_proposals(std::slice::from_ref(&members_too)).await.unwrap();
    tx.commit().await.unwrap();
    let here = store.community(town.id);
    assert_eq!(here.open_proposals_reading(Reads::MEMBERS).await.unwrap(), [first.action.id]);
    assert_eq!(here.open_proposals_reading(Reads::BALLOTS).await.unwrap().len(), 2);
    assert!(here.open_proposals_reading(Reads::HTTP).await.unwrap().is_empty());
    assert_eq!(here.open_proposals(10).await.unwrap().len(), 2);

    let mut decided = first;
    decided.action.status = ActionStatus::Passed;
    let tx = store.begin().await.unwrap();
    tx.community(town.id).save_action(&mut decided).await.unwrap();
    tx.commit().await.unwrap();
    assert!(store.community(town.id).open_proposals_reading(Reads::MEMBERS).await.unwrap().is_empty());
});
