//! Measures the studio's promises: a verdict on each pause in typing, and a backtest of ten thousand actions.
//!
//! Part of `make bench`; prints lines of the same table as `budgets`, and asserts nothing.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use futures_util::future::join_all;
use serde_json::{Value, json};
use server::config::Config;
use server::ctx::Ctx;
use server::pipeline::{self, Attempt, Founding, NewMember};
use server::simulate::backtest::{Backtesting, backtest};
use server::simulate::history::History;
use server::simulate::lab::Lab;
use server::simulate::work::Detail;
use server::simulate::{draft, trial};
use server::views::sentence::Names;
use server::{boot, jobs};
use tokio::sync::watch;
use types::simulation::{DraftInput, TrialInput};
use types::{CommunityId, Json, MemberId, Origin};

/// What members vote on in both measurements.
const TWO: &str = "function initialize() { ask('everyone', { text: 'Shall it?', closes: days(1) }) }
function check(action) {
  const yes = action.proposal.ballots({ value: true }).length
  if (yes >= 2) return passed(`${yes} agreed`)
  if (action.proposal.hasElapsed(days(1))) return failed('too few agreed')
}
function pass(action) { action.execute() }";

fn main() -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    println!("| what | budget | measured |\n|---|---|---|");
    runtime.block_on(measure())
}

async fn measure() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let ctx = assemble(&format!("sqlite:{}", folder.path().join("studio.db").display())).await?;
    println!("{}", keystrokes(&ctx).await?);
    println!("{}", past(&ctx).await?);
    Ok(())
}

async fn assemble(url: &str) -> Result<Ctx> {
    let program = env!("CARGO_BIN_EXE_polity");
    let variable = |name: &str| match name {
        "POLITY_DATABASE" => Some(url.to_owned()),
        "POLITY_SECRET_KEY" => Some("00".repeat(32)),
        _ => None,
    };
    let mut config = Config::parse(Path::new("Leptos.toml"), include_str!("../../Leptos.toml"), &variable)?;
    config.workers.program = Some(program.into());
    boot::assemble(config, true).await
}

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

async fn attempt(ctx: &Ctx, community: CommunityId, by: MemberId, kind: &str, payload: Value) -> Result<()> {
    let attempt = Attempt {
        kind: kind.parse()?,
        payload: Json(payload),
        initiator: by,
        origin: Origin::Api,
        activates_at: None,
        undo: Json::default(),
    };
    pipeline::attempt(ctx, community, attempt).await?;
    Ok(())
}

/// What the server takes for one pause in typing: a new text each time, 50 members, three votes, lines and values.
async fn keystrokes(ctx: &Ctx) -> Result<String> {
    let (community, _) = community(ctx, "keys", 50).await?;
    let lab = Lab { runner: &*ctx.runner, community };
    let (snapshot, world) = trial::present(ctx, community).await?;
    let vote = |at: u64, member: &str| json!({ "at_seconds": at, "kind": "ballot", "member": member, "value": true });
    let mut times = Vec::new();
    for round in 0..330 {
        let input: TrialInput = serde_json::from_value(json!({
            "policy": { "source": format!("{TWO}\n// keystroke {round}") },
            "action": { "type": "board.rename_channel", "payload": { "channel": "general", "name": "hall" }, "initiator": "m0" },
            "events": [vote(60, "m1"), vote(120, "m2")], "detail": true,
        }))?;
        let begun = Instant::now();
        let scenario = trial::scenario(input, &snapshot, world.clone(), ctx.clock.now())?;
        let outcome = lab.play(&scenario, Detail::Traced).await?;
        anyhow::ensure!(outcome.verdict == types::Verdict::Passed && outcome.trace.is_some(), "{outcome:?}");
        if round >= 30 {
            times.push(begun.elapsed());
        }
    }
    times.sort_unstable();
    let at = |share: usize| times.get(times.len().saturating_sub(1) * share / 100).copied().unwrap_or_default();
    let shown = |time: Duration| format!("{:.1} ms", time.as_secs_f64() * 1000.0);
    Ok(format!(
        "| studio: a keystroke's verdict with lines and values, server part | ≤ 100 ms p95 | {} p95, {} median |",
        shown(at(95)),
        shown(at(50))
    ))
}

/// Ten thousand decided actions, of which every tenth was voted on, under a draft that differs.
async fn past(ctx: &Ctx) -> Result<String> {
    const N: usize = 10_000;
    const CALLERS: usize = 64;
    let (community, members) = community(ctx, "past", 20).await?;
    let by = *members.first().context("a member")?;
    let policy = |name: &str, kind: &str, source: &str| json!({ "name": name, "layer": "platform", "action_types": [kind], "source": source });
    let passes = "function check() { return PASSED }\nfunction pass(action) { action.execute() }";
    attempt(ctx, community, by, "constitution.add_policy", policy("Posts", "board.post_message", passes)).await?;
    pipeline::run_until_quiet(ctx).await?;
    let (stop, stopped) = watch::channel(false);
    let working = tokio::spawn(jobs::run(ctx.clone(), stopped));
    let each = (0..CALLERS).map(async |caller| {
        for n in 0..N.div_ceil(CALLERS) {
            let payload = json!({ "channel": "general", "text": format!("message {n} of {caller}") });
            attempt(ctx, community, by, "board.post_message", payload).await?;
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
    while count().await? < N as i64 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let _ = stop.send(true);
    working.await?;

    let (snapshot, present) = trial::present(ctx, community).await?;
    let words = "function check(action) { return /message 7\\b/.test(action.text) ? FAILED : PASSED }\nfunction pass(action) { action.execute() }";
    let input = DraftInput { policy: Json(json!({ "source": words })), replaces: Some("Posts".to_owned()) };
    let proposed = draft::read(input, &snapshot)?;
    let begun = Instant::now();
    let history = History::load(&ctx.store.community(community), None).await?;
    let loaded = begun.elapsed();
    let (lab, names) = (Lab { runner: &*ctx.runner, community }, Arc::new(Names::default()));
    let testing =
        Backtesting { lab, snapshot: &snapshot, present: &present, history: &history, draft: &proposed, names: &names };
    let mut first = None;
    let found = backtest(&testing, |_| drop(first.get_or_insert_with(|| begun.elapsed()))).await?;
    anyhow::ensure!(found.counts.add_up() && found.counts.differ > 0, "{:?}", found.counts);
    Ok(format!(
        "| studio: a backtest of {} actions | ≤ 10 s | {:.1} s, of which {:.1} s to load the past; {} differ |",
        found.counts.total,
        begun.elapsed().as_secs_f64(),
        loaded.as_secs_f64(),
        found.counts.differ
    ))
}
