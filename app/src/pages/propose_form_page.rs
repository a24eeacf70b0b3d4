//! Proposing one thing: a form made from the action type's description.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};

use crate::{
    api::action::{ActionFormView, ProposeAction, action_form},
    components::{
        field::field,
        icon::icon,
        load::community_page,
        notice::{Status, error_callout},
    },
    contexts::community_context::{CommunityContext, Place},
};

/// The form of one kind of action.
#[component]
pub fn ProposeFormPage() -> impl IntoView {
    let community = expect_context::<CommunityContext>();
    let (params, query) = (use_params_map(), use_query_map());
    let asked = Memo::new(move |_| (params.read().get("type").unwrap_or_default(), query.read().get("about")));
    let loaded = Resource::new_blocking(
        move || (community.slug.get(), asked.get()),
        |(slug, (kind, about))| action_form(slug, kind, about),
    );
    let propose = ServerAction::<ProposeAction>::new();
    community_page(loaded, move |form, place| page(&form, &place, propose))
}

fn page(form: &ActionFormView, place: &Place, propose: ServerAction<ProposeAction>) -> AnyView {
    let fields = form.fields.iter().map(field).collect_view();
    let about = (!form.about.is_empty()).then(|| view! { <p class="muted measure">{form.about.clone()}</p> });
    let decided = (!form.decided_by.is_empty()).then(|| {
        view! {
            <p class="callout decided-by">
                {icon("scale")} <span>{form.decided_by.clone()}</span>
            </p>
        }
    });
    let (slug, action_type, key) = (place.frame.slug.clone(), form.action_type.clone(), form.attempt_key.clone());
    let back = place.href("propose");
    let pending = propose.pending();
    let refused = move || match propose.value().get() {
        Some(Err(error)) => Some(error_callout(&error)),
        _ => None,
    };
    view! {
        <Title text=format!("{}, {}", form.title, place.frame.name) />
        <div class="page form-page">
            <p class="small crumb">
                <a href=place.href("propose")>"Propose"</a>
                " "
                <span class="subtle">{format!("/ {}", form.title)}</span>
            </p>
            <header class="stack gap-2">
                <h1>{form.title.clone()}</h1>
                {about}
            </header>
            {decided}
            <Status>{refused()}</Status>
            <ActionForm action=propose>
                <div class="card stack gap-5">
                    <input type="hidden" name="slug" value=slug />
                    <input type="hidden" name="action_type" value=action_type />
                    <input type="hidden" name="key" value=key />
                    {fields}
                    <div class="row">
                        <button class="button primary large" type="submit" aria-disabled=move || pending.get().then_some("true")>
                            "Propose this"
                        </button>
                        <a class="button quiet" href=back>
                            "Back"
                        </a>
                    </div>
                </div>
            </ActionForm>
        </div>
    }
    .into_any()
}
