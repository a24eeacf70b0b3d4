//! The audit log.

use std::collections::HashMap;

use app::api::audit::{
    ActiveFilter, ActorKind, AuditActor, AuditChoices, AuditLine, AuditPage, AuditQuery, Choice, Integrity,
};
use app::api::words::{NamedValue, Standing};
use app::backend::{AuditBackend, Viewer};
use app::error::{AppError, ErrorKind};
use async_trait::async_trait;
use store::audit::AuditQuery as Wanted;
use types::audit::{Actor, AuditEntry};
use types::{ActionId, AuditKind, ProposalId, Timestamp};

use super::{PageBackend, Place, failed};
use crate::views::{discretion, history, proposal, sentence};
use crate::web::api::audit::kinds;

/// Entries of one page.
const PER_PAGE: usize = 40;

/// Entries that are read at once while searching.
const BATCH: u32 = 500;

/// Entries that one page searches at most; the next page goes on from there.
const SEARCHED: usize = 5_000;

/// Entries whose chain is checked for the badge: the newest, since older ones were checked before.
const CHECKED: u32 = 1_000;

#[async_trait]
impl AuditBackend for PageBackend {
    async fn audit(&self, viewer: &Viewer, slug: &str, query: AuditQuery) -> Result<AuditPage, AppError> {
        let place = self.enter(viewer, slug).await?;
        let wanted = place.wanted(&query)?;
        let (mut found, next) = place.search(&query, wanted).await?;
        discretion::redact(&place.store(), &mut found, place.now).await.map_err(failed)?;
        discretion::conceal(&place.store(), &mut found, |kind| place.here.sees(kind)).await.map_err(failed)?;
        let about = place.about(&found).await?;
        let head = place.store().audit_head().await.map_err(failed)?;
        let entries: Vec<AuditLine> = found.iter().map(|entry| place.audit_line(entry, &about)).collect();
        let has_filter = query != AuditQuery { before: query.before, ..AuditQuery::default() };
        let total = if has_filter { entries.len() as i64 } else { head.seq };
        Ok(AuditPage {
            entries,
            total: u32::try_from(total).unwrap_or(u32::MAX),
            next,
            integrity: place.integrity().await?,
            choices: place.choices().await?,
            active: place.active(&query),
        })
    }
}

/// What entries speak of, in words: titles of actions and of proposals, with the address of their page.
type About = HashMap<String, (String, Option<String>)>;

