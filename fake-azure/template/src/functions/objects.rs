//! Objects, and what arrays and objects have in common.

use serde_json::{Map, Value, json};

use super::{ANY, Call, Function, function, look};
use crate::problem::Problem;
use crate::value::{member, same};

pub(super) const FUNCTIONS: &[Function] = &[
    function("createObject", 0, ANY, create_object),
    function("intersection", 2, ANY, intersection),
    function("items", 1, 1, |call| {
        let mut members: Vec<_> = call.object(0)?.iter().collect();
        members.sort_by_key(|(name, _)| *name);
        Ok(members
            .into_iter()
            .map(|(name, value)| json!({ "key": name, "value": value }))
            .collect())
    }),
    function("json", 1, 1, |call| {
        let value = call.value(0)?;
        match value {
            Value::String(text) => serde_json::from_str(text)
                .map_err(|_| call.wrong("the provided value is not valid JSON")),
            other => Err(call.mistyped(other, "a string")),
        }
    }),
    function("null", 0, 0, |_| Ok(Value::Null)),
    look("objectKeys", 1, 1, |call| {
        let mut names: Vec<_> = call.object(0)?.keys().cloned().collect();
        names.sort();
        Ok(names.into())
    }),
    function("shallowMerge", 1, 1, |call| {
        let mut merged = Map::new();
        for element in call.array(0)? {
            match element {
                Value::Object(members) => merged.extend(members.clone()),
                other => return Err(call.mistyped(other, "an array of objects")),
            }
        }
        Ok(merged.into())
    }),
    look("tryGet", 2, ANY, try_get),
    function("union", 1, ANY, union),
];

fn create_object(call: &Call<'_>) -> Result<Value, Problem> {
    if !call.len().is_multiple_of(2) {
        return Err(call.wrong("the function expects an even number of parameters"));
    }
    let mut members = Map::new();
    for index in (0..call.len()).step_by(2) {
        members.insert(call.text(index)?.to_owned(), call.value(index + 1)?.clone());
    }
    Ok(members.into())
}

fn try_get(call: &Call<'_>) -> Result<Value, Problem> {
    let mut found = call.value(0)?;
    for step in call.values().skip(1) {
        let next = match (found, step) {
            (Value::Object(members), Value::String(name)) => member(members, name),
            (Value::Array(elements), Value::Number(index)) => index
                .as_u64()
                .and_then(|index| elements.get(usize::try_from(index).ok()?)),
            (Value::Object(_) | Value::Array(_), other) => {
                return Err(call.mistyped(other, "a name of a property or an index"));
            }
            _ => None,
        };
        let Some(next) = next else {
            return Ok(Value::Null);
        };
        found = next;
    }
    Ok(found.clone())
}

/// All of arrays, each element once; or of objects, where the last wins and objects within them
/// are put together in the same way.
fn union(call: &Call<'_>) -> Result<Value, Problem> {
    let first = call.value(0)?;
    match first {
        Value::Array(_) => {
            let mut all = Vec::new();
            for index in 0..call.len() {
                for element in call.array(index)? {
                    call.effort.spend(all.len() + 1)?;
                    if !all.iter().any(|known| same(known, element)) {
                        all.push(element.clone());
                    }
                }
            }
            Ok(all.into())
        }
        Value::Object(_) => {
            let mut all = Map::new();
            for index in 0..call.len() {
                merge(&mut all, call.object(index)?);
            }
            Ok(all.into())
        }
        _ => Err(call.mistyped(first, "an array or an object")),
    }
}

fn merge(all: &mut Map<String, Value>, more: &Map<String, Value>) {
    for (name, value) in more {
        match (all.get_mut(name), value) {
            (Some(Value::Object(known)), Value::Object(value)) => merge(known, value),
            _ => {
                all.insert(name.clone(), value.clone());
            }
        }
    }
}

fn intersection(call: &Call<'_>) -> Result<Value, Problem> {
    let first = call.value(0)?;
    match first {
        Value::Array(elements) => {
            let mut common = elements.clone();
            for index in 1..call.len() {
                let others = call.array(index)?;
                call.effort.spend(common.len() * others.len())?;
                common.retain(|element| others.iter().any(|other| same(element, other)));
            }
            let mut once: Vec<Value> = Vec::new();
            for element in common {
                call.effort.spend(once.len() + 1)?;
                if !once.iter().any(|known| same(known, &element)) {
                    once.push(element);
                }
            }
            Ok(once.into())
        }
        Value::Object(members) => {
            let mut common = members.clone();
            for index in 1..call.len() {
                let others = call.object(index)?;
                common
                    .retain(|name, value| others.get(name).is_some_and(|other| same(value, other)));
            }
            Ok(common.into())
        }
        _ => Err(call.mistyped(first, "an array or an object")),
    }
}
