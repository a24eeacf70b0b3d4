//! What platforms tell us: verified and written down before it is acknowledged, understood afterwards and in order.

use anyhow::Context;
use platforms::{DecodeError, Delivery, Note, Platform};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::{Digest, Sha256};
use store::StoreError;
use store::connections::ConnectionStatus;
use store::inbox;
use store::jobs::NewJob;
use store::members::{Identity, NewMember};
use types::audit::Actor;
use types::platform::{ExternalUser, PlatformEvent};
use types::{AuditKind, BallotKind, BallotValue, CommunityId, ConnectionId, Json, MemberId, Origin};

use super::ballots::{Cast, CastError, cast, withdraw_event};
use super::ingest::{Attempt, AttemptError, attempt};
use super::wake::wake_readers_of_members;
use crate::connections;
use crate::ctx::Ctx;

/// The kind of job that understands what was received. There is one, so that events stay in order.
pub const UNDERSTAND: &str = "understand_deliveries";

/// Most deliveries understood before other work has its turn.
const BATCH: u32 = 100;

/// Why a delivery was not accepted.
#[derive(Debug, thiserror::Error)]
pub enum ReceiveError {
    /// Nothing is set up that could receive it.
    #[error("nothing here receives deliveries of {0}")]
    NotConnected(String),
    /// It is not from the platform, or not readable.
    #[error(transparent)]
    Refused(#[from] DecodeError),
    /// The store failed; the platform delivers again.
    #[error("the delivery could not be stored")]
    Store(#[from] StoreError),
    /// A connection cannot be read.
    #[error("the connection could not be read")]
    Connection(#[source] anyhow::Error),
}

/// An event, and whose connection heard it. What the inbox keeps: the token that came with it is checked and gone.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Received {
    community: CommunityId,
    connection: ConnectionId,
    event: PlatformEvent,
}

/// Verifies a delivery and writes down what it says. When this returns, nothing loses it.
///
/// Without `connection` the delivery speaks of every community's connection to the platform, each hearing its own places.
///
/// # Errors
/// [`ReceiveError`]: nothing was written down.
pub async fn receive(
    ctx: &Ctx,
    platform: &str,
    connection: Option<ConnectionId>,
    delivery: Delivery,
) -> Result<(), ReceiveError> {
    let not_connected = || ReceiveError::NotConnected(platform.to_owned());
    let known = ctx.platforms.get(platform).ok_or_else(not_connected)?;
    // The operator's side alone says whether the delivery is genuine, also where no community is connected yet.
    if let Some(service) = ctx.platforms.service(platform) {
        known.decode(service, &delivery)?;
    }
    let mut all = connections::all_of(ctx, platform).await.map_err(ReceiveError::Connection)?;
    if let Some(id) = connection {
        all.retain(|one| one.id == id);
        if all.is_empty() {
            return Err(not_connected());
        }
    }
    let mut received = Vec::new();
    let mut notes = Vec::new();
    for one in &all {
        let heard = known.decode(one, &delivery)?;
        let of_one = |event| Received { community: one.community, connection: one.id, event };
        received.extend(heard.events.into_iter().map(of_one));
        notes.extend(heard.notes.into_iter().map(|note| (one.clone(), note)));
    }
    take_note(ctx, known.as_ref(), notes).await?;
    if received.is_empty() {
        return Ok(());
    }
    let body = serde_json::to_vec(&received)
        .map_err(|error| StoreError::Unwritable { what: "delivery", problem: error.to_string() })?;
    let row = inbox::Delivery {
        ord: 0,
        source: platform.to_owned(),
        delivery: crate::hex::hex(&Sha256::digest(&delivery.body)),
        connection,
        body,
        received_at: delivery.received_at,
    };
    let tx = ctx.store.begin().await?;
    if tx.system().receive(&row).await? {
        let (kind, subject) = (UNDERSTAND.to_owned(), "inbox".to_owned());
        let run_at = ctx.clock.now();
        tx.system().schedule(NewJob { id: ctx.ids.next(), community: CommunityId::NIL, kind, subject, run_at });
    }
    tx.commit().await?;
    ctx.wake.decide.notify_one();
    Ok(())
}

/// Does what somebody should know or do besides.
async fn take_note(
    ctx: &Ctx,
    platform: &dyn Platform,
    notes: Vec<(platforms::Connection, Note)>,
) -> Result<(), ReceiveError> {
    for (connection, note) in notes {
        match note {
            Note::Invited { place, .. } => {
                // An invitation that we miss can be repeated; nothing depends on this one.
                if let Err(error) = platform.join(&connection, &place).await {
                    tracing::warn!(connection.id = %connection.id, %error, "an invitation could not be accepted");
                }
            }
            Note::Ungovernable { why, .. } | Note::LostPlace { why, .. } => {
                let tx = ctx.store.begin().await?;
                let handle = tx.community(connection.community);
                handle.set_connection_status(connection.id, ConnectionStatus::Refused, &why).await?;
                let subject = format!("connection:{}", connection.id);
                let body = Json(json!({ "platform": connection.platform, "reason": why }));
                handle.audit(Actor::System, AuditKind::ConnectionChanged, subject, body, ctx.clock.now());
                tx.commit().await?;
            }
            Note::Skipped { event, why } => {
                tracing::warn!(connection.id = %connection.id, event, why, "part of a delivery was not understood");
            }
        }
    }
    Ok(())
}

/// Understands what waits in the inbox, in order. Answers whether there may be more.
///
/// # Errors
/// Where an event could not be taken in just now: it and all after it wait, so that order is kept.
pub(crate) async fn understand(ctx: &Ctx) -> anyhow::Result<bool> {
    let waiting = ctx.store.system().waiting_deliveries(BATCH).await?;
    for delivery in &waiting {
        let error = match serde_json::from_slice::<Vec<Received>>(&delivery.body) {
            Ok(events) => {
                for received in events {
                    take_in(ctx, received).await?;
                }
                None
            }
            Err(error) => Some(error.to_string()),
        };
        let tx = ctx.store.begin().await?;
        tx.system().mark_processed(&[delivery.ord], error.as_deref(), ctx.clock.now()).await?;
        tx.commit().await?;
    }
    Ok(waiting.len() == BATCH as usize)
}

/// Takes one event in. What it says twice counts once, so an interrupted delivery is simply taken in again.
async fn take_in(ctx: &Ctx, received: Received) -> anyhow::Result<()> {
    let Received { community, connection, event } = received;
    let Some(row) = ctx.store.community(community).connection(connection).await? else { return Ok(()) };
    let platform = row.platform;
    match event {
        PlatformEvent::Attempted { event, kind, payload, undo, actor, at: _, happened } => {
            let initiator = member_of(ctx, community, connection, &platform, &actor).await?;
            let origin = Origin::Platform { connection, event, happened };
            let tried = Attempt { kind, payload, initiator, origin, activates_at: None, undo };
            match attempt(ctx, community, tried).await {
                Ok(_) => Ok(()),
                Err(AttemptError::Store(error)) => Err(error.into()),
                Err(refused) => {
                    tracing::warn!(%refused, "something heard on a platform is no action");
                    Ok(())
                }
            }
        }
        PlatformEvent::Voted { event, message, voter, value, at } => {
            let store = ctx.store.community(community);
            let Some(effect) = store.effect_by_receipt(&platform, &message).await? else { return Ok(()) };
            let Some(proposal) = effect.proposal else { return Ok(()) };
            let Some(asked) = store.proposal(proposal).await? else { return Ok(()) };
            let ask = asked.ask.unwrap_or_default();
            let member = member_of(ctx, community, connection, &platform, &voter).await?;
            let value = as_asked(value, ask.kind, &ask.options);
            let ballot = Cast { proposal, member, value, reason: None, event: Some((event, at)) };
            counted(cast(ctx, community, ballot).await.map(drop))
        }
        PlatformEvent::Withdrew { cast_by, .. } => counted(withdraw_event(ctx, community, &cast_by).await.map(drop)),
        PlatformEvent::Joined { user, .. } => member_of(ctx, community, connection, &platform, &user).await.map(drop),
        // Who leaves a room may still be in another, or vote on the page: membership ends by the community's own decision.
        PlatformEvent::Left { .. } => Ok(()),
    }
}

/// A ballot that does not count is no failure: the voter was not asked, or it is too late.
fn counted(outcome: Result<(), CastError>) -> anyhow::Result<()> {
    match outcome {
        Err(CastError::Store(error)) => Err(error.into()),
        Err(refused) => {
            tracing::debug!(%refused, "a vote on a platform was not counted");
            Ok(())
        }
        Ok(()) => Ok(()),
    }
}

/// What a reaction or reply means for the question that was asked: `2` names the second option.
fn as_asked(value: BallotValue, kind: BallotKind, options: &[String]) -> BallotValue {
    let named = |number: &str| {
        let place = number.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
        place.and_then(|place| options.get(place)).cloned().unwrap_or_else(|| number.to_owned())
    };
    match (kind, value) {
        (BallotKind::Choice, BallotValue::Choice(number)) => BallotValue::Choice(named(&number)),
        (BallotKind::Approval | BallotKind::Ranking, BallotValue::Choice(number)) => {
            BallotValue::List(vec![named(&number)])
        }
        (_, BallotValue::List(numbers)) => BallotValue::List(numbers.iter().map(|number| named(number)).collect()),
        (BallotKind::Consent, BallotValue::Yes) => BallotValue::Choice("agree".to_owned()),
        (BallotKind::Consent, BallotValue::No) => BallotValue::Choice("object".to_owned()),
        (BallotKind::Consent, BallotValue::Abstain) => BallotValue::Choice("stand-aside".to_owned()),
        (_, value) => value,
    }
}

/// The member who is a user of a platform; somebody who is heard for the first time becomes one.
async fn member_of(
    ctx: &Ctx,
    community: CommunityId,
    connection: ConnectionId,
    platform: &str,
    user: &ExternalUser,
) -> anyhow::Result<MemberId> {
    let store = ctx.store.community(community);
    if let Some(member) = store.identity(platform, &user.id).await?.and_then(|identity| identity.member) {
        return Ok(member);
    }
    let now = ctx.clock.now();
    let tx = ctx.store.begin().await?;
    let handle = tx.community(community);
    // Another process may have met them meanwhile.
    if let Some(member) = handle.identity(platform, &user.id).await?.and_then(|identity| identity.member) {
        return Ok(member);
    }
    let mut name = handle_of(&user.id);
    while handle.member_by_handle(&name).await?.is_some() {
        name.push('_');
    }
    let display_name = user.display_name.clone().filter(|name| !name.trim().is_empty()).unwrap_or_else(|| name.clone());
    let member: MemberId = ctx.ids.next();
    let newcomer = NewMember {
        id: member,
        handle: name.clone(),
        display_name: display_name.clone(),
        is_bot: user.is_bot,
        account: None,
    };
    handle.join(&newcomer, now).await?;
    let identity = Identity {
        id: ctx.ids.next(),
        platform: platform.to_owned(),
        external_id: user.id.clone(),
        display_name: display_name.clone(),
        connection: Some(connection),
        account: None,
        member: Some(member),
    };
    handle.put_identity(&identity, now).await?;
    let body = Json(json!({ "handle": name, "display_name": display_name, "platform": platform }));
    handle.audit(Actor::System, AuditKind::MemberJoined, format!("member:{member}"), body, now);
    wake_readers_of_members(ctx, &handle, now).await?;
    tx.commit().await.context("a new member could not be stored")?;
    Ok(member)
}

/// A handle for a platform's user: `@Ada:example.org` becomes `ada:example.org`.
fn handle_of(id: &str) -> String {
    let plain = |c: char| match c.to_ascii_lowercase() {
        c if c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | ':' | '=' | '/' | '+') => c,
        _ => '_',
    };
    let handle: String = id.trim_start_matches('@').chars().map(plain).take(60).collect();
    if handle.starts_with(|c: char| c.is_ascii_alphanumeric()) { handle } else { format!("u{handle}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_means_the_option_at_its_place() {
        let options = ["tea".to_owned(), "coffee".to_owned()];
        let choice = |text: &str| BallotValue::Choice(text.to_owned());
        assert_eq!(as_asked(choice("2"), BallotKind::Choice, &options), choice("coffee"));
        assert_eq!(as_asked(choice("7"), BallotKind::Choice, &options), choice("7"));
        let ranked = BallotValue::List(vec!["2".into(), "1".into()]);
        assert_eq!(
            as_asked(ranked, BallotKind::Ranking, &options),
            BallotValue::List(vec!["coffee".into(), "tea".into()])
        );
        assert_eq!(as_asked(BallotValue::No, BallotKind::Consent, &options), choice("object"));
    }

    #[test]
    fn a_user_of_a_platform_has_a_handle() {
        assert_eq!(handle_of("@Ada:hs.test"), "ada:hs.test");
        assert!(handle_of("@_x:hs").parse::<types::text::Handle>().is_ok());
    }
}
