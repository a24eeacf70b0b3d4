//! Carrying out constitution actions: what changes in the government when one has passed.
//!
//! Each verb first reads everything it needs and refuses in words where it cannot be done; only then it writes. So a refusal
//! leaves the transaction as it was, and other actions of the same transaction are not harmed.

mod community;
mod documents;
mod modes;
mod policies;
mod publications;
mod question;
mod recovery;
mod restart;
mod roles;
mod safeguards;
mod stages;
mod webhooks;

use serde_json::{Value, json};
use types::audit::Actor;
use types::payload::Payload;
use types::payload::recovery::is_recovery;
use types::{Action, AuditKind, Json, Timestamp};

use crate::clock::IdSource;

pub(super) use policies::standing;
pub use policies::{changed, draft, source_hash};
pub use stages::MAX_STAGES;

/// What a verb works with.
pub(super) struct Performing<'t> {
    /// The community, in the transaction of the decision.
    pub tx: store::CommunityTx<'t>,
    /// The action that has passed.
    pub action: &'t Action,
    /// The moment of the decision.
    pub now: Timestamp,
    /// Ids for what is new.
    pub ids: &'t dyn IdSource,
}

/// Why a constitution action that has passed could not be carried out.
#[derive(Debug, thiserror::Error)]
pub enum PerformError {
    /// It cannot be done as things stand, and says why.
    #[error("{0}")]
    Refused(String),
    /// The store failed: the whole decision is tried again.
    #[error("the store failed while carrying out a constitution action")]
    Store(#[from] store::StoreError),
}

impl PerformError {
    pub(super) fn refused(why: impl Into<String>) -> Self {
        Self::Refused(why.into())
    }
}

/// What carrying out answers: the details of what was changed, enough to change it back.
pub(super) type Done = Result<Value, PerformError>;

/// Carries out the action. The answer is its receipt.
///
/// # Errors
/// [`PerformError::Refused`] before anything was written, or the store's failure.
pub(super) async fn perform(p: &Performing<'_>) -> Done {
    if is_recovery(&p.action.kind) && p.action.bundle.is_some() {
        return Err(PerformError::refused("recovery is decided by the recovery rule alone"));
    }
    match p.action.kind.verb() {
        "add_document" => documents::add(p, p.read()?).await,
        "change_document" => documents::change(p, p.read()?).await,
        "delete_document" => documents::delete(p, p.read()?).await,
        "recover_document" => documents::recover(p, p.read()?).await,
        "add_role" => roles::add(p, p.read()?).await,
        "edit_role" => roles::edit(p, p.read()?).await,
        "delete_role" => roles::delete(p, p.read()?).await,
        "assign_role" => roles::assign(p, p.read()?).await,
        "remove_role" => roles::remove(p, p.read()?).await,
        "add_policy" => policies::add(p, p.read()?).await,
        "add_policy_bundle" => stages::add(p, p.read()?).await,
        "change_policy" => policies::change(p, p.read()?).await,
        "restart_proposals" => restart::perform(p, p.read()?).await,
        "reset_policy" => policies::reset(p, p.read()?).await,
        "remove_policy" => policies::remove(p, p.read()?).await,
        "recover_policy" => policies::recover(p, p.read()?).await,
        "publish_policy" => publications::publish(p, p.read()?).await,
        "withdraw_publication" => publications::withdraw(p, p.read()?).await,
        "reorder_policies" => policies::reorder(p, p.read()?).await,
        "set_enforcement" => policies::set_enforcement(p, p.read()?).await,
        "set_on_error" => policies::set_on_error(p, p.read()?).await,
        "set_combining" => community::set_combining(p, p.read()?).await,
        "set_profile" => community::set_profile(p, p.read()?).await,
        "add_connection" => community::add_connection(p, p.read()?).await,
        "remove_connection" => community::remove_connection(p, p.read()?).await,
        "nominate" => super::bundle::nominate(p).await,
        "apply_starter_kit" => community::apply_starter_kit(p, p.read()?).await,
        "set_safeguards" => safeguards::set(p, p.read()?).await,
        "set_sunset" => safeguards::set_sunset(p, p.read()?).await,
        "add_mode" => modes::add(p, p.read()?).await,
        "remove_mode" => modes::remove(p, p.read()?).await,
        "switch_mode" => modes::switch(p, p.read()?).await,
        "add_webhook" => webhooks::add(p, p.read()?).await,
        "rotate_webhook" => webhooks::rotate(p, p.read()?).await,
        "remove_webhook" => webhooks::remove(p, p.read()?).await,
        "stop_recurring" => webhooks::stop_recurring(p, p.read()?).await,
        "roll_back" => recovery::roll_back(p, p.read()?).await,
        "restart_from_kit" => recovery::restart(p, p.read()?).await,
        _ => Err(PerformError::refused(format!("nothing here knows how to carry out {}", p.action.kind))),
    }
}

impl Performing<'_> {
    /// The action's payload. It was checked when the action came in.
    fn read<P: Payload>(&self) -> Result<P, PerformError> {
        self.action.payload.read().map_err(|error| PerformError::refused(format!("{}: {error}", P::TYPE)))
    }

    /// Tells the audit log what was changed, on behalf of who attempted it.
    fn tell(&self, kind: AuditKind, subject: String, mut body: Value) {
        if let Some(fields) = body.as_object_mut() {
            fields.insert("action".to_owned(), json!(self.action.id));
        }
        let actor = self.action.initiator.map_or(Actor::System, Actor::Member);
        self.tx.audit(actor, kind, subject, Json(body), self.now);
    }
}
