//! A text area for policies that becomes Monaco where there is room, a pointer and a script, and nobody asked for plain text.
//!
//! The text area is always there: it is what is sent with the form, what people on phones write in, and what remains when
//! Monaco does not arrive. Only this module knows that there is a Monaco; nothing of it is loaded before the component is shown.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

#[cfg(feature = "hydrate")]
mod browser;
#[cfg(feature = "hydrate")]
mod monaco;
#[cfg(not(feature = "hydrate"))]
mod server;

#[cfg(feature = "hydrate")]
use browser as side;
#[cfg(not(feature = "hydrate"))]
use server as side;

pub use side::{Comparer, Reins};

/// What is shown in the text, never as part of it. Lines count from 1.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Findings {
    /// Lines that ran.
    pub ran: Vec<u32>,
    /// Lines that could have run and did not.
    pub skipped: Vec<u32>,
    /// Values to write behind lines.
    pub values: Vec<LineValue>,
    /// The line that decided.
    pub decided: Option<u32>,
    /// What the server found in the text.
    pub problems: Vec<Marker>,
}

/// A value behind a line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LineValue {
    /// The line.
    pub line: u32,
    /// What is written there: "yes = 2".
    pub text: String,
}

/// Something that the server found, at a place of the text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Marker {
    /// The line.
    pub line: u32,
    /// The column, in UTF-16 units.
    pub column: u32,
    /// How many UTF-16 units it is long; 0 for the word that stands there.
    pub length: u32,
    /// `error` or `warning`.
    pub severity: &'static str,
    /// A stable word.
    pub code: String,
    /// What is wrong.
    pub message: String,
    /// What to do. May be empty.
    pub remedy: String,
}

/// Something that the editor found, at a place of the text.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Problem {
    /// The line.
    pub line: u32,
    /// The column, in UTF-16 units.
    pub column: u32,
    /// How grave: `error` or `warning`.
    pub severity: String,
    /// What is wrong.
    pub message: String,
    /// What to do. May be empty.
    #[serde(default)]
    pub remedy: String,
}

/// Where the caret is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Caret {
    /// The word under it. May be empty.
    pub symbol: String,
    /// The line.
    pub line: u32,
    /// The column, in UTF-16 units.
    pub column: u32,
}

/// What the editor and the page around it share.
#[derive(Clone, Copy)]
pub struct EditorState {
    /// The text. The editor writes it; the page changes it through [`Reins::replace`].
    pub text: RwSignal<String>,
    /// What the editor found.
    pub problems: RwSignal<Vec<Problem>>,
    /// Where the caret is.
    pub caret: RwSignal<Caret>,
    /// Whether Monaco is shown.
    pub is_rich: RwSignal<bool>,
    /// Whether plain text was asked for.
    pub wants_plain: RwSignal<bool>,
    /// Whether the editor talks to screen readers even where it does not notice one.
    pub for_screen_readers: RwSignal<bool>,
    /// How the page tells the editor what to do.
    pub reins: Reins,
}

impl EditorState {
    /// The state of an editor that begins with `text`.
    #[must_use]
    pub fn new(text: String) -> Self {
        Self {
            text: RwSignal::new(text),
            problems: RwSignal::new(Vec::new()),
            caret: RwSignal::new(Caret::default()),
            is_rich: RwSignal::new(false),
            wants_plain: RwSignal::new(false),
            for_screen_readers: RwSignal::new(false),
            reins: Reins::new(),
        }
    }

    /// Replaces the text, as one step that can be undone.
    pub fn replace(self, text: String) {
        self.reins.replace(&text);
        if self.text.with_untracked(|now| *now != text) {
            self.text.set(text);
        }
    }
}

/// The editor.
#[component]
pub fn CodeEditor(
    /// What it shares with the page.
    state: EditorState,
    /// What the text area is called in the form that sends it.
    name: &'static str,
    /// How screen readers name it.
    label: String,
    /// Names of this community, offered inside of texts.
    words: Vec<String>,
    /// What is shown in the text.
    #[prop(into)]
    findings: Signal<Findings>,
    /// Whether the text may only be read.
    read_only: bool,
) -> impl IntoView {
    let area = NodeRef::<leptos::html::Textarea>::new();
    let host = NodeRef::<leptos::html::Div>::new();
    side::connect(state, area, host, label.clone(), words, findings, read_only);
    let initial = state.text.get_untracked();
    view! {
        <div class="editor" class:rich=state.is_rich>
            <textarea
                class="input code-input"
                id="source-text"
                node_ref=area
                name=name
                rows="22"
                spellcheck="false"
                autocapitalize="off"
                autocomplete="off"
                wrap="off"
                form="proposal"
                readonly=read_only
                aria-label=label
                aria-describedby="editor-keys"
                prop:value=state.text
                on:input:target=move |event| state.text.set(event.target().value())
            >
                {initial}
            </textarea>
            // Nothing is ever rendered in here: what hydration finds must be what the server sent.
            <div class="monaco-host" node_ref=host></div>
        </div>
    }
}
