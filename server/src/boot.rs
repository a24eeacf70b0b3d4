//! Putting the parts together: what each command of `polity` does.

use std::fs::File;
use std::io::{self, BufReader, IsTerminal};
use std::net::SocketAddr;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use platforms::board::Board;
use store::Store;
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::board::StoredBoard;
use crate::cli::{DatabaseArgs, ServeArgs, VerifyArgs};
use crate::clock::{Clock, DemoClock, IdSource, SystemClock, TimeOrderedIds};
use crate::config::Config;
use crate::ctx::{Ctx, Platforms, Wake};
use crate::live::Live;
use crate::secrets::Vault;
use crate::web::{self, Web, WebOptions};
use crate::workers::{PolicyRunner, WorkerPool};
use crate::{connections, demo, jobs, pipeline, telemetry};

/// The setting under which the demo's clock survives a restart.
const DEMO_CLOCK: &str = "demo.clock_ahead_ms";

/// How long open requests may take to end when the service is stopped.
const GRACE: Duration = Duration::from_secs(10);

/// `polity serve`.
///
/// # Errors
/// Where a part cannot start, naming which and what to do.
pub fn serve(args: &ServeArgs) -> Result<ExitCode> {
    let config = Config::load(args.database.config.as_deref())?.with_flags(args.addr, args.database.database.clone());
    telemetry::start(&config.service)?;
    runtime()?.block_on(serve_until_stopped(config, args.demo))?;
    Ok(ExitCode::SUCCESS)
}

/// `polity migrate`.
///
/// # Errors
/// Where the database cannot be opened or changed.
pub fn migrate(args: &DatabaseArgs) -> Result<ExitCode> {
    let config = Config::load(args.config.as_deref())?.with_flags(None, args.database.clone());
    runtime()?.block_on(async {
        open(&config).await?.close().await?;
        println!("the database is as this version needs it");
        Ok(ExitCode::SUCCESS)
    })
}

/// `polity demo`.
///
/// # Errors
/// Where a part cannot start, or the demo community cannot be founded.
pub fn demo(args: &DatabaseArgs) -> Result<ExitCode> {
    let config = Config::load(args.config.as_deref())?.with_flags(None, args.database.clone());
    runtime()?.block_on(async {
        let ctx = assemble(config, true).await?;
        demo::seed(&ctx).await?;
        println!("the demo community is in the database; look at it with: polity serve --demo");
        Ok(ExitCode::SUCCESS)
    })
}

/// `polity verify`. Needs no database and no configuration.
///
/// # Errors
/// Where the file cannot be read at all.
pub fn verify(args: &VerifyArgs) -> Result<ExitCode> {
    let verified = if args.file == Path::new("-") {
        store::verify(store::read_export(BufReader::new(io::stdin().lock())))
    } else {
        let file = File::open(&args.file).with_context(|| format!("could not open {}", args.file.display()))?;
        store::verify(store::read_export(BufReader::new(file)))
    };
    match verified {
        Ok(whole) => {
            println!(
                "whole: entries {} to {} follow from one another, and nothing was changed\nlast hash: {}",
                whole.first_seq, whole.last_seq, whole.head
            );
            Ok(ExitCode::SUCCESS)
        }
        Err(tampered) => {
            eprintln!("not whole, at entry {}: {}", tampered.seq, tampered.what);
            Ok(ExitCode::FAILURE)
        }
    }
}

/// The asynchronous runtime of a command.
///
/// # Errors
/// Where the system has no threads left.
pub fn runtime() -> Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().context("could not start the asynchronous runtime")
}

/// Opens the database, making its folder and tables where they are missing.
///
/// # Errors
/// Where it cannot be opened or brought to the form that this version needs.
pub async fn open(config: &Config) -> Result<Store> {
    let url = &config.database.url;
    if let Some(folder) = url.strip_prefix("sqlite:").map(Path::new).and_then(Path::parent) {
        std::fs::create_dir_all(folder).with_context(|| format!("could not make the folder {}", folder.display()))?;
    }
    let store = Store::open(url).await.context("could not open the database")?;
    store.migrate().await.context("could not bring the database to the form that this version needs")?;
    Ok(store)
}

