//! `GET /c/{slug}/live`: what changed, as server-sent events, for pages that are open.

use std::convert::Infallible;
use std::time::Duration;

use app::backend::Viewer;
use axum::Extension;
use axum::extract::{Path, State};
use axum::http::HeaderValue;
use axum::http::header::HeaderName;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use tokio::sync::broadcast::error::RecvError;
use tokio_stream::wrappers::ReceiverStream;

use super::api::here::Here;
use super::error::ApiError;
use super::state::Web;
use super::who::Caller;
use crate::live::{Change, Topic};

/// How often an idle stream says that it is still there: less than the minute after which proxies cut it.
const KEEP_ALIVE: Duration = Duration::from_secs(20);

/// Events that one page may be behind before it is cut off, to load everything again.
const PAGE_BACKLOG: usize = 64;

/// Longest life of one stream: then the browser connects again, and its session and membership are looked at anew.
const LONGEST: Duration = Duration::from_secs(15 * 60);

/// Tells one open page what changes.
///
/// The events name topics, never contents; the page asks again as its viewer.
///
/// # Errors
/// 404 where the viewer may not look at the community.
pub async fn stream(
    State(web): State<Web>,
    Extension(viewer): Extension<Viewer>,
    Path(slug): Path<String>,
) -> Result<Response, ApiError> {
    let here = match (viewer.account, viewer.session) {
        (Some(account), Some(session)) => Here::enter(&web, &Caller::Person { account, session }, &slug).await?,
        _ => Here::look(&web, &slug).await?,
    };
    // The first listener starts the line to the other processes; before that nobody would hear.
    web.following.get_or_init(|| drop(tokio::spawn(web.ctx.live.clone().follow(web.ctx.store.clone()))));
    let mut changes = web.ctx.live.listen(here.community.id);
    let (to, from) = tokio::sync::mpsc::channel::<Result<Event, Infallible>>(PAGE_BACKLOG);
    tokio::spawn(async move {
        metrics::gauge!("polity_live_listeners").increment(1.0);
        let end = tokio::time::sleep(LONGEST);
        tokio::pin!(end);
        loop {
            let change = tokio::select! {
                () = &mut end => break,
                () = to.closed() => break,
                change = changes.recv() => change,
            };
            match change {
                Ok(change) => {
                    let events = topics(&change).into_iter().map(|topic| Event::default().data(topic));
                    // A page that does not read is cut off: it connects again and loads everything.
                    if events.map(|event| to.try_send(Ok(event))).any(|sent| sent.is_err()) {
                        break;
                    }
                }
                Err(RecvError::Lagged(_) | RecvError::Closed) => break,
            }
        }
        metrics::gauge!("polity_live_listeners").decrement(1.0);
    });
    let mut response =
        Sse::new(ReceiverStream::new(from)).keep_alive(KeepAlive::new().interval(KEEP_ALIVE)).into_response();
    // nginx and its like hold back what they take for a file.
    response.headers_mut().insert(HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"));
    Ok(response)
}

/// The topics under which pages listen for a change.
fn topics(change: &Change) -> Vec<String> {
    let of = |family: &str| change.id.as_ref().map_or_else(|| family.to_owned(), |id| format!("{family}:{id}"));
    let and = |first: String, others: &[&str]| {
        std::iter::once(first).chain(others.iter().map(|&other| other.to_owned())).collect()
    };
    match change.topic {
        // Lists and the board listen for any proposal.
        Topic::Action => and(of("action"), &["proposal:", "home", "audit"]),
        Topic::Proposal => and(of("proposal"), &["home", "audit"]),
        Topic::Ballot => and(of("proposal"), &["home", "audit"]),
        Topic::Board => {
            and(change.id.as_ref().map_or_else(|| "board:".to_owned(), |id| format!("board:{id}")), &["audit"])
        }
        Topic::Policy => and("policies".to_owned(), &["home", "audit"]),
        Topic::Member => and("members".to_owned(), &["home", "audit"]),
        Topic::Document => and("documents".to_owned(), &["home", "audit"]),
        Topic::Community => and("home".to_owned(), &["audit"]),
        Topic::Notice => and("notices".to_owned(), &[]),
        Topic::Comment => and(of("comments"), &["audit"]),
        Topic::Clock => and("clock".to_owned(), &["home", "audit"]),
        Topic::Everything => vec!["everything".to_owned()],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ballot_is_news_of_its_proposal_and_says_no_more() {
        assert_eq!(topics(&Change::of(Topic::Ballot, "7")), ["proposal:7", "home", "audit"]);
    }
}
