//! What is wrong with a form: each mistake at its field, with what the field takes.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use types::text::MAX_NAME_CHARS;

use super::blanks::Length;
use super::code::names;
use super::decide::{
    Approvals, Ballot, Candidates, Consent, CoolOff, Decide, Election, Jury, LazyConsensus, OnePerson,
};
use super::decide::{Privacy, Vote, Voters};
use super::form::{Form, MAX_ITEMS, MAX_RULES, Rule, Test, When};
use super::then::{Effect, Person, Then, Whom};

/// Longest text of a message or question.
///
/// # Units
/// Characters. The engine takes 4,000; a form says it in fewer.
pub const MAX_TEXT_CHARS: usize = 2_000;

/// One mistake in a form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{path}: {says}")]
pub struct FieldError {
    /// Where: `rules[0].decide.vote.at_most`.
    pub path: String,
    /// What is wrong, or what the field takes, as the rest of a sentence: “takes a number from 1 to 20”.
    pub says: String,
}

impl Form {
    /// Reads a form from JSON and checks it.
    ///
    /// # Errors
    /// Every mistake of the form; or the first place where the JSON has another shape.
    pub fn from_json(json: &str) -> Result<Self, Vec<FieldError>> {
        let form: Self = read(json).map_err(|error| vec![error])?;
        let problems = form.problems();
        if problems.is_empty() { Ok(form) } else { Err(problems) }
    }

    /// Every mistake of the form, in its order; none where it can be used.
    #[must_use]
    pub fn problems(&self) -> Vec<FieldError> {
        let mut check = Check::default();
        check.at("rules", |check| {
            check.length(self.rules.len(), 1, MAX_RULES, "rules");
            let mut taken = BTreeSet::new();
            for (n, rule) in self.rules.iter().enumerate() {
                check.item(n, |check| {
                    check.rule(rule, self.rules.len() == 1);
                    if !taken.insert(names::suffix(&rule.name)) {
                        check.at("name", |check| check.says("is the name of another rule too; each has its own"));
                    }
                });
            }
        });
        check.found
    }
}

impl When {
    /// Every mistake of this part alone, with paths that begin at it.
    #[must_use]
    pub fn problems(&self) -> Vec<FieldError> {
        let mut check = Check::default();
        check.when(self);
        check.found
    }
}

impl Decide {
    /// Every mistake of this part alone, with paths that begin at it.
    #[must_use]
    pub fn problems(&self) -> Vec<FieldError> {
        let mut check = Check::default();
        check.decide(self);
        check.found
    }
}

impl Then {
    /// Every mistake of this part alone, with paths that begin at it. What fits depends on how it is decided, where that is a form.
    #[must_use]
    pub fn problems(&self, decide: Option<&Decide>) -> Vec<FieldError> {
        let mut check = Check::default();
        // Code written by hand may elect, refuse or do anything: then only what is wrong in any case is named.
        match decide {
            Some(decide) => check.then(self, decide),
            None => check.effects(self, true),
        }
        check.found
    }
}

/// Reads JSON of one shape.
///
/// # Errors
/// Where it has another, and what was expected there.
pub fn read<'a, T: Deserialize<'a>>(json: &'a str) -> Result<T, FieldError> {
    let mut reader = serde_json::Deserializer::from_str(json);
    let read = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let path = error.path().to_string();
        FieldError { path, says: without_place(&error.into_inner().to_string()) }
    })?;
    reader.end().map_err(|error| FieldError { path: ".".to_owned(), says: error.to_string() })?;
    Ok(read)
}

/// serde's message without the line and column, which say nothing about a form.
fn without_place(message: &str) -> String {
    message.rsplit_once(" at line ").map_or(message, |(says, _)| says).to_owned()
}

/// A walk over a form that notes what is wrong.
#[derive(Default)]
struct Check {
    path: Vec<String>,
    found: Vec<FieldError>,
}

impl Check {
    fn at(&mut self, field: &str, look: impl FnOnce(&mut Self)) {
        self.path.push(if self.path.is_empty() { field.to_owned() } else { format!(".{field}") });
        look(self);
        self.path.pop();
    }

