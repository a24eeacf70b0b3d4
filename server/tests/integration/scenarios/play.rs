//! Playing one scenario: the community, then step by step what happens and what is to be seen.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use engine::shipped::Shipped;
use engine::shipped::scenario::{
    AttemptStep, Beside, ExpectStep, FollowsStep, GiveStep, HoldsStep, Scenario, Step, TakeStep, ToldStep, VoteStep,
};
use serde::Deserialize;
use serde_json::{Map, Value};
use server::kits::Kit;
use server::pipeline::{self, Attempt, Cast, Founding, NewMember};
use store::actions::ActionFilter;
use store::effects::StoredEffect;
use store::policies::{NewVersion, Standing};
use store::proposals::StoredProposal;
use types::member::Role;
use types::platform::Operation;
use types::{
    ActionId, ActionStatus, CommunityId, Enforcement, Json, Layer, MemberId, OnError, Origin, PolicyDraft, PolicyId,
    ProposalId,
};

use super::stage::Stage;

/// The one policy of the kit that communities are founded with here.
const KIT_POLICY: &str = "Everything passes";

/// What a scenario is played in.
#[derive(Clone, Copy)]
pub enum Scene<'a> {
    /// A community where everything passes, with one policy more.
    Policy {
        /// The policy under test.
        policy: &'a Shipped,
        /// Every policy that it could go with.
        all: &'a [Shipped],
    },
    /// A community of a starter kit; the scenario's settings fill its blanks.
    Kit(&'a Kit),
}

/// Plays a scenario in a community of its own.
///
/// # Errors
/// The step that went otherwise, and how.
pub async fn play(stage: &Stage, scene: Scene<'_>, scenario: &Scenario, n: usize) -> Result<()> {
    stage.world.begin(&scenario.answers, &scenario.knows);
    let mut play = Play::found(stage, scene, scenario, n).await.context("the community could not be made")?;
    for (place, step) in scenario.steps.iter().enumerate() {
        play.step(step).await.with_context(|| format!("step {}: {step:?}", place + 1))?;
    }
    Ok(())
}

/// A scenario on its way.
struct Play<'s> {
    stage: &'s Stage,
    community: CommunityId,
    /// The policy under test, by its name here.
    policy: String,
    members: BTreeMap<String, MemberId>,
    policies: BTreeMap<PolicyId, String>,
    named: BTreeMap<String, ActionId>,
    latest: Option<ActionId>,
    voted: BTreeSet<(ProposalId, MemberId)>,
}

impl<'s> Play<'s> {
    async fn found(stage: &'s Stage, scene: Scene<'_>, scenario: &Scenario, n: usize) -> Result<Self> {
        let (kit, settings, policy) = match scene {
            Scene::Policy { policy, .. } => ("open", Map::new(), name_of(policy)),
            Scene::Kit(kit) => {
                let first = kit.policies.first().context("the kit has no policy")?;
                (kit.name.as_str(), scenario.settings.clone(), first.name.clone())
            }
        };
        let founding = Founding {
            slug: format!("scenario-{n}").parse()?,
            name: scenario.title.clone(),
            description: String::new(),
            starter_kit: kit.to_owned(),
            settings: Json(Value::Object(settings)),
        };
        let community = pipeline::found(&stage.ctx, founding).await?;
        stage.connect(community).await?;
        let mut play = Self {
            stage,
            community,
            policy,
            members: BTreeMap::new(),
            policies: BTreeMap::new(),
            named: BTreeMap::new(),
            latest: None,
            voted: BTreeSet::new(),
        };
        play.add_roles(scenario).await?;
        for handle in scenario.handles() {
            let held = scenario.roles.iter().filter(|(_, who)| who.contains(&handle));
            play.admit(&handle, held.map(|(role, _)| role.clone()).collect()).await?;
        }
        for (role, holders) in &scenario.roles {
            for handle in holders {
                ensure!(play.members.contains_key(handle), "{role} is given to {handle}, who is no member");
            }
        }
        for channel in &scenario.channels {
            let first = scenario.handles().into_iter().next().context("there are no members")?;
            let payload = [("name".to_owned(), Value::String(channel.clone()))].into_iter().collect();
            play.attempt(&first, "board.create_channel", payload).await?;
        }
        match scene {
            Scene::Policy { policy, all } => play.add_policies(all, policy, scenario).await?,
            Scene::Kit(_) => {
                let policies = stage.ctx.store.community(community).policies().await?;
                play.policies = policies.into_iter().map(|policy| (policy.id, policy.draft.name)).collect();
            }
        }
        Ok(play)
    }

