//! From stored rows to a [`Case`].

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use store::CommunityStore;
use store::actions::StoredAction;
use store::bundles::Bundle;
use store::proposals::StoredProposal;
use types::ballot::Ballot;
use types::decision::Wake;
use types::evaluation::{ActionInput, PolicyInput};
use types::payload::bundle::{self, BundleDraft, NONE_OF_THESE};
use types::platform::Person;
use types::{Action, ActionId, Json, MemberId, Origin, PolicyVersionId, ProposalId};

use super::bundle::{StoredBundle, StoredPart, load_parts};
use super::case::{BundleCase, Case, Docket, PartCase};
use super::commit::Decided;
use super::plan::trial_key;
use super::route::{BOARD, People};
use super::snapshot::{Snapshot, combining};
use crate::ctx::Ctx;

/// An open action, ready to be decided on.
pub(super) struct Loaded {
    /// As stored, with its proposals and its case.
    pub decided: Decided,
    /// Its community.
    pub snapshot: Arc<Snapshot>,
}

/// Loads the open actions among `ids`, whatever their communities, in a handful of queries.
///
/// Actions that are decided, gone, or whose date has not come are left out.
///
/// # Errors
/// The store's failure.
pub(super) async fn load(ctx: &Ctx, ids: &[ActionId]) -> store::Result<Vec<Loaded>> {
    let system = ctx.store.system();
    let mut actions = system.load_actions(ids).await?;
    // What stands in a bundle is decided with it.
    actions.retain(|stored| stored.action.status.is_open() && stored.action.bundle.is_none());
    let open: Vec<ActionId> = actions.iter().map(|stored| stored.action.id).collect();
    let is_bundle = |stored: &&StoredAction| bundle::kind_of(&stored.action.kind).is_some();
    let bundles: Vec<ActionId> = actions.iter().filter(is_bundle).map(|stored| stored.action.id).collect();
    let mut bundles = load_parts(&system, &bundles).await?;
    let mut proposals: HashMap<ActionId, Vec<StoredProposal>> = HashMap::new();
    for proposal in system.load_proposals(&open).await? {
        proposals.entry(proposal.action).or_default().push(proposal);
    }
    // A proposal that was never looked at has no ballots and its action no data: most batches need neither query.
    let looked_at = |p: &&StoredProposal| p.n_decisions > 0 || p.status != types::ProposalStatus::Waiting;
    let of_parts = bundles.iter().flat_map(|(_, bundle)| &bundle.parts).flat_map(|part| &part.proposals);
    let voted: Vec<ProposalId> = proposals.values().flatten().chain(of_parts).map(|proposal| proposal.id).collect();
    // What a webhook sent stands in the data of its action from the beginning.
    let is_told = actions.iter().any(|stored| stored.action.kind.is_trigger());
    let has_past = is_told || proposals.values().flatten().any(|proposal| looked_at(&proposal));
    let mut ballots = if voted.is_empty() { BTreeMap::new() } else { system.load_ballots(&voted).await? };
    let mut data = if has_past { system.load_action_data(&open).await? } else { BTreeMap::new() };

    let mut loaded = Vec::with_capacity(actions.len());
    for stored in actions {
        let community = ctx.store.community(stored.community);
        let Some(snapshot) = ctx.snapshots.of(&community).await? else { continue };
        let proposals = proposals.remove(&stored.action.id).unwrap_or_default();
        let versions: Vec<PolicyVersionId> = proposals.iter().map(|proposal| proposal.version).collect();
        let versions = ctx.snapshots.versions(&community, &versions).await?;
        let data = data.remove(&stored.action.id).unwrap_or_default();
        let mut case = case(&stored, &proposals, &versions, &mut ballots, data, &snapshot);
        let place = bundles.iter().position(|(row, _)| row.action == Some(stored.action.id));
        let bundle = place.map(|place| bundles.swap_remove(place));
        case.bundle = bundle.as_ref().map(|(row, bundle)| bundle_case(row, bundle, &stored.action, &mut ballots));
        let bundle = bundle.map(|(_, bundle)| bundle);
        loaded.push(Loaded {
            decided: Decided { stored, proposals, case, entries: Vec::new(), bundle, trialled: None },
            snapshot,
        });
    }
    Ok(loaded)
}

fn case(
    stored: &StoredAction,
    proposals: &[StoredProposal],
    versions: &HashMap<PolicyVersionId, Arc<PolicyInput>>,
    ballots: &mut BTreeMap<ProposalId, Vec<Ballot>>,
    mut data: BTreeMap<String, Json>,
    snapshot: &Snapshot,
) -> Case {
    let mut dockets = Vec::with_capacity(proposals.len());
    for proposal in proposals {
        // A version is never deleted; without it the proposal could not be decided at all.
        let Some(policy) = versions.get(&proposal.version) else { continue };
        dockets.push(docket(proposal, Arc::clone(policy), ballots.remove(&proposal.id).unwrap_or_default(), &mut data));
    }
    let layer = stored.action.kind.layer();
    let pinned = stored.pins.as_ref().map(|pins| pins.combining);
    Case {
        community: stored.community,
        action: action_input(&stored.action, snapshot, data),
        combining: pinned.unwrap_or_else(|| combining(&snapshot.community, layer)),
        bundle: None,
        dockets,
    }
}

