//! Templates that ask people.

use types::Layer;

use super::{Advice, Blank, BlankKind, Filled, PLACES, Template, VOTERS, actions, at_most, number, role};
use crate::builder::decide::{Approvals, Ballot, Consent, Decide, Jury, LazyConsensus, Of, Privacy, Vote, Voters};
use crate::builder::form::{Form, When};
use crate::builder::then::{Effect, Then, Whom};

pub(super) fn templates() -> Vec<Template> {
    vec![direct_democracy(), jury(), consent(), lazy_consensus(), approvals()]
}

fn when(filled: &Filled<'_>) -> When {
    When { places: filled.list("places"), ..When::actions(filled.list("actions")) }
}

fn voters(filled: &Filled<'_>) -> Voters {
    Voters { role: filled.text("voters"), except_proposer: false }
}

fn direct_democracy() -> Template {
    Template {
        slug: "direct-democracy",
        title: "Direct democracy",
        description: "Everybody votes yes or no; it passes with enough votes and a large enough share of them, in time.",
        tags: &["vote", "everybody"],
        layer: Layer::Platform,
        blanks: vec![
            actions("board.rename_channel"),
            PLACES,
            VOTERS,
            number("min_votes", "Minimum votes", "3", 1, 1_000_000),
            Blank {
                key: "threshold",
                label: "Share that must say yes",
                help: "Such as 2/3 or 60%; >1/2 means more than half, so that a tie fails.",
                kind: BlankKind::Threshold,
                usual: ">1/2",
            },
            at_most("Maximum time", "5 days"),
            Blank {
                key: "secret",
                label: "Secret ballots",
                help: "Nobody ever sees who voted how, and the count is shown at the end.",
                kind: BlankKind::Toggle,
                usual: "false",
            },
        ],
        advice: Advice {
            used_by: "Most communities that vote at all: Loomio groups, housing co-operatives, student unions.",
            fits: "The question is clear, all who are touched by it are members, and it comes up rarely enough to be read.",
            fails: "With many votes few take part, and a small organised group decides; a minimum of votes can be defeated by staying away.",
            sources: &[
                "PolicyKit (UIST 2020): the form “direct democracy” with minimum votes, ratio and maximum time",
                "Aguiar-Conraria and Magalhães (2010), How quorum rules distort referendum outcomes: quorums reward staying away",
                "Ostrom (1990), Governing the Commons, principle 3: those affected by the rules can take part in changing them",
            ],
        },
        make: |filled| {
            let privacy = if filled.toggle("secret") { Privacy::Secret } else { Privacy::Open };
            let results = if filled.toggle("secret") {
                crate::builder::decide::Results::AtClose
            } else {
                crate::builder::decide::Results::Always
            };
            let vote = Vote {
                voters: voters(filled),
                quorum: Some(crate::builder::Turnout::Count(filled.number("min_votes")?)),
                threshold: filled.threshold("threshold")?,
                of: Of::Sides,
                at_most: filled.length("at_most")?,
                closes_early: true,
                remind_after: None,
                ballot: Ballot { privacy, results, ..Ballot::default() },
            };
            Some(Form::of(when(filled), Decide::Vote(vote), Then::carry_out()))
        },
    }
}

fn jury() -> Template {
    Template {
        slug: "jury",
        title: "Jury",
        description: "A few members drawn by lot decide; the one who proposed it is never drawn.",
        tags: &["vote", "lot", "jury"],
        layer: Layer::Platform,
        blanks: vec![
            actions("board.rename_channel"),
            PLACES,
            number("size", "How many are drawn", "3", 1, 1_000),
            number("yes", "How many must say yes", "2", 1, 1_000),
            Blank {
                key: "from_role",
                label: "Drawn among",
                help: "The name of a role. Leave it empty for every member.",
                kind: BlankKind::AnyRole,
                usual: "",
            },
            at_most("How long they have", "2 days"),
        ],
        advice: Advice {
            used_by: "Citizens’ assemblies; Wikipedia’s and League of Legends’ panels of randomly chosen users.",
            fits: "Decisions are frequent and each needs judgement: a few people look closely, and everybody’s turn comes.",
            fails: "Those drawn may be away or not care, so that nothing is decided in time; very small juries decide by chance.",
            sources: &[
                "PolicyKit (UIST 2020), §3.1: a random jury on renaming channels",
                "Fan and Zhang (CHI 2020), Digital Juries: people find decisions of randomly drawn juries more legitimate",
            ],
        },
        make: |filled| {
            let jury = Jury {
                size: filled.number("size")?,
                yes: filled.number("yes")?,
                from_role: filled.text("from_role"),
                at_most: filled.length("at_most")?,
                ballot: Ballot::default(),
            };
            let told = Effect::tell_proposer("The jury did not let this pass.");
            Some(Form::of(when(filled), Decide::Jury(jury), Then::carry_out().failed(told)))
        },
    }
}

