//! The blocks that the form is made of, each with the controls that fill it in. The words on the wire are the builder's.

/// One block.
#[derive(Clone, Copy, Debug)]
pub struct Block {
    /// Its word on the wire.
    pub word: &'static str,
    /// What it does, to choose by.
    pub label: &'static str,
    /// What it begins with, as JSON.
    pub usual: &'static str,
    /// Its controls.
    pub controls: &'static [Control],
}

/// One control.
#[derive(Clone, Copy, Debug)]
pub struct Control {
    /// Where its value stands in the block, as a JSON pointer.
    pub at: &'static str,
    /// Its label.
    pub label: &'static str,
    /// What it takes.
    pub kind: Kind,
}

/// What a control takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// One line; nothing written is nothing said.
    Line,
    /// Several lines.
    Text,
    /// A whole number.
    Number,
    /// Yes or no.
    Toggle,
    /// A role, or nobody in particular.
    Role,
    /// One of some: word and label.
    Choice(&'static [(&'static str, &'static str)]),
    /// Several, one a line.
    Lines,
    /// Minutes, hours, days or weeks, such as "3 days".
    Length,
    /// JSON.
    Json,
}

const fn control(at: &'static str, label: &'static str, kind: Kind) -> Control {
    Control { at, label, kind }
}

const COMPARE: Kind = Kind::Choice(&[("at-least", "at least"), ("less-than", "less than")]);
const OF: Kind = Kind::Choice(&[
    ("sides", "of those who said yes or no"),
    ("cast", "of all votes"),
    ("eligible", "of all who may vote"),
]);
const PRIVACY: Control = control(
    "/ballot/privacy",
    "Who can see how somebody voted",
    Kind::Choice(&[("open", "everybody"), ("after-close", "members, once it has closed"), ("secret", "nobody, ever")]),
);
const RESULTS: Control = control(
    "/ballot/results",
    "When the count can be seen",
    Kind::Choice(&[("always", "always"), ("after-ballot", "after voting"), ("at-close", "once it has closed")]),
);
const QUESTION: Control = control("/ballot/question", "The question", Kind::Line);
const PLACE: Control = control("/ballot/where", "Also posted in", Kind::Line);
const VOTERS: Control = control("/voters/role", "Who votes", Kind::Role);
const NOT_PROPOSER: Control = control("/voters/except_proposer", "Whoever proposed it may not vote", Kind::Toggle);
const QUORUM: Control = control("/quorum", "How many must take part, such as 5 or 25%", Kind::Line);
const AT_MOST: Control = control("/at_most", "How long they have", Kind::Length);

/// *Decide by*.
pub const DECIDE: &[Block] = &[
    Block {
        word: "vote",
        label: "a vote",
        usual: r#"{"threshold":">1/2","at_most":"3 days","closes_early":true}"#,
        controls: &[
            VOTERS,
            NOT_PROPOSER,
            control("/threshold", "Share that must say yes, such as 2/3 or >1/2", Kind::Line),
            control("/of", "Of what", OF),
            QUORUM,
            AT_MOST,
            control("/closes_early", "Ends as soon as nothing can change it any more", Kind::Toggle),
            control("/remind_after", "Remind those who have not voted after", Kind::Length),
            QUESTION,
            PLACE,
            PRIVACY,
            RESULTS,
        ],
    },
    Block {
        word: "jury",
        label: "a jury drawn by lot",
        usual: r#"{"size":3,"yes":2,"at_most":"2 days"}"#,
        controls: &[
            control("/size", "How many are drawn", Kind::Number),
            control("/yes", "How many of them must say yes", Kind::Number),
            control("/from_role", "Drawn from", Kind::Role),
            AT_MOST,
            QUESTION,
            PLACE,
            PRIVACY,
            RESULTS,
        ],
    },
    Block {
        word: "consent",
        label: "consent: some agree and nobody objects",
        usual: r#"{"objections":0,"at_most":"5 days"}"#,
        controls: &[
            VOTERS,
            NOT_PROPOSER,
            QUORUM,
            control("/objections", "Objections it bears", Kind::Number),
            AT_MOST,
            QUESTION,
            PLACE,
            PRIVACY,
            RESULTS,
        ],
    },
    Block {
        word: "lazy-consensus",
        label: "silence: it passes unless somebody objects",
        usual: r#"{"wait":"3 days","objections":1}"#,
        controls: &[
            VOTERS,
            NOT_PROPOSER,
            control("/wait", "How long it waits", Kind::Length),
            control("/objections", "Objections that end it", Kind::Number),
            QUESTION,
            PLACE,
        ],
    },
    Block {
        word: "approvals",
        label: "approvals of a role",
        usual: r#"{"role":"Steward","needed":2,"no_ends":false}"#,
        controls: &[
            control("/role", "Whose", Kind::Role),
            control("/needed", "How many", Kind::Number),
            control("/proposer_counts", "Whoever proposed it may approve, too", Kind::Toggle),
            control("/no_ends", "One no ends it", Kind::Toggle),
            AT_MOST,
            QUESTION,
            PLACE,
        ],
    },
    Block {
        word: "one-person",
        label: "one person of a role",
        usual: r#"{"role":"Steward","own_passes":true}"#,
        controls: &[
            control("/role", "Whose holder", Kind::Role),
            control("/own_passes", "What a holder proposes passes at once", Kind::Toggle),
            AT_MOST,
        ],
    },
    Block {
        word: "election",
        label: "an election",
        usual: r#"{"method":"plurality","candidates":{"named-in":"members"},"seats":1,"at_most":"5 days"}"#,
        controls: &[
            control(
                "/method",
                "How it is counted",
                Kind::Choice(&[
                    ("plurality", "most votes"),
                    ("approval", "most approvals"),
                    ("ranked", "ranked, the weakest drops out"),
                    ("schulze", "ranked, one against one (Schulze)"),
                    ("stv", "ranked, seats in proportion (STV)"),
                    ("borda", "ranked, points by place (Borda)"),
                ]),
            ),
            control("/candidates", "Who stands: {\"named-in\": field} or {\"listed\": [names]}", Kind::Json),
            control("/seats", "How many are elected", Kind::Number),
            control("/none_of_these", "The ballot offers “none of these”", Kind::Toggle),
            VOTERS,
            NOT_PROPOSER,
            QUORUM,
            AT_MOST,
            QUESTION,
            PLACE,
            PRIVACY,
            RESULTS,
        ],
    },
    Block {
        word: "cool-off",
        label: "waiting, unless it is vetoed",
        usual: r#"{"wait":"1 day"}"#,
        controls: &[control("/wait", "How long", Kind::Length), control("/veto", "Who may veto it", Kind::Role)],
    },
    Block {
        word: "at-once",
        label: "passing it at once",
        usual: "{}",
        controls: &[control("/reason", "Why, for the record", Kind::Line)],
    },
    Block {
        word: "refuse",
        label: "refusing it at once",
        usual: r#"{"reason":"This is not allowed here."}"#,
        controls: &[control("/reason", "Why, for whoever attempted it", Kind::Line)],
    },
    Block { word: "nobody", label: "nobody: it only watches", usual: "{}", controls: &[] },
];

