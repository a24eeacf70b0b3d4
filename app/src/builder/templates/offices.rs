//! Templates about offices: who holds them, and what their holders may do alone.

use types::Layer;

use super::{Advice, Blank, BlankKind, Template, VOTERS, actions, at_most, number, role};
use crate::builder::decide::{
    Ballot, Candidates, CoolOff, Decide, Election, Method, OnePerson, Privacy, Results, Voters,
};
use crate::builder::form::{FieldTest, Form, Test, When};
use crate::builder::then::{Effect, Person, RoleChange, Then};

pub(super) fn templates() -> Vec<Template> {
    vec![dictator(), election(), cool_off()]
}

fn dictator() -> Template {
    Template {
        slug: "dictator",
        title: "One person decides",
        description: "Holders of one role decide alone: what they propose passes, anything else waits for their word.",
        tags: &["role", "founder"],
        layer: Layer::Constitution,
        blanks: vec![actions("*"), role("role", "Who decides", "Founder")],
        advice: Advice {
            used_by: "Founders of small communities; “benevolent dictators” of software projects such as Python until 2018.",
            fits: "The community is new and small, and everybody came for what its founder does.",
            fails: "The one is away, tired or wrong, and nobody can do anything but leave.",
            sources: &[
                "Schneider (2021), Admins, Mods, and Benevolent Dictators for Life: the implicit feudalism of online communities",
                "van Rossum (2018), Transfer of power: a dictator for life steps down",
            ],
        },
        make: |filled| {
            let role = filled.text("role");
            let asked = Effect::tell_role(role.clone(), "{proposer} proposes something that waits for your word.");
            let one = OnePerson { role, own_passes: true, at_most: None };
            let when = When::actions(filled.list("actions"));
            Some(Form::of(when, Decide::OnePerson(one), Then::carry_out().opened(asked)))
        },
    }
}

fn election() -> Template {
    Template {
        slug: "election",
        title: "Election of an office-holder",
        description: "Proposing to give some members the office calls an election among them; who wins holds it instead of whoever held it.",
        tags: &["vote", "election", "role"],
        layer: Layer::Constitution,
        blanks: vec![
            role("role", "The office", "Moderator"),
            Blank {
                key: "method",
                label: "How votes are counted",
                help: "",
                kind: BlankKind::Choice(&[
                    ("schulze", "Ranked: whoever beats every other one to one (Schulze)"),
                    ("ranked", "Ranked: the weakest is dropped until one has more than half"),
                    ("stv", "Ranked: several seats in proportion (STV)"),
                    ("approval", "Approve of any number"),
                    ("plurality", "One choice each"),
                ]),
                usual: "schulze",
            },
            number("seats", "How many are elected", "1", 1, 100),
            Blank {
                key: "none_of_these",
                label: "Offer “none of these”",
                help: "",
                kind: BlankKind::Toggle,
                usual: "true",
            },
            VOTERS,
            Blank {
                key: "quorum",
                label: "How many must take part",
                help: "A number such as 5, or a share such as 25%. Leave it empty for no quorum.",
                kind: BlankKind::Turnout,
                usual: "25%",
            },
            at_most("How long the vote is open", "5 days"),
        ],
        advice: Advice {
            used_by: "Debian (project leader, by Schulze’s method), Stack Exchange (moderators, by STV), Wikipedia (arbitrators).",
            fits: "Work needs somebody in particular to do it, and there are more willing people than places.",
            fails: "Popularity wins over ability; with one candidate, or with the same ones each year, it is a ceremony.",
            sources: &[
                "PolicyKit (UIST 2020), §3.3: a democratic election with 25 % quorum over five days",
                "Debian constitution, §5.2 and appendix A (debian.org/devel/constitution)",
                "Shaw and Hill (2014), Laboratories of Oligarchy: the iron law in peer production",
            ],
        },
        make: |filled| {
            let role = filled.text("role");
            let method = match filled.text("method").as_str() {
                "ranked" => Method::Ranked,
                "stv" => Method::Stv,
                "approval" => Method::Approval,
                "plurality" => Method::Plurality,
                _ => Method::Schulze,
            };
            let election = Election {
                method,
                candidates: Candidates::NamedIn("members".to_owned()),
                seats: filled.number("seats")?,
                none_of_these: filled.toggle("none_of_these"),
                voters: Voters { role: filled.text("voters"), except_proposer: false },
                quorum: filled.turnout("quorum")?,
                at_most: filled.length("at_most")?,
                ballot: Ballot { privacy: Privacy::Secret, results: Results::AtClose, ..Ballot::default() },
            };
            let this_office = FieldTest { field: "role".to_owned(), values: vec![role.clone()], holds: true };
            let when = When { tests: vec![Test::Field(this_office)], ..When::actions(["constitution.assign_role"]) };
            // The winners alone get the role: carrying the action out would give it to every candidate.
            let then = Then::default()
                .passed(Effect::TakeRole(RoleChange { role: role.clone(), who: Person::Holders }))
                .passed(Effect::GiveRole(RoleChange { role, who: Person::Winners }));
            Some(Form::of(when, Decide::Election(election), then))
        },
    }
}

fn cool_off() -> Template {
    Template {
        slug: "cool-off",
        title: "Cooling-off",
        description: "It waits for some time before it happens, and those with one role may veto it until then.",
        tags: &["time", "veto"],
        layer: Layer::Constitution,
        blanks: vec![
            actions("constitution.change_policy\nconstitution.remove_policy"),
            Blank {
                key: "wait",
                label: "How long it waits",
                help: "Such as 3 days.",
                kind: BlankKind::Length,
                usual: "3 days",
            },
            Blank {
                key: "veto",
                label: "Who may veto it",
                help: "The name of a role. Leave it empty for nobody.",
                kind: BlankKind::AnyRole,
                usual: "",
            },
        ],
        advice: Advice {
            used_by: "Contracts that can be called off within days; time locks of on-chain governors.",
            fits: "Besides another rule that decides: people see what was decided before it binds them, and can react.",
            fails: "Urgent repairs wait as well; a veto without an end date becomes a second government.",
            sources: &[
                "OpenZeppelin Governor: timelock and guardian",
                "Ostrom (1990), Governing the Commons, principle 6: conflicts are settled quickly and cheaply",
            ],
        },
        make: |filled| {
            let cool = CoolOff { wait: filled.length("wait")?, veto: filled.text("veto") };
            Some(Form::of(When::actions(filled.list("actions")), Decide::CoolOff(cool), Then::carry_out()))
        },
    }
}
