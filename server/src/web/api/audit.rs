//! The audit log: a page at a time, or all of it in a file.

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use store::audit::{AuditQuery, MAX_AUDIT_PAGE};
use types::AuditKind;
use types::audit::{Actor, AuditEntry};
use utoipa::{IntoParams, ToSchema};

use super::failures::Anytime;
use super::here::Here;
use super::shapes::AuditShape;
use crate::views::discretion;
use crate::views::roster::Roster;
use crate::web::body::Query;
use crate::web::error::ApiError;
use crate::web::state::Web;
use crate::web::who::Caller;

/// Entries of one page where nobody says.
const DEFAULT_PAGE: u32 = 100;

/// Which entries.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Which {
    /// Only entries with a higher number.
    #[serde(default)]
    after: i64,
    /// At most so many, 1 to 1000; 100 where it is left out. An export has no limit.
    limit: Option<u32>,
    /// Only of this kind (`ballot.cast`) or family of kinds (`ballot`).
    kind: Option<String>,
    /// Only caused by this one: a handle, `operator`, `system`, or `policy:` and a policy's name.
    actor: Option<String>,
    /// Only about this, such as `action:<id>`.
    subject: Option<String>,
    /// `json` (a page), or a whole export: `jsonl` (which `polity verify` checks), `csv`, or `json` with `limit=0`.
    format: Option<Format>,
}

/// How entries are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// A page: `{"entries": […], "next": …}`.
    #[default]
    Json,
    /// Everything, one entry a line.
    Jsonl,
    /// Everything, for spreadsheets.
    Csv,
}

/// A page of the log.
#[derive(Debug, Serialize, ToSchema)]
pub struct Page {
    /// The entries, in ascending order.
    entries: Vec<AuditShape>,
    /// The `after` of the next page, where there is one.
    next: Option<i64>,
    /// The number of the newest entry of all.
    head: i64,
    /// The hash of the newest entry of all.
    head_hash: String,
}

/// Read the audit log
///
/// Entries ascend. Each holds the hash of the one before, so that nobody can change, remove or insert one unnoticed.
/// What an open vote still hides is left out of its ballots' entries until it has closed; their hashes stay.
#[utoipa::path(get, path = "/communities/{slug}/audit", tag = "audit",
    params(("slug" = String, Path, description = "The community"), Which),
    responses((status = 200, body = Page, description = "A page, or a whole export"), Anytime))]
pub async fn list(
    State(web): State<Web>,
    caller: Caller,
    Path(slug): Path<String>,
    Query(which): Query<Which>,
) -> Result<Response, ApiError> {
    let here = Here::enter(&web, &caller, &slug).await?;
    let query = AuditQuery {
        after: which.after.max(0),
        before: None,
        limit: which.limit.unwrap_or(DEFAULT_PAGE).clamp(1, MAX_AUDIT_PAGE),
        kinds: kinds(which.kind.as_deref())?,
        actor: actor(&here.roster, which.actor.as_deref())?,
        subject: which.subject,
        from_end: false,
    };
    match which.format.unwrap_or_default() {
        Format::Json if which.limit == Some(0) => Ok(export(&web, here, query, Format::Json)),
        Format::Json => page(&web, &here, query).await,
        format => Ok(export(&web, here, query, format)),
    }
}

async fn page(web: &Web, here: &Here, query: AuditQuery) -> Result<Response, ApiError> {
    let store = web.ctx.store.community(here.community.id);
    let head = store.audit_head().await?;
    let mut entries = store.audit_entries(&query).await?;
    discretion::redact(&store, &mut entries, web.ctx.clock.now()).await?;
    discretion::conceal(&store, &mut entries, |kind| here.sees(kind)).await?;
    let is_full = entries.len() >= query.limit as usize;
    let next = entries.last().filter(|last| is_full && last.seq < head.seq).map(|last| last.seq);
    let entries = entries.iter().map(|entry| shape(entry, &here.roster)).collect();
    Ok(Json(Page { entries, next, head: head.seq, head_hash: head.hash }).into_response())
}

/// Everything that `query` names, sent as it is read: a log may be larger than memory.
fn export(web: &Web, here: Here, query: AuditQuery, format: Format) -> Response {
    let slug = here.community.slug.clone();
    let reader = Reader { web: web.clone(), here, query, format, is_first: true, is_done: false };
    let parts = futures_of(reader);
    let (kind, ending) = match format {
        Format::Json => ("application/json", "json"),
        Format::Jsonl => ("application/jsonl", "jsonl"),
        Format::Csv => ("text/csv; charset=utf-8", "csv"),
    };
    let mut response = Response::new(Body::from_stream(parts));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    let name = format!("attachment; filename=\"{slug}-audit.{ending}\"");
    if let Ok(value) = HeaderValue::from_str(&name) {
        response.headers_mut().insert(header::CONTENT_DISPOSITION, value);
    }
    response
}

/// An export on its way.
struct Reader {
    web: Web,
    here: Here,
    query: AuditQuery,
    format: Format,
    is_first: bool,
    is_done: bool,
}

/// The parts of an export, one per page of the store.
fn futures_of(reader: Reader) -> impl tokio_stream::Stream<Item = Result<String, store::StoreError>> {
    let (to, from) = tokio::sync::mpsc::channel(2);
    tokio::spawn(async move {
        let mut reader = reader;
        while !reader.is_done {
            let part = reader.next().await;
            let failed = part.is_err();
            // Nobody reads any more: the download was given up.
            if to.send(part).await.is_err() || failed {
                return;
            }
        }
    });
    tokio_stream::wrappers::ReceiverStream::new(from)
}

