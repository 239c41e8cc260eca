//! dockerd's configuration file.

use serde_json::{Map, Value};

use super::flags::{FLAGS, Flags, Takes};
use super::why_not::{Both, WhyNot};

/// Objects whose members are the user's own names.
const OPEN: &[&str] = &[
    "builder",
    "default-network-opts",
    "default-ulimits",
    "features",
    "log-opts",
    "proxies",
    "runtimes",
];

/// What the file says; nothing where there is none.
#[derive(Default)]
pub(super) struct Document(Map<String, Value>);

impl Document {
    /// Reads a file; an empty one says nothing.
    pub(super) fn read(text: &[u8], path: &str) -> Result<Self, WhyNot> {
        if text.trim_ascii().is_empty() {
            return Ok(Self::default());
        }
        let path = || path.to_owned();
        let value = serde_json::from_slice(text).map_err(|error| WhyNot::Json {
            path: path(),
            reason: reason(&error),
        })?;
        match value {
            Value::Object(map) => Ok(Self(map)),
            Value::Null => Ok(Self::default()),
            other => Err(WhyNot::Type {
                path: path(),
                reason: format!(
                    "{} into Go value of type map[string]interface {{}}",
                    kind(&other)
                ),
            }),
        }
    }

    /// Refuses what dockerd refuses: unknown names, what a flag says as well, and wrong types.
    pub(super) fn check(&self, flags: &Flags, path: &str) -> Result<(), WhyNot> {
        let path = || path.to_owned();
        let known = |key: &str| FLAGS.iter().find(|flag| flag.key == key);
        let unknown: Vec<String> = self
            .flat()
            .filter(|(key, _)| !OPEN.contains(key) && known(key).is_none())
            .map(|(key, _)| key.to_owned())
            .collect();
        if !unknown.is_empty() {
            return Err(WhyNot::UnknownKeys {
                path: path(),
                keys: unknown,
            });
        }
        let twice = flags.given().filter_map(|flag| {
            let (_, file) = self.flat().find(|(key, _)| *key == flag.key)?;
            let told = match flag.takes {
                Takes::List => format!("[{}]", flags.list(flag.name).join(" ")),
                _ => flags.text(flag.name).unwrap_or_default().to_owned(),
            };
            Some(Both {
                name: flag.key.to_owned(),
                flag: told,
                file: spelled(file),
            })
        });
        let directives: Vec<Both> = twice.collect();
        if !directives.is_empty() {
            return Err(WhyNot::Both {
                path: path(),
                directives,
            });
        }
        let wrong = self.flat().find(|(key, value)| {
            !OPEN.contains(key) && !known(key).is_some_and(|flag| fits(flag.takes, key, value))
        });
        let Some((key, value)) = wrong else {
            return Ok(());
        };
        let wanted = match known(key).map(|flag| flag.takes) {
            Some(Takes::Yes) => "bool",
            Some(Takes::Number) => "int",
            Some(Takes::List) => "[]string",
            Some(Takes::Text) | None => "string",
        };
        let found = kind(value);
        Err(WhyNot::Type {
            path: path(),
            reason: format!("{found} into Go struct field Config.{key} of type {wanted}"),
        })
    }

    /// The members; those of an object that is none of the open ones stand in its place.
    fn flat(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.0.iter().flat_map(|(key, value)| match value {
            Value::Object(inner) if !OPEN.contains(&key.as_str()) => inner
                .iter()
                .map(|(key, value)| (key.as_str(), value))
                .collect(),
            value => vec![(key.as_str(), value)],
        })
    }

    pub(super) fn text(&self, key: &str) -> Option<&str> {
        self.0.get(key).and_then(Value::as_str)
    }

    pub(super) fn yes(&self, key: &str) -> Option<bool> {
        self.0.get(key).and_then(Value::as_bool)
    }

    pub(super) fn list(&self, key: &str) -> Vec<&str> {
        let list = self.0.get(key).and_then(Value::as_array);
        list.into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect()
    }
}

fn fits(takes: Takes, key: &str, value: &Value) -> bool {
    match (takes, value) {
        (_, Value::Null) => true,
        (Takes::Yes, value) => value.is_boolean(),
        (Takes::Number, value) => value.is_i64() || value.is_u64(),
        // A size may be a number.
        (Takes::Text, value) => value.is_string() || (key == "default-shm-size" && value.is_u64()),
        (Takes::List, Value::Array(items)) => {
            key == "default-address-pools" || items.iter().all(Value::is_string)
        }
        (Takes::List, Value::String(_)) => key == "host-gateway-ips",
        (Takes::List, _) => false,
    }
}

/// What Go calls a value's kind.
fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "bool",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

/// A value as Go prints it.
fn spelled(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => {
            let items: Vec<_> = items.iter().map(spelled).collect();
            format!("[{}]", items.join(" "))
        }
        other => other.to_string(),
    }
}

/// Where the text stops to be JSON; the text itself is not repeated.
fn reason(error: &serde_json::Error) -> String {
    if error.is_eof() {
        return "unexpected end of JSON input".to_owned();
    }
    format!(
        "invalid character in line {}, column {}",
        error.line(),
        error.column()
    )
}
