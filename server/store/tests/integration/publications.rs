use store::publications::Publication;
use types::PublicationId;

use crate::fixture::{at, found, id, on_both};

on_both!(a_published_policy_is_found_used_and_withdrawn, |store| {
    let (mine, yours) = (found(&store, "mine").await, found(&store, "yours").await);
    let policy = store.community(mine.id).policy(mine.policy).await.unwrap().unwrap();
    let publication = Publication {
        id: id::<PublicationId>(),
        community: mine.id,
        policy: policy.id,
        version: policy.version,
        hash: policy.hash.clone(),
        draft: policy.draft.clone(),
        licence: "CC0-1.0".into(),
        credit: String::new(),
        note: "Works for us.".into(),
        forked_from: None,
        created_at: at(5),
        withdrawn_at: None,
    };
    let tx = store.begin().await.unwrap();
    tx.community(mine.id).publish(&publication).await.unwrap();
    tx.commit().await.unwrap();

    let shared = store.system().shared_policies(10).await.unwrap();
    assert_eq!(shared.len(), 1);
    assert_eq!((&shared[0].publication, shared[0].adopted, shared[0].rolled_back), (&publication, 0, 0));
    assert_eq!(store.community(yours.id).publication(publication.id).await.unwrap(), None, "not theirs to amend");

    let tx = store.begin().await.unwrap();
    let there = tx.community(yours.id);
    there.use_publication(publication.id, yours.policy, at(6)).await.unwrap();
    assert!(there.amend_publication(&publication).await.is_err(), "another community's");
    tx.commit().await.unwrap();
    let counts = async || {
        let shared = store.system().shared_policy(publication.id).await.unwrap().unwrap();
        (shared.adopted, shared.rolled_back)
    };
    assert_eq!(counts().await, (1, 0));
    assert_eq!(store.community(yours.id).forked_from(yours.policy).await.unwrap(), Some(publication.id));

    for (ended, expected) in [(Some(at(7)), (1, 1)), (None, (1, 0))] {
        let tx = store.begin().await.unwrap();
        tx.community(yours.id).end_use(yours.policy, ended).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(counts().await, expected);
    }

    let tx = store.begin().await.unwrap();
    let withdrawn = Publication { withdrawn_at: Some(at(9)), ..publication.clone() };
    tx.community(mine.id).amend_publication(&withdrawn).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(store.system().shared_policy(publication.id).await.unwrap(), None);
    assert!(store.system().shared_policies(10).await.unwrap().is_empty());
    assert_eq!(store.community(mine.id).publication_of(policy.id, policy.version).await.unwrap(), Some(withdrawn));
});
