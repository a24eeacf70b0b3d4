//! From the audit log to what members are told.

use std::collections::BTreeSet;

use app::api::notice::NoticeEvent;
use store::CommunityStore;
use store::audit::AuditQuery;
use store::communities::Community;
use types::audit::AuditEntry;
use types::member::Right;
use types::{Action, ActionId, AuditKind, MemberId, ProposalId};

use super::tell::{Told, tell};
use crate::ctx::Ctx;
use crate::live::{Change, Topic};
use crate::views::roster::Roster;
use crate::views::sentence::{self, Names};
use crate::views::{moment, names, scene};

/// Communities of one turn.
const COMMUNITIES: u32 = 64;

/// Entries that are read at once.
const ENTRIES: u32 = 250;

/// Reads what the logs say since the last turn, and tells it. The answer is how many entries were read.
///
/// # Errors
/// The store's failure; the entries are read again in the next turn.
///
/// # Idempotency
/// The place in the log moves in the transaction that tells, and one origin is told once.
pub async fn gather(ctx: &Ctx) -> anyhow::Result<usize> {
    let mut n_read = 0;
    for id in ctx.store.system().unread_logs(COMMUNITIES).await? {
        let store = ctx.store.community(id);
        let Some(community) = store.community().await? else { continue };
        loop {
            let from = store.notice_cursor().await?;
            let query = AuditQuery { after: from, limit: ENTRIES, ..AuditQuery::default() };
            let entries = store.audit_entries(&query).await?;
            let Some(last) = entries.last() else { break };
            let told = Reader::open(ctx, &community).await?.read(&entries).await?;
            let tx = ctx.store.begin().await?;
            let handle = tx.community(id);
            if !handle.move_notice_cursor(from, last.seq).await? {
                // Another process is at it.
                break;
            }
            let mut n_told = 0;
            for one in &told {
                n_told += tell(&handle, &*ctx.ids, one).await?;
            }
            tx.commit().await?;
            n_read += entries.len();
            if n_told > 0 {
                ctx.live.tell(id, Change::all(Topic::Notice));
                ctx.wake.deliver.notify_one();
            }
            if entries.len() < ENTRIES as usize {
                break;
            }
        }
    }
    Ok(n_read)
}

/// Reads a community's log with its people and names at hand.
struct Reader<'c> {
    store: CommunityStore<'c>,
    community: &'c Community,
    roster: Roster,
    names: Names,
}

impl<'c> Reader<'c> {
    async fn open(ctx: &'c Ctx, community: &'c Community) -> store::Result<Self> {
        let store = ctx.store.community(community.id);
        let present = store.roster(None).await?;
        let roster = Roster::new(present.members, present.roles, store.permissions().await?);
        let names = ctx.snapshots.of(&store).await?.map(|snapshot| names::of(&snapshot)).unwrap_or_default();
        Ok(Self { store, community, roster, names })
    }

    async fn read(&self, entries: &[AuditEntry]) -> store::Result<Vec<Told>> {
        let mut told = Vec::new();
        for entry in entries {
            told.extend(self.entry(entry).await?);
        }
        Ok(told)
    }

    /// What one entry means for whom.
    async fn entry(&self, entry: &AuditEntry) -> store::Result<Vec<Told>> {
        match entry.kind {
            AuditKind::ProposalAsked => self.asked(entry).await,
            AuditKind::ActionDecided | AuditKind::ActionHeld => self.decided(entry).await,
            AuditKind::CommentWritten => self.commented(entry).await,
            AuditKind::RoleGranted | AuditKind::RoleRevoked => Ok(self.role(entry)),
            AuditKind::PolicyAdded
            | AuditKind::PolicyChanged
            | AuditKind::PolicyAdjusted
            | AuditKind::PolicyRemoved
            | AuditKind::PolicyRecovered
            | AuditKind::DocumentAdded
            | AuditKind::DocumentChanged
            | AuditKind::DocumentDeleted
            | AuditKind::DocumentRecovered => self.rules(entry).await,
            _ => Ok(Vec::new()),
        }
    }

