//! One entry of the audit log: a sentence that opens to the whole of it.

use leptos::prelude::*;

use crate::api::words::Person;
use crate::{
    api::audit::{ActorKind, AuditActor, AuditLine},
    components::{
        avatar::avatar,
        badge::{badge, plain_badge, standing_badge},
        icon::icon,
        timeline::why_steps,
        when::moment,
    },
    format,
    pages::proposal_page::facts,
};

/// One entry.
pub fn entry(line: &AuditLine) -> AnyView {
    let because = (!line.because.is_empty()).then(|| view! { <span class="because">{line.because.clone()}</span> });
    let object = (!line.object.is_empty()).then(|| view! { " " <span class="obj">{line.object.clone()}</span> });
    let mark = match (line.is_trial, line.standing) {
        (true, _) => badge("shadow", "circle-dashed", "Trial"),
        (false, Some(standing)) => standing_badge(standing).into_any(),
        (false, None) => plain_badge(line.kind_label.clone()).into_any(),
    };
    view! {
        <li id=format!("entry-{}", line.seq)>
            <details class="disclose">
                <summary>
                    {moment(line.at, format::clock(line.at))} {picture(&line.actor)}
                    <span class="what">
                        <b>
                            <bdi>{actor_name(&line.actor)}</bdi>
                        </b>
                        " "
                        {line.verb.clone()}
                        {object}
                        {because}
                    </span> {mark} {icon("chevron-down")}
                </summary>
                {detail(line)}
            </details>
        </li>
    }
    .into_any()
}

fn actor_name(actor: &AuditActor) -> String {
    match actor.kind {
        ActorKind::Policy => format!("Policy {}", actor.name),
        _ => actor.name.clone(),
    }
}

fn picture(actor: &AuditActor) -> AnyView {
    let signed = |class: &'static str, sign: &'static str| {
        view! {
            <span class=format!("avatar {class}") aria-hidden="true">
                {icon(sign)}
            </span>
        }
        .into_any()
    };
    match actor.kind {
        ActorKind::Member => avatar(&Person { handle: actor.handle.clone(), name: actor.name.clone() }, "").into_any(),
        ActorKind::Policy => signed("rule-avatar", "scale"),
        ActorKind::Platform => signed("platform-avatar", "plug"),
        ActorKind::Secret => signed("lock-avatar", "lock"),
        ActorKind::System | ActorKind::Operator => signed("lock-avatar", "zap"),
    }
}

/// Before and after, why, links, the body and the hashes.
fn detail(line: &AuditLine) -> AnyView {
    let why = (!line.why.is_empty()).then(|| {
        view! {
            <div>
                <h3 class="small">"Why"</h3>
                <div class="small">{why_steps(&line.why)}</div>
            </div>
        }
    });
    let links = line.links.iter().map(|link| {
        let href = link.href.clone().unwrap_or_default();
        view! { <a href=href>{link.name.clone()}</a> }
    });
    let body = view! {
        <details class="twin">
            <summary>{icon("code")} "The entry as it is sealed"</summary>
            <pre class="sealed" tabindex="0">{line.body.clone()}</pre>
            <dl class="facts hashes">
                <dt>"Before"</dt>
                <dd>
                    <code>{line.prev_hash.clone()}</code>
                </dd>
                <dt>"This one"</dt>
                <dd>
                    <code>{line.hash.clone()}</code>
                </dd>
            </dl>
        </details>
    };
    view! {
        <div class="detail">
            <div>{facts(&line.facts)}</div>
            {why}
            <div class="detail-foot stack gap-2">
                <p class="meta">
                    <span>
                        {icon("fingerprint")} {format!("Entry {}, ", format::number(line.seq))}
                        <code>{format::fingerprint(&line.hash)}</code>
                    </span>
                    <span>{moment(line.at, format::exact(line.at))}</span>
                    {links.collect_view()}
                </p>
                {body}
            </div>
        </div>
    }
    .into_any()
}
