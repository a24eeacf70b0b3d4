//! Nobody waits for somebody else's flood.

use std::sync::Arc;
use std::time::Instant;

use super::hostile::PATIENCE;
use super::*;

/// A policy that takes some milliseconds, as an honest but clumsy one may.
const SLOW: &str = r#"
function check() {
  let sum = 0
  for (let n = 0; n < 30000; n += 1) sum += n
  return sum > 0 ? passed("slow") : FAILED
}
"#;

/// Floods the pool in the name of one community, and answers once all of it waits.
async fn flood(pool: &Arc<WorkerPool>, priority: Priority, n: usize) -> Vec<tokio::task::JoinHandle<Evaluation>> {
    let flood = (0..n)
        .map(|_| {
            let pool = Arc::clone(pool);
            tokio::spawn(async move { pool.evaluate(community(66), priority, &request(SLOW)).await })
        })
        .collect();
    while pool.n_waiting() + 3 < n {
        tokio::task::yield_now().await;
    }
    flood
}

#[tokio::test]
async fn a_community_that_floods_does_not_delay_another() {
    let pool = Arc::new(pool(options(2)).await);
    assert_clean(&decide(&pool, community(1), HONEST).await);
    let flood = flood(&pool, Priority::Deciding, 100).await;
    let before = pool.counts().answered;
    assert_clean(&decide(&pool, community(1), HONEST).await);
    let overtaken_by = pool.counts().answered - before;
    assert!(overtaken_by <= 8, "{overtaken_by} evaluations of the flood went first");
    assert!(pool.n_waiting() > 80, "the flood was over already");
    drop(flood);
    pool.shutdown().await;
}

#[tokio::test]
async fn simulations_give_way_to_decisions() {
    let pool = Arc::new(pool(options(1)).await);
    let flood = flood(&pool, Priority::Simulating, 100).await;
    let before = pool.counts().answered;
    // Even of the community that simulates.
    assert_clean(&decide(&pool, community(66), HONEST).await);
    let overtaken_by = pool.counts().answered - before;
    assert!(overtaken_by <= 3, "{overtaken_by} simulations went first");
    drop(flood);
    pool.shutdown().await;
}

#[tokio::test]
async fn endless_policies_of_one_community_leave_a_worker_to_the_others() {
    let pool = Arc::new(pool(options(2)).await);
    assert_clean(&decide(&pool, community(1), HONEST).await);
    let attack: Vec<_> = (0..12)
        .map(|n| {
            let pool = Arc::clone(&pool);
            let source = format!("{ENDLESS} // {n}");
            tokio::spawn(async move { code(&decide(&pool, community(66), &source).await) })
        })
        .collect();
    let since = Instant::now();
    let (mut n, mut longest) = (0, Duration::ZERO);
    while attack.iter().any(|attempt| !attempt.is_finished()) {
        let asked = Instant::now();
        assert_clean(&decide(&pool, community(1), HONEST).await);
        longest = longest.max(asked.elapsed());
        n += 1;
    }
    for attempt in attack {
        assert_eq!(attempt.await.unwrap(), Some(ErrorCode::Time));
    }
    println!("{n} honest evaluations in {:?} of attack, longest {longest:?}", since.elapsed());
    assert!(n > 12 * 4, "another community got only {n} answers");
    assert!(longest < PATIENCE, "another community waited {longest:?}");
    pool.shutdown().await;
}

#[tokio::test]
async fn a_full_queue_is_no_fault_of_the_policy() {
    let pool = Arc::new(pool(PoolOptions { max_waiting_deciding: 4, ..options(1) }).await);
    let asked: Vec<_> = (0..12)
        .map(|_| {
            let pool = Arc::clone(&pool);
            tokio::spawn(async move { code(&decide(&pool, community(66), SLOW).await) })
        })
        .collect();
    let mut n_refused = 0;
    for asked in asked {
        match asked.await.unwrap() {
            None => {}
            Some(code) => {
                assert_eq!(code, ErrorCode::TooBusy);
                assert!(!code.blames_policy());
                n_refused += 1;
            }
        }
    }
    assert!(n_refused >= 6, "only {n_refused} refused");
    assert_eq!(pool.counts().refused_busy, n_refused);
    pool.shutdown().await;
}
