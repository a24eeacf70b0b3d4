//! The demo community: a month in the life of a garden, played through the real pipeline.
//!
//! Nothing here is written into tables directly. Members attempt things, policies decide, jurors vote, and the demo's clock is
//! moved from event to event, so that what a newcomer sees is what Polity does.

use std::time::Duration;

use anyhow::{Context, Result, bail};
use app::api::discussion::SUPPORT;
use serde_json::{Value, json};
use types::{ActionId, BallotValue, CommentId, CommunityId, Json, Origin, ProposalId, ProposalStatus};

use crate::ctx::Ctx;
use crate::discussion::{Discussion, Saying};
use crate::pipeline::{self, Attempt, Cast, Founding, NewMember};
use crate::views::roster::Roster;

/// The demo community's address.
pub const SLUG: &str = "fern-valley";

/// How long ago the garden was founded.
const FOUNDED_AGO: Duration = Duration::from_secs(30 * 24 * 3600);

/// The gardeners: handle and name. The first one founded it.
const GARDENERS: [(&str, &str); 14] = [
    ("ada", "Ada Lindqvist"),
    ("ben", "Ben Okafor"),
    ("cleo", "Cleo Marchetti"),
    ("dara", "Dara Haddad"),
    ("emre", "Emre Yıldız"),
    ("fatou", "Fatou Diallo"),
    ("gus", "Gus Petersen"),
    ("hana", "Hana Sato"),
    ("ines", "Inês Carvalho"),
    ("jonas", "Jonas Weber"),
    ("kavi", "Kavi Raman"),
    ("lucia", "Lucía Ortega"),
    ("mei", "Mei Lin"),
    ("noor", "Noor van Dijk"),
];

/// A vote with its reason.
type Vote = (bool, &'static str);

/// Makes the demo community if the database has none.
///
/// # Errors
/// Where the store, the workers or the pipeline refuse: nothing about the demo is best-effort.
pub async fn seed(ctx: &Ctx) -> Result<()> {
    if ctx.store.system().community_by_slug(SLUG).await?.is_some() {
        return Ok(());
    }
    let clock = ctx.demo.clone().context("the demo community needs the demo's clock")?;
    clock.rewind(FOUNDED_AGO);
    let garden = Garden::found(ctx).await?;
    garden.first_week().await?;
    garden.rules_and_roles().await?;
    garden.open_now().await?;
    // Whatever is left of the month.
    pipeline::pass_time(ctx, clock.behind()).await
}

/// The community while its month is played.
struct Garden<'c> {
    ctx: &'c Ctx,
    id: CommunityId,
}

impl<'c> Garden<'c> {
    async fn found(ctx: &'c Ctx) -> Result<Self> {
        let founding = Founding {
            slug: SLUG.parse()?,
            name: "Fern Valley Garden".to_owned(),
            description: "Forty plots, one tool shed, and a compost heap with opinions.".to_owned(),
            starter_kit: "jury".to_owned(),
            settings: Json(json!({})),
        };
        let id = pipeline::found(ctx, founding).await?;
        let garden = Self { ctx, id };
        for (handle, display_name) in GARDENERS {
            garden.admit(handle, display_name).await?;
        }
        Ok(garden)
    }

    async fn first_week(&self) -> Result<()> {
        for (name, topic) in [
            ("seeds", "What to sow, and when"),
            ("tool-shed", "Who has the wheelbarrow?"),
            ("random", "Everything else"),
            ("harvest-swap", "Too many courgettes? So has everyone"),
        ] {
            self.attempt("ada", "board.create_channel", json!({ "name": name, "topic": topic })).await?;
        }
        self.post("ada", "general", "Welcome to the garden's new home. From today we decide things here: three of us, drawn by lot, for every rule.").await?;
        self.hours(3).await?;
        self.post("kavi", "general", "So anyone can end up on the jury? Even me, who killed the mint?").await?;
        self.post("mei", "general", "Especially you. Nobody kills mint by accident.").await?;
        self.post("hana", "seeds", "The broad beans can go in now. Two knuckles deep, eye down.").await?;
        self.days(1).await?;
        let rules = "# House rules\n\n1. Water before ten or after six.\n2. Tools go back clean.\n3. Paths stay free.\n4. Whoever starts a compost argument turns the compost.\n";
        let document =
            self.attempt("ada", "constitution.add_document", json!({ "name": "House rules", "text": rules })).await?;
        self.hours(5).await?;
        self.jury(document, &[(true, "Short enough that people will read it."), (true, "Rule 4 alone is worth it.")])
            .await?;
        self.days(2).await?;
        self.post("ben", "tool-shed", "The wheelbarrow's tyre is flat again. I have a patch, I lack the patience.")
            .await?;
        self.post("gus", "tool-shed", "I have the patience. Saturday?").await?;
        let rename = self
            .attempt("lucia", "board.rename_channel", json!({ "channel": "random", "name": "greenhouse-talk" }))
            .await?;
        self.hours(8).await?;
        self.jury(
            rename,
            &[
                (true, "That is where the talking happens."),
                (false, "“random” was fine."),
                (true, "Friendlier for newcomers."),
            ],
        )
        .await?;
        self.days(2).await
    }