    fn told(&self, entry: &AuditEntry, event: NoticeEvent, to: BTreeSet<MemberId>, text: String) -> Told {
        Told {
            to,
            event,
            subject: entry.subject.clone(),
            origin: Some(format!("{}:{}", self.community.id, entry.seq)),
            text,
            at: entry.at,
            slug: self.community.slug.clone(),
        }
    }

    /// The present members among `ids` who may see the action.
    fn who_may_see(&self, ids: impl IntoIterator<Item = MemberId>, action: &Action) -> BTreeSet<MemberId> {
        let sees = |id: &MemberId| {
            let member = self.roster.member(*id).filter(|member| !member.is_bot);
            member.is_some_and(|member| self.roster.may(Some(member), Right::View, &action.kind))
        };
        ids.into_iter().filter(sees).collect()
    }

    fn title(&self, action: &Action) -> String {
        sentence::title(&action.kind, &action.payload, &self.names)
    }

    async fn asked(&self, entry: &AuditEntry) -> store::Result<Vec<Told>> {
        let Some(id) = id_of::<ProposalId>(entry, "proposal") else { return Ok(Vec::new()) };
        let Some(proposal) = self.store.proposal(id).await? else { return Ok(Vec::new()) };
        let Some(stored) = self.store.action(proposal.action).await? else { return Ok(Vec::new()) };
        let named: Option<Vec<MemberId>> =
            entry.body.get("eligible").and_then(|list| serde_json::from_value(list.clone()).ok());
        let everybody = || self.roster.voters().map(|member| member.id).collect();
        let to = self.who_may_see(named.unwrap_or_else(everybody), &stored.action);
        let title = self.title(&stored.action);
        let closes = entry.body.get("closes").and_then(|at| serde_json::from_value(at.clone()).ok());
        let text = match closes {
            Some(closes) => format!("Your vote is asked for: {title}. The vote closes on {}.", moment::words(closes)),
            None => format!("Your vote is asked for: {title}."),
        };
        // Asking again only moves the close: who was asked once is not asked once more.
        let origin = Some(format!("asked:{id}"));
        Ok(vec![Told { origin, ..self.told(entry, NoticeEvent::Asked, to, text) }])
    }

    async fn decided(&self, entry: &AuditEntry) -> store::Result<Vec<Told>> {
        let Some(id) = id_of::<ActionId>(entry, "action") else { return Ok(Vec::new()) };
        let Some(stored) = self.store.action(id).await? else { return Ok(Vec::new()) };
        let action = &stored.action;
        let proposals = self.store.proposals_of(&[id]).await?;
        let mut to: Vec<MemberId> = action.initiator.into_iter().collect();
        let was_asked = proposals.iter().any(|proposal| proposal.ask.is_some());
        let has_passed = entry.body.text("verdict") == Some("passed");
        if has_passed && !was_asked {
            // What simply went through is seen where it happened.
            return Ok(Vec::new());
        }
        if entry.kind == AuditKind::ActionDecided {
            for proposal in &proposals {
                let ballots = self.store.ballots(proposal.id).await?;
                to.extend(ballots.iter().filter_map(|ballot| ballot.member));
            }
        }
        let title = self.title(action);
        let reason = scene::sentence_of(entry.body.text("reason").unwrap_or_default());
        let text = match (entry.kind, has_passed) {
            (AuditKind::ActionHeld, _) => format!("Held: {title}. {reason}"),
            (_, true) => format!("Passed: {title}. {reason}"),
            (_, false) => format!("Failed: {title}. {reason}"),
        };
        let leading = proposals.iter().find(|proposal| proposal.ask.is_some()).or_else(|| proposals.first());
        let subject = leading.map_or_else(|| entry.subject.clone(), |proposal| format!("proposal:{}", proposal.id));
        let to = self.who_may_see(to, action);
        Ok(vec![Told { subject, ..self.told(entry, NoticeEvent::Decided, to, text.trim().to_owned()) }])
    }

