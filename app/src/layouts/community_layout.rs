//! The frame of every page of a community: top bar, navigation, the page, and in a demo the clock.

use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::{components::Outlet, hooks::use_location};

use crate::{
    api::{
        community::FrameView,
        demo::AdvanceClock,
        session::{SessionView, SignOut},
    },
    components::{
        avatar::avatar,
        icon::{emblem_icon, icon, logo},
        notice::error_callout,
        when::moment,
    },
    contexts::{community_context::CommunityContext, live_context::LiveContext},
    format,
};

/// The frame, with the page of the route in it.
#[component]
pub fn CommunityLayout() -> impl IntoView {
    let community = CommunityContext::provide();
    focus_after_navigation();
    view! {
        <a class="skip-link" href="#main">
            "Skip to the main part"
        </a>
        <div class="shell">
            <TopBar community=community />
            <SideNav community=community />
            <main id="main" tabindex="-1">
                <Outlet />
                <DemoClock community=community />
            </main>
        </div>
    }
}

/// Brand, search, propose, account.
#[component]
fn TopBar(
    /// The community.
    community: CommunityContext,
) -> impl IntoView {
    let search = move || format!("/c/{}/proposals", community.slug.get());
    let propose = move || format!("/c/{}/propose", community.slug.get());
    view! {
        <header class="top-bar">
            <button class="button quiet icon-only phone-only" type="button" popovertarget="nav" aria-label="Open the menu">
                {icon("menu")}
            </button>
            <a class="brand desktop-only" href="/" aria-label="Polity, start page">
                {logo()}
                "Polity"
            </a>
            <Transition>
                {move || Suspend::new(async move {
                    let frame = community.frame.await.unwrap_or_default();
                    view! {
                        <div class="where phone-only">
                            <b>{frame.name}</b>
                        </div>
                    }
                })}
            </Transition>
            <form class="search desktop-only" role="search" action=search method="get">
                <label class="visually-hidden" for="q">
                    "Search proposals"
                </label>
                {icon("search")}
                <input id="q" name="text" type="search" placeholder="Search proposals" />
            </form>
            <div class="row nowrap push gap-2">
                <a class="button primary desktop-only" href=propose>
                    {icon("plus")}
                    "Propose"
                </a>
                <Transition>
                    {move || Suspend::new(async move { account(&community.session.await.unwrap_or_default()) })}
                </Transition>
            </div>
        </header>
    }
}

/// The viewer's picture with what they may do, or the way in.
fn account(session: &SessionView) -> AnyView {
    let Some(person) = session.person.clone() else {
        return view! { <a class="button" href="/sign-in">{icon("log-in")} "Sign in"</a> }.into_any();
    };
    let communities = session
        .communities
        .iter()
        .map(|community| view! { <li><a href=format!("/c/{}", community.slug)>{community.name.clone()}</a></li> })
        .collect_view();
    let label = format!("Your account, {}", person.name);
    view! {
        <button class="account-button" type="button" popovertarget="account" aria-label=label>
            {avatar(&person, "")}
        </button>
        <div class="menu account-menu" id="account" popover="auto">
            <p class="menu-head">
                <b>{person.name.clone()}</b>
                <span class="tiny subtle">{format!("@{}", person.handle)}</span>
            </p>
            <ul class="menu-list">{communities}</ul>
            <form method="post" action=SignOut::url()>
                <button class="button quiet block" type="submit">
                    {icon("log-out")}
                    "Sign out"
                </button>
            </form>
        </div>
    }
    .into_any()
}

/// Where to go: a column on desktops, a drawer on phones.
#[component]
fn SideNav(
    /// The community.
    community: CommunityContext,
) -> impl IntoView {
    let slug = community.slug;
    let open = move || {
        Suspend::new(async move {
            let n_open = community.frame.await.map(|frame| frame.n_open).unwrap_or_default();
            (n_open > 0).then(|| {
                let label = format!("{n_open} open");
                view! { <span class="count quiet" aria-label=label>{n_open.to_string()}</span> }
            })
        })
    };
    view! {
        <aside class="side-nav" id="nav" popover="auto" aria-label="Community">
            <Transition>
                {move || Suspend::new(async move { community_head(&community.frame.await.unwrap_or_default()) })}
            </Transition>
            <nav aria-label="Main">
                {nav_link(slug, "", "house", "Home", ().into_any())}
                {nav_link(slug, "board", "hash", "Board", ().into_any())}
                {nav_link(slug, "proposals", "vote", "Proposals", view! { <Transition>{open}</Transition> }.into_any())}
                {nav_link(slug, "policies", "scale", "Policies", ().into_any())}
                {nav_link(slug, "library", "book-open", "Library", ().into_any())}
                {nav_link(slug, "documents", "scroll-text", "Documents", ().into_any())}
                {nav_link(slug, "members", "users", "Members and roles", ().into_any())}
                <p class="group">"For everyone to check"</p>
                {nav_link(slug, "audit", "history", "Audit log", ().into_any())}
                <p class="group phone-only">"Do something"</p>
                <a class="phone-only" href=move || format!("/c/{}/propose", slug.get())>
                    {icon("plus")}
                    "Propose"
                </a>
            </nav>
        </aside>
    }
}

