//! What lies outside the service in a scenario: hosts that answer what the scenario says, and platforms that do what they are
//! asked and know what the scenario says.

use std::sync::Mutex;

use async_trait::async_trait;
use engine::shipped::scenario::{HostAnswer, Known};
use platforms::http::{Outbound, Reach};
use platforms::matrix::{CALL_WITHIN, Matrix};
use platforms::{ApplyError, Capabilities, Connection, DecodeError, Delivery, Heard, Installed, Platform, Refusal};
use types::fact::{HttpAnswer, HttpRequest};
use types::platform::{IdempotencyKey, Operation, Person, Receipt};
use types::{ActionType, Json};

/// The outside of the scenario that is being played.
#[derive(Default)]
pub struct World {
    answers: Mutex<Vec<HostAnswer>>,
    known: Mutex<Vec<Known>>,
}

impl World {
    /// Begins another scenario.
    pub fn begin(&self, answers: &[HostAnswer], known: &[Known]) {
        *self.answers.lock().unwrap() = answers.to_vec();
        *self.known.lock().unwrap() = known.to_vec();
    }
}

#[async_trait]
impl Outbound for World {
    async fn ask(&self, hosts: &[String], request: &HttpRequest) -> HttpAnswer {
        let host = request.url.strip_prefix("https://").and_then(|rest| rest.split('/').next()).unwrap_or_default();
        assert!(hosts.iter().any(|declared| declared == host), "{host} is not declared: {hosts:?}");
        let holds = |part: &str| request.url.contains(part) || request.body.as_ref().is_some_and(|b| b.contains(part));
        let answer = self.answers.lock().unwrap().iter().find(|answer| holds(&answer.asked)).cloned();
        match answer {
            Some(answer) if answer.status > 0 => {
                HttpAnswer { status: answer.status, body: answer.body.to_string(), error: None }
            }
            _ => HttpAnswer { status: 0, body: String::new(), error: Some("no connection could be made".to_owned()) },
        }
    }
}

/// A platform that is not there: it accepts what Matrix would accept, does everything, and knows what the scenario says.
pub struct Invented {
    name: &'static str,
    world: std::sync::Arc<World>,
    rules: Matrix,
}

impl Invented {
    pub fn new(name: &'static str, world: std::sync::Arc<World>) -> Self {
        Self { name, world, rules: Matrix::new(Reach::Anywhere, CALL_WITHIN).unwrap() }
    }
}

#[async_trait]
impl Platform for Invented {
    fn name(&self) -> &'static str {
        self.name
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities { messages_members: true, threads: true, ..Capabilities::default() }
    }

    fn validate(&self, kind: &ActionType, payload: &Json) -> Result<Json, Refusal> {
        self.rules.validate(kind, payload)
    }

    fn decode(&self, _: &Connection, _: &Delivery) -> Result<Heard, DecodeError> {
        Ok(Heard::default())
    }

    async fn apply(&self, _: &Connection, _: &Operation, key: IdempotencyKey) -> Result<Receipt, ApplyError> {
        Ok(Receipt { external: Some(format!("$event-{}", key.0)), detail: Json::default() })
    }

    async fn lookup(&self, _: &Connection, name: &str, of: &Person) -> Result<Json, ApplyError> {
        let known = self.world.known.lock().unwrap();
        let is_it = |one: &&Known| one.platform == self.name && one.what == name && one.member == of.handle;
        Ok(known.iter().find(is_it).map(|one| Json(one.value.clone())).unwrap_or_default())
    }

    async fn install(&self, _: &Connection) -> Result<Installed, ApplyError> {
        Ok(Installed::default())
    }

    async fn join(&self, _: &Connection, _: &str) -> Result<(), ApplyError> {
        Ok(())
    }
}
