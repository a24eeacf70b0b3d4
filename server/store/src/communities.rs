//! Communities: the tenants.

use types::{CommunityId, Json, Timestamp};

use crate::sql::{Cells, FromRow, values};
use crate::{CommunityStore, CommunityTx, Result, SystemStore, SystemTx};

/// A community.
#[derive(Clone, Debug, PartialEq)]
pub struct Community {
    /// The id.
    pub id: CommunityId,
    /// Its name in addresses.
    pub slug: String,
    /// The name people read.
    pub name: String,
    /// What it is.
    pub description: String,
    /// The starter kit it was founded with.
    pub starter_kit: String,
    /// How verdicts combine in each layer, the recovery rule, and whatever else the pipeline keeps there.
    pub settings: Json,
    /// When it was founded.
    pub created_at: Timestamp,
}

/// Numbers that grow with every change of what they count: a copy with the same number is still true.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub struct Revisions {
    /// Policies, their order and the community's settings.
    pub policies: i64,
    /// Members, roles, who holds them, and rights.
    pub members: i64,
    /// Documents.
    pub documents: i64,
}

/// What a change makes stale.
#[derive(Clone, Copy)]
pub(crate) enum Part {
    Policies,
    Members,
    Documents,
}

const COLUMNS: &str = "id, slug, name, description, starter_kit, settings, created_at";

impl FromRow for Community {
    fn from_row(cells: &mut Cells<'_>) -> Result<Self> {
        Ok(Self {
            id: cells.take()?,
            slug: cells.take()?,
            name: cells.take()?,
            description: cells.take()?,
            starter_kit: cells.take()?,
            settings: cells.json("community settings")?,
            created_at: cells.take()?,
        })
    }
}

impl SystemStore<'_> {
    /// The community of a slug. Across communities because this is how a request gets to one.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn community_by_slug(&self, slug: &str) -> Result<Option<Community>> {
        self.db.one(&format!("SELECT {COLUMNS} FROM communities WHERE slug = $1"), values![slug]).await
    }

    /// All communities by name. Across communities because the landing page and the operator list them.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn communities(&self) -> Result<Vec<Community>> {
        self.db.all(&format!("SELECT {COLUMNS} FROM communities ORDER BY name, id"), Vec::new()).await
    }

    /// The revisions of several communities. Across communities because one batch of work concerns several.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn revisions(&self, ids: &[CommunityId]) -> Result<Vec<(CommunityId, Revisions)>> {
        let before = "SELECT id, policies_revision, members_revision, documents_revision FROM communities WHERE id IN";
        let rows = self.db.all_in::<(CommunityId, i64, i64, i64), _>(before, Vec::new(), ids, "").await?;
        let named = |(id, policies, members, documents)| (id, Revisions { policies, members, documents });
        Ok(rows.into_iter().map(named).collect())
    }
}

impl SystemTx<'_> {
    /// Founds a community.
    ///
    /// # Errors
    /// [`crate::StoreError::Taken`] when the slug is in use, or what the database answered.
    pub async fn found(&self, community: &Community) -> Result<()> {
        let c = community;
        let sql = format!("INSERT INTO communities ({COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7)");
        let values = values![c.id, c.slug, c.name, c.description, c.starter_kit, c.settings, c.created_at];
        self.db.run(&sql, values).await?;
        Ok(())
    }
}

impl CommunityStore<'_> {
    /// The community itself.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn community(&self) -> Result<Option<Community>> {
        self.db.one(&format!("SELECT {COLUMNS} FROM communities WHERE id = $1"), values![self.id]).await
    }

    /// Its revisions.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn revisions(&self) -> Result<Revisions> {
        let all = SystemStore { db: self.db }.revisions(&[self.id]).await?;
        Ok(all.first().map_or_else(Revisions::default, |(_, revisions)| *revisions))
    }
}

impl CommunityTx<'_> {
    /// Changes the name and description.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn set_profile(&self, name: &str, description: &str) -> Result<()> {
        let sql = "UPDATE communities SET name = $2, description = $3 WHERE id = $1";
        self.db.run(sql, values![self.id, name, description]).await?;
        Ok(())
    }

    /// Replaces the settings.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn set_settings(&self, settings: &Json) -> Result<()> {
        let sql = "UPDATE communities SET settings = $2 WHERE id = $1";
        self.db.run(sql, values![self.id, settings]).await?;
        self.touch(Part::Policies).await
    }

    /// Names the starter kit in force.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn set_starter_kit(&self, kit: &str) -> Result<()> {
        self.db.run("UPDATE communities SET starter_kit = $2 WHERE id = $1", values![self.id, kit]).await?;
        Ok(())
    }

    /// Makes copies stale.
    pub(crate) async fn touch(&self, part: Part) -> Result<()> {
        let column = match part {
            Part::Policies => "policies_revision",
            Part::Members => "members_revision",
            Part::Documents => "documents_revision",
        };
        let sql = format!("UPDATE communities SET {column} = {column} + 1 WHERE id = $1");
        self.db.run(&sql, values![self.id]).await?;
        Ok(())
    }
}
