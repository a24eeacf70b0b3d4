//! The whole service without a socket: the real router, store, pipeline and jobs, an engine in this process, and a clock that
//! stands still.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use platforms::Connection;
use platforms::board::Board;
use platforms::http::{GuardedClient, Reach};
use platforms::matrix::{CALL_WITHIN, Matrix};
use serde_json::{Value, json};
use server::board::StoredBoard;
use server::clock::{Clock, DemoClock, FixedClock, IdSource, TimeOrderedIds};
use server::config::Config;
use server::ctx::{Ctx, Platforms, Wake};
use server::live::Live;
use server::secrets::Vault;
use server::simulate::work::{Done, Work};
use server::web::{Web, WebOptions, router};
use server::workers::{PolicyRunner, Priority};
use server::{jobs, pipeline};
use store::Store;
use tokio::sync::watch;
use tower::ServiceExt;
use types::{CommunityId, ConnectionId, Evaluation, Json, PolicyError, Timestamp};

/// The operator's token of every test.
pub const OPERATOR: &str = "the-operators-token-of-these-tests";

/// The token that the homeserver shows us.
pub const HS_TOKEN: &str = "the-homeservers-token";

/// When the tests take place.
const NOON: Timestamp = Timestamp::from_millis(1_780_000_000_000);

/// Where requests seem to come from: not this machine, so that nothing is spared or trusted for being near.
const ELSEWHERE: ([u8; 4], u16) = ([203, 0, 113, 7], 40_000);

/// The service of one test.
pub struct TestApp {
    pub ctx: Ctx,
    pub clock: Arc<FixedClock>,
    router: Router,
    stop: watch::Sender<bool>,
}

/// Runs policies in this process: the policies of these tests are ours.
struct NearRunner;

#[async_trait]
impl PolicyRunner for NearRunner {
    async fn evaluate(&self, _: CommunityId, _: Priority, request: &types::Request) -> Evaluation {
        let request = request.clone();
        with_room(move || engine::evaluate(&request, &engine::Limits::default())).await
    }

    async fn check(&self, _: CommunityId, source: &str) -> Result<(), PolicyError> {
        let source = source.to_owned();
        with_room(move || engine::syntax::check(&source, &engine::Limits::default())).await
    }

    async fn work(&self, _: CommunityId, _: &str, work: &Work) -> Result<Done, PolicyError> {
        let work = work.clone();
        let perform = move || {
            let done = server::simulate::work::perform(&work);
            server::simulate::work::close_desk();
            done
        };
        Ok(with_room(perform).await)
    }
}

/// Runs `work` on a thread with as much stack as the engine asks for.
async fn with_room<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    let (to, from) = tokio::sync::oneshot::channel();
    let run = move || drop(to.send(work()));
    std::thread::Builder::new().stack_size(engine::STACK_BYTES).spawn(run).unwrap();
    from.await.unwrap()
}

impl TestApp {
    /// A service with an operator's token.
    pub async fn start() -> Self {
        Self::with(false, &[("POLITY_OPERATOR_TOKEN", OPERATOR)]).await
    }

    /// A service with an operator's token and these variables besides.
    pub async fn with_environment(variables: &[(&str, &str)]) -> Self {
        Self::with(false, &[&[("POLITY_OPERATOR_TOKEN", OPERATOR)], variables].concat()).await
    }

    /// A demo with an operator's token.
    pub async fn demo() -> Self {
        Self::with(true, &[("POLITY_OPERATOR_TOKEN", OPERATOR)]).await
    }

    /// A demo as `polity serve --demo` starts it, with nothing configured.
    pub async fn bare_demo() -> Self {
        Self::with(true, &[]).await
    }

    /// A demo with these settings besides an operator's token: a vendor's ids and secrets.
    pub async fn with_vendor(environment: &[(&str, &str)]) -> Self {
        Self::with(true, &[&[("POLITY_OPERATOR_TOKEN", OPERATOR)], environment].concat()).await
    }

