//! Bundles: several actions decided together. An election chooses among them, a combination is all or nothing.
//!
//! The bundle is an action under the policies that govern its own type. What it holds are actions of their own, each with a
//! proposal under each of those policies that takes ballots, but none is decided by itself: [`write`] gives each its fate
//! with the decision on the bundle, and [`moved`] follows what platforms make of those that were carried out.

pub mod case;

mod carry;
mod chain;
mod form;
mod nominate;
mod rights;
mod write;

use store::bundles::Part;
use store::proposals::StoredProposal;
use types::BundleId;

pub(crate) use chain::moved;
pub(super) use form::{form, load_parts, proposals_of_parts};
pub(super) use nominate::nominate;
pub(super) use rights::{Lacking, parts, right_to};
pub(super) use write::write;

/// A bundle as stored, with what is decided of each of its actions.
#[derive(Clone)]
pub(super) struct StoredBundle {
    /// The bundle.
    pub id: BundleId,
    /// Its actions, in the order of the ballot.
    pub parts: Vec<StoredPart>,
}

/// One action of a bundle as stored.
#[derive(Clone)]
pub(super) struct StoredPart {
    /// The action.
    pub part: Part,
    /// Its proposals, in the order of the bundle's own.
    pub proposals: Vec<StoredProposal>,
}
