//! Elections and combinations, through the whole service.

use std::time::Duration;

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::play::{again, kinds, named, policy, town, until};
use crate::web::test_app::TestApp;

/// Whoever has most yes votes, once two have voted for somebody.
const MOST_YES: &str = "
    function check(action) {
      const most = Math.max(...action.bundle.actions.map(one => one.proposal.yes.length))
      if (most >= 2) return passed(`${most} said yes`)
    }
    function pass(action) {
      const most = Math.max(...action.bundle.actions.map(one => one.proposal.yes.length))
      for (const one of action.bundle.actions) if (one.proposal.yes.length < most) action.bundle.drop(one)
      action.execute()
    }";

/// A ranking of all candidates, counted when it closes.
const RANKED: &str = "
    function initialize(action) {
      ask('everyone', { text: action.bundle.title, kind: 'ranking', options: action.bundle.options, closes: days(2) })
    }
    function check(action) {
      if (!action.proposal.isClosed) return
      const outcome = action.proposal.tally('stv', { seats: action.bundle.seats, none: action.bundle.none })
      return outcome.winners.length ? passed(outcome.sentence) : failed('nobody was chosen')
    }
    function pass(action) {
      const method = { seats: action.bundle.seats, none: action.bundle.none }
      action.bundle.keep(action.proposal.tally('stv', method).winners)
      action.execute()
    }";

fn topic(text: &str) -> Value {
    json!({ "type": "board.set_topic", "payload": { "channel": "general", "topic": text } })
}

fn role(name: &str) -> Value {
    json!({ "type": "constitution.add_role", "payload": { "name": name } })
}

async fn election(app: &TestApp, by: &str, more: Value) -> Value {
    let mut payload = json!({ "title": "The topic", "actions": [topic("tea"), topic("coffee")] });
    payload.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap_or_default());
    app.attempt("town", by, "platform.election", payload).await
}

/// The proposal on which the voters vote for candidate `place`.
fn ballot_of(bundle: &Value, place: usize) -> String {
    let id = &bundle["bundle"]["actions"][place]["proposals"][0]["id"];
    id.as_str().unwrap_or_else(|| panic!("no candidate {place}: {bundle}")).to_owned()
}

fn statuses(bundle: &Value) -> Vec<&str> {
    bundle["bundle"]["actions"].as_array().unwrap().iter().map(|one| one["status"].as_str().unwrap()).collect()
}

async fn current_topic(app: &TestApp) -> String {
    let channels = app.get("/api/v1/communities/town/channels").send().await.json();
    channels["channels"][0]["topic"].as_str().unwrap().to_owned()
}

