//! What a container was asked to be, in the order in which the engine tells it.

use std::collections::{BTreeMap, BTreeSet};

use serde::de::{Error as _, IgnoredAny};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A set of texts, written as Go writes a map of empty structs: `{"80/tcp": {}}`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Set(pub BTreeSet<String>);

impl Serialize for Set {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|member| (member, Empty {})))
    }
}

impl<'de> Deserialize<'de> for Set {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let members = BTreeMap::<String, IgnoredAny>::deserialize(deserializer)?;
        Ok(Self(members.into_keys().collect()))
    }
}

#[derive(Serialize)]
struct Empty {}

/// A command line: a list of words, or one word alone.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Words(pub Vec<String>);

impl<'de> Deserialize<'de> for Words {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match serde_json::Value::deserialize(deserializer)? {
            serde_json::Value::String(word) => Ok(Self(vec![word])),
            serde_json::Value::Array(values) => {
                // Not collected in place: that would keep the room of the values.
                let mut words = Vec::with_capacity(values.len());
                for value in values {
                    match value {
                        serde_json::Value::String(word) => words.push(word),
                        other => return Err(D::Error::custom(mismatch(&other, "string"))),
                    }
                }
                Ok(Self(words))
            }
            other => Err(D::Error::custom(mismatch(&other, "string"))),
        }
    }
}

/// Go's sentence for a JSON value of the wrong kind.
fn mismatch(found: &serde_json::Value, wanted: &str) -> String {
    let kind = kind_of(found);
    format!("json: cannot unmarshal {kind} into Go value of type {wanted}")
}

/// What Go calls a JSON value.
pub(crate) fn kind_of(value: &serde_json::Value) -> &'static str {
    match value {
        serde_json::Value::Null => "null",
        serde_json::Value::Bool(_) => "bool",
        serde_json::Value::Number(_) => "number",
        serde_json::Value::String(_) => "string",
        serde_json::Value::Array(_) => "array",
        serde_json::Value::Object(_) => "object",
    }
}

/// What runs, and as what: the part of a container that an image can say, too.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "the document has that many switches"
)]
pub struct Config {
    /// The name of the host; the beginning of the identifier when empty.
    pub hostname: String,
    /// The domain of the host.
    pub domainname: String,
    /// `user`, `uid`, `user:group`.
    pub user: String,
    /// Whether the one who runs it wants to type.
    pub attach_stdin: bool,
    /// Whether the one who runs it wants to see its output.
    pub attach_stdout: bool,
    /// Whether the one who runs it wants to see its errors.
    pub attach_stderr: bool,
    /// Ports such as `80/tcp`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exposed_ports: Option<Set>,
    /// Whether it gets a terminal.
    pub tty: bool,
    /// Whether its standard input stays open.
    pub open_stdin: bool,
    /// Whether its standard input closes when the first who attached goes.
    pub stdin_once: bool,
    /// `NAME=value`; a name alone is removed.
    pub env: Option<Vec<String>>,
    /// The command, or the arguments of the entry point.
    pub cmd: Option<Words>,
    /// How its health is found out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub healthcheck: Option<Healthcheck>,
    /// Whether arguments are escaped already (of Windows).
    #[serde(skip_serializing_if = "is_false")]
    pub args_escaped: bool,
    /// The image as it was named.
    pub image: String,
    /// Paths that are volumes.
    pub volumes: Option<Set>,
    /// Where the command starts.
    pub working_dir: String,
    /// What stands before the command.
    pub entrypoint: Option<Words>,
    /// Whether it has no network.
    #[serde(skip_serializing_if = "is_false")]
    pub network_disabled: bool,
    /// The hardware address, as older clients say it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub mac_address: String,
    /// What a build on its image begins with.
    pub on_build: Option<Vec<String>>,
    /// Labels.
    pub labels: Option<BTreeMap<String, String>>,
    /// The signal that asks it to stop; `SIGTERM` when empty.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub stop_signal: String,
    /// How many seconds it has to stop; 10 when not said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stop_timeout: Option<i64>,
    /// The shell of commands that are not lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shell: Option<Words>,
}

/// How a container's health is found out. Times are in nanoseconds; 0 is the default.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Healthcheck {
    /// `["NONE"]`, `["CMD", word…]`, `["CMD-SHELL", line]`; empty inherits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub test: Option<Vec<String>>,
    /// Between two checks.
    #[serde(skip_serializing_if = "is_zero")]
    pub interval: i64,
    /// How long a check may take.
    #[serde(skip_serializing_if = "is_zero")]
    pub timeout: i64,
    /// How long failures do not count.
    #[serde(skip_serializing_if = "is_zero")]
    pub start_period: i64,
    /// Between two checks during the start period.
    #[serde(skip_serializing_if = "is_zero")]
    pub start_interval: i64,
    /// How many failures in a row make it unhealthy.
    #[serde(skip_serializing_if = "is_zero")]
    pub retries: i64,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde asks for a reference"
)]
pub(crate) fn is_false(value: &bool) -> bool {
    !value
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde asks for a reference"
)]
pub(crate) fn is_zero(value: &i64) -> bool {
    *value == 0
}

