//! A whole community as lines of JSON: everything that is its own, so that another Polity can go on from there.
//!
//! The tables are found by their `community_id`, so that a table that a later step adds is in the archive by itself. What
//! belongs to the service or to people across communities stays behind: accounts, sessions, tokens, secrets of connections,
//! letters, and the search index, which is made anew.

use std::collections::BTreeMap;
use std::io::{BufRead, Write};

use sea_orm::Value;
use serde::{Deserialize, Serialize};
use types::CommunityId;
use uuid::Uuid;

use crate::sql::{Cells, Db, FromRow, values};
use crate::{CommunityStore, Result, StoreError, SystemTx};

/// The version of the format.
const FORMAT: u32 = 1;

/// Tables that rows of other tables refer to, in the order in which they must come. All others follow by name.
const FIRST: [&str; 18] = [
    "communities",
    "members",
    "memberships",
    "identities",
    "roles",
    "role_grants",
    "permissions",
    "policies",
    "policy_versions",
    "policy_history",
    "documents",
    "document_versions",
    "bundles",
    "actions",
    "proposals",
    "channels",
    "posts",
    "comments",
];

/// What stays behind.
const LEFT_BEHIND: [&str; 10] = [
    "connections",
    "connection_places",
    "api_tokens",
    "sessions",
    "mails",
    "search_items",
    "search_cursors",
    "inbox",
    "inbox_events",
    "deliveries",
];

/// Columns whose numbers the database counts up: each gets its own where it arrives.
const COUNTED: [(&str, &str); 10] = [
    ("memberships", "id"),
    ("role_grants", "id"),
    ("permissions", "id"),
    ("policy_history", "id"),
    ("effects", "ord"),
    ("jobs", "ord"),
    ("posts", "place"),
    ("notices", "ord"),
    ("comments", "ord"),
    ("mails", "ord"),
];

/// Columns that mean something only where they were written.
const EMPTIED: [&str; 3] = ["account_id", "leased_until", "lease_owner"];

/// Rows that are read at once.
const BATCH: i64 = 500;

/// The first line of an archive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// The version of the format.
    pub polity_archive: u32,
    /// The community's name in addresses.
    pub slug: String,
    /// Its id.
    pub community: CommunityId,
}

/// A row: its table, and its columns as text.
#[derive(Serialize, Deserialize)]
struct Line {
    table: String,
    row: BTreeMap<String, Option<String>>,
}

/// Why an archive was not taken in.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// Reading or writing the file.
    #[error("the archive could not be read or written")]
    Io(#[from] std::io::Error),
    /// A line that is none of an archive's.
    #[error("line {line} of the archive is not understood: {problem}")]
    Line {
        /// Which line, from 1.
        line: usize,
        /// What is wrong.
        problem: String,
    },
    /// Another version wrote it.
    #[error("this archive has format {0}, and this version reads format {FORMAT}")]
    Format(u32),
    /// The community is here already.
    #[error("the community “{0}” is here already; an archive is taken in where it is not")]
    Taken(String),
    /// The store failed.
    #[error("the archive could not be stored")]
    Store(#[from] StoreError),
}

/// A column as the database declares it.
#[derive(Clone, Debug)]
struct Column {
    name: String,
    kind: Kind,
}

/// How a column is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Id,
    Bytes,
    Number,
    Truth,
    Text,
}

/// A row of text columns, however many there are.
struct TextRow(Vec<Option<String>>);

impl FromRow for TextRow {
    fn from_row(cells: &mut Cells<'_>) -> Result<Self> {
        // One column holds the whole row, as a JSON list.
        Ok(Self(cells.json("archived row")?))
    }
}

