//! Identities: one newtype per thing, so that a proposal's id can never be passed where a policy's is wanted.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Declares newtypes over [`Uuid`] with the conversions every layer needs.
macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)+) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl $name {
            /// The id with every bit zero: stands for nothing, and never names a stored row.
            pub const NIL: Self = Self(Uuid::nil());
        }

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }

        impl From<$name> for Uuid {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({})", stringify!($name), self.0)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::parse_str(text).map(Self)
            }
        }
    )+};
}

ids! {
    /// A community: the tenant to which everything else belongs.
    CommunityId;
    /// A person who signs in.
    AccountId;
    /// An account's user on one platform.
    IdentityId;
    /// A person's membership of one community.
    MemberId;
    /// A named set of members.
    RoleId;
    /// A policy, across all its versions.
    PolicyId;
    /// One immutable version of a policy.
    PolicyVersionId;
    /// One attempted event.
    ActionId;
    /// One action under one policy version.
    ProposalId;
    /// One member's current vote on a proposal.
    BallotId;
    /// A written guideline or constitution.
    DocumentId;
    /// Several actions, or several policies, taken together.
    BundleId;
    /// One thing to be done in the world: a row of the outbox.
    EffectId;
    /// One piece of work to be done later.
    JobId;
    /// A community's link to one platform.
    ConnectionId;
    /// A signed-in browser.
    SessionId;
    /// A bearer token of the REST interface.
    TokenId;
    /// A channel of the built-in board.
    ChannelId;
    /// A post on the built-in board.
    PostId;
    /// A voice given to another member.
    DelegationId;
    /// An address at which other services tell a community something.
    WebhookId;
    /// A policy or an action that comes round.
    ScheduleId;
    /// A policy that a community shares with all others.
    PublicationId;
    /// A policy that broke, or a worker that had to be ended.
    IncidentId;
}
