//! Keeping the search index: what the log says happened is looked up as it stands now, and indexed.
//!
//! Ballots, their reasons, and whatever is secret never come near it.

use app::api::search::FoundKind;
use store::CommunityStore;
use store::audit::AuditQuery;
use store::search::SearchItem;
use types::audit::AuditEntry;
use types::{ActionId, AuditKind, CommentId, DocumentId, PolicyId, ProposalId};

use crate::ctx::Ctx;
use crate::views::sentence::{self, Names};
use crate::views::{history, names};

/// Communities of one turn.
const COMMUNITIES: u32 = 32;

/// Entries that are read at once.
const ENTRIES: u32 = 250;

/// Brings the index up to date with the logs. The answer is how many entries were read.
///
/// # Errors
/// The store's failure; the entries are read again in the next turn.
pub async fn index(ctx: &Ctx) -> anyhow::Result<usize> {
    let mut n_read = 0;
    for id in ctx.store.system().unindexed_logs(COMMUNITIES).await? {
        let store = ctx.store.community(id);
        let names = ctx.snapshots.of(&store).await?.map(|snapshot| names::of(&snapshot)).unwrap_or_default();
        loop {
            let from = store.search_cursor().await?;
            let query = AuditQuery { after: from, limit: ENTRIES, ..AuditQuery::default() };
            let entries = store.audit_entries(&query).await?;
            let Some(last) = entries.last() else { break };
            let mut found = Vec::new();
            for entry in &entries {
                found.extend(item(&store, &names, entry).await?);
            }
            let tx = ctx.store.begin().await?;
            let handle = tx.community(id);
            if !handle.move_search_cursor(from, last.seq).await? {
                break;
            }
            for found in &found {
                match found {
                    Found::Item(item) => handle.index(item).await?,
                    Found::Gone(subject) => handle.unindex(subject).await?,
                }
            }
            tx.commit().await?;
            n_read += entries.len();
            if entries.len() < ENTRIES as usize {
                break;
            }
        }
    }
    Ok(n_read)
}

/// What an entry means for the index.
enum Found {
    Item(SearchItem),
    Gone(String),
}

async fn item(store: &CommunityStore<'_>, names: &Names, entry: &AuditEntry) -> store::Result<Vec<Found>> {
    let id = entry.subject.split_once(':').map_or("", |(_, id)| id);
    let found = match entry.kind {
        AuditKind::ActionProposed | AuditKind::ActionDecided | AuditKind::ActionHeld => match id.parse() {
            Ok(id) => action(store, names, id).await?,
            Err(_) => None,
        },
        AuditKind::PolicyAdded | AuditKind::PolicyChanged | AuditKind::PolicyRemoved | AuditKind::PolicyRecovered => {
            match id.parse() {
                Ok(id) => policy(store, id).await?,
                Err(_) => None,
            }
        }
        AuditKind::DocumentAdded
        | AuditKind::DocumentChanged
        | AuditKind::DocumentDeleted
        | AuditKind::DocumentRecovered => match id.parse() {
            Ok(id) => document(store, id).await?,
            Err(_) => None,
        },
        AuditKind::CommentWritten | AuditKind::CommentEdited | AuditKind::CommentRemoved => match id.parse() {
            Ok(id) => comment(store, names, id).await?,
            Err(_) => None,
        },
        AuditKind::RoleAdded
        | AuditKind::RoleChanged
        | AuditKind::RoleDeleted
        | AuditKind::MemberJoined
        | AuditKind::MemberLeft
        | AuditKind::CommunityFounded
        | AuditKind::CommunityChanged
        | AuditKind::ConnectionAdded
        | AuditKind::ConnectionRemoved => Some(Found::Item(log_line(entry))),
        _ => None,
    };
    Ok(found.into_iter().collect())
}

