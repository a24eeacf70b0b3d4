//! Policies of the invented community: the jury, whole, and neighbours.

use app::api::{
    policy::{
        Change, DiffLine, IncidentView, LayerView, OrderLine, PoliciesView, PolicyLine, PolicyStats, PolicyView,
        PowerView, VersionLine,
    },
    words::NamedValue,
};
use types::{Combining, Enforcement, Layer, OnError, PolicyId, PolicyKind};

use super::{at, id, people::person};

const SOURCE: &str = r#"/** Three members drawn by lot decide about a new name. */
function filter(action) { return action.type === "board.rename_channel" }

function initialize(action) {
  action.data.set("jury", members.sample(3).map(m => m.id))
  ask(action.data.get("jury"), { text: "Rename the channel?", closes: days(2) })
}

function check(action) {
  const yes = action.proposal.ballots({ by: action.data.get("jury"), value: true })
  if (yes.length >= 2) return PASSED
  if (action.proposal.hasElapsed(days(2))) return failed("the jury did not agree within two days")
}

function pass(action) { action.execute() }
"#;

fn named(name: &str, value: &str) -> NamedValue {
    NamedValue { name: name.to_owned(), value: value.to_owned(), ..NamedValue::default() }
}

/// All policies, or none where nothing has happened yet.
pub fn list(is_busy: bool) -> PoliciesView {
    let line = |n: u32, label: &str, name: &str, description: &str, governs: &str, enforcement| PolicyLine {
        id: id(n),
        label: label.to_owned(),
        name: name.to_owned(),
        description: description.to_owned(),
        kind: PolicyKind::Governing,
        governs: vec![governs.to_owned()],
        enforcement,
        version: 3,
        n_open: u32::from(n == 2),
        incident: (n == 5).then(|| "Broke on 20 November".to_owned()),
    };
    let everyday = vec![
        line(
            5,
            "R-05",
            "Posts with many links",
            "A post with more than three links waits for a moderator.",
            "Post a message",
            Enforcement::Warn,
        ),
        line(
            2,
            "R-02",
            "Channel renames go to a jury of three",
            "Three members drawn by lot decide about a new name.",
            "Rename a channel",
            Enforcement::Enforced,
        ),
        line(11, "R-11", "Long loans", "Loans over 14 days: one steward agrees.", "Lend a tool", Enforcement::Shadow),
        line(12, "R-12", "Quiet hours", "No posts at night.", "Post a message", Enforcement::Off),
    ];
    let rules = vec![line(
        1,
        "R-01",
        "Two thirds",
        "Changing any rule needs two thirds, open for seven days.",
        "Everything about the rules",
        Enforcement::Enforced,
    )];
    let layer = |layer, policies: Vec<PolicyLine>| LayerView {
        layer,
        combining: Combining::DenyOverrides,
        policies: if is_busy { policies } else { Vec::new() },
    };
    PoliciesView { layers: vec![layer(Layer::Platform, everyday), layer(Layer::Constitution, rules)], may_add: is_busy }
}

/// The jury; any other id is unknown.
pub fn policy(wanted: PolicyId, version: Option<u32>) -> Option<PolicyView> {
    if wanted != id::<PolicyId>(2) || version.is_some_and(|version| version == 0 || version > 3) {
        return None;
    }
    let change = |change, text: &str| DiffLine { change, text: text.to_owned() };
    let power = |name: &str, granted, note: &str| PowerView { name: name.to_owned(), granted, note: note.to_owned() };
    let order = |n: u32, label: &str, name: &str| OrderLine {
        id: id(n),
        label: label.to_owned(),
        name: name.to_owned(),
        is_this: n == 2,
    };
    Some(PolicyView {
        id: wanted,
        label: "R-02".to_owned(),
        name: "Channel renames go to a jury of three".to_owned(),
        description:
            "When someone renames a channel, the old name comes back. Three members are drawn by lot and have two \
                      days; if two of them agree, the new name is set."
                .to_owned(),
        layer: Layer::Platform,
        kind: PolicyKind::Governing,
        enforcement: Enforcement::Enforced,
        on_error: OnError::Hold,
        governs: vec![named("board.rename_channel", "Rename a channel")],
        version: version.unwrap_or(3),
        in_force: Some(3),
        source: SOURCE.to_owned(),
        hash: "9f3c71ab04de55aa9f3c71ab04de55aa9f3c71ab04de55aa9f3c71ab04de55aa".to_owned(),
        steps: vec![
            named("Applies to", "Renaming a channel. Nothing else."),
            named("At the start", "Draws three members by lot. Anyone can check the draw."),
            named("Passes", "When two jurors agree."),
            named("Fails", "After two days without two agreeing."),
            named("Then", "Passed: sets the new name. Failed: the old name stays."),
        ],
        settings: vec![named("Jurors", "3"), named("Needed", "2"), named("Time", "2 days")],
        powers: vec![
            power("Carry out what it decides on", true, "9 times in 30 days"),
            power("Ask members to vote", true, "42 messages"),
            power("Change roles", false, ""),
            power("Reach the web", false, ""),
        ],
        http_hosts: Vec::new(),
        stats: Some(PolicyStats {
            seen: 14,
            passed: 9,
            failed: 3,
            open: 2,
            errors: 1,
            typical_seconds: Some(18_720),
            ballots: 38,
        }),
        versions: vec![
            VersionLine {
                number: 3,
                hash: "9f3c71ab04de55aa".to_owned(),
                since: at("2026-09-02T12:00:00Z"),
                until: None,
                author: Some(person("amara")),
                reason: "Three days kept people waiting; nobody ever voted on the third.".to_owned(),
                proposal: Some(id(206)),
                changes: vec![
                    change(Change::Kept, "  if (yes.length >= 2) return PASSED"),
                    change(Change::Removed, "  if (action.proposal.hasElapsed(days(3))) return FAILED"),
                    change(Change::Added, "  if (action.proposal.hasElapsed(days(2))) return FAILED"),
                ],
            },
            VersionLine {
                number: 2,
                hash: "71ab04de55aa9f3c".to_owned(),
                since: at("2026-05-02T12:00:00Z"),
                until: Some(at("2026-09-02T12:00:00Z")),
                author: Some(person("jw")),
                reason: "Draw from everybody, not only from stewards.".to_owned(),
                proposal: Some(id(205)),
                changes: Vec::new(),
            },
            VersionLine {
                number: 1,
                hash: "04de55aa9f3c71ab".to_owned(),
                since: at("2026-03-02T12:00:00Z"),
                until: Some(at("2026-05-02T12:00:00Z")),
                author: None,
                reason: "From the starter kit “Juries”".to_owned(),
                proposal: None,
                changes: Vec::new(),
            },
        ],
        order: vec![
            order(5, "R-05", "Posts with many links"),
            order(2, "R-02", "Channel renames go to a jury of three"),
            order(11, "R-11", "Long loans"),
        ],
        combining: Combining::DenyOverrides,
        pinned: "One open rename finishes under version 3, whatever happens to this policy.".to_owned(),
        incident: Some(IncidentView {
            sentence: "It broke once; what it decided on waits.".to_owned(),
            message: "jury is not defined".to_owned(),
            line: Some(10),
            at: at("2026-11-20T08:00:00Z"),
        }),
        may_change: true,
    })
}
