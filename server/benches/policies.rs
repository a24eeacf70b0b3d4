//! Measures what one evaluation of each shipped policy costs at 100, 1,000 and 10,000 members, and prints a table.
//!
//! Real worker processes, warm: first the evaluation that opens a proposal (`initialize` and the first `check`), then the one
//! that follows a ballot when half of those asked have voted. Both with all facts at hand, so that the figure is the policy's
//! own. It asserts nothing but that no policy breaks: `cargo bench -p server --bench policies`.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use engine::BlankKind;
use engine::shipped::scenario::{AttemptStep, Scenario, Step as Happens};
use engine::shipped::{Shipped, named, shipped};
use serde_json::{Map, Value, json};
use server::boot;
use server::config::Config;
use server::ctx::Ctx;
use server::workers::Priority;
use types::ballot::{Ballot, BallotKind};
use types::evaluation::{
    ActionInput, BundleInput, BundledAction, Initiator, PolicyInput, ProposalInput, Request, Seed, Step,
};
use types::fact::{HttpAnswer, PastAction, PolicyFact, PolicyModule};
use types::member::{Member, Role};
use types::payload::bundle::{BundleDraft, Part};
use types::{
    ActionStatus, Ask, BallotValue, CommunityId, Decision, Effect, Enforcement, Evaluation, FactKey, Facts, Json,
    MemberId, ProposalStatus, Timestamp,
};

/// How many members there are in each column.
const SIZES: [usize; 3] = [100, 1_000, 10_000];

/// What no policy should take longer than, by column.
const BUDGETS: [Duration; 3] = [Duration::from_millis(5), Duration::from_millis(5), Duration::from_millis(25)];

/// The clock of every evaluation: an hour after the opening, so that nothing is over yet.
const OPENED: Timestamp = Timestamp::from_millis(1_780_000_000_000);
const NOW: Timestamp = Timestamp::from_millis(1_780_003_600_000);

fn main() -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(measure())
}

async fn measure() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let ctx = assemble(&format!("sqlite:{}", folder.path().join("bench.db").display())).await?;
    println!("| policy | members | to open, median | after a ballot, median | worker |\n|---|---|---|---|---|");
    let mut over = Vec::new();
    for policy in shipped() {
        for (n, budget) in SIZES.into_iter().zip(BUDGETS) {
            let (opening, later) = one(&ctx, policy, n).await.with_context(|| format!("{} at {n}", policy.slug))?;
            let memory = largest_worker_bytes() / (1 << 20);
            println!("| {} | {n} | {} | {} | {memory} MiB |", policy.slug, shown(opening), shown(later));
            if opening.max(later) > budget {
                over.push(format!("{} at {n}: {}", policy.slug, shown(opening.max(later))));
            }
        }
    }
    match over.is_empty() {
        true => println!("\nNone is over its budget: 5 ms at 1,000 members, 25 ms at 10,000."),
        false => println!("\nOver the budget of 5 ms at 1,000 members or 25 ms at 10,000: {}", over.join("; ")),
    }
    Ok(())
}

async fn assemble(url: &str) -> Result<Ctx> {
    let variable = |name: &str| match name {
        "POLITY_DATABASE" => Some(url.to_owned()),
        "POLITY_SECRET_KEY" => Some("00".repeat(32)),
        _ => None,
    };
    let text = include_str!("../../Leptos.toml");
    let mut config = Config::parse(Path::new("Leptos.toml"), text, &variable)?;
    config.workers.program = Some(env!("CARGO_BIN_EXE_polity").into());
    boot::assemble(config, false).await
}

/// The median round trips of one policy: of the opening, and of what follows a ballot (the same where it decides at once).
async fn one(ctx: &Ctx, policy: &Shipped, n: usize) -> Result<(Duration, Duration)> {
    let mut town = Town::new(policy, n).context("no scenario attempts anything")?;
    let opened = town.settle(ctx).await?;
    let opening = town.median(ctx).await?;
    if !town.open(&opened) {
        return Ok((opening, opening));
    }
    town.settle(ctx).await?;
    Ok((opening, town.median(ctx).await?))
}

