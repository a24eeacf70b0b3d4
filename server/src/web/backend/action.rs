//! Attempting something.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use app::api::action::{
    ActionFormView, ActionTypeGroup, ActionTypeLine, ActionTypesView, Attempt, AttemptOutcome, AttemptResult,
    FieldOption,
};
use app::backend::{ActionBackend, Viewer};
use app::error::{AppError, ErrorKind};
use async_trait::async_trait;
use serde_json::{Map, Value, json};
use tokio::sync::OnceCell;
use types::member::Right;
use types::payload::{bundle, catalogue};
use types::platform::ActionTypeSpec;
use types::{ActionId, ActionStatus, ActionType, Json, Layer, MemberId, Origin};

use super::{PageBackend, Place, failed};
use crate::pipeline;
use crate::pipeline::snapshot::Snapshot;
use crate::views::dossier;
use crate::views::{form, scene, sentence};
use crate::web::api::refusals;
use crate::web::secret;

/// How long a page waits for the first decision.
pub(super) const AT_MOST: Duration = Duration::from_secs(1);

/// Attempts whose keys are remembered: a form that is sent twice is sent twice within seconds.
const MAX_KEYS: usize = 10_000;

/// Longest key.
const MAX_KEY_BYTES: usize = 64;

/// What became of forms, by member and key: the same key is the same attempt, however often it is sent.
///
/// Kept in memory: it guards against an impatient second click, not against another process.
#[derive(Clone, Default)]
pub struct Attempts {
    known: Arc<Mutex<HashMap<(MemberId, String), Attempted>>>,
}

/// The action that a form became; empty until it has become one.
type Attempted = Arc<OnceCell<ActionId>>;

impl Attempts {
    fn cell(&self, member: MemberId, key: &str) -> Attempted {
        if key.is_empty() || key.len() > MAX_KEY_BYTES {
            return Arc::default();
        }
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MAX_KEYS {
            known.clear();
        }
        Arc::clone(known.entry((member, key.to_owned())).or_default())
    }
}

/// A key for one form; none for a visitor, who cannot send it.
pub(super) fn new_key(place: &Place<'_>) -> String {
    place.member().map(|_| secret::random_hex::<16>()).unwrap_or_default()
}

#[async_trait]
impl ActionBackend for PageBackend {
    async fn action_types(&self, viewer: &Viewer, slug: &str) -> Result<ActionTypesView, AppError> {
        let place = self.enter(viewer, slug).await?;
        let snapshot = place.snapshot().await?;
        let connected = place.platforms().await?;
        let mut groups: Vec<ActionTypeGroup> = Vec::new();
        for spec in catalogue() {
            let is_here =
                spec.layer == Layer::Constitution || connected.iter().any(|name| name == spec.kind.platform());
            // A bundle is put together from other actions; no form made from its schema alone could do that.
            let is_bundle = bundle::kind_of(&spec.kind).is_some() || bundle::is_nomination(&spec.kind);
            if !is_here || is_bundle || !place.may_propose(spec.kind.as_str()) {
                continue;
            }
            let line = ActionTypeLine {
                action_type: spec.kind.to_string(),
                title: spec.title.clone(),
                about: spec.schema.text("description").unwrap_or_default().to_owned(),
                decided_by: decided_by(&snapshot, &place, &spec.kind),
            };
            let title = group(&spec.kind);
            match groups.iter_mut().find(|group| group.title == title) {
                Some(group) => group.types.push(line),
                None => groups.push(ActionTypeGroup { title: title.to_owned(), layer: spec.layer, types: vec![line] }),
            }
        }
        Ok(ActionTypesView { groups })
    }

    async fn action_form(
        &self,
        viewer: &Viewer,
        slug: &str,
        action_type: &str,
        about: Option<&str>,
    ) -> Result<ActionFormView, AppError> {
        let (place, _) = self.enter_as_member(viewer, slug).await?;
        let spec = spec(action_type)?;
        let snapshot = place.snapshot().await?;
        let values = place.values(spec, &snapshot, about).await?;
        let pickers = place.pickers(&snapshot, spec.layer).await?;
        let decided_by = match decided_by(&snapshot, &place, &spec.kind) {
            words if words.is_empty() => words,
            words => format!("{words}."),
        };
        Ok(ActionFormView {
            action_type: spec.kind.to_string(),
            title: spec.title.clone(),
            about: spec.schema.text("description").unwrap_or_default().to_owned(),
            decided_by,
            fields: form::fields(spec, &pickers, &values),
            attempt_key: new_key(&place),
        })
    }