    async fn with(is_demo: bool, environment: &[(&str, &str)]) -> Self {
        let variable =
            |name: &str| environment.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
        let text = include_str!("../../../../Leptos.toml");
        let config = Config::parse(Path::new("Leptos.toml"), text, &variable).unwrap();
        let store = Store::open("sqlite::memory:").await.unwrap();
        store.migrate().await.unwrap();
        let fixed = Arc::new(FixedClock::at(NOON));
        let demo = is_demo.then(|| Arc::new(DemoClock::default()));
        let clock: Arc<dyn Clock> = match &demo {
            Some(demo) => Arc::clone(demo) as Arc<dyn Clock>,
            None => Arc::clone(&fixed) as Arc<dyn Clock>,
        };
        let ids: Arc<dyn IdSource> = Arc::new(TimeOrderedIds::new(Arc::clone(&clock)));
        let board = Board::new(Arc::new(StoredBoard::new(store.clone(), Arc::clone(&clock), Arc::clone(&ids))));
        let platforms = Platforms::default()
            .with(Arc::new(board))
            .with(Arc::new(Matrix::new(Reach::Anywhere, CALL_WITHIN).unwrap()))
            .with_service(homeserver());
        let platforms = server::connections::vendors::add(platforms, &config).unwrap();
        let ctx = Ctx {
            store,
            runner: Arc::new(NearRunner),
            clock,
            ids,
            platforms: Arc::new(platforms),
            live: Live::new(),
            vault: Arc::new(Vault::open(None, "sqlite::memory:").unwrap()),
            wake: Wake::default(),
            demo,
            snapshots: Arc::default(),
            hints: Arc::default(),
            intake: Arc::default(),
            outbound: Arc::new(GuardedClient::new().unwrap()),
            process: "test".into(),
            config: Arc::new(config),
        };
        let (stop, stopped) = watch::channel(false);
        tokio::spawn(jobs::run(ctx.clone(), stopped));
        let options = WebOptions::of(&ctx.config, is_demo);
        let router = router(Web::new(ctx.clone(), options));
        Self { ctx, clock: fixed, router, stop }
    }

    /// Founds a community of a kit with these members, all by REST. Handles are names too.
    pub async fn found(&self, slug: &str, kit: &str, members: &[&str]) {
        let body = json!({ "slug": slug, "name": slug, "starter_kit": kit });
        self.post("/api/v1/communities", body).send().await.expect(StatusCode::CREATED);
        for handle in members {
            let body = json!({ "handle": handle, "display_name": handle.to_uppercase() });
            self.post(&format!("/api/v1/communities/{slug}/members"), body).send().await.expect(StatusCode::CREATED);
        }
    }

    /// Signs in as a demo member and answers with the cookie.
    pub async fn sign_in(&self, slug: &str, handle: &str) -> String {
        let form = format!("community={slug}&member={handle}");
        let answer = self.form("/_fn/app/api/session/sign_in_as_demo", form).send().await;
        let line = answer.headers[header::SET_COOKIE].to_str().unwrap().to_owned();
        line.split(';').next().unwrap().to_owned()
    }

    /// Attempts something as a member, by REST, and answers with the action.
    pub async fn attempt(&self, slug: &str, by: &str, kind: &str, payload: Value) -> Value {
        let body = json!({ "type": kind, "payload": payload, "initiator": by });
        self.post(&format!("/api/v1/communities/{slug}/actions"), body).send().await.expect(StatusCode::CREATED).json()
    }

    /// Casts a ballot by REST.
    pub async fn vote(&self, slug: &str, proposal: &str, member: &str, value: Value) -> Answer {
        let body = json!({ "member": member, "value": value });
        self.post(&format!("/api/v1/communities/{slug}/proposals/{proposal}/ballots"), body).send().await
    }

    /// Decides and delivers until nothing is due.
    pub async fn quiet(&self) {
        pipeline::run_until_quiet(&self.ctx).await.unwrap();
    }

    /// Moves the clock, and lets happen what falls due.
    pub async fn wait(&self, length: Duration) {
        self.clock.advance(length);
        self.quiet().await;
    }

