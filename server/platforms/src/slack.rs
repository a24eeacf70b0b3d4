//! Slack: a workspace, heard by the Events API or by Socket Mode, and acted upon with the bot's token and, where only an
//! administrator may, with the installer's.
//!
//! # Source
//! <https://docs.slack.dev>, read November 2026.

mod settings;

mod commands;
mod decode;
mod message;
mod open;
mod text;

mod rules;

mod change;
mod say;
mod undo;
mod workspace;

mod enter;
mod install;
mod listen;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use reqwest::Client;
use secrecy::SecretString;
use types::platform::{IdempotencyKey, Operation, Person, Receipt};
use types::{ActionType, Json, Timestamp};

use self::rules::{SlackAction, checked};
use self::workspace::Workspace;
use crate::http::{Reach, SystemNames, client};
use crate::limits::Limits;
use crate::{
    Answer, ApplyError, Capabilities, Connection, DecodeError, Delivery, Ear, Found, Grant, Heard, Installed,
    Interaction, Opened, Platform, Refusal,
};

pub use self::install::manifest;
pub use self::open::MAX_DELIVERY_BYTES;
pub use self::settings::{API, Settings};

/// Longest that one call may take.
pub const CALL_WITHIN: Duration = Duration::from_secs(15);

/// The platform.
///
/// The operator's side holds `client_id` and `api` in its settings, and the secrets `client_secret`, `signing_secret` and,
/// for Socket Mode, `app_token`; a community's connection holds what [`Settings`] says, and the secrets `bot_token`,
/// `admin_token` and, where tokens are rotated, `refresh_token`.
pub struct Slack {
    client: Client,
    limits: Limits,
}

impl Slack {
    /// Slack, within `reach`, each call taking at most `timeout`.
    ///
    /// # Errors
    /// The machine's TLS cannot be set up.
    pub fn new(reach: Reach, timeout: Duration) -> Result<Self, reqwest::Error> {
        Ok(Self { client: client(reach, Arc::new(SystemNames), timeout)?, limits: Limits::default() })
    }

    fn workspace<'a>(&'a self, connection: &'a Connection) -> Result<Workspace<'a>, ApplyError> {
        Workspace::of(&self.client, &self.limits, connection)
    }
}

#[async_trait]
impl Platform for Slack {
    fn name(&self) -> &'static str {
        "slack"
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            hears: true,
            votes_by_reaction: true,
            votes_by_reply: true,
            votes_by_button: true,
            messages_members: true,
            whispers: true,
            threads: true,
            lookups: &["roles", "is_guest", "user_groups"],
            hold: None,
            recount_seconds: 600,
        }
    }

    fn validate(&self, kind: &ActionType, payload: &Json) -> Result<Json, Refusal> {
        checked(kind, payload).map(|action| action.to_json())
    }

    fn open(&self, service: &Connection, delivery: &Delivery) -> Result<Opened, DecodeError> {
        open::open(service, delivery)
    }

    fn decode(&self, connection: &Connection, delivery: &Delivery) -> Result<Heard, DecodeError> {
        decode::decode(connection, delivery)
    }

    fn reply(&self, interaction: &Interaction, text: &str) -> Option<Answer> {
        commands::reply(interaction, text)
    }

    async fn whisper(&self, connection: &Connection, to: &Interaction, text: &str) -> Result<(), ApplyError> {
        self.workspace(connection)?.answer_later(to, text).await
    }

    fn echoes(&self, connection: &Connection, operation: &Operation) -> Vec<String> {
        undo::echoes(&Settings::of(connection), operation)
    }

    async fn done_before(
        &self,
        connection: &Connection,
        operation: &Operation,
        key: IdempotencyKey,
    ) -> Result<Option<Receipt>, ApplyError> {
        self.workspace(connection)?.said_before(operation, key).await
    }

    async fn apply(
        &self,
        connection: &Connection,
        operation: &Operation,
        key: IdempotencyKey,
    ) -> Result<Receipt, ApplyError> {
        let workspace = self.workspace(connection)?;
        match operation {
            Operation::Execute { kind, payload, initiator, undo } => {
                workspace.execute(&SlackAction::read(kind, payload)?, initiator.as_ref(), undo, key).await
            }
            Operation::Revert { kind, payload, undo, .. } => {
                workspace.revert(&SlackAction::read(kind, payload)?, undo).await
            }
            Operation::Post { place, text, thread } => workspace.post(place, text, thread.as_deref(), key).await,
            Operation::Message { to, text, here } => workspace.message(to, text, here.as_deref(), key).await,
            Operation::PostBallot { place, ask, url, proposal } => {
                workspace.post_ballot(place, ask, url.as_deref(), *proposal, key).await
            }
            Operation::UpdateBallot { message, text, open, .. } => {
                workspace.update_ballot(message, text, open.as_ref()).await
            }
        }
    }

    async fn recount(&self, connection: &Connection, _: &str, message: &str) -> Result<Option<Vec<Found>>, ApplyError> {
        self.workspace(connection)?.reactions(message).await.map(Some)
    }

    async fn lookup(&self, connection: &Connection, name: &str, of: &Person) -> Result<Json, ApplyError> {
        self.workspace(connection)?.look_up(name, of).await
    }

    async fn install(&self, connection: &Connection) -> Result<Installed, ApplyError> {
        self.workspace(connection)?.enter_all().await
    }

    async fn join(&self, connection: &Connection, place: &str) -> Result<(), ApplyError> {
        self.workspace(connection)?.join(place).await
    }

    fn install_url(&self, service: &Connection, state: &str, back: &str) -> Option<String> {
        install::url(service, state, back)
    }

    async fn granted(
        &self,
        service: &Connection,
        query: &BTreeMap<String, String>,
        back: &str,
    ) -> Result<Grant, ApplyError> {
        install::granted(&self.client, &self.limits, service, query, back).await
    }

    async fn tend(
        &self,
        connection: &Connection,
        now: Timestamp,
    ) -> Result<Option<BTreeMap<String, SecretString>>, ApplyError> {
        install::tend(&self.client, &self.limits, connection, now).await
    }

    async fn leave(&self, connection: &Connection) -> Result<(), ApplyError> {
        self.workspace(connection)?.uninstall().await
    }

    fn dials(&self, service: &Connection) -> bool {
        service.secret("app_token").is_some()
    }

    async fn listen(&self, service: &Connection, _: Option<String>, ear: &dyn Ear) -> Result<(), ApplyError> {
        listen::listen(&self.client, &self.limits, service, ear).await
    }
}