    async fn attempt(&self, viewer: &Viewer, slug: &str, attempt: Attempt) -> Result<AttemptOutcome, AppError> {
        let (place, member) = self.enter_as_member(viewer, slug).await?;
        let spec = spec(&attempt.action_type)?;
        if !place.here.roster.may(Some(&member), Right::Propose, &spec.kind) {
            let message = format!("Your roles do not allow you to propose this: {}.", spec.title.to_lowercase());
            return Err(AppError::new(ErrorKind::NotPermitted, "not-permitted", message));
        }
        let payload = form::payload(spec, &attempt)
            .map_err(|error| AppError::new(ErrorKind::Invalid, "form-not-understood", format!("{error}.")))?;
        let community = place.here.community.id;
        let attempted = pipeline::Attempt {
            kind: spec.kind.clone(),
            payload,
            initiator: member.id,
            origin: Origin::Web,
            activates_at: None,
            undo: Json::default(),
        };
        let cell = self.web.attempts.cell(member.id, &attempt.key);
        let ctx = &self.web.ctx;
        let id =
            cell.get_or_try_init(|| pipeline::attempt(ctx, community, attempted)).await.map_err(refusals::attempt)?;
        pipeline::settle(ctx, community, *id, AT_MOST).await.map_err(failed)?;
        place.outcome(*id).await
    }
}

impl Place<'_> {
    pub(super) async fn snapshot(&self) -> Result<Arc<Snapshot>, AppError> {
        let snapshot = self.web.ctx.snapshots.of(&self.store()).await.map_err(failed)?;
        snapshot.ok_or_else(|| AppError::not_found("community"))
    }

    /// Names of the platforms where this community lives.
    async fn platforms(&self) -> Result<Vec<String>, AppError> {
        let connections = self.store().connections().await.map_err(failed)?;
        let connected = connections.into_iter().map(|connection| connection.platform);
        Ok(std::iter::once("board".to_owned()).chain(connected).collect())
    }

    /// What there is to choose from.
    async fn pickers(&self, snapshot: &Snapshot, layer: Layer) -> Result<form::Pickers, AppError> {
        let option = |value: &str, label: String| FieldOption { value: value.to_owned(), label };
        let channels = self.store().channels().await.map_err(failed)?;
        let documents = self.store().documents().await.map_err(failed)?;
        let mut action_types = vec![
            option("*", "Everything of its layer".to_owned()),
            option("board.*", sentence::type_in_words("board.*")),
        ];
        let of_layer = catalogue().iter().filter(|row| row.layer == layer || layer == Layer::Constitution);
        action_types.extend(of_layer.map(|row| option(row.kind.as_str(), row.title.clone())));
        Ok(form::Pickers {
            channels: channels
                .iter()
                .filter(|channel| channel.archived_at.is_none())
                .map(|channel| option(&channel.name, format!("#{}", channel.name)))
                .collect(),
            members: self
                .here
                .roster
                .members
                .iter()
                .map(|member| option(&member.handle, format!("{} ({})", member.display_name, member.handle)))
                .collect(),
            roles: self
                .here
                .roster
                .roles
                .iter()
                .filter(|role| !role.is_base)
                .map(|role| option(&role.name, role.name.clone()))
                .collect(),
            policies: snapshot
                .policies
                .iter()
                .map(|policy| option(&policy.draft.name, policy.draft.name.clone()))
                .collect(),
            documents: documents.iter().map(|document| option(&document.name, document.name.clone())).collect(),
            action_types,
        })
    }

    /// What a form starts with: the present state of what it is about.
    async fn values(
        &self,
        spec: &ActionTypeSpec,
        snapshot: &Snapshot,
        about: Option<&str>,
    ) -> Result<Map<String, Value>, AppError> {
        let Some(about) = about.filter(|about| !about.is_empty()) else { return Ok(Map::new()) };
        let properties = spec.schema.get("properties").and_then(Value::as_object);
        let has = |name: &str| properties.is_some_and(|properties| properties.contains_key(name));
        let mut values = Map::new();
        if has("source") && has("layer") {
            values = self.template(about).await?;
        } else if has("policy") {
            let policy =
                snapshot.policies.iter().find(|policy| policy.id.to_string() == about || policy.draft.name == about);
            let policy = policy.ok_or_else(|| AppError::not_found("policy"))?;
            values.insert("policy".to_owned(), json!(policy.draft.name));
            values.insert("enforcement".to_owned(), json!(policy.enforcement));
            values.insert("on_error".to_owned(), json!(policy.on_error));
            if let Ok(Value::Object(draft)) = serde_json::to_value(&policy.draft) {
                values.extend(draft);
            }
        } else if has("document") {
            let document = match about.parse() {
                Ok(id) => self.store().document(id).await.map_err(failed)?,
                Err(_) => self.store().document_by_name(about).await.map_err(failed)?,
            };
            let document = document.ok_or_else(|| AppError::not_found("document"))?;
            values.insert("document".to_owned(), json!(document.name));
            values.insert("text".to_owned(), json!(document.text));
        } else {
            for name in ["channel", "role", "member", "members", "post"] {
                values.insert(name.to_owned(), if name == "members" { json!([about]) } else { json!(about) });
            }
        }
        Ok(values)
    }

    /// A policy to begin from: `shipped:jury`, or `shared:` with the id of a published one.
    async fn template(&self, about: &str) -> Result<Map<String, Value>, AppError> {
        let unknown = || AppError::not_found("policy to begin from");
        let draft = match about.split_once(':') {
            Some(("shipped", slug)) => {
                let policy = engine::shipped::named(slug).ok_or_else(unknown)?;
                json!({
                    "name": policy.name, "description": policy.description, "layer": policy.layer,
                    "action_types": policy.action_types, "source": policy.source, "settings": policy.default_settings(),
                })
            }
            Some(("shared", id)) => {
                let id = id.parse().map_err(|_| unknown())?;
                let shared = self.store().shared_policy(id).await.map_err(failed)?.ok_or_else(unknown)?;
                crate::web::api::shared::fork(&shared)
            }
            _ => return Err(unknown()),
        };
        match draft {
            Value::Object(fields) => Ok(fields),
            _ => Ok(Map::new()),
        }
    }

    /// What came of an attempt.
    async fn outcome(&self, id: ActionId) -> Result<AttemptOutcome, AppError> {
        let dossier = dossier::of_action(&self.store(), id).await.map_err(failed)?;
        let dossier = dossier.ok_or_else(|| AppError::not_found("action"))?;
        let leading = dossier.leading();
        let phrase = sentence::phrase(&dossier.action.kind, &dossier.action.payload, &self.names);
        let reason = scene::sentence_of(&dossier.action.reason);
        let (result, sentence) = match dossier.action.status {
            ActionStatus::Executed | ActionStatus::Passed => (AttemptResult::Done, format!("Done: {phrase}.")),
            ActionStatus::Failed | ActionStatus::Reverted => (
                AttemptResult::Failed,
                if reason.is_empty() { format!("It was decided not to {phrase}.") } else { reason },
            ),
            ActionStatus::Held => (
                AttemptResult::Held,
                if reason.is_empty() { "It is held until somebody acts.".to_owned() } else { reason },
            ),
            ActionStatus::Proposed => {
                let who = leading.map(|docket| docket.policy_name().to_owned());
                let who = who.map_or_else(String::new, |name| format!(" “{name}” decides."));
                (AttemptResult::Open, format!("It is proposed to {phrase}.{who}"))
            }
        };
        // What went through without anybody having been asked needs no page of its own.
        let proposal = leading.filter(|docket| result != AttemptResult::Done || scene::is_asked(docket));
        Ok(AttemptOutcome { action: id, result, sentence, proposal: proposal.map(|docket| docket.proposal.id) })
    }
}

