//! Virtual machines: what rules and guests go by of them.

use std::net::Ipv4Addr;
use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::extension::Extension;
use super::offers;
use super::offers::images::{self, Generation, System};
use super::offers::sizes::Size;
use super::path::Key;
use super::refusal::Refusal;
use super::resource::{Core, Doing, Resource};
use super::view::View;
use crate::world::docker_settings::DockerSettings;
use crate::world::first_boot::{self, Boot, Power};
use crate::world::flaw::Flaws;
use crate::world::phase::{self, Course, Life};

/// What rules and guests go by of a machine.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Machine {
    /// Tells it from any other machine, before or after.
    pub(crate) serial: u64,
    pub(crate) size: Size,
    /// `Linux` or `Windows`.
    pub(crate) system: String,
    /// What the system calls itself.
    pub(crate) label: String,
    /// What its agent calls it: name and version.
    pub(crate) agent: (String, String),
    /// What hardware its system is for, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) hardware: Option<Hardware>,
    /// The version that `latest` meant.
    pub(crate) exact_version: Option<String>,
    pub(crate) os_disk: OsDisk,
    pub(crate) data_disks: Vec<DataDisk>,
    pub(crate) interfaces: Vec<Attachment>,
    pub(crate) availability_set: Option<Key>,
    pub(crate) computer_name: String,
    pub(crate) life: Life,
    pub(crate) is_generalized: bool,
    /// The digest of its custom data, which nobody is told.
    pub(crate) custom_data: Option<String>,
    /// What it was given to read, in base64; told to those who ask for it by name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) user_data: Option<Box<str>>,
    pub(crate) extensions: Vec<Extension>,
    /// What its boots, and all that was done on it since, came to; none where nobody gave it
    /// anything to do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) boot: Option<Box<Boot>>,
    /// What its Docker daemon listens on, where one runs.
    pub(crate) engine: Option<Arc<DockerSettings>>,
    /// The user that was made on it, and the family of its image: what a boot begins with.
    pub(crate) admin: Option<String>,
    pub(crate) family: first_boot::Image,
    /// What is wrong with it, because somebody arranged it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) flaws: Option<Box<Flaws>>,
}

/// What hardware a system is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Hardware {
    pub(crate) is_second_generation: bool,
    pub(crate) is_arm: bool,
}

impl Hardware {
    /// That of an image of the catalogue.
    pub(super) fn of(image: &offers::images::Image) -> Self {
        Self {
            is_second_generation: image.generation() == Generation::V2,
            is_arm: image.architecture() == ARM,
        }
    }

    /// Refuses a size on which it does not start.
    pub(super) fn check(self, size: Size) -> Result<(), Refusal> {
        let given = if self.is_arm { ARM } else { "x64" };
        if size.architecture() != given {
            return Err(Refusal::SizeOfOtherProcessor {
                size: size.name().to_owned(),
                takes: size.architecture().to_owned(),
                given: given.to_owned(),
            });
        }
        let (starts, generation) = if self.is_second_generation {
            (size.takes_second_generation(), 2)
        } else {
            (size.takes_first_generation(), 1)
        };
        if starts {
            return Ok(());
        }
        Err(Refusal::SizeOfOtherGeneration {
            size: size.name().to_owned(),
            generation,
        })
    }
}

/// The architecture that is not that of most.
const ARM: &str = "Arm64";

/// The disk that a machine boots from.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct OsDisk {
    pub(crate) name: String,
    /// The managed disk; none where a blob is the disk.
    pub(crate) key: Option<Key>,
    pub(crate) size_gb: u32,
    /// Whether it goes with the machine.
    pub(crate) goes: bool,
}

/// A further disk of a machine.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct DataDisk {
    pub(crate) lun: i64,
    pub(crate) name: String,
    pub(crate) key: Option<Key>,
    pub(crate) size_gb: u32,
    pub(crate) goes: bool,
}

/// An interface that a machine has.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Attachment {
    pub(crate) key: Key,
    pub(crate) is_primary: bool,
    /// Whether somebody has said so.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) is_told_primary: bool,
    pub(crate) goes: bool,
}

impl Machine {
    pub(super) fn refers_to(&self) -> Vec<Key> {
        let disks = self.data_disks.iter().filter_map(|disk| disk.key.clone());
        self.interfaces
            .iter()
            .map(|interface| interface.key.clone())
            .chain(self.os_disk.key.clone())
            .chain(disks)
            .chain(self.availability_set.clone())
            .collect()
    }

