//! Documents as they were: their text, their title, and which were in force.

use serde_json::json;
use store::documents::Document;
use types::AuditKind;

use super::super::{PerformError, Performing};
use super::past::Past;

/// Puts documents back. Answers with the titles of those that changed.
pub(super) async fn put_back(p: &Performing<'_>, past: &Past) -> Result<Vec<String>, PerformError> {
    let mut changed = Vec::new();
    let mut wanted: Vec<(Document, Document)> = Vec::new();
    for (id, then) in &past.documents {
        let Some(now) = p.tx.document(*id).await? else { continue };
        let is_active = then.is_active.unwrap_or(now.is_active);
        let mut goal = Document { is_active, ..now.clone() };
        if let Some(number) = then.version.filter(|number| *number > 0 && *number != now.version) {
            let versions = p.tx.document_versions(*id).await?;
            if let Some(version) = versions.into_iter().find(|version| version.version == number) {
                (goal.name, goal.text) = (version.name, version.text);
            }
        }
        if goal != now {
            wanted.push((now, goal));
        }
    }
    // Out of force first, so that no title is in use when another comes back to it.
    for (now, goal) in wanted.iter().filter(|(now, goal)| now.is_active && (!goal.is_active || goal.name != now.name)) {
        p.tx.set_document_active(now.id, false, p.now).await?;
        if !goal.is_active {
            p.tell(AuditKind::DocumentDeleted, subject(now), json!({ "name": now.name }));
            changed.push(now.name.clone());
        }
    }
    for (now, goal) in &wanted {
        if goal.name != now.name || goal.text != now.text {
            let version = p.tx.change_document(now.id, &goal.name, &goal.text, Some(p.action.id), p.now).await?;
            let body = json!({ "name": goal.name, "name_before": now.name, "version": version });
            p.tell(AuditKind::DocumentChanged, subject(now), body);
            changed.push(goal.name.clone());
        }
        if goal.is_active {
            p.tx.set_document_active(now.id, true, p.now).await?;
            if !now.is_active {
                p.tell(AuditKind::DocumentRecovered, subject(now), json!({ "name": goal.name }));
                changed.push(goal.name.clone());
            }
        }
    }
    changed.dedup();
    Ok(changed)
}

fn subject(document: &Document) -> String {
    format!("document:{}", document.id)
}
