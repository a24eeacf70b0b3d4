//! Documents: the few marks of Markdown that a constitution needs. Everything else is shown as it was written, so that no text
//! can become anything but text.

use leptos::prelude::*;

mod inline;

pub use inline::{Inline, inline};

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
    blocks(text).into_iter().map(|block| block_view(block, &Place::Document)).collect_view().into_any()
}

/// A comment: the same without headings of its own, with members by name. `members` is the address of the members' page.
pub fn comment_text(text: &str, members: &str) -> AnyView {
    let place = Place::Comment(members.to_owned());
    blocks(text).into_iter().map(|block| block_view(block, &place)).collect_view().into_any()
}

/// Where a text stands.
enum Place {
    /// On a page of its own, with headings.
    Document,
    /// In a discussion: the address of the members' page.
    Comment(String),
}

fn block_view(block: Block, place: &Place) -> AnyView {
    let line = |words: &str| inline_view(words, place);
    match (block, place) {
        (Block::Heading(_, words), Place::Comment(_)) => view! {
            <p>
                <strong>{line(&words)}</strong>
            </p>
        }
        .into_any(),
        (Block::Heading(2, words), _) => {
            let id = anchor(&words);
            view! { <h2 id=id>{line(&words)}</h2> }.into_any()
        }
        (Block::Heading(3, words), _) => {
            let id = anchor(&words);
            view! { <h3 id=id>{line(&words)}</h3> }.into_any()
        }
        (Block::Heading(_, words), _) => view! { <h4>{line(&words)}</h4> }.into_any(),
        (Block::Paragraph(words), _) => view! { <p>{line(&words)}</p> }.into_any(),
        (Block::Quote(words), _) => view! {
            <blockquote>
                <p>{line(&words)}</p>
            </blockquote>
        }
        .into_any(),
        (Block::List(true, items), _) => {
            view! { <ol>{items.iter().map(|item| view! { <li>{line(item)}</li> }).collect_view()}</ol> }.into_any()
        }
        (Block::List(false, items), _) => {
            view! { <ul>{items.iter().map(|item| view! { <li>{line(item)}</li> }).collect_view()}</ul> }.into_any()
        }
    }
}

/// The id of a heading: its words in small letters with hyphens.
pub fn anchor(words: &str) -> String {
    let letters = words.to_lowercase();
    let parts: Vec<&str> = letters.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty()).collect();
    format!("s-{}", parts.join("-"))
}

/// The marks within a line.
fn inline_view(text: &str, place: &Place) -> AnyView {
    let calls = matches!(place, Place::Comment(_));
    inline(text, calls).into_iter().map(|piece| piece_view(piece, place)).collect_view().into_any()
}

fn piece_view(piece: Inline, place: &Place) -> AnyView {
    let inner = |pieces: Vec<Inline>| pieces.into_iter().map(|piece| piece_view(piece, place)).collect_view();
    match piece {
        Inline::Text(words) => words.into_any(),
        Inline::Strong(pieces) => view! { <strong>{inner(pieces)}</strong> }.into_any(),
        Inline::Emphasis(pieces) => view! { <em>{inner(pieces)}</em> }.into_any(),
        Inline::Code(words) => view! { <code>{words}</code> }.into_any(),
        Inline::Link(words, address) => {
            let is_elsewhere = address.contains(':');
            let rel = is_elsewhere.then_some("nofollow noopener ugc external");
            view! {
                <a href=address rel=rel>
                    {words}
                </a>
            }
            .into_any()
        }
        Inline::Mention(handle) => match place {
            Place::Comment(members) => {
                let href = format!("{members}/{handle}");
                view! {
                    <a class="mention" href=href>
                        {format!("@{handle}")}
                    </a>
                }
                .into_any()
            }
            Place::Document => format!("@{handle}").into_any(),
        },
    }
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
