//! The middle of the studio: the policy as a form, as JavaScript or in plain words, with what was found in it.

use leptos::prelude::*;

use super::bench::Bench;
use super::{class_of, form, guide, outline, problems, words};
use crate::components::{code_editor::CodeEditor, icon::icon};

/// The pane.
pub fn pane(bench: Bench) -> AnyView {
    let may_edit = bench.may_edit();
    let names = bench.view.with_value(|view| {
        let handles = view.members.iter().map(|member| member.person.handle.clone());
        let kinds = view.kinds.iter().filter(|kind| !kind.is_family).map(|kind| kind.value.clone());
        view.roles.iter().cloned().chain(kinds).chain(handles).collect::<Vec<_>>()
    });
    let class = move || format!("panel pane-code {}", class_of(bench.shows.get()));
    view! {
        <section class=class aria-labelledby="the-policy">
            <header>
                <h2 id="the-policy">"The policy"</h2>
                <span class="push tiny muted row gap-3 cover-keys">
                    <span>
                        <span class="cover-key ran"></span>
                        " ran"
                    </span>
                    <span>
                        <span class="cover-key"></span>
                        " did not run"
                    </span>
                </span>
                {tools(bench)}
            </header>
            <div class="source-views" class:with-guide=bench.has_guide>
                <div class="source-code">
                    {contents(bench)}
                    <CodeEditor
                        state=bench.editor
                        name="fields[source]"
                        label="Source of the policy".to_owned()
                        words=names
                        findings=bench.marks()
                        read_only=!may_edit
                    />
                    <p class="tiny subtle editor-keys" id="editor-keys">
                        {move || {
                            if bench.editor.is_rich.get() {
                                "Ctrl+M and then Tab leaves the editor. F1 lists everything it can do; Ctrl+. mends what is underlined."
                            } else {
                                "JavaScript, six functions. Tab goes on to the next control."
                            }
                        }}
                    </p>
                </div>
                {form::form(bench)} {words::plain_words(bench)} {guide::guide(bench)}
            </div>
            {problems::list(bench)}
        </section>
    }
    .into_any()
}

/// What the editor can be told from outside of it.
fn tools(bench: Bench) -> AnyView {
    let run = move |command: &'static str| move |_| bench.editor.reins.run(command);
    view! {
        <div class="row gap-1 source-tools">
            <button class="button quiet small rich-only" type="button" on:click=run("editor.action.formatDocument")>
                "Tidy up"
            </button>
            <button class="button quiet small rich-only" type="button" on:click=run("actions.find")>
                {icon("search")}
                "Find"
            </button>
            <button
                class="button quiet small script-only"
                type="button"
                aria-pressed=move || bench.has_guide.get().to_string()
                on:click=move |_| bench.has_guide.update(|has| *has = !*has)
            >
                {icon("book-open")}
                "Reference"
            </button>
            <details class="menu-details">
                <summary class="button quiet small icon-only" aria-label="How to edit">
                    {icon("ellipsis")}
                </summary>
                <div class="menu">
                    <label class="check small">
                        <input type="checkbox" prop:checked=bench.editor.wants_plain on:change:target=move |event| bench.editor.wants_plain.set(event.target().checked()) />
                        <span>"Plain text"</span>
                    </label>
                    <label class="check small">
                        <input type="checkbox" prop:checked=bench.editor.for_screen_readers on:change:target=move |event| bench.editor.for_screen_readers.set(event.target().checked()) />
                        <span>"For screen readers"</span>
                    </label>
                    <button class="button quiet small block" type="button" on:click=run("editor.action.quickCommand")>
                        "All commands (F1)"
                    </button>
                </div>
            </details>
        </div>
    }
    .into_any()
}

/// The six functions, each with the way there; those that are missing can be added.
fn contents(bench: Bench) -> AnyView {
    let found = Memo::new(move |_| bench.editor.text.with(|text| outline::outline(text)));
    let entries = move || {
        let found = found.get();
        let caret = bench.editor.caret.with(|caret| caret.line);
        let current = found.iter().rev().find(|entry| entry.line <= caret).map(|entry| entry.name.clone());
        found
            .into_iter()
            .map(|entry| {
                let is_here = current.as_ref() == Some(&entry.name);
                let line = entry.line;
                view! {
                    <li>
                        <button
                            class="chip small"
                            class:on=is_here
                            type="button"
                            aria-current=is_here.then_some("true")
                            on:click=move |_| bench.editor.reins.reveal(line, 1)
                        >
                            {entry.name}
                        </button>
                    </li>
                }
            })
            .collect_view()
    };
    view! {
        <nav class="outline" aria-label="Functions of the policy">
            <ul class="chips">{entries}</ul>
        </nav>
    }
    .into_any()
}
