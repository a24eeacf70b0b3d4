//! The posts of a channel, and what people think of them.

use leptos::prelude::*;

use super::Doing;
use crate::{
    api::board::{ChannelView, PostView, ReactionView},
    components::{avatar::avatar, badge::plain_badge, empty::empty, icon::icon, when::when},
    contexts::community_context::Place,
};

/// Reactions one may always give.
const USUAL: [&str; 3] = ["👍", "👎", "❤️"];

/// All posts, oldest first.
pub fn posts(channel: &ChannelView, place: &Place, doing: Doing) -> AnyView {
    if channel.posts.is_empty() {
        return empty("message-square", "Nothing said here yet.", "The first post starts the conversation.").into_any();
    }
    let older =
        channel.has_older.then(|| view! { <p class="tiny subtle older">"Older posts are in the audit log."</p> });
    let posts = channel.posts.iter().map(|each| post(each, channel, place, doing)).collect_view();
    view! {
        {older}
        <ol class="posts" aria-label="Posts">
            {posts}
        </ol>
    }
    .into_any()
}

fn post(post: &PostView, channel: &ChannelView, place: &Place, doing: Doing) -> AnyView {
    let (picture, name) = match &post.author {
        Some(author) => (avatar(author, "").into_any(), author.name.clone()),
        None => (
            view! { <span class="avatar rule-avatar" aria-hidden="true">{icon("scale")}</span> }.into_any(),
            "Polity".to_owned(),
        ),
    };
    let answers = post.answers.clone().map(|words| view! { <p class="tiny subtle">"In answer to “" {words} "”"</p> });
    let body = match &post.removed {
        Some(why) => view! { <p class="removed">{icon("undo-2")} " " {why.clone()}</p> }.into_any(),
        None => view! { <p class="post-text" dir="auto">{post.text.clone()}</p> }.into_any(),
    };
    let proposal = post.proposal.map(|id| {
        view! {
            <p class="small">
                <a href=place.href(&format!("proposals/{id}"))>{icon("vote")} " See the proposal"</a>
            </p>
        }
    });
    let edited = post.edited_at.map(|_| view! { <span class="tiny subtle">"edited"</span> });
    let reactions = post.removed.is_none().then(|| reactions(post, channel, place, doing));
    view! {
        <li class="post" id=format!("post-{}", post.id)>
            {picture} <div class="grow">
                <p class="post-head">
                    <b>
                        <bdi>{name}</bdi>
                    </b>
                    " "
                    <span class="tiny subtle">{when(post.at, place.now)}</span>
                    " "
                    {edited}
                    {post.is_pinned.then(|| plain_badge("Pinned"))}
                </p>
                {answers}
                {body}
                {proposal}
                {reactions}
            </div>
        </li>
    }
    .into_any()
}

/// The reactions given, and the usual ones to give.
fn reactions(post: &PostView, channel: &ChannelView, place: &Place, doing: Doing) -> AnyView {
    let may = place.frame.membership.is_some() && !channel.is_archived;
    let missing = USUAL.iter().filter(|usual| !post.reactions.iter().any(|given| given.emoji == **usual));
    let to_give = missing.map(|emoji| ReactionView { emoji: (*emoji).to_owned(), ..ReactionView::default() });
    let given = post.reactions.iter().map(|each| reaction(each, post, place, doing, may)).collect_view();
    let more = may.then(|| {
        let buttons = to_give.map(|each| reaction(&each, post, place, doing, true)).collect_view();
        view! {
            <details class="add-reaction">
                <summary aria-label="Add a reaction">{icon("smile-plus")}</summary>
                <div class="row gap-1">{buttons}</div>
            </details>
        }
    });
    if post.reactions.is_empty() && !may {
        return ().into_any();
    }
    view! { <div class="reactions">{given} {more}</div> }.into_any()
}

fn reaction(each: &ReactionView, post: &PostView, place: &Place, doing: Doing, may: bool) -> AnyView {
    let count = (each.count > 0).then(|| view! { <span class="num">{each.count.to_string()}</span> });
    let meaning = (!each.meaning.is_empty()).then(|| view! { <span>{each.meaning.clone()}</span> });
    let class = if each.mine { "chip reaction on" } else { "chip reaction" };
    if !may {
        return view! { <span class=class>{each.emoji.clone()} {meaning} {count}</span> }.into_any();
    }
    let label = match (each.mine, each.meaning.is_empty()) {
        (true, _) => format!("Take back {}", each.emoji),
        (false, true) => format!("React with {}", each.emoji),
        (false, false) => format!("{} {}", each.emoji, each.meaning),
    };
    let label = format!("{label}, {} so far", each.count);
    let (slug, post) = (place.frame.slug.clone(), post.id.to_string());
    let (emoji, shown) = (each.emoji.clone(), each.emoji.clone());
    let (next, pressed) = ((!each.mine).to_string(), each.mine.to_string());
    view! {
        <ActionForm action=doing.react>
            <input type="hidden" name="slug" value=slug />
            <input type="hidden" name="post" value=post />
            <input type="hidden" name="emoji" value=emoji />
            <input type="hidden" name="on" value=next />
            <button class=class type="submit" aria-pressed=pressed aria-label=label>
                {shown}
                {meaning}
                {count}
            </button>
        </ActionForm>
    }
    .into_any()
}