    async fn add_roles(&self, scenario: &Scenario) -> Result<()> {
        let tx = self.stage.ctx.store.begin().await?;
        let known = tx.community(self.community).roles().await?;
        for name in scenario.roles.keys().filter(|name| known.iter().all(|role| role.name != **name)) {
            let role =
                Role { id: self.stage.ctx.ids.next(), name: name.clone(), description: String::new(), is_base: false };
            tx.community(self.community).add_role(&role, self.stage.now()).await?;
        }
        tx.commit().await?;
        Ok(())
    }

    async fn admit(&mut self, handle: &str, roles: Vec<String>) -> Result<()> {
        let newcomer = NewMember { handle: handle.parse()?, display_name: handle.to_owned(), roles };
        let member = pipeline::admit(&self.stage.ctx, self.community, newcomer).await?;
        self.members.insert(handle.to_owned(), member.id);
        Ok(())
    }

    /// Puts the policies in force as a starter kit does, in their order. The kit's own policy of the constitution goes where
    /// another governs it.
    async fn add_policies(&mut self, all: &[Shipped], policy: &Shipped, scenario: &Scenario) -> Result<()> {
        let own = Beside {
            shipped: policy.slug.to_owned(),
            name: Some(name_of(policy)),
            layer: None,
            action_types: scenario.action_types.clone(),
            settings: scenario.settings.clone(),
            first: false,
        };
        let (before, after): (Vec<&Beside>, Vec<&Beside>) = scenario.with.iter().partition(|other| other.first);
        let tx = self.stage.ctx.store.begin().await?;
        let handle = tx.community(self.community);
        let now = self.stage.now();
        let mut governs_constitution = false;
        for beside in before.into_iter().chain([&own]).chain(after) {
            let shipped = all.iter().find(|one| one.slug == beside.shipped).with_context(|| beside.shipped.clone())?;
            let draft = draft(shipped, beside);
            governs_constitution |= draft.layer == Layer::Constitution;
            let standing = Standing {
                enforcement: Enforcement::Enforced,
                on_error: OnError::Hold,
                position: handle.next_position().await?,
                is_active: true,
            };
            let (id, hash) = (self.stage.ctx.ids.next(), pipeline::constitution::source_hash(&draft.source));
            let version = NewVersion { id, hash, draft };
            let added = handle.add_policy(self.stage.ctx.ids.next(), &version, standing, None, now).await?;
            self.policies.insert(added.id, added.draft.name);
        }
        if governs_constitution {
            let kit = handle.policy_by_name(KIT_POLICY).await?.context("the kit has a policy")?;
            let standing = Standing {
                enforcement: kit.enforcement,
                on_error: kit.on_error,
                position: kit.position,
                is_active: false,
            };
            handle.adjust_policy(kit.id, standing, None, now).await?;
        }
        tx.commit().await?;
        Ok(())
    }

    async fn step(&mut self, step: &Step) -> Result<()> {
        match step {
            Step::Attempt(step) => self.attempt_step(step).await,
            Step::Vote(step) => self.vote(step).await,
            Step::Wait(step) => {
                self.stage.wait(Duration::from_millis(step.millis().context("no length of time")?)).await
            }
            Step::Give(GiveStep { give, to }) => self.change_role(give, to, true).await,
            Step::Take(TakeStep { take, from }) => self.change_role(take, from, false).await,
            Step::Join(step) => {
                for handle in &step.join {
                    self.admit(handle, Vec::new()).await?;
                }
                self.stage.quiet().await
            }
            Step::Expect(step) => self.expect(step).await,
            Step::Told(step) => self.told(step).await,
            Step::Holds(step) => self.holds(step).await,
            Step::Follows(step) => self.follows(step).await,
        }
    }

    async fn attempt_step(&mut self, step: &AttemptStep) -> Result<()> {
        let mut payload = step.payload.clone();
        for value in payload.values_mut() {
            let name = value.as_str().and_then(|text| text.strip_prefix('$')).map(str::to_owned);
            if let Some(action) = name.and_then(|name| self.named.get(&name)).copied() {
                *value = Value::String(self.made_by(action).await?);
            }
        }
        let id = self.attempt(&step.by, &step.attempt, payload).await?;
        self.latest = Some(id);
        if let Some(name) = &step.name {
            self.named.insert(name.clone(), id);
        }
        Ok(())
    }

    async fn attempt(&self, by: &str, kind: &str, payload: Map<String, Value>) -> Result<ActionId> {
        let attempt = Attempt {
            kind: kind.parse()?,
            payload: Json(Value::Object(payload)),
            initiator: self.member(by)?,
            origin: Origin::Api,
            activates_at: None,
            undo: Json::default(),
        };
        let id = pipeline::attempt(&self.stage.ctx, self.community, attempt).await?;
        self.stage.quiet().await?;
        Ok(id)
    }

