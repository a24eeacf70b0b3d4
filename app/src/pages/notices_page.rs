//! The inbox: what the viewer was told, newest first.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use crate::{
    api::notice::{MuteThread, NoticeEvent, NoticeLine, NoticesView, OpenNotice, ReadNotices, notices},
    components::{
        badge::plain_badge,
        empty::empty,
        field::hidden,
        icon::icon,
        load::community_page,
        notice::{Status, error_callout},
        when::when,
    },
    contexts::{
        community_context::{CommunityContext, Place},
        live_context::{LiveContext, refetch_on},
    },
    format,
};

/// What a viewer may do with notices.
#[derive(Clone, Copy)]
struct Doing {
    read: ServerAction<ReadNotices>,
    open: ServerAction<OpenNotice>,
    mute: ServerAction<MuteThread>,
}

/// Which notices are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Shown {
    unread: bool,
    before: Option<i64>,
}

/// The inbox.
#[component]
pub fn NoticesPage() -> impl IntoView {
    let community = expect_context::<CommunityContext>();
    let query = use_query_map();
    let shown = Memo::new(move |_| {
        let query = query.read();
        let before = query.get("before").and_then(|before| before.parse().ok());
        Shown { unread: query.get("show").as_deref() == Some("unread"), before }
    });
    let doing = Doing { read: ServerAction::new(), open: ServerAction::new(), mute: ServerAction::new() };
    let loaded = Resource::new_blocking(
        move || (community.slug.get(), shown.get(), doing.read.version().get(), doing.mute.version().get()),
        |(slug, shown, _, _)| notices(slug, shown.unread, shown.before),
    );
    refetch_on(loaded, |topic| topic == "notices" || topic == "clock");
    let live = expect_context::<LiveContext>();
    Effect::new(move |before: Option<usize>| {
        // The count beside the bell follows.
        let n = doing.read.version().get() + doing.open.version().get();
        if before.is_some_and(|before| before != n) {
            live.everything();
        }
        n
    });
    community_page(loaded, move |view, place| page(&view, &place, shown.get_untracked(), doing))
}

fn page(view: &NoticesView, place: &Place, shown: Shown, doing: Doing) -> AnyView {
    let tab = |path: &str, words: &'static str, is_on: bool, n: u32| {
        let count = (n > 0).then(|| view! { <span class="count">{n.to_string()}</span> });
        view! {
            <a href=place.href(path) aria-current=is_on.then_some("page")>
                {words}
                {count}
            </a>
        }
    };
    let lines = view.notices.iter().map(|notice| line(notice, place, doing)).collect_view();
    let body = match (view.notices.is_empty(), shown.unread) {
        (true, true) => {
            empty("circle-check", "You have read everything.", "What is new appears here first.").into_any()
        }
        (true, false) => empty(
            "bell",
            "Nothing yet.",
            "When your vote is asked for, or something you proposed is decided, you hear of it here.",
        )
        .into_any(),
        (false, _) => view! { <ol class="panel rows notice-list">{lines}</ol> }.into_any(),
    };
    let older = view.older.map(|before| {
        let show = if shown.unread { "show=unread&" } else { "" };
        view! {
            <p class="row centred">
                <a class="button" href=place.href(&format!("notices?{show}before={before}"))>
                    "Older notices"
                </a>
            </p>
        }
    });
    let all_read = (view.n_unread > 0).then(|| {
        let unseen = hidden([("slug", place.frame.slug.clone())]);
        view! {
            <ActionForm action=doing.read>
                {unseen}
                <button class="button" type="submit">
                    {icon("check")}
                    "Mark all as read"
                </button>
            </ActionForm>
        }
    });
    view! {
        <Title text=format!("Notices, {}", place.frame.name) />
        <div class="page narrow">
            <header class="page-head">
                <div class="stack gap-2">
                    <h1>"Notices"</h1>
                    <p class="muted measure">"What you were told in this community."</p>
                </div>
                <div class="row gap-2">
                    {all_read}
                    <a class="button" href=place.href("settings/notices")>
                        {icon("settings")}
                        "What reaches me where"
                    </a>
                </div>
            </header>
            <nav class="tabs" aria-label="Which notices">
                {tab("notices", "All", !shown.unread, 0)}
                {tab("notices?show=unread", "Unread", shown.unread, view.n_unread)}
            </nav>
            <Status>{outcome(doing)}</Status>
            {body}
            {older}
        </div>
    }
    .into_any()
}

