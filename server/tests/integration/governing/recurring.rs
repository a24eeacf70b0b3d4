//! Actions that come round.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::{DAY, HOUR, TestApp, actions, done, get, policy, town};

const PATH: &str = "/api/v1/communities/town/recurring";

fn thread(every: &str) -> Value {
    json!({ "type": "board.post_message", "payload": { "channel": "general", "text": "What did you do?" },
        "initiator": "ben", "every": every })
}

#[tokio::test(flavor = "multi_thread")]
async fn an_action_comes_round_under_the_policies_of_its_time_until_it_is_stopped() {
    let app = TestApp::start().await;
    town(&app).await;
    // The tests begin on Thursday, 28 May 2026.
    let made = app.post(PATH, thread("friday at 16:00")).send().await.expect(StatusCode::CREATED).json();
    assert_eq!(made["next_at"], "2026-05-29T16:00:00Z", "{made}");
    app.wait(DAY).await;
    let posts = actions(&app, "board.post_message", 1).await;
    assert_eq!((posts.len(), &posts[0]["initiator"], &posts[0]["status"]), (1, &json!("ben"), &json!("executed")));
    let never = "function check() { return failed(\"quiet\") }";
    policy(&app, "Quiet", &["board.post_message"], never, json!({})).await;
    app.wait(7 * DAY).await;
    let posts = actions(&app, "board.post_message", 2).await;
    assert_eq!((posts.len(), &posts[0]["reason"]), (2, &json!("quiet")), "{posts:?}");
    let listed = get(&app, "recurring").await;
    assert_eq!(
        (&listed["recurring"][0]["n_times"], &listed["recurring"][0]["next_at"]),
        (&json!(2), &json!("2026-06-12T16:00:00Z"))
    );
    let one = format!("{PATH}/{}", made["id"].as_str().unwrap());
    let stop = || app.call(axum::http::Method::DELETE, &one).bearer(crate::web::test_app::OPERATOR).send();
    stop().await.expect(StatusCode::NO_CONTENT);
    stop().await.refused(404, "not-found", None);
    app.wait(30 * DAY).await;
    assert_eq!(actions(&app, "board.post_message", 2).await.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn each_time_counts_once_across_a_clock_change_and_late_workers() {
    let app = TestApp::start().await;
    town(&app).await;
    let october: types::Timestamp = "2026-10-23T12:00:00Z".parse().unwrap();
    app.clock.advance(october.since(app.ctx.clock.now()));
    let mut daily = thread("day at 02:30");
    daily["time_zone"] = json!("Europe/Berlin");
    daily["until"] = json!("2026-10-28T00:00:00Z");
    app.post(PATH, daily).send().await.expect(StatusCode::CREATED);
    // One late worker for several days, and then many looks.
    app.wait(3 * DAY).await;
    for _ in 0..30 {
        app.wait(2 * HOUR).await;
    }
    let posts = actions(&app, "board.post_message", 4).await;
    assert_eq!(posts.len(), 4, "24, 25, 26 and 27 October, once each: {posts:?}");
    assert_eq!(get(&app, "recurring").await["recurring"][0]["next_at"], json!(null), "it has come to its end");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_come_round_is_refused() {
    let app = TestApp::start().await;
    town(&app).await;
    app.found("moss", "open", &["eve"]).await;
    app.post(PATH, thread("sometimes")).send().await.refused(422, "invalid-field", Some("every"));
    app.post(PATH, thread("2020-01-01 at 09:00")).send().await.refused(422, "invalid-field", Some("every"));
    let mut mars = thread("day at 09:00");
    mars["time_zone"] = json!("Mars/Olympus");
    app.post(PATH, mars).send().await.refused(422, "invalid-field", Some("time_zone"));
    let mut ghost = thread("day at 09:00");
    ghost["initiator"] = json!("ghost");
    app.post(PATH, ghost).send().await.refused(422, "unknown-initiator", Some("initiator"));
    app.post(PATH, thread("day at 09:00")).without("authorization").send().await.refused(401, "token-needed", None);
    let made = app.post(PATH, thread("day at 09:00")).send().await.expect(StatusCode::CREATED).json();
    let elsewhere = format!("/api/v1/communities/moss/recurring/{}", made["id"].as_str().unwrap());
    let call = app.call(axum::http::Method::DELETE, &elsewhere).bearer(crate::web::test_app::OPERATOR);
    call.send().await.refused(404, "not-found", None);
    // The community can stop what somebody else began.
    done(&app, "constitution.stop_recurring", json!({ "recurring": made["id"] })).await;
    assert_eq!(get(&app, "recurring").await["recurring"], json!([]));
}
