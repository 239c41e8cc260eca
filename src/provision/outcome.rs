//! How a create ended well.

use std::path::PathBuf;

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
    /// The plan.
    pub plan: Plan,
    /// The steps, in order.
    pub tasks: Vec<Task>,
    /// What would be done in the certificate folder.
    pub files: Vec<Planned>,
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
