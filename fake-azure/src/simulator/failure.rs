//! Why a simulator could not be started.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

use crate::asm::Refused;
use crate::credentials::CredentialsError;
use crate::faults::FaultPlanError;
use crate::guest::real_engine::EngineAway;
use crate::scripts::ScriptsError;
use crate::state::StateError;
use crate::world::{Prefix, Refusal, SubscriptionId};

/// Why a simulator could not be started.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// The address cannot be listened on.
    #[error("cannot listen on {address}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// There is no block of loopback addresses left.
    #[error("no block of loopback addresses is free for the simulated machines")]
    Addresses(#[source] io::Error),
    /// A file of the simulator's cannot be made.
    #[error("`{}` cannot be made", path.display())]
    File {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// Its credentials cannot be made or read.
    #[error(transparent)]
    Credentials(#[from] CredentialsError),
    /// The system gives no thread.
    #[error("there is no thread for the simulator to run on")]
    Thread(#[source] io::Error),
    /// TLS cannot be set up.
    #[error("TLS cannot be set up")]
    Tls(#[from] rustls::Error),
    /// The state file cannot be used.
    #[error(transparent)]
    State(#[from] StateError),
    /// The addresses that the machines had are not to be had again.
    #[error("the machines' addresses, {prefix}, are another simulator's")]
    OldAddresses {
        /// The block.
        prefix: Prefix,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The state file tells of other credentials.
    #[error(
        "the state is of other credentials: it knows no subscription `{0}`; start with those that it was made with"
    )]
    OtherCredentials(SubscriptionId),
    /// The real engine is not there.
    #[error(transparent)]
    Engine(#[from] EngineAway),
    /// The scripts of containers cannot be read.
    #[error(transparent)]
    Scripts(#[from] ScriptsError),
    /// A file of faults cannot be read.
    #[error(transparent)]
    Faults(#[from] FaultPlanError),
    /// What is to be there from the start does not fit together.
    #[error("the world cannot be set up: {0}")]
    Seed(String),
}

impl From<Refusal> for StartError {
    fn from(refusal: Refusal) -> Self {
        Self::Seed(Refused::from(refusal).to_string())
    }
}