/// Writes everything of a community, a line a row.
///
/// # Errors
/// [`ArchiveError::Io`], [`ArchiveError::Store`].
pub async fn export(store: &CommunityStore<'_>, out: &mut impl Write) -> std::result::Result<u64, ArchiveError> {
    let community = store.community().await?.ok_or(StoreError::Missing("community"))?;
    let header = Header { polity_archive: FORMAT, slug: community.slug, community: community.id };
    writeln!(out, "{}", text(&header)?)?;
    let mut n_rows = 0;
    for table in tables(store.db).await? {
        let columns = columns(store.db, &table).await?;
        let own = if table == "communities" { "id" } else { "community_id" };
        let order = order(&table, &columns);
        let list = columns.iter().map(|column| as_text(store.db, column)).collect::<Vec<_>>().join(", ");
        let row = if store.db.is_postgres() {
            format!("json_build_array({list})::text")
        } else {
            format!("json_array({list})")
        };
        let mut offset = 0_i64;
        loop {
            let sql =
                format!("SELECT {row} FROM {table} WHERE {own} = $1 ORDER BY {order} LIMIT {BATCH} OFFSET {offset}");
            let rows: Vec<TextRow> = store.db.all(&sql, values![store.id]).await?;
            for TextRow(cells) in &rows {
                let row = columns.iter().map(|column| column.name.clone()).zip(cells.iter().cloned()).collect();
                writeln!(out, "{}", text(&Line { table: table.clone(), row })?)?;
                n_rows += 1;
            }
            if rows.len() < usize::try_from(BATCH).unwrap_or(usize::MAX) {
                break;
            }
            offset += BATCH;
        }
    }
    Ok(n_rows)
}

/// Takes a community in, as it was.
///
/// # Errors
/// [`ArchiveError`]: dropping the transaction leaves nothing of it.
pub async fn import(tx: &SystemTx<'_>, from: impl BufRead) -> std::result::Result<Header, ArchiveError> {
    let mut lines = from.lines().enumerate();
    let bad = |line: usize, problem: String| ArchiveError::Line { line: line + 1, problem };
    let (at, first) = lines.next().ok_or_else(|| bad(0, "the file is empty".to_owned()))?;
    let header: Header = serde_json::from_str(&first?).map_err(|error| bad(at, error.to_string()))?;
    if header.polity_archive != FORMAT {
        return Err(ArchiveError::Format(header.polity_archive));
    }
    let sql = "SELECT slug FROM communities WHERE slug = $1 OR id = $2";
    if tx.db.one::<(String,)>(sql, values![header.slug, header.community]).await?.is_some() {
        return Err(ArchiveError::Taken(header.slug));
    }
    let allowed = tables(tx.db).await?;
    let mut known: BTreeMap<String, Vec<Column>> = BTreeMap::new();
    for (at, line) in lines {
        let line: Line = serde_json::from_str(&line?).map_err(|error| bad(at, error.to_string()))?;
        // Only tables of communities: a line cannot reach anything else.
        if !allowed.contains(&line.table) {
            return Err(bad(
                at,
                format!("there is no table “{}” to take in", line.table.chars().take(60).collect::<String>()),
            ));
        }
        if !known.contains_key(&line.table) {
            known.insert(line.table.clone(), columns(tx.db, &line.table).await?);
        }
        let columns = known.get(&line.table).map(Vec::as_slice).unwrap_or_default();
        insert(tx.db, &header, &line, columns).await.map_err(|problem| match problem {
            Inserting::Bad(problem) => bad(at, problem),
            Inserting::Store(error) => ArchiveError::Store(error),
        })?;
    }
    Ok(header)
}

/// Why a row was not taken in.
enum Inserting {
    Bad(String),
    Store(StoreError),
}

async fn insert(db: Db<'_>, header: &Header, line: &Line, columns: &[Column]) -> std::result::Result<(), Inserting> {
    let own = if line.table == "communities" { "id" } else { "community_id" };
    let wanted = header.community.0.simple().to_string();
    if line.row.get(own).and_then(Option::as_deref) != Some(wanted.as_str()) {
        return Err(Inserting::Bad("the row belongs to another community".to_owned()));
    }
    let mut names = Vec::new();
    let mut values = Vec::new();
    for column in columns {
        // A column that came later than the archive has its default.
        let Some(cell) = line.row.get(&column.name) else { continue };
        names.push(column.name.as_str());
        let cell = cell.as_deref().filter(|_| !EMPTIED.contains(&column.name.as_str()));
        values.push(value(column, cell).map_err(|problem| Inserting::Bad(format!("{}: {problem}", column.name)))?);
    }
    let places: Vec<String> = (1..=names.len()).map(|n| format!("${n}")).collect();
    let sql = format!("INSERT INTO {} ({}) VALUES ({})", line.table, names.join(", "), places.join(", "));
    db.run(&sql, values).await.map_err(Inserting::Store)?;
    Ok(())
}

