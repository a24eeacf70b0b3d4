//! Decoding what nobody should ever push: forged, endless, strange or mutilated deliveries.

use platforms::{Connection, DecodeError, Delivery, Heard, Note, Platform};
use proptest::prelude::*;
use serde_json::{Value, json};
use types::platform::PlatformEvent;

use super::hearing::{MATRIX, connection, delivery, hear, recorded};

#[test]
fn a_strange_event_does_not_hold_up_the_others() {
    let rename: Value = serde_json::from_slice(&recorded("rename")).unwrap();
    let body = json!({ "events": [{ "event_id": "$odd", "type": 3 }, rename["events"][0], null] });
    let heard = hear(body.to_string().as_bytes()).unwrap();
    assert_eq!(heard.events.len(), 1);
    let skipped: Vec<_> = heard.notes.iter().map(|note| matches!(note, Note::Skipped { .. })).collect();
    assert_eq!(skipped, [true, true]);
}

#[test]
fn a_forged_or_unsigned_delivery_is_refused_before_it_is_parsed() {
    let decode = |connection: &Connection, token| MATRIX.decode(connection, &delivery(token, b"not even json"));
    assert_eq!(decode(&connection(), None), Err(DecodeError::Unsigned));
    for forged in ["", "from-the-homeserve", "from-the-homeserver2", "FROM-THE-HOMESERVER", "as-token"] {
        assert_eq!(decode(&connection(), Some(forged)), Err(DecodeError::Forged), "{forged}");
    }
    let basic =
        Delivery { headers: vec![("authorization".into(), "Basic from-the-homeserver".into())], ..delivery(None, b"") };
    assert_eq!(MATRIX.decode(&connection(), &basic), Err(DecodeError::Unsigned));
    let in_query = Delivery { query: "access_token=from-the-homeserver".into(), ..delivery(None, b"") };
    assert_eq!(MATRIX.decode(&connection(), &in_query), Err(DecodeError::Unsigned));
    // Without a token of ours, an empty one must not open the door.
    let mut unset = connection();
    unset.secrets = [("hs_token".to_owned(), "".into())].into();
    assert_eq!(decode(&unset, Some("")), Err(DecodeError::NotConfigured("hs_token")));
    assert!(matches!(decode(&connection(), Some("from-the-homeserver")), Err(DecodeError::Malformed(_))));
}

#[test]
fn a_delivery_without_end_is_refused() {
    let body = vec![b' '; platforms::matrix::MAX_TRANSACTION_BYTES + 1];
    assert!(matches!(hear(&body), Err(DecodeError::TooLarge(..))));
}

/// Whatever is heard passes our own rules, or it would not be governed.
fn fits(heard: &Heard) {
    for event in &heard.events {
        if let PlatformEvent::Attempted { kind, payload, .. } = event {
            assert_eq!(MATRIX.validate(kind, payload).as_ref(), Ok(payload));
        }
    }
}

#[test]
fn what_breaks_our_own_rules_is_governed_all_the_same() {
    for (kind, content) in [
        ("m.room.name", json!({ "name": "x".repeat(3_000) })),
        ("m.room.topic", json!({ "topic": "x".repeat(30_000) })),
        ("m.room.avatar", json!({ "url": "https://evil.example/" })),
        ("m.room.join_rules", json!({ "join_rule": "org.example.strange" })),
        ("m.room.pinned_events", json!({ "pinned": ["nonsense", 3, "$fine"] })),
        ("m.room.message", json!({ "msgtype": "m.text", "body": "x".repeat(60_000) })),
        ("m.room.message", json!({ "msgtype": "m.text", "body": " " })),
        ("m.room.message", json!({ "msgtype": "m.text", "body": 3 })),
        ("m.sticker", json!({ "url": "mxc://a/b" })),
        ("org.matrix.msc3381.poll.start", json!({ "org.matrix.msc1767.text": "lunch?" })),
    ] {
        let mut event = json!({
            "event_id": "$1", "type": kind, "sender": "@ada:polity.test", "room_id": "!plaza12", "content": content,
        });
        if !matches!(kind, "m.room.message" | "m.sticker" | "org.matrix.msc3381.poll.start") {
            event["state_key"] = json!("");
        }
        let heard = hear(json!({ "events": [event] }).to_string().as_bytes()).unwrap();
        assert_eq!(heard.events.len(), 1, "{kind} {heard:?}");
        fits(&heard);
    }
}

/// Replaces the `at`-th value of `json`, counted through all levels, by `by`.
fn mutate(json: &mut Value, at: &mut usize, by: &Value) {
    if *at == 0 {
        *json = by.clone();
    }
    *at = at.wrapping_sub(1);
    match json {
        Value::Object(fields) => fields.values_mut().for_each(|value| mutate(value, at, by)),
        Value::Array(values) => values.iter_mut().for_each(|value| mutate(value, at, by)),
        _ => {}
    }
}

fn strange() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        Just(json!({})),
        Just(json!([])),
        Just(json!({ "users": { "@a": "x", "b": 1e300 } })),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "\\PC{0,20}".prop_map(Value::from),
        "[@!$#>:]{1,6}".prop_map(Value::from),
    ]
}

proptest! {
    #[test]
    fn no_delivery_panics(body in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = hear(&body);
    }

    #[test]
    fn no_mutated_transaction_panics(
        name in prop::sample::select(vec![
            "message", "edit", "reply", "thread", "reaction", "withdrawal", "rename", "power_levels", "invite", "ban", "pin",
        ]),
        at in 0usize..60,
        by in strange(),
    ) {
        let mut body: Value = serde_json::from_slice(&recorded(name)).unwrap();
        mutate(&mut body, &mut { at }, &by);
        if let Ok(heard) = hear(body.to_string().as_bytes()) {
            fits(&heard);
        }
    }
}
