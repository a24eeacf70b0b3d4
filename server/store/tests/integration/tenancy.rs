use store::StoreError;
use store::actions::ActionFilter;
use store::audit::AuditQuery;
use store::ballots::CastBallot;
use store::data::DataChange;
use types::member::Role;
use types::{AuditKind, BallotValue, Json, Reads};

use crate::fixture::{at, found, id, on_both, propose};

on_both!(one_community_never_sees_another, |store| {
    let (mine, yours) = (found(&store, "mine").await, found(&store, "yours").await);
    let (action, proposal) = propose(&store, &yours).await;
    let steward = Role { id: id(), name: "Steward".to_owned(), description: String::new(), is_base: false };
    let tx = store.begin().await.unwrap();
    let there = tx.community(yours.id);
    there.add_role(&steward, at(2)).await.unwrap();
    let data = DataChange { owner: action.action.id, key: "k".to_owned(), value: Some(Json(1.into())) };
    there.change_action_data(std::slice::from_ref(&data)).await.unwrap();
    there.audit(types::audit::Actor::System, AuditKind::RoleAdded, "role:1", serde_json::json!({}), at(2));
    tx.commit().await.unwrap();

    let here = store.community(mine.id);
    assert!(here.action(action.action.id).await.unwrap().is_none());
    assert!(here.actions_by_id(&[action.action.id]).await.unwrap().is_empty());
    assert!(here.actions(&ActionFilter { limit: 9, ..Default::default() }).await.unwrap().is_empty());
    assert!(here.proposal(proposal.id).await.unwrap().is_none());
    assert!(here.proposals_of(&[action.action.id]).await.unwrap().is_empty());
    assert!(here.open_proposals_reading(Reads::BALLOTS).await.unwrap().is_empty());
    assert!(here.member(yours.ada).await.unwrap().is_none());
    assert!(here.policy(yours.policy).await.unwrap().is_none());
    assert!(here.policy_versions_by_id(&[yours.version]).await.unwrap().is_empty());
    assert!(here.role_by_name("Steward").await.unwrap().is_none());
    assert!(here.action_data(action.action.id).await.unwrap().is_empty());
    assert!(here.audit_entries(&AuditQuery { limit: 9, ..Default::default() }).await.unwrap().is_empty());
    assert!(here.effects_of(&[action.action.id]).await.unwrap().is_empty());

    let tx = store.begin().await.unwrap();
    let here = tx.community(mine.id);
    let ballot = CastBallot {
        proposal: proposal.id,
        member: mine.ada,
        value: BallotValue::Yes,
        reason: None,
        at: at(20),
        event: None,
    };
    assert!(matches!(here.cast_ballot(&ballot).await, Err(StoreError::Missing("proposal"))));
    assert!(matches!(here.grant_role(steward.id, &[mine.ada], None, at(3)).await, Err(StoreError::Missing("role"))));
    assert!(!here.leave(yours.ada, at(3)).await.unwrap());
    here.change_action_data(&[DataChange { value: Some(Json(2.into())), ..data }]).await.unwrap();
    let mut stolen = action.clone();
    stolen.community = mine.id;
    assert_eq!(tx.system().save_actions(std::slice::from_mut(&mut stolen)).await.unwrap(), [action.action.id]);
    tx.commit().await.unwrap();
    let there = store.community(yours.id);
    assert_eq!(there.action_data(action.action.id).await.unwrap()["k"], Json(1.into()), "not overwritten");
    assert_eq!(there.members().await.unwrap().len(), 3);

    let tx = store.begin().await.unwrap();
    let here = tx.community(yours.id);
    let outsider = here.grant_role(steward.id, &[mine.ada], None, at(3)).await;
    assert!(matches!(outsider, Err(StoreError::Missing("member"))));
});
