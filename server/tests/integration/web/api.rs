//! The REST interface: what each call answers, and how it fails.

use std::time::Duration;

use axum::http::{Method, StatusCode};
use expect_test::expect_file;
use serde_json::{Value, json};

use super::test_app::{OPERATOR, TestApp};

#[tokio::test(flavor = "multi_thread")]
async fn a_community_is_founded_and_found_again() {
    let app = TestApp::start().await;
    let body = json!({ "slug": "fern", "name": "Fern", "starter_kit": "jury", "settings": { "days": 3 } });
    let founded = app.post("/api/v1/communities", body.clone()).send().await.expect(StatusCode::CREATED).json();
    assert_eq!(founded["slug"], "fern");
    let got = app.get("/api/v1/communities/fern").send().await.expect(StatusCode::OK).json();
    assert_eq!((&got["id"], &got["starter_kit"], &got["n_members"]), (&founded["id"], &json!("jury"), &json!(0)));
    let listed = app.get("/api/v1/communities").send().await.expect(StatusCode::OK).json();
    assert_eq!(listed["communities"], json!([founded]));

    app.post("/api/v1/communities", body).send().await.refused(409, "slug-taken", Some("slug"));
    let wrong = |body: Value| app.post("/api/v1/communities", body).send();
    wrong(json!({ "slug": "A b", "name": "x", "starter_kit": "jury" })).await.refused(
        422,
        "invalid-field",
        Some("slug"),
    );
    wrong(json!({ "slug": "a", "name": " ", "starter_kit": "jury" })).await.refused(422, "invalid-field", Some("name"));
    wrong(json!({ "slug": "a", "name": "x", "starter_kit": "x" })).await.refused(
        422,
        "unknown-starter-kit",
        Some("starter_kit"),
    );
    wrong(json!({ "slug": "a", "name": "x", "starter_kit": "jury", "settings": { "size": 0 } })).await.refused(
        422,
        "invalid-settings",
        Some("settings"),
    );
    wrong(json!({ "slug": "a", "name": "x" })).await.refused(422, "missing-field", Some("starter_kit"));
    wrong(json!({ "slug": "a", "name": "x", "starter_kit": "jury", "kit": 1 })).await.refused(
        422,
        "unknown-field",
        Some("kit"),
    );
    app.get("/api/v1/communities/nothing").send().await.refused(404, "not-found", None);
}

