//! Members: who belongs, since when, and who they are on the platforms.

use std::collections::BTreeMap;

use types::member::{Member, Role};
use types::{AccountId, ConnectionId, IdentityId, MemberId, RoleId, Timestamp};

use crate::communities::Part;
use crate::sql::{Cells, FromRow, values};
use crate::{CommunityStore, CommunityTx, Result, StoreError};

/// Somebody who joins for the first time.
#[derive(Clone, Debug)]
pub struct NewMember {
    /// The id.
    pub id: MemberId,
    /// The short name, unique in the community.
    pub handle: String,
    /// The name people read.
    pub display_name: String,
    /// Whether it is a program.
    pub is_bot: bool,
    /// The account that signs in as this member.
    pub account: Option<AccountId>,
}

/// A member as stored, present or gone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemberRow {
    /// The id.
    pub id: MemberId,
    /// The short name.
    pub handle: String,
    /// The name people read.
    pub display_name: String,
    /// Whether it is a program.
    pub is_bot: bool,
    /// The account that signs in as this member.
    pub account: Option<AccountId>,
    /// Since when, or since when again.
    pub joined_at: Timestamp,
    /// When they left; `None` for members.
    pub left_at: Option<Timestamp>,
}

/// A user of a platform, as the community knows them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The id.
    pub id: IdentityId,
    /// The platform.
    pub platform: String,
    /// The platform's id of the user.
    pub external_id: String,
    /// The name people read there.
    pub display_name: String,
    /// The connection that first heard of them.
    pub connection: Option<ConnectionId>,
    /// The account that has shown that it is theirs.
    pub account: Option<AccountId>,
    /// The member they are.
    pub member: Option<MemberId>,
}

/// Members with their roles, and the roles, at one moment.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Roster {
    /// Members, in ascending order of id.
    pub members: Vec<Member>,
    /// Roles, in ascending order of name.
    pub roles: Vec<Role>,
}

const COLUMNS: &str = "id, handle, display_name, is_bot, account_id, joined_at, left_at";
const IDENTITY: &str = "id, platform, external_id, display_name, connection_id, account_id, member_id";

impl FromRow for MemberRow {
    fn from_row(cells: &mut Cells<'_>) -> Result<Self> {
        Ok(Self {
            id: cells.take()?,
            handle: cells.take()?,
            display_name: cells.take()?,
            is_bot: cells.take()?,
            account: cells.opt()?,
            joined_at: cells.take()?,
            left_at: cells.opt()?,
        })
    }
}

impl FromRow for Identity {
    fn from_row(cells: &mut Cells<'_>) -> Result<Self> {
        Ok(Self {
            id: cells.take()?,
            platform: cells.take()?,
            external_id: cells.take()?,
            display_name: cells.take()?,
            connection: cells.opt()?,
            account: cells.opt()?,
            member: cells.opt()?,
        })
    }
}

