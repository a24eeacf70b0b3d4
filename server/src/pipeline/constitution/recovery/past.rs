//! The constitution as it was after the decision that an entry of the record belongs to.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use store::audit::{AuditQuery, MAX_AUDIT_PAGE};
use types::audit::AuditEntry;
use types::member::{Permission, Role};
use types::policy::Policy;
use types::{AuditKind, DocumentId, Json, MemberId, RoleId};

use super::super::{PerformError, Performing};

/// Entries that say what names, documents and settings were before.
const TELLING: [AuditKind; 6] = [
    AuditKind::RoleChanged,
    AuditKind::DocumentAdded,
    AuditKind::DocumentChanged,
    AuditKind::DocumentDeleted,
    AuditKind::DocumentRecovered,
    AuditKind::CommunityChanged,
];

/// The constitution as it was.
pub(super) struct Past {
    /// Roles by their names of then.
    pub roles: Vec<Role>,
    /// Their rights.
    pub permissions: Vec<Permission>,
    /// Who held which role.
    pub holders: BTreeMap<RoleId, BTreeSet<MemberId>>,
    /// Policies that were in force, in their order.
    pub policies: Vec<Policy>,
    /// Documents that have changed since.
    pub documents: BTreeMap<DocumentId, PastDocument>,
    /// The settings, where they have changed since.
    pub settings: Option<Json>,
    /// Name and description, where they have changed since.
    pub profile: Option<(String, String)>,
}

/// A document as it was.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct PastDocument {
    /// The version that stood then; 0 where it did not exist, `None` for the present one.
    pub version: Option<u32>,
    /// Whether it was in force; `None` where that has not changed.
    pub is_active: Option<bool>,
}

impl Past {
    pub(super) async fn read(p: &Performing<'_>, entry: &AuditEntry) -> Result<Self, PerformError> {
        let roster = p.tx.roster(Some(entry.at)).await?;
        let mut holders: BTreeMap<RoleId, BTreeSet<MemberId>> = BTreeMap::new();
        for member in &roster.members {
            for role in &member.roles {
                holders.entry(*role).or_default().insert(member.id);
            }
        }
        let mut past = Self {
            roles: roster.roles,
            permissions: p.tx.permissions_at(entry.at).await?,
            holders,
            policies: p.tx.policies_at(entry.at).await?,
            documents: BTreeMap::new(),
            settings: None,
            profile: None,
        };
        let mut before = None;
        loop {
            let query = AuditQuery {
                after: entry.seq,
                before,
                limit: MAX_AUDIT_PAGE,
                kinds: TELLING.to_vec(),
                from_end: true,
                ..AuditQuery::default()
            };
            let page = p.tx.audit_entries(&query).await?;
            // Newest first, so that the oldest change has the last word: it says what was before all of them.
            for later in page.iter().rev().filter(|later| later.at > entry.at || !is_same_decision(later, entry)) {
                past.undo(later);
            }
            match page.first() {
                Some(first) if page.len() == MAX_AUDIT_PAGE as usize => before = Some(first.seq),
                _ => return Ok(past),
            }
        }
    }

    /// Takes one later entry back.
    fn undo(&mut self, entry: &AuditEntry) {
        let id = entry.subject.split_once(':').map_or("", |(_, id)| id);
        let document = |past: &mut Self, change: &dyn Fn(&mut PastDocument)| {
            if let Ok(id) = id.parse::<DocumentId>() {
                change(past.documents.entry(id).or_default());
            }
        };
        match entry.kind {
            AuditKind::RoleChanged => {
                let before = entry.body.get("before");
                let text = |key: &str| before.and_then(|before| before.get(key)).and_then(Value::as_str);
                let role = self.roles.iter_mut().find(|role| role.id.to_string() == id);
                if let (Some(role), Some(name)) = (role, text("name")) {
                    name.clone_into(&mut role.name);
                    text("description").unwrap_or_default().clone_into(&mut role.description);
                }
            }
            AuditKind::DocumentAdded => {
                document(self, &|one| *one = PastDocument { version: Some(0), is_active: Some(false) })
            }
            AuditKind::DocumentChanged => {
                let version = entry.body.get("version").and_then(Value::as_u64).and_then(|n| u32::try_from(n).ok());
                document(self, &|one| one.version = version.map(|version| version.saturating_sub(1)));
            }
            AuditKind::DocumentDeleted => document(self, &|one| one.is_active = Some(true)),
            AuditKind::DocumentRecovered => document(self, &|one| one.is_active = Some(false)),
            AuditKind::CommunityChanged => {
                if let Some(settings) = entry.body.get("settings_before") {
                    self.settings = Some(Json(settings.clone()));
                }
                let before = entry.body.get("before").and_then(Value::as_object);
                if let Some(name) = before.and_then(|before| before.get("name")).and_then(Value::as_str) {
                    let description = before.and_then(|before| before.get("description")).and_then(Value::as_str);
                    self.profile = Some((name.to_owned(), description.unwrap_or_default().to_owned()));
                }
            }
            _ => {}
        }
    }
}

/// Whether two entries were written by the decision on the same action.
fn is_same_decision(one: &AuditEntry, other: &AuditEntry) -> bool {
    let action = |entry: &AuditEntry| match entry.subject.strip_prefix("action:") {
        Some(id) => Some(id.to_owned()),
        None => entry.body.text("action").map(str::to_owned),
    };
    one.at == other.at && action(one).is_some() && action(one) == action(other)
}
