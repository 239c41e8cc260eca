//! What is to be made, with every decision taken.

use serde::{Deserialize, Serialize};

use super::key::SshKey;
use super::{Image, Os, SitePlan};
use crate::domain::{Port, RoleSize, ServiceName, UserName, VmName};

/// A machine to be made, and the host it is made for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// The host.
    pub host: HostPlan,
    /// The machine.
    pub machine: MachinePlan,
    /// What only its cloud knows.
    pub site: SitePlan,
}

/// The host: made, or there already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostPlan {
    /// Its name.
    pub name: ServiceName,
    /// What of it is there.
    pub standing: Standing,
}

/// What of a host is there before the run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Standing {
    /// Nothing: the run makes it.
    New,
    /// The name, without machines.
    Empty,
    /// Machines, in the deployment of this name.
    Inhabited(String),
}

/// The machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MachinePlan {
    /// Its name.
    pub name: VmName,
    /// What it is made from.
    pub image: Image,
    /// Its size.
    pub size: RoleSize,
    /// Who may enter.
    pub account: Account,
    /// The public ports, in the order they are asked for.
    pub endpoints: Vec<Endpoint>,
    /// The Docker daemon.
    pub docker: Option<DockerPlan>,
    /// Are boot diagnostics asked for? Older clients do not say.
    pub boot_diagnostics: Option<bool>,
}

/// Who may enter a machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Account {
    /// A Linux user.
    Linux {
        /// The name.
        user: UserName,
        /// May the password be used over ssh? Not said when ssh was not asked for.
        password_over_ssh: Option<bool>,
        /// The key that opens ssh.
        key: Option<SshKey>,
    },
    /// A Windows user.
    Windows {
        /// The name.
        user: UserName,
    },
    /// Those that the image was captured with.
    OfTheImage,
}

impl Account {
    /// Whom a password lets in, when the machine cannot be made without one.
    pub fn needs_password(&self) -> Option<(&UserName, Os)> {
        match self {
            Self::OfTheImage
            | Self::Linux {
                password_over_ssh: Some(false),
                ..
            } => None,
            Self::Linux { user, .. } => Some((user, Os::Linux)),
            Self::Windows { user } => Some((user, Os::Windows)),
        }
    }
}

/// A public port that leads into a machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Endpoint {
    /// Its name.
    pub name: String,
    /// The port outside.
    pub public: Port,
    /// The port inside.
    pub local: Port,
}

/// The Docker daemon of a machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DockerPlan {
    /// The port of the daemon, inside and outside.
    pub port: Port,
}
