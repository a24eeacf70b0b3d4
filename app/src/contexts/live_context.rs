//! News from the server: which things changed, so that what shows them loads again.
//!
//! `GET /c/{slug}/live` is a stream of server-sent events, each of whose data is one topic: `proposal:<id>`, `board:<channel id>`,
//! `policies`, `members`, `documents`, `audit`, `clock`, `home`, or `everything`. Only the browser listens; on the server
//! there is no news.

use leptos::prelude::*;
use serde::{Serialize, de::DeserializeOwned};

/// What is new.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct News {
    /// Grows with each piece of news.
    serial: u32,
    /// What changed; empty for everything.
    topics: Vec<String>,
}

/// News of one community.
#[derive(Clone, Copy)]
pub struct LiveContext {
    news: RwSignal<News>,
}

impl LiveContext {
    /// Listens to the news of the community for as long as its pages are shown.
    pub fn provide(slug: Memo<String>) -> Self {
        let live = Self { news: RwSignal::new(News::default()) };
        provide_context(live);
        listen(live, slug);
        live
    }

    /// Loads everything on the page again: after the viewer changed something that concerns many things.
    pub fn everything(self) {
        self.publish(Vec::new());
    }

    fn publish(self, topics: Vec<String>) {
        self.news.update(|news| *news = News { serial: news.serial.wrapping_add(1), topics });
    }
}

/// Loads `resource` again whenever there is news of a topic that concerns it.
pub fn refetch_on<T>(resource: Resource<T>, concerns: impl Fn(&str) -> bool + Send + Sync + 'static)
where
    T: Serialize + DeserializeOwned + Send + Sync + 'static,
{
    let Some(live) = use_context::<LiveContext>() else { return };
    Effect::new(move |seen: Option<u32>| {
        let news = live.news.get();
        let is_new = seen.is_some_and(|seen| seen != news.serial);
        if is_new && (news.topics.is_empty() || news.topics.iter().any(|topic| concerns(topic))) {
            resource.refetch();
        }
        news.serial
    });
}

#[cfg(not(feature = "hydrate"))]
fn listen(_live: LiveContext, _slug: Memo<String>) {}

/// Opens the stream once the page is alive. Topics that come close together are published together.
#[cfg(feature = "hydrate")]
fn listen(live: LiveContext, slug: Memo<String>) {
    use std::time::Duration;

    use wasm_bindgen::{JsCast, closure::Closure};
    use web_sys::{EventSource, MessageEvent};

    const GATHER: Duration = Duration::from_millis(120);

    let open = StoredValue::new_local(None::<EventSource>);
    let gathered = StoredValue::new(Vec::<String>::new());
    let close = move || {
        open.update_value(|source| {
            if let Some(source) = source.take() {
                source.close();
            }
        });
    };
    let hear = move |topic: String| {
        let is_first = gathered.with_value(Vec::is_empty);
        gathered.update_value(|topics| topics.push(topic));
        if is_first {
            set_timeout(
                move || {
                    let Some(topics) = gathered.try_update_value(std::mem::take) else { return };
                    if topics.iter().any(|topic| topic == "everything") {
                        live.everything();
                    } else {
                        live.publish(topics);
                    }
                },
                GATHER,
            );
        }
    };
    Effect::new(move |_| {
        close();
        let Ok(source) = EventSource::new(&format!("/c/{}/live", slug.get())) else { return };
        let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            if let Some(topic) = event.data().as_string() {
                hear(topic);
            }
        });
        let was_lost = StoredValue::new(false);
        let on_error = Closure::<dyn FnMut()>::new(move || was_lost.set_value(true));
        let on_open = Closure::<dyn FnMut()>::new(move || {
            // What happened while nobody listened is unknown, so everything may have.
            if was_lost.get_value() {
                was_lost.set_value(false);
                live.everything();
            }
        });
        source.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        source.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        source.set_onopen(Some(on_open.as_ref().unchecked_ref()));
        // The three closures live as long as the stream, which is as long as the page.
        on_message.forget();
        on_error.forget();
        on_open.forget();
        open.set_value(Some(source));
    });
    on_cleanup(close);
}