impl CommunityStore<'_> {
    /// Members and roles at the moment `at`, or now.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn roster(&self, at: Option<Timestamp>) -> Result<Roster> {
        // No end is later than the last moment there is, so that "now" is asked like any other moment.
        let at = at.unwrap_or(Timestamp(i64::MAX));
        let roles = self.roles_at(at).await?;
        let base: Vec<RoleId> = roles.iter().filter(|role| role.is_base).map(|role| role.id).collect();
        let sql = "SELECT m.id, m.handle, m.display_name, p.joined_at, m.is_bot
            FROM memberships p JOIN members m ON m.id = p.member_id
            WHERE p.community_id = $1 AND p.joined_at <= $2 AND (p.left_at IS NULL OR p.left_at > $2)";
        let rows = self.db.all::<(MemberId, String, String, Timestamp, bool)>(sql, values![self.id, at]).await?;
        let mut held = self.roles_held_at(at).await?;
        let mut members: Vec<Member> = rows
            .into_iter()
            .map(|(id, handle, display_name, joined_at, is_bot)| {
                let mut roles = base.clone();
                roles.extend(held.remove(&id).unwrap_or_default());
                Member { id, handle, display_name, joined_at, roles, is_bot }
            })
            .collect();
        members.sort_unstable_by_key(|member| member.id);
        Ok(Roster { members, roles })
    }

    /// Which roles each member holds, base roles left out.
    async fn roles_held_at(&self, at: Timestamp) -> Result<BTreeMap<MemberId, Vec<RoleId>>> {
        let sql = "SELECT g.member_id, g.role_id FROM role_grants g JOIN roles r ON r.id = g.role_id
            WHERE g.community_id = $1 AND g.granted_at <= $2 AND (g.revoked_at IS NULL OR g.revoked_at > $2)
            AND (r.deleted_at IS NULL OR r.deleted_at > $2) ORDER BY g.id";
        let mut held = BTreeMap::<MemberId, Vec<RoleId>>::new();
        for (member, role) in self.db.all::<(MemberId, RoleId)>(sql, values![self.id, at]).await? {
            held.entry(member).or_default().push(role);
        }
        Ok(held)
    }

    /// One member, present or gone.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn member(&self, id: MemberId) -> Result<Option<MemberRow>> {
        let sql = format!("SELECT {COLUMNS} FROM members WHERE community_id = $1 AND id = $2");
        self.db.one(&sql, values![self.id, id]).await
    }

    /// Several members, present or gone, in no order.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn members_by_id(&self, ids: &[MemberId]) -> Result<Vec<MemberRow>> {
        let before = format!("SELECT {COLUMNS} FROM members WHERE community_id = $1 AND id IN");
        self.db.all_in(&before, values![self.id], ids, "").await
    }

    /// The member of a handle, present or gone.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn member_by_handle(&self, handle: &str) -> Result<Option<MemberRow>> {
        let sql = format!("SELECT {COLUMNS} FROM members WHERE community_id = $1 AND handle = $2");
        self.db.one(&sql, values![self.id, handle]).await
    }

    /// The member that an account signs in as, present or gone.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn member_by_account(&self, account: AccountId) -> Result<Option<MemberRow>> {
        let sql = format!("SELECT {COLUMNS} FROM members WHERE community_id = $1 AND account_id = $2");
        self.db.one(&sql, values![self.id, account]).await
    }

    /// All members that are present, by handle.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn members(&self) -> Result<Vec<MemberRow>> {
        let sql = format!("SELECT {COLUMNS} FROM members WHERE community_id = $1 AND left_at IS NULL ORDER BY handle");
        self.db.all(&sql, values![self.id]).await
    }

    /// The user of a platform, if they were heard of.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn identity(&self, platform: &str, external_id: &str) -> Result<Option<Identity>> {
        let sql =
            format!("SELECT {IDENTITY} FROM identities WHERE community_id = $1 AND platform = $2 AND external_id = $3");
        self.db.one(&sql, values![self.id, platform, external_id]).await
    }

    /// The users that members are on a platform.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn identities_of(&self, platform: &str, members: &[MemberId]) -> Result<Vec<Identity>> {
        let before =
            format!("SELECT {IDENTITY} FROM identities WHERE community_id = $1 AND platform = $2 AND member_id IN");
        self.db.all_in(&before, values![self.id, platform], members, "").await
    }

    /// All users that one member is.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn identities(&self, member: MemberId) -> Result<Vec<Identity>> {
        let sql = format!(
            "SELECT {IDENTITY} FROM identities WHERE community_id = $1 AND member_id = $2 ORDER BY platform, external_id"
        );
        self.db.all(&sql, values![self.id, member]).await
    }
}