    async fn commented(&self, entry: &AuditEntry) -> store::Result<Vec<Told>> {
        let about = entry.body.text("about").unwrap_or_default().to_owned();
        let Some(Ok(id)) = about.strip_prefix("proposal:").map(str::parse::<ProposalId>) else {
            return Ok(Vec::new());
        };
        let Some(proposal) = self.store.proposal(id).await? else { return Ok(Vec::new()) };
        let Some(stored) = self.store.action(proposal.action).await? else { return Ok(Vec::new()) };
        let types::audit::Actor::Member(author) = entry.actor else { return Ok(Vec::new()) };
        let who = self.roster.person(author).map_or_else(|| "A former member".to_owned(), |person| person.name);
        let title = self.title(&stored.action);
        let mentions: Vec<MemberId> =
            entry.body.get("mentions").and_then(|list| serde_json::from_value(list.clone()).ok()).unwrap_or_default();
        let mut mentioned = self.who_may_see(mentions, &stored.action);
        mentioned.remove(&author);
        let mut others: Vec<MemberId> = stored.action.initiator.into_iter().collect();
        if let Some(parent) = entry.body.text("parent") {
            let thread = self.store.comments(&about, 1_000).await?;
            let in_thread = thread.iter().filter(|comment| {
                comment.id.to_string() == parent || comment.parent.is_some_and(|id| id.to_string() == parent)
            });
            others.extend(in_thread.map(|comment| comment.author));
        }
        let mut others = self.who_may_see(others, &stored.action);
        others.remove(&author);
        others.retain(|member| !mentioned.contains(member));
        let about_it = |event, to, text: String| Told { subject: about.clone(), ..self.told(entry, event, to, text) };
        Ok(vec![
            about_it(NoticeEvent::Mention, mentioned, format!("{who} mentioned you in the discussion of: {title}.")),
            about_it(NoticeEvent::Comment, others, format!("{who} wrote in the discussion of: {title}.")),
        ])
    }

    fn role(&self, entry: &AuditEntry) -> Vec<Told> {
        let members: Vec<MemberId> =
            entry.body.get("members").and_then(|list| serde_json::from_value(list.clone()).ok()).unwrap_or_default();
        let to: BTreeSet<MemberId> = members.into_iter().filter(|id| self.roster.member(*id).is_some()).collect();
        let id = entry.subject.strip_prefix("role:").unwrap_or_default();
        let role = self.roster.roles.iter().find(|role| role.id.to_string() == id);
        let name = role.map(|role| role.name.clone()).or_else(|| entry.body.text("name").map(str::to_owned));
        let Some(name) = name else { return Vec::new() };
        let text = match entry.kind {
            AuditKind::RoleGranted => format!("You now hold the role {name}."),
            _ => format!("You no longer hold the role {name}."),
        };
        vec![self.told(entry, NoticeEvent::Role, to, text)]
    }

    async fn rules(&self, entry: &AuditEntry) -> store::Result<Vec<Told>> {
        let name = match entry.subject.split_once(':') {
            Some(("policy", id)) => match id.parse() {
                Ok(id) => self.store.policy(id).await?.map(|policy| policy.draft.name),
                Err(_) => None,
            },
            Some(("document", id)) => match id.parse() {
                Ok(id) => self.store.document(id).await?.map(|document| document.name),
                Err(_) => None,
            },
            _ => None,
        };
        let Some(name) = name else { return Ok(Vec::new()) };
        let text = match entry.kind {
            AuditKind::PolicyAdded => format!("A new policy is in force: “{name}”."),
            AuditKind::PolicyChanged => format!("The policy “{name}” has a new version."),
            AuditKind::PolicyAdjusted => format!("The policy “{name}” was adjusted."),
            AuditKind::PolicyRemoved => format!("The policy “{name}” is no longer in force."),
            AuditKind::PolicyRecovered => format!("The policy “{name}” is in force again."),
            AuditKind::DocumentAdded => format!("A new document was adopted: “{name}”."),
            AuditKind::DocumentChanged => format!("The document “{name}” was changed."),
            AuditKind::DocumentDeleted => format!("The document “{name}” is no longer in force."),
            _ => format!("The document “{name}” is in force again."),
        };
        let to = self.roster.voters().filter(|member| member.joined_at <= entry.at).map(|member| member.id).collect();
        Ok(vec![self.told(entry, NoticeEvent::Rules, to, text)])
    }
}

/// The id in an entry's subject.
fn id_of<T: std::str::FromStr>(entry: &AuditEntry, of: &str) -> Option<T> {
    let (kind, id) = entry.subject.split_once(':')?;
    if kind == of { id.parse().ok() } else { None }
}
