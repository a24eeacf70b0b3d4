//! Looking after connections: whether they still work, tokens that run out, what is to be given back, and sockets that we dial.

use std::time::Duration;

use async_trait::async_trait;
use platforms::{Answer, ApplyError, Connection, Delivery, Ear};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Map, Value, json};
use store::connections::{Connection as Row, ConnectionStatus};
use store::jobs::{Job, NewJob};
use tokio::sync::watch;
use types::audit::Actor;
use types::{AuditKind, CommunityId, ConnectionId, Json, Timestamp};

use super::{joined, purpose};
use crate::ctx::Ctx;
use crate::jobs::backoff;
use crate::pipeline;

/// The kind of job that looks after all connections. There is one for the whole service.
pub const TEND: &str = "tend_connections";

/// How often.
const EVERY: Duration = Duration::from_secs(3600);

/// How long what nothing joined is kept: platforms repeat a delivery for minutes.
const UNJOINED_FOR: Duration = Duration::from_secs(3600);

/// How often giving back is tried before what was granted is only forgotten.
const MOST_FAREWELLS: u32 = 10;

/// Longest pause before a socket is dialled again.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// Makes sure that connections are looked after.
///
/// # Errors
/// The store's failure.
pub async fn schedule(ctx: &Ctx) -> store::Result<()> {
    let tx = ctx.store.begin().await?;
    let run_at = ctx.clock.now() + EVERY;
    let (kind, subject) = (TEND.to_owned(), "service".to_owned());
    tx.system().schedule(NewJob { id: ctx.ids.next(), community: CommunityId::NIL, kind, subject, run_at });
    tx.commit().await?;
    Ok(())
}

/// Looks after every connection, beside the decisions that are due. Answers when to do it again.
pub(crate) fn tend(ctx: &Ctx) -> Option<Timestamp> {
    let beside = ctx.clone();
    tokio::spawn(async move {
        if let Err(error) = tend_all(&beside).await {
            tracing::warn!(error = format!("{error:#}"), "connections could not be looked after");
        }
    });
    Some(ctx.clock.now() + EVERY)
}

/// Looks after every connection.
///
/// # Errors
/// The store's failure.
pub async fn tend_all(ctx: &Ctx) -> anyhow::Result<()> {
    let now = ctx.clock.now();
    for row in ctx.store.system().connections().await? {
        let tx = ctx.store.begin().await?;
        tx.community(row.community).forget_unjoined(row.id, now - UNJOINED_FOR).await?;
        tx.commit().await?;
        if let Err(error) = tend_one(ctx, &row, now).await {
            tracing::warn!(connection.id = %row.id, error = format!("{error:#}"), "a connection could not be looked after");
        }
    }
    Ok(())
}

async fn tend_one(ctx: &Ctx, row: &Row, now: Timestamp) -> anyhow::Result<()> {
    let Some(platform) = ctx.platforms.get(&row.platform) else { return Ok(()) };
    let connection = joined(ctx, row.clone())?;
    let (status, reason, renewed) = match platform.tend(&connection, now).await {
        // What was lacking when it was entered is lacking still.
        Ok(renewed) if row.status == ConnectionStatus::Active => (row.status, row.status_reason.clone(), renewed),
        Ok(renewed) => (ConnectionStatus::Active, String::new(), renewed),
        Err(error) if error.is_retryable() => (ConnectionStatus::Down, error.to_string(), None),
        Err(error) => (ConnectionStatus::Refused, error.to_string(), None),
    };
    let is_news = (status, &reason) != (row.status, &row.status_reason);
    if !is_news && renewed.is_none() {
        return Ok(());
    }
    let tx = ctx.store.begin().await?;
    let handle = tx.community(row.community);
    if let Some(renewed) = renewed {
        let sealed = seal(ctx, row, &renewed)?;
        handle.configure_connection(row.id, &row.config, Some(&sealed)).await?;
    }
    if is_news {
        handle.set_connection_status(row.id, status, &reason).await?;
        let body = Json(json!({ "platform": row.platform, "status": status, "reason": reason }));
        handle.audit(Actor::System, AuditKind::ConnectionChanged, format!("connection:{}", row.id), body, now);
    }
    tx.commit().await?;
    Ok(())
}

