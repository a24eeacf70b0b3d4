use std::collections::BTreeSet;

use store::Store;
use store::effects::Claim;
use store::jobs::NewJob;
use types::{CommunityId, ProposalStatus, Timestamp};

use crate::fixture::{at, found, id, on_both, propose};

fn claim(owner: &str, now: Timestamp, limit: u32) -> Claim {
    Claim { owner: owner.to_owned(), now, leased_until: now + std::time::Duration::from_secs(30), limit }
}

async fn schedule(store: &Store, community: CommunityId, subjects: &[&str], run_at: Timestamp) {
    let tx = store.begin().await.unwrap();
    for subject in subjects {
        tx.community(community).schedule(id(), "evaluate", *subject, run_at);
    }
    tx.commit().await.unwrap();
}

on_both!(scheduling_again_moves_a_job_earlier_only, |store| {
    let town = found(&store, "fern-valley").await;
    schedule(&store, town.id, &["a", "a"], at(50)).await;
    schedule(&store, town.id, &["a"], at(90)).await;
    assert_eq!(store.system().next_job_at().await.unwrap(), Some(at(50)));
    schedule(&store, town.id, &["a"], at(20)).await;
    assert_eq!(store.system().next_job_at().await.unwrap(), Some(at(20)));
    assert!(store.system().claim_jobs(&claim("w", at(19), 9)).await.unwrap().is_empty());
    let jobs = store.system().claim_jobs(&claim("w", at(20), 9)).await.unwrap();
    assert_eq!(jobs.len(), 1);
    assert_eq!((jobs[0].subject.as_str(), jobs[0].attempts, jobs[0].community), ("a", 1, town.id));
});

on_both!(a_job_scheduled_while_at_work_runs_again, |store| {
    let town = found(&store, "fern-valley").await;
    schedule(&store, town.id, &["a", "b"], at(10)).await;
    let jobs = store.system().claim_jobs(&claim("w", at(10), 9)).await.unwrap();
    schedule(&store, town.id, &["a"], at(11)).await;
    assert!(store.system().claim_jobs(&claim("v", at(12), 9)).await.unwrap().is_empty(), "both are at work");
    let tx = store.begin().await.unwrap();
    let finished: Vec<_> = jobs.iter().map(|job| (job.ord, None)).collect();
    assert_eq!(tx.system().finish_jobs("w", &finished).await.unwrap(), 2);
    tx.commit().await.unwrap();
    let again = store.system().claim_jobs(&claim("w", at(12), 9)).await.unwrap();
    assert_eq!(again.iter().map(|job| job.subject.as_str()).collect::<Vec<_>>(), ["a"]);
    let tx = store.begin().await.unwrap();
    assert_eq!(tx.system().finish_jobs("w", &[(again[0].ord, None)]).await.unwrap(), 1);
    tx.commit().await.unwrap();
    assert!(store.system().count_jobs().await.unwrap().is_empty());
});

on_both!(a_job_may_ask_to_run_later, |store| {
    let town = found(&store, "fern-valley").await;
    schedule(&store, town.id, &["a", "b"], at(10)).await;
    let jobs = store.system().claim_jobs(&claim("w", at(10), 9)).await.unwrap();
    schedule(&store, town.id, &["b"], at(20)).await;
    let tx = store.begin().await.unwrap();
    let finished: Vec<_> = jobs.iter().map(|job| (job.ord, Some(at(70)))).collect();
    assert_eq!(tx.system().finish_jobs("w", &finished).await.unwrap(), 2);
    tx.commit().await.unwrap();
    let due = store.system().claim_jobs(&claim("w", at(20), 9)).await.unwrap();
    assert_eq!(due.iter().map(|job| job.subject.as_str()).collect::<Vec<_>>(), ["b"], "the earlier moment counts");
    let due = store.system().claim_jobs(&claim("w", at(70), 9)).await.unwrap();
    assert_eq!(due.iter().map(|job| job.subject.as_str()).collect::<Vec<_>>(), ["b", "a"], "and b's lease ran out");
});

