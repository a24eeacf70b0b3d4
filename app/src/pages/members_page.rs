//! Members and roles: who may do what.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::{
    api::member::{MemberLine, MembersView, RoleView, members},
    components::{
        avatar::{avatar, faces},
        badge::plain_badge,
        icon::icon,
        load::community_page,
        when::moment,
    },
    contexts::{
        community_context::{CommunityContext, Place},
        live_context::refetch_on,
    },
    format,
};

/// The members and roles of a community.
#[component]
pub fn MembersPage() -> impl IntoView {
    let community = expect_context::<CommunityContext>();
    let loaded = Resource::new_blocking(move || community.slug.get(), members);
    refetch_on(loaded, |topic| topic == "members" || topic == "clock");
    community_page(loaded, |view, place| page(&view, &place))
}

fn page(view: &MembersView, place: &Place) -> AnyView {
    let rows = view.members.iter().map(|line| member(line, place)).collect_view();
    let roles = view.roles.iter().map(role).collect_view();
    view! {
        <Title text=format!("Members and roles, {}", place.frame.name) />
        <div class="page">
            <header class="page-head">
                <div class="stack gap-2">
                    <h1>"Members and roles"</h1>
                    <p class="muted measure">"Who belongs, and who may do what. Roles change by proposal, like everything else."</p>
                </div>
                <a class="button" href=place.href("permissions")>
                    {icon("layout-grid")}
                    "Who may do what"
                </a>
            </header>
            <section class="section" aria-labelledby="roles">
                <div class="section-head">
                    <h2 id="roles">"Roles"</h2>
                </div>
                <ul class="grid min-19">{roles}</ul>
            </section>
            <section class="section" aria-labelledby="members">
                <div class="section-head">
                    <h2 id="members">"Members"</h2>
                    <span class="after muted">{format::count(i64::from(place.frame.n_members), "member")}</span>
                </div>
                <ul class="panel rows tight member-list">{rows}</ul>
            </section>
        </div>
    }
    .into_any()
}

fn role(role: &RoleView) -> AnyView {
    let holders = if role.is_everyone {
        view! { <p class="small muted">"Every member holds it."</p> }.into_any()
    } else {
        let names = role.holders.iter().map(|person| person.name.as_str()).collect::<Vec<_>>().join(", ");
        view! { <p class="row small gap-2">{faces(&role.holders)} <span aria-hidden="true">{names}</span></p> }
            .into_any()
    };
    let grants = role.may.iter().map(|grant| {
        let what = match (grant.execute, grant.propose, grant.view) {
            (true, _, _) => "at once",
            (_, true, _) => "propose",
            (_, _, true) => "see",
            _ => "–",
        };
        let class = if grant.execute { "badge accent" } else { "badge plain" };
        view! { <li><span>{grant.what.clone()}</span> <span class=class>{what}</span></li> }
    });
    view! {
        <li class="card stack gap-3 role-card">
            <div class="row">
                <h3>{role.name.clone()}</h3>
                <span class="count quiet push" aria-label=format::count(i64::from(role.n_holders), "holder")>{role.n_holders.to_string()}</span>
            </div>
            {(!role.description.is_empty()).then(|| view! { <p class="small muted">{role.description.clone()}</p> })}
            {holders}
            <ul class="grants">{grants.collect_view()}</ul>
        </li>
    }
    .into_any()
}

fn member(line: &MemberLine, place: &Place) -> AnyView {
    let href = place.href(&format!("members/{}", line.person.handle));
    let roles = line.roles.iter().map(|role| plain_badge(role.clone())).collect_view();
    let identities = line.identities.iter().map(|identity| view! { <span>{icon("link")} {identity.clone()}</span> });
    view! {
        <li>
            {avatar(&line.person, "")}
            <div class="grow">
                <p>
                    <a class="quiet-link strong" href=href>
                        <bdi>{line.person.name.clone()}</bdi>
                    </a>
                    " "
                    <span class="subtle small">{format!("@{}", line.person.handle)}</span>
                    " "
                    {line.is_you.then(|| plain_badge("You"))}
                    {line.is_bot.then(|| plain_badge("Program"))}
                </p>
                <p class="meta">
                    <span class="subtle">"since " {moment(line.since, format::month(line.since))}</span>
                    {identities.collect_view()}
                </p>
            </div>
            <span class="row gap-1 member-roles">{roles}</span>
        </li>
    }
    .into_any()
}
