//! One member: roles and since when, what they may do and why, what they proposed.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

use crate::{
    api::{
        action::ProposeAction,
        member::{HeldRole, MayLine, MemberView, RightView, member},
    },
    components::{
        avatar::avatar,
        badge::plain_badge,
        field::hidden,
        icon::icon,
        load::community_page,
        notice::{Status, error_callout},
        proposal_row::proposal_row,
        when::moment,
    },
    contexts::{
        community_context::{CommunityContext, Place},
        live_context::refetch_on,
    },
    format,
};

/// One member.
#[component]
pub fn MemberPage() -> impl IntoView {
    let community = expect_context::<CommunityContext>();
    let params = use_params_map();
    let handle = Memo::new(move |_| params.read().get("handle").unwrap_or_default());
    let propose = ServerAction::<ProposeAction>::new();
    let loaded =
        Resource::new_blocking(move || (community.slug.get(), handle.get()), |(slug, handle)| member(slug, handle));
    refetch_on(loaded, |topic| topic == "members" || topic == "clock");
    community_page(loaded, move |view, place| page(&view, &place, propose))
}

fn page(view: &MemberView, place: &Place, propose: ServerAction<ProposeAction>) -> AnyView {
    let name = view.person.name.clone();
    let refused = move || propose.value().get().and_then(Result::err).map(|error| error_callout(&error));
    let identities = view.identities.iter().map(|identity| view! { <span>{icon("link")} {identity.clone()}</span> });
    view! {
        <Title text=format!("{name}, {}", place.frame.name) />
        <div class="page">
            <p class="small crumb">
                <a href=place.href("members")>"Members and roles"</a>
                " "
                <span class="subtle">{format!("/ @{}", view.person.handle)}</span>
            </p>
            <header class="page-head member-head">
                {avatar(&view.person, "large")}
                <div class="stack gap-1 grow">
                    <h1>
                        <bdi>{name}</bdi>
                    </h1>
                    <p class="meta">
                        <span>{format!("@{}", view.person.handle)}</span> {view.is_you.then(|| plain_badge("You"))}
                        {view.is_bot.then(|| plain_badge("Program"))}
                        <span>"Member since " {moment(view.since, format::date(view.since))}</span>
                        <span>{format::count(i64::from(view.n_voted), "open ballot")}</span> {identities.collect_view()}
                    </p>
                </div>
                {view.is_you.then(|| view! { <a class="button" href=place.href("settings")>{icon("settings")} "My settings"</a> })}
            </header>
            <Status>{refused()}</Status>
            <div class="with-aside">
                <div class="stack gap-8">
                    {may(view, place)}
                    {proposed(view, place)}
                </div>
                <div class="stack">
                    {roles(view, place, propose)}
                    {offer(view, place, propose)}
                    {earlier(view, place)}
                </div>
            </div>
        </div>
    }
    .into_any()
}

/// Since when, and by which decision.
fn since(at: types::Timestamp, decision: Option<types::ProposalId>, founding: &'static str, place: &Place) -> AnyView {
    let source = match decision {
        Some(id) => view! { <a href=place.href(&format!("proposals/{id}"))>"by this decision"</a> }.into_any(),
        None => view! { <span>{founding}</span> }.into_any(),
    };
    view! { <span class="tiny subtle">"since " {moment(at, format::date(at))} ", " {source}</span> }.into_any()
}

fn roles(view: &MemberView, place: &Place, propose: ServerAction<ProposeAction>) -> AnyView {
    let lines = view.roles.iter().map(|role| role_line(role, view, place, propose)).collect_view();
    view! {
        <section class="panel" aria-labelledby="roles">
            <header>
                <h2 id="roles">"Roles"</h2>
            </header>
            <ul class="rows tight">{lines}</ul>
        </section>
    }
    .into_any()
}

fn role_line(role: &HeldRole, view: &MemberView, place: &Place, propose: ServerAction<ProposeAction>) -> AnyView {
    let because = if role.is_everyone { "with the membership" } else { "with the founding" };
    let take = (view.may_remove && !role.is_everyone).then(|| {
        let unseen = hidden([
            ("slug", place.frame.slug.clone()),
            ("action_type", "constitution.remove_role".to_owned()),
            ("fields[role]", role.name.clone()),
            ("lists[members][]", view.person.handle.clone()),
            ("key", format!("{}-take-{}", view.attempt_key, role.name)),
        ]);
        let label = format!("Propose to take the role {} away", role.name);
        view! {
            <ActionForm action=propose>
                {unseen}
                <button class="button quiet small" type="submit" aria-label=label>
                    "Propose to take it away"
                </button>
            </ActionForm>
        }
    });
    view! {
        <li>
            <div class="grow stack gap-1">
                <b>{role.name.clone()}</b>
                {(!role.description.is_empty()).then(|| view! { <p class="small muted">{role.description.clone()}</p> })}
                {since(role.since, role.decision, because, place)}
                {take}
            </div>
        </li>
    }
    .into_any()
}

