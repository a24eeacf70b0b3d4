//! Putting texts into a text, and finding one's way back.

/// A text that goes in.
#[derive(Clone, Debug)]
pub(crate) struct Insertion {
    /// Before which byte of the source.
    pub at: usize,
    /// Whether it opens something there; what closes something comes first.
    pub opens: bool,
    pub text: String,
}

/// A text that went in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Inserted {
    /// Before which byte of the source.
    pub at: usize,
    /// At which byte of the new text it begins.
    pub start: usize,
    pub length: usize,
}

/// The source with the insertions, and where each went.
pub(crate) fn splice(source: &str, mut insertions: Vec<Insertion>) -> (String, Vec<Inserted>) {
    // The sort is stable: what opens further out was noted earlier, what closes further in too.
    insertions.sort_by_key(|insertion| (insertion.at, insertion.opens));
    let mut text = String::with_capacity(source.len().saturating_mul(2));
    let mut inserted = Vec::with_capacity(insertions.len());
    let mut done = 0;
    for insertion in insertions {
        let Some(between) = source.get(done..insertion.at) else { continue };
        text.push_str(between);
        done = insertion.at;
        inserted.push(Inserted { at: insertion.at, start: text.len(), length: insertion.text.len() });
        text.push_str(&insertion.text);
    }
    text.push_str(source.get(done..).unwrap_or_default());
    (text, inserted)
}

/// Which byte of the source a byte of the new text comes from.
pub(crate) fn source_offset(inserted: &[Inserted], offset: usize) -> usize {
    let mut shift = 0_usize;
    for one in inserted {
        if one.start > offset {
            break;
        }
        if offset < one.start.saturating_add(one.length) {
            return one.at;
        }
        shift = shift.saturating_add(one.length);
    }
    offset.saturating_sub(shift)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_finds_its_way_back() {
        let insert = |at, opens, text: &str| Insertion { at, opens, text: text.into() };
        let (text, inserted) = splice(
            "abcd",
            vec![insert(2, true, "<<"), insert(2, false, ">"), insert(0, true, "("), insert(4, false, ")")],
        );
        assert_eq!(text, "(ab><<cd)");
        for (offset, byte) in text.bytes().enumerate().filter(|(_, byte)| byte.is_ascii_alphabetic()) {
            let back = source_offset(&inserted, offset);
            assert_eq!("abcd".as_bytes()[back], byte);
        }
    }
}
