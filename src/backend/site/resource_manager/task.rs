//! What the steps of a create in Resource Manager do.

use serde::Serialize;

/// One thing that a run makes in Resource Manager.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "task", rename_all = "snake_case")]
#[non_exhaustive]
pub enum ResourceTask {
    /// The resource group.
    CreateResourceGroup {
        /// Its name.
        name: String,
        /// Where it lies.
        location: String,
    },
    /// The rules of who is let in.
    CreateSecurityGroup {
        /// Its group.
        group: String,
        /// Its name.
        name: String,
    },
    /// The network, with its subnet.
    CreateVirtualNetwork {
        /// Its group.
        group: String,
        /// Its name.
        name: String,
    },
    /// The public address, with its label.
    CreatePublicAddress {
        /// Its group.
        group: String,
        /// Its name.
        name: String,
        /// The label, which is the first part of the public name.
        label: String,
    },
    /// The network interface.
    CreateInterface {
        /// Its group.
        group: String,
        /// Its name.
        name: String,
    },
    /// The machine, with its disk.
    CreateVirtualMachine {
        /// Its group.
        group: String,
        /// Its name.
        name: String,
    },
}

impl ResourceTask {
    /// A short name, the same in every run.
    pub fn name(&self) -> &'static str {
        match self {
            Self::CreateResourceGroup { .. } => "create resource group",
            Self::CreateSecurityGroup { .. } => "create network security group",
            Self::CreateVirtualNetwork { .. } => "create virtual network",
            Self::CreatePublicAddress { .. } => "create public IP",
            Self::CreateInterface { .. } => "create network interface",
            Self::CreateVirtualMachine { .. } => "create virtual machine",
        }
    }
}
