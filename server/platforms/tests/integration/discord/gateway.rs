//! A gateway of our own: hello, identify, heartbeats, a lost socket, resuming, a lost session, catching up.

use std::sync::Mutex;
use std::time::Duration;

use async_trait::async_trait;
use futures_util::{SinkExt, StreamExt};
use platforms::{Answer, ApplyError, Delivery, Ear, Platform};
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use wiremock::matchers::{path, query_param_contains};
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::hearing::{connection, discord, message};

/// Who listens: keeps what was heard and how far it came, and fails when told to.
#[derive(Default)]
struct Listener {
    heard: Mutex<Vec<Value>>,
    cursor: Mutex<Option<String>>,
}

#[async_trait]
impl Ear for Listener {
    async fn hear(&self, delivery: Delivery, cursor: Option<String>) -> Result<Option<Answer>, ApplyError> {
        assert!(delivery.is_dialled);
        self.heard.lock().unwrap().push(serde_json::from_slice(&delivery.body).unwrap());
        *self.cursor.lock().unwrap() = cursor;
        Ok(None)
    }
}

impl Listener {
    fn kinds(&self) -> Vec<String> {
        self.heard.lock().unwrap().iter().map(|frame| frame["t"].as_str().unwrap_or_default().to_owned()).collect()
    }

    fn cursor(&self) -> Option<String> {
        self.cursor.lock().unwrap().clone()
    }
}

type Socket = WebSocketStream<TcpStream>;

async fn accept(listener: &TcpListener, interval_ms: u64) -> Socket {
    let (stream, _) = listener.accept().await.unwrap();
    let mut socket = tokio_tungstenite::accept_async(stream).await.unwrap();
    send(&mut socket, json!({ "op": 10, "d": { "heartbeat_interval": interval_ms } })).await;
    socket
}

async fn send(socket: &mut Socket, frame: Value) {
    socket.send(Message::text(frame.to_string())).await.unwrap();
}

/// The next frame of this kind; heartbeats on the way are acknowledged.
async fn next(socket: &mut Socket, op: u64) -> Value {
    loop {
        let Some(Ok(Message::Text(text))) = socket.next().await else { panic!("the client left") };
        let frame: Value = serde_json::from_str(&text).unwrap();
        if frame["op"] == op {
            return frame;
        }
        assert_eq!(frame["op"], 1, "{frame}");
        send(socket, json!({ "op": 11 })).await;
    }
}

fn dispatch(kind: &str, seq: u64, data: Value) -> Value {
    json!({ "op": 0, "t": kind, "s": seq, "d": data })
}

async fn api(gateway: &TcpListener) -> MockServer {
    let server = MockServer::start().await;
    let found = json!({ "url": format!("ws://{}", gateway.local_addr().unwrap()), "shards": 1 });
    Mock::given(path("/gateway/bot"))
        .respond_with(ResponseTemplate::new(200).set_body_json(found))
        .mount(&server)
        .await;
    server
}

#[tokio::test]
async fn a_lost_socket_is_resumed_where_it_ended_and_heartbeats_are_kept() {
    let gateway = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let resume = format!("ws://{}", gateway.local_addr().unwrap());
    let server = api(&gateway).await;
    let (ear, service) = (Listener::default(), connection(&format!("{}/", server.uri())));
    let platform = discord();

    let first = async {
        let mut socket = accept(&gateway, 1_000).await;
        let identify = next(&mut socket, 2).await;
        assert_eq!(identify["d"]["token"], "bot");
        assert_eq!(identify["d"]["intents"], json!(1 | 1 << 1 | 1 << 2 | 1 << 9 | 1 << 10 | 1 << 15 | 1 << 21));
        send(&mut socket, dispatch("READY", 1, json!({ "session_id": "s1", "resume_gateway_url": resume }))).await;
        send(&mut socket, dispatch("PRESENCE_UPDATE", 2, json!({}))).await;
        send(&mut socket, dispatch("MESSAGE_CREATE", 3, message("hello"))).await;
        let beat = next(&mut socket, 1).await;
        assert_eq!(beat["d"], 3);
        send(&mut socket, json!({ "op": 11 })).await;
        // Gone without a word.
        drop(socket);
    };
    let (ended, ()) = tokio::join!(platform.listen(&service, None, &ear), first);
    assert!(ended.is_ok_and(|()| true) || ear.cursor().is_some());
    assert_eq!(ear.kinds(), ["READY", "MESSAGE_CREATE"], "what says nothing is not handed on");

    let second = async {
        let mut socket = accept(&gateway, 60_000).await;
        let resumed = next(&mut socket, 6).await;
        assert_eq!(resumed["d"], json!({ "token": "bot", "session_id": "s1", "seq": 3 }));
        send(&mut socket, dispatch("MESSAGE_CREATE", 4, message("missed"))).await;
        send(&mut socket, json!({ "op": 7, "d": null })).await;
        let _ = socket.next().await;
    };
    let (ended, ()) = tokio::join!(platform.listen(&service, ear.cursor(), &ear), second);
    ended.unwrap();
    assert_eq!(ear.kinds().len(), 3);
}

