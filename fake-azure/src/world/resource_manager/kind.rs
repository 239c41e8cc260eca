//! The kinds of resources that are modelled, and how Resource Manager writes them.

use serde::{Deserialize, Serialize};

/// What a resource is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(crate) enum Kind {
    AvailabilitySet,
    Disk,
    Extension,
    Image,
    Interface,
    Machine,
    PublicAddress,
    SecurityGroup,
    SecurityRule,
    Snapshot,
    StorageAccount,
    Subnet,
    VirtualNetwork,
}

impl Kind {
    pub(crate) const ALL: [Self; 13] = [
        Self::AvailabilitySet,
        Self::Disk,
        Self::Extension,
        Self::Image,
        Self::Interface,
        Self::Machine,
        Self::PublicAddress,
        Self::SecurityGroup,
        Self::SecurityRule,
        Self::Snapshot,
        Self::StorageAccount,
        Self::Subnet,
        Self::VirtualNetwork,
    ];

    /// The namespace of its provider.
    pub(crate) fn namespace(self) -> &'static str {
        match self {
            Self::AvailabilitySet
            | Self::Disk
            | Self::Extension
            | Self::Image
            | Self::Machine
            | Self::Snapshot => "Microsoft.Compute",
            Self::Interface
            | Self::PublicAddress
            | Self::SecurityGroup
            | Self::SecurityRule
            | Self::Subnet
            | Self::VirtualNetwork => "Microsoft.Network",
            Self::StorageAccount => "Microsoft.Storage",
        }
    }

    /// Its type within the namespace, a word for each name of a path.
    pub(crate) fn words(self) -> &'static [&'static str] {
        match self {
            Self::AvailabilitySet => &["availabilitySets"],
            Self::Disk => &["disks"],
            Self::Extension => &["virtualMachines", "extensions"],
            Self::Image => &["images"],
            Self::Interface => &["networkInterfaces"],
            Self::Machine => &["virtualMachines"],
            Self::PublicAddress => &["publicIPAddresses"],
            Self::SecurityGroup => &["networkSecurityGroups"],
            Self::SecurityRule => &["networkSecurityGroups", "securityRules"],
            Self::Snapshot => &["snapshots"],
            Self::StorageAccount => &["storageAccounts"],
            Self::Subnet => &["virtualNetworks", "subnets"],
            Self::VirtualNetwork => &["virtualNetworks"],
        }
    }

    /// The whole type, e.g. `Microsoft.Compute/virtualMachines`.
    pub(crate) fn full(self) -> String {
        format!("{}/{}", self.namespace(), self.words().join("/"))
    }

    /// Its type within the namespace, e.g. `virtualMachines/extensions`.
    pub(crate) fn short(self) -> String {
        self.words().join("/")
    }

    /// The kind that these words of a path spell, in whatever case.
    pub(crate) fn of(namespace: &str, words: &[&str]) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| {
            kind.namespace().eq_ignore_ascii_case(namespace)
                && kind.words().len() == words.len()
                && kind
                    .words()
                    .iter()
                    .zip(words)
                    .all(|(known, word)| known.eq_ignore_ascii_case(word))
        })
    }

    /// What it is part of, where it is a child.
    pub(crate) fn parent(self) -> Option<Self> {
        match self {
            Self::Extension => Some(Self::Machine),
            Self::SecurityRule => Some(Self::SecurityGroup),
            Self::Subnet => Some(Self::VirtualNetwork),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_found_in_any_case() {
        for kind in Kind::ALL {
            let upper = kind.full().to_uppercase();
            let words: Vec<&str> = upper.split('/').collect();
            assert_eq!(Kind::of(words[0], &words[1..]), Some(kind));
        }
        let none = ["virtualMachines", "secrets"];
        assert_eq!(Kind::of("Microsoft.Compute", &none), None);
    }
}
