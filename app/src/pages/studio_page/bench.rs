//! What the author is working on: every field of the draft, and what was found in it.

use std::collections::BTreeSet;

use leptos::prelude::*;
use types::effect::Power;
use types::simulation::{CheckLine, CoverageKind, Example, Finding, Outcome, Severity};
use types::{Changeover, Enforcement, Json, Layer, OnError, PolicyKind};

use crate::{
    api::studio::{Draft, SavedDraft, StudioView},
    components::{
        code_editor::{EditorState, Findings, LineValue, Marker},
        trial::{Cast, TrialState, result::GoTo},
    },
};

/// The three views of one policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shows {
    /// As a form.
    Form,
    /// As JavaScript.
    Code,
    /// In plain words.
    Words,
}

/// The draft on the page.
#[derive(Clone, Copy)]
pub struct Bench {
    /// What the page began with.
    pub view: StoredValue<StudioView>,
    /// The source.
    pub editor: EditorState,
    /// The name.
    pub name: RwSignal<String>,
    /// What it does, in plain words.
    pub description: RwSignal<String>,
    /// The layer.
    pub layer: RwSignal<Layer>,
    /// Whether it decides or answers.
    pub kind: RwSignal<PolicyKind>,
    /// What it governs.
    pub action_types: RwSignal<Vec<String>>,
    /// The settings, as JSON is written.
    pub settings: RwSignal<String>,
    /// Hosts, one a line.
    pub http_hosts: RwSignal<String>,
    /// What its effects may be.
    pub powers: RwSignal<BTreeSet<Power>>,
    /// How seriously it is taken.
    pub enforcement: RwSignal<Enforcement>,
    /// What happens when it breaks.
    pub on_error: RwSignal<OnError>,
    /// What becomes of open proposals.
    pub changeover: RwSignal<Changeover>,
    /// What it is tried on.
    pub trial: TrialState,
    /// The scenarios that ship with it.
    pub examples: RwSignal<Vec<Example>>,
    /// Where it is stored.
    pub saved: RwSignal<Option<SavedDraft>>,
    /// What the server found in the source.
    pub found: RwSignal<Vec<Finding>>,
    /// What was looked at before proposing.
    pub checks: RwSignal<Vec<CheckLine>>,
    /// Which view is shown.
    pub shows: RwSignal<Shows>,
    /// Whether the reference stands beside the editor.
    pub has_guide: RwSignal<bool>,
}

impl Bench {
    /// The bench with the draft of `view` on it.
    pub fn new(view: StudioView) -> Self {
        let draft = view.draft.clone();
        let cast = Cast {
            slug: view.slug.clone(),
            members: view.members.clone(),
            roles: view.roles.clone(),
            kinds: view.kinds.clone(),
        };
        let saved = view.saved.clone();
        Self {
            editor: EditorState::new(draft.source.clone()),
            name: RwSignal::new(draft.name.clone()),
            description: RwSignal::new(draft.description.clone()),
            layer: RwSignal::new(draft.layer),
            kind: RwSignal::new(draft.kind),
            action_types: RwSignal::new(draft.action_types.clone()),
            settings: RwSignal::new(written(&draft.settings)),
            http_hosts: RwSignal::new(draft.http_hosts.join("\n")),
            powers: RwSignal::new(chosen(&draft.powers)),
            enforcement: RwSignal::new(draft.enforcement),
            on_error: RwSignal::new(draft.on_error),
            changeover: RwSignal::new(draft.changeover),
            trial: TrialState::new(cast, &draft.scenario),
            examples: RwSignal::new(draft.examples),
            saved: RwSignal::new(saved),
            found: RwSignal::new(Vec::new()),
            checks: RwSignal::new(Vec::new()),
            shows: RwSignal::new(Shows::Code),
            has_guide: RwSignal::new(false),
            view: StoredValue::new(view),
        }
    }

    /// The community's name in the address.
    pub fn slug(self) -> String {
        self.view.with_value(|view| view.slug.clone())
    }

    /// Whether the viewer may change it.
    pub fn may_edit(self) -> bool {
        self.view.with_value(|view| view.may_edit)
    }

    /// Whether it changes a policy that there is.
    pub fn is_change(self) -> bool {
        self.view.with_value(|view| view.base.is_some())
    }

