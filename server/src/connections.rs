//! Connections: a community's side of a platform, put together with the operator's.
//!
//! A community says what is governed (its rooms); the operator's configuration says how the platform is reached and with which
//! tokens. Only here do the two meet, for as long as one call takes.

use std::sync::Arc;

use anyhow::{Context, Result};
use platforms::http::Reach;
use platforms::matrix::{CALL_WITHIN, Matrix};
use platforms::{Connection, Installed};
use secrecy::SecretString;
use serde_json::{Map, Value, json};
use store::connections::{Connection as Row, ConnectionStatus};
use store::effects::StoredEffect;
use store::jobs::Job;
use types::audit::Actor;
use types::{AuditKind, CommunityId, ConnectionId, Json, Timestamp};

use crate::config::Config;
use crate::ctx::{Ctx, Platforms};
use crate::jobs::backoff;
use crate::pipeline::route::BOARD;

mod import;
pub mod tend;
pub mod vendors;

/// Adds the platforms that the operator has set up.
///
/// # Errors
/// Where one of them is set up by half: which setting is missing.
pub fn with_services(platforms: Platforms, config: &Config) -> Result<Platforms> {
    let platforms = vendors::add(platforms, config)?;
    let Some(matrix) = &config.matrix else { return Ok(platforms) };
    let missing = |name: &str| format!("[polity.matrix] is set, but {name} is not: give it in the environment");
    let as_token = config.secrets.matrix_as_token.clone().with_context(|| missing("POLITY_MATRIX_AS_TOKEN"))?;
    let hs_token = config.secrets.matrix_hs_token.clone().with_context(|| missing("POLITY_MATRIX_HS_TOKEN"))?;
    // The homeserver is the operator's own choice, and usually stands next to us.
    let platform = Matrix::new(Reach::Anywhere, CALL_WITHIN).context("could not set up the client for Matrix")?;
    let service = Connection {
        id: ConnectionId::NIL,
        community: CommunityId::NIL,
        platform: "matrix".to_owned(),
        config: Json(json!({ "homeserver": matrix.homeserver })),
        secrets: [("as_token".to_owned(), as_token), ("hs_token".to_owned(), hs_token)].into(),
        own_user: format!("@{}:{}", matrix.localpart, matrix.server_name),
    };
    Ok(platforms.with(Arc::new(platform)).with_service(service))
}

/// The connection through which an effect is delivered; `None` where the community has cut it.
///
/// # Errors
/// The store's failure, or secrets that cannot be read.
pub async fn for_effect(ctx: &Ctx, effect: &StoredEffect) -> Result<Option<Connection>> {
    if effect.platform == BOARD {
        return Ok(Some(board_of(effect.community)));
    }
    let row = match effect.connection {
        Some(id) => ctx.store.community(effect.community).connection(id).await?,
        None => None,
    };
    match row {
        Some(row) => joined(ctx, row).map(Some),
        None => of_platform(ctx, effect.community, &effect.platform).await,
    }
}

/// The community's connection to a platform.
///
/// # Errors
/// As for [`for_effect`].
pub async fn of_platform(ctx: &Ctx, community: CommunityId, platform: &str) -> Result<Option<Connection>> {
    if platform == BOARD {
        return Ok(Some(board_of(community)));
    }
    let rows = ctx.store.community(community).connections().await?;
    rows.into_iter().find(|row| row.platform == platform).map(|row| joined(ctx, row)).transpose()
}

/// The connection that governs a workspace, server or installation; `None` where no community's does.
///
/// # Errors
/// As for [`for_effect`].
pub async fn of_place(ctx: &Ctx, platform: &str, place: &str) -> Result<Option<Connection>> {
    ctx.store.system().connection_of_place(platform, place).await?.map(|row| joined(ctx, row)).transpose()
}

/// Every community's connection to a platform: a delivery of an application service speaks of rooms of several.
///
/// # Errors
/// As for [`for_effect`].
pub async fn all_of(ctx: &Ctx, platform: &str) -> Result<Vec<Connection>> {
    let rows = ctx.store.system().connections_to(platform).await?;
    rows.into_iter().map(|row| joined(ctx, row)).collect()
}

