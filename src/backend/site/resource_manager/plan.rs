//! What only Resource Manager decides of a plan.

use super::Cidr;

/// The part of a plan that only Resource Manager knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResourcePlan {
    /// The resource group.
    pub group: String,
    /// Is it made?
    pub makes_group: bool,
    /// The location, as it stands in requests.
    pub location: String,
    /// The name under which the world will find the host.
    pub public_name: String,
    /// From where its ports are reached; everywhere when it is empty.
    pub open_to: Vec<Cidr>,
    /// The run's own mark, which every tag carries.
    pub run: String,
}

/// The names of what a host consists of, within its group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Names {
    /// The machine.
    pub machine: String,
    /// The network security group.
    pub security_group: String,
    /// The virtual network.
    pub network: String,
    /// The public address.
    pub address: String,
    /// The network interface.
    pub interface: String,
}

impl Names {
    /// Those of a host whose machine is called so.
    pub fn of(machine: &str) -> Self {
        Self {
            machine: machine.to_owned(),
            security_group: format!("{machine}-nsg"),
            network: format!("{machine}-vnet"),
            address: format!("{machine}-ip"),
            interface: format!("{machine}-nic"),
        }
    }
}
