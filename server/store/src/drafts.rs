//! Drafts: policies that members are still writing, with their versions. They belong to one member and decide nothing.

use types::{DraftId, Json, MemberId, Timestamp};

use crate::sql::{Cells, FromRow, values};
use crate::{CommunityStore, CommunityTx, Result};

/// A draft, without what is written in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DraftHead {
    /// The id.
    pub id: DraftId,
    /// Who writes it.
    pub member: MemberId,
    /// What it is called.
    pub title: String,
    /// The latest version, from 1.
    pub version: u32,
    /// SHA-256 of the key under which others may read it, hexadecimal.
    pub share_hash: Option<String>,
    /// When it was last written.
    pub updated_at: Timestamp,
}

/// One version of a draft.
#[derive(Clone, Debug, PartialEq)]
pub struct DraftVersion {
    /// Its number, from 1.
    pub version: u32,
    /// What was written.
    pub body: Json,
    /// When it was begun.
    pub created_at: Timestamp,
    /// When it was last written.
    pub updated_at: Timestamp,
}

const HEAD: &str = "id, member_id, title, version, share_hash, updated_at";

impl FromRow for DraftHead {
    fn from_row(cells: &mut Cells<'_>) -> Result<Self> {
        Ok(Self {
            id: cells.take()?,
            member: cells.take()?,
            title: cells.take()?,
            version: cells.take()?,
            share_hash: cells.opt()?,
            updated_at: cells.take()?,
        })
    }
}

impl FromRow for DraftVersion {
    fn from_row(cells: &mut Cells<'_>) -> Result<Self> {
        Ok(Self {
            version: cells.take()?,
            body: cells.json("draft")?,
            created_at: cells.take()?,
            updated_at: cells.take()?,
        })
    }
}

impl CommunityStore<'_> {
    /// The drafts of a member, latest first.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn drafts_of(&self, member: MemberId) -> Result<Vec<DraftHead>> {
        let sql = format!(
            "SELECT {HEAD} FROM policy_drafts WHERE community_id = $1 AND member_id = $2 ORDER BY updated_at DESC, id"
        );
        self.db.all(&sql, values![self.id, member]).await
    }

    /// One draft, whoever writes it: the caller decides who may see it.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn draft(&self, id: DraftId) -> Result<Option<DraftHead>> {
        let sql = format!("SELECT {HEAD} FROM policy_drafts WHERE community_id = $1 AND id = $2");
        self.db.one(&sql, values![self.id, id]).await
    }

    /// The versions of a draft, newest first; at most `limit`.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn draft_versions(&self, id: DraftId, limit: u32) -> Result<Vec<DraftVersion>> {
        let sql = "SELECT version, body, created_at, updated_at FROM policy_draft_versions
            WHERE community_id = $1 AND draft_id = $2 ORDER BY version DESC LIMIT $3";
        self.db.all(sql, values![self.id, id, i64::from(limit)]).await
    }
}

impl CommunityTx<'_> {
    /// Begins a draft with its first version.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn add_draft(
        &self,
        id: DraftId,
        member: MemberId,
        title: &str,
        body: &Json,
        at: Timestamp,
    ) -> Result<()> {
        let sql = "INSERT INTO policy_drafts (id, community_id, member_id, title, version, created_at, updated_at)
            VALUES ($1, $2, $3, $4, 0, $5, $5)";
        self.db.run(sql, values![id, self.id, member, title, at]).await?;
        self.add_draft_version(id, title, body, at).await?;
        Ok(())
    }

    /// Writes a new version of a draft and answers with its number; 0 where there is no such draft.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn add_draft_version(&self, id: DraftId, title: &str, body: &Json, at: Timestamp) -> Result<u32> {
        let sql = format!(
            "UPDATE policy_drafts SET version = version + 1, title = $3, updated_at = $4
            WHERE community_id = $1 AND id = $2 RETURNING {HEAD}"
        );
        let changed = self.db.change::<DraftHead>(&sql, values![self.id, id, title, at]).await?;
        let Some(head) = changed.first() else { return Ok(0) };
        let sql = "INSERT INTO policy_draft_versions (community_id, draft_id, version, body, created_at, updated_at)
            VALUES ($1, $2, $3, $4, $5, $5)";
        self.db.run(sql, values![self.id, id, head.version, body, at]).await?;
        Ok(head.version)
    }

    /// Writes over a version of a draft. Answers whether there was one.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn rewrite_draft(
        &self,
        id: DraftId,
        version: u32,
        title: &str,
        body: &Json,
        at: Timestamp,
    ) -> Result<bool> {
        let sql = "UPDATE policy_drafts SET title = $3, updated_at = $4 WHERE community_id = $1 AND id = $2";
        self.db.run(sql, values![self.id, id, title, at]).await?;
        let sql = "UPDATE policy_draft_versions SET body = $4, updated_at = $5
            WHERE community_id = $1 AND draft_id = $2 AND version = $3";
        Ok(self.db.run(sql, values![self.id, id, version, body, at]).await? > 0)
    }

    /// Forgets versions up to and including `version`.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn forget_draft_versions(&self, id: DraftId, version: u32) -> Result<()> {
        let sql = "DELETE FROM policy_draft_versions WHERE community_id = $1 AND draft_id = $2 AND version <= $3";
        self.db.run(sql, values![self.id, id, version]).await?;
        Ok(())
    }

    /// Sets the hash of the key under which others may read a draft.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn share_draft(&self, id: DraftId, share_hash: &str) -> Result<()> {
        let sql = "UPDATE policy_drafts SET share_hash = $3 WHERE community_id = $1 AND id = $2";
        self.db.run(sql, values![self.id, id, share_hash]).await?;
        Ok(())
    }

    /// Deletes a draft with all its versions.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn delete_draft(&self, id: DraftId) -> Result<()> {
        let versions = "DELETE FROM policy_draft_versions WHERE community_id = $1 AND draft_id = $2";
        self.db.run(versions, values![self.id, id]).await?;
        self.db.run("DELETE FROM policy_drafts WHERE community_id = $1 AND id = $2", values![self.id, id]).await?;
        Ok(())
    }
}
