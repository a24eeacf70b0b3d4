use store::connections::{Connection, ConnectionStatus};
use store::inbox::Delivery;
use store::members::Identity;
use types::{ConnectionId, Json};

use crate::fixture::{at, found, id, on_both};

fn connection(platform: &str) -> Connection {
    Connection {
        id: id(),
        community: id(),
        platform: platform.to_owned(),
        config: Json(serde_json::json!({"rooms": ["!a"]})),
        secrets: Some(vec![1, 2, 3]),
        status: ConnectionStatus::Active,
        status_reason: String::new(),
        cursor: None,
        created_at: at(2),
    }
}

on_both!(a_place_is_governed_by_one_community, |store| {
    let (mine, yours) = (found(&store, "mine").await, found(&store, "yours").await);
    let (ours, theirs) = (connection("matrix"), connection("matrix"));
    let tx = store.begin().await.unwrap();
    let here = tx.community(mine.id);
    here.add_connection(&ours).await.unwrap();
    here.set_places(ours.id, &["!a".to_owned(), "!b".to_owned()]).await.unwrap();
    here.set_places(ours.id, &["!b".to_owned(), "!c".to_owned()]).await.unwrap();
    here.set_connection_status(ours.id, ConnectionStatus::Down, "no answer").await.unwrap();
    here.set_cursor(ours.id, "s42").await.unwrap();
    tx.community(yours.id).add_connection(&theirs).await.unwrap();
    tx.commit().await.unwrap();

    let found = store.system().connection_of_place("matrix", "!b").await.unwrap().unwrap();
    assert_eq!((found.id, found.community, found.cursor.as_deref()), (ours.id, mine.id, Some("s42")));
    assert_eq!((found.status, found.secrets.as_deref()), (ConnectionStatus::Down, Some(&[1, 2, 3][..])));
    assert!(!format!("{found:?}").contains("secrets"), "nothing secret is shown");
    assert!(store.system().connection_of_place("matrix", "!a").await.unwrap().is_none());
    assert_eq!(store.community(mine.id).places(ours.id).await.unwrap(), ["!b", "!c"]);
    assert_eq!(store.system().connections_to("matrix").await.unwrap().len(), 2);

    let tx = store.begin().await.unwrap();
    let taken = tx.community(yours.id).set_places(theirs.id, &["!b".to_owned()]).await;
    assert!(matches!(taken, Err(store::StoreError::Taken(_))));
    tx.rollback().await.unwrap();
    let tx = store.begin().await.unwrap();
    assert!(!tx.community(yours.id).remove_connection(ours.id, at(9)).await.unwrap(), "not theirs to cut");
    assert!(tx.community(mine.id).remove_connection(ours.id, at(9)).await.unwrap());
    tx.community(yours.id).set_places(theirs.id, &["!b".to_owned()]).await.unwrap();
    tx.commit().await.unwrap();
    assert!(store.community(mine.id).connections().await.unwrap().is_empty());
    assert!(store.community(mine.id).connection(ours.id).await.unwrap().unwrap().secrets.is_none());
});

on_both!(a_delivery_is_kept_once_until_understood, |store| {
    let delivery = |name: &str| Delivery {
        ord: 0,
        source: "matrix".to_owned(),
        delivery: name.to_owned(),
        connection: None::<ConnectionId>,
        body: b"{}".to_vec(),
        received_at: at(3),
    };
    let tx = store.begin().await.unwrap();
    assert!(tx.system().receive(&delivery("t1")).await.unwrap());
    assert!(tx.system().receive(&delivery("t2")).await.unwrap());
    assert!(!tx.system().receive(&delivery("t1")).await.unwrap());
    tx.commit().await.unwrap();
    let waiting = store.system().waiting_deliveries(9).await.unwrap();
    assert_eq!(waiting.iter().map(|d| d.delivery.as_str()).collect::<Vec<_>>(), ["t1", "t2"]);
    assert_eq!(waiting[0].body, b"{}");
    let tx = store.begin().await.unwrap();
    assert_eq!(tx.system().waiting_deliveries(1).await.unwrap().len(), 1);
    tx.system().mark_processed(&[waiting[0].ord], None, at(4)).await.unwrap();
    assert!(!tx.system().receive(&delivery("t1")).await.unwrap(), "known although understood");
    tx.commit().await.unwrap();
    assert_eq!(store.system().waiting_deliveries(9).await.unwrap().len(), 1);
    let tx = store.begin().await.unwrap();
    assert_eq!(tx.system().forget_deliveries(at(5)).await.unwrap(), 1);
    tx.commit().await.unwrap();
});

on_both!(a_user_of_a_platform_is_one_member, |store| {
    let town = found(&store, "fern-valley").await;
    let mut ada = Identity {
        id: id(),
        platform: "matrix".to_owned(),
        external_id: "@ada:hs".to_owned(),
        display_name: "Ada".to_owned(),
        connection: None,
        account: None,
        member: None,
    };
    let tx = store.begin().await.unwrap();
    tx.community(town.id).put_identity(&ada, at(3)).await.unwrap();
    ada.member = Some(town.ada);
    let again = Identity { id: id(), ..ada.clone() };
    tx.community(town.id).put_identity(&again, at(4)).await.unwrap();
    tx.commit().await.unwrap();
    let here = store.community(town.id);
    assert_eq!(here.identity("matrix", "@ada:hs").await.unwrap().unwrap(), ada, "the first id stays");
    assert_eq!(here.identities_of("matrix", &[town.ada, town.ben]).await.unwrap(), [ada.clone()]);
    assert_eq!(here.identities(town.ada).await.unwrap(), [ada]);
    assert!(here.identity("slack", "@ada:hs").await.unwrap().is_none());
});
