use types::{DraftId, Json};

use crate::fixture::{at, found, id, on_both};

on_both!(drafts_keep_their_versions_and_stay_in_their_community, |store| {
    let town = found(&store, "fern-valley").await;
    let other = found(&store, "elsewhere").await;
    let member = town.ada;
    let draft: DraftId = id();
    let body = |text: &str| Json(serde_json::json!({ "source": text }));

    let tx = store.begin().await.unwrap();
    let here = tx.community(town.id);
    here.add_draft(draft, member, "A jury", &body("one"), at(1)).await.unwrap();
    assert_eq!(here.add_draft_version(draft, "A jury", &body("two"), at(2)).await.unwrap(), 2);
    assert!(here.rewrite_draft(draft, 2, "Juries", &body("three"), at(3)).await.unwrap());
    here.share_draft(draft, "hash").await.unwrap();
    let there = tx.community(other.id);
    assert_eq!(there.add_draft_version(draft, "Mine", &body("stolen"), at(4)).await.unwrap(), 0);
    assert!(!there.rewrite_draft(draft, 2, "Mine", &body("stolen"), at(4)).await.unwrap());
    there.share_draft(draft, "stolen").await.unwrap();
    there.delete_draft(draft).await.unwrap();
    tx.commit().await.unwrap();

    let here = store.community(town.id);
    let head = here.draft(draft).await.unwrap().unwrap();
    assert_eq!(
        (head.title.as_str(), head.version, head.share_hash.as_deref(), head.updated_at),
        ("Juries", 2, Some("hash"), at(3))
    );
    let texts: Vec<_> = here.draft_versions(draft, 9).await.unwrap().into_iter().map(|v| (v.version, v.body)).collect();
    assert_eq!(texts, [(2, body("three")), (1, body("one"))]);
    assert_eq!(here.drafts_of(member).await.unwrap(), [head]);
    assert!(store.community(other.id).draft(draft).await.unwrap().is_none());
    assert!(store.community(other.id).draft_versions(draft, 9).await.unwrap().is_empty());

    let tx = store.begin().await.unwrap();
    tx.community(town.id).forget_draft_versions(draft, 1).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(store.community(town.id).draft_versions(draft, 9).await.unwrap().len(), 1);
    let tx = store.begin().await.unwrap();
    tx.community(town.id).delete_draft(draft).await.unwrap();
    tx.commit().await.unwrap();
    assert!(store.community(town.id).draft(draft).await.unwrap().is_none());
});
