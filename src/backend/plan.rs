//! What is to be made, with every decision taken.

use std::net::Ipv4Addr;

use serde::{Deserialize, Serialize};

use super::{Image, Os, Place};

/// Where disks go within an account; the cloud makes the container.
const CONTAINER: &str = "vhd-store";

/// A machine to be made, and the host it is made for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// The host.
    pub host: HostPlan,
    /// The machine.
    pub machine: MachinePlan,
    /// The virtual network to join.
    pub network: Option<String>,
    /// The reserved address to take.
    pub reserved_address: Option<String>,
}

/// The host: made, or there already.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HostPlan {
    /// Its name.
    pub name: String,
    /// Where it lies or will lie.
    pub place: Place,
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
    pub name: String,
    /// What it is made from.
    pub image: Image,
    /// Its size.
    pub size: String,
    /// Who may enter.
    pub account: Account,
    /// The public ports, in the order they are asked for.
    pub endpoints: Vec<Endpoint>,
    /// Is the whole network description sent, or the endpoints alone?
    pub full_network: bool,
    /// The subnets, by name.
    pub subnets: Vec<String>,
    /// The private address.
    pub static_address: Option<Ipv4Addr>,
    /// The name of a public address of its own.
    pub public_address: Option<String>,
    /// Further interfaces.
    pub interfaces: Vec<Interface>,
    /// The availability set.
    pub availability_set: Option<String>,
    /// Where the disk goes, as far as it was asked for.
    pub disk: DiskPlan,
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
        user: String,
        /// May the password be used over ssh? Not said when ssh was not asked for.
        password_over_ssh: Option<bool>,
        /// The key that opens ssh.
        key: Option<SshKey>,
    },
    /// A Windows user.
    Windows {
        /// The name.
        user: String,
    },
    /// Those that the image was captured with.
    OfTheImage,
}

impl MachinePlan {
    /// The address of the disk that the machine boots from, where blobs of the chosen account lie at
    /// `blobs`; none when the cloud chooses.
    pub fn disk_address(&self, blobs: Option<&str>) -> Option<String> {
        let blobs = blobs.map(|blobs| blobs.trim_end_matches('/'));
        match &self.disk {
            DiskPlan::At(url) => Some(url.clone()),
            DiskPlan::PathInAccount(path) => Some(format!("{}{path}", blobs?)),
            DiskPlan::InAccount { blob } => Some(format!("{}/{CONTAINER}/{blob}.vhd", blobs?)),
        }
    }
}

impl Account {
    /// Whom a password lets in, when the machine cannot be made without one.
    pub fn needs_password(&self) -> Option<(&str, Os)> {
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

/// A certificate whose key opens ssh.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SshKey {
    /// The SHA-1 of the certificate, in upper-case hexadecimal digits.
    pub thumbprint: String,
    /// The certificate as PEM text; none when it was uploaded before.
    #[serde(skip)]
    pub pem: Option<String>,
}

/// A public port that leads into a machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Endpoint {
    /// Its name.
    pub name: String,
    /// The port outside.
    pub public: u16,
    /// The port inside.
    pub local: u16,
}

/// A further network interface.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Interface {
    /// Its name.
    pub name: String,
    /// Its subnet.
    pub subnet: String,
    /// Its private address.
    pub static_address: Option<Ipv4Addr>,
    /// The security group that guards it.
    pub security_group: Option<String>,
    /// Does it forward packets?
    pub forwards: Option<bool>,
}

/// Where the system disk goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum DiskPlan {
    /// To this address.
    At(String),
    /// To this path in the storage account that is chosen.
    PathInAccount(String),
    /// To a path of its own in the storage account that is chosen.
    InAccount {
        /// The blob's name without its ending, new for every run.
        blob: String,
    },
}

/// The Docker daemon of a machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DockerPlan {
    /// The port of the daemon, inside and outside.
    pub port: u16,
}
