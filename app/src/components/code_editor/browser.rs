//! The editor's side in the browser: when Monaco comes, what it hears, and how it goes.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use js_sys::Reflect;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::web_sys::{HtmlElement, HtmlTextAreaElement};
use serde::Deserialize;
use wasm_bindgen::JsValue;

use super::monaco::{Core, Handle, Hear};
use super::{Caret, EditorState, Findings, Problem};

/// Under this name the browser remembers that somebody wants plain text.
const WANTS_PLAIN: &str = "polity.plain-text";

/// Where Monaco is of use: it does not work under fingers, and needs the width.
const HAS_ROOM: &str = "(pointer: fine) and (min-width: 48rem)";

/// How the page tells the editor what to do.
#[derive(Clone, Copy)]
pub struct Reins {
    mounted: StoredValue<Option<Mounted>, LocalStorage>,
    area: StoredValue<Option<HtmlTextAreaElement>, LocalStorage>,
}

/// Monaco on the page. The handle stands first: it must go before what it calls.
struct Mounted {
    handle: Handle,
    _hear: Option<Hear>,
}

impl Reins {
    pub(super) fn new() -> Self {
        Self { mounted: StoredValue::new_local(None), area: StoredValue::new_local(None) }
    }

    fn with(self, act: impl FnOnce(&Handle)) -> bool {
        self.mounted.try_with_value(|mounted| mounted.as_ref().map(|mounted| act(&mounted.handle)).is_some())
            == Some(true)
    }

    pub(super) fn replace(self, text: &str) {
        self.with(|editor| editor.call("replace", &[text.into()]));
    }

    /// Puts text where the caret is.
    pub fn insert(self, text: &str) {
        if self.with(|editor| editor.call("insert", &[text.into()])) {
            return;
        }
        self.area.try_with_value(|area| {
            let Some(area) = area else { return };
            // Asking the browser keeps its own undo; `input` tells the page.
            let _ = area.focus();
            let at = area.selection_start().ok().flatten().unwrap_or(0);
            let _ = area.set_range_text_with_start_and_end(text, at, at);
            let _ = leptos::web_sys::Event::new("input").map(|event| area.dispatch_event(&event));
        });
    }

    /// Goes to a place.
    pub fn reveal(self, line: u32, column: u32) {
        if self.with(|editor| editor.call("reveal", &[line.into(), column.into()])) {
            return;
        }
        self.area.try_with_value(|area| {
            let Some(area) = area else { return };
            let text = area.value();
            let before = text.split_inclusive('\n').take(usize::try_from(line.saturating_sub(1)).unwrap_or(0));
            let units: usize = before.map(|line| line.encode_utf16().count()).sum();
            let at = u32::try_from(units).unwrap_or(0).saturating_add(column.saturating_sub(1));
            let _ = area.focus();
            let _ = area.set_selection_range(at, at);
        });
    }

    /// Runs one of the editor's commands.
    pub fn run(self, command: &str) {
        self.with(|editor| editor.call("run", &[command.into()]));
    }
}

/// What the editor says.
#[derive(Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
enum News {
    Text { text: String },
    Symbol { name: String, line: u32, column: u32 },
    Problems { problems: Vec<Problem> },
}

pub(super) fn connect(
    state: EditorState,
    area: NodeRef<leptos::html::Textarea>,
    host: NodeRef<leptos::html::Div>,
    label: String,
    words: Vec<String>,
    findings: Signal<Findings>,
    read_only: bool,
) {
    let alive = Arc::new(AtomicBool::new(true));
    let options = move |text: String| {
        serde_json::json!({
            "text": text, "label": label, "describedBy": "editor-keys", "words": words, "readOnly": read_only,
        })
        .to_string()
    };
    state.wants_plain.set(remembers_plain());
    area.on_load(move |area| state.reins.area.set_value(Some(area)));
    let (mounting, stopping) = (alive.clone(), alive);
    Effect::new(move |_| {
        let Some(host) = host.get() else { return };
        if state.wants_plain.get() || !has_room() {
            unmount(state);
            return;
        }
        let (options, alive) = (options.clone(), mounting.clone());
        spawn_local(async move {
            let core = match Core::load().await {
                Ok(core) => core,
                Err(error) => return leptos::logging::warn!("the editor did not arrive: {error:?}"),
            };
            // Loading takes a moment: the page may have gone, or changed its mind.
            if alive.load(Ordering::Relaxed) && !state.wants_plain.get_untracked() {
                mount(state, &core, &host, &options(state.text.get_untracked()));
            }
        });
    });
    Effect::new(move |_| {
        let json = serde_json::to_string(&findings.get()).unwrap_or_default();
        if state.is_rich.get() {
            state.reins.with(|editor| editor.call("show", &[json.as_str().into()]));
        }
    });
    Effect::new(move |_| {
        let on = state.for_screen_readers.get();
        if state.is_rich.get() {
            state.reins.with(|editor| editor.call("setScreenReader", &[on.into()]));
        }
    });
    Effect::new(move |before: Option<bool>| {
        let wants_plain = state.wants_plain.get();
        if before.is_some_and(|before| before != wants_plain) {
            remember_plain(wants_plain);
        }
        wants_plain
    });
    on_cleanup(move || {
        stopping.store(false, Ordering::Relaxed);
        unmount(state);
    });
}

