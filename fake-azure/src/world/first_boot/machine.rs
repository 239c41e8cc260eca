//! What a machine is before its first boot.

use std::borrow::Cow;
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
    /// `/etc/os-release` of its system; empty where none is known.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) os_release: String,
    /// What it runs on.
    #[serde(default)]
    pub(crate) hardware: Hardware,
}

/// What a machine runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Hardware {
    /// Number of virtual processors.
    pub(crate) cores: u32,
    /// Memory in MiB.
    pub(crate) memory_mb: u32,
}

impl Default for Hardware {
    /// The smallest that there is.
    fn default() -> Self {
        Self {
            cores: 1,
            memory_mb: 1792,
        }
    }
}

impl Machine {
    /// `/etc/os-release` of its system, or of a usual one of its family.
    pub(super) fn os_release(&self) -> Cow<'_, str> {
        if self.os_release.is_empty() {
            self.image.os_release().into()
        } else {
            Cow::Borrowed(&self.os_release)
        }
    }

    /// What `/etc/os-release` tells under a name; nothing where it tells nothing.
    pub(super) fn release(&self, name: &str) -> String {
        let told = self.os_release();
        let mut lines = told.lines().filter_map(|line| line.split_once('='));
        let value = lines.find(|(key, _)| *key == name).map(|(_, value)| value);
        value.unwrap_or_default().trim_matches('"').to_owned()
    }
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

    fn os_release(self) -> &'static str {
        match self {
            Self::Ubuntu => {
                "PRETTY_NAME=\"Ubuntu 22.04.5 LTS\"\nNAME=\"Ubuntu\"\nVERSION_ID=\"22.04\"\n\
                VERSION=\"22.04.5 LTS (Jammy Jellyfish)\"\nVERSION_CODENAME=jammy\nID=ubuntu\nID_LIKE=debian\n\
                UBUNTU_CODENAME=jammy\n"
            }
            Self::Debian => {
                "PRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\nNAME=\"Debian GNU/Linux\"\n\
                VERSION_ID=\"12\"\nVERSION=\"12 (bookworm)\"\nVERSION_CODENAME=bookworm\nID=debian\n"
            }
            Self::Other => {
                "PRETTY_NAME=\"Linux 9\"\nNAME=\"Linux\"\nID=linux\nVERSION_ID=\"9\"\nVERSION=\"9\"\n"
            }
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
