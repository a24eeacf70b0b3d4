//! Delegations: one for each scope, and every moment can be seen again.

use types::delegation::{Delegation, Scope};

use crate::fixture::{at, found, id, on_both};

on_both!(the_last_delegation_of_a_scope_stands_and_the_past_stays, |store| {
    let town = found(&store, "fern-valley").await;
    let give = |to, scope: Scope, since| Delegation { from: town.ada, to, scope, since: at(since), expires_at: None };
    let tx = store.begin().await.unwrap();
    let here = tx.community(town.id);
    here.delegate(id(), &give(town.ben, Scope::Everything, 10)).await.unwrap();
    here.delegate(id(), &give(town.ben, Scope::Topic("money".into()), 11)).await.unwrap();
    here.delegate(id(), &Delegation { expires_at: Some(at(40)), ..give(town.ben, Scope::Everything, 20) })
        .await
        .unwrap();
    assert!(here.end_delegation(town.ada, &Scope::Topic("money".into()), at(30)).await.unwrap());
    assert!(!here.end_delegation(town.ada, &Scope::Topic("money".into()), at(31)).await.unwrap());
    tx.commit().await.unwrap();
    let here = store.community(town.id);
    let n_at = async |seconds| here.delegations_at(at(seconds)).await.unwrap().len();
    assert_eq!((n_at(9).await, n_at(10).await, n_at(15).await, n_at(25).await), (0, 1, 2, 2));
    assert_eq!((n_at(35).await, n_at(41).await), (1, 0), "taken back, and ended by itself");
    let then = here.delegations_at(at(15)).await.unwrap();
    assert!(then.iter().any(|one| one.scope == Scope::Everything && one.since == at(10)), "{then:?}");
    let other = found(&store, "moss").await;
    assert!(store.community(other.id).delegations_at(at(15)).await.unwrap().is_empty());
});