    fn item(&mut self, n: usize, look: impl FnOnce(&mut Self)) {
        self.path.push(format!("[{n}]"));
        look(self);
        self.path.pop();
    }

    fn says(&mut self, says: impl Into<String>) {
        self.found.push(FieldError { path: self.path.concat(), says: says.into() });
    }

    fn length(&mut self, length: usize, least: usize, most: usize, what: &str) {
        if length < least {
            self.says(format!("takes at least {least} of {what}"));
        } else if length > most {
            self.says(format!("takes at most {most} of {what}, not {length}"));
        }
    }

    fn number(&mut self, field: &str, n: u32, least: u32, most: u32) {
        if !(least..=most).contains(&n) {
            self.at(field, |check| check.says(format!("takes a whole number from {least} to {most}, not {n}")));
        }
    }

    /// The name of a role, channel, counter or policy.
    fn name(&mut self, field: &str, name: &str, what: &str) {
        if name.trim().is_empty() {
            self.at(field, |check| check.says(format!("takes {what}")));
        } else if name.chars().count() > MAX_NAME_CHARS || name.chars().any(char::is_control) {
            self.at(field, |check| {
                check.says(format!("takes {what}, at most {MAX_NAME_CHARS} characters on one line"))
            });
        }
    }

    fn names(&mut self, field: &str, list: &[String], what: &str) {
        self.at(field, |check| {
            check.length(list.len(), 0, MAX_ITEMS, what);
            for (n, name) in list.iter().enumerate() {
                check.path.push(format!("[{n}]"));
                if name.trim().is_empty() {
                    check.says(format!("is empty: it takes the name of one of the {what}"));
                } else if name.chars().count() > MAX_NAME_CHARS || name.chars().any(char::is_control) {
                    check.says(format!("takes at most {MAX_NAME_CHARS} characters on one line"));
                }
                check.path.pop();
            }
        });
    }

    fn text(&mut self, field: &str, text: &str, least: usize) {
        let n = text.chars().count();
        if text.trim().chars().count() < least || n > MAX_TEXT_CHARS {
            self.at(field, |check| {
                check.says(format!("takes a text of {least} to {MAX_TEXT_CHARS} characters, not {n}"))
            });
        }
    }

    fn rule(&mut self, rule: &Rule, is_only: bool) {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        let starts_well = rule.name.starts_with(|c: char| c.is_ascii_lowercase());
        let is_name = starts_well && rule.name.len() <= 30 && rule.name.chars().all(plain);
        if !(is_name || rule.name.is_empty() && is_only) {
            let takes = "takes a name of small letters, digits and hyphens that starts with a letter, at most 30";
            self.at("name", |check| check.says(takes));
        }
        self.at("when", |check| check.when(&rule.when));
        self.at("decide", |check| check.decide(&rule.decide));
        self.at("then", |check| check.then(&rule.then, &rule.decide));
    }

    fn when(&mut self, when: &When) {
        self.at("actions", |check| {
            check.length(when.actions.len(), 1, MAX_ITEMS, "action types");
            for (n, kind) in when.actions.iter().enumerate() {
                let family = kind.strip_suffix(".*").is_some_and(is_word);
                let one = kind.parse::<types::ActionType>().is_ok();
                if kind != "*" && !family && !one {
                    check.item(n, |check| {
                        check.says(format!(
                            "takes an action type such as board.post_message, board.* or *, not “{kind}”"
                        ));
                    });
                }
            }
        });
        self.names("places", &when.places, "channels or rooms");
        self.names("roles", &when.roles, "roles");
        self.names("except_roles", &when.except_roles, "roles");
        self.at("if", |check| {
            check.length(when.tests.len(), 0, MAX_ITEMS, "conditions");
            for (n, test) in when.tests.iter().enumerate() {
                check.item(n, |check| check.test(test));
            }
        });
    }

