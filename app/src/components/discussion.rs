//! The discussion of a proposal: the strongest of each side, what to say, and the threads, two deep.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use types::ProposalId;

use super::{
    field::hidden,
    icon::icon,
    load::shown,
    notice::{Status, error_callout},
};
use crate::{
    api::{
        discussion::{
            DiscussionView, EditComment, ReactToComment, RemoveComment, ThreadOrder, WriteComment, discussion,
        },
        notice::MuteThread,
    },
    contexts::{
        community_context::{CommunityContext, Place},
        live_context::refetch_on,
    },
    format,
};

mod comment;
mod forms;

use comment::{beside, thread};
use forms::write_form;

/// What a viewer may do in a discussion.
#[derive(Clone, Copy)]
struct Doing {
    write: ServerAction<WriteComment>,
    edit: ServerAction<EditComment>,
    remove: ServerAction<RemoveComment>,
    react: ServerAction<ReactToComment>,
    mute: ServerAction<MuteThread>,
}

impl Doing {
    fn new() -> Self {
        Self {
            write: ServerAction::new(),
            edit: ServerAction::new(),
            remove: ServerAction::new(),
            react: ServerAction::new(),
            mute: ServerAction::new(),
        }
    }

    /// Changes whenever something was done.
    fn version(self) -> usize {
        self.write.version().get()
            + self.edit.version().get()
            + self.remove.version().get()
            + self.react.version().get()
            + self.mute.version().get()
    }

    /// The last thing that did not work.
    fn refusal(self) -> Option<AnyView> {
        let failed = [
            self.write.value().get().and_then(Result::err),
            self.edit.value().get().and_then(Result::err),
            self.remove.value().get().and_then(Result::err),
            self.react.value().get().and_then(Result::err),
            self.mute.value().get().and_then(Result::err),
        ];
        failed.into_iter().flatten().next().map(|error| error_callout(&error))
    }
}

/// The discussion of the proposal of this page.
#[component]
pub fn Discussion(
    /// The proposal, as it stands in the address.
    proposal: Memo<String>,
) -> impl IntoView {
    let community = expect_context::<CommunityContext>();
    let query = use_query_map();
    let order = Memo::new(move |_| ThreadOrder::of(&query.read().get("order").unwrap_or_default()));
    let doing = Doing::new();
    forms::clear_after_writing(doing);
    let loaded = Resource::new_blocking(
        move || (community.slug.get(), proposal.get(), order.get(), doing.version()),
        |(slug, proposal, order, _)| discussion(slug, proposal, order),
    );
    refetch_on(loaded, move |topic| {
        topic.strip_prefix("comments:").is_some_and(|changed| changed == proposal.get_untracked())
    });
    shown(move || {
        let id = proposal.get_untracked().parse::<ProposalId>().unwrap_or(ProposalId::NIL);
        async move {
            let place = community.place().await?;
            // The page says by itself that there is no such proposal.
            let Ok(view) = loaded.await else { return Ok(().into_any()) };
            Ok(section(&view, &place, id, order.get_untracked(), doing))
        }
    })
}

fn section(view: &DiscussionView, place: &Place, id: ProposalId, order: ThreadOrder, doing: Doing) -> AnyView {
    let threads = view.threads.iter().map(|one| thread(one, view, place, id, doing)).collect_view();
    let write = if view.may_write {
        write_form(place, id, None, doing)
    } else {
        view! { <p class="callout">{icon("lock")} <span>"Members can speak here. Sign in as one to take part."</span></p> }
            .into_any()
    };
    let body = if view.threads.is_empty() {
        view! { <p class="muted">"Nobody has said anything yet. A question counts, too."</p> }.into_any()
    } else {
        view! { <ol class="threads">{threads}</ol> }.into_any()
    };
    view! {
        <section class="page discussion stack gap-5" aria-labelledby="discussion">
            <div class="section-head">
                <h2 id="discussion">
                    "Discussion" {(view.n_comments > 0).then(|| view! { " " <span class="count quiet">{view.n_comments.to_string()}</span> })}
                </h2>
                {mute(view, place, id, doing)}
            </div>
            <Status>{doing.refusal()}</Status>
            {sides(view)}
            {beside(view, place)}
            {write}
            {orders(view, place, id, order)}
            {body}
        </section>
    }
    .into_any()
}

/// How many stand where.
fn sides(view: &DiscussionView) -> Option<AnyView> {
    let [n_for, n_against, n_neutral] = view.sides;
    if n_for + n_against + n_neutral == 0 {
        return None;
    }
    Some(
        view! {
            <ul class="chips side-counts" aria-label="Where those who spoke stand">
                <li class="badge passed">{icon("check")} {format!("In favour: {n_for}")}</li>
                <li class="badge failed">{icon("x")} {format!("Against: {n_against}")}</li>
                <li class="badge">{icon("circle-help")} {format!("Neither: {n_neutral}")}</li>
            </ul>
        }
        .into_any(),
    )
}

fn orders(view: &DiscussionView, place: &Place, id: ProposalId, order: ThreadOrder) -> Option<AnyView> {
    let links = [
        (ThreadOrder::Support, "Most supported"),
        (ThreadOrder::Newest, "Newest"),
        (ThreadOrder::Oldest, "Oldest"),
        (ThreadOrder::Side, "By side"),
    ]
    .map(|(one, words)| {
        let href = place.href(&format!("proposals/{id}?order={}#discussion", one.word()));
        view! {
            <a href=href aria-current=(one == order).then_some("true")>
                {words}
            </a>
        }
    });
    (view.threads.len() > 1).then(|| {
        view! {
            <nav class="tabs" aria-label="Order of the threads">
                {links.collect_view()}
            </nav>
        }
        .into_any()
    })
}

fn mute(view: &DiscussionView, place: &Place, id: ProposalId, doing: Doing) -> Option<AnyView> {
    let (words, sign) =
        if view.is_muted { ("Muted: hear of it again", "bell") } else { ("Mute this thread", "bell-off") };
    view.may_write.then(|| {
        let unseen = hidden([
            ("slug", place.frame.slug.clone()),
            ("subject", format!("proposal:{id}")),
            ("is_muted", (!view.is_muted).to_string()),
        ]);
        view! {
            <div class="after">
                <ActionForm action=doing.mute>
                    {unseen}
                    <button class="button quiet small" type="submit">
                        {icon(sign)}
                        {words}
                    </button>
                </ActionForm>
            </div>
        }
        .into_any()
    })
}

/// How many, as words for those who listen: "3 members support it".
fn supporters(n: u32) -> String {
    match n {
        0 => "Nobody supports it yet".to_owned(),
        1 => "1 member supports it".to_owned(),
        n => format!("{} support it", format::count(i64::from(n), "member")),
    }
}
