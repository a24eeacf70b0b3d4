//! The board: channels, posts and membership inside Polity itself. It needs nothing, so a fresh install governs something real.

mod change;
mod rules;
pub mod storage;
mod undo;

use std::sync::Arc;

use async_trait::async_trait;
use serde_json::json;
use types::platform::{IdempotencyKey, Operation, Person, Receipt};
use types::{ActionType, Ask, BallotKind, Json};

use self::change::{Change, receipt};
use self::rules::{checked, text};
use self::storage::BoardStorage;
use crate::{ApplyError, Capabilities, Connection, DecodeError, Delivery, Heard, Installed, Platform, Refusal};

pub use self::rules::{MAX_CHANNEL_NAME_CHARS, MAX_POST_CHARS, MAX_REASON_CHARS, MAX_TOPIC_CHARS};

/// Longest notice or announcement, in characters; a policy's longer text is cut with `…`.
const MAX_NOTICE_CHARS: usize = 4_000;

/// The built-in platform.
pub struct Board {
    storage: Arc<dyn BoardStorage>,
}

impl Board {
    /// A board kept in `storage`.
    #[must_use]
    pub fn new(storage: Arc<dyn BoardStorage>) -> Self {
        Self { storage }
    }

    /// Tries an action and takes everything back: whether it would work now, for a form before it is proposed.
    ///
    /// # Errors
    /// As carrying it out would.
    pub async fn rehearse(
        &self,
        connection: &Connection,
        kind: &ActionType,
        payload: &Json,
        initiator: Option<&Person>,
    ) -> Result<(), ApplyError> {
        let action = checked(kind, payload)?;
        let mut board = self.storage.begin(connection.community).await?;
        let key = IdempotencyKey(types::EffectId::NIL);
        Change { board: board.as_mut(), key }.execute(&action, initiator, &Json::default()).await.map(drop)
    }
}

#[async_trait]
impl Platform for Board {
    fn name(&self) -> &'static str {
        "board"
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities { messages_members: true, threads: true, ..Capabilities::default() }
    }

    fn validate(&self, kind: &ActionType, payload: &Json) -> Result<Json, Refusal> {
        checked(kind, payload).map(|action| action.to_json())
    }

    fn decode(&self, _: &Connection, _: &Delivery) -> Result<Heard, DecodeError> {
        Err(DecodeError::NotSupported("the board"))
    }

    async fn apply(
        &self,
        connection: &Connection,
        operation: &Operation,
        key: IdempotencyKey,
    ) -> Result<Receipt, ApplyError> {
        let mut board = self.storage.begin(connection.community).await?;
        if let Some(receipt) = board.done(key).await? {
            return Ok(receipt);
        }
        let receipt = perform(&mut Change { board: board.as_mut(), key }, operation).await?;
        board.commit(key, &receipt).await?;
        Ok(receipt)
    }

    async fn lookup(&self, _: &Connection, name: &str, _: &Person) -> Result<Json, ApplyError> {
        Err(ApplyError::permanent("unknown-lookup", format!("the board has nothing called '{name}' to look up")))
    }

    async fn install(&self, _: &Connection) -> Result<Installed, ApplyError> {
        Ok(Installed::default())
    }

    async fn join(&self, _: &Connection, _: &str) -> Result<(), ApplyError> {
        Ok(())
    }
}

async fn perform(change: &mut Change<'_>, operation: &Operation) -> Result<Receipt, ApplyError> {
    match operation {
        Operation::Execute { kind, payload, initiator, undo } => {
            change.execute(&checked(kind, payload)?, initiator.as_ref(), undo).await
        }
        Operation::Revert { kind, payload, undo, reason } => {
            change.revert(&checked(kind, payload)?, undo, reason).await
        }
        Operation::Post { place, text, thread } => {
            let answered = thread.as_deref().map(undo::post_named).transpose()?;
            change.write(&rules::channel_name(place)?, None, said(text)?, answered, None).await
        }
        Operation::Message { to, text, .. } => {
            change.board.notice(to.member, &said(text)?).await?;
            Ok(Receipt { external: None, detail: Json(json!({ "member": to.member })) })
        }
        Operation::PostBallot { place, ask, url, .. } => {
            change.write(&rules::channel_name(place)?, None, ballot_text(ask), None, url.clone()).await
        }
        Operation::UpdateBallot { message, text, .. } => {
            let mut post = change.post(undo::post_named(message)?).await?;
            post.text = said(text)?;
            change.board.put_post(&post).await?;
            Ok(receipt(post.id, json!({ "post": post.id })))
        }
    }
}

/// A text of ours, cut where it is too long: an announcement must not fail for its length.
fn said(written: &str) -> Result<String, ApplyError> {
    let short: String = if written.chars().count() > MAX_NOTICE_CHARS {
        written.chars().take(MAX_NOTICE_CHARS - 1).chain(['…']).collect()
    } else {
        written.to_owned()
    };
    Ok(text(&short, "the message", MAX_NOTICE_CHARS)?)
}

/// What a posted ballot says: the question, and the options one by one.
fn ballot_text(ask: &Ask) -> String {
    let question = if ask.text.trim().is_empty() { "A decision needs you." } else { ask.text.trim() };
    let options = ask.options.iter().enumerate().map(|(at, option)| format!("\n{}. {option}", at + 1));
    let options = if ask.kind == BallotKind::YesNo { String::new() } else { options.collect() };
    said(&format!("{question}{options}")).unwrap_or_else(|_| question.chars().take(MAX_NOTICE_CHARS).collect())
}
