//! Roles: who holds them and what they allow, now and at any moment.

use types::member::{Permission, Right, Role};
use types::{ActionId, MemberId, RoleId, Timestamp};

use crate::communities::Part;
use crate::sql::{Cells, FromRow, values, word};
use crate::{CommunityStore, CommunityTx, Result, StoreError};

impl FromRow for Role {
    fn from_row(cells: &mut Cells<'_>) -> Result<Self> {
        Ok(Self { id: cells.take()?, name: cells.take()?, description: cells.take()?, is_base: cells.take()? })
    }
}

impl FromRow for Permission {
    fn from_row(cells: &mut Cells<'_>) -> Result<Self> {
        Ok(Self { role: cells.take()?, pattern: cells.take()?, right: cells.word("right")? })
    }
}

impl CommunityStore<'_> {
    /// The roles there are, by name.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn roles(&self) -> Result<Vec<Role>> {
        self.roles_at(Timestamp(i64::MAX)).await
    }

    /// The roles there were, by name.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn roles_at(&self, at: Timestamp) -> Result<Vec<Role>> {
        let sql = "SELECT id, name, description, is_base FROM roles WHERE community_id = $1 AND created_at <= $2
            AND (deleted_at IS NULL OR deleted_at > $2) ORDER BY name, id";
        self.db.all(sql, values![self.id, at]).await
    }

    /// The role of a name.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn role_by_name(&self, name: &str) -> Result<Option<Role>> {
        let sql = "SELECT id, name, description, is_base FROM roles
            WHERE community_id = $1 AND name = $2 AND deleted_at IS NULL";
        self.db.one(sql, values![self.id, name]).await
    }

    /// The rights in force.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn permissions(&self) -> Result<Vec<Permission>> {
        self.permissions_at(Timestamp(i64::MAX)).await
    }

    /// The rights that were in force.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn permissions_at(&self, at: Timestamp) -> Result<Vec<Permission>> {
        let sql = "SELECT p.role_id, p.pattern, p.privilege FROM permissions p JOIN roles r ON r.id = p.role_id
            WHERE p.community_id = $1 AND p.granted_at <= $2 AND (p.revoked_at IS NULL OR p.revoked_at > $2)
            AND (r.deleted_at IS NULL OR r.deleted_at > $2) ORDER BY p.id";
        self.db.all(sql, values![self.id, at]).await
    }

    /// Who holds a role, base roles aside.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn role_holders(&self, role: RoleId) -> Result<Vec<MemberId>> {
        let sql = "SELECT member_id FROM role_grants
            WHERE community_id = $1 AND role_id = $2 AND revoked_at IS NULL ORDER BY id";
        let rows = self.db.all::<(MemberId,)>(sql, values![self.id, role]).await?;
        Ok(rows.into_iter().map(|(member,)| member).collect())
    }
}

