//! Bearer tokens of a community, and who a token is.

use std::time::Duration;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::tokens::{Scope, Token};
use types::audit::Actor;
use types::{AuditKind, TokenId};
use utoipa::ToSchema;

use super::failures::{Anytime, WithBody};
use super::here::{Here, Standing};
use super::refusals;
use super::shapes::TokenShape;
use crate::web::body::Body;
use crate::web::error::ApiError;
use crate::web::secret;
use crate::web::state::Web;
use crate::web::who::Caller;

/// Most tokens that a community may have at once: more are a sign of a leak.
const MAX_TOKENS: usize = 100;

/// A token to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewToken {
    /// What it is for.
    #[schema(example = "the newsletter's bridge")]
    name: String,
    /// After how many days it ends to work by itself; never where it is left out.
    expires_in_days: Option<u32>,
}

/// The tokens of a community.
#[derive(Debug, Serialize, ToSchema)]
pub struct Tokens {
    /// The tokens that work, newest first, without their secrets.
    tokens: Vec<TokenShape>,
}

/// Who a caller is.
#[derive(Debug, Serialize, ToSchema)]
pub struct Me {
    /// `operator`, `community` or `person`.
    kind: String,
    /// The communities that the caller may use.
    communities: Vec<MyCommunity>,
}

/// A community that a caller may use.
#[derive(Debug, Serialize, ToSchema)]
pub struct MyCommunity {
    /// Its name in addresses.
    slug: String,
    /// The member that the caller is there, by handle; none for tokens.
    #[serde(skip_serializing_if = "Option::is_none")]
    member: Option<String>,
}

/// Make a token
///
/// It opens this community and nothing else. The token itself is shown in this answer and never again.
#[utoipa::path(post, path = "/communities/{slug}/tokens", tag = "tokens", request_body = NewToken,
    params(("slug" = String, Path, description = "The community")),
    responses((status = 201, body = TokenShape, description = "Made"), Anytime, WithBody))]
pub async fn make(
    State(web): State<Web>,
    caller: Caller,
    Path(slug): Path<String>,
    Body(new): Body<NewToken>,
) -> Result<(StatusCode, Json<TokenShape>), ApiError> {
    let here = Here::enter(&web, &caller, &slug).await?.managed()?;
    let name = types::text::name(&new.name, "name").map_err(|error| refusals::text(&error, "name"))?;
    if valid(&web, &here).await?.len() >= MAX_TOKENS {
        return Err(ApiError::conflict(
            "too-many-tokens",
            format!("a community has at most {MAX_TOKENS} tokens; revoke some"),
        ));
    }
    let now = web.ctx.clock.now();
    let bearer = format!("polity_{}", secret::random_hex::<32>());
    let token = Token {
        id: web.ctx.ids.next(),
        hash: secret::digest(&bearer),
        scope: Scope::Community(here.community.id),
        name,
        created_at: now,
        expires_at: new.expires_in_days.map(|days| now + Duration::from_secs(u64::from(days) * 24 * 3600)),
        revoked_at: None,
    };
    let tx = web.ctx.store.begin().await?;
    tx.system().add_token(&token).await?;
    let subject = format!("token:{}", token.id);
    tx.community(here.community.id).audit(
        actor(&here),
        AuditKind::TokenMade,
        subject,
        types::Json(json!({ "name": token.name })),
        now,
    );
    tx.commit().await?;
    Ok((StatusCode::CREATED, Json(TokenShape { token: Some(bearer), ..shape(&token) })))
}

/// List tokens
#[utoipa::path(get, path = "/communities/{slug}/tokens", tag = "tokens",
    params(("slug" = String, Path, description = "The community")),
    responses((status = 200, body = Tokens, description = "Newest first, without their secrets"), Anytime))]
pub async fn list(State(web): State<Web>, caller: Caller, Path(slug): Path<String>) -> Result<Json<Tokens>, ApiError> {
    let here = Here::enter(&web, &caller, &slug).await?.managed()?;
    Ok(Json(Tokens { tokens: valid(&web, &here).await?.iter().map(shape).collect() }))
}

/// Revoke a token
#[utoipa::path(delete, path = "/communities/{slug}/tokens/{id}", tag = "tokens",
    params(("slug" = String, Path, description = "The community"), ("id" = String, Path, description = "The token")),
    responses((status = 204, description = "It works no more"), Anytime))]
pub async fn revoke(
    State(web): State<Web>,
    caller: Caller,
    Path((slug, id)): Path<(String, String)>,
) -> Result<StatusCode, ApiError> {
    let here = Here::enter(&web, &caller, &slug).await?.managed()?;
    let unknown = || ApiError::not_found("token");
    let id: TokenId = id.parse().map_err(|_| unknown())?;
    let now = web.ctx.clock.now();
    let tx = web.ctx.store.begin().await?;
    let handle = tx.community(here.community.id);
    if !handle.revoke_token(id, now).await? {
        return Err(unknown());
    }
    handle.audit(actor(&here), AuditKind::TokenRevoked, format!("token:{id}"), types::Json(json!({})), now);
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Who am I
#[utoipa::path(get, path = "/me", tag = "tokens", responses((status = 200, body = Me, description = "Who the caller is"), Anytime))]
pub async fn me(State(web): State<Web>, caller: Caller) -> Result<Json<Me>, ApiError> {
    let system = web.ctx.store.system();
    let mut communities = Vec::new();
    let kind = match caller {
        Caller::Operator => {
            let all = system.communities().await?.into_iter();
            communities.extend(all.map(|community| MyCommunity { slug: community.slug, member: None }));
            "operator"
        }
        Caller::Community { community, .. } => {
            let own = web.ctx.store.community(community).community().await?;
            communities.extend(own.map(|community| MyCommunity { slug: community.slug, member: None }));
            "community"
        }
        Caller::Person { account, .. } => {
            for (community, member) in system.memberships_of(account).await? {
                let store = web.ctx.store.community(community);
                if let (Some(community), Some(member)) = (store.community().await?, store.member(member).await?) {
                    communities.push(MyCommunity { slug: community.slug, member: Some(member.handle) });
                }
            }
            "person"
        }
    };
    Ok(Json(Me { kind: kind.to_owned(), communities }))
}

/// The tokens that work.
async fn valid(web: &Web, here: &Here) -> Result<Vec<Token>, ApiError> {
    let now = web.ctx.clock.now();
    let mut tokens = web.ctx.store.community(here.community.id).tokens().await?;
    tokens.retain(|token| token.revoked_at.is_none() && token.expires_at.is_none_or(|end| end > now));
    Ok(tokens)
}

fn actor(here: &Here) -> Actor {
    match &here.standing {
        Standing::Member(member) => Actor::Member(member.id),
        Standing::Operator => Actor::Operator,
        Standing::Program | Standing::Visitor => Actor::System,
    }
}

fn shape(token: &Token) -> TokenShape {
    TokenShape {
        id: token.id.to_string(),
        name: token.name.clone(),
        created_at: token.created_at.to_string(),
        expires_at: token.expires_at.map(|at| at.to_string()),
        token: None,
    }
}
