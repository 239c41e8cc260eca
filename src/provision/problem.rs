//! Why a machine cannot be made, found before anything is.

use crate::backend;
use crate::domain::{NameError, PasswordError, UserNameError};

/// What is wrong with an order, or with what it meets in the cloud.
///
/// The words are those of the 2014 CLI where it had any: scripts match on them.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    /// The cloud did not answer a question, or refused it.
    #[error(transparent)]
    Backend(#[from] backend::Error),
    /// The user name breaks a rule.
    #[error(transparent)]
    User(#[from] UserNameError),
    /// The machine's name breaks a rule.
    #[error(transparent)]
    Name(#[from] NameError),
    /// Nobody to let in.
    #[error("--userName is required when <image> is an OS image or a generalized image")]
    NoUser,
    /// The password breaks a rule.
    #[error(transparent)]
    Password(#[from] PasswordError),
    /// No password, and nobody to ask; in the asker's words.
    #[error("{0}")]
    NoPassword(String),
    /// Keys and password rules make sense with ssh alone.
    #[error(
        "--no-ssh-password, --ssh-cert and --generate-ssh-keys can only be used with --ssh or --no-ssh-endpoint parameter"
    )]
    SshOptionsWithoutSsh,
    /// Without password and without key nobody could enter.
    #[error(
        "--no-ssh-password can only be used with the --ssh-cert or --generate-ssh-keys parameter"
    )]
    NoPasswordWithoutKey,
    /// An option makes sense in a virtual network alone.
    #[error("--virtual-network-name must be specified when the {0} option is given")]
    NeedsNetwork(&'static str),
    /// Interfaces need a network and a first subnet.
    #[error(
        "--virtual-network-name and --subnet-names must be specified when the --nic-config option is given"
    )]
    InterfacesNeedNetwork,
    /// Two endpoints, one port.
    #[error(
        "Port {0} is already in use by one of the endpoints in this deployment. Ensure that the port numbers are unique across endpoints within a deployment."
    )]
    PortTaken(u16),
    /// Two endpoints, one port inside the machine.
    #[error(
        "Local Port {port} for endpoint {endpoint} is already in use by one of the other endpoints in this role. Ensure that the local port numbers are unique across endpoints within a role."
    )]
    LocalPortTaken {
        /// The port.
        port: u16,
        /// The endpoint that came second.
        endpoint: &'static str,
    },
    /// A reserved address stands before endpoints.
    #[error("reserved IP address `{0}` needs an endpoint, and the machine has none")]
    AddressWithoutEndpoint(String),
    /// Disks are made in containers.
    #[error("--blob-url `{0}` names no container: a disk cannot be made at the root of an account")]
    NoContainer(String),
    /// Custom data beyond the service's limit.
    #[error("--custom-data must be less than 64 KB")]
    CustomDataTooLong,
    /// Where community images came from is gone.
    #[error("community image `{0}` cannot be fetched: VM Depot, where they came from, is closed")]
    CommunityImage(String),
    /// No such image.
    #[error("Image \"{name}\" not found")]
    ImageNotFound {
        /// What was asked for.
        name: String,
        /// Names that come near.
        near: Vec<String>,
    },
    /// More than one image family fits.
    #[error("Image \"{name}\" is ambiguous")]
    ImageAmbiguous {
        /// What was asked for.
        name: String,
        /// What fits.
        matches: Vec<String>,
    },
    /// Docker hosts are Linux machines.
    #[error("image `{0}` holds Windows; a Docker host needs a Linux image")]
    NotLinux(String),
    /// The image is kept elsewhere.
    #[error("image `{image}` is not available in {location}")]
    ImageElsewhere {
        /// The image.
        image: String,
        /// The place.
        location: String,
    },
    /// No such virtual network.
    #[error("Virtual network with name {0} not found")]
    NetworkNotFound(String),
    /// No such subnet.
    #[error("subnet `{subnet}` not found in virtual network `{network}`")]
    SubnetNotFound {
        /// The subnet.
        subnet: String,
        /// The network.
        network: String,
    },
    /// The address lies outside.
    #[error("static address `{address}` lies in no subnet of virtual network `{network}`")]
    AddressOutside {
        /// The address.
        address: std::net::Ipv4Addr,
        /// The network.
        network: String,
    },
    /// No such reserved address.
    #[error("reserved IP address `{0}` not found")]
    AddressNotFound(String),
    /// Somebody uses it.
    #[error("reserved IP address `{address}` is in use by cloud service `{host}`")]
    AddressInUse {
        /// The address.
        address: String,
        /// Its user.
        host: String,
    },
    /// Two places.
    #[error("both --location and --affinitygroup options are specified")]
    TwoPlaces,
    /// No place.
    #[error("location or affinity group is required for a new cloud service")]
    NoPlace,
    /// No such location.
    #[error("No location found which has DisplayName or Name same as value of --location")]
    LocationNotFound {
        /// What was asked for.
        name: String,
        /// Those that are.
        known: Vec<String>,
    },
    /// No such group.
    #[error("No affinity group found with name {0}")]
    AffinityGroupNotFound(String),
    /// No machines there.
    #[error("the given location '{0}' does not support PersistentVMRole service")]
    LocationWithoutMachines(String),
    /// No machines there.
    #[error("the given affinity group '{0}' does not support PersistentVMRole service")]
    AffinityGroupWithoutMachines(String),
    /// Two wishes that exclude each other; in the 2014 CLI's words.
    #[error("{0}")]
    PlacesDiffer(String),
    /// No such size there.
    #[error("size `{size}` is not offered in {place}")]
    SizeNotOffered {
        /// The size.
        size: String,
        /// The place.
        place: String,
        /// Those that are.
        offered: Vec<String>,
    },
    /// The public name cannot be had.
    #[error("`{name}` cannot be used: {reason}")]
    NameTaken {
        /// The name.
        name: String,
        /// In the cloud's words.
        reason: String,
    },
    /// Machines are there, and joining them was not asked for.
    #[error("A VM with dns prefix \"{0}\" already exists")]
    HostInhabited(String),
    /// The machines that are there live in another network.
    #[error("The existing deployment does not belong to virtual network {0}")]
    OtherNetwork(String),
    /// An earlier run for something else is unfinished.
    #[error("what an earlier command began to make as `{0}` is unfinished")]
    Unfinished(String),
    /// An earlier removal is unfinished.
    #[error("`{0}` is half removed")]
    BeingRemoved(String),
    /// The certificates that a machine was given are gone.
    #[error("the certificates that the machine was given lie in `{}` no more", .0.display())]
    CertificatesLost(std::path::PathBuf),
    /// The data for the first boot is not what it was.
    #[error("the custom data file `{}` is not there any more as it was", .0.display())]
    CustomDataLost(std::path::PathBuf),
    /// A machine of this name is there.
    #[error("a machine `{machine}` exists in `{host}`")]
    MachineExists {
        /// The machine.
        machine: String,
        /// The host.
        host: String,
    },
}
