//! What can go wrong between us and the database.

use sea_orm::{DbErr, RuntimeErr, SqlErr};

/// Why the store could not do what was asked. "Not found" is not among them: that is a `None`.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A name, slug, handle or id is in use already.
    #[error("already taken: {0}")]
    Taken(String),
    /// Somebody else holds what the transaction needs. Nothing was changed; doing it again may work.
    #[error("the database is busy: {0}")]
    Busy(String),
    /// A stored text is not what this version of the program writes.
    #[error("cannot read a stored {what}: {problem}")]
    Unreadable {
        /// What was being read.
        what: &'static str,
        /// What was wrong with it.
        problem: String,
    },
    /// A value of ours that cannot be written.
    #[error("cannot write a {what}: {problem}")]
    Unwritable {
        /// What was being written.
        what: &'static str,
        /// What was wrong with it.
        problem: String,
    },
    /// A row that was to be changed is not there, or belongs to another community.
    #[error("there is no such {0} in this community")]
    Missing(&'static str),
    /// The address of the database is not one we understand.
    #[error("'{0}' is not a database: write sqlite:FILE, sqlite::memory: or postgres://USER@HOST/NAME")]
    BadUrl(String),
    /// Anything else that the database answered.
    #[error("the database failed: {0}")]
    Database(#[source] DbErr),
}

impl StoreError {
    /// Whether doing the same again may succeed.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        matches!(self, Self::Busy(_))
    }
}

impl From<DbErr> for StoreError {
    fn from(error: DbErr) -> Self {
        if let Some(SqlErr::UniqueConstraintViolation(what)) = error.sql_err() {
            return Self::Taken(what);
        }
        match sql_code(&error).as_deref() {
            // SQLITE_BUSY, SQLITE_LOCKED, SQLITE_BUSY_SNAPSHOT; PostgreSQL's deadlock, serialization and lock time-out.
            Some("5" | "6" | "517" | "40P01" | "40001" | "55P03") => Self::Busy(error.to_string()),
            _ => Self::Database(error),
        }
    }
}

/// The database's own code of the error.
fn sql_code(error: &DbErr) -> Option<String> {
    let (DbErr::Exec(inner) | DbErr::Query(inner) | DbErr::Conn(inner)) = error else { return None };
    let RuntimeErr::SqlxError(error) = inner else { return None };
    error.as_database_error().and_then(|error| error.code()).map(|code| code.into_owned())
}

/// What the store's functions answer.
pub type Result<T, E = StoreError> = std::result::Result<T, E>;
