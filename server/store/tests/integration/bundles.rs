//! Bundles and their actions; and what of a transaction can be undone alone.

use store::actions::StoredAction;
use store::bundles::{Bundle, Part};
use types::audit::Actor;
use types::evaluation::BundleKind;
use types::{ActionStatus, AuditKind, BundleId, Json};

use crate::fixture::{at, found, id, on_both, propose};

fn part(of: &StoredAction, bundle: BundleId, place: i32, label: &str) -> Part {
    let mut stored = of.clone();
    stored.action.id = id();
    stored.action.bundle = Some(bundle);
    stored.generation = 0;
    stored.pins = None;
    Part { stored, bundle, place, label: label.to_owned(), statement: "because".to_owned(), nominee: None }
}

on_both!(the_actions_of_a_bundle_come_in_the_order_of_the_ballot, |store| {
    let town = found(&store, "fern-valley").await;
    let (action, _) = propose(&store, &town).await;
    let bundle = Bundle {
        id: id(),
        community: town.id,
        kind: BundleKind::Election,
        title: "Choose".to_owned(),
        action: Some(action.action.id),
        created_at: at(1),
    };
    let tx = store.begin().await.unwrap();
    let here = tx.community(town.id);
    here.insert_bundle(&bundle).await.unwrap();
    for (place, label) in [(2, "second"), (1, "first"), (3, "third")] {
        here.add_part(&part(&action, bundle.id, place, label)).await.unwrap();
    }
    tx.commit().await.unwrap();
    let here = store.community(town.id);
    assert_eq!(here.bundle_of_action(action.action.id).await.unwrap(), Some(bundle.clone()));
    let parts = here.parts_of(&[bundle.id]).await.unwrap();
    assert_eq!(parts.iter().map(|part| part.label.as_str()).collect::<Vec<_>>(), ["first", "second", "third"]);
    let one = here.part(parts[0].stored.action.id).await.unwrap();
    assert_eq!(one.as_ref(), Some(&parts[0]));
    assert!(here.part(action.action.id).await.unwrap().is_none(), "the bundle's own action is no part of it");

    let other = found(&store, "moss").await;
    assert!(store.community(other.id).parts_of(&[bundle.id]).await.unwrap().is_empty());
    assert!(store.community(other.id).bundle(bundle.id).await.unwrap().is_none());
    assert!(store.community(other.id).part(parts[0].stored.action.id).await.unwrap().is_none());
});

on_both!(a_savepoint_takes_back_rows_and_what_waits_in_memory, |store| {
    let town = found(&store, "fern-valley").await;
    let (mut action, _) = propose(&store, &town).await;
    let n_before = store.community(town.id).audit_head().await.unwrap().seq;
    let tx = store.begin().await.unwrap();
    let here = tx.community(town.id);
    let tell = |what: &str| {
        here.audit(Actor::System, AuditKind::ActionDecided, what.to_owned(), Json::default(), at(5));
    };
    tell("kept");
    let savepoint = tx.savepoint().await.unwrap();
    tell("taken back");
    action.action.status = ActionStatus::Failed;
    assert!(here.save_action(&mut action).await.unwrap());
    tx.rollback_to(savepoint).await.unwrap();
    let savepoint = tx.savepoint().await.unwrap();
    tell("kept too");
    tx.release(savepoint).await.unwrap();
    tx.commit().await.unwrap();
    let here = store.community(town.id);
    assert_eq!(here.audit_head().await.unwrap().seq, n_before + 2);
    assert_eq!(here.action(action.action.id).await.unwrap().unwrap().action.status, ActionStatus::Proposed);
});