async fn action(store: &CommunityStore<'_>, names: &Names, id: ActionId) -> store::Result<Option<Found>> {
    let Some(stored) = store.action(id).await? else { return Ok(None) };
    let action = &stored.action;
    let proposals = store.proposals_of(&[id]).await?;
    let leading = proposals.iter().find(|proposal| proposal.ask.is_some()).or_else(|| proposals.first());
    let leads_to = leading.map_or_else(|| format!("action:{id}"), |proposal| format!("proposal:{}", proposal.id));
    let fields = sentence::payload_in_words(&action.kind, &action.payload, &types::Json::default(), names);
    let words: Vec<String> = fields.into_iter().map(|field| field.value).chain([action.reason.clone()]).collect();
    Ok(Some(Found::Item(SearchItem {
        kind: FoundKind::Proposal.word().to_owned(),
        subject: format!("action:{id}"),
        leads_to,
        gate: action.kind.to_string(),
        title: sentence::title(&action.kind, &action.payload, names),
        body: words.join("\n"),
        at: action.decided_at.unwrap_or(action.created_at),
    })))
}

async fn policy(store: &CommunityStore<'_>, id: PolicyId) -> store::Result<Option<Found>> {
    let subject = format!("policy:{id}");
    let in_force = store.policies().await?.into_iter().find(|policy| policy.id == id);
    let Some(policy) = in_force else { return Ok(Some(Found::Gone(subject))) };
    Ok(Some(Found::Item(SearchItem {
        kind: FoundKind::Policy.word().to_owned(),
        leads_to: subject.clone(),
        subject,
        gate: String::new(),
        title: policy.draft.name.clone(),
        body: format!("{}\n{}", policy.draft.description, policy.draft.source),
        at: policy.created_at,
    })))
}

async fn document(store: &CommunityStore<'_>, id: DocumentId) -> store::Result<Option<Found>> {
    let subject = format!("document:{id}");
    let Some(document) = store.document(id).await?.filter(|document| document.is_active) else {
        return Ok(Some(Found::Gone(subject)));
    };
    Ok(Some(Found::Item(SearchItem {
        kind: FoundKind::Document.word().to_owned(),
        leads_to: subject.clone(),
        subject,
        gate: String::new(),
        title: document.name,
        body: document.text,
        at: document.written_at,
    })))
}

async fn comment(store: &CommunityStore<'_>, names: &Names, id: CommentId) -> store::Result<Option<Found>> {
    let subject = format!("comment:{id}");
    let Some(comment) = store.comment(id).await?.filter(|comment| comment.removed.is_none()) else {
        return Ok(Some(Found::Gone(subject)));
    };
    let Some(Ok(proposal)) = comment.subject.strip_prefix("proposal:").map(str::parse::<ProposalId>) else {
        return Ok(None);
    };
    let Some(proposal) = store.proposal(proposal).await? else { return Ok(None) };
    let Some(stored) = store.action(proposal.action).await? else { return Ok(None) };
    Ok(Some(Found::Item(SearchItem {
        kind: FoundKind::Comment.word().to_owned(),
        subject,
        leads_to: format!("{}#c-{id}", comment.subject),
        gate: stored.action.kind.to_string(),
        title: sentence::title(&stored.action.kind, &stored.action.payload, names),
        body: comment.text,
        at: comment.created_at,
    })))
}

/// A line of the log that names something.
fn log_line(entry: &AuditEntry) -> SearchItem {
    let name = ["name", "handle", "display_name", "platform"].into_iter().filter_map(|key| entry.body.text(key));
    let named = name.collect::<Vec<_>>().join(" ");
    let label = history::kind_label(entry.kind);
    SearchItem {
        kind: FoundKind::Log.word().to_owned(),
        subject: format!("log:{}", entry.seq),
        leads_to: entry.subject.clone(),
        gate: String::new(),
        title: format!("{label}: {named}"),
        body: entry.kind.as_str().replace(['.', '_'], " "),
        at: entry.at,
    }
}
