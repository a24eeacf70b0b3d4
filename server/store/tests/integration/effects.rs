use store::effects::{Claim, EffectOutcome, EffectStatus, NewEffect};
use types::{ActionId, EffectId, Json, Timestamp};

use crate::fixture::{Town, at, found, id, on_both, propose};

fn effect(action: Option<ActionId>, kind: &str) -> NewEffect {
    NewEffect {
        id: id(),
        action,
        proposal: None,
        decision_seq: None,
        kind: kind.to_owned(),
        body: Json(serde_json::json!({"what": kind})),
        platform: "board".to_owned(),
        connection: None,
        at: at(20),
    }
}

fn claim(now: Timestamp) -> Claim {
    Claim { owner: "w".to_owned(), now, leased_until: now + std::time::Duration::from_secs(30), limit: 10 }
}

async fn add(store: &store::Store, town: &Town, effects: Vec<NewEffect>) -> Vec<EffectId> {
    let tx = store.begin().await.unwrap();
    let ids = effects.iter().map(|effect| effect.id).collect();
    for effect in effects {
        tx.community(town.id).add_effect(effect);
    }
    tx.commit().await.unwrap();
    ids
}

async fn finish(store: &store::Store, outcomes: &[(EffectId, EffectOutcome)], now: Timestamp) -> Vec<EffectId> {
    let tx = store.begin().await.unwrap();
    let lost = tx.system().finish_effects("w", outcomes, now).await.unwrap();
    tx.commit().await.unwrap();
    lost
}

fn delivered() -> EffectOutcome {
    EffectOutcome::Delivered { receipt: Json(serde_json::json!({"ok": true})), external: Some("$msg".to_owned()) }
}

on_both!(effects_of_one_action_are_done_in_order, |store| {
    let town = found(&store, "fern-valley").await;
    let (action, _) = propose(&store, &town).await;
    let mine = Some(action.action.id);
    let ids = add(&store, &town, vec![effect(mine, "revert"), effect(mine, "execute"), effect(None, "notify")]).await;
    assert!(store.system().claim_effects(&claim(at(19))).await.unwrap().is_empty(), "not due yet");
    assert_eq!(store.system().next_effect_at().await.unwrap(), Some(at(20)));
    let first = store.system().claim_effects(&claim(at(20))).await.unwrap();
    assert_eq!(first.iter().map(|effect| effect.id).collect::<Vec<_>>(), [ids[0], ids[2]], "execute waits for revert");
    assert_eq!((first[0].community, first[0].attempts), (town.id, 1));

    let retry = EffectOutcome::Retry { at: at(25), error: "503".to_owned() };
    assert!(finish(&store, &[(ids[0], retry), (ids[2], delivered())], at(21)).await.is_empty());
    assert!(store.system().claim_effects(&claim(at(22))).await.unwrap().is_empty(), "still waits");
    assert_eq!(store.system().next_effect_at().await.unwrap(), Some(at(25)), "not when the one that waits was due");
    let again = store.system().claim_effects(&claim(at(25))).await.unwrap();
    assert_eq!((again.len(), again[0].attempts, again[0].error.as_deref()), (1, 2, Some("503")));
    finish(&store, &[(ids[0], EffectOutcome::Failed { error: "gone".to_owned() })], at(26)).await;
    let last = store.system().claim_effects(&claim(at(26))).await.unwrap();
    assert_eq!(last[0].id, ids[1], "what was given up holds nothing up");
    finish(&store, &[(ids[1], delivered())], at(27)).await;
    let here = store.community(town.id);
    let all = here.effects_of(&[action.action.id]).await.unwrap();
    assert_eq!(all.iter().map(|e| e.status).collect::<Vec<_>>(), [EffectStatus::Failed, EffectStatus::Delivered]);
    assert_eq!(here.effect_by_receipt("board", "$msg").await.unwrap().unwrap().id, ids[2], "the latest of that id");
    assert_eq!(here.failed_effects(5).await.unwrap().len(), 1);
    assert_eq!(store.system().next_effect_at().await.unwrap(), None);
});

on_both!(a_lease_is_held_by_one, |store| {
    let town = found(&store, "fern-valley").await;
    let ids = add(&store, &town, (0..60).map(|_| effect(None, "notify")).collect()).await;
    let worker = |owner: &'static str| {
        let store = store.clone();
        tokio::spawn(async move {
            let mut mine = Vec::new();
            loop {
                let claim = Claim { owner: owner.to_owned(), limit: 5, ..claim(at(30)) };
                let effects = store.system().claim_effects(&claim).await.unwrap();
                if effects.is_empty() {
                    return mine;
                }
                mine.extend(effects.into_iter().map(|effect| effect.id));
            }
        })
    };
    let (one, two) = (worker("one"), worker("two"));
    let mut claimed = one.await.unwrap();
    claimed.extend(two.await.unwrap());
    claimed.extend(
        store.system().claim_effects(&Claim { limit: 60, ..claim(at(30)) }).await.unwrap().into_iter().map(|e| e.id),
    );
    claimed.sort_unstable();
    let mut all = ids;
    all.sort_unstable();
    assert_eq!(claimed, all, "each once");
});

on_both!(who_lost_the_lease_cannot_finish, |store| {
    let town = found(&store, "fern-valley").await;
    let ids = add(&store, &town, vec![effect(None, "notify")]).await;
    store.system().claim_effects(&claim(at(20))).await.unwrap();
    let other = Claim { owner: "other".to_owned(), ..claim(at(60)) };
    assert_eq!(store.system().claim_effects(&other).await.unwrap().len(), 1);
    assert_eq!(finish(&store, &[(ids[0], delivered())], at(61)).await, ids);
});

on_both!(effects_are_cancelled_and_revived, |store| {
    let town = found(&store, "fern-valley").await;
    let (action, _) = propose(&store, &town).await;
    let mine = Some(action.action.id);
    let ids = add(&store, &town, vec![effect(mine, "notify"), effect(mine, "execute")]).await;
    store.system().claim_effects(&claim(at(20))).await.unwrap();
    let tx = store.begin().await.unwrap();
    let here = tx.community(town.id);
    assert_eq!(here.cancel_effects(action.action.id, at(21)).await.unwrap(), 1, "not the one at work");
    tx.commit().await.unwrap();
    finish(&store, &[(ids[0], EffectOutcome::Failed { error: "gone".to_owned() })], at(22)).await;
    let tx = store.begin().await.unwrap();
    assert!(tx.community(town.id).revive_effect(ids[0], at(23)).await.unwrap());
    assert!(!tx.community(town.id).revive_effect(ids[1], at(23)).await.unwrap());
    tx.commit().await.unwrap();
    assert_eq!(store.system().claim_effects(&claim(at(23))).await.unwrap().len(), 1);
});
