//! What a proposal to add or change a policy comes to, for those who vote on it.

use app::api::policy::Change;
use app::api::studio::{CasePower, Draft, PolicyCase};
use app::difference;
use app::error::AppError;
use types::effect::Power;
use types::payload::constitution::{AddPolicy, ChangePolicy};
use types::policy::Policy;
use types::{ActionType, Layer, PolicyId, ProposalId};

use super::super::{Place, failed};
use super::{first_scenario, kinds, of_policy};
use crate::pipeline::constitution;
use crate::views::count::small;
use crate::views::{dossier, sentence};

/// How many there are of what a policy could touch.
struct Counts {
    members: usize,
    channels: usize,
    roles: usize,
    policies: usize,
    documents: usize,
}

impl Place<'_> {
    /// The case of a proposal; none where it is not about a policy's content.
    pub(super) async fn case(&self, id: ProposalId) -> Result<Option<PolicyCase>, AppError> {
        let unknown = || AppError::not_found("proposal");
        let found = dossier::of_proposal(&self.store(), id).await.map_err(failed)?;
        let dossier = found.filter(|dossier| self.here.sees(&dossier.action.kind)).ok_or_else(unknown)?;
        let action = &dossier.action;
        let (draft, base) = match action.kind.as_str() {
            "constitution.add_policy" => {
                let Ok(payload) = action.payload.read::<AddPolicy>() else { return Ok(None) };
                let Ok(draft) = constitution::draft(&payload) else { return Ok(None) };
                let draft =
                    Draft { enforcement: payload.enforcement, on_error: payload.on_error, ..of_parts(draft, None) };
                (draft, None)
            }
            "constitution.change_policy" => {
                let Ok(payload) = action.payload.read::<ChangePolicy>() else { return Ok(None) };
                let Some(base) = self.as_it_was(&payload.policy, action.created_at).await? else { return Ok(None) };
                let changeover = payload.changeover;
                let Ok(draft) = constitution::changed(&base.draft, payload) else { return Ok(None) };
                let draft = Draft {
                    enforcement: base.enforcement,
                    on_error: base.on_error,
                    changeover,
                    ..of_parts(draft, Some(base.id))
                };
                (draft, Some(base))
            }
            _ => return Ok(None),
        };
        let counts = self.counts().await?;
        let (members, roles) = self.cast();
        let before = base.as_ref().map(|base| base.draft.source.as_str()).unwrap_or_default();
        let changes = difference::lines(before, &draft.source);
        let scenario = self.member().map(|member| first_scenario(&draft, member)).unwrap_or(Draft::default().scenario);
        Ok(Some(PolicyCase {
            summary: summary(&draft, base.as_ref(), &changes),
            powers: powers(&draft, base.as_ref(), &counts),
            hash: constitution::source_hash(&draft.source),
            changes,
            may_try: self.member().is_some(),
            members,
            roles,
            kinds: kinds(),
            draft: Draft { scenario, ..draft },
        }))
    }

    /// The policy of a name or id as it was when the change was proposed: what voters compare with, also afterwards.
    async fn as_it_was(&self, name: &str, at: types::Timestamp) -> Result<Option<Policy>, AppError> {
        let store = self.store();
        let policy = match name.parse::<PolicyId>() {
            Ok(id) => store.policy(id).await.map_err(failed)?,
            Err(_) => store.policy_by_name(name).await.map_err(failed)?,
        };
        let Some(policy) = policy else { return Ok(None) };
        let versions = store.policy_versions(policy.id).await.map_err(failed)?;
        Ok(versions.into_iter().find(|version| version.created_at <= at).or(Some(policy)))
    }

    async fn counts(&self) -> Result<Counts, AppError> {
        let store = self.store();
        let channels = store.channels().await.map_err(failed)?;
        Ok(Counts {
            members: self.here.roster.voters().count(),
            channels: channels.iter().filter(|channel| channel.archived_at.is_none()).count(),
            roles: self.here.roster.roles.iter().filter(|role| !role.is_base).count(),
            policies: store.policies().await.map_err(failed)?.len(),
            documents: store.documents().await.map_err(failed)?.len(),
        })
    }
}