    fn test(&mut self, test: &Test) {
        match test {
            Test::Role(test) => self.at("role", |check| check.name("role", &test.role, "the name of a role")),
            Test::Tenure(_) => {}
            Test::Reputation(test) => self.at("reputation", |check| {
                check.name("counter", &test.counter, "the name of a counter, such as points");
                if !test.policy.is_empty() {
                    check.name("policy", &test.policy, "the name of a policy");
                }
            }),
            Test::Words(test) => self.at("words", |check| {
                check.fields("fields", &test.fields);
                check.at("words", |check| check.length(test.words.len(), 1, MAX_ITEMS, "words"));
                check.names("words", &test.words, "words");
            }),
            Test::TextLength(test) => self.at("text-length", |check| {
                check.fields("fields", &test.fields);
                check.number("characters", test.characters, 1, 100_000);
            }),
            Test::Link(test) => self.at("link", |check| check.fields("fields", &test.fields)),
            Test::Pattern(test) => self.at("pattern", |check| {
                check.fields("fields", &test.fields);
                check.at("patterns", |check| {
                    check.length(test.patterns.len(), 1, MAX_ITEMS, "patterns");
                    for (n, pattern) in test.patterns.iter().enumerate() {
                        if let Some(problem) = super::patterns::problem(pattern) {
                            check.item(n, |check| check.says(problem));
                        }
                    }
                });
            }),
            Test::Reply(_) => {}
            Test::Author(test) => self.at("author", |check| {
                check.at("handles", |check| check.length(test.handles.len(), 1, MAX_ITEMS, "handles"));
                check.names("handles", &test.handles, "members");
            }),
            Test::Field(test) => self.at("field", |check| {
                check.field("field", &test.field);
                check.at("values", |check| check.length(test.values.len(), 1, MAX_ITEMS, "values"));
                check.names("values", &test.values, "values");
            }),
            Test::Rate(test) => self.at("rate", |check| check.number("at_least", test.at_least, 1, 400)),
            Test::TimeOfDay(test) => {
                if test.from == test.until {
                    self.at("time-of-day", |check| {
                        check.at("until", |check| check.says("is the same moment as the beginning: it takes another"));
                    });
                }
            }
            Test::Weekday(test) => self.at("weekday", |check| {
                check.at("days", |check| check.length(test.days.len(), 1, 7, "days"));
            }),
            Test::Count(test) => self.at("count", |check| {
                if !test.role.is_empty() {
                    check.name("role", &test.role, "the name of a role");
                }
                check.number("n", test.n, 1, 1_000_000);
            }),
        }
    }

    fn fields(&mut self, field: &str, list: &[String]) {
        self.at(field, |check| {
            check.length(list.len(), 1, 10, "fields");
            for (n, name) in list.iter().enumerate() {
                if !is_word(name) {
                    check.item(n, |check| check.says(field_name(name)));
                }
            }
        });
    }

    fn field(&mut self, field: &str, name: &str) {
        if !is_word(name) {
            self.at(field, |check| check.says(field_name(name)));
        }
    }

    fn decide(&mut self, decide: &Decide) {
        match decide {
            Decide::AtOnce(reason) => self.at("at-once", |check| check.text("reason", &reason.reason, 0)),
            Decide::Refuse(reason) => self.at("refuse", |check| check.text("reason", &reason.reason, 1)),
            Decide::Nobody(_) => {}
            Decide::Vote(vote) => self.at("vote", |check| check.vote(vote)),
            Decide::Jury(jury) => self.at("jury", |check| check.jury(jury)),
            Decide::Consent(Consent { voters, objections, ballot, .. }) => self.at("consent", |check| {
                check.voters(voters);
                check.number("objections", *objections, 0, 1_000);
                check.ballot(ballot);
            }),
            Decide::LazyConsensus(LazyConsensus { voters, objections, ballot, .. }) => {
                self.at("lazy-consensus", |check| {
                    check.voters(voters);
                    check.number("objections", *objections, 1, 1_000);
                    check.ballot(ballot);
                });
            }
            Decide::Approvals(Approvals { role, needed, ballot, .. }) => self.at("approvals", |check| {
                check.name("role", role, "the name of the role that approves");
                check.number("needed", *needed, 1, 1_000);
                check.ballot(ballot);
                if ballot.privacy == Privacy::Secret {
                    let says = "takes open or after-close: an approval must be known to be by somebody with the role";
                    check.at("ballot", |check| check.at("privacy", |check| check.says(says)));
                }
            }),
            Decide::OnePerson(OnePerson { role, .. }) => {
                self.at("one-person", |check| check.name("role", role, "the name of the role that decides"));
            }
            Decide::Election(election) => self.at("election", |check| check.election(election)),
            Decide::CoolOff(CoolOff { veto, .. }) => self.at("cool-off", |check| {
                if !veto.is_empty() {
                    check.name("veto", veto, "the name of a role");
                }
            }),
        }
    }

