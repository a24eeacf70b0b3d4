//! Power levels: one user's power changes, everybody else's stays what it is at that moment.

use serde_json::{Map, Value, json};
use types::Json;
use types::payload::matrix::SetPowerLevel;
use types::platform::Receipt;

use super::change::receipt;
use super::server::{CallError, Server};
use super::settings::is_own;
use super::state::{default_level, level};
use crate::ApplyError;

/// From this room version on, those who created a room have power without limit, and are not listed.
const FIRST_VERSION_WITH_CREATORS: u32 = 12;

/// The power of a creator, as a number that JavaScript can hold.
pub(super) const UNLIMITED: i64 = 9_007_199_254_740_991;

impl Server<'_> {
    pub(super) async fn set_power(&self, room: &str, a: &SetPowerLevel) -> Result<Receipt, ApplyError> {
        if self.creators(room).await?.contains(&a.user) {
            let why = format!("{} created the room and has power without limit, which cannot be changed", a.user);
            return Err(ApplyError::permanent("creator", why));
        }
        let before = self.levels(room).await?;
        if is_own(self.own_user, &a.user) && a.level < power_of(&before, &a.user) {
            let why = "Polity does not lower its own power: nothing could be decided in the room afterwards";
            return Err(ApplyError::permanent("own-power", why));
        }
        let mut after = before.clone();
        set_level(&mut after, &a.user, Some(a.level));
        let was = before.get("users").and_then(|users| users.get(&a.user)).and_then(level);
        let event = self.put_levels(room, &before, &after).await?;
        Ok(receipt(event, room, json!({ "user": a.user, "level": was, "set_level": a.level, "ours": true })))
    }

    pub(super) async fn restore_power(
        &self,
        room: &str,
        a: &SetPowerLevel,
        undo: &Json,
    ) -> Result<Receipt, ApplyError> {
        let was = undo.get("level").ok_or_else(|| super::change::nothing_kept("the power level"))?;
        let now = self.state(room, "m.room.power_levels", "").await?;
        let before = now.as_ref().map(|now| now.content.clone()).unwrap_or_default();
        if power_of(&before, &a.user) != a.level && self.later_decision_stands(undo, now.as_ref()) {
            return Ok(receipt(None, room, json!({ "superseded": true })));
        }
        let mut after = before.clone();
        set_level(&mut after, &a.user, level(was));
        let event = self.put_levels(room, &before, &after).await?;
        Ok(receipt(event, room, json!({ "user": a.user, "restored": was })))
    }

    /// The content of the room's power levels.
    pub(super) async fn levels(&self, room: &str) -> Result<Map<String, Value>, CallError> {
        Ok(self.state(room, "m.room.power_levels", "").await?.map(|event| event.content).unwrap_or_default())
    }

    /// Those whose power has no limit and is not listed; nobody in older rooms.
    pub(super) async fn creators(&self, room: &str) -> Result<Vec<String>, CallError> {
        let Some(create) = self.state(room, "m.room.create", "").await? else { return Ok(Vec::new()) };
        let version = create.content.get("room_version").and_then(Value::as_str).unwrap_or("1");
        if version.parse::<u32>().is_ok_and(|version| version < FIRST_VERSION_WITH_CREATORS) {
            return Ok(Vec::new());
        }
        let more = create.content.get("additional_creators").and_then(Value::as_array).cloned().unwrap_or_default();
        let more = more.into_iter().filter_map(|user| user.as_str().map(str::to_owned));
        Ok([create.sender].into_iter().chain(more).collect())
    }

    /// The power of `user` in `room`.
    pub(super) async fn power(&self, room: &str, user: &str) -> Result<i64, CallError> {
        if self.creators(room).await?.iter().any(|creator| creator == user) {
            return Ok(UNLIMITED);
        }
        Ok(power_of(&self.levels(room).await?, user))
    }

    async fn put_levels(
        &self,
        room: &str,
        before: &Map<String, Value>,
        after: &Map<String, Value>,
    ) -> Result<Option<String>, CallError> {
        if before == after {
            return Ok(None);
        }
        self.set_state("change a power level", room, "m.room.power_levels", "", after).await.map(Some)
    }
}

/// The power of `user` by the room's power levels alone.
pub(super) fn power_of(levels: &Map<String, Value>, user: &str) -> i64 {
    let listed = levels.get("users").and_then(|users| users.get(user)).and_then(level);
    listed.unwrap_or_else(|| default_level(levels))
}

fn set_level(levels: &mut Map<String, Value>, user: &str, level: Option<i64>) {
    let users = levels.entry("users").or_insert_with(|| json!({}));
    let Value::Object(users) = users else { return };
    match level {
        Some(level) => users.insert(user.to_owned(), json!(level)),
        None => users.remove(user),
    };
}
