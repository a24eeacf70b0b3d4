//! SQL for both databases: one text with `$1` places, values bound by type, cells read in the order of the select list.

use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, QueryResult, Statement, TryGetable, Value,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use types::{Json, Timestamp};
use uuid::Uuid;

use crate::{Result, StoreError};

/// Most values of one statement. SQLite takes 32,766 and PostgreSQL 65,535.
const MAX_VALUES: usize = 30_000;

/// Most rows of one statement: beyond this, longer statements are no faster.
const MAX_ROWS: usize = 128;

/// The connections of a store: on SQLite one that writes and several that read, on PostgreSQL one pool for both.
pub(crate) struct Pools {
    pub write: DatabaseConnection,
    pub read: DatabaseConnection,
    pub backend: DbBackend,
}

/// Where statements go: to a pool, or into an open transaction.
#[derive(Clone, Copy)]
pub(crate) enum Db<'s> {
    Pools(&'s Pools),
    Tx(&'s DatabaseTransaction, DbBackend),
}

impl Db<'_> {
    pub(crate) fn is_postgres(self) -> bool {
        let backend = match self {
            Self::Pools(pools) => pools.backend,
            Self::Tx(_, backend) => backend,
        };
        backend == DbBackend::Postgres
    }

    /// Clause that makes a `SELECT` lock what it finds until the transaction ends. SQLite has one writer and needs none.
    pub(crate) fn for_update(self) -> &'static str {
        // "NO KEY", because what refers to a locked row (a ballot, an effect) may be added meanwhile.
        if self.is_postgres() { " FOR NO KEY UPDATE" } else { "" }
    }

    /// All rows of a query.
    pub(crate) async fn rows(self, sql: &str, values: Vec<Value>) -> Result<Vec<QueryResult>> {
        Ok(match self {
            Self::Pools(pools) => pools.read.query_all_raw(statement(pools.backend, sql, values)).await?,
            Self::Tx(tx, backend) => tx.query_all_raw(statement(backend, sql, values)).await?,
        })
    }

    /// All rows, each made into a `T`.
    pub(crate) async fn all<T: FromRow>(self, sql: &str, values: Vec<Value>) -> Result<Vec<T>> {
        self.rows(sql, values).await?.iter().map(|row| T::from_row(&mut Cells::of(row))).collect()
    }

    /// The first row, made into a `T`.
    pub(crate) async fn one<T: FromRow>(self, sql: &str, values: Vec<Value>) -> Result<Option<T>> {
        self.rows(sql, values).await?.first().map(|row| T::from_row(&mut Cells::of(row))).transpose()
    }

    /// Runs one statement that changes rows and answers with them.
    pub(crate) async fn change<T: FromRow>(self, sql: &str, values: Vec<Value>) -> Result<Vec<T>> {
        let rows = match self {
            Self::Pools(pools) => pools.write.query_all_raw(statement(pools.backend, sql, values)).await?,
            Self::Tx(tx, backend) => tx.query_all_raw(statement(backend, sql, values)).await?,
        };
        rows.iter().map(|row| T::from_row(&mut Cells::of(row))).collect()
    }

    /// Runs one statement and answers with how many rows it changed.
    pub(crate) async fn run(self, sql: &str, values: Vec<Value>) -> Result<u64> {
        let result = match self {
            Self::Pools(pools) => pools.write.execute_raw(statement(pools.backend, sql, values)).await?,
            Self::Tx(tx, backend) => tx.execute_raw(statement(backend, sql, values)).await?,
        };
        Ok(result.rows_affected())
    }

    /// Runs `before VALUES (…), (…) after` for all `rows`, in few statements, and answers with how many rows it changed.
    pub(crate) async fn run_values(self, before: &str, rows: Vec<Vec<Value>>, after: &str) -> Result<u64> {
        let mut n_changed = 0;
        for (sql, values) in chunks(before, rows, after) {
            n_changed += self.run(&sql, values).await?;
        }
        Ok(n_changed)
    }

    /// The same with a `RETURNING` in `after`, whose rows become `T`s.
    pub(crate) async fn change_values<T: FromRow>(
        self,
        before: &str,
        rows: Vec<Vec<Value>>,
        after: &str,
    ) -> Result<Vec<T>> {
        let mut changed = Vec::new();
        for (sql, values) in chunks(before, rows, after) {
            changed.extend(self.change::<T>(&sql, values).await?);
        }
        Ok(changed)
    }

    /// Runs `before ($n, …) after` over all `items`, in few statements. `fixed` are the values of `$1`, `$2`, … in `before`.
    pub(crate) async fn all_in<T: FromRow, I: Bind + Copy>(
        self,
        before: &str,
        fixed: Vec<Value>,
        items: &[I],
        after: &str,
    ) -> Result<Vec<T>> {
        let mut found = Vec::new();
        for part in items.chunks(MAX_VALUES / 2) {
            let mut values = fixed.clone();
            let list = in_list(&mut values, part);
            found.extend(self.all::<T>(&format!("{before} {list} {after}"), values).await?);
        }
        Ok(found)
    }
}

