//! Lines of the audit log in words.

use app::api::words::HistoryKind;
use types::AuditKind;

/// What an entry tells, as the verb that follows the actor's name: "voted on".
#[must_use]
pub fn verb(kind: AuditKind) -> &'static str {
    match kind {
        AuditKind::CommunityFounded => "founded the community",
        AuditKind::CommunityChanged => "changed the community",
        AuditKind::MemberJoined => "joined",
        AuditKind::MemberLeft => "left",
        AuditKind::MemberRenamed => "took the name",
        AuditKind::RoleAdded => "created the role",
        AuditKind::RoleChanged => "changed the role",
        AuditKind::RoleDeleted => "deleted the role",
        AuditKind::RoleGranted => "gave the role",
        AuditKind::RoleRevoked => "took away the role",
        AuditKind::PolicyAdded => "put in force the policy",
        AuditKind::PolicyChanged => "changed the policy",
        AuditKind::PolicyAdjusted => "adjusted the policy",
        AuditKind::PolicyRemoved => "put out of force the policy",
        AuditKind::PolicyRecovered => "put back in force the policy",
        AuditKind::PolicyBroke => "broke while deciding on",
        AuditKind::PolicyTripped => "set back to the last version that worked",
        AuditKind::PolicyReset => "put back to its newest version",
        AuditKind::DocumentAdded => "wrote",
        AuditKind::DocumentChanged => "changed",
        AuditKind::DocumentDeleted => "deleted",
        AuditKind::DocumentRecovered => "brought back",
        AuditKind::ActionProposed => "attempted to",
        AuditKind::ActionRefused => "was refused to",
        AuditKind::ActionDecided => "decided on",
        AuditKind::ActionHeld => "holds",
        AuditKind::ActionExecuted => "carried out",
        AuditKind::ActionReverted => "undid",
        AuditKind::ActionBundled => "put on the ballot",
        AuditKind::ActionDropped => "took off the ballot",
        AuditKind::ActionWithdrawn => "withdrew",
        AuditKind::ProposalRestarted => "began again with",
        AuditKind::ProposalOpened => "began to decide on",
        AuditKind::ProposalAsked => "asked voters about",
        AuditKind::ProposalDecided => "decided on",
        AuditKind::BallotCast => "voted on",
        AuditKind::BallotWithdrawn => "took back the vote on",
        AuditKind::BallotsCleared => "started again the vote on",
        AuditKind::DelegationMade => "gave their voice to another:",
        AuditKind::DelegationEnded => "took their voice back:",
        AuditKind::CommentWritten => "commented on",
        AuditKind::CommentEdited => "changed a comment on",
        AuditKind::CommentRemoved => "took down a comment on",
        AuditKind::ObjectionRaised => "objected with an example to",
        AuditKind::ObjectionAnswered => "answered an objection to",
        AuditKind::EffectDelivered => "delivered",
        AuditKind::EffectFailed => "could not deliver",
        AuditKind::ConnectionAdded => "connected",
        AuditKind::ConnectionChanged => "changed the connection",
        AuditKind::ConnectionRemoved => "disconnected",
        AuditKind::ActionWarned => "warned of what would come of",
        AuditKind::ActionCooling => "has to wait before carrying out",
        AuditKind::ActionVetoed => "vetoed",
        AuditKind::ActionCancelled => "took back",
        AuditKind::WebhookAdded => "opened the webhook",
        AuditKind::WebhookRotated => "replaced the secret of the webhook",
        AuditKind::WebhookShown => "was shown the secret of the webhook",
        AuditKind::WebhookRemoved => "closed the webhook",
        AuditKind::RecurringAdded => "has come round from now on",
        AuditKind::RecurringStopped => "stopped from coming round",
        AuditKind::ScheduleSkipped => "left out times of",
        AuditKind::ModeBegan => "began a mode",
        AuditKind::ModeEnded => "ended a mode",
        AuditKind::ConstitutionRolledBack => "rolled back the constitution of",
        AuditKind::ConstitutionRestarted => "began again the government of",
        AuditKind::TokenMade => "made a token",
        AuditKind::TokenRevoked => "revoked a token",
        AuditKind::ClockAdvanced => "moved the clock forward",
    }
}

/// The kind in one or two words: "Ballot".
#[must_use]
pub fn kind_label(kind: AuditKind) -> &'static str {
    match family(kind.as_str()) {
        "community" => "Community",
        "member" => "Member",
        "role" => "Role",
        "policy" => "Policy",
        "document" => "Document",
        "action" => "Action",
        "proposal" => "Proposal",
        "ballot" => "Ballot",
        "delegation" => "Delegation",
        "comment" => "Comment",
        "objection" => "Objection",
        "effect" => "Effect",
        "connection" => "Connection",
        "token" => "Token",
        "webhook" => "Webhook",
        "recurring" | "schedule" => "Schedule",
        "mode" => "Mode",
        "constitution" => "Constitution",
        _ => "Clock",
    }
}

/// The part before the dot.
#[must_use]
pub fn family(word: &str) -> &str {
    word.split_once('.').map_or(word, |(family, _)| family)
}

/// The kind as the choice of a filter: "Ballot: cast".
#[must_use]
pub fn choice_label(kind: AuditKind) -> String {
    let event = kind.as_str().split_once('.').map_or("", |(_, event)| event);
    format!("{}: {event}", kind_label(kind))
}

/// Which sign stands beside the line in a proposal's history.
#[must_use]
pub fn sign(kind: AuditKind, has_passed: Option<bool>) -> HistoryKind {
    match (kind, has_passed) {
        (AuditKind::ActionDecided | AuditKind::ProposalDecided, Some(true)) => HistoryKind::Passed,
        (AuditKind::ActionDecided | AuditKind::ProposalDecided, Some(false)) => HistoryKind::Failed,
        (AuditKind::ActionProposed, _) => HistoryKind::Proposed,
        (AuditKind::ProposalOpened, _) => HistoryKind::Pinned,
        (AuditKind::ProposalAsked, _) => HistoryKind::Asked,
        (AuditKind::BallotCast | AuditKind::BallotWithdrawn, _) => HistoryKind::Ballot,
        (AuditKind::ActionExecuted | AuditKind::EffectDelivered, _) => HistoryKind::CarriedOut,
        (AuditKind::ActionReverted, _) => HistoryKind::Undone,
        (AuditKind::ActionVetoed | AuditKind::ActionCancelled, _) => HistoryKind::Failed,
        (
            AuditKind::ActionHeld
            | AuditKind::ActionWarned
            | AuditKind::ActionCooling
            | AuditKind::PolicyBroke
            | AuditKind::EffectFailed,
            _,
        ) => HistoryKind::Held,
        _ => HistoryKind::Noted,
    }
}
