//! A create as it was asked for: the machine, and what is to happen around it.

use std::path::PathBuf;
use std::time::Duration;

use super::order::Order;
use crate::event::Warning;

/// A create to be carried out.
#[derive(Debug, Clone)]
pub struct Job {
    /// The machine.
    pub order: Order,
    /// What a Docker host needs besides; none for a plain machine.
    pub docker: Option<DockerWish>,
    /// What to warn of.
    pub warnings: Vec<Warning>,
    /// The custom data file that was read.
    pub custom_data_file: Option<PathBuf>,
    /// Is what was made kept when the create fails?
    pub keep: bool,
    /// Is the plan only shown?
    pub dry_run: bool,
}

/// What is wished of the Docker daemon besides its port.
#[derive(Debug, Clone)]
pub struct DockerWish {
    /// The folder of the certificates.
    pub folder: PathBuf,
    /// The name in the server certificate, when one was asked for.
    pub certificate_name: Option<String>,
    /// How long to wait for Docker; none ends when the cloud has made the machine.
    pub wait: Option<Duration>,
}
