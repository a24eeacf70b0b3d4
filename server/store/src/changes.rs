//! Hearing what other processes committed, so that nobody has to ask the database over and over.
//!
//! On PostgreSQL each commit that tells the audit log or schedules work sends the communities concerned with `NOTIFY`.
//! On SQLite there is one process, which knows what it committed: [`crate::Tx::commit`] answers it.

use std::future;

use sea_orm::DbBackend;
use sea_orm::sqlx::postgres::PgListener;
use types::CommunityId;

use crate::sql::{Db, values};
use crate::{Result, Store, StoreError};

/// The channel of `NOTIFY`.
const CHANNEL: &str = "polity_changes";

/// Most communities that one notification names: PostgreSQL takes 8,000 bytes, and an id has 36.
const MAX_NAMED: usize = 200;

/// What is heard of other processes (and of our own commits too).
pub struct Changes(Option<PgListener>);

impl Changes {
    pub(crate) async fn of(store: &Store) -> Result<Self> {
        if store.pools().backend != DbBackend::Postgres {
            return Ok(Self(None));
        }
        let pool = store.pools().write.get_postgres_connection_pool();
        let mut listener = PgListener::connect_with(pool).await.map_err(failed)?;
        listener.listen(CHANNEL).await.map_err(failed)?;
        Ok(Self(Some(listener)))
    }

    /// The communities of the next commit; empty where anything may have changed (many at once, or the line was down
    /// for a moment). On SQLite it never comes.
    ///
    /// # Errors
    /// What the database answered; the next call connects again.
    pub async fn next(&mut self) -> Result<Vec<CommunityId>> {
        match &mut self.0 {
            None => future::pending().await,
            Some(listener) => {
                let heard = listener.try_recv().await.map_err(failed)?;
                Ok(heard.map(|heard| read(heard.payload())).unwrap_or_default())
            }
        }
    }
}

/// Tells the other processes, when the transaction is committed.
pub(crate) async fn tell(db: Db<'_>, mut communities: Vec<CommunityId>) -> Result<()> {
    if !db.is_postgres() || communities.is_empty() {
        return Ok(());
    }
    communities.sort_unstable();
    communities.dedup();
    let named: Vec<String> = match communities.len() {
        n if n > MAX_NAMED => Vec::new(),
        _ => communities.iter().map(CommunityId::to_string).collect(),
    };
    db.run("SELECT pg_notify($1, $2)", values![CHANNEL, named.join(",")]).await?;
    Ok(())
}

fn read(payload: &str) -> Vec<CommunityId> {
    payload.split(',').filter_map(|id| id.parse().ok()).collect()
}

fn failed(error: sea_orm::sqlx::Error) -> StoreError {
    StoreError::Database(sea_orm::DbErr::Conn(sea_orm::RuntimeErr::SqlxError(std::sync::Arc::new(error))))
}
