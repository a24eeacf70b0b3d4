//! Measures what ARCHITECTURE promises, and prints the table of the README. `make bench` runs it; it asserts nothing.
//!
//! Everything is the real thing: worker processes, the router without a socket, SQLite in a file, and PostgreSQL where
//! POLITY_TEST_POSTGRES names one. What a figure means stands beside it.

use std::net::SocketAddr;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Request, header};
use futures_util::future::join_all;
use serde_json::{Value, json};
use server::config::Config;
use server::ctx::Ctx;
use server::pipeline::{self, Attempt, Founding, NewMember};
use server::web::{Web, WebOptions, router};
use server::workers::Priority;
use server::{boot, jobs};
use tokio::sync::watch;
use tower::ServiceExt;
use types::ballot::Ballot;
use types::evaluation::{ActionInput, PolicyInput, ProposalInput, Seed, Step};
use types::member::Member;
use types::{BallotValue, CommunityId, Evaluation, Facts, Json, MemberId, Origin, ProposalStatus, Timestamp, Verdict};

/// What each line of the table says.
struct Row {
    what: &'static str,
    budget: &'static str,
    measured: String,
}

fn main() -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    println!("| what | budget | measured |\n|---|---|---|");
    runtime.block_on(measure())
}

/// Prints a line as soon as it is known: the longest measurement takes minutes.
fn print(row: &Row) {
    println!("| {} | {} | {} |", row.what, row.budget, row.measured);
}

async fn measure() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let sqlite = format!("sqlite:{}", folder.path().join("bench.db").display());
    let ctx = assemble(&sqlite).await?;
    print(&evaluation(&ctx).await?);
    print(&decided(&ctx, "actions decided per second, whole path, SQLite, one process").await?);
    print(&first_page(&ctx).await?);
    if let Ok(url) = std::env::var("POLITY_TEST_POSTGRES") {
        print(&decided(&assemble(&url).await?, "the same, PostgreSQL").await?);
    }
    print(&webhooks(folder.path()).await?);
    print(&memory(folder.path()).await?);
    ticks(folder.path()).await?.iter().for_each(print);
    Ok(())
}

async fn assemble(url: &str) -> Result<Ctx> {
    let program = env!("CARGO_BIN_EXE_polity");
    let variable = |name: &str| match name {
        "POLITY_DATABASE" => Some(url.to_owned()),
        "POLITY_SECRET_KEY" => Some("00".repeat(32)),
        "POLITY_MATRIX_HOMESERVER" => Some("http://127.0.0.1:1".to_owned()),
        "POLITY_MATRIX_SERVER_NAME" => Some("bench.test".to_owned()),
        "POLITY_MATRIX_AS_TOKEN" | "POLITY_MATRIX_HS_TOKEN" => Some("bench".to_owned()),
        _ => None,
    };
    let text = include_str!("../../Leptos.toml");
    let mut config = Config::parse(Path::new("Leptos.toml"), text, &variable)?;
    config.workers.program = Some(program.into());
    boot::assemble(config, true).await
}

/// The value below which `share` of the sorted `times` lie.
fn quantile(times: &mut [Duration], share: f64) -> Duration {
    times.sort_unstable();
    let place = ((times.len() as f64 * share) as usize).min(times.len().saturating_sub(1));
    times.get(place).copied().unwrap_or_default()
}

fn shown(time: Duration) -> String {
    format!("{:.2} ms", time.as_secs_f64() * 1000.0)
}

fn id<T: From<uuid::Uuid>>(n: u128) -> T {
    uuid::Uuid::from_u128(n).into()
}

