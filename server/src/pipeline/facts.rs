//! Facts from the store and the world, for real decisions.

use std::sync::Arc;

use async_trait::async_trait;
use store::actions::ActionFilter;
use types::evaluation::Request;
use types::fact::{ActionQuery, PastAction, PolicyModule};
use types::platform::Person;
use types::{CommunityId, FactKey, Facts, Json, MemberId, Timestamp};

use super::decide::FactSource;
use super::snapshot::{Snapshot, policy_fact};
use crate::ctx::Ctx;

/// Most past actions that one question of the log answers with.
const MOST_ACTIONS: u32 = 500;

/// Answers what the policies of one community read.
pub struct StoredFacts<'c> {
    /// Where from.
    pub ctx: &'c Ctx,
    /// Whose.
    pub community: CommunityId,
    /// The community as of its latest revision.
    pub snapshot: Arc<Snapshot>,
}

#[async_trait]
impl FactSource for StoredFacts<'_> {
    async fn load(&self, request: &Request, key: &FactKey, facts: &mut Facts) -> anyhow::Result<()> {
        let store = self.ctx.store.community(self.community);
        match key {
            FactKey::Members => {
                facts.members = Some(self.snapshot.roster.members.clone());
                facts.roles = Some(self.snapshot.roster.roles.clone());
            }
            FactKey::Documents => facts.documents = Some((*self.ctx.snapshots.documents(&store).await?).clone()),
            FactKey::Policies => facts.policies = Some(self.snapshot.policy_facts()),
            FactKey::Policy(name) => {
                let found = self.snapshot.policies.iter().find(|policy| policy.draft.name == *name);
                let module = match found {
                    None => None,
                    Some(policy) => Some(PolicyModule {
                        policy: policy_fact(policy),
                        source: policy.draft.source.clone(),
                        settings: policy.draft.settings.clone(),
                        data: store.policy_data(policy.id).await?,
                    }),
                };
                facts.modules.insert(name.clone(), module);
            }
            FactKey::Delegations => {
                // Who has left neither gives nor carries a voice.
                let mut delegations = store.delegations_at(request.now).await?;
                let is_here = |id| self.snapshot.member(id).is_some_and(|member| !member.is_bot);
                delegations.retain(|one| is_here(one.from) && is_here(one.to));
                facts.delegations = Some(delegations);
            }
            FactKey::PolicyData => facts.policy_data = Some(store.policy_data(request.policy.id).await?),
            FactKey::Actions(query) => {
                if !facts.actions.iter().any(|(known, _)| known == query) {
                    facts.actions.push((query.clone(), self.past_actions(request, query).await?));
                }
            }
            FactKey::Http(asked) => {
                if !facts.http.iter().any(|(known, _)| known == asked) {
                    let answer = self.ctx.outbound.ask(&request.policy.http_hosts, asked).await;
                    facts.http.push((asked.clone(), answer));
                }
            }
            FactKey::Lookup { platform, name, member } => {
                let value = self.lookup(platform, name, *member).await?;
                facts.lookups.push((platform.clone(), name.clone(), *member, value));
            }
        }
        Ok(())
    }
}

impl StoredFacts<'_> {
    async fn past_actions(&self, request: &Request, query: &ActionQuery) -> anyhow::Result<Vec<PastAction>> {
        let filter = ActionFilter {
            kind: query.kind.clone(),
            initiator: query.initiator,
            since: query.since_ms.map(Timestamp::from_millis),
            // One more, for the action itself is left out: a rate limit counts what was before.
            limit: query.limit.clamp(1, MOST_ACTIONS - 1) + 1,
            ..ActionFilter::default()
        };
        let found = self.ctx.store.community(self.community).actions(&filter).await?;
        let past = found.into_iter().map(|stored| stored.action).filter(|action| action.id != request.action.id);
        Ok(past
            .take(query.limit.clamp(1, MOST_ACTIONS - 1) as usize)
            .map(|action| PastAction {
                id: action.id,
                kind: action.kind,
                initiator: action.initiator,
                payload: action.payload,
                created_at: action.created_at,
                status: action.status,
            })
            .collect())
    }

    /// What a platform knows of a member; `null` where it does not know them, or is not connected.
    async fn lookup(&self, platform: &str, name: &str, member: MemberId) -> anyhow::Result<Json> {
        let (Some(known), Some(row)) = (self.ctx.platforms.get(platform), self.snapshot.member(member)) else {
            return Ok(Json::default());
        };
        let store = self.ctx.store.community(self.community);
        let identity = store.identities_of(platform, &[member]).await?.into_iter().next();
        let Some(connection) = crate::connections::of_platform(self.ctx, self.community, platform).await? else {
            return Ok(Json::default());
        };
        let person = Person {
            member,
            handle: row.handle.clone(),
            display_name: row.display_name.clone(),
            external: identity.map(|identity| identity.external_id),
        };
        // A platform that does not answer is a fact too: the policy sees null and says what it makes of it.
        Ok(known.lookup(&connection, name, &person).await.unwrap_or_default())
    }
}
