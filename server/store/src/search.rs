//! Search: SQLite's FTS5 or PostgreSQL's text search, one community at a time.

use types::{CommunityId, Timestamp};

use crate::sql::{Cells, FromRow, values};
use crate::{CommunityStore, CommunityTx, Result, SystemStore};

/// Longest text that is indexed.
///
/// # Units
/// Characters. A document of fifty pages; what comes after is not found.
const MAX_BODY_CHARS: usize = 100_000;

/// Something that can be found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SearchItem {
    /// What it is: `proposal`, `policy`, `document`, `comment`, `log`.
    pub kind: String,
    /// Which one; a later item of the same subject replaces it.
    pub subject: String,
    /// What it leads to, such as `proposal:<id>`.
    pub leads_to: String,
    /// The type of action that a reader must be allowed to see. Empty where everybody who is here may.
    pub gate: String,
    /// Its name.
    pub title: String,
    /// Its words.
    pub body: String,
    /// When it happened or last changed.
    pub at: Timestamp,
}

impl FromRow for SearchItem {
    fn from_row(cells: &mut Cells<'_>) -> Result<Self> {
        Ok(Self {
            kind: cells.take()?,
            subject: cells.take()?,
            leads_to: cells.take()?,
            gate: cells.take()?,
            title: cells.take()?,
            body: cells.take()?,
            at: cells.take()?,
        })
    }
}

/// The words of what somebody typed: letters and digits, at most eight of them.
#[must_use]
pub fn terms(text: &str) -> Vec<String> {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.take(8).map(|word| word.chars().take(40).collect::<String>().to_lowercase()).collect()
}

fn community_word(id: CommunityId) -> String {
    format!("c{}", id.0.simple())
}

impl CommunityStore<'_> {
    /// What holds all of the words, each as the beginning of one of its own; the best first.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn search(&self, words: &[String], kind: Option<&str>, limit: u32) -> Result<Vec<SearchItem>> {
        if words.is_empty() {
            return Ok(Vec::new());
        }
        let columns = "i.kind, i.subject, i.leads_to, i.gate, i.title, i.body, i.at";
        let kind = kind.unwrap_or_default();
        if self.db.is_postgres() {
            let query = words.iter().map(|word| format!("{word}:*")).collect::<Vec<_>>().join(" & ");
            let sql = format!(
                "SELECT {columns} FROM search_items i, to_tsquery('simple', $2) q
                 WHERE i.community_id = $1 AND i.words @@ q AND ($3 = '' OR i.kind = $3)
                 ORDER BY ts_rank(i.words, q) DESC, i.at DESC LIMIT $4"
            );
            return self.db.all(&sql, values![self.id, query, kind, i64::from(limit)]).await;
        }
        // Only letters and digits are left in the words, so that none is an operator.
        let each = words.iter().map(|word| format!("\"{word}\" *")).collect::<Vec<_>>().join(" AND ");
        let query = format!("community : {} AND {{title body}} : ({each})", community_word(self.id));
        let sql = format!(
            "SELECT {columns} FROM search_words JOIN search_items i ON i.place = search_words.rowid
             WHERE search_words MATCH $2 AND i.community_id = $1 AND ($3 = '' OR i.kind = $3)
             ORDER BY bm25(search_words, 0.0, 8.0, 1.0), i.at DESC LIMIT $4"
        );
        self.db.all(&sql, values![self.id, query, kind, i64::from(limit)]).await
    }

    /// How far the log has been read for the index.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn search_cursor(&self) -> Result<i64> {
        let sql = "SELECT seq FROM search_cursors WHERE community_id = $1";
        Ok(self.db.one::<(i64,)>(sql, values![self.id]).await?.map_or(0, |(seq,)| seq))
    }
}

impl CommunityTx<'_> {
    /// Puts an item into the index, in the place of an earlier one of the same subject.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn index(&self, item: &SearchItem) -> Result<()> {
        self.unindex(&item.subject).await?;
        let body: String = item.body.chars().take(MAX_BODY_CHARS).collect();
        let sql = "INSERT INTO search_items (community_id, kind, subject, leads_to, gate, title, body, at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING place";
        let values = values![self.id, item.kind, item.subject, item.leads_to, item.gate, item.title, body, item.at];
        let placed = self.db.change::<(i64,)>(sql, values).await?;
        if !self.db.is_postgres() {
            let Some((place,)) = placed.first().copied() else { return Ok(()) };
            let sql = "INSERT INTO search_words (rowid, community, title, body) VALUES ($1, $2, $3, $4)";
            self.db.run(sql, values![place, community_word(self.id), item.title, body]).await?;
        }
        Ok(())
    }

    /// Takes an item out of the index.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn unindex(&self, subject: &str) -> Result<()> {
        let sql = "DELETE FROM search_items WHERE community_id = $1 AND subject = $2 RETURNING place";
        let gone = self.db.change::<(i64,)>(sql, values![self.id, subject]).await?;
        if !self.db.is_postgres() {
            for (place,) in gone {
                self.db.run("DELETE FROM search_words WHERE rowid = $1", values![place]).await?;
            }
        }
        Ok(())
    }

    /// Moves the place up to which the log was read for the index. False where somebody else has meanwhile.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn move_search_cursor(&self, from: i64, to: i64) -> Result<bool> {
        if from == 0 {
            let sql = "INSERT INTO search_cursors (community_id, seq) VALUES ($1, $2) ON CONFLICT DO NOTHING";
            return Ok(self.db.run(sql, values![self.id, to]).await? > 0);
        }
        let sql = "UPDATE search_cursors SET seq = $3 WHERE community_id = $1 AND seq = $2";
        Ok(self.db.run(sql, values![self.id, from, to]).await? > 0)
    }
}

impl SystemStore<'_> {
    /// Communities whose log says something that is not in the index. Across communities because one process reads all.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn unindexed_logs(&self, limit: u32) -> Result<Vec<CommunityId>> {
        let sql =
            "SELECT h.community_id FROM audit_heads h LEFT JOIN search_cursors c ON c.community_id = h.community_id
            WHERE h.seq > COALESCE(c.seq, 0) LIMIT $1";
        let rows = self.db.all::<(CommunityId,)>(sql, values![i64::from(limit)]).await?;
        Ok(rows.into_iter().map(|(id,)| id).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_type_becomes_plain_words() {
        assert_eq!(terms("  Tool-chat: \"AND\" (shed)* "), ["tool", "chat", "and", "shed"]);
        assert_eq!(terms("Übung & Çay"), ["übung", "çay"]);
        assert!(terms("!!! ---").is_empty());
        assert_eq!(terms("a b c d e f g h i j").len(), 8);
    }
}
