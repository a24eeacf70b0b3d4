//! Every scenario of every shipped policy and starter kit, played through the whole service: real worker processes, the
//! pipeline, the store, on SQLite and on PostgreSQL.
//!
//! A scenario is data beside what it is of: `server/engine/policies/scenarios/`, `server/kits/scenarios/`. Only what lies
//! outside the service is invented: the clock, the web, and what platforms know and do.
//! `POLITY_SCENARIO=jury` plays those of one policy or kit alone.

mod play;
mod stage;
mod world;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::time::Instant;

use engine::shipped::Shipped;
use engine::shipped::scenario::Scenario;
use server::kits;

use self::play::Scene;
use self::stage::Stage;

/// The shipped policies, read from their folder: whoever writes one need not build the service to play its scenarios.
fn policies() -> Vec<Shipped> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("engine/policies");
    let text = |name: String| fs::read_to_string(folder.join(&name)).unwrap_or_else(|error| panic!("{name}: {error}"));
    let slugs = engine::shipped().iter().map(|policy| policy.slug);
    let read = |slug: &'static str| {
        // The test ends with the process: what it has read may stay.
        let source: &'static str = text(format!("{slug}.js")).leak();
        let (about, scenarios) = (text(format!("{slug}.toml")), text(format!("scenarios/{slug}.toml")));
        engine::shipped::read(slug, source, &about, &scenarios).unwrap_or_else(|error| panic!("{error}"))
    };
    slugs.map(read).collect()
}

#[test]
fn every_policy_of_the_folder_ships() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("engine/policies");
    let names = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let written: BTreeSet<String> = names.filter_map(|name| name.strip_suffix(".js").map(str::to_owned)).collect();
    let shipped: BTreeSet<String> = engine::shipped().iter().map(|policy| policy.slug.to_owned()).collect();
    assert_eq!(written, shipped);
}

/// Every scenario with the name of what it is of, and what it is played in.
fn scenarios(policies: &[Shipped]) -> Vec<(&str, Scene<'_>, &Scenario)> {
    let of_policies = policies.iter().flat_map(|policy| {
        let scene = Scene::Policy { policy, all: policies };
        policy.scenarios.iter().map(move |scenario| (policy.slug, scene, scenario))
    });
    let of_kits = kits::kits()
        .iter()
        .flat_map(|kit| kit.scenarios.iter().map(move |scenario| (kit.name.as_str(), Scene::Kit(kit), scenario)));
    of_policies.chain(of_kits).collect()
}

async fn play_all(stage: &Stage) {
    let policies = policies();
    let only = std::env::var("POLITY_SCENARIO").ok();
    let begun = Instant::now();
    let mut n_played = 0_usize;
    let mut wrong = Vec::new();
    for (name, scene, scenario) in scenarios(&policies) {
        if only.as_ref().is_some_and(|only| only != name) {
            continue;
        }
        n_played += 1;
        if let Err(why) = play::play(stage, scene, scenario, n_played).await {
            wrong.push(format!("{name} — “{}”: {why:#}", scenario.title));
        }
    }
    assert!(wrong.is_empty(), "{} of {n_played} scenarios went otherwise:\n\n{}", wrong.len(), wrong.join("\n\n"));
    assert!(n_played > 0, "no scenario was played");
    println!("{n_played} scenarios in {:.1} s", begun.elapsed().as_secs_f64());
}

#[tokio::test(flavor = "multi_thread")]
async fn scenarios_go_as_they_say_on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    let stage = Stage::open(&format!("sqlite:{}", folder.path().join("polity.db").display())).await;
    play_all(&stage).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn scenarios_go_as_they_say_on_postgres() {
    let Some(schema) = stage::postgres("scenarios_go_as_they_say_on_postgres").await else { return };
    let stage = Stage::open(&schema).await;
    play_all(&stage).await;
}