fn of_parts(draft: types::PolicyDraft, policy: Option<PolicyId>) -> Draft {
    Draft {
        policy,
        name: draft.name,
        description: draft.description,
        layer: draft.layer,
        kind: draft.kind,
        action_types: draft.action_types,
        source: draft.source,
        settings: draft.settings,
        http_hosts: draft.http_hosts,
        powers: draft.powers,
        ..Draft::default()
    }
}

/// What changes, in sentences.
fn summary(draft: &Draft, base: Option<&Policy>, changes: &[app::api::policy::DiffLine]) -> Vec<String> {
    let words = |kinds: &[String]| {
        kinds.iter().map(|kind| sentence::type_in_words(kind).to_lowercase()).collect::<Vec<_>>().join(", ")
    };
    let Some(base) = base else {
        let begins = match draft.enforcement {
            types::Enforcement::Off => "It begins switched off.",
            types::Enforcement::Shadow => "It begins on trial: it decides and records, and nothing is done.",
            types::Enforcement::Warn => "It begins by saying what it would have done.",
            types::Enforcement::Enforced => "It is in force as soon as it is adopted.",
        };
        return vec![format!("A new policy. It governs: {}.", words(&draft.action_types)), begins.to_owned()];
    };
    let before = of_policy(base);
    let n = |change| changes.iter().filter(|line| line.change == change).count();
    let mut lines = vec![match (n(Change::Added), n(Change::Removed)) {
        (0, 0) => "The source stays as it is.".to_owned(),
        (came, went) => format!(
            "In the source {} and {}.",
            sentence::counted(came, "line comes", "lines come"),
            sentence::counted(went, "line goes", "lines go")
        ),
    }];
    if draft.name != before.name {
        lines.push(format!("It is called “{}” from then on.", draft.name));
    }
    if draft.description != before.description {
        lines.push(format!("It is described otherwise: “{}”", draft.description));
    }
    if draft.action_types != before.action_types {
        lines.push(format!(
            "It governs from then on: {}. Until now: {}.",
            words(&draft.action_types),
            words(&before.action_types)
        ));
    }
    if draft.settings != before.settings {
        lines.push("Its settings change.".to_owned());
    }
    if draft.http_hosts != before.http_hosts {
        lines.push(format!("It may ask from then on: {}.", draft.http_hosts.join(", ")));
    }
    lines
}

/// Every power, with how many there are of what it reaches.
fn powers(draft: &Draft, base: Option<&Policy>, counts: &Counts) -> Vec<CasePower> {
    let before = base.map(of_policy);
    let view = |power: Power| {
        let granted = has(draft, power);
        let had = before.as_ref().is_some_and(|before| has(before, power));
        CasePower {
            sentence: said(draft, power, granted, counts),
            granted,
            is_new: granted && before.is_some() && !had,
        }
    };
    Power::ALL.into_iter().map(view).collect()
}

fn has(draft: &Draft, power: Power) -> bool {
    match draft.powers.is_empty() {
        true => power != Power::Http || !draft.http_hosts.is_empty(),
        false => draft.powers.contains(&power),
    }
}

