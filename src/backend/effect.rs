//! What a run makes, as data: what is asked for, looked up and taken back, by whoever holds the list.

use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use super::site::classic::MachineNeeds;
use super::{Accepted, Place, Task};

/// One thing that a run makes, with all that its making needs but secrets.
///
/// A run is a list of them. Dry run, progress, undo, resuming and removal read that list, and it can
/// be kept in a file: another process goes on where the one that wrote it ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Effect {
    /// The public name and what belongs to it.
    Host {
        /// Its name.
        name: String,
        /// Where it lies.
        place: Place,
    },
    /// The account that holds the disk.
    Account {
        /// Its name.
        name: String,
        /// Where it lies.
        place: Place,
        /// Was it there before the run? Then it is nobody's to take back.
        given: bool,
    },
    /// The certificate that opens ssh.
    Certificate {
        /// The host that gets it.
        host: String,
        /// The SHA-1 of the certificate, in upper-case hexadecimal digits.
        thumbprint: String,
        /// The certificate as PEM text.
        pem: String,
    },
    /// The machine itself.
    Machine {
        /// The host it belongs to.
        host: String,
        /// Its name.
        name: String,
        /// The deployment that it joins; none when it makes its own.
        joins: Option<String>,
        /// The address of the disk that it boots from, as far as it is known beforehand. No other
        /// machine of the name has it.
        disk: Option<String>,
        /// What its making needs; none of a machine that was found.
        needs: Option<Box<MachineNeeds>>,
    },
}

/// What an effect needs and no list holds.
#[derive(Debug, Clone, Default)]
pub struct Secrets {
    /// The password of the machine's user.
    pub password: Option<SecretString>,
    /// Data handed to the system at its first boot; nobody knows what its owner put there.
    pub custom_data: Option<Vec<u8>>,
    /// What the Docker daemon speaks TLS with.
    pub daemon: Option<DaemonCertificates>,
}

/// What the daemon gets to speak TLS with, as PEM.
#[derive(Debug, Clone)]
pub struct DaemonCertificates {
    /// The authority whose clients are let in.
    pub ca: String,
    /// The daemon's certificate.
    pub certificate: String,
    /// The daemon's key.
    pub key: SecretString,
}

/// What a request led to.
#[must_use = "an accepted request is not done; settle it with `BackendExt::settle_begun`"]
#[derive(Debug, PartialEq, Eq)]
pub enum Begun {
    /// It is carried out.
    Done,
    /// The cloud has taken it on.
    Accepted(Accepted),
}

/// What a look finds of an effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trace {
    /// Nothing is there.
    Absent,
    /// It is being made or unmade.
    Underway,
    /// It is there.
    Present,
    /// Something of its name is there that another made.
    Foreign,
}

impl Effect {
    /// What it does, for the user.
    pub fn task(&self) -> Task {
        match self {
            Self::Host { name, place } => Task::CreateHost {
                name: name.clone(),
                place: place.name().to_owned(),
            },
            Self::Account { name, given, .. } => Task::ChooseStorage {
                name: name.clone(),
                made: !given,
            },
            Self::Certificate {
                host, thumbprint, ..
            } => Task::AddCertificate {
                host: host.clone(),
                thumbprint: thumbprint.clone(),
            },
            Self::Machine {
                host, name, joins, ..
            } => Task::CreateMachine {
                host: host.clone(),
                name: name.clone(),
                joins: joins.is_some(),
            },
        }
    }

    /// Its name among those of its kind.
    pub fn name(&self) -> &str {
        match self {
            Self::Host { name, .. } | Self::Account { name, .. } | Self::Machine { name, .. } => {
                name
            }
            Self::Certificate { thumbprint, .. } => thumbprint,
        }
    }

    /// The host that it lies in, if it lies in one.
    pub fn parent(&self) -> Option<&str> {
        match self {
            Self::Host { .. } | Self::Account { .. } => None,
            Self::Certificate { host, .. } | Self::Machine { host, .. } => Some(host),
        }
    }

    /// Did it stand before the run, so that it is not the run's to take back?
    pub fn is_given(&self) -> bool {
        matches!(self, Self::Account { given: true, .. })
    }

    /// What its making needs, when it is a machine of which that is known.
    pub fn machine(&self) -> Option<&MachineNeeds> {
        match self {
            Self::Machine { needs, .. } => needs.as_deref(),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_effect_comes_back_as_it_was_written() {
        let effects = [
            Effect::Host {
                name: "web".to_owned(),
                place: Place::Location("West US".to_owned()),
            },
            Effect::Account {
                name: "web1".to_owned(),
                place: Place::AffinityGroup("near".to_owned()),
                given: true,
            },
            Effect::Machine {
                host: "web".to_owned(),
                name: "web-2".to_owned(),
                joins: Some("web".to_owned()),
                disk: None,
                needs: None,
            },
        ];

        let text = serde_json::to_string(&effects).unwrap();

        assert_eq!(
            serde_json::from_str::<Vec<Effect>>(&text).unwrap(),
            effects,
            "{text}"
        );
    }
}
