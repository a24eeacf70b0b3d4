//! Makes the interface's shapes from dossiers, showing of votes what the caller may see.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use engine::delegation::Question;

use store::bundles::Part;
use types::ballot::Ballot;
use types::payload::bundle::{BundleDraft, NONE_OF_THESE, Nominations};
use types::{Action, ActionId, ActionType, MemberId, Origin, ProposalId};

use super::asides::{self, Aside};
use super::here::{Here, Standing};
use super::shapes::{
    ActionShape, AskShape, BundleShape, EffectShape, PartOfShape, PartShape, ProposalShape, StageOfShape, TallyShape,
};
use super::words::word;
use crate::views::count::{self, Looker, Sight};
use crate::views::dossier::{self, Bunch, Docket, Dossier};
use crate::views::effects;
use crate::views::sentence::{self, Names};
use crate::web::error::ApiError;
use crate::web::keep;
use crate::web::state::Web;

/// One action, if it is there and the caller may see it.
pub async fn action(web: &Web, here: &Here, id: ActionId) -> Result<Option<ActionShape>, ApiError> {
    let store = web.ctx.store.community(here.community.id);
    let dossier = dossier::of_action(&store, id).await?.filter(|dossier| here.sees(&dossier.action.kind));
    match dossier {
        Some(dossier) => Ok(actions(web, here, vec![dossier]).await?.pop()),
        None => Ok(None),
    }
}

/// Several actions, in their order.
pub async fn actions(web: &Web, here: &Here, dossiers: Vec<Dossier>) -> Result<Vec<ActionShape>, ApiError> {
    let proposals: Vec<ProposalId> = dossiers.iter().flat_map(all_dockets).map(|docket| docket.proposal.id).collect();
    let mut voices = HashMap::new();
    for dossier in &dossiers {
        voices.extend(carried(web, here, &dossier.action.kind, all_dockets(dossier)).await?);
    }
    let seen = Seen { voted: voted(web, here, &proposals).await?, voices };
    let names = keep::names(web, here.community.id).await?;
    let mut asides = asides::of(web, here, &dossiers).await?;
    let shape = |dossier: Dossier| {
        let aside = asides.remove(&dossier.action.id).unwrap_or_default();
        action_shape(web, here, dossier, aside, &seen, &names)
    };
    Ok(dossiers.into_iter().map(shape).collect())
}

/// The proposals of an action and of those in its bundle.
fn all_dockets(dossier: &Dossier) -> impl Iterator<Item = &Docket> {
    let of_parts = dossier.bundle.iter().flat_map(|bunch| &bunch.parts).flat_map(|(_, dockets)| dockets);
    dossier.dockets.iter().chain(of_parts)
}

/// One proposal.
pub async fn proposal(web: &Web, here: &Here, docket: &Docket) -> Result<ProposalShape, ApiError> {
    let mut voices = HashMap::new();
    if docket.ask().delegation {
        let store = web.ctx.store.community(here.community.id);
        let whole = crate::pipeline::deciding_action(&store, docket.proposal.action).await?;
        if let Some(stored) = store.action(whole).await? {
            voices = carried(web, here, &stored.action.kind, std::iter::once(docket)).await?;
        }
    }
    let seen = Seen { voted: voted(web, here, &[docket.proposal.id]).await?, voices };
    Ok(proposal_shape(web, here, docket, &seen))
}

/// What is known of votes besides their ballots.
struct Seen {
    /// Those on which the looking member has voted.
    voted: HashMap<ProposalId, bool>,
    /// How many voices each voter carries besides their own.
    voices: HashMap<ProposalId, BTreeMap<MemberId, usize>>,
}

