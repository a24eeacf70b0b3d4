//! What policies made of the recorded history: how often each was asked, had an opinion, and disagreed with another.

use types::{PolicyId, Timestamp};

use crate::sql::values;
use crate::{CommunityStore, Result};

/// How often one policy was asked about actions of one type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The policy.
    pub policy: PolicyId,
    /// The action type.
    pub kind: String,
    /// How often it was asked and came to look.
    pub n_asked: i64,
    /// How often it had an opinion.
    pub n_in_scope: i64,
}

/// Two policies of which one passed and one failed the same action.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Disagreement {
    /// The policy that passed.
    pub passed: PolicyId,
    /// The policy that failed.
    pub failed: PolicyId,
    /// The action type.
    pub kind: String,
    /// How often.
    pub n_times: i64,
}

impl CommunityStore<'_> {
    /// How often each policy was asked about each type since a moment.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn asked(&self, since: Timestamp) -> Result<Vec<Asked>> {
        let sql = "SELECT p.policy_id, a.kind, COUNT(*), SUM(CASE WHEN p.status = 'out_of_scope' THEN 0 ELSE 1 END)
            FROM proposals p JOIN actions a ON a.id = p.action_id
            WHERE p.community_id = $1 AND p.opened_at >= $2 AND p.status <> 'waiting' GROUP BY p.policy_id, a.kind";
        let rows = self.db.all::<(PolicyId, String, i64, i64)>(sql, values![self.id, since]).await?;
        Ok(rows
            .into_iter()
            .map(|(policy, kind, n_asked, n_in_scope)| Asked { policy, kind, n_asked, n_in_scope })
            .collect())
    }

    /// Which policies disagreed on the same action since a moment.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn disagreements(&self, since: Timestamp) -> Result<Vec<Disagreement>> {
        let sql = "SELECT p.policy_id, f.policy_id, a.kind, COUNT(*)
            FROM proposals p JOIN proposals f ON f.action_id = p.action_id AND f.status = 'failed'
            JOIN actions a ON a.id = p.action_id
            WHERE p.community_id = $1 AND p.opened_at >= $2 AND p.status = 'passed'
            GROUP BY p.policy_id, f.policy_id, a.kind";
        let rows = self.db.all::<(PolicyId, PolicyId, String, i64)>(sql, values![self.id, since]).await?;
        Ok(rows
            .into_iter()
            .map(|(passed, failed, kind, n_times)| Disagreement { passed, failed, kind, n_times })
            .collect())
    }

    /// How many actions of each type there were since a moment.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn action_kinds(&self, since: Timestamp) -> Result<Vec<(String, i64)>> {
        let sql = "SELECT kind, COUNT(*) FROM actions WHERE community_id = $1 AND created_at >= $2 GROUP BY kind ORDER BY kind";
        self.db.all(sql, values![self.id, since]).await
    }
}
