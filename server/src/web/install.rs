//! Connecting a community to a vendor's platform: a visit to the vendor's page and back, by one browser, once.
//!
//! What is granted there is kept, encrypted, until the community has decided to connect: the visit attempts
//! `constitution.add_connection` under the community's own rules.

mod page;

use std::collections::BTreeMap;
use std::time::Duration;

use app::backend::Viewer;
use axum::extract::{Extension, Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Json as Body, Router};
use platforms::{ApplyError, Grant, Platform};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Map, Value, json};
use store::communities::Community;
use store::members::Identity;
use store::visits;
use types::member::Right;
use types::{ActionType, ConnectionId, Json, MemberId, Origin};

use super::error::ApiError;
use super::state::Web;
use super::who::Caller;
use super::{keep, secret, session};
use crate::connections;
use crate::pipeline::{self, Attempt, AttemptError};

/// How long a visit may take. A vendor's code runs out after ten minutes.
const VISIT_WITHIN: Duration = Duration::from_secs(10 * 60);

/// The addresses of visits.
pub(super) fn routes() -> Router<Web> {
    Router::new()
        .route("/c/{slug}/connections", get(connections_page))
        .route("/c/{slug}/connect/{platform}", post(leave))
        .route("/connect/{platform}/back", get(back))
        .route("/connect/{platform}/manifest", get(manifest))
}

/// `GET /c/{slug}/connections`: what is connected, how it fares, and what else can be. For who may attempt to connect.
///
/// # Errors
/// 404 for what is not there, 401 and 403 for who may not attempt to connect.
pub async fn connections_page(
    State(web): State<Web>,
    Path(slug): Path<String>,
    Extension(viewer): Extension<Viewer>,
) -> Result<Response, ApiError> {
    let community = keep::community(&web, &slug).await?.ok_or_else(|| ApiError::not_found("community"))?;
    may_connect(&web, &community, &viewer).await?;
    let connections = web.ctx.store.community(community.id).connections().await?;
    Ok(page::page(&web, &community, &connections))
}

/// `POST /c/{slug}/connect/{platform}`: a member is sent to the vendor's page.
///
/// # Errors
/// 404 for what is not there, 403 for who may not attempt to connect.
pub async fn leave(
    State(web): State<Web>,
    Path((slug, platform)): Path<(String, String)>,
    Extension(viewer): Extension<Viewer>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let community = keep::community(&web, &slug).await?.ok_or_else(|| ApiError::not_found("community"))?;
    let member = may_connect(&web, &community, &viewer).await?;
    let session = session::cookie(&headers).ok_or_else(ApiError::unauthenticated)?;
    let known = vendor(&web, &platform)?;
    let service = web.ctx.platforms.service(&platform).ok_or_else(|| ApiError::not_found("platform"))?;
    let state = secret::random_hex::<32>();
    let address = known.install_url(service, &state, &back_address(&web, &platform));
    let address = address.ok_or_else(|| ApiError::not_found("platform"))?;
    let visit = visits::Visit {
        state_hash: secret::digest(&state),
        session_hash: secret::digest(&session),
        community: community.id,
        member,
        platform,
        expires_at: web.ctx.clock.now() + VISIT_WITHIN,
    };
    let tx = web.ctx.store.begin().await?;
    tx.system().begin_visit(&visit).await?;
    tx.commit().await?;
    Ok(Redirect::to(&address).into_response())
}

/// `GET /connect/{platform}/back`: somebody comes back from the vendor's page.
///
/// # Errors
/// 400 for a visit that this browser did not begin, that is over or too old; what the vendor refused, in words.
pub async fn back(
    State(web): State<Web>,
    Path(platform): Path<String>,
    Query(query): Query<BTreeMap<String, String>>,
    Extension(viewer): Extension<Viewer>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let known = vendor(&web, &platform)?;
    let service = web.ctx.platforms.service(&platform).ok_or_else(|| ApiError::not_found("platform"))?;
    let (Some(state), Some(session)) = (query.get("state"), session::cookie(&headers)) else {
        return Err(unknown_visit());
    };
    let tx = web.ctx.store.begin().await?;
    let now = web.ctx.clock.now();
    let ended = tx.system().end_visit(&secret::digest(state), &secret::digest(&session), &platform, now).await?;
    tx.commit().await?;
    let visit = ended.ok_or_else(unknown_visit)?;
    let community = web.ctx.store.community(visit.community).community().await?;
    let community = community.ok_or_else(|| ApiError::not_found("community"))?;
    // Who left may have lost the right meanwhile, or be signed in as somebody else.
    if may_connect(&web, &community, &viewer).await? != visit.member {
        return Err(unknown_visit());
    }
    let granted = known.granted(service, &query, &back_address(&web, &platform)).await.map_err(refused)?;
    let taken = web.ctx.store.system().connection_of_place(&platform, &granted.tenant).await?;
    if taken.is_some_and(|other| other.community != community.id) {
        let why = format!("{} is governed by another community; it has to disconnect first", granted.name);
        return Err(ApiError::new(StatusCode::CONFLICT, "place-taken", why));
    }
    let id = put_by(&web, &community, &visit.member, &platform, &granted).await?;
    let config = json!({ "grant": id, "tenant": granted.tenant, "name": granted.name });
    let payload = json!({ "platform": platform, "config": config });
    let attempt = Attempt {
        kind: add_connection()?,
        payload: Json(payload),
        initiator: visit.member,
        origin: Origin::Web,
        activates_at: None,
        undo: Json::default(),
    };
    pipeline::attempt(&web.ctx, community.id, attempt).await.map_err(not_attempted)?;
    Ok(Redirect::to(&format!("/c/{}/proposals", community.slug)).into_response())
}

