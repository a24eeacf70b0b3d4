//! The guarded client: what policies may ask, and everything they may not.

use std::collections::{BTreeMap, VecDeque};
use std::io;
use std::net::IpAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use platforms::http::{ANSWER_WITHIN, GuardedClient, MAX_ANSWER_BYTES, Names, Reach, SystemNames};
use tokio::net::TcpListener;
use types::fact::{HttpAnswer, HttpRequest};
use wiremock::matchers::{any, body_string, header, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

fn get(url: &str) -> HttpRequest {
    HttpRequest { method: "GET".into(), url: url.into(), headers: BTreeMap::new(), body: None }
}

/// A client for tests, which may reach the server beside it.
fn anywhere() -> GuardedClient {
    GuardedClient::reaching(Reach::Anywhere, Arc::new(SystemNames), ANSWER_WITHIN).unwrap()
}

/// A client as the service has it, except for where names lead.
fn public(names: impl Names + 'static) -> GuardedClient {
    GuardedClient::reaching(Reach::Public, Arc::new(names), Duration::from_secs(2)).unwrap()
}

/// Asks with every host declared, so that only the guard itself can refuse.
async fn ask(client: &GuardedClient, request: &HttpRequest) -> HttpAnswer {
    let declared = url::Url::parse(&request.url).ok().and_then(|url| {
        let host = url.host_str()?.to_owned();
        Some(url.port().map_or(host.clone(), |port| format!("{host}:{port}")))
    });
    client.ask(&declared.into_iter().collect::<Vec<_>>(), request).await
}

/// Names that lead to one list of addresses after the other.
struct Leading(Mutex<VecDeque<Vec<IpAddr>>>);

impl Leading {
    fn to(answers: &[&[&str]]) -> Self {
        let answers = answers.iter().map(|list| list.iter().map(|address| address.parse().unwrap()).collect());
        Self(Mutex::new(answers.collect()))
    }
}

#[async_trait]
impl Names for Leading {
    async fn addresses(&self, _: &str) -> io::Result<Vec<IpAddr>> {
        Ok(self.0.lock().unwrap().pop_front().unwrap_or_default())
    }
}

#[tokio::test]
async fn a_declared_host_is_asked_and_its_answer_handed_on() {
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .and(path("/count"))
        .and(header("x-api-key", "k"))
        .and(body_string("{}"))
        .respond_with(ResponseTemplate::new(201).set_body_string("42"))
        .mount(&server)
        .await;
    let request = HttpRequest {
        method: "POST".into(),
        url: format!("{}/count", server.uri()),
        headers: [("X-Api-Key".to_owned(), "k".to_owned())].into(),
        body: Some("{}".into()),
    };
    let answer = ask(&anywhere(), &request).await;
    assert_eq!(answer, HttpAnswer { status: 201, body: "42".into(), error: None });
}

#[tokio::test]
async fn a_host_that_the_policy_does_not_declare_is_not_asked() {
    let server = MockServer::start().await;
    let port = server.address().port();
    for declared in ["127.0.0.1", "example.org", "27.0.0.1", ""] {
        let answer = anywhere().ask(&[declared.to_owned()], &get(&server.uri())).await;
        let said = format!("the policy does not declare the host 127.0.0.1:{port}");
        assert_eq!(answer.error, Some(said), "{declared}");
    }
    assert!(server.received_requests().await.unwrap().is_empty());
}

#[tokio::test]
async fn addresses_inside_are_refused_however_they_are_written() {
    let client = public(SystemNames);
    for url in [
        "https://127.0.0.1/",
        "https://127.1/",
        "https://2130706433/",
        "https://0177.0.0.1/",
        "https://0x7f.0.0.1/",
        "https://0/",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://[::ffff:7f00:1]/",
        "https://[64:ff9b::7f00:1]/",
        "https://169.254.169.254/latest/meta-data/",
        "https://[fe80::1]/",
        "https://[fd00:ec2::254]/",
        "https://10.0.0.1/",
        "https://192.168.0.1:8443/",
        "https://100.64.0.1/",
        "https://224.0.0.1/",
        "https://①②⑦.⓪.⓪.①/",
    ] {
        let answer = ask(&client, &get(url)).await;
        let why = answer.error.unwrap_or_default();
        assert!(why.ends_with("is not a public address"), "{url}: {why}");
    }
}

#[tokio::test]
async fn a_name_that_leads_inside_is_refused() {
    for address in ["127.0.0.1", "::1", "169.254.169.254", "::ffff:10.0.0.1"] {
        let answer = ask(&public(Leading::to(&[&[address]])), &get("https://harmless.example/")).await;
        assert_eq!(answer.error.as_deref(), Some("'harmless.example' is not a public address"), "{address}");
    }
    // The machine's own names too.
    let answer = ask(&public(SystemNames), &get("https://localhost/")).await;
    assert_eq!(answer.error.as_deref(), Some("'localhost' is not a public address"));
}

#[tokio::test]
async fn a_name_that_leads_both_outside_and_inside_is_refused() {
    let answer = ask(&public(Leading::to(&[&["1.1.1.1", "127.0.0.1"]])), &get("https://both.example/")).await;
    assert_eq!(answer.error.as_deref(), Some("'both.example' is not a public address"));
}

/// Rebinding: a name is public when it is checked and leads inside when it is connected to. Here a name is resolved once
/// for a connection, and what was checked is what is connected to.
#[tokio::test]
async fn a_name_is_not_asked_a_second_time_between_check_and_connection() {
    let server = MockServer::start().await;
    Mock::given(any()).respond_with(ResponseTemplate::new(200)).mount(&server).await;
    let names = Arc::new(Leading::to(&[&["127.0.0.1"], &["127.0.0.2"]]));
    let client = GuardedClient::reaching(Reach::Anywhere, names.clone(), ANSWER_WITHIN).unwrap();
    let answer = ask(&client, &get(&format!("http://rebind.example:{}/", server.address().port()))).await;
    assert_eq!(answer.status, 200);
    assert_eq!(names.0.lock().unwrap().len(), 1, "the name was resolved more than once");

    // Whatever it leads to the next time is checked the next time, before anybody inside hears a byte.
    let inside = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://rebind.example:{}/", inside.local_addr().unwrap().port());
    let answer = ask(&public(Leading::to(&[&["127.0.0.1"]])), &get(&url)).await;
    assert_eq!(answer.error.as_deref(), Some("'rebind.example' is not a public address"));
    let heard = tokio::time::timeout(Duration::from_millis(20), inside.accept()).await;
    assert!(heard.is_err(), "somebody inside was reached");
}

#[tokio::test]
async fn only_https_and_no_passwords() {
    let client = public(SystemNames);
    for (url, why) in [
        ("http://example.org/", "only https addresses are asked"),
        ("ftp://example.org/", "only https addresses are asked"),
        ("file:///etc/passwd", "'file:///etc/passwd' is not a web address"),
        ("https://ada:secret@example.org/", "a web address must not hold a user name or password"),
        ("example.org", "'example.org' is not a web address"),
        ("", "'' is not a web address"),
    ] {
        assert_eq!(ask(&client, &get(url)).await.error.as_deref(), Some(why), "{url}");
    }
}

#[tokio::test]
async fn redirects_are_answers_and_not_followed() {
    let server = MockServer::start().await;
    let away = ResponseTemplate::new(302).insert_header("location", "http://169.254.169.254/").set_body_string("moved");
    Mock::given(any()).respond_with(away).expect(1).mount(&server).await;
    let answer = ask(&anywhere(), &get(&server.uri())).await;
    assert_eq!((answer.status, answer.body.as_str(), answer.error), (302, "moved", None));
}

#[tokio::test]
async fn an_answer_is_long_enough_or_refused() {
    let server = MockServer::start().await;
    let of = |length| ResponseTemplate::new(200).set_body_string("x".repeat(length));
    Mock::given(path("/fits")).respond_with(of(MAX_ANSWER_BYTES)).mount(&server).await;
    Mock::given(path("/bursts")).respond_with(of(MAX_ANSWER_BYTES + 1)).mount(&server).await;
    let fits = ask(&anywhere(), &get(&format!("{}/fits", server.uri()))).await;
    assert_eq!((fits.status, fits.body.len()), (200, MAX_ANSWER_BYTES));
    let bursts = ask(&anywhere(), &get(&format!("{}/bursts", server.uri()))).await;
    assert_eq!(bursts.error.as_deref(), Some("the answer is longer than 256 KiB"));
}

#[tokio::test]
async fn an_answer_that_does_not_come_is_not_waited_for() {
    let server = MockServer::start().await;
    let late = ResponseTemplate::new(200).set_delay(Duration::from_secs(30));
    Mock::given(any()).respond_with(late).mount(&server).await;
    let client = GuardedClient::reaching(Reach::Anywhere, Arc::new(SystemNames), Duration::from_millis(100)).unwrap();
    let answer = ask(&client, &get(&format!("{}/?token=secret", server.uri()))).await;
    assert_eq!(answer.error.as_deref(), Some("no answer came in time"));
}

#[tokio::test]
async fn headers_that_lie_about_the_request_are_refused() {
    let server = MockServer::start().await;
    for name in
        ["Host", "Content-Length", "Transfer-Encoding", "Cookie", "X-Forwarded-For", "X-Real-IP", "Connection", "a b"]
    {
        let request = HttpRequest { headers: [(name.to_owned(), "x".to_owned())].into(), ..get(&server.uri()) };
        let answer = ask(&anywhere(), &request).await;
        assert_eq!(answer.error, Some(format!("the header {name} cannot be set")));
    }
    let split =
        HttpRequest { headers: [("Accept".to_owned(), "a\r\nHost: b".to_owned())].into(), ..get(&server.uri()) };
    assert_eq!(
        ask(&anywhere(), &split).await.error.as_deref(),
        Some("the header Accept cannot be sent as it is written")
    );
    assert!(server.received_requests().await.unwrap().is_empty());
}

#[tokio::test]
async fn only_get_and_post() {
    for verb in ["PUT", "DELETE", "CONNECT", "get", ""] {
        let request = HttpRequest { method: verb.into(), ..get("https://example.org/") };
        let answer = ask(&public(SystemNames), &request).await;
        assert_eq!(answer.error, Some(format!("{verb} is not possible: use GET or POST")));
    }
}