/// One policy before one action, in a community of some size.
struct Town {
    request: Request,
    policy_data: BTreeMap<String, Json>,
}

impl Town {
    /// The first scenario's attempt, in a larger community.
    fn new(policy: &Shipped, n: usize) -> Option<Self> {
        let (scenario, attempt) =
            policy.scenarios.iter().find_map(|scenario| Some((scenario, Beginning::of(scenario)?)))?;
        let (members, roles) = people(policy, scenario, n);
        let initiator = members.iter().find(|member| member.handle == attempt.by).or_else(|| members.first())?;
        let kind: types::ActionType = attempt.kind.parse().ok()?;
        let bundle_kind = kind.clone();
        let request = Request {
            step: Step::Evaluate,
            policy: PolicyInput {
                id: id(1),
                version_id: id(2),
                version: 1,
                name: policy.name.clone(),
                hash: format!("bench {}", policy.slug),
                source: policy.source.to_owned(),
                settings: Json(policy.settings_with(&scenario.settings)),
                powers: policy.powers.clone(),
                http_hosts: policy.http_hosts.clone(),
            },
            action: ActionInput {
                id: id(3),
                layer: kind.layer(),
                kind,
                initiator: Some(Initiator {
                    id: initiator.id,
                    handle: initiator.handle.clone(),
                    display_name: initiator.display_name.clone(),
                    joined_at: initiator.joined_at,
                    roles: vec!["Member".to_owned()],
                }),
                payload: Json(Value::Object(attempt.payload.clone())),
                origin: "web".to_owned(),
                has_happened: false,
                created_at: OPENED,
                data: BTreeMap::new(),
            },
            proposal: ProposalInput {
                id: id(4),
                status: ProposalStatus::Waiting,
                opened_at: OPENED,
                is_initialized: false,
                is_notified: false,
                ask: None,
                ballots: Vec::new(),
            },
            bundle: bundle(&bundle_kind, &attempt.payload),
            facts: Facts { members: Some(members), roles: Some(roles), ..Facts::default() },
            now: NOW,
            seed: Seed::default(),
        };
        Some(Self { request, policy_data: BTreeMap::new() })
    }

    /// Gives the policy what it asks for until it decides.
    async fn settle(&mut self, ctx: &Ctx) -> Result<Decision> {
        for _ in 0..16 {
            match ctx.runner.evaluate(CommunityId::NIL, Priority::Deciding, &self.request).await {
                Evaluation::Decided(decision) => return Ok(decision),
                Evaluation::NeedsFacts(keys) => keys.iter().for_each(|key| self.load(key)),
                Evaluation::Broke(error) => bail!("line {}: {}", error.line, error.message),
            }
        }
        bail!("it never stops asking for facts")
    }

    fn load(&mut self, key: &FactKey) {
        let facts = &mut self.request.facts;
        match key {
            FactKey::Members => {}
            FactKey::Documents => facts.documents = Some(Vec::new()),
            FactKey::Policies => facts.policies = Some(Vec::new()),
            FactKey::PolicyData => facts.policy_data = Some(self.policy_data.clone()),
            FactKey::Policy(name) => {
                let found = shipped().iter().find(|policy| policy.name == *name);
                facts.modules.insert(name.clone(), found.map(module));
            }
            FactKey::Actions(query) => {
                let past = (0..u128::from(query.limit)).map(|n| PastAction {
                    id: id(10_000 + n),
                    kind: self.request.action.kind.clone(),
                    initiator: query.initiator,
                    payload: Json(json!({})),
                    created_at: OPENED,
                    status: ActionStatus::Failed,
                });
                facts.actions.push((query.clone(), past.collect()));
            }
            FactKey::Http(asked) => {
                let body =
                    json!({ "attributeScores": { "TOXICITY": { "summaryScore": { "value": 0.5 } } } }).to_string();
                facts.http.push((asked.clone(), HttpAnswer { status: 200, body, error: None }));
            }
            FactKey::Lookup { platform, name, member } => {
                facts.lookups.push((platform.clone(), name.clone(), *member, Json(json!(420))));
            }
        }
    }

