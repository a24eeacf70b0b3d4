//! A government in outline, and what an action would make of it.

use std::collections::BTreeSet;

use store::CommunityStore;
use types::member::Right;
use types::payload::constitution as payload;
use types::payload::modes::{AddMode, Switch, SwitchMode};
use types::payload::safeguards::SetSunset;
use types::policy::Policy;
use types::{Action, Combining, Enforcement, Layer, MemberId, PolicyDraft, PolicyId, PolicyVersionId, Timestamp};

use crate::kits;
use crate::pipeline::constitution::{changed, draft};
use crate::pipeline::modes::{self, Mode};
use crate::pipeline::snapshot::Snapshot;

/// A government in outline.
#[derive(Clone, Debug)]
pub(super) struct Sketch {
    pub combining: Combining,
    pub policies: Vec<Policy>,
    pub roles: Vec<RoleSketch>,
    pub n_members: usize,
    modes: Vec<Mode>,
}

/// A role in outline.
#[derive(Clone, Debug)]
pub(super) struct RoleSketch {
    pub name: String,
    pub is_base: bool,
    pub members: BTreeSet<MemberId>,
    pub rights: Vec<(String, Right)>,
}

impl Sketch {
    /// As things stand. A policy of a mode counts as one that is off: it cannot be relied upon.
    pub(super) fn of(snapshot: &Snapshot) -> Self {
        let people = || snapshot.roster.members.iter().filter(|member| !member.is_bot);
        let roles = snapshot.roster.roles.iter().map(|role| RoleSketch {
            name: role.name.clone(),
            is_base: role.is_base,
            members: people().filter(|member| member.roles.contains(&role.id)).map(|member| member.id).collect(),
            rights: snapshot
                .permissions
                .iter()
                .filter(|permission| permission.role == role.id)
                .map(|permission| (permission.pattern.clone(), permission.right))
                .collect(),
        });
        let mut sketch = Self {
            combining: snapshot.combining(Layer::Constitution),
            policies: snapshot.policies.clone(),
            roles: roles.collect(),
            n_members: people().count(),
            modes: modes::of(&snapshot.community),
        };
        for mode in sketch.modes.clone().iter().filter(|mode| mode.switch != Switch::On) {
            mode.policies.iter().for_each(|id| sketch.switch_off(*id));
        }
        sketch
    }

    /// After the action; `None` where it changes nothing that matters here, or could not be carried out.
    pub(super) async fn after(&self, store: &CommunityStore<'_>, action: &Action) -> store::Result<Option<Self>> {
        let mut after = self.clone();
        let done = match action.kind.verb() {
            "recover_policy" => match action.payload.text("policy") {
                Some(name) => after.recover(store, name).await?,
                None => None,
            },
            verb => after.change(verb, action),
        };
        Ok(done.map(|()| after))
    }

    /// Makes the change of one action; `None` where it changes nothing here.
    fn change(&mut self, verb: &str, action: &Action) -> Option<()> {
        let fields = &action.payload;
        match verb {
            "add_policy" => {
                let new = fields.read::<payload::AddPolicy>().ok()?;
                let draft = draft(&new).ok()?;
                self.policies.push(policy(draft, new.enforcement, i32::MAX));
            }
            "change_policy" => {
                let change = fields.read::<payload::ChangePolicy>().ok()?;
                let policy = self.policy(&change.policy)?;
                policy.draft = changed(&policy.draft, change).ok()?;
            }
            "remove_policy" => self.policy(fields.text("policy")?)?.is_active = false,
            "set_enforcement" => {
                let change = fields.read::<payload::SetEnforcement>().ok()?;
                self.policy(&change.policy)?.enforcement = change.enforcement;
            }
            "set_sunset" => {
                let change = fields.read::<SetSunset>().ok()?;
                change.at?;
                self.policy(&change.policy)?.enforcement = Enforcement::Off;
            }
            "add_mode" => {
                let mode = fields.read::<AddMode>().ok()?;
                for name in &mode.policies {
                    self.policy(name)?.enforcement = Enforcement::Off;
                }
            }
            "reorder_policies" => self.reorder(&fields.read::<payload::ReorderPolicies>().ok()?.policies)?,
            "set_combining" => {
                let change = fields.read::<payload::SetCombining>().ok()?;
                if change.layer == Layer::Constitution {
                    self.combining = change.combining;
                }
            }
            "switch_mode" => {
                let change = fields.read::<SwitchMode>().ok().filter(|change| change.to != Switch::On)?;
                let theirs = self.modes.iter().find(|mode| mode.name == change.name)?.policies.clone();
                theirs.into_iter().for_each(|id| self.switch_off(id));
            }
            "apply_starter_kit" => self.replace(&fields.read::<payload::ApplyStarterKit>().ok()?)?,
            verb => self.change_role(verb, action)?,
        }
        Some(())
    }