impl Reader {
    async fn next(&mut self) -> Result<String, store::StoreError> {
        let query = AuditQuery { limit: MAX_AUDIT_PAGE, ..self.query.clone() };
        let store = self.web.ctx.store.community(self.here.community.id);
        let mut entries = store.audit_entries(&query).await?;
        discretion::redact(&store, &mut entries, self.web.ctx.clock.now()).await?;
        discretion::conceal(&store, &mut entries, |kind| self.here.sees(kind)).await?;
        self.is_done = entries.len() < MAX_AUDIT_PAGE as usize;
        if let Some(last) = entries.last() {
            self.query.after = last.seq;
        }
        let mut text = String::new();
        if self.is_first {
            text.push_str(match self.format {
                Format::Csv => "seq,at,actor,actor_name,kind,subject,body,prev_hash,hash\r\n",
                Format::Json => "[",
                Format::Jsonl => "",
            });
        }
        for entry in &entries {
            let shape = shape(entry, &self.here.roster);
            match self.format {
                Format::Csv => text.push_str(&csv_line(&shape)),
                Format::Json if self.is_first => text.push_str(&json_of(&shape)),
                Format::Json => {
                    text.push(',');
                    text.push_str(&json_of(&shape));
                }
                Format::Jsonl => {
                    text.push_str(&json_of(&shape));
                    text.push('\n');
                }
            }
            self.is_first = false;
        }
        if self.is_done && self.format == Format::Json {
            text.push(']');
        }
        self.is_first = false;
        Ok(text)
    }
}

fn json_of(shape: &AuditShape) -> String {
    serde_json::to_string(shape).unwrap_or_default()
}

fn csv_line(shape: &AuditShape) -> String {
    let cells = [
        shape.seq.to_string(),
        shape.at.clone(),
        shape.actor.to_string(),
        shape.actor_name.clone(),
        shape.kind.clone(),
        shape.subject.clone(),
        shape.body.to_string(),
        shape.prev_hash.clone(),
        shape.hash.clone(),
    ];
    let cells: Vec<String> = cells.iter().map(|cell| csv_cell(cell)).collect();
    format!("{}\r\n", cells.join(","))
}

/// A cell that no spreadsheet takes for a formula: members choose names, and one may begin with `=`.
fn csv_cell(text: &str) -> String {
    let is_formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let guarded = if is_formula { format!("'{text}") } else { text.to_owned() };
    if guarded.contains([',', '"', '\n', '\r']) { format!("\"{}\"", guarded.replace('"', "\"\"")) } else { guarded }
}

/// An entry as programs read it.
fn shape(entry: &AuditEntry, roster: &Roster) -> AuditShape {
    AuditShape {
        community: entry.community.to_string(),
        seq: entry.seq,
        at: entry.at.to_string(),
        actor: serde_json::to_value(&entry.actor).unwrap_or_default(),
        actor_name: match &entry.actor {
            Actor::Member(id) => roster.handle(*id),
            Actor::Policy(name) => name.clone(),
            Actor::Operator => "operator".to_owned(),
            Actor::System => "system".to_owned(),
        },
        kind: entry.kind.as_str().to_owned(),
        subject: entry.subject.clone(),
        body: entry.body.0.clone(),
        prev_hash: entry.prev_hash.clone(),
        hash: entry.hash.clone(),
    }
}

/// The kinds of a word: one kind, or a family of them.
pub fn kinds(word: Option<&str>) -> Result<Vec<AuditKind>, ApiError> {
    let Some(word) = word.filter(|word| !word.is_empty()) else { return Ok(Vec::new()) };
    let family = |kind: &&AuditKind| kind.as_str() == word || crate::views::history::family(kind.as_str()) == word;
    let kinds: Vec<AuditKind> = AuditKind::ALL.iter().filter(family).copied().collect();
    if kinds.is_empty() {
        return Err(ApiError::invalid(
            "invalid-query",
            "kind is a kind of entry such as ballot.cast, or a family such as ballot",
        )
        .at("kind"));
    }
    Ok(kinds)
}

/// The actor of a word.
fn actor(roster: &Roster, word: Option<&str>) -> Result<Option<Actor>, ApiError> {
    let Some(word) = word.filter(|word| !word.is_empty()) else { return Ok(None) };
    let member = || roster.by_handle(word).map(|member| Actor::Member(member.id));
    let by_id = || word.strip_prefix("member:").unwrap_or(word).parse().ok().map(Actor::Member);
    let actor = match word {
        "operator" => Some(Actor::Operator),
        "system" => Some(Actor::System),
        _ => match word.strip_prefix("policy:") {
            Some(name) => Some(Actor::Policy(name.to_owned())),
            None => member().or_else(by_id),
        },
    };
    actor.map(Some).ok_or_else(|| {
        ApiError::invalid("unknown-member", "actor is a member's handle, operator, system, or policy:<name>")
            .at("actor")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula() {
        assert_eq!(csv_cell("=1+1"), "'=1+1");
        assert_eq!(csv_cell("a,\"b\""), "\"a,\"\"b\"\"\"");
    }

    #[test]
    fn a_family_is_all_its_kinds() {
        let ballots = [AuditKind::BallotCast, AuditKind::BallotWithdrawn, AuditKind::BallotsCleared];
        assert_eq!(kinds(Some("ballot")).unwrap(), ballots);
        assert_eq!(kinds(Some("ballot.cast")).unwrap(), [AuditKind::BallotCast]);
        assert!(kinds(Some("bal")).is_err());
    }
}
