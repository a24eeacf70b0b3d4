//! The board of the invented community.

use app::api::{
    board::{BoardView, ChannelLine, ChannelView, PendingView, PostView, Reaction, ReactionView},
    words::Standing,
};
use types::ChannelId;

use super::{at, id, people::person, proposals};

const CHANNELS: [(u32, &str); 5] = [(1, "announcements"), (2, "general"), (3, "random"), (4, "repairs"), (5, "swaps")];

/// The board with a channel open; none where there is no such channel.
pub fn board(wanted: Option<&str>, said: &[String], reacted: &[Reaction], may: bool) -> Option<BoardView> {
    let lines =
        CHANNELS.map(|(n, name)| ChannelLine { id: id(n), name: name.to_owned(), n_pending: u32::from(n == 3) });
    let current = match wanted {
        None => lines.get(1),
        Some(wanted) => lines.iter().find(|line| line.name == wanted || line.id.to_string() == wanted),
    }?;
    let mut posts = if current.name == "repairs" { Vec::new() } else { story() };
    let own = said.iter().zip(100_u32..).map(|(text, n)| post(n, Some("leila"), "2026-11-22T10:37:00Z", text));
    if current.name == "general" {
        posts.extend(own);
    }
    for reaction in reacted {
        apply(&mut posts, reaction);
    }
    Some(BoardView {
        channels: lines.to_vec(),
        current: Some(ChannelView {
            id: current.id,
            name: current.name.clone(),
            topic: "What happens in the workshop, and who needs a hand".to_owned(),
            has_older: posts.len() > 4,
            posts,
            pending: pending(current.id),
            may_post: may,
            may_rename: may,
            may_set_topic: may,
            is_archived: current.name == "announcements",
        }),
        may_create: may,
        attempt_key: format!("key-{}", said.len()),
        outcome: None,
    })
}

fn pending(channel: ChannelId) -> Vec<PendingView> {
    if channel != id(3) {
        return Vec::new();
    }
    vec![PendingView {
        proposal: id(proposals::RENAME),
        sentence: "Tomasz Wilk wants to rename #random to #tool-chat".to_owned(),
        standing: Standing::Open,
        note: "1 of 2 jurors has agreed.".to_owned(),
        at: at("2026-11-22T09:47:00Z"),
    }]
}

fn apply(posts: &mut [PostView], reaction: &Reaction) {
    let Some(post) = posts.iter_mut().find(|post| post.id == reaction.post) else { return };
    match post.reactions.iter_mut().find(|given| given.emoji == reaction.emoji) {
        Some(given) if given.mine != reaction.on => {
            given.mine = reaction.on;
            given.count = if reaction.on { given.count + 1 } else { given.count.saturating_sub(1) };
        }
        Some(_) => {}
        None if reaction.on => {
            post.reactions.push(ReactionView {
                emoji: reaction.emoji.clone(),
                count: 1,
                mine: true,
                ..ReactionView::default()
            });
        }
        None => {}
    }
    post.reactions.retain(|given| given.count > 0 || !given.meaning.is_empty());
}

fn post(n: u32, author: Option<&str>, when: &str, text: &str) -> PostView {
    PostView {
        id: id(n),
        author: author.map(person),
        at: at(when),
        text: text.to_owned(),
        edited_at: None,
        removed: None,
        is_pinned: false,
        reactions: Vec::new(),
        proposal: None,
        answers: None,
    }
}

fn story() -> Vec<PostView> {
    let reaction = |emoji: &str, meaning: &str, count, mine| ReactionView {
        emoji: emoji.to_owned(),
        meaning: meaning.to_owned(),
        count,
        mine,
    };
    vec![
        PostView {
            is_pinned: true,
            ..post(
                1,
                Some("amara"),
                "2026-11-20T08:00:00Z",
                "The band saw is back from the repair. Please let it run for a minute before you cut.",
            )
        },
        PostView {
            reactions: vec![reaction("👍", "", 4, true), reaction("🎉", "", 1, false)],
            ..post(
                2,
                Some("tomasz"),
                "2026-11-22T09:31:00Z",
                "Thank you! I will be there on Tuesday.\nDoes anyone have the 13 mm bit?",
            )
        },
        PostView {
            proposal: Some(id(proposals::RENAME)),
            reactions: vec![reaction("👍", "Agree", 1, false), reaction("👎", "Disagree", 0, false)],
            ..post(
                3,
                None,
                "2026-11-22T09:47:00Z",
                "Tomasz Wilk wants to rename #random to #tool-chat. Leila, Priya and Kwame, you were drawn by lot: do you agree?",
            )
        },
        PostView {
            answers: Some("Does anyone have the 13 mm bit?".to_owned()),
            edited_at: Some(at("2026-11-22T09:58:00Z")),
            ..post(4, Some("olek"), "2026-11-22T09:55:00Z", "In the second drawer, where it always is.")
        },
        PostView {
            text: String::new(),
            removed: Some("Taken down by a jury of three: it was an advertisement.".to_owned()),
            ..post(5, Some("jw"), "2026-11-22T10:02:00Z", "")
        },
    ]
}
