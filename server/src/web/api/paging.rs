//! Where the next page begins.

use types::{ActionId, Timestamp};

use crate::web::error::ApiError;

/// A place in a list of actions, as programs hand it back: opaque to them.
pub struct Cursor;

impl Cursor {
    /// The cursor after an action.
    pub fn write(at: Timestamp, id: ActionId) -> String {
        format!("{:x}.{id}", at.0)
    }

    /// The place of a cursor.
    ///
    /// # Errors
    /// 422 where it is none of ours.
    pub fn read(text: &str) -> Result<(Timestamp, ActionId), ApiError> {
        let parts = text.split_once('.');
        let place = parts.and_then(|(at, id)| Some((Timestamp(i64::from_str_radix(at, 16).ok()?), id.parse().ok()?)));
        place.ok_or_else(|| {
            ApiError::invalid("invalid-query", "cursor is the `next` of the page before, unchanged").at("cursor")
        })
    }
}
