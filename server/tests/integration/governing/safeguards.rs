//! Cooling-off, veto, guardian, taking back, and policies that end by themselves.

use std::time::Duration;

use axum::http::StatusCode;
use serde_json::{Value, json};
use store::notices::NoticeFilter;
use types::Timestamp;

use super::{DAY, HOUR, TestApp, again, attempt, done, entries, get, policy, town, until, vote};
use crate::web::test_app::Answer;

const TWO_YES: &str = "function check(action) { if (action.proposal.yes.length >= 2) return passed(\"two agreed\") }
    function pass(action) { action.execute() }";

/// A town where a channel's name takes two, and 24 hours to think it over.
async fn cooling_town(app: &TestApp) {
    town(app).await;
    policy(app, "Two yes", &["board.rename_channel"], TWO_YES, json!({})).await;
    done(app, "constitution.add_role", json!({ "name": "Elder" })).await;
    done(app, "constitution.assign_role", json!({ "role": "Elder", "members": ["dara"] })).await;
    let safeguards = json!({
        "cooling_off": [{ "action_types": "board.*", "hours": 12 }],
        "veto": [{ "role": "Elder", "action_types": "board.rename_channel", "hours": 24 }],
    });
    done(app, "constitution.set_safeguards", safeguards).await;
}

/// Proposes a name, which two agree to.
async fn agreed(app: &TestApp, name: &str) -> Value {
    let rename = json!({ "channel": "general", "name": name });
    let action = attempt(app, "ben", "board.rename_channel", rename).await;
    vote(app, &action, &["ada", "cleo"], true).await;
    until(app, &action, "passed").await
}

