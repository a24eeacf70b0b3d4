//! From where boa says that an error was to where it was.

use super::{Instrumented, Stretch, splice};
use crate::syntax::position;

/// What a run with counters left behind, as far as places go.
pub(crate) struct Places<'a> {
    pub source: &'a str,
    pub instrumented: &'a Instrumented,
    pub counts: &'a [u32],
}

impl Places<'_> {
    /// The place in the author's text of an error that boa places in the instrumented text; `None` where nothing is known.
    ///
    /// boa knows the places of calls, of property reads and of `throw`. For everything else it names the start of the
    /// function: there the statement that ran last in that function is the better answer.
    pub fn resolve(&self, line: u32, column: u32) -> Option<(u32, u32)> {
        let Some(offset) = offset_of(&self.instrumented.text, line, column) else {
            return self.last_in(0).map(|stretch| position(self.source, stretch.start));
        };
        let offset = splice::source_offset(&self.instrumented.inserted, offset);
        let regions = &self.instrumented.regions;
        // The innermost function of which boa may have named the start.
        let named = regions.iter().enumerate().rev().find(|(_, region)| region.starts.contains(&offset));
        if let Some(stretch) = named.and_then(|(at, _)| self.last_in(at)) {
            return Some(position(self.source, stretch.start));
        }
        Some(position(self.source, offset))
    }

    /// The statement that ran last in a function.
    fn last_in(&self, region: usize) -> Option<Stretch> {
        let number = usize::try_from(*self.counts.get(region)?).ok()?;
        self.instrumented.by_count.iter().find(|(count, _)| *count == number).map(|(_, stretch)| *stretch)
    }
}

/// The byte at a line and column, both from 1, columns in UTF-16 units.
fn offset_of(text: &str, line: u32, column: u32) -> Option<usize> {
    let line = usize::try_from(line.checked_sub(1)?).ok()?;
    let column = usize::try_from(column.checked_sub(1)?).ok()?;
    let start: usize = text.split_inclusive('\n').take(line).map(str::len).sum();
    let rest = text.get(start..)?;
    let mut units = 0;
    for (offset, letter) in rest.char_indices() {
        if units >= column || letter == '\n' {
            return Some(start.saturating_add(offset));
        }
        units += letter.len_utf16();
    }
    Some(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_utf16_units() {
        let text = "a\n𝒳b\r\nc";
        assert_eq!(offset_of(text, 2, 3), Some(6));
        assert_eq!(offset_of(text, 3, 1), Some(9));
        assert_eq!(offset_of(text, 0, 0), None);
    }
}
