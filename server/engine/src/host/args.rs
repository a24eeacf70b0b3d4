//! Reading the arguments of host functions, and saying what was wrong with them.

use std::rc::Rc;

use boa_engine::object::builtins::{JsArray, JsDate};
use boa_engine::{Context, JsError, JsObject, JsResult, JsString, JsValue, JsVariant, js_string};
use types::Timestamp;

use super::handle::Handle;
use crate::call::Call;
use crate::convert::{self, Unfit};

/// Numbers below this are lengths of time, numbers above are moments: ten years, in milliseconds.
pub(super) const LONGEST_LENGTH_MS: f64 = 315_576_000_000.0;

/// The arguments of one call of a host function.
pub(super) struct Args<'a> {
    name: &'static str,
    values: &'a [JsValue],
    pub call: Rc<Call>,
}

impl<'a> Args<'a> {
    pub fn new(name: &'static str, values: &'a [JsValue], context: &Context) -> JsResult<Self> {
        Ok(Self { name, values, call: Call::of(context)? })
    }

    pub fn value(&self, index: usize) -> JsValue {
        self.values.get(index).cloned().unwrap_or_default()
    }

    /// Refuses argument `what`, which should have been `expected`.
    pub fn wrong(&self, what: &str, expected: &str, value: &JsValue, context: &Context) -> JsError {
        self.refuse(format!("`{what}` must be {expected}, got {}", got(value)), context)
    }

    /// Refuses the call.
    pub fn refuse(&self, message: impl AsRef<str>, context: &Context) -> JsError {
        self.call.bad_argument(format!("{}: {}", self.name, message.as_ref()), context)
    }

    /// A text of at most the allowed length.
    pub fn text(&self, index: usize, what: &str, context: &Context) -> JsResult<String> {
        self.as_text(&self.value(index), what, context)
    }

    pub fn as_text(&self, value: &JsValue, what: &str, context: &Context) -> JsResult<String> {
        let text = value.as_string().ok_or_else(|| self.wrong(what, "a text", value, context))?;
        let limit = self.call.limits.text_chars;
        if text.len() > limit {
            return Err(
                self.refuse(format!("`{what}` has {} characters; at most {limit} are allowed", text.len()), context)
            );
        }
        Ok(text.to_std_string_lossy())
    }

    /// A short name or key.
    pub fn name(&self, index: usize, what: &str, context: &Context) -> JsResult<String> {
        let name = self.text(index, what, context)?;
        if name.is_empty() || name.len() > 200 {
            return Err(self.refuse(format!("`{what}` must have 1 to 200 characters"), context));
        }
        Ok(name)
    }

    /// A length of time in milliseconds.
    pub fn length(&self, index: usize, what: &str, context: &Context) -> JsResult<i64> {
        let value = self.value(index);
        let wrong = || self.wrong(what, "a length of time such as days(2)", &value, context);
        let length = value.as_number().ok_or_else(wrong)?;
        if !(0.0..LONGEST_LENGTH_MS).contains(&length) {
            return Err(wrong());
        }
        #[expect(clippy::cast_possible_truncation, reason = "checked to be within ten years")]
        Ok(length.round() as i64)
    }

    /// A whole number from `least` to `most`.
    pub fn whole(&self, index: usize, what: &str, least: i64, most: i64, context: &Context) -> JsResult<i64> {
        let value = self.value(index);
        #[expect(clippy::cast_possible_truncation, reason = "checked to be whole, and out-of-range casts saturate")]
        let whole = value.as_number().filter(|number| number.fract() == 0.0).map(|number| number as i64);
        whole
            .filter(|whole| (least..=most).contains(whole))
            .ok_or_else(|| self.wrong(what, &format!("a whole number from {least} to {most}"), &value, context))
    }

    /// A moment: a length of time from now, milliseconds since 1970, a `Date`, or text such as `2026-05-01T12:00:00Z`.
    pub fn moment(&self, value: &JsValue, what: &str, context: &mut Context) -> JsResult<Timestamp> {
        let expected = "a length of time such as days(2), or a date";
        let number = match value.variant() {
            JsVariant::Integer32(number) => f64::from(number),
            JsVariant::Float64(number) => number,
            JsVariant::String(text) => {
                let parsed = text.to_std_string_lossy().parse();
                return parsed.map_err(|_| self.wrong(what, expected, value, context));
            }
            JsVariant::Object(object) => match JsDate::from_object(object) {
                Ok(date) => date.get_time(context)?.as_number().unwrap_or(f64::NAN),
                Err(_) => return Err(self.wrong(what, expected, value, context)),
            },
            _ => return Err(self.wrong(what, expected, value, context)),
        };
        if !(0.0..8.64e15).contains(&number) {
            return Err(self.wrong(what, expected, value, context));
        }
        #[expect(clippy::cast_possible_truncation, reason = "within the range of dates")]
        let millis = number.round() as i64;
        let from_now = number < LONGEST_LENGTH_MS;
        Ok(if from_now { Timestamp(self.call.request.now.millis().saturating_add(millis)) } else { Timestamp(millis) })
    }

