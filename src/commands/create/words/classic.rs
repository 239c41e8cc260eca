//! The words for what only classic Azure knows.

pub mod task;

use crate::backend::site::classic::ClassicPlan;
use crate::event::{ClassicDerived, ClassicSubject, ClassicWarning};
use crate::provision::{Apart, ClassicPart, ClassicProblem, ClassicStays, InNetwork};

/// What a host is called.
pub const HOST: &str = "cloud service";

/// The public name breaks a rule.
pub const NO_NAME: &str = "The hosted service name is invalid.";

/// Neither a location nor an affinity group was named.
pub const NO_PLACE: &str = "location or affinity group is required for a new cloud service";

/// What is wrong with the part of an order that only classic Azure knows.
pub fn problem(problem: &ClassicProblem) -> String {
    match problem {
        ClassicProblem::NeedsNetwork(wish) => {
            let option = match wish {
                InNetwork::StaticAddress => "--static-ip",
                InNetwork::Subnets => "--subnet-names",
            };
            format!("--virtual-network-name must be specified when the {option} option is given")
        }
        ClassicProblem::InterfacesNeedNetwork => {
            "--virtual-network-name and --subnet-names must be specified when the --nic-config option is given".to_owned()
        }
        ClassicProblem::AddressWithoutEndpoint(name) => {
            format!("reserved IP address `{name}` needs an endpoint, and the machine has none")
        }
        ClassicProblem::NoContainer(disk) => format!(
            "--blob-url `{disk}` names no container: a disk cannot be made at the root of an account"
        ),
        ClassicProblem::CommunityImage(name) => format!(
            "community image `{name}` cannot be fetched: VM Depot, where they came from, is closed"
        ),
        ClassicProblem::NetworkNotFound(name) => {
            format!("Virtual network with name {name} not found")
        }
        ClassicProblem::AddressNotFound(name) => format!("reserved IP address `{name}` not found"),
        ClassicProblem::AddressInUse { address, host } => {
            format!("reserved IP address `{address}` is in use by cloud service `{host}`")
        }
        ClassicProblem::TwoPlaces => {
            "both --location and --affinitygroup options are specified".to_owned()
        }
        ClassicProblem::AffinityGroupNotFound(name) => {
            format!("No affinity group found with name {name}")
        }
        ClassicProblem::AffinityGroupWithoutMachines(name) => {
            format!("the given affinity group '{name}' does not support PersistentVMRole service")
        }
        ClassicProblem::PlacesDiffer(apart) => agreement(*apart).to_owned(),
        ClassicProblem::OtherNetwork(name) => {
            format!("The existing deployment does not belong to virtual network {name}")
        }
        other => other.to_string(),
    }
}

/// A part of an order, as the option that it was typed as.
pub fn part(part: ClassicPart) -> &'static str {
    match part {
        ClassicPart::Community => "--community",
        ClassicPart::Connect => "--connect",
        ClassicPart::AffinityGroup => "--affinity-group",
        ClassicPart::Disk => "--blob-url",
        ClassicPart::Network => "--virtual-network-name",
        ClassicPart::Subnets => "--subnet-names",
        ClassicPart::StaticAddress => "--static-ip",
        ClassicPart::PublicAddress => "--public-ip",
        ClassicPart::ReservedAddress => "--reserved-ip",
        ClassicPart::Interfaces => "--nic-config",
        ClassicPart::AvailabilitySet => "--availability-set",
    }
}

fn agreement(apart: Apart) -> &'static str {
    match apart {
        Apart::HostAndAddress => {
            "The hosted service location must be the same as the reserved IP address' location"
        }
        Apart::LocationAndNetworksGroup => {
            "The hosted service location must be the same as the virtual network's affinity group location"
        }
        Apart::GroupAndNetworksGroup => {
            "The hosted service affinity group must be the same as the virtual network's affinity group"
        }
        Apart::LocationAndNetwork => {
            "The hosted service location must be the same as the virtual network's location"
        }
        Apart::GroupAndNetwork => {
            "The hosted service affinity group location must be the same as the virtual network's location"
        }
    }
}

/// What it knows of a plan, as the name and the value of each line.
pub fn plan(plan: &ClassicPlan) -> impl Iterator<Item = (&'static str, &str)> {
    let lines = [
        ("Virtual network", &plan.network),
        ("Reserved IP", &plan.reserved_address),
        ("Availability set", &plan.machine.availability_set),
    ];
    lines
        .into_iter()
        .filter_map(|(label, value)| Some((label, value.as_deref()?)))
}

/// What only classic Azure knows and a removal leaves.
pub fn stays(thing: &ClassicStays) -> String {
    match thing {
        ClassicStays::Account(name) => format!("storage account `{name}`"),
        ClassicStays::Address(name) => format!("reserved IP address `{name}`"),
    }
}

/// What is asked.
pub fn question(about: ClassicSubject) -> &'static str {
    match about {
        ClassicSubject::Network => "Looking up virtual network",
        ClassicSubject::ReservedAddress => "Looking up reserved IP address",
        ClassicSubject::HostProperties => "Getting cloud service properties",
    }
}

/// Where a place comes from that nobody chose.
pub fn derived(value: &ClassicDerived) -> String {
    match value {
        ClassicDerived::NetworkGroup(name) => {
            format!("Using the virtual network's affinity group {name}")
        }
        ClassicDerived::NetworkLocation(name) => {
            format!("Using the virtual network's location {name}")
        }
        ClassicDerived::AddressLocation(name) => {
            format!("Using the reserved IP address' location {name}")
        }
        ClassicDerived::ImageLocation(name) => format!("using the VM image location {name}"),
    }
}

/// What the user may want to know.
pub fn warned(warning: ClassicWarning) -> &'static str {
    match warning {
        ClassicWarning::AffinityGroupIgnored => "--affinity-group option will be ignored",
        ClassicWarning::SubnetsIgnored => {
            "--static-ip, --subnet-names will be ignored and the static ip subnet will be used"
        }
    }
}
