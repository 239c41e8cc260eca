//! Why a machine cannot be made, found before anything is.

use super::difference::Difference;
use super::site::classic::problem::ClassicProblem;
use super::site::resource_manager::problem::ResourceProblem;
use crate::backend;
use crate::domain::{NameError, PasswordError, Port, RoleSizeError, UserNameError};

/// What is wrong with an order, or with what it meets in the cloud.
///
/// A reason and what it is about. How it is told, with the options of the line that was typed, is
/// the commands' table; what is written here is for those who have no such line.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    /// The cloud did not answer a question, or refused it.
    #[error(transparent)]
    Backend(#[from] backend::Error),
    /// What only classic Azure knows is wrong.
    #[error(transparent)]
    Classic(#[from] ClassicProblem),
    /// What only Resource Manager knows is wrong.
    #[error(transparent)]
    ResourceManager(#[from] ResourceProblem),
    /// The user name breaks a rule.
    #[error(transparent)]
    User(#[from] UserNameError),
    /// The machine's name breaks a rule.
    #[error(transparent)]
    Name(#[from] NameError),
    /// The order is for another cloud.
    #[error("what was ordered is to be had in another cloud")]
    OtherCloud,
    /// No size can be called so.
    #[error(transparent)]
    Size(#[from] RoleSizeError),
    /// Nobody to let in.
    #[error("no user was named")]
    NoUser,
    /// The password breaks a rule.
    #[error(transparent)]
    Password(#[from] PasswordError),
    /// No password, and nobody to ask; in the asker's words.
    #[error("{0}")]
    NoPassword(String),
    /// Keys and password rules make sense with ssh alone.
    #[error("keys and password rules were given without ssh")]
    SshOptionsWithoutSsh,
    /// Without password and without key nobody could enter.
    #[error("without password and key nobody could enter")]
    NoPasswordWithoutKey,
    /// Two endpoints, one port.
    #[error("port {0} is taken by another endpoint")]
    PortTaken(Port),
    /// Two endpoints, one port inside the machine.
    #[error("local port {port} for endpoint {endpoint} is taken by another endpoint")]
    LocalPortTaken {
        /// The port.
        port: Port,
        /// The endpoint that came second.
        endpoint: &'static str,
    },
    /// Custom data beyond the cloud's limit.
    #[error("the custom data is longer than {most} bytes")]
    CustomDataTooLong {
        /// The most that is taken.
        most: usize,
    },
    /// No such image.
    #[error("image `{name}` not found")]
    ImageNotFound {
        /// What was asked for.
        name: String,
        /// Names that come near.
        near: Vec<String>,
        /// All names, where they are few.
        few: Vec<String>,
    },
    /// More than one image family fits.
    #[error("image `{name}` is ambiguous")]
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
    /// No place.
    #[error("a new host needs a place")]
    NoPlace,
    /// No such location.
    #[error("location `{name}` not found")]
    LocationNotFound {
        /// What was asked for.
        name: String,
        /// Those that are.
        known: Vec<String>,
    },
    /// No machines there.
    #[error("location `{0}` has no virtual machines")]
    LocationWithoutMachines(String),
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
    /// The public name breaks a rule.
    #[error("`{0}` is no name of a host")]
    HostName(String),
    /// Machines are there, and joining them was not asked for.
    #[error("`{0}` has a machine already")]
    HostInhabited(String),
    /// An earlier run for something else is unfinished.
    #[error("what an earlier command began to make as `{host}` is unfinished")]
    Unfinished {
        /// The host.
        host: String,
        /// In what this one asks for something else.
        differences: Vec<Difference>,
        /// Is a password needed to go on with it?
        needs_password: bool,
    },
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