    /// What its boots came to, to be gone on with; a machine that nobody gave anything to do has
    /// booted all the same.
    pub(super) fn booted(&self, address: Option<Ipv4Addr>, now: Timestamp) -> Box<Boot> {
        match &self.boot {
            Some(boot) => {
                let mut boot = boot.clone();
                boot.move_to(self.hardware());
                boot
            }
            None => Box::new(Boot::of(self.before_boot(address, Vec::new()), None, now)),
        }
    }

    /// What it is before its first boot.
    pub(super) fn before_boot(
        &self,
        address: Option<Ipv4Addr>,
        keys: Vec<String>,
    ) -> first_boot::Machine {
        first_boot::Machine {
            host_name: self.computer_name.clone(),
            image: self.family,
            admin: self.admin.clone(),
            keys,
            address,
            os_release: images::system_called(&self.label)
                .and_then(System::os_release)
                .unwrap_or_default(),
            hardware: self.hardware(),
        }
    }

    fn hardware(&self) -> first_boot::Hardware {
        first_boot::Hardware {
            cores: self.size.cores(),
            memory_mb: self.size.memory_mb(),
        }
    }

    /// Takes on what its boots have come to.
    pub(super) fn take_boot(&mut self, boot: Box<Boot>) {
        let engine = boot.engine().ok();
        // A daemon that was told nothing new goes on as it is.
        if self.engine.as_deref() != engine {
            self.engine = engine.cloned().map(Arc::new);
        }
        self.boot = Some(boot);
    }

    /// Does with its power what its scripts have told it to.
    pub(super) fn obey(&mut self, now: Timestamp) {
        let Course::Up(_) = self.life.course else {
            return;
        };
        match self.told_power() {
            Power::Stay => {}
            Power::Reboot => self.switch_on(Course::Up(phase::Boot::Restart), now),
            Power::Off => self.switch_off(Course::Stopped, now),
        }
    }

    /// What its scripts have told it to do with its power.
    pub(super) fn told_power(&self) -> Power {
        self.boot
            .as_ref()
            .map(|boot| boot.power())
            .unwrap_or_default()
    }

    /// It begins a life, in which what is enabled starts.
    pub(super) fn switch_on(&mut self, course: Course, now: Timestamp) {
        self.life = Life::new(course, now);
        if let Some(mut boot) = self.boot.take() {
            boot.power_on(now);
            self.take_boot(boot);
        }
    }

    /// It comes to rest.
    pub(super) fn switch_off(&mut self, course: Course, now: Timestamp) {
        self.life = Life::new(course, now);
        if let Some(boot) = &mut self.boot {
            boot.power_off();
        }
    }

    /// What goes with the machine: interfaces and disks.
    pub(super) fn goes_along(&self) -> impl Iterator<Item = &Key> {
        let interfaces = self.interfaces.iter().filter(|i| i.goes).map(|i| &i.key);
        let os = self.os_disk.key.iter().filter(|_| self.os_disk.goes);
        let disks = self.data_disks.iter().filter(|disk| disk.goes);
        interfaces
            .chain(os)
            .chain(disks.filter_map(|disk| disk.key.as_ref()))
    }
}

impl<'w> View<'w> {
    /// The machine of a key.
    pub(crate) fn machine_at(self, key: &Key) -> Result<(&'w Machine, &'w Resource), Refusal> {
        let resource = self.held.shelf.get(key);
        match resource.map(|resource| (&resource.core, resource)) {
            Some((Core::Machine(machine), resource)) => Ok((machine, resource)),
            _ => Err(Refusal::NoResource(self.path_of(key))),
        }
    }

    /// Whether the making of a machine failed before it was on hardware.
    pub(super) fn was_never_made(self, resource: &Resource, machine: &Machine) -> bool {
        let pending = resource.pending.as_ref();
        machine.life.course == Course::Deallocated
            && pending.is_some_and(|pending| pending.doing == Doing::Creating)
            && self.provisioning_state(resource) == "Failed"
    }

    /// Whether a machine has given its hardware back.
    pub(super) fn is_deallocated(self, key: &Key) -> bool {
        self.machine_at(key)
            .is_ok_and(|(machine, _)| machine.life.course == Course::Deallocated)
    }

    /// Whether a machine holds its addresses.
    pub(super) fn runs(self, key: &Key) -> bool {
        !self.is_deallocated(key)
    }
}
