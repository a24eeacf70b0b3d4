//! The trait that every platform implements.

use async_trait::async_trait;
use types::payload::catalogue;
use types::platform::{ActionTypeSpec, IdempotencyKey, Operation, Person, Receipt};
use types::{ActionType, Json};

use crate::{ApplyError, Connection, DecodeError, Delivery, Heard, Refusal};

/// What a platform can do, for pages and for choosing where something is posted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Capabilities {
    /// It tells us when something happened: [`Platform::decode`] is of use.
    pub hears: bool,
    /// Members can vote by reacting to a posted ballot.
    pub votes_by_reaction: bool,
    /// Members can vote by answering a posted ballot.
    pub votes_by_reply: bool,
    /// One member can be messaged alone.
    pub messages_members: bool,
    /// A post can answer a post.
    pub threads: bool,
    /// The names that [`Platform::lookup`] answers.
    pub lookups: &'static [&'static str],
}

/// What [`Platform::install`] found out.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Installed {
    /// The platform's id of the user that we act as.
    pub own_user: String,
    /// The places that are governed, by the platform's ids.
    pub places: Vec<String>,
    /// What will not work until somebody changes something there, in words for the community.
    pub warnings: Vec<String>,
}

/// A place where a community lives.
#[async_trait]
pub trait Platform: Send + Sync {
    /// The name, which is the first part of its action types.
    fn name(&self) -> &'static str;

    /// What it can do.
    fn capabilities(&self) -> Capabilities;

    /// The actions that can be governed on it.
    fn action_types(&self) -> Vec<&'static ActionTypeSpec> {
        catalogue().iter().filter(|row| row.kind.platform() == self.name()).collect()
    }

    /// Checks a payload before it becomes an action, and brings it into its usual form (`#General` becomes `general`).
    /// Pure: looks at the payload alone.
    ///
    /// # Errors
    /// What is wrong with it and what would be right.
    fn validate(&self, kind: &ActionType, payload: &Json) -> Result<Json, Refusal>;

    /// Reads a delivery. Pure; the token or signature is checked on the raw bytes before anything is parsed.
    ///
    /// # Errors
    /// The delivery is refused whole: not from the platform, or not readable.
    fn decode(&self, connection: &Connection, delivery: &Delivery) -> Result<Heard, DecodeError>;

    /// Does one thing.
    ///
    /// # Idempotency
    /// The same `key` does it at most once, however often it is asked: the answer is then that of the first time,
    /// or (where the platform cannot say) one that means the same.
    ///
    /// # Errors
    /// Whether another try may help, and why it failed.
    async fn apply(
        &self,
        connection: &Connection,
        operation: &Operation,
        key: IdempotencyKey,
    ) -> Result<Receipt, ApplyError>;

    /// What the platform knows of a member under `name`, one of [`Capabilities::lookups`].
    ///
    /// # Errors
    /// As for [`Platform::apply`].
    async fn lookup(&self, connection: &Connection, name: &str, of: &Person) -> Result<Json, ApplyError>;

    /// Makes the connection work: signs in, enters the configured places, and reports what we lack there.
    ///
    /// # Idempotency
    /// Safe to repeat; run it again after every change of the connection.
    ///
    /// # Errors
    /// The connection cannot work at all.
    async fn install(&self, connection: &Connection) -> Result<Installed, ApplyError>;

    /// Enters a place that we were asked into.
    ///
    /// # Errors
    /// As for [`Platform::apply`].
    async fn join(&self, connection: &Connection, place: &str) -> Result<(), ApplyError>;
}
