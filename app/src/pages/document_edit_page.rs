//! Writing a document: Markdown with a toolbar and, as one writes, the page as it will read. What is sent is a proposal.

use leptos::{ev::MouseEvent, html::Textarea, prelude::*};
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};

use crate::{
    api::action::{ActionFormView, ProposeAction, action_form},
    components::{
        field::hidden,
        icon::icon,
        load::community_page,
        markdown::markdown,
        notice::{Status, error_callout},
    },
    contexts::community_context::{CommunityContext, Place},
};

/// Changing the document of the address.
#[component]
pub fn DocumentEditPage() -> impl IntoView {
    let params = use_params_map();
    let about = Memo::new(move |_| params.read().get("id"));
    editor("constitution.change_document", about)
}

/// Writing a new document.
#[component]
pub fn DocumentNewPage() -> impl IntoView {
    let query = use_query_map();
    let about = Memo::new(move |_| query.read().get("none"));
    editor("constitution.add_document", about)
}

fn editor(kind: &'static str, about: Memo<Option<String>>) -> AnyView {
    let community = expect_context::<CommunityContext>();
    let propose = ServerAction::<ProposeAction>::new();
    let loaded = Resource::new_blocking(
        move || (community.slug.get(), about.get()),
        move |(slug, about)| action_form(slug, kind.to_owned(), about),
    );
    community_page(loaded, move |form, place| page(&form, &place, propose))
}

/// What a field of the form starts with.
fn value(form: &ActionFormView, name: &str) -> String {
    form.fields.iter().find(|field| field.name == name).map(|field| field.value.clone()).unwrap_or_default()
}

fn page(form: &ActionFormView, place: &Place, propose: ServerAction<ProposeAction>) -> AnyView {
    let is_new = form.action_type == "constitution.add_document";
    let document = value(form, "document");
    let title = if is_new { "Write a document".to_owned() } else { format!("Change “{document}”") };
    let name = if is_new { value(form, "name") } else { document.clone() };
    let mut unseen = vec![hidden([
        ("slug", place.frame.slug.clone()),
        ("action_type", form.action_type.clone()),
        ("key", form.attempt_key.clone()),
    ])];
    if !is_new {
        unseen.push(hidden([("fields[document]", document)]));
    }
    let unseen = unseen.collect_view();
    let refused = move || propose.value().get().and_then(Result::err).map(|error| error_callout(&error));
    let pending = propose.pending();
    let back = place.href("documents");
    let decided = (!form.decided_by.is_empty()).then(|| {
        view! {
            <p class="callout decided-by">
                {icon("scale")} <span>{form.decided_by.clone()}</span>
            </p>
        }
    });
    let text = RwSignal::new(value(form, "text"));
    let area = NodeRef::<Textarea>::new();
    view! {
        <Title text=format!("{title}, {}", place.frame.name) />
        <div class="page">
            <p class="small crumb">
                <a href=place.href("documents")>"Documents"</a>
                " "
                <span class="subtle">{format!("/ {title}")}</span>
            </p>
            <header class="page-head">
                <h1>{title.clone()}</h1>
            </header>
            {decided}
            <Status>{refused()}</Status>
            <ActionForm action=propose>
                <div class="stack gap-5">
                    {unseen}
                    <div class="field">
                        <label for="doc-name">"Title"</label>
                        <input class="input" id="doc-name" name="fields[name]" value=name required=true maxlength="200" />
                    </div>
                    {writing(text, area)}
                    <div class="row">
                        <button class="button primary large" type="submit" aria-disabled=move || pending.get().then_some("true")>
                            {if is_new { "Propose this document" } else { "Propose this change" }}
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

/// What a tool of the toolbar puts around the chosen words.
#[derive(Clone, Copy)]
struct Tool {
    name: &'static str,
    sign: &'static str,
    before: &'static str,
    after: &'static str,
    /// What stands between where nothing is chosen.
    sample: &'static str,
}

const TOOLS: [Tool; 7] = [
    Tool { name: "Heading", sign: "heading", before: "\n## ", after: "\n", sample: "Heading" },
    Tool { name: "Bold", sign: "bold", before: "**", after: "**", sample: "important" },
    Tool { name: "Italic", sign: "italic", before: "*", after: "*", sample: "so" },
    Tool { name: "List", sign: "list", before: "\n- ", after: "\n", sample: "one thing" },
    Tool { name: "Quotation", sign: "quote", before: "\n> ", after: "\n", sample: "somebody's words" },
    Tool { name: "Link", sign: "link-2", before: "[", after: "](https://)", sample: "words" },
    Tool { name: "Policy that sees to it", sign: "scale", before: "[[", after: "]]", sample: "Name of a policy" },
];

/// The text beside how it will read.
fn writing(text: RwSignal<String>, area: NodeRef<Textarea>) -> AnyView {
    let tools = TOOLS
        .map(|tool| {
            view! {
                <button class="button quiet icon-only" type="button" aria-label=tool.name title=tool.name on:click=move |event| apply(tool, text, area, &event)>
                    {icon(tool.sign)}
                </button>
            }
        })
        .collect_view();
    let start = text.get_untracked();
    view! {
        <div class="writing">
            <div class="field">
                <label for="doc-text">"Text"</label>
                <div class="toolbar needs-script" role="toolbar" aria-label="Marks" aria-controls="doc-text">
                    {tools}
                </div>
                <textarea class="input code-input" id="doc-text" name="fields[text]" rows="24" required=true dir="auto" aria-describedby="doc-hint" node_ref=area on:input=move |event| text.set(event_target_value(&event))>
                    {start}
                </textarea>
                <p class="hint" id="doc-hint">
                    "Markdown: ## headings, **bold**, - lists, 1. numbered clauses. [[Name of a policy]] links a clause to the policy that sees to it."
                </p>
            </div>
            <section class="preview needs-script" aria-labelledby="preview">
                <h2 id="preview" class="small">
                    "How it will read"
                </h2>
                <article class="document voice panel" dir="auto">
                    <div class="body">{move || markdown(&text.get())}</div>
                </article>
            </section>
        </div>
    }
    .into_any()
}

/// Puts a tool's marks around the chosen words.
fn apply(tool: Tool, text: RwSignal<String>, area: NodeRef<Textarea>, _event: &MouseEvent) {
    let Some(field) = area.get_untracked() else { return };
    let value = field.value();
    let units: Vec<u16> = value.encode_utf16().collect();
    let at = |place: Option<u32>| usize::try_from(place.unwrap_or(0)).unwrap_or(0).min(units.len());
    let start = at(field.selection_start().ok().flatten());
    let end = at(field.selection_end().ok().flatten()).max(start);
    let part = |range: std::ops::Range<usize>| String::from_utf16_lossy(units.get(range).unwrap_or_default());
    let (before, chosen, after) = (part(0..start), part(start..end), part(end..units.len()));
    let inner = if chosen.is_empty() { tool.sample.to_owned() } else { chosen };
    let new = format!("{before}{}{inner}{}{after}", tool.before, tool.after);
    field.set_value(&new);
    let from = before.encode_utf16().count() + tool.before.encode_utf16().count();
    let to = from + inner.encode_utf16().count();
    // A browser that cannot select still has the marks.
    let _ = field.set_selection_range(u32::try_from(from).unwrap_or(0), u32::try_from(to).unwrap_or(0));
    let _ = field.focus();
    text.set(new);
}
