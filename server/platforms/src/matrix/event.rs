//! Events as a homeserver sends them.
//!
//! # Source
//! Matrix specification v1.15, Client-Server API "Room event format", Application Service API "Pushing events".

use serde::Deserialize;
use serde_json::{Map, Value};
use types::Timestamp;

/// One event of a room.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Event {
    /// Its id, `$…`.
    pub event_id: String,
    /// Its type.
    #[serde(rename = "type")]
    pub kind: String,
    /// Who sent it.
    pub sender: String,
    /// Where.
    pub room_id: String,
    /// What it says.
    #[serde(default)]
    pub content: Map<String, Value>,
    /// What it says it about; present for state events alone.
    #[serde(default)]
    pub state_key: Option<String>,
    /// What the homeserver adds.
    #[serde(default)]
    pub unsigned: Map<String, Value>,
    /// When, by the clock of the sender's server.
    #[serde(default)]
    pub origin_server_ts: i64,
    /// What a redaction removes; since room version 11 in `content`.
    #[serde(default)]
    pub redacts: Option<String>,
}

impl Event {
    /// The text under `key` of the content.
    pub fn text(&self, key: &str) -> Option<&str> {
        self.content.get(key).and_then(Value::as_str)
    }

    /// The state that this event replaced: empty where there was none.
    pub fn before(&self) -> Map<String, Value> {
        self.unsigned.get("prev_content").and_then(Value::as_object).cloned().unwrap_or_default()
    }

    /// The id of the state event that this one replaced.
    pub fn replaces(&self) -> Option<&str> {
        self.unsigned.get("replaces_state").and_then(Value::as_str)
    }

    /// What this event relates to.
    pub fn relation(&self) -> Option<&Map<String, Value>> {
        self.content.get("m.relates_to").and_then(Value::as_object)
    }

    /// When it happened. A server's clock that runs ahead of ours does not let its users act tomorrow.
    pub fn at(&self, received_at: Timestamp) -> Timestamp {
        Timestamp::from_millis(self.origin_server_ts.max(0)).min(received_at)
    }
}
