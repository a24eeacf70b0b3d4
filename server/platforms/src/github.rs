//! GitHub: repositories, heard by webhooks as an app, and acted upon as its installation.
//!
//! # Source
//! <https://docs.github.com/rest> and <https://docs.github.com/webhooks>, API version 2022-11-28, read November 2026.

mod settings;

mod decode;
mod issue;
mod open;

mod rules;

mod change;
mod key;
mod repository;
mod say;

mod enter;
mod install;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use reqwest::Client;
use types::platform::{IdempotencyKey, Operation, Person, Receipt};
use types::{ActionType, Json};

use self::repository::{Keyring, Repositories};
use self::rules::{GitHubAction, checked};
use crate::http::{Reach, SystemNames, client};
use crate::limits::Limits;
use crate::platform::Hold;
use crate::{
    ApplyError, Capabilities, Connection, DecodeError, Delivery, Found, Grant, Heard, Installed, Opened, Platform,
    Refusal,
};

pub use self::install::manifest;
pub use self::open::MAX_DELIVERY_BYTES;
pub use self::settings::{API, CHECK, Settings, WEB};

/// Longest that one call may take.
pub const CALL_WITHIN: Duration = Duration::from_secs(15);

/// The platform.
///
/// The operator's side holds `app_id`, `slug`, `client_id`, `api` and `web` in its settings, and the secrets `client_secret`,
/// `webhook_secret` and `private_key`; a community's connection holds what [`Settings`] says and needs no secret of its own.
pub struct GitHub {
    client: Client,
    limits: Limits,
    keys: Keyring,
}

impl GitHub {
    /// GitHub, within `reach`, each call taking at most `timeout`.
    ///
    /// # Errors
    /// The machine's TLS cannot be set up.
    pub fn new(reach: Reach, timeout: Duration) -> Result<Self, reqwest::Error> {
        let client = client(reach, Arc::new(SystemNames), timeout)?;
        Ok(Self { client, limits: Limits::default(), keys: Keyring::default() })
    }

    fn repositories<'a>(&'a self, connection: &'a Connection) -> Result<Repositories<'a>, ApplyError> {
        Repositories::of(&self.client, &self.limits, &self.keys, connection)
    }
}

#[async_trait]
impl Platform for GitHub {
    fn name(&self) -> &'static str {
        "github"
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            hears: true,
            votes_by_reaction: true,
            votes_by_reply: true,
            lookups: &["permission", "contributions", "account_created_at"],
            hold: Some(Hold {
                what: "merging a pull request waits for the check “Polity”, once it is required for the branch",
                without: "a merge happens at once and cannot be undone",
            }),
            // GitHub tells of no reaction.
            recount_seconds: 60,
            ..Capabilities::default()
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

    async fn done_before(
        &self,
        connection: &Connection,
        operation: &Operation,
        key: IdempotencyKey,
    ) -> Result<Option<Receipt>, ApplyError> {
        self.repositories(connection)?.said_before(operation, key).await
    }

    async fn apply(
        &self,
        connection: &Connection,
        operation: &Operation,
        key: IdempotencyKey,
    ) -> Result<Receipt, ApplyError> {
        let repositories = self.repositories(connection)?;
        match operation {
            Operation::Execute { kind, payload, initiator, undo } => {
                repositories.execute(&GitHubAction::read(kind, payload)?, initiator.as_ref(), undo, key).await
            }
            Operation::Revert { kind, payload, undo, .. } => {
                repositories.revert(&GitHubAction::read(kind, payload)?, undo).await
            }
            Operation::Post { place, text, .. } => repositories.post(place, text, key).await,
            Operation::Message { to, .. } => Err(ApplyError::permanent(
                "no-messages",
                format!("GitHub has no messages to one person, so {} is told in the app alone", to.display_name),
            )),
            Operation::PostBallot { place, ask, url, .. } => {
                repositories.post_ballot(place, ask, url.as_deref(), key).await
            }
            Operation::UpdateBallot { message, text, open, .. } => {
                repositories.update_ballot(message, text, open.as_ref()).await
            }
        }
    }

    async fn recount(&self, connection: &Connection, _: &str, message: &str) -> Result<Option<Vec<Found>>, ApplyError> {
        self.repositories(connection)?.reactions(message).await.map(Some)
    }

    async fn lookup(&self, connection: &Connection, name: &str, of: &Person) -> Result<Json, ApplyError> {
        self.repositories(connection)?.look_up(name, of).await
    }

    async fn install(&self, connection: &Connection) -> Result<Installed, ApplyError> {
        self.repositories(connection)?.enter().await
    }

    async fn join(&self, _: &Connection, _: &str) -> Result<(), ApplyError> {
        // Who installs the app chooses its repositories.
        Ok(())
    }

    fn install_url(&self, service: &Connection, state: &str, _: &str) -> Option<String> {
        install::url(service, state)
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
        self.repositories(connection)?.named().await.map(|_| None)
    }

    async fn leave(&self, connection: &Connection) -> Result<(), ApplyError> {
        self.repositories(connection)?.uninstall().await
    }
}
