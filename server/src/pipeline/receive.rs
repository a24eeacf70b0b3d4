//! What platforms tell us: verified and written down before it is acknowledged, understood afterwards and in order.

mod interact;
mod join;

use anyhow::Context;
use platforms::{Answer, Connection, DecodeError, Delivery, Note, Platform, votes};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::{Digest, Sha256};
use store::connections::ConnectionStatus;
use store::inbox;
use store::jobs::NewJob;
use store::members::{Identity, NewMember};
use store::{CommunityTx, StoreError};
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
    let known = ctx.platforms.get(platform).ok_or_else(|| not_connected(platform))?;
    // The operator's side alone says whether the delivery is genuine, also where no community is connected yet.
    if let Some(service) = ctx.platforms.service(platform) {
        known.decode(service, &delivery)?;
    }
    let mut all = connections::all_of(ctx, platform).await.map_err(ReceiveError::Connection)?;
    if let Some(id) = connection {
        all.retain(|one| one.id == id);
        if all.is_empty() {
            return Err(not_connected(platform));
        }
    }
    keep(ctx, known.as_ref(), all, connection, None, delivery, None).await
}

/// The same for a platform that delivers to one address what all its workspaces, servers or repositories tell. The answer is
/// what it wants to read: a challenge, or what somebody who clicked or typed is told.
///
/// `cursor` is how far a socket has come; it is kept in the same transaction.
///
/// # Errors
/// [`ReceiveError`]: nothing was written down.
pub async fn receive_at(
    ctx: &Ctx,
    platform: &str,
    delivery: Delivery,
    cursor: Option<String>,
) -> Result<Option<Answer>, ReceiveError> {
    let known = ctx.platforms.get(platform).ok_or_else(|| not_connected(platform))?;
    let service = ctx.platforms.service(platform).ok_or_else(|| not_connected(platform))?;
    let opened = known.open(service, &delivery)?;
    if opened.answer.is_some() {
        return Ok(opened.answer);
    }
    let all: Vec<Connection> = match &opened.tenant {
        // A workspace that no community governs is nobody's: what it tells is acknowledged and forgotten.
        Some(tenant) => {
            connections::of_place(ctx, platform, tenant).await.map_err(ReceiveError::Connection)?.into_iter().collect()
        }
        None => Vec::new(),
    };
    if let Some(interaction) = &opened.interaction {
        return interact::interact(ctx, known.as_ref(), all.first(), interaction).await;
    }
    let of = all.first().map(|one| one.id);
    keep(ctx, known.as_ref(), all, of, opened.id, delivery, cursor.map(|cursor| (platform, cursor))).await?;
    Ok(None)
}

fn not_connected(platform: &str) -> ReceiveError {
    ReceiveError::NotConnected(platform.to_owned())
}

/// Writes down what a delivery says to each of the connections that hear it.
async fn keep(
    ctx: &Ctx,
    known: &dyn Platform,
    all: Vec<Connection>,
    connection: Option<ConnectionId>,
    id: Option<String>,
    delivery: Delivery,
    cursor: Option<(&str, String)>,
) -> Result<(), ReceiveError> {
    let mut received = Vec::new();
    let mut notes = Vec::new();
    for one in &all {
        let heard = known.decode(one, &delivery)?;
        let of_one = |event| Received { community: one.community, connection: one.id, event };
        received.extend(heard.events.into_iter().map(of_one));
        notes.extend(heard.notes.into_iter().map(|note| (one.clone(), note)));
    }
    take_note(ctx, known, notes).await?;
    if received.is_empty() && cursor.is_none() {
        return Ok(());
    }
    let body = serde_json::to_vec(&received)
        .map_err(|error| StoreError::Unwritable { what: "delivery", problem: error.to_string() })?;
    let row = inbox::Delivery {
        ord: 0,
        source: known.name().to_owned(),
        delivery: id.unwrap_or_else(|| crate::hex::hex(&Sha256::digest(&delivery.body))),
        connection,
        body,
        received_at: delivery.received_at,
    };
    let tx = ctx.store.begin().await?;
    if let Some((platform, cursor)) = &cursor {
        tx.system().set_setting(&connections::tend::cursor_key(platform), cursor).await?;
    }
    if !received.is_empty() && tx.system().receive(&row).await? {
        let (kind, subject) = (UNDERSTAND.to_owned(), "inbox".to_owned());
        let run_at = ctx.clock.now();
        tx.system().schedule(NewJob { id: ctx.ids.next(), community: CommunityId::NIL, kind, subject, run_at });
    }
    tx.commit().await?;
    ctx.wake.decide.notify_one();
    Ok(())
}