    fn change_role(&mut self, verb: &str, action: &Action) -> Option<()> {
        let fields = &action.payload;
        match verb {
            "edit_role" => {
                let change = fields.read::<payload::EditRole>().ok()?;
                let role = self.role(&change.role)?;
                if let Some(name) = change.name {
                    role.name = name;
                }
                if let Some(grants) = change.permissions {
                    role.rights = grants.into_iter().map(|grant| (grant.action_type, grant.right)).collect();
                }
            }
            "delete_role" => {
                let name = fields.text("role")?;
                self.roles.retain(|role| role.is_base || role.name != name);
            }
            "remove_role" => {
                let change = fields.read::<payload::RemoveRole>().ok()?;
                let n_leaving = change.members.len();
                let role = self.role(&change.role)?;
                // Who they are does not matter here: only how many are left.
                for _ in 0..n_leaving {
                    role.members.pop_first();
                }
            }
            _ => return None,
        }
        Some(())
    }

    fn policy(&mut self, name: &str) -> Option<&mut Policy> {
        let id = name.parse::<PolicyId>().ok();
        self.policies.iter_mut().find(|policy| policy.draft.name == name || Some(policy.id) == id)
    }

    fn role(&mut self, name: &str) -> Option<&mut RoleSketch> {
        self.roles.iter_mut().find(|role| role.name == name)
    }

    fn switch_off(&mut self, id: PolicyId) {
        for policy in self.policies.iter_mut().filter(|policy| policy.id == id) {
            policy.enforcement = Enforcement::Off;
        }
    }

    fn reorder(&mut self, names: &[String]) -> Option<()> {
        let mut places: Vec<i32> = Vec::new();
        for name in names {
            places.push(self.policy(name)?.position);
        }
        places.sort_unstable();
        for (name, place) in names.iter().zip(places) {
            self.policy(name)?.position = place;
        }
        self.policies.sort_by_key(|policy| policy.position);
        Some(())
    }

    async fn recover(&mut self, store: &CommunityStore<'_>, name: &str) -> store::Result<Option<()>> {
        let found = match name.parse::<PolicyId>() {
            Ok(id) => store.policy(id).await?,
            Err(_) => store.policy_by_name(name).await?,
        };
        let Some(found) = found.filter(|policy| !policy.is_active) else { return Ok(None) };
        self.policies.push(Policy { is_active: true, ..found });
        self.policies.sort_by_key(|policy| policy.position);
        Ok(Some(()))
    }

    fn replace(&mut self, change: &payload::ApplyStarterKit) -> Option<()> {
        let kit = kits::filled(&change.kit, &change.settings).ok()?;
        self.policies.clear();
        for one in &kit.policies {
            let shipped = engine::shipped::named(&one.shipped)?;
            let mut settings = shipped.default_settings();
            settings.as_object_mut()?.extend(one.settings.clone());
            let draft = PolicyDraft {
                name: one.name.clone(),
                description: String::new(),
                layer: one.layer,
                kind: types::PolicyKind::Governing,
                action_types: one.action_types.clone(),
                source: shipped.source.to_owned(),
                settings: types::Json(settings),
                http_hosts: Vec::new(),
                powers: Default::default(),
                triggers: Default::default(),
                examples: Vec::new(),
            };
            let place = i32::try_from(self.policies.len()).unwrap_or(i32::MAX);
            self.policies.push(policy(draft, Enforcement::Enforced, place));
        }
        for role in kit.roles.iter().filter(|role| !role.base) {
            if !self.roles.iter().any(|known| known.name == role.name) {
                let rights = role.permissions.iter().map(|grant| (grant.action_type.clone(), grant.right)).collect();
                let (name, members) = (role.name.clone(), BTreeSet::new());
                self.roles.push(RoleSketch { name, is_base: false, members, rights });
            }
        }
        Some(())
    }
}

/// A policy that is not there yet.
fn policy(draft: PolicyDraft, enforcement: Enforcement, position: i32) -> Policy {
    Policy {
        id: PolicyId::NIL,
        version_id: PolicyVersionId::NIL,
        version: 1,
        hash: String::new(),
        draft,
        enforcement,
        on_error: types::OnError::Hold,
        position,
        is_active: true,
        created_at: Timestamp(0),
    }
}