impl Place<'_> {
    /// The part of a query that the store answers by index.
    fn wanted(&self, query: &AuditQuery) -> Result<Wanted, AppError> {
        let actor = match query.actor.as_deref().filter(|actor| !actor.is_empty()) {
            None => None,
            Some("operator") => Some(Actor::Operator),
            Some("system") => Some(Actor::System),
            Some(handle) => match self.here.roster.by_handle(handle) {
                Some(member) => Some(Actor::Member(member.id)),
                None => Some(Actor::Policy(handle.to_owned())),
            },
        };
        let subject = query.subject.clone().or_else(|| query.policy.as_ref().map(|id| format!("policy:{id}")));
        Ok(Wanted {
            after: 0,
            before: query.before,
            limit: BATCH,
            kinds: kinds(query.kind.as_deref())?,
            actor,
            subject: subject.filter(|subject| !subject.is_empty()),
            from_end: true,
        })
    }

    /// The page of entries, newest first, and where the next one begins.
    async fn search(&self, query: &AuditQuery, mut wanted: Wanted) -> Result<(Vec<AuditEntry>, Option<i64>), AppError> {
        let (since, until) = (day(query.since.as_deref())?, day(query.until.as_deref())?);
        let until = until.map(|until| until + std::time::Duration::from_secs(24 * 3600));
        let text = query.text.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(str::to_lowercase);
        let outcome = query.outcome.as_deref().filter(|outcome| !outcome.is_empty());
        let holds = |entry: &AuditEntry| {
            since.is_none_or(|since| entry.at >= since)
                && until.is_none_or(|until| entry.at < until)
                && outcome.is_none_or(|outcome| self.ended(entry) == Some(outcome))
                && text.as_ref().is_none_or(|text| self.searchable(entry).contains(text))
        };
        let mut found = Vec::new();
        let mut n_searched = 0;
        loop {
            let batch = self.store().audit_entries(&wanted).await.map_err(failed)?;
            let is_last = batch.len() < wanted.limit as usize;
            n_searched += batch.len();
            for entry in batch.into_iter().rev() {
                wanted.before = Some(entry.seq);
                if since.is_some_and(|since| entry.at < since) {
                    return Ok((found, None));
                }
                if holds(&entry) {
                    found.push(entry);
                    if found.len() >= PER_PAGE {
                        let next = wanted.before.filter(|before| *before > 1);
                        return Ok((found, next));
                    }
                }
            }
            if is_last {
                return Ok((found, None));
            }
            if n_searched >= SEARCHED {
                return Ok((found, wanted.before));
            }
        }
    }

    /// How an entry says that something ended, in the words of the filter.
    fn ended(&self, entry: &AuditEntry) -> Option<&'static str> {
        let word = entry.body.text("status").or_else(|| entry.body.text("verdict")).unwrap_or_default().to_lowercase();
        let is_trial = matches!(entry.body.text("enforcement"), Some("shadow" | "warn"));
        match (entry.kind, word.as_str()) {
            _ if is_trial => Some("trial"),
            (AuditKind::ActionHeld, _) => Some("held"),
            (AuditKind::ProposalOpened | AuditKind::ActionProposed, _) => Some("open"),
            (AuditKind::ActionDecided | AuditKind::ProposalDecided, "passed") => Some("passed"),
            (AuditKind::ActionDecided | AuditKind::ProposalDecided, "failed") => Some("failed"),
            _ => None,
        }
    }

    /// What a search for words looks through. Ballots are left out: a search must not tell what a page hides.
    fn searchable(&self, entry: &AuditEntry) -> String {
        let body = match entry.kind {
            AuditKind::BallotCast | AuditKind::BallotWithdrawn => String::new(),
            _ => entry.body.0.to_string(),
        };
        format!("{} {} {} {body}", self.actor(entry).name, history::verb(entry.kind), entry.subject).to_lowercase()
    }

    fn actor(&self, entry: &AuditEntry) -> AuditActor {
        let named = |kind, name: &str| AuditActor { kind, name: name.to_owned(), handle: String::new() };
        match &entry.actor {
            Actor::Member(id) => match self.here.roster.person(*id) {
                Some(person) => AuditActor { kind: ActorKind::Member, name: person.name, handle: person.handle },
                None => named(ActorKind::Member, "A former member"),
            },
            Actor::Policy(name) => named(ActorKind::Policy, name),
            Actor::Operator => named(ActorKind::Operator, "The operator"),
            Actor::System if entry.kind == AuditKind::BallotCast => named(ActorKind::Secret, "Someone"),
            Actor::System => named(ActorKind::System, "Polity"),
        }
    }

    fn audit_line(&self, entry: &AuditEntry, about: &About) -> AuditLine {
        let (object, href) = about.get(&entry.subject).cloned().unwrap_or_else(|| (self.object(entry), None));
        let ended = self.ended(entry);
        let standing = match ended {
            Some("passed") => Some(Standing::Passed),
            Some("failed") => Some(Standing::Failed),
            Some("held") => Some(Standing::Held),
            Some("open") => Some(Standing::Open),
            _ => None,
        };
        let link = |href: String| NamedValue {
            name: "Open".to_owned(),
            value: object.clone(),
            before: None,
            href: Some(href),
        };
        let because = entry.body.text("reason").filter(|reason| !reason.is_empty());
        AuditLine {
            seq: entry.seq,
            at: entry.at,
            actor: self.actor(entry),
            verb: history::verb(entry.kind).to_owned(),
            because: because.map(|reason| format!("because {}", lowered(reason))).unwrap_or_default(),
            kind: entry.kind.as_str().to_owned(),
            kind_label: history::kind_label(entry.kind).to_owned(),
            standing,
            is_trial: ended == Some("trial"),
            facts: facts(entry, &self.names),
            why: Vec::new(),
            links: href.into_iter().map(link).collect(),
            body: serde_json::to_string_pretty(&entry.body.0).unwrap_or_default(),
            prev_hash: entry.prev_hash.clone(),
            hash: entry.hash.clone(),
            object,
        }
    }

    /// What an entry is about, from its own body.
    fn object(&self, entry: &AuditEntry) -> String {
        let named = ["name", "display_name", "handle", "role", "document", "platform"];
        let named = named.iter().find_map(|key| entry.body.text(key)).map(str::to_owned);
        let member = || {
            let id = entry.subject.strip_prefix("member:")?.parse().ok()?;
            self.here.roster.person(id).map(|person| person.name)
        };
        let policy = || self.names.get(entry.subject.strip_prefix("policy:")?).cloned();
        named.or_else(member).or_else(policy).unwrap_or_default()
    }

    /// Titles of the actions that the entries speak of.
    async fn about(&self, entries: &[AuditEntry]) -> Result<About, AppError> {
        let slug = &self.here.community.slug;
        let mut actions: Vec<(String, ActionId, Option<ProposalId>)> = Vec::new();
        for entry in entries {
            if actions.iter().any(|(subject, ..)| *subject == entry.subject) {
                continue;
            }
            match entry.subject.split_once(':') {
                Some(("action", id)) => {
                    actions.extend(id.parse().ok().map(|id| (entry.subject.clone(), id, None)));
                }
                Some(("proposal", id)) => {
                    let Ok(id) = id.parse() else { continue };
                    let found = self.store().proposal(id).await.map_err(failed)?;
                    actions.extend(found.map(|found| (entry.subject.clone(), found.action, Some(id))));
                }
                _ => {}
            }
        }
        let ids: Vec<ActionId> = actions.iter().map(|(_, id, _)| *id).collect();
        let stored = self.store().actions_by_id(&ids).await.map_err(failed)?;
        let proposals = self.store().proposals_of(&ids).await.map_err(failed)?;
        let mut about = About::new();
        for (subject, id, known) in actions {
            let Some(action) = stored.iter().find(|stored| stored.action.id == id).map(|stored| &stored.action) else {
                continue;
            };
            // The log says that something happened; what it was, only those may read who may see actions of the type.
            let title = match self.here.sees(&action.kind) {
                true => sentence::title(&action.kind, &action.payload, &self.names),
                false => "something that you cannot see".to_owned(),
            };
            let page =
                known.or_else(|| proposals.iter().find(|proposal| proposal.action == id).map(|proposal| proposal.id));
            about.insert(subject, (title, page.map(|page| format!("/c/{slug}/proposals/{page}"))));
        }
        for entry in entries {
            let href = match entry.subject.split_once(':') {
                Some(("policy", id)) => format!("/c/{slug}/policies/{id}"),
                Some(("document", id)) => format!("/c/{slug}/documents/{id}"),
                _ => continue,
            };
            about.entry(entry.subject.clone()).or_insert_with(|| (self.object(entry), Some(href)));
        }
        Ok(about)
    }

    /// Whether the newest part of the chain is whole.
    async fn integrity(&self) -> Result<Integrity, AppError> {
        let query = Wanted { limit: CHECKED, from_end: true, ..Wanted::default() };
        let entries = self.store().audit_entries(&query).await.map_err(failed)?;
        let checked_at = Some(self.now);
        Ok(match store::verify(entries.into_iter().map(Ok::<_, std::convert::Infallible>)) {
            Ok(whole) => Integrity {
                is_whole: true,
                from: whole.first_seq,
                to: whole.last_seq,
                checked_at,
                newest: whole.head,
                problem: None,
            },
            Err(tampered) => Integrity {
                is_whole: false,
                from: tampered.seq,
                to: tampered.seq,
                checked_at,
                newest: String::new(),
                problem: Some(format!("Entry {}: {}.", tampered.seq, tampered.what)),
            },
        })
    }

    async fn choices(&self) -> Result<AuditChoices, AppError> {
        let choice = |value: &str, label: &str| Choice { value: value.to_owned(), label: label.to_owned() };
        let mut choices: Vec<Choice> = Vec::new();
        for kind in AuditKind::ALL {
            let family = history::family(kind.as_str());
            if choices.iter().all(|known| known.value != family) {
                choices.push(choice(family, &format!("{}: all", history::kind_label(*kind))));
            }
            choices.push(choice(kind.as_str(), &history::choice_label(*kind)));
        }
        let members = self.here.roster.members.iter();
        let policies = self.snapshot().await?;
        let policies = policies.policies.iter().map(|policy| {
            choice(&policy.id.to_string(), &format!("{} {}", proposal::label(policy.position), policy.draft.name))
        });
        Ok(AuditChoices {
            kinds: choices,
            actors: members.map(|member| choice(&member.handle, &member.display_name)).collect(),
            policies: policies.collect(),
        })
    }

    fn active(&self, query: &AuditQuery) -> Vec<ActiveFilter> {
        let mut active = Vec::new();
        let mut add = |field: &str, label: &str, value: Option<String>| {
            if let Some(value) = value.filter(|value| !value.is_empty()) {
                active.push(ActiveFilter { field: field.to_owned(), label: format!("{label}: {value}") });
            }
        };
        let actor = query.actor.as_ref().map(|handle| {
            self.here.roster.by_handle(handle).map_or_else(|| handle.clone(), |member| member.display_name.clone())
        });
        let policy = query.policy.as_ref().map(|id| self.names.get(id).cloned().unwrap_or_else(|| id.clone()));
        add("text", "Words", query.text.clone());
        add("kind", "Kind", query.kind.clone());
        add("actor", "Who", actor);
        add("policy", "Policy", policy);
        add("subject", "About", query.subject.clone());
        add("outcome", "Outcome", query.outcome.clone());
        add("since", "From", query.since.clone());
        add("until", "To", query.until.clone());
        active
    }
}

/// The simple values of an entry's body.
fn facts(entry: &AuditEntry, names: &sentence::Names) -> Vec<NamedValue> {
    let fields = entry.body.0.as_object();
    let told = |(name, value): (&String, &serde_json::Value)| {
        if name == "reason" || value.is_null() || value.as_str() == Some("") {
            return None;
        }
        Some(NamedValue {
            name: sentence::label(name),
            value: sentence::cut(&sentence::value_in_words(value, names), 300),
            before: None,
            href: None,
        })
    };
    fields.into_iter().flatten().filter_map(told).collect()
}

/// A reason that follows "because".
fn lowered(reason: &str) -> String {
    let mut chars = reason.trim_end_matches('.').chars();
    let first = chars.next().map(|first| first.to_lowercase().to_string()).unwrap_or_default();
    first + chars.as_str()
}

/// The first moment of a day, `2026-11-17`.
fn day(text: Option<&str>) -> Result<Option<Timestamp>, AppError> {
    let Some(text) = text.filter(|text| !text.is_empty()) else { return Ok(None) };
    format!("{text}T00:00:00Z").parse().map(Some).map_err(|_| {
        AppError::new(ErrorKind::Invalid, "not-a-day", "A day is written as year, month and day: 2026-11-17.")
    })
}
