//! The studio: what it opens with, drafts, and what a proposal about a policy comes to.

use app::api::studio::{
    BaseView, Draft, DraftLine, DraftVersion, KindOption, MemberOption, PolicyCase, ReferenceEntry, SavedDraft,
    ShareLink, StudioQuery, StudioView, TemplateLine,
};
use app::backend::{StudioBackend, Viewer};
use app::error::{AppError, ErrorKind};
use async_trait::async_trait;
use engine::shipped;
use store::drafts::DraftHead;
use types::member::Member;
use types::payload::catalogue;
use types::policy::Policy;
use types::simulation::{Event, Happening, ScenarioInput, TrialAction};
use types::{BallotValue, DraftId, Enforcement, Json, Layer, PolicyId, ProposalId, text};

use super::action::new_key;
use super::{PageBackend, Place, failed};
use crate::views::{proposal, reference, roster, sentence};
use crate::web::secret;

mod case;
mod redact;

/// Most drafts of one member: more than anybody works on, fewer than would fill a disk.
const MAX_DRAFTS: usize = 50;

/// Most versions of one draft that are kept; the oldest go first.
const MAX_VERSIONS: u32 = 50;

/// Longest draft: the source may be 64 KiB, and examples come with it.
const MAX_DRAFT_BYTES: usize = 256 * 1024;

/// Changes within this time are one version, so that a page of writing is not a hundred of them.
const ONE_VERSION: std::time::Duration = std::time::Duration::from_secs(5 * 60);

/// What a new policy begins with, where nobody chose a template.
const STARTER: &str = include_str!("../../views/starter.js");

#[async_trait]
impl StudioBackend for PageBackend {
    async fn studio(&self, viewer: &Viewer, slug: &str, query: StudioQuery) -> Result<StudioView, AppError> {
        let place = self.enter(viewer, slug).await?;
        if let Some(id) = &query.draft {
            let id = id.parse().map_err(|_| AppError::not_found("draft"))?;
            return place.opened(id, query.key.as_deref()).await;
        }
        let (place, member) = self.enter_as_member(viewer, slug).await?;
        let draft = match (&query.policy, &query.template) {
            (Some(id), _) => {
                let id = id.parse().map_err(|_| AppError::not_found("policy"))?;
                of_policy(&place.policy(id).await?)
            }
            (None, Some(template)) => of_template(template)?,
            (None, None) => Draft { source: STARTER.to_owned(), ..Draft::default() },
        };
        let draft = Draft { scenario: first_scenario(&draft, &member), ..draft };
        place.view(draft, None, true).await
    }

    async fn reference(&self, _viewer: &Viewer) -> Result<Vec<ReferenceEntry>, AppError> {
        Ok(reference::entries().to_vec())
    }

    async fn save_draft(
        &self,
        viewer: &Viewer,
        slug: &str,
        id: Option<DraftId>,
        draft: Draft,
    ) -> Result<SavedDraft, AppError> {
        let (place, member) = self.enter_as_member(viewer, slug).await?;
        let title = title_of(&draft);
        let body = Json(serde_json::to_value(&draft).unwrap_or_default());
        if body.0.to_string().len() > MAX_DRAFT_BYTES {
            let message = format!(
                "A draft may have {} KiB; this one has more. Shorten the source or the examples.",
                MAX_DRAFT_BYTES / 1024
            );
            return Err(AppError::new(ErrorKind::Invalid, "draft-too-long", message));
        }
        let head = match id {
            Some(id) => Some(place.own_draft(id, &member).await?),
            None if place.store().drafts_of(member.id).await.map_err(failed)?.len() >= MAX_DRAFTS => {
                let message = format!("You have {MAX_DRAFTS} drafts. Delete one before you begin another.");
                return Err(AppError::new(ErrorKind::Conflict, "too-many-drafts", message));
            }
            None => None,
        };
        let latest = match &head {
            Some(head) => place.store().draft_versions(head.id, 1).await.map_err(failed)?.into_iter().next(),
            None => None,
        };
        let now = place.now;
        let tx = self.web.ctx.store.begin().await.map_err(failed)?;
        let here = tx.community(place.here.community.id);
        let (id, version) = match (head, latest) {
            (Some(head), Some(latest)) if now.since(latest.created_at) < ONE_VERSION => {
                here.rewrite_draft(head.id, latest.version, &title, &body, now).await.map_err(failed)?;
                (head.id, latest.version)
            }
            (Some(head), _) => {
                let version = here.add_draft_version(head.id, &title, &body, now).await.map_err(failed)?;
                here.forget_draft_versions(head.id, version.saturating_sub(MAX_VERSIONS)).await.map_err(failed)?;
                (head.id, version)
            }
            (None, _) => {
                let id = DraftId(self.web.ctx.ids.next());
                here.add_draft(id, member.id, &title, &body, now).await.map_err(failed)?;
                (id, 1)
            }
        };
        tx.commit().await.map_err(failed)?;
        Ok(SavedDraft { id, version, at: now })
    }