/// The connection's secrets with the renewed ones among them, encrypted.
fn seal(ctx: &Ctx, row: &Row, renewed: &std::collections::BTreeMap<String, SecretString>) -> anyhow::Result<Vec<u8>> {
    let mut all = Map::new();
    if let Some(sealed) = &row.secrets {
        let plain = ctx.vault.unseal(&purpose(row.id), sealed)?;
        all = serde_json::from_str(plain.expose_secret())?;
    }
    all.extend(renewed.iter().map(|(name, secret)| (name.clone(), json!(secret.expose_secret()))));
    Ok(ctx.vault.seal(&purpose(row.id), &SecretString::from(Value::Object(all).to_string()))?)
}

/// Gives back what a cut connection was granted, then forgets its tokens. Answers when to try again, if at all.
///
/// # Errors
/// The store's failure.
pub(crate) async fn leave(ctx: &Ctx, job: &Job) -> anyhow::Result<Option<Timestamp>> {
    let Ok(id) = job.subject.parse::<ConnectionId>() else { return Ok(None) };
    let Some(row) = ctx.store.community(job.community).connection(id).await? else { return Ok(None) };
    if let Some(platform) = ctx.platforms.get(&row.platform)
        && row.secrets.is_some()
        && let Err(error) = platform.leave(&joined(ctx, row)?).await
    {
        if error.is_retryable() && job.attempts < MOST_FAREWELLS {
            return Ok(Some(ctx.clock.now() + backoff(job.attempts)));
        }
        tracing::warn!(connection.id = %id, %error, "what was granted could not be given back; it is only forgotten");
    }
    let tx = ctx.store.begin().await?;
    tx.community(job.community).forget_secrets(id).await?;
    tx.commit().await?;
    Ok(None)
}

/// Dials every platform that speaks over a socket of ours, again and again, until `stop` turns true.
pub async fn listen(ctx: Ctx, stop: watch::Receiver<bool>) {
    let dialled = ctx.platforms.all().filter_map(|platform| {
        let service = ctx.platforms.service(platform.name())?;
        platform.dials(service).then(|| keep_listening(ctx.clone(), service.clone(), stop.clone()))
    });
    futures_util::future::join_all(dialled).await;
}

async fn keep_listening(ctx: Ctx, service: Connection, mut stop: watch::Receiver<bool>) {
    let Some(platform) = ctx.platforms.get(&service.platform).cloned() else { return };
    let ear = Listener { ctx: ctx.clone(), platform: service.platform.clone() };
    let mut failures = 0;
    while !*stop.borrow() {
        let cursor = ctx.store.system().setting(&cursor_key(&service.platform)).await.ok().flatten();
        let ended = tokio::select! {
            ended = platform.listen(&service, cursor, &ear) => ended,
            _ = stop.changed() => return,
        };
        let pause = match ended {
            Ok(()) => {
                failures = 0;
                Duration::from_millis(200)
            }
            Err(error) => {
                failures += 1;
                tracing::warn!(platform = service.platform, %error, "a socket ended; dialling again");
                // What only people can mend is tried again all the same, slowly: they may have mended it.
                if error.is_retryable() { backoff(failures).min(LONGEST_PAUSE) } else { LONGEST_PAUSE }
            }
        };
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            _ = stop.changed() => {}
        }
    }
}

/// Where it is kept how far a socket has come.
pub(crate) fn cursor_key(platform: &str) -> String {
    format!("{platform}.cursor")
}

/// Takes in what comes over one socket.
struct Listener {
    ctx: Ctx,
    platform: String,
}

#[async_trait]
impl Ear for Listener {
    async fn hear(&self, delivery: Delivery, cursor: Option<String>) -> Result<Option<Answer>, ApplyError> {
        let lost = |why: String| ApplyError::Retry { after: None, why };
        match pipeline::receive_at(&self.ctx, &self.platform, delivery, cursor).await {
            Ok(answer) => Ok(answer),
            // What cannot be read now cannot be read later: it must not close the socket for all that follows.
            Err(pipeline::ReceiveError::Refused(refused)) => {
                tracing::warn!(platform = self.platform, %refused, "a message of a socket was not understood");
                Ok(None)
            }
            Err(error) => Err(lost(error.to_string())),
        }
    }
}