#[tokio::test(flavor = "multi_thread")]
async fn members_are_admitted_and_listed() {
    let app = TestApp::start().await;
    app.found("fern", "dictator", &["ada"]).await;
    let path = "/api/v1/communities/fern/members";
    let body = json!({ "handle": "grace", "display_name": "Grace Hopper", "roles": ["Dictator"] });
    let grace = app.post(path, body).send().await.expect(StatusCode::CREATED).json();
    assert_eq!((&grace["handle"], &grace["roles"]), (&json!("grace"), &json!(["Member", "Dictator"])));
    let members = app.get(path).send().await.expect(StatusCode::OK).json();
    let handles: Vec<_> = members["members"].as_array().unwrap().iter().map(|member| &member["handle"]).collect();
    assert_eq!(handles, ["ada", "grace"]);
    let roles = app.get("/api/v1/communities/fern/roles").send().await.expect(StatusCode::OK).json();
    assert_eq!(roles["roles"][1]["members"], json!(["grace"]));

    let wrong = |body: Value| app.post(path, body).send();
    wrong(json!({ "handle": "ada", "display_name": "A" })).await.refused(409, "handle-taken", Some("handle"));
    wrong(json!({ "handle": "Ö", "display_name": "A" })).await.refused(422, "invalid-field", Some("handle"));
    wrong(json!({ "handle": "b", "display_name": "B", "roles": ["Queen"] })).await.refused(
        422,
        "unknown-role",
        Some("roles"),
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_action_that_nothing_holds_up_is_carried_out_before_the_answer() {
    let app = TestApp::start().await;
    app.found("fern", "open", &["ada"]).await;
    let action =
        app.attempt("fern", "ada", "board.post_message", json!({ "channel": "general", "text": "Hello" })).await;
    assert_eq!(action["status"], "executed", "{action}");
    assert_eq!(action["initiator"], "ada");
    let posts = app.get("/api/v1/communities/fern/channels/general/posts").send().await.expect(StatusCode::OK).json();
    assert_eq!((&posts["posts"][0]["text"], &posts["posts"][0]["author"]), (&json!("Hello"), &json!("ada")));
    let channels = app.get("/api/v1/communities/fern/channels").send().await.expect(StatusCode::OK).json();
    assert_eq!(channels["channels"][0]["name"], "general");

    let policy = json!({ "name": "No shouting", "layer": "platform", "action_types": ["board.post_message"],
        "source": "function filter(action) { return action.text === action.text.toUpperCase() }\nfunction check() { return failed('too loud') }\n" });
    let added = app.attempt("fern", "ada", "constitution.add_policy", policy).await;
    assert_eq!(added["status"], "executed", "{added}");
    let policies = app.get("/api/v1/communities/fern/policies").send().await.expect(StatusCode::OK).json();
    let names: Vec<_> = policies["policies"].as_array().unwrap().iter().map(|policy| policy["name"].clone()).collect();
    assert_eq!(names, ["Everything passes", "No shouting"]);
    let id = policies["policies"][1]["id"].as_str().unwrap();
    let policy = app.get(&format!("/api/v1/communities/fern/policies/{id}")).send().await.expect(StatusCode::OK).json();
    assert_eq!((&policy["version"], policy["hash"].as_str().unwrap().len()), (&json!(1), 64));
    let loud = app.attempt("fern", "ada", "board.post_message", json!({ "channel": "general", "text": "HELLO" })).await;
    assert_eq!((&loud["status"], &loud["proposals"][0]["reason"]), (&json!("failed"), &json!("too loud")), "{loud}");
    let calm = app.attempt("fern", "ada", "board.post_message", json!({ "channel": "general", "text": "hello" })).await;
    assert_eq!((&calm["status"], &calm["no_opinion"]), (&json!("executed"), &json!(["No shouting"])), "{calm}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_attempt_that_cannot_be_says_which_field_and_what_to_do() {
    let app = TestApp::start().await;
    app.found("fern", "open", &["ada"]).await;
    let path = "/api/v1/communities/fern/actions";
    let post = |kind: &str, payload: Value, by: &str| {
        app.post(path, json!({ "type": kind, "payload": payload, "initiator": by })).send()
    };
    post("board.fly", json!({}), "ada").await.refused(422, "unknown-action-type", Some("type"));
    post("nonsense", json!({}), "ada").await.refused(422, "unknown-action-type", Some("type"));
    let hello = json!({ "channel": "general", "text": "x" });
    post("board.post_message", hello.clone(), "nobody").await.refused(422, "unknown-initiator", Some("initiator"));
    post("board.post_message", json!({ "channel": "general" }), "ada").await.refused(
        422,
        "bad-payload",
        Some("payload.text"),
    );
    post("board.post_message", json!({ "channel": "general", "text": "x", "colour": 1 }), "ada").await.refused(
        422,
        "bad-payload",
        Some("payload.colour"),
    );
    post("board.post_message", json!({ "channel": 7, "text": "x" }), "ada").await.refused(
        422,
        "bad-payload",
        Some("payload"),
    );
    let broken = json!({ "name": "Broken", "layer": "platform", "action_types": ["*"], "source": "function check( {" });
    post("constitution.add_policy", broken, "ada").await.refused(422, "policy-does-not-parse", Some("payload.source"));
    let body =
        json!({ "type": "board.post_message", "payload": hello, "initiator": "ada", "activates_at": "tomorrow" });
    app.post(path, body).send().await.refused(422, "invalid-field", Some("activates_at"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dated_action_waits_for_its_date() {
    let app = TestApp::start().await;
    app.found("fern", "open", &["ada"]).await;
    let at = (app.ctx.clock.now() + Duration::from_secs(3600)).to_string();
    let payload = json!({ "channel": "general", "text": "later" });
    let body = json!({ "type": "board.post_message", "payload": payload, "initiator": "ada", "activates_at": at });
    let action = app.post("/api/v1/communities/fern/actions", body).send().await.expect(StatusCode::CREATED).json();
    assert_eq!((&action["status"], &action["activates_at"]), (&json!("proposed"), &json!(at)), "{action}");
    app.wait(Duration::from_secs(3601)).await;
    let path = format!("/api/v1/communities/fern/actions/{}", action["id"].as_str().unwrap());
    let action = app.get(&path).send().await.expect(StatusCode::OK).json();
    assert_eq!(action["status"], "executed", "{action}");
}

#[tokio::test(flavor = "multi_thread")]
async fn actions_are_paged_newest_first_and_filtered() {
    let app = TestApp::start().await;
    app.found("fern", "open", &["ada", "grace"]).await;
    for n in 0..5 {
        let by = if n % 2 == 0 { "ada" } else { "grace" };
        app.attempt("fern", by, "board.post_message", json!({ "channel": "general", "text": format!("{n}") })).await;
    }
    let mut texts = Vec::new();
    let mut path = "/api/v1/communities/fern/actions?limit=2&type=board.*".to_owned();
    loop {
        let page = app.get(&path).send().await.expect(StatusCode::OK).json();
        texts.extend(page["actions"].as_array().unwrap().iter().map(|action| action["payload"]["text"].clone()));
        let Some(next) = page["next"].as_str() else { break };
        path = format!("/api/v1/communities/fern/actions?limit=2&type=board.*&cursor={next}");
    }
    assert_eq!(texts, ["4", "3", "2", "1", "0"]);
    let count = |query: &'static str| {
        let call = app.get(query).send();
        async { call.await.expect(StatusCode::OK).json()["actions"].as_array().unwrap().len() }
    };
    assert_eq!(count("/api/v1/communities/fern/actions?initiator=grace").await, 2);
    assert_eq!(count("/api/v1/communities/fern/actions?status=failed,held").await, 0);
    assert_eq!(count("/api/v1/communities/fern/actions?status=executed&type=board.post_message").await, 5);
    let wrong = |query: &str| app.get(&format!("/api/v1/communities/fern/actions?{query}")).send();
    wrong("status=maybe").await.refused(422, "invalid-query", Some("status"));
    wrong("cursor=x").await.refused(422, "invalid-query", Some("cursor"));
    wrong("colour=red").await.refused(422, "invalid-query", None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_policy_is_tried_without_writing_anything() {
    let app = TestApp::start().await;
    app.found("fern", "open", &["ada", "grace"]).await;
    let head = app.ctx.store.community(community(&app).await).audit_head().await.unwrap();
    let path = "/api/v1/communities/fern/simulate";
    let source = "function check(action) { if (action.proposal.yes >= 2) return passed('two agreed') }";
    let action = json!({ "type": "board.rename_channel", "payload": { "channel": "general", "name": "hall" }, "initiator": "ada" });
    let trial = json!({ "policy": { "source": source }, "action": action,
        "members": [{ "handle": "ada", "roles": [] }, { "handle": "bo", "roles": ["Steward"] }],
        "events": [{ "at_seconds": 5, "kind": "ballot", "member": "ada", "value": true },
                   { "at_seconds": 9, "kind": "ballot", "member": "bo", "value": true }] });
    let told = app.post(path, trial.clone()).send().await.expect(StatusCode::OK).json();
    assert_eq!((&told["verdict"], &told["reason"]), (&json!("PASSED"), &json!("two agreed")), "{told}");
    assert_eq!(told["timeline"].as_array().unwrap().last().unwrap()["at_seconds"], 9);
    assert_eq!(app.post(path, trial.clone()).send().await.json(), told, "the same request gives the same answer");

    let broken = json!({ "policy": { "source": "function check() {\n  nonsense() }" }, "action": action });
    let told = app.post(path, broken).send().await.expect(StatusCode::OK).json();
    assert_eq!(told["error"]["line"], 2, "{told}");
    let mut stranger = trial;
    stranger["events"][0]["member"] = json!("zoe");
    app.post(path, stranger).send().await.refused(422, "unknown-member", Some("events[0].member"));
    let after = app.ctx.store.community(community(&app).await).audit_head().await.unwrap();
    assert_eq!(after, head, "nothing was written");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_audit_log_is_paged_filtered_and_exported_whole() {
    let app = TestApp::start().await;
    app.found("fern", "open", &["ada"]).await;
    app.attempt("fern", "ada", "board.post_message", json!({ "channel": "general", "text": "=1+1" })).await;
    let path = "/api/v1/communities/fern/audit";
    let page = app.get(&format!("{path}?limit=2")).send().await.expect(StatusCode::OK).json();
    let entries = page["entries"].as_array().unwrap();
    assert_eq!((entries.len(), &entries[0]["seq"], &page["next"]), (2, &json!(1), &json!(2)));
    assert_eq!((&entries[0]["kind"], &entries[1]["prev_hash"]), (&json!("community.founded"), &entries[0]["hash"]));
    let filtered = app.get(&format!("{path}?kind=action&actor=ada")).send().await.expect(StatusCode::OK).json();
    let kinds: Vec<_> =
        filtered["entries"].as_array().unwrap().iter().map(|entry| entry["kind"].as_str().unwrap()).collect();
    assert!(!kinds.is_empty() && kinds.iter().all(|kind| kind.starts_with("action.")), "{kinds:?}");

    for format in ["jsonl", "json&limit=0"] {
        let export = app.get(&format!("{path}?format={format}")).send().await.expect(StatusCode::OK);
        let read = store::read_export(std::io::Cursor::new(export.body.to_vec()));
        let whole = store::verify(read).unwrap();
        assert_eq!((whole.first_seq, whole.last_seq), (1, page["head"].as_i64().unwrap()), "{format}");
    }
    let csv = app.get(&format!("{path}?format=csv")).send().await.expect(StatusCode::OK);
    assert!(csv.headers["content-disposition"].to_str().unwrap().contains("fern-audit.csv"));
    assert_eq!(csv.text().lines().count() as i64, page["head"].as_i64().unwrap() + 1);
    app.get(&format!("{path}?kind=nothing")).send().await.refused(422, "invalid-query", Some("kind"));
    app.get(&format!("{path}?actor=nobody")).send().await.refused(422, "unknown-member", Some("actor"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_community_has_tokens_that_open_it_until_they_are_revoked() {
    let app = TestApp::start().await;
    app.found("fern", "open", &["ada"]).await;
    let path = "/api/v1/communities/fern/tokens";
    let made = app.post(path, json!({ "name": "bridge" })).send().await.expect(StatusCode::CREATED).json();
    let (id, token) = (made["id"].as_str().unwrap(), made["token"].as_str().unwrap());
    let me = app.get("/api/v1/me").bearer(token).send().await.expect(StatusCode::OK).json();
    assert_eq!((&me["kind"], &me["communities"][0]["slug"]), (&json!("community"), &json!("fern")));
    let listed = app.get(path).bearer(token).send().await.expect(StatusCode::OK).json();
    assert_eq!((&listed["tokens"][0]["id"], listed["tokens"][0].get("token")), (&json!(id), None));
    app.post("/api/v1/communities", json!({ "slug": "b", "name": "B", "starter_kit": "open" }))
        .bearer(token)
        .send()
        .await
        .refused(403, "operator-needed", None);
    app.call(Method::DELETE, &format!("{path}/{id}")).bearer(OPERATOR).send().await.expect(StatusCode::NO_CONTENT);
    app.get("/api/v1/me").bearer(token).send().await.refused(401, "token-unknown", None);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_demos_clock_is_moved_by_the_operator_alone_and_only_in_a_demo() {
    let app = TestApp::demo().await;
    let before = app.ctx.clock.now();
    let told =
        app.post("/api/v1/demo/advance", json!({ "seconds": 86_400 })).send().await.expect(StatusCode::OK).json();
    assert!(told["now"].as_str().unwrap().parse::<types::Timestamp>().unwrap() >= before + Duration::from_secs(86_400));
    app.post("/api/v1/demo/advance", json!({ "seconds": -1 })).send().await.refused(
        422,
        "invalid-field",
        Some("seconds"),
    );
    app.post("/api/v1/demo/advance", json!({ "seconds": 1 })).without("authorization").send().await.refused(
        401,
        "token-needed",
        None,
    );
    let app = TestApp::start().await;
    app.post("/api/v1/demo/advance", json!({ "seconds": 1 })).send().await.refused(404, "not-found", None);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_failure_has_the_one_shape() {
    let app = TestApp::start().await;
    let json_post = |body: &'static str| app.post("/api/v1/communities", json!(null)).body(body).send();
    json_post("{\"slug\": ").await.refused(400, "malformed-json", None);
    json_post("1").await.refused(422, "invalid-field", None);
    app.post("/api/v1/communities", json!({})).without("content-type").send().await.refused(
        415,
        "unsupported-media-type",
        None,
    );
    let large = format!("{{\"slug\": \"{}\"}}", "x".repeat(3 * 1024 * 1024));
    app.post("/api/v1/communities", json!(null)).body(large).send().await.refused(413, "too-large", None);
    app.get("/api/v1/nothing").send().await.refused(404, "no-such-route", None);
    let wrong_method = app.call(Method::PATCH, "/api/v1/communities").bearer(OPERATOR).send().await;
    assert!(wrong_method.headers.contains_key("allow"));
    wrong_method.refused(405, "method-not-allowed", None);
    app.get("/api/v1/communities").bearer("wrong").send().await.refused(401, "token-unknown", None);
    app.get("/api/v1/communities").without("authorization").send().await.refused(401, "token-needed", None);
    let given = app.get("/api/v1/nothing").header("x-request-id", "from-the-proxy-1").send().await;
    assert_eq!(given.headers["x-request-id"], "from-the-proxy-1");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_description_is_complete_and_as_it_was_agreed() {
    let (_, openapi) = server::web::api::routes();
    let openapi = serde_json::to_value(&openapi).unwrap();
    for (path, item) in openapi["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let answers = operation["responses"].as_object().unwrap();
            assert!(answers.keys().any(|status| status.starts_with('2')), "{method} {path}");
            for status in ["401", "403", "404", "429", "500", "503"] {
                assert!(answers.contains_key(status), "{method} {path} does not document {status}");
            }
            if operation.get("requestBody").is_some() {
                assert!(answers.contains_key("400") && answers.contains_key("415"), "{method} {path}");
            }
            assert!(operation["summary"].as_str().is_some(), "{method} {path} has no summary");
        }
    }
    let app = TestApp::start().await;
    let served = app.get("/api/v1/openapi.json").without("authorization").send().await.expect(StatusCode::OK).json();
    assert_eq!(served, openapi);
    assert_eq!(served["openapi"], "3.1.0");
    expect_file!["./openapi.json"].assert_eq(&format!("{}\n", serde_json::to_string_pretty(&openapi).unwrap()));
}

async fn community(app: &TestApp) -> types::CommunityId {
    app.ctx.store.system().community_by_slug("fern").await.unwrap().unwrap().id
}
