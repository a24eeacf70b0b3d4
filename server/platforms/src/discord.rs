//! Discord: a server, heard over the gateway, voted on by buttons, and acted upon with the bot's token.
//!
//! # Source
//! <https://docs.discord.com/developers>, API version 10, read November 2026.

mod settings;

mod decode;
mod open;
mod trail;

mod rules;

mod change;
mod guild;
mod say;

mod enter;
mod install;
mod listen;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use reqwest::Client;
use types::platform::{IdempotencyKey, Operation, Person, Receipt};
use types::{ActionType, Json};

use self::guild::Guild;
use self::rules::{DiscordAction, checked};
use crate::http::{Reach, SystemNames, client};
use crate::limits::Limits;
use crate::platform::Hold;
use crate::{
    Answer, ApplyError, Capabilities, Connection, DecodeError, Delivery, Ear, Found, Grant, Heard, Installed,
    Interaction, Opened, Platform, Refusal,
};

pub use self::open::MAX_DELIVERY_BYTES;
pub use self::settings::{API, Settings};

/// Longest that one call may take.
pub const CALL_WITHIN: Duration = Duration::from_secs(15);

/// The platform.
///
/// The operator's side holds `application_id`, `public_key` and `api` in its settings, and the secrets `client_secret` and
/// `bot_token`; a community's connection holds what [`Settings`] says and needs no secret of its own.
pub struct Discord {
    client: Client,
    limits: Limits,
}

impl Discord {
    /// Discord, within `reach`, each call taking at most `timeout`.
    ///
    /// # Errors
    /// The machine's TLS cannot be set up.
    pub fn new(reach: Reach, timeout: Duration) -> Result<Self, reqwest::Error> {
        Ok(Self { client: client(reach, Arc::new(SystemNames), timeout)?, limits: Limits::default() })
    }

    fn guild<'a>(&'a self, connection: &'a Connection) -> Result<Guild<'a>, ApplyError> {
        Guild::of(&self.client, &self.limits, connection)
    }
}

#[async_trait]
impl Platform for Discord {
    fn name(&self) -> &'static str {
        "discord"
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
            lookups: &["joined_at", "roles", "account_created_at", "is_boosting"],
            hold: Some(Hold {
                what: "messages with words that the community lists are held by Discord itself until it is decided",
                without: "a message stands until Polity has removed it, a moment later",
            }),
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
        open::reply(interaction, text)
    }

    async fn whisper(&self, connection: &Connection, to: &Interaction, text: &str) -> Result<(), ApplyError> {
        self.guild(connection)?.answer_later(to, text).await
    }

    async fn apply(
        &self,
        connection: &Connection,
        operation: &Operation,
        key: IdempotencyKey,
    ) -> Result<Receipt, ApplyError> {
        let guild = self.guild(connection)?;
        match operation {
            Operation::Execute { kind, payload, initiator, undo } => {
                guild.execute(&DiscordAction::read(kind, payload)?, initiator.as_ref(), undo, key).await
            }
            Operation::Revert { kind, payload, undo, reason } => {
                guild.revert(&DiscordAction::read(kind, payload)?, undo, reason).await
            }
            Operation::Post { place, text, thread } => guild.post(place, text, thread.as_deref(), key).await,
            Operation::Message { to, text, .. } => guild.message(to, text, key).await,
            Operation::PostBallot { place, ask, url, proposal } => {
                guild.post_ballot(place, ask, url.as_deref(), *proposal, key).await
            }
            Operation::UpdateBallot { message, text, open, .. } => {
                guild.update_ballot(message, text, open.as_ref()).await
            }
        }
    }

    async fn recount(&self, connection: &Connection, _: &str, message: &str) -> Result<Option<Vec<Found>>, ApplyError> {
        self.guild(connection)?.reactions(message).await.map(Some)
    }

    async fn lookup(&self, connection: &Connection, name: &str, of: &Person) -> Result<Json, ApplyError> {
        self.guild(connection)?.look_up(name, of).await
    }

    async fn install(&self, connection: &Connection) -> Result<Installed, ApplyError> {
        self.guild(connection)?.enter().await
    }

    async fn join(&self, _: &Connection, _: &str) -> Result<(), ApplyError> {
        // A bot is in every channel of its server that its roles let it see.
        Ok(())
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
        _: types::Timestamp,
    ) -> Result<Option<BTreeMap<String, secrecy::SecretString>>, ApplyError> {
        self.guild(connection)?.see().await.map(|_| None)
    }

    async fn leave(&self, connection: &Connection) -> Result<(), ApplyError> {
        self.guild(connection)?.leave().await
    }

    fn dials(&self, service: &Connection) -> bool {
        service.secret("bot_token").is_some()
    }

    async fn listen(&self, service: &Connection, cursor: Option<String>, ear: &dyn Ear) -> Result<(), ApplyError> {
        listen::listen(&self.client, &self.limits, service, cursor, ear).await
    }
}