    /// The draft as it is now, followed. Settings that are no JSON are those of before, which [`Bench::settings_problem`] says.
    pub fn draft(self) -> Draft {
        Draft {
            policy: self.view.with_value(|view| view.base.as_ref().map(|base| base.id)),
            name: self.name.get(),
            description: self.description.get(),
            layer: self.layer.get(),
            kind: self.kind.get(),
            action_types: self.action_types.get(),
            source: self.editor.text.get(),
            settings: self.settings.with(|text| read(text)).unwrap_or_default(),
            http_hosts: self
                .http_hosts
                .with(|text| text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()),
            powers: self.powers.get(),
            enforcement: self.enforcement.get(),
            on_error: self.on_error.get(),
            changeover: self.changeover.get(),
            scenario: self.trial.scenario(),
            examples: self.examples.get(),
        }
    }

    /// Puts another draft on the bench. The editor keeps its undo steps.
    pub fn open(self, draft: &Draft) {
        self.name.set(draft.name.clone());
        self.description.set(draft.description.clone());
        self.layer.set(draft.layer);
        self.kind.set(draft.kind);
        self.action_types.set(draft.action_types.clone());
        self.settings.set(written(&draft.settings));
        self.http_hosts.set(draft.http_hosts.join("\n"));
        self.powers.set(chosen(&draft.powers));
        self.enforcement.set(draft.enforcement);
        self.on_error.set(draft.on_error);
        self.changeover.set(draft.changeover);
        self.trial.open(&draft.scenario);
        self.examples.set(draft.examples.clone());
        self.editor.replace(draft.source.clone());
    }

    /// The policy as the simulator takes it; none while it cannot be tried: nothing governed, or settings that are no JSON.
    pub fn policy(self) -> Signal<Option<Json>> {
        let policy = Memo::new(move |_| {
            let is_whole = !self.action_types.with(Vec::is_empty) && self.settings_problem().is_none();
            is_whole.then(|| {
                // The scenario is left out, so that moving a vote is no change of the policy.
                Draft { scenario: Draft::default().scenario, examples: Vec::new(), ..self.draft() }.to_policy()
            })
        });
        policy.into()
    }

    /// Whether it may do what a policy may that names no powers, followed.
    pub fn has_usual_powers(self) -> bool {
        self.powers.with(|powers| *powers == chosen(&BTreeSet::new()))
    }

    /// What is wrong with the settings, followed.
    pub fn settings_problem(self) -> Option<String> {
        self.settings.with(|text| read(text).err())
    }

    /// Goes to a place of the source, in whatever view is shown.
    pub fn go_to(self) -> GoTo {
        Callback::new(move |(line, column)| {
            self.shows.set(Shows::Code);
            // The editor has to be visible before it can take the caret.
            request_animation_frame(move || self.editor.reins.reveal(line, column));
        })
    }

    /// What is shown in the text, followed.
    pub fn marks(self) -> Signal<Findings> {
        Signal::derive(move || {
            let mut marks = self.trial.outcome.with(|outcome| outcome.as_ref().map(beside_lines)).unwrap_or_default();
            marks.problems = self.found.with(|found| found.iter().map(marker).collect());
            marks
        })
    }
}

/// What a run did, line by line. An outcome of an older text still marks its lines: it is replaced within a second.
fn beside_lines(outcome: &Outcome) -> Findings {
    let Some(trace) = outcome.trace.as_ref().filter(|trace| trace.agrees) else { return Findings::default() };
    let statements = || trace.coverage.points.iter().filter(|point| point.kind == CoverageKind::Statement);
    let ran: BTreeSet<u32> = statements().filter(|point| point.hits > 0).map(|point| point.line).collect();
    let skipped = statements().filter(|point| point.hits == 0 && !ran.contains(&point.line)).map(|point| point.line);
    let mut values: Vec<LineValue> = Vec::new();
    for probe in trace.probes.iter().filter(|probe| probe.hits > 0) {
        let text = match probe.label.as_str() {
            "condition" | "return" => format!("{}: {}", probe.label, probe.value),
            name => format!("{name} = {}", probe.value),
        };
        match values.iter_mut().find(|value| value.line == probe.end_line) {
            Some(value) => value.text = format!("{}, {text}", value.text),
            None => values.push(LineValue { line: probe.end_line, text }),
        }
    }
    let decided =
        trace.probes.iter().rev().find(|probe| probe.label == "return" && probe.hits > 0 && is_verdict(&probe.value));
    Findings {
        decided: decided.map(|probe| probe.line),
        skipped: skipped.collect::<BTreeSet<_>>().into_iter().collect(),
        ran: ran.into_iter().collect(),
        values,
        problems: Vec::new(),
    }
}