/// One evaluation of the jury's check: 100 members, 50 ballots, through a warm worker process and back.
async fn evaluation(ctx: &Ctx) -> Result<Row> {
    let jury = engine::shipped::named("jury").context("the jury ships")?;
    let member = |n: u128| Member {
        id: id::<MemberId>(n),
        handle: format!("m{n}"),
        display_name: format!("Member {n}"),
        joined_at: Timestamp(0),
        roles: Vec::new(),
        is_bot: false,
    };
    let ballot = |n: u128| Ballot {
        member: Some(id(n)),
        value: if n.is_multiple_of(3) { BallotValue::No } else { BallotValue::Yes },
        cast_at: Timestamp(n as i64),
        reason: None,
    };
    let jurors: Vec<Value> = (1..=3).map(|n| json!(id::<MemberId>(90 + n))).collect();
    let request = types::Request {
        step: Step::Evaluate,
        policy: PolicyInput {
            id: id(1),
            version_id: id(2),
            version: 1,
            name: jury.name.clone(),
            hash: "bench".to_owned(),
            source: jury.source.to_owned(),
            settings: Json(jury.default_settings()),
            powers: Default::default(),
            http_hosts: Vec::new(),
        },
        action: ActionInput {
            id: id(3),
            kind: "board.rename_channel".parse()?,
            layer: types::Layer::Platform,
            initiator: None,
            payload: Json(json!({ "channel": "general", "name": "plaza" })),
            origin: "web".to_owned(),
            has_happened: false,
            created_at: Timestamp(0),
            data: [("jury".to_owned(), Json(json!(jurors)))].into(),
        },
        proposal: ProposalInput {
            id: id(4),
            status: ProposalStatus::Proposed,
            opened_at: Timestamp(0),
            is_initialized: true,
            is_notified: true,
            ask: None,
            ballots: (1..=50).map(ballot).collect(),
        },
        bundle: None,
        facts: Facts { members: Some((1..=100).map(member).collect()), roles: Some(Vec::new()), ..Facts::default() },
        now: Timestamp(1_000),
        seed: Seed::default(),
    };
    let mut times = Vec::new();
    for round in 0..2_200 {
        let begun = Instant::now();
        let evaluation = ctx.runner.evaluate(CommunityId::NIL, Priority::Deciding, &request).await;
        if round >= 200 {
            times.push(begun.elapsed());
        }
        let Evaluation::Decided(decision) = evaluation else { anyhow::bail!("the jury broke: {evaluation:?}") };
        anyhow::ensure!(decision.verdict == Verdict::Proposed, "the jury has not voted");
    }
    Ok(Row {
        what: "one evaluation of a jury check, 100 members, 50 ballots, warm worker, round trip",
        budget: "≤ 1 ms median",
        measured: format!("{} median, {} p99", shown(quantile(&mut times, 0.5)), shown(quantile(&mut times, 0.99))),
    })
}

/// A community whose board is governed by a policy that passes at once.
async fn community(ctx: &Ctx, slug: &str, n_members: usize) -> Result<(CommunityId, Vec<MemberId>)> {
    let founding = Founding {
        slug: slug.parse()?,
        name: slug.to_owned(),
        description: String::new(),
        starter_kit: "open".to_owned(),
        settings: Json::default(),
    };
    let community = pipeline::found(ctx, founding).await?;
    let mut members = Vec::new();
    for n in 0..n_members {
        let newcomer =
            NewMember { handle: format!("m{n}").parse()?, display_name: format!("Member {n}"), roles: Vec::new() };
        members.push(pipeline::admit(ctx, community, newcomer).await?.id);
    }
    Ok((community, members))
}

async fn attempt(
    ctx: &Ctx,
    community: CommunityId,
    by: MemberId,
    kind: &str,
    payload: Value,
) -> Result<types::ActionId> {
    let attempt = Attempt {
        kind: kind.parse()?,
        payload: Json(payload),
        initiator: by,
        origin: Origin::Api,
        activates_at: None,
        undo: Json::default(),
    };
    Ok(pipeline::attempt(ctx, community, attempt).await?)
}

async fn add_policy(
    ctx: &Ctx,
    community: CommunityId,
    by: MemberId,
    name: &str,
    kind: &str,
    source: &str,
) -> Result<()> {
    let payload = json!({ "name": name, "layer": "platform", "action_types": [kind], "source": source });
    attempt(ctx, community, by, "constitution.add_policy", payload).await?;
    pipeline::run_until_quiet(ctx).await
}

