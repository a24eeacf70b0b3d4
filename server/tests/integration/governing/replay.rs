//! Whatever was decided can be decided again, to the byte.

use serde_json::json;
use types::{Evaluation, Facts, Request};

use super::{TestApp, actions, post, reacting, town};

/// Runs every recorded decision on an action again. Answers with how many there were.
pub async fn replay(app: &TestApp, action: &serde_json::Value) -> usize {
    let community = app.ctx.store.system().community_by_slug("town").await.unwrap().unwrap().id;
    let store = app.ctx.store.community(community);
    let mut n_replayed = 0;
    for proposal in action["proposals"].as_array().unwrap() {
        let stored = store.proposal(proposal["id"].as_str().unwrap().parse().unwrap()).await.unwrap().unwrap();
        for decision in store.decisions(stored.id).await.unwrap() {
            let mut request: Request = decision.request.read().unwrap();
            request.policy.source =
                store.policy_versions_by_id(&[stored.version]).await.unwrap().remove(0).draft.source;
            let mut facts = serde_json::to_value(Facts::default()).unwrap();
            for (name, hash) in &decision.facts {
                facts[name] = serde_json::from_str(&store.facts(&[hash.as_str()]).await.unwrap()[hash]).unwrap();
            }
            request.facts = serde_json::from_value(facts).unwrap();
            let run = move || engine::evaluate(&request, &engine::Limits::default());
            let rerun = std::thread::Builder::new().stack_size(engine::STACK_BYTES).spawn(run).unwrap().join().unwrap();
            let recorded: Evaluation = decision.evaluation.read().unwrap();
            assert_eq!(serde_json::to_string(&rerun).unwrap(), serde_json::to_string(&recorded).unwrap());
            n_replayed += 1;
        }
    }
    n_replayed
}

#[tokio::test(flavor = "multi_thread")]
async fn the_decision_of_a_reacting_policy_can_be_run_again() {
    let app = TestApp::start().await;
    town(&app).await;
    let source = "function check(action) { return passed(members.sample(1)[0].handle + action.text) }
        function pass(action) { announce(\"general\", \"drawn\") }";
    reacting(&app, "Draw", &[], json!({ "commands": ["draw"] }), source).await;
    post(&app, "ben", "/draw now").await;
    let drawn = actions(&app, "trigger.command", 1).await;
    assert_eq!(drawn[0]["status"], "passed", "{drawn:?}");
    assert_eq!(replay(&app, &drawn[0]).await, 1);
}
