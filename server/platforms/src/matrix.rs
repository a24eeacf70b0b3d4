//! Matrix: rooms of a homeserver, heard and acted upon as an application service.
//!
//! An application service acts as its own user alone, so what a member was not allowed to do at once is done later by that
//! user, who says for whom.
//!
//! # Source
//! Matrix specification v1.15, <https://spec.matrix.org/v1.15/>, and what Synapse 1.163 does.

mod settings;

mod decode;
mod event;
mod html;
mod message;
mod state;

mod rules;

mod server;

mod change;
mod membership;
mod power;
mod say;

mod enter;
mod registration;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use reqwest::Client;
use tokio::sync::Mutex;
use types::platform::{IdempotencyKey, Operation, Person, Receipt};
use types::{ActionType, Json};

use self::rules::{MatrixAction, checked};
use self::server::Server;
use crate::http::{Reach, SystemNames, client};
use crate::{ApplyError, Capabilities, Connection, DecodeError, Delivery, Heard, Installed, Platform, Refusal};

pub use self::decode::MAX_TRANSACTION_BYTES;
pub use self::registration::Registration;
pub use self::settings::Settings;

/// Longest that one call may take. Opening a room on a small homeserver takes seconds.
pub const CALL_WITHIN: Duration = Duration::from_secs(20);

/// The platform.
///
/// A connection needs `config` as [`Settings`] says, the secrets `as_token` and `hs_token`, and our user's id.
pub struct Matrix {
    reach: Reach,
    client: Client,
    opening_direct_rooms: Mutex<()>,
}

impl Matrix {
    /// Matrix, on homeservers within `reach`, each call taking at most `timeout`.
    ///
    /// # Errors
    /// The machine's TLS cannot be set up.
    pub fn new(reach: Reach, timeout: Duration) -> Result<Self, reqwest::Error> {
        let client = client(reach, Arc::new(SystemNames), timeout)?;
        Ok(Self { reach, client, opening_direct_rooms: Mutex::default() })
    }
}

#[async_trait]
impl Platform for Matrix {
    fn name(&self) -> &'static str {
        "matrix"
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            hears: true,
            votes_by_reaction: true,
            votes_by_reply: true,
            messages_members: true,
            threads: true,
            lookups: &["power_level", "joined_at", "server"],
            ..Capabilities::default()
        }
    }

    fn validate(&self, kind: &ActionType, payload: &Json) -> Result<Json, Refusal> {
        checked(kind, payload).map(|action| action.to_json())
    }

    fn decode(&self, connection: &Connection, delivery: &Delivery) -> Result<Heard, DecodeError> {
        decode::decode(connection, delivery)
    }

    async fn apply(
        &self,
        connection: &Connection,
        operation: &Operation,
        key: IdempotencyKey,
    ) -> Result<Receipt, ApplyError> {
        let server = Server::of(&self.client, self.reach, connection)?;
        match operation {
            // What was heard may break our rules for proposing (a message of 50,000 characters) and is undone all the same.
            Operation::Execute { kind, payload, initiator, undo } => {
                server.execute(&MatrixAction::read(kind, payload)?, initiator.as_ref(), undo, key).await
            }
            Operation::Revert { kind, payload, undo, reason } => {
                server.revert(&MatrixAction::read(kind, payload)?, undo, reason, key).await
            }
            Operation::Post { place, text, thread } => server.post(place, text, thread.as_deref(), key).await,
            Operation::Message { to, text, .. } => server.message(to, text, key, &self.opening_direct_rooms).await,
            Operation::PostBallot { place, ask, url, .. } => server.post_ballot(place, ask, url.as_deref(), key).await,
            Operation::UpdateBallot { place, message, text, .. } => {
                server.update_ballot(place, message, text, key).await
            }
        }
    }

    async fn lookup(&self, connection: &Connection, name: &str, of: &Person) -> Result<Json, ApplyError> {
        Server::of(&self.client, self.reach, connection)?.look_up(name, of).await
    }

    async fn install(&self, connection: &Connection) -> Result<Installed, ApplyError> {
        Server::of(&self.client, self.reach, connection)?.install().await
    }

    async fn join(&self, connection: &Connection, place: &str) -> Result<(), ApplyError> {
        Ok(Server::of(&self.client, self.reach, connection)?.enter(place).await.map(drop)?)
    }
}
