//! The files of the shipped policies, as part of the program.

/// The three files of one policy.
pub(super) struct Files {
    pub slug: &'static str,
    pub source: &'static str,
    pub about: &'static str,
    pub scenarios: &'static str,
}

macro_rules! files {
    ($($slug:literal),+ $(,)?) => {
        [$(Files {
            slug: $slug,
            source: include_str!(concat!("../../policies/", $slug, ".js")),
            about: include_str!(concat!("../../policies/", $slug, ".toml")),
            scenarios: include_str!(concat!("../../policies/scenarios/", $slug, ".toml")),
        }),+]
    };
}

/// In the order in which the library shows them: the simplest first.
pub(super) static FILES: [Files; 28] = files![
    "everything-passes",
    "role-gate",
    "rate-limit",
    "word-filter",
    "toxicity-filter",
    "probation",
    "cool-off",
    "reputation-gate",
    "dictator",
    "two-approvals",
    "maintainers",
    "majority",
    "jury",
    "joining-needs-approval",
    "consent",
    "lazy-consensus",
    "consensus-seeking",
    "elected-council",
    "democratic-election",
    "caucus-first-round",
    "caucus-second-round",
    "recall",
    "request-for-adminship",
    "petition",
    "tribunal",
    "sortition-assembly",
    "general-resolution",
    "quadratic-budget",
];
