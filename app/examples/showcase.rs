//! Serves every page with an invented community, without the server crate:
//! `cargo run -p app --features ssr --example showcase -- 127.0.0.1:3120 target/site`
//!
//! Any member one signs in as is Leila; `/c/quiet` is a community where nothing has happened yet.

use std::{convert::Infallible, error::Error, sync::Arc, time::Duration};

use app::{
    App,
    backend::{Backend, Viewer},
    shell,
};
use axum::{
    Router,
    extract::Request,
    http::{HeaderValue, header},
    middleware::{self, Next},
    response::{
        Response, Sse,
        sse::{Event, KeepAlive},
    },
    routing::get,
};
use leptos::{config::LeptosOptions, nonce::use_nonce, prelude::*};
use leptos_axum::{LeptosRoutes, ResponseOptions, generate_route_list};
use tokio::{net::TcpListener, sync::broadcast};
use tokio_stream::{Stream, StreamExt, wrappers::BroadcastStream};
use tower_http::services::ServeDir;

#[path = "../tests/integration/fake/community.rs"]
#[expect(clippy::expect_used, reason = "an invented community that is wrong should stop at once")]
mod fake;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let address = arguments.next().unwrap_or_else(|| "127.0.0.1:3120".to_owned());
    let site = arguments.next().unwrap_or_else(|| "target/site".to_owned());
    let options = LeptosOptions::builder().output_name("polity").site_root(site.clone()).build();
    let backend: Arc<dyn Backend> = Arc::new(fake::Fake::default());
    let (news, _) = broadcast::channel::<String>(16);
    let provide = move || {
        provide_context(backend.clone());
        provide_context(viewer());
        content_security_policy();
    };
    let heard = news.clone();
    let live = get(move || async move { live(heard.subscribe()) });
    let routes = generate_route_list(App);
    let shelled = options.clone();
    let router = Router::new()
        .route("/c/{slug}/live", live)
        .leptos_routes_with_context(&options, routes, provide.clone(), move || shell(shelled.clone()))
        .fallback(leptos_axum::file_and_error_handler_with_context(provide, shell))
        .nest_service("/fonts", ServeDir::new(format!("{site}/fonts")))
        .layer(middleware::from_fn(move |request: Request, next: Next| tell(news.clone(), request, next)))
        .with_state(options);
    let listener = TcpListener::bind(&address).await?;
    println!("http://{address}/");
    axum::serve(listener, router).await?;
    Ok(())
}

/// Leila where her cookie came along, otherwise a visitor.
fn viewer() -> Viewer {
    let parts = use_context::<axum::http::request::Parts>();
    let cookie = parts
        .and_then(|parts| parts.headers.get(header::COOKIE).and_then(|value| value.to_str().ok()).map(str::to_owned));
    if cookie.is_some_and(|cookie| cookie.contains("session=") && !cookie.ends_with("session=")) {
        fake::leila()
    } else {
        Viewer { request_id: "req-2".to_owned(), ..Viewer::default() }
    }
}

/// The policy that the server sends too, so that a page that breaks it is seen here.
fn content_security_policy() {
    let (Some(nonce), Some(response)) = (use_nonce(), use_context::<ResponseOptions>()) else { return };
    let policy = format!(
        "default-src 'self'; script-src 'nonce-{nonce}' 'strict-dynamic' 'wasm-unsafe-eval'; style-src 'self' \
         'nonce-{nonce}'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    );
    if let Ok(value) = HeaderValue::from_str(&policy) {
        response.insert_header(header::CONTENT_SECURITY_POLICY, value);
    }
}

/// The news: a topic for each change that somebody made.
fn live(heard: broadcast::Receiver<String>) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let topics = BroadcastStream::new(heard).filter_map(Result::ok);
    Sse::new(topics.map(|topic| Ok(Event::default().data(topic))))
        .keep_alive(KeepAlive::new().interval(Duration::from_secs(15)))
}

/// Tells everybody that something changed once a change was answered.
async fn tell(news: broadcast::Sender<String>, request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let answer = next.run(request).await;
    let topics: &[&str] = match path.rsplit('/').next() {
        Some("cast_ballot") => &["proposal:00000000-0000-4000-8000-000000000214", "home"],
        Some("attempt_action" | "react") => &["board:2"],
        Some("advance_clock") => &["clock"],
        _ => &[],
    };
    for topic in topics {
        // Nobody listening is fine.
        let _ = news.send((*topic).to_owned());
    }
    answer
}
