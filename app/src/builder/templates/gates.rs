//! Templates that let most things through and stop some.

use types::Layer;

use super::{Advice, Blank, BlankKind, Filled, PLACES, Template, actions, at_most, number, role};
use crate::builder::decide::{Approvals, Ballot, Decide, Reason};
use crate::builder::form::{
    Compare, Form, LinkTest, RateTest, ReputationTest, Rule, TenureTest, Test, TimeOfDayTest, When, WordMatch,
    WordsTest,
};
use crate::builder::then::{Count, Effect, Then};

pub(super) fn templates() -> Vec<Template> {
    vec![
        word_list(),
        rate_limit(),
        role_gate(),
        reputation(),
        reputation_gate(),
        probation(),
        quiet_hours(),
        moderated_channel(),
    ]
}

const POSTS: &str = "board.post_message\nboard.edit_message\nmatrix.post_message";

fn when(filled: &Filled<'_>, tests: Vec<Test>) -> When {
    When { places: filled.list("places"), tests, ..When::actions(filled.list("actions")) }
}

fn refuse(reason: String) -> Decide {
    Decide::Refuse(Reason { reason })
}

/// What those are told whose attempt was refused.
const fn told(usual: &'static str) -> Blank {
    Blank {
        key: "text",
        label: "What they are told",
        help: "{proposer} stands for their name.",
        kind: BlankKind::Text,
        usual,
    }
}

const WORDS: Blank = Blank {
    key: "words",
    label: "Words",
    help: "One a line, whatever their capitals. Each is looked for as a word of its own.",
    kind: BlankKind::Words,
    usual: "spam",
};

const NEWCOMER: Blank = Blank {
    key: "length",
    label: "Who is new",
    help: "Members of less than this.",
    kind: BlankKind::Length,
    usual: "7 days",
};

fn words_test(words: Vec<String>) -> Test {
    Test::Words(WordsTest { fields: vec!["text".to_owned()], words, how: WordMatch::Whole, holds: true })
}

fn newcomer(filled: &Filled<'_>) -> Option<Test> {
    Some(Test::Tenure(TenureTest { is: Compare::LessThan, length: filled.length("length")? }))
}

fn word_list() -> Template {
    Template {
        slug: "word-list",
        title: "Word list",
        description: "A post that holds one of some words is refused, and its author is told why.",
        tags: &["moderation", "words"],
        layer: Layer::Platform,
        blanks: vec![
            actions(POSTS),
            PLACES,
            WORDS,
            told("Your post was not published: it holds a word that is not allowed here."),
        ],
        advice: Advice {
            used_by: "Nearly every Reddit community (AutoModerator) and Discord server (AutoMod).",
            fits: "Some words are never right here, and a few wrong refusals do little harm.",
            fails: "Words have several meanings and spellings: it stops the innocent and teaches the others to misspell.",
            sources: &[
                "Jhaver, Bruckman and Gilbert (CSCW 2019): authors who are told why a post was removed are less likely to have another removed",
                "Jhaver, Birman, Gilbert and Bruckman (TOCHI 2019), Human-Machine Collaboration for Content Regulation: the case of AutoModerator",
            ],
        },
        make: |filled| {
            let when = when(filled, vec![words_test(filled.list("words"))]);
            let then = Then::default().failed(Effect::tell_proposer(filled.text("text")));
            Some(Form::of(when, refuse("it holds a word that is not allowed here".to_owned()), then))
        },
    }
}

fn rate_limit() -> Template {
    Template {
        slug: "rate-limit",
        title: "Rate limit",
        description: "Nobody does the same too often within some time.",
        tags: &["moderation", "time"],
        layer: Layer::Platform,
        blanks: vec![
            actions("board.post_message\nmatrix.post_message"),
            PLACES,
            number("at_least", "How many are allowed", "10", 1, 400),
            Blank { key: "within", label: "Within", help: "Such as 1 hour.", kind: BlankKind::Length, usual: "1 hour" },
            Blank {
                key: "except",
                label: "Who is exempt",
                help: "The name of a role. Leave it empty for nobody.",
                kind: BlankKind::AnyRole,
                usual: "",
            },
        ],
        advice: Advice {
            used_by: "Slow mode on Discord, new-user limits on Discourse and Stack Overflow.",
            fits: "A few flood what many read, or repeated attempts would wear others down.",
            fails: "Lively good conversation is cut off as well; who has several accounts is not stopped.",
            sources: &[
                "Kiene, Monroy-Hernández and Hill (CHI 2016), Surviving an “Eternal September”: how a community absorbs a flood of newcomers",
            ],
        },
        make: |filled| {
            let n = filled.number("at_least")?;
            let within = filled.length("within")?;
            let except = filled.text("except");
            let when = When {
                except_roles: if except.is_empty() { vec![] } else { vec![except] },
                ..when(filled, vec![Test::Rate(RateTest { at_least: n, within })])
            };
            let then = Then::default()
                .failed(Effect::tell_proposer(format!("{n} within {within} are enough: please try again later.")));
            Some(Form::of(when, refuse(format!("{n} within {within} are enough")), then))
        },
    }
}

