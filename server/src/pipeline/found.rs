//! Founding a community from a starter kit, and taking members in.

use serde_json::json;
use store::board::Channel;
use store::communities::Community;
use store::members::NewMember as Newcomer;
use store::policies::{NewVersion, Standing};
use store::recovery::RecoveryRule;
use store::{CommunityTx, StoreError};
use types::audit::Actor;
use types::member::{Member, Role};
use types::text::{self, Handle, Slug, TextError};
use types::{AuditKind, CommunityId, Enforcement, Json, MemberId, OnError, PolicyDraft, RoleId, Timestamp};

use super::constitution::source_hash;
use super::wake::wake_readers_of_members;
use crate::clock::IdSource;
use crate::ctx::Ctx;
use crate::kits::{self, Kit, KitError};
use crate::live::{Change, Topic};

/// The channel that every community has.
pub const FIRST_CHANNEL: &str = "general";

/// A community to be.
#[derive(Clone, Debug)]
pub struct Founding {
    /// Its address.
    pub slug: Slug,
    /// Its name.
    pub name: String,
    /// What it is.
    pub description: String,
    /// Its first government.
    pub starter_kit: String,
    /// Values of the kit's blanks.
    pub settings: Json,
}

/// Why a community was not founded.
#[derive(Debug, thiserror::Error)]
pub enum FoundError {
    /// The address is in use.
    #[error("the address “{0}” is taken; choose another")]
    SlugTaken(Slug),
    /// The name is not one.
    #[error(transparent)]
    BadName(#[from] TextError),
    /// The kit, or what fills its blanks.
    #[error(transparent)]
    Kit(#[from] KitError),
    /// The store failed.
    #[error("the community could not be stored")]
    Store(#[from] StoreError),
}

/// Founds a community: its profile, roles, policies, documents and first channel, in one transaction.
///
/// # Errors
/// [`FoundError`]: nothing was founded.
pub async fn found(ctx: &Ctx, founding: Founding) -> Result<CommunityId, FoundError> {
    found_with(ctx, founding, RecoveryRule::default()).await
}

/// Founds a community whose recovery rule is another than the usual one. Nothing changes the rule later.
///
/// # Errors
/// [`FoundError`]: nothing was founded.
pub async fn found_with(ctx: &Ctx, founding: Founding, recovery: RecoveryRule) -> Result<CommunityId, FoundError> {
    let now = ctx.clock.now();
    let name = text::name(&founding.name, "the community's name")?;
    let kit = kits::filled(&founding.starter_kit, &founding.settings.0)?;
    if ctx.store.system().community_by_slug(founding.slug.as_str()).await?.is_some() {
        return Err(FoundError::SlugTaken(founding.slug));
    }
    let community = Community {
        id: ctx.ids.next(),
        slug: founding.slug.as_str().to_owned(),
        name,
        description: founding.description,
        starter_kit: kit.name.clone(),
        settings: Json(json!({ "combining": kit.combining })),
        created_at: now,
    };
    let tx = ctx.store.begin().await?;
    let handle = tx.community(community.id);
    tx.system().found(&community).await.map_err(|error| match error {
        StoreError::Taken(_) => FoundError::SlugTaken(founding.slug.clone()),
        other => FoundError::Store(other),
    })?;
    let subject = format!("community:{}", community.id);
    let body = json!({ "name": community.name, "slug": community.slug, "starter_kit": kit.name, "settings": founding.settings,
        "recovery": { "numerator": recovery.numerator, "denominator": recovery.denominator, "days": recovery.days } });
    handle.audit(Actor::System, AuditKind::CommunityFounded, subject, Json(body), now);
    handle.set_recovery_rule(recovery).await?;
    install(&handle, &*ctx.ids, &kit, now).await?;
    let channel = Channel {
        id: ctx.ids.next(),
        name: FIRST_CHANNEL.to_owned(),
        topic: "Everything that has no channel of its own".to_owned(),
        created_at: now,
        archived_at: None,
    };
    handle.add_channel(&channel).await?;
    tx.commit().await?;
    Ok(community.id)
}

/// Puts a kit's roles, policies and documents in force.
///
/// # Errors
/// The store's failure.
pub(super) async fn install(
    handle: &CommunityTx<'_>,
    ids: &dyn IdSource,
    kit: &Kit,
    now: Timestamp,
) -> Result<(), StoreError> {
    for role in &kit.roles {
        let id: RoleId = ids.next();
        let (name, description) = (role.name.clone(), role.description.clone());
        handle.add_role(&Role { id, name, description, is_base: role.base }, now).await?;
        let rights: Vec<_> = role.permissions.iter().map(|grant| (grant.action_type.clone(), grant.right)).collect();
        handle.set_permissions(id, &rights, None, now).await?;
        let body = json!({ "name": role.name, "permissions": role.permissions });
        handle.audit(Actor::System, AuditKind::RoleAdded, format!("role:{id}"), Json(body), now);
    }
    for policy in &kit.policies {
        let Some(shipped) = engine::shipped::named(&policy.shipped) else { continue };
        let draft = PolicyDraft {
            name: policy.name.clone(),
            description: shipped.description.to_string(),
            layer: policy.layer,
            kind: shipped.kind,
            action_types: policy.action_types.clone(),
            source: shipped.source.to_string(),
            settings: Json(shipped.settings_with(&policy.settings)),
            http_hosts: shipped.http_hosts.clone(),
            powers: shipped.powers.clone(),
            examples: Vec::new(),
            triggers: Default::default(),
        };
        let standing = Standing {
            enforcement: Enforcement::Enforced,
            on_error: OnError::Hold,
            position: handle.next_position().await?,
            is_active: true,
        };
        let version = NewVersion { id: ids.next(), hash: source_hash(&draft.source), draft };
        let added = handle.add_policy(ids.next(), &version, standing, None, now).await?;
        let body = json!({ "name": added.draft.name, "version": added.version, "hash": added.hash, "layer": added.draft.layer });
        handle.audit(Actor::System, AuditKind::PolicyAdded, format!("policy:{}", added.id), Json(body), now);
    }
    for document in &kit.documents {
        let id = ids.next();
        handle.add_document(id, &document.name, &document.text, None, now).await?;
        let body = Json(json!({ "name": document.name }));
        handle.audit(Actor::System, AuditKind::DocumentAdded, format!("document:{id}"), body, now);
    }
    Ok(())
}

/// Somebody to be taken in.
#[derive(Clone, Debug)]
pub struct NewMember {
    /// The short name.
    pub handle: Handle,
    /// The name people read.
    pub display_name: String,
    /// Roles by name, besides the one that everybody holds.
    pub roles: Vec<String>,
}

/// Why somebody was not taken in.
#[derive(Debug, thiserror::Error)]
pub enum AdmitError {
    /// The handle is in use.
    #[error("the handle “{0}” is taken; choose another")]
    HandleTaken(Handle),
    /// A role that the community does not have.
    #[error("there is no role “{0}”; there are: {1}")]
    UnknownRole(String, String),
    /// The name is not one.
    #[error(transparent)]
    BadName(#[from] TextError),
    /// The store failed.
    #[error("the member could not be stored")]
    Store(#[from] StoreError),
}

/// Takes somebody in, with their roles: for the operator, who vouches for them. Members admit members by an action.
///
/// # Errors
/// [`AdmitError`]: nobody was taken in.
pub async fn admit(ctx: &Ctx, community: CommunityId, newcomer: NewMember) -> Result<Member, AdmitError> {
    let now = ctx.clock.now();
    let display_name = text::name(&newcomer.display_name, "the member's name")?;
    let tx = ctx.store.begin().await?;
    let handle = tx.community(community);
    if handle.member_by_handle(newcomer.handle.as_str()).await?.is_some() {
        return Err(AdmitError::HandleTaken(newcomer.handle));
    }
    let known = handle.roles().await?;
    let mut roles: Vec<RoleId> = Vec::new();
    for name in &newcomer.roles {
        let Some(role) = known.iter().find(|role| role.name == *name) else {
            let names: Vec<_> = known.iter().map(|role| role.name.as_str()).collect();
            return Err(AdmitError::UnknownRole(name.clone(), names.join(", ")));
        };
        roles.push(role.id);
    }
    let id: MemberId = ctx.ids.next();
    let row = Newcomer {
        id,
        handle: newcomer.handle.as_str().to_owned(),
        display_name: display_name.clone(),
        is_bot: false,
        account: None,
    };
    handle.join(&row, now).await?;
    for role in &roles {
        handle.grant_role(*role, &[id], None, now).await?;
    }
    let body =
        Json(json!({ "handle": newcomer.handle.as_str(), "display_name": display_name, "roles": newcomer.roles }));
    handle.audit(Actor::Operator, AuditKind::MemberJoined, format!("member:{id}"), body, now);
    wake_readers_of_members(ctx, &handle, now).await?;
    tx.commit().await?;
    ctx.live.tell(community, Change::of(Topic::Member, id));
    ctx.wake.decide.notify_one();
    Ok(Member { id, handle: row.handle, display_name, joined_at: now, roles, is_bot: false })
}
