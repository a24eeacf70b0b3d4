//! The one client through which policies ask the web: `http.get` and `http.post`.
//!
//! Policies are hostile until proven otherwise, and the addresses they ask are theirs to choose.

mod address;
mod outbound;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Client, Method, Url};
use types::fact::{HttpAnswer, HttpRequest};

pub use self::address::is_public;
pub use self::outbound::{Names, OutOfReach, Reach, SystemNames};
pub(crate) use self::outbound::{client, out_of_reach, read_body, within};

/// Longest answer that a policy is given.
///
/// # Units
/// Bytes. Answers are recorded with the decision, so that it can be replayed.
pub const MAX_ANSWER_BYTES: usize = 256 * 1024;

/// Longest body that a policy may send, in bytes.
pub const MAX_QUESTION_BYTES: usize = 64 * 1024;

/// Longest that an answer may take: the proposal waits for it.
pub const ANSWER_WITHIN: Duration = Duration::from_secs(10);

/// Most headers that a policy may set, and the longest value, in bytes.
const MAX_HEADERS: usize = 20;
const MAX_HEADER_BYTES: usize = 4 * 1024;

/// Whoever answers what policies ask of the web: [`GuardedClient`] in a service, an invented world where a scenario is played.
#[async_trait]
pub trait Outbound: Send + Sync {
    /// Asks, if the policy declared the host: `hosts` are names, with `:port` where it is not the usual one.
    ///
    /// Never fails: an answer without status says in words why there is none, and a policy can go on from there.
    async fn ask(&self, hosts: &[String], request: &HttpRequest) -> HttpAnswer;
}

#[async_trait]
impl Outbound for GuardedClient {
    async fn ask(&self, hosts: &[String], request: &HttpRequest) -> HttpAnswer {
        Self::ask(self, hosts, request).await
    }
}

/// Asks the web on behalf of policies.
pub struct GuardedClient {
    reach: Reach,
    client: Client,
}

impl GuardedClient {
    /// The client of a running service: public addresses alone, [`ANSWER_WITHIN`].
    ///
    /// # Errors
    /// The machine's TLS cannot be set up.
    pub fn new() -> Result<Self, reqwest::Error> {
        Self::reaching(Reach::Public, Arc::new(SystemNames), ANSWER_WITHIN)
    }

    /// A client that reaches as far as `reach`, resolving by `names`.
    ///
    /// # Errors
    /// As [`GuardedClient::new`].
    pub fn reaching(reach: Reach, names: Arc<dyn Names>, timeout: Duration) -> Result<Self, reqwest::Error> {
        Ok(Self { reach, client: client(reach, names, timeout)? })
    }

    /// Asks, if the policy declared the host: `hosts` are names, with `:port` where it is not the usual one.
    ///
    /// Never fails: an answer without status says in words why there is none, and a policy can go on from there.
    pub async fn ask(&self, hosts: &[String], request: &HttpRequest) -> HttpAnswer {
        match self.try_ask(hosts, request).await {
            Ok(answer) => answer,
            Err(why) => HttpAnswer { status: 0, body: String::new(), error: Some(why) },
        }
    }

    async fn try_ask(&self, hosts: &[String], request: &HttpRequest) -> Result<HttpAnswer, String> {
        let url = self.allowed_url(hosts, &request.url)?;
        let method = match request.method.as_str() {
            "GET" => Method::GET,
            "POST" => Method::POST,
            other => return Err(format!("{} is not possible: use GET or POST", short(other))),
        };
        let mut sent = self.client.request(method.clone(), url).headers(allowed_headers(request)?);
        match &request.body {
            Some(_) if method == Method::GET => return Err("a GET request has no body".into()),
            Some(body) if body.len() > MAX_QUESTION_BYTES => {
                return Err(format!("the body has {} bytes; at most {MAX_QUESTION_BYTES} are sent", body.len()));
            }
            Some(body) => sent = sent.body(body.clone()),
            None => {}
        }
        let mut response = sent.send().await.map_err(|error| words(&error))?;
        let body = read_body(&mut response, MAX_ANSWER_BYTES).await.map_err(|error| words(&error))?;
        let body = body.ok_or_else(|| format!("the answer is longer than {} KiB", MAX_ANSWER_BYTES / 1024))?;
        let body = String::from_utf8_lossy(&body).into_owned();
        Ok(HttpAnswer { status: response.status().as_u16(), body, error: None })
    }

    /// The address, if it is one that this policy may ask.
    fn allowed_url(&self, hosts: &[String], written: &str) -> Result<Url, String> {
        let url = Url::parse(written).map_err(|_| OutOfReach::NotAnAddress(short(written)).to_string())?;
        within(self.reach, &url).map_err(|error| error.to_string())?;
        // `within` has seen that there is a host.
        let host = url.host_str().unwrap_or_default();
        let named = match url.port() {
            Some(port) => format!("{host}:{port}"),
            None => host.to_owned(),
        };
        if hosts.iter().any(|declared| declared.eq_ignore_ascii_case(&named)) {
            return Ok(url);
        }
        Err(format!("the policy does not declare the host {}", short(&named)))
    }
}

/// The headers that a policy may set. Those that say who asks, where the message ends or what the connection is are ours.
fn allowed_headers(request: &HttpRequest) -> Result<HeaderMap, String> {
    if request.headers.len() > MAX_HEADERS {
        return Err(format!("{} headers are too many; at most {MAX_HEADERS} are sent", request.headers.len()));
    }
    let mut headers = HeaderMap::new();
    for (name, value) in &request.headers {
        let lower = name.to_ascii_lowercase();
        let is_known =
            matches!(lower.as_str(), "accept" | "accept-language" | "authorization" | "content-type" | "if-none-match");
        let is_own = lower.starts_with("x-") && !lower.starts_with("x-forwarded") && !lower.starts_with("x-real");
        if !is_known && !is_own {
            return Err(format!("the header {} cannot be set", short(name)));
        }
        let wrong = || format!("the header {} cannot be sent as it is written", short(name));
        if value.len() > MAX_HEADER_BYTES {
            return Err(wrong());
        }
        let name = HeaderName::from_bytes(lower.as_bytes()).map_err(|_| wrong())?;
        headers.insert(name, HeaderValue::from_str(value).map_err(|_| wrong())?);
    }
    Ok(headers)
}

/// Why no answer came, without the address (which may hold a token).
fn words(error: &reqwest::Error) -> String {
    match out_of_reach(error) {
        Some(refused) => refused.to_string(),
        None if error.is_timeout() => "no answer came in time".to_owned(),
        None if error.is_connect() => "no connection could be made".to_owned(),
        None => "the answer broke off".to_owned(),
    }
}

fn short(text: &str) -> String {
    text.chars().take(80).collect()
}
