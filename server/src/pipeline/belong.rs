//! What members do with their own membership: another name, leaving.

use serde_json::json;
use types::audit::Actor;
use types::text;
use types::{AuditKind, CommunityId, Json, MemberId};

use super::found::AdmitError;
use super::wake::wake_readers_of_members;
use crate::ctx::Ctx;
use crate::live::{Change, Topic};

/// Gives a member another name to be read by.
///
/// # Errors
/// [`AdmitError::BadName`]: nothing was changed. [`AdmitError::Store`].
pub async fn rename(ctx: &Ctx, community: CommunityId, member: MemberId, name: &str) -> Result<(), AdmitError> {
    let name = text::name(name, "your name")?;
    let now = ctx.clock.now();
    let tx = ctx.store.begin().await?;
    let handle = tx.community(community);
    handle.set_display_name(member, &name).await?;
    let body = Json(json!({ "display_name": name }));
    handle.audit(Actor::Member(member), AuditKind::MemberRenamed, format!("member:{member}"), body, now);
    tx.commit().await?;
    ctx.live.tell(community, Change::of(Topic::Member, member));
    Ok(())
}

/// Lets a member go who wants to. Their ballots stay where they were cast.
///
/// # Errors
/// The store's failure. Answers whether they were there.
pub async fn leave(ctx: &Ctx, community: CommunityId, member: MemberId) -> store::Result<bool> {
    let now = ctx.clock.now();
    let tx = ctx.store.begin().await?;
    let handle = tx.community(community);
    if !handle.leave(member, now).await? {
        return Ok(false);
    }
    handle.drop_mails(member).await?;
    let body = Json(json!({ "by": "themselves" }));
    handle.audit(Actor::Member(member), AuditKind::MemberLeft, format!("member:{member}"), body, now);
    wake_readers_of_members(ctx, &handle, now).await?;
    tx.commit().await?;
    ctx.live.tell(community, Change::of(Topic::Member, member));
    ctx.wake.decide.notify_one();
    Ok(true)
}
