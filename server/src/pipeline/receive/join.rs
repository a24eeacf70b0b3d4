//! Joining events that belong together, in whatever order they come.

use std::time::Duration;

use serde_json::Value;
use store::connections::Connection as Row;
use types::platform::PlatformEvent;
use types::{CommunityId, ConnectionId, Json, Timestamp};

use crate::ctx::Ctx;

/// How long a doing of ours may take to be heard: Slack tries to deliver it for six minutes.
const ECHO_WITHIN: Duration = Duration::from_secs(600);

/// Whether an event is our own doing under somebody else's name: one that was written down before it was asked for, and that
/// no other event was recognised by. Never by comparing what was said.
pub(super) async fn is_our_own(
    ctx: &Ctx,
    community: CommunityId,
    connection: ConnectionId,
    echo: Option<&str>,
    event: &str,
) -> anyhow::Result<bool> {
    let Some(echo) = echo else { return Ok(false) };
    let tx = ctx.store.begin().await?;
    let since = ctx.clock.now() - ECHO_WITHIN;
    let is_ours = tx.community(community).is_echo(connection, echo, event, since).await?;
    tx.commit().await?;
    Ok(is_ours)
}

/// What undoing needs, with the value that stood there before where the platform itself never tells it.
pub(super) async fn with_before(
    ctx: &Ctx,
    community: CommunityId,
    connection: ConnectionId,
    mut undo: Json,
) -> anyhow::Result<Json> {
    let Some(key) = undo.text("kept").map(str::to_owned) else { return Ok(undo) };
    let before = ctx.store.community(community).platform_value(connection, &key).await?;
    if let (Value::Object(fields), Some(before)) = (&mut undo.0, before) {
        fields.insert("before".to_owned(), before.0);
    }
    Ok(undo)
}

/// Remembers a value as it now is.
pub(super) async fn know(
    ctx: &Ctx,
    community: CommunityId,
    connection: ConnectionId,
    key: &str,
    value: &Json,
    at: Timestamp,
) -> anyhow::Result<()> {
    let tx = ctx.store.begin().await?;
    tx.community(community).set_platform_value(connection, key, value, at).await?;
    tx.commit().await?;
    Ok(())
}

/// Remembers that a vote was taken back, should it come after all.
pub(super) async fn remember_withdrawal(
    ctx: &Ctx,
    community: CommunityId,
    connection: ConnectionId,
    cast_by: &str,
    at: Timestamp,
) -> anyhow::Result<()> {
    let tx = ctx.store.begin().await?;
    tx.community(community).remember_withdrawal(connection, cast_by, at).await?;
    tx.commit().await?;
    Ok(())
}

/// Keeps a vote while a ballot is on its way whose message we do not know yet. Answers whether it was kept.
pub(super) async fn keep_orphan(
    ctx: &Ctx,
    community: CommunityId,
    row: &Row,
    message: &str,
    vote: &PlatformEvent,
) -> anyhow::Result<bool> {
    if !ctx.store.community(community).posts_a_ballot(&row.platform).await? {
        return Ok(false);
    }
    let body = Json(serde_json::to_value(vote)?);
    let tx = ctx.store.begin().await?;
    tx.community(community).keep_orphan(row.id, message, vote.event(), &body, ctx.clock.now()).await?;
    tx.commit().await?;
    Ok(true)
}

/// The votes that were kept for a message, with the connection that heard them.
pub(super) async fn orphans(
    ctx: &Ctx,
    community: CommunityId,
    platform: &str,
    message: &str,
) -> anyhow::Result<Vec<(ConnectionId, PlatformEvent)>> {
    let rows = ctx.store.community(community).connections().await?;
    let mut found = Vec::new();
    for row in rows.iter().filter(|row| row.platform == platform) {
        let tx = ctx.store.begin().await?;
        let kept = tx.community(community).take_orphans(row.id, message).await?;
        if !kept.is_empty() {
            tx.commit().await?;
        }
        found.extend(kept.iter().filter_map(|body| Some((row.id, body.read().ok()?))));
    }
    Ok(found)
}
