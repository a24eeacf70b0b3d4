//! Rules of other systems, as drafts of policies. Nothing is written.

use axum::Json;
use axum::extract::{Path, State};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::failures::{Anytime, WithBody};
use super::here::{Here, Standing};
use crate::automoderator::{self, Draft, Note, Options};
use crate::web::body::Body;
use crate::web::error::ApiError;
use crate::web::state::Web;
use crate::web::who::Caller;

/// An AutoModerator rule set.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RuleSet {
    /// The rules, YAML, as on the wiki page `config/automoderator`.
    yaml: String,
    /// The role that moderators hold here; `Moderator` where it is left out.
    moderator_role: Option<String>,
    /// The role that approved users hold here; `Contributor` where it is left out.
    contributor_role: Option<String>,
    /// The policy that counts karma here, in the counter `karma`; rules about karma are left out where there is none.
    karma_policy: Option<String>,
}

/// What a rule set becomes.
#[derive(Debug, Serialize, ToSchema)]
pub struct Imported {
    /// Policies, in the order in which they should be asked. Each `policy` is a payload of `constitution.add_policy`; `form` is
    /// what the form builder shows.
    #[schema(value_type = Vec<Object>)]
    drafts: Vec<Value>,
    /// What could not be carried over, or means something slightly different: `{rule, line, key, fate, why}`.
    #[schema(value_type = Vec<Object>)]
    untranslated: Vec<Note>,
}

/// Import AutoModerator rules
///
/// Translates Reddit's AutoModerator rules into drafts of policies and writes nothing. What cannot be translated is named with its
/// rule, key and reason; a rule that would lose a condition is left out whole.
#[utoipa::path(post, path = "/communities/{slug}/import/automoderator", tag = "policies", request_body = RuleSet,
    params(("slug" = String, Path, description = "The community")),
    responses((status = 200, body = Imported, description = "Drafts, and what was left out"), Anytime, WithBody))]
pub async fn automoderator(
    State(web): State<Web>,
    caller: Caller,
    Path(slug): Path<String>,
    Body(set): Body<RuleSet>,
) -> Result<Json<Imported>, ApiError> {
    let here = Here::enter(&web, &caller, &slug).await?;
    if here.standing == Standing::Visitor {
        return Err(ApiError::forbidden("members-only", "only members and holders of a token import rules here"));
    }
    let usual = Options::default();
    let options = Options {
        moderator_role: set.moderator_role.unwrap_or(usual.moderator_role),
        contributor_role: set.contributor_role.unwrap_or(usual.contributor_role),
        karma_policy: set.karma_policy.unwrap_or(usual.karma_policy),
        posts: usual.posts,
        edits: usual.edits,
    };
    // Reading half a megabyte of YAML takes long enough to keep other requests waiting.
    let import = tokio::task::spawn_blocking(move || automoderator::import(&set.yaml, &options)).await;
    let import = import.map_err(ApiError::internal)?;
    let import = import.map_err(|error| ApiError::invalid("bad-rule-set", error.to_string()).at("yaml"))?;
    let drafts = import.drafts.iter().map(shape).collect();
    Ok(Json(Imported { drafts, untranslated: import.notes }))
}

fn shape(draft: &Draft) -> Value {
    json!({
        "rule": draft.rule,
        "form": draft.form,
        "policy": {
            "name": draft.name,
            "description": draft.description,
            "layer": "platform",
            "action_types": draft.action_types,
            "powers": draft.powers,
            "source": draft.source,
        },
    })
}
