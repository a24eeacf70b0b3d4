use crate::fixture::{found, on_both};

on_both!(up_down_and_up_again, |store| {
    store.migrate().await.unwrap();
    store.unmigrate().await.unwrap();
    assert!(store.system().communities().await.is_err(), "the tables are gone");
    store.migrate().await.unwrap();
    let town = found(&store, "fern-valley").await;
    assert_eq!(store.community(town.id).members().await.unwrap().len(), 3);
});

on_both!(two_processes_may_migrate_at_once, |store| {
    store.unmigrate().await.unwrap();
    let (one, other) = tokio::join!(store.migrate(), store.migrate());
    one.unwrap();
    other.unwrap();
    store.system().communities().await.unwrap();
});
