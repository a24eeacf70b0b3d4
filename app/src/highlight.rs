//! Colours for JavaScript: a tokenizer that knows just enough to tell keywords, names that are called, texts, constants and
//! comments apart. It never fails: what it does not know is plain.

/// What a piece of source is; the class that `code.css` colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ink {
    /// Punctuation, names and space.
    Plain,
    /// `if`, `return`.
    Keyword,
    /// A name that is called.
    Function,
    /// A text.
    Text,
    /// A number, `true`, `PASSED`.
    Constant,
    /// A comment.
    Comment,
}

impl Ink {
    /// The class, empty for plain.
    pub const fn class(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Keyword => "k",
            Self::Function => "f",
            Self::Text => "s",
            Self::Constant => "n",
            Self::Comment => "c",
        }
    }
}

/// A line of source, in pieces.
pub type Line = Vec<(Ink, String)>;

const KEYWORDS: &[&str] = &[
    "async",
    "await",
    "break",
    "case",
    "catch",
    "class",
    "const",
    "continue",
    "default",
    "delete",
    "do",
    "else",
    "finally",
    "for",
    "function",
    "if",
    "in",
    "instanceof",
    "let",
    "new",
    "of",
    "return",
    "static",
    "switch",
    "throw",
    "try",
    "typeof",
    "var",
    "void",
    "while",
    "yield",
];
const CONSTANTS: &[&str] =
    &["FAILED", "Infinity", "NaN", "PASSED", "PROPOSED", "false", "null", "this", "true", "undefined"];

/// The source in lines of coloured pieces. A text or comment that runs over lines keeps its colour on each.
pub fn lines(source: &str) -> Vec<Line> {
    let mut lines = vec![Line::new()];
    for (ink, piece) in pieces(source) {
        for (n, part) in piece.split('\n').enumerate() {
            if n > 0 {
                lines.push(Line::new());
            }
            if let Some(line) = lines.last_mut()
                && !part.is_empty()
            {
                push(line, ink, part);
            }
        }
    }
    if lines.len() > 1 && lines.last().is_some_and(Vec::is_empty) {
        lines.pop();
    }
    lines
}

/// Adds a piece, joining it to the one before where that has the same colour.
fn push(line: &mut Line, ink: Ink, part: &str) {
    match line.last_mut() {
        Some((last, text)) if *last == ink => text.push_str(part),
        _ => line.push((ink, part.to_owned())),
    }
}

fn pieces(source: &str) -> Vec<(Ink, String)> {
    let chars: Vec<char> = source.chars().collect();
    let mut found: Vec<(Ink, String)> = Vec::new();
    let mut at = 0;
    while let Some(&c) = chars.get(at) {
        let next = chars.get(at + 1).copied();
        let (ink, end) = match (c, next) {
            ('/', Some('/')) => (Ink::Comment, until(&chars, at, |rest| rest.first() == Some(&'\n'), 0)),
            ('/', Some('*')) => (Ink::Comment, until(&chars, at + 2, |rest| rest.starts_with(&['*', '/']), 2)),
            ('"' | '\'' | '`', _) => (Ink::Text, text_end(&chars, at, c)),
            (c, _) if c.is_ascii_digit() => {
                (Ink::Constant, while_in(&chars, at, |c| c.is_ascii_alphanumeric() || c == '.' || c == '_'))
            }
            (c, _) if is_name(c) => {
                let end = while_in(&chars, at, is_name);
                (name_ink(&chars, at, end), end)
            }
            _ => (Ink::Plain, at + 1),
        };
        let end = end.clamp(at + 1, chars.len());
        found.push((ink, chars.iter().skip(at).take(end - at).collect()));
        at = end;
    }
    found
}

fn is_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '$'
}

/// What a name is: by itself, or by the bracket behind it. A property is never a keyword.
fn name_ink(chars: &[char], at: usize, end: usize) -> Ink {
    let name: String = chars.iter().skip(at).take(end - at).collect();
    let is_property = at.checked_sub(1).and_then(|before| chars.get(before)) == Some(&'.');
    let is_called = chars.iter().skip(end).find(|c| **c != ' ') == Some(&'(');
    match name.as_str() {
        name if !is_property && KEYWORDS.contains(&name) => Ink::Keyword,
        name if !is_property && CONSTANTS.contains(&name) => Ink::Constant,
        _ if is_called => Ink::Function,
        _ => Ink::Plain,
    }
}

/// The first place from `from` where `stop` holds, and `past` further; the end where it never does.
fn until(chars: &[char], from: usize, stop: impl Fn(&[char]) -> bool, past: usize) -> usize {
    (from..chars.len()).find(|at| chars.get(*at..).is_some_and(&stop)).map_or(chars.len(), |at| at + past)
}

fn while_in(chars: &[char], from: usize, goes_on: impl Fn(char) -> bool) -> usize {
    from + chars.iter().skip(from).take_while(|c| goes_on(**c)).count()
}

/// Behind the closing quote; a line's end for the quotes that cannot run over lines.
fn text_end(chars: &[char], at: usize, quote: char) -> usize {
    let mut end = at + 1;
    while let Some(&c) = chars.get(end) {
        match c {
            '\\' => end += 2,
            '\n' if quote != '`' => return end,
            c if c == quote => return end + 1,
            _ => end += 1,
        }
    }
    chars.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inked(source: &str) -> Vec<(Ink, String)> {
        lines(source).into_iter().flatten().filter(|(ink, _)| *ink != Ink::Plain).collect()
    }

    fn piece(ink: Ink, text: &str) -> (Ink, String) {
        (ink, text.to_owned())
    }

    #[test]
    fn a_check_function_has_its_colours() {
        let found = inked("function check(action) {\n  if (yes.length >= 2) return PASSED // enough\n}");
        assert_eq!(
            found,
            [
                piece(Ink::Keyword, "function"),
                piece(Ink::Function, "check"),
                piece(Ink::Keyword, "if"),
                piece(Ink::Constant, "2"),
                piece(Ink::Keyword, "return"),
                piece(Ink::Constant, "PASSED"),
                piece(Ink::Comment, "// enough"),
            ]
        );
    }

    #[test]
    fn nothing_is_lost_whatever_the_source() {
        for source in ["", "\n", "\"open", "`a\nb`", "/* never closed", "a.if(1)", "'it\\'s'", "é = \"ü\" // ✓", "\\"]
        {
            let written: Vec<String> =
                lines(source).iter().map(|line| line.iter().map(|(_, text)| text.as_str()).collect()).collect();
            assert_eq!(written.join("\n"), source.strip_suffix('\n').unwrap_or(source), "{source:?}");
        }
    }

    #[test]
    fn a_comment_over_lines_keeps_its_colour() {
        let found = lines("/* one\ntwo */ three");
        assert_eq!(found[1], [piece(Ink::Comment, "two */"), piece(Ink::Plain, " three")]);
    }

    #[test]
    fn a_property_is_never_a_keyword() {
        assert_eq!(inked("a.delete()"), [piece(Ink::Function, "delete")]);
    }
}