/// Does what somebody should know or do besides.
async fn take_note(ctx: &Ctx, platform: &dyn Platform, notes: Vec<(Connection, Note)>) -> Result<(), ReceiveError> {
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
            Note::Uninstalled { why } => {
                let tx = ctx.store.begin().await?;
                let handle = tx.community(connection.community);
                handle.forget_secrets(connection.id).await?;
                handle.set_connection_status(connection.id, ConnectionStatus::Refused, &why).await?;
                let subject = format!("connection:{}", connection.id);
                let body = Json(json!({ "platform": connection.platform, "reason": why, "uninstalled": true }));
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
                // An answer to a ballot that says nothing but its vote is no message to be governed.
                let mut vote = None;
                for received in events {
                    if !is_the_vote(&received.event, vote.as_deref()) {
                        vote = take_in(ctx, received).await?;
                    }
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

/// Whether an event is the message of a vote that was just taken in, and says no more than it.
fn is_the_vote(event: &PlatformEvent, vote: Option<&str>) -> bool {
    let PlatformEvent::Attempted { event, payload, .. } = event else { return false };
    let says_no_more = payload.text("text").is_some_and(votes::is_only_a_vote);
    vote.is_some_and(|vote| says_no_more && event.split('#').next() == Some(vote))
}

/// Takes one event in. What it says twice counts once, so an interrupted delivery is simply taken in again. The answer is the
/// event's id where it is a vote on a ballot of ours.
async fn take_in(ctx: &Ctx, received: Received) -> anyhow::Result<Option<String>> {
    if let PlatformEvent::Voted { .. } = &received.event {
        return vote(ctx, received).await;
    }
    let Received { community, connection, event } = received;
    let Some(row) = ctx.store.community(community).connection(connection).await? else { return Ok(None) };
    let platform = row.platform;
    let taken: anyhow::Result<()> = match event {
        PlatformEvent::Attempted { event, kind, payload, undo, actor, at: _, happened, echo } => {
            if join::is_our_own(ctx, community, connection, echo.as_deref(), &event).await? {
                return Ok(None);
            }
            let undo = join::with_before(ctx, community, connection, undo).await?;
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
        // Taken in above.
        PlatformEvent::Voted { .. } => Ok(()),
        PlatformEvent::Known { key, value, at, .. } => join::know(ctx, community, connection, &key, &value, at).await,
        PlatformEvent::Withdrew { cast_by, at, .. } => {
            join::remember_withdrawal(ctx, community, connection, &cast_by, at).await?;
            counted(withdraw_event(ctx, community, &cast_by).await.map(drop))
        }
        PlatformEvent::Joined { user, .. } => member_of(ctx, community, connection, &platform, &user).await.map(drop),
        // Who leaves a room may still be in another, or vote on the page: membership ends by the community's own decision.
        PlatformEvent::Left { .. } => Ok(()),
    };
    taken.map(|()| None)
}

/// Counts a vote, if the message that it answers is a ballot of ours.
async fn vote(ctx: &Ctx, received: Received) -> anyhow::Result<Option<String>> {
    let Received { community, connection, event: told } = received;
    let PlatformEvent::Voted { event, message, voter, value, at } = told.clone() else { return Ok(None) };
    let store = ctx.store.community(community);
    let Some(row) = store.connection(connection).await? else { return Ok(None) };
    let Some(effect) = store.effect_by_receipt(&row.platform, &message).await? else {
        let waits = join::keep_orphan(ctx, community, &row, &message, &told).await?;
        return Ok(waits.then_some(event));
    };
    let Some(proposal) = effect.proposal else { return Ok(None) };
    let Some(asked) = store.proposal(proposal).await? else { return Ok(None) };
    // Taken back before we heard of it.
    if store.withdrawn_at(connection, &event).await?.is_some_and(|withdrawn| withdrawn >= at) {
        return Ok(Some(event));
    }
    let ask = asked.ask.unwrap_or_default();
    let member = member_of(ctx, community, connection, &row.platform, &voter).await?;
    let value = as_asked(value, ask.kind, &ask.options);
    let ballot = Cast { proposal, member, value, reason: None, event: Some((event.clone(), at)) };
    counted(cast(ctx, community, ballot).await.map(drop))?;
    Ok(Some(event))
}

/// Counts a vote that a recount found.
///
/// # Errors
/// The store's failure.
pub(super) async fn count_found(
    ctx: &Ctx,
    community: CommunityId,
    connection: ConnectionId,
    event: PlatformEvent,
) -> anyhow::Result<()> {
    vote(ctx, Received { community, connection, event }).await.map(drop)
}

/// Takes in the votes that came before we knew that `message` is a ballot of ours.
///
/// # Errors
/// The store's failure.
pub(crate) async fn rejoin(ctx: &Ctx, community: CommunityId, platform: &str, message: &str) -> anyhow::Result<()> {
    for (connection, event) in join::orphans(ctx, community, platform, message).await? {
        vote(ctx, Received { community, connection, event }).await?;
    }
    Ok(())
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
    let member = newcomer(ctx, &handle, &Newcomer { connection, platform, user }, now).await?;
    wake_readers_of_members(ctx, &handle, now).await?;
    tx.commit().await.context("a new member could not be stored")?;
    Ok(member)
}

/// A user of a platform, heard for the first time.
pub(crate) struct Newcomer<'a> {
    /// Through which connection.
    pub connection: ConnectionId,
    /// Of which platform.
    pub platform: &'a str,
    /// Who.
    pub user: &'a ExternalUser,
}

/// The member who is a user of a platform, within a transaction: a new one, unless they are known by now.
///
/// # Errors
/// The store's failure.
pub(crate) async fn newcomer(
    ctx: &Ctx,
    handle: &CommunityTx<'_>,
    met: &Newcomer<'_>,
    now: types::Timestamp,
) -> store::Result<MemberId> {
    let Newcomer { connection, platform, user } = *met;
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
