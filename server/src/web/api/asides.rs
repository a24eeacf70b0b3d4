//! What belongs to an action besides its proposals and effects: how it cools off, and what was warned of.

use std::collections::HashMap;

use store::audit::AuditQuery;
use types::{ActionId, AuditKind, Layer};

use super::here::Here;
use super::shapes::{CoolingShape, WarningShape};
use crate::views::dossier::Dossier;
use crate::web::error::ApiError;
use crate::web::state::Web;

/// What belongs to one action besides.
#[derive(Default)]
pub(super) struct Aside {
    pub cooling: Option<CoolingShape>,
    pub warnings: Vec<WarningShape>,
}

/// What belongs to these actions; nothing for most.
pub(super) async fn of(web: &Web, here: &Here, dossiers: &[Dossier]) -> Result<HashMap<ActionId, Aside>, ApiError> {
    let store = web.ctx.store.community(here.community.id);
    let ids: Vec<ActionId> = dossiers.iter().map(|dossier| dossier.action.id).collect();
    let mut asides: HashMap<ActionId, Aside> = HashMap::new();
    for cooling in store.coolings(&ids).await? {
        asides.entry(cooling.action).or_default().cooling = Some(CoolingShape {
            ends_at: cooling.ends_at.to_string(),
            status: cooling.status,
            stopped_by: cooling.member.map(|id| here.roster.handle(id)),
            reason: cooling.reason,
        });
    }
    for dossier in dossiers.iter().filter(|dossier| dossier.action.kind.layer() == Layer::Constitution) {
        let query = AuditQuery {
            kinds: vec![AuditKind::ActionWarned],
            subject: Some(format!("action:{}", dossier.action.id)),
            limit: 1,
            ..AuditQuery::default()
        };
        let Some(entry) = store.audit_entries(&query).await?.into_iter().next() else { continue };
        let warnings = entry.body.get("warnings").cloned().unwrap_or_default();
        asides.entry(dossier.action.id).or_default().warnings = serde_json::from_value(warnings).unwrap_or_default();
    }
    Ok(asides)
}
