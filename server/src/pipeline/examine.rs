//! What can be known of an attempt before any transaction: whether its payload is one that its type takes.

use serde_json::Value;
use types::payload::bundle;
use types::payload::constitution::AddPolicy;
use types::simulation::{DraftInput, Example};
use types::{ActionType, CommunityId, Json, PolicyError, payload};

use super::constitution;
use super::ingest::AttemptError;
use super::shadow;
use crate::ctx::Ctx;
use crate::simulate::lab::Lab;
use crate::simulate::{SimulateError, draft, examples, trial};

/// Most bytes of one payload: a policy's source and then some.
const MAX_PAYLOAD_BYTES: usize = 256 * 1024;

/// Checks a payload and brings it into its usual form.
///
/// Policies are parsed in a worker process here, so that a syntax error is answered at once, with its line and column.
///
/// # Errors
/// [`AttemptError`] with the field and what it takes.
pub(super) async fn examine(
    ctx: &Ctx,
    community: CommunityId,
    kind: &ActionType,
    payload: Json,
) -> Result<Json, AttemptError> {
    if payload.0.to_string().len() > MAX_PAYLOAD_BYTES {
        return Err(AttemptError::TooLarge { limit: MAX_PAYLOAD_BYTES });
    }
    match payload::check(kind, &payload) {
        None => return Err(AttemptError::UnknownType(kind.clone())),
        Some(checked) => checked?,
    }
    if let Some(examined) = examine_parts(ctx, community, kind, &payload).await? {
        return Ok(examined);
    }
    if !kind.is_internal() {
        let Some(platform) = ctx.platforms.get(kind.platform()) else {
            return Err(AttemptError::UnknownType(kind.clone()));
        };
        return Ok(platform.validate(kind, &payload)?);
    }
    match kind.verb() {
        "add_policy" => {
            examine_source(ctx, community, &source_of(&payload)?).await?;
            return examine_examples(ctx, community, payload).await;
        }
        "change_policy" => {
            examine_stages(ctx, community, &payload).await?;
            if let Some(source) = payload.text("source") {
                examine_source(ctx, community, source).await?;
            }
            return examine_examples(ctx, community, payload).await;
        }
        "add_policy_bundle" => examine_stages(ctx, community, &payload).await?,
        "add_connection" => {
            let platform = payload.text("platform").unwrap_or_default();
            if ctx.platforms.service(platform).is_none() {
                return Err(AttemptError::BadDraft(format!("the operator of this service has not set up {platform}")));
            }
        }
        _ => {}
    }
    Ok(payload)
}

/// Parses the stages that are written out.
async fn examine_stages(ctx: &Ctx, community: CommunityId, payload: &Json) -> Result<(), AttemptError> {
    let stages = payload.get("stages").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    if payload.get("stages").is_some() && (stages.is_empty() || stages.len() > constitution::MAX_STAGES) {
        let why = format!("stages: a policy in stages has 1 to {} of them", constitution::MAX_STAGES);
        return Err(AttemptError::BadDraft(why));
    }
    for (place, stage) in stages.iter().enumerate() {
        let Some(source) = stage.get("source").and_then(Value::as_str) else { continue };
        let wrong = |problem| AttemptError::InPart { at: format!("stages[{place}]"), problem: Box::new(problem) };
        examine_source(ctx, community, source).await.map_err(wrong)?;
    }
    Ok(())
}

/// Examines the actions of a bundle, or the candidate of a nomination. `None` for every other type.
async fn examine_parts(
    ctx: &Ctx,
    community: CommunityId,
    kind: &ActionType,
    payload: &Json,
) -> Result<Option<Json>, AttemptError> {
    let mut examined = payload.clone();
    let parts: Vec<(String, &mut Value)> = if bundle::is_nomination(kind) {
        examined.0.get_mut("candidate").map(|part| ("candidate".to_owned(), part)).into_iter().collect()
    } else if bundle::kind_of(kind).is_some() {
        let actions = examined.0.get_mut("actions").and_then(Value::as_array_mut);
        let each = actions.into_iter().flatten().enumerate();
        each.map(|(place, part)| (format!("actions[{place}]"), part)).collect()
    } else {
        return Ok(None);
    };
    for (at, part) in parts {
        let wrong = |problem: AttemptError| AttemptError::InPart { at: at.clone(), problem: Box::new(problem) };
        // The type and the payload were read by the payload's own check.
        let Some(inner) = part.get("type").and_then(Value::as_str).and_then(|kind| kind.parse().ok()) else { continue };
        let inner_payload = Json(part.get("payload").cloned().unwrap_or_default());
        let usual = Box::pin(examine(ctx, community, &inner, inner_payload)).await.map_err(wrong)?;
        if let Some(fields) = part.as_object_mut() {
            fields.insert("payload".to_owned(), usual.0);
        }
    }
    Ok(Some(examined))
}

fn source_of(payload: &Json) -> Result<String, AttemptError> {
    let read = payload.read::<AddPolicy>().map_err(|error| AttemptError::BadDraft(error.to_string()))?;
    constitution::draft(&read).map(|draft| draft.source).map_err(AttemptError::BadDraft)
}

/// Brings examples into the form in which they are kept, and plays them: one that does not hold is not proposed.
async fn examine_examples(ctx: &Ctx, community: CommunityId, mut payload: Json) -> Result<Json, AttemptError> {
    if let Some(terms) = payload.get("shadow").filter(|terms| !terms.is_null()) {
        let terms = serde_json::from_value(terms.clone()).map_err(|error| AttemptError::BadDraft(error.to_string()))?;
        shadow::check(&terms).map_err(AttemptError::BadDraft)?;
    }
    let unavailable = |error: SimulateError| AttemptError::BadDraft(error.to_string());
    let (snapshot, world) = trial::present(ctx, community).await.map_err(unavailable)?;
    if let Some(given) = payload.get("examples").filter(|given| !given.is_null()).cloned() {
        let mut given: Vec<Example> =
            serde_json::from_value(given).map_err(|error| AttemptError::BadDraft(error.to_string()))?;
        examples::settle(&mut given, &world).map_err(AttemptError::BadDraft)?;
        let given = serde_json::to_value(given).map_err(|error| AttemptError::BadDraft(error.to_string()))?;
        if let Some(fields) = payload.0.as_object_mut() {
            fields.insert("examples".to_owned(), given);
        }
    }
    // A change of a policy that is not in force is refused when it is carried out, with the reason.
    let Ok(proposed) = draft::read(DraftInput { policy: payload.clone(), replaces: None }, &snapshot) else {
        return Ok(payload);
    };
    if proposed.examples.is_empty() {
        return Ok(payload);
    }
    let lab = Lab { runner: &*ctx.runner, community };
    let runs = examples::run(lab, &proposed.draft, &proposed.examples).await.map_err(unavailable)?;
    match examples::blocked(&runs) {
        Some(why) => Err(AttemptError::BadDraft(why)),
        None => Ok(payload),
    }
}

async fn examine_source(ctx: &Ctx, community: CommunityId, source: &str) -> Result<(), AttemptError> {
    ctx.runner.check(community, source).await.map_err(|error: PolicyError| AttemptError::BadPolicy(error))
}
