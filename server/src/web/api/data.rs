//! Everything that is kept about one member, for that member.

use axum::Json;
use axum::extract::{Path, State};
use serde::Serialize;
use serde_json::{Value, json};
use store::actions::ActionFilter;
use store::notices::NoticeFilter;
use utoipa::ToSchema;

use super::failures::Anytime;
use super::here::{Here, Standing};
use crate::web::error::ApiError;
use crate::web::state::Web;
use crate::web::who::Caller;

/// Most things of one kind.
const MOST: u32 = 10_000;

/// What is kept about a member.
#[derive(Debug, Serialize, ToSchema)]
pub struct MemberData {
    /// Who.
    member: Value,
    /// Their roles, past ones too.
    roles: Vec<Value>,
    /// Who they are on platforms.
    identities: Vec<Value>,
    /// Their ballots with their name. Secret ballots have none.
    ballots: Vec<Value>,
    /// What they attempted.
    actions: Vec<Value>,
    /// What they said.
    comments: Vec<Value>,
    /// What they were told.
    notices: Vec<Value>,
}

/// Export what is kept about oneself
///
/// For the member themselves and nobody else.
#[utoipa::path(get, path = "/communities/{slug}/members/{id}/data", tag = "members",
    params(("slug" = String, Path, description = "The community"), ("id" = String, Path, description = "The member's handle")),
    responses((status = 200, body = MemberData, description = "Everything"), Anytime))]
pub async fn export(
    State(web): State<Web>,
    caller: Caller,
    Path((slug, handle)): Path<(String, String)>,
) -> Result<Json<MemberData>, ApiError> {
    let here = Here::enter(&web, &caller, &slug).await?;
    let unknown = || ApiError::not_found("member");
    let member = here.roster.by_handle(&handle).cloned().ok_or_else(unknown)?;
    match &here.standing {
        Standing::Member(you) if you.id == member.id => {}
        _ => {
            return Err(ApiError::forbidden(
                "not-yourself",
                "only the member themselves can export what is kept about them",
            ));
        }
    }
    let store = web.ctx.store.community(here.community.id);
    let role = |id: types::RoleId| here.roster.roles.iter().find(|role| role.id == id).map(|role| role.name.clone());
    let holdings = store.holdings_of(member.id).await?;
    let mut identities = Vec::new();
    for connection in store.connections().await? {
        for identity in store.identities_of(&connection.platform, &[member.id]).await? {
            identities.push(
                json!({ "platform": identity.platform, "id": identity.external_id, "name": identity.display_name }),
            );
        }
    }
    let ballots = store.ballots_by(member.id, MOST).await?;
    let filter = ActionFilter { initiator: Some(member.id), limit: MOST, ..ActionFilter::default() };
    let actions = store.actions(&filter).await?;
    let comments = store.comments_by(member.id, MOST).await?;
    let notices = store.notices(member.id, NoticeFilter { limit: MOST, ..NoticeFilter::default() }).await?;
    Ok(Json(MemberData {
        member: json!({
            "handle": member.handle, "display_name": member.display_name, "joined_at": member.joined_at.to_string(),
        }),
        roles: holdings
            .iter()
            .map(|holding| {
                json!({
                    "role": role(holding.role), "since": holding.since.to_string(),
                    "until": holding.until.map(|at| at.to_string()),
                })
            })
            .collect(),
        identities,
        ballots: ballots
            .iter()
            .map(|ballot| {
                json!({
                    "proposal": ballot.proposal, "value": ballot.value, "reason": ballot.reason, "cast_at": ballot.cast_at.to_string(),
                })
            })
            .collect(),
        actions: actions
            .iter()
            .map(|stored| {
                let action = &stored.action;
                json!({
                    "id": action.id, "type": action.kind, "payload": action.payload, "at": action.created_at.to_string(),
                    "status": action.status,
                })
            })
            .collect(),
        comments: comments
            .iter()
            .map(|comment| json!({ "about": comment.subject, "text": comment.text, "at": comment.created_at.to_string() }))
            .collect(),
        notices: notices
            .iter()
            .map(|notice| json!({ "text": notice.text, "at": notice.created_at.to_string(), "read": notice.read_at.is_some() }))
            .collect(),
    }))
}
