//! JavaScript → form: any policy source, taken apart into forms and code without losing a byte.

use serde::{Deserialize, Serialize};

use super::code::{self, helpers};
use super::decide::Decide;
use super::form::{Form, Rule, When};
use super::problems::{self, FieldError};
use super::then::Then;
use super::words;

/// What a region of the source is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    /// `filter`.
    When,
    /// `initialize` and `check`.
    Decide,
    /// `notify`, `pass` and `fail`.
    Then,
    /// The six functions of a policy of several rules.
    Rules,
    /// Functions that the rest shares.
    Helpers,
}

impl Part {
    const ALL: [Self; 5] = [Self::When, Self::Decide, Self::Then, Self::Rules, Self::Helpers];

    /// The word of the region's first line.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::When => "when",
            Self::Decide => "decide",
            Self::Then => "then",
            Self::Rules => "rules",
            Self::Helpers => "helpers",
        }
    }
}

/// One part of a rule, as the editor shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Slot<T> {
    /// A form.
    Form(T),
    /// Code that was changed by hand, with the lines that mark its region: shown as a marked block, and kept as it is.
    Code(String),
    /// The region is gone.
    Missing,
}

/// A rule of a source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleSlots {
    /// Its name; empty for the only rule.
    pub name: String,
    /// *When* and *if*.
    pub when: Slot<When>,
    /// *Decide by*.
    pub decide: Slot<Decide>,
    /// *Then*.
    pub then: Slot<Then>,
}

/// A new form for one part of a rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PartForm {
    /// *When* and *if*.
    When(When),
    /// *Decide by*.
    Decide(Decide),
    /// *Then*.
    Then(Then),
}

/// Why a source was not changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SheetError {
    /// No rule of that name.
    #[error("there is no rule “{0}” in this policy")]
    NoRule(String),
    /// A rule of that name is there already.
    #[error("there is a rule “{0}” already; give the new one another name")]
    NameTaken(String),
    /// A second rule needs a name for the first, whose code somebody changed.
    #[error("the policy's only rule has no name, and code that was written by hand: add the second rule in the code")]
    Unnamed,
    /// The form is wrong.
    #[error("{0}")]
    Wrong(FieldError),
}

/// A policy source, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sheet {
    pieces: Vec<Piece>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    /// Code outside any region.
    Free(String),
    /// A region, its first and last line included.
    Region(Region),
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Region {
    part: Part,
    rule: String,
    /// The form as JSON.
    json: String,
    text: String,
    /// Whether the code is what the JSON generates.
    is_form: bool,
}

impl From<&Form> for Sheet {
    fn from(form: &Form) -> Self {
        Self::read(&form.to_code())
    }
}

impl Sheet {
    /// Takes a source apart. Every source can be: what is no form is code.
    #[must_use]
    pub fn read(source: &str) -> Self {
        let lines: Vec<&str> = source.split_inclusive('\n').collect();
        let mut pieces: Vec<Piece> = Vec::new();
        let mut free = String::new();
        let mut at = 0;
        while let Some(line) = lines.get(at) {
            let region = head(line).and_then(|(part, rule, json)| {
                let length = lines.get(at..)?.iter().position(|line| line.trim_end() == "//#endregion")? + 1;
                let text = lines.get(at..at + length)?.concat();
                let twice = pieces.iter().any(|piece| matches!(piece, Piece::Region(known) if known.is(part, &rule)));
                (!twice || part == Part::Helpers).then(|| (Region::new(part, rule, json, text), length))
            });
            match region {
                Some((region, length)) => {
                    if !free.is_empty() {
                        pieces.push(Piece::Free(std::mem::take(&mut free)));
                    }
                    pieces.push(Piece::Region(region));
                    at += length;
                }
                None => {
                    free.push_str(line);
                    at += 1;
                }
            }
        }
        if !free.is_empty() {
            pieces.push(Piece::Free(free));
        }
        Self { pieces }
    }

    /// The source, to the byte.
    #[must_use]
    pub fn text(&self) -> String {
        self.pieces.iter().map(Piece::text).collect()
    }

    /// The rules, in the order in which they stand.
    #[must_use]
    pub fn rules(&self) -> Vec<RuleSlots> {
        self.names()
            .into_iter()
            .map(|name| RuleSlots {
                when: self.slot(Part::When, &name),
                decide: self.slot(Part::Decide, &name),
                then: self.slot(Part::Then, &name),
                name,
            })
            .collect()
    }

