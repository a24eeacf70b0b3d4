//! Everything that a request or a job needs. Cheap to clone.

use std::collections::BTreeMap;
use std::sync::Arc;

use platforms::http::Outbound;
use platforms::{Connection, Platform};
use store::Store;
use tokio::sync::{Notify, broadcast};
use types::{ActionId, CommunityId};

use crate::clock::{Clock, DemoClock, IdSource};
use crate::config::Config;
use crate::live::Live;
use crate::pipeline::Intake;
use crate::pipeline::decide::FactHints;
use crate::pipeline::snapshot::Snapshots;
use crate::secrets::Vault;
use crate::workers::PolicyRunner;

/// Everything that a request or a job needs.
#[derive(Clone)]
pub struct Ctx {
    /// Remembers.
    pub store: Store,
    /// Runs policies.
    pub runner: Arc<dyn PolicyRunner>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Makes ids.
    pub ids: Arc<dyn IdSource>,
    /// Acts on the world.
    pub platforms: Arc<Platforms>,
    /// Tells open pages what changed.
    pub live: Live,
    /// What the operator set.
    pub config: Arc<Config>,
    /// Encrypts what connections keep secret.
    pub vault: Arc<Vault>,
    /// Wakes the jobs.
    pub wake: Wake,
    /// The demo's clock, in a demo.
    pub demo: Option<Arc<DemoClock>>,
    /// Communities as of their latest revision.
    pub snapshots: Arc<Snapshots>,
    /// What each policy read last time.
    pub hints: Arc<FactHints>,
    /// Attempts that wait to be accepted.
    pub intake: Arc<Intake>,
    /// Asks the hosts that policies declare, and no others.
    pub outbound: Arc<dyn Outbound>,
    /// The name under which this process claims work.
    pub process: Arc<str>,
}

/// The platforms of this service, by name.
#[derive(Clone, Default)]
pub struct Platforms {
    by_name: BTreeMap<&'static str, Arc<dyn Platform>>,
    /// What every connection of a platform shares: the operator's side of it.
    services: BTreeMap<String, Connection>,
}

impl Platforms {
    /// Adds a platform.
    #[must_use]
    pub fn with(mut self, platform: Arc<dyn Platform>) -> Self {
        self.by_name.insert(platform.name(), platform);
        self
    }

    /// Adds the operator's side of a platform: addresses and tokens that every community's connection uses.
    #[must_use]
    pub fn with_service(mut self, service: Connection) -> Self {
        self.services.insert(service.platform.clone(), service);
        self
    }

    /// The platform of this name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Arc<dyn Platform>> {
        self.by_name.get(name)
    }

    /// The operator's side of the platform of this name.
    #[must_use]
    pub fn service(&self, name: &str) -> Option<&Connection> {
        self.services.get(name)
    }

    /// All platforms.
    pub fn all(&self) -> impl Iterator<Item = &Arc<dyn Platform>> {
        self.by_name.values()
    }
}

/// Wakes the jobs of this process, and tells who waits when an action has moved.
#[derive(Clone)]
pub struct Wake {
    /// There may be something to decide.
    pub decide: Arc<Notify>,
    /// There may be something to deliver.
    pub deliver: Arc<Notify>,
    /// An action was decided on, or one of its effects was delivered.
    pub moved: broadcast::Sender<(CommunityId, ActionId)>,
}

impl Default for Wake {
    fn default() -> Self {
        Self { decide: Arc::default(), deliver: Arc::default(), moved: broadcast::channel(1024).0 }
    }
}
