//! The few functions of the editor's script that the pages call. `frontend/editor/core.ts` is the other side.

use js_sys::{Function, Promise, Reflect};
use leptos::prelude::document;
use leptos::web_sys::{Element, HtmlElement, HtmlScriptElement};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;

/// The one file of the editor that is asked for by its name.
const LOADER: &str = "/editor/loader.js";

/// Everything of the editor that is not yet mounted.
pub(super) struct Core(JsValue);

/// A mounted editor or comparison.
pub(super) struct Handle(JsValue);

/// What the editor calls with its news.
pub(super) type Hear = Closure<dyn FnMut(String)>;

impl Core {
    /// Loads the editor, once for the page.
    pub(super) async fn load() -> Result<Self, JsValue> {
        if loaded().is_undefined() {
            JsFuture::from(Promise::new(&mut |resolve, reject| append_loader(&resolve, &reject))).await?;
        }
        let core = call(&loaded(), "core", &[])?;
        JsFuture::from(Promise::resolve(&core)).await.map(Self)
    }

    pub(super) fn mount(&self, host: &HtmlElement, options: &str, hear: &Hear) -> Result<Handle, JsValue> {
        call(&self.0, "mount", &[host.into(), options.into(), hear.as_ref().clone()]).map(Handle)
    }

    pub(super) fn compare(&self, host: &HtmlElement, sides: &str) -> Result<Handle, JsValue> {
        call(&self.0, "compare", &[host.into(), sides.into()]).map(Handle)
    }
}

impl Handle {
    /// Calls one of its functions. A function that fails leaves the page as it is: the text is safe in the text area.
    pub(super) fn call(&self, name: &str, arguments: &[JsValue]) {
        if let Err(error) = call(&self.0, name, arguments) {
            leptos::logging::warn!("the editor could not {name}: {error:?}");
        }
    }
}

/// What the loader left for us; undefined before it came.
fn loaded() -> JsValue {
    Reflect::get(&js_sys::global(), &"polityEditor".into()).unwrap_or_default()
}

/// Adds the loader to the page. A script that is added by a trusted one needs no nonce of its own.
fn append_loader(resolve: &Function, reject: &Function) {
    let element = document().create_element("script").ok().and_then(|made| made.dyn_into::<HtmlScriptElement>().ok());
    let (Some(script), Some(head)) = (element, document().head()) else {
        let _ = reject.call0(&JsValue::NULL);
        return;
    };
    script.set_type("module");
    script.set_src(LOADER);
    script.set_onload(Some(resolve));
    script.set_onerror(Some(reject));
    if head.append_child(AsRef::<Element>::as_ref(&script)).is_err() {
        let _ = reject.call0(&JsValue::NULL);
    }
}

fn call(on: &JsValue, name: &str, arguments: &[JsValue]) -> Result<JsValue, JsValue> {
    let function = Reflect::get(on, &name.into())?.dyn_into::<Function>()?;
    Reflect::apply(&function, on, &arguments.iter().collect())
}