async fn vote(app: &TestApp, proposal: &str, member: &str, value: Value) {
    app.vote("town", proposal, member, value).await.expect(StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_election_carries_out_the_candidate_with_most_votes_and_fails_the_others() {
    let app = TestApp::start().await;
    town(&app).await;
    policy(&app, "Most yes", "platform.election", MOST_YES, json!({})).await;
    let open = election(&app, "ada", json!({})).await;
    assert_eq!(open["status"], "proposed", "{open}");
    assert_eq!(statuses(&open), ["proposed", "proposed"]);
    // A ballot on a candidate has the election looked at, at once.
    vote(&app, &ballot_of(&open, 1), "ben", json!(true)).await;
    vote(&app, &ballot_of(&open, 0), "cleo", json!(true)).await;
    assert_eq!(again(&app, &open).await["status"], "proposed");
    vote(&app, &ballot_of(&open, 1), "dara", json!(true)).await;
    let done = until(&app, &open, "executed").await;
    assert_eq!(statuses(&done), ["failed", "executed"], "{done}");
    assert_eq!(current_topic(&app).await, "coffee");
    let loser = &done["bundle"]["actions"][0];
    assert!(loser["reason"].as_str().unwrap().contains("not chosen"), "{loser}");
    let late = app.vote("town", &ballot_of(&open, 0), "ada", json!(true)).await;
    late.refused(409, "vote-closed", None);
    let seen = again(&app, loser).await;
    assert_eq!(seen["part_of"]["action"], open["id"], "a candidate names its election: {seen}");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_ranked_ballot_over_all_candidates_fills_the_seats() {
    let app = TestApp::start().await;
    town(&app).await;
    policy(&app, "Ranked", "constitution.election", RANKED, json!({})).await;
    let stewards = ["ada", "ben", "cleo"]
        .map(|who| json!({ "type": "constitution.assign_role", "payload": { "role": "Steward", "members": [who] } }));
    app.attempt("town", "ada", "constitution.add_role", json!({ "name": "Steward" })).await;
    let payload = json!({ "title": "Two stewards", "actions": stewards, "seats": 2, "none_of_these": true });
    let open = app.attempt("town", "dara", "constitution.election", payload).await;
    let asked = &open["proposals"].as_array().unwrap().iter().find(|one| one["policy"] == "Ranked").unwrap();
    assert_eq!(asked["ask"]["options"], json!(["ADA", "BEN", "CLEO", "None of these"]), "{open}");
    let refused = app.vote("town", &named(&open["bundle"]["actions"][0], "Ranked"), "ben", json!(true)).await;
    refused.refused(409, "vote-closed", None);
    let ballot = named(&open, "Ranked");
    for (who, ranking) in [
        ("ada", json!(["ADA", "BEN"])),
        ("ben", json!(["BEN", "ADA"])),
        ("cleo", json!(["BEN", "CLEO"])),
        ("dara", json!(["ADA", "BEN"])),
    ] {
        vote(&app, &ballot, who, ranking).await;
    }
    app.wait(Duration::from_secs(2 * 24 * 3600 + 1)).await;
    let done = until(&app, &open, "executed").await;
    assert_eq!(statuses(&done), ["executed", "executed", "failed"], "{done}");
    let roles = app.get("/api/v1/communities/town/roles").send().await.json();
    let steward = roles["roles"].as_array().unwrap().iter().find(|role| role["name"] == "Steward").unwrap();
    let mut holders: Vec<_> = steward["members"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    holders.sort_unstable();
    assert_eq!(holders, ["ada", "ben"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn none_of_these_may_win() {
    let app = TestApp::start().await;
    town(&app).await;
    policy(&app, "Ranked", "platform.election", RANKED, json!({})).await;
    let open = election(&app, "ada", json!({ "none_of_these": true })).await;
    let ballot = named(&open, "Ranked");
    for who in ["ada", "ben", "cleo"] {
        vote(&app, &ballot, who, json!(["None of these"])).await;
    }
    app.wait(Duration::from_secs(2 * 24 * 3600 + 1)).await;
    let done = until(&app, &open, "failed").await;
    assert_eq!((statuses(&done), &done["reason"]), (vec!["failed", "failed"], &json!("nobody was chosen")), "{done}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_election_never_fills_more_seats_than_it_has() {
    let app = TestApp::start().await;
    town(&app).await;
    let source = "function check() { return PASSED }\nfunction pass(action) { action.execute() }";
    policy(&app, "Careless", "platform.election", source, json!({})).await;
    let failed = election(&app, "ada", json!({})).await;
    assert_eq!((&failed["status"], statuses(&failed)), (&json!("failed"), vec!["failed", "failed"]), "{failed}");
    assert!(failed["reason"].as_str().unwrap().contains("2 candidates are left for 1 seat"), "{failed}");
    let both = election(&app, "ada", json!({ "seats": 2 })).await;
    assert_eq!(both["status"], "executed", "{both}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_combination_of_changes_of_the_government_is_all_or_nothing() {
    let app = TestApp::start().await;
    town(&app).await;
    let both = json!({ "title": "Two roles", "actions": [role("Steward"), role("Elder")] });
    let done = app.attempt("town", "ada", "constitution.combination", both).await;
    assert_eq!((&done["status"], statuses(&done)), (&json!("executed"), vec!["executed", "executed"]), "{done}");

    let ghost = json!({ "type": "constitution.assign_role", "payload": { "role": "Ghost", "members": ["ada"] } });
    let n_before = kinds(&app, "role.added").await;
    let broken = json!({ "title": "A role and a ghost", "actions": [role("Keeper"), ghost] });
    let failed = app.attempt("town", "ada", "constitution.combination", broken).await;
    assert_eq!((&failed["status"], statuses(&failed)), (&json!("failed"), vec!["failed", "failed"]), "{failed}");
    let reason = failed["reason"].as_str().unwrap();
    assert!(reason.contains("nothing of it was done") && reason.contains("there is no role “Ghost”"), "{reason}");
    let roles = app.get("/api/v1/communities/town/roles").send().await.text();
    assert!(roles.contains("Elder") && !roles.contains("Keeper"), "{roles}");
    assert_eq!(kinds(&app, "role.added").await, n_before, "and the record tells of no role that never was");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_combination_that_a_platform_refuses_is_rolled_back() {
    let app = TestApp::start().await;
    town(&app).await;
    let passes = "function check() { return PASSED }\nfunction pass(action) { action.execute() }";
    policy(&app, "Passes", "platform.combination", passes, json!({})).await;
    assert_eq!(
        app.attempt("town", "ada", "board.set_topic", topic("before")["payload"].clone()).await["status"],
        "executed"
    );
    let rename = json!({ "type": "board.rename_channel", "payload": { "channel": "nowhere", "name": "plaza" } });
    let payload = json!({ "title": "Both", "actions": [topic("after"), rename] });
    let open = app.attempt("town", "ada", "platform.combination", payload).await;
    let done = until(&app, &open, "reverted").await;
    assert_eq!(statuses(&done), ["reverted", "failed"], "{done}");
    assert!(done["reason"].as_str().unwrap().contains("rolled back"), "{done}");
    assert_eq!(current_topic(&app).await, "before");

    let payload = json!({ "title": "Both", "actions": [topic("one"), topic("two")] });
    let open = app.attempt("town", "ada", "platform.combination", payload).await;
    let done = until(&app, &open, "executed").await;
    assert_eq!(statuses(&done), ["executed", "executed"], "{done}");
    assert_eq!(current_topic(&app).await, "two", "in their order");
}

#[tokio::test(flavor = "multi_thread")]
async fn candidates_are_named_until_the_election_opens_and_may_withdraw() {
    let app = TestApp::start().await;
    town(&app).await;
    policy(&app, "Most yes", "platform.election", MOST_YES, json!({})).await;
    let opens_at = app.ctx.clock.now() + Duration::from_secs(3600);
    let open = election(&app, "ada", json!({ "opens_at": opens_at, "nominations": "open" })).await;
    assert_eq!((&open["status"], &open["bundle"]["takes_nominations"]), (&json!("proposed"), &json!(true)), "{open}");
    let nominate = |by: &'static str, text: &'static str, nominee: &'static str| {
        let mut candidate = topic(text);
        candidate["nominee"] = json!(nominee);
        candidate["statement"] = json!("it is better");
        let payload = json!({ "election": open["id"], "candidate": candidate });
        let app = &app;
        async move { app.attempt("town", by, "platform.nominate", payload).await }
    };
    let named = nominate("ben", "cocoa", "cleo").await;
    assert_eq!(named["status"], "executed", "{named}");
    let twice = nominate("dara", "cocoa", "cleo").await;
    assert!(twice["reason"].as_str().unwrap().contains("is a candidate already"), "{twice}");
    let now = again(&app, &open).await;
    assert_eq!(now["bundle"]["actions"][2]["label"], "CLEO", "{now}");
    assert_eq!(now["bundle"]["actions"][2]["initiator"], "ben", "{now}");

    app.wait(Duration::from_secs(3601)).await;
    let now = again(&app, &open).await;
    assert_eq!(now["bundle"]["takes_nominations"], json!(false), "{now}");
    let late = nominate("ben", "water", "dara").await;
    assert!(late["reason"].as_str().unwrap().contains("has opened"), "{late}");

    let cocoa = now["bundle"]["actions"][2]["id"].as_str().unwrap();
    let path = format!("/api/v1/communities/town/actions/{cocoa}/withdraw");
    app.post(&path, json!({ "member": "dara" })).send().await.refused(403, "not-yours", Some("member"));
    let gone =
        app.post(&path, json!({ "member": "cleo", "reason": "I am too busy" })).send().await.expect(StatusCode::OK);
    assert_eq!(gone.json()["reason"], "withdrawn by the candidate: I am too busy");
    for who in ["ada", "ben"] {
        vote(&app, &ballot_of(&now, 0), who, json!(true)).await;
    }
    assert_eq!(statuses(&until(&app, &open, "executed").await), ["executed", "failed", "failed"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn ballots_that_name_a_candidate_who_withdrew_count_for_the_rest() {
    let app = TestApp::start().await;
    town(&app).await;
    policy(&app, "Ranked", "platform.election", RANKED, json!({})).await;
    let cocoa =
        json!({ "type": "board.set_topic", "payload": { "channel": "general", "topic": "cocoa" }, "label": "Cocoa" });
    let payload = json!({ "title": "The topic", "actions": [topic("tea"), topic("coffee"), cocoa] });
    let open = app.attempt("town", "ada", "platform.election", payload).await;
    let labels: Vec<String> = open["bundle"]["actions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["label"].as_str().unwrap().to_owned())
        .collect();
    let ballot = named(&open, "Ranked");
    vote(&app, &ballot, "ben", json!(["Cocoa", labels[1]])).await;
    vote(&app, &ballot, "cleo", json!(["Cocoa", labels[1]])).await;
    vote(&app, &ballot, "dara", json!([labels[0]])).await;
    let path =
        format!("/api/v1/communities/town/actions/{}/withdraw", open["bundle"]["actions"][2]["id"].as_str().unwrap());
    app.post(&path, json!({ "member": "ada" })).send().await.expect(StatusCode::OK);
    app.wait(Duration::from_secs(2 * 24 * 3600 + 1)).await;
    assert_eq!(statuses(&until(&app, &open, "executed").await), ["failed", "executed", "failed"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_vote_that_a_policy_starts_again_is_kept_in_the_record() {
    let app = TestApp::start().await;
    town(&app).await;
    let source = "
        function check(action) {
          const [first] = action.bundle.actions
          if (first.proposal.yes.length === 1 && !action.data.get('again')) {
            action.data.set('again', true)
            action.bundle.clearBallots(first)
            return
          }
          if (first.proposal.yes.length >= 1 && action.data.get('again')) return passed('the second time')
        }
        function pass(action) { action.bundle.keep(action.bundle.actions[0]); action.execute() }";
    policy(&app, "Twice", "platform.election", source, json!({})).await;
    let open = election(&app, "ada", json!({})).await;
    vote(&app, &ballot_of(&open, 0), "ben", json!(true)).await;
    app.quiet().await;
    let now = again(&app, &open).await;
    assert_eq!(now["status"], "proposed", "{now}");
    assert_eq!(now["bundle"]["actions"][0]["proposals"][0]["tally"]["voted"], 0, "{now}");
    assert_eq!(kinds(&app, "ballot.cleared").await, 1);
    assert_eq!(kinds(&app, "ballot.cast").await, 1);
    vote(&app, &ballot_of(&open, 0), "ben", json!(true)).await;
    until(&app, &open, "executed").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bundle_is_no_way_past_the_policies_of_what_it_holds() {
    let app = TestApp::start().await;
    town(&app).await;
    let fails = "function check() { return failed('never') }";
    policy(&app, "Never", "board.set_topic", fails, json!({})).await;
    let payload = json!({ "title": "Round it", "actions": [topic("mine")] });
    let held = app.attempt("town", "ada", "platform.combination", payload).await;
    assert_eq!(held["status"], "held", "{held}");
    assert!(held["reason"].as_str().unwrap().contains("no policy governs it"), "{held}");

    let role = json!({ "role": "Member", "permissions": [
        { "action_type": "constitution.*", "right": "propose" }, { "action_type": "platform.*", "right": "propose" },
    ] });
    app.attempt("town", "ada", "constitution.edit_role", role).await;
    let refused = election(&app, "ben", json!({})).await;
    assert_eq!(refused["status"], "failed", "{refused}");
    assert!(refused["reason"].as_str().unwrap().contains("may propose board.set_topic"), "{refused}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mistake_in_a_bundle_is_named_with_its_place() {
    let app = TestApp::start().await;
    town(&app).await;
    let attempt = |payload: Value| {
        let body = json!({ "type": "platform.election", "initiator": "ada", "payload": payload });
        app.post("/api/v1/communities/town/actions", body)
    };
    let short = json!({ "type": "board.set_topic", "payload": { "channel": "general" } });
    let answer = attempt(json!({ "title": "x", "actions": [topic("tea"), short] })).send().await;
    answer.refused(422, "bad-payload", Some("payload.actions[1].payload.topic"));
    let unknown = json!({ "type": "board.fly", "payload": {} });
    let answer = attempt(json!({ "title": "x", "actions": [unknown] })).send().await;
    answer.refused(422, "unknown-action-type", Some("payload.actions[0].type"));
    let answer = attempt(json!({ "title": "x", "actions": [] })).send().await;
    answer.refused(422, "bad-payload", Some("payload.actions"));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_proposed_an_action_takes_it_back_until_somebody_votes() {
    let app = TestApp::start().await;
    town(&app).await;
    policy(&app, "Most yes", "platform.election", MOST_YES, json!({})).await;
    let open = election(&app, "ada", json!({})).await;
    let path = |action: &Value| format!("/api/v1/communities/town/actions/{}/withdraw", action["id"].as_str().unwrap());
    app.post(&path(&open), json!({ "member": "ben" })).send().await.refused(403, "not-yours", Some("member"));
    let gone = app.post(&path(&open), json!({ "member": "ada" })).send().await.expect(StatusCode::OK).json();
    assert_eq!((&gone["status"], statuses(&gone)), (&json!("failed"), vec!["failed", "failed"]), "{gone}");
    app.post(&path(&open), json!({ "member": "ada" })).send().await.refused(409, "decided", None);
    assert_eq!(kinds(&app, "action.withdrawn").await, 3);

    let open = election(&app, "ada", json!({})).await;
    vote(&app, &ballot_of(&open, 0), "ben", json!(false)).await;
    app.post(&path(&open), json!({ "member": "ada" })).send().await.refused(409, "has-ballots", None);
}
