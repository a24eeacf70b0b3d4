//! The service that scenarios are played in: everything real but the clock and what lies outside.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use platforms::board::Board;
use sea_orm::{ConnectionTrait, Database};
use server::board::StoredBoard;
use server::clock::{Clock, FixedClock, IdSource, TimeOrderedIds};
use server::config::Config;
use server::ctx::{Ctx, Platforms};
use server::{boot, pipeline};
use store::connections::{Connection, ConnectionStatus};
use types::{CommunityId, Json, Timestamp};

use super::world::{Invented, World};

/// When scenarios begin.
const NOON: Timestamp = Timestamp::from_millis(1_780_000_000_000);

/// The platforms that a scenario may speak of, besides the board.
const PLATFORMS: [&str; 3] = ["matrix", "wikipedia", "sourcecred"];

/// Most moments at which passing time stops.
const MOST_STOPS: usize = 2_000;

/// A service with invented surroundings.
pub struct Stage {
    pub ctx: Ctx,
    pub world: Arc<World>,
    clock: Arc<FixedClock>,
}

impl Stage {
    /// The service on the database at `url`.
    pub async fn open(url: &str) -> Self {
        let variable = |name: &str| match name {
            "POLITY_DATABASE" => Some(url.to_owned()),
            "POLITY_SECRET_KEY" => Some("00".repeat(32)),
            _ => None,
        };
        let text = include_str!("../../../../Leptos.toml");
        let mut config = Config::parse(Path::new("Leptos.toml"), text, &variable).unwrap();
        config.workers.program = Some(env!("CARGO_BIN_EXE_polity").into());
        let mut ctx = boot::assemble(config, false).await.unwrap();
        let fixed = Arc::new(FixedClock::at(NOON));
        let world = Arc::new(World::default());
        let clock: Arc<dyn Clock> = Arc::clone(&fixed) as Arc<dyn Clock>;
        let ids: Arc<dyn IdSource> = Arc::new(TimeOrderedIds::new(Arc::clone(&clock)));
        let board = StoredBoard::new(ctx.store.clone(), Arc::clone(&clock), Arc::clone(&ids));
        let mut platforms = Platforms::default().with(Arc::new(Board::new(Arc::new(board))));
        for name in PLATFORMS {
            platforms = platforms.with(Arc::new(Invented::new(name, Arc::clone(&world))));
        }
        ctx.platforms = Arc::new(platforms);
        ctx.outbound = Arc::clone(&world) as _;
        ctx.clock = clock;
        ctx.ids = ids;
        Self { ctx, world, clock: fixed }
    }

    /// The present moment.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Decides and delivers until nothing is due.
    pub async fn quiet(&self) -> anyhow::Result<()> {
        pipeline::run_until_quiet(&self.ctx).await
    }

    /// Lets time pass, stopping at each moment at which something falls due.
    pub async fn wait(&self, length: Duration) -> anyhow::Result<()> {
        let until = self.now() + length;
        self.quiet().await?;
        for _ in 0..MOST_STOPS {
            let now = self.now();
            if now >= until {
                break;
            }
            let system = self.ctx.store.system();
            let due = [system.next_job_at().await?, system.next_effect_at().await?];
            let next = due.into_iter().flatten().filter(|at| *at > now).min().unwrap_or(until).min(until);
            self.clock.advance(next.since(now));
            self.quiet().await?;
        }
        self.clock.advance(until.since(self.now()));
        self.quiet().await
    }

    /// Connects a community to every platform of the scenarios.
    pub async fn connect(&self, community: CommunityId) -> anyhow::Result<()> {
        let tx = self.ctx.store.begin().await?;
        for platform in PLATFORMS {
            let connection = Connection {
                id: self.ctx.ids.next(),
                community,
                platform: platform.to_owned(),
                config: Json::default(),
                secrets: None,
                status: ConnectionStatus::Active,
                status_reason: String::new(),
                cursor: None,
                created_at: self.now(),
            };
            tx.community(community).add_connection(&connection).await?;
        }
        tx.commit().await?;
        Ok(())
    }
}

/// The address of a schema of its own on the server that `POLITY_TEST_POSTGRES` names; `None` where there is none, which is said.
pub async fn postgres(test: &str) -> Option<String> {
    let Ok(server) = std::env::var("POLITY_TEST_POSTGRES") else {
        let required = std::env::var("POLITY_REQUIRE_POSTGRES").is_ok_and(|value| value == "1");
        assert!(!required, "POLITY_REQUIRE_POSTGRES=1 but POLITY_TEST_POSTGRES names no server");
        eprintln!("SKIPPED {test}: POLITY_TEST_POSTGRES names no server");
        return None;
    };
    let name = format!("scenarios_{}_{:08x}", std::process::id(), rand::random::<u32>());
    let admin = Database::connect(&server).await.unwrap();
    admin.execute_unprepared(&format!("CREATE SCHEMA {name}")).await.unwrap();
    admin.close().await.unwrap();
    Some(format!("{server}?options=-c%20search_path%3D{name}"))
}
