//! Checking a chain, with nothing but the entries.

use std::fmt::Display;

use types::CommunityId;
use types::audit::AuditEntry;

use super::{GENESIS, entry_hash};

/// A chain that holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// Whose; `None` for an empty file.
    pub community: Option<CommunityId>,
    /// The number of the first entry. An export need not begin at 1: what stood before is then vouched for by nobody.
    pub first_seq: i64,
    /// The number of the last entry. Entries cut off at the end cannot be missed: compare this and `head`.
    pub last_seq: i64,
    /// The hash of the last entry.
    pub head: String,
}

/// Where a chain breaks, and how.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("entry {seq}: {what}")]
pub struct Tampered {
    /// The number of the entry that cannot be trusted.
    pub seq: i64,
    /// What is wrong with it.
    pub what: String,
}

/// Checks entries in the order in which they stand: each hash, each link, each number.
///
/// # Errors
/// [`Tampered`] at the first entry that is changed, missing, out of order, twice there, or unreadable.
pub fn verify<E: Display>(entries: impl Iterator<Item = Result<AuditEntry, E>>) -> Result<Verified, Tampered> {
    let mut verified: Option<Verified> = None;
    for entry in entries {
        let expected = verified.as_ref().map_or(1, |so_far| so_far.last_seq + 1);
        let entry = entry.map_err(|error| Tampered { seq: expected, what: format!("cannot be read: {error}") })?;
        let tampered = |what: String| Tampered { seq: entry.seq, what };
        match &verified {
            None if entry.seq < 1 => return Err(tampered("numbers begin at 1".to_owned())),
            None if entry.seq == 1 && entry.prev_hash != GENESIS => {
                return Err(tampered("is the first but names one before it".to_owned()));
            }
            None => {}
            Some(so_far) if so_far.community != Some(entry.community) => {
                return Err(tampered("belongs to another community".to_owned()));
            }
            Some(so_far) if entry.seq > expected => {
                let missing = match entry.seq - expected {
                    1 => format!("entry {expected} is missing"),
                    _ => format!("entries {expected} to {} are missing or stand elsewhere", entry.seq - 1),
                };
                return Err(Tampered { seq: expected, what: format!("{missing}, after entry {}", so_far.last_seq) });
            }
            Some(so_far) if entry.seq < expected => {
                return Err(tampered(format!("stands after entry {}: out of order, or twice", so_far.last_seq)));
            }
            Some(so_far) if entry.prev_hash != so_far.head => {
                return Err(tampered(format!("does not follow from entry {}", so_far.last_seq)));
            }
            Some(_) => {}
        }
        if entry_hash(&entry) != entry.hash {
            return Err(tampered("was changed: its content does not match its hash".to_owned()));
        }
        let first_seq = verified.as_ref().map_or(entry.seq, |so_far| so_far.first_seq);
        verified =
            Some(Verified { community: Some(entry.community), first_seq, last_seq: entry.seq, head: entry.hash });
    }
    Ok(verified.unwrap_or_else(|| Verified { community: None, first_seq: 0, last_seq: 0, head: GENESIS.to_owned() }))
}
