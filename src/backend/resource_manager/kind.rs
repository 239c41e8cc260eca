//! The kinds of things, where they are asked for, and by which version.

/// A kind of thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A resource group.
    Group,
    /// A network security group.
    SecurityGroup,
    /// A virtual network.
    VirtualNetwork,
    /// A public address.
    PublicAddress,
    /// A network interface.
    Interface,
    /// A virtual machine.
    VirtualMachine,
}

impl Kind {
    /// Whose namespace it lies in.
    pub fn namespace(self) -> &'static str {
        match self {
            Self::Group => "Microsoft.Resources",
            Self::VirtualMachine => "Microsoft.Compute",
            Self::SecurityGroup | Self::VirtualNetwork | Self::PublicAddress | Self::Interface => {
                "Microsoft.Network"
            }
        }
    }

    /// What it is called there.
    pub fn kind(self) -> &'static str {
        match self {
            Self::Group => "resourceGroups",
            Self::SecurityGroup => "networkSecurityGroups",
            Self::VirtualNetwork => "virtualNetworks",
            Self::PublicAddress => "publicIPAddresses",
            Self::Interface => "networkInterfaces",
            Self::VirtualMachine => "virtualMachines",
        }
    }

    /// What people call it.
    pub fn words(self) -> &'static str {
        match self {
            Self::Group => "resource group",
            Self::SecurityGroup => "network security group",
            Self::VirtualNetwork => "virtual network",
            Self::PublicAddress => "public IP",
            Self::Interface => "network interface",
            Self::VirtualMachine => "virtual machine",
        }
    }
}

/// The version of the API that Compute is asked by for what it sells: a list of its own.
pub(super) const SKUS: &str = "2021-07-01";

/// The version of the API that a namespace is asked by.
pub(super) fn version(namespace: &str) -> &'static str {
    match namespace {
        "Microsoft.Subscription" => "2022-12-01",
        "Microsoft.Network" => "2024-05-01",
        "Microsoft.Compute" => "2024-07-01",
        _ => "2021-04-01",
    }
}
