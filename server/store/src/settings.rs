//! Settings of the service itself: the demo's clock, the instance's key, and the like. They belong to no community.

use crate::sql::values;
use crate::{Result, SystemStore, SystemTx};

impl SystemStore<'_> {
    /// The value of a key.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn setting(&self, key: &str) -> Result<Option<String>> {
        let sql = "SELECT value FROM service_settings WHERE key = $1";
        Ok(self.db.one::<(String,)>(sql, values![key]).await?.map(|(value,)| value))
    }
}

impl SystemTx<'_> {
    /// Sets the value of a key.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn set_setting(&self, key: &str, value: &str) -> Result<()> {
        let sql = "INSERT INTO service_settings (key, value) VALUES ($1, $2)
            ON CONFLICT (key) DO UPDATE SET value = excluded.value";
        self.db.run(sql, values![key, value]).await?;
        Ok(())
    }

    /// Sets the value of a key unless it has one, and answers with what it is now: several processes may try at once.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn setting_or(&self, key: &str, value: &str) -> Result<String> {
        let sql = "INSERT INTO service_settings (key, value) VALUES ($1, $2) ON CONFLICT (key) DO NOTHING";
        self.db.run(sql, values![key, value]).await?;
        Ok(self.setting(key).await?.unwrap_or_else(|| value.to_owned()))
    }
}