    /// Code that belongs to no rule and was written by hand, in the order in which it stands.
    #[must_use]
    pub fn free_code(&self) -> Vec<&str> {
        let by_hand = |piece: &&Piece| match piece {
            Piece::Free(code) => !code.trim().is_empty(),
            Piece::Region(region) => matches!(region.part, Part::Rules | Part::Helpers) && !region.is_form,
        };
        self.pieces.iter().filter(by_hand).map(Piece::text).collect()
    }

    /// The whole policy as a form; `None` where some of it was written by hand.
    #[must_use]
    pub fn form(&self) -> Option<Form> {
        let rules: Option<Vec<Rule>> = self.rules().into_iter().map(RuleSlots::whole).collect();
        let form = Form { rules: rules? };
        let names: Vec<String> =
            form.rules.iter().map(|rule| rule.name.clone()).filter(|name| !name.is_empty()).collect();
        let dispatched: Vec<String> = match self.regions().find(|region| region.part == Part::Rules) {
            None => Vec::new(),
            Some(region) => serde_json::from_str(&region.json).unwrap_or_default(),
        };
        (self.free_code().is_empty() && names == dispatched && form.problems().is_empty()).then_some(form)
    }

    /// The policy in plain words; where code was written by hand, it says so.
    #[must_use]
    pub fn sentence(&self) -> String {
        if let Some(form) = self.form() {
            return form.sentence();
        }
        let mut sentences = Vec::new();
        let rules = self.rules();
        let several = rules.len() > 1;
        for (rule, n) in rules.iter().zip(1..) {
            let number = if several { format!("{n}. ") } else { String::new() };
            let parts = [
                said(&rule.when, words::when, "When the code written by hand says so:"),
                said(&rule.decide, words::decide, "code written by hand decides."),
                said(&rule.then, words::then, "Then code written by hand is run."),
            ];
            let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
            sentences.push(format!("{number}{}", parts.join(" ")));
        }
        if rules.is_empty() {
            sentences.push("The whole policy is written in JavaScript.".to_owned());
        } else if !self.free_code().is_empty() {
            sentences.push("Besides this there is code written by hand.".to_owned());
        }
        sentences.join(" ")
    }

    /// Writes one part of a rule anew. Every other byte stays, but for the shared functions that it needs.
    ///
    /// # Errors
    /// [`SheetError::NoRule`], or [`SheetError::Wrong`] with the first mistake of the form.
    pub fn set(&mut self, rule: &str, form: &PartForm) -> Result<(), SheetError> {
        if !self.names().iter().any(|name| name == rule) {
            return Err(SheetError::NoRule(rule.to_owned()));
        }
        let (part, text, wrong) = match form {
            PartForm::When(when) => (Part::When, code::when(when, rule), when.problems()),
            PartForm::Decide(decide) => (Part::Decide, code::decide(decide, rule), decide.problems()),
            PartForm::Then(then) => (Part::Then, code::then(then, rule), then.problems(self.decided(rule).as_ref())),
        };
        if let Some(first) = wrong.into_iter().next() {
            return Err(SheetError::Wrong(first));
        }
        let place = self.pieces.iter().position(|piece| piece.is(part, rule));
        let region = Piece::read(&text);
        match place.and_then(|place| self.pieces.get_mut(place)) {
            Some(piece) => *piece = region,
            None => {
                let after = self
                    .pieces
                    .iter()
                    .rposition(|piece| matches!(piece, Piece::Region(r) if r.rule == rule && r.is_of_rule()));
                self.insert(after.map_or(self.pieces.len(), |at| at + 1), region);
            }
        }
        self.tend();
        Ok(())
    }

    /// Adds a rule behind the others.
    ///
    /// # Errors
    /// [`SheetError`] where its name is taken, its form is wrong, or the only rule so far cannot be given a name.
    pub fn add_rule(&mut self, rule: &Rule) -> Result<(), SheetError> {
        if self.names().contains(&rule.name) {
            return Err(SheetError::NameTaken(rule.name.clone()));
        }
        let problems = Form { rules: vec![rule.clone()] }.problems();
        if let Some(first) = problems.into_iter().next() {
            return Err(SheetError::Wrong(first));
        }
        if self.names().iter().any(String::is_empty) {
            let mut form = self.form().ok_or(SheetError::Unnamed)?;
            for first in &mut form.rules {
                first.name = "first".to_owned();
            }
            let mut rule = rule.clone();
            if rule.name.is_empty() {
                rule.name = "second".to_owned();
            }
            if rule.name == "first" {
                return Err(SheetError::NameTaken(rule.name));
            }
            form.rules.push(rule);
            *self = Self::from(&form);
            return Ok(());
        }
        let end = self.pieces.iter().position(|piece| matches!(piece, Piece::Region(region) if !region.is_of_rule()));
        let mut at = end.unwrap_or(self.pieces.len());
        for text in code::rule(rule) {
            at = self.insert(at, Piece::read(&text));
        }
        self.tend();
        Ok(())
    }

