//! A fresh database for each test, and a small community in it.

use std::io::Write;
use std::sync::atomic::{AtomicU64, Ordering};

use sea_orm::{ConnectionTrait, Database};
use serde_json::json;
use store::Store;
use store::actions::{Insertion, StoredAction};
use store::communities::Community;
use store::members::NewMember;
use store::policies::{NewVersion, Standing};
use store::proposals::StoredProposal;
use types::evaluation::Seed;
use types::{
    Action, ActionId, ActionStatus, CommunityId, Enforcement, Json, Layer, MemberId, OnError, Origin, PolicyDraft,
    PolicyId, PolicyKind, PolicyVersionId, ProposalId, ProposalStatus, Reads, Timestamp,
};
use uuid::Uuid;

/// Runs one test on both databases.
macro_rules! on_both {
    ($name:ident, |$store:ident| $body:block) => {
        async fn $name($store: store::Store) $body

        mod $name {
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                super::$name($crate::fixture::sqlite().await).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                let test = concat!(module_path!(), "::postgres");
                if let Some((store, schema)) = $crate::fixture::postgres(test).await {
                    super::$name(store.clone()).await;
                    store.close().await.unwrap();
                    schema.drop().await;
                }
            }
        }
    };
}
pub(crate) use on_both;

static NEXT: AtomicU64 = AtomicU64::new(1);

/// An id that no other call gives.
pub fn id<T: From<Uuid>>() -> T {
    T::from(Uuid::from_u64_pair(u64::from(std::process::id()) << 32 | 7, NEXT.fetch_add(1, Ordering::Relaxed)))
}

/// The moment `seconds` after the tests' beginning of time.
pub fn at(seconds: i64) -> Timestamp {
    Timestamp::from_millis(1_790_000_000_000 + 1_000 * seconds)
}

pub async fn sqlite() -> Store {
    let store = Store::open("sqlite::memory:").await.unwrap();
    store.migrate().await.unwrap();
    store
}

/// The schema of one test.
pub struct Schema {
    server: String,
    name: String,
}

impl Schema {
    /// The server's address with this schema first.
    pub fn url(&self) -> String {
        format!("{}?options=-c%20search_path%3D{}", self.server, self.name)
    }

    pub async fn drop(self) {
        let admin = Database::connect(self.server).await.unwrap();
        admin.execute_unprepared(&format!("DROP SCHEMA {} CASCADE", self.name)).await.unwrap();
        admin.close().await.unwrap();
    }
}

/// A schema of its own on the server that `POLITY_TEST_POSTGRES` names; `None` where there is none.
pub async fn postgres(test: &str) -> Option<(Store, Schema)> {
    let Ok(server) = std::env::var("POLITY_TEST_POSTGRES") else {
        let required = std::env::var("POLITY_REQUIRE_POSTGRES").is_ok_and(|value| value == "1");
        assert!(!required, "POLITY_REQUIRE_POSTGRES=1 but POLITY_TEST_POSTGRES names no server");
        // Written to the stream itself: what is printed by a test that passes is not shown.
        let mut stderr = std::io::stderr().lock();
        writeln!(stderr, "SKIPPED {test}: POLITY_TEST_POSTGRES names no server").unwrap();
        return None;
    };
    let name = format!("store_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
    let admin = Database::connect(&server).await.unwrap();
    admin.execute_unprepared(&format!("CREATE SCHEMA {name}")).await.unwrap();
    admin.close().await.unwrap();
    let schema = Schema { server, name };
    let store = Store::open(&schema.url()).await.unwrap();
    store.migrate().await.unwrap();
    Some((store, schema))
}

/// A community with three members, one policy and nothing else.
pub struct Town {
    pub id: CommunityId,
    pub ada: MemberId,
    pub ben: MemberId,
    pub cleo: MemberId,
    pub policy: PolicyId,
    pub version: PolicyVersionId,
}

pub async fn found(store: &Store, slug: &str) -> Town {
    let town = Town { id: id(), ada: id(), ben: id(), cleo: id(), policy: id(), version: id() };
    let tx = store.begin().await.unwrap();
    let community = Community {
        id: town.id,
        slug: slug.to_owned(),
        name: slug.to_owned(),
        description: String::new(),
        starter_kit: "open".to_owned(),
        settings: Json::default(),
        created_at: at(0),
    };
    tx.system().found(&community).await.unwrap();
    let members = [(town.ada, "ada"), (town.ben, "ben"), (town.cleo, "cleo")].map(|(id, handle)| NewMember {
        id,
        handle: handle.to_owned(),
        display_name: handle.to_uppercase(),
        is_bot: false,
        account: None,
    });
    let here = tx.community(town.id);
    here.join_many(&members, at(1)).await.unwrap();
    let first = NewVersion { id: town.version, draft: draft("Jury"), hash: "0".repeat(64) };
    here.add_policy(town.policy, &first, standing(1), None, at(1)).await.unwrap();
    tx.commit().await.unwrap();
    town
}

pub fn draft(name: &str) -> PolicyDraft {
    PolicyDraft {
        name: name.to_owned(),
        description: String::new(),
        layer: Layer::Platform,
        kind: PolicyKind::Governing,
        action_types: vec!["board.*".to_owned()],
        source: "function check() { return PASSED }".to_owned(),
        settings: Json::default(),
        http_hosts: Vec::new(),
        powers: Default::default(),
        examples: Vec::new(),
        triggers: Default::default(),
    }
}

pub fn standing(position: i32) -> Standing {
    Standing { enforcement: Enforcement::Enforced, on_error: OnError::Hold, position, is_active: true }
}

pub fn action(initiator: MemberId, seconds: i64) -> Action {
    Action {
        id: id(),
        kind: "board.rename_channel".parse().unwrap(),
        initiator: Some(initiator),
        payload: Json(json!({"channel": "general", "name": "agora"})),
        undo: Json::default(),
        origin: Origin::Web,
        created_at: at(seconds),
        activates_at: None,
        bundle: None,
        status: ActionStatus::Proposed,
        reason: String::new(),
        decided_at: None,
    }
}

pub fn proposal(town: &Town, action: ActionId) -> StoredProposal {
    StoredProposal {
        community: town.id,
        id: id::<ProposalId>(),
        action,
        policy: town.policy,
        version: town.version,
        position: 1,
        status: ProposalStatus::Proposed,
        enforcement: Enforcement::Enforced,
        on_error: OnError::Hold,
        reason: String::new(),
        opened_at: at(10),
        decided_at: None,
        ask: None,
        deadline: None,
        wake_at: Some(at(100)),
        reads: Reads::BALLOTS,
        is_initialized: true,
        is_notified: false,
        wants_execute: false,
        seed: Seed([7; 32]),
        error: None,
        n_decisions: 0,
        stage: None,
    }
}

/// Stores one action with one proposal.
pub async fn propose(store: &Store, town: &Town) -> (StoredAction, StoredProposal) {
    let action = action(town.ada, 10);
    let proposal = proposal(town, action.id);
    let tx = store.begin().await.unwrap();
    assert_eq!(tx.community(town.id).insert_action(&action).await.unwrap(), Insertion::New(action.id));
    tx.system().insert_proposals(std::slice::from_ref(&proposal)).await.unwrap();
    tx.commit().await.unwrap();
    let stored = store.community(town.id).action(action.id).await.unwrap().unwrap();
    assert_eq!(stored.action, action);
    assert_eq!(store.community(town.id).proposal(proposal.id).await.unwrap().unwrap(), proposal);
    (stored, proposal)
}