/// A list of places for `items`, whose values are appended to `values`.
///
/// The list is filled up to a power of two with its last item, so that few different statements need preparing.
pub(crate) fn in_list<I: Bind + Copy>(values: &mut Vec<Value>, items: &[I]) -> String {
    let Some(last) = items.last() else { return "(NULL)".to_owned() };
    let wanted = items.len().next_power_of_two();
    let first_place = values.len() + 1;
    values.extend(items.iter().map(|item| item.bind()));
    values.extend(std::iter::repeat_with(|| last.bind()).take(wanted - items.len()));
    places(first_place, wanted)
}

/// How many rows a page holds: what was asked for, at most `max`, which 0 stands for.
pub(crate) fn page(limit: u32, max: u32) -> i64 {
    i64::from(if limit == 0 { max } else { limit.min(max) })
}

/// `($first, $first+1, …)`.
fn places(first: usize, n_places: usize) -> String {
    let list: Vec<String> = (first..first + n_places).map(|place| format!("${place}")).collect();
    format!("({})", list.join(", "))
}

/// Cuts `rows` into statements whose numbers of rows are powers of two, so that few different ones need preparing.
fn chunks(before: &str, rows: Vec<Vec<Value>>, after: &str) -> Vec<(String, Vec<Value>)> {
    let width = rows.first().map_or(1, Vec::len).max(1);
    let limit = (MAX_VALUES / width).clamp(1, MAX_ROWS);
    let mut statements = Vec::new();
    let mut rest = rows.into_iter();
    while rest.len() > 0 {
        let n_rows = 1 << rest.len().min(limit).ilog2();
        let lists: Vec<String> = (0..n_rows).map(|row| places(row * width + 1, width)).collect();
        let values = rest.by_ref().take(n_rows).flatten().collect();
        statements.push((format!("{before} VALUES {} {after}", lists.join(", ")), values));
    }
    statements
}

fn statement(backend: DbBackend, sql: &str, values: Vec<Value>) -> Statement {
    Statement::from_sql_and_values(backend, sql, values)
}

/// A value that a statement can carry.
pub(crate) trait Bind {
    /// The value.
    fn bind(&self) -> Value;
    /// Nothing, of the same type: PostgreSQL wants to know which.
    fn null() -> Value;
}

impl<T: Bind> Bind for Option<T> {
    fn bind(&self) -> Value {
        self.as_ref().map_or_else(T::null, T::bind)
    }
    fn null() -> Value {
        T::null()
    }
}

impl<T: Bind + ?Sized> Bind for &T {
    fn bind(&self) -> Value {
        (**self).bind()
    }
    fn null() -> Value {
        T::null()
    }
}

/// Declares how our types are bound and read, through one that the driver knows.
macro_rules! cells {
    ($($ty:ty as $raw:ty: |$this:ident| $to:expr, |$from:ident| $back:expr;)+) => {$(
        impl Bind for $ty {
            fn bind(&self) -> Value {
                let $this = self;
                Value::from($to)
            }
            fn null() -> Value {
                Value::from(None::<$raw>)
            }
        }
        impl Cell for $ty {
            type Raw = $raw;
            fn from_raw($from: $raw) -> Self {
                $back
            }
        }
    )+};
}

/// A value that a row can hold.
pub(crate) trait Cell: Sized {
    /// What the driver reads.
    type Raw: TryGetable;
    /// What we make of it.
    fn from_raw(raw: Self::Raw) -> Self;
}

cells! {
    i64 as i64: |n| *n, |n| n;
    i32 as i64: |n| i64::from(*n), |n| i32::try_from(n).unwrap_or(i32::MAX);
    u32 as i64: |n| i64::from(*n), |n| u32::try_from(n).unwrap_or(u32::MAX);
    bool as bool: |b| *b, |b| b;
    String as String: |text| text.clone(), |text| text;
    Vec<u8> as Vec<u8>: |bytes| bytes.clone(), |bytes| bytes;
    Timestamp as i64: |at| at.millis(), |at| Timestamp::from_millis(at);
}

impl Bind for str {
    fn bind(&self) -> Value {
        Value::from(self)
    }
    fn null() -> Value {
        Value::from(None::<String>)
    }
}

