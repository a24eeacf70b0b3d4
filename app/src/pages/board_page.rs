//! The built-in board: channels, posts, reactions. Posting, renaming and the like are attempts that the policies decide on.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};

use crate::{
    api::{
        action::{AttemptAction, AttemptOutcome, AttemptResult},
        board::{BoardView, ChannelView, PendingView, React, board},
        words::Standing,
    },
    components::{
        badge::{sign, standing_badge, tone},
        empty::empty,
        icon::icon,
        load::community_page,
        notice::{Status, callout, error_callout},
        when::when,
    },
    contexts::{
        community_context::{CommunityContext, Place},
        live_context::refetch_on,
    },
};

mod forms;
mod posts;

/// What a viewer may do on the board.
#[derive(Clone, Copy)]
struct Doing {
    /// Posting, renaming, creating.
    attempt: ServerAction<AttemptAction>,
    /// Reacting to a post.
    react: ServerAction<React>,
}

/// The board with one channel open.
#[component]
pub fn BoardPage() -> impl IntoView {
    let community = expect_context::<CommunityContext>();
    let params = use_params_map();
    let channel = Memo::new(move |_| params.read().get("channel"));
    let query = use_query_map();
    let did = Memo::new(move |_| query.read().get("did"));
    let doing = Doing { attempt: ServerAction::new(), react: ServerAction::new() };
    clear_after_posting(doing);
    let loaded = Resource::new_blocking(
        move || {
            let done = (doing.attempt.version().get(), doing.react.version().get());
            (community.slug.get(), channel.get(), did.get(), done)
        },
        |(slug, channel, did, _)| board(slug, channel, did),
    );
    refetch_on(loaded, |topic| topic.starts_with("board:") || topic.starts_with("proposal:") || topic == "clock");
    community_page(loaded, move |view, place| page(&view, &place, doing))
}

/// Empties the line to write in once its post was taken; a draft survives everything else.
fn clear_after_posting(doing: Doing) {
    use leptos::{wasm_bindgen::JsCast, web_sys::HtmlTextAreaElement};

    Effect::new(move |sent: Option<String>| {
        let (input, value) = (doing.attempt.input().get(), doing.attempt.value().get());
        if let Some(input) = input {
            return input.action_type;
        }
        let sent = sent.unwrap_or_default();
        if sent == "board.post_message" && matches!(value, Some(Ok(_))) {
            let field =
                document().get_element_by_id("say").and_then(|field| field.dyn_into::<HtmlTextAreaElement>().ok());
            if let Some(field) = field {
                field.set_value("");
            }
            return String::new();
        }
        sent
    });
}

fn page(view: &BoardView, place: &Place, doing: Doing) -> AnyView {
    let title = view.current.as_ref().map_or_else(|| "Board".to_owned(), |channel| format!("#{}", channel.name));
    let body = match &view.current {
        Some(channel) => self::channel(view, channel, place, doing),
        None => view! {
            <h1>"Board"</h1>
            {empty("hash", "No channel yet.", "Create the first one, and the conversation starts there.")}
        }
        .into_any(),
    };
    view! {
        <Title text=format!("{title}, {}", place.frame.name) />
        <div class="page">
            <div class="board">
                {channels(view, place, doing)}
                <div class="channel stack">{body}</div>
            </div>
        </div>
    }
    .into_any()
}

/// The channels, beside the open one.
fn channels(view: &BoardView, place: &Place, doing: Doing) -> AnyView {
    let open = view.current.as_ref().map(|channel| channel.id);
    let links = view
        .channels
        .iter()
        .map(|line| {
            let is_open = open == Some(line.id);
            let pending = (line.n_pending > 0).then(|| {
                let label = format!("{} waiting for a decision", line.n_pending);
                view! { <span class="count quiet" aria-label=label>{line.n_pending.to_string()}</span> }
            });
            view! {
                <li>
                    <a href=place.href(&format!("board/{}", line.id)) aria-current=is_open.then_some("page")>
                        {icon("hash")}
                        <span>{line.name.clone()}</span>
                        {pending}
                    </a>
                </li>
            }
        })
        .collect_view();
    view! {
        <nav class="channel-list" aria-label="Channels">
            <h2 class="small">"Channels"</h2>
            <ul>{links}</ul>
            {view.may_create.then(|| forms::create_channel(view, place, doing))}
        </nav>
    }
    .into_any()
}

/// One channel: what it is called, what waits, what was said, and the line to write in.
fn channel(view: &BoardView, channel: &ChannelView, place: &Place, doing: Doing) -> AnyView {
    let topic =
        (!channel.topic.is_empty()).then(|| view! { <p class="muted measure" dir="auto">{channel.topic.clone()}</p> });
    let pending = channel.pending.iter().map(|each| pending_row(each, place)).collect_view();
    let pending = (!channel.pending.is_empty()).then(|| {
        view! {
            <section aria-labelledby="pending">
                <h2 id="pending" class="visually-hidden">
                    "Waiting for a decision"
                </h2>
                <ul class="panel rows tight pending">{pending}</ul>
            </section>
        }
    });
    let slug = place.frame.slug.clone();
    let told = view.outcome.clone();
    view! {
        <header class="channel-head">
            <div class="stack gap-1">
                <h1>
                    <span class="subtle" aria-hidden="true">
                        "#"
                    </span>
                    <bdi>{channel.name.clone()}</bdi>
                </h1>
                {topic}
            </div>
            {forms::channel_settings(view, channel, place, doing)}
        </header>
        <Status>{outcome(doing, told.clone(), &slug)}</Status>
        {pending}
        {posts::posts(channel, place, doing)}
        {forms::write(view, channel, place, doing)}
    }
    .into_any()
}

/// What came of the last thing done here.
fn outcome(doing: Doing, told: Option<AttemptOutcome>, slug: &str) -> Option<AnyView> {
    if let Some(Err(error)) = doing.react.value().get() {
        return Some(error_callout(&error));
    }
    match doing.attempt.value().get().or_else(|| told.map(Ok))? {
        Err(error) => Some(error_callout(&error)),
        Ok(outcome) => {
            let standing = match outcome.result {
                // The thing itself is on the page; saying so would be noise.
                AttemptResult::Done if outcome.proposal.is_none() => return None,
                AttemptResult::Done => Standing::Passed,
                AttemptResult::Open => Standing::Open,
                AttemptResult::Failed => Standing::Failed,
                AttemptResult::Held => Standing::Held,
            };
            let link = outcome
                .proposal
                .map(|id| view! { <a href=format!("/c/{slug}/proposals/{id}")>"See why, and how it stands"</a> });
            Some(callout(tone(standing), sign(standing), outcome.sentence, link.into_any()))
        }
    }
}

/// An attempt that waits for a decision.
fn pending_row(each: &PendingView, place: &Place) -> AnyView {
    view! {
        <li class=tone(each.standing)>
            {icon(sign(each.standing))}
            <div class="grow">
                <a class="quiet-link" href=place.href(&format!("proposals/{}", each.proposal))>
                    {each.sentence.clone()}
                </a>
                <p class="tiny subtle">{each.note.clone()} " Attempted " {when(each.at, place.now)}</p>
            </div>
            {standing_badge(each.standing)}
        </li>
    }
    .into_any()
}
