//! Trying policies through the whole service: what is found out, what is law, and what runs in shadow.

use std::time::Duration;

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};
use server::pipeline;

use super::test_app::{Answer, TestApp};

const TWO: &str = "function check(action) {
  const yes = action.proposal.yes
  if (yes >= 2) return passed(`${yes} agreed`)
}
function initialize() { ask('everyone', { text: 'Shall it?', closes: days(1) }) }
function pass(action) { action.execute() }";

/// Waits until an action has been decided on: the service's own jobs may have taken it up before the test could.
async fn settled(app: &TestApp, action: &Value) {
    let community = app.ctx.store.system().community_by_slug("fern").await.unwrap().unwrap().id;
    let id = action["id"].as_str().unwrap().parse().unwrap();
    app.quiet().await;
    pipeline::settle(&app.ctx, community, id, Duration::from_secs(60)).await.unwrap();
}

fn rename() -> Value {
    json!({ "type": "board.rename_channel", "payload": { "channel": "general", "name": "hall" }, "initiator": "ada" })
}

fn people() -> Value {
    json!([{ "handle": "ada" }, { "handle": "bo", "roles": ["Steward"] }, { "handle": "cy" }, { "handle": "di" }])
}

fn trial(source: &str, events: Value) -> Value {
    json!({ "policy": { "source": source }, "action": rename(), "members": people(), "events": events, "seed": 7 })
}

fn vote(at: u64, member: &str, value: bool) -> Value {
    json!({ "at_seconds": at, "kind": "ballot", "member": member, "value": value })
}

async fn ask(app: &TestApp, what: &str, body: Value) -> Answer {
    app.post(&format!("/api/v1/communities/fern/simulate{what}"), body).send().await
}