#[tokio::test]
async fn a_lost_session_is_begun_anew_and_what_was_said_meanwhile_is_read() {
    let gateway = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let server = api(&gateway).await;
    let missed = json!([message("second"), message("first")]);
    Mock::given(path("/channels/2/messages"))
        .and(query_param_contains("after", ""))
        .respond_with(ResponseTemplate::new(200).set_body_json(missed))
        .expect(1)
        .mount(&server)
        .await;
    let (ear, service) = (Listener::default(), connection(&format!("{}/", server.uri())));
    let platform = discord();
    let old = json!({ "session": "old", "address": format!("ws://{}", gateway.local_addr().unwrap()), "seq": 9, "at_ms": 1_700_000_000_000_i64 });

    let refusing = async {
        let mut socket = accept(&gateway, 60_000).await;
        next(&mut socket, 6).await;
        send(&mut socket, json!({ "op": 9, "d": false })).await;
        let _ = socket.next().await;
    };
    let (ended, ()) = tokio::join!(platform.listen(&service, Some(old.to_string()), &ear), refusing);
    assert!(ended.is_err_and(|error| error.is_retryable()));

    let beginning = async {
        let mut socket = accept(&gateway, 60_000).await;
        next(&mut socket, 2).await;
        send(&mut socket, dispatch("READY", 1, json!({ "session_id": "new", "resume_gateway_url": "ws://x" }))).await;
        send(
            &mut socket,
            dispatch(
                "GUILD_CREATE",
                2,
                json!({ "id": "290926798626357999", "channels": [{ "id": "2", "type": 0 }, { "id": "4", "type": 2 }] }),
            ),
        )
        .await;
        tokio::time::sleep(Duration::from_millis(300)).await;
        let _ = socket.close(None).await;
    };
    let (_, ()) = tokio::join!(platform.listen(&service, ear.cursor(), &ear), beginning);
    let said: Vec<String> = ear
        .heard
        .lock()
        .unwrap()
        .iter()
        .filter(|frame| frame["t"] == "MESSAGE_CREATE")
        .map(|frame| frame["d"]["content"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(said, ["first", "second"], "oldest first");
}

#[tokio::test]
async fn a_refused_bot_is_said_to_be_refused() {
    let gateway = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let server = api(&gateway).await;
    let (ear, service) = (Listener::default(), connection(&format!("{}/", server.uri())));
    let refusing = async {
        let mut socket = accept(&gateway, 60_000).await;
        next(&mut socket, 2).await;
        let frame = tokio_tungstenite::tungstenite::protocol::CloseFrame {
            code: 4014.into(),
            reason: "Disallowed intent(s)".into(),
        };
        let _ = socket.close(Some(frame)).await;
    };
    let platform = discord();
    let (ended, ()) = tokio::join!(platform.listen(&service, None, &ear), refusing);
    assert!(matches!(ended, Err(ApplyError::Permanent { code: "gateway-refused", why }) if why.contains("4014")));
}