fn is_verdict(value: &str) -> bool {
    matches!(value.trim_matches('"'), "PASSED" | "FAILED")
}

fn marker(finding: &Finding) -> Marker {
    let place = finding.place;
    let is_one_line = place.end_line == place.line;
    Marker {
        line: place.line.max(1),
        column: place.column.max(1),
        length: if is_one_line { place.end_column.saturating_sub(place.column) } else { 0 },
        severity: if finding.severity == Severity::Error { "error" } else { "warning" },
        code: word_of(finding),
        message: finding.message.clone(),
        remedy: finding.remedy.clone(),
    }
}

/// The stable word of a finding's rule.
pub fn word_of(finding: &Finding) -> String {
    serde_json::to_value(finding.code).ok().and_then(|code| code.as_str().map(str::to_owned)).unwrap_or_default()
}

/// Settings as their field shows them.
fn written(settings: &Json) -> String {
    match settings.0.as_object() {
        None => String::new(),
        Some(fields) if fields.is_empty() => String::new(),
        Some(_) => serde_json::to_string_pretty(settings).unwrap_or_default(),
    }
}

/// Settings as they were written. Nothing written is no settings.
fn read(text: &str) -> Result<Json, String> {
    if text.trim().is_empty() {
        return Ok(Json(serde_json::json!({})));
    }
    match serde_json::from_str::<serde_json::Value>(text) {
        Ok(value) if value.is_object() => Ok(Json(value)),
        Ok(_) => Err("the settings must be an object: write them between { and }".to_owned()),
        Err(error) => Err(format!("the settings are not JSON: {error}")),
    }
}

/// Powers as they are chosen: nothing chosen stands for everything but HTTP.
fn chosen(powers: &BTreeSet<Power>) -> BTreeSet<Power> {
    if powers.is_empty() {
        Power::ALL.into_iter().filter(|power| *power != Power::Http).collect()
    } else {
        powers.clone()
    }
}

#[cfg(test)]
mod tests {
    use types::simulation::{Coverage, CoveragePoint, Probe, Trace};

    use super::*;

    fn point(line: u32, hits: u32) -> CoveragePoint {
        CoveragePoint { kind: CoverageKind::Statement, line, column: 1, end_line: line, end_column: 9, hits }
    }

    fn probe(line: u32, label: &str, value: &str) -> Probe {
        Probe {
            line,
            column: 3,
            end_line: line,
            end_column: 9,
            label: label.to_owned(),
            value: value.to_owned(),
            hits: 1,
        }
    }

    #[test]
    fn a_line_that_ran_once_is_not_skipped() {
        let trace = Trace {
            coverage: Coverage { points: vec![point(2, 1), point(2, 0), point(3, 0)], total: 3, hit: 1 },
            probes: vec![probe(2, "yes", "2"), probe(2, "condition", "true"), probe(2, "return", "\"PASSED\"")],
            agrees: true,
        };
        let outcome: Outcome = serde_json::from_value(serde_json::json!({
            "verdict": "PASSED", "reason": "", "timeline": [], "effects": [], "logs": [], "reads": [], "most_instructions": 1,
        }))
        .expect("an outcome");
        let marks = beside_lines(&Outcome { trace: Some(trace), ..outcome.clone() });
        assert_eq!((marks.ran, marks.skipped, marks.decided), (vec![2], vec![3], Some(2)));
        assert_eq!(marks.values[0].text, "yes = 2, condition: true, return: \"PASSED\"");
        assert_eq!(beside_lines(&outcome), Findings::default());
    }

    #[test]
    fn settings_are_an_object_or_nothing() {
        assert_eq!(read(" \n").unwrap(), Json(serde_json::json!({})));
        assert_eq!(read(r#"{"a": 1}"#).unwrap(), Json(serde_json::json!({ "a": 1 })));
        assert!(read("[1]").unwrap_err().contains("object"));
        assert!(read("{a}").unwrap_err().contains("not JSON"));
    }
}
