//! Data stores: what policies remember of an action, and of themselves.

use std::collections::BTreeMap;

use types::{ActionId, Json, PolicyId};

use crate::sql::{Bind, Cells, FromRow, values};
use crate::{CommunityStore, CommunityTx, Result, SystemStore};

/// The keys and values of one store.
pub type Data = BTreeMap<String, Json>;

/// One value to set, or with `None` to remove.
#[derive(Clone, Debug, PartialEq)]
pub struct DataChange<Owner> {
    /// Whose store.
    pub owner: Owner,
    /// The key.
    pub key: String,
    /// The value.
    pub value: Option<Json>,
}

struct Row<Owner>(Owner, String, Json);

impl<Owner: crate::sql::Cell> FromRow for Row<Owner> {
    fn from_row(cells: &mut Cells<'_>) -> Result<Self> {
        Ok(Self(cells.take()?, cells.take()?, cells.json("data")?))
    }
}

fn grouped<Owner: Ord>(rows: Vec<Row<Owner>>) -> BTreeMap<Owner, Data> {
    let mut stores = BTreeMap::<Owner, Data>::new();
    for Row(owner, key, value) in rows {
        stores.entry(owner).or_default().insert(key, value);
    }
    stores
}

impl CommunityStore<'_> {
    /// The data of one action.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn action_data(&self, action: ActionId) -> Result<Data> {
        let sql = "SELECT action_id, key, value FROM action_data WHERE community_id = $1 AND action_id = $2";
        let rows = self.db.all::<Row<ActionId>>(sql, values![self.id, action]).await?;
        Ok(grouped(rows).remove(&action).unwrap_or_default())
    }

    /// The data of one policy.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn policy_data(&self, policy: PolicyId) -> Result<Data> {
        let sql = "SELECT policy_id, key, value FROM policy_data WHERE community_id = $1 AND policy_id = $2";
        let rows = self.db.all::<Row<PolicyId>>(sql, values![self.id, policy]).await?;
        Ok(grouped(rows).remove(&policy).unwrap_or_default())
    }
}

impl SystemStore<'_> {
    /// The data of actions of any community; an action without data is not in the answer.
    ///
    /// Across communities because one batch of claimed work concerns several. The ids come from claims.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn load_action_data(&self, actions: &[ActionId]) -> Result<BTreeMap<ActionId, Data>> {
        let before = "SELECT action_id, key, value FROM action_data WHERE action_id IN";
        Ok(grouped(self.db.all_in::<Row<ActionId>, _>(before, Vec::new(), actions, "").await?))
    }
}

impl CommunityTx<'_> {
    /// Changes values of actions' data, in order.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn change_action_data(&self, changes: &[DataChange<ActionId>]) -> Result<()> {
        self.change_data("action_data", "action_id", changes).await
    }

    /// Changes values of policies' data, in order.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn change_policy_data(&self, changes: &[DataChange<PolicyId>]) -> Result<()> {
        self.change_data("policy_data", "policy_id", changes).await
    }

    async fn change_data<Owner: Bind + Ord + Copy>(
        &self,
        table: &str,
        owner: &str,
        changes: &[DataChange<Owner>],
    ) -> Result<()> {
        // One statement may not set the same key twice; of several changes of a key the last counts anyway.
        let mut last = BTreeMap::<(Owner, &str), Option<&Json>>::new();
        for change in changes {
            last.insert((change.owner, &change.key), change.value.as_ref());
        }
        let mut rows = Vec::new();
        for ((of, key), value) in last {
            match value {
                Some(value) => rows.push(values![of, key, self.id, value]),
                None => {
                    let sql = format!("DELETE FROM {table} WHERE {owner} = $1 AND key = $2 AND community_id = $3");
                    self.db.run(&sql, values![of, key, self.id]).await?;
                }
            }
        }
        let before = format!("INSERT INTO {table} ({owner}, key, community_id, value)");
        let after = format!(
            "ON CONFLICT ({owner}, key) DO UPDATE SET value = excluded.value
             WHERE {table}.community_id = excluded.community_id"
        );
        self.db.run_values(&before, rows, &after).await?;
        Ok(())
    }
}