    async fn draft_versions(&self, viewer: &Viewer, slug: &str, id: DraftId) -> Result<Vec<DraftVersion>, AppError> {
        let (place, member) = self.enter_as_member(viewer, slug).await?;
        place.own_draft(id, &member).await?;
        let versions = place.store().draft_versions(id, MAX_VERSIONS).await.map_err(failed)?;
        let view = |version: store::drafts::DraftVersion| {
            // A body that an older version of Polity wrote and this one cannot read is left out.
            let draft = version.body.read().ok()?;
            Some(DraftVersion { version: version.version, at: version.updated_at, draft })
        };
        Ok(versions.into_iter().filter_map(view).collect())
    }

    async fn share_draft(&self, viewer: &Viewer, slug: &str, id: DraftId) -> Result<ShareLink, AppError> {
        let (place, member) = self.enter_as_member(viewer, slug).await?;
        place.own_draft(id, &member).await?;
        let key = secret::random_hex::<32>();
        let tx = self.web.ctx.store.begin().await.map_err(failed)?;
        let here = tx.community(place.here.community.id);
        here.share_draft(id, &secret::digest(&key)).await.map_err(failed)?;
        tx.commit().await.map_err(failed)?;
        Ok(ShareLink { href: format!("/c/{slug}/studio?draft={id}&key={key}") })
    }

    async fn delete_draft(&self, viewer: &Viewer, slug: &str, id: DraftId) -> Result<(), AppError> {
        let (place, member) = self.enter_as_member(viewer, slug).await?;
        place.own_draft(id, &member).await?;
        let tx = self.web.ctx.store.begin().await.map_err(failed)?;
        tx.community(place.here.community.id).delete_draft(id).await.map_err(failed)?;
        tx.commit().await.map_err(failed)?;
        Ok(())
    }

    async fn policy_case(&self, viewer: &Viewer, slug: &str, id: ProposalId) -> Result<Option<PolicyCase>, AppError> {
        let place = self.enter(viewer, slug).await?;
        place.case(id).await
    }
}

impl Place<'_> {
    async fn policy(&self, id: PolicyId) -> Result<Policy, AppError> {
        self.store().policy(id).await.map_err(failed)?.ok_or_else(|| AppError::not_found("policy"))
    }

    /// A draft of the member's own. Others' drafts do not exist.
    async fn own_draft(&self, id: DraftId, member: &Member) -> Result<DraftHead, AppError> {
        let head = self.store().draft(id).await.map_err(failed)?;
        head.filter(|head| head.member == member.id).ok_or_else(|| AppError::not_found("draft"))
    }

    /// A draft of the viewer's own, or one that they hold the key of.
    async fn opened(&self, id: DraftId, key: Option<&str>) -> Result<StudioView, AppError> {
        let unknown = || AppError::not_found("draft");
        let head = self.store().draft(id).await.map_err(failed)?.ok_or_else(unknown)?;
        let is_own = self.member().is_some_and(|member| member.id == head.member);
        let has_key = match (&head.share_hash, key) {
            (Some(hash), Some(key)) => secret::digest(key) == *hash,
            _ => false,
        };
        if !is_own && !has_key {
            return Err(unknown());
        }
        let latest =
            self.store().draft_versions(id, 1).await.map_err(failed)?.into_iter().next().ok_or_else(unknown)?;
        let draft: Draft = latest.body.read().map_err(|_| unknown())?;
        let saved = SavedDraft { id, version: latest.version, at: latest.updated_at };
        self.view(draft, Some(saved), is_own).await
    }

    async fn view(&self, draft: Draft, saved: Option<SavedDraft>, may_edit: bool) -> Result<StudioView, AppError> {
        let base = match draft.policy {
            Some(id) => self.store().policy(id).await.map_err(failed)?.filter(|policy| policy.is_active),
            None => None,
        };
        let (draft, left_out) = match self.is_visitor() {
            true => redact::for_visitors(draft, &self.here.roster),
            false => (draft, String::new()),
        };
        let kind = if base.is_some() { "constitution.change_policy" } else { "constitution.add_policy" };
        let (members, roles) = self.cast();
        Ok(StudioView {
            slug: self.here.community.slug.clone(),
            community: self.here.community.name.clone(),
            base: base.as_ref().map(base_view),
            drafts: self.drafts(saved.as_ref()).await?,
            saved,
            may_edit,
            may_try: self.member().is_some(),
            may_propose: may_edit && self.may_propose(kind),
            left_out,
            kinds: kinds(),
            members,
            roles,
            templates: templates(),
            attempt_key: new_key(self),
            draft,
        })
    }

    /// Who can take part in a scenario: nobody's business where the viewer is no member.
    fn cast(&self) -> (Vec<MemberOption>, Vec<String>) {
        if self.is_visitor() {
            return (Vec::new(), Vec::new());
        }
        let roster = &self.here.roster;
        let roles = || roster.roles.iter().filter(|role| !role.is_base);
        let member = |member: &Member| MemberOption {
            person: roster::person(member),
            roles: roles().filter(|role| member.roles.contains(&role.id)).map(|role| role.name.clone()).collect(),
        };
        (roster.voters().map(member).collect(), roles().map(|role| role.name.clone()).collect())
    }

    /// The viewer's drafts, without the one that is open.
    async fn drafts(&self, open: Option<&SavedDraft>) -> Result<Vec<DraftLine>, AppError> {
        let Some(member) = self.member() else { return Ok(Vec::new()) };
        let heads = self.store().drafts_of(member.id).await.map_err(failed)?;
        let line = |head: DraftHead| DraftLine { id: head.id, title: head.title, at: head.updated_at };
        Ok(heads.into_iter().filter(|head| open.is_none_or(|open| open.id != head.id)).map(line).collect())
    }
}