fn value(column: &Column, cell: Option<&str>) -> std::result::Result<Value, String> {
    Ok(match (column.kind, cell) {
        (Kind::Id, None) => Value::from(None::<Uuid>),
        (Kind::Id, Some(text)) => Value::from(Uuid::parse_str(text).map_err(|error| error.to_string())?),
        (Kind::Bytes, None) => Value::from(None::<Vec<u8>>),
        (Kind::Bytes, Some(text)) => Value::from(bytes(text).ok_or_else(|| "not hexadecimal".to_owned())?),
        (Kind::Number, None) => Value::from(None::<i64>),
        (Kind::Number, Some(text)) => Value::from(text.parse::<i64>().map_err(|error| error.to_string())?),
        (Kind::Truth, None) => Value::from(None::<bool>),
        (Kind::Truth, Some(text)) => Value::from(text == "true"),
        (Kind::Text, None) => Value::from(None::<String>),
        (Kind::Text, Some(text)) => Value::from(text),
    })
}

fn bytes(text: &str) -> Option<Vec<u8>> {
    let pair =
        |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok().filter(|pair| pair.len() == 2)?, 16).ok();
    text.as_bytes().chunks(2).map(pair).collect()
}

/// The tables of communities, those first that others refer to.
async fn tables(db: Db<'_>) -> Result<Vec<String>> {
    let sql = if db.is_postgres() {
        "SELECT table_name::text FROM information_schema.columns
         WHERE table_schema = current_schema() AND column_name = 'community_id' ORDER BY table_name"
    } else {
        "SELECT m.name FROM sqlite_master m JOIN pragma_table_info(m.name) c
         WHERE m.type = 'table' AND c.name = 'community_id' ORDER BY m.name"
    };
    let found: Vec<String> = db.all::<(String,)>(sql, Vec::new()).await?.into_iter().map(|(name,)| name).collect();
    let is_plain = |name: &&String| {
        !LEFT_BEHIND.contains(&name.as_str()) && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
    };
    let mut ordered: Vec<String> = vec!["communities".to_owned()];
    ordered.extend(FIRST.iter().filter(|name| found.iter().any(|known| known == *name)).map(|name| (*name).to_owned()));
    ordered.extend(found.iter().filter(is_plain).filter(|name| !FIRST.contains(&name.as_str())).cloned());
    ordered.dedup();
    Ok(ordered)
}

/// The columns of a table that are written, in their order.
async fn columns(db: Db<'_>, table: &str) -> Result<Vec<Column>> {
    let sql = if db.is_postgres() {
        "SELECT column_name::text, data_type::text FROM information_schema.columns
         WHERE table_schema = current_schema() AND table_name = $1 AND is_generated = 'NEVER' ORDER BY ordinal_position"
    } else {
        "SELECT name, lower(type) FROM pragma_table_info($1) ORDER BY cid"
    };
    let rows = db.all::<(String, String)>(sql, values![table]).await?;
    let is_counted = |name: &str| COUNTED.contains(&(table, name));
    let kind = |declared: &str| match declared {
        "uuid" => Kind::Id,
        "bytea" => Kind::Bytes,
        "bigint" | "integer" => Kind::Number,
        "boolean" => Kind::Truth,
        _ => Kind::Text,
    };
    let rows = rows.into_iter().filter(|(name, _)| !is_counted(name));
    Ok(rows.map(|(name, declared)| Column { kind: kind(&declared), name }).collect())
}

/// In which order a table's rows are written: as they were, where the database counted them.
fn order(table: &str, columns: &[Column]) -> String {
    let counted = COUNTED.iter().find(|(name, _)| *name == table).map(|(_, column)| (*column).to_owned());
    counted.unwrap_or_else(|| columns.iter().map(|column| column.name.as_str()).take(4).collect::<Vec<_>>().join(", "))
}

/// A column as text, or null.
fn as_text(db: Db<'_>, column: &Column) -> String {
    let name = &column.name;
    let shown = match (column.kind, db.is_postgres()) {
        (Kind::Id, true) => format!("replace({name}::text, '-', '')"),
        (Kind::Bytes, true) => format!("encode({name}, 'hex')"),
        (Kind::Number | Kind::Truth, true) => format!("{name}::text"),
        (Kind::Id | Kind::Bytes, false) => format!("lower(hex({name}))"),
        (Kind::Number, false) => format!("CAST({name} AS TEXT)"),
        (Kind::Truth, false) => format!("CASE WHEN {name} THEN 'true' ELSE 'false' END"),
        (Kind::Text, _) => name.clone(),
    };
    format!("CASE WHEN {name} IS NULL THEN NULL ELSE {shown} END")
}

fn text<T: Serialize>(value: &T) -> Result<String> {
    serde_json::to_string(value)
        .map_err(|error| StoreError::Unwritable { what: "archive line", problem: error.to_string() })
}
