//! The JSON of resources: which members are known, what is kept of what a client writes, and what
//! of it is told.
//!
//! A resource of Resource Manager is a document by nature: templates refer to members of it, and
//! clients write back what they have read. So the world keeps the document beside the few members
//! that rules and machines go by, which have types.

use std::fmt;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

use super::refusal::Refusal;

/// What is known of a place in a document.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Known {
    /// It may hold anything, and is told as it was written.
    Any,
    /// It is true or false; a text that says so is taken for it, as the service does.
    Flag,
    /// It is a text; a number is taken for one.
    Text,
    /// It is an object with these members.
    Object(&'static [(&'static str, Self)]),
    /// It is a list of these.
    List(&'static Self),
    /// It is taken and never told.
    Secret,
    /// The service alone says it; what a client writes back is not looked at.
    Told,
}

/// A reference to another resource by its identifier; what else was read with it is written back.
pub(crate) const REFERENCE: Known = Known::Object(&[
    ("id", Known::Any),
    ("name", Known::Told),
    ("type", Known::Told),
    ("etag", Known::Told),
    ("location", Known::Told),
    ("tags", Known::Told),
    ("sku", Known::Told),
    ("resourceGroup", Known::Told),
    ("properties", Known::Told),
]);

/// JSON that is kept as text, which takes a tenth of the room of a tree.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Document(Box<str>);

impl fmt::Debug for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Document {
    /// What is told of a value whose places are known.
    pub(crate) fn of(known: &Known, value: &Value) -> Self {
        let told = told(known, value).unwrap_or_else(|| Value::Object(Map::new()));
        Self(told.to_string().into())
    }

    /// A value all of which is told.
    pub(crate) fn free(value: &Value) -> Self {
        Self(value.to_string().into())
    }

    /// Whether this stands somewhere in it.
    pub(crate) fn mentions(&self, text: &str) -> bool {
        self.0.contains(text)
    }

    /// The value.
    pub(crate) fn read(&self) -> Value {
        serde_json::from_str(&self.0).unwrap_or_default()
    }
}

/// The body of a request. It may hold secrets, so nothing prints it.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Body(pub(crate) Value);

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Body")
    }
}

/// What is left of a body when only what is known is taken, under the names that the service
/// writes; and the paths of what was not.
pub(crate) fn taken(known: &Known, value: &Value) -> (Value, Vec<String>) {
    let mut skipped = Vec::new();
    let taken = take(known, value, "", &mut skipped);
    (taken.unwrap_or_else(|| Value::Object(Map::new())), skipped)
}

/// No more paths than this are told of one body.
const TOLD_PATHS: usize = 40;

fn take(known: &Known, value: &Value, path: &str, skipped: &mut Vec<String>) -> Option<Value> {
    if value.is_null() {
        return None;
    }
    match known {
        Known::Any | Known::Secret => Some(without_nulls(value)),
        Known::Flag => Some(flag(value).map_or_else(|| value.clone(), Value::Bool)),
        Known::Text => Some(match value {
            Value::Number(number) => Value::String(number.to_string()),
            value => value.clone(),
        }),
        Known::Told => None,
        Known::List(each) => {
            // What is no list is for the types to refuse.
            let Some(list) = value.as_array() else {
                return Some(value.clone());
            };
            let taken = list
                .iter()
                .enumerate()
                .filter_map(|(n, value)| take(each, value, &format!("{path}[{n}]"), skipped));
            Some(Value::Array(taken.collect()))
        }
        Known::Object(members) => {
            let Some(object) = value.as_object() else {
                return Some(value.clone());
            };
            let mut taken = Map::new();
            for (name, value) in object {
                let member = members.iter().find(|(m, _)| m.eq_ignore_ascii_case(name));
                match member {
                    Some((name, known)) => {
                        if let Some(value) = take(known, value, &below(path, name), skipped) {
                            taken.insert((*name).to_owned(), value);
                        }
                    }
                    None if value.is_null() => {}
                    None if skipped.len() < TOLD_PATHS => skipped.push(below(path, name)),
                    None => {}
                }
            }
            Some(Value::Object(taken))
        }
    }
}

/// What a text says that stands for true or false.
fn flag(value: &Value) -> Option<bool> {
    let text = value.as_str()?.trim();
    let words = [("true", true), ("false", false)];
    let said = words
        .into_iter()
        .find(|(word, _)| word.eq_ignore_ascii_case(text));
    said.map(|(_, flag)| flag)
}

