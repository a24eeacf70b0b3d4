//! Votes: who may, what is refused, and what stays hidden on every channel.

use std::time::Duration;

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use super::test_app::{OPERATOR, TestApp};

/// A policy that asks every member, with this privacy and these results, until two have answered yes.
fn asking(privacy: &str, results: &str) -> Value {
    let source = format!(
        "function initialize(action) {{ ask(members.all(), {{ text: 'Rename it?', privacy: '{privacy}', results: '{results}', closes: days(2) }}) }}\n\
         function check(action) {{ if (action.proposal.hasElapsed(days(2))) return action.proposal.yes >= 2 ? PASSED : FAILED }}\n\
         function pass(action) {{ action.execute() }}\n"
    );
    json!({ "name": "Everyone is asked", "layer": "platform", "action_types": ["board.rename_channel"], "source": source })
}

/// A community where renaming a channel is voted on, with an open vote. Answers with its proposal.
async fn vote(app: &TestApp, privacy: &str, results: &str) -> String {
    app.found("fern", "open", &["ada", "bo", "cy"]).await;
    app.attempt("fern", "ada", "constitution.add_policy", asking(privacy, results)).await;
    let action =
        app.attempt("fern", "ada", "board.rename_channel", json!({ "channel": "general", "name": "hall" })).await;
    assert_eq!(action["status"], "proposed", "{action}");
    action["proposals"][0]["id"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_jury_decides_and_only_jurors_vote() {
    let app = TestApp::start().await;
    let people = ["ada", "bo", "cy", "dee", "eve", "fay"];
    app.found("fern", "jury", &people).await;
    let action =
        app.attempt("fern", "ada", "board.rename_channel", json!({ "channel": "general", "name": "hall" })).await;
    let proposal = &action["proposals"][0];
    let id = proposal["id"].as_str().unwrap();
    let jury: Vec<String> = serde_json::from_value(proposal["eligible"].clone()).unwrap();
    assert_eq!((jury.len(), &proposal["tally"]["eligible"]), (3, &json!(3)), "{action}");
    let stranger = people.iter().find(|handle| !jury.iter().any(|juror| juror == *handle)).unwrap();

    let may =
        |member: &str| app.get(&format!("/api/v1/communities/fern/proposals/{id}/eligibility?member={member}")).send();
    assert_eq!(may(&jury[0]).await.expect(StatusCode::OK).json()["may_vote"], true);
    let told = may(stranger).await.expect(StatusCode::OK).json();
    assert_eq!((&told["may_vote"], &told["conditions"][1]["state"]), (&json!(false), &json!("not-met")), "{told}");

    app.vote("fern", id, stranger, json!(true)).await.refused(403, "not-eligible", Some("member"));
    app.vote("fern", id, &jury[0], json!("maybe")).await.refused(422, "bad-ballot", Some("value"));
    app.vote("fern", id, &jury[0], json!(null)).await.refused(422, "invalid-field", Some("value"));
    app.vote("fern", id, "nobody", json!(true)).await.refused(422, "unknown-member", Some("member"));
    app.vote("fern", "00000000-0000-0000-0000-000000000000", &jury[0], json!(true)).await.refused(
        404,
        "not-found",
        None,
    );

    let ballot = app.vote("fern", id, &jury[0], json!(true)).await.expect(StatusCode::OK).json();
    assert_eq!((&ballot["member"], &ballot["value"]), (&json!(jury[0]), &json!(true)));
    app.quiet().await;
    let open = app.get(&format!("/api/v1/communities/fern/proposals/{id}")).send().await.expect(StatusCode::OK).json();
    assert_eq!((&open["status"], &open["tally"]["yes"]), (&json!("proposed"), &json!(1.0)), "{open}");
    let withdrawn =
        app.call(Method::DELETE, &format!("/api/v1/communities/fern/proposals/{id}/ballots?member={}", jury[0]));
    withdrawn.bearer(OPERATOR).send().await.expect(StatusCode::NO_CONTENT);

    for juror in &jury[..2] {
        app.vote("fern", id, juror, json!(true)).await.expect(StatusCode::OK);
    }
    app.quiet().await;
    let path = format!("/api/v1/communities/fern/actions/{}", action["id"].as_str().unwrap());
    let action = app.get(&path).send().await.expect(StatusCode::OK).json();
    assert_eq!(action["status"], "executed", "{action}");
    let channels = app.get("/api/v1/communities/fern/channels").send().await.json();
    assert_eq!(channels["channels"][0]["name"], "hall");
    app.vote("fern", id, &jury[2], json!(true)).await.refused(409, "vote-closed", None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_vote_that_is_over_by_its_date_takes_no_ballot() {
    let app = TestApp::start().await;
    let id = vote(&app, "open", "always").await;
    app.clock.advance(Duration::from_secs(3 * 24 * 3600));
    app.vote("fern", &id, "bo", json!(true)).await.refused(409, "vote-closed", None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_vote_names_nobody_on_any_channel() {
    let app = TestApp::start().await;
    let id = vote(&app, "secret", "always").await;
    app.vote("fern", &id, "bo", json!(false)).await.expect(StatusCode::OK);
    app.vote("fern", &id, "bo", json!(true)).await.refused(409, "already-voted", None);
    app.quiet().await;
    let bo = app.get("/api/v1/communities/fern/members").send().await.json()["members"][1]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let audit =
        app.get("/api/v1/communities/fern/audit?kind=ballot&limit=1000").send().await.expect(StatusCode::OK).json();
    assert_eq!(audit["entries"].as_array().unwrap().len(), 1);
    let entry = audit["entries"][0].to_string();
    assert!(!entry.contains(&bo) && !entry.contains("\"bo\"") && !entry.contains("false"), "{entry}");
    let proposal = app.get(&format!("/api/v1/communities/fern/proposals/{id}")).send().await.json();
    assert_eq!(proposal["tally"]["no"], 1.0, "{proposal}");
    for format in ["jsonl", "csv"] {
        let export =
            app.get(&format!("/api/v1/communities/fern/audit?kind=ballot&format={format}")).send().await.text();
        assert!(!export.contains(&bo), "{export}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_count_that_waits_for_the_close_is_nowhere_before_it() {
    let app = TestApp::start().await;
    let id = vote(&app, "open", "at-close").await;
    app.vote("fern", &id, "bo", json!(true)).await.expect(StatusCode::OK);
    app.vote("fern", &id, "cy", json!(true)).await.expect(StatusCode::OK);
    app.quiet().await;
    let path = format!("/api/v1/communities/fern/proposals/{id}");
    let open = app.get(&path).send().await.json();
    assert!(open["tally"]["hidden"].is_string() && open["tally"].get("yes").is_none(), "{open}");
    assert_eq!(open["tally"]["voted"], 0);
    let ballots = "/api/v1/communities/fern/audit?kind=ballot.cast";
    let entries = app.get(ballots).send().await.json();
    assert!(
        entries["entries"].as_array().unwrap().iter().all(|entry| entry["body"].get("value").is_none()),
        "{entries}"
    );

    app.wait(Duration::from_secs(2 * 24 * 3600 + 1)).await;
    let closed = app.get(&path).send().await.json();
    assert_eq!((&closed["status"], &closed["tally"]["yes"]), (&json!("passed"), &json!(2.0)), "{closed}");
    let export = app.get("/api/v1/communities/fern/audit?format=jsonl").send().await;
    store::verify(store::read_export(std::io::Cursor::new(export.body.to_vec()))).unwrap();
}
