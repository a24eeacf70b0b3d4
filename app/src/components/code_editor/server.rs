//! The editor's side on the server: there is nothing to steer.

use leptos::prelude::*;

use super::{EditorState, Findings};

/// How the page tells the editor what to do.
#[derive(Clone, Copy, Default)]
pub struct Reins;

impl Reins {
    pub(super) fn new() -> Self {
        Self
    }

    pub(super) fn replace(self, _text: &str) {}

    /// Puts text where the caret is.
    pub fn insert(self, _text: &str) {}

    /// Goes to a place.
    pub fn reveal(self, _line: u32, _column: u32) {}

    /// Runs one of the editor's commands.
    pub fn run(self, _command: &str) {}
}

pub(super) fn connect(
    _state: EditorState,
    _area: NodeRef<leptos::html::Textarea>,
    _host: NodeRef<leptos::html::Div>,
    _label: String,
    _words: Vec<String>,
    _findings: Signal<Findings>,
    _read_only: bool,
) {
}

/// Shows two versions side by side, once the script is there.
#[derive(Clone, Copy, Default)]
pub struct Comparer;

impl Comparer {
    /// A comparison that is not shown yet.
    #[must_use]
    pub fn new() -> Self {
        Self
    }

    /// Whether the two are shown; they never are on the server.
    #[must_use]
    pub fn is_shown(self) -> bool {
        false
    }

    /// Shows the comparison in `host`.
    pub fn show(self, _host: NodeRef<leptos::html::Div>, _before: String, _after: RwSignal<String>, _label: String) {}
}
