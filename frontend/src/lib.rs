//! Starts the browser side: takes over the page that the server sent.

use wasm_bindgen::prelude::wasm_bindgen;

/// Called by the page once the script is there.
#[wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_body(app::App);
}
