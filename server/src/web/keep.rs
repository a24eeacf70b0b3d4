//! What requests look up again and again.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use store::communities::Community;
use store::sessions::Session;
use store::tokens::Token;
use types::{AccountId, CommunityId, MemberId, SessionId};

use super::error::ApiError;
use super::secret;
use super::state::Web;
use crate::views::names;
use crate::views::roster::Roster;
use crate::views::sentence::Names;

/// Communities whose members are kept in memory. Beyond it the memory is emptied and filled again by use.
const MAX_ROSTERS: usize = 256;

/// Members, roles and rights of communities, each as of a revision that the store counts.
#[derive(Clone, Default)]
pub struct Rosters {
    kept: Arc<Mutex<HashMap<CommunityId, Kept>>>,
}

/// A roster, and the revision that it is of.
type Kept = (i64, Arc<Roster>);

impl Rosters {
    fn get(&self, community: CommunityId, revision: i64) -> Option<Arc<Roster>> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.get(&community).filter(|(known, _)| *known == revision).map(|(_, roster)| Arc::clone(roster))
    }

    fn keep(&self, community: CommunityId, revision: i64, roster: &Arc<Roster>) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= MAX_ROSTERS {
            kept.clear();
        }
        kept.insert(community, (revision, Arc::clone(roster)));
    }
}

/// The community of a slug, if there is one.
///
/// # Errors
/// What the store answered.
pub async fn community(web: &Web, slug: &str) -> Result<Option<Community>, ApiError> {
    // What cannot be a slug need not be asked for.
    if slug.parse::<types::text::Slug>().is_err() {
        return Ok(None);
    }
    Ok(web.ctx.store.system().community_by_slug(slug).await?)
}

/// The members, roles and rights of a community.
///
/// # Errors
/// What the store answered.
pub async fn roster(web: &Web, community: CommunityId) -> Result<Arc<Roster>, ApiError> {
    let store = web.ctx.store.community(community);
    // Read before the roster: a change in between makes the copy look older than it is, never newer.
    let revision = store.revisions().await?.members;
    if let Some(kept) = web.rosters.get(community, revision) {
        return Ok(kept);
    }
    let (present, permissions) = (store.roster(None).await?, store.permissions().await?);
    let roster = Arc::new(Roster::new(present.members, present.roles, permissions));
    web.rosters.keep(community, revision, &roster);
    Ok(roster)
}

/// Names of what payloads in a community mention by id.
///
/// # Errors
/// What the store answered.
pub async fn names(web: &Web, community: CommunityId) -> Result<Names, ApiError> {
    let snapshot = web.ctx.snapshots.of(&web.ctx.store.community(community)).await?;
    Ok(snapshot.map(|snapshot| names::of(&snapshot)).unwrap_or_default())
}

/// The member that an account is in a community, if present.
///
/// # Errors
/// What the store answered.
pub async fn member_of(web: &Web, community: CommunityId, account: AccountId) -> Result<Option<MemberId>, ApiError> {
    let row = web.ctx.store.community(community).member_by_account(account).await?;
    Ok(row.filter(|row| row.left_at.is_none()).map(|row| row.id))
}

/// The session of a cookie's digest, if it is still good.
///
/// # Errors
/// What the store answered.
pub async fn session(web: &Web, digest: &str) -> Result<Option<(SessionId, AccountId)>, ApiError> {
    let session = web.ctx.store.system().session(digest, web.ctx.clock.now()).await?;
    Ok(session.and_then(|session| Some((session_id(&session.hash), session.account?))))
}

/// What a session is called where its digest must not appear: the digest's first half.
fn session_id(digest: &str) -> SessionId {
    let half: String = digest.chars().take(32).collect();
    u128::from_str_radix(&half, 16).map_or(SessionId::NIL, |number| SessionId(uuid::Uuid::from_u128(number)))
}

/// What a bearer token opens, if it is still good.
///
/// # Errors
/// What the store answered.
pub async fn token(web: &Web, digest: &str) -> Result<Option<Token>, ApiError> {
    Ok(web.ctx.store.system().token(digest, web.ctx.clock.now()).await?)
}

/// Begins a session of `account` and answers with its secret, which nobody else will ever see.
///
/// # Errors
/// What the store answered.
pub async fn begin_session(web: &Web, account: AccountId) -> Result<String, ApiError> {
    let secret = secret::random_hex::<32>();
    let now = web.ctx.clock.now();
    let session = Session {
        hash: secret::digest(&secret),
        account: Some(account),
        member: None,
        community: None,
        data: types::Json::default(),
        created_at: now,
        expires_at: now + std::time::Duration::from_secs(super::session::LIFETIME_SECONDS),
    };
    let tx = web.ctx.store.begin().await?;
    tx.system().put_session(&session).await?;
    tx.commit().await?;
    Ok(secret)
}

/// Ends the session of a digest.
///
/// # Errors
/// What the store answered.
pub async fn end_session(web: &Web, digest: &str) -> Result<(), ApiError> {
    let tx = web.ctx.store.begin().await?;
    tx.system().end_session(digest).await?;
    tx.commit().await?;
    Ok(())
}