    fn vote(&mut self, vote: &Vote) {
        self.voters(&vote.voters);
        if vote.remind_after.is_some_and(|after: Length| after.minutes() >= vote.at_most.minutes()) {
            let says = format!("takes a time before the end of the vote, which is after {}", vote.at_most);
            self.at("remind_after", |check| check.says(says));
        }
        self.ballot(&vote.ballot);
    }

    fn jury(&mut self, jury: &Jury) {
        self.number("size", jury.size, 1, 1_000);
        self.number("yes", jury.yes, 1, jury.size.max(1));
        if !jury.from_role.is_empty() {
            self.name("from_role", &jury.from_role, "the name of a role");
        }
        self.ballot(&jury.ballot);
    }

    fn election(&mut self, election: &Election) {
        self.number("seats", election.seats, 1, if election.method.fills_seats() { 100 } else { 1 });
        self.at("candidates", |check| match &election.candidates {
            Candidates::NamedIn(field) => check.field("named-in", field),
            Candidates::Listed(list) => {
                check.names("listed", list, "candidates");
                check.at("listed", |check| {
                    check.length(list.len(), 2, 200, "candidates");
                    if list.iter().collect::<BTreeSet<_>>().len() < list.len() {
                        check.says("names a candidate twice");
                    }
                });
            }
        });
        self.voters(&election.voters);
        self.ballot(&election.ballot);
    }

    fn voters(&mut self, voters: &Voters) {
        if !voters.role.is_empty() {
            self.at("voters", |check| check.name("role", &voters.role, "the name of a role"));
        }
    }

    fn ballot(&mut self, ballot: &Ballot) {
        self.at("ballot", |check| {
            check.text("question", &ballot.question, 0);
            if !ballot.place.is_empty() {
                check.name("where", &ballot.place, "the name of a channel or room");
            }
        });
    }

    fn then(&mut self, then: &Then, decide: &Decide) {
        if then.carry_out && matches!(decide, Decide::Refuse(_) | Decide::Nobody(_)) {
            self.at("carry_out", |check| {
                check.says("is of no use here: nothing passes that this rule could carry out")
            });
        }
        if !then.opened.is_empty() && decide.is_immediate() {
            self.at("opened", |check| check.says("takes nothing here: what is decided at once is never open"));
        }
        self.effects(then, decide.elects());
    }

    fn effects(&mut self, then: &Then, elects: bool) {
        for (field, effects) in [("opened", &then.opened), ("passed", &then.passed), ("failed", &then.failed)] {
            self.at(field, |check| {
                check.length(effects.len(), 0, 20, "effects");
                for (n, effect) in effects.iter().enumerate() {
                    check.item(n, |check| check.effect(effect, elects && field == "passed"));
                }
            });
        }
    }

    fn effect(&mut self, effect: &Effect, has_winners: bool) {
        match effect {
            Effect::Tell(tell) => self.at("tell", |check| {
                if let Whom::Role(role) = &tell.who {
                    check.at("who", |check| check.name("role", role, "the name of a role"));
                }
                check.text("text", &tell.text, 1);
            }),
            Effect::Announce(announce) => self.at("announce", |check| {
                check.name("place", &announce.place, "the name of a channel or room");
                check.text("text", &announce.text, 1);
            }),
            Effect::GiveRole(change) => self.at("give-role", |check| {
                check.name("role", &change.role, "the name of a role");
                check.at("who", |check| match change.who {
                    Person::Winners if !has_winners => check.says("names winners, and nobody is elected here"),
                    Person::Holders => {
                        check.says("names those who hold the role already: it takes proposer or winners")
                    }
                    _ => {}
                });
            }),
            Effect::TakeRole(change) => self.at("take-role", |check| {
                check.name("role", &change.role, "the name of a role");
                if change.who == Person::Winners && !has_winners {
                    check.at("who", |check| check.says("names winners, and nobody is elected here"));
                }
            }),
            Effect::Count(count) => self.at("count", |check| {
                check.name("counter", &count.counter, "the name of a counter, such as points");
                if count.by == 0 {
                    check.at("by", |check| check.says("takes a whole number other than 0"));
                }
            }),
            Effect::Propose(propose) => self.at("propose", |check| {
                if propose.action.parse::<types::ActionType>().is_err() {
                    let says = format!("takes an action type such as board.post_message, not “{}”", propose.action);
                    check.at("action", |check| check.says(says));
                }
            }),
        }
    }
}

