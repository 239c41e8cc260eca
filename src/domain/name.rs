//! Names of things in the cloud.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The name of a cloud service: the first label of its public name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct ServiceName(String);

impl ServiceName {
    /// Returns the name as it was typed; the service ignores its case.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Is it the same name to the service?
    pub fn is_same(&self, other: &str) -> bool {
        self.0.eq_ignore_ascii_case(other)
    }
}

/// A scheme and a domain are left off: `http://web.cloud.example` means `web`.
impl FromStr for ServiceName {
    type Err = ServiceNameError;

    fn from_str(text: &str) -> Result<Self, ServiceNameError> {
        let host = text.split_once("://").map_or(text, |(_, host)| host);
        let label = host.split('.').next().unwrap_or_default();
        if label.is_empty() {
            return Err(ServiceNameError::Missing);
        }
        if !is_label(label, 63) {
            return Err(ServiceNameError::Invalid(label.to_owned()));
        }
        Ok(Self(label.to_owned()))
    }
}

/// Why a text names no cloud service.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ServiceNameError {
    /// There is no name before the first dot.
    #[error("Missing or invalid dns-name")]
    Missing,
    /// It is no DNS label: 1 to 63 letters, digits and inner hyphens.
    #[error("The hosted service name is invalid.")]
    Invalid(String),
}

impl ServiceNameError {
    /// What a name has to be like.
    pub fn rule(&self) -> String {
        let rule = "the name of a cloud service has 1 to 63 letters, digits and inner hyphens, before the first dot";
        match self {
            Self::Missing => rule.to_owned(),
            Self::Invalid(name) => format!("{rule}; `{name}` has not"),
        }
    }
}

/// A DNS label: letters, digits, and hyphens not at an end.
fn is_label(text: &str, longest: usize) -> bool {
    (1..=longest).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        && !text.starts_with('-')
        && !text.ends_with('-')
}

/// The name of a machine, which is also its host name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct VmName(String);

impl VmName {
    /// The longest name of a Linux machine, in characters.
    pub const LONGEST_LINUX: usize = 64;
    /// The longest computer name of a Windows machine, in characters.
    pub const LONGEST_WINDOWS: usize = 15;

    /// Accepts the name of a Linux machine.
    pub fn for_linux(text: &str) -> Result<Self, NameError> {
        Self::new(text, Self::LONGEST_LINUX)
    }

    /// Accepts the name of a Windows machine.
    pub fn for_windows(text: &str) -> Result<Self, NameError> {
        Self::new(text, Self::LONGEST_WINDOWS)
    }

    fn new(text: &str, most: usize) -> Result<Self, NameError> {
        plain("machine", text, most).map(Self)
    }

    /// Returns the name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The name of a reserved address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct ReservedIpName(String);

impl ReservedIpName {
    /// Returns the name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ReservedIpName {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        plain("reserved address", text, 63).map(Self)
    }
}

fn plain(kind: &'static str, text: &str, most: usize) -> Result<String, NameError> {
    let is = text.chars().count();
    if text.is_empty() {
        return Err(NameError::Empty(kind));
    }
    if is > most {
        return Err(NameError::TooLong { kind, is, most });
    }
    let is_plain = text
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'));
    if !is_plain || text.starts_with(['-', '.', '_']) || text.ends_with(['-', '.']) {
        return Err(NameError::Characters {
            kind,
            name: text.to_owned(),
        });
    }
    Ok(text.to_owned())
}

/// Why a text is no name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// There is none.
    #[error("the name of the {0} is empty")]
    Empty(&'static str),
    /// More characters than allowed.
    #[error("the name of a {kind} has at most {most} characters, this one has {is}")]
    TooLong {
        /// What is named.
        kind: &'static str,
        /// How many there are.
        is: usize,
        /// How many there may be.
        most: usize,
    },
    /// Others than letters, digits and inner hyphens, dots and underscores.
    #[error("`{name}` cannot name a {kind}: letters, digits and inner hyphens can")]
    Characters {
        /// What is named.
        kind: &'static str,
        /// The text.
        name: String,
    },
    /// Not 3 to 24 lower-case letters and digits.
    #[error(
        "The name is not a valid storage account name. Storage account names must be between 3 and \
         24 characters in length and use numbers and lower-case letters only."
    )]
    StorageAccount(String),
}

/// The name of a storage account: 3 to 24 lower-case letters and digits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct StorageAccountName(String);

impl StorageAccountName {
    /// The longest name, in characters.
    pub const LONGEST: usize = 24;

    /// Makes a name of a service's: its letters and digits in lower case, the
    /// milliseconds since 1970, cut to length.
    ///
    /// The old CLI cuts from the end, so that long prefixes collide; here the
    /// prefix gives way to the digits.
    pub fn made_from(prefix: &str, milliseconds: i64) -> Self {
        let digits = milliseconds.unsigned_abs().to_string();
        let room = Self::LONGEST.saturating_sub(digits.len());
        let prefix = prefix
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .map(|c| c.to_ascii_lowercase())
            .take(room);
        Self(prefix.chain(digits.chars()).take(Self::LONGEST).collect())
    }

    /// Returns the name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for StorageAccountName {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        let is_valid = (3..=Self::LONGEST).contains(&text.len())
            && text
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
        if is_valid {
            Ok(Self(text.to_owned()))
        } else {
            Err(NameError::StorageAccount(text.to_owned()))
        }
    }
}

impl TryFrom<String> for ServiceName {
    type Error = ServiceNameError;

    fn try_from(text: String) -> Result<Self, ServiceNameError> {
        text.parse()
    }
}

/// Of whatever system the machine is: the shorter names of Windows are names for Linux, too.
impl TryFrom<String> for VmName {
    type Error = NameError;

    fn try_from(text: String) -> Result<Self, NameError> {
        Self::for_linux(&text)
    }
}

impl From<ServiceName> for String {
    fn from(name: ServiceName) -> Self {
        name.0
    }
}

impl From<VmName> for String {
    fn from(name: VmName) -> Self {
        name.0
    }
}

macro_rules! shown_as_itself {
    ($($name:ty),*) => {$(
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )*};
}

shown_as_itself!(ServiceName, VmName, ReservedIpName, StorageAccountName);
