//! The home of the invented community.

use app::api::{
    community::{DecidedLine, ExcerptView, FigureView, HomeView, NeedView, RuleGroup, RuleLine},
    words::Standing,
};
use types::Enforcement;

use super::{at, documents, id, proposals};

/// Home, full.
pub fn home() -> HomeView {
    let all = proposals::all();
    let need = |n: u32, because: Option<&str>, note: &str| {
        let view = all.iter().find(|view| view.id == id(n)).expect("a proposal");
        NeedView {
            proposal: view.id,
            because: because.map(str::to_owned),
            title: view.title.clone(),
            note: note.to_owned(),
            closes_at: view.closes_at,
            tally: Some(view.tally.clone()).filter(|_| because.is_none()),
            ballot: view.ballot.clone().expect("a ballot"),
        }
    };
    let rule = |n: u32, label: &str, sentence: &str, enforcement| RuleLine {
        policy: id(n),
        label: label.to_owned(),
        sentence: sentence.to_owned(),
        enforcement,
    };
    let group = |title: &str, rules: Vec<RuleLine>| RuleGroup { title: title.to_owned(), rules };
    let decided = |n: u32, standing, sentence: &str, how: &str, when: &str| DecidedLine {
        proposal: id(n),
        standing,
        sentence: sentence.to_owned(),
        how: how.to_owned(),
        at: at(when),
    };
    let figure = |value: &str, name: &str, note: &str| FigureView {
        value: value.to_owned(),
        name: name.to_owned(),
        note: note.to_owned(),
        href: None,
    };
    HomeView {
        needs: vec![
            need(
                proposals::RENAME,
                Some("You are on the jury"),
                "Three members were drawn by lot. Two must agree. Priya has answered, Kwame has not.",
            ),
            need(proposals::SUNDAY, None, "41 of 112 voted. The 34 needed are reached."),
            need(231, None, "Passes unless someone objects."),
        ],
        alerts: Vec::new(),
        open: all.iter().skip(2).filter(|view| view.id != id(231)).take(5).map(proposals::card).collect(),
        rules: vec![
            group(
                "Channels and posts",
                vec![
                    rule(2, "R-02", "Renaming a channel: two of three jurors must agree", Enforcement::Enforced),
                    rule(5, "R-05", "A post with more than three links waits for a moderator", Enforcement::Enforced),
                ],
            ),
            group(
                "Opening hours and money",
                vec![rule(
                    7,
                    "R-07",
                    "Hours and shared things: two thirds, and at least 34 voters",
                    Enforcement::Enforced,
                )],
            ),
            group("Loans", vec![rule(11, "R-11", "Loans over 14 days: one steward agrees", Enforcement::Shadow)]),
            group(
                "The rules themselves",
                vec![rule(1, "R-01", "Changing any rule: two thirds, open for seven days", Enforcement::Enforced)],
            ),
        ],
        n_policies: 5,
        decided: vec![
            decided(
                proposals::WASHER,
                Standing::Passed,
                "We bought a second pressure washer for €340.",
                "Passed, 31 to 6.",
                "2026-11-19T18:00:00Z",
            ),
            decided(
                proposals::FEES,
                Standing::Failed,
                "Late fees stay as they are.",
                "Failed: 29 voted, 34 were needed.",
                "2026-11-17T18:00:00Z",
            ),
        ],
        excerpt: Some(ExcerptView {
            document: id(1),
            name: "Our constitution".to_owned(),
            version: 6,
            text: "§2 Anyone who borrows may speak. Anyone who has belonged for thirty days may vote.".to_owned(),
        }),
        documents: documents::list().documents.into_iter().skip(1).collect(),
        health: vec![
            figure("38 %", "took part in a typical vote", "31 % the quarter before"),
            figure("3 d 4 h", "typical time to decide", "half were faster"),
            figure("2 of 21", "votes missed their quorum", "both in August"),
            figure("1 of 6", "appeals changed the outcome", "last 90 days"),
        ],
    }
}