/// Enters a new connection's places, and says in words what is lacking there. Answers when to try again, if at all.
///
/// # Errors
/// The store's failure.
pub async fn install(ctx: &Ctx, job: &Job) -> Result<Option<Timestamp>> {
    let Ok(id) = job.subject.parse::<ConnectionId>() else { return Ok(None) };
    let Some(row) = ctx.store.community(job.community).connection(id).await? else { return Ok(None) };
    let Some(platform) = ctx.platforms.get(&row.platform) else { return Ok(None) };
    let connection = joined(ctx, row.clone())?;
    let now = ctx.clock.now();
    let nothing = Installed::default();
    let (status, reason, installed, next) = match platform.install(&connection).await {
        Ok(installed) => (ConnectionStatus::Active, installed.warnings.join("; "), installed, None),
        Err(error) if error.is_retryable() => {
            (ConnectionStatus::Down, error.to_string(), nothing, Some(now + backoff(job.attempts)))
        }
        Err(error) => (ConnectionStatus::Refused, error.to_string(), nothing, None),
    };
    let places = installed.places.clone();
    let tx = ctx.store.begin().await?;
    let handle = tx.community(job.community);
    let mut taken = None;
    for place in &places {
        let governs = ctx.store.system().connection_of_place(&row.platform, place).await?;
        if governs.is_some_and(|other| other.id != id) {
            taken = Some(place.clone());
        }
    }
    let (status, reason) = match taken {
        Some(place) => (ConnectionStatus::Refused, format!("{place} is governed by another community")),
        None => (status, reason),
    };
    if status == ConnectionStatus::Active {
        handle.set_places(id, &places).await?;
        let mut config = row.config.0.as_object().cloned().unwrap_or_default();
        // A visit to the vendor has said what is governed; elsewhere the places are what was asked for, by their ids.
        if !config.contains_key("tenant") {
            config.insert("rooms".to_owned(), json!(places));
        }
        let is_first = config.insert("installed".to_owned(), json!(true)).is_none();
        handle.configure_connection(id, &Json(Value::Object(config)), row.secrets.as_deref()).await?;
        import::import(ctx, &handle, &row, &installed, now).await?;
        if is_first {
            import::greet(ctx, &handle, &row, &installed, now).await?;
        }
    }
    handle.set_connection_status(id, status, &reason).await?;
    let body = Json(json!({ "platform": row.platform, "status": status, "reason": reason, "places": places }));
    handle.audit(Actor::System, AuditKind::ConnectionChanged, format!("connection:{id}"), body, now);
    tx.commit().await?;
    ctx.wake.deliver.notify_one();
    Ok(next)
}

/// The board is no connection of its own: it is here.
fn board_of(community: CommunityId) -> Connection {
    Connection {
        id: ConnectionId::NIL,
        community,
        platform: BOARD.to_owned(),
        config: Json::default(),
        secrets: Default::default(),
        own_user: String::new(),
    }
}

/// A stored connection with the operator's side of the platform. What the operator set wins: a community cannot point the
/// operator's tokens at another homeserver.
pub(crate) fn joined(ctx: &Ctx, row: Row) -> Result<Connection> {
    let service = ctx.platforms.service(&row.platform);
    let mut config = row.config.0.as_object().cloned().unwrap_or_default();
    if let Some(Value::Object(operator)) = service.map(|service| &service.config.0) {
        config.extend(operator.clone());
    }
    let mut secrets: std::collections::BTreeMap<String, SecretString> = Default::default();
    if let Some(sealed) = &row.secrets {
        use secrecy::ExposeSecret;
        let plain = ctx.vault.unseal(&purpose(row.id), sealed).context("a connection's secrets cannot be read")?;
        let own: Map<String, Value> =
            serde_json::from_str(plain.expose_secret()).context("a connection's secrets are not understood")?;
        secrets.extend(own.into_iter().filter_map(|(name, value)| value.as_str().map(|value| (name, value.into()))));
    }
    if let Some(service) = service {
        secrets.extend(service.secrets.clone());
    }
    // Where each tenant knows us as another user, the connection says which.
    let own_user = config.get("own_user").and_then(Value::as_str).map(str::to_owned);
    let own_user = own_user.filter(|_| row.config.get("tenant").is_some());
    Ok(Connection {
        id: row.id,
        community: row.community,
        platform: row.platform,
        config: Json(Value::Object(config)),
        secrets,
        own_user: own_user.or_else(|| service.map(|service| service.own_user.clone())).unwrap_or_default(),
    })
}

/// What a connection's secrets are encrypted for: those of another connection cannot be put in their place.
pub(crate) fn purpose(id: ConnectionId) -> String {
    format!("connection:{id}")
}