/// Proposing a role for the member.
fn offer(view: &MemberView, place: &Place, propose: ServerAction<ProposeAction>) -> Option<AnyView> {
    if view.offers.is_empty() {
        return None;
    }
    let options =
        view.offers.iter().map(|role| view! { <option value=role.clone()>{role.clone()}</option> }).collect_view();
    let unseen = hidden([
        ("slug", place.frame.slug.clone()),
        ("action_type", "constitution.assign_role".to_owned()),
        ("lists[members][]", view.person.handle.clone()),
        ("key", format!("{}-give", view.attempt_key)),
    ]);
    Some(
        view! {
            <section class="card" aria-labelledby="offer">
                <ActionForm action=propose>
                    <div class="stack gap-3">
                        {unseen}
                        <h2 id="offer" class="small">
                            "Propose a role"
                        </h2>
                        <div class="field">
                            <label for="role">"Role"</label>
                            <select class="input" id="role" name="fields[role]">
                                {options}
                            </select>
                        </div>
                        <button class="button primary" type="submit">
                            "Propose it"
                        </button>
                        <p class="tiny muted">"The policies decide, as on every change."</p>
                    </div>
                </ActionForm>
            </section>
        }
        .into_any(),
    )
}

fn earlier(view: &MemberView, place: &Place) -> Option<AnyView> {
    let lines = view.earlier.iter().map(|role| {
        let until = role
            .until
            .map(|at| view! { <span class="tiny subtle">"until " {moment(at, format::date(at))} ", "</span> });
        view! {
            <li>
                <div class="grow stack gap-1">
                    <span>{role.name.clone()}</span>
                    <span>{until} {since(role.since, role.decision, "with the founding", place)}</span>
                </div>
            </li>
        }
    });
    (!view.earlier.is_empty()).then(|| {
        view! {
            <section class="panel" aria-labelledby="earlier">
                <header>
                    <h2 id="earlier">"Held before"</h2>
                </header>
                <ul class="rows tight small">{lines.collect_view()}</ul>
            </section>
        }
        .into_any()
    })
}

/// What they may do, by which role, since when, and what then happens.
fn may(view: &MemberView, place: &Place) -> AnyView {
    let rows = view.may.iter().map(|line| may_row(line, place)).collect_view();
    view! {
        <section aria-labelledby="may">
            <div class="section-head">
                <h2 id="may">{if view.is_you { "What you may do" } else { "What they may do" }}</h2>
                <a href=place.href("permissions")>"All roles side by side"</a>
            </div>
            <div class="panel scroll-x" role="region" aria-labelledby="may" tabindex="0">
                <table class="table">
                    <thead>
                        <tr>
                            <th scope="col">"What"</th>
                            <th scope="col">"How"</th>
                            <th scope="col">"Because of"</th>
                            <th scope="col">"What then happens"</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </section>
    }
    .into_any()
}

fn may_row(line: &MayLine, place: &Place) -> AnyView {
    let because = since(line.since, line.decision, "with the founding", place);
    view! {
        <tr>
            <th scope="row">{line.what.clone()}</th>
            <td>{right_badge(line.right)}</td>
            <td>
                <div class="stack gap-1">
                    <span>{format!("the role {}", line.role)}</span>
                    {because}
                </div>
            </td>
            <td>{line.then.clone()}</td>
        </tr>
    }
    .into_any()
}

/// A right as a badge.
pub fn right_badge(right: RightView) -> AnyView {
    match right {
        RightView::AtOnce => view! { <span class="badge accent">{icon("zap")} {right.word()}</span> }.into_any(),
        RightView::Propose => view! { <span class="badge">{icon("hand")} {right.word()}</span> }.into_any(),
        RightView::See => view! { <span class="badge plain">{right.word()}</span> }.into_any(),
    }
}

fn proposed(view: &MemberView, place: &Place) -> AnyView {
    let rows = view.proposed.iter().map(|card| proposal_row(card, place, 3)).collect_view();
    let body = if view.proposed.is_empty() {
        view! { <p class="muted">"Nothing that anybody was asked about."</p> }.into_any()
    } else {
        view! { <ul class="panel rows">{rows}</ul> }.into_any()
    };
    view! {
        <section aria-labelledby="proposed">
            <div class="section-head">
                <h2 id="proposed">"Proposed lately"</h2>
            </div>
            {body}
        </section>
    }
    .into_any()
}
