//! Accounts: people who sign in. One account may be a member of several communities.

use types::{AccountId, CommunityId, MemberId, Timestamp};

use crate::sql::{Cells, FromRow, values};
use crate::{Result, SystemStore, SystemTx};

/// A person who signs in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// The id.
    pub id: AccountId,
    /// The name people read.
    pub display_name: String,
    /// The address, in lower case, where it is known.
    pub email: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
}

impl FromRow for Account {
    fn from_row(cells: &mut Cells<'_>) -> Result<Self> {
        Ok(Self { id: cells.take()?, display_name: cells.take()?, email: cells.opt()?, created_at: cells.take()? })
    }
}

impl SystemStore<'_> {
    /// One account. Accounts belong to no community.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn account(&self, id: AccountId) -> Result<Option<Account>> {
        let sql = "SELECT id, display_name, email, created_at FROM accounts WHERE id = $1";
        self.db.one(sql, values![id]).await
    }

    /// The account of an address. Accounts belong to no community.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn account_by_email(&self, email: &str) -> Result<Option<Account>> {
        let sql = "SELECT id, display_name, email, created_at FROM accounts WHERE email = $1";
        self.db.one(sql, values![email]).await
    }

    /// Where an account is a member. Across communities because that is the question.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn memberships_of(&self, account: AccountId) -> Result<Vec<(CommunityId, MemberId)>> {
        let sql =
            "SELECT community_id, id FROM members WHERE account_id = $1 AND left_at IS NULL ORDER BY joined_at, id";
        self.db.all(sql, values![account]).await
    }
}

impl SystemTx<'_> {
    /// Makes an account.
    ///
    /// # Errors
    /// [`crate::StoreError::Taken`] when the address has one, or what the database answered.
    pub async fn add_account(&self, account: &Account) -> Result<()> {
        let sql = "INSERT INTO accounts (id, display_name, email, created_at) VALUES ($1, $2, $3, $4)";
        self.db.run(sql, values![account.id, account.display_name, account.email, account.created_at]).await?;
        Ok(())
    }

    /// Changes the name of an account.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn rename_account(&self, id: AccountId, display_name: &str) -> Result<()> {
        self.db.run("UPDATE accounts SET display_name = $2 WHERE id = $1", values![id, display_name]).await?;
        Ok(())
    }

    /// Keeps the address that somebody has confirmed, or forgets it.
    ///
    /// # Errors
    /// [`crate::StoreError::Taken`] when another account has it, or what the database answered.
    pub async fn set_account_email(&self, id: AccountId, email: Option<&str>) -> Result<()> {
        let email = email.map(str::to_owned);
        self.db.run("UPDATE accounts SET email = $2 WHERE id = $1", values![id, email]).await?;
        Ok(())
    }
}
