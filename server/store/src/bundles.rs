//! Bundles: actions that are decided together, and what each is within its bundle.

use types::evaluation::BundleKind;
use types::{ActionId, BundleId, CommunityId, MemberId, Timestamp};

use crate::actions::StoredAction;
use crate::sql::{Cells, FromRow, values, word};
use crate::{CommunityStore, CommunityTx, Result, SystemStore};

/// Several actions taken together.
#[derive(Clone, Debug, PartialEq)]
pub struct Bundle {
    /// The id.
    pub id: BundleId,
    /// The community.
    pub community: CommunityId,
    /// Election or combination.
    pub kind: BundleKind,
    /// What is decided, in a sentence.
    pub title: String,
    /// The action that proposed it.
    pub action: Option<ActionId>,
    /// When.
    pub created_at: Timestamp,
}

/// One action of a bundle.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    /// The action, whose `bundle` is this one.
    pub stored: StoredAction,
    /// The bundle.
    pub bundle: BundleId,
    /// Its place on the ballot, from 1.
    pub place: i32,
    /// What it is called there.
    pub label: String,
    /// Why, in the words of who named it.
    pub statement: String,
    /// Whom it concerns.
    pub nominee: Option<MemberId>,
}

const COLUMNS: &str = "id, community_id, kind, title, action_id, created_at";

impl FromRow for Bundle {
    fn from_row(cells: &mut Cells<'_>) -> Result<Self> {
        Ok(Self {
            id: cells.take()?,
            community: cells.take()?,
            kind: cells.word("bundle kind")?,
            title: cells.take()?,
            action: cells.opt()?,
            created_at: cells.take()?,
        })
    }
}

impl FromRow for Part {
    fn from_row(cells: &mut Cells<'_>) -> Result<Self> {
        Ok(Self {
            stored: StoredAction::from_row(cells)?,
            bundle: cells.take()?,
            place: cells.take()?,
            label: cells.take()?,
            statement: cells.take()?,
            nominee: cells.opt()?,
        })
    }
}

/// Actions with what they are within their bundles.
fn parts() -> String {
    let columns: Vec<String> =
        crate::actions::COLUMNS.split(',').map(|column| format!("a.{}", column.trim())).collect();
    format!(
        "SELECT {}, p.bundle_id, p.place, p.label, p.statement, p.nominee_id
         FROM bundle_parts p JOIN actions a ON a.id = p.action_id",
        columns.join(", ")
    )
}

impl CommunityStore<'_> {
    /// A bundle.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn bundle(&self, id: BundleId) -> Result<Option<Bundle>> {
        let sql = format!("SELECT {COLUMNS} FROM bundles WHERE community_id = $1 AND id = $2");
        self.db.one(&sql, values![self.id, id]).await
    }

    /// The bundle that an action proposed.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn bundle_of_action(&self, action: ActionId) -> Result<Option<Bundle>> {
        let sql = format!("SELECT {COLUMNS} FROM bundles WHERE community_id = $1 AND action_id = $2");
        self.db.one(&sql, values![self.id, action]).await
    }

    /// The bundles that actions proposed, in no order.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn bundles_of_actions(&self, actions: &[ActionId]) -> Result<Vec<Bundle>> {
        let before = format!("SELECT {COLUMNS} FROM bundles WHERE community_id = $1 AND action_id IN");
        self.db.all_in(&before, values![self.id], actions, "").await
    }

    /// The actions of bundles, by bundle and in the order of the ballot.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn parts_of(&self, bundles: &[BundleId]) -> Result<Vec<Part>> {
        let before = format!("{} WHERE p.community_id = $1 AND p.bundle_id IN", parts());
        self.db.all_in(&before, values![self.id], bundles, "ORDER BY p.bundle_id, p.place").await
    }

    /// What an action is within its bundle; `None` for one that stands alone.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn part(&self, action: ActionId) -> Result<Option<Part>> {
        let sql = format!("{} WHERE p.community_id = $1 AND p.action_id = $2", parts());
        self.db.one(&sql, values![self.id, action]).await
    }
}

impl SystemStore<'_> {
    /// The bundles that actions of any community proposed, in no order.
    ///
    /// Across communities because one batch of claimed work concerns several. The ids come from claims.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn load_bundles(&self, actions: &[ActionId]) -> Result<Vec<Bundle>> {
        let before = format!("SELECT {COLUMNS} FROM bundles WHERE action_id IN");
        self.db.all_in(&before, Vec::new(), actions, "").await
    }

    /// The actions of bundles of any community, by bundle and in the order of the ballot.
    ///
    /// Across communities because one batch of claimed work concerns several. The ids come from stored bundles.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn load_parts(&self, bundles: &[BundleId]) -> Result<Vec<Part>> {
        let before = format!("{} WHERE p.bundle_id IN", parts());
        self.db.all_in(&before, Vec::new(), bundles, "ORDER BY p.bundle_id, p.place").await
    }
}

impl CommunityTx<'_> {
    /// Adds a bundle; its actions are those added with [`CommunityTx::add_part`].
    ///
    /// # Errors
    /// What the database answered.
    pub async fn insert_bundle(&self, bundle: &Bundle) -> Result<()> {
        let sql = "INSERT INTO bundles (id, community_id, kind, title, action_id, created_at)
            VALUES ($1, $2, $3, $4, $5, $6)";
        let kind = word("bundle kind", &bundle.kind)?;
        let values = values![bundle.id, self.id(), kind, bundle.title, bundle.action, bundle.created_at];
        self.db.run(sql, values).await?;
        Ok(())
    }

    /// Adds an action to its bundle, at a place that is free.
    ///
    /// # Errors
    /// [`crate::StoreError::Taken`] where the place is not free, or what the database answered.
    pub async fn add_part(&self, part: &Part) -> Result<()> {
        self.insert_action(&part.stored.action).await?;
        let sql = "INSERT INTO bundle_parts (action_id, community_id, bundle_id, place, label, statement, nominee_id)
            VALUES ($1, $2, $3, $4, $5, $6, $7)";
        let p = part;
        let values = values![p.stored.action.id, self.id(), p.bundle, p.place, p.label, p.statement, p.nominee];
        self.db.run(sql, values).await?;
        Ok(())
    }
}