/// `GET /connect/{platform}/manifest`: what the operator uploads at the vendor, for the operator.
///
/// # Errors
/// 401 and 403 for everybody else, 404 where the vendor takes none.
pub async fn manifest(
    State(web): State<Web>,
    Path(platform): Path<String>,
    caller: Caller,
) -> Result<Response, ApiError> {
    if caller != Caller::Operator {
        return Err(ApiError::forbidden(
            "operator-only",
            "only the operator of this service registers it with a vendor",
        ));
    }
    let url = web.ctx.config.public_url();
    // Needs no settings: it is what the settings come from.
    let (name, text) =
        connections::vendors::manifest(&platform, &url).ok_or_else(|| ApiError::not_found("platform"))?;
    let disposition = format!("attachment; filename=\"{name}\"");
    let body: Value = serde_json::from_str(&text).unwrap_or_default();
    Ok(([(header::CONTENT_DISPOSITION, disposition)], Body(body)).into_response())
}

/// Keeps what was granted, encrypted for the connection that it may become, and who of the vendor's users the member is.
async fn put_by(
    web: &Web,
    community: &Community,
    member: &MemberId,
    platform: &str,
    granted: &Grant,
) -> Result<ConnectionId, ApiError> {
    let id: ConnectionId = web.ctx.ids.uuid().into();
    let plain: Map<String, Value> =
        granted.secrets.iter().map(|(name, value)| (name.clone(), json!(value.expose_secret()))).collect();
    let plain = SecretString::from(Value::Object(plain).to_string());
    let sealed = web.ctx.vault.seal(&connections::purpose(id), &plain).map_err(ApiError::unavailable)?;
    let now = web.ctx.clock.now();
    let tx = web.ctx.store.begin().await?;
    let handle = tx.community(community.id);
    let grant = visits::Grant {
        id,
        platform: platform.to_owned(),
        tenant: granted.tenant.clone(),
        config: granted.config.clone(),
        secrets: sealed,
        granted_at: now,
    };
    handle.add_grant(&grant).await?;
    // Signed in to both by one browser: they are one person, unless that user is somebody else here already.
    let user = &granted.installer;
    if handle.identity(platform, &user.id).await?.is_none() {
        let identity = Identity {
            id: web.ctx.ids.uuid().into(),
            platform: platform.to_owned(),
            external_id: user.id.clone(),
            display_name: user.display_name.clone().unwrap_or_default(),
            connection: None,
            account: None,
            member: Some(*member),
        };
        handle.put_identity(&identity, now).await?;
    }
    tx.commit().await?;
    Ok(id)
}

/// The viewer as a member who may attempt to connect the community.
async fn may_connect(web: &Web, community: &Community, viewer: &Viewer) -> Result<MemberId, ApiError> {
    let account = viewer.account.ok_or_else(ApiError::unauthenticated)?;
    let nobody =
        || ApiError::forbidden("not-allowed", "none of your roles in this community may propose to connect it");
    let member = keep::member_of(web, community.id, account).await?.ok_or_else(nobody)?;
    let snapshot = web.ctx.snapshots.of(&web.ctx.store.community(community.id)).await?.ok_or_else(nobody)?;
    let known = snapshot.member(member).ok_or_else(nobody)?;
    if snapshot.may(known, Right::Propose, &add_connection()?) { Ok(member) } else { Err(nobody()) }
}

fn add_connection() -> Result<ActionType, ApiError> {
    "constitution.add_connection".parse().map_err(ApiError::unavailable)
}

fn vendor<'w>(web: &'w Web, platform: &str) -> Result<&'w dyn Platform, ApiError> {
    web.ctx.platforms.get(platform).map(AsRef::as_ref).ok_or_else(|| ApiError::not_found("platform"))
}

fn back_address(web: &Web, platform: &str) -> String {
    format!("{}/connect/{platform}/back", web.ctx.config.public_url())
}

fn unknown_visit() -> ApiError {
    ApiError::new(
        StatusCode::BAD_REQUEST,
        "unknown-visit",
        "this visit was not begun by this browser, or is over; begin again from the community's page",
    )
}

fn refused(error: ApplyError) -> ApiError {
    let why = error.to_string();
    match error {
        ApplyError::Retry { .. } => ApiError::new(StatusCode::BAD_GATEWAY, "vendor-unavailable", why),
        ApplyError::Permanent { code, .. } => ApiError::new(StatusCode::FORBIDDEN, code, why),
    }
}

fn not_attempted(error: AttemptError) -> ApiError {
    match error {
        AttemptError::Store(error) => error.into(),
        other => ApiError::new(StatusCode::UNPROCESSABLE_ENTITY, "not-attempted", other.to_string()),
    }
}
