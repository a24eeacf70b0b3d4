//! The difference between two texts, line by line.

use crate::api::policy::{Change, DiffLine};

/// Most lines of each text that are compared; beyond that the old text is shown gone and the new one come.
///
/// The comparison costs their product: two million steps, a few milliseconds.
const MAX_LINES: usize = 1_500;

/// How `old` became `new`, by the longest common run of lines (which need not be next to each other).
#[must_use]
pub fn lines(old: &str, new: &str) -> Vec<DiffLine> {
    let (old, new): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
    let line = |change, text: &&str| DiffLine { change, text: (*text).to_owned() };
    if old.len() > MAX_LINES || new.len() > MAX_LINES {
        let gone = old.iter().map(|text| line(Change::Removed, text));
        return gone.chain(new.iter().map(|text| line(Change::Added, text))).collect();
    }
    let common = common_lengths(&old, &new);
    let at = |i: usize, j: usize| common.get(i).and_then(|row| row.get(j)).copied().unwrap_or(0);
    let (mut i, mut j, mut diff) = (0, 0, Vec::new());
    loop {
        match (old.get(i), new.get(j)) {
            (Some(a), Some(b)) if a == b => {
                diff.push(line(Change::Kept, a));
                (i, j) = (i + 1, j + 1);
            }
            (Some(a), b) if b.is_none() || at(i + 1, j) >= at(i, j + 1) => {
                diff.push(line(Change::Removed, a));
                i += 1;
            }
            (_, Some(b)) => {
                diff.push(line(Change::Added, b));
                j += 1;
            }
            (_, None) => return diff,
        }
    }
}

/// How `old` became `new`, word by word. Space stays with the word before it.
///
/// Lines are compared first; words only within what changed, so that a long document costs what its changes cost.
#[must_use]
pub fn words(old: &str, new: &str) -> Vec<(Change, String)> {
    let mut pieces: Vec<(Change, String)> = Vec::new();
    let (mut gone, mut come) = (String::new(), String::new());
    for line in lines(old, new) {
        let text = format!("{}\n", line.text);
        match line.change {
            Change::Removed => gone.push_str(&text),
            Change::Added => come.push_str(&text),
            Change::Kept => {
                changed_words(&mut pieces, &std::mem::take(&mut gone), &std::mem::take(&mut come));
                push(&mut pieces, Change::Kept, &text);
            }
        }
    }
    changed_words(&mut pieces, &gone, &come);
    pieces
}

fn changed_words(pieces: &mut Vec<(Change, String)>, old: &str, new: &str) {
    let (old, new) = (split(old), split(new));
    if old.len() > MAX_LINES || new.len() > MAX_LINES {
        push(pieces, Change::Removed, &old.concat());
        push(pieces, Change::Added, &new.concat());
        return;
    }
    let common = common_lengths(&old, &new);
    let at = |i: usize, j: usize| common.get(i).and_then(|row| row.get(j)).copied().unwrap_or(0);
    let (mut i, mut j) = (0, 0);
    loop {
        match (old.get(i), new.get(j)) {
            (Some(a), Some(b)) if a == b => {
                push(pieces, Change::Kept, a);
                (i, j) = (i + 1, j + 1);
            }
            (Some(a), b) if b.is_none() || at(i + 1, j) >= at(i, j + 1) => {
                push(pieces, Change::Removed, a);
                i += 1;
            }
            (_, Some(b)) => {
                push(pieces, Change::Added, b);
                j += 1;
            }
            (_, None) => return,
        }
    }
}

fn push(pieces: &mut Vec<(Change, String)>, change: Change, text: &str) {
    match pieces.last_mut() {
        _ if text.is_empty() => {}
        Some((last, run)) if *last == change => run.push_str(text),
        _ => pieces.push((change, text.to_owned())),
    }
}

/// Words, each with the space after it.
fn split(text: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let word = rest.find(char::is_whitespace).unwrap_or(rest.len());
        let after = rest.get(word..).unwrap_or_default();
        let end = word + after.find(|c: char| !c.is_whitespace()).unwrap_or(after.len());
        words.push(rest.get(..end).unwrap_or(rest));
        rest = rest.get(end..).unwrap_or_default();
    }
    words
}

/// `common[i][j]`: how many lines `old[i..]` and `new[j..]` have in common, in order.
fn common_lengths(old: &[&str], new: &[&str]) -> Vec<Vec<u16>> {
    let mut rows = vec![vec![0_u16; new.len() + 1]];
    for a in old.iter().rev() {
        let below = rows.last().cloned().unwrap_or_default();
        let mut row = vec![0_u16; new.len() + 1];
        let mut right = 0;
        for (j, b) in new.iter().enumerate().rev() {
            let value = if a == b {
                below.get(j + 1).copied().unwrap_or(0) + 1
            } else {
                right.max(below.get(j).copied().unwrap_or(0))
            };
            if let Some(cell) = row.get_mut(j) {
                *cell = value;
            }
            right = value;
        }
        rows.push(row);
    }
    rows.reverse();
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_in_the_middle_keeps_what_surrounds_it() {
        let signs = |old: &str, new: &str| {
            let sign = |line: DiffLine| match line.change {
                Change::Kept => format!(" {}", line.text),
                Change::Added => format!("+{}", line.text),
                Change::Removed => format!("-{}", line.text),
            };
            lines(old, new).into_iter().map(sign).collect::<Vec<_>>().join("\n")
        };
        assert_eq!(signs("a\nb\nc", "a\nx\nc\nd"), " a\n-b\n+x\n c\n+d");
        assert_eq!(signs("", "a"), "+a");
        assert_eq!(signs("a", ""), "-a");
        assert_eq!(signs("a\nb", "a\nb"), " a\n b");
    }

    #[test]
    fn words_are_compared_within_what_changed() {
        let told = |old: &str, new: &str| {
            words(old, new)
                .into_iter()
                .map(|(change, text)| match change {
                    Change::Kept => text,
                    Change::Removed => format!("[-{text}-]"),
                    Change::Added => format!("{{+{text}+}}"),
                })
                .collect::<String>()
        };
        assert_eq!(
            told("Open Tuesday to Friday.\nClosed.", "Open Tuesday to Saturday.\nClosed."),
            "Open Tuesday to [-Friday.\n-]{+Saturday.\n+}Closed.\n"
        );
        assert_eq!(told("same", "same"), "same\n");
        assert_eq!(told("", "new words"), "{+new words\n+}");
    }
}
