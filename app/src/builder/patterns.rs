//! Which regular expressions a form takes: those that JavaScript understands and that no text can make it try for ever.
//!
//! A backtracking engine takes exponential time where a part that repeats without end holds another such part, or a choice. Neither
//! is allowed; nor are references back, and looking behind.

/// Longest pattern.
///
/// # Units
/// Characters.
const MAX_CHARS: usize = 1_000;

/// Deepest nesting of groups.
const MAX_DEPTH: usize = 20;

/// What a group has held so far.
#[derive(Clone, Copy, Default)]
struct Held {
    /// Something repeats without end.
    repeats: bool,
    /// There is a choice.
    chooses: bool,
}

/// What is wrong with a pattern, as the rest of a sentence; `None` where it can be used.
#[must_use]
pub fn problem(pattern: &str) -> Option<String> {
    if pattern.is_empty() || pattern.chars().count() > MAX_CHARS {
        return Some(format!("takes a regular expression of 1 to {MAX_CHARS} characters"));
    }
    Reader { rest: pattern.chars().collect(), at: 0 }.check().err().map(str::to_owned)
}

struct Reader {
    rest: Vec<char>,
    at: usize,
}

impl Reader {
    fn next(&mut self) -> Option<char> {
        let next = self.rest.get(self.at).copied();
        self.at += usize::from(next.is_some());
        next
    }

    fn peek(&self) -> Option<char> {
        self.rest.get(self.at).copied()
    }

    fn check(&mut self) -> Result<(), &'static str> {
        let mut open: Vec<Held> = vec![Held::default()];
        // What stands before a quantifier: nothing, something simple, or a group with what it held.
        let mut before: Option<Held> = None;
        while let Some(c) = self.next() {
            match c {
                '\\' => {
                    self.escape()?;
                    before = Some(Held::default());
                }
                '[' => {
                    self.class()?;
                    before = Some(Held::default());
                }
                '(' => {
                    self.group()?;
                    open.push(Held::default());
                    if open.len() > MAX_DEPTH {
                        return Err("nests its groups too deep");
                    }
                    before = None;
                }
                ')' => {
                    let held = open.pop().filter(|_| !open.is_empty()).ok_or("closes a group that it did not open")?;
                    if let Some(outer) = open.last_mut() {
                        outer.repeats |= held.repeats;
                        outer.chooses |= held.chooses;
                    }
                    before = Some(held);
                }
                '|' => {
                    if let Some(held) = open.last_mut() {
                        held.chooses = true;
                    }
                    before = None;
                }
                '*' | '+' | '?' | '{' => {
                    let is_endless = match c {
                        '*' | '+' => true,
                        '?' => false,
                        _ => self.count()?,
                    };
                    let held = before.take().ok_or("repeats nothing: write \\ before a sign that stands for itself")?;
                    if is_endless && (held.repeats || held.chooses) {
                        return Err(
                            "repeats something that repeats, or a choice, without end: a text could make it try for ever",
                        );
                    }
                    if is_endless && let Some(group) = open.last_mut() {
                        group.repeats = true;
                    }
                    if self.peek() == Some('?') {
                        self.next();
                    }
                }
                '}' | ']' => return Err("has a bracket that was not opened: write \\ before it"),
                '^' | '$' => before = None,
                _ => before = Some(Held::default()),
            }
        }
        if open.len() == 1 { Ok(()) } else { Err("opens a group that it does not close") }
    }

    fn escape(&mut self) -> Result<(), &'static str> {
        match self.next() {
            None => Err("ends with a \\"),
            Some('b' | 'B' | 'd' | 'D' | 'w' | 'W' | 's' | 'S' | 'n' | 't' | 'r') => Ok(()),
            Some(c) if c.is_ascii_digit() => Err("refers back to a group"),
            Some(c) if c.is_alphabetic() => {
                Err("has an escape that is not one of \\b \\d \\w \\s \\n \\t \\r and their capitals")
            }
            Some(_) => Ok(()),
        }
    }

    /// Behind `(`: only plain groups, groups without a number, and looking ahead.
    fn group(&mut self) -> Result<(), &'static str> {
        if self.peek() != Some('?') {
            return Ok(());
        }
        self.next();
        match self.next() {
            Some(':' | '=' | '!') => Ok(()),
            Some('<') => Err("looks behind, or names a group"),
            _ => Err("has a group of a kind that JavaScript does not know"),
        }
    }

    fn class(&mut self) -> Result<(), &'static str> {
        if self.peek() == Some('^') {
            self.next();
        }
        let mut is_first = true;
        loop {
            match self.next() {
                None => return Err("opens a [ that it does not close"),
                Some(']') if is_first => return Err("has an empty class [ ]: write \\] for the bracket itself"),
                Some(']') => return Ok(()),
                Some('\\') => self.escape()?,
                Some(_) => {}
            }
            is_first = false;
        }
    }

    /// Behind `{`: `2}`, `2,}` or `2,5}`; answers whether it is endless. Long counted repetitions count as endless too.
    fn count(&mut self) -> Result<bool, &'static str> {
        const WRONG: &str = "has a { that begins no count such as {2} or {2,5}: write \\{ for the bracket itself";
        let mut text = String::new();
        loop {
            match self.next() {
                Some('}') => break,
                Some(c) if c.is_ascii_digit() || c == ',' => text.push(c),
                _ => return Err(WRONG),
            }
        }
        let (least, most) = text.split_once(',').map_or((text.as_str(), None), |(least, most)| (least, Some(most)));
        let least: u32 = least.parse().map_err(|_| WRONG)?;
        let most: Option<u32> = match most {
            None => Some(least),
            Some("") => None,
            Some(most) => Some(most.parse().map_err(|_| WRONG)?),
        };
        if least > 1_000 || most.is_some_and(|most| most > 1_000 || most < least) {
            return Err("counts beyond 1,000, or backwards");
        }
        Ok(most.is_none_or(|most| most > 10))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_plain_is_taken() {
        for pattern in [
            "spam",
            r"\bfree (bit)?coins?\b",
            r"^\[?(oc|meta)\]",
            r"https?://\S+\.(com|net)/",
            r"(?:a|b){2,3}",
            r"[^a-z\]]+",
            r"\d{4}-\d{2}",
            "(?=.*foo)bar",
            r"a\|b",
            "(ab)*",
            r"colou?rs*",
            r"\(\?\)",
            r".*?x",
        ] {
            assert_eq!(problem(pattern), None, "{pattern}");
        }
    }

    #[test]
    fn what_could_run_for_ever_or_is_no_javascript_is_refused() {
        for pattern in [
            "(a+)+",
            "(a|aa)*$",
            "((ab)*c)+",
            r"(\w+\s?)*",
            "(a{1,})*",
            "(a{1,99})+",
            r"(a)\1",
            "(?<=a)b",
            "(?P<n>a)",
            "(?i)a",
            "a)",
            "(a",
            "[a",
            "*a",
            "a{",
            "a{3,1}",
            r"\p{L}",
            r"\Z",
            "",
            r"a\",
            "[]a]",
            "a**",
            "]",
        ] {
            assert!(problem(pattern).is_some(), "{pattern}");
        }
    }
}
