//! Search in one community.

use app::api::search::{FoundKind, FoundLine, SearchView};
use app::backend::{SearchBackend, Viewer};
use app::error::AppError;
use async_trait::async_trait;
use store::search::{SearchItem, terms};
use types::ActionType;

use super::{PageBackend, failed};

/// Lines that are shown.
const SHOWN: usize = 40;

/// Items that are read: some may be none of the reader's business.
const READ: u32 = 200;

/// Characters of an excerpt before and after the first word that matches.
const AROUND: usize = 90;

/// Longest question, in characters.
const MAX_CHARS: usize = 200;

#[async_trait]
impl SearchBackend for PageBackend {
    async fn search(
        &self,
        viewer: &Viewer,
        slug: &str,
        text: &str,
        kind: Option<FoundKind>,
    ) -> Result<SearchView, AppError> {
        let place = self.enter(viewer, slug).await?;
        let text: String = text.trim().chars().take(MAX_CHARS).collect();
        let words = terms(&text);
        let mut items = place.store().search(&words, kind.map(FoundKind::word), READ).await.map_err(failed)?;
        items.retain(|item| {
            item.gate.is_empty() || item.gate.parse::<ActionType>().is_ok_and(|kind| place.here.sees(&kind))
        });
        let has_more = items.len() > SHOWN;
        let found = items.iter().take(SHOWN).filter_map(|item| line(item, &words)).collect();
        Ok(SearchView { text, kind, found, has_more })
    }
}

fn line(item: &SearchItem, words: &[String]) -> Option<FoundLine> {
    Some(FoundLine {
        kind: FoundKind::of(&item.kind)?,
        title: item.title.clone(),
        excerpt: excerpt(&item.body, words),
        at: item.at,
        path: path(&item.leads_to),
    })
}

/// Where an item leads, below the community's address.
fn path(leads_to: &str) -> String {
    match leads_to.split_once(':') {
        Some(("proposal", rest)) => format!("proposals/{rest}"),
        Some(("policy", id)) => format!("policies/{id}"),
        Some(("document", id)) => format!("documents/{id}"),
        _ => format!("audit?subject={leads_to}"),
    }
}

/// The words around the first that matches, with those that match marked.
fn excerpt(body: &str, words: &[String]) -> Vec<(String, bool)> {
    let body = body.split_whitespace().collect::<Vec<_>>().join(" ");
    let pieces: Vec<&str> = body.split_inclusive(|c: char| !c.is_alphanumeric()).collect();
    let matches = |piece: &str| {
        let word = piece.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
        !word.is_empty() && words.iter().any(|wanted| word.starts_with(wanted))
    };
    let first = pieces.iter().position(|piece| matches(piece)).unwrap_or(0);
    let mut begin = first;
    let mut n_chars = 0;
    while begin > 0 && n_chars < AROUND {
        begin -= 1;
        n_chars += pieces.get(begin).map_or(0, |piece| piece.chars().count());
    }
    let mut excerpt: Vec<(String, bool)> = Vec::new();
    if begin > 0 {
        excerpt.push(("… ".to_owned(), false));
    }
    let mut n_chars = 0;
    for piece in pieces.iter().skip(begin) {
        n_chars += piece.chars().count();
        if n_chars > 2 * AROUND {
            excerpt.push(("…".to_owned(), false));
            break;
        }
        let is_match = matches(piece);
        match excerpt.last_mut() {
            Some((run, marked)) if *marked == is_match && !is_match => run.push_str(piece),
            _ => excerpt.push(((*piece).to_owned(), is_match)),
        }
    }
    excerpt
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_excerpt_shows_where_the_words_stand() {
        let body = format!("{} The wheelbarrow is flat. {}", "before ".repeat(40), "after ".repeat(60));
        let found = excerpt(&body, &["wheel".to_owned()]);
        assert!(found.contains(&("wheelbarrow ".to_owned(), true)), "{found:?}");
        assert_eq!(found.first(), Some(&("… ".to_owned(), false)));
        assert_eq!(found.last(), Some(&("…".to_owned(), false)));
        assert_eq!(excerpt("", &["x".to_owned()]), []);
    }
}
