//! Reading an export: JSON lines, a JSON array, or the REST interface's pages of `{"entries": […]}`.

use std::io::BufRead;

use types::audit::AuditEntry;

/// Why an export cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The file cannot be read.
    #[error("cannot read the file: {0}")]
    Io(#[from] std::io::Error),
    /// Something in it is not an audit entry.
    #[error("not an audit entry: {0}")]
    NotAnEntry(#[from] serde_json::Error),
}

/// One line of a file, or one of the forms that hold several entries.
#[derive(serde::Deserialize)]
#[serde(untagged)]
enum Part {
    Page { entries: Vec<AuditEntry> },
    Array(Vec<AuditEntry>),
}

/// The entries of an export, in the order in which they stand.
///
/// JSON lines are read one at a time, so that a file may be larger than memory.
pub fn read_export<R: BufRead + 'static>(mut file: R) -> Box<dyn Iterator<Item = Result<AuditEntry, ExportError>>> {
    let is_lines = loop {
        match file.fill_buf() {
            Err(error) => return Box::new(std::iter::once(Err(error.into()))),
            Ok([]) => return Box::new(std::iter::empty()),
            Ok(bytes) => match bytes.iter().position(|byte| !byte.is_ascii_whitespace()) {
                None => {
                    let n_read = bytes.len();
                    file.consume(n_read);
                }
                Some(start) => break bytes.get(start..).is_some_and(is_an_entry),
            },
        }
    };
    if !is_lines {
        return match serde_json::from_reader::<_, Part>(file) {
            Ok(Part::Page { entries } | Part::Array(entries)) => Box::new(entries.into_iter().map(Ok)),
            Err(error) => Box::new(std::iter::once(Err(error.into()))),
        };
    }
    Box::new(serde_json::Deserializer::from_reader(file).into_iter::<AuditEntry>().map(|entry| Ok(entry?)))
}

/// Whether the file begins with an object that is not a page of entries.
fn is_an_entry(start: &[u8]) -> bool {
    let compact: Vec<u8> = start.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).take(10).collect();
    compact.first() == Some(&b'{') && compact != b"{\"entries\""
}
