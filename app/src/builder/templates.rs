//! Templates: preset forms with blanks.
//!
//! A template is filled with the texts that a web form sends ([`Template::fill`]) and gives a [`Form`], from which the JavaScript
//! and the sentence follow. A mistake is named at its blank.

mod filled;
mod gates;
mod offices;
mod votes;

use std::collections::BTreeMap;

use types::Layer;

use super::form::Form;
use super::problems::FieldError;
pub use filled::Filled;

/// A preset form with blanks.
#[derive(Clone, Debug)]
pub struct Template {
    /// How addresses name it.
    pub slug: &'static str,
    /// What it is called; also the usual name of the policy.
    pub title: &'static str,
    /// What it does, in a sentence.
    pub description: &'static str,
    /// What it is about, for filters.
    pub tags: &'static [&'static str],
    /// The layer it is usually used on.
    pub layer: Layer,
    /// What is to be filled in.
    pub blanks: Vec<Blank>,
    /// When to use it, and when not.
    pub advice: Advice,
    /// Makes the form. Blanks that were checked always read.
    make: fn(&Filled<'_>) -> Option<Form>,
}

/// One blank.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Blank {
    /// Its name on the wire.
    pub key: &'static str,
    /// Its label.
    pub label: &'static str,
    /// What it means, in a sentence. May be empty.
    pub help: &'static str,
    /// What it takes.
    pub kind: BlankKind,
    /// The value that the form begins with.
    pub usual: &'static str,
}

/// What a blank takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BlankKind {
    /// A whole number.
    Number {
        /// The least.
        least: u32,
        /// The most.
        most: u32,
    },
    /// A length of time.
    Length,
    /// A share that must say yes.
    Threshold,
    /// How many must take part; may be left empty for no quorum.
    Turnout,
    /// A role, by name.
    Role,
    /// A role, by name; may be left empty for every member.
    AnyRole,
    /// Words, one a line.
    Words,
    /// Channels, one a line; may be left empty for everywhere.
    Places,
    /// Action types, one a line.
    Actions,
    /// A short text on one line.
    Line,
    /// A message.
    Text,
    /// A time of day.
    Clock,
    /// Yes or no.
    Toggle,
    /// One of some.
    Choice(&'static [(&'static str, &'static str)]),
}

/// When to use a template, and when not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Advice {
    /// Who uses such a rule.
    pub used_by: &'static str,
    /// When it fits.
    pub fits: &'static str,
    /// How it fails.
    pub fails: &'static str,
    /// Where that is known from: what it says and where to find it.
    pub sources: &'static [&'static str],
}

/// Every template, in the order in which they are shown.
#[must_use]
pub fn templates() -> Vec<Template> {
    [votes::templates(), offices::templates(), gates::templates()].concat()
}

/// The template of that slug.
#[must_use]
pub fn named(slug: &str) -> Option<Template> {
    templates().into_iter().find(|template| template.slug == slug)
}

impl Template {
    /// The values that the form begins with.
    #[must_use]
    pub fn usual(&self) -> BTreeMap<String, String> {
        self.blanks.iter().map(|blank| (blank.key.to_owned(), blank.usual.to_owned())).collect()
    }

    /// The form with its blanks filled; a blank that is not named keeps its usual value.
    ///
    /// # Errors
    /// Every mistake, at the key of its blank.
    pub fn fill(&self, values: &BTreeMap<String, String>) -> Result<Form, Vec<FieldError>> {
        let filled = Filled::new(&self.blanks, values);
        let wrong = filled.problems();
        if !wrong.is_empty() {
            return Err(wrong);
        }
        let nothing =
            || vec![FieldError { path: self.slug.to_owned(), says: "cannot be made of these values".to_owned() }];
        let form = (self.make)(&filled).ok_or_else(nothing)?;
        let problems = form.problems();
        if problems.is_empty() {
            Ok(form)
        } else {
            Err(problems.into_iter().map(|problem| self.at_blank(problem)).collect())
        }
    }

    /// A mistake of the form, at the blank that its field was filled from where they have one name.
    fn at_blank(&self, problem: FieldError) -> FieldError {
        let field = problem.path.rsplit(['.', ']']).find(|part| !part.is_empty()).unwrap_or_default();
        let field = field.split('[').next().unwrap_or_default();
        match self.blanks.iter().find(|blank| blank.key == field) {
            Some(blank) => FieldError { path: blank.key.to_owned(), says: problem.says },
            None => problem,
        }
    }
}

/// Which actions it is about.
const fn actions(usual: &'static str) -> Blank {
    Blank {
        key: "actions",
        label: "What it is about",
        help: "Action types, one a line: board.rename_channel, board.* for a whole platform, * for all of the layer.",
        kind: BlankKind::Actions,
        usual,
    }
}

/// Where.
const PLACES: Blank = Blank {
    key: "places",
    label: "Where",
    help: "Channels or rooms, one a line. Leave it empty for everywhere.",
    kind: BlankKind::Places,
    usual: "",
};

/// For how long.
const fn at_most(label: &'static str, usual: &'static str) -> Blank {
    Blank { key: "at_most", label, help: "Such as 12 hours, 5 days or 2 weeks.", kind: BlankKind::Length, usual }
}

/// Who votes.
const VOTERS: Blank = Blank {
    key: "voters",
    label: "Who votes",
    help: "The name of a role. Leave it empty for every member.",
    kind: BlankKind::AnyRole,
    usual: "",
};

/// A role.
const fn role(key: &'static str, label: &'static str, usual: &'static str) -> Blank {
    Blank { key, label, help: "The name of a role.", kind: BlankKind::Role, usual }
}

/// A whole number.
const fn number(key: &'static str, label: &'static str, usual: &'static str, least: u32, most: u32) -> Blank {
    Blank { key, label, help: "", kind: BlankKind::Number { least, most }, usual }
}

#[cfg(test)]
mod tests {
    use super::super::Sheet;
    use super::*;

    #[test]
    fn every_template_is_whole() {
        let all = templates();
        assert!(all.len() >= 13);
        for template in &all {
            assert!(template.description.ends_with('.') && template.advice.fails.ends_with('.'), "{}", template.slug);
            assert!(!template.advice.sources.is_empty() && !template.tags.is_empty(), "{}", template.slug);
            let form = template.fill(&BTreeMap::new()).unwrap_or_else(|wrong| panic!("{}: {wrong:?}", template.slug));
            assert_eq!(Sheet::read(&form.to_code()).form(), Some(form.clone()), "{}", template.slug);
            assert!(form.sentence().len() > 40, "{}", template.slug);
            for blank in &template.blanks {
                let same = all.iter().filter(|other| other.slug == template.slug).count();
                assert_eq!((same, template.blanks.iter().filter(|other| other.key == blank.key).count()), (1, 1));
            }
        }
    }

    #[test]
    fn a_mistake_is_named_at_its_blank() {
        let jury = named("jury").unwrap();
        let wrong = |key: &str, value: &str| {
            let values = [(key.to_owned(), value.to_owned())].into();
            let problems = jury.fill(&values).unwrap_err();
            problems.first().map(|problem| (problem.path.clone(), problem.says.clone())).unwrap()
        };
        assert_eq!(wrong("size", "many"), ("size".into(), "takes a whole number from 1 to 1000, not “many”".into()));
        assert_eq!(wrong("yes", "9"), ("yes".into(), "takes a whole number from 1 to 3, not 9".into()));
        assert_eq!(wrong("at_most", "soon").0, "at_most");
        assert_eq!(wrong("actions", "rename").0, "actions");
        assert_eq!(wrong("colour", "red").0, "colour", "a blank that there is not");
    }
}