/// Messages governed by one policy that passes at once: attempted, decided, carried out on the board, audited.
async fn decided(ctx: &Ctx, what: &'static str) -> Result<Row> {
    const N: usize = 4_000;
    const CALLERS: usize = 64;
    let (community, members) = community(ctx, &format!("speed-{}", rand::random::<u32>()), 10).await?;
    let source = "function check() { return PASSED }\nfunction pass(action) { action.execute() }";
    let by = *members.first().context("a member")?;
    add_policy(ctx, community, by, "Passes", "board.post_message", source).await?;
    let (stop, stopped) = watch::channel(false);
    let working = tokio::spawn(jobs::run(ctx.clone(), stopped));
    let begun = Instant::now();
    let each = (0..CALLERS).map(async |caller| {
        for n in 0..N / CALLERS {
            let text = format!("message {n} of {caller}");
            attempt(ctx, community, by, "board.post_message", json!({ "channel": "general", "text": text })).await?;
        }
        anyhow::Ok(())
    });
    for done in join_all(each).await {
        done?;
    }
    let count = async || -> Result<i64> {
        let counts = ctx.store.community(community).count_actions().await?;
        Ok(counts.get(&types::ActionStatus::Executed).copied().unwrap_or(0))
    };
    while count().await? < (N / CALLERS * CALLERS) as i64 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let took = begun.elapsed();
    let _ = stop.send(true);
    working.await?;
    let rate = (N / CALLERS * CALLERS) as f64 / took.as_secs_f64();
    Ok(Row { what, budget: "≥ 1,000", measured: format!("{rate:.0} per second, {CALLERS} callers, {N} actions") })
}

/// The community's home, rendered on the server for a visitor.
async fn first_page(ctx: &Ctx) -> Result<Row> {
    let (_, _) = community(ctx, "first-page", 20).await?;
    let app = router(Web::new(ctx.clone(), WebOptions::of(&ctx.config, true)));
    let mut times = Vec::new();
    for round in 0..330 {
        let mut request = Request::get("/c/first-page").header(header::HOST, "127.0.0.1:3000").body(Body::empty())?;
        request.extensions_mut().insert(ConnectInfo(SocketAddr::from(([127, 0, 0, 1], 1))));
        let begun = Instant::now();
        let answer = app.clone().oneshot(request).await?;
        anyhow::ensure!(answer.status().is_success(), "the page answered {}", answer.status());
        axum::body::to_bytes(answer.into_body(), usize::MAX).await?;
        if round >= 30 {
            times.push(begun.elapsed());
        }
    }
    Ok(Row {
        what: "first page, server time, whole body",
        budget: "≤ 15 ms p95",
        measured: format!("{} p95, {} median", shown(quantile(&mut times, 0.95)), shown(quantile(&mut times, 0.5))),
    })
}

/// A tick: 100 ballots have come in, and of all open proposals only those are looked at.
async fn ticks(folder: &Path) -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    let mut small = Duration::ZERO;
    for (n, what) in [
        (1_000, "a tick over 1,000 open proposals of which 100 changed"),
        (100_000, "a tick over 100,000 open proposals of which 100 changed"),
    ] {
        let ctx = assemble(&format!("sqlite:{}", folder.join(format!("tick-{n}.db")).display())).await?;
        let took = tick(&ctx, n).await?;
        let measured = if n == 1_000 {
            small = took;
            shown(took)
        } else {
            format!("{}, {:.2} × the one over 1,000", shown(took), took.as_secs_f64() / small.as_secs_f64())
        };
        rows.push(Row { what, budget: if n == 1_000 { "–" } else { "≤ 1 s and ≤ 2 ×" }, measured });
    }
    Ok(rows)
}

async fn tick(ctx: &Ctx, n_open: usize) -> Result<Duration> {
    let (community, members) = community(ctx, "tick", 5).await?;
    let by = *members.first().context("a member")?;
    let source = "function check(action) { if (action.proposal.yes.length >= 3) return PASSED }\nfunction pass(action) { action.execute() }";
    add_policy(ctx, community, by, "Three yes", "board.set_topic", source).await?;
    let mut open = Vec::with_capacity(n_open);
    for batch in 0..n_open.div_ceil(500) {
        let each = (0..500.min(n_open - batch * 500)).map(|n| {
            let topic = json!({ "channel": "general", "topic": format!("{batch} {n}") });
            attempt(ctx, community, by, "board.set_topic", topic)
        });
        for id in join_all(each).await {
            open.push(id?);
        }
        pipeline::run_until_quiet(ctx).await?;
    }
    let voter = *members.get(1).context("a member")?;
    let store = ctx.store.community(community);
    let mut times = Vec::new();
    for round in 0..5 {
        let some: Vec<_> = open.iter().skip(round).step_by(n_open / 100).take(100).copied().collect();
        for proposal in store.proposals_of(&some).await? {
            let value = if round.is_multiple_of(2) { BallotValue::Yes } else { BallotValue::No };
            let cast = pipeline::Cast { proposal: proposal.id, member: voter, value, reason: None, event: None };
            pipeline::cast(ctx, community, cast).await?;
        }
        let begun = Instant::now();
        let mut decided = 0;
        loop {
            let n = pipeline::decide_due(ctx).await?;
            if n == 0 {
                break;
            }
            decided += n;
        }
        times.push(begun.elapsed());
        anyhow::ensure!(decided == 100, "{decided} actions were looked at, not the 100 that changed");
    }
    Ok(quantile(&mut times, 0.5))
}

