//! Webhooks. They are made, rotated and removed by actions; here they are listed, and their secret is shown, once.

use axum::Json;
use axum::extract::{Path, State};
use secrecy::SecretString;
use serde::Serialize;
use serde_json::json;
use store::webhooks::Webhook;
use types::audit::Actor;
use types::{AuditKind, WebhookId};
use utoipa::ToSchema;

use super::failures::Anytime;
use super::here::{Here, Standing};
use crate::web::error::ApiError;
use crate::web::incoming;
use crate::web::secret;
use crate::web::state::Web;
use crate::web::who::Caller;

/// A webhook.
#[derive(Debug, Serialize, ToSchema)]
pub struct WebhookShape {
    /// The id.
    id: String,
    /// The name, by which reacting policies know it.
    name: String,
    /// Where other services send to, by POST.
    url: String,
    /// Whether its secret was shown; until then it takes nothing.
    has_secret: bool,
    /// When it was made, RFC 3339.
    created_at: String,
    /// When its secret was last replaced.
    rotated_at: Option<String>,
    /// The secret itself: shown once.
    #[serde(skip_serializing_if = "Option::is_none")]
    secret: Option<String>,
}

/// The webhooks of a community.
#[derive(Debug, Serialize, ToSchema)]
pub struct Webhooks {
    /// The webhooks that are open, by name.
    webhooks: Vec<WebhookShape>,
}

/// List webhooks
#[utoipa::path(get, path = "/communities/{slug}/webhooks", tag = "webhooks",
    params(("slug" = String, Path, description = "The community")),
    responses((status = 200, body = Webhooks, description = "By name, without their secrets"), Anytime))]
pub async fn list(
    State(web): State<Web>,
    caller: Caller,
    Path(slug): Path<String>,
) -> Result<Json<Webhooks>, ApiError> {
    let here = Here::enter(&web, &caller, &slug).await?;
    if here.standing == Standing::Visitor {
        return Err(ApiError::not_found("community"));
    }
    let all = web.ctx.store.community(here.community.id).webhooks().await?;
    Ok(Json(Webhooks { webhooks: all.iter().map(|webhook| shape(&web, &slug, webhook)).collect() }))
}

/// Show a webhook's secret
///
/// Once, to who proposed the webhook or its rotation, or to a token. It is made now, and kept encrypted. After that only
/// `constitution.rotate_webhook` gives another.
#[utoipa::path(post, path = "/communities/{slug}/webhooks/{id}/secret", tag = "webhooks",
    params(("slug" = String, Path, description = "The community"), ("id" = String, Path, description = "The webhook")),
    responses((status = 200, body = WebhookShape, description = "The webhook with its secret"), Anytime))]
pub async fn show_secret(
    State(web): State<Web>,
    caller: Caller,
    Path((slug, id)): Path<(String, String)>,
) -> Result<Json<WebhookShape>, ApiError> {
    let here = Here::enter(&web, &caller, &slug).await?;
    let unknown = || ApiError::not_found("webhook");
    let id: WebhookId = id.parse().map_err(|_| unknown())?;
    let webhook = web.ctx.store.community(here.community.id).webhook(id).await?.ok_or_else(unknown)?;
    let actor = match &here.standing {
        Standing::Operator => Actor::Operator,
        Standing::Program => Actor::System,
        Standing::Member(member) if webhook.claimant == Some(member.id) => Actor::Member(member.id),
        Standing::Member(_) => {
            let why = "only who proposed the webhook can have its secret shown; propose constitution.rotate_webhook";
            return Err(ApiError::forbidden("not-yourself", why));
        }
        Standing::Visitor => return Err(unknown()),
    };
    let plain = format!("whsec_{}", secret::random_hex::<32>());
    let sealed = web.ctx.vault.seal(&incoming::purpose(id), &SecretString::from(plain.clone()));
    let sealed = sealed.map_err(|error| ApiError::internal(error.to_string()))?;
    let tx = web.ctx.store.begin().await?;
    let handle = tx.community(here.community.id);
    if !handle.claim_webhook(id, &sealed).await? {
        let why = "the secret was shown before and cannot be shown again; constitution.rotate_webhook gives another";
        return Err(ApiError::conflict("already-shown", why));
    }
    let body = types::Json(json!({ "name": webhook.name }));
    handle.audit(actor, AuditKind::WebhookShown, format!("webhook:{id}"), body, web.ctx.clock.now());
    tx.commit().await?;
    Ok(Json(WebhookShape { has_secret: true, secret: Some(plain), ..shape(&web, &slug, &webhook) }))
}

fn shape(web: &Web, slug: &str, webhook: &Webhook) -> WebhookShape {
    WebhookShape {
        id: webhook.id.to_string(),
        name: webhook.name.clone(),
        url: format!("{}/hooks/in/{slug}/{}", web.ctx.config.public_url(), webhook.id),
        has_secret: webhook.secret.is_some(),
        created_at: webhook.created_at.to_string(),
        rotated_at: webhook.rotated_at.map(|at| at.to_string()),
        secret: None,
    }
}
