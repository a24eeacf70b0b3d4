//! Recovery: out of a real lock-out, by the members alone.

use std::time::Duration;

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::{DAY, TestApp, again, attempt, done, entries, get, policy, proposal, replay, town, until, vote};

/// The number of the last entry of the record.
async fn head(app: &TestApp) -> i64 {
    get(app, "audit?limit=1000").await["entries"].as_array().unwrap().last().unwrap()["seq"].as_i64().unwrap()
}

/// Shuts everybody out: no right to propose a change of the government, and no policy that would decide one.
async fn lock(app: &TestApp) {
    let remove = json!({ "policy": "Everything passes" });
    let removed = attempt(app, "ada", "constitution.remove_policy", remove).await;
    assert_eq!(removed["status"], "executed", "{removed}");
    assert_eq!(removed["warnings"][0]["severity"], "locked", "the answer warns: {removed}");
    let held = attempt(app, "ada", "constitution.add_role", json!({ "name": "Steward" })).await;
    assert_eq!(held["status"], "held", "{held}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_community_that_locked_itself_out_takes_itself_back() {
    let app = TestApp::start().await;
    town(&app).await;
    let before = head(&app).await;
    app.wait(Duration::from_secs(60)).await;
    let rights = json!({ "role": "Member", "permissions": [{ "action_type": "board.*", "right": "propose" }] });
    let edited = done(&app, "constitution.edit_role", rights).await;
    assert_eq!(edited["warnings"][0]["severity"], "locked", "{edited}");
    let refused = attempt(&app, "ada", "constitution.add_role", json!({ "name": "Steward" })).await;
    assert_eq!(refused["status"], "failed", "{refused}");

    let back = attempt(&app, "ben", "constitution.roll_back", json!({ "to_seq": before })).await;
    assert_eq!(back["status"], "proposed", "{back}");
    assert_eq!(back["proposals"][0]["policy"], "Recovery rule");
    vote(&app, &back, &["ada", "ben"], true).await;
    app.quiet().await;
    assert_eq!(again(&app, &back).await["status"], "proposed", "two of four are not two thirds");
    vote(&app, &back, &["cleo"], true).await;
    let back = until(&app, &back, "executed").await;
    assert_eq!(replay::replay(&app, &back).await > 1, true, "{back}");
    done(&app, "constitution.add_role", json!({ "name": "Steward" })).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn where_no_policy_decides_any_more_a_kit_begins_again() {
    let app = TestApp::start().await;
    town(&app).await;
    done(
        &app,
        "constitution.add_role",
        json!({ "name": "Boss", "permissions": [{ "action_type": "*", "right": "execute" }] }),
    )
    .await;
    done(&app, "constitution.assign_role", json!({ "role": "Boss", "members": ["dara"] })).await;
    done(&app, "constitution.delete_role", json!({ "role": "Boss" })).await;
    lock(&app).await;
    let restart = json!({ "kit": "majority", "settings": { "days": 3 } });
    let restart = attempt(&app, "cleo", "constitution.restart_from_kit", restart).await;
    assert_eq!(restart["status"], "proposed", "{restart}");
    vote(&app, &restart, &["ada", "ben", "cleo"], true).await;
    until(&app, &restart, "executed").await;
    let policies = get(&app, "policies").await;
    assert_eq!(policies["policies"].as_array().unwrap().len(), 1, "{policies}");
    let change = attempt(&app, "ada", "constitution.add_role", json!({ "name": "Steward" })).await;
    assert_eq!(change["proposals"][0]["policy"], "Majority of members", "{change}");
    vote(&app, &change, &["ada", "ben", "cleo"], true).await;
    until(&app, &change, "executed").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_else_reaches_the_recovery_rule() {
    let app = TestApp::start().await;
    town(&app).await;
    let everything = json!({ "name": "Boss", "permissions": [{ "action_type": "*", "right": "execute" }] });
    done(&app, "constitution.add_role", everything).await;
    done(&app, "constitution.assign_role", json!({ "role": "Boss", "members": ["dara"] })).await;
    let never = "function check() { return failed(\"never\") }";
    policy(&app, "Never recover", &["constitution.roll_back"], never, json!({})).await;
    let safeguards = json!({ "veto": [{ "role": "Boss", "action_types": "constitution.roll_back", "hours": 24 }] });
    done(&app, "constitution.set_safeguards", safeguards).await;
    let back = attempt(&app, "dara", "constitution.roll_back", json!({ "to_seq": 1 })).await;
    assert_eq!(back["status"], "proposed", "not even who may do everything recovers alone: {back}");
    assert_eq!(back["proposals"].as_array().unwrap().len(), 1, "no other policy is asked: {back}");
    let rule = back["proposals"][0]["policy_id"].as_str().unwrap().to_owned();
    for (kind, payload) in [
        ("constitution.change_policy", json!({ "policy": rule, "source": never })),
        ("constitution.remove_policy", json!({ "policy": rule })),
        ("constitution.recover_policy", json!({ "policy": rule })),
        ("constitution.set_enforcement", json!({ "policy": rule, "enforcement": "off" })),
    ] {
        let tried = attempt(&app, "ada", kind, payload).await;
        assert_eq!(tried["status"], "passed", "{tried}");
        assert!(tried["reason"].as_str().unwrap().contains("built in"), "{tried}");
    }
    let by_name = json!({ "policy": "Recovery rule" });
    let tried = attempt(&app, "ada", "constitution.recover_policy", by_name).await;
    assert!(tried["reason"].as_str().unwrap().contains("there is no policy"), "{tried}");
    assert!(!get(&app, "policies?removed=true").await.to_string().contains("Recovery rule"));
    let hidden =
        json!({ "title": "harmless", "actions": [{ "type": "constitution.roll_back", "payload": { "to_seq": 1 } }] });
    let body = json!({ "type": "constitution.combination", "initiator": "ada", "payload": hidden });
    let hidden = app.post("/api/v1/communities/town/actions", body).send().await;
    hidden.refused(422, "invalid-field", Some("payload.actions"));
    // Another, while one is open, is refused.
    let body = json!({ "type": "constitution.restart_from_kit", "initiator": "dara", "payload": { "kit": "open" } });
    let second = app.post("/api/v1/communities/town/actions", body).send().await;
    second.refused(409, "recovery-open", None);
    // Who comes later does not count, and cannot vote.
    let member = json!({ "handle": "eve", "display_name": "Eve" });
    app.post("/api/v1/communities/town/members", member).send().await.expect(StatusCode::CREATED);
    app.vote("town", &proposal(&back), "eve", json!(true)).await.refused(403, "not-eligible", Some("member"));
    vote(&app, &back, &["ada", "ben", "cleo"], true).await;
    until(&app, &back, "executed").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn recovery_fails_when_its_days_are_over() {
    let app = TestApp::start().await;
    let recovery = json!({ "share": "3/4", "days": 5 });
    let founding = json!({ "slug": "town", "name": "Town", "starter_kit": "open", "recovery": recovery });
    app.post("/api/v1/communities", founding).send().await.expect(StatusCode::CREATED);
    for handle in ["ada", "ben", "cleo", "dara"] {
        let body = json!({ "handle": handle, "display_name": handle });
        app.post("/api/v1/communities/town/members", body).send().await.expect(StatusCode::CREATED);
    }
    assert_eq!(get(&app, "safeguards").await["recovery"], json!({ "share": "3/4", "days": 5 }));
    let back = attempt(&app, "ben", "constitution.roll_back", json!({ "to_seq": 1 })).await;
    vote(&app, &back, &["ada", "ben"], true).await;
    app.wait(5 * DAY - Duration::from_secs(60)).await;
    assert_eq!(again(&app, &back).await["status"], "proposed");
    app.wait(Duration::from_secs(120)).await;
    let back = until(&app, &back, "failed").await;
    assert!(back["reason"].as_str().unwrap().contains("2 of 4 members agree, 3 are needed"), "{back}");
    for recovery in
        [json!({ "share": "1/2", "days": 5 }), json!({ "share": "2/3", "days": 0 }), json!({ "share": "x", "days": 5 })]
    {
        let founding = json!({ "slug": "other", "name": "Other", "starter_kit": "open", "recovery": recovery });
        app.post("/api/v1/communities", founding).send().await.expect(StatusCode::UNPROCESSABLE_ENTITY);
    }
}

/// What the constitution is, without what only history knows: versions, ids of roles that came back, dates.
async fn constitution(app: &TestApp) -> Value {
    let policies = get(app, "policies").await["policies"].clone();
    let policies: Vec<_> = policies
        .as_array()
        .unwrap()
        .iter()
        .map(|one| json!([one["name"], one["source"], one["enforcement"], one["on_error"], one["is_active"]]))
        .collect();
    let roles = get(app, "roles").await["roles"].clone();
    let roles: Vec<_> = roles
        .as_array()
        .unwrap()
        .iter()
        .map(|one| json!([one["name"], one["description"], one["permissions"], one["members"]]))
        .collect();
    let documents = get(app, "documents").await["documents"].clone();
    let documents: Vec<_> =
        documents.as_array().unwrap().iter().map(|one| json!([one["name"], one["text"], one["is_active"]])).collect();
    let community = app.get("/api/v1/communities/town").send().await.json();
    json!([policies, roles, documents, community["settings"], community["name"], community["description"]])
}

#[tokio::test(flavor = "multi_thread")]
async fn the_whole_constitution_goes_back_and_nothing_is_erased() {
    let app = TestApp::start().await;
    town(&app).await;
    let passes = "function check() { return PASSED } function pass(action) { action.execute() }";
    policy(&app, "First", &["board.set_topic"], passes, json!({})).await;
    policy(&app, "Second", &["board.set_topic"], passes, json!({})).await;
    let grants = json!([{ "action_type": "board.*", "right": "execute" }]);
    done(&app, "constitution.add_role", json!({ "name": "Steward", "permissions": grants })).await;
    done(&app, "constitution.assign_role", json!({ "role": "Steward", "members": ["ben"] })).await;
    done(&app, "constitution.add_role", json!({ "name": "Scribe", "description": "writes" })).await;
    done(&app, "constitution.assign_role", json!({ "role": "Scribe", "members": ["cleo", "dara"] })).await;
    done(&app, "constitution.add_document", json!({ "name": "Rules", "text": "one" })).await;
    done(&app, "constitution.add_document", json!({ "name": "History", "text": "long ago" })).await;
    done(
        &app,
        "constitution.set_safeguards",
        json!({ "cooling_off": [{ "action_types": "board.rename_channel", "hours": 5 }] }),
    )
    .await;
    let then = constitution(&app).await;
    let seq = head(&app).await;
    app.wait(DAY).await;

    done(
        &app,
        "constitution.change_policy",
        json!({ "policy": "First", "name": "Prime", "source": format!("{passes}\n") }),
    )
    .await;
    done(&app, "constitution.remove_policy", json!({ "policy": "Second" })).await;
    policy(&app, "Third", &["board.set_topic"], passes, json!({})).await;
    // A new policy takes an old name.
    policy(&app, "First", &["board.set_topic"], passes, json!({})).await;
    app.wait(DAY).await;
    done(&app, "constitution.set_enforcement", json!({ "policy": "Prime", "enforcement": "shadow" })).await;
    done(&app, "constitution.edit_role", json!({ "role": "Steward", "name": "Warden", "permissions": [] })).await;
    done(&app, "constitution.delete_role", json!({ "role": "Scribe" })).await;
    done(&app, "constitution.add_role", json!({ "name": "Steward" })).await;
    done(&app, "constitution.assign_role", json!({ "role": "Warden", "members": ["ada"] })).await;
    done(&app, "constitution.change_document", json!({ "document": "Rules", "name": "Laws", "text": "two" })).await;
    done(&app, "constitution.delete_document", json!({ "document": "History" })).await;
    done(&app, "constitution.add_document", json!({ "name": "History", "text": "yesterday" })).await;
    done(&app, "constitution.set_combining", json!({ "layer": "platform", "combining": "permit-overrides" })).await;
    done(&app, "constitution.set_safeguards", json!({ "cooling_off": [] })).await;
    done(
        &app,
        "constitution.set_profile",
        json!({ "name": "City", "description": "grown", "time_zone": "Asia/Tokyo" }),
    )
    .await;
    assert_ne!(constitution(&app).await, then);
    app.wait(DAY).await;

    let back = attempt(&app, "ben", "constitution.roll_back", json!({ "to_seq": seq })).await;
    vote(&app, &back, &["ada", "ben", "cleo"], true).await;
    let back = until(&app, &back, "executed").await;
    let now = constitution(&app).await;
    for (place, what) in ["policies", "roles", "documents", "settings", "name", "description"].iter().enumerate() {
        assert_eq!(now[place], then[place], "{what}");
    }
    let first = get(&app, "policies").await["policies"]
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["name"] == "First")
        .unwrap()
        .clone();
    assert_eq!(first["version"], 3, "the old text is a new version: {first}");
    let removed = get(&app, "policies?removed=true").await.to_string();
    assert!(removed.contains("Third"), "nothing is erased");
    assert_eq!(entries(&app, "constitution.rolled_back").await[0]["body"]["to_seq"], seq);
    // What was rolled back can itself be rolled back: to before the roll-back.
    let again = entries(&app, "constitution.rolled_back").await[0]["seq"].as_i64().unwrap() - 1;
    app.wait(DAY).await;
    let forward = attempt(&app, "ada", "constitution.roll_back", json!({ "to_seq": again })).await;
    assert_eq!(forward["status"], "proposed", "{forward} {back}");
    let nowhere = attempt(&app, "cleo", "constitution.roll_back", json!({ "to_seq": 1_000_000 })).await;
    vote(&app, &nowhere, &["ada", "ben", "cleo"], true).await;
    let nowhere = until(&app, &nowhere, "passed").await;
    assert!(nowhere["reason"].as_str().unwrap().contains("the record has no entry 1000000"), "{nowhere}");
}
