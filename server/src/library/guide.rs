//! The page of a policy or kit, as Markdown.

use std::fmt::Write;

use engine::Blank;
use engine::shipped::scenario::Scenario;
use engine::shipped::{FailureMode, Shipped};

use super::steps::sentence;
use crate::kits::Kit;

/// The page of a shipped policy.
#[must_use]
pub fn of_policy(policy: &Shipped) -> String {
    let mut page = format!("# {}\n\n{}\n", policy.name, policy.description);
    section(&mut page, "Who uses it", &policy.used_by);
    section(&mut page, "When it fits", &policy.fits_when);
    section(&mut page, "Where it comes from", &policy.origin);
    section(&mut page, "What it governs", &listed(policy.action_types.iter()));
    if !policy.goes_with.is_empty() {
        section(&mut page, "What it goes with", &listed(policy.goes_with.iter()));
    }
    blanks(&mut page, &policy.settings);
    failures(&mut page, &policy.failure_modes);
    told(&mut page, &policy.scenarios);
    let _ = write!(page, "\n## The policy\n\n```js\n{}```\n", policy.source);
    page
}

/// The page of a starter kit.
#[must_use]
pub fn of_kit(kit: &Kit) -> String {
    let mut page = format!("# {}\n\n{}\n", kit.title, kit.description);
    section(&mut page, "Who governs themselves so", &kit.used_by);
    section(&mut page, "When it fits", &kit.fits_when);
    blanks(&mut page, &kit.blanks);
    page.push_str("\n## Its policies\n\n");
    for policy in &kit.policies {
        let name = engine::shipped::named(&policy.shipped).map_or(policy.shipped.as_str(), |shipped| &shipped.name);
        let governs = listed(policy.action_types.iter());
        let _ = writeln!(page, "- **{}** ({name}), for {governs}", policy.name);
    }
    page.push_str("\n## Its roles\n\n");
    for role in &kit.roles {
        let _ = writeln!(page, "- **{}**: {}", role.name, role.description);
    }
    failures(&mut page, &kit.failure_modes);
    told(&mut page, &kit.scenarios);
    page
}

fn told(page: &mut String, scenarios: &[Scenario]) {
    page.push_str("\n## How it goes\n");
    for scenario in scenarios {
        let _ = write!(page, "\n### {}\n\n{}\n\n", scenario.title, scenario.outcome);
        for (place, step) in scenario.steps.iter().enumerate() {
            let _ = writeln!(page, "{}. {}", place + 1, sentence(step));
        }
    }
}

fn section(page: &mut String, title: &str, text: &str) {
    let _ = write!(page, "\n## {title}\n\n{text}\n");
}

fn blanks(page: &mut String, blanks: &[Blank]) {
    if blanks.is_empty() {
        return;
    }
    page.push_str("\n## What to fill in\n\n| blank | takes | usually | meaning |\n|---|---|---|---|\n");
    for blank in blanks {
        let usually = blank.default.to_string();
        let row = [blank.label.as_str(), &blank.expected(), &usually, &blank.description].map(cell);
        let _ = writeln!(page, "| {} |", row.join(" | "));
    }
}

/// A cell of a table: a bar in it would begin another.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}

fn failures(page: &mut String, modes: &[FailureMode]) {
    page.push_str("\n## How it goes wrong\n\n");
    for mode in modes {
        let _ = writeln!(page, "- {} *{}*", mode.what, mode.source);
    }
}

fn listed<'a>(names: impl Iterator<Item = &'a String>) -> String {
    names.map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_page_says_everything() {
        for policy in engine::shipped() {
            let page = of_policy(policy);
            for part in [&policy.description, &policy.used_by, &policy.fits_when, &policy.origin] {
                assert!(page.contains(part.as_str()), "{}: {part}", policy.slug);
            }
            for scenario in &policy.scenarios {
                assert!(page.contains(&scenario.title) && page.contains(&scenario.outcome), "{}", policy.slug);
            }
            for mode in &policy.failure_modes {
                assert!(page.contains(&mode.source), "{}", policy.slug);
            }
            assert!(page.contains(policy.source), "{}", policy.slug);
        }
        for kit in crate::kits::kits() {
            let page = of_kit(kit);
            assert!(page.contains(&kit.used_by) && kit.blanks.iter().all(|blank| page.contains(&blank.label)));
        }
    }
}