/// Who carries how many voices in the votes that take delegations, as of their end or now.
async fn carried(
    web: &Web,
    here: &Here,
    kind: &ActionType,
    dockets: impl Iterator<Item = &Docket>,
) -> Result<HashMap<ProposalId, BTreeMap<MemberId, usize>>, ApiError> {
    let mut voices = HashMap::new();
    let store = web.ctx.store.community(here.community.id);
    for docket in dockets.filter(|docket| docket.ask().delegation) {
        let ask = docket.ask();
        let now = web.ctx.clock.now();
        let at = docket.proposal.decided_at.or(ask.closes.filter(|closes| *closes < now)).unwrap_or(now);
        let mut delegations = store.delegations_at(at).await?;
        let is_here = |id| here.roster.member(id).is_some_and(|member| !member.is_bot);
        delegations.retain(|one| is_here(one.from) && is_here(one.to));
        let eligible: BTreeSet<MemberId> = match &ask.eligible {
            Some(asked) => asked.iter().copied().collect(),
            None => here.roster.voters().map(|member| member.id).collect(),
        };
        let voted: BTreeSet<MemberId> = docket.ballots.iter().filter_map(|ballot| ballot.member).collect();
        let question = Question { kind, role: ask.role, topic: ask.topic.as_deref(), now: at };
        let carried = engine::delegation::carried(&delegations, &question, &eligible, &voted);
        voices.insert(docket.proposal.id, carried.into_iter().map(|(voter, all)| (voter, all.len())).collect());
    }
    Ok(voices)
}

/// On which of the proposals the looking member has voted.
async fn voted(web: &Web, here: &Here, proposals: &[ProposalId]) -> Result<HashMap<ProposalId, bool>, ApiError> {
    let Standing::Member(member) = &here.standing else { return Ok(HashMap::new()) };
    let store = web.ctx.store.community(here.community.id);
    Ok(store.voted_on(member.id, proposals).await?.into_iter().map(|id| (id, true)).collect())
}

fn action_shape(web: &Web, here: &Here, dossier: Dossier, aside: Aside, seen: &Seen, names: &Names) -> ActionShape {
    let (with_opinion, without): (Vec<&Docket>, Vec<&Docket>) =
        dossier.dockets.iter().partition(|docket| docket.has_opinion());
    let action = &dossier.action;
    let bundle = dossier.bundle.as_ref().map(|bunch| bundle_shape(web, here, action, bunch, seen, names));
    let part_of = dossier.part.as_ref().map(|(part, whole)| PartOfShape {
        bundle: part.bundle.to_string(),
        action: whole.map(|id| id.to_string()),
        label: part.label.clone(),
    });
    ActionShape {
        bundle,
        part_of,
        id: action.id.to_string(),
        kind: action.kind.to_string(),
        layer: word(action.kind.layer()),
        title: sentence::title(&action.kind, &action.payload, names),
        status: word(action.status),
        reason: action.reason.clone(),
        initiator: action.initiator.map(|id| here.roster.handle(id)),
        payload: action.payload.0.clone(),
        origin: match &action.origin {
            Origin::Web => "web".to_owned(),
            Origin::Api => "api".to_owned(),
            Origin::Policy { .. } => "policy".to_owned(),
            Origin::Trigger { .. } => "trigger".to_owned(),
            Origin::System => "system".to_owned(),
            Origin::Platform { .. } => action.kind.platform().to_owned(),
        },
        created_at: action.created_at.to_string(),
        activates_at: action.activates_at.map(|at| at.to_string()),
        decided_at: action.decided_at.map(|at| at.to_string()),
        cause: match &action.origin {
            Origin::Trigger { cause, .. } => cause.map(|id| id.to_string()),
            _ => None,
        },
        cooling: aside.cooling,
        warnings: aside.warnings,
        proposals: with_opinion.into_iter().map(|docket| proposal_shape(web, here, docket, seen)).collect(),
        no_opinion: without.into_iter().map(|docket| docket.policy_name().to_owned()).collect(),
        effects: dossier
            .effects
            .iter()
            .map(|effect| EffectShape {
                id: effect.id.to_string(),
                kind: effect.kind.clone(),
                status: word(effect.status),
                platform: effect.platform.clone(),
                sentence: effects::sentence(effect, action, names),
                attempts: effect.attempts,
                error: effect.error.clone(),
                at: effect.finished_at.or(Some(effect.next_attempt_at)).map(|at| at.to_string()),
            })
            .collect(),
    }
}

