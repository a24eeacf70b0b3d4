//! Signed webhooks of a vendor at the pace that we promise: 200 in a second for a minute, each fifth delivered twice, while what
//! they say is understood beside. Prints how soon they were acknowledged, and whether any was lost or counted twice.
//!
//! `cargo bench -p server --bench webhooks`

use std::net::SocketAddr;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use aws_lc_rs::hmac;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Request, header};
use serde_json::json;
use server::config::Config;
use server::ctx::Ctx;
use server::pipeline::{self, Founding};
use server::web::{Web, WebOptions, router};
use server::{boot, jobs};
use store::actions::ActionFilter;
use store::connections::{Connection, ConnectionStatus};
use tokio::sync::watch;
use tower::ServiceExt;
use types::{CommunityId, Json};

/// Deliveries of one second.
const PER_SECOND: u32 = 200;

/// How long.
const SECONDS: u32 = 60;

/// Each of these is delivered twice.
const TWICE: u32 = 5;

/// Workspaces that deliver.
const N_WORKSPACES: u32 = 5;

const SECRET: &str = "the-signing-secret-of-the-bench";

fn main() -> Result<()> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(measure())
}

async fn measure() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let ctx = assemble(&format!("sqlite:{}", folder.path().join("bench.db").display())).await?;
    let mut communities = Vec::new();
    for n in 0..N_WORKSPACES {
        communities.push(workspace(&ctx, n).await?);
    }
    let (stop, stopped) = watch::channel(false);
    let working = tokio::spawn(jobs::run(ctx.clone(), stopped));
    let app = router(Web::new(ctx.clone(), WebOptions::of(&ctx.config, true)));
    let mut beat = tokio::time::interval(Duration::from_secs(1) / PER_SECOND);
    let mut sent = Vec::new();
    let (mut n_events, mut n_deliveries) = (0, 0);
    for n in 0..PER_SECOND * SECONDS {
        beat.tick().await;
        // A repetition comes right behind, as Slack's own first one does.
        let event = if n % TWICE == TWICE - 1 { n_events - 1 } else { n_events };
        n_events = n_events.max(event + 1);
        n_deliveries += 1;
        let (app, request) = (app.clone(), delivery(&ctx, event)?);
        sent.push(tokio::spawn(async move {
            let begun = Instant::now();
            let answer = app.oneshot(request).await;
            (begun.elapsed(), answer.map(|answer| answer.status()))
        }));
    }
    let mut times = Vec::new();
    for one in sent {
        let (took, status) = one.await?;
        anyhow::ensure!(status?.is_success(), "a delivery was not acknowledged");
        times.push(took);
    }
    while !ctx.store.system().waiting_deliveries(1).await?.is_empty() {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let _ = stop.send(true);
    working.await?;
    let mut n_actions = 0;
    for community in communities {
        n_actions += count(&ctx, community).await?;
    }
    anyhow::ensure!(n_actions == n_events, "{n_events} events became {n_actions} actions");
    times.sort_unstable();
    let at = |share: f64| {
        let place = ((times.len() as f64 * share) as usize).min(times.len().saturating_sub(1));
        times.get(place).copied().unwrap_or_default().as_secs_f64() * 1000.0
    };
    println!("| what | budget | measured |\n|---|---|---|");
    println!(
        "| signed webhooks acknowledged, {PER_SECOND} per second for {SECONDS} s, {n_deliveries} deliveries of {n_events} events, \
         none lost or doubled | ≤ 20 ms p99 | {:.2} ms p99, {:.2} ms median |",
        at(0.99),
        at(0.5)
    );
    Ok(())
}

/// All actions of a community, page by page.
async fn count(ctx: &Ctx, community: CommunityId) -> Result<u32> {
    let store = ctx.store.community(community);
    let mut filter = ActionFilter { kind: Some("slack.*".to_owned()), limit: 100, ..ActionFilter::default() };
    let mut n_actions = 0;
    loop {
        let page = store.actions(&filter).await?;
        n_actions += u32::try_from(page.len())?;
        match page.last() {
            Some(last) => filter.after = Some((last.action.created_at, last.action.id)),
            None => return Ok(n_actions),
        }
    }
}

async fn assemble(url: &str) -> Result<Ctx> {
    let variable = |name: &str| match name {
        "POLITY_DATABASE" => Some(url.to_owned()),
        "POLITY_SECRET_KEY" => Some("00".repeat(32)),
        "POLITY_SLACK_CLIENT_ID" | "POLITY_SLACK_CLIENT_SECRET" => Some("bench".to_owned()),
        "POLITY_SLACK_SIGNING_SECRET" => Some(SECRET.to_owned()),
        _ => None,
    };
    let mut config = Config::parse(Path::new("Leptos.toml"), include_str!("../../Leptos.toml"), &variable)?;
    config.workers.program = Some(env!("CARGO_BIN_EXE_polity").into());
    boot::assemble(config, true).await
}

/// A community whose workspace is connected, as an installation leaves it.
async fn workspace(ctx: &Ctx, n: u32) -> Result<CommunityId> {
    let founding = Founding {
        slug: format!("bench{n}").parse().ok().context("a slug")?,
        name: format!("Bench {n}"),
        description: String::new(),
        starter_kit: "open".to_owned(),
        settings: Json(json!({})),
    };
    let community = pipeline::found(ctx, founding).await?;
    let tenant = format!("T{n}");
    let connection = Connection {
        id: ctx.ids.uuid().into(),
        community,
        platform: "slack".to_owned(),
        config: Json(json!({ "tenant": tenant, "own_user": "U0POLITY", "app_id": "A0POLITY" })),
        secrets: None,
        status: ConnectionStatus::Active,
        status_reason: String::new(),
        cursor: None,
        created_at: ctx.clock.now(),
    };
    let tx = ctx.store.begin().await?;
    tx.community(community).add_connection(&connection).await?;
    tx.community(community).set_places(connection.id, &[tenant]).await?;
    tx.commit().await?;
    Ok(community)
}

/// A message in a channel, signed by Slack.
fn delivery(ctx: &Ctx, n: u32) -> Result<Request<Body>> {
    let event = json!({ "type": "message", "channel": "C1", "channel_type": "channel", "user": "U0ADA",
        "text": format!("message {n}"), "ts": format!("{}.000100", 1_700_000_000 + n) });
    let body = json!({ "type": "event_callback", "team_id": format!("T{}", n % N_WORKSPACES), "event_id": format!("Ev{n}"), "event": event });
    let (body, moment) = (body.to_string(), ctx.clock.now().0 / 1000);
    let key = hmac::Key::new(hmac::HMAC_SHA256, SECRET.as_bytes());
    let signature = hmac::sign(&key, format!("v0:{moment}:{body}").as_bytes());
    let signature: String = signature.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    let mut request = Request::post("/hooks/slack")
        .header(header::CONTENT_TYPE, "application/json")
        .header("x-slack-request-timestamp", moment.to_string())
        .header("x-slack-signature", format!("v0={signature}"))
        .body(Body::from(body))?;
    request.extensions_mut().insert(ConnectInfo(SocketAddr::from(([127, 0, 0, 1], 1))));
    Ok(request)
}
