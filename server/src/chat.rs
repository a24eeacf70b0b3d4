//! `/polity`: what members can ask where they talk. Answers are short, for their eyes alone, and link to the page.

use anyhow::Result;
use platforms::Connection;
use store::actions::ActionFilter;
use types::{ActionStatus, CommunityId, MemberId, Timestamp};

use crate::ctx::Ctx;
use crate::views::{moment, names, sentence};

/// Most lines of a list.
const MAX_LINES: usize = 8;

/// Most open proposals that are looked through for a member's.
const MAX_OPEN: u32 = 100;

/// The help, which also answers what is not understood.
const HELP: &str = "I carry out what this community decides.\n\
    • propose: how to propose something\n\
    • ballots: what waits for your vote\n\
    • rules here: what decides about this place\n\
    • why: why the last thing you did ended as it did\n\
    • help: this";

/// Answers a command of a member.
///
/// # Errors
/// The store's failure.
pub async fn answer(ctx: &Ctx, connection: &Connection, member: MemberId, words: &str) -> Result<String> {
    let asking = Asking { ctx, community: connection.community, platform: &connection.platform, member };
    let words = words.trim().to_lowercase();
    let words: Vec<&str> = words.split_whitespace().collect();
    match words.as_slice() {
        ["propose", ..] => asking.propose().await,
        ["ballots" | "ballot" | "vote", ..] | ["my", "ballots" | "ballot", ..] => asking.ballots().await,
        ["rules", ..] => asking.rules().await,
        ["why", ..] => asking.why().await,
        [] | ["help", ..] => Ok(HELP.to_owned()),
        [other, ..] => {
            let shown: String = other.chars().take(40).collect();
            Ok(format!("I do not know “{shown}”.\n{HELP}"))
        }
    }
}

/// Who asks, and where.
struct Asking<'a> {
    ctx: &'a Ctx,
    community: CommunityId,
    platform: &'a str,
    member: MemberId,
}

impl Asking<'_> {
    async fn page(&self, path: &str) -> Result<String> {
        let community = self.ctx.store.community(self.community).community().await?;
        let slug = community.map(|community| community.slug).unwrap_or_default();
        Ok(format!("{}/c/{slug}{path}", self.ctx.config.public_url()))
    }

    async fn propose(&self) -> Result<String> {
        let page = self.page("/propose").await?;
        Ok(format!("Propose anything at {page}\nWhat you do here that a rule speaks of becomes a proposal by itself."))
    }

    /// What waits for the member's vote, the most urgent first.
    async fn ballots(&self) -> Result<String> {
        let store = self.ctx.store.community(self.community);
        let now = self.ctx.clock.now();
        let mut waiting = store.open_proposals(MAX_OPEN).await?;
        waiting.retain(|proposal| {
            proposal.ask.as_ref().is_some_and(|ask| {
                let is_asked = ask.eligible.as_ref().is_none_or(|eligible| eligible.contains(&self.member));
                is_asked && ask.closes.is_none_or(|closes| now <= closes)
            })
        });
        let ids: Vec<_> = waiting.iter().map(|proposal| proposal.id).collect();
        let voted = store.voted_on(self.member, &ids).await?;
        waiting.retain(|proposal| !voted.contains(&proposal.id));
        if waiting.is_empty() {
            return Ok("Nothing waits for your vote.".to_owned());
        }
        let closes = |proposal: &store::proposals::StoredProposal| {
            proposal.ask.as_ref().and_then(|ask| ask.closes).unwrap_or(Timestamp(i64::MAX))
        };
        waiting.sort_by_key(closes);
        let mut lines = vec![format!("{} waiting for your vote:", waiting.len())];
        for proposal in waiting.iter().take(MAX_LINES) {
            let question = proposal.ask.as_ref().map(|ask| ask.text.as_str()).filter(|text| !text.is_empty());
            let until = proposal.ask.as_ref().and_then(|ask| ask.closes);
            let until = until.map(|at| format!(", until {}", moment::words(at))).unwrap_or_default();
            let page = self.page(&format!("/proposals/{}", proposal.id)).await?;
            lines.push(format!("• {}{until}: {page}", short(question.unwrap_or("A decision"))));
        }
        Ok(lines.join("\n"))
    }

    /// The policies that speak of this platform.
    async fn rules(&self) -> Result<String> {
        let store = self.ctx.store.community(self.community);
        let here = format!("{}.", self.platform);
        let policies = store.policies().await?;
        let speaks = |pattern: &String| pattern == "*" || pattern.starts_with(&here);
        let mut lines: Vec<String> = policies
            .iter()
            .filter(|policy| policy.draft.action_types.iter().any(speaks))
            .take(MAX_LINES)
            .map(|policy| {
                let kinds: Vec<&str> =
                    policy.draft.action_types.iter().filter(|kind| speaks(kind)).map(String::as_str).collect();
                format!("• {}: {}", short(&policy.draft.name), short(&kinds.join(", ")))
            })
            .collect();
        if lines.is_empty() {
            lines.push("No rule speaks of this place: everything goes ahead.".to_owned());
        }
        lines.push(format!("All rules: {}", self.page("/policies").await?));
        Ok(lines.join("\n"))
    }

    /// Why the last thing that the member attempted and that was decided ended as it did.
    async fn why(&self) -> Result<String> {
        let store = self.ctx.store.community(self.community);
        let filter = ActionFilter { initiator: Some(self.member), limit: 20, ..ActionFilter::default() };
        let actions = store.actions(&filter).await?;
        let Some(action) = actions.into_iter().map(|stored| stored.action).next() else {
            return Ok("You have not attempted anything that a rule speaks of.".to_owned());
        };
        let snapshot = self.ctx.snapshots.of(&store).await?;
        let names = snapshot.map(|snapshot| names::of(&snapshot)).unwrap_or_default();
        let what = sentence::title(&action.kind, &action.payload, &names);
        let how = match action.status {
            ActionStatus::Proposed => "is being decided",
            ActionStatus::Held => "is held",
            ActionStatus::Passed => "passed",
            ActionStatus::Failed => "did not pass",
            ActionStatus::Executed => "passed and was carried out",
            ActionStatus::Reverted => "did not pass and was undone",
        };
        let why = if action.reason.is_empty() { String::new() } else { format!(": {}", action.reason) };
        let page = self.page(&format!("/actions/{}", action.id)).await?;
        let page = match store.proposals_of(&[action.id]).await?.first() {
            Some(proposal) => self.page(&format!("/proposals/{}", proposal.id)).await?,
            None => page,
        };
        Ok(format!("“{}” {how}{}.\n{page}", short(&what), short(&why)))
    }
}

/// A text as far as a line of chat takes it.
fn short(text: &str) -> String {
    let line = text.replace('\n', " ");
    if line.chars().count() <= 200 { line } else { line.chars().take(199).chain(['…']).collect() }
}
