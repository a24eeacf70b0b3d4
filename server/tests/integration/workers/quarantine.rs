//! A policy version that had to be stopped again and again is set aside, for its community, for a while.

use std::time::Instant;

use super::*;

fn strict(set_aside_for: Duration) -> PoolOptions {
    let strikes = StrikeRule { n_strikes: 3, within: Duration::from_secs(300), set_aside_for };
    PoolOptions { strikes, ..options(1) }
}

#[tokio::test]
async fn a_version_is_set_aside_after_three_strikes() {
    let pool = pool(strict(Duration::from_secs(600))).await;
    for _ in 0..3 {
        assert_eq!(code(&decide(&pool, community(1), ENDLESS).await), Some(ErrorCode::Time));
    }
    let since = Instant::now();
    let Evaluation::Broke(error) = decide(&pool, community(1), ENDLESS).await else { panic!("not refused") };
    assert_eq!(error.code, ErrorCode::Quarantined);
    assert!(error.message.contains("set aside for 10 more min"), "{error}");
    assert!(since.elapsed() < WALL_LIMIT, "it was run before it was refused");
    assert_eq!(pool.counts().quarantined, 1);

    // Another policy of the same community, the same policy elsewhere, and simulating it: none of them is set aside.
    assert_clean(&decide(&pool, community(1), HONEST).await);
    assert_eq!(code(&decide(&pool, community(2), ENDLESS).await), Some(ErrorCode::Time));
    let simulated = pool.evaluate(community(1), Priority::Simulating, &request(ENDLESS)).await;
    assert_eq!(code(&simulated), Some(ErrorCode::Time));
    pool.shutdown().await;
}

#[tokio::test]
async fn a_version_is_released_and_then_on_probation() {
    let pool = pool(strict(Duration::from_millis(300))).await;
    for _ in 0..3 {
        decide(&pool, community(1), ENDLESS).await;
    }
    assert_eq!(code(&decide(&pool, community(1), ENDLESS).await), Some(ErrorCode::Quarantined));
    tokio::time::sleep(Duration::from_millis(350)).await;
    assert_eq!(code(&decide(&pool, community(1), ENDLESS).await), Some(ErrorCode::Time));
    assert_eq!(code(&decide(&pool, community(1), ENDLESS).await), Some(ErrorCode::Quarantined));
    pool.shutdown().await;
}
