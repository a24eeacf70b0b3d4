use std::io::Cursor;

use sea_orm::{ConnectionTrait, Database};
use serde_json::json;
use store::audit::{AuditQuery, GENESIS};
use store::{Store, read_export, verify};
use types::AuditKind;
use types::audit::{Actor, AuditEntry};

use crate::fixture::{Town, at, found, on_both};

async fn tell(store: &Store, town: &Town, n_entries: i64) -> Vec<AuditEntry> {
    let tx = store.begin().await.unwrap();
    for n in 0..n_entries {
        let body = json!({"z": n, "a": {"y": 0.1 + 0.2, "b": "ü \"quoted\""}});
        let kind = if n % 2 == 0 { AuditKind::BallotCast } else { AuditKind::ActionDecided };
        tx.community(town.id).audit(Actor::Member(town.ada), kind, format!("action:{n}"), body, at(n));
    }
    tx.commit().await.unwrap()
}

fn check(entries: &[AuditEntry]) -> Result<store::Verified, store::Tampered> {
    verify(entries.iter().cloned().map(Ok::<_, String>))
}

async fn all(store: &Store, town: &Town) -> Vec<AuditEntry> {
    store.community(town.id).audit_entries(&AuditQuery { limit: 1000, ..Default::default() }).await.unwrap()
}

on_both!(entries_form_a_chain_that_can_be_checked, |store| {
    let town = found(&store, "fern-valley").await;
    assert_eq!(store.community(town.id).audit_head().await.unwrap().hash, GENESIS);
    let mut told = tell(&store, &town, 3).await;
    told.extend(tell(&store, &town, 4).await);
    let stored = all(&store, &town).await;
    assert_eq!(stored, told, "what commit answers is what is stored");
    let verified = check(&stored).unwrap();
    assert_eq!((verified.first_seq, verified.last_seq), (1, 7));
    assert_eq!(store.community(town.id).audit_head().await.unwrap().hash, verified.head);

    let lines: String = stored.iter().map(|entry| serde_json::to_string(entry).unwrap() + "\n").collect();
    let array = serde_json::to_string_pretty(&stored).unwrap();
    let page = json!({"entries": stored}).to_string();
    for export in [lines, array, page] {
        assert_eq!(verify(read_export(Cursor::new(export.clone()))).unwrap(), verified, "{export}");
    }
    assert!(verify(read_export(Cursor::new("tea".to_owned()))).unwrap_err().what.contains("cannot be read"));
});

on_both!(tampering_is_found, |store| {
    let town = found(&store, "fern-valley").await;
    let other = found(&store, "elsewhere").await;
    let honest = tell(&store, &town, 6).await;
    let tampered = |change: &dyn Fn(&mut Vec<AuditEntry>)| {
        let mut entries = honest.clone();
        change(&mut entries);
        check(&entries).map_err(|error| error.seq)
    };
    assert_eq!(tampered(&|entries| entries[2].body.0["z"] = json!(7)), Err(3), "changed");
    assert_eq!(tampered(&|entries| entries[2].actor = Actor::Operator), Err(3), "by another");
    assert_eq!(tampered(&|entries| entries[2].at = at(99)), Err(3), "at another time");
    assert_eq!(tampered(&|entries| drop(entries.remove(3))), Err(4), "missing");
    assert_eq!(tampered(&|entries| drop(entries.drain(1..4))), Err(2), "truncated in the middle");
    assert_eq!(tampered(&|entries| entries.swap(1, 2)), Err(2), "reordered");
    let twice = |entries: &mut Vec<AuditEntry>| entries.insert(2, entries[1].clone());
    assert_eq!(tampered(&twice), Err(2), "twice");
    let rehashed = |entries: &mut Vec<AuditEntry>| {
        entries[2].body.0["z"] = json!(7);
        entries[2].hash = store::audit::entry_hash(&entries[2]);
    };
    assert_eq!(tampered(&rehashed), Err(4), "changed with a fresh hash breaks the next");
    let foreign = tell(&store, &other, 2).await;
    assert_eq!(tampered(&|entries| entries[1] = foreign[1].clone()), Err(2), "of another community");
    assert!(tampered(&|entries| drop(entries.remove(0))).is_ok(), "an export may begin later, and says so");
    assert_eq!(check(&honest[2..]).unwrap().first_seq, 3);
});

