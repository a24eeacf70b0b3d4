//! The four handles: one community or all of them, for reading or within a transaction.

use std::ops::Deref;

use types::CommunityId;

use crate::Tx;
use crate::sql::Db;

/// One community, for reading. Every query through it names the community, so that no other can be seen.
#[derive(Clone, Copy)]
pub struct CommunityStore<'s> {
    pub(crate) db: Db<'s>,
    pub(crate) id: CommunityId,
}

impl CommunityStore<'_> {
    /// Which community.
    #[must_use]
    pub fn id(&self) -> CommunityId {
        self.id
    }
}

/// One community within a transaction: everything that [`CommunityStore`] reads, and everything that changes.
#[derive(Clone, Copy)]
pub struct CommunityTx<'t> {
    pub(crate) reads: CommunityStore<'t>,
    pub(crate) tx: &'t Tx,
}

impl<'t> Deref for CommunityTx<'t> {
    type Target = CommunityStore<'t>;

    fn deref(&self) -> &CommunityStore<'t> {
        &self.reads
    }
}

/// What belongs to no community or to several: finding a community, sessions, tokens, and work that is claimed for all.
///
/// Each of its functions says why it may look across communities. None takes an id that a request named.
#[derive(Clone, Copy)]
pub struct SystemStore<'s> {
    pub(crate) db: Db<'s>,
}

/// The same within a transaction.
#[derive(Clone, Copy)]
pub struct SystemTx<'t> {
    pub(crate) reads: SystemStore<'t>,
    pub(crate) tx: &'t Tx,
}

impl<'t> Deref for SystemTx<'t> {
    type Target = SystemStore<'t>;

    fn deref(&self) -> &SystemStore<'t> {
        &self.reads
    }
}
