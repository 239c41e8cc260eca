//! How a create ended well.

use std::path::PathBuf;

use serde::Serialize;

use super::intent::Stage;
use super::wait::Ready;
use crate::backend::{Plan, Task};
use crate::pki::docker::{DockerCertificates, Planned};

/// How a create ended well.
#[derive(Debug)]
pub enum Outcome {
    /// The plan stands, and nothing was done.
    Planned(Box<Preview>),
    /// The machine is made; whether it is ready was not asked.
    Created {
        /// Its name.
        machine: String,
        /// The host's public name.
        public_name: String,
        /// The port of its Docker daemon, if there is to be one.
        port: Option<u16>,
        /// The folder of a Docker host's certificates.
        folder: Option<PathBuf>,
    },
    /// Docker answers.
    Ready(Box<DockerHost>),
}

/// What would be done.
#[derive(Debug)]
pub struct Preview {
    /// The plan; none where an earlier run's is gone on with.
    pub plan: Option<Plan>,
    /// The steps, in order.
    pub tasks: Vec<Task>,
    /// What would be done in the certificate folder.
    pub files: Vec<Planned>,
    /// What an earlier run left unfinished.
    pub unfinished: Option<Unfinished>,
}

/// An earlier run that did not come to its end.
#[derive(Debug)]
pub struct Unfinished {
    /// The machine's name.
    pub machine: String,
    /// Where the run was going.
    pub stage: Stage,
    /// What stands of it, or may stand.
    pub things: Vec<Task>,
    /// What would become of it.
    pub next: Next,
}

/// What a run would do with one that is unfinished.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Next {
    /// Go on with it.
    Finish,
    /// Take the rest of it back, and begin at the beginning.
    TakeBack,
    /// Begin at the beginning: nothing of it is there.
    BeginAnew,
}

/// A Docker host that answers.
#[derive(Debug)]
pub struct DockerHost {
    /// The machine's name.
    pub machine: String,
    /// Its public name.
    pub public_name: String,
    /// The daemon's port.
    pub port: u16,
    /// What the daemon said, and where.
    pub ready: Ready,
    /// What its client needs.
    pub certificates: DockerCertificates,
}
