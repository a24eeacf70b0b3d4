//! Founding a community in five steps: where it lives, how it decides, what is to be filled in, how it is called, and go.
//!
//! The steps are pages of one form that is sent by GET until the last, so that it works without a script and the browser's
//! "back" goes back one step.

use std::collections::BTreeMap;

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use crate::{
    api::founding::{BlankView, FoundCommunity, FoundingView, KitView, founding},
    components::{
        icon::icon,
        load::shown,
        notice::{Status, callout, error_callout},
    },
    layouts::public_layout::{public_bar, public_foot},
};

/// What was chosen so far, by the names of the fields.
type Chosen = BTreeMap<String, String>;

/// The steps, as the list at the top names them.
const STEPS: [&str; 5] = ["Where it lives", "How it decides", "The blanks", "Name it", "Found it"];

/// Founding a community.
#[component]
pub fn FoundPage() -> impl IntoView {
    let query = use_query_map();
    let chosen = Memo::new(move |_| {
        let pairs = query.read().clone().into_iter().map(|(name, value)| (name.to_string(), value));
        pairs.filter(|(name, _)| !name.starts_with("__")).collect::<Chosen>()
    });
    let loaded = Resource::new_blocking(|| (), |()| founding());
    let found = ServerAction::<FoundCommunity>::new();
    view! {
        <Title text="Found a community" />
        <a class="skip-link" href="#main">
            "Skip to the main part"
        </a>
        {public_bar(().into_any())}
        <main id="main" class="page narrow stack gap-5" tabindex="-1">
            <h1>"Found a community"</h1>
            {shown(move || {
                let chosen = chosen.get();
                async move { Ok(page(&loaded.await?, &chosen, found)) }
            })}
        </main>
        {public_foot()}
    }
    .into_any()
}

/// Which step is next: the first of which something is missing.
fn step(view: &FoundingView, chosen: &Chosen) -> usize {
    let has = |name: &str| chosen.get(name).is_some_and(|value| !value.trim().is_empty());
    let kit = chosen.get("kit").and_then(|id| view.kits.iter().find(|kit| kit.id == *id));
    match kit {
        _ if !has("place") => 0,
        None => 1,
        Some(kit) if !kit.blanks.is_empty() && !has("filled") => 2,
        Some(_) if !has("name") || !has("slug") || !has("handle") => 3,
        Some(_) => 4,
    }
}

fn page(view: &FoundingView, chosen: &Chosen, found: ServerAction<FoundCommunity>) -> AnyView {
    if !view.may {
        let link = view! { <a href="/sign-in">"Sign in"</a> };
        return callout("held", "lock", view.why_not.clone(), link.into_any());
    }
    let at = step(view, chosen);
    let kit = chosen.get("kit").and_then(|id| view.kits.iter().find(|kit| kit.id == *id));
    let body = match (at, kit) {
        (0, _) => places(view, chosen),
        (1, _) => kits(view, chosen),
        (2, Some(kit)) => blanks(kit, chosen),
        (3, _) => naming(chosen),
        (_, Some(kit)) => summary(view, kit, chosen, found),
        (_, None) => kits(view, chosen),
    };
    view! { {progress(at)} {body} }.into_any()
}

fn progress(at: usize) -> AnyView {
    let each = STEPS
        .into_iter()
        .enumerate()
        .map(|(n, words)| {
            let class = if n < at { "done" } else { "" };
            let sign = if n < at { "check" } else { "circle-dashed" };
            view! {
                <li class=class aria-current=(n == at).then_some("step")>
                    <span class="dot">{icon(sign)}</span>
                    <div>
                        <b>{words}</b>
                    </div>
                </li>
            }
        })
        .collect_view();
    view! {
        <section class="panel stage-panel" aria-label="Steps">
            <ol class="stages across">{each}</ol>
        </section>
    }
    .into_any()
}

/// What was chosen in other steps, carried along; what this step asks is left out.
fn carried(chosen: &Chosen, asked: &[&str]) -> AnyView {
    let kept = chosen.iter().filter(|(name, _)| !asked.contains(&name.as_str()));
    kept.map(|(name, value)| view! { <input type="hidden" name=name.clone() value=value.clone() /> })
        .collect_view()
        .into_any()
}

/// A step: a form that leads to the next, and a link back to the one before.
fn step_form(title: &'static str, fields: AnyView, carried: AnyView, back: Option<String>) -> AnyView {
    let back = back.map(|href| view! { <a class="button quiet" href=href>"Back"</a> });
    view! {
        <form method="get" action="/found" class="stack gap-5">
            {carried}
            <h2>{title}</h2>
            {fields}
            <p class="row">
                <button class="button primary large" type="submit">
                    "Next"
                </button>
                {back}
            </p>
        </form>
    }
    .into_any()
}

