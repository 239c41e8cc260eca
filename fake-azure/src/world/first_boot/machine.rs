//! What a machine is before its first boot.

use std::net::Ipv4Addr;

use serde::{Deserialize, Serialize};

/// What a machine is before its first boot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Machine {
    /// The name that it calls itself.
    pub(crate) host_name: String,
    /// What it was made of.
    pub(crate) image: Image,
    /// The user that is made on it, if one is.
    pub(crate) admin: Option<String>,
    /// Who may sign in as that user: lines of `authorized_keys`.
    pub(crate) keys: Vec<String>,
    /// Its private address, if it is known: a daemon listens on no other.
    pub(crate) address: Option<Ipv4Addr>,
}

/// The family of an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Image {
    /// Canonical's.
    Ubuntu,
    /// Debian's and credativ's.
    Debian,
    /// Any other's, whose packages do not come by `apt`.
    Other,
}

impl Image {
    /// The family of an image of the gallery.
    pub(crate) fn of(publisher: &str, offer: &str) -> Self {
        let says = |word: &str| {
            let says = |text: &str| text.to_ascii_lowercase().contains(word);
            says(publisher) || says(offer)
        };
        if says("canonical") || says("ubuntu") {
            Self::Ubuntu
        } else if says("debian") || says("credativ") {
            Self::Debian
        } else {
            Self::Other
        }
    }

    /// Where this family's own package puts dockerd.
    pub(super) const fn packaged_daemon(self) -> &'static str {
        match self {
            Self::Debian => "/usr/sbin/dockerd",
            Self::Ubuntu | Self::Other => "/usr/bin/dockerd",
        }
    }
}
