//! An image's configuration: the JSON whose digest is the image's id.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Digest;
use crate::state::config::{Config, is_false};

/// The configuration of an image, in the order in which the engine writes its keys.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ImageConfig {
    /// The processor it is for: `amd64`.
    pub architecture: String,
    /// Who made it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub author: String,
    /// What was said when it was made.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub comment: String,
    /// What its containers run with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub config: Option<Config>,
    /// The container it was committed from.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub container: String,
    /// What that container ran with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub container_config: Option<Config>,
    /// When it was made.
    pub created: Option<Timestamp>,
    /// The version of the engine that made it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub docker_version: String,
    /// How it was made, step by step.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub history: Vec<History>,
    /// `linux`.
    pub os: String,
    /// The version of an operating system that needs one.
    #[serde(rename = "os.version", skip_serializing_if = "String::is_empty")]
    pub os_version: String,
    /// What its files are.
    pub rootfs: RootFs,
    /// The processor's variant: `v8`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub variant: String,
}

/// A step in the making of an image.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct History {
    /// When it was done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created: Option<Timestamp>,
    /// By whom.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub author: String,
    /// What was done.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub created_by: String,
    /// What was said of it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub comment: String,
    /// Whether the step changed the configuration alone.
    #[serde(skip_serializing_if = "is_false")]
    pub empty_layer: bool,
}

/// The layers of an image, the lowest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RootFs {
    /// `layers`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The digests of their tar archives.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub diff_ids: Vec<Digest>,
}

impl Default for RootFs {
    fn default() -> Self {
        Self {
            kind: "layers".to_owned(),
            diff_ids: Vec::new(),
        }
    }
}

impl ImageConfig {
    /// The moments at which it was made, step by step.
    pub fn moments(&self) -> BTreeSet<Timestamp> {
        let steps = self.history.iter().map(|step| step.created);
        steps.chain([self.created]).flatten().collect()
    }

    /// Reads a configuration as Go does: a `null` says nothing.
    pub fn read(json: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_value(without_nulls(serde_json::from_str(json)?))
    }

    /// Writes the configuration; the digest of the text is the image's id.
    pub fn to_json(&self) -> String {
        // Strings for keys, and no writer that can fail.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Writes what it is for as people do: `linux/arm64/v8`.
    pub fn platform(&self) -> String {
        match self.variant.as_str() {
            "" => format!("{}/{}", self.os, self.architecture),
            variant => format!("{}/{}/{variant}", self.os, self.architecture),
        }
    }
}

/// The ids of a chain of layers: what each of them, with all below it, is known by.
pub fn chain_ids(diff_ids: &[Digest]) -> Vec<Digest> {
    let mut chain = Vec::with_capacity(diff_ids.len());
    for diff in diff_ids {
        chain.push(match chain.last() {
            None => *diff,
            Some(below) => Digest::of(format!("{below} {diff}")),
        });
    }
    chain
}

/// Takes the keys away whose value is `null`, as Go reads them.
fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(keys) => keys
            .into_iter()
            .filter(|(_, value)| !value.is_null())
            .map(|(key, value)| (key, without_nulls(value)))
            .collect(),
        Value::Array(values) => values.into_iter().map(without_nulls).collect(),
        value => value,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::config::Words;

    #[test]
    fn a_configuration_is_written_as_the_engine_writes_it() {
        let run = Config {
            env: Some(vec![
                "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin".to_owned(),
            ]),
            cmd: Some(Words(vec!["/hello".to_owned()])),
            ..Config::default()
        };
        let created = "2026-11-24T01:34:18.216604092Z".parse().ok();
        let comment = "Imported from -".to_owned();
        let config = ImageConfig {
            architecture: "amd64".to_owned(),
            comment: comment.clone(),
            config: Some(run),
            container_config: Some(Config::default()),
            created,
            docker_version: "28.5.2+dfsg4".to_owned(),
            history: vec![History {
                created,
                comment,
                ..History::default()
            }],
            os: "linux".to_owned(),
            rootfs: RootFs {
                diff_ids: vec![Digest::of("")],
                ..RootFs::default()
            },
            ..ImageConfig::default()
        };

        let json = config.to_json();

        // The recorded hello-world of the same fields has as many bytes.
        assert_eq!(json.len(), 964, "{json}");
        assert!(json.starts_with(
            r#"{"architecture":"amd64","comment":"Imported from -","config":{"Hostname":"#
        ));
        assert_eq!(ImageConfig::read(&json).unwrap(), config);
    }

    #[test]
    fn nulls_and_absent_keys_are_read_alike() {
        let sparse =
            r#"{"architecture":"amd64","os":"linux","config":{},"rootfs":{"type":"layers"}}"#;
        let nulls = r#"{"architecture":"amd64","os":"linux","author":null,"history":null,
            "config":{"User":null,"Env":null,"Cmd":null,"ExposedPorts":null,"Volumes":null},
            "rootfs":{"type":"layers","diff_ids":null},"os.features":["x"]}"#;

        let read = |text| ImageConfig::read(text).unwrap();
        assert_eq!(read(sparse), read(nulls));
    }

    #[test]
    fn a_chain_names_each_layer_with_all_below_it() {
        let (a, b) = (Digest::of("a"), Digest::of("b"));

        assert_eq!(chain_ids(&[]), []);
        assert_eq!(chain_ids(&[a]), [a]);
        assert_eq!(chain_ids(&[a, b]), [a, Digest::of(format!("{a} {b}"))]);
    }
}