/// The address of the steps so far without those of `but`.
fn back_to(chosen: &Chosen, but: &[&str]) -> String {
    let pairs = chosen.iter().filter(|(name, _)| !but.contains(&name.as_str()));
    let pairs: Vec<String> =
        pairs.map(|(name, value)| format!("{name}={}", super::search_page::encoded(value))).collect();
    format!("/found?{}", pairs.join("&"))
}

fn places(view: &FoundingView, chosen: &Chosen) -> AnyView {
    let options = view.places.iter().enumerate().map(|(n, place)| {
        let is_on = chosen.get("place").map_or(n == 0, |id| *id == place.id);
        choice("place", &place.id, &place.name, &place.about, is_on)
    });
    let fields = view! {
        <fieldset class="ballot">
            <legend class="visually-hidden">"Where it lives"</legend>
            {options.collect_view()}
        </fieldset>
    };
    step_form("Where does it live?", fields.into_any(), carried(chosen, &["place"]), None)
}

fn choice(name: &'static str, value: &str, label: &str, about: &str, is_on: bool) -> AnyView {
    view! {
        <label class="choice accent">
            <input type="radio" name=name value=value.to_owned() required=true checked=is_on />
            <span>
                <b>{label.to_owned()}</b>
                <span>{about.to_owned()}</span>
            </span>
        </label>
    }
    .into_any()
}

fn kits(view: &FoundingView, chosen: &Chosen) -> AnyView {
    let options = view.kits.iter().map(|kit| {
        let is_on = chosen.get("kit").is_some_and(|id| *id == kit.id);
        view! {
            <div class="kit-choice stack gap-1">
                {choice("kit", &kit.id, &kit.title, &kit.about, is_on)}
                <details class="twin">
                    <summary>{format!("Who uses “{}”, and when it goes wrong", kit.title)}</summary>
                    <dl class="facts">
                        <dt>"Used by"</dt>
                        <dd>{kit.used_by.clone()}</dd>
                        <dt>"Goes wrong"</dt>
                        <dd>{kit.fails_when.clone()}</dd>
                    </dl>
                </details>
            </div>
        }
    });
    let fields = view! {
        <fieldset class="ballot">
            <legend class="muted">"A starter kit is a whole first government. You can change every part of it later, by its own rules."</legend>
            {options.collect_view()}
        </fieldset>
    };
    let asked = ["kit", "filled"];
    step_form(
        "How does it decide?",
        fields.into_any(),
        carried(chosen, &asked),
        Some(back_to(chosen, &["place", "kit"])),
    )
}

fn blanks(kit: &KitView, chosen: &Chosen) -> AnyView {
    let names: Vec<String> = kit.blanks.iter().map(|blank| format!("blank-{}", blank.name)).collect();
    let asked: Vec<&str> = names.iter().map(String::as_str).collect();
    let fields = kit.blanks.iter().map(|blank| blank_field(blank, chosen)).collect_view();
    let fields = view! {
        <div class="card stack gap-5">
            {fields}
            <input type="hidden" name="filled" value="yes" />
        </div>
    };
    step_form(
        "What is to be filled in?",
        fields.into_any(),
        carried(chosen, &asked),
        Some(back_to(chosen, &["kit", "filled"])),
    )
}

fn blank_field(blank: &BlankView, chosen: &Chosen) -> AnyView {
    let name = format!("blank-{}", blank.name);
    let value = chosen.get(&name).cloned().unwrap_or_else(|| blank.value.clone());
    let bound = |bound: Option<f64>| bound.map(|n| n.to_string());
    let kind = if blank.is_number { "number" } else { "text" };
    let step = blank.is_number.then_some("any");
    view! {
        <div class="field">
            <label for=name.clone()>{blank.label.clone()}</label>
            <input class="input" id=name.clone() name=name.clone() type=kind step=step min=bound(blank.min) max=bound(blank.max) value=value required=true />
        </div>
    }
    .into_any()
}

