//! Names: those that nothing declares, and those that make code out of text.

use oxc_semantic::Semantic;
use types::simulation::{FindingCode, Severity};

use super::{Report, globals, meant};

/// Names that make code out of text.
const CODE: [&str; 2] = ["eval", "Function"];

/// What people look for that policies do not have, and what to write instead.
const ABSENT: [(&str, &str); 10] = [
    ("fetch", "use http.get or http.post with a host that the policy declares"),
    ("XMLHttpRequest", "use http.get or http.post with a host that the policy declares"),
    (
        "setTimeout",
        "policies do not wait: use action.proposal.hasElapsed(days(2)), and the policy is asked again in time",
    ),
    (
        "setInterval",
        "policies do not wait: use action.proposal.hasElapsed(days(2)), and the policy is asked again in time",
    ),
    ("console", "use log(…)"),
    ("require", "everything a policy may use is already in scope"),
    ("process", "a policy sees only the community; its settings are in policy.settings"),
    ("window", "policies run on the server, without a page"),
    ("document", "use documents, the community's texts"),
    ("Promise", "policies answer at once: http.get gives its answer without waiting"),
];

pub(super) fn look(semantic: &Semantic<'_>, report: &mut Report<'_>) {
    let known = globals();
    let scoping = semantic.scoping();
    for (name, references) in scoping.root_unresolved_references() {
        let name = name.as_str();
        if known.contains(name) {
            continue;
        }
        for reference in references {
            let span = semantic.reference_span(scoping.get_reference(*reference));
            if CODE.contains(&name) {
                let message = format!("`{name}` makes code out of text, which a policy cannot do");
                let remedy = "write what is to be done; to choose at run time, use an object of functions";
                report.add(FindingCode::CodeFromText, Severity::Error, span, message, remedy);
                continue;
            }
            if let Some(verdict) = super::rules::almost_a_verdict(name) {
                let message = format!("{name} is no verdict, and would break the policy");
                let (remedy, replacement) = (format!("write {verdict}"), Some(verdict.to_owned()));
                let code = FindingCode::MisspeltVerdict;
                report.add_with(code, Severity::Error, span, message, &remedy, replacement);
                continue;
            }
            let message = format!("`{name}` is not declared anywhere");
            let advice = ABSENT.iter().find(|(absent, _)| *absent == name).map(|(_, advice)| *advice);
            let close = meant(name, known.iter().copied().filter(|known| known.len() > 2));
            match (advice, close) {
                (Some(advice), _) => report.add(FindingCode::UnknownName, Severity::Error, span, message, advice),
                (None, Some(close)) => {
                    let remedy = format!("did you mean `{close}`?");
                    let replacement = Some(close.to_owned());
                    report.add_with(FindingCode::UnknownName, Severity::Error, span, message, &remedy, replacement);
                }
                (None, None) => {
                    let remedy = "declare it with const or let, or look for the right name in the reference";
                    report.add(FindingCode::UnknownName, Severity::Error, span, message, remedy);
                }
            }
        }
    }
}
