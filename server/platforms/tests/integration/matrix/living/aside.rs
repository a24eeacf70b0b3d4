//! What happens beside the town square: look-ups, an outage, messages to one member, a room that whispers.

use std::time::Duration;

use platforms::http::Reach;
use platforms::matrix::Matrix;
use platforms::{Note, Platform};
use reqwest::Method;
use serde_json::{Value, json};
use types::Timestamp;
use types::platform::Operation;

use crate::matrix::homeserver::{Somebody, World, person};

pub async fn looking_up(world: &mut World, alice: &Somebody, room: &str, version: &str) {
    let look = async |name: &str| world.matrix.lookup(&world.connection, name, &person(&alice.id)).await.unwrap().0;
    let expected = if version == "12" { 9_007_199_254_740_991_i64 } else { 100 };
    assert_eq!(look("power_level").await, json!(expected));
    let joined: Timestamp = serde_json::from_value(look("joined_at").await).unwrap();

    // A new display name is no new arrival.
    let path = format!("profile/{}/displayname", alice.id);
    world.client(alice, Method::PUT, &path, json!({ "displayname": format!("Alice of {room}") })).await;
    assert_eq!(serde_json::from_value::<Timestamp>(look("joined_at").await).unwrap(), joined);
    assert!(world.matrix.lookup(&world.connection, "shoe_size", &person(&alice.id)).await.is_err());
}

/// The homeserver hangs in the middle of an operation: it is tried again, and done once.
pub async fn outage(world: &mut World, alice: &Somebody) {
    let room = world.connection.config.get("rooms").unwrap()[0].as_str().unwrap().to_owned();
    let impatient = Matrix::new(Reach::Anywhere, Duration::from_millis(300)).unwrap();
    let post = Operation::Post { place: room.clone(), text: "after the storm".into(), thread: None };
    let key = world.key();
    if !world.signal("-STOP") {
        return;
    }
    let lost = impatient.apply(&world.connection, &post, key).await;
    assert!(world.signal("-CONT"));
    let error = lost.unwrap_err();
    assert!(error.is_retryable(), "{error:?}");
    // It had taken the request in before it hung, and now answers both.
    world.matrix.apply(&world.connection, &post, key).await.unwrap();
    world.matrix.apply(&world.connection, &post, key).await.unwrap();
    let said = world.messages(alice, &room).await;
    assert_eq!(said.iter().filter(|event| event["content"]["body"] == "after the storm").count(), 1);
}

/// Messages to one member open one room, and find it again.
pub async fn talking_to_one(world: &mut World, alice: &Somebody, bob: &Somebody) {
    let mut rooms = Vec::new();
    for (to, text) in [(alice, "please vote"), (alice, "please vote again"), (bob, "please vote")] {
        let sent = world.apply(Operation::Message { to: person(&to.id), text: text.into(), here: None }).await.unwrap();
        let room = sent.detail.text("room").unwrap().to_owned();
        rooms.push(room);
    }
    assert_eq!(rooms[0], rooms[1]);
    assert_ne!(rooms[0], rooms[2]);
    world.client(alice, Method::POST, &format!("join/{}", rooms[0]), json!({})).await;
    let said = world.messages(alice, &rooms[0]).await;
    let said: Vec<&Value> = said.iter().filter(|event| event["type"] == "m.room.message").collect();
    assert_eq!(said[0]["content"]["body"], "please vote again");

    // One who has left is asked back rather than given up.
    world.client(alice, Method::POST, &format!("rooms/{}/leave", rooms[0]), json!({})).await;
    let sent = world
        .apply(Operation::Message { to: person(&alice.id), text: "still there?".into(), here: None })
        .await
        .unwrap();
    assert_eq!(sent.detail.text("room"), Some(rooms[0].as_str()));
    let back = world.client(alice, Method::POST, &format!("join/{}", rooms[0]), json!({})).await;
    assert_eq!(back["room_id"], rooms[0]);

    let nobody = types::platform::Person { external: None, ..person(&alice.id) };
    let error = world.apply(Operation::Message { to: nobody, text: "hello".into(), here: None }).await.unwrap_err();
    assert!(error.to_string().ends_with("has no Matrix user, so Polity cannot message them there"), "{error}");
}

/// An encrypted room is not governed, and the community is told so.
pub async fn encryption(world: &mut World, alice: &Somebody) {
    let own = world.connection.own_user.clone();
    let encrypted =
        json!({ "type": "m.room.encryption", "state_key": "", "content": { "algorithm": "m.megolm.v1.aes-sha2" } });
    let options =
        json!({ "name": "whispers", "preset": "private_chat", "invite": [own], "initial_state": [encrypted] });
    let room = world.create_room(alice, options).await;
    world.govern(&[&room]);
    let installed = world.matrix.install(&world.connection).await.unwrap();
    let expected = "“whispers” is encrypted: Polity cannot read what is said there, so it cannot govern it".to_owned();
    assert!(installed.warnings.contains(&expected), "{:?}", installed.warnings);
    loop {
        let delivery = world.next_delivery().await;
        let heard = world.matrix.decode(&world.connection, &delivery).unwrap();
        if heard.notes.iter().any(|note| matches!(note, Note::Ungovernable { place, .. } if *place == room)) {
            return;
        }
    }
}
