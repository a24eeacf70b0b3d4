//! One template: its blanks, what they make, and inside a community the way to propose it.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};
use types::effect::Power;

use crate::{
    api::{
        action::{ActionFormView, ProposeAction, action_form},
        session::{SessionView, session},
    },
    builder::{FieldError, Form, Template, templates},
    components::{
        advice::advice,
        icon::icon,
        load::{community_page, error_page, shown},
        notice::{Status, error_callout},
        template_form::{Values, blanks, layer, made, preview, values},
    },
    contexts::community_context::{CommunityContext, Place},
    error::AppError,
    layouts::public_layout::{public_bar, public_foot},
};

/// The template of the address, and what it was filled with.
fn asked() -> Memo<Option<String>> {
    let params = use_params_map();
    Memo::new(move |_| params.read().get("template"))
}

/// A template for everybody.
#[component]
pub fn TemplatePage() -> impl IntoView {
    let (slug, query) = (asked(), use_query_map());
    let here = Resource::new_blocking(|| (), |()| session());
    let links = view! { <a href="/library">"Library"</a> };
    let body = move || {
        let slug = slug.get();
        shown(move || {
            let slug = slug.clone();
            async move {
                let session = here.await?;
                let template =
                    slug.as_deref().and_then(templates::named).ok_or_else(|| AppError::not_found("template"))?;
                let filled = RwSignal::new(values(&template, &query.get_untracked()));
                Ok(page(&template, filled, "/library", use_it(&session, &template)))
            }
        })
    };
    view! {
        <a class="skip-link" href="#main">
            "Skip to the main part"
        </a>
        {public_bar(links.into_any())}
        <main id="main" class="page public-page" tabindex="-1">{body}</main>
        {public_foot()}
    }
}

/// Where the viewer can propose it.
fn use_it(session: &SessionView, template: &Template) -> AnyView {
    if session.person.is_none() {
        return view! {
            <p class="row">
                <a class="button primary" href="/sign-in">
                    "Sign in to propose it"
                </a>
            </p>
        }
        .into_any();
    }
    let communities = session
        .communities
        .iter()
        .map(|community| {
            let href = format!("/c/{}/library/{}", community.slug, template.slug);
            view! { <li><a class="button" href=href>{format!("Use it in {}", community.name)}</a></li> }
        })
        .collect_view();
    view! { <ul class="row">{communities}</ul> }.into_any()
}

/// A template inside a community.
#[component]
pub fn CommunityTemplatePage() -> impl IntoView {
    let community = expect_context::<CommunityContext>();
    let (slug, query) = (asked(), use_query_map());
    let propose = ServerAction::<ProposeAction>::new();
    // The form of adding a policy says who decides, and refuses those who may not.
    let loaded = Resource::new_blocking(
        move || community.slug.get(),
        |slug| async move { Ok::<_, AppError>(action_form(slug, "constitution.add_policy".to_owned(), None).await) },
    );
    community_page(loaded, move |form, place| {
        let Some(template) = slug.get().as_deref().and_then(templates::named) else {
            return error_page(&AppError::not_found("template"));
        };
        let filled = RwSignal::new(values(&template, &query.get_untracked()));
        let way = match &form {
            Ok(form) => proposing(form, &template, made(&template, filled), &place, propose),
            Err(error) => error_callout(error),
        };
        let title = format!("{}, {}", template.title, place.frame.name);
        view! {
            <Title text=title />
            <div class="page">{page(&template, filled, &place.href("library"), way)}</div>
        }
        .into_any()
    })
}

fn page(template: &Template, filled: RwSignal<Values>, root: &str, way: AnyView) -> AnyView {
    view! {
        <Title text=template.title />
        <p class="small crumb">
            <a href=root.to_owned()>"Library"</a>
            " "
            <span class="subtle">{format!("/ {}", template.title)}</span>
        </p>
        <header class="page-head">
            <div class="stack gap-2">
                <h1>{template.title}</h1>
                <p class="muted measure">{template.description}</p>
            </div>
        </header>
        <div class="with-aside">
            <div class="stack gap-5">
                {blanks(template, filled)}
                {preview(made(template, filled))}
                {way}
            </div>
            <div class="stack">{advice(&template.advice)}</div>
        </div>
    }
    .into_any()
}

/// The proposal: a name, and everything that the blanks make.
fn proposing(
    form: &ActionFormView,
    template: &Template,
    made: Memo<Result<Form, Vec<FieldError>>>,
    place: &Place,
    propose: ServerAction<ProposeAction>,
) -> AnyView {
    let (usual, title) = (template.layer, template.title);
    let (slug, action_type, key) = (place.frame.slug.clone(), form.action_type.clone(), form.attempt_key.clone());
    let text = move |of: fn(&Form) -> String| move || made.get().map(|form| of(&form)).unwrap_or_default();
    let of_layer = move || match made.get().map_or(usual, |form| layer(&form, usual)) {
        types::Layer::Platform => "platform",
        types::Layer::Constitution => "constitution",
    };
    let hidden = |name: &'static str, items: Vec<String>| {
        items.into_iter().map(|value| view! { <input type="hidden" name=name value=value /> }).collect_view()
    };
    let action_types =
        move || hidden("lists[action_types][]", made.get().map(|form| form.action_types()).unwrap_or_default());
    let powers = move || {
        let powers = made.get().map(|form| form.powers().into_iter().map(power).collect()).unwrap_or_default();
        hidden("lists[powers][]", powers)
    };
    let is_wrong = move || made.get().is_err();
    let pending = propose.pending();
    let refused = move || match propose.value().get() {
        Some(Err(error)) => Some(error_callout(&error)),
        _ => None,
    };
    let decided = (!form.decided_by.is_empty())
        .then(|| view! { <p class="callout decided-by">{icon("scale")} <span>{form.decided_by.clone()}</span></p> });
    view! {
        <section class="stack" aria-labelledby="propose">
            <h2 id="propose">"Propose it"</h2>
            {decided}
            <Status>{refused()}</Status>
            <ActionForm action=propose>
                <div class="card stack gap-5">
                    <input type="hidden" name="slug" value=slug />
                    <input type="hidden" name="action_type" value=action_type />
                    <input type="hidden" name="key" value=key />
                    <input type="hidden" name="fields[layer]" value=of_layer />
                    <input type="hidden" name="fields[kind]" value="governing" />
                    <input type="hidden" name="fields[enforcement]" value="enforced" />
                    <input type="hidden" name="fields[on_error]" value="hold" />
                    <input type="hidden" name="fields[description]" value=text(Form::sentence) />
                    <input type="hidden" name="fields[source]" value=text(Form::to_code) />
                    {action_types}
                    {powers}
                    <div class="field">
                        <label for="policy-name">"Name of the policy"</label>
                        <input class="input" type="text" id="policy-name" name="fields[name]" value=title required />
                    </div>
                    <p class="small muted">"What is proposed is what stands above in plain words and in JavaScript."</p>
                    <div class="row">
                        <button class="button primary large" type="submit" disabled=is_wrong aria-disabled=move || pending.get().then_some("true")>
                            "Propose this"
                        </button>
                    </div>
                </div>
            </ActionForm>
        </section>
    }
    .into_any()
}

fn power(power: Power) -> String {
    serde_json::to_value(power).ok().and_then(|word| word.as_str().map(ToOwned::to_owned)).unwrap_or_default()
}
