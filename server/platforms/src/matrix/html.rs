//! The HTML of a message, as far as its words go.

/// The text of `html`: without tags, and without the quotation (`<mx-reply>`) in front of an answer.
pub(super) fn plain_text(html: &str) -> String {
    let html = match (html.find("<mx-reply>"), html.find("</mx-reply>")) {
        (Some(0), Some(end)) => html.get(end..).unwrap_or_default(),
        _ => html,
    };
    let mut text = String::with_capacity(html.len());
    let mut tag: Option<String> = None;
    for c in html.chars() {
        match (&mut tag, c) {
            (None, '<') => tag = Some(String::new()),
            (None, c) => text.push(c),
            (Some(name), '>') => {
                // Words in different blocks are different words; words around an emphasis may be one.
                let name = name.trim_start_matches('/').split([' ', '/']).next().unwrap_or_default();
                if matches!(
                    name,
                    "br" | "p" | "div" | "li" | "ul" | "ol" | "blockquote" | "pre" | "tr" | "td" | "th" | "hr"
                ) || name.starts_with('h')
                {
                    text.push('\n');
                }
                tag = None;
            }
            (Some(name), c) => name.extend(c.to_lowercase()),
        }
    }
    let decoded = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&nbsp;", " "), ("&amp;", "&")]
        .into_iter()
        .fold(text, |text, (entity, character)| text.replace(entity, character));
    decoded.trim().to_owned()
}

/// Whether every word of `other` stands in `body`, so that who read `body` has read all.
pub(super) fn says_all_of(body: &str, other: &str) -> bool {
    let letters =
        |text: &str| -> String { text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect() };
    let body = letters(body);
    other.split_whitespace().map(letters).all(|word| body.contains(&word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markdown_says_no_more_in_html() {
        for (body, html) in [
            ("**hello** all", "<strong>hello</strong> all"),
            ("- one\n- two", "<ul><li>one</li><li>two</li></ul>"),
            ("[site](https://x.example)", "<a href=\"https://x.example\">site</a>"),
            ("a < b & c", "a &lt; b &amp; c"),
            ("yes", "<mx-reply><blockquote>shall we?</blockquote></mx-reply>yes"),
            ("in*cred*ible", "in<em>cred</em>ible"),
            ("one\ntwo", "one<br/>two"),
        ] {
            assert!(says_all_of(body, &plain_text(html)), "{body}: {}", plain_text(html));
        }
    }

    #[test]
    fn words_that_only_the_html_says_are_noticed() {
        assert!(!says_all_of("hello", &plain_text("<b>buy my book</b>")));
        assert_eq!(plain_text("<b>buy</b> my<br>book"), "buy my\nbook");
        assert_eq!(plain_text("<unclosed"), "");
    }

    proptest::proptest! {
        #[test]
        fn no_html_panics(html in "[<>/a-z&;é ]{0,60}") {
            let _ = plain_text(&html);
        }
    }
}