    /// Takes the opening in, and has half of those asked vote. Answers whether there is still something to decide.
    fn open(&mut self, decision: &Decision) -> bool {
        let proposal = &mut self.request.proposal;
        for effect in &decision.effects {
            match effect {
                Effect::Ask(ask) => proposal.ask = Some(ask.clone()),
                Effect::SetActionData { key, value: Some(value) } => {
                    self.request.action.data.insert(key.clone(), value.clone());
                }
                Effect::SetPolicyData { key, value: Some(value) } => {
                    self.policy_data.insert(key.clone(), value.clone());
                }
                _ => {}
            }
        }
        self.request.facts.policy_data = Some(self.policy_data.clone());
        proposal.status = ProposalStatus::Proposed;
        (proposal.is_initialized, proposal.is_notified) = (true, true);
        let ask = proposal.ask.clone().unwrap_or_default();
        let everyone = self.request.facts.members.iter().flatten().map(|member| member.id);
        let asked: Vec<MemberId> = ask.eligible.clone().unwrap_or_else(|| everyone.collect());
        let half = asked.len() / 2;
        proposal.ballots = asked.iter().take(half).enumerate().map(|(n, voter)| ballot(&ask, n, *voter)).collect();
        decision.in_scope && decision.verdict == types::Verdict::Proposed
    }

    async fn median(&self, ctx: &Ctx) -> Result<Duration> {
        let n_members = self.request.facts.members.as_ref().map_or(0, Vec::len);
        let rounds = if n_members > 1_000 { 30 } else { 100 };
        let mut times = Vec::new();
        for round in 0..rounds + 5 {
            let begun = Instant::now();
            let evaluation = ctx.runner.evaluate(CommunityId::NIL, Priority::Deciding, &self.request).await;
            // The first few warm the context.
            if round >= 5 {
                times.push(begun.elapsed());
            }
            anyhow::ensure!(matches!(evaluation, Evaluation::Decided(_)), "{evaluation:?}");
        }
        times.sort_unstable();
        times.get(times.len() / 2).copied().context("nothing was measured")
    }
}

/// What is attempted first in a scenario.
struct Beginning {
    kind: String,
    by: String,
    payload: Map<String, Value>,
}

impl Beginning {
    fn of(scenario: &Scenario) -> Option<Self> {
        scenario.steps.iter().find_map(|step| match step {
            Happens::Attempt(AttemptStep { attempt, by, payload, .. }) => {
                Some(Self { kind: attempt.clone(), by: by.clone(), payload: payload.clone() })
            }
            _ => None,
        })
    }
}

/// The scenario's members and as many others; each role that the policy's settings or the scenario name has a twentieth of them.
fn people(policy: &Shipped, scenario: &Scenario, n: usize) -> (Vec<Member>, Vec<Role>) {
    let role = |place: usize, name: &str| Role {
        id: id(100 + place as u128),
        name: name.to_owned(),
        description: String::new(),
        is_base: place == 0,
    };
    let in_settings = policy.settings.iter().filter(|blank| blank.kind == BlankKind::Role);
    let mut names: Vec<String> = in_settings.filter_map(|blank| blank.default.as_str().map(str::to_owned)).collect();
    names.extend(scenario.roles.keys().cloned());
    names.retain(|name| !name.is_empty());
    names.sort();
    names.dedup();
    names.insert(0, "Member".to_owned());
    let roles: Vec<Role> = names.iter().enumerate().map(|(place, name)| role(place, name)).collect();
    let mut handles = scenario.handles();
    handles.extend((0..n).map(|n| format!("x{n}")));
    handles.truncate(n);
    let holders = (n / 20).clamp(3, 100);
    let members = handles.into_iter().enumerate().map(|(place, handle)| Member {
        id: id(1_000_000 + place as u128),
        display_name: handle.clone(),
        handle,
        joined_at: Timestamp::from_millis(1_700_000_000_000),
        // Not the first, who is usually the one who proposes.
        roles: roles.iter().filter(|role| role.is_base || (1..=holders).contains(&place)).map(|role| role.id).collect(),
        is_bot: false,
    });
    (members.collect(), roles)
}

