//! What reaches the viewer where: event by channel, the address, digests, muted threads.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::{
    api::notice::{
        ClaimAddress, MuteThread, NoticeChannel, NoticeEvent, NoticeSettingsView, SaveNoticeSettings, notice_settings,
    },
    components::{
        field::hidden,
        icon::icon,
        load::community_page,
        notice::{Status, callout, error_callout},
        when::when,
    },
    contexts::community_context::{CommunityContext, Place},
};

/// What a viewer may set.
#[derive(Clone, Copy)]
struct Doing {
    save: ServerAction<SaveNoticeSettings>,
    claim: ServerAction<ClaimAddress>,
    mute: ServerAction<MuteThread>,
}

/// What reaches the viewer where.
#[component]
pub fn NoticeSettingsPage() -> impl IntoView {
    let community = expect_context::<CommunityContext>();
    let doing = Doing { save: ServerAction::new(), claim: ServerAction::new(), mute: ServerAction::new() };
    let loaded = Resource::new_blocking(
        move || {
            let done = (doing.save.version().get(), doing.claim.version().get(), doing.mute.version().get());
            (community.slug.get(), done)
        },
        |(slug, _)| notice_settings(slug),
    );
    community_page(loaded, move |view, place| page(&view, &place, doing))
}

fn page(view: &NoticeSettingsView, place: &Place, doing: Doing) -> AnyView {
    view! {
        <Title text=format!("What reaches me where, {}", place.frame.name) />
        <div class="page narrow">
            <p class="small crumb">
                <a href=place.href("settings")>"Settings"</a>
                " "
                <span class="subtle">"/ Notices"</span>
            </p>
            <header class="page-head">
                <div class="stack gap-2">
                    <h1>"What reaches me where"</h1>
                    <p class="muted measure">"Each switch counts from the next notice on."</p>
                </div>
            </header>
            <Status>{outcome(doing)}</Status>
            {address(view, place, doing)}
            {matrix(view, place, doing)}
            {muted(view, place, doing)}
        </div>
    }
    .into_any()
}

fn outcome(doing: Doing) -> Option<AnyView> {
    let said = |words: String| callout("passed", "circle-check", words, ().into_any());
    let claimed = doing.claim.value().get().map(|result| match result {
        Ok(sentence) => said(sentence),
        Err(error) => error_callout(&error),
    });
    let saved = doing.save.value().get().map(|result| match result {
        Ok(()) => said("Saved.".to_owned()),
        Err(error) => error_callout(&error),
    });
    let muted = doing.mute.value().get().and_then(Result::err).map(|error| error_callout(&error));
    claimed.or(saved).or(muted)
}

/// The viewer's address, and how to give one.
fn address(view: &NoticeSettingsView, place: &Place, doing: Doing) -> AnyView {
    let state = match (&view.address, view.sends_mail) {
        (Some(address), _) => view! {
            <p>
                {icon("shield-check")} " Letters go to " <b><bdi>{address.clone()}</bdi></b> ", which you confirmed."
            </p>
        }
        .into_any(),
        (None, true) => view! { <p class="muted">"You gave no address, so no e-mail is sent to you."</p> }.into_any(),
        (None, false) => view! {
            <p class="muted">"This service sends no e-mail: whoever runs it has set up no mail server."</p>
        }
        .into_any(),
    };
    let form = view.sends_mail.then(|| {
        let unseen = hidden([("slug", place.frame.slug.clone())]);
        view! {
            <ActionForm action=doing.claim>
                <div class="inline-form">
                    {unseen}
                    <div class="field grow">
                        <label for="address">"Address"</label>
                        <input class="input" id="address" name="address" type="email" autocomplete="email" maxlength="254" required=true />
                    </div>
                    <button class="button" type="submit">
                        {icon("mail")}
                        "Send me the link"
                    </button>
                </div>
            </ActionForm>
        }
    });
    let forget = view.address.is_some().then(|| {
        let unseen = hidden([("slug", place.frame.slug.clone()), ("address", "".to_owned())]);
        view! {
            <ActionForm action=doing.claim>
                {unseen}
                <button class="button quiet" type="submit">
                    "Forget my address"
                </button>
            </ActionForm>
        }
    });
    view! {
        <section class="section" aria-labelledby="mail">
            <div class="section-head">
                <h2 id="mail">"E-mail"</h2>
            </div>
            <div class="card stack gap-3">{state} {form} {forget}</div>
        </section>
    }
    .into_any()
}

