//! How workers are born and end: always, and in time.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::time::Instant;

use server::workers::probe::Probe;

use super::*;

async fn until_gone(pids: &[u32]) -> bool {
    let since = Instant::now();
    while pids.iter().any(|pid| is_alive(*pid)) {
        if since.elapsed() > Duration::from_secs(5) {
            return false;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    true
}

#[tokio::test]
async fn no_worker_outlives_its_limit() {
    let pool = pool(options(1)).await;
    let pids = pool.pids();
    assert_eq!(pids.len(), 1);
    let since = Instant::now();
    assert_eq!(pool.probe(Probe::Spin).await.unwrap_err().code, ErrorCode::Time);
    assert!(!is_alive(pids[0]), "the worker is still there");
    assert!(since.elapsed() >= WALL_LIMIT);
    assert_clean(&decide(&pool, community(1), HONEST).await);
    assert_ne!(pool.pids(), pids);
    pool.shutdown().await;
}

#[tokio::test]
async fn shutdown_ends_every_worker_and_refuses_work() {
    let pool = pool(options(2)).await;
    assert_clean(&decide(&pool, community(1), HONEST).await);
    let pids = pool.pids();
    pool.shutdown().await;
    assert!(until_gone(&pids).await, "{pids:?} are still there");
    assert_eq!(code(&decide(&pool, community(1), HONEST).await), Some(ErrorCode::TooBusy));
}

#[tokio::test]
async fn a_worker_killed_from_outside_is_replaced_unnoticed() {
    let pool = pool(options(1)).await;
    for _ in 0..3 {
        for pid in pool.pids() {
            let pid = nix::unistd::Pid::from_raw(i32::try_from(pid).unwrap());
            nix::sys::signal::kill(pid, nix::sys::signal::Signal::SIGKILL).unwrap();
        }
        assert_clean(&decide(&pool, community(1), HONEST).await);
    }
    let counts = pool.counts();
    assert_eq!((counts.lost, counts.retried, counts.quarantined), (3, 3, 0));
    pool.shutdown().await;
}

#[tokio::test]
async fn a_worker_is_replaced_after_so_many_calls() {
    let pool = pool(PoolOptions { calls_per_worker: 2, ..options(1) }).await;
    for _ in 0..6 {
        assert_clean(&decide(&pool, community(1), HONEST).await);
    }
    assert!(pool.ping().await.is_some());
    assert_eq!(pool.counts().recycled, 3);
    pool.shutdown().await;
}

#[tokio::test]
async fn the_same_question_has_the_same_answer_in_every_worker() {
    let pool = pool(PoolOptions { calls_per_worker: 3, ..options(2) }).await;
    let source =
        "function check() { return passed(members.sample(5).map(m => m.handle).join() + Math.random() + now) }";
    let first = decide(&pool, community(1), source).await;
    assert_eq!(code(&first), None, "{first:?}");
    for _ in 0..8 {
        assert_eq!(decide(&pool, community(1), source).await, first);
    }
    pool.shutdown().await;
}

/// Set by [`a_parent_that_is_killed_leaves_no_worker_behind`] for the process that it starts.
const PARENT: &str = "POLITY_TEST_PARENT";

/// Not a test by itself: what the parent does that is to be killed. Its worker never reads that the pipe was closed.
#[tokio::test]
async fn parent_role() {
    if std::env::var_os(PARENT).is_none() {
        return;
    }
    let mut options = options(2);
    options.program.wall_limit = Duration::from_secs(120);
    let pool = pool(options).await;
    let busy = pool.probe(Probe::Spin);
    let report = async {
        let pids: Vec<String> = pool.pids().iter().map(u32::to_string).collect();
        println!("pids {}", pids.join(" "));
        std::future::pending::<()>().await;
    };
    let _ = tokio::join!(busy, report);
}

#[tokio::test]
async fn a_parent_that_is_killed_leaves_no_worker_behind() {
    let mut parent = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "workers::life::parent_role", "--nocapture"])
        .env(PARENT, "1")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(parent.stdout.take().unwrap()).lines().map_while(Result::ok);
    let pids = lines.find_map(|line| line.split_once("pids ").map(|(_, pids)| pids.to_owned())).unwrap();
    let pids: Vec<u32> = pids.split(' ').map(|pid| pid.parse().unwrap()).collect();
    assert!(!pids.is_empty() && pids.iter().all(|pid| is_alive(*pid)));
    parent.kill().unwrap();
    parent.wait().unwrap();
    assert!(until_gone(&pids).await, "{pids:?} are still there");
}
