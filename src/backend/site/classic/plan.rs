//! What only classic Azure decides of a plan.

use std::fmt;
use std::net::Ipv4Addr;

use serde::{Deserialize, Serialize};

use super::fact::Place;
use crate::backend::MachinePlan;

/// Where disks go within an account; the cloud makes the container.
const CONTAINER: &str = "vhd-store";

/// The part of a plan that only classic Azure knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClassicPlan {
    /// Where the host lies or will lie.
    pub place: Place,
    /// The virtual network to join.
    pub network: Option<String>,
    /// The reserved address to take.
    pub reserved_address: Option<String>,
    /// What it knows of the machine.
    pub machine: MachineParts,
}

/// What only classic Azure knows of a machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MachineParts {
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
}

/// What the making of a machine needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MachineNeeds {
    /// The machine.
    pub machine: NeededMachine,
    /// The virtual network to join.
    pub network: Option<String>,
    /// The reserved address to take.
    pub reserved_address: Option<String>,
}

/// A machine with what only classic Azure knows of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NeededMachine {
    /// What every cloud knows.
    #[serde(flatten)]
    pub common: MachinePlan,
    /// What only classic Azure knows.
    #[serde(flatten)]
    pub parts: MachineParts,
}

impl MachineNeeds {
    /// What the machine of a plan needs.
    pub fn of(machine: MachinePlan, plan: &ClassicPlan) -> Self {
        Self {
            machine: NeededMachine {
                common: machine,
                parts: plan.machine.clone(),
            },
            network: plan.network.clone(),
            reserved_address: plan.reserved_address.clone(),
        }
    }
}

impl MachineParts {
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

/// As it is typed: name, subnet, address, security group, and whether it forwards packets.
impl fmt::Display for Interface {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let address = self.static_address.map(|address| address.to_string());
        let address = address.unwrap_or_default();
        let group = self.security_group.as_deref().unwrap_or_default();
        let forwards = self.forwards.map(|does| does.to_string());
        let forwards = forwards.unwrap_or_default();
        write!(
            f,
            "{}:{}:{address}:{group}:{forwards}",
            self.name, self.subnet
        )
    }
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
