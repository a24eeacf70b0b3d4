//! Opening a database, and the handles on it.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use migrations::{Migrator, MigratorTrait};
use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DatabaseTransaction, DbBackend,
    SqliteTransactionMode, TransactionOptions, TransactionTrait,
};
use types::CommunityId;

use crate::changes::Changes;
use crate::sql::{Db, Pools};
use crate::{CommunityStore, Result, StoreError, SystemStore, Tx};

/// How many connections read a SQLite file at the same time: pages are read from the cache, two cores need no more.
const SQLITE_READERS: u32 = 4;

/// How many connections one process holds to PostgreSQL, whose default limit is 100 for all processes together.
const POSTGRES_CONNECTIONS: u32 = 16;

/// How long a SQLite writer waits for another process (`polity migrate` beside `polity serve`) before it is told "busy".
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);

/// How long a caller waits for a free connection.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(30);

/// Prepared statements kept per connection: there are about 200 texts, some in several lengths.
const PREPARED_STATEMENTS: usize = 500;

/// The advisory lock under which PostgreSQL lets one process at a time migrate. The number says nothing.
const MIGRATION_LOCK: i64 = 0x706f_6c69_7479;

/// A database. Cheap to clone; clones share their connections.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    pools: Pools,
    /// The private file behind `sqlite::memory:`, deleted with the store.
    scratch: Option<PathBuf>,
}

impl Drop for Inner {
    fn drop(&mut self) {
        if let Some(file) = &self.scratch {
            for suffix in ["", "-wal", "-shm"] {
                let mut path = file.clone().into_os_string();
                path.push(suffix);
                // Nothing is lost when the file stays: it is in the folder for temporary files, under a name of its own.
                let _ = std::fs::remove_file(path);
            }
        }
    }
}

impl Store {
    /// Opens `sqlite:FILE` (created where missing), `sqlite::memory:` or `postgres://…`. Tables are made by [`Store::migrate`].
    ///
    /// SQLite runs in WAL mode with `synchronous=NORMAL`: what was committed survives the end of the process at any
    /// moment (`kill -9`), because it is in the operating system's hands by then. A power cut may take the last
    /// commits, never the file; `sqlite:FILE?synchronous=full` pays a flush to disk per commit for these too.
    /// `sqlite::memory:` is a private file that goes with the store, so that it behaves like any other database.
    ///
    /// # Errors
    /// [`StoreError::BadUrl`], or what the database answered.
    pub async fn open(url: &str) -> Result<Self> {
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            let pool = open_postgres(url).await?;
            let pools = Pools { write: pool.clone(), read: pool, backend: DbBackend::Postgres };
            return Ok(Self { inner: Arc::new(Inner { pools, scratch: None }) });
        }
        let file = url.strip_prefix("sqlite:").ok_or_else(|| StoreError::BadUrl(without_password(url)))?;
        let (file, synchronous) = match file.split_once('?') {
            Some((file, "synchronous=full")) => (file, "FULL"),
            Some((file, "mode=rwc" | "")) => (file, "NORMAL"),
            Some(_) => return Err(StoreError::BadUrl(url.to_owned())),
            None => (file, "NORMAL"),
        };
        let file = file.strip_prefix("//").unwrap_or(file);
        let scratch = (file == ":memory:").then(scratch_file);
        let (file, synchronous) = match &scratch {
            Some(path) => (path.to_string_lossy().into_owned(), "OFF"),
            None => (file.to_owned(), synchronous),
        };
        let write = open_sqlite(&file, synchronous, 1, false).await?;
        let read = open_sqlite(&file, synchronous, SQLITE_READERS, true).await?;
        let pools = Pools { write, read, backend: DbBackend::Sqlite };
        Ok(Self { inner: Arc::new(Inner { pools, scratch }) })
    }

    /// Applies the migrations that are missing, all or none. Several processes may do so at once.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn migrate(&self) -> Result<()> {
        let tx = self.migration_tx().await?;
        Migrator::up(&tx, None).await?;
        Ok(tx.commit().await?)
    }

    /// Takes every migration back, and with it every table.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn unmigrate(&self) -> Result<()> {
        let tx = self.migration_tx().await?;
        Migrator::down(&tx, None).await?;
        Ok(tx.commit().await?)
    }

    /// The transaction of a migration, which waits until no other process migrates.
    async fn migration_tx(&self) -> Result<DatabaseTransaction> {
        let tx = self.begin_raw().await?;
        if self.pools().backend == DbBackend::Postgres {
            tx.execute_unprepared(&format!("SELECT pg_advisory_xact_lock({MIGRATION_LOCK})")).await?;
        }
        Ok(tx)
    }

    /// One community, for reading. To change something, [`Store::begin`] first.
    #[must_use]
    pub fn community(&self, id: CommunityId) -> CommunityStore<'_> {
        CommunityStore { db: Db::Pools(self.pools()), id }
    }

    /// What spans communities, for reading and for claiming work.
    #[must_use]
    pub fn system(&self) -> SystemStore<'_> {
        SystemStore { db: Db::Pools(self.pools()) }
    }

    /// Begins a transaction, which may concern several communities.
    ///
    /// On SQLite it is the only one that writes until it ends; the others wait in line. So within a transaction claim
    /// through [`Tx::system`], never through [`Store::system`], which would wait for the transaction it is in.
    ///
    /// # Errors
    /// [`StoreError::Busy`] when another process holds the file, or what the database answered.
    pub async fn begin(&self) -> Result<Tx> {
        Ok(Tx::new(self.begin_raw().await?, self.pools().backend))
    }

    async fn begin_raw(&self) -> Result<DatabaseTransaction> {
        // IMMEDIATE takes the write lock at once: a transaction that began by reading could not get it later.
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        Ok(self.pools().write.begin_with_options(options).await?)
    }

    /// Listens to what other processes commit. On PostgreSQL it holds one connection.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn changes(&self) -> Result<Changes> {
        Changes::of(self).await
    }

    /// Whether the database answers: for `/readyz`.
    ///
    /// # Errors
    /// What the database answered instead.
    pub async fn ping(&self) -> Result<()> {
        Ok(self.pools().write.ping().await?)
    }

    /// Whether it is PostgreSQL, which several processes may share.
    #[must_use]
    pub fn is_postgres(&self) -> bool {
        self.pools().backend == DbBackend::Postgres
    }

    /// Closes all connections; on SQLite this folds the write-ahead log into the file.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn close(&self) -> Result<()> {
        self.pools().read.close_by_ref().await?;
        Ok(self.pools().write.close_by_ref().await?)
    }

    pub(crate) fn pools(&self) -> &Pools {
        &self.inner.pools
    }
}

