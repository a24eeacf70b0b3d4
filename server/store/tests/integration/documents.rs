use store::StoreError;
use store::incidents::Incident;
use types::{DocumentId, Json};

use crate::fixture::{at, found, id, on_both};

on_both!(documents_keep_every_version, |store| {
    let town = found(&store, "fern-valley").await;
    let charter: DocumentId = id();
    let tx = store.begin().await.unwrap();
    let here = tx.community(town.id);
    here.add_document(charter, "Charter", "We.", None, at(2)).await.unwrap();
    assert_eq!(here.change_document(charter, "The charter", "We all.", None, at(3)).await.unwrap(), 2);
    assert_eq!(here.revisions().await.unwrap().documents, 2);
    tx.commit().await.unwrap();
    let here = store.community(town.id);
    let document = here.document_by_name("The charter").await.unwrap().unwrap();
    assert_eq!((document.text.as_str(), document.version, document.written_at), ("We all.", 2, at(3)));
    let texts: Vec<_> = here.document_versions(charter).await.unwrap().into_iter().map(|v| v.text).collect();
    assert_eq!(texts, ["We all.", "We."]);

    let tx = store.begin().await.unwrap();
    let here = tx.community(town.id);
    here.set_document_active(charter, false, at(4)).await.unwrap();
    assert!(here.documents().await.unwrap().is_empty());
    here.add_document(id(), "The charter", "Another.", None, at(5)).await.unwrap();
    tx.commit().await.unwrap();
    let tx = store.begin().await.unwrap();
    let back = tx.community(town.id).set_document_active(charter, true, at(6)).await;
    assert!(matches!(back, Err(StoreError::Taken(_))));
    drop(tx);
    assert_eq!(store.community(town.id).all_documents().await.unwrap().len(), 2);
});

on_both!(incidents_count_until_resolved, |store| {
    let town = found(&store, "fern-valley").await;
    let tx = store.begin().await.unwrap();
    let here = tx.community(town.id);
    for seconds in [5, 15, 25] {
        let incident = Incident {
            id: id(),
            policy: Some(town.policy),
            version: Some(town.version),
            action: None,
            proposal: None,
            code: "threw".to_owned(),
            message: "members.all is not a function".to_owned(),
            body: Json(serde_json::json!({"line": 3})),
            at: at(seconds),
            resolved_at: None,
        };
        here.open_incident(&incident).await.unwrap();
    }
    assert_eq!(here.count_incidents(town.version, at(10)).await.unwrap(), 2);
    assert_eq!(here.resolve_incidents(town.version, at(30)).await.unwrap(), 3);
    assert_eq!(here.count_incidents(town.version, at(10)).await.unwrap(), 0);
    tx.commit().await.unwrap();
    let latest = &store.community(town.id).incidents(1).await.unwrap()[0];
    assert_eq!((latest.at, latest.resolved_at), (at(25), Some(at(30))));
});
