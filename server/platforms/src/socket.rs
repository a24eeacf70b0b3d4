//! Web sockets that we dial: Slack's Socket Mode and Discord's gateway.

use std::sync::Arc;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use rustls::ClientConfig;
use rustls::crypto::aws_lc_rs;
use rustls_platform_verifier::BuilderVerifierExt;
use serde_json::Value;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{Message, Utf8Bytes};
use tokio_tungstenite::{Connector, MaybeTlsStream, WebSocketStream};

use types::Timestamp;

use crate::ApplyError;

/// Largest message that is read, in bytes: the first one of a large server on Discord names all its channels and roles.
const MAX_MESSAGE_BYTES: usize = 16 * 1024 * 1024;

/// Longest that dialling may take.
const DIAL_WITHIN: Duration = Duration::from_secs(15);

/// An open socket.
pub(crate) struct Socket {
    stream: WebSocketStream<MaybeTlsStream<TcpStream>>,
    name: &'static str,
}

/// What came over a socket.
#[derive(Debug)]
pub(crate) enum Frame {
    /// A JSON message, as it came.
    Message(Vec<u8>),
    /// The platform closed the socket, with its code where it gave one.
    Closed(Option<u16>),
}

impl Socket {
    /// Dials `address`.
    ///
    /// # Errors
    /// Retryable: nobody is there, or not now.
    pub async fn dial(name: &'static str, address: &str) -> Result<Self, ApplyError> {
        let config = WebSocketConfig::default()
            .max_message_size(Some(MAX_MESSAGE_BYTES))
            .max_frame_size(Some(MAX_MESSAGE_BYTES));
        let dialling =
            tokio_tungstenite::connect_async_tls_with_config(address, Some(config), false, Some(connector(name)?));
        let late = || ApplyError::retry(format!("{name} did not answer the socket in time"));
        let dialled = tokio::time::timeout(DIAL_WITHIN, dialling).await.map_err(|_| late())?;
        // The address may hold a ticket, so the cause is not repeated.
        let (stream, _) =
            dialled.map_err(|_| ApplyError::retry(format!("the socket to {name} could not be opened")))?;
        Ok(Self { stream, name })
    }

    /// The next message. Pings are answered on the way.
    ///
    /// # Errors
    /// Retryable: the socket broke.
    pub async fn next(&mut self) -> Result<Frame, ApplyError> {
        loop {
            match self.stream.next().await {
                Some(Ok(Message::Text(text))) => return Ok(Frame::Message(text.as_bytes().to_vec())),
                Some(Ok(Message::Binary(bytes))) => return Ok(Frame::Message(bytes.to_vec())),
                Some(Ok(Message::Close(frame))) => return Ok(Frame::Closed(frame.map(|frame| frame.code.into()))),
                Some(Ok(_)) => {}
                None => return Ok(Frame::Closed(None)),
                Some(Err(_)) => return Err(ApplyError::retry(format!("the socket to {} broke", self.name))),
            }
        }
    }

    /// Sends a JSON message.
    ///
    /// # Errors
    /// Retryable: the socket broke.
    pub async fn send(&mut self, message: &Value) -> Result<(), ApplyError> {
        let message = Message::Text(Utf8Bytes::from(message.to_string()));
        let sent = self.stream.send(message).await;
        sent.map_err(|_| ApplyError::retry(format!("the socket to {} broke", self.name)))
    }

    /// Closes the socket with a code of ours. On Discord anything but 1000 and 1001 keeps the session for resuming.
    pub async fn close(mut self, code: u16) {
        use tokio_tungstenite::tungstenite::protocol::CloseFrame;
        let frame = CloseFrame { code: code.into(), reason: Utf8Bytes::from_static("") };
        // Who is gone already need not be told.
        let _ = self.stream.close(Some(frame)).await;
    }
}

/// When something arrived over a socket. There is no signature whose moment it would be checked against.
pub(crate) fn now() -> Timestamp {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

/// TLS by the machine's own trusted certificates, like every other connection of ours.
fn connector(name: &'static str) -> Result<Connector, ApplyError> {
    let broken = || ApplyError::permanent("no-tls", format!("TLS cannot be set up for the socket to {name}"));
    let config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|_| broken())?
        .with_platform_verifier()
        .map_err(|_| broken())?
        .with_no_client_auth();
    Ok(Connector::Rustls(Arc::new(config)))
}