fn consent() -> Template {
    Template {
        slug: "consent",
        title: "Consent",
        description: "It passes when somebody agrees and nobody objects; an objection can be answered and taken back.",
        tags: &["vote", "consent"],
        layer: Layer::Constitution,
        blanks: vec![
            actions("*"),
            VOTERS,
            Blank {
                key: "quorum",
                label: "How many must take part",
                help: "A number such as 5, or a share such as 25%. Leave it empty for no quorum.",
                kind: BlankKind::Turnout,
                usual: "25%",
            },
            number("objections", "Objections it bears", "0", 0, 1_000),
            at_most("How long they have", "7 days"),
        ],
        advice: Advice {
            used_by: "Sociocratic organisations, Quaker meetings, the node.js collaborators before they vote.",
            fits: "The group is small, shares an aim and will work together afterwards: an objection is a reason to improve.",
            fails: "One determined member can block everything; in large groups the status quo always wins.",
            sources: &[
                "Endenburg (1998), Sociocracy: The Organization of Decision-Making",
                "Butler and Rothstein (1987), On Conflict and Consensus: objections and standing aside",
            ],
        },
        make: |filled| {
            let consent = Consent {
                voters: voters(filled),
                quorum: filled.turnout("quorum")?,
                objections: filled.number("objections")?,
                at_most: filled.length("at_most")?,
                ballot: Ballot::default(),
            };
            Some(Form::of(When::actions(filled.list("actions")), Decide::Consent(consent), Then::carry_out()))
        },
    }
}

fn lazy_consensus() -> Template {
    Template {
        slug: "lazy-consensus",
        title: "Lazy consensus",
        description: "It passes after some time unless somebody objects: silence is consent.",
        tags: &["vote", "consent", "do-ocracy"],
        layer: Layer::Platform,
        blanks: vec![
            actions("board.rename_channel\nboard.set_topic"),
            PLACES,
            VOTERS,
            Blank {
                key: "wait",
                label: "How long it waits",
                help: "Such as 72 hours: long enough for everybody to have looked once.",
                kind: BlankKind::Length,
                usual: "72 hours",
            },
            number("objections", "Objections that end it", "1", 1, 1_000),
        ],
        advice: Advice {
            used_by: "Apache Software Foundation projects, hackerspaces, wikis.",
            fits: "Most proposals are welcome and can be undone, and people trust each other to speak up.",
            fails: "Nobody looks, and bad changes pass unseen; newcomers may not dare to object.",
            sources: &[
                "Apache Software Foundation, Voting process: lazy consensus after 72 hours (apache.org/foundation/voting)",
                "Freeman (1972), The Tyranny of Structurelessness: who speaks up when nobody is asked",
            ],
        },
        make: |filled| {
            let lazy = LazyConsensus {
                voters: voters(filled),
                wait: filled.length("wait")?,
                objections: filled.number("objections")?,
                ballot: Ballot::default(),
            };
            Some(Form::of(when(filled), Decide::LazyConsensus(lazy), Then::carry_out()))
        },
    }
}

fn approvals() -> Template {
    Template {
        slug: "two-approvals",
        title: "Two approvals",
        description: "It passes once enough members with one role approve; nobody approves what they proposed themselves.",
        tags: &["vote", "maintainers", "role"],
        layer: Layer::Platform,
        blanks: vec![
            actions("board.create_channel\nboard.archive_channel"),
            PLACES,
            role("role", "Who approves", "Maintainer"),
            number("needed", "How many", "2", 1, 1_000),
            Blank {
                key: "no_ends",
                label: "One no ends it",
                help: "Otherwise it goes on waiting for enough approvals.",
                kind: BlankKind::Toggle,
                usual: "true",
            },
            at_most("How long they have", "7 days"),
        ],
        advice: Advice {
            used_by: "Code review in most software projects; two signatures on a bank account.",
            fits: "Mistakes are expensive, and some members are known to judge well.",
            fails: "Approvers are few and tired: work waits for them, or is waved through; the same few always decide.",
            sources: &[
                "Saltzer and Schroeder (1975), separation of privilege: two keys are safer than one",
                "Shaw and Hill (2014), Laboratories of Oligarchy: early leaders of wikis keep power",
            ],
        },
        make: |filled| {
            let role = filled.text("role");
            let approvals = Approvals {
                role: role.clone(),
                needed: filled.number("needed")?,
                proposer_counts: false,
                no_ends: filled.toggle("no_ends"),
                at_most: Some(filled.length("at_most")?),
                ballot: Ballot::default(),
            };
            let asked = Effect::Tell(crate::builder::then::Tell {
                who: Whom::Role(role),
                text: "{proposer} proposes something that needs your approval.".to_owned(),
            });
            Some(Form::of(when(filled), Decide::Approvals(approvals), Then::carry_out().opened(asked)))
        },
    }
}