    /// Removes a rule, code written by hand in its regions included.
    ///
    /// # Errors
    /// [`SheetError::NoRule`].
    pub fn remove_rule(&mut self, rule: &str) -> Result<(), SheetError> {
        if !self.names().iter().any(|name| name == rule) {
            return Err(SheetError::NoRule(rule.to_owned()));
        }
        self.pieces
            .retain(|piece| !matches!(piece, Piece::Region(region) if region.is_of_rule() && region.rule == rule));
        self.tend();
        Ok(())
    }

    /// Writes the generated regions that depend on the others: the six functions of several rules, and the shared functions.
    fn tend(&mut self) {
        let named: Vec<String> = self.names().into_iter().filter(|name| !name.is_empty()).collect();
        let rules = self.pieces.iter().position(|piece| piece.is(Part::Rules, ""));
        match rules.and_then(|at| self.pieces.get_mut(at)) {
            Some(Piece::Region(region)) if region.is_form && !named.is_empty() => {
                *region = Region::read(&code::rules(&named));
            }
            Some(Piece::Region(region)) if region.is_form => self.pieces.retain(|piece| !piece.is(Part::Rules, "")),
            Some(_) => {}
            None if named.is_empty() => {}
            None => {
                let helpers = self.pieces.iter().position(|piece| piece.is(Part::Helpers, ""));
                self.insert(helpers.unwrap_or(self.pieces.len()), Piece::read(&code::rules(&named)));
            }
        }
        let own =
            |piece: &&Piece| matches!(piece, Piece::Region(region) if region.part == Part::Helpers && region.is_form);
        let others: String = self.pieces.iter().filter(|piece| !own(piece)).map(Piece::text).collect();
        let missing = |name: &str| !others.contains(&format!("function {name}("));
        let needed = helpers::called(&others).into_iter().filter(|name| missing(name)).map(ToOwned::to_owned);
        let needed = helpers::sorted(&needed.collect::<Vec<_>>());
        let place = self.pieces.iter().position(|piece| own(&piece));
        match place {
            Some(at) if needed.is_empty() => self.remove(at),
            Some(at) => {
                if let Some(piece) = self.pieces.get_mut(at) {
                    *piece = Piece::read(&code::helpers(&needed));
                }
            }
            None if needed.is_empty() => {}
            None => drop(self.insert(self.pieces.len(), Piece::read(&code::helpers(&needed)))),
        }
    }

    /// Takes a region out, and the empty line before it where nothing follows.
    fn remove(&mut self, at: usize) {
        self.pieces.remove(at);
        let gap = at
            .checked_sub(1)
            .filter(|before| at == self.pieces.len() && self.pieces.get(*before).is_some_and(Piece::is_gap));
        if let Some(gap) = gap {
            self.pieces.remove(gap);
        }
    }

    /// Puts a region in at a place, apart from what stands before and after it, and answers with the place behind it.
    fn insert(&mut self, at: usize, region: Piece) -> usize {
        let before = at.checked_sub(1).and_then(|before| self.pieces.get(before)).map(|piece| piece.text().to_owned());
        let mut at = at;
        if let Some(before) = before {
            let gap = match (before.ends_with("\n\n"), before.ends_with('\n')) {
                (true, _) => "",
                (false, true) => "\n",
                (false, false) => "\n\n",
            };
            if !gap.is_empty() {
                self.pieces.insert(at, Piece::Free(gap.to_owned()));
                at += 1;
            }
        }
        self.pieces.insert(at, region);
        if self.pieces.get(at + 1).is_some_and(|next| !next.text().starts_with('\n')) {
            self.pieces.insert(at + 1, Piece::Free("\n".to_owned()));
            return at + 2;
        }
        at + 1
    }

