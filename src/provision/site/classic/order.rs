//! What can be ordered of classic Azure alone.

use std::net::Ipv4Addr;

use serde::{Deserialize, Serialize};

use super::part::ClassicPart;
use super::problem::{ClassicProblem, InNetwork};
use crate::backend::site::classic::Interface;
use crate::event::{ClassicWarning, Warning};

/// The part of an order that only classic Azure knows.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ClassicOrder {
    /// Is the image one that the community gave?
    pub community: bool,
    /// Does the machine join others behind the same name?
    pub connect: bool,
    /// The affinity group asked for.
    pub affinity_group: Option<String>,
    /// Where the disk goes: an address, or a path in the account that is chosen.
    pub disk: Option<String>,
    /// The virtual network.
    pub network: Option<String>,
    /// Its subnets.
    pub subnets: Vec<String>,
    /// The private address.
    pub static_address: Option<Ipv4Addr>,
    /// The name of a public address of its own.
    pub public_address: Option<String>,
    /// The reserved address for the host.
    pub reserved_address: Option<String>,
    /// Further interfaces.
    pub interfaces: Vec<Interface>,
    /// The availability set.
    pub availability_set: Option<String>,
}

impl ClassicOrder {
    /// What it says of each part; an empty text where a word has no value.
    pub(in crate::provision) fn said(&self) -> [(ClassicPart, Option<String>); 11] {
        let flag = |is_set: bool| is_set.then(String::new);
        let list = |all: Vec<String>| (!all.is_empty()).then(|| all.join(","));
        let interfaces = self.interfaces.iter().map(ToString::to_string).collect();
        [
            (ClassicPart::Community, flag(self.community)),
            (ClassicPart::Connect, flag(self.connect)),
            (ClassicPart::AffinityGroup, self.affinity_group.clone()),
            (ClassicPart::Disk, self.disk.clone()),
            (ClassicPart::Network, self.network.clone()),
            (ClassicPart::Subnets, list(self.subnets.clone())),
            (
                ClassicPart::StaticAddress,
                self.static_address.map(|address| address.to_string()),
            ),
            (ClassicPart::PublicAddress, self.public_address.clone()),
            (ClassicPart::ReservedAddress, self.reserved_address.clone()),
            (ClassicPart::Interfaces, list(interfaces)),
            (ClassicPart::AvailabilitySet, self.availability_set.clone()),
        ]
    }

    /// Checks what kind of image is asked for.
    pub(in crate::provision) fn check_image(&self, image: &str) -> Result<(), ClassicProblem> {
        if self.community {
            return Err(ClassicProblem::CommunityImage(image.to_owned()));
        }
        Ok(())
    }

    /// Checks the rules between the wishes for the network.
    pub(in crate::provision) fn check_network(&self) -> Result<Option<Warning>, ClassicProblem> {
        if self.network.is_none() {
            if self.static_address.is_some() {
                return Err(ClassicProblem::NeedsNetwork(InNetwork::StaticAddress));
            }
            if !self.subnets.is_empty() {
                return Err(ClassicProblem::NeedsNetwork(InNetwork::Subnets));
            }
        }
        if !self.interfaces.is_empty() && (self.network.is_none() || self.subnets.is_empty()) {
            return Err(ClassicProblem::InterfacesNeedNetwork);
        }
        let are_ignored = self.static_address.is_some() && !self.subnets.is_empty();
        Ok(are_ignored.then_some(Warning::Classic(ClassicWarning::SubnetsIgnored)))
    }

    /// The disk goes into a container, not to the root of an account.
    pub(in crate::provision) fn check_disk(&self) -> Result<(), ClassicProblem> {
        let Some(disk) = &self.disk else {
            return Ok(());
        };
        let path = match disk.split_once("://") {
            Some((_, rest)) => rest.split_once('/').map_or("", |(_, path)| path),
            None => disk.strip_prefix('/').unwrap_or(disk),
        };
        match path.split_once('/') {
            Some((container, _)) if !container.is_empty() && container != "$root" => Ok(()),
            _ => Err(ClassicProblem::NoContainer(disk.clone())),
        }
    }
}
