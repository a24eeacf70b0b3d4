//! Keys of a search check: `~title+body (includes, regex)`.

/// How a value is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// `includes-word`.
    Word,
    /// `includes`.
    Inside,
    /// `starts-with`.
    Start,
    /// `ends-with`.
    End,
    /// `full-exact`.
    Exact,
    /// `full-text`.
    FullText,
}

/// A key, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// Whether it says what must not be.
    pub is_negated: bool,
    /// The fields, of which one must fit.
    pub fields: Vec<String>,
    /// How, where it says so.
    pub how: Option<How>,
    /// Whether values are regular expressions.
    pub is_regex: bool,
    /// Whether capitals matter.
    pub is_case_sensitive: bool,
    /// Modifiers that there are not.
    pub unknown: Vec<String>,
}

impl Key {
    /// Reads a key. A number behind a `#` only keeps keys of one rule apart.
    pub fn read(text: &str) -> Self {
        let (is_negated, rest) = text.strip_prefix('~').map_or((false, text), |rest| (true, rest));
        let (name, modifiers) =
            rest.split_once('(').map_or((rest, ""), |(name, rest)| (name, rest.trim_end_matches([')', ' '])));
        let name = name.split('#').next().unwrap_or_default();
        let mut key = Self {
            is_negated,
            fields: name.split('+').map(|field| field.trim().to_owned()).filter(|field| !field.is_empty()).collect(),
            how: None,
            is_regex: false,
            is_case_sensitive: false,
            unknown: Vec::new(),
        };
        for modifier in modifiers.split(',').map(str::trim).filter(|modifier| !modifier.is_empty()) {
            match modifier {
                "includes-word" => key.how = Some(How::Word),
                "includes" => key.how = Some(How::Inside),
                "starts-with" => key.how = Some(How::Start),
                "ends-with" => key.how = Some(How::End),
                "full-exact" => key.how = Some(How::Exact),
                "full-text" => key.how = Some(How::FullText),
                "regex" => key.is_regex = true,
                "case-sensitive" => key.is_case_sensitive = true,
                other => key.unknown.push(other.to_owned()),
            }
        }
        key
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_taken_apart() {
        let key = Key::read("~title+body#2 (includes, regex)");
        assert!(key.is_negated && key.is_regex && !key.is_case_sensitive);
        assert_eq!((key.fields, key.how), (vec!["title".to_owned(), "body".to_owned()], Some(How::Inside)));
        assert_eq!(Key::read("body (fuzzy)").unknown, ["fuzzy"]);
        assert_eq!(Key::read("domain").how, None);
    }
}