fn said(draft: &Draft, power: Power, granted: bool, counts: &Counts) -> String {
    let members = sentence::counted(counts.members, "member", "members");
    let channels = sentence::counted(counts.channels, "channel", "channels");
    let roles = sentence::counted(counts.roles, "role", "roles");
    if !granted {
        return match power {
            Power::Execute => "Cannot carry out what it decides on",
            Power::Revert => "Cannot undo what it decides on",
            Power::Ask => "Cannot ask members to vote",
            Power::Notify => "Cannot message members",
            Power::Announce => "Cannot post in channels",
            Power::Roles => "Cannot change who holds a role",
            Power::Propose => "Cannot propose further actions",
            Power::Http => "Cannot ask other web sites",
        }
        .to_owned();
    }
    match power {
        Power::Execute => format!("Can carry out: {}", reach(draft, counts)),
        Power::Revert => "Can undo what it decides on, where the platform can".to_owned(),
        Power::Ask => format!("Can ask any of {members} to vote, and remind them"),
        Power::Notify => format!("Can message any of {members}"),
        Power::Announce => format!("Can post in {channels}"),
        Power::Roles if counts.roles == 0 => "Can change who holds a role; there is none yet".to_owned(),
        Power::Roles if counts.roles == 1 => "Can change who holds the only role".to_owned(),
        Power::Roles => format!("Can change who holds any of {roles}"),
        Power::Propose => "Can propose further actions, which the policies in force decide on".to_owned(),
        Power::Http if draft.http_hosts.is_empty() => "Can ask other web sites, but names none".to_owned(),
        Power::Http => format!("Can ask {}", draft.http_hosts.join(", ")),
    }
}

/// What it governs, each with how many there are of it.
fn reach(draft: &Draft, counts: &Counts) -> String {
    let one = |pattern: &String| {
        let words = match (pattern.as_str(), draft.layer) {
            ("*", Layer::Platform) => "everything that happens on the platforms".to_owned(),
            ("*", Layer::Constitution) => "every change of the rules".to_owned(),
            (pattern, _) => sentence::type_in_words(pattern).to_lowercase(),
        };
        match pattern.parse::<ActionType>().ok().and_then(|kind| touched(&kind, counts)) {
            Some(count) => format!("{words} ({count})"),
            None => words,
        }
    };
    draft.action_types.iter().map(one).collect::<Vec<_>>().join(", ")
}

/// How many things an action type can be about; none where they cannot be counted here.
fn touched(kind: &ActionType, counts: &Counts) -> Option<String> {
    let schema = &types::payload::spec(kind)?.schema;
    let fields = schema.get("properties")?.as_object()?;
    let has = |name: &str| fields.contains_key(name);
    let (n, one, many) = match kind.platform() {
        "board" if has("channel") => (counts.channels, "channel", "channels"),
        "board" if has("member") => (counts.members, "member", "members"),
        "constitution" if has("policy") => (counts.policies, "policy", "policies"),
        "constitution" if has("document") => (counts.documents, "document", "documents"),
        "constitution" if has("role") => (counts.roles, "role", "roles"),
        _ => return None,
    };
    Some(format!("{} {}", small(n), if n == 1 { one } else { many }))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    const COUNTS: Counts = Counts { members: 12, channels: 42, roles: 1, policies: 3, documents: 0 };

    fn draft(powers: &[Power], kinds: &[&str]) -> Draft {
        Draft {
            powers: powers.iter().copied().collect::<BTreeSet<_>>(),
            action_types: kinds.iter().map(ToString::to_string).collect(),
            ..Draft::default()
        }
    }

    #[test]
    fn powers_say_how_far_they_reach_and_what_is_missing() {
        let draft = draft(&[Power::Execute, Power::Announce], &["board.rename_channel", "board.remove_member"]);
        let said: Vec<_> =
            powers(&draft, None, &COUNTS).into_iter().map(|power| (power.granted, power.sentence)).collect();
        assert_eq!(
            said[0],
            (true, "Can carry out: rename a channel (42 channels), remove a member (12 members)".to_owned())
        );
        assert!(said.contains(&(true, "Can post in 42 channels".to_owned())));
        assert!(said.contains(&(false, "Cannot message members".to_owned())));
        assert_eq!(said.len(), Power::ALL.len());
    }

    #[test]
    fn a_policy_that_names_no_powers_has_all_but_http() {
        let draft = draft(&[], &["*"]);
        let missing: Vec<_> = powers(&draft, None, &COUNTS).into_iter().filter(|power| !power.granted).collect();
        assert_eq!(missing.len(), 1);
        assert_eq!(missing[0].sentence, "Cannot ask other web sites");
    }
}
