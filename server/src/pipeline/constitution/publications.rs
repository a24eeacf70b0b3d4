//! Publications: sharing a policy with all communities of the service, and withdrawing it.

use serde_json::json;
use store::publications::Publication;
use types::payload::constitution::{PublishPolicy, WithdrawPublication};
use types::{AuditKind, PublicationId};

use super::{Done, PerformError, Performing};

/// The licence where nothing else is said: others may do what they like.
const USUAL_LICENCE: &str = "CC0-1.0";

/// Longest licence expression.
const MAX_LICENCE_CHARS: usize = 80;

/// Longest note.
const MAX_NOTE_CHARS: usize = 2_000;

pub(super) async fn publish(p: &Performing<'_>, payload: PublishPolicy) -> Done {
    let policy = super::policies::active(p, &payload.policy).await?;
    let licence = payload.licence.unwrap_or_default().trim().to_owned();
    let licence = if licence.is_empty() { USUAL_LICENCE.to_owned() } else { licence };
    let is_expression = |c: char| c.is_ascii_alphanumeric() || " .-+()".contains(c);
    if licence.len() > MAX_LICENCE_CHARS || !licence.chars().all(is_expression) {
        return Err(PerformError::refused("the licence is an SPDX expression such as CC0-1.0, MIT or CC-BY-4.0"));
    }
    if payload.note.chars().count() > MAX_NOTE_CHARS {
        return Err(PerformError::refused(format!("the note has more than {MAX_NOTE_CHARS} characters")));
    }
    let community = p.tx.community().await?;
    // A community is named only where it says so: its name alone could give a private one away.
    let credit = community.filter(|_| payload.credit).map(|community| community.name).unwrap_or_default();
    let known = p.tx.publication_of(policy.id, policy.version).await?;
    let publication = Publication {
        id: known.as_ref().map_or_else(|| p.ids.next(), |known| known.id),
        community: p.tx.id(),
        policy: policy.id,
        version: policy.version,
        hash: policy.hash.clone(),
        draft: policy.draft.clone(),
        licence,
        credit,
        note: payload.note,
        forked_from: p.tx.forked_from(policy.id).await?,
        created_at: p.now,
        withdrawn_at: None,
    };
    match known {
        Some(known) if known.withdrawn_at.is_none() => {
            return Err(PerformError::refused(format!(
                "version {} of “{}” is published already",
                policy.version, policy.draft.name
            )));
        }
        Some(_) => p.tx.amend_publication(&publication).await?,
        None => p.tx.publish(&publication).await?,
    }
    let body = json!({
        "name": policy.draft.name, "version": policy.version, "hash": policy.hash,
        "published_as": publication.id, "licence": publication.licence, "credited": !publication.credit.is_empty(),
    });
    p.tell(AuditKind::PolicyAdjusted, format!("policy:{}", policy.id), body);
    Ok(json!({ "publication": publication.id, "policy": policy.id, "version": policy.version, "hash": policy.hash }))
}

pub(super) async fn withdraw(p: &Performing<'_>, payload: WithdrawPublication) -> Done {
    let unknown = || PerformError::refused("this community has published nothing with that id");
    let id: PublicationId = payload.publication.trim().parse().map_err(|_| unknown())?;
    let publication = p.tx.publication(id).await?.ok_or_else(unknown)?;
    if publication.withdrawn_at.is_some() {
        return Err(PerformError::refused("that was withdrawn already"));
    }
    let body = json!({ "name": publication.draft.name, "version": publication.version, "withdrawn": id });
    let policy = publication.policy;
    p.tx.amend_publication(&Publication { withdrawn_at: Some(p.now), ..publication }).await?;
    p.tell(AuditKind::PolicyAdjusted, format!("policy:{policy}"), body);
    Ok(json!({ "publication": id }))
}

/// The publication that a new policy names as its origin, which must be in the library.
pub(super) async fn taken_over(p: &Performing<'_>, named: Option<&str>) -> Result<Option<PublicationId>, PerformError> {
    let Some(named) = named.map(str::trim).filter(|named| !named.is_empty()) else { return Ok(None) };
    let unknown = || PerformError::refused("there is no published policy with the id in forked_from");
    let id: PublicationId = named.parse().map_err(|_| unknown())?;
    let shared = p.tx.shared_policy(id).await?;
    shared.map(|shared| Some(shared.publication.id)).ok_or_else(unknown)
}
