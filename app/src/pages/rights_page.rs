//! Which role may do what: kinds of action by role, each cell with since when and by which decision.

use leptos::prelude::*;
use leptos_meta::Title;

use super::member_page::right_badge;
use crate::{
    api::member::{RightCell, RightsGroup, RightsView, rights},
    components::{load::community_page, when::moment},
    contexts::{
        community_context::{CommunityContext, Place},
        live_context::refetch_on,
    },
    format,
};

/// Which role may do what.
#[component]
pub fn RightsPage() -> impl IntoView {
    let community = expect_context::<CommunityContext>();
    let loaded = Resource::new_blocking(move || community.slug.get(), rights);
    refetch_on(loaded, |topic| topic == "members" || topic == "policies");
    community_page(loaded, |view, place| page(&view, &place))
}

fn page(view: &RightsView, place: &Place) -> AnyView {
    let heads = view.roles.iter().map(|role| view! { <th scope="col">{role.clone()}</th> }).collect_view();
    let groups = view.groups.iter().map(|group| group_rows(group, view.roles.len(), place)).collect_view();
    view! {
        <Title text=format!("Who may do what, {}", place.frame.name) />
        <div class="page">
            <p class="small crumb">
                <a href=place.href("members")>"Members and roles"</a>
                " "
                <span class="subtle">"/ Who may do what"</span>
            </p>
            <header class="page-head">
                <div class="stack gap-2">
                    <h1>"Who may do what"</h1>
                    <p class="muted measure">
                        "What each role may see, propose, or do at once past every policy; since when, and by which decision."
                    </p>
                </div>
            </header>
            <div class="panel scroll-x" role="region" aria-label="Rights by role" tabindex="0">
                <table class="table rights-table">
                    <thead>
                        <tr>
                            <th scope="col">"Kind of action"</th>
                            {heads}
                            <th scope="col">"Where it is proposed"</th>
                        </tr>
                    </thead>
                    {groups}
                </table>
            </div>
        </div>
    }
    .into_any()
}

fn group_rows(group: &RightsGroup, n_roles: usize, place: &Place) -> AnyView {
    let rows = group
        .rows
        .iter()
        .map(|row| {
            let cells = row.cells.iter().map(|cell| view! { <td>{cell.as_ref().map(|cell| right(cell, place))}</td> });
            view! {
                <tr>
                    <th scope="row">{row.title.clone()}</th>
                    {cells.collect_view()}
                    <td class="muted">{row.then.clone()}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <tbody>
            <tr class="group-row">
                <th scope="rowgroup" colspan=(n_roles + 2).to_string()>
                    {group.title.clone()}
                </th>
            </tr>
            {rows}
        </tbody>
    }
    .into_any()
}

fn right(cell: &RightCell, place: &Place) -> AnyView {
    let source = match cell.decision {
        Some(id) => view! { <a href=place.href(&format!("proposals/{id}"))>"this decision"</a> }.into_any(),
        None => "the founding".into_any(),
    };
    view! {
        <div class="stack gap-1">
            {right_badge(cell.right)}
            <span class="tiny subtle">{moment(cell.since, format::date(cell.since))} ", " {source}</span>
        </div>
    }
    .into_any()
}