fn spec(action_type: &str) -> Result<&'static ActionTypeSpec, AppError> {
    let kind = action_type.parse::<ActionType>().ok();
    kind.and_then(|kind| types::payload::spec(&kind)).ok_or_else(|| AppError::not_found("kind of action"))
}

/// What will decide on actions of a type, in words.
fn decided_by(snapshot: &Snapshot, place: &Place<'_>, kind: &ActionType) -> String {
    if place.member().is_some_and(|member| snapshot.may(member, Right::Execute, kind)) {
        return "Happens at once: one of your roles allows it".to_owned();
    }
    let names: Vec<String> = snapshot.candidates(kind).map(|policy| format!("“{}”", policy.draft.name)).collect();
    match (names.split_last(), kind.layer()) {
        (None, Layer::Platform) => "Happens at once: no policy governs it".to_owned(),
        (None, Layer::Constitution) => "Is held: no policy governs it".to_owned(),
        (Some((last, [])), _) => format!("Decided by {last}"),
        (Some((last, others)), _) => format!("Decided by {} and {last}", others.join(", ")),
    }
}

/// Where a type belongs, as people think of it.
fn group(kind: &ActionType) -> &'static str {
    match (kind.platform(), kind.verb()) {
        ("board", "admit_member" | "remove_member") => "Members",
        ("board", _) => "The board",
        ("matrix", _) => "Matrix",
        (_, verb) if verb.contains("role") => "Roles",
        (_, verb) if verb.contains("document") => "Documents",
        (_, verb) if verb.contains("polic") || matches!(verb, "set_enforcement" | "set_on_error" | "set_combining") => {
            "Policies"
        }
        _ => "The community",
    }
}