/// *If*.
pub const TESTS: &[Block] = &[
    Block {
        word: "role",
        label: "whoever attempts it holds a role",
        usual: r#"{"role":"Steward","holds":true}"#,
        controls: &[control("/role", "Role", Kind::Role), control("/holds", "Holds it", Kind::Toggle)],
    },
    Block {
        word: "tenure",
        label: "how long they have been a member",
        usual: r#"{"is":"less-than","length":"1 week"}"#,
        controls: &[control("/is", "Is", COMPARE), control("/length", "How long", Kind::Length)],
    },
    Block {
        word: "reputation",
        label: "how many points they have",
        usual: r#"{"counter":"reputation","is":"at-least","points":10}"#,
        controls: &[
            control("/counter", "Points called", Kind::Line),
            control("/policy", "Kept by the policy", Kind::Line),
            control("/is", "Are", COMPARE),
            control("/points", "How many", Kind::Number),
        ],
    },
    Block {
        word: "words",
        label: "the text has one of some words",
        usual: r#"{"fields":["text"],"words":["damnation"],"holds":true}"#,
        controls: &[
            control("/fields", "In the fields", Kind::Lines),
            control("/words", "Words, one a line", Kind::Lines),
            control(
                "/how",
                "As",
                Kind::Choice(&[
                    ("whole", "whole words"),
                    ("inside", "also inside of words"),
                    ("start", "the beginning"),
                    ("end", "the end"),
                    ("exact", "the whole text"),
                ]),
            ),
            control("/holds", "One of them is there", Kind::Toggle),
        ],
    },
    Block {
        word: "text-length",
        label: "how long the text is",
        usual: r#"{"fields":["text"],"is":"at-least","characters":2000}"#,
        controls: &[
            control("/fields", "Fields", Kind::Lines),
            control("/is", "Is", COMPARE),
            control("/characters", "Characters", Kind::Number),
        ],
    },
    Block {
        word: "link",
        label: "the text has a link",
        usual: r#"{"fields":["text"],"holds":true}"#,
        controls: &[control("/fields", "Fields", Kind::Lines), control("/holds", "There is one", Kind::Toggle)],
    },
    Block {
        word: "field",
        label: "a field has one of some values",
        usual: r#"{"field":"channel","values":["general"],"holds":true}"#,
        controls: &[
            control("/field", "Field", Kind::Line),
            control("/values", "Values, one a line", Kind::Lines),
            control("/holds", "It has one of them", Kind::Toggle),
        ],
    },
    Block {
        word: "rate",
        label: "how often they did the same before",
        usual: r#"{"at_least":5,"within":"1 day"}"#,
        controls: &[control("/at_least", "At least", Kind::Number), control("/within", "Within", Kind::Length)],
    },
    Block {
        word: "time-of-day",
        label: "the time of day, UTC",
        usual: r#"{"from":"22:00","until":"06:00"}"#,
        controls: &[control("/from", "From", Kind::Line), control("/until", "Until before", Kind::Line)],
    },
    Block {
        word: "weekday",
        label: "the day of the week, UTC",
        usual: r#"{"days":["saturday","sunday"]}"#,
        controls: &[control("/days", "Days, one a line", Kind::Lines)],
    },
    Block {
        word: "count",
        label: "how many there are",
        usual: r#"{"is":"at-least","n":10}"#,
        controls: &[
            control("/role", "Of whom", Kind::Role),
            control("/is", "Are", COMPARE),
            control("/n", "How many", Kind::Number),
        ],
    },
];

