//! What a start tells of the directory.

use serde::{Deserialize, Serialize};

use super::{ClientSecret, Secret};

/// Who approves the codes that programs show.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
pub enum Approval {
    /// Nobody need: the second time that a program asks, its code is approved
    #[default]
    SecondPoll,
    /// Whoever says so to the admin API: POST /_fake/approve
    ByHand,
}

/// What is told of a directory; the rest follows from the seed.
#[derive(Clone, Debug, Default)]
pub(crate) struct DirectoryTerms {
    pub(crate) tenant: Option<String>,
    pub(crate) domain: Option<String>,
    pub(crate) approval: Approval,
    pub(crate) client_id: Option<String>,
    pub(crate) client_secret: Option<Secret>,
    /// Beside the one that programs are told.
    pub(crate) further_secrets: Vec<ClientSecret>,
    /// Certificates of the application, in DER.
    pub(crate) certificates: Vec<Vec<u8>>,
    /// Names and passwords.
    pub(crate) users: Vec<(String, Secret)>,
}
