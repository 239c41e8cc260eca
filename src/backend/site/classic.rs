//! What only classic Azure knows of places, networks, addresses and disks.

mod cloud;
mod effect;
mod fact;
mod key;
mod plan;
mod task;

use super::{Setup, Site};
use crate::domain::Port;

pub use cloud::{Cloud, PUBLIC_CLOUD};
pub use effect::ClassicEffect;
pub(crate) use effect::{attached_disk, disk_user};
pub use fact::{AffinityGroup, Facts, Network, Place, ReservedAddress, Subnet, holds_disks};
pub use key::CertificateKey;
pub(in crate::backend) use key::{certified, to_upload};
pub use plan::{ClassicPlan, DiskPlan, Interface, MachineNeeds, MachineParts, NeededMachine};
pub use task::ClassicTask;

/// Where the Docker VM extension of 2014 lets the daemon listen.
pub const DOCKER_PORT: Port = Port::known(4243);

impl Site {
    /// Classic Azure; the size and Docker's port are the 2014 CLI's choice.
    pub const CLASSIC: Self = Self {
        host: "cloud service",
        default_size: "Small",
        docker: DOCKER_PORT,
        ssh: Port::SSH,
        remote_desktop: Port::RDP,
        custom_data: 65_535,
        guessed_passwords: &[],
        windows_name: 15,
        setup: Setup {
            name: "extension",
            working: "the Docker extension is being installed",
            silent: "the agent has not reported on the Docker extension yet",
        },
        own_certificates: false,
    };
}