    /// The id of what an action made: a post, for example.
    async fn made_by(&self, action: ActionId) -> Result<String> {
        let effects = self.effects(action).await?;
        let receipts = effects.iter().filter(|effect| effect.kind == "execute").filter_map(|e| e.receipt.as_ref());
        let external = receipts.filter_map(|receipt| receipt.text("external")).next();
        external.map(str::to_owned).context("the action made nothing that has an id")
    }

    async fn vote(&mut self, step: &VoteStep) -> Result<()> {
        let proposal = self.proposal(step.on.as_deref(), step.policy.as_deref()).await?;
        let mut voters = step.by.iter().map(|handle| self.member(handle)).collect::<Result<Vec<_>>>()?;
        if step.asked > 0 {
            let asked = proposal.ask.as_ref().context("nobody was asked")?.eligible.clone();
            let asked = asked.unwrap_or_else(|| self.members.values().copied().collect());
            let waiting = asked.into_iter().filter(|id| !self.voted.contains(&(proposal.id, *id)));
            let chosen: Vec<MemberId> = waiting.take(step.asked).collect();
            ensure!(chosen.len() == step.asked, "only {} of those asked have not voted", chosen.len());
            voters.extend(chosen);
        }
        ensure!(!voters.is_empty(), "nobody votes: name them with `by`, or say how many of those `asked`");
        for member in voters {
            let (value, reason) = (step.vote.clone(), step.reason.clone());
            let cast = Cast { proposal: proposal.id, member, value, reason, event: None };
            match (pipeline::cast(&self.stage.ctx, self.community, cast).await, &step.refused) {
                (Ok(_), None) => _ = self.voted.insert((proposal.id, member)),
                (Ok(_), Some(_)) => bail!("the ballot was counted"),
                (Err(error), Some(why)) => ensure!(error.to_string().contains(why), "it was refused because {error}"),
                (Err(error), None) => bail!("the ballot was refused: {error}; {}", proposal.reason),
            }
            self.stage.quiet().await?;
        }
        Ok(())
    }

    async fn change_role(&self, role: &str, who: &[String], gives: bool) -> Result<()> {
        let tx = self.stage.ctx.store.begin().await?;
        let handle = tx.community(self.community);
        let role = handle.role_by_name(role).await?.with_context(|| format!("there is no role {role}"))?.id;
        for member in who {
            let member = self.member(member)?;
            if gives {
                handle.grant_role(role, &[member], None, self.stage.now()).await?;
            } else {
                handle.revoke_role(role, member, None, self.stage.now()).await?;
            }
        }
        // Whoever reads roles looks again, as after any change of them.
        for action in handle.open_proposals_reading(types::Reads::MEMBERS).await? {
            handle.schedule(self.stage.ctx.ids.next(), pipeline::DECIDE, action.to_string(), self.stage.now());
        }
        tx.commit().await?;
        self.stage.quiet().await
    }

    async fn expect(&self, step: &ExpectStep) -> Result<()> {
        let id = self.action(step.on.as_deref())?;
        let store = self.stage.ctx.store.community(self.community);
        let action = store.action(id).await?.context("the action is gone")?.action;
        let status: ActionStatus = serde_json::from_value(Value::String(step.expect.clone())).context("no status")?;
        let proposals = store.proposals_of(&[id]).await?;
        let named = |proposal: &StoredProposal| {
            let name = self.policies.get(&proposal.policy).cloned().unwrap_or_default();
            format!("{name}: {:?} ({}){}", proposal.status, proposal.reason, broken(proposal))
        };
        let seen = || proposals.iter().map(named).collect::<Vec<_>>().join("; ");
        ensure!(action.status == status, "it is {:?}: {} [{}]", action.status, action.reason, seen());
        if let Some(reason) = &step.reason {
            // Of an open action each policy has a reason of its own.
            let says = action.reason.contains(reason) || proposals.iter().any(|one| one.reason.contains(reason));
            ensure!(says, "the reason is “{}” [{}]", action.reason, seen());
        }
        if let Some(asked) = step.asked {
            let ask = self.proposal(step.on.as_deref(), None).await?.ask.context("nobody was asked")?;
            let n = ask.eligible.map_or(self.members.len(), |eligible| eligible.len());
            ensure!(n == asked, "{n} were asked");
        }
        for (policy, status) in &step.policies {
            let proposal = self.proposal(step.on.as_deref(), Some(policy)).await?;
            let is = serde_json::to_value(proposal.status)?;
            ensure!(is == Value::String(status.clone()), "{policy} is {is}: {}", proposal.reason);
        }
        Ok(())
    }

