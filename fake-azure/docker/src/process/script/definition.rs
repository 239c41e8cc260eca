//! Images that exist because a script says so.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, de};

use super::change::{FILE_MODE, Mode};
use super::lines::Several;
use super::span::Span;

/// An image that exists because a script says so: `docker pull` finds it.
///
/// Each program of the script that is given by a name or a path becomes a file of the image,
/// so that it is found, copied and built on like any other.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Definition {
    /// The image it is made from; empty is `scratch`.
    pub from: String,
    /// The tags it is known by, beside those of its name; `latest` when it has none.
    pub tags: Vec<String>,
    /// The environment.
    pub env: BTreeMap<String, String>,
    /// The command.
    pub cmd: Option<Vec<String>>,
    /// The entrypoint.
    pub entrypoint: Option<Vec<String>>,
    /// The ports that it exposes: `8080/tcp`.
    pub expose: Vec<String>,
    /// Paths that become volumes.
    pub volumes: Vec<String>,
    /// The labels.
    pub labels: BTreeMap<String, String>,
    /// Who its processes run as.
    pub user: Option<String>,
    /// The working folder.
    pub workdir: Option<String>,
    /// The signal that stops it.
    pub stop_signal: Option<String>,
    /// How its health is checked.
    pub health: Option<Health>,
    /// Files that it has.
    pub files: Vec<FileDefinition>,
}

/// How the health of an image's containers is checked.
#[derive(Clone, Debug, PartialEq)]
pub struct Health {
    /// The command: its words, or one text for the shell.
    pub test: Vec<String>,
    /// How long between checks.
    pub interval: Option<Span>,
    /// How long a check may take.
    pub timeout: Option<Span>,
    /// How long a container may be unhealthy at its start.
    pub start_period: Option<Span>,
    /// How often a check must fail.
    pub retries: Option<u32>,
}

/// A file of a defined image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileDefinition {
    /// The path.
    pub path: String,
    /// The content; braces mean nothing in it.
    pub content: String,
    /// The permissions.
    pub mode: u32,
    /// The owner's number.
    pub uid: u32,
    /// The group's number.
    pub gid: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    #[serde(default)]
    from: String,
    #[serde(default)]
    tags: Vec<String>,
    #[serde(default)]
    env: BTreeMap<String, String>,
    cmd: Option<Several<String>>,
    entrypoint: Option<Several<String>>,
    #[serde(default)]
    expose: Vec<Expose>,
    #[serde(default)]
    volumes: Vec<Absolute>,
    #[serde(default)]
    labels: BTreeMap<String, String>,
    user: Option<String>,
    workdir: Option<Absolute>,
    stop_signal: Option<String>,
    health: Option<WrittenHealth>,
    #[serde(default)]
    file: Vec<WrittenFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenHealth {
    test: Several<String>,
    interval: Option<Span>,
    timeout: Option<Span>,
    start_period: Option<Span>,
    retries: Option<u32>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenFile {
    path: Absolute,
    #[serde(default)]
    content: String,
    mode: Option<Mode>,
    #[serde(default)]
    uid: u32,
    #[serde(default)]
    gid: u32,
}

/// A path from the root on.
struct Absolute(String);

/// A port that is exposed: a number, or a text with the protocol.
struct Expose(String);

impl<'de> Deserialize<'de> for Absolute {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let path = String::deserialize(deserializer)?;
        if path.starts_with('/') {
            Ok(Self(path))
        } else {
            Err(de::Error::custom(format!(
                "`{path}` is no absolute path: it begins with `/`"
            )))
        }
    }
}

impl<'de> Deserialize<'de> for Expose {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;

        impl de::Visitor<'_> for Visitor {
            type Value = Expose;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a port such as 8080 or \"53/udp\"")
            }

            fn visit_i64<E: de::Error>(self, number: i64) -> Result<Expose, E> {
                self.visit_str(&number.to_string())
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Expose, E> {
                let (number, protocol) = text.split_once('/').unwrap_or((text, "tcp"));
                let right = matches!(number.parse::<u16>(), Ok(1..))
                    && matches!(protocol, "tcp" | "udp" | "sctp");
                if right {
                    Ok(Expose(format!("{number}/{protocol}")))
                } else {
                    Err(E::custom(format!(
                        "`{text}` is no port: write 8080 or \"53/udp\""
                    )))
                }
            }
        }

        deserializer.deserialize_any(Visitor)
    }
}

impl From<Written> for Definition {
    fn from(written: Written) -> Self {
        Self {
            from: written.from,
            tags: written.tags,
            env: written.env,
            cmd: written.cmd.map(|words| words.0),
            entrypoint: written.entrypoint.map(|words| words.0),
            expose: written.expose.into_iter().map(|port| port.0).collect(),
            volumes: written.volumes.into_iter().map(|path| path.0).collect(),
            labels: written.labels,
            user: written.user,
            workdir: written.workdir.map(|path| path.0),
            stop_signal: written.stop_signal,
            health: written.health.map(Health::from),
            files: written.file.into_iter().map(FileDefinition::from).collect(),
        }
    }
}

impl From<WrittenHealth> for Health {
    fn from(written: WrittenHealth) -> Self {
        Self {
            test: written.test.0,
            interval: written.interval,
            timeout: written.timeout,
            start_period: written.start_period,
            retries: written.retries,
        }
    }
}

impl From<WrittenFile> for FileDefinition {
    fn from(written: WrittenFile) -> Self {
        Self {
            path: written.path.0,
            content: written.content,
            mode: written.mode.map_or(FILE_MODE, |mode| mode.0),
            uid: written.uid,
            gid: written.gid,
        }
    }
}

impl<'de> Deserialize<'de> for Definition {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Written::deserialize(deserializer).map(Self::from)
    }
}

impl Definition {
    /// An image made from another one.
    pub fn on(image: impl Into<String>) -> Self {
        Self {
            from: image.into(),
            ..Self::default()
        }
    }

    /// Sets a variable of the environment.
    #[must_use]
    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.env.insert(name.to_owned(), value.to_owned());
        self
    }

    /// Sets the command.
    #[must_use]
    pub fn cmd(mut self, words: &[&str]) -> Self {
        self.cmd = Some(words.iter().map(|word| (*word).to_owned()).collect());
        self
    }

    /// Sets the entrypoint.
    #[must_use]
    pub fn entrypoint(mut self, words: &[&str]) -> Self {
        self.entrypoint = Some(words.iter().map(|word| (*word).to_owned()).collect());
        self
    }

    /// Exposes a TCP port.
    #[must_use]
    pub fn expose(mut self, port: u16) -> Self {
        self.expose.push(format!("{port}/tcp"));
        self
    }

    /// Adds a file.
    #[must_use]
    pub fn file(mut self, path: &str, content: &str) -> Self {
        self.files.push(FileDefinition {
            path: path.to_owned(),
            content: content.to_owned(),
            mode: FILE_MODE,
            uid: 0,
            gid: 0,
        });
        self
    }
}