async fn told(app: &TestApp, what: &str, body: Value) -> Value {
    ask(app, what, body).await.expect(StatusCode::OK).json()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trial_tells_what_its_lines_did_and_proves_it() {
    let app = TestApp::start().await;
    app.found("fern", "open", &["ada"]).await;
    let mut body = trial(TWO, json!([vote(5, "ada", true), vote(9, "bo", true)]));
    body["detail"] = json!(true);
    body["starts_at"] = json!("2026-03-01T00:00:00Z");
    let first = told(&app, "", body.clone()).await;
    assert_eq!((&first["verdict"], &first["decided_at_seconds"]), (&json!("PASSED"), &json!(9)), "{first}");
    assert_eq!(first["effects"].as_array().unwrap().last().unwrap()["sentence"], "carry the action out");
    assert_eq!((&first["carried_out"], &first["trace"]["agrees"]), (&json!(true), &json!(true)));
    let yes = first["trace"]["probes"].as_array().unwrap().iter().find(|probe| probe["label"] == "yes").unwrap();
    assert_eq!((&yes["line"], &yes["value"], &yes["hits"]), (&json!(2), &json!("2"), &json!(3)));
    assert!(first["most_instructions"].as_u64() < first["limit_instructions"].as_u64());
    // Another day, the same bytes.
    app.wait(Duration::from_secs(86_400)).await;
    let again = ask(&app, "", body.clone()).await.expect(StatusCode::OK);
    assert_eq!(again.json(), first);
    assert_eq!(first["receipt"]["hash"].as_str().unwrap().len(), 64);
    body["seed"] = json!(8);
    let other = told(&app, "", body).await;
    assert_ne!(other["receipt"]["scenario"], first["receipt"]["scenario"]);
    assert_eq!(other["receipt"]["policy"], first["receipt"]["policy"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn whole_groups_vote_stay_silent_come_and_go() {
    let app = TestApp::start().await;
    app.found("fern", "open", &["ada"]).await;
    let everyone = json!([{ "at_seconds": 5, "kind": "everyone", "value": true }]);
    assert_eq!(told(&app, "", trial(TWO, everyone)).await["reason"], "4 agreed");
    let stewards = json!([{ "at_seconds": 5, "kind": "everyone", "role": "Steward", "value": true }]);
    assert_eq!(told(&app, "", trial(TWO, stewards)).await["verdict"], "PROPOSED");
    let silent = json!([{ "at_seconds": 0, "kind": "nobody" }, { "at_seconds": 5, "kind": "everyone", "value": true }]);
    assert_eq!(told(&app, "", trial(TWO, silent)).await["verdict"], "PROPOSED");
    let rest = json!([vote(1, "ada", false), { "at_seconds": 5, "kind": "rest", "value": true }]);
    assert_eq!(told(&app, "", trial(TWO, rest)).await["reason"], "3 agreed");
    let members = "function check() { if (members.count === 4) return PASSED; if (members.count === 2) return FAILED }";
    let left = json!([{ "at_seconds": 1, "kind": "leave", "member": "cy" }, { "at_seconds": 2, "kind": "leave", "member": "di" }]);
    let mut smaller = trial(members, left);
    smaller["members"].as_array_mut().unwrap().push(json!({ "handle": "ed" }));
    assert_eq!(told(&app, "", smaller).await["verdict"], "PASSED");
    let stranger = json!([{ "at_seconds": 1, "kind": "leave", "member": "zoe" }]);
    ask(&app, "", trial(TWO, stranger)).await.refused(422, "unknown-member", Some("events[0].member"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_is_looked_through() {
    let app = TestApp::start().await;
    app.found("fern", "open", &["ada"]).await;
    let found = told(&app, "/lint", json!({ "source": "function check() {\n  return PASSD\n}" })).await;
    let finding =
        &found["findings"].as_array().unwrap().iter().find(|f| f["code"] == "misspelt-verdict").unwrap().clone();
    assert_eq!(finding["place"], json!({ "line": 2, "column": 10, "end_line": 2, "end_column": 15 }));
    assert_eq!((&finding["replacement"], &finding["severity"]), (&json!("PASSED"), &json!("error")));
    ask(&app, "/lint", json!({ "source": "x".repeat(300_000) })).await.refused(413, "too-large", Some("source"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_smallest_change_that_flips_it_is_found() {
    let app = TestApp::start().await;
    app.found("fern", "open", &["ada"]).await;
    let flip = told(&app, "/flip", trial(TWO, json!([vote(5, "ada", true)]))).await;
    assert_eq!((&flip["verdict"], &flip["smallest"]["size"]), (&json!("PROPOSED"), &json!(1)), "{flip}");
    assert_eq!(flip["smallest"]["sentence"], "1 more yes vote");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_versions_are_compared_by_what_they_do() {
    let app = TestApp::start().await;
    app.found("fern", "open", &["ada"]).await;
    let scenario = json!({ "action": rename(), "members": people() });
    let three = TWO.replace("yes >= 2", "yes >= 3");
    let body = json!({ "before": { "source": TWO }, "after": { "source": three }, "scenario": scenario });
    let compared = told(&app, "/compare", body).await;
    let smallest = &compared["differences"][0];
    assert_eq!((&smallest["before"], &smallest["after"]), (&json!("PASSED"), &json!("PROPOSED")), "{compared}");
    assert_eq!(smallest["scenario"]["events"].as_array().unwrap().len(), 2, "nothing can be left out");
    let same = json!({ "before": { "source": TWO }, "after": { "source": format!("{TWO}\n// the same") }, "scenario": scenario });
    assert_eq!(told(&app, "/compare", same).await["n_different"], 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn properties_are_searched_and_counterexamples_are_small() {
    let app = TestApp::start().await;
    app.found("fern", "open", &["ada"]).await;
    let found = told(&app, "/properties", trial(TWO, json!([]))).await;
    let report = |name: &str| {
        found["properties"].as_array().unwrap().iter().find(|report| report["property"] == name).unwrap().clone()
    };
    assert_eq!(report("never-throws")["state"], "not_broken", "{found}");
    // Without two votes it stays open for ever.
    assert_eq!(report("always-ends")["state"], "broken", "{found}");
    assert_eq!(report("always-ends")["counterexample"]["events"], json!([]));
    assert_eq!(report("nobody-alone-passes")["state"], "not_broken");
    let one = TWO.replace("yes >= 2", "yes >= 1");
    let found = told(&app, "/properties", trial(&one, json!([]))).await;
    let alone =
        found["properties"].as_array().unwrap().iter().find(|r| r["property"] == "nobody-alone-passes").unwrap();
    assert_eq!((&alone["state"], alone["counterexample"]["events"].as_array().unwrap().len()), (&json!("broken"), 1));
    let odd = "function initialize() { ask('everyone', { text: '?', closes: days(1) }) }
function check(action) { if (action.proposal.yes === 3) null.x; if (action.proposal.hasElapsed(days(1))) return FAILED }";
    let found = told(&app, "/properties", trial(odd, json!([]))).await;
    let throws = found["properties"].as_array().unwrap().iter().find(|r| r["property"] == "never-throws").unwrap();
    assert_eq!((&throws["state"], throws["counterexample"]["events"].as_array().unwrap().len()), (&json!("broken"), 3));
}

#[tokio::test(flavor = "multi_thread")]
async fn capture_and_population_are_played() {
    let app = TestApp::start().await;
    app.found("fern", "open", &["ada"]).await;
    let capture = told(&app, "/capture", trial(TWO, json!([]))).await;
    assert_eq!((&capture["to_pass"]["size"], &capture["to_pass"]["of"]), (&json!(2), &json!(4)), "{capture}");
    assert!(capture["to_fail"].is_null(), "it never fails");
    let parameters = json!({ "turnout": 1.0, "approval": 1.0, "vote_after_seconds": 60 });
    let body = json!({ "trial": trial(TWO, json!([])), "n": 40, "parameters": parameters });
    let all = told(&app, "/population", body.clone()).await;
    assert_eq!((&all["n"], &all["passed"], &all["errors"]), (&json!(40), &json!(40), &json!(0)), "{all}");
    assert!(all["low"].as_f64().unwrap() > 0.9 && all["high"].as_f64().unwrap() <= 1.0);
    assert_eq!(told(&app, "/population", body.clone()).await, all, "the same seed plays the same");
    let mut fitted = body;
    fitted.as_object_mut().unwrap().remove("parameters");
    let fitted = told(&app, "/population", fitted).await;
    assert!(fitted["source"].as_str().unwrap().starts_with("defaults"), "{fitted}");
    let sum: u64 = ["passed", "failed", "open", "errors"].iter().map(|part| fitted[*part].as_u64().unwrap()).sum();
    assert_eq!(sum, 40);
}

/// A community whose channel names need two yes votes, with some renames behind it: how many yes each got.
async fn with_past(app: &TestApp, yes: &[usize]) {
    app.found("fern", "open", &["ada", "bo", "cy", "di"]).await;
    let policy = json!({ "name": "Two", "layer": "platform", "action_types": ["board.rename_channel"], "source": TWO,
        "description": "Two members must agree to a new name." });
    let action = app.attempt("fern", "ada", "constitution.add_policy", policy).await;
    settled(&app, &action).await;
    for (at, n) in yes.iter().enumerate() {
        let payload = json!({ "channel": "general", "name": format!("hall-{at}") });
        let action = app.attempt("fern", "ada", "board.rename_channel", payload).await;
        app.quiet().await;
        let proposal = action["proposals"][0]["id"].as_str().unwrap().to_owned();
        for member in ["ada", "bo", "cy", "di"].iter().take(*n) {
            app.wait(Duration::from_secs(60)).await;
            app.vote("fern", &proposal, member, json!(true)).await;
            app.quiet().await;
        }
    }
    for at in 0..3 {
        let payload = json!({ "channel": "general", "text": format!("post {at}") });
        app.attempt("fern", "bo", "board.post_message", payload).await;
    }
    app.quiet().await;
}

async fn backtest(app: &TestApp, source: &str) -> (Vec<Value>, Value) {
    let policy = json!({ "source": source });
    let answer = ask(app, "/backtest", json!({ "policy": policy, "replaces": "Two" })).await.expect(StatusCode::OK);
    assert_eq!(answer.headers["content-type"], "application/x-ndjson");
    let mut lines: Vec<Value> = answer.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let last = lines.pop().unwrap();
    assert!(lines.iter().all(|line| line["progress"]["total"].is_u64()), "{lines:?}");
    (lines, last["backtest"].clone())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_past_is_played_under_the_draft() {
    let app = TestApp::start().await;
    with_past(&app, &[2, 2, 2]).await;
    let (lines, same) = backtest(&app, &format!("{TWO}\n// the same")).await;
    assert!(!lines.is_empty());
    let counts = |told: &Value, part: &str| told["counts"][part].as_u64().unwrap();
    assert_eq!((counts(&same, "same"), counts(&same, "differ")), (3, 0), "{same}");

    // One vote would have been enough: the verdict is the same, earlier.
    let (_, one) = backtest(&app, &TWO.replace("yes >= 2", "yes >= 1")).await;
    assert_eq!(counts(&one, "same"), 3, "{one}");
    // Nothing would have passed, for certain.
    let never = TWO.replace("if (yes >= 2) return passed(`${yes} agreed`)", "return failed('no')");
    let (_, never) = backtest(&app, &never).await;
    assert_eq!((counts(&never, "differ"), &never["rows"][0]["trust"]), (3, &json!("exact")), "{never}");
    assert_eq!((&never["rows"][0]["current"], &never["rows"][0]["draft"]), (&json!("PASSED"), &json!("FAILED")));
    // Three votes: the third never came, because the vote was closed by then.
    let (_, three) = backtest(&app, &TWO.replace("yes >= 2", "yes >= 3")).await;
    let row = &three["rows"][0];
    assert_eq!((counts(&three, "censored"), &row["trust"]), (3, &json!("censored")), "{three}");
    assert_eq!((&row["best"], &row["draft"]), (&json!("PASSED"), &Value::Null), "{row}");
    // Other people are asked.
    let (_, other) = backtest(&app, &TWO.replace("'everyone'", "members.where(m => m.handle === 'di')")).await;
    assert_eq!(counts(&other, "behavioural"), 3, "{other}");
    // It breaks.
    let (_, broken) = backtest(&app, "function check() { null.x }").await;
    assert_eq!(counts(&broken, "errors"), 3, "{broken}");
    for told in [&same, &never, &three, &other, &broken] {
        let parts = ["outside", "same", "differ", "censored", "behavioural", "errors"];
        assert_eq!(parts.iter().map(|part| counts(told, part)).sum::<u64>(), counts(told, "total"), "{told}");
    }
    assert_eq!(backtest(&app, &TWO.replace("yes >= 2", "yes >= 3")).await.1, three, "the same bytes");

    let action = three["rows"][0]["action"].as_str().unwrap();
    let draft = json!({ "policy": { "source": TWO.replace("yes >= 2", "yes >= 3") }, "replaces": "Two" });
    let replay = told(&app, "/replay", json!({ "draft": draft, "action": action })).await;
    assert_eq!((&replay["current"]["verdict"], &replay["draft"]["verdict"]), (&json!("PASSED"), &json!("PROPOSED")));
    assert_eq!(replay["draft"]["trace"]["agrees"], true, "{replay}");
    let scenario = app.get(&format!("/api/v1/communities/fern/actions/{action}/scenario")).send().await;
    let scenario = scenario.expect(StatusCode::OK).json();
    let votes = scenario["events"].as_array().unwrap().iter().filter(|event| event["kind"] == "ballot").count();
    assert_eq!((votes, scenario["members"].as_array().unwrap().len()), (2, 4), "{scenario}");
}

#[tokio::test(flavor = "multi_thread")]
async fn open_business_is_looked_at() {
    let app = TestApp::start().await;
    with_past(&app, &[1]).await;
    let draft = json!({ "policy": { "source": TWO.replace("yes >= 2", "yes >= 1") }, "replaces": "Two" });
    let impact = told(&app, "/impact", draft).await;
    assert_eq!((&impact["n_open"], &impact["rows"][0]["then"]), (&json!(1), &json!("PASSED")), "{impact}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_is_checked_before_it_is_proposed() {
    let app = TestApp::start().await;
    app.found("fern", "open", &["ada", "bo"]).await;
    let policy = json!({ "name": "Two", "layer": "platform", "action_types": ["board.rename_channel"],
        "source": "function check() { return PASSD }", "powers": ["ask"] });
    let checks = told(&app, "/checks", json!({ "policy": policy })).await;
    let state = |code: &str| {
        checks["checks"].as_array().unwrap().iter().find(|check| check["code"] == code).unwrap()["state"].clone()
    };
    assert_eq!((state("syntax"), state("lint")), (json!("passed"), json!("failed")), "{checks}");
    assert_eq!((state("examples"), state("plain-text")), (json!("warning"), json!("failed")));
    assert_eq!((state("powers"), state("lockout")), (json!("warning"), json!("passed")));
    let locked = json!({ "name": "Never", "layer": "constitution", "action_types": ["*"], "description": "Nothing passes ever again here.",
        "source": "function check() { return FAILED }" });
    let checks = told(&app, "/checks", json!({ "policy": locked })).await;
    let lockout = checks["checks"].as_array().unwrap().iter().find(|check| check["code"] == "lockout").unwrap();
    assert_eq!(lockout["state"], "failed", "{checks}");
}

fn example(name: &str, verdict: &str, events: Value) -> Value {
    json!({ "name": name, "scenario": { "action": rename(), "members": people(), "events": events }, "expect": { "verdict": verdict } })
}

#[tokio::test(flavor = "multi_thread")]
async fn examples_are_law() {
    let app = TestApp::start().await;
    app.found("fern", "majority", &["ada", "bo", "cy"]).await;
    let policy = |examples: Value| {
        json!({ "name": "Two", "layer": "platform", "action_types": ["board.rename_channel"], "source": TWO,
            "description": "Two must agree.", "examples": examples })
    };
    // The author's own must hold when the policy is proposed.
    let wrong = policy(json!([example("one is enough", "PASSED", json!([vote(1, "ada", true)]))]));
    let body = json!({ "type": "constitution.add_policy", "payload": wrong, "initiator": "ada" });
    app.post("/api/v1/communities/fern/actions", body).send().await.refused(422, "bad-policy", Some("payload"));

    let right =
        policy(json!([example("two are enough", "PASSED", json!([vote(1, "ada", true), vote(2, "bo", true)]))]));
    let action = app.attempt("fern", "ada", "constitution.add_policy", right.clone()).await;
    app.quiet().await;
    let proposal = action["proposals"][0]["id"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/communities/fern/proposals/{proposal}/examples");
    let objection = json!({ "member": "bo", "example": example("nobody must not pass", "FAILED", json!([])) });
    let run = app.post(&path, objection.clone()).send().await.expect(StatusCode::CREATED).json();
    assert_eq!((&run["holds"], &run["objected_by"]), (&json!(false), &json!("bo")), "{run}");
    app.post(&path, objection).send().await.refused(409, "taken", Some("example.name"));
    let listed = app.get(&path).send().await.expect(StatusCode::OK).json();
    assert_eq!(listed["examples"].as_array().unwrap().len(), 2);
    assert!(listed["blocked"].as_str().unwrap().contains("nobody must not pass"), "{listed}");

    // The vote passes; the objection keeps the policy out.
    for member in ["ada", "bo"] {
        app.vote("fern", &proposal, member, json!(true)).await.expect(StatusCode::OK);
    }
    settled(&app, &action).await;
    let id = action["id"].as_str().unwrap();
    let done = app.get(&format!("/api/v1/communities/fern/actions/{id}")).send().await.json();
    assert_eq!(done["status"], "passed", "{done}");
    assert!(done["reason"].as_str().unwrap().contains("nobody must not pass"), "{done}");
    let policies = app.get("/api/v1/communities/fern/policies").send().await.text();
    assert!(!policies.contains("\"Two\""), "{policies}");

    // Answered, it comes into force.
    let action = app.attempt("fern", "ada", "constitution.add_policy", right).await;
    app.quiet().await;
    let proposal = action["proposals"][0]["id"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/communities/fern/proposals/{proposal}");
    let objection = json!({ "member": "bo", "example": example("nobody must not pass", "FAILED", json!([])) });
    app.post(&format!("{path}/examples"), objection).send().await.expect(StatusCode::CREATED);
    let answer =
        |by: &str| json!({ "member": by, "name": "nobody must not pass", "answer": "it stays open, which is meant" });
    app.post(&format!("{path}/answers"), answer("bo")).send().await.refused(403, "not-the-author", None);
    app.post(&format!("{path}/answers"), answer("ada")).send().await.expect(StatusCode::NO_CONTENT);
    for member in ["ada", "bo"] {
        app.vote("fern", &proposal, member, json!(true)).await.expect(StatusCode::OK);
    }
    settled(&app, &action).await;
    let policies = app.get("/api/v1/communities/fern/policies").send().await.text();
    assert!(policies.contains("\"Two\""), "{policies}");
}

async fn stage(app: &TestApp, name: &str) -> (Value, Value) {
    let policies = app.get("/api/v1/communities/fern/policies?removed=true").send().await.json();
    let policy = policies["policies"].as_array().unwrap().iter().find(|policy| policy["name"] == name).unwrap().clone();
    let id = policy["id"].as_str().unwrap();
    let stage = app.get(&format!("/api/v1/communities/fern/policies/{id}/shadow")).send().await.expect(StatusCode::OK);
    (policy, stage.json())
}

async fn rename_to(app: &TestApp, name: &str) {
    let action =
        app.attempt("fern", "ada", "board.rename_channel", json!({ "channel": "general", "name": name })).await;
    settled(app, &action).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_policy_proves_itself_in_shadow() {
    let app = TestApp::start().await;
    app.found("fern", "open", &["ada", "bo"]).await;
    let policy = |name: &str, source: &str, shadow: Value| {
        json!({ "name": name, "layer": "platform", "action_types": ["board.rename_channel"], "source": source,
            "description": "No shouting.", "shadow": shadow })
    };
    let quiet =
        "function check(action) { return action.name === 'loud' ? FAILED : PASSED }\nfunction pass(a) { a.execute() }";
    let nothing =
        json!({ "type": "constitution.add_policy", "payload": policy("No", quiet, json!({})), "initiator": "ada" });
    app.post("/api/v1/communities/fern/actions", nothing).send().await.refused(422, "bad-policy", Some("payload"));

    let action = app
        .attempt(
            "fern",
            "ada",
            "constitution.add_policy",
            policy("Kept", quiet, json!({ "decisions": 2, "max_divergences": 1 })),
        )
        .await;
    settled(&app, &action).await;
    rename_to(&app, "loud").await;
    let (kept, told) = stage(&app, "Kept").await;
    assert_eq!((&kept["enforcement"], &told["status"]), (&json!("shadow"), &json!("running")), "{told}");
    assert_eq!((&told["n_divergences"], &told["divergences"][0]["shadow"]), (&json!(1), &json!("FAILED")), "{told}");
    rename_to(&app, "hall").await;
    let (kept, told) = stage(&app, "Kept").await;
    assert_eq!((&kept["enforcement"], &told["status"]), (&json!("enforced"), &json!("promoted")), "{told}");

    let strict = json!({ "days": 3, "max_divergences": 0 });
    let action = app
        .attempt(
            "fern",
            "ada",
            "constitution.add_policy",
            policy("Returned", "function check() { return FAILED }", strict),
        )
        .await;
    settled(&app, &action).await;
    rename_to(&app, "square").await;
    let (returned, told) = stage(&app, "Returned").await;
    assert_eq!((&returned["is_active"], &told["status"]), (&json!(false), &json!("returned")), "{told}");

    // A changed policy runs beside the one in force, and takes its place when its days are over.
    let change = json!({ "policy": "Kept", "source": format!("{quiet}\n// two"), "shadow": { "days": 2 } });
    let action = app.attempt("fern", "ada", "constitution.change_policy", change).await;
    settled(&app, &action).await;
    let (kept, told) = stage(&app, "Kept").await;
    assert_eq!((&kept["version"], &told["status"]), (&json!(1), &json!("running")), "{told}");
    app.wait(Duration::from_secs(2 * 86_400 + 60)).await;
    let (kept, told) = stage(&app, "Kept").await;
    assert_eq!((&kept["version"], &told["status"]), (&json!(2), &json!("promoted")), "{told}");
    assert!(kept["source"].as_str().unwrap().ends_with("// two"));
}

#[tokio::test(flavor = "multi_thread")]
async fn visitors_and_strangers_try_nothing() {
    let app = TestApp::demo().await;
    app.found("fern", "open", &["ada"]).await;
    app.found("moss", "open", &["eve"]).await;
    let body = json!({ "source": "x" });
    let path = "/api/v1/communities/fern/simulate/lint";
    app.post(path, body.clone()).without("authorization").send().await.refused(401, "token-needed", None);
    let eve = app.sign_in("moss", "eve").await;
    let visitor = app
        .call(Method::POST, path)
        .cookie(&eve)
        .header("content-type", "application/json")
        .header("origin", "http://127.0.0.1:3000")
        .header("sec-fetch-site", "same-origin")
        .body(body.to_string());
    let answer = visitor.send().await;
    assert!([403, 404].contains(&answer.status.as_u16()), "{}", answer.text());
    let desk = app.form("/_fn/app/api/simulation/simulation_desk", "slug=fern".to_owned()).send().await;
    assert_eq!(desk.status, StatusCode::UNAUTHORIZED, "{}", desk.text());
    let ada = app.sign_in("fern", "ada").await;
    let desk = app.form("/_fn/app/api/simulation/simulation_desk", "slug=fern".to_owned()).cookie(&ada).send().await;
    let desk = desk.expect(StatusCode::OK).json();
    assert_eq!((&desk["me"], desk["actions"].as_array().unwrap().len() > 10), (&json!("ada"), true), "{desk}");
}