/// *Then*.
pub const EFFECTS: &[Block] = &[
    Block {
        word: "tell",
        label: "tell somebody",
        usual: r#"{"who":"proposer","text":"It was decided."}"#,
        controls: &[
            control("/who", "Whom: \"proposer\", \"everyone\" or {\"role\": name}", Kind::Json),
            control("/text", "What", Kind::Text),
        ],
    },
    Block {
        word: "announce",
        label: "post in a channel",
        usual: r#"{"place":"general","text":"It was decided."}"#,
        controls: &[control("/place", "Where", Kind::Line), control("/text", "What", Kind::Text)],
    },
    Block {
        word: "give-role",
        label: "give a role",
        usual: r#"{"role":"Steward","who":"proposer"}"#,
        controls: &[
            control("/role", "Role", Kind::Role),
            control("/who", "To", Kind::Choice(&[("proposer", "whoever proposed it"), ("winners", "those elected")])),
        ],
    },
    Block {
        word: "take-role",
        label: "take a role away",
        usual: r#"{"role":"Steward","who":"holders"}"#,
        controls: &[
            control("/role", "Role", Kind::Role),
            control(
                "/who",
                "From",
                Kind::Choice(&[
                    ("proposer", "whoever proposed it"),
                    ("winners", "those elected"),
                    ("holders", "everybody who holds it"),
                ]),
            ),
        ],
    },
    Block {
        word: "count",
        label: "add to points",
        usual: r#"{"counter":"reputation","by":1}"#,
        controls: &[control("/counter", "Points called", Kind::Line), control("/by", "How many", Kind::Number)],
    },
    Block {
        word: "propose",
        label: "propose a further action",
        usual: r#"{"action":"board.post_message","fields":{"channel":"general","text":"It was decided."}}"#,
        controls: &[
            control("/action", "Action type", Kind::Line),
            control("/fields", "Its fields, as JSON", Kind::Json),
            control("/after", "After", Kind::Length),
        ],
    },
];

/// *When*: the controls that are not tests.
pub const WHEN: &[Control] = &[
    control("/actions", "Somebody attempts, one a line", Kind::Lines),
    control("/places", "Only in, one a line", Kind::Lines),
    control("/roles", "Only by holders of, one a line", Kind::Lines),
    control("/except_roles", "Never by holders of, one a line", Kind::Lines),
    control("/matching", "Of the conditions", Kind::Choice(&[("all", "all must hold"), ("any", "one is enough")])),
];

/// The block of a word.
#[must_use]
pub fn block(blocks: &'static [Block], word: &str) -> Option<&'static Block> {
    blocks.iter().find(|block| block.word == word)
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, Value};

    use super::*;
    use crate::builder::{Decide, Effect, Test};

    /// A block with what it begins with.
    fn begun(block: &Block) -> Value {
        let usual: Value = serde_json::from_str(block.usual).expect("JSON");
        Value::Object(Map::from_iter([(block.word.to_owned(), usual)]))
    }

    #[test]
    fn every_block_begins_with_what_the_builder_takes() {
        for block in DECIDE {
            serde_json::from_value::<Decide>(begun(block)).unwrap_or_else(|error| panic!("{}: {error}", block.word));
        }
        for block in TESTS {
            serde_json::from_value::<Test>(begun(block)).unwrap_or_else(|error| panic!("{}: {error}", block.word));
        }
        for block in EFFECTS {
            serde_json::from_value::<Effect>(begun(block)).unwrap_or_else(|error| panic!("{}: {error}", block.word));
        }
    }

    #[test]
    fn every_field_of_every_template_has_its_control() {
        fn leaves(value: &Value, at: &str, found: &mut Vec<String>, known: &dyn Fn(&str) -> bool) {
            match value {
                Value::Object(fields) if !known(at) => {
                    for (name, value) in fields {
                        leaves(value, &format!("{at}/{name}"), found, known);
                    }
                }
                _ => found.push(at.to_owned()),
            }
        }
        for template in crate::builder::templates() {
            let form = template.fill(&template.usual()).expect("a form");
            for rule in form.rules {
                let Value::Object(decide) = serde_json::to_value(&rule.decide).unwrap() else { panic!("no block") };
                for (word, value) in decide {
                    let block = block(DECIDE, &word).unwrap_or_else(|| panic!("no block {word}"));
                    let known = |at: &str| block.controls.iter().any(|control| control.at == at);
                    let mut found = Vec::new();
                    leaves(&value, "", &mut found, &known);
                    for at in found.iter().filter(|at| !at.is_empty()) {
                        assert!(known(at), "{}: {word}{at} has no control", template.slug);
                    }
                }
            }
        }
    }
}
