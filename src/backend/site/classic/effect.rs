//! What a run makes in classic Azure, as data.

use serde::{Deserialize, Serialize};

use super::fact::Place;
use super::plan::MachineNeeds;
use super::task::ClassicTask;
use crate::backend::ImageKind;

/// One thing that a run makes in classic Azure, with all that its making needs but secrets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[non_exhaustive]
pub enum ClassicEffect {
    /// The cloud service, with its public name.
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
        /// The addresses of the disks for which the cloud chose them, once it has told.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        chosen: Vec<String>,
        /// What its making needs; none of a machine that was found.
        needs: Option<Box<MachineNeeds>>,
    },
    /// A disk of a machine that went without it. It comes with the machine, so nobody asks for it.
    Disk {
        /// The host that the machine belongs to.
        host: String,
        /// The machine.
        machine: String,
        /// The address of its blob.
        address: String,
    },
}

/// What is said of a disk that would go with its machine.
pub(crate) fn attached_disk(disk: &str) -> String {
    format!("data disk `{disk}`, which was attached later,")
}

/// What is said of a machine that uses a disk now.
pub(crate) fn disk_user(machine: &str, host: &str) -> String {
    format!("virtual machine `{machine}` of cloud service `{host}`, which uses it now,")
}

impl ClassicEffect {
    /// Whether every data disk of the machine came to it later: those of a machine's image come with
    /// it.
    pub(crate) fn has_only_attached_disks(&self) -> bool {
        let needs = self.machine();
        needs.is_none_or(|needs| needs.machine.common.image.kind == ImageKind::Disk)
    }

    /// Does it take a name that only one may have?
    pub(crate) fn takes_a_name(&self) -> bool {
        matches!(self, Self::Host { .. } | Self::Account { .. })
    }

    /// Does the cloud choose where a disk of the machine goes?
    pub(crate) fn has_disks_of_the_clouds_choice(&self) -> bool {
        matches!(self, Self::Machine { disk, .. } if disk.is_none() || !self.has_only_attached_disks())
    }

    /// What stays when it goes some other way than by its undo.
    pub(crate) fn rests(&self) -> Vec<Self> {
        let Self::Machine {
            host,
            name,
            disk,
            chosen,
            ..
        } = self
        else {
            return Vec::new();
        };
        // The disks of a machine's image are copied to addresses of the cloud's choice.
        let disk = disk.iter().filter(|_| self.has_only_attached_disks());
        let all = disk.chain(chosen);
        all.map(|address| Self::Disk {
            host: host.clone(),
            machine: name.clone(),
            address: address.clone(),
        })
        .collect()
    }

    /// Is it a part of what `whole` makes, so that it goes with it?
    pub(crate) fn is_part_of(&self, whole: &Self) -> bool {
        matches!(self, Self::Disk { .. }) && whole.rests().contains(self)
    }

    /// What it does, for the user.
    pub fn task(&self) -> ClassicTask {
        match self {
            Self::Host { name, place } => ClassicTask::CreateHost {
                name: name.clone(),
                place: place.name().to_owned(),
            },
            Self::Account { name, given, .. } => ClassicTask::ChooseStorage {
                name: name.clone(),
                made: !given,
            },
            Self::Certificate {
                host, thumbprint, ..
            } => ClassicTask::AddCertificate {
                host: host.clone(),
                thumbprint: thumbprint.clone(),
            },
            Self::Machine {
                host, name, joins, ..
            } => ClassicTask::CreateMachine {
                host: host.clone(),
                name: name.clone(),
                joins: joins.is_some(),
            },
            Self::Disk {
                host,
                machine,
                address,
            } => ClassicTask::KeepDisk {
                host: host.clone(),
                machine: machine.clone(),
                address: address.clone(),
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
            Self::Disk { address, .. } => address,
        }
    }

    /// The host that it lies in, if it lies in one.
    pub fn parent(&self) -> Option<&str> {
        match self {
            Self::Host { .. } | Self::Account { .. } => None,
            Self::Certificate { host, .. }
            | Self::Machine { host, .. }
            | Self::Disk { host, .. } => Some(host),
        }
    }

    /// What its making needs, when it is a machine of which that is known.
    pub fn machine(&self) -> Option<&MachineNeeds> {
        match self {
            Self::Machine { needs, .. } => needs.as_deref(),
            _ => None,
        }
    }
}