impl Bind for [u8] {
    fn bind(&self) -> Value {
        Value::from(self.to_vec())
    }
    fn null() -> Value {
        Value::from(None::<Vec<u8>>)
    }
}

impl Bind for Json {
    fn bind(&self) -> Value {
        Value::from(self.0.to_string())
    }
    fn null() -> Value {
        Value::from(None::<String>)
    }
}

macro_rules! id_cells {
    ($($id:ident)+) => { cells! { $(types::$id as Uuid: |id| id.0, |id| types::$id(id);)+ } };
}

id_cells! {
    CommunityId AccountId IdentityId MemberId RoleId PolicyId PolicyVersionId ActionId ProposalId DocumentId BundleId
    DelegationId EffectId JobId ConnectionId TokenId ChannelId PostId PublicationId IncidentId WebhookId ScheduleId
}

/// The values of a statement, in order.
macro_rules! values {
    ($($value:expr),* $(,)?) => { vec![$($crate::sql::Bind::bind(&$value)),*] };
}
pub(crate) use values;

/// The word under which serde knows a status or kind.
pub(crate) fn word<T: Serialize>(what: &'static str, value: &T) -> Result<String> {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => Ok(word),
        Ok(other) => Err(StoreError::Unwritable { what, problem: format!("{other} is not a word") }),
        Err(error) => Err(StoreError::Unwritable { what, problem: error.to_string() }),
    }
}

/// The JSON text of a value.
pub(crate) fn json<T: Serialize + ?Sized>(what: &'static str, value: &T) -> Result<String> {
    serde_json::to_string(value).map_err(|error| StoreError::Unwritable { what, problem: error.to_string() })
}

/// The JSON text of a value that may be missing.
pub(crate) fn json_opt<T: Serialize>(what: &'static str, value: Option<&T>) -> Result<Option<String>> {
    value.map(|value| json(what, value)).transpose()
}

/// A value of JSON text.
pub(crate) fn from_json<T: DeserializeOwned>(what: &'static str, text: &str) -> Result<T> {
    serde_json::from_str(text).map_err(|error| StoreError::Unreadable { what, problem: error.to_string() })
}

/// Something that is one row.
pub(crate) trait FromRow: Sized {
    /// Reads the cells in the order of the select list.
    fn from_row(cells: &mut Cells<'_>) -> Result<Self>;
}

/// Declares tuples of cells as rows.
macro_rules! tuple_rows {
    ($(($($name:ident),+);)+) => {$(
        impl<$($name: Cell),+> FromRow for ($($name,)+) {
            fn from_row(cells: &mut Cells<'_>) -> Result<Self> {
                Ok(($(cells.take::<$name>()?,)+))
            }
        }
    )+};
}
tuple_rows! { (A); (A, B); (A, B, C); (A, B, C, D); (A, B, C, D, E); }

/// The cells of one row, from left to right.
pub(crate) struct Cells<'r> {
    row: &'r QueryResult,
    next: usize,
}

impl<'r> Cells<'r> {
    pub(crate) fn of(row: &'r QueryResult) -> Self {
        Self { row, next: 0 }
    }

    fn raw<R: TryGetable>(&mut self) -> Result<R> {
        let place = self.next;
        self.next += 1;
        Ok(self.row.try_get_by_index::<R>(place)?)
    }

    /// The next cell.
    pub(crate) fn take<T: Cell>(&mut self) -> Result<T> {
        self.raw::<T::Raw>().map(T::from_raw)
    }

    /// The next cell, which may be empty.
    pub(crate) fn opt<T: Cell>(&mut self) -> Result<Option<T>> {
        Ok(self.raw::<Option<T::Raw>>()?.map(T::from_raw))
    }

    /// The next cell: the word of a status or kind.
    pub(crate) fn word<T: DeserializeOwned>(&mut self, what: &'static str) -> Result<T> {
        use serde::de::IntoDeserializer;
        let word = self.take::<String>()?;
        let deserializer: serde::de::value::StringDeserializer<serde::de::value::Error> = word.into_deserializer();
        T::deserialize(deserializer).map_err(|error| StoreError::Unreadable { what, problem: error.to_string() })
    }

    /// The next cell: JSON.
    pub(crate) fn json<T: DeserializeOwned>(&mut self, what: &'static str) -> Result<T> {
        from_json(what, &self.take::<String>()?)
    }

    /// The next cell: JSON, or empty.
    pub(crate) fn json_opt<T: DeserializeOwned>(&mut self, what: &'static str) -> Result<Option<T>> {
        self.opt::<String>()?.map(|text| from_json(what, &text)).transpose()
    }
}
