//! What a run makes in Resource Manager, as data.

use serde::{Deserialize, Serialize};

use super::task::ResourceTask;
use super::{Cidr, Names};
use crate::backend::{Endpoint, MachinePlan};

/// One thing that a run makes in Resource Manager, with all that its making needs but secrets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[non_exhaustive]
pub enum ResourceEffect {
    /// The resource group.
    ResourceGroup {
        /// Where, and whose.
        at: At,
    },
    /// The rules of who is let in.
    SecurityGroup {
        /// Where, and whose.
        at: At,
        /// The ports that are open.
        ports: Vec<Endpoint>,
        /// From where; everywhere when it is empty.
        open_to: Vec<Cidr>,
    },
    /// The network, with its subnet.
    VirtualNetwork {
        /// Where, and whose.
        at: At,
    },
    /// The public address.
    PublicAddress {
        /// Where, and whose.
        at: At,
        /// The label, which is the first part of the public name.
        label: String,
    },
    /// The network interface, with all that hangs on it.
    Interface {
        /// Where, and whose.
        at: At,
        /// The rules.
        security_group: String,
        /// The network.
        network: String,
        /// The public address.
        address: String,
    },
    /// The machine.
    VirtualMachine {
        /// Where, and whose.
        at: At,
        /// Its interface.
        interface: String,
        /// What its making needs; none of a machine that was found.
        needs: Option<Box<MachineNeeds>>,
    },
}

/// Where something lies, and whose it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct At {
    /// The resource group.
    pub group: String,
    /// Its name.
    pub name: String,
    /// The location.
    pub location: String,
    /// The host that it is a part of.
    pub host: String,
    /// The run that makes it. Without one it was found, and is told by its host alone.
    pub run: Option<String>,
}

/// What the making of a machine needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MachineNeeds {
    /// What every cloud knows.
    pub machine: MachinePlan,
}

impl ResourceEffect {
    /// Where it lies, and whose it is.
    pub fn at(&self) -> &At {
        match self {
            Self::ResourceGroup { at }
            | Self::SecurityGroup { at, .. }
            | Self::VirtualNetwork { at }
            | Self::PublicAddress { at, .. }
            | Self::Interface { at, .. }
            | Self::VirtualMachine { at, .. } => at,
        }
    }

    /// What it does, for the user.
    pub fn task(&self) -> ResourceTask {
        let At {
            group,
            name,
            location,
            ..
        } = self.at().clone();
        match self {
            Self::ResourceGroup { .. } => ResourceTask::CreateResourceGroup { name, location },
            Self::SecurityGroup { .. } => ResourceTask::CreateSecurityGroup { group, name },
            Self::VirtualNetwork { .. } => ResourceTask::CreateVirtualNetwork { group, name },
            Self::PublicAddress { label, .. } => ResourceTask::CreatePublicAddress {
                group,
                name,
                label: label.clone(),
            },
            Self::Interface { .. } => ResourceTask::CreateInterface { group, name },
            Self::VirtualMachine { .. } => ResourceTask::CreateVirtualMachine { group, name },
        }
    }

    /// The machine that it makes, when that is known.
    pub fn machine(&self) -> Option<&MachinePlan> {
        match self {
            Self::VirtualMachine { needs, .. } => Some(&needs.as_ref()?.machine),
            _ => None,
        }
    }

    /// What a host that was found consists of, as if it had just been made.
    pub fn found(host: &str, machine: &str, group: &str, location: &str) -> Vec<Self> {
        let names = Names::of(machine);
        let at = |name: &str| At {
            group: group.to_owned(),
            name: name.to_owned(),
            location: location.to_owned(),
            host: host.to_owned(),
            run: None,
        };
        vec![
            Self::SecurityGroup {
                at: at(&names.security_group),
                ports: Vec::new(),
                open_to: Vec::new(),
            },
            Self::VirtualNetwork {
                at: at(&names.network),
            },
            Self::PublicAddress {
                at: at(&names.address),
                label: host.to_ascii_lowercase(),
            },
            Self::Interface {
                at: at(&names.interface),
                security_group: names.security_group,
                network: names.network,
                address: names.address,
            },
            Self::VirtualMachine {
                at: at(&names.machine),
                interface: names.interface,
                needs: None,
            },
        ]
    }
}