/// The bundle that an election or combination is, each action under the name that it has in the scenario.
fn bundle(kind: &types::ActionType, payload: &Map<String, Value>) -> Option<BundleInput> {
    let draft: BundleDraft = Json(Value::Object(payload.clone())).read().ok()?;
    let part = |(place, part): (usize, &Part)| {
        Some(BundledAction {
            id: id(200 + place as u128),
            kind: part.kind.parse().ok()?,
            payload: Json(part.payload.clone()),
            initiator: None,
            status: ActionStatus::Proposed,
            label: part.label.clone()?,
            statement: String::new(),
            nominee: None,
            proposal: id(300 + place as u128),
            ballots: Vec::new(),
        })
    };
    Some(BundleInput {
        id: id(6),
        kind: types::payload::bundle::kind_of(kind)?,
        title: draft.title.clone(),
        actions: draft.actions.iter().enumerate().filter_map(part).collect(),
        seats: draft.seats.unwrap_or(1),
        none: None,
        gone: Vec::new(),
    })
}

/// A ballot of the kind that is asked for: two for it, one against.
fn ballot(ask: &Ask, n: usize, voter: MemberId) -> Ballot {
    let agrees = !n.is_multiple_of(3);
    let option = |n: usize| ask.options.get(n % ask.options.len().max(1)).cloned().unwrap_or_default();
    let value = match ask.kind {
        BallotKind::YesNo => {
            if agrees {
                BallotValue::Yes
            } else {
                BallotValue::No
            }
        }
        BallotKind::Choice => BallotValue::Choice(option(n)),
        BallotKind::Approval => BallotValue::List(vec![option(n)]),
        BallotKind::Ranking => BallotValue::List((0..ask.options.len()).map(|place| option(n + place)).collect()),
        BallotKind::Score | BallotKind::Budget => BallotValue::Numbers([(option(n), 3.0)].into()),
        BallotKind::Consent => BallotValue::Choice(if agrees { "agree" } else { "stand-aside" }.to_owned()),
    };
    Ballot { member: Some(voter), value, cast_at: OPENED, reason: Some("because".to_owned()) }
}

/// Another shipped policy, as one that a policy calls or reads.
fn module(policy: &Shipped) -> PolicyModule {
    PolicyModule {
        policy: PolicyFact {
            id: id(5),
            name: policy.name.clone(),
            layer: policy.layer,
            version: 1,
            enforcement: Enforcement::Enforced,
        },
        source: policy.source.to_owned(),
        settings: Json(named(policy.slug).map(Shipped::default_settings).unwrap_or_default()),
        data: BTreeMap::new(),
    }
}

fn id<T: From<uuid::Uuid>>(n: u128) -> T {
    uuid::Uuid::from_u128(n).into()
}

fn shown(time: Duration) -> String {
    format!("{:.2} ms", time.as_secs_f64() * 1000.0)
}

/// The resident memory of the largest process that this one started; 0 where the system does not tell.
fn largest_worker_bytes() -> u64 {
    let own = std::process::id().to_string();
    let status = |path: std::path::PathBuf| std::fs::read_to_string(path.join("status")).unwrap_or_default();
    let field = |text: &str, name: &str| {
        text.lines().find_map(|line| line.strip_prefix(name)).map(|rest| rest.trim().to_owned()).unwrap_or_default()
    };
    let processes = std::fs::read_dir("/proc").into_iter().flatten().flatten().map(|entry| status(entry.path()));
    let workers = processes.filter(|text| field(text, "PPid:") == own);
    let kib = |text: String| field(&text, "VmRSS:").split_whitespace().next().and_then(|n| n.parse::<u64>().ok());
    workers.filter_map(kib).max().unwrap_or(0) * 1024
}