    async fn rules_and_roles(&self) -> Result<()> {
        let steward = json!({ "name": "Steward", "description": "Keeps the keys, the rota and the peace.",
            "permissions": [{ "action_type": "board.pin_message", "right": "execute" }, { "action_type": "board.remove_message", "right": "execute" }] });
        let role = self.attempt("emre", "constitution.add_role", steward).await?;
        self.hours(20).await?;
        self.jury(role, &[(true, "Somebody must have the keys."), (true, "As long as it rotates.")]).await?;
        let assign = self
            .attempt("emre", "constitution.assign_role", json!({ "role": "Steward", "members": ["fatou", "jonas"] }))
            .await?;
        self.hours(9).await?;
        self.jury(assign, &[(true, "Fatou opened the shed every morning since March."), (true, "Both, gladly.")])
            .await?;
        self.days(3).await?;
        // Nobody on this jury agrees in time: the proposal fails by its deadline, and says so.
        let stalled = self
            .attempt("jonas", "board.rename_channel", json!({ "channel": "seeds", "name": "seeds-and-grudges" }))
            .await?;
        self.hours(4).await?;
        self.jury(stalled, &[(false, "The grudges have their own channel.")]).await?;
        self.days(3).await?;
        let filter = json!({ "name": "No swear words", "layer": "platform", "action_types": ["board.post_message"],
            "description": "A message with a word from the community's list is not posted.",
            "source": shipped("word-filter")?, "settings": { "words": ["blast", "damnation"] } });
        let filter = self.attempt("ines", "constitution.add_policy", filter).await?;
        self.hours(7).await?;
        self.jury(filter, &[(true, "The children read along."), (true, "Mild words, mild rule.")]).await?;
        self.hours(30).await?;
        self.post("gus", "tool-shed", "Blast this tyre. Blast it twice.").await?;
        self.hours(1).await?;
        self.post("gus", "tool-shed", "I am told by the rules that I am merely disappointed in the tyre.").await?;
        self.days(2).await?;
        let rota = "# Watering rota\n\n| day | morning | evening |\n|---|---|---|\n| Mon | Hana | Kavi |\n| Wed | Noor | Dara |\n| Fri | Cleo | Ben |\n\nSwap freely; say so in #general.\n";
        let rota =
            self.attempt("hana", "constitution.add_document", json!({ "name": "Watering rota", "text": rota })).await?;
        self.hours(6).await?;
        self.jury(rota, &[(true, "Finally."), (true, "I keep forgetting Wednesdays. Help me.")]).await?;
        self.days(2).await?;
        let change = json!({ "document": "House rules", "text": "# House rules\n\n1. Water whenever you like.\n2. Tools go back.\n" });
        let change = self.attempt("kavi", "constitution.change_document", change).await?;
        self.hours(10).await?;
        self.jury(change, &[(false, "Midday watering burns the leaves."), (false, "And where did rule 4 go?")]).await?;
        self.days(3).await
    }

    /// What is open when a newcomer arrives.
    async fn open_now(&self) -> Result<()> {
        self.post("noor", "harvest-swap", "Nine courgettes by the gate. Please. I beg you.").await?;
        let behind = self.ctx.demo.as_ref().map_or(Duration::ZERO, |clock| clock.behind());
        let until_a_day_ago = behind.saturating_sub(Duration::from_secs(26 * 3600));
        self.wait(until_a_day_ago).await?;
        let swap = self
            .attempt("noor", "board.rename_channel", json!({ "channel": "harvest-swap", "name": "free-courgettes" }))
            .await?;
        self.hours(9).await?;
        self.jury(swap, &[(true, "Truth in advertising.")]).await?;
        self.hours(13).await?;
        let guide =
            "# Compost, briefly\n\nGreen and brown in equal parts. No bread, no cooked food, no opinions on bread.\n";
        let guide =
            self.attempt("dara", "constitution.add_document", json!({ "name": "Compost guide", "text": guide })).await?;
        let no_bread = self.say("gus", guide, "against", None, "No **bread**? The bread is how the worms know that I care.").await?;
        self.say("hana", guide, "for", None, "Equal parts green and brown is what every book says. Short is good.").await?;
        let reply = "Bread brings rats, @gus. The worms will manage.";
        self.say("dara", guide, "", Some(no_bread), reply).await?;
        self.say("noor", guide, "neutral", None, "Does a courgette count as green? Asking for a friend with nine of them.").await?;
        self.support(no_bread, &["emre", "kavi"]).await?;
        self.post(
            "dara",
            "general",
            "I have proposed a compost guide. If you are on the jury: it is twenty words long.",
        )
        .await?;
        self.hours(2).await
    }