impl Config {
    /// Takes what the container does not say from its image, as the engine merges them.
    pub fn inherit(&mut self, image: &Self) {
        let take = |mine: &mut String, theirs: &String| {
            if mine.is_empty() {
                mine.clone_from(theirs);
            }
        };
        take(&mut self.user, &image.user);
        take(&mut self.working_dir, &image.working_dir);
        take(&mut self.stop_signal, &image.stop_signal);
        union(&mut self.exposed_ports, image.exposed_ports.as_ref());
        union(&mut self.volumes, image.volumes.as_ref());
        if let Some(theirs) = &image.env {
            let mine = self.env.get_or_insert_default();
            for entry in theirs {
                let name = |entry: &str| entry.split('=').next().unwrap_or_default().to_owned();
                if !mine.iter().any(|known| name(known) == name(entry)) {
                    mine.push(entry.clone());
                }
            }
        }
        if let Some(theirs) = &image.labels {
            let mine = self.labels.get_or_insert_default();
            for (name, value) in theirs {
                mine.entry(name.clone()).or_insert_with(|| value.clone());
            }
        }
        if self
            .entrypoint
            .as_ref()
            .is_none_or(|words| words.0.is_empty())
        {
            if self.cmd.as_ref().is_none_or(|words| words.0.is_empty()) {
                self.cmd.clone_from(&image.cmd);
            }
            // An entry point that is empty but there takes the image's away.
            if self.entrypoint.is_none() {
                self.entrypoint.clone_from(&image.entrypoint);
            }
        }
        if self.shell.is_none() {
            self.shell.clone_from(&image.shell);
        }
        if self.stop_timeout.is_none() {
            self.stop_timeout = image.stop_timeout;
        }
        if let Some(theirs) = &image.healthcheck {
            match &mut self.healthcheck {
                None => self.healthcheck = Some(theirs.clone()),
                Some(mine) => mine.inherit(theirs),
            }
        }
    }

    /// The whole command line.
    pub fn command_line(&self) -> Vec<String> {
        let words =
            |words: &Option<Words>| words.iter().flat_map(|w| w.0.clone()).collect::<Vec<_>>();
        let mut line = words(&self.entrypoint);
        line.extend(words(&self.cmd));
        line
    }
}

impl Healthcheck {
    fn inherit(&mut self, image: &Self) {
        if self.test.as_ref().is_none_or(Vec::is_empty) {
            self.test.clone_from(&image.test);
        }
        for (mine, theirs) in [
            (&mut self.interval, image.interval),
            (&mut self.timeout, image.timeout),
            (&mut self.start_period, image.start_period),
            (&mut self.start_interval, image.start_interval),
            (&mut self.retries, image.retries),
        ] {
            if *mine == 0 {
                *mine = theirs;
            }
        }
    }
}

fn union(mine: &mut Option<Set>, theirs: Option<&Set>) {
    if let Some(theirs) = theirs {
        let mine = mine.get_or_insert_default();
        mine.0.extend(theirs.0.iter().cloned());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(json: serde_json::Value) -> Config {
        serde_json::from_value(json).unwrap()
    }

    #[test]
    fn a_container_takes_from_its_image_what_it_does_not_say() {
        let image = config(serde_json::json!({
            "Env": ["PATH=/bin", "A=1"], "Cmd": ["sh"], "Entrypoint": ["/entry"],
            "WorkingDir": "/srv", "Labels": {"a": "1"}, "ExposedPorts": {"80/tcp": {}}
        }));
        let mut mine = config(serde_json::json!({"Env": ["A=2"], "Labels": {"b": "2"}}));
        mine.inherit(&image);
        assert_eq!(mine.env.as_ref().unwrap(), &["A=2", "PATH=/bin"]);
        assert_eq!(mine.command_line(), ["/entry", "sh"]);
        assert_eq!(mine.labels.unwrap().len(), 2);
        let mut other = config(serde_json::json!({"Entrypoint": ["ls"]}));
        other.inherit(&image);
        assert_eq!(
            other.command_line(),
            ["ls"],
            "another entry point drops the image's command"
        );
        let mut none = config(serde_json::json!({"Entrypoint": [], "Cmd": ["ps"]}));
        none.inherit(&image);
        assert_eq!(none.command_line(), ["ps"]);
    }

    #[test]
    fn a_command_may_be_one_word() {
        assert_eq!(
            config(serde_json::json!({"Cmd": "ls"})).command_line(),
            ["ls"]
        );
        let wrong = serde_json::from_value::<Config>(serde_json::json!({"Cmd": 7})).unwrap_err();
        assert_eq!(
            wrong.to_string(),
            "json: cannot unmarshal number into Go value of type string"
        );
    }
}