    /// A request as the operator.
    pub fn get(&self, path: &str) -> Call<'_> {
        self.call(Method::GET, path).bearer(OPERATOR)
    }

    /// A request with a JSON body, as the operator.
    pub fn post(&self, path: &str, body: Value) -> Call<'_> {
        self.call(Method::POST, path).bearer(OPERATOR).header("content-type", "application/json").body(body.to_string())
    }

    /// A form, as a page of ours sends it.
    pub fn form(&self, path: &str, form: String) -> Call<'_> {
        self.call(Method::POST, path)
            .header("content-type", "application/x-www-form-urlencoded")
            .header("origin", "http://127.0.0.1:3000")
            .body(form)
    }

    /// A request of nobody in particular.
    pub fn call(&self, method: Method, path: &str) -> Call<'_> {
        let mut request = Request::new(Body::empty());
        *request.method_mut() = method;
        *request.uri_mut() = path.parse().unwrap();
        request.extensions_mut().insert(ConnectInfo(SocketAddr::from(ELSEWHERE)));
        Call { app: self, request }.header("host", "127.0.0.1:3000")
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        let _ = self.stop.send(true);
    }
}

/// The operator's side of Matrix.
fn homeserver() -> Connection {
    Connection {
        id: ConnectionId::NIL,
        community: CommunityId::NIL,
        platform: "matrix".to_owned(),
        config: Json(json!({ "homeserver": "http://127.0.0.1:3179" })),
        secrets: [("as_token".to_owned(), "ours".into()), ("hs_token".to_owned(), HS_TOKEN.into())].into(),
        own_user: "@polity:hs.test".to_owned(),
    }
}

/// One request on its way.
pub struct Call<'a> {
    app: &'a TestApp,
    request: Request<Body>,
}

impl Call<'_> {
    pub fn header(mut self, name: &'static str, value: &str) -> Self {
        self.request.headers_mut().insert(name, value.parse().unwrap());
        self
    }

    pub fn without(mut self, name: &str) -> Self {
        self.request.headers_mut().remove(name);
        self
    }

    pub fn bearer(self, token: &str) -> Self {
        self.header("authorization", &format!("Bearer {token}"))
    }

    pub fn cookie(self, cookie: &str) -> Self {
        self.header("cookie", cookie)
    }

    pub fn body(mut self, body: impl Into<Body>) -> Self {
        *self.request.body_mut() = body.into();
        self
    }

    pub fn from(mut self, address: [u8; 4]) -> Self {
        self.request.extensions_mut().insert(ConnectInfo(SocketAddr::from((address, 40_000))));
        self
    }

    /// The answer's head; its body is still to come.
    pub async fn open(self) -> axum::response::Response {
        self.app.router.clone().oneshot(self.request).await.unwrap()
    }

    pub async fn send(self) -> Answer {
        let what = format!("{} {}", self.request.method(), self.request.uri());
        let (parts, body) = self.open().await.into_parts();
        let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        Answer { what, status: parts.status, headers: parts.headers, body }
    }
}

/// A whole answer.
#[derive(Debug)]
pub struct Answer {
    what: String,
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Answer {
    #[track_caller]
    pub fn expect(self, status: StatusCode) -> Self {
        assert_eq!(self.status, status, "{}: {}", self.what, self.text());
        self
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("{}: no JSON: {}", self.what, self.text()))
    }

    /// Checks status, code and field of a failure, and that it has everything a failure has and nothing it must not.
    #[track_caller]
    pub fn refused(self, status: u16, code: &str, field: Option<&str>) {
        let body = self.json();
        let shown = format!("{}: {} {body}", self.what, self.status);
        assert_eq!((self.status.as_u16(), body["code"].as_str()), (status, Some(code)), "{shown}");
        assert_eq!(body["field"].as_str(), field, "{shown}");
        assert!(body["message"].as_str().is_some_and(|message| message.len() > 10), "{shown}");
        assert_eq!(body["request_id"].as_str(), self.headers["x-request-id"].to_str().ok(), "{shown}");
        for leak in ["panicked", "SELECT", "sqlx", "src/", ".rs:", "thread '"] {
            assert!(!shown.contains(leak), "leaks {leak}: {shown}");
        }
    }
}
