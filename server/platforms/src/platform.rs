//! The trait that every platform implements.

use std::collections::BTreeMap;

use async_trait::async_trait;
use secrecy::SecretString;
use types::payload::catalogue;
use types::platform::{ActionTypeSpec, ExternalUser, IdempotencyKey, Operation, Person, Receipt};
use types::{ActionType, BallotValue, Json};

use crate::{Answer, ApplyError, Connection, DecodeError, Delivery, Heard, Interaction, Opened, Refusal};

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
    /// Members can vote by a button under a posted ballot, and only they see what comes of it.
    pub votes_by_button: bool,
    /// A message in a channel can be shown to one member alone.
    pub whispers: bool,
    /// Where the platform itself can keep something from happening until it is decided; `None` where what happened is undone.
    pub hold: Option<Hold>,
    /// Reactions under a posted ballot are counted again this often and before it closes, because the platform tells of them
    /// late, incompletely or not at all.
    ///
    /// # Units
    /// Seconds; 0 where they are not counted again.
    pub recount_seconds: u32,
}

/// A platform's own way of keeping something from happening until it is decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hold {
    /// What is held, in words for who installs: "merging pull requests waits for a check".
    pub what: &'static str,
    /// What happens without it: "a merge cannot be undone".
    pub without: &'static str,
}

/// What [`Platform::install`] found out.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Installed {
    /// The platform's id of the user that we act as.
    pub own_user: String,
    /// The places that are governed, by the platform's ids.
    pub places: Vec<String>,
    /// What will not work until somebody changes something there, in words for the community.
    pub warnings: Vec<String>,
    /// Who has which standing there already: each becomes a role of the community.
    pub roles: Vec<Role>,
    /// Values as they are now ([`types::platform::PlatformEvent::Known`]), so that the first change of each can be undone.
    pub known: Vec<(String, Json)>,
    /// Where a first word is said to everybody; `None` where there is no such place.
    pub lobby: Option<String>,
}

/// A standing that people have on a platform.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Role {
    /// What the platform calls it: "Administrators".
    pub name: String,
    /// Who has it. Programs are left out.
    pub members: Vec<ExternalUser>,
}

/// What an installer granted us: a connection to be.
#[derive(Clone, Debug)]
pub struct Grant {
    /// The workspace, server or installation.
    pub tenant: String,
    /// What people call it.
    pub name: String,
    /// Settings of the connection to be.
    pub config: Json,
    /// Tokens by name.
    pub secrets: BTreeMap<String, SecretString>,
    /// Who installed us; their right to was checked.
    pub installer: ExternalUser,
}

/// A reaction that stands under a posted ballot.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// The id under which [`types::platform::PlatformEvent::Voted`] tells of it.
    pub event: String,
    /// Who.
    pub voter: ExternalUser,
    /// What it says.
    pub value: BallotValue,
}

/// Who listens at a socket of ours.
#[async_trait]
pub trait Ear: Send + Sync {
    /// Takes a delivery in. When it returns, nothing loses what was said. `cursor` is how far the socket has come with it,
    /// kept in the same transaction.
    ///
    /// # Errors
    /// It was not kept: the socket is closed, and the platform says it again.
    async fn hear(&self, delivery: Delivery, cursor: Option<String>) -> Result<Option<Answer>, ApplyError>;
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

    /// Checks that a delivery is genuine, and says whose it is. `service` is the operator's side of the platform.
    ///
    /// # Errors
    /// As for [`Platform::decode`].
    fn open(&self, service: &Connection, delivery: &Delivery) -> Result<Opened, DecodeError> {
        self.decode(service, delivery).map(|_| Opened::default())
    }

    /// What is answered at once to who clicked or typed; `None` where [`Platform::whisper`] must carry it.
    fn reply(&self, _interaction: &Interaction, _text: &str) -> Option<Answer> {
        None
    }

    /// Tells who clicked or typed something that only they see.
    ///
    /// # Errors
    /// As for [`Platform::apply`].
    async fn whisper(
        &self,
        _connection: &Connection,
        _interaction: &Interaction,
        _text: &str,
    ) -> Result<(), ApplyError> {
        Ok(())
    }

    /// The names under which what `operation` does will be heard as somebody else's doing, because their token does it.
    fn echoes(&self, _connection: &Connection, _operation: &Operation) -> Vec<String> {
        Vec::new()
    }

    /// What came of an earlier try of which no answer is known, as far as the platform can be asked.
    ///
    /// # Errors
    /// As for [`Platform::apply`].
    async fn done_before(
        &self,
        _connection: &Connection,
        _operation: &Operation,
        _key: IdempotencyKey,
    ) -> Result<Option<Receipt>, ApplyError> {
        Ok(None)
    }

    /// The reactions that stand under a posted ballot: all pages, programs and ourselves left out. `None` where the platform
    /// has none.
    ///
    /// # Errors
    /// As for [`Platform::apply`].
    async fn recount(
        &self,
        _connection: &Connection,
        _place: &str,
        _message: &str,
    ) -> Result<Option<Vec<Found>>, ApplyError> {
        Ok(None)
    }

    /// Where somebody is sent to install us, coming back to `back` with `state`; `None` where connecting needs no such visit.
    fn install_url(&self, _service: &Connection, _state: &str, _back: &str) -> Option<String> {
        None
    }

    /// What came of a visit to [`Platform::install_url`], from the query of the address that the installer came back to.
    /// Whoever may not install us is refused, and what they granted is given back.
    ///
    /// # Errors
    /// As for [`Platform::apply`].
    async fn granted(
        &self,
        _service: &Connection,
        _query: &BTreeMap<String, String>,
        _back: &str,
    ) -> Result<Grant, ApplyError> {
        Err(ApplyError::permanent("no-install", "this platform is not connected by a visit"))
    }

    /// Sees that a connection works, and answers with new secrets where the old ones would soon run out.
    ///
    /// # Errors
    /// As for [`Platform::apply`]: what is wrong, for the community to read.
    async fn tend(
        &self,
        _connection: &Connection,
        _now: types::Timestamp,
    ) -> Result<Option<BTreeMap<String, SecretString>>, ApplyError> {
        Ok(None)
    }

    /// Gives back what was granted: the community has cut the connection.
    ///
    /// # Errors
    /// As for [`Platform::apply`].
    async fn leave(&self, _connection: &Connection) -> Result<(), ApplyError> {
        Ok(())
    }

    /// Whether [`Platform::listen`] has something to dial.
    fn dials(&self, _service: &Connection) -> bool {
        false
    }

    /// Dials the platform and hands on what it says, until the socket ends. `cursor` is where the last one ended.
    ///
    /// # Errors
    /// Why it ended, and whether dialling again may help.
    async fn listen(&self, _service: &Connection, _cursor: Option<String>, _ear: &dyn Ear) -> Result<(), ApplyError> {
        Ok(())
    }

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