/// Puts the parts together.
///
/// # Errors
/// Where one of them cannot start.
pub async fn assemble(config: Config, is_demo: bool) -> Result<Ctx> {
    let store = open(&config).await?;
    let demo = is_demo.then(|| Arc::new(DemoClock::default()));
    let clock: Arc<dyn Clock> = match &demo {
        Some(demo) => Arc::clone(demo) as Arc<dyn Clock>,
        None => Arc::new(SystemClock),
    };
    let ids: Arc<dyn IdSource> = Arc::new(TimeOrderedIds::new(Arc::clone(&clock)));
    let vault = Arc::new(Vault::open(config.secrets.secret_key.as_ref(), &config.database.url)?);
    let pool = WorkerPool::start(&config.workers).await.context("could not start the processes that run policies")?;
    let board = Board::new(Arc::new(StoredBoard::new(store.clone(), Arc::clone(&clock), Arc::clone(&ids))));
    let mut platforms = Platforms::default().with(Arc::new(board));
    platforms = connections::with_services(platforms, &config)?;
    let ctx = Ctx {
        store,
        runner: Arc::new(pool) as Arc<dyn PolicyRunner>,
        clock,
        ids,
        platforms: Arc::new(platforms),
        live: Live::new(),
        config: Arc::new(config),
        vault,
        wake: Wake::default(),
        demo,
        snapshots: Arc::default(),
        hints: Arc::default(),
        intake: Arc::default(),
        outbound: Arc::new(platforms::http::GuardedClient::new()?),
        process: format!("{}-{:08x}", std::process::id(), rand::random::<u32>()).into(),
    };
    restore_demo_clock(&ctx).await?;
    Ok(ctx)
}

async fn serve_until_stopped(config: Config, is_demo: bool) -> Result<()> {
    let addr = config.leptos.site_addr;
    // Before anything is written: a second server on the same address must not touch the database.
    let listener = TcpListener::bind(addr).await.with_context(|| {
        format!("could not listen on {addr}: is something else running there? Choose another with --addr")
    })?;
    let ctx = assemble(config, is_demo).await?;
    if is_demo {
        demo::seed(&ctx).await.context("could not found the demo community")?;
    }
    take_over(&ctx).await?;
    jobs::schedule_sweep(&ctx).await?;
    connections::tend::schedule(&ctx).await?;
    let (stop, stopped) = watch::channel(false);
    let working = tokio::spawn(jobs::run(ctx.clone(), stopped.clone()));
    let listening = tokio::spawn(connections::tend::listen(ctx.clone(), stopped.clone()));
    let options = WebOptions::of(&ctx.config, is_demo);
    for warning in options.warnings() {
        tracing::warn!("{warning}");
    }
    let app = web::router(Web::new(ctx.clone(), options));
    let address = listener.local_addr()?;
    tracing::info!(%address, demo = is_demo, "polity is serving");
    greet(&ctx, is_demo);
    let mut until = stopped.clone();
    let serving = axum::serve(listener, app.into_make_service_with_connect_info::<SocketAddr>())
        .with_graceful_shutdown(async move {
            // The sender lives as long as this function.
            let _ = until.wait_for(|stop| *stop).await;
        });
    let serving = tokio::spawn(serving.into_future());
    wait_for_signal().await;
    tracing::info!("stopping: no new requests; what is under way is finished");
    // Nobody listens when the jobs have failed already.
    let _ = stop.send(true);
    // Live streams never end by themselves; nobody is waited for longer than this.
    let _ = tokio::time::timeout(GRACE, async { tokio::join!(working, listening, serving) }).await;
    let _ = tokio::time::timeout(GRACE, ctx.runner.close()).await;
    ctx.store.close().await?;
    Ok(())
}

/// Takes up what a process that was killed had claimed. On PostgreSQL others may be at work: there a claim simply runs out.
async fn take_over(ctx: &Ctx) -> Result<()> {
    if ctx.store.is_postgres() {
        return Ok(());
    }
    let tx = ctx.store.begin().await?;
    tx.system().release_leases().await?;
    tx.commit().await?;
    Ok(())
}

/// The one line that a person waits for.
fn greet(ctx: &Ctx, is_demo: bool) {
    if io::stdout().is_terminal() {
        let what = if is_demo { "The demo community is at" } else { "Polity is at" };
        println!("\n  {what} {}\n  Stop it with Ctrl-C.\n", ctx.config.public_url());
    }
}

async fn wait_for_signal() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminate) = signal(SignalKind::terminate()) else {
        let _ = tokio::signal::ctrl_c().await;
        return;
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
}

/// Sets the demo's clock to where it was left.
async fn restore_demo_clock(ctx: &Ctx) -> Result<()> {
    let Some(demo) = &ctx.demo else { return Ok(()) };
    let ahead = ctx.store.system().setting(DEMO_CLOCK).await?.and_then(|text| text.parse().ok()).unwrap_or(0);
    demo.advance(Duration::from_millis(ahead));
    Ok(())
}

/// Moves the demo's clock forward, and lets happen everything that falls due, in order of time.
///
/// # Errors
/// Where this is no demo, or the store fails.
pub async fn advance(ctx: &Ctx, by: Duration) -> Result<()> {
    pipeline::pass_time(ctx, by).await?;
    let ahead = ctx.demo.as_ref().map_or(Duration::ZERO, |demo| demo.ahead());
    let tx = ctx.store.begin().await?;
    tx.system().set_setting(DEMO_CLOCK, &ahead.as_millis().to_string()).await?;
    tx.commit().await?;
    Ok(())
}
