//! A member's own settings: name, platforms, privacy, data, leaving.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::{
    api::settings::{ConnectionView, LeaveCommunity, RenameMe, SettingsView, settings},
    components::{
        field::hidden,
        icon::icon,
        load::community_page,
        notice::{Status, callout, error_callout},
        when::moment,
    },
    contexts::community_context::{CommunityContext, Place},
    format,
};

/// A member's own settings.
#[component]
pub fn SettingsPage() -> impl IntoView {
    let community = expect_context::<CommunityContext>();
    let rename = ServerAction::<RenameMe>::new();
    let leave = ServerAction::<LeaveCommunity>::new();
    let loaded =
        Resource::new_blocking(move || (community.slug.get(), rename.version().get()), |(slug, _)| settings(slug));
    community_page(loaded, move |view, place| page(&view, &place, rename, leave))
}

fn page(
    view: &SettingsView,
    place: &Place,
    rename: ServerAction<RenameMe>,
    leave: ServerAction<LeaveCommunity>,
) -> AnyView {
    let said = move || match (rename.value().get(), leave.value().get()) {
        (Some(Err(error)), _) | (_, Some(Err(error))) => Some(error_callout(&error)),
        (Some(Ok(())), _) => Some(callout("passed", "circle-check", "Saved.".to_owned(), ().into_any())),
        _ => None,
    };
    view! {
        <Title text=format!("My settings, {}", place.frame.name) />
        <div class="page narrow">
            <header class="page-head">
                <div class="stack gap-2">
                    <h1>"My settings"</h1>
                    <p class="meta">
                        <a href=place.href(&format!("members/{}", view.person.handle))>"How others see me"</a>
                        <span>"Member since " {moment(view.since, format::date(view.since))}</span>
                        <span>{view.roles.join(", ")}</span>
                    </p>
                </div>
            </header>
            <Status>{said()}</Status>
            {profile(view, place, rename)}
            <section class="section" aria-labelledby="told">
                <div class="section-head">
                    <h2 id="told">"Notices"</h2>
                </div>
                <p class="card row">
                    <span class="grow">"What reaches me here, by e-mail and in chat, and when."</span>
                    <a class="button" href=place.href("settings/notices")>
                        {icon("bell")}
                        "Set it"
                    </a>
                </p>
            </section>
            {connections(view)}
            {privacy(view, place)}
            {data(view, place)}
            {leaving(place, leave)}
        </div>
    }
    .into_any()
}

fn profile(view: &SettingsView, place: &Place, rename: ServerAction<RenameMe>) -> AnyView {
    let unseen = hidden([("slug", place.frame.slug.clone())]);
    let name = view.person.name.clone();
    let handle = view.person.handle.clone();
    view! {
        <section class="section" aria-labelledby="profile">
            <div class="section-head">
                <h2 id="profile">"Profile"</h2>
            </div>
            <ActionForm action=rename>
                <div class="card stack gap-3">
                    {unseen}
                    <div class="field">
                        <label for="name">"My name here"</label>
                        <input class="input" id="name" name="name" value=name required=true maxlength="100" autocomplete="name" />
                        <p class="hint">"Others find you as @" {handle} ", which stays."</p>
                    </div>
                    <p class="row">
                        <button class="button primary" type="submit">
                            "Save"
                        </button>
                    </p>
                </div>
            </ActionForm>
        </section>
    }
    .into_any()
}

fn connections(view: &SettingsView) -> AnyView {
    let lines = view.connections.iter().map(connection).collect_view();
    let body = if view.connections.is_empty() {
        view! { <p class="card muted">"The community lives on the board alone; no other platform is connected."</p> }
            .into_any()
    } else {
        view! { <ul class="panel rows tight">{lines}</ul> }.into_any()
    };
    view! {
        <section class="section" aria-labelledby="platforms">
            <div class="section-head">
                <h2 id="platforms">"Connections"</h2>
            </div>
            {body}
        </section>
    }
    .into_any()
}

fn connection(connection: &ConnectionView) -> AnyView {
    let (class, sign) =
        if connection.is_well { ("health passed", "circle-check") } else { ("health held", "triangle-alert") };
    let mine = match &connection.mine {
        Some(mine) => view! { <p class="small">"You are " <bdi>{mine.clone()}</bdi> " there."</p> }.into_any(),
        None => view! {
            <p class="small muted">"We do not know who you are there. Your first message or reaction there will tell."</p>
        }
        .into_any(),
    };
    view! {
        <li>
            <div class="grow stack gap-1">
                <b>{connection.platform.clone()}</b>
                {mine}
            </div>
            <span class=class>{icon(sign)} " " {connection.state.clone()}</span>
        </li>
    }
    .into_any()
}

fn privacy(view: &SettingsView, place: &Place) -> AnyView {
    let propose = place.href("propose");
    view! {
        <section class="section" aria-labelledby="privacy">
            <div class="section-head">
                <h2 id="privacy">"Who sees what"</h2>
            </div>
            <div class="card stack gap-2">
                <p>{view.visibility.clone()}</p>
                <p class="small muted">
                    "How you vote is shown as each vote says on its ballot. Secret votes are kept without your name. Changing the rules is a "
                    <a href=propose>"proposal"</a> "."
                </p>
            </div>
        </section>
    }
    .into_any()
}

fn data(view: &SettingsView, place: &Place) -> AnyView {
    let href = format!("/api/v1/communities/{}/members/{}/data", place.frame.slug, view.person.handle);
    view! {
        <section class="section" aria-labelledby="data">
            <div class="section-head">
                <h2 id="data">"My data"</h2>
            </div>
            <p class="card row">
                <span class="grow">"Everything that is kept about you here: roles, ballots with your name, what you proposed and said, notices."</span>
                <a class="button" href=href rel="external" download="my-data.json">
                    {icon("download")}
                    "Download it"
                </a>
            </p>
        </section>
    }
    .into_any()
}

fn leaving(place: &Place, leave: ServerAction<LeaveCommunity>) -> AnyView {
    let unseen = hidden([("slug", place.frame.slug.clone())]);
    let name = place.frame.name.clone();
    view! {
        <section class="section" aria-labelledby="leave">
            <div class="section-head">
                <h2 id="leave">"Leaving"</h2>
            </div>
            <details class="card">
                <summary>"Leave this community"</summary>
                <ActionForm action=leave>
                    <div class="stack gap-3 comment-form">
                        {unseen}
                        <p class="muted">"Your roles end at once. Ballots that you have cast stay counted, and what you said stays where it is."</p>
                        <div class="field">
                            <label for="confirm">"To leave, write the community's name: " <b>{name}</b></label>
                            <input class="input" id="confirm" name="confirm" required=true autocomplete="off" />
                        </div>
                        <p class="row">
                            <button class="button no" type="submit">
                                "Leave"
                            </button>
                        </p>
                    </div>
                </ActionForm>
            </details>
        </section>
    }
    .into_any()
}
