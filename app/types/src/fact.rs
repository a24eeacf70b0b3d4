//! Facts: what a policy reads from outside itself. They are recorded, so that any decision can be replayed.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::delegation::Delegation;
use crate::member::{Member, Role};
use crate::{ActionId, ActionStatus, ActionType, DocumentId, Enforcement, Json, Layer, MemberId, PolicyId, Timestamp};

/// The name of one fact that an evaluation may need and was not given yet.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FactKey {
    /// All members with their roles, and all roles.
    Members,
    /// All documents in force.
    Documents,
    /// All policies in force, without their source.
    Policies,
    /// One policy with its source and data, for composition.
    Policy(String),
    /// Who gave whom their voice, as of now.
    Delegations,
    /// The policy's own data store.
    PolicyData,
    /// Part of the action log.
    Actions(ActionQuery),
    /// The answer to one HTTP request.
    Http(HttpRequest),
    /// A number or text that a platform knows of a member.
    Lookup {
        /// The platform, such as `wikipedia`.
        platform: String,
        /// What is asked, such as `edit_count`.
        name: String,
        /// Of whom.
        member: MemberId,
    },
}

/// Which past actions a policy wants to see, newest first.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub struct ActionQuery {
    /// Only of this type.
    pub kind: Option<String>,
    /// Only by this member.
    pub initiator: Option<MemberId>,
    /// Only since this moment.
    pub since_ms: Option<i64>,
    /// At most so many; bounded by the host.
    pub limit: u32,
}

/// One HTTP request of a policy. The parent process performs it, guarded.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct HttpRequest {
    /// `GET` or `POST`.
    pub method: String,
    /// The whole address, `https`.
    pub url: String,
    /// Request headers the policy may set.
    pub headers: BTreeMap<String, String>,
    /// The body of a `POST`, as text.
    pub body: Option<String>,
}

/// What came back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HttpAnswer {
    /// The status code; 0 where no answer came.
    pub status: u16,
    /// The body as text, at most 256 KiB.
    pub body: String,
    /// Why no answer came.
    pub error: Option<String>,
}

/// A document in force.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentFact {
    /// The id.
    pub id: DocumentId,
    /// The title.
    pub name: String,
    /// The text, Markdown.
    pub text: String,
    /// The version, from 1.
    pub version: u32,
}

/// A policy, as another policy sees it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PolicyFact {
    /// The id.
    pub id: PolicyId,
    /// The name.
    pub name: String,
    /// The layer.
    pub layer: Layer,
    /// The version in force.
    pub version: u32,
    /// How far its decisions reach.
    pub enforcement: Enforcement,
}

/// Another policy whose functions and data this one uses.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PolicyModule {
    /// What it is.
    pub policy: PolicyFact,
    /// Its six functions.
    pub source: String,
    /// Its settings.
    pub settings: Json,
    /// Its data store.
    pub data: BTreeMap<String, Json>,
}

/// A past action, as a policy sees it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PastAction {
    /// The id.
    pub id: ActionId,
    /// The type.
    pub kind: ActionType,
    /// Who attempted it.
    pub initiator: Option<MemberId>,
    /// The payload.
    pub payload: Json,
    /// When.
    pub created_at: Timestamp,
    /// What became of it.
    pub status: ActionStatus,
}

/// What an evaluation was given to read. A `None` that is asked for stops the evaluation, which then names what it needs.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct Facts {
    /// Members, in ascending order of id: the order that `sample` draws from.
    pub members: Option<Vec<Member>>,
    /// Roles; given together with `members`.
    pub roles: Option<Vec<Role>>,
    /// Documents in force.
    pub documents: Option<Vec<DocumentFact>>,
    /// Policies in force.
    pub policies: Option<Vec<PolicyFact>>,
    /// Policies by name; `None` inside says that there is none of that name.
    pub modules: BTreeMap<String, Option<PolicyModule>>,
    /// The policy's own data store.
    pub policy_data: Option<BTreeMap<String, Json>>,
    /// Delegations in force.
    #[serde(default)]
    pub delegations: Option<Vec<Delegation>>,
    /// Answers to questions of the log.
    pub actions: Vec<(ActionQuery, Vec<PastAction>)>,
    /// Answers to HTTP requests.
    pub http: Vec<(HttpRequest, HttpAnswer)>,
    /// Answers of platforms: platform, name, member, value.
    pub lookups: Vec<(String, String, MemberId, Json)>,
}

/// Which kinds of fact a decision read: it is looked at again when one of them changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Reads(pub u32);

impl Reads {
    /// Ballots of the proposal.
    pub const BALLOTS: Self = Self(1);
    /// The member list or anybody's roles.
    pub const MEMBERS: Self = Self(1 << 1);
    /// Documents.
    pub const DOCUMENTS: Self = Self(1 << 2);
    /// Policies.
    pub const POLICIES: Self = Self(1 << 3);
    /// The action's own data.
    pub const ACTION_DATA: Self = Self(1 << 4);
    /// The policy's data.
    pub const POLICY_DATA: Self = Self(1 << 5);
    /// The action log.
    pub const ACTIONS: Self = Self(1 << 6);
    /// The clock, raw or through a deadline.
    pub const CLOCK: Self = Self(1 << 7);
    /// The seeded random generator.
    pub const RANDOM: Self = Self(1 << 8);
    /// HTTP.
    pub const HTTP: Self = Self(1 << 9);
    /// A platform's look-up.
    pub const LOOKUP: Self = Self(1 << 10);
    /// The other actions of the bundle.
    pub const BUNDLE: Self = Self(1 << 11);
    /// Who gave whom their voice.
    pub const DELEGATIONS: Self = Self(1 << 12);

    /// Both.
    #[must_use]
    pub const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether any of `other` was read.
    #[must_use]
    pub const fn touches(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// The words under which the kinds are shown, in a fixed order.
    #[must_use]
    pub fn names(self) -> Vec<&'static str> {
        [
            (Self::BALLOTS, "ballots"),
            (Self::MEMBERS, "members"),
            (Self::DOCUMENTS, "documents"),
            (Self::POLICIES, "policies"),
            (Self::ACTION_DATA, "action data"),
            (Self::POLICY_DATA, "policy data"),
            (Self::ACTIONS, "action log"),
            (Self::CLOCK, "clock"),
            (Self::RANDOM, "random draw"),
            (Self::HTTP, "web request"),
            (Self::LOOKUP, "platform look-up"),
            (Self::BUNDLE, "bundle"),
            (Self::DELEGATIONS, "delegations"),
        ]
        .into_iter()
        .filter(|(kind, _)| self.touches(*kind))
        .map(|(_, name)| name)
        .collect()
    }
}
