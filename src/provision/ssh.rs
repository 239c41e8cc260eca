//! How a machine is entered over ssh.

use serde::{Deserialize, Serialize};

use super::problem::Problem;
use crate::backend::SshKey;
use crate::domain::Port;

/// How ssh is wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SshWish {
    /// The public port.
    pub endpoint: SshEndpoint,
    /// The key.
    pub key: KeyWish,
    /// Is the password to be left out?
    pub without_password: bool,
}

/// The public port for ssh.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum SshEndpoint {
    /// Ssh was not asked for.
    #[default]
    Unwanted,
    /// Ssh without a public port.
    Hidden,
    /// This one.
    Port(Port),
}

/// The key that opens ssh.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum KeyWish {
    /// None.
    #[default]
    Absent,
    /// A given one.
    Given(SshKey),
    /// One to be made, or made before.
    Generated,
}

impl SshWish {
    /// The public port, unless there is to be none.
    pub fn port(&self) -> Option<Port> {
        match self.endpoint {
            SshEndpoint::Port(port) => Some(port),
            SshEndpoint::Unwanted | SshEndpoint::Hidden => None,
        }
    }

    /// The same wish, its key told by its name alone.
    pub(super) fn without_text(&self) -> Self {
        let mut wish = self.clone();
        if let KeyWish::Given(key) = &self.key {
            wish.key = KeyWish::Given(key.without_text());
        }
        wish
    }

    /// Is anything about ssh wanted?
    pub fn is_wanted(&self) -> bool {
        self.endpoint != SshEndpoint::Unwanted
    }

    /// Checks the rules between the options.
    pub fn check(&self) -> Result<(), Problem> {
        let with_key = !matches!(self.key, KeyWish::Absent);
        if !self.is_wanted() && (self.without_password || with_key) {
            return Err(Problem::SshOptionsWithoutSsh);
        }
        if self.without_password && !with_key {
            return Err(Problem::NoPasswordWithoutKey);
        }
        Ok(())
    }
}
