//! One comment, and what may be done with it.

use leptos::prelude::*;
use types::ProposalId;

use super::{
    Doing,
    forms::{edit_form, remove_form, write_form},
    supporters,
};
use crate::{
    api::discussion::{CommentView, DiscussionView, REACTIONS, SUPPORT, Side},
    components::{avatar::avatar, badge::badge, field::hidden, icon::icon, markdown::comment_text, when::when},
    contexts::community_context::Place,
};

/// A thread: a comment and its answers.
pub fn thread(one: &CommentView, view: &DiscussionView, place: &Place, id: ProposalId, doing: Doing) -> AnyView {
    let replies = one
        .replies
        .iter()
        .map(|reply| view! { <li>{article(reply, view, place, id, doing, false)}</li> })
        .collect_view();
    let replies = (!one.replies.is_empty()).then(|| view! { <ol class="replies">{replies}</ol> });
    view! { <li class="thread">{article(one, view, place, id, doing, true)} {replies}</li> }.into_any()
}

fn article(
    one: &CommentView,
    view: &DiscussionView,
    place: &Place,
    id: ProposalId,
    doing: Doing,
    begins: bool,
) -> AnyView {
    let anchor = format!("c-{}", one.id);
    if let Some(removed) = one.removed.clone() {
        return view! {
            <article class="comment removed" id=anchor>
                <p class="muted small">{icon("eye-off")} " " {removed}</p>
            </article>
        }
        .into_any();
    }
    let name = one.author.as_ref().map_or_else(|| "A former member".to_owned(), |author| author.name.clone());
    let who = match &one.author {
        Some(author) => {
            let href = place.href(&format!("members/{}", author.handle));
            view! {
                {avatar(author, "mini")}
                <a class="quiet-link" href=href>
                    <b>
                        <bdi>{author.name.clone()}</bdi>
                    </b>
                </a>
            }
            .into_any()
        }
        None => view! { <b>"A former member"</b> }.into_any(),
    };
    let edited = one.edited_at.map(|at| view! { <span class="subtle">"changed " {when(at, place.now)}</span> });
    let below = view.may_write.then(|| {
        let label = format!("Answer {name}");
        // An answer to an answer goes to the same thread: it names whom it answers.
        let mention = one.author.as_ref().filter(|_| !begins).map(|author| format!("@{} ", author.handle));
        view! {
            <details class="twin comment-doing">
                <summary aria-label=label>{icon("reply")} "Answer"</summary>
                {write_form(place, id, Some((one, mention.unwrap_or_default())), doing)}
            </details>
        }
    });
    let edit = one.is_mine.then(|| edit_form(one, place, doing));
    let remove = (one.is_mine || one.may_moderate).then(|| remove_form(one, place, doing));
    view! {
        <article class="comment" id=anchor aria-label=format!("{name} says")>
            <p class="meta comment-head">{who} {one.side.map(side_badge)} <span>{when(one.at, place.now)}</span> {edited}</p>
            <div class="comment-text" dir="auto">
                {comment_text(&one.text, &place.href("members"))}
            </div>
            <div class="row gap-1 comment-foot">{reactions(one, view, place, doing)} {below} {edit} {remove}</div>
        </article>
    }
    .into_any()
}

/// Support first, then what else there is; buttons for members, counts for everybody.
fn reactions(one: &CommentView, view: &DiscussionView, place: &Place, doing: Doing) -> AnyView {
    let support = reaction(
        one,
        place,
        view.may_write,
        doing,
        (SUPPORT, if one.supports { "Take back my support" } else { "Support this" }),
        (one.n_support, one.supports),
    );
    let others = one.reactions.iter().filter(|reaction| view.may_write || reaction.count > 0).map(|given| {
        let meaning = REACTIONS.iter().find(|(emoji, _)| *emoji == given.emoji).map_or("", |(_, meaning)| meaning);
        let emoji = REACTIONS.iter().find(|(emoji, _)| *emoji == given.emoji).map_or("", |(emoji, _)| emoji);
        reaction(one, place, view.may_write, doing, (emoji, meaning), (given.count, given.mine))
    });
    let others = others.collect_view();
    view! { {support} {others} }.into_any()
}

fn reaction(
    one: &CommentView,
    place: &Place,
    may: bool,
    doing: Doing,
    (emoji, meaning): (&'static str, &'static str),
    (count, mine): (u32, bool),
) -> AnyView {
    let is_support = emoji == SUPPORT;
    let shown = if is_support {
        view! {
            {icon("thumbs-up")}
            <span>{count.to_string()}</span>
        }
        .into_any()
    } else {
        view! {
            <span aria-hidden="true">{emoji}</span>
            {(count > 0).then(|| view! { <span>{count.to_string()}</span> })}
        }
        .into_any()
    };
    let label = if is_support { format!("{meaning}. {}.", supporters(count)) } else { format!("{meaning}: {count}") };
    if !may {
        return view! { <span class="chip still" role="img" aria-label=label>{shown}</span> }.into_any();
    }
    let unseen = hidden([
        ("slug", place.frame.slug.clone()),
        ("comment", one.id.to_string()),
        ("emoji", emoji.to_owned()),
        ("on", (!mine).to_string()),
    ]);
    view! {
        <ActionForm action=doing.react>
            {unseen}
            <button class=if mine { "chip on" } else { "chip" } type="submit" aria-pressed=mine.to_string() aria-label=label>
                {shown}
            </button>
        </ActionForm>
    }
    .into_any()
}

/// The strongest support beside the strongest objection.
pub fn beside(view: &DiscussionView, place: &Place) -> Option<AnyView> {
    if view.best_for.is_none() && view.best_against.is_none() {
        return None;
    }
    let card = |best: &Option<CommentView>, tone: &'static str, title: &'static str, none: &'static str| {
        let body = match best {
            Some(best) => {
                let who =
                    best.author.as_ref().map_or_else(|| "A former member".to_owned(), |author| author.name.clone());
                view! {
                    <blockquote class="voice" dir="auto">
                        {comment_text(&best.text, &place.href("members"))}
                    </blockquote>
                    <p class="meta">
                        <bdi>{who}</bdi>
                        <span>{supporters(best.n_support)}</span>
                        <a href=format!("#c-{}", best.id)>"In the discussion"</a>
                    </p>
                }
                .into_any()
            }
            None => view! { <p class="muted">{none}</p> }.into_any(),
        };
        let sign = if tone == "passed" { "check" } else { "x" };
        view! {
            <section class=format!("reason {tone}")>
                <h3>
                    <span class="tone">{icon(sign)} " " {title}</span>
                </h3>
                {body}
            </section>
        }
    };
    Some(
        view! {
            <div class="grid min-17 best-of-each">
                {card(&view.best_for, "passed", "Strongest support", "Nobody has spoken in favour yet.")}
                {card(&view.best_against, "failed", "Strongest objection", "Nobody has objected yet.")}
            </div>
        }
        .into_any(),
    )
}

fn side_badge(side: Side) -> AnyView {
    match side {
        Side::For => badge("passed", "check", "In favour").into_any(),
        Side::Against => badge("failed", "x", "Against").into_any(),
        Side::Neutral => badge("", "circle-help", "Neither").into_any(),
    }
}
