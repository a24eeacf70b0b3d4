//! Marks within a line: strong, emphasised, code, links, names of members.

/// A piece of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Inline {
    /// Plain words.
    Text(String),
    /// `**strong**`.
    Strong(Vec<Inline>),
    /// `*emphasised*`.
    Emphasis(Vec<Inline>),
    /// `` `code` ``.
    Code(String),
    /// `[words](address)`, or an address by itself. The address is one that a page may lead to.
    Link(String, String),
    /// `@handle`, without the sign.
    Mention(String),
}

/// Deepest nesting of marks; what is deeper stays as it was written.
const DEEPEST: u8 = 4;

/// The pieces of a line. With `calls`, `@handle` names a member.
pub fn inline(text: &str, calls: bool) -> Vec<Inline> {
    pieces(text, calls, 0)
}

fn pieces(text: &str, calls: bool, depth: u8) -> Vec<Inline> {
    let mut found: Vec<Inline> = Vec::new();
    let mut plain = String::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let before = plain.chars().next_back();
        match marked(rest, before, calls, depth) {
            Some((piece, after)) => {
                if !plain.is_empty() {
                    found.push(Inline::Text(std::mem::take(&mut plain)));
                }
                found.push(piece);
                rest = after;
            }
            None => {
                plain.push(c);
                rest = rest.get(c.len_utf8()..).unwrap_or_default();
            }
        }
    }
    if !plain.is_empty() {
        found.push(Inline::Text(plain));
    }
    found
}

/// The mark that `text` begins with, and what follows it.
fn marked(text: &str, before: Option<char>, calls: bool, depth: u8) -> Option<(Inline, &str)> {
    if let Some(rest) = text.strip_prefix('`') {
        let (code, after) = rest.split_once('`')?;
        return (!code.is_empty()).then(|| (Inline::Code(code.to_owned()), after));
    }
    if depth < DEEPEST {
        if let Some(rest) = text.strip_prefix("**") {
            let (inner, after) = rest.split_once("**")?;
            return is_word(inner).then(|| (Inline::Strong(pieces(inner, calls, depth + 1)), after));
        }
        if let Some(rest) = text.strip_prefix('*') {
            let (inner, after) = rest.split_once('*')?;
            return is_word(inner).then(|| (Inline::Emphasis(pieces(inner, calls, depth + 1)), after));
        }
    }
    if let Some(rest) = text.strip_prefix('[') {
        let (words, after) = rest.split_once("](")?;
        let (address, after) = after.split_once(')')?;
        let is_link = !words.contains('[') && !words.trim().is_empty() && is_safe(address);
        return is_link.then(|| (Inline::Link(words.to_owned(), address.to_owned()), after));
    }
    let begins_word = before.is_none_or(|before| !before.is_alphanumeric());
    if begins_word && (text.starts_with("https://") || text.starts_with("http://")) {
        let end = text.find(char::is_whitespace).unwrap_or(text.len());
        let (address, _) = text.split_at_checked(end)?;
        let address = address.trim_end_matches(['.', ',', ';', ':', '!', '?', ')', '"', '\'']);
        let after = text.get(address.len()..)?;
        return is_safe(address).then(|| (Inline::Link(address.to_owned(), address.to_owned()), after));
    }
    if calls && begins_word {
        let rest = text.strip_prefix('@')?;
        let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '_')).unwrap_or(rest.len());
        let handle = rest.get(..end)?.trim_end_matches(['-', '_']);
        let after = rest.get(handle.len()..)?;
        return (!handle.is_empty()).then(|| (Inline::Mention(handle.to_owned()), after));
    }
    None
}

/// Whether what stands between two marks is words, rather than the space between two asterisks of a sum.
fn is_word(inner: &str) -> bool {
    !inner.is_empty() && !inner.starts_with(char::is_whitespace) && !inner.ends_with(char::is_whitespace)
}

/// Whether a page may lead to an address: the web, mail, or a place of this site. Never a script.
pub fn is_safe(address: &str) -> bool {
    let is_web = address.starts_with("https://") || address.starts_with("http://") || address.starts_with("mailto:");
    let is_here = (address.starts_with('/') && !address.starts_with("//") && !address.starts_with("/\\"))
        || address.starts_with('#');
    (is_web || is_here) && !address.contains(|c: char| c.is_control() || c.is_whitespace())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(words: &str) -> Inline {
        Inline::Text(words.into())
    }

    #[test]
    fn marks_are_found_and_nest() {
        assert_eq!(
            inline("a **b *c*** `d*e*`", false),
            [text("a "), Inline::Strong(vec![text("b *c")]), text("* "), Inline::Code("d*e*".into())]
        );
        assert_eq!(inline("2 * 3 * 4", false), [text("2 * 3 * 4")]);
        assert_eq!(inline("*so*", false), [Inline::Emphasis(vec![text("so")])]);
    }

    #[test]
    fn only_addresses_that_are_safe_become_links() {
        assert_eq!(inline("[x](https://a.example/b)", false), [Inline::Link("x".into(), "https://a.example/b".into())]);
        for bad in
            ["javascript:alert(1)", "data:text/html,x", "//evil.example", "JAVASCRIPT:x", "vbscript:x", "/\\evil"]
        {
            assert!(
                !inline(&format!("[x]({bad})"), false).iter().any(|piece| matches!(piece, Inline::Link(..))),
                "{bad}"
            );
        }
        assert_eq!(
            inline("see https://a.example/x).", false),
            [text("see "), Inline::Link("https://a.example/x".into(), "https://a.example/x".into()), text(").")]
        );
    }

    #[test]
    fn names_call_members_only_where_asked() {
        assert_eq!(
            inline("hi @ada-b, me@x.org", true),
            [text("hi "), Inline::Mention("ada-b".into()), text(", me@x.org")]
        );
        assert_eq!(inline("@ada", false), [text("@ada")]);
    }
}
