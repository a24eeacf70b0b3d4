//! Between JavaScript values and JSON, with a budget: what a policy hands over may be endless, cyclic or a proxy.

use boa_engine::object::builtins::JsArray;
use boa_engine::property::PropertyKey;
use boa_engine::{Context, JsObject, JsResult, JsString, JsValue, JsVariant, js_string};
use serde_json::{Map, Number, Value};

use crate::limits::Limits;

/// Why a value cannot become JSON.
pub(crate) enum Unfit {
    /// The policy's own code (a getter, a `toJSON`) threw, or the evaluation stopped.
    Threw(boa_engine::JsError),
    /// The value is not JSON, or too large: in words that continue "… is".
    Not(String),
}

impl From<boa_engine::JsError> for Unfit {
    fn from(error: boa_engine::JsError) -> Self {
        Self::Threw(error)
    }
}

/// `value` as JSON; `None` where JSON has no such thing (`undefined`, a function).
pub(crate) fn to_json(value: &JsValue, limits: &Limits, context: &mut Context) -> Result<Option<Value>, Unfit> {
    let mut budget = Budget { nodes: limits.value_nodes, bytes: limits.value_bytes, limits };
    budget.read(value, 0, context)
}

/// What may still be read.
struct Budget<'a> {
    nodes: usize,
    bytes: usize,
    limits: &'a Limits,
}

impl Budget<'_> {
    fn spend(&mut self, bytes: usize) -> Result<(), Unfit> {
        self.nodes = self
            .nodes
            .checked_sub(1)
            .ok_or_else(|| Unfit::Not(format!("larger than {} values", self.limits.value_nodes)))?;
        self.bytes = self
            .bytes
            .checked_sub(bytes)
            .ok_or_else(|| Unfit::Not(format!("larger than {} bytes", self.limits.value_bytes)))?;
        Ok(())
    }

    fn read(&mut self, value: &JsValue, depth: usize, context: &mut Context) -> Result<Option<Value>, Unfit> {
        self.spend(4)?;
        Ok(Some(match value.variant() {
            JsVariant::Undefined | JsVariant::Symbol(_) => return Ok(None),
            JsVariant::Null => Value::Null,
            JsVariant::Boolean(flag) => Value::Bool(flag),
            JsVariant::Integer32(number) => Value::from(number),
            JsVariant::Float64(number) => json_number(number),
            JsVariant::BigInt(_) => {
                return Err(Unfit::Not("a BigInt, which JSON does not have: use Number(…)".to_owned()));
            }
            JsVariant::String(text) => Value::String(self.text(&text)?),
            JsVariant::Object(object) => return self.object(&object, depth, context),
        }))
    }

    fn text(&mut self, text: &JsString) -> Result<String, Unfit> {
        self.spend(text.len())?;
        Ok(text.to_std_string_lossy())
    }

    fn object(&mut self, object: &JsObject, depth: usize, context: &mut Context) -> Result<Option<Value>, Unfit> {
        if depth >= self.limits.value_depth {
            return Err(Unfit::Not(format!(
                "nested more than {} levels deep (or holds itself)",
                self.limits.value_depth
            )));
        }
        if object.is_callable() {
            return Ok(None);
        }
        let to_json = object.get(js_string!("toJSON"), context)?;
        if let Some(to_json) = to_json.as_callable() {
            let plain = to_json.call(&object.clone().into(), &[], context)?;
            if plain.as_object().is_some_and(|plain| JsObject::equals(&plain, object)) {
                return Err(Unfit::Not("an object whose toJSON returns itself".to_owned()));
            }
            return self.read(&plain, depth + 1, context);
        }
        if object.is::<boa_engine::builtins::map::ordered_map::OrderedMap<JsValue>>() {
            return Err(Unfit::Not("a Map: use Object.fromEntries(map)".to_owned()));
        }
        if object.is::<boa_engine::builtins::set::ordered_set::OrderedSet>() {
            return Err(Unfit::Not("a Set: use [...set]".to_owned()));
        }
        if object.is_array() {
            return self.array(object, depth, context).map(Some);
        }
        let mut map = Map::new();
        for key in object.own_property_keys(context)? {
            let name = match &key {
                PropertyKey::Symbol(_) => continue,
                PropertyKey::String(name) => self.text(name)?,
                PropertyKey::Index(index) => index.get().to_string(),
            };
            let hidden = object.borrow().properties().get(&key).is_some_and(|found| found.enumerable() == Some(false));
            if hidden {
                continue;
            }
            let value = object.get(key, context)?;
            if let Some(value) = self.read(&value, depth + 1, context)? {
                map.insert(name, value);
            }
        }
        Ok(Some(Value::Object(map)))
    }

    fn array(&mut self, object: &JsObject, depth: usize, context: &mut Context) -> Result<Value, Unfit> {
        let length = JsArray::from_object(object.clone())?.length(context)?;
        if usize::try_from(length).unwrap_or(usize::MAX) > self.nodes {
            return Err(Unfit::Not(format!("larger than {} values", self.limits.value_nodes)));
        }
        let mut list = Vec::new();
        for index in 0..length {
            let value = object.get(index, context)?;
            list.push(self.read(&value, depth + 1, context)?.unwrap_or(Value::Null));
        }
        Ok(Value::Array(list))
    }
}

/// JSON writes whole numbers without a fraction, and has no NaN.
fn json_number(number: f64) -> Value {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if number.fract() == 0.0 && number.abs() < EXACT {
        #[expect(clippy::cast_possible_truncation, reason = "whole and within 53 bits")]
        return Value::from(number as i64);
    }
    Number::from_f64(number).map_or(Value::Null, Value::Number)
}

/// The JavaScript value of `json`. Depth is that of JSON parsed by serde, at most 128.
pub(crate) fn from_json(json: &Value, context: &mut Context) -> JsResult<JsValue> {
    Ok(match json {
        Value::Null => JsValue::null(),
        Value::Bool(flag) => JsValue::new(*flag),
        Value::Number(number) => js_number(number),
        Value::String(text) => JsString::from(text.as_str()).into(),
        Value::Array(list) => {
            let mut values = Vec::with_capacity(list.len());
            for item in list {
                values.push(from_json(item, context)?);
            }
            JsArray::from_iter(values, context).into()
        }
        Value::Object(map) => {
            let object = JsObject::with_object_proto(context.intrinsics());
            for (key, value) in map {
                let value = from_json(value, context)?;
                object.create_data_property_or_throw(JsString::from(key.as_str()), value, context)?;
            }
            object.into()
        }
    })
}

fn js_number(number: &Number) -> JsValue {
    match number.as_i64().map(i32::try_from) {
        Some(Ok(small)) => JsValue::new(small),
        _ => JsValue::new(number.as_f64().unwrap_or(f64::NAN)),
    }
}