    async fn admit(&self, handle: &str, display_name: &str) -> Result<()> {
        let newcomer = NewMember { handle: handle.parse()?, display_name: display_name.to_owned(), roles: Vec::new() };
        pipeline::admit(self.ctx, self.id, newcomer).await?;
        self.minutes(11).await
    }

    async fn post(&self, by: &str, channel: &str, text: &str) -> Result<()> {
        self.attempt(by, "board.post_message", json!({ "channel": channel, "text": text })).await.map(|_| ())
    }

    async fn attempt(&self, by: &str, kind: &str, payload: Value) -> Result<ActionId> {
        let initiator =
            self.ctx.store.community(self.id).member_by_handle(by).await?.context("a gardener is missing")?;
        let attempt = Attempt {
            kind: kind.parse()?,
            payload: Json(payload),
            initiator: initiator.id,
            origin: Origin::Web,
            activates_at: None,
            undo: Json::default(),
        };
        let action = pipeline::attempt(self.ctx, self.id, attempt).await?;
        pipeline::run_until_quiet(self.ctx).await?;
        self.minutes(4).await?;
        Ok(action)
    }

    /// Lets the jurors of `action` vote, one after another, some time apart.
    async fn jury(&self, action: ActionId, votes: &[Vote]) -> Result<()> {
        let (proposal, jurors) = self.asked(action).await?;
        for (member, (yes, reason)) in jurors.into_iter().zip(votes) {
            let value = if *yes { BallotValue::Yes } else { BallotValue::No };
            let cast = Cast { proposal, member, value, reason: Some((*reason).to_owned()), event: None };
            pipeline::cast(self.ctx, self.id, cast).await?;
            pipeline::run_until_quiet(self.ctx).await?;
            self.minutes(95).await?;
        }
        Ok(())
    }

    /// The open proposal of an action, and whom it asks.
    async fn asked(&self, action: ActionId) -> Result<(ProposalId, Vec<types::MemberId>)> {
        let proposals = self.ctx.store.community(self.id).proposals_of(&[action]).await?;
        for proposal in proposals {
            if let (ProposalStatus::Proposed, Some(ask)) = (proposal.status, &proposal.ask) {
                return Ok((proposal.id, ask.eligible.clone().unwrap_or_default()));
            }
        }
        bail!("nobody was asked about {action}")
    }

    /// Says something about the proposal that decides on `action`.
    async fn say(
        &self,
        by: &str,
        action: ActionId,
        side: &str,
        parent: Option<CommentId>,
        text: &str,
    ) -> Result<CommentId> {
        let store = self.ctx.store.community(self.id);
        let (proposal, _) = self.asked(action).await?;
        let present = store.roster(None).await?;
        let roster = Roster::new(present.members, present.roles, store.permissions().await?);
        let member = roster.by_handle(by).cloned().context("a gardener is missing")?;
        let discussion = Discussion { ctx: self.ctx, community: self.id, roster: &roster };
        let saying = Saying { parent, side: side.to_owned(), text: text.to_owned() };
        let comment = discussion.write(&member, proposal, saying).await?;
        self.minutes(7).await?;
        Ok(comment.id)
    }

    /// Has gardeners support a comment.
    async fn support(&self, comment: CommentId, by: &[&str]) -> Result<()> {
        let store = self.ctx.store.community(self.id);
        let said = store.comment(comment).await?.context("the comment is missing")?;
        let roster = Roster::default();
        let discussion = Discussion { ctx: self.ctx, community: self.id, roster: &roster };
        for handle in by {
            let member = store.member_by_handle(handle).await?.context("a gardener is missing")?;
            discussion.react(member.id, &said, SUPPORT, true).await?;
        }
        Ok(())
    }

    async fn minutes(&self, n: u64) -> Result<()> {
        self.wait(Duration::from_secs(n * 60)).await
    }

    async fn hours(&self, n: u64) -> Result<()> {
        self.wait(Duration::from_secs(n * 3600)).await
    }

    async fn days(&self, n: u64) -> Result<()> {
        self.wait(Duration::from_secs(n * 24 * 3600)).await
    }

    /// Moves the clock, never past the present, and lets happen what falls due.
    async fn wait(&self, length: Duration) -> Result<()> {
        pipeline::pass_time(self.ctx, length).await
    }
}

fn shipped(slug: &str) -> Result<&'static str> {
    let policy = engine::shipped().iter().find(|policy| policy.slug == slug);
    policy.map(|policy| policy.source).with_context(|| format!("no shipped policy {slug}"))
}