impl CommunityTx<'_> {
    /// Creates a role.
    ///
    /// # Errors
    /// [`StoreError::Taken`] when the name is in use, or what the database answered.
    pub async fn add_role(&self, role: &Role, at: Timestamp) -> Result<()> {
        let sql = "INSERT INTO roles (id, community_id, name, description, is_base, created_at)
            VALUES ($1, $2, $3, $4, $5, $6)";
        self.db.run(sql, values![role.id, self.id, role.name, role.description, role.is_base, at]).await?;
        self.touch(Part::Members).await
    }

    /// Changes a role's name and description.
    ///
    /// # Errors
    /// [`StoreError::Taken`] when the name is in use, or what the database answered.
    pub async fn edit_role(&self, id: RoleId, name: &str, description: &str) -> Result<()> {
        let sql = "UPDATE roles SET name = $3, description = $4
            WHERE community_id = $1 AND id = $2 AND deleted_at IS NULL";
        self.db.run(sql, values![self.id, id, name, description]).await?;
        self.touch(Part::Members).await
    }

    /// Deletes a role: nobody holds it any more, it allows nothing, and its history stays.
    ///
    /// # Errors
    /// [`StoreError::Missing`] when the role is not of this community, or what the database answered.
    pub async fn delete_role(&self, id: RoleId, by: Option<ActionId>, at: Timestamp) -> Result<bool> {
        self.clear_role(id, by, at).await?;
        self.set_permissions(id, &[], by, at).await?;
        let sql = "UPDATE roles SET deleted_at = $3 WHERE community_id = $1 AND id = $2 AND deleted_at IS NULL";
        Ok(self.db.run(sql, values![self.id, id, at]).await? > 0)
    }

    /// Gives members a role. Those who hold it already keep it; the answer counts the others.
    ///
    /// # Errors
    /// [`StoreError::Missing`] when the role or a member is not of this community, or what the database answered.
    pub async fn grant_role(
        &self,
        role: RoleId,
        members: &[MemberId],
        by: Option<ActionId>,
        at: Timestamp,
    ) -> Result<u64> {
        self.check_role(role).await?;
        let mut wanted = members.to_vec();
        wanted.sort_unstable();
        wanted.dedup();
        if self.members_by_id(&wanted).await?.len() != wanted.len() {
            return Err(StoreError::Missing("member"));
        }
        let rows = wanted.iter().map(|member| values![self.id, role, *member, at, by]).collect();
        let before = "INSERT INTO role_grants (community_id, role_id, member_id, granted_at, granted_by)";
        let after = "ON CONFLICT (role_id, member_id) WHERE revoked_at IS NULL DO NOTHING";
        let n_granted = self.db.run_values(before, rows, after).await?;
        self.touch(Part::Members).await?;
        Ok(n_granted)
    }

    /// Takes a role from a member. Answers whether they held it.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn revoke_role(
        &self,
        role: RoleId,
        member: MemberId,
        by: Option<ActionId>,
        at: Timestamp,
    ) -> Result<bool> {
        let sql = "UPDATE role_grants SET revoked_at = $4, revoked_by = $5
            WHERE community_id = $1 AND role_id = $2 AND member_id = $3 AND revoked_at IS NULL";
        let n_revoked = self.db.run(sql, values![self.id, role, member, at, by]).await?;
        self.touch(Part::Members).await?;
        Ok(n_revoked > 0)
    }

    /// Takes a role from everybody. Answers with how many held it.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn clear_role(&self, role: RoleId, by: Option<ActionId>, at: Timestamp) -> Result<u64> {
        let sql = "UPDATE role_grants SET revoked_at = $3, revoked_by = $4
            WHERE community_id = $1 AND role_id = $2 AND revoked_at IS NULL";
        let n_revoked = self.db.run(sql, values![self.id, role, at, by]).await?;
        self.touch(Part::Members).await?;
        Ok(n_revoked)
    }

    /// Sets all rights of a role: those that stay are not touched, so that their history goes on.
    ///
    /// # Errors
    /// [`StoreError::Missing`] when the role is not of this community, or what the database answered.
    pub async fn set_permissions(
        &self,
        role: RoleId,
        rights: &[(String, Right)],
        by: Option<ActionId>,
        at: Timestamp,
    ) -> Result<()> {
        self.check_role(role).await?;
        let held = self.permissions().await?;
        for old in held.iter().filter(|held| held.role == role) {
            if rights.iter().any(|(pattern, right)| *pattern == old.pattern && *right == old.right) {
                continue;
            }
            let sql = "UPDATE permissions SET revoked_at = $5, revoked_by = $6 WHERE community_id = $1
                AND role_id = $2 AND pattern = $3 AND privilege = $4 AND revoked_at IS NULL";
            let privilege = word("right", &old.right)?;
            self.db.run(sql, values![self.id, role, old.pattern, privilege, at, by]).await?;
        }
        let mut rows = Vec::new();
        for (pattern, right) in rights {
            rows.push(values![self.id, role, pattern, word("right", right)?, at, by]);
        }
        let before = "INSERT INTO permissions (community_id, role_id, pattern, privilege, granted_at, granted_by)";
        let after = "ON CONFLICT (role_id, pattern, privilege) WHERE revoked_at IS NULL DO NOTHING";
        self.db.run_values(before, rows, after).await?;
        self.touch(Part::Members).await
    }

    async fn check_role(&self, role: RoleId) -> Result<()> {
        let sql = "SELECT id FROM roles WHERE community_id = $1 AND id = $2";
        self.db.one::<(RoleId,)>(sql, values![self.id, role]).await?.ok_or(StoreError::Missing("role"))?;
        Ok(())
    }
}
