//! What changed a moment ago, for pages that are open in a browser.
//!
//! A change names a topic and what it is about, never its content: a page that hears of it asks again, as itself, and sees what
//! it may see. That is how a secret ballot stays secret here too.
//!
//! Each community has its own channel, which exists only while somebody listens. Several processes on one PostgreSQL hear each
//! other through [`Live::relay_to`]: whoever carries news between processes gives its sending end here and calls [`Live::hear`]
//! for what comes in.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use serde::{Deserialize, Serialize};
use tokio::sync::{broadcast, mpsc};
use types::CommunityId;

/// Changes that a slow listener may fall behind before it is told to load everything again.
///
/// # Units
/// Changes of one community. A vote in a community of a thousand brings a few a second; 256 is a minute of that.
const BACKLOG: usize = 256;

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

/// A change and the community it belongs to, as it travels between processes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct News {
    /// The community.
    pub community: CommunityId,
    /// What changed.
    pub change: Change,
}

/// The channels of all communities. Cheap to clone; every clone is the same.
#[derive(Clone, Default)]
pub struct Live {
    rooms: Arc<Mutex<HashMap<CommunityId, broadcast::Sender<Change>>>>,
    relay: Option<mpsc::UnboundedSender<News>>,
}

impl std::fmt::Debug for Live {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Live").field("n_communities", &self.n_communities()).finish_non_exhaustive()
    }
}

impl Live {
    /// Channels for this process alone.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The same, also giving everything that is told here to `relay`, which carries it to the other processes.
    #[must_use]
    pub fn relay_to(self, relay: mpsc::UnboundedSender<News>) -> Self {
        Self { relay: Some(relay), ..self }
    }

    /// Tells everyone who watches `community`, here and in the other processes.
    pub fn tell(&self, community: CommunityId, change: Change) {
        if let Some(relay) = &self.relay {
            // The relay ends only when the process does.
            let _ = relay.send(News { community, change: change.clone() });
        }
        self.hear(News { community, change });
    }

    /// Passes on what another process told.
    pub fn hear(&self, news: News) {
        let mut rooms = self.rooms.lock().unwrap_or_else(PoisonError::into_inner);
        // Nobody listens any more: the channel goes, so that idle communities cost nothing.
        if rooms.get(&news.community).is_some_and(|room| room.send(news.change).is_err()) {
            rooms.remove(&news.community);
        }
    }

    /// Listens to `community` from now on.
    #[must_use]
    pub fn listen(&self, community: CommunityId) -> broadcast::Receiver<Change> {
        let mut rooms = self.rooms.lock().unwrap_or_else(PoisonError::into_inner);
        rooms.entry(community).or_insert_with(|| broadcast::channel(BACKLOG).0).subscribe()
    }

    /// In how many communities somebody listens, or did a moment ago.
    #[must_use]
    pub fn n_communities(&self) -> usize {
        self.rooms.lock().unwrap_or_else(PoisonError::into_inner).len()
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
    async fn what_is_told_here_is_relayed_and_what_is_heard_is_not() {
        let (to, mut relayed) = mpsc::unbounded_channel();
        let live = Live::new().relay_to(to);
        let mut here = live.listen(community(1));
        live.tell(community(1), Change::all(Topic::Policy));
        live.hear(News { community: community(1), change: Change::all(Topic::Member) });
        assert_eq!(relayed.recv().await.unwrap().change, Change::all(Topic::Policy));
        assert!(relayed.try_recv().is_err());
        assert_eq!(here.recv().await.unwrap().topic, Topic::Policy);
        assert_eq!(here.recv().await.unwrap().topic, Topic::Member);
    }
}