fn role_gate() -> Template {
    Template {
        slug: "role-gate",
        title: "Role gate",
        description: "Only members with one role may do this; others are refused and told whom to ask.",
        tags: &["role"],
        layer: Layer::Platform,
        blanks: vec![
            actions("board.create_channel\nboard.archive_channel"),
            PLACES,
            role("role", "Who may", "Moderator"),
            told("Only moderators do this here. Ask one of them."),
        ],
        advice: Advice {
            used_by: "Every platform with moderators.",
            fits: "The work needs trust or practice, and it is clear how one gets the role.",
            fails: "Where nobody new ever gets the role, it divides a community into those who count and those who do not.",
            sources: &[
                "Schneider (2021), Admins, Mods, and Benevolent Dictators for Life",
                "Ostrom (1990), Governing the Commons, principle 4: those who watch over the rules answer to the members",
            ],
        },
        make: |filled| {
            let role = filled.text("role");
            let when = When { except_roles: vec![role.clone()], ..when(filled, vec![]) };
            let then = Then::default().failed(Effect::tell_proposer(filled.text("text")));
            Some(Form::of(when, refuse(format!("only {role} may do this")), then))
        },
    }
}

fn counter(label: &'static str) -> Blank {
    Blank { key: "counter", label, help: "", kind: BlankKind::Line, usual: "points" }
}

fn reputation() -> Template {
    Template {
        slug: "reputation",
        title: "Reputation: points for what one does",
        description: "Everybody gains points for what they do; another policy can ask for them.",
        tags: &["reputation"],
        layer: Layer::Platform,
        blanks: vec![
            actions("board.post_message"),
            PLACES,
            counter("What the points are called"),
            number("by", "How many", "1", 1, 1_000),
        ],
        advice: Advice {
            used_by: "Stack Overflow, Discourse (trust levels), Slashdot (karma).",
            fits: "Together with a reputation gate: what somebody has done counts, not whom they know.",
            fails: "People do what is counted: many small posts, and none of the work that brings no points.",
            sources: &[
                "PolicyKit (UIST 2020), §3.4: reputation in two policies",
                "Goodhart (1975): a measure that becomes a target stops being a good measure",
            ],
        },
        make: |filled| {
            let by = i32::try_from(filled.number("by")?).ok()?;
            let gains = Effect::Count(Count { counter: filled.text("counter"), by });
            let then = Then::carry_out().passed(gains);
            Some(Form::of(when(filled, vec![]), Decide::AtOnce(Reason::default()), then))
        },
    }
}

fn reputation_gate() -> Template {
    Template {
        slug: "reputation-gate",
        title: "Reputation gate",
        description: "Only those with enough points may do this.",
        tags: &["reputation", "newcomers"],
        layer: Layer::Platform,
        blanks: vec![
            actions("board.create_channel"),
            PLACES,
            counter("Which points"),
            Blank {
                key: "policy",
                label: "Who keeps them",
                help: "The name of the policy that counts the points.",
                kind: BlankKind::Line,
                usual: "Reputation",
            },
            number("points", "How many are needed", "50", 1, 1_000_000),
        ],
        advice: Advice {
            used_by: "Stack Overflow’s privileges, Reddit’s karma requirements.",
            fits: "Harm comes mostly from throw-away accounts, and points are hard to get without doing something useful.",
            fails: "Newcomers who know best cannot speak, and points can be farmed or bought.",
            sources: &[
                "Halfaker, Geiger, Morgan and Riedl (2013), The Rise and Decline of an Open Collaboration System: gates drove newcomers away",
                "PolicyKit (UIST 2020), §3.4: privileges by reputation",
            ],
        },
        make: |filled| {
            let points = filled.number("points")?;
            let counter = filled.text("counter");
            let test = ReputationTest {
                counter: counter.clone(),
                policy: filled.text("policy"),
                is: Compare::LessThan,
                points: i32::try_from(points).ok()?,
            };
            let reason = format!("{points} {counter} are needed");
            let then = Then::default().failed(Effect::tell_proposer(format!("You need {points} {counter} for this.")));
            Some(Form::of(when(filled, vec![Test::Reputation(test)]), refuse(reason), then))
        },
    }
}

