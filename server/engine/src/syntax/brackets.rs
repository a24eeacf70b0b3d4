//! A cheap look at nesting before any parser runs: parsers recurse.

/// Longest run of prefix operators such as `!!!!`: each is one level of nesting without a bracket.
const PREFIXES: usize = 200;

/// The byte at which brackets are nested deeper than `depth`, or prefix operators go on without an end.
///
/// Brackets in texts and comments count too. That can only refuse a policy that nobody writes.
pub(super) fn too_deep(source: &str, depth: usize) -> Option<usize> {
    let mut open = 0_usize;
    let mut prefixes = 0_usize;
    for (offset, byte) in source.bytes().enumerate() {
        match byte {
            b'(' | b'[' | b'{' => open = open.saturating_add(1),
            b')' | b']' | b'}' => open = open.saturating_sub(1),
            _ => {}
        }
        match byte {
            b'!' | b'~' | b'-' | b'+' => prefixes = prefixes.saturating_add(1),
            b' ' | b'\n' | b'\t' | b'\r' => {}
            _ => prefixes = 0,
        }
        if open > depth || prefixes > PREFIXES {
            return Some(offset);
        }
    }
    None
}
