//! Members and roles.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use types::member::Member;
use types::text::Handle;
use utoipa::ToSchema;

use super::failures::{Anytime, WithBody};
use super::here::Here;
use super::refusals;
use super::shapes::{MemberShape, PermissionShape, RoleShape};
use super::words::word;
use crate::pipeline::{self, NewMember};
use crate::views::roster::Roster;
use crate::web::body::Body;
use crate::web::error::ApiError;
use crate::web::keep;
use crate::web::state::Web;
use crate::web::who::Caller;

/// Somebody to be admitted.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Newcomer {
    /// The short name, unique in the community.
    #[schema(example = "ada")]
    handle: String,
    /// The name people read; the handle where it is left out.
    #[schema(example = "Ada Lindqvist")]
    display_name: Option<String>,
    /// Names of roles to begin with.
    #[serde(default)]
    roles: Vec<String>,
}

/// Somebody was admitted.
#[derive(Debug, Serialize, ToSchema)]
pub struct Admitted {
    /// The member's id.
    id: String,
    /// The short name.
    handle: String,
    /// The name people read.
    display_name: String,
    /// Names of the roles held.
    roles: Vec<String>,
}

/// The members of a community.
#[derive(Debug, Serialize, ToSchema)]
pub struct Members {
    /// The members, by name.
    members: Vec<MemberShape>,
}

/// The roles of a community.
#[derive(Debug, Serialize, ToSchema)]
pub struct Roles {
    /// The roles, the one that everybody holds first.
    roles: Vec<RoleShape>,
}

/// Admit a member
///
/// Past every policy: this is how an operator or a platform's bridge brings people in. Members propose `board.admit_member`.
#[utoipa::path(post, path = "/communities/{slug}/members", tag = "members", request_body = Newcomer,
    params(("slug" = String, Path, description = "The community")),
    responses((status = 201, body = Admitted, description = "Admitted"), Anytime, WithBody))]
pub async fn admit(
    State(web): State<Web>,
    caller: Caller,
    Path(slug): Path<String>,
    Body(newcomer): Body<Newcomer>,
) -> Result<(StatusCode, Json<Admitted>), ApiError> {
    let here = Here::enter(&web, &caller, &slug).await?.managed()?;
    let handle: Handle = newcomer.handle.parse().map_err(|error| refusals::text(&error, "handle"))?;
    let display_name = newcomer.display_name.unwrap_or_else(|| handle.to_string());
    let display_name =
        types::text::name(&display_name, "display_name").map_err(|error| refusals::text(&error, "display_name"))?;
    let newcomer = NewMember { handle, display_name, roles: newcomer.roles };
    let member = pipeline::admit(&web.ctx, here.community.id, newcomer).await.map_err(refusals::admit)?;
    let roster = keep::roster(&web, here.community.id).await?;
    let roles = roster.member(member.id).map(|member| roster.all_role_names(member)).unwrap_or_default();
    let admitted =
        Admitted { id: member.id.to_string(), handle: member.handle, display_name: member.display_name, roles };
    Ok((StatusCode::CREATED, Json(admitted)))
}

/// List members
#[utoipa::path(get, path = "/communities/{slug}/members", tag = "members",
    params(("slug" = String, Path, description = "The community")),
    responses((status = 200, body = Members, description = "By name"), Anytime))]
pub async fn list(State(web): State<Web>, caller: Caller, Path(slug): Path<String>) -> Result<Json<Members>, ApiError> {
    let here = Here::enter(&web, &caller, &slug).await?;
    let members = here.roster.members.iter().map(|member| shape(member, &here.roster)).collect();
    Ok(Json(Members { members }))
}

/// List roles
#[utoipa::path(get, path = "/communities/{slug}/roles", tag = "members",
    params(("slug" = String, Path, description = "The community")),
    responses((status = 200, body = Roles, description = "The one that everybody holds first"), Anytime))]
pub async fn roles(State(web): State<Web>, caller: Caller, Path(slug): Path<String>) -> Result<Json<Roles>, ApiError> {
    let here = Here::enter(&web, &caller, &slug).await?;
    let roster = &here.roster;
    let shape = |role: &types::member::Role| RoleShape {
        id: role.id.to_string(),
        name: role.name.clone(),
        description: role.description.clone(),
        is_base: role.is_base,
        permissions: roster
            .permissions
            .iter()
            .filter(|permission| permission.role == role.id)
            .map(|permission| PermissionShape {
                action_type: permission.pattern.clone(),
                right: word(permission.right),
            })
            .collect(),
        members: match role.is_base {
            true => Vec::new(),
            false => roster.holders(role.id).map(|member| member.handle.clone()).collect(),
        },
    };
    Ok(Json(Roles { roles: roster.roles.iter().map(shape).collect() }))
}

/// A member as programs read them.
pub fn shape(member: &Member, roster: &Roster) -> MemberShape {
    MemberShape {
        id: member.id.to_string(),
        handle: member.handle.clone(),
        display_name: member.display_name.clone(),
        roles: roster.all_role_names(member),
        is_bot: member.is_bot,
        joined_at: member.joined_at.to_string(),
    }
}