impl CommunityTx<'_> {
    /// Takes somebody in for the first time.
    ///
    /// # Errors
    /// [`StoreError::Taken`] when the handle is in use, or what the database answered.
    pub async fn join(&self, member: &NewMember, at: Timestamp) -> Result<()> {
        self.join_many(std::slice::from_ref(member), at).await
    }

    /// Takes many in at once.
    ///
    /// # Errors
    /// [`StoreError::Taken`] when a handle is in use, or what the database answered.
    pub async fn join_many(&self, members: &[NewMember], at: Timestamp) -> Result<()> {
        let row = |m: &NewMember| values![m.id, m.handle, m.display_name, m.is_bot, m.account, at, self.id];
        let before = "INSERT INTO members (id, handle, display_name, is_bot, account_id, joined_at, community_id)";
        self.db.run_values(before, members.iter().map(row).collect(), "").await?;
        let row = |m: &NewMember| values![self.id, m.id, at];
        let before = "INSERT INTO memberships (community_id, member_id, joined_at)";
        self.db.run_values(before, members.iter().map(row).collect(), "").await?;
        self.touch(Part::Members).await
    }

    /// Takes somebody in again who had left. A member who is present stays as they are.
    ///
    /// # Errors
    /// [`StoreError::Missing`], or what the database answered.
    pub async fn rejoin(&self, id: MemberId, at: Timestamp) -> Result<()> {
        let member = self.member(id).await?.ok_or(StoreError::Missing("member"))?;
        if member.left_at.is_none() {
            return Ok(());
        }
        let sql = "UPDATE members SET joined_at = $3, left_at = NULL WHERE community_id = $1 AND id = $2";
        self.db.run(sql, values![self.id, id, at]).await?;
        let sql = "INSERT INTO memberships (community_id, member_id, joined_at) VALUES ($1, $2, $3)";
        self.db.run(sql, values![self.id, id, at]).await?;
        self.touch(Part::Members).await
    }

    /// Lets somebody go, with their roles. Answers whether they were there.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn leave(&self, id: MemberId, at: Timestamp) -> Result<bool> {
        let sql = "UPDATE members SET left_at = $3 WHERE community_id = $1 AND id = $2 AND left_at IS NULL";
        if self.db.run(sql, values![self.id, id, at]).await? == 0 {
            return Ok(false);
        }
        let sql = "UPDATE memberships SET left_at = $3 WHERE community_id = $1 AND member_id = $2 AND left_at IS NULL";
        self.db.run(sql, values![self.id, id, at]).await?;
        let sql =
            "UPDATE role_grants SET revoked_at = $3 WHERE community_id = $1 AND member_id = $2 AND revoked_at IS NULL";
        self.db.run(sql, values![self.id, id, at]).await?;
        self.touch(Part::Members).await?;
        Ok(true)
    }

    /// Changes the name people read.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn set_display_name(&self, id: MemberId, display_name: &str) -> Result<()> {
        let sql = "UPDATE members SET display_name = $3 WHERE community_id = $1 AND id = $2";
        self.db.run(sql, values![self.id, id, display_name]).await?;
        self.touch(Part::Members).await
    }

    /// Lets an account sign in as the member.
    ///
    /// # Errors
    /// [`StoreError::Taken`] when the account is another member here, or what the database answered.
    pub async fn link_account(&self, id: MemberId, account: AccountId) -> Result<()> {
        let sql = "UPDATE members SET account_id = $3 WHERE community_id = $1 AND id = $2";
        self.db.run(sql, values![self.id, id, account]).await?;
        Ok(())
    }

    /// Remembers a user of a platform, or changes what is known of them.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn put_identity(&self, identity: &Identity, at: Timestamp) -> Result<()> {
        let i = identity;
        let sql = format!(
            "INSERT INTO identities ({IDENTITY}, community_id, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
             ON CONFLICT (community_id, platform, external_id) DO UPDATE SET display_name = excluded.display_name,
             connection_id = excluded.connection_id, account_id = excluded.account_id, member_id = excluded.member_id"
        );
        let values =
            values![i.id, i.platform, i.external_id, i.display_name, i.connection, i.account, i.member, self.id, at];
        self.db.run(&sql, values).await?;
        Ok(())
    }
}
