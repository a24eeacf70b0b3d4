//! Documents of the invented community.

use app::api::{
    document::{
        ClauseView, CompareView, DocumentLine, DocumentVersion, DocumentView, DocumentsView, ServingPolicy, WordPiece,
    },
    policy::Change,
};
use types::{DocumentId, Enforcement};

use super::{at, id, people::person, proposals};

const CONSTITUTION: &str = "## Who we are

We are neighbours who share tools. Nobody owns the library; **everybody keeps it**.

## Who decides

1. Anyone who borrows may speak.
2. Anyone who has belonged for thirty days may vote.
3. What touches everyone is decided by everyone.

## How we treat each other

- Bring it back clean.
- Say it when something broke.

> A tool on the shelf helps nobody.
";

/// All documents.
pub fn list() -> DocumentsView {
    let line = |n: u32, name: &str, summary: &str, version, under_vote: Option<u32>| DocumentLine {
        id: id(n),
        name: name.to_owned(),
        summary: summary.to_owned(),
        version,
        changed_at: at("2026-09-12T12:00:00Z"),
        under_vote: under_vote.map(id),
    };
    DocumentsView {
        documents: vec![
            line(
                1,
                "Our constitution",
                "We are neighbours who share tools. Nobody owns the library; everybody keeps it.",
                6,
                None,
            ),
            line(2, "Borrowing agreement", "What you promise when you take something home.", 3, None),
            line(3, "Code of care", "How we treat tools, and each other.", 3, None),
            line(4, "Opening hours", "The workshop is open Tuesday to Saturday.", 2, Some(proposals::SUNDAY)),
        ],
        may_add: true,
        unwritten: vec![serving("Quiet hours")],
        at: None,
    }
}

fn serving(name: &str) -> ServingPolicy {
    ServingPolicy { id: Some(id(7)), name: name.to_owned(), enforcement: Some(Enforcement::Enforced) }
}

/// One of them.
pub fn document(wanted: DocumentId, version: Option<u32>) -> Option<DocumentView> {
    let line = list().documents.into_iter().find(|line| line.id == wanted)?;
    let versions = (1..=line.version).rev().map(|number| DocumentVersion {
        number,
        at: at("2026-09-12T12:00:00Z"),
        author: (number > 1).then(|| person("amara")),
        proposal: (number > 1).then(|| id(proposals::WASHER)),
    });
    Some(DocumentView {
        id: wanted,
        name: line.name,
        text: CONSTITUTION.to_owned(),
        version: version.unwrap_or(line.version),
        newest: line.version,
        versions: versions.collect(),
        under_vote: line.under_vote,
        may_change: true,
        at: None,
        clauses: vec![
            ClauseView {
                heading: "Who decides".to_owned(),
                anchor: "s-who-decides".to_owned(),
                policies: vec![serving("Two thirds")],
            },
            ClauseView {
                heading: "How we treat each other".to_owned(),
                anchor: "s-how-we-treat-each-other".to_owned(),
                policies: Vec::new(),
            },
        ],
    })
}

/// Two versions of one of them.
pub fn compare(wanted: DocumentId, from: u32, to: u32) -> Option<CompareView> {
    let view = document(wanted, None)?;
    let of = |number| view.versions.iter().find(|version| version.number == number).cloned();
    let piece = |change, text: &str| WordPiece { change, text: text.to_owned() };
    Some(CompareView {
        id: wanted,
        from: of(from)?,
        to: of(to)?,
        name: view.name,
        pieces: vec![
            piece(Change::Kept, "The workshop is open Tuesday to "),
            piece(Change::Removed, "Friday"),
            piece(Change::Added, "Saturday"),
            piece(Change::Kept, "."),
        ],
        n_removed: 1,
        n_added: 1,
    })
}