/// Whose navigation it is.
fn community_head(frame: &FrameView) -> AnyView {
    let home = format!("/c/{}", frame.slug);
    view! {
        <a class="community-switch" href=home>
            <span class="emblem">{emblem_icon(&frame.emblem)}</span>
            <span>
                <b>{frame.name.clone()}</b>
                <span class="tiny muted">{format::count(i64::from(frame.n_members), "member")}</span>
            </span>
        </a>
    }
    .into_any()
}

/// One link, marked where its page or one below it is shown.
fn nav_link(
    slug: Memo<String>,
    path: &'static str,
    sign: &'static str,
    words: &'static str,
    after: AnyView,
) -> AnyView {
    let here = use_location().pathname;
    let href = move || if path.is_empty() { format!("/c/{}", slug.get()) } else { format!("/c/{}/{path}", slug.get()) };
    let current = move || {
        let (here, own) = (here.get(), href());
        let is_here = here.trim_end_matches('/') == own;
        let is_below = !path.is_empty() && here.starts_with(&format!("{own}/"));
        if is_here { Some("page") } else { is_below.then_some("true") }
    };
    view! {
        <a href=href aria-current=current>
            {icon(sign)}
            {words}
            {after}
        </a>
    }
    .into_any()
}

/// The clock of a demo, which can be moved forward.
#[component]
fn DemoClock(
    /// The community.
    community: CommunityContext,
) -> impl IntoView {
    let action = ServerAction::<AdvanceClock>::new();
    let live = expect_context::<LiveContext>();
    Effect::new(move |_| {
        if matches!(action.value().get(), Some(Ok(_))) {
            live.everything();
            community.session.refetch();
        }
    });
    let jump = move |seconds: u32, words: &'static str| {
        view! {
            <ActionForm action=action>
                <input type="hidden" name="seconds" value=seconds.to_string() />
                <button class="button small" type="submit">
                    {icon("fast-forward")}
                    {words}
                </button>
            </ActionForm>
        }
    };
    view! {
        <Transition>
            {move || Suspend::new(async move {
                let session = community.session.await.unwrap_or_default();
                session
                    .demo
                    .then(|| {
                        view! {
                            <aside class="demo-clock" aria-label="Demo clock">
                                <p>
                                    {icon("clock")}
                                    <span>
                                        <b>"Demo. "</b>
                                        "It is "
                                        {moment(session.now, format::exact(session.now))}
                                        " here."
                                    </span>
                                </p>
                                <div class="row gap-2">{jump(3600, "1 hour on")} {jump(86_400, "1 day on")} {jump(7 * 86_400, "1 week on")}</div>
                                {move || match action.value().get() {
                                    Some(Err(error)) => Some(error_callout(&error)),
                                    _ => None,
                                }}
                            </aside>
                        }
                    })
            })}
        </Transition>
    }
}

/// Moves the focus to the page after a link was followed, so that those who listen hear where they are.
fn focus_after_navigation() {
    let here = use_location().pathname;
    Effect::new(move |before: Option<String>| {
        let now = here.get();
        if before.is_some_and(|before| before != now) {
            request_animation_frame(focus_main);
        }
        now
    });
}

/// Focuses the page, and closes the drawer that the link may have been in.
fn focus_main() {
    use leptos::wasm_bindgen::JsCast;
    use leptos::web_sys::HtmlElement;

    if let Some(main) = document().get_element_by_id("main").and_then(|main| main.dyn_into::<HtmlElement>().ok()) {
        // A page without focus still works.
        let _ = main.focus();
    }
}
