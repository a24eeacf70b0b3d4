//! The words of the audit log.

use serde::{Deserialize, Serialize};

use crate::{CommunityId, Json, MemberId, Timestamp};

/// Declares the kinds of audit entry with their stored words.
macro_rules! audit_kinds {
    ($($(#[$doc:meta])* $name:ident = $word:literal,)+) => {
        /// What an audit entry tells.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum AuditKind {$(
            $(#[$doc])*
            #[serde(rename = $word)]
            $name,
        )+}

        impl AuditKind {
            /// Every kind.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// The stored word, `thing.happened`.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self {$(Self::$name => $word,)+}
            }

            /// The kind of a stored word.
            #[must_use]
            pub fn from_word(word: &str) -> Option<Self> {
                match word {$($word => Some(Self::$name),)+ _ => None}
            }
        }
    };
}

audit_kinds! {
    /// The community was founded.
    CommunityFounded = "community.founded",
    /// Its profile or settings changed.
    CommunityChanged = "community.changed",
    /// Somebody joined.
    MemberJoined = "member.joined",
    /// Somebody left.
    MemberLeft = "member.left",
    /// Somebody has another name.
    MemberRenamed = "member.renamed",
    /// A role came into being.
    RoleAdded = "role.added",
    /// A role's name, description or rights changed.
    RoleChanged = "role.changed",
    /// A role ceased.
    RoleDeleted = "role.deleted",
    /// A member was given a role.
    RoleGranted = "role.granted",
    /// A member lost a role.
    RoleRevoked = "role.revoked",
    /// A policy came into force.
    PolicyAdded = "policy.added",
    /// A policy has a new version.
    PolicyChanged = "policy.changed",
    /// A policy's enforcement, order or error rule changed.
    PolicyAdjusted = "policy.adjusted",
    /// A policy is out of force.
    PolicyRemoved = "policy.removed",
    /// A removed policy is back.
    PolicyRecovered = "policy.recovered",
    /// A policy broke.
    PolicyBroke = "policy.broke",
    /// A policy broke so often that the last version that worked took its place.
    PolicyTripped = "policy.tripped",
    /// A policy that had been set back to an older version is at its newest again.
    PolicyReset = "policy.reset",
    /// A document was written.
    DocumentAdded = "document.added",
    /// A document was changed.
    DocumentChanged = "document.changed",
    /// A document was deleted.
    DocumentDeleted = "document.deleted",
    /// A deleted document is back.
    DocumentRecovered = "document.recovered",
    /// An action was attempted.
    ActionProposed = "action.proposed",
    /// An action was refused before any policy: no right to propose it, or a payload that cannot be.
    ActionRefused = "action.refused",
    /// An action was decided.
    ActionDecided = "action.decided",
    /// Who attempts or decides is warned of what the action would lead to.
    ActionWarned = "action.warned",
    /// An action has passed and is carried out when its cooling-off is over.
    ActionCooling = "action.cooling",
    /// An action that had passed was stopped by a veto.
    ActionVetoed = "action.vetoed",
    /// An action was taken back by who attempted it.
    ActionCancelled = "action.cancelled",
    /// An action waits for somebody to act.
    ActionHeld = "action.held",
    /// An action was carried out.
    ActionExecuted = "action.executed",
    /// An action was undone.
    ActionReverted = "action.reverted",
    /// A candidate was named, or an action put into a bundle.
    ActionBundled = "action.bundled",
    /// A policy took an action out of its bundle.
    ActionDropped = "action.dropped",
    /// Who proposed an action, or whom it concerns, withdrew it.
    ActionWithdrawn = "action.withdrawn",
    /// A policy began to decide on an action.
    ProposalOpened = "proposal.opened",
    /// Voters were asked, or asked again.
    ProposalAsked = "proposal.asked",
    /// It began again, under another version of its policy; the ballots stay.
    ProposalRestarted = "proposal.restarted",
    /// One policy has decided.
    ProposalDecided = "proposal.decided",
    /// A ballot was cast or changed.
    BallotCast = "ballot.cast",
    /// A ballot was withdrawn.
    BallotWithdrawn = "ballot.withdrawn",
    /// A policy started a vote again; what had been cast is kept, and counts no longer.
    BallotsCleared = "ballot.cleared",
    /// A member gave their voice to another.
    DelegationMade = "delegation.made",
    /// A member took their voice back.
    DelegationEnded = "delegation.ended",
    /// Somebody said something about a proposal.
    CommentWritten = "comment.written",
    /// Somebody changed what they had said.
    CommentEdited = "comment.edited",
    /// A comment was taken down; a mark of it stays.
    CommentRemoved = "comment.removed",
    /// A voter put an example against a proposed policy.
    ObjectionRaised = "objection.raised",
    /// Its author answered.
    ObjectionAnswered = "objection.answered",
    /// An effect was performed.
    EffectDelivered = "effect.delivered",
    /// An effect could not be performed, for good.
    EffectFailed = "effect.failed",
    /// A connection was made.
    ConnectionAdded = "connection.added",
    /// A connection was changed.
    ConnectionChanged = "connection.changed",
    /// A connection was cut.
    ConnectionRemoved = "connection.removed",
    /// An address for other services was made.
    WebhookAdded = "webhook.added",
    /// Its secret was replaced.
    WebhookRotated = "webhook.rotated",
    /// Its secret was shown, once.
    WebhookShown = "webhook.shown",
    /// It was closed.
    WebhookRemoved = "webhook.removed",
    /// An action comes round from now on.
    RecurringAdded = "recurring.added",
    /// It does no longer.
    RecurringStopped = "recurring.stopped",
    /// Times that had passed unseen were left out, because there were too many.
    ScheduleSkipped = "schedule.skipped",
    /// The policies of a mode are asked from now on.
    ModeBegan = "mode.began",
    /// They are no longer asked.
    ModeEnded = "mode.ended",
    /// The constitution was put back to an earlier state.
    ConstitutionRolledBack = "constitution.rolled_back",
    /// The government began again from a starter kit.
    ConstitutionRestarted = "constitution.restarted",
    /// A bearer token was made.
    TokenMade = "token.made",
    /// A bearer token was revoked.
    TokenRevoked = "token.revoked",
    /// The demo's clock was moved forward.
    ClockAdvanced = "clock.advanced",
}

/// Who or what caused an entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Actor {
    /// A member.
    Member(MemberId),
    /// A policy, by name.
    Policy(String),
    /// The operator of the service.
    Operator,
    /// Polity itself.
    System,
}

/// One line of the append-only, hash-chained record.
///
/// `hash` is SHA-256 over the canonical form of all other fields (see `store::audit`); `prev_hash` is the entry before.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AuditEntry {
    /// The community.
    pub community: CommunityId,
    /// Its place, from 1 without gaps.
    pub seq: i64,
    /// When.
    pub at: Timestamp,
    /// Who or what caused it.
    pub actor: Actor,
    /// What it tells.
    pub kind: AuditKind,
    /// What it is about: `action:<id>`, `policy:<id>`, …
    pub subject: String,
    /// The details.
    pub body: Json,
    /// The hash of the entry before; 64 zeros for the first.
    pub prev_hash: String,
    /// The entry's own hash, hexadecimal.
    pub hash: String,
}