    /// The object of options at `index`, whose keys must be among `known`; `None` where it was left out.
    pub fn options(&self, index: usize, known: &[&str], context: &mut Context) -> JsResult<Option<JsObject>> {
        let value = self.value(index);
        if value.is_null_or_undefined() {
            return Ok(None);
        }
        let wrong = |context: &Context| {
            self.wrong(
                "options",
                &format!("an object such as {{ {}: … }}", known.first().unwrap_or(&"")),
                &value,
                context,
            )
        };
        let Some(object) = value.as_object() else { return Err(wrong(context)) };
        if object.is_array() || object.is_callable() || Handle::in_value(&value).is_some() {
            return Err(wrong(context));
        }
        for key in object.own_property_keys(context)? {
            let key = key.to_string();
            if !known.contains(&key.as_str()) {
                let key: String = key.chars().take(40).collect();
                let message = format!("there is no option `{key}`; there are: {}", known.join(", "));
                return Err(self.refuse(message, context));
            }
        }
        Ok(Some(object))
    }

    /// The elements of an array argument.
    pub fn list(&self, value: &JsValue, what: &str, context: &mut Context) -> JsResult<Vec<JsValue>> {
        let object = value.as_object().filter(JsObject::is_array);
        let Some(object) = object else { return Err(self.wrong(what, "a list", value, context)) };
        let length = JsArray::from_object(object.clone())?.length(context)?;
        if usize::try_from(length).unwrap_or(usize::MAX) > self.call.limits.addressees {
            let message = format!("`{what}` has {length} items; at most {} are allowed", self.call.limits.addressees);
            return Err(self.refuse(message, context));
        }
        let mut items = Vec::new();
        for index in 0..length {
            items.push(object.get(index, context)?);
        }
        Ok(items)
    }

    /// A value as JSON; `None` for `undefined`.
    pub fn json(&self, value: &JsValue, what: &str, context: &mut Context) -> JsResult<Option<serde_json::Value>> {
        convert::to_json(value, &self.call.limits, context).map_err(|unfit| match unfit {
            Unfit::Threw(error) => error,
            Unfit::Not(why) => self.refuse(format!("`{what}` is {why}"), context),
        })
    }
}

/// Field `name` of an options object, `undefined` where there is none.
pub(super) fn field(options: Option<&JsObject>, name: &'static str, context: &mut Context) -> JsResult<JsValue> {
    match options {
        Some(options) => options.get(js_string!(name), context),
        None => Ok(JsValue::undefined()),
    }
}

/// What a value is, in the words of an error message.
pub(crate) fn got(value: &JsValue) -> String {
    match value.variant() {
        JsVariant::Undefined => "nothing (undefined)".to_owned(),
        JsVariant::Null => "null".to_owned(),
        JsVariant::Boolean(flag) => flag.to_string(),
        JsVariant::Integer32(number) => number.to_string(),
        JsVariant::Float64(number) => JsValue::new(number).display().to_string(),
        JsVariant::BigInt(_) => "a BigInt".to_owned(),
        JsVariant::Symbol(_) => "a symbol".to_owned(),
        JsVariant::String(text) => format!("the text “{}”", clip(&text)),
        JsVariant::Object(object) => match Handle::in_value(value) {
            Some(handle) => what(handle).to_owned(),
            None if object.is_array() => "a list".to_owned(),
            None if object.is_callable() => "a function".to_owned(),
            None if JsDate::from_object(object).is_ok() => "a date".to_owned(),
            None => "an object".to_owned(),
        },
    }
}

fn clip(text: &JsString) -> String {
    let clipped: String = text.to_std_string_lossy().chars().take(40).collect();
    if text.len() > 40 { clipped + "…" } else { clipped }
}

fn what(handle: Handle) -> &'static str {
    match handle {
        Handle::Initiator | Handle::Member(_) => "a member",
        Handle::Role(_) => "a role",
        Handle::Document(_) => "a document",
        Handle::Listed(_) | Handle::Policy(_) => "a policy",
        Handle::Past(..) | Handle::Action(_) => "an action",
        Handle::Proposal(_) => "a proposal",
        Handle::Ballot(..) => "a ballot",
        Handle::Bundle => "a bundle",
        Handle::Data(..) => "a data store",
        Handle::Answer(_) => "an answer",
    }
}