fn bundle_shape(web: &Web, here: &Here, action: &Action, bunch: &Bunch, seen: &Seen, names: &Names) -> BundleShape {
    let draft = action.payload.read::<BundleDraft>().ok();
    let is_waiting = action.activates_at.is_some_and(|at| at > web.ctx.clock.now()) && action.status.is_open();
    let part = |(part, dockets): &(Part, Vec<Docket>)| {
        let action = &part.stored.action;
        PartShape {
            id: action.id.to_string(),
            kind: action.kind.to_string(),
            title: sentence::title(&action.kind, &action.payload, names),
            label: part.label.clone(),
            statement: part.statement.clone(),
            nominee: part.nominee.map(|id| here.roster.handle(id)),
            initiator: action.initiator.map(|id| here.roster.handle(id)),
            status: word(action.status),
            reason: action.reason.clone(),
            payload: action.payload.0.clone(),
            proposals: dockets.iter().map(|docket| proposal_shape(web, here, docket, seen)).collect(),
        }
    };
    BundleShape {
        id: bunch.bundle.id.to_string(),
        kind: word(bunch.bundle.kind),
        title: bunch.bundle.title.clone(),
        takes_nominations: is_waiting && draft.as_ref().is_some_and(|draft| draft.nominations == Nominations::Open),
        seats: draft.as_ref().and_then(|draft| draft.seats).unwrap_or(1),
        none: draft.filter(|draft| draft.none_of_these).map(|_| NONE_OF_THESE.to_owned()),
        actions: bunch.parts.iter().map(part).collect(),
    }
}

fn proposal_shape(web: &Web, here: &Here, docket: &Docket, seen: &Seen) -> ProposalShape {
    let proposal = &docket.proposal;
    let looker = here.looker(seen.voted.contains_key(&proposal.id));
    let handle = |id: &MemberId| here.roster.handle(*id);
    ProposalShape {
        id: proposal.id.to_string(),
        action: proposal.action.to_string(),
        policy: docket.policy_name().to_owned(),
        policy_id: proposal.policy.to_string(),
        policy_version: docket.policy.as_ref().map_or(0, |policy| policy.version),
        stage: proposal.stage.map(|(policy, number)| StageOfShape { policy_id: policy.to_string(), number }),
        enforcement: word(proposal.enforcement),
        status: word(proposal.status),
        reason: proposal.reason.clone(),
        opened_at: proposal.opened_at.to_string(),
        decided_at: proposal.decided_at.map(|at| at.to_string()),
        deadline: docket.ask().closes.or(proposal.deadline).map(|at| at.to_string()),
        ask: proposal.ask.as_ref().map(|ask| AskShape {
            text: ask.text.clone(),
            kind: word(ask.kind),
            options: ask.options.clone(),
            privacy: word(ask.privacy),
            results: word(ask.results),
            delegation: ask.delegation,
            topic: ask.topic.clone(),
        }),
        eligible: docket.ask().eligible.as_ref().map(|asked| asked.iter().map(handle).collect()),
        tally: tally(docket, seen.voices.get(&proposal.id), looker, here.roster.voters().count(), web.ctx.clock.now()),
        error: proposal.error.as_ref().map(|error| super::shapes::BrokenShape {
            code: error.code.as_str().to_owned(),
            message: error.message.clone(),
            line: error.line,
            column: error.column,
        }),
    }
}

fn tally(
    docket: &Docket,
    voices: Option<&BTreeMap<MemberId, usize>>,
    looker: Looker,
    n_members: usize,
    now: types::Timestamp,
) -> TallyShape {
    let ask = docket.ask();
    let sight = Sight::of(&ask, docket.is_closed(now), looker);
    let n_eligible = ask.eligible.as_ref().map_or(n_members, Vec::len);
    let mut shape = TallyShape { kind: word(ask.kind), eligible: count::small(n_eligible), ..TallyShape::default() };
    if let Some(hidden) = sight.hidden {
        shape.hidden = Some(hidden.to_owned());
        return shape;
    }
    shape.voted = count::small(docket.ballots.len());
    let n_of = |ballot: &Ballot| ballot.member.and_then(|member| voices?.get(&member)).copied().unwrap_or(0);
    shape.delegated = voices.map(|voices| count::small(voices.values().sum()));
    // Each voice that a voter carries says what they say.
    let spoken: Vec<Ballot> =
        docket.ballots.iter().flat_map(|ballot| std::iter::repeat_n(ballot.clone(), 1 + n_of(ballot))).collect();
    let rows = count::rows(&ask, &spoken);
    let counts: BTreeMap<String, f64> = rows.into_iter().map(|row| (row.id, row.count)).collect();
    if ask.options.is_empty() {
        shape.answers = counts;
    } else {
        shape.options = Some(counts);
    }
    shape
}