fn field_name(name: &str) -> String {
    format!("takes the name of a field of the action, such as text, not “{name}”")
}

/// Whether it is the name of a field: small letters, digits and `_`.
fn is_word(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    text.starts_with(|c: char| c.is_ascii_lowercase()) && text.len() <= 60 && text.chars().all(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(json: &str) -> (String, String) {
        let problems = Form::from_json(json).unwrap_err();
        let first = problems.first().unwrap();
        (first.path.clone(), first.says.clone())
    }

    #[test]
    fn a_shape_that_is_wrong_is_named_with_its_path() {
        let vote = |decide: &str| format!(r#"{{"rules":[{{"when":{{"actions":["*"]}},"decide":{decide}}}]}}"#);
        let (path, says) = problem(&vote(r#"{"vote":{"threshold":"3/2","at_most":"5 days","closes_early":true}}"#));
        assert_eq!(path, "rules[0].decide.vote.threshold");
        assert!(says.contains("takes a share such as"), "{says}");
        let (path, says) = problem(&vote(r#"{"vote":{"threshold":"1/2","at_most":5,"closes_early":true}}"#));
        assert_eq!(path, "rules[0].decide.vote.at_most");
        assert!(says.contains("expected a string"), "{says}");
        let (path, says) = problem(&vote(r#"{"lottery":{}}"#));
        assert_eq!(path, "rules[0].decide");
        assert!(says.contains("unknown variant `lottery`"), "{says}");
        assert_eq!(problem("{}").1, "missing field `rules`");
    }

    #[test]
    fn values_that_make_no_sense_are_named_with_what_the_field_takes() {
        let json = r#"{"rules":[{"when":{"actions":["post"],"if":[{"words":{"fields":["Text"],"words":[""],"holds":true}},
            {"time-of-day":{"from":"10:00","until":"10:00"}}]},
            "decide":{"jury":{"size":3,"yes":4,"at_most":"2 days"}},
            "then":{"carry_out":true,"passed":[{"give-role":{"role":"","who":"winners"}}]}}]}"#;
        let problems = Form::from_json(json).unwrap_err();
        let paths: Vec<&str> = problems.iter().map(|problem| problem.path.as_str()).collect();
        assert_eq!(
            paths,
            [
                "rules[0].when.actions[0]",
                "rules[0].when.if[0].words.fields[0]",
                "rules[0].when.if[0].words.words[0]",
                "rules[0].when.if[1].time-of-day.until",
                "rules[0].decide.jury.yes",
                "rules[0].then.passed[0].give-role.role",
                "rules[0].then.passed[0].give-role.who",
            ]
        );
        assert!(problems.iter().any(|problem| problem.says == "takes a whole number from 1 to 3, not 4"));
    }

    #[test]
    fn rules_have_names_of_their_own() {
        let rule =
            |name: &str| format!(r#"{{"name":"{name}","when":{{"actions":["*"]}},"decide":{{"at-once":{{}}}}}}"#);
        let two = |a: &str, b: &str| format!(r#"{{"rules":[{},{}]}}"#, rule(a), rule(b));
        assert!(Form::from_json(&two("words", "others")).is_ok());
        assert_eq!(problem(&two("words", "")).0, "rules[1].name");
        assert_eq!(problem(&two("a-b", "a-b")).0, "rules[1].name");
        assert_eq!(problem(&two("Words", "others")).0, "rules[0].name");
    }
}
