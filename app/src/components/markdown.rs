//! Documents: the few marks of Markdown that a constitution needs. Everything else is shown as it was written, so that no text
//! can become anything but text.

use leptos::prelude::*;

/// A piece of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    /// A heading, from 2 (the page's own is 1) to 4.
    Heading(u8, String),
    /// A paragraph.
    Paragraph(String),
    /// A list, numbered or not.
    List(bool, Vec<String>),
    /// A quotation.
    Quote(String),
}

/// The pieces of a text.
pub fn blocks(text: &str) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut is_fresh = true;
    for line in text.lines().map(str::trim) {
        if line.is_empty() {
            is_fresh = true;
            continue;
        }
        let level = line.chars().take_while(|c| *c == '#').count();
        let item = line.strip_prefix("- ").or_else(|| line.strip_prefix("* ")).map(|rest| (false, rest));
        let item = item.or_else(|| numbered(line).map(|rest| (true, rest)));
        match (blocks.last_mut(), item) {
            _ if (1..=6).contains(&level) && line.chars().nth(level) == Some(' ') => {
                let depth = u8::try_from(level + 1).unwrap_or(4).clamp(2, 4);
                blocks.push(Block::Heading(depth, line.trim_start_matches('#').trim().to_owned()));
                is_fresh = true;
                continue;
            }
            (Some(Block::List(is_numbered, items)), Some((wants_number, rest))) if *is_numbered == wants_number => {
                items.push(rest.to_owned());
            }
            (_, Some((is_numbered, rest))) => blocks.push(Block::List(is_numbered, vec![rest.to_owned()])),
            (Some(Block::Paragraph(before) | Block::Quote(before)), None) if !is_fresh => {
                before.push(' ');
                before.push_str(line.trim_start_matches('>').trim());
            }
            (Some(Block::List(_, items)), None) if !is_fresh => {
                if let Some(last) = items.last_mut() {
                    last.push(' ');
                    last.push_str(line);
                }
            }
            _ => blocks.push(match line.strip_prefix('>') {
                Some(rest) => Block::Quote(rest.trim().to_owned()),
                None => Block::Paragraph(line.to_owned()),
            }),
        }
        is_fresh = false;
    }
    blocks
}

/// What follows "12. ".
fn numbered(line: &str) -> Option<&str> {
    let (number, rest) = line.split_once(". ")?;
    (!number.is_empty() && number.len() < 4 && number.chars().all(|c| c.is_ascii_digit())).then_some(rest)
}

/// The text as a page shows it.
pub fn markdown(text: &str) -> AnyView {
    blocks(text)
        .into_iter()
        .map(|block| match block {
            Block::Heading(2, words) => view! { <h2>{inline(&words)}</h2> }.into_any(),
            Block::Heading(3, words) => view! { <h3>{inline(&words)}</h3> }.into_any(),
            Block::Heading(_, words) => view! { <h4>{inline(&words)}</h4> }.into_any(),
            Block::Paragraph(words) => view! { <p>{inline(&words)}</p> }.into_any(),
            Block::Quote(words) => view! {
                <blockquote>
                    <p>{inline(&words)}</p>
                </blockquote>
            }
            .into_any(),
            Block::List(true, items) => {
                view! { <ol>{items.iter().map(|item| view! { <li>{inline(item)}</li> }).collect_view()}</ol> }
                    .into_any()
            }
            Block::List(false, items) => {
                view! { <ul>{items.iter().map(|item| view! { <li>{inline(item)}</li> }).collect_view()}</ul> }
                    .into_any()
            }
        })
        .collect_view()
        .into_any()
}

/// `**strong**` and `` `code` `` within a line.
fn inline(text: &str) -> AnyView {
    let parts = text.split("**").enumerate().map(|(n, part)| {
        let codes = part.split('`').enumerate().map(|(m, piece)| match m % 2 {
            1 => view! { <code>{piece.to_owned()}</code> }.into_any(),
            _ => piece.to_owned().into_any(),
        });
        let codes = codes.collect_view();
        if n % 2 == 1 { view! { <strong>{codes}</strong> }.into_any() } else { codes.into_any() }
    });
    parts.collect_view().into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_constitution_has_headings_paragraphs_and_lists() {
        let text = "# Our house\n\nAnyone may\nspeak.\n\n1. First\n2. Second\n   goes on\n\n- a\n\n> Be kind.";
        assert_eq!(
            blocks(text),
            [
                Block::Heading(2, "Our house".into()),
                Block::Paragraph("Anyone may speak.".into()),
                Block::List(true, vec!["First".into(), "Second goes on".into()]),
                Block::List(false, vec!["a".into()]),
                Block::Quote("Be kind.".into()),
            ]
        );
    }

    #[test]
    fn a_number_in_a_sentence_is_no_list() {
        assert_eq!(blocks("1848. That year"), [Block::Paragraph("1848. That year".into())]);
        assert_eq!(blocks("#hashtag"), [Block::Paragraph("#hashtag".into())]);
    }
}
