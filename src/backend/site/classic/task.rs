//! What the steps of a create in classic Azure do.

use serde::Serialize;

/// One thing that a run makes in classic Azure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "task", rename_all = "snake_case")]
#[non_exhaustive]
pub enum ClassicTask {
    /// The cloud service, with its public name.
    CreateHost {
        /// Its name.
        name: String,
        /// Where.
        place: String,
    },
    /// The account that holds the disk.
    ChooseStorage {
        /// Its name.
        name: String,
        /// Is it made, rather than found?
        made: bool,
    },
    /// The certificate that opens ssh.
    AddCertificate {
        /// The host that gets it.
        host: String,
        /// The SHA-1 of the certificate, in upper-case hexadecimal digits.
        thumbprint: String,
    },
    /// The machine itself.
    CreateMachine {
        /// The host it belongs to.
        host: String,
        /// Its name.
        name: String,
        /// Does it join machines that are there already?
        joins: bool,
    },
    /// A disk of the machine, which comes with it.
    KeepDisk {
        /// The host that the machine belongs to.
        host: String,
        /// The machine.
        machine: String,
        /// The address of its blob.
        address: String,
    },
}

impl ClassicTask {
    /// A short name, the same in every run.
    pub fn name(&self) -> &'static str {
        match self {
            Self::CreateHost { .. } => "create host",
            Self::ChooseStorage { made: true, .. } => "create storage account",
            Self::ChooseStorage { made: false, .. } => "choose storage account",
            Self::AddCertificate { .. } => "add certificate",
            Self::CreateMachine { joins: false, .. } => "create machine",
            Self::CreateMachine { joins: true, .. } => "add machine",
            Self::KeepDisk { .. } => "keep disk",
        }
    }
}
