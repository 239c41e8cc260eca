//! A container: what it was asked to be, and what has become of it.

use std::fmt;
use std::sync::{Arc, Mutex};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::config::Config;
use super::endpoint::Endpoint;
use super::host_config::{HostConfig, PortMap};
use super::id::ObjectId;
use super::log::Log;
use super::store::Named;
use crate::files::SharedTree;
use crate::registry::Digest;
use crate::shared::Shared;
use crate::small_map::SmallMap;

/// A container.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Container {
    /// Its identifier.
    pub id: ObjectId,
    /// Its name, without the slash that the API puts before it.
    pub name: String,
    /// When it was made.
    pub created: Timestamp,
    /// The identifier of its image, `sha256:…`.
    pub image: String,
    /// The layer that its files begin on; it is held while the container is there.
    #[serde(default)]
    pub layer: Option<Digest>,
    /// The name of its host.
    #[serde(default)]
    pub host_name: String,
    /// What runs, merged with what the image says; the name of the host stands beside it, so that
    /// containers that were made alike hold one.
    pub config: Shared<Config>,
    /// What it gets of the host.
    pub host: Shared<HostConfig>,
    /// The networks it is in, or will be when it runs.
    pub networks: Networks,
    /// The mounts.
    #[serde(with = "kept_mounts")]
    pub mounts: Vec<Mount>,
    /// How it is.
    pub state: ContainerState,
    /// The ports of the host that lead to it while it runs, in the engine's order.
    pub ports: PortMap,
    /// Its files: what it changed over its image's.
    pub files: SharedTree,
    /// What it wrote.
    pub log: Arc<Mutex<Log>>,
}

/// The networks of a container by name; most are in one.
pub type Networks = SmallMap<String, Box<Endpoint>>;

/// A mount, in the order in which the engine tells it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Mount {
    /// `bind`, `volume` or `tmpfs`.
    #[serde(rename = "Type")]
    pub kind: String,
    /// The name of a volume.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// The folder of the host.
    pub source: String,
    /// Where it is seen.
    pub destination: String,
    /// The driver of a volume.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub driver: String,
    /// How it was written: `ro`, `z` …
    pub mode: String,
    /// Whether it can be changed.
    #[serde(rename = "RW")]
    pub rw: bool,
    /// How mounts below it are shared.
    pub propagation: String,
    /// Whether it was made for this container alone.
    #[serde(skip)]
    pub anonymous: bool,
    /// A folder of the volume.
    #[serde(skip)]
    pub subpath: String,
}

/// Mounts as they are kept: the API does not tell all of them.
mod kept_mounts {
    use serde::{Deserialize as _, Deserializer, Serializer};

    use super::Mount;

    pub(super) fn serialize<S: Serializer>(mounts: &[Mount], to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(
            mounts
                .iter()
                .map(|mount| (mount, mount.anonymous, &mount.subpath)),
        )
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<Mount>, D::Error> {
        let kept = Vec::<(Mount, bool, String)>::deserialize(from)?;
        let whole = kept.into_iter().map(|(mount, anonymous, subpath)| Mount {
            anonymous,
            subpath,
            ..mount
        });
        Ok(whole.collect())
    }
}

/// What a container is doing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// It was made and never ran.
    #[default]
    Created,
    /// It runs.
    Running,
    /// It runs and stands still.
    Paused,
    /// It ended and will be started again.
    Restarting,
    /// It is being removed.
    Removing,
    /// It ended.
    Exited,
    /// It could not be removed.
    Dead,
}

impl Status {
    /// Whether its processes are there.
    pub fn is_running(self) -> bool {
        matches!(self, Self::Running | Self::Paused | Self::Restarting)
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Created => "created",
            Self::Running => "running",
            Self::Paused => "paused",
            Self::Restarting => "restarting",
            Self::Removing => "removing",
            Self::Exited => "exited",
            Self::Dead => "dead",
        })
    }
}

/// How a container is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContainerState {
    /// What it does.
    pub status: Status,
    /// The host's number of its first process; 0 while it does not run.
    pub pid: u32,
    /// How it ended.
    pub exit_code: i64,
    /// Why it could not be started.
    pub error: String,
    /// Whether it ended because memory ran out.
    pub oom_killed: bool,
    /// When it was started last.
    pub started_at: Option<Timestamp>,
    /// When it ended last.
    pub finished_at: Option<Timestamp>,
    /// How its health is, if that is looked at.
    pub health: Option<Health>,
    /// How often its policy started it again.
    pub restart_count: i64,
    /// Whether somebody stopped it: its policy lets it be.
    pub stopped_by_hand: bool,
}

/// How a container's health is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Health {
    /// What is known.
    pub status: HealthStatus,
    /// How many checks in a row failed.
    pub failing_streak: i64,
    /// The last checks.
    pub log: Vec<HealthResult>,
}

/// What is known of a container's health.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum HealthStatus {
    /// Not yet known.
    Starting,
    /// Its checks succeed.
    Healthy,
    /// Its checks fail.
    Unhealthy,
}

impl fmt::Display for HealthStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Starting => "starting",
            Self::Healthy => "healthy",
            Self::Unhealthy => "unhealthy",
        })
    }
}

/// One check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct HealthResult {
    /// When it began.
    pub start: Timestamp,
    /// When it ended.
    pub end: Timestamp,
    /// 0 is healthy, 1 not, -1 took too long.
    pub exit_code: i64,
    /// What it wrote.
    pub output: String,
}

impl Named for Container {
    fn id(&self) -> ObjectId {
        self.id
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn set_name(&mut self, name: String) {
        self.name = name;
    }
}

impl Container {
    /// Whether its processes are there.
    pub fn is_running(&self) -> bool {
        self.state.status.is_running()
    }

    /// What runs, with the name of its host.
    pub fn whole_config(&self) -> Config {
        Config {
            hostname: self.host_name.clone(),
            ..Config::clone(&self.config)
        }
    }
}