/// Event by channel, and when letters come.
fn matrix(view: &NoticeSettingsView, place: &Place, doing: Doing) -> AnyView {
    let heads = NoticeChannel::ALL.map(|channel| view! { <th scope="col">{channel.label()}</th> }).collect_view();
    let rows = NoticeEvent::ALL
        .map(|event| {
            let cells = NoticeChannel::ALL
                .map(|channel| {
                    let cell = format!("{}.{}", event.word(), channel.word());
                    let is_on = view.on.contains(&cell);
                    let label = format!("{}: {}", event.label(), channel.label());
                    view! {
                        <td>
                            <label class="cell-check">
                                <input type="checkbox" name="settings[on][]" value=cell checked=is_on aria-label=label />
                            </label>
                        </td>
                    }
                })
                .collect_view();
            view! {
                <tr>
                    <th scope="row">{event.label()}</th>
                    {cells}
                </tr>
            }
        })
        .collect_view();
    let option = |value: String, words: String, is_on: bool| {
        view! {
            <option value=value selected=is_on>
                {words}
            </option>
        }
    };
    let digests = [("off", "At once, one by one"), ("daily", "Once a day"), ("weekly", "Once a week")]
        .map(|(value, words)| option(value.to_owned(), words.to_owned(), view.digest == value))
        .collect_view();
    let hours = (0..24).map(|hour| option(hour.to_string(), format!("{hour}:00"), view.hour == hour)).collect_view();
    let days = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
    let days = (1..).zip(days).map(|(n, day)| option(n.to_string(), day.to_owned(), view.weekday == n)).collect_view();
    let zones = view
        .time_zones
        .iter()
        .map(|zone| option(zone.clone(), zone.replace('_', " "), *zone == view.time_zone))
        .collect_view();
    let next = view.next_digest.map(|at| view! { <p class="hint">"The next one comes " {when(at, place.now)} "."</p> });
    let chats = match view.chats.as_slice() {
        [] => "You have linked no chat account yet, so nothing is sent there.".to_owned(),
        chats => format!("Chat means {}.", chats.join(", ")),
    };
    let unseen = hidden([("slug", place.frame.slug.clone())]);
    view! {
        <section class="section" aria-labelledby="what">
            <div class="section-head">
                <h2 id="what">"What, and where"</h2>
            </div>
            <ActionForm action=doing.save>
                {unseen}
                <div class="stack">
                    <div class="panel scroll-x" role="region" aria-labelledby="what" tabindex="0">
                        <table class="table matrix">
                            <thead>
                                <tr>
                                    <th scope="col">"What happens"</th>
                                    {heads}
                                </tr>
                            </thead>
                            <tbody>{rows}</tbody>
                        </table>
                    </div>
                    <p class="small muted">{chats}</p>
                    <fieldset class="card stack gap-3">
                        <legend class="visually-hidden">"When e-mail comes"</legend>
                        <div class="grid min-10">
                            <div class="field">
                                <label for="digest">"E-mail comes"</label>
                                <select class="input" id="digest" name="settings[digest]">{digests}</select>
                            </div>
                            <div class="field">
                                <label for="weekday">"Weekly on"</label>
                                <select class="input" id="weekday" name="settings[weekday]">{days}</select>
                            </div>
                            <div class="field">
                                <label for="hour">"At"</label>
                                <select class="input" id="hour" name="settings[hour]">{hours}</select>
                            </div>
                            <div class="field">
                                <label for="zone">"Where I live"</label>
                                <select class="input" id="zone" name="settings[time_zone]">{zones}</select>
                            </div>
                        </div>
                        <p class="hint">"A digest holds what you have not read, and is never empty. A vote that is about to close is told at once."</p>
                        {next}
                    </fieldset>
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

/// Threads that are muted.
fn muted(view: &NoticeSettingsView, place: &Place, doing: Doing) -> Option<AnyView> {
    if view.muted.is_empty() {
        return None;
    }
    let lines = view.muted.iter().map(|(subject, title)| {
        let id = subject.strip_prefix("proposal:").unwrap_or_default();
        let unseen = hidden([
            ("slug", place.frame.slug.clone()),
            ("subject", subject.clone()),
            ("is_muted", "false".to_owned()),
        ]);
        view! {
            <li>
                <a class="grow" href=place.href(&format!("proposals/{id}"))>{title.clone()}</a>
                <ActionForm action=doing.mute>
                    {unseen}
                    <button class="button quiet small" type="submit">
                        {icon("bell")}
                        "Hear of it again"
                    </button>
                </ActionForm>
            </li>
        }
    });
    Some(
        view! {
            <section class="section" aria-labelledby="muted">
                <div class="section-head">
                    <h2 id="muted">"Muted threads"</h2>
                </div>
                <ul class="panel rows tight">{lines.collect_view()}</ul>
            </section>
        }
        .into_any(),
    )
}