fn below(path: &str, name: &str) -> String {
    if path.is_empty() {
        name.to_owned()
    } else {
        format!("{path}.{name}")
    }
}

fn without_nulls(value: &Value) -> Value {
    match value {
        Value::Object(members) => Value::Object(
            members
                .iter()
                .filter(|(_, value)| !value.is_null())
                .map(|(name, value)| (name.clone(), without_nulls(value)))
                .collect(),
        ),
        Value::Array(list) => Value::Array(list.iter().map(without_nulls).collect()),
        value => value.clone(),
    }
}

fn told(known: &Known, value: &Value) -> Option<Value> {
    match (known, value) {
        (Known::Secret | Known::Told, _) => None,
        (Known::Object(members), Value::Object(object)) => {
            let told = object.iter().filter_map(|(name, value)| {
                let (_, known) = members.iter().find(|(m, _)| m == name)?;
                Some((name.clone(), told(known, value)?))
            });
            Some(Value::Object(told.collect()))
        }
        (Known::List(each), Value::Array(list)) => Some(Value::Array(
            list.iter().filter_map(|value| told(each, value)).collect(),
        )),
        (_, value) => Some(value.clone()),
    }
}

/// The members of a body that have types.
pub(crate) fn typed<T: DeserializeOwned>(value: &Value) -> Result<T, Refusal> {
    T::deserialize(value).map_err(|error| Refusal::Content(error.to_string()))
}

/// A number, or a text that spells one: the service takes both.
pub(crate) fn number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    match Option::<Value>::deserialize(deserializer)? {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Number(number)) => number.as_i64().map(Some).ok_or_else(|| {
            serde::de::Error::custom(format!("Could not convert `{number}` to an integer."))
        }),
        Some(Value::String(text)) => text.trim().parse().map(Some).map_err(|_| {
            serde::de::Error::custom(format!("Could not convert string to integer: {text}."))
        }),
        Some(_) => Err(serde::de::Error::custom(
            "Unexpected token; an integer is expected.",
        )),
    }
}

/// Sets a member, in whatever object is at hand.
pub(crate) fn set(value: &mut Value, name: &str, to: impl Into<Value>) {
    if let Value::Object(members) = value {
        members.insert(name.to_owned(), to.into());
    }
}

/// Sets a member that the client has not said.
pub(crate) fn set_default(value: &mut Value, name: &str, to: impl Into<Value>) {
    if let Value::Object(members) = value {
        members.entry(name.to_owned()).or_insert_with(|| to.into());
    }
}

/// The object at this member, made where it is missing.
pub(crate) fn object<'v>(value: &'v mut Value, name: &str) -> &'v mut Value {
    if !value.is_object() {
        *value = Value::Object(Map::new());
    }
    let member = &mut value[name];
    if !member.is_object() {
        *member = Value::Object(Map::new());
    }
    member
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const KNOWN: Known = Known::Object(&[
        ("name", Known::Any),
        ("id", Known::Told),
        ("key", Known::Secret),
        ("list", Known::List(&Known::Object(&[("a", Known::Any)]))),
        ("flag", Known::Flag),
        ("texts", Known::List(&Known::Text)),
    ]);

    #[test]
    fn what_is_known_is_taken_in_the_services_case_and_the_rest_is_named() {
        let written = json!({"NAME": "x", "id": 1, "moon": true, "none": null,
            "list": [{"A": {"b": null}}, {"c": 1}], "key": "s"});
        let (kept, skipped) = taken(&KNOWN, &written);
        assert_eq!(
            kept,
            json!({"name": "x", "list": [{"a": {}}, {}], "key": "s"})
        );
        assert_eq!(skipped, ["moon", "list[1].c"]);
    }

    #[test]
    fn flags_and_texts_are_taken_as_they_are_meant() {
        let written = json!({"flag": "False", "texts": [22, "80-90", 2.1]});
        let (kept, _) = taken(&KNOWN, &written);
        assert_eq!(
            kept,
            json!({"flag": false, "texts": ["22", "80-90", "2.1"]})
        );
        let (kept, _) = taken(&KNOWN, &json!({"flag": "perhaps"}));
        assert_eq!(kept, json!({"flag": "perhaps"}));
    }

    #[test]
    fn secrets_are_not_told() {
        let document = Document::of(&KNOWN, &json!({"name": "x", "key": "s"}));
        assert_eq!(document.read(), json!({"name": "x"}));
        assert_eq!(format!("{:?}", Body(json!({"key": "s"}))), "Body");
    }
}