on_both!(the_log_is_filtered_and_paged, |store| {
    let town = found(&store, "fern-valley").await;
    tell(&store, &town, 6).await;
    let here = store.community(town.id);
    let ask = |query: AuditQuery| async move {
        let entries = here.audit_entries(&query).await.unwrap();
        entries.iter().map(|entry| entry.seq).collect::<Vec<_>>()
    };
    let page = AuditQuery { limit: 2, ..Default::default() };
    assert_eq!(ask(AuditQuery { after: 2, ..page.clone() }).await, [3, 4]);
    assert_eq!(ask(AuditQuery { from_end: true, ..page.clone() }).await, [5, 6]);
    assert_eq!(ask(AuditQuery { from_end: true, before: Some(5), ..page.clone() }).await, [3, 4]);
    assert_eq!(ask(AuditQuery { limit: 9, kinds: vec![AuditKind::BallotCast], ..page.clone() }).await, [1, 3, 5]);
    assert_eq!(ask(AuditQuery { subject: Some("action:3".to_owned()), ..page.clone() }).await, [4]);
    assert_eq!(ask(AuditQuery { actor: Some(Actor::Member(town.ada)), ..page.clone() }).await, [1, 2]);
    assert!(ask(AuditQuery { actor: Some(Actor::System), ..page }).await.is_empty());
});

on_both!(many_at_once_leave_no_gap, |store| {
    let town = found(&store, "fern-valley").await;
    let tellers: Vec<_> = (0..8)
        .map(|_| {
            let (store, id, ada) = (store.clone(), town.id, town.ada);
            tokio::spawn(async move {
                for n in 0..5 {
                    let tx = store.begin().await.unwrap();
                    let here = tx.community(id);
                    here.audit(Actor::Member(ada), AuditKind::BallotCast, "proposal:1", json!(n), at(n));
                    tx.commit().await.unwrap();
                }
            })
        })
        .collect();
    for teller in tellers {
        teller.await.unwrap();
    }
    assert_eq!(check(&all(&store, &town).await).unwrap().last_seq, 40);
});

/// What an attacker with the database's password, but not its superuser's, would try.
async fn attack(url: &str) {
    let db = Database::connect(url).await.unwrap();
    for sql in ["UPDATE audit SET body = 'x'", "DELETE FROM audit", "DELETE FROM audit WHERE seq = 1"] {
        let error = db.execute_unprepared(sql).await.unwrap_err().to_string();
        assert!(error.contains("audit entries are never"), "{sql}: {error}");
    }
    db.close().await.unwrap();
}

#[tokio::test]
async fn sqlite_refuses_to_change_the_log() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("polity.db").display());
    let store = Store::open(&url).await.unwrap();
    store.migrate().await.unwrap();
    let town = found(&store, "fern-valley").await;
    tell(&store, &town, 2).await;
    attack(&url).await;
    assert_eq!(all(&store, &town).await.len(), 2);
}

#[tokio::test]
async fn postgres_refuses_to_change_the_log() {
    let Some((store, schema)) = crate::fixture::postgres("audit::postgres_refuses_to_change_the_log").await else {
        return;
    };
    let town = found(&store, "fern-valley").await;
    tell(&store, &town, 2).await;
    attack(&schema.url()).await;
    assert_eq!(all(&store, &town).await.len(), 2);
    store.close().await.unwrap();
    schema.drop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres_tells_other_processes() {
    let Some((store, schema)) = crate::fixture::postgres("audit::postgres_tells_other_processes").await else { return };
    let town = found(&store, "fern-valley").await;
    let other_process = Store::open(&schema.url()).await.unwrap();
    let mut changes = other_process.changes().await.unwrap();
    tell(&store, &town, 2).await;
    // Other tests share the server, and its notifications.
    while !changes.next().await.unwrap().contains(&town.id) {}
    let tx = store.begin().await.unwrap();
    tx.community(town.id).schedule(crate::fixture::id(), "evaluate", "1", at(1));
    tx.commit().await.unwrap();
    while !changes.next().await.unwrap().contains(&town.id) {}
    drop(changes);
    other_process.close().await.unwrap();
    store.close().await.unwrap();
    schema.drop().await;
}