fn probation() -> Template {
    Template {
        slug: "probation",
        title: "Probation for new members",
        description: "What new members post waits for approval: all of it, or only what holds a link.",
        tags: &["newcomers", "moderation", "role"],
        layer: Layer::Platform,
        blanks: vec![
            actions("board.post_message\nmatrix.post_message"),
            PLACES,
            NEWCOMER,
            Blank {
                key: "links",
                label: "Only posts with a link",
                help: "Otherwise everything that they post waits.",
                kind: BlankKind::Toggle,
                usual: "true",
            },
            role("role", "Who approves", "Moderator"),
            number("needed", "How many must approve", "1", 1, 100),
            at_most("How long they have", "2 days"),
        ],
        advice: Advice {
            used_by: "Discourse’s first-posts queue, Facebook groups, most mailing lists.",
            fits: "Spam comes from new accounts, and somebody looks every day.",
            fails: "Where approval takes long, newcomers do not come back.",
            sources: &[
                "Halfaker, Geiger, Morgan and Riedl (2013): quick impersonal rejection of newcomers is why Wikipedia’s editors declined",
                "Kiene, Monroy-Hernández and Hill (CHI 2016): active moderation lets a community survive a flood",
            ],
        },
        make: |filled| {
            let mut tests = vec![newcomer(filled)?];
            if filled.toggle("links") {
                tests.push(Test::Link(LinkTest { fields: vec!["text".to_owned()], holds: true }));
            }
            let role = filled.text("role");
            let approvals = approvals(filled, &role)?;
            let then = Then::carry_out()
                .opened(Effect::tell_role(role, "A post by {proposer}, who is new, waits for your approval."))
                .opened(Effect::tell_proposer("Your post waits for approval, because you are new here."));
            Some(Form::of(when(filled, tests), approvals, then))
        },
    }
}

fn approvals(filled: &Filled<'_>, role: &str) -> Option<Decide> {
    Some(Decide::Approvals(Approvals {
        role: role.to_owned(),
        needed: filled.number("needed")?,
        proposer_counts: false,
        no_ends: true,
        at_most: Some(filled.length("at_most")?),
        ballot: Ballot::default(),
    }))
}

fn quiet_hours() -> Template {
    Template {
        slug: "quiet-hours",
        title: "Quiet hours",
        description: "At certain hours this is refused.",
        tags: &["time", "moderation"],
        layer: Layer::Platform,
        blanks: vec![
            actions("board.post_message\nmatrix.post_message"),
            PLACES,
            Blank { key: "from", label: "From", help: "UTC, such as 22:00.", kind: BlankKind::Clock, usual: "22:00" },
            Blank { key: "until", label: "Until", help: "UTC, such as 06:00.", kind: BlankKind::Clock, usual: "06:00" },
        ],
        advice: Advice {
            used_by: "Workplaces and schools; neighbourhood groups.",
            fits: "Moderators sleep, or members want to.",
            fails: "Communities across time zones have no common night.",
            sources: &["Ostrom (1990), Governing the Commons, principle 2: rules fit local conditions"],
        },
        make: |filled| {
            let hours = TimeOfDayTest { from: filled.clock("from")?, until: filled.clock("until")? };
            let reason = format!("it is quiet here from {} to {} UTC", hours.from, hours.until);
            let then = Then::default().failed(Effect::tell_proposer(format!("{reason}. Please come back later.")));
            Some(Form::of(when(filled, vec![Test::TimeOfDay(hours)]), refuse(reason), then))
        },
    }
}

fn moderated_channel() -> Template {
    Template {
        slug: "moderated-channel",
        title: "Moderated channel",
        description: "Posts with listed words are refused, those of newcomers wait for approval, all others are published.",
        tags: &["moderation", "words", "newcomers"],
        layer: Layer::Platform,
        blanks: vec![
            actions("board.post_message"),
            PLACES,
            WORDS,
            NEWCOMER,
            role("role", "Who approves", "Moderator"),
            number("needed", "How many must approve", "1", 1, 100),
            at_most("How long they have", "2 days"),
            told("Your post was not published: it holds a word that is not allowed here."),
        ],
        advice: Advice {
            used_by: "Large public groups, where each of the three would be a rule of its own.",
            fits: "One place needs several rules that must not get in each other’s way: the first that fits decides.",
            fails: "The more rules in one policy, the fewer members can say what will happen to their post.",
            sources: &[
                "Jhaver, Birman, Gilbert and Bruckman (TOCHI 2019): moderators lose sight of what their rules do together",
                "Jhaver, Bruckman and Gilbert (CSCW 2019): explanations reduce further removals",
            ],
        },
        make: |filled| {
            let role = filled.text("role");
            let words = Rule {
                name: "words".to_owned(),
                when: when(filled, vec![words_test(filled.list("words"))]),
                decide: refuse("it holds a word that is not allowed here".to_owned()),
                then: Then::default().failed(Effect::tell_proposer(filled.text("text"))),
            };
            let newcomers = Rule {
                name: "newcomers".to_owned(),
                when: when(filled, vec![newcomer(filled)?]),
                decide: approvals(filled, &role)?,
                then: Then::carry_out()
                    .opened(Effect::tell_role(role, "A post by {proposer}, who is new, waits for you.")),
            };
            let others = Rule {
                name: "others".to_owned(),
                when: when(filled, vec![]),
                decide: Decide::AtOnce(Reason::default()),
                then: Then::carry_out(),
            };
            Some(Form { rules: vec![words, newcomers, others] })
        },
    }
}
