//! TCP ports as they are typed.

use std::fmt;
use std::num::NonZeroU16;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A port from 1 to 65535.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Port(NonZeroU16);

impl Port {
    /// Where sshd listens.
    pub const SSH: Self = Self::known(22);
    /// Where Docker listens behind TLS, as registered.
    pub const DOCKER_TLS: Self = Self::known(2376);
    /// Where Remote Desktop listens.
    pub const RDP: Self = Self::known(3389);

    /// A port that is known where the source is written.
    ///
    /// # Panics
    ///
    /// Where that is 0.
    pub const fn known(number: u16) -> Self {
        match NonZeroU16::new(number) {
            Some(number) => Self(number),
            None => panic!("0 is no port"),
        }
    }

    /// Returns the number.
    pub const fn get(self) -> u16 {
        self.0.get()
    }
}

/// Digits alone are a port. The old CLI also took what JavaScript takes for a whole
/// number (`+22`, ` 22`, `0x16`, `22.0`) and sent it as typed, which the service
/// refused with `A parameter was incorrect` after a cloud service had been made.
impl FromStr for Port {
    type Err = PortError;

    fn from_str(text: &str) -> Result<Self, PortError> {
        if text.is_empty() {
            return Err(PortError::Empty);
        }
        if !text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(PortError::NotDigits(text.to_owned()));
        }
        match text.trim_start_matches('0') {
            "" => Err(PortError::Zero),
            digits => digits
                .parse()
                .map(Self)
                .map_err(|_| PortError::TooLarge(text.to_owned())),
        }
    }
}

impl TryFrom<u16> for Port {
    type Error = PortError;

    fn try_from(number: u16) -> Result<Self, PortError> {
        NonZeroU16::new(number).map(Self).ok_or(PortError::Zero)
    }
}

impl From<Port> for u16 {
    fn from(port: Port) -> Self {
        port.get()
    }
}

impl fmt::Display for Port {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Why a text is no port.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PortError {
    /// There is no text.
    #[error("a port is a whole number from 1 to 65535, and none is given")]
    Empty,
    /// Signs, blanks, fractions, letters.
    #[error("`{0}` is no port: a port is a whole number from 1 to 65535")]
    NotDigits(String),
    /// The number 0.
    #[error("0 is no port: a port is a whole number from 1 to 65535")]
    Zero,
    /// A number above 65535.
    #[error("`{0}` is no port: a port is a whole number from 1 to 65535")]
    TooLarge(String),
}

impl PortError {
    /// Returns the old CLI's sentence for an option such as `--ssh [port]`.
    pub fn of_option(&self, option: &str) -> String {
        format!("{option} must be an integer less than or equal to 65535")
    }
}
