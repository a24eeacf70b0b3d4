//! Reacting policies: they answer to what happened, and hold nothing up.

use axum::http::StatusCode;
use serde_json::json;

use super::{DAY, HOUR, TestApp, actions, again, done, entries, get, policy, post, reacting, town, until, vote};

#[tokio::test(flavor = "multi_thread")]
async fn a_policy_answers_to_what_was_carried_out_and_holds_nothing_up() {
    let app = TestApp::start().await;
    town(&app).await;
    done(&app, "constitution.add_role", json!({ "name": "Thanked" })).await;
    let source = "function filter(action) { return action.cause.payload.text.startsWith(\"thanks \") }
        function check(action) { return passed(\"thanks are due\") }
        function pass(action) {
            const member = members.get(action.cause.payload.text.split(\" \")[1])
            if (member) roles.get(\"Thanked\").add(member)
            announce(action.cause.payload.channel, `${action.initiator.handle} is thankful`)
        }";
    reacting(&app, "Thanks", &["board.post_message"], json!({}), source).await;
    let thanks = post(&app, "ben", "thanks cleo").await;
    assert_eq!(thanks["status"], "executed", "{thanks}");
    assert_eq!(thanks["proposals"], json!([]), "it does not govern: {thanks}");
    post(&app, "ben", "hello").await;
    let answers = actions(&app, "trigger.carried_out", 1).await;
    assert_eq!(answers.len(), 1, "what its filter refuses is not recorded: {answers:?}");
    let answer = &answers[0];
    assert_eq!((&answer["status"], &answer["reason"]), (&json!("passed"), &json!("thanks are due")), "{answer}");
    assert_eq!((&answer["cause"], &answer["origin"]), (&thanks["id"], &json!("trigger")), "{answer}");
    assert_eq!(answer["initiator"], "ben");
    let members = get(&app, "members").await;
    let cleo = members["members"].as_array().unwrap().iter().find(|member| member["handle"] == "cleo").unwrap().clone();
    assert!(cleo["roles"].as_array().unwrap().contains(&json!("Thanked")), "{cleo}");
    let said = async || get(&app, "channels/general/posts").await.to_string().contains("ben is thankful");
    super::eventually(&app, said).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_starts_a_vote_of_its_own() {
    let app = TestApp::start().await;
    town(&app).await;
    let source = "function initialize(action) { ask(\"everyone\", { text: action.text, where: action.channel }) }
        function check(action) { if (action.proposal.yes.length >= 2) return passed(\"two want it\") }
        function pass(action) { propose(\"board.set_topic\", { channel: action.channel, topic: action.text }) }";
    reacting(&app, "Poll", &[], json!({ "commands": ["/poll"] }), source).await;
    let message = post(&app, "ben", "!Poll  lunch at noon").await;
    assert_eq!(message["status"], "executed", "{message}");
    for text in ["poll lunch", "/polls", "see /poll"] {
        post(&app, "ben", text).await;
    }
    let polls = actions(&app, "trigger.command", 1).await;
    assert_eq!(polls.len(), 1, "{polls:?}");
    let poll = &polls[0];
    assert_eq!(poll["status"], "proposed", "{poll}");
    assert_eq!(poll["payload"]["text"], "lunch at noon");
    assert_eq!(poll["payload"]["command"], "poll");
    assert_eq!(poll["payload"]["channel"], "general");
    vote(&app, poll, &["cleo", "dara"], true).await;
    until(&app, poll, "passed").await;
    let topics = actions(&app, "board.set_topic", 1).await;
    assert_eq!(topics[0]["payload"]["topic"], "lunch at noon");
    assert_eq!((&topics[0]["initiator"], &topics[0]["origin"]), (&json!("ben"), &json!("policy")));
    until(&app, &topics[0], "executed").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_was_stopped_is_no_command() {
    let app = TestApp::start().await;
    town(&app).await;
    let never = "function check() { return failed(\"quiet hours\") }";
    policy(&app, "Quiet", &["board.post_message"], never, json!({})).await;
    let answers = "function check() { return PASSED }";
    reacting(&app, "Ping", &[], json!({ "commands": ["ping"] }), answers).await;
    assert_eq!(post(&app, "ben", "/ping").await["status"], "failed");
    app.quiet().await;
    assert_eq!(get(&app, "actions?type=trigger.*").await["actions"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn each_policy_answers_by_itself() {
    let app = TestApp::start().await;
    town(&app).await;
    let combine = json!({ "layer": "platform", "combining": "first-applicable" });
    done(&app, "constitution.set_combining", combine).await;
    reacting(&app, "No", &[], json!({ "commands": ["go"] }), "function check() { return failed(\"no\") }").await;
    reacting(&app, "Breaks", &[], json!({ "commands": ["go"] }), "function check() { return nothing }").await;
    reacting(&app, "Yes", &[], json!({ "commands": ["go"] }), "function check() { return passed(\"yes\") }").await;
    let trial = json!({ "kind": "reacting", "triggers": { "commands": ["go"] }, "enforcement": "shadow" });
    let source = "function check() { return passed(\"trial\") } function pass() { announce(\"general\", \"never\") }";
    policy(&app, "Trial", &[], source, trial).await;
    post(&app, "ben", "/go").await;
    let mut outcomes: Vec<_> = actions(&app, "trigger.command", 4)
        .await
        .iter()
        .map(|one| format!("{} {}", one["proposals"][0]["policy"], one["status"]))
        .collect();
    outcomes.sort();
    assert_eq!(outcomes, ["\"Breaks\" \"held\"", "\"No\" \"failed\"", "\"Trial\" \"passed\"", "\"Yes\" \"passed\""]);
    app.quiet().await;
    assert!(!get(&app, "channels/general/posts").await.to_string().contains("never"), "a trial says nothing");
}

#[tokio::test(flavor = "multi_thread")]
async fn policies_that_answer_to_themselves_come_to_an_end() {
    let app = TestApp::start().await;
    town(&app).await;
    let source = "function check() { return PASSED }
        function pass(action) {
            propose(\"board.post_message\", { channel: \"general\", text: action.cause.payload.text + \"!\" })
        }";
    reacting(&app, "Echo", &["board.post_message"], json!({}), source).await;
    post(&app, "ben", "hey").await;
    let posts = actions(&app, "board.post_message", 5).await;
    app.quiet().await;
    assert_eq!(actions(&app, "board.post_message", 5).await.len(), posts.len());
    let mut texts: Vec<_> = posts.iter().map(|one| one["payload"]["text"].as_str().unwrap().to_owned()).collect();
    texts.sort();
    assert_eq!(texts, ["hey", "hey!", "hey!!", "hey!!!", "hey!!!!"]);
    let is_refused = async || {
        let refused = entries(&app, "action.refused").await;
        refused.iter().any(|one| one["body"]["reason"].as_str().unwrap().contains("4 deep"))
    };
    super::eventually(&app, is_refused).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_policy_answers_to_changes_of_the_government_too() {
    let app = TestApp::start().await;
    town(&app).await;
    let source = "function check(action) { return passed(action.cause.type) }
        function pass(action) { announce(\"general\", `the government changed: ${action.cause.payload.name}`) }";
    let more = json!({ "kind": "reacting", "layer": "constitution" });
    policy(&app, "Gazette", &["constitution.add_role"], source, more).await;
    done(&app, "constitution.add_role", json!({ "name": "Steward" })).await;
    let answers = actions(&app, "trigger.carried_out", 1).await;
    assert_eq!(answers[0]["reason"], "constitution.add_role", "{answers:?}");
}

/// Berlin's clocks go back on 25 October 2026 at 03:00: 02:30 comes twice, and counts once.
#[tokio::test(flavor = "multi_thread")]
async fn a_schedule_comes_round_once_a_day_across_a_clock_change() {
    let app = TestApp::start().await;
    town(&app).await;
    let profile = json!({ "name": "Town", "time_zone": "Europe/Berlin" });
    done(&app, "constitution.set_profile", profile).await;
    let october: types::Timestamp = "2026-10-22T12:00:00Z".parse().unwrap();
    app.wait(october.since(app.ctx.clock.now())).await;
    let source = "function check(action) { return passed(action.due) }
        function pass(action) { propose(\"board.post_message\", { channel: \"general\", text: action.due }) }";
    reacting(&app, "Daily", &[], json!({ "every": "day at 02:30" }), source).await;
    let listed = get(&app, "recurring").await;
    assert_eq!(listed["policies"][0]["next_at"], "2026-10-23T00:30:00Z", "{listed}");
    for _ in 0..20 {
        app.wait(6 * HOUR).await;
    }
    let mut due: Vec<_> = actions(&app, "trigger.schedule", 5)
        .await
        .iter()
        .map(|one| one["payload"]["due"].as_str().unwrap().to_owned())
        .collect();
    due.sort();
    let days = ["23T00:30", "24T00:30", "25T00:30", "26T01:30", "27T01:30"];
    assert_eq!(due, days.map(|day| format!("2026-10-{day}:00Z")));
    let posts = actions(&app, "board.post_message", 5).await;
    assert_eq!(posts.len(), 5);
    assert_eq!(posts[0]["initiator"], json!(null), "nobody but the policy proposed it: {}", posts[0]);
    until(&app, &posts[0], "executed").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_was_away_makes_up_for_each_time_once() {
    let app = TestApp::start().await;
    town(&app).await;
    let source = "function check(action) { return passed(action.due) }";
    reacting(&app, "Hourly", &[], json!({ "every": "day at 09:00" }), source).await;
    app.wait(5 * DAY).await;
    let made_up = actions(&app, "trigger.schedule", 5).await;
    let distinct: std::collections::BTreeSet<_> = made_up.iter().map(|one| one["payload"]["due"].to_string()).collect();
    assert_eq!((made_up.len(), distinct.len()), (5, 5), "{made_up:?}");
    // Switched off, it does not come round; switched on again, what passed meanwhile is not made up for.
    done(&app, "constitution.set_enforcement", json!({ "policy": "Hourly", "enforcement": "off" })).await;
    app.wait(3 * DAY).await;
    done(&app, "constitution.set_enforcement", json!({ "policy": "Hourly", "enforcement": "enforced" })).await;
    app.wait(DAY).await;
    assert_eq!(actions(&app, "trigger.schedule", 6).await.len(), 6);
    // Another schedule counts from now on.
    let change = json!({ "policy": "Hourly", "triggers": { "every": "2026-12-24 at 18:00" } });
    done(&app, "constitution.change_policy", change).await;
    app.wait(2 * DAY).await;
    assert_eq!(actions(&app, "trigger.schedule", 6).await.len(), 6);
    assert_eq!(get(&app, "recurring").await["policies"][0]["next_at"], "2026-12-24T18:00:00Z");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_demos_clock_meets_every_date_at_its_moment() {
    let app = TestApp::demo().await;
    town(&app).await;
    let source = "function check(action) { return passed(action.due) }";
    reacting(&app, "Weekly", &[], json!({ "every": "monday at 09:00" }), source).await;
    app.post("/api/v1/demo/advance", json!({ "seconds": 22 * 24 * 3600 })).send().await.expect(StatusCode::OK);
    let met = actions(&app, "trigger.schedule", 3).await;
    assert!((3..=4).contains(&met.len()), "{met:?}");
    for one in &met {
        let (due, created) = (one["payload"]["due"].as_str().unwrap(), one["created_at"].as_str().unwrap());
        let (due, created): (types::Timestamp, types::Timestamp) = (due.parse().unwrap(), created.parse().unwrap());
        assert!(created.since(due) < HOUR, "{one}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_a_trigger_is_refused_in_words() {
    let app = TestApp::start().await;
    town(&app).await;
    let refused = async |more: serde_json::Value, expected: &str| {
        let mut payload = json!({ "name": "X", "layer": "platform", "action_types": [],
            "source": "function check() { return PASSED }" });
        payload.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let body = json!({ "type": "constitution.add_policy", "initiator": "ada", "payload": payload });
        let answer = app.post("/api/v1/communities/town/actions", body).send().await;
        let answer = answer.expect(StatusCode::UNPROCESSABLE_ENTITY).json();
        assert!(answer["message"].as_str().unwrap().contains(expected), "{answer}");
    };
    refused(json!({ "triggers": { "commands": ["x"] } }), "of the kind “reacting”").await;
    refused(json!({ "kind": "reacting" }), "action_types is empty").await;
    refused(json!({ "kind": "reacting", "triggers": { "commands": ["two words"] } }), "cannot be a command").await;
    refused(json!({ "kind": "reacting", "triggers": { "every": "sometimes" } }), "is no schedule").await;
    refused(json!({ "kind": "reacting", "action_types": ["trigger.schedule"] }), "triggers.every").await;
    refused(json!({ "action_types": ["trigger.command"] }), "nothing that can be governed").await;
    let body = json!({ "type": "trigger.command", "initiator": "ada", "payload": {} });
    app.post("/api/v1/communities/town/actions", body).send().await.expect(StatusCode::UNPROCESSABLE_ENTITY);
    // Nor does a policy make one up.
    let forges = "function check() { return PASSED }
        function pass(action) { propose(\"trigger.schedule\", { every: \"x\", due: \"y\", time_zone: \"z\" }) }";
    let forger = reacting(&app, "Forger", &[], json!({ "commands": ["forge"] }), forges).await;
    post(&app, "ben", "/forge").await;
    actions(&app, "trigger.command", 1).await;
    assert_eq!(get(&app, "actions?type=trigger.schedule").await["actions"], json!([]));
    assert_eq!(again(&app, &forger).await["status"], "executed");
}