    fn regions(&self) -> impl Iterator<Item = &Region> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Region(region) => Some(region),
            Piece::Free(_) => None,
        })
    }

    /// The names of the rules, in the order in which they stand.
    fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        for region in self.regions().filter(|region| region.is_of_rule()) {
            if !names.contains(&region.rule) {
                names.push(region.rule.clone());
            }
        }
        names
    }

    fn decided(&self, rule: &str) -> Option<Decide> {
        match self.slot(Part::Decide, rule) {
            Slot::Form(decide) => Some(decide),
            Slot::Code(_) | Slot::Missing => None,
        }
    }

    fn slot<T: for<'a> Deserialize<'a>>(&self, part: Part, rule: &str) -> Slot<T> {
        let Some(region) = self.regions().find(|region| region.is(part, rule)) else { return Slot::Missing };
        match problems::read(&region.json) {
            Ok(form) if region.is_form => Slot::Form(form),
            _ => Slot::Code(region.text.clone()),
        }
    }
}

impl RuleSlots {
    fn whole(self) -> Option<Rule> {
        match (self.when, self.decide, self.then) {
            (Slot::Form(when), Slot::Form(decide), Slot::Form(then)) => {
                Some(Rule { name: self.name, when, decide, then })
            }
            _ => None,
        }
    }
}

impl Piece {
    /// A region that was just generated.
    fn read(text: &str) -> Self {
        Self::Region(Region::read(text))
    }

    fn text(&self) -> &str {
        match self {
            Self::Free(text) => text,
            Self::Region(region) => &region.text,
        }
    }

    fn is(&self, part: Part, rule: &str) -> bool {
        matches!(self, Self::Region(region) if region.is(part, rule))
    }

    /// Whether it is one empty line.
    fn is_gap(&self) -> bool {
        matches!(self, Self::Free(code) if code == "\n")
    }
}

impl Region {
    fn read(text: &str) -> Self {
        let (part, rule, json) =
            text.lines().next().and_then(head).unwrap_or((Part::Helpers, String::new(), String::new()));
        Self::new(part, rule, json, text.to_owned())
    }

    fn new(part: Part, rule: String, json: String, text: String) -> Self {
        let is_form = generated(part, &rule, &json).is_some_and(|code| Some(code) == body(&text));
        Self { part, rule, json, text, is_form }
    }

    fn is(&self, part: Part, rule: &str) -> bool {
        self.part == part && self.rule == rule
    }

    fn is_of_rule(&self) -> bool {
        matches!(self.part, Part::When | Part::Decide | Part::Then)
    }
}

/// Reads the first line of a region: `//#region when of words {…}`.
fn head(line: &str) -> Option<(Part, String, String)> {
    let rest = line.trim_end().strip_prefix("//#region ")?;
    let at = rest.find(['{', '['])?;
    let (title, json) = rest.split_at_checked(at)?;
    let mut words = title.split_whitespace();
    let word = words.next()?;
    let part = Part::ALL.into_iter().find(|part| part.word() == word)?;
    let rule = match (words.next(), words.next(), words.next()) {
        (None, ..) => String::new(),
        (Some("of"), Some(name), None) => name.to_owned(),
        _ => return None,
    };
    let is_nameless = matches!(part, Part::Rules | Part::Helpers);
    (!is_nameless || rule.is_empty()).then(|| (part, rule, json.to_owned()))
}

/// The lines between the first and the last of a region.
fn body(text: &str) -> Option<String> {
    let text = text.replace("\r\n", "\n");
    let (_, rest) = text.split_once('\n')?;
    rest.trim_end().strip_suffix("//#endregion").map(ToOwned::to_owned)
}

/// What the JSON of a region generates.
fn generated(part: Part, rule: &str, json: &str) -> Option<String> {
    match part {
        Part::When => problems::read(json).ok().map(|when| code::when_body(&when, rule)),
        Part::Decide => problems::read(json).ok().map(|decide| code::decide_body(&decide, rule)),
        Part::Then => problems::read(json).ok().map(|then| code::then_body(&then, rule)),
        Part::Rules => serde_json::from_str::<Vec<String>>(json).ok().map(|names| code::rules_body(&names)),
        Part::Helpers => serde_json::from_str::<Vec<String>>(json).ok().map(|names| helpers::code(&names)),
    }
}

fn said<T>(slot: &Slot<T>, words: impl Fn(&T) -> String, code: &str) -> String {
    match slot {
        Slot::Form(form) => words(form),
        Slot::Code(_) | Slot::Missing => code.to_owned(),
    }
}
