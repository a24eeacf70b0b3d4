//! Publications: policies that communities share with all others on the service.

use types::{CommunityId, PolicyDraft, PolicyId, PublicationId, Timestamp};

use crate::sql::{Cells, FromRow, json, values};
use crate::{CommunityStore, CommunityTx, Result, StoreError, SystemStore};

/// A published policy: a copy of one version, which never changes.
#[derive(Clone, Debug, PartialEq)]
pub struct Publication {
    /// The id.
    pub id: PublicationId,
    /// Who published it.
    pub community: CommunityId,
    /// Which policy.
    pub policy: PolicyId,
    /// At which version.
    pub version: u32,
    /// SHA-256 of its source, hexadecimal.
    pub hash: String,
    /// The version's content.
    pub draft: PolicyDraft,
    /// Under which licence, as an SPDX expression.
    pub licence: String,
    /// Whom to credit; empty where the community keeps its name to itself.
    pub credit: String,
    /// What the community says about it. May be empty.
    pub note: String,
    /// What it was made from.
    pub forked_from: Option<PublicationId>,
    /// When it was published.
    pub created_at: Timestamp,
    /// When it was withdrawn: nobody finds it any more, and those who took it over keep it.
    pub withdrawn_at: Option<Timestamp>,
}

/// A publication and what became of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Shared {
    /// The publication.
    pub publication: Publication,
    /// How many communities took it over.
    pub adopted: u32,
    /// How many of them have removed it again.
    pub rolled_back: u32,
}

const COLUMNS: &str =
    "id, community_id, policy_id, version, hash, draft, licence, credit, note, forked_from, created_at, withdrawn_at";

/// A publication with its uses counted, each community once; those in which it is in force in any place have not rolled it back.
const SHARED: &str =
    "SELECT p.id, p.community_id, p.policy_id, p.version, p.hash, p.draft, p.licence, p.credit, p.note,
    p.forked_from, p.created_at, p.withdrawn_at,
    (SELECT COUNT(DISTINCT u.community_id) FROM publication_uses u WHERE u.publication_id = p.id),
    (SELECT COUNT(DISTINCT u.community_id) FROM publication_uses u WHERE u.publication_id = p.id
        AND NOT EXISTS (SELECT 1 FROM publication_uses o WHERE o.publication_id = p.id
            AND o.community_id = u.community_id AND o.ended_at IS NULL))
    FROM publications p";

impl FromRow for Publication {
    fn from_row(cells: &mut Cells<'_>) -> Result<Self> {
        Ok(Self {
            id: cells.take()?,
            community: cells.take()?,
            policy: cells.take()?,
            version: cells.take()?,
            hash: cells.take()?,
            draft: cells.json("published policy")?,
            licence: cells.take()?,
            credit: cells.take()?,
            note: cells.take()?,
            forked_from: cells.opt()?,
            created_at: cells.take()?,
            withdrawn_at: cells.opt()?,
        })
    }
}

impl FromRow for Shared {
    fn from_row(cells: &mut Cells<'_>) -> Result<Self> {
        let publication = Publication::from_row(cells)?;
        let count = |n: i64| u32::try_from(n).unwrap_or(u32::MAX);
        Ok(Self { publication, adopted: count(cells.take()?), rolled_back: count(cells.take()?) })
    }
}

impl SystemStore<'_> {
    /// What is published, the most used first, then the newest. Across communities because it was published to all of them.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn shared_policies(&self, limit: u32) -> Result<Vec<Shared>> {
        let sql = format!("{SHARED} WHERE p.withdrawn_at IS NULL ORDER BY 13 DESC, p.created_at DESC, p.id LIMIT $1");
        self.db.all(&sql, values![i64::from(limit)]).await
    }

    /// One publication, unless it was withdrawn. Across communities because it was published to all of them.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn shared_policy(&self, id: PublicationId) -> Result<Option<Shared>> {
        self.db.one(&format!("{SHARED} WHERE p.id = $1 AND p.withdrawn_at IS NULL"), values![id]).await
    }
}

impl CommunityStore<'_> {
    /// A publication of this community, withdrawn or not.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn publication(&self, id: PublicationId) -> Result<Option<Publication>> {
        let sql = format!("SELECT {COLUMNS} FROM publications WHERE community_id = $1 AND id = $2");
        self.db.one(&sql, values![self.id, id]).await
    }

    /// The publication of one version of a policy.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn publication_of(&self, policy: PolicyId, version: u32) -> Result<Option<Publication>> {
        let sql =
            format!("SELECT {COLUMNS} FROM publications WHERE community_id = $1 AND policy_id = $2 AND version = $3");
        self.db.one(&sql, values![self.id, policy, version]).await
    }

    /// Anybody's publication, unless it was withdrawn: what this community can take over.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn shared_policy(&self, id: PublicationId) -> Result<Option<Shared>> {
        SystemStore { db: self.db }.shared_policy(id).await
    }

    /// What a policy was taken over from.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn forked_from(&self, policy: PolicyId) -> Result<Option<PublicationId>> {
        let sql = "SELECT publication_id FROM publication_uses WHERE community_id = $1 AND policy_id = $2
            ORDER BY adopted_at LIMIT 1";
        Ok(self.db.one::<(PublicationId,)>(sql, values![self.id, policy]).await?.map(|(id,)| id))
    }
}

impl CommunityTx<'_> {
    /// Publishes a copy.
    ///
    /// # Errors
    /// [`StoreError::Taken`] where that version is published already, or what the database answered.
    pub async fn publish(&self, publication: &Publication) -> Result<()> {
        let p = publication;
        let sql = format!(
            "INSERT INTO publications ({COLUMNS}, name) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)"
        );
        let draft = json("published policy", &p.draft)?;
        let values = values![
            p.id,
            self.id,
            p.policy,
            p.version,
            p.hash,
            draft,
            p.licence,
            p.credit,
            p.note,
            p.forked_from,
            p.created_at,
            p.withdrawn_at,
            p.draft.name
        ];
        self.db.run(&sql, values).await?;
        Ok(())
    }

    /// Withdraws a publication, or offers it again under other words.
    ///
    /// # Errors
    /// [`StoreError::Missing`], or what the database answered.
    pub async fn amend_publication(&self, publication: &Publication) -> Result<()> {
        let p = publication;
        let sql = "UPDATE publications SET licence = $3, credit = $4, note = $5, withdrawn_at = $6
            WHERE community_id = $1 AND id = $2";
        match self.db.run(sql, values![self.id, p.id, p.licence, p.credit, p.note, p.withdrawn_at]).await? {
            0 => Err(StoreError::Missing("publication")),
            _ => Ok(()),
        }
    }

    /// Notes that a policy of this community was taken over from a publication.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn use_publication(&self, id: PublicationId, policy: PolicyId, at: Timestamp) -> Result<()> {
        let sql = "INSERT INTO publication_uses (publication_id, community_id, policy_id, adopted_at)
            VALUES ($1, $2, $3, $4)";
        self.db.run(sql, values![id, self.id, policy, at]).await?;
        Ok(())
    }

    /// Notes that a policy was removed (`ended`), or is back in force (`None`).
    ///
    /// # Errors
    /// What the database answered.
    pub async fn end_use(&self, policy: PolicyId, ended: Option<Timestamp>) -> Result<()> {
        let sql = "UPDATE publication_uses SET ended_at = $3 WHERE community_id = $1 AND policy_id = $2";
        self.db.run(sql, values![self.id, policy, ended]).await?;
        Ok(())
    }
}