fn mount(state: EditorState, core: &Core, host: &HtmlElement, options: &str) {
    if state.is_rich.get_untracked() {
        return;
    }
    let hear = Hear::new(move |news: String| match serde_json::from_str(&news) {
        Ok(News::Text { text }) => {
            state.text.try_update(|now| {
                if *now != text {
                    *now = text;
                }
            });
        }
        Ok(News::Symbol { name, line, column }) => {
            state.caret.try_set(Caret { symbol: name, line, column });
        }
        Ok(News::Problems { problems }) => {
            state.problems.try_set(problems);
        }
        Err(error) => leptos::logging::warn!("the editor said what nobody understands: {error}"),
    });
    match core.mount(host, options, &hear) {
        Ok(handle) => {
            state.reins.mounted.set_value(Some(Mounted { handle, _hear: Some(hear) }));
            state.is_rich.set(true);
        }
        Err(error) => leptos::logging::warn!("the editor could not be shown: {error:?}"),
    }
}

fn unmount(state: EditorState) {
    state.reins.mounted.try_update_value(|mounted| {
        if let Some(mounted) = mounted.take() {
            mounted.handle.call("dispose", &[]);
        }
    });
    state.is_rich.try_set(false);
}

/// Shows two versions side by side, once the script is there.
#[derive(Clone, Copy)]
pub struct Comparer {
    mounted: StoredValue<Option<Mounted>, LocalStorage>,
    is_shown: RwSignal<bool>,
}

impl Comparer {
    /// A comparison that is not shown yet.
    #[must_use]
    pub fn new() -> Self {
        let comparer = Self { mounted: StoredValue::new_local(None), is_shown: RwSignal::new(false) };
        on_cleanup(move || comparer.hide());
        comparer
    }

    /// Whether the two are shown.
    #[must_use]
    pub fn is_shown(self) -> bool {
        self.is_shown.get()
    }

    /// Shows the comparison in `host`, and follows `after`.
    pub fn show(self, host: NodeRef<leptos::html::Div>, before: String, after: RwSignal<String>, label: String) {
        Effect::new(move |_| {
            let Some(host) = host.get() else { return };
            let text = after.get();
            if self.is_shown.get_untracked() {
                self.mounted.with_value(|mounted| {
                    if let Some(mounted) = mounted {
                        mounted.handle.call("update", &[text.as_str().into()]);
                    }
                });
                return;
            }
            if !has_room() {
                return;
            }
            let sides = serde_json::json!({ "before": before, "after": text, "label": label }).to_string();
            spawn_local(async move {
                if let Ok(core) = Core::load().await
                    && self.is_shown.try_get_untracked() == Some(false)
                    && let Ok(handle) = core.compare(&host, &sides)
                {
                    self.mounted.set_value(Some(Mounted { handle, _hear: None }));
                    self.is_shown.set(true);
                }
            });
        });
    }

    fn hide(self) {
        self.mounted.try_update_value(|mounted| {
            if let Some(mounted) = mounted.take() {
                mounted.handle.call("dispose", &[]);
            }
        });
    }
}

/// Whether Monaco is of use here.
fn has_room() -> bool {
    let asked = Reflect::get(&window(), &"matchMedia".into())
        .ok()
        .and_then(|ask| ask.dyn_into::<js_sys::Function>().ok())
        .and_then(|ask| ask.call1(&window(), &HAS_ROOM.into()).ok());
    asked.and_then(|answer| Reflect::get(&answer, &"matches".into()).ok()).is_some_and(|matches| matches.is_truthy())
}

use wasm_bindgen::JsCast;

fn remembers_plain() -> bool {
    storage("getItem", &[WANTS_PLAIN.into()]).is_some_and(|value| value.as_string().as_deref() == Some("yes"))
}

fn remember_plain(wants_plain: bool) {
    if wants_plain {
        storage("setItem", &[WANTS_PLAIN.into(), "yes".into()]);
    } else {
        storage("removeItem", &[WANTS_PLAIN.into()]);
    }
}

/// Asks the browser's memory, which may be closed to us.
fn storage(name: &str, arguments: &[JsValue]) -> Option<JsValue> {
    let storage = Reflect::get(&window(), &"localStorage".into()).ok()?;
    let function = Reflect::get(&storage, &name.into()).ok()?.dyn_into::<js_sys::Function>().ok()?;
    Reflect::apply(&function, &storage, &arguments.iter().collect()).ok()
}
