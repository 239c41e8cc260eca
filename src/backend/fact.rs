//! What a cloud tells when asked.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use super::SiteHost;

/// The system that an image holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Os {
    /// Any Linux.
    Linux,
    /// Any Windows.
    Windows,
}

/// What a machine can be made from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Image {
    /// The exact name.
    pub name: String,
    /// A disk to boot from, or a machine's disks.
    pub kind: ImageKind,
    /// The system.
    pub os: Os,
    /// Was it captured by this subscription's owner? Its disk then knows its storage account.
    pub own: bool,
    /// Where it may be used; empty when the cloud does not say.
    pub locations: Vec<String>,
    /// The words shown in lists.
    pub label: String,
    /// What its versions have in common.
    pub family: String,
    /// When it was published, as the cloud wrote it.
    pub published: String,
    /// The hardware it is for, where the cloud says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hardware: Option<Hardware>,
}

/// What a system needs of a machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hardware {
    /// The generation of virtual hardware, such as `V2`.
    pub generation: String,
    /// The processor's architecture, such as `x64`.
    pub architecture: String,
}

/// The two kinds of image.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ImageKind {
    /// A system disk.
    Disk,
    /// A machine: system and data disks.
    Machine {
        /// Does it keep its accounts, so that none can be given?
        specialized: bool,
    },
}

impl Image {
    /// Does a machine of this image keep the accounts it was captured with?
    pub fn is_specialized(&self) -> bool {
        matches!(self.kind, ImageKind::Machine { specialized: true })
    }

    /// May it be used in `location`, as far as is known?
    pub fn is_in(&self, location: &str) -> bool {
        self.locations.is_empty()
            || self
                .locations
                .iter()
                .any(|here| here.eq_ignore_ascii_case(location))
    }
}

/// A region.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Location {
    /// The name in requests.
    pub name: String,
    /// The name shown.
    pub display_name: String,
    /// Can machines be made here?
    pub has_machines: bool,
    /// The machine sizes offered; empty when the cloud does not say.
    pub sizes: Vec<String>,
}

/// A public name with what stands behind it: a cloud service, or a resource group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Host {
    /// Its name, as the cloud spells it.
    pub name: String,
    /// The name under which the world finds it, where the cloud tells before there are machines.
    pub public_name: Option<String>,
    /// Its public address, where it has one before there are machines.
    pub address: Option<IpAddr>,
    /// Where it lies.
    pub site: SiteHost,
}

/// Is a public name to be had?
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum Availability {
    /// Nobody holds it.
    Free,
    /// Somebody does, or it is no name; in the cloud's words.
    Taken(String),
    /// The cloud does not tell.
    Unknown,
}

/// The machines behind a host's public address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Deployment {
    /// Its name.
    pub name: String,
    /// Is the cloud at work on it?
    pub busy: bool,
    /// The public address.
    pub address: Option<IpAddr>,
    /// The name under which the world finds it, where the cloud tells.
    pub public_name: Option<String>,
    /// The virtual network it belongs to.
    pub network: Option<String>,
    /// The machines.
    pub machines: Vec<Machine>,
}

impl Deployment {
    /// Finds a machine by its name, ignoring case.
    pub fn machine(&self, name: &str) -> Option<&Machine> {
        self.machines
            .iter()
            .find(|machine| machine.name.eq_ignore_ascii_case(name))
    }
}

/// A virtual machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Machine {
    /// Its name.
    pub name: String,
    /// How far it has come.
    pub state: MachineState,
    /// What the agent in it says.
    pub agent: AgentState,
    /// What is known of what brings Docker into it.
    pub setup: SetupState,
    /// The address of the disk that it boots from, where the cloud tells.
    pub disk: Option<String>,
    /// The addresses of its other disks, where the cloud tells.
    pub data_disks: Vec<String>,
    /// The ports that lead to it.
    pub endpoints: Vec<OpenPort>,
}

impl Machine {
    /// The addresses of all its disks.
    pub fn disks(&self) -> impl Iterator<Item = &str> {
        self.disk.iter().chain(&self.data_disks).map(String::as_str)
    }
}

/// A public port of a machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OpenPort {
    /// The endpoint's name.
    pub name: String,
    /// The port outside.
    pub public: u16,
    /// The port inside.
    pub local: u16,
}

/// How far a machine has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum MachineState {
    /// It boots, or is about to; in the cloud's word.
    Booting(String),
    /// It runs.
    Running,
    /// It will not come up by itself; in the cloud's word.
    Stuck(String),
}

/// What is known of the agent inside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum AgentState {
    /// It has not reported yet; with its words, if it had any.
    Silent(Option<String>),
    /// It takes orders.
    Ready,
}

/// What is known of what brings Docker into a machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum SetupState {
    /// Nothing is reported.
    Unknown,
    /// It is at work; with its words, if it had any.
    Working(Option<String>),
    /// It has done its work.
    Ready,
    /// It has given up, with its words.
    Failed(String),
}
