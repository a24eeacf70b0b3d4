//! What the service tells its operator: lines in a log, and numbers.

use std::sync::OnceLock;

use anyhow::Context;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use tracing_subscriber::EnvFilter;

use crate::config::ServiceConfig;

/// Upper bounds of the histograms of durations.
///
/// # Units
/// Seconds. From one warm evaluation to a request that is in trouble.
const SECONDS: [f64; 12] = [0.000_5, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0];

/// What the libraries say only when they worry, whatever else is logged.
const QUIET: &str = "sqlx=warn,sea_orm=warn,hyper=warn,h2=warn,tower_http=warn";

/// Starts logging to standard error as the operator set it. The second call in one process changes nothing.
///
/// # Errors
/// Where `service.log` is nothing that `tracing` understands.
pub fn start(service: &ServiceConfig) -> anyhow::Result<()> {
    let filter = EnvFilter::try_new(format!("{QUIET},{}", service.log))
        .with_context(|| format!("POLITY_LOG is '{}', which names nothing to log: try info", service.log))?;
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let started = if service.log_as_json {
        lines.json().flatten_event(true).try_init()
    } else {
        lines.with_target(false).try_init()
    };
    // Tests of one process start it more than once.
    drop(started);
    Ok(())
}

/// The numbers of this process, collected from the first call on.
///
/// The recorder of the `metrics` macros is one per process, so this is too.
#[must_use]
pub fn metrics() -> &'static PrometheusHandle {
    static METRICS: OnceLock<PrometheusHandle> = OnceLock::new();
    METRICS.get_or_init(|| {
        let builder = PrometheusBuilder::new();
        let builder = builder
            .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &SECONDS)
            .unwrap_or_else(|_| PrometheusBuilder::new());
        let recorder = builder.build_recorder();
        let handle = recorder.handle();
        if metrics::set_global_recorder(recorder).is_err() {
            tracing::warn!("another recorder of metrics was there first; /metrics will be empty");
        }
        describe();
        handle
    })
}

/// Says in `/metrics` what each number means.
fn describe() {
    metrics::describe_counter!("polity_http_requests_total", "Requests answered, by method, route and status.");
    metrics::describe_histogram!(
        "polity_http_request_seconds",
        "Time from the request's head to the answer's, in seconds."
    );
    metrics::describe_counter!("polity_http_throttled_total", "Requests refused because the caller asked too fast.");
    metrics::describe_gauge!("polity_live_listeners", "Pages that listen for changes.");
    metrics::describe_gauge!(
        "polity_workers",
        "The processes that run policies: requests answered, refused and waiting, workers started and ended, by what."
    );
    metrics::describe_gauge!("polity_process_resident_bytes", "Memory of this process that is in RAM.");
}

/// The numbers as Prometheus reads them, with those of whatever runs policies.
#[must_use]
pub fn render(workers: &[(&'static str, u64)]) -> String {
    let handle = metrics();
    for (what, n) in workers {
        metrics::gauge!("polity_workers", "what" => *what).set(*n as f64);
    }
    if let Some(bytes) = resident_bytes() {
        metrics::gauge!("polity_process_resident_bytes").set(bytes);
    }
    handle.run_upkeep();
    handle.render()
}

/// Memory of this process in RAM, where the system tells.
fn resident_bytes() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
    let kibibytes: u32 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(f64::from(kibibytes) * 1024.0)
}
