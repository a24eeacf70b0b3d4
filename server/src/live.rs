//! What changed a moment ago, for pages that are open in a browser.
//!
//! A change names a topic and what it is about, never its content: a page that hears of it asks again, as itself, and sees what
//! it may see. That is how a secret ballot stays secret here too.
//!
//! Each community has its own channel, which exists only while somebody listens. Several processes on one PostgreSQL hear each
//! other through [`Live::follow`].

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use store::Store;
use tokio::sync::broadcast;
use types::CommunityId;

/// Changes that a slow listener may fall behind before it is told to load everything again.
///
/// # Units
/// Changes of one community. A vote in a community of a thousand brings a few a second; 256 is a minute of that.
const BACKLOG: usize = 256;

/// How long to wait before listening to the other processes again.
const RECONNECT: Duration = Duration::from_secs(2);

/// The part of a community that changed. A page asks again when one of its topics did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Topic {
    /// An action was attempted, decided or carried out.
    Action,
    /// A proposal was opened, asked about or decided.
    Proposal,
    /// A ballot came in or was taken back.
    Ballot,
    /// Posts, channels or reactions of the board.
    Board,
    /// Policies.
    Policy,
    /// Members or roles.
    Member,
    /// Documents.
    Document,
    /// The community's profile, settings or connections.
    Community,
    /// Members were told something.
    Notice,
    /// Somebody said something in a discussion.
    Comment,
    /// The demo's clock was moved: every deadline is nearer.
    Clock,
    /// So much was missed that everything should be loaded again.
    Everything,
}

impl Topic {
    /// The word on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Action => "action",
            Self::Proposal => "proposal",
            Self::Ballot => "ballot",
            Self::Board => "board",
            Self::Policy => "policy",
            Self::Member => "member",
            Self::Document => "document",
            Self::Community => "community",
            Self::Notice => "notice",
            Self::Comment => "comment",
            Self::Clock => "clock",
            Self::Everything => "everything",
        }
    }
}

/// One change: the topic, and the id of what changed where it is one thing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// The topic.
    pub topic: Topic,
    /// What changed: for [`Topic::Ballot`] the proposal, never the ballot.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
}

impl Change {
    /// A change of one thing: an action, a proposal, a channel. For [`Topic::Ballot`] name the proposal.
    #[must_use]
    pub fn of(topic: Topic, id: impl std::fmt::Display) -> Self {
        Self { topic, id: Some(id.to_string()) }
    }

    /// A change of a topic as a whole.
    #[must_use]
    pub const fn all(topic: Topic) -> Self {
        Self { topic, id: None }
    }
}

/// The channels of all communities. Cheap to clone; every clone is the same.
#[derive(Clone, Default)]
pub struct Live {
    rooms: Arc<Mutex<HashMap<CommunityId, broadcast::Sender<Change>>>>,
}

impl std::fmt::Debug for Live {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Live").field("n_communities", &self.n_communities()).finish_non_exhaustive()
    }
}

impl Live {
    /// Channels to which nobody listens yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Tells everyone who watches `community` here.
    pub fn tell(&self, community: CommunityId, change: Change) {
        let mut rooms = self.rooms();
        // Nobody listens any more: the channel goes, so that idle communities cost nothing.
        if rooms.get(&community).is_some_and(|room| room.send(change).is_err()) {
            rooms.remove(&community);
        }
    }

    /// Passes on what other processes commit to the same database, until the process ends.
    ///
    /// They say which community changed and not what, so that everything about it is loaded again. On SQLite there is no other
    /// process, and this waits for ever.
    pub async fn follow(self, store: Store) {
        loop {
            let mut changes = match store.changes().await {
                Ok(changes) => changes,
                Err(error) => {
                    tracing::warn!(%error, "other processes cannot be heard; pages here show their doings late");
                    tokio::time::sleep(RECONNECT).await;
                    continue;
                }
            };
            loop {
                match changes.next().await {
                    Ok(named) if named.is_empty() => self.tell_all(),
                    Ok(named) => named.into_iter().for_each(|id| self.tell(id, Change::all(Topic::Everything))),
                    Err(error) => {
                        tracing::warn!(%error, "the line to the other processes broke");
                        break;
                    }
                }
            }
            // What was said meanwhile is unknown.
            self.tell_all();
            tokio::time::sleep(RECONNECT).await;
        }
    }

    /// Has everybody load everything again.
    fn tell_all(&self) {
        let watched: Vec<CommunityId> = self.rooms().keys().copied().collect();
        watched.into_iter().for_each(|id| self.tell(id, Change::all(Topic::Everything)));
    }

    /// Listens to `community` from now on.
    #[must_use]
    pub fn listen(&self, community: CommunityId) -> broadcast::Receiver<Change> {
        let mut rooms = self.rooms();
        rooms.entry(community).or_insert_with(|| broadcast::channel(BACKLOG).0).subscribe()
    }

    /// In how many communities somebody listens, or did a moment ago.
    #[must_use]
    pub fn n_communities(&self) -> usize {
        self.rooms().len()
    }

    fn rooms(&self) -> MutexGuard<'_, HashMap<CommunityId, broadcast::Sender<Change>>> {
        // Nothing that holds the guard can stop half way.
        self.rooms.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn community(n: u128) -> CommunityId {
        CommunityId(Uuid::from_u128(n))
    }

    #[tokio::test]
    async fn a_change_reaches_its_own_community_only() {
        let live = Live::new();
        let (mut here, mut there) = (live.listen(community(1)), live.listen(community(2)));
        live.tell(community(1), Change::all(Topic::Board));
        assert_eq!(here.recv().await.unwrap(), Change::all(Topic::Board));
        assert!(there.try_recv().is_err());
    }

    #[tokio::test]
    async fn a_community_that_nobody_watches_costs_nothing() {
        let live = Live::new();
        drop(live.listen(community(1)));
        live.tell(community(1), Change::all(Topic::Board));
        assert_eq!(live.n_communities(), 0);
    }

    #[tokio::test]
    async fn when_anything_may_have_changed_everybody_hears_it() {
        let live = Live::new();
        let (mut here, mut there) = (live.listen(community(1)), live.listen(community(2)));
        live.tell_all();
        assert_eq!(here.recv().await.unwrap().topic, Topic::Everything);
        assert_eq!(there.recv().await.unwrap().topic, Topic::Everything);
    }
}
