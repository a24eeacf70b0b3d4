//! What a worker may do even if the interpreter were taken over: nothing.

use server::workers::confinement::Layer;
use server::workers::probe::Probe;
use types::decision::ErrorCode;

use super::*;

#[tokio::test]
async fn every_layer_is_on_or_says_why_not() {
    let pool = pool(options(1)).await;
    let layers: Vec<Layer> = pool.layers().iter().map(|report| report.layer).collect();
    for layer in [
        Layer::ParentDeath,
        Layer::NotDumpable,
        Layer::NoNewPrivileges,
        Layer::Landlock,
        Layer::ResourceLimits,
        Layer::SystemCalls,
        Layer::Heap,
        Layer::Watchdog,
    ] {
        assert!(layers.contains(&layer), "{layer:?} is not reported");
    }
    // Old kernels and some containers have no Landlock; all else is everywhere.
    for report in pool.layers().iter().filter(|report| report.layer != Layer::Landlock) {
        assert_eq!(report.problem, None, "{:?} is off", report.layer);
    }
}

/// Each attempt is refused with an error, or is the end of the worker and of nothing else.
#[tokio::test]
async fn no_way_out_of_a_worker() {
    let mut options = options(1);
    // All of a large stack takes a while to fill on a busy machine, and is to be seen to end by itself.
    options.program.wall_limit = Duration::from_secs(2);
    let pool = pool(options).await;
    for probe in [Probe::ReadFile, Probe::WriteFile, Probe::ReadEnvironment] {
        let refusal = pool.probe(probe).await.unwrap().unwrap_err();
        assert!(refusal.contains("Permission denied") || refusal.contains("empty"), "{probe:?}: {refusal}");
    }
    for (probe, expected) in [
        (Probe::Connect, ErrorCode::Crash),
        (Probe::Execute, ErrorCode::Crash),
        (Probe::StartThread, ErrorCode::Crash),
        (Probe::SignalParent, ErrorCode::Crash),
        (Probe::Babble, ErrorCode::Crash),
        (Probe::OverflowStack, ErrorCode::Crash),
        (Probe::TakeMemory, ErrorCode::Memory),
        (Probe::Spin, ErrorCode::Time),
    ] {
        let error = pool.probe(probe).await.expect_err(&format!("{probe:?} succeeded"));
        assert_eq!(error.code, expected, "{probe:?}: {error}");
        assert_clean(&decide(&pool, community(1), HONEST).await);
    }
    pool.shutdown().await;
}