fn outcome(doing: Doing) -> Option<AnyView> {
    let failed = [
        doing.read.value().get().and_then(Result::err),
        doing.open.value().get().and_then(Result::err),
        doing.mute.value().get().and_then(Result::err),
    ];
    failed.into_iter().flatten().next().map(|error| error_callout(&error))
}

fn line(notice: &NoticeLine, place: &Place, doing: Doing) -> AnyView {
    let slug = place.frame.slug.clone();
    let new = (!notice.is_read).then(|| view! { <span class="badge accent">"New"</span> });
    let about_thread = notice.subject.starts_with("proposal:");
    let mute = about_thread.then(|| {
        let (words, sign) =
            if notice.is_muted { ("Hear of it again", "bell") } else { ("Mute this thread", "bell-off") };
        let unseen = hidden([
            ("slug", slug.clone()),
            ("subject", notice.subject.clone()),
            ("is_muted", (!notice.is_muted).to_string()),
        ]);
        view! {
            <ActionForm action=doing.mute>
                {unseen}
                <button class="button quiet small" type="submit">
                    {icon(sign)}
                    {words}
                </button>
            </ActionForm>
        }
    });
    let read = (!notice.is_read).then(|| {
        let unseen = hidden([("slug", slug.clone()), ("id", notice.id.to_string())]);
        view! {
            <ActionForm action=doing.read>
                {unseen}
                <button class="button quiet small" type="submit">
                    {icon("check")}
                    "Mark as read"
                </button>
            </ActionForm>
        }
    });
    let (tone, sign) = sign(notice.event);
    let text = notice.text.clone();
    let words = if notice.subject.is_empty() {
        view! { <p dir="auto">{text}</p> }.into_any()
    } else {
        let unseen = hidden([("slug", slug.clone()), ("id", notice.id.to_string())]);
        view! {
            <ActionForm action=doing.open>
                {unseen}
                <button class="link-button" type="submit" dir="auto">
                    {text}
                </button>
            </ActionForm>
        }
        .into_any()
    };
    view! {
        <li class=format!("notice {tone}") data-unread=(!notice.is_read).then_some("true")>
            {icon(sign)}
            <div class="grow stack gap-1">
                {words}
                <p class="meta">
                    {new} <span>{when(notice.at, place.now)}</span>
                    {notice.is_muted.then(|| plain_badge("Muted"))}
                </p>
            </div>
            <div class="row gap-1 notice-doing">{read} {mute}</div>
        </li>
    }
    .into_any()
}

/// The tone and sign of a kind of notice.
const fn sign(event: NoticeEvent) -> (&'static str, &'static str) {
    match event {
        NoticeEvent::Asked => ("accent", "vote"),
        NoticeEvent::Closing => ("held", "clock"),
        NoticeEvent::Decided => ("passed", "landmark"),
        NoticeEvent::Mention => ("accent", "at-sign"),
        NoticeEvent::Comment => ("", "message-circle"),
        NoticeEvent::Message => ("", "message-square"),
        NoticeEvent::Role => ("", "user-check"),
        NoticeEvent::Rules => ("", "scale"),
    }
}

/// The bell with the number of unread notices, for the frame.
pub fn bell(slug: &str, n_unread: u32) -> AnyView {
    let label = match n_unread {
        0 => "Notices".to_owned(),
        n => format!("Notices, {}", format::count(i64::from(n), "unread one")),
    };
    let count = (n_unread > 0)
        .then(|| view! { <span class="count" aria-hidden="true">{if n_unread > 99 { "99+".to_owned() } else { n_unread.to_string() }}</span> });
    view! {
        <a class="button quiet icon-only bell" href=format!("/c/{slug}/notices") aria-label=label>
            {icon("bell")}
            {count}
        </a>
    }
    .into_any()
}