/// The address without what stands before `@`: it may be shown and logged.
fn without_password(url: &str) -> String {
    url.rsplit_once('@').map_or_else(|| url.to_owned(), |(_, rest)| format!("…@{rest}"))
}

fn scratch_file() -> PathBuf {
    use std::hash::{BuildHasher, Hasher};
    // RandomState is seeded by the operating system: unique enough for a file name, and no dependency.
    let unique = std::collections::hash_map::RandomState::new().build_hasher().finish();
    std::env::temp_dir().join(format!("polity-{}-{unique:016x}.db", std::process::id()))
}

async fn open_postgres(url: &str) -> Result<DatabaseConnection> {
    let mut options = ConnectOptions::new(url.to_owned());
    options.max_connections(POSTGRES_CONNECTIONS).acquire_timeout(ACQUIRE_TIMEOUT).sqlx_logging(false);
    options.map_sqlx_postgres_opts(|options| options.statement_cache_capacity(PREPARED_STATEMENTS));
    Ok(Database::connect(options).await?)
}

async fn open_sqlite(
    file: &str,
    synchronous: &'static str,
    n_connections: u32,
    is_reader: bool,
) -> Result<DatabaseConnection> {
    let mut options = ConnectOptions::new(format!("sqlite://{file}?mode=rwc"));
    options.max_connections(n_connections).min_connections(1).acquire_timeout(ACQUIRE_TIMEOUT).sqlx_logging(false);
    options.map_sqlx_sqlite_opts(move |options| {
        options
            .busy_timeout(BUSY_TIMEOUT)
            .foreign_keys(true)
            .statement_cache_capacity(PREPARED_STATEMENTS)
            .pragma("journal_mode", "WAL")
            .pragma("synchronous", synchronous)
            // 64 MiB of pages, and as much of the file as there is mapped: reads then need no system call.
            .pragma("cache_size", "-65536")
            .pragma("mmap_size", "1073741824")
            .pragma("temp_store", "MEMORY")
            // A checkpoint every 16 MiB rather than every 4: fewer pauses under a steady load.
            .pragma("wal_autocheckpoint", "4096")
            .pragma("query_only", if is_reader { "ON" } else { "OFF" })
    });
    Ok(Database::connect(options).await?)
}