/// Deliveries of a homeserver, 200 in a second: verified, written down, acknowledged.
async fn webhooks(folder: &Path) -> Result<Row> {
    const PER_SECOND: u32 = 200;
    const SECONDS: u32 = 10;
    let ctx = assemble(&format!("sqlite:{}", folder.join("hooks.db").display())).await?;
    let (community, members) = community(&ctx, "hooks", 3).await?;
    let by = *members.first().context("a member")?;
    let rooms = json!({ "platform": "matrix", "config": { "rooms": ["!bench:bench.test"] } });
    attempt(&ctx, community, by, "constitution.add_connection", rooms).await?;
    pipeline::decide_due(&ctx).await?;
    let app = router(Web::new(ctx.clone(), WebOptions::of(&ctx.config, true)));
    let mut beat = tokio::time::interval(Duration::from_secs(1) / PER_SECOND);
    let mut sent = Vec::new();
    for n in 0..PER_SECOND * SECONDS {
        beat.tick().await;
        let event = json!({ "events": [{ "type": "m.room.message", "room_id": "!bench:bench.test", "event_id": format!("$e{n}"),
            "sender": "@ada:bench.test", "origin_server_ts": 1_780_000_000_000_u64 + u64::from(n),
            "content": { "msgtype": "m.text", "body": format!("message {n}") } }] });
        let mut request = Request::put(format!("/_matrix/app/v1/transactions/{n}"))
            .header(header::AUTHORIZATION, "Bearer bench")
            .header(header::CONTENT_TYPE, "application/json")
            .body(Body::from(event.to_string()))?;
        request.extensions_mut().insert(ConnectInfo(SocketAddr::from(([127, 0, 0, 1], 1))));
        let app = app.clone();
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
    let waiting = ctx.store.system().waiting_deliveries(u32::MAX).await?.len();
    anyhow::ensure!(waiting == times.len(), "{waiting} of {} deliveries were written down", times.len());
    Ok(Row {
        what: "webhook acknowledged, 200 per second for 10 s, none lost",
        budget: "≤ 20 ms p99",
        measured: format!("{} p99, {} median", shown(quantile(&mut times, 0.99)), shown(quantile(&mut times, 0.5))),
    })
}

/// What the process holds when a thousand communities were visited and nothing happens.
async fn memory(folder: &Path) -> Result<Row> {
    let url = format!("sqlite:{}", folder.join("idle.db").display());
    let ctx = assemble(&url).await?;
    for n in 0..1_000 {
        community(&ctx, &format!("c{n}"), 0).await?;
    }
    drop(ctx);
    let port = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
    let mut child = tokio::process::Command::new(env!("CARGO_BIN_EXE_polity"))
        .args(["serve", "--addr", &format!("127.0.0.1:{port}"), "--database", &url])
        .env("POLITY_OPERATOR_TOKEN", "bench")
        .env("POLITY_SECRET_KEY", "00".repeat(32))
        .env("POLITY_LOG", "error")
        .kill_on_drop(true)
        .spawn()?;
    let pid = child.id().context("the server runs")?;
    tokio::time::sleep(Duration::from_secs(5)).await;
    let mut total = resident_kib(pid);
    for worker in children_of(pid) {
        total += resident_kib(worker);
    }
    child.kill().await?;
    Ok(Row {
        what: "memory, idle, 1,000 communities, server and workers together",
        budget: "≤ 300 MB",
        measured: format!("{} MB resident", total / 1024),
    })
}

/// Resident memory of a process, in KiB; 0 where the system does not tell.
fn resident_kib(pid: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").trim().parse().ok()).unwrap_or(0)
}

fn children_of(pid: u32) -> Vec<u32> {
    let listed = std::fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap_or_default();
    listed.split_whitespace().filter_map(|child| child.parse().ok()).collect()
}
