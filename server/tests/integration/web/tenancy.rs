//! One community cannot see or touch another, by whatever door.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use super::test_app::TestApp;

/// Any id: nothing has it.
const NO_ID: &str = "00000000-0000-7000-8000-000000000000";

#[tokio::test(flavor = "multi_thread")]
async fn every_call_with_another_communitys_token_finds_nothing() {
    let app = TestApp::start().await;
    app.found("fern", "jury", &["ada", "bo", "cy"]).await;
    app.found("moss", "open", &["eve"]).await;
    let token = app.post("/api/v1/communities/moss/tokens", json!({ "name": "moss" })).send().await.json();
    let token = token["token"].as_str().unwrap().to_owned();
    let action =
        app.attempt("fern", "ada", "board.rename_channel", json!({ "channel": "general", "name": "hall" })).await;
    let ids = Ids::of(&app, &action).await;

    let (_, openapi) = server::web::api::routes();
    let openapi = serde_json::to_value(&openapi).unwrap();
    let mut n_walked = 0;
    for (path, item) in openapi["paths"].as_object().unwrap() {
        if !path.contains("{slug}") {
            continue;
        }
        for (method, operation) in item.as_object().unwrap() {
            let method: Method = method.to_uppercase().parse().unwrap();
            let body = body_of(path, operation);
            // In the other community by its address, and with its things under our own address.
            for (slug, what) in [("fern", "the other community"), ("moss", "another's thing")] {
                if slug == "moss" && !path.contains("{id}") {
                    continue;
                }
                let address = format!("/api/v1{}", ids.fill(path, slug));
                let call = app.call(method.clone(), &address).bearer(&token).header("content-type", "application/json");
                let answer = call.body(body.clone().unwrap_or_default()).send().await;
                assert_eq!(answer.status, StatusCode::NOT_FOUND, "{what}: {method} {address}: {}", answer.text());
                assert!(!answer.text().contains("ada") && !answer.text().contains("general"), "{}", answer.text());
                n_walked += 1;
            }
        }
    }
    assert!(n_walked > 25, "walked only {n_walked}");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_and_server_function_of_another_community_is_closed() {
    let app = TestApp::start().await;
    app.found("fern", "jury", &["ada", "bo", "cy"]).await;
    app.found("moss", "open", &["eve"]).await;
    let action =
        app.attempt("fern", "ada", "board.rename_channel", json!({ "channel": "general", "name": "hall" })).await;
    let ids = Ids::of(&app, &action).await;
    let eve = session(&app, "moss", "eve").await;

    for path in [
        "",
        "/board",
        "/proposals",
        "/proposals/{proposal}",
        "/propose",
        "/policies",
        "/policies/{policy}",
        "/documents",
        "/members",
        "/audit",
    ] {
        let path = format!("/c/fern{}", path.replace("{proposal}", &ids.proposal).replace("{policy}", &ids.policy));
        for cookie in [Some(&eve), None] {
            let call = app.call(Method::GET, &path);
            let answer = match cookie {
                Some(cookie) => call.cookie(cookie).send().await,
                None => call.send().await,
            };
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
            assert!(!answer.text().contains("Jury for channel names"), "{path}");
        }
    }
    let functions = [
        ("community/community_frame", "slug=fern"),
        ("community/community_home", "slug=fern"),
        ("board/board", "slug=fern"),
        ("member/members", "slug=fern"),
        ("policy/policies", "slug=fern"),
        ("document/documents", "slug=fern"),
        ("audit/audit", "slug=fern"),
        ("proposal/proposals", "slug=fern"),
        ("action/action_types", "slug=fern"),
        ("proposal/proposal", "slug=fern&id={proposal}"),
        ("policy/policy", "slug=fern&id={policy}"),
        ("action/action_form", "slug=fern&action_type=board.post_message"),
        ("action/attempt_action", "slug=fern&action_type=board.post_message&fields[channel]=general&fields[text]=x"),
        ("ballot/cast_ballot", "slug=fern&proposal={proposal}&ballot[kind]=yes-no&ballot[answer]=yes"),
        // Another's proposal under one's own address.
        ("proposal/proposal", "slug=moss&id={proposal}"),
        ("policy/policy", "slug=moss&id={policy}"),
        ("ballot/cast_ballot", "slug=moss&proposal={proposal}&ballot[kind]=yes-no&ballot[answer]=yes"),
        ("board/react", "slug=fern&post={none}&emoji=%F0%9F%91%8D&on=true"),
    ];
    for (function, form) in functions {
        let form = form.replace("{proposal}", &ids.proposal).replace("{policy}", &ids.policy).replace("{none}", NO_ID);
        let answer = app.form(&format!("/_fn/app/api/{function}"), form.clone()).cookie(&eve).send().await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{function} {form}: {}", answer.text());
    }
    let live = app.call(Method::GET, "/c/fern/live").cookie(&eve).open().await;
    assert_eq!(live.status(), StatusCode::NOT_FOUND);
    let live = app.call(Method::GET, "/c/fern/live").open().await;
    assert_eq!(live.status(), StatusCode::NOT_FOUND);
    let own = app.call(Method::GET, "/c/moss/live").cookie(&eve).open().await;
    assert_eq!((own.status(), own.headers()["content-type"].to_str().unwrap()), (StatusCode::OK, "text/event-stream"));
}

/// Ids of things in the community `fern`.
struct Ids {
    action: String,
    proposal: String,
    policy: String,
}

impl Ids {
    async fn of(app: &TestApp, action: &Value) -> Self {
        let policies = app.get("/api/v1/communities/fern/policies").send().await.json();
        Self {
            action: action["id"].as_str().unwrap().to_owned(),
            proposal: action["proposals"][0]["id"].as_str().unwrap().to_owned(),
            policy: policies["policies"][0]["id"].as_str().unwrap().to_owned(),
        }
    }

    fn fill(&self, path: &str, slug: &str) -> String {
        let id = match path {
            path if path.contains("/actions/") => &self.action,
            path if path.contains("/proposals/") => &self.proposal,
            path if path.contains("/policies/") => &self.policy,
            _ => NO_ID,
        };
        let query = if path.ends_with("/eligibility") || path.ends_with("/ballots") { "?member=eve" } else { "" };
        format!("{}{query}", path.replace("{slug}", slug).replace("{id}", id).replace("{channel}", "general"))
    }
}

/// A body that would be right if the community were one's own.
fn body_of(path: &str, operation: &Value) -> Option<String> {
    operation.get("requestBody")?;
    let body = match path.rsplit('/').next().unwrap_or_default() {
        "members" => json!({ "handle": "mallory" }),
        "actions" => {
            json!({ "type": "board.post_message", "payload": { "channel": "general", "text": "x" }, "initiator": "ada" })
        }
        "ballots" => json!({ "member": "eve", "value": true }),
        "delegations" => json!({ "member": "eve", "to": "eve", "scope": { "kind": "everything" } }),
        "withdraw" => json!({ "member": "eve" }),
        "tokens" => json!({ "name": "mine" }),
        "veto" => json!({ "member": "eve", "reason": "mine" }),
        "cancel" => json!({ "member": "eve" }),
        "recurring" => json!({ "type": "board.post_message", "payload": {}, "initiator": "ada", "every": "hour" }),
        "automoderator" => json!({ "yaml": "body: x\naction: remove" }),
        _ => json!({ "policy": { "source": "" }, "action": { "type": "board.post_message", "initiator": "ada" } }),
    };
    Some(body.to_string())
}

/// A session of a member, made in the store: outside a demo nobody signs in by choosing.
async fn session(app: &TestApp, slug: &str, handle: &str) -> String {
    let now = app.ctx.clock.now();
    let community = app.ctx.store.system().community_by_slug(slug).await.unwrap().unwrap().id;
    let member = app.ctx.store.community(community).member_by_handle(handle).await.unwrap().unwrap();
    let account = store::accounts::Account {
        id: app.ctx.ids.next(),
        display_name: handle.to_owned(),
        email: None,
        created_at: now,
    };
    let secret = server::web::secret::random_hex::<32>();
    let row = store::sessions::Session {
        hash: server::web::secret::digest(&secret),
        account: Some(account.id),
        member: None,
        community: None,
        data: types::Json::default(),
        created_at: now,
        expires_at: now + std::time::Duration::from_secs(3600),
    };
    let tx = app.ctx.store.begin().await.unwrap();
    tx.system().add_account(&account).await.unwrap();
    tx.community(community).link_account(member.id, account.id).await.unwrap();
    tx.system().put_session(&row).await.unwrap();
    tx.commit().await.unwrap();
    format!("polity_session={secret}")
}
