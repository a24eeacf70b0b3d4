//! The forms of a discussion: writing, changing, taking down.

use leptos::prelude::*;
use types::ProposalId;

use super::Doing;
use crate::{
    api::discussion::{CommentView, Side},
    components::{field::hidden, icon::icon},
    contexts::community_context::Place,
};

/// Writing: a comment of one's own, or an answer to one, which may begin with a mention.
pub fn write_form(place: &Place, id: ProposalId, answers: Option<(&CommentView, String)>, doing: Doing) -> AnyView {
    let pending = doing.write.pending();
    let field = answers.as_ref().map_or_else(|| "say-top".to_owned(), |(one, _)| format!("say-{}", one.id));
    let label = if answers.is_some() { "Your answer" } else { "What do you think?" };
    let parent =
        answers.as_ref().map(|(one, _)| view! { <input type="hidden" name="parent" value=one.id.to_string() /> });
    let begins = answers.is_none();
    let start = answers.map(|(_, mention)| mention).unwrap_or_default();
    let button = if begins { "Say it" } else { "Answer" };
    let side = begins.then(|| side_choice(&field, None));
    let unseen = hidden([("slug", place.frame.slug.clone()), ("proposal", id.to_string())]);
    view! {
        <ActionForm action=doing.write>
            <div class="stack gap-3 comment-form">
                {unseen}
                {parent}
                <div class="field">
                    <label for=field.clone()>{label}</label>
                    <textarea class="input" id=field.clone() name="text" rows="3" maxlength="6000" required=true dir="auto">
                        {start}
                    </textarea>
                    <p class="hint">"You can use **bold**, *emphasis*, lists, links, and @names to call somebody."</p>
                </div>
                {side}
                <p class="row">
                    <button class="button" type="submit" aria-disabled=move || pending.get().then_some("true")>
                        {icon("send")}
                        {button}
                    </button>
                </p>
            </div>
        </ActionForm>
    }
    .into_any()
}

/// Where one stands.
fn side_choice(prefix: &str, present: Option<Side>) -> AnyView {
    let options = [
        ("", "I do not say", None),
        ("for", "In favour", Some(Side::For)),
        ("against", "Against", Some(Side::Against)),
        ("neutral", "Neither: a question or remark", Some(Side::Neutral)),
    ]
    .map(|(value, words, side)| {
        let id = format!("{prefix}-side-{value}");
        view! {
            <label class="check" for=id.clone()>
                <input type="radio" id=id.clone() name="side" value=value checked=side == present />
                <span>{words}</span>
            </label>
        }
    });
    view! {
        <fieldset class="side-choice">
            <legend class="label">"Where I stand"</legend>
            <div class="row gap-4">{options.collect_view()}</div>
        </fieldset>
    }
    .into_any()
}

/// Changing what one said.
pub fn edit_form(one: &CommentView, place: &Place, doing: Doing) -> AnyView {
    let field = format!("edit-{}", one.id);
    let unseen = hidden([("slug", place.frame.slug.clone()), ("comment", one.id.to_string())]);
    let (text, side) = (one.text.clone(), side_choice(&field, one.side));
    view! {
        <details class="twin comment-doing">
            <summary>{icon("pencil")} "Change"</summary>
            <ActionForm action=doing.edit>
                <div class="stack gap-3 comment-form">
                    {unseen}
                    <div class="field">
                        <label for=field.clone()>"What you said"</label>
                        <textarea class="input" id=field.clone() name="text" rows="4" maxlength="6000" required=true dir="auto">
                            {text}
                        </textarea>
                    </div>
                    {side}
                    <p class="row">
                        <button class="button small" type="submit">
                            "Save the change"
                        </button>
                    </p>
                </div>
            </ActionForm>
        </details>
    }
    .into_any()
}

/// Taking a comment down: one's own at once, another's with a reason.
pub fn remove_form(one: &CommentView, place: &Place, doing: Doing) -> AnyView {
    let field = format!("why-{}", one.id);
    let reason = (!one.is_mine).then(|| {
        view! {
            <div class="field">
                <label for=field.clone()>"Why? Everybody reads this in its place."</label>
                <input class="input" id=field name="reason" required=true maxlength="500" />
            </div>
        }
    });
    let words = if one.is_mine { "Take it back" } else { "Take it down" };
    let unseen = hidden([("slug", place.frame.slug.clone()), ("comment", one.id.to_string())]);
    view! {
        <details class="twin comment-doing">
            <summary>{icon("x")} {words}</summary>
            <ActionForm action=doing.remove>
                <div class="stack gap-3 comment-form">
                    {unseen}
                    {reason}
                    <p class="row">
                        <button class="button no small" type="submit">
                            {words}
                        </button>
                    </p>
                </div>
            </ActionForm>
        </details>
    }
    .into_any()
}

/// Empties the field whose comment was taken; every other draft stays.
pub fn clear_after_writing(doing: Doing) {
    use leptos::{wasm_bindgen::JsCast, web_sys::HtmlTextAreaElement};

    Effect::new(move |sent: Option<String>| {
        let (input, value) = (doing.write.input().get(), doing.write.value().get());
        if let Some(input) = input {
            return input.parent.map_or_else(|| "say-top".to_owned(), |parent| format!("say-{parent}"));
        }
        let sent = sent.unwrap_or_default();
        if !sent.is_empty() && matches!(value, Some(Ok(_))) {
            let field = document().get_element_by_id(&sent);
            if let Some(field) = field.and_then(|field| field.dyn_into::<HtmlTextAreaElement>().ok()) {
                field.set_value("");
            }
            return String::new();
        }
        sent
    });
}