    async fn told(&self, step: &ToldStep) -> Result<()> {
        let effects = self.effects(self.action(step.on.as_deref())?).await?;
        let said: Vec<(String, String)> = effects.iter().filter_map(said).collect();
        let is_meant =
            |(to, text): &&(String, String)| (step.told == "nobody" || *to == step.told) && text.contains(&step.what);
        let found = said.iter().find(is_meant);
        if step.told == "nobody" {
            ensure!(found.is_none(), "{found:?} was said");
        } else {
            ensure!(found.is_some(), "what was said: {said:?}");
        }
        Ok(())
    }

    async fn holds(&self, step: &HoldsStep) -> Result<()> {
        let roster = self.stage.ctx.store.community(self.community).roster(None).await?;
        let role = roster.roles.iter().find(|role| role.name == step.holds).context("there is no such role")?;
        let holders = roster.members.iter().filter(|member| member.roles.contains(&role.id));
        let holders: BTreeSet<&str> = holders.map(|member| member.handle.as_str()).collect();
        let wanted: BTreeSet<&str> = step.who.iter().map(String::as_str).collect();
        ensure!(holders == wanted, "it is held by {holders:?}");
        Ok(())
    }

    async fn follows(&mut self, step: &FollowsStep) -> Result<()> {
        let filter = ActionFilter { kind: Some(step.follows.clone()), limit: 50, ..ActionFilter::default() };
        let found = self.stage.ctx.store.community(self.community).actions(&filter).await?;
        let by_policy = |origin: &Origin| matches!(origin, Origin::Policy { .. });
        let action = found.into_iter().map(|stored| stored.action).find(|action| by_policy(&action.origin));
        let id = action.context("no policy attempted it")?.id;
        self.latest = Some(id);
        if let Some(name) = &step.name {
            self.named.insert(name.clone(), id);
        }
        Ok(())
    }

    fn member(&self, handle: &str) -> Result<MemberId> {
        self.members.get(handle).copied().with_context(|| format!("there is no member {handle}"))
    }

    fn action(&self, name: Option<&str>) -> Result<ActionId> {
        match name {
            Some(name) => self.named.get(name).copied().with_context(|| format!("nothing was attempted as {name}")),
            None => self.latest.context("nothing was attempted yet"),
        }
    }

    /// The proposal of an action under a policy, by the policy's name.
    async fn proposal(&self, action: Option<&str>, policy: Option<&str>) -> Result<StoredProposal> {
        let name = policy.unwrap_or(&self.policy);
        let id = self.action(action)?;
        let all = self.stage.ctx.store.community(self.community).proposals_of(&[id]).await?;
        let found = all.into_iter().find(|proposal| self.policies.get(&proposal.policy).is_some_and(|is| is == name));
        found.with_context(|| format!("the action is not before “{name}”"))
    }

    async fn effects(&self, action: ActionId) -> Result<Vec<StoredEffect>> {
        Ok(self.stage.ctx.store.community(self.community).effects_of(&[action]).await?)
    }
}

/// What the policy under test is called: its own name, but where the kit that the community is founded with has it.
fn name_of(policy: &Shipped) -> String {
    if policy.name == KIT_POLICY { format!("{} here", policy.name) } else { policy.name.clone() }
}

/// The version that a policy of a scenario is put in force as.
fn draft(shipped: &Shipped, beside: &Beside) -> PolicyDraft {
    PolicyDraft {
        name: beside.name.clone().unwrap_or_else(|| shipped.name.clone()),
        description: shipped.description.clone(),
        layer: beside.layer.unwrap_or(shipped.layer),
        kind: shipped.kind,
        action_types: beside.action_types.clone().unwrap_or_else(|| shipped.action_types.clone()),
        source: shipped.source.to_owned(),
        settings: Json(shipped.settings_with(&beside.settings)),
        http_hosts: shipped.http_hosts.clone(),
        powers: shipped.powers.clone(),
        examples: Vec::new(),
        triggers: Default::default(),
    }
}

/// Who was told what, by a message or a post.
fn said(effect: &StoredEffect) -> Option<(String, String)> {
    let operation = effect.body.get("operation").unwrap_or(&effect.body.0);
    match Operation::deserialize(operation).ok()? {
        Operation::Message { to, text, .. } => Some((to.handle, text)),
        Operation::Post { place, text, .. } => Some((format!("#{}", place.trim_start_matches('#')), text)),
        _ => None,
    }
}

fn broken(proposal: &StoredProposal) -> String {
    proposal.error.as_ref().map_or_else(String::new, |error| format!(" {} at line {}", error.message, error.line))
}