fn naming(chosen: &Chosen) -> AnyView {
    let value = |name: &str| chosen.get(name).cloned().unwrap_or_default();
    let fields = view! {
        <div class="card stack gap-5">
            <div class="field">
                <label for="name">"Its name"</label>
                <input class="input" id="name" name="name" value=value("name") required=true maxlength="100" />
            </div>
            <div class="field">
                <label for="slug">"Its address"</label>
                <input class="input" id="slug" name="slug" value=value("slug") required=true maxlength="60" pattern="[a-z0-9][a-z0-9\\-]*" title="Small letters, digits and -" autocomplete="off" aria-describedby="slug-hint" />
                <p class="hint" id="slug-hint">"What stands after /c/ in links: small letters, digits and hyphens."</p>
            </div>
            <div class="field">
                <label for="about">"What it is " <span class="muted optional">"(optional)"</span></label>
                <input class="input" id="about" name="about" value=value("about") maxlength="300" />
            </div>
            <div class="field">
                <label for="handle">"Your short name there"</label>
                <input class="input" id="handle" name="handle" value=value("handle") required=true maxlength="40" pattern="[a-z0-9][a-z0-9_\\-]*" title="Small letters, digits, - and _" autocomplete="off" />
            </div>
        </div>
    };
    let asked = ["name", "slug", "about", "handle"];
    step_form(
        "How is it called?",
        fields.into_any(),
        carried(chosen, &asked),
        Some(back_to(chosen, &["filled", "name"])),
    )
}

/// Everything once more, and the button that founds.
fn summary(view: &FoundingView, kit: &KitView, chosen: &Chosen, found: ServerAction<FoundCommunity>) -> AnyView {
    let value = |name: &str| chosen.get(name).cloned().unwrap_or_default();
    let place = view.places.iter().find(|place| place.id == value("place")).map(|place| place.name.clone());
    let mut unseen = vec![
        ("form[key]".to_owned(), view.attempt_key.clone()),
        ("form[kit]".to_owned(), kit.id.clone()),
        ("form[place]".to_owned(), value("place")),
        ("form[name]".to_owned(), value("name")),
        ("form[slug]".to_owned(), value("slug")),
        ("form[about]".to_owned(), value("about")),
        ("form[handle]".to_owned(), value("handle")),
    ];
    let mut facts = vec![
        ("Name", value("name")),
        ("Address", format!("/c/{}", value("slug"))),
        ("Lives on", place.unwrap_or_default()),
        ("Decides by", kit.title.clone()),
    ];
    for blank in &kit.blanks {
        let filled = value(&format!("blank-{}", blank.name));
        unseen.push((format!("form[blanks][{}]", blank.name), filled));
    }
    let blanks: Vec<(String, String)> =
        kit.blanks.iter().map(|blank| (blank.label.clone(), value(&format!("blank-{}", blank.name)))).collect();
    facts.push(("You", format!("@{}", value("handle"))));
    let unseen =
        unseen.into_iter().map(|(name, value)| view! { <input type="hidden" name=name value=value /> }).collect_view();
    let facts = facts.into_iter().map(|(name, value)| (name.to_owned(), value)).chain(blanks);
    let facts = facts.map(|(name, value)| view! { <dt>{name}</dt> <dd>{value}</dd> }).collect_view();
    let policies = kit
        .policies
        .iter()
        .map(|(name, about)| {
            view! {
                <li>
                    <div class="grow">
                        <b>{name.clone()}</b>
                        <p class="small muted">{about.clone()}</p>
                    </div>
                </li>
            }
        })
        .collect_view();
    let roles = (!kit.roles.is_empty()).then(|| {
        view! { <p>"You begin with what the kit leaves to somebody: " <b>{kit.roles.join(", ")}</b></p> }
    });
    let documents = (!kit.documents.is_empty())
        .then(|| view! { <p>"It brings the documents: " <b>{kit.documents.join(", ")}</b></p> });
    let refused = move || found.value().get().and_then(Result::err).map(|error| error_callout(&error));
    let pending = found.pending();
    let back = back_to(chosen, &["handle"]);
    view! {
        <div class="stack gap-5">
            <h2>"Is this right?"</h2>
            <Status>{refused()}</Status>
            <div class="card">
                <dl class="facts">{facts}</dl>
            </div>
            <section class="panel" aria-labelledby="brings">
                <header>
                    <h3 id="brings">"The rules it begins with"</h3>
                </header>
                <ul class="rows tight">{policies}</ul>
            </section>
            {roles}
            {documents}
            <ActionForm action=found>
                {unseen}
                <p class="row">
                    <button class="button primary large" type="submit" aria-disabled=move || pending.get().then_some("true")>
                        {icon("landmark")}
                        "Found it"
                    </button>
                    <a class="button quiet" href=back>
                        "Back"
                    </a>
                </p>
            </ActionForm>
        </div>
    }
    .into_any()
}