on_both!(a_lease_that_ran_out_is_no_longer_the_owners, |store| {
    let town = found(&store, "fern-valley").await;
    schedule(&store, town.id, &["a"], at(10)).await;
    let slow = store.system().claim_jobs(&claim("slow", at(10), 9)).await.unwrap();
    assert_eq!(store.system().next_job_at().await.unwrap(), Some(at(40)), "due when the lease ends");
    let taken = store.system().claim_jobs(&claim("quick", at(41), 9)).await.unwrap();
    assert_eq!(taken[0].attempts, 2);
    let tx = store.begin().await.unwrap();
    assert_eq!(tx.system().finish_jobs("slow", &[(slow[0].ord, None)]).await.unwrap(), 0);
    assert!(!tx.system().retry_job("slow", slow[0].ord, at(50), "late").await.unwrap());
    assert!(tx.system().retry_job("quick", taken[0].ord, at(50), "no network").await.unwrap());
    tx.commit().await.unwrap();
    let retried = store.system().claim_jobs(&claim("w", at(50), 9)).await.unwrap();
    assert_eq!((retried[0].attempts, retried[0].last_error.as_deref()), (3, Some("no network")));
});

on_both!(two_claimers_never_get_the_same_job, |store| {
    let town = found(&store, "fern-valley").await;
    let subjects: Vec<String> = (0..200).map(|n| n.to_string()).collect();
    let subjects: Vec<&str> = subjects.iter().map(String::as_str).collect();
    schedule(&store, town.id, &subjects, at(10)).await;
    let worker = |owner: &'static str| {
        let store = store.clone();
        tokio::spawn(async move {
            let mut mine = Vec::new();
            loop {
                let jobs = store.system().claim_jobs(&claim(owner, at(10), 7)).await.unwrap();
                if jobs.is_empty() {
                    return mine;
                }
                mine.extend(jobs.into_iter().map(|job| job.subject));
            }
        })
    };
    let workers = [worker("one"), worker("two"), worker("three")];
    let mut claimed = Vec::new();
    for worker in workers {
        claimed.extend(worker.await.unwrap());
    }
    assert_eq!(claimed.iter().collect::<BTreeSet<_>>().len(), claimed.len(), "nobody got what another had");
    // A claimer that met another's locks may have gone home early, but nothing is lost.
    claimed
        .extend(store.system().claim_jobs(&claim("last", at(10), 200)).await.unwrap().into_iter().map(|j| j.subject));
    assert_eq!(claimed.len(), 200);
});

on_both!(communities_take_turns, |store| {
    let (busy, quiet) = (found(&store, "busy").await, found(&store, "quiet").await);
    let subjects: Vec<String> = (0..50).map(|n| format!("busy {n}")).collect();
    schedule(&store, busy.id, &subjects.iter().map(String::as_str).collect::<Vec<_>>(), at(1)).await;
    schedule(&store, quiet.id, &["quiet 0", "quiet 1"], at(9)).await;
    let tx = store.begin().await.unwrap();
    let job =
        NewJob { id: id(), community: CommunityId::NIL, kind: "sweep".into(), subject: String::new(), run_at: at(9) };
    tx.system().schedule(job);
    tx.commit().await.unwrap();
    let first = store.system().claim_jobs(&claim("w", at(10), 6)).await.unwrap();
    let of = |community| first.iter().filter(|job| job.community == community).count();
    assert_eq!((of(quiet.id), of(CommunityId::NIL), of(busy.id)), (2, 1, 3));
});

on_both!(what_no_job_would_look_at_is_found, |store| {
    let town = found(&store, "fern-valley").await;
    let (forgotten, mut one) = propose(&store, &town).await;
    let (remembered, mut other) = propose(&store, &town).await;
    (one.status, other.status) = (ProposalStatus::Waiting, ProposalStatus::Waiting);
    let tx = store.begin().await.unwrap();
    tx.system().save_proposals(&[one, other]).await.unwrap();
    tx.community(town.id).schedule(id(), "evaluate", remembered.action.id.to_string(), at(99));
    tx.commit().await.unwrap();
    let found = store.system().forgotten_actions("evaluate", at(50), 9).await.unwrap();
    assert_eq!(found, [(town.id, forgotten.action.id)]);
    assert!(store.system().forgotten_actions("evaluate", at(10), 9).await.unwrap().is_empty(), "too young");
    let due = store.system().job_due_at("evaluate", &remembered.action.id.to_string()).await.unwrap();
    assert_eq!(due, Some(at(99)));
});
