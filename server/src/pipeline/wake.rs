//! Whom a decision concerns besides its own action: open actions that read what has changed, and pages that show it.

use std::time::Duration;

use store::CommunityTx;
use types::{ActionId, ActionStatus, AuditKind, CommunityId, Reads, Timestamp};

use super::DECIDE;
use super::commit::Decided;
use super::plan::Plan;
use crate::ctx::Ctx;
use crate::live::{Change, Topic};

/// How soon an action is looked at again when the log or the data of a policy changed that it reads.
///
/// Not at once: each action changes the log, and two policies that write what the other reads would never rest.
const SLOW_READS_DELAY: Duration = Duration::from_secs(60);

/// Which kinds of fact the decision changed for others.
pub(super) fn changed_reads(decided: &Decided, plan: &Plan) -> (Reads, Reads) {
    let mut at_once = Reads::default();
    if !plan.roles.is_empty() {
        at_once = at_once.with(Reads::MEMBERS);
    }
    if decided.stored.action.status == ActionStatus::Executed && plan.performs {
        at_once = at_once.with(match decided.stored.action.kind.verb() {
            verb if verb.ends_with("document") => Reads::DOCUMENTS,
            verb if verb.ends_with("role") => Reads::MEMBERS,
            "apply_starter_kit" => Reads::MEMBERS.with(Reads::POLICIES).with(Reads::DOCUMENTS),
            _ => Reads::POLICIES,
        });
    }
    let mut later = Reads::default();
    if plan.is_decided {
        later = later.with(Reads::ACTIONS);
    }
    if !plan.policy_data.is_empty() {
        later = later.with(Reads::POLICY_DATA);
    }
    (at_once, later)
}

/// Has the open actions looked at again that read what has changed.
///
/// # Errors
/// The store's failure.
pub(super) async fn wake_readers(
    ctx: &Ctx,
    handle: &CommunityTx<'_>,
    except: ActionId,
    (at_once, later): (Reads, Reads),
    now: Timestamp,
) -> store::Result<()> {
    for (reads, at) in [(at_once, now), (later, now + SLOW_READS_DELAY)] {
        if reads == Reads::default() {
            continue;
        }
        for action in handle.open_proposals_reading(reads).await? {
            if action != except {
                handle.schedule(ctx.ids.next(), DECIDE, action.to_string(), at);
            }
        }
    }
    Ok(())
}

/// Has every open action of a community looked at that reads members or roles: somebody came, went or changed.
///
/// # Errors
/// The store's failure.
pub(crate) async fn wake_readers_of_members(ctx: &Ctx, handle: &CommunityTx<'_>, now: Timestamp) -> store::Result<()> {
    wake_readers(ctx, handle, ActionId::NIL, (Reads::MEMBERS, Reads::default()), now).await
}

/// Tells open pages what an audit entry changed.
pub(crate) fn tell_pages(ctx: &Ctx, community: CommunityId, kind: AuditKind, subject: &str) {
    let id = subject.split_once(':').map(|(_, id)| id);
    let change = |topic| Change { topic, id: id.map(str::to_owned) };
    let topic = match kind.as_str().split_once('.').map_or("", |(thing, _)| thing) {
        "action" | "effect" => Topic::Action,
        "proposal" | "objection" => Topic::Proposal,
        "ballot" => Topic::Ballot,
        "policy" => Topic::Policy,
        "member" | "role" => Topic::Member,
        "document" => Topic::Document,
        "clock" => Topic::Clock,
        _ => Topic::Community,
    };
    ctx.live.tell(community, change(topic));
}
