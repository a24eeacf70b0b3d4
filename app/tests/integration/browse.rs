//! A browser without a script: it asks for a page and gets HTML, or sends a form and gets a redirect.

use std::sync::{Arc, LazyLock};

use app::{
    App,
    backend::{Backend, Viewer},
    shell,
};
use axum::{
    Router,
    body::{Body, to_bytes},
    http::{HeaderMap, Request, StatusCode, header},
};
use leptos::{config::LeptosOptions, prelude::provide_context};
use leptos_axum::{AxumRouteListing, LeptosRoutes, generate_route_list};
use tower::ServiceExt;

use crate::fake::{Fake, leila};

/// The addresses of all pages.
///
/// Found once for the process: they are the same for every router, and looking for them runs the whole application.
static ROUTES: LazyLock<Vec<AxumRouteListing>> = LazyLock::new(|| generate_route_list(App));

/// One browser on one invented community.
pub struct Browser {
    router: Router,
}

/// What came back.
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub html: String,
}

impl Browser {
    /// Leila's.
    pub fn of_leila() -> Self {
        Self::of(leila())
    }

    /// A visitor's.
    pub fn of_a_visitor() -> Self {
        Self::of(Viewer { request_id: "req-2".to_owned(), ..Viewer::default() })
    }

    fn of(viewer: Viewer) -> Self {
        let backend: Arc<dyn Backend> = Arc::new(Fake::default());
        let provide = move || {
            provide_context(backend.clone());
            provide_context(viewer.clone());
        };
        let options = LeptosOptions::builder().output_name("polity").site_root("target/nowhere").build();
        let shelled = options.clone();
        let router = Router::new()
            .leptos_routes_with_context(&options, ROUTES.clone(), provide.clone(), move || shell(shelled.clone()))
            .fallback(leptos_axum::file_and_error_handler_with_context(provide, shell))
            .with_state(options);
        Self { router }
    }

    /// The page at `path`.
    pub async fn page(&self, path: &str) -> Answer {
        let request = Request::get(path).header(header::ACCEPT, "text/html").header(header::HOST, "localhost");
        self.send(request.body(Body::empty()).unwrap()).await
    }

    /// The page at `path`, which must be there.
    pub async fn html(&self, path: &str) -> String {
        let answer = self.page(path).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
        answer.html
    }

    /// Sends a form from the page at `from`, as a browser without a script does.
    pub async fn submit(&self, from: &str, function: &str, fields: &[(&str, &str)]) -> Answer {
        let body = fields.iter().map(|(name, value)| format!("{}={}", encoded(name), encoded(value)));
        let body = body.collect::<Vec<_>>().join("&");
        let request = Request::post(format!("/_fn/{function}"))
            .header(header::ACCEPT, "text/html")
            .header(header::HOST, "localhost")
            .header(header::REFERER, format!("http://localhost{from}"))
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request.body(Body::from(body)).unwrap()).await
    }

    async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        let bytes = to_bytes(response.into_body(), 4 << 20).await.unwrap();
        // The marks between pieces of text are the framework's own.
        let html = String::from_utf8(bytes.to_vec()).unwrap().replace("<!>", "");
        Answer { status, headers, html }
    }
}

impl Answer {
    /// Where a redirect leads, without the host.
    pub fn location(&self) -> String {
        let location = self.headers.get(header::LOCATION).map(|value| value.to_str().unwrap()).unwrap_or_default();
        location.trim_start_matches("http://localhost").trim_end_matches('?').to_owned()
    }
}

fn encoded(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    text.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

/// The words of a page, without its tags.
pub fn text(html: &str) -> String {
    let main = html.split_once("<body").map_or(html, |(_, body)| body);
    let mut words = String::new();
    let mut in_tag = true;
    for c in main.chars() {
        match c {
            '<' => in_tag = true,
            '>' => {
                in_tag = false;
                words.push(' ');
            }
            c if !in_tag => words.push(c),
            _ => {}
        }
    }
    let words = words
        .replace("&quot;", "\"")
        .replace("&#x27;", "'")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&");
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Asserts that each of `wanted` is among the words of a page.
#[track_caller]
pub fn shows(html: &str, wanted: &[&str]) {
    let words = text(html);
    for each in wanted {
        assert!(words.contains(each), "the page does not say “{each}”:\n{words}");
    }
}

/// The address a form on `page` sends to, without its prefix.
pub async fn path_of(browser: &Browser, page: &str, function: &str) -> String {
    let html = browser.html(page).await;
    let addresses = html.split("action=\"/_fn/").skip(1).filter_map(|rest| rest.split_once('"').map(|(path, _)| path));
    let found = addresses.into_iter().find(|path| path.ends_with(function));
    found.unwrap_or_else(|| panic!("{page} has no form for {function}")).to_owned()
}