fn base_view(policy: &Policy) -> BaseView {
    BaseView {
        id: policy.id,
        label: proposal::label(policy.position),
        name: policy.draft.name.clone(),
        version: policy.version,
        enforcement: policy.enforcement,
        source: policy.draft.source.clone(),
    }
}

/// The draft that changes nothing yet.
fn of_policy(policy: &Policy) -> Draft {
    let draft = policy.draft.clone();
    Draft {
        policy: Some(policy.id),
        name: draft.name,
        description: draft.description,
        layer: draft.layer,
        kind: draft.kind,
        action_types: draft.action_types,
        source: draft.source,
        settings: draft.settings,
        http_hosts: draft.http_hosts,
        powers: draft.powers,
        examples: draft.examples,
        enforcement: policy.enforcement,
        on_error: policy.on_error,
        ..Draft::default()
    }
}

fn of_template(slug: &str) -> Result<Draft, AppError> {
    let shipped = shipped::named(slug).ok_or_else(|| AppError::not_found("template"))?;
    Ok(Draft {
        name: shipped.name.clone(),
        description: shipped.description.clone(),
        layer: shipped.layer,
        kind: shipped.kind,
        powers: shipped.powers.clone(),
        http_hosts: shipped.http_hosts.clone(),
        action_types: shipped.action_types.clone(),
        settings: Json(shipped.default_settings()),
        source: shipped.source.to_owned(),
        enforcement: Enforcement::Shadow,
        ..Draft::default()
    })
}

/// The first thing to try: the viewer attempts something that the policy governs, and an hour later everyone votes yes.
fn first_scenario(draft: &Draft, member: &Member) -> ScenarioInput {
    let governed = |kind: &&types::platform::ActionTypeSpec| {
        kind.layer == draft.layer
            && draft.action_types.iter().any(|pattern| types::member::pattern_covers(pattern, &kind.kind))
    };
    // Not a whole bundle, which needs a payload that nobody can guess.
    let usable = || catalogue().iter().filter(|kind| kind.kind.verb() != "propose_bundle");
    let kind = usable().find(governed).or_else(|| usable().find(|kind| kind.layer == draft.layer));
    ScenarioInput {
        action: TrialAction {
            kind: kind.map(|kind| kind.kind.to_string()).unwrap_or_default(),
            payload: Json(serde_json::json!({})),
            initiator: member.handle.clone(),
        },
        members: None,
        events: vec![Event { at_seconds: 3600, what: Happening::Everyone { role: None, value: BallotValue::Yes } }],
        until_seconds: None,
        seed: 42,
        starts_at: None,
    }
}

/// What can be governed and attempted: families first.
fn kinds() -> Vec<KindOption> {
    let family = |value: &str, layer: Layer| KindOption {
        value: value.to_owned(),
        label: match value {
            "*" => "Everything of its layer".to_owned(),
            _ => sentence::type_in_words(value),
        },
        layer,
        is_family: true,
    };
    let mut kinds = vec![family("*", Layer::Platform)];
    // Elections and combinations of everyday actions name no platform of their own.
    let mut platforms: Vec<&str> = vec!["platform"];
    for spec in catalogue().iter().filter(|spec| spec.layer == Layer::Platform) {
        if !platforms.contains(&spec.kind.platform()) {
            platforms.push(spec.kind.platform());
            kinds.push(family(&format!("{}.*", spec.kind.platform()), Layer::Platform));
        }
    }
    kinds.extend(catalogue().iter().filter(|spec| spec.kind.verb() != "propose_bundle").map(|spec| KindOption {
        value: spec.kind.to_string(),
        label: match spec.kind.platform() {
            "board" | "platform" | "constitution" => spec.title.clone(),
            _ => format!("{} ({})", spec.title, sentence::place_in_words(&spec.kind)),
        },
        layer: spec.layer,
        is_family: false,
    }));
    kinds
}

fn templates() -> Vec<TemplateLine> {
    let line = |shipped: &shipped::Shipped| TemplateLine {
        slug: shipped.slug.to_owned(),
        name: shipped.name.clone(),
        description: shipped.description.clone(),
    };
    shipped::shipped().iter().map(line).collect()
}

/// What a draft is called in the list.
fn title_of(draft: &Draft) -> String {
    let name = sentence::cut(draft.name.trim(), text::MAX_NAME_CHARS);
    if name.is_empty() { "Without a name".to_owned() } else { name }
}