/// The bundle that an action is, with the ballots on each of its parts.
fn bundle_case(
    row: &Bundle,
    stored: &StoredBundle,
    action: &Action,
    ballots: &mut BTreeMap<ProposalId, Vec<Ballot>>,
) -> BundleCase {
    let draft = action.payload.read::<BundleDraft>().ok();
    let part = |part: &StoredPart| PartCase {
        action: part.part.stored.action.id,
        kind: part.part.stored.action.kind.clone(),
        payload: part.part.stored.action.payload.clone(),
        initiator: part.part.stored.action.initiator,
        label: part.part.label.clone(),
        statement: part.part.statement.clone(),
        nominee: part.part.nominee,
        status: part.part.stored.action.status,
        votes: part
            .proposals
            .iter()
            .map(|proposal| (proposal.id, ballots.remove(&proposal.id).unwrap_or_default()))
            .collect(),
    };
    BundleCase {
        id: row.id,
        kind: row.kind,
        title: row.title.clone(),
        seats: draft.as_ref().and_then(|draft| draft.seats).unwrap_or(1),
        none: draft.filter(|draft| draft.none_of_these).map(|_| NONE_OF_THESE.to_owned()),
        parts: stored.parts.iter().map(part).collect(),
    }
}

fn docket(
    proposal: &StoredProposal,
    policy: Arc<PolicyInput>,
    ballots: Vec<Ballot>,
    data: &mut BTreeMap<String, Json>,
) -> Docket {
    let prefix = trial_key(proposal.id, "");
    let own: Vec<String> =
        data.range(prefix.clone()..).map(|(key, _)| key.clone()).take_while(|key| key.starts_with(&prefix)).collect();
    let trial_data = own
        .into_iter()
        .filter_map(|key| {
            data.remove(&key).map(|value| (key.strip_prefix(prefix.as_str()).unwrap_or(&key).to_owned(), value))
        })
        .collect();
    Docket {
        id: proposal.id,
        policy,
        stage: proposal.stage,
        enforcement: proposal.enforcement,
        on_error: proposal.on_error,
        status: proposal.status,
        reason: proposal.reason.clone(),
        opened_at: proposal.opened_at,
        is_initialized: proposal.is_initialized,
        is_notified: proposal.is_notified,
        wants_execute: proposal.wants_execute,
        ask: proposal.ask.clone(),
        ballots,
        seed: proposal.seed,
        reads: proposal.reads,
        wake: proposal.wake_at.map(Wake::At),
        trial_data,
    }
}

impl Decided {
    /// An action that nobody is asked about.
    pub(super) fn without_policies(stored: &StoredAction, snapshot: &Snapshot) -> Self {
        let case = case(stored, &[], &HashMap::new(), &mut BTreeMap::new(), BTreeMap::new(), snapshot);
        Self { stored: stored.clone(), proposals: Vec::new(), case, entries: Vec::new(), bundle: None, trialled: None }
    }

    /// The same, with the actions of the bundle that it may be.
    ///
    /// # Errors
    /// The store's failure.
    pub(super) async fn whole(tx: &store::Tx, stored: &StoredAction, snapshot: &Snapshot) -> store::Result<Self> {
        let mut decided = Self::without_policies(stored, snapshot);
        if bundle::kind_of(&stored.action.kind).is_some()
            && let Some((row, bundle)) = load_parts(&tx.system(), &[stored.action.id]).await?.pop()
        {
            decided.case.bundle = Some(bundle_case(&row, &bundle, &stored.action, &mut BTreeMap::new()));
            decided.bundle = Some(bundle);
        }
        Ok(decided)
    }
}

/// The action as the engine shows it to a policy.
fn action_input(action: &Action, snapshot: &Snapshot, data: BTreeMap<String, Json>) -> ActionInput {
    let origin = match &action.origin {
        Origin::Web => "web".to_owned(),
        Origin::Api => "api".to_owned(),
        Origin::Policy { .. } => "policy".to_owned(),
        Origin::Trigger { .. } => "trigger".to_owned(),
        Origin::System => "system".to_owned(),
        Origin::Platform { .. } => action.kind.platform().to_owned(),
    };
    ActionInput {
        id: action.id,
        kind: action.kind.clone(),
        layer: action.kind.layer(),
        initiator: action.initiator.and_then(|member| snapshot.initiator(member)),
        payload: action.payload.clone(),
        origin,
        has_happened: action.origin.has_happened(),
        created_at: action.created_at,
        data,
    }
}

/// Who `named` are, and where: what routing needs to know.
///
/// # Errors
/// The store's failure.
pub(super) async fn people(
    store: &CommunityStore<'_>,
    snapshot: &Snapshot,
    action: &Action,
    named: &BTreeSet<MemberId>,
) -> store::Result<People> {
    let mut people = People::default();
    for member in named.iter().filter_map(|id| snapshot.member(*id)) {
        let person = Person {
            member: member.id,
            handle: member.handle.clone(),
            display_name: member.display_name.clone(),
            external: None,
        };
        people.members.insert(member.id, person);
    }
    let platform = action.kind.platform();
    // The board and the constitution know members by themselves.
    if platform != BOARD && !action.kind.is_internal() && !action.kind.is_trigger() {
        let ids: Vec<MemberId> = named.iter().copied().collect();
        for identity in store.identities_of(platform, &ids).await? {
            if let Some(member) = identity.member {
                people.identities.insert((member, platform.to_owned()), identity.external_id);
            }
        }
    }
    Ok(people)
}