async fn stop(app: &TestApp, action: &Value, how: &str, body: Value) -> Answer {
    let id = action["id"].as_str().unwrap();
    app.post(&format!("/api/v1/communities/town/actions/{id}/{how}"), body).send().await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_has_passed_cools_off_before_it_is_carried_out() {
    let app = TestApp::start().await;
    cooling_town(&app).await;
    let passed = agreed(&app, "plaza").await;
    assert_eq!(passed["cooling"]["status"], "waiting", "{passed}");
    let ends_at: Timestamp = passed["cooling"]["ends_at"].as_str().unwrap().parse().unwrap();
    assert_eq!(ends_at.since(app.ctx.clock.now()), DAY, "the longest of its hours");
    assert!(passed["reason"].as_str().unwrap().contains("unless it is stopped before"), "{passed}");
    app.wait(23 * HOUR).await;
    assert_eq!(again(&app, &passed).await["status"], "passed");
    assert!(get(&app, "channels").await.to_string().contains("general"));
    let announced = async || get(&app, "channels/general/posts").await.to_string().contains("unless it is stopped");
    super::eventually(&app, announced).await;
    app.wait(HOUR).await;
    let done = until(&app, &passed, "executed").await;
    assert_eq!((&done["cooling"]["status"], &done["reason"]), (&json!("over"), &json!("two agreed")), "{done}");
    assert!(get(&app, "channels").await.to_string().contains("plaza"));
    assert_eq!(entries(&app, "action.cooling").await.len(), 1);
    // What no policy decides does not wait.
    let free = attempt(&app, "ben", "board.set_topic", json!({ "channel": "plaza", "topic": "x" })).await;
    assert_eq!(free["status"], "executed", "{free}");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_holds_a_veto_stops_it_with_a_public_reason() {
    let app = TestApp::start().await;
    cooling_town(&app).await;
    let passed = agreed(&app, "plaza").await;
    let veto = |member: &str, reason: &str| json!({ "member": member, "reason": reason });
    stop(&app, &passed, "veto", veto("dara", " ")).await.refused(422, "invalid-field", Some("reason"));
    stop(&app, &passed, "veto", veto("ben", "no")).await.refused(403, "not-entitled", Some("member"));
    let stopped = stop(&app, &passed, "veto", veto("dara", "we are no market")).await.expect(StatusCode::OK).json();
    assert_eq!(stopped["status"], "failed", "{stopped}");
    assert_eq!(stopped["reason"], "vetoed by DARA (Elder): we are no market");
    assert_eq!((&stopped["cooling"]["status"], &stopped["cooling"]["stopped_by"]), (&json!("vetoed"), &json!("dara")));
    stop(&app, &passed, "veto", veto("dara", "again")).await.refused(409, "too-late", None);
    app.wait(2 * DAY).await;
    assert_eq!(again(&app, &passed).await["status"], "failed");
    assert!(get(&app, "channels").await.to_string().contains("general"), "nothing was carried out");
    assert_eq!(entries(&app, "action.vetoed").await[0]["body"]["reason"], "we are no market");

    let late = agreed(&app, "market").await;
    app.wait(DAY).await;
    until(&app, &late, "executed").await;
    stop(&app, &late, "veto", veto("dara", "late")).await.refused(409, "too-late", None);
    // Guards: another community, nobody, somebody else's name.
    app.found("moss", "open", &["eve"]).await;
    let id = late["id"].as_str().unwrap();
    let elsewhere = format!("/api/v1/communities/moss/actions/{id}/veto");
    app.post(&elsewhere, veto("eve", "x")).send().await.refused(404, "not-found", None);
    let here = format!("/api/v1/communities/town/actions/{id}/veto");
    app.post(&here, veto("dara", "x")).without("authorization").send().await.refused(401, "token-needed", None);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_proposed_it_takes_it_back_while_it_cools_off() {
    let app = TestApp::start().await;
    cooling_town(&app).await;
    let passed = agreed(&app, "plaza").await;
    stop(&app, &passed, "cancel", json!({ "member": "ada" })).await.refused(403, "not-entitled", Some("member"));
    let stopped = stop(&app, &passed, "cancel", json!({ "member": "ben" })).await.expect(StatusCode::OK).json();
    assert_eq!(
        (&stopped["status"], &stopped["cooling"]["status"]),
        (&json!("failed"), &json!("cancelled")),
        "{stopped}"
    );
    app.wait(2 * DAY).await;
    assert!(get(&app, "channels").await.to_string().contains("general"));

    let rename = json!({ "channel": "general", "name": "market" });
    let open = attempt(&app, "ben", "board.rename_channel", rename).await;
    stop(&app, &open, "cancel", json!({ "member": "ben" })).await.refused(409, "too-late", None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guardians_power_ends_and_is_not_extended_silently() {
    let app = TestApp::start().await;
    town(&app).await;
    policy(&app, "Two yes", &["board.rename_channel"], TWO_YES, json!({})).await;
    done(&app, "constitution.add_role", json!({ "name": "Guardian" })).await;
    done(&app, "constitution.assign_role", json!({ "role": "Guardian", "members": ["dara"] })).await;
    let start = app.ctx.clock.now();
    let guardian = |days: u32| json!([{ "role": "Guardian", "action_types": "board.*", "hours": 48, "until": start + days * DAY }]);
    done(&app, "constitution.set_safeguards", json!({ "guardians": guardian(10) })).await;
    let set = async |payload: Value| attempt(&app, "ada", "constitution.set_safeguards", payload).await;
    let silent = set(json!({ "guardians": guardian(20) })).await;
    assert!(silent["reason"].as_str().unwrap().contains("say so with extends_guardian"), "{silent}");
    let too_long = set(json!({ "guardians": guardian(400), "extends_guardian": true })).await;
    assert!(too_long["reason"].as_str().unwrap().contains("within a year"), "{too_long}");
    done(&app, "constitution.set_safeguards", json!({ "guardians": guardian(12), "extends_guardian": true })).await;

    let vetoed = agreed(&app, "plaza").await;
    let veto = json!({ "member": "dara", "reason": "not yet" });
    stop(&app, &vetoed, "veto", veto.clone()).await.expect(StatusCode::OK);
    app.wait(11 * DAY).await;
    let last = agreed(&app, "market").await;
    app.wait(DAY + HOUR).await;
    stop(&app, &last, "veto", veto).await.refused(409, "too-late", None);
    app.wait(DAY).await;
    until(&app, &last, "executed").await;
    let rename = json!({ "channel": "market", "name": "agora" });
    let free = attempt(&app, "ben", "board.rename_channel", rename).await;
    vote(&app, &free, &["ada", "cleo"], true).await;
    until(&app, &free, "executed").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn constitution_actions_cool_off_too_and_bad_safeguards_are_refused() {
    let app = TestApp::start().await;
    town(&app).await;
    let safeguards = json!({ "cooling_off": [{ "action_types": "constitution.add_role", "hours": 2 }] });
    done(&app, "constitution.set_safeguards", safeguards).await;
    let role = attempt(&app, "ada", "constitution.add_role", json!({ "name": "Steward" })).await;
    assert_eq!(role["status"], "passed", "{role}");
    app.wait(2 * HOUR).await;
    until(&app, &role, "executed").await;
    assert!(get(&app, "roles").await.to_string().contains("Steward"));
    for (payload, why) in [
        (json!({ "cooling_off": [{ "action_types": "*", "hours": 0 }] }), "from 1 to 720"),
        (json!({ "cooling_off": [{ "action_types": "board rename", "hours": 1 }] }), "is no action type"),
        (json!({ "veto": [{ "role": "Ghost", "action_types": "*", "hours": 1 }] }), "there is no role “Ghost”"),
    ] {
        let tried = attempt(&app, "ada", "constitution.set_safeguards", payload).await;
        assert!(tried["reason"].as_str().unwrap().contains(why), "{tried}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_policy_ends_on_its_last_day_and_members_are_told_before() {
    let app = TestApp::start().await;
    town(&app).await;
    let fails = "function check() { return failed(\"no\") }";
    policy(&app, "Trial rule", &["board.set_topic"], fails, json!({})).await;
    let at = app.ctx.clock.now() + 30 * DAY;
    done(&app, "constitution.set_sunset", json!({ "policy": "Trial rule", "at": at })).await;
    assert_eq!(get(&app, "safeguards").await["sunsets"][0]["at"], json!(at));
    let community = app.ctx.store.system().community_by_slug("town").await.unwrap().unwrap().id;
    let store = app.ctx.store.community(community);
    let ben = store.roster(None).await.unwrap().members.into_iter().find(|member| member.handle == "ben").unwrap().id;
    app.wait(15 * DAY).await;
    assert_eq!(store.notices(ben, NoticeFilter { limit: 10, ..NoticeFilter::default() }).await.unwrap().len(), 0);
    app.wait(2 * DAY).await;
    super::eventually(&app, async || {
        !store.notices(ben, NoticeFilter { limit: 10, ..NoticeFilter::default() }).await.unwrap().is_empty()
    })
    .await;
    let told = store.notices(ben, NoticeFilter { limit: 10, ..NoticeFilter::default() }).await.unwrap();
    assert!(told.len() == 1 && told[0].text.contains("“Trial rule” ends on"), "{told:?}");
    app.wait(13 * DAY - Duration::from_secs(1)).await;
    let topic = json!({ "channel": "general", "topic": "x" });
    assert_eq!(attempt(&app, "ada", "board.set_topic", topic.clone()).await["status"], "failed");
    app.wait(Duration::from_secs(1)).await;
    super::eventually(&app, async || {
        store.notices(ben, NoticeFilter { limit: 10, ..NoticeFilter::default() }).await.unwrap().len() == 2
    })
    .await;
    assert_eq!(attempt(&app, "ada", "board.set_topic", topic).await["status"], "executed");
    let adjusted = entries(&app, "policy.adjusted").await;
    assert_eq!(adjusted.last().unwrap()["body"]["sunset"], json!(at), "{adjusted:?}");
    assert_eq!(get(&app, "safeguards").await["sunsets"], json!([]));
    let last = json!({ "policy": "Everything passes", "at": app.ctx.clock.now() + 60 * DAY });
    let warned = done(&app, "constitution.set_sunset", last).await;
    assert_eq!(warned["warnings"][0]["code"], "locked", "{warned}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bundle_is_no_way_past_the_cooling_off_of_what_it_holds() {
    let app = TestApp::start().await;
    town(&app).await;
    done(&app, "constitution.add_role", json!({ "name": "Elder" })).await;
    done(&app, "constitution.assign_role", json!({ "role": "Elder", "members": ["dara"] })).await;
    let safeguards = json!({ "veto": [{ "role": "Elder", "action_types": "constitution.add_document", "hours": 2 }] });
    done(&app, "constitution.set_safeguards", safeguards).await;
    let both = |name: &str| {
        let document = json!({ "type": "constitution.add_document", "payload": { "name": name, "text": "x" } });
        let role = json!({ "type": "constitution.add_role", "payload": { "name": name } });
        json!({ "title": "both", "actions": [role, document] })
    };
    let passed = attempt(&app, "ada", "constitution.combination", both("One")).await;
    assert_eq!(passed["cooling"]["status"], "waiting", "{passed}");
    assert!(!get(&app, "roles").await.to_string().contains("One"), "all of it waits");
    app.wait(2 * HOUR).await;
    until(&app, &passed, "executed").await;
    assert!(get(&app, "roles").await.to_string().contains("One"));
    let second = attempt(&app, "ada", "constitution.combination", both("Two")).await;
    let veto = json!({ "member": "dara", "reason": "enough" });
    stop(&app, &second, "veto", veto).await.expect(StatusCode::OK);
    app.wait(DAY).await;
    assert_eq!(again(&app, &second).await["status"], "failed");
    assert!(!get(&app, "documents").await.to_string().contains("Two"));
}
