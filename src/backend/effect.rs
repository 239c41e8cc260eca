//! What a run makes, as data: what is asked for, looked up and taken back, by whoever holds the list.

use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use super::site::classic::ClassicEffect;
use super::site::resource_manager::ResourceEffect;
use super::{Accepted, Machine, MachinePlan, Task};

/// One thing that a run makes, with all that its making needs but secrets.
///
/// A run is a list of them. Dry run, progress, undo, resuming and removal read that list, and it can
/// be kept in a file: another process goes on where the one that wrote it ended. The kinds of things
/// are each cloud's own; what a run has to know of any is told here. In a file the kind tells whose
/// it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum Effect {
    /// In classic Azure.
    Classic(ClassicEffect),
    /// In Resource Manager.
    ResourceManager(ResourceEffect),
}

impl From<ResourceEffect> for Effect {
    fn from(effect: ResourceEffect) -> Self {
        Self::ResourceManager(effect)
    }
}

impl From<ClassicEffect> for Effect {
    fn from(effect: ClassicEffect) -> Self {
        Self::Classic(effect)
    }
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
    /// It is there already, and another's, who lets others in: it is used, and stays theirs.
    Standing,
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
    /// It is there, and its making failed.
    Failed,
    /// Something of its name is there that another made.
    Foreign,
}

impl Effect {
    /// What it does, for the user.
    pub fn task(&self) -> Task {
        match self {
            Self::Classic(effect) => Task::Classic(effect.task()),
            Self::ResourceManager(effect) => Task::ResourceManager(effect.task()),
        }
    }

    /// Its name among those of its kind.
    pub fn name(&self) -> &str {
        match self {
            Self::Classic(effect) => effect.name(),
            Self::ResourceManager(effect) => &effect.at().name,
        }
    }

    /// The host that it lies in, if it lies in one.
    pub fn parent(&self) -> Option<&str> {
        match self {
            Self::Classic(effect) => effect.parent(),
            Self::ResourceManager(effect) => Some(&effect.at().group),
        }
    }

    /// Did it stand before the run, so that it is not the run's to take back?
    pub fn is_given(&self) -> bool {
        matches!(
            self,
            Self::Classic(ClassicEffect::Account { given: true, .. })
        )
    }

    /// Is it the public name of a host, with what belongs to it?
    pub fn is_host(&self) -> bool {
        matches!(
            self,
            Self::Classic(ClassicEffect::Host { .. })
                | Self::ResourceManager(ResourceEffect::ResourceGroup { .. })
        )
    }

    /// Is it a machine?
    pub fn is_machine(&self) -> bool {
        matches!(
            self,
            Self::Classic(ClassicEffect::Machine { .. })
                | Self::ResourceManager(ResourceEffect::VirtualMachine { .. })
        )
    }

    /// Is its name nobody else's where the host is the run's own?
    pub fn is_the_hosts_own(&self) -> bool {
        matches!(
            self,
            Self::Classic(ClassicEffect::Machine { joins: None, .. })
        )
    }

    /// Does a look tell the run that made it?
    pub fn tells_its_run(&self) -> bool {
        matches!(self, Self::ResourceManager(_))
    }

    /// Does all that the run made go with it?
    pub fn holds_all(&self) -> bool {
        matches!(
            self,
            Self::ResourceManager(ResourceEffect::ResourceGroup { .. })
        )
    }

    /// May others be in it as soon as it is there? Nobody comes to use a certificate that a run has
    /// just put there.
    pub fn may_be_shared(&self) -> bool {
        !matches!(self, Self::Classic(ClassicEffect::Certificate { .. }))
    }

    /// What stays when it goes some other way than by its undo: disks, when somebody else deletes the
    /// machine. It is the run's as the effect is.
    pub fn rests(&self) -> Vec<Self> {
        match self {
            Self::Classic(effect) => effect.rests().into_iter().map(Self::Classic).collect(),
            // Each of them is an effect of its own.
            Self::ResourceManager(_) => Vec::new(),
        }
    }

    /// Is it a part of what `whole` makes, so that it goes with it?
    pub fn is_part_of(&self, whole: &Self) -> bool {
        match (self, whole) {
            (Self::Classic(effect), Self::Classic(whole)) => effect.is_part_of(whole),
            _ => false,
        }
    }

    /// Does the cloud choose, as it makes the machine, what of it stays then?
    pub fn has_rests_of_the_clouds_choice(&self) -> bool {
        match self {
            Self::Classic(effect) => effect.has_disks_of_the_clouds_choice(),
            Self::ResourceManager(_) => false,
        }
    }

    /// Keeps what the cloud chose, as the machine that was made shows it.
    pub fn learn(&mut self, made: &Machine) {
        if let Self::Classic(ClassicEffect::Machine { chosen, .. }) = self {
            *chosen = made.disks().map(str::to_owned).collect();
        }
    }

    /// The machine that it makes, when that is known.
    pub fn machine(&self) -> Option<&MachinePlan> {
        match self {
            Self::Classic(effect) => Some(&effect.machine()?.machine.common),
            Self::ResourceManager(effect) => effect.machine(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::Place;

    #[test]
    fn an_effect_comes_back_as_it_was_written() {
        let effects = [
            ClassicEffect::Host {
                name: "web".to_owned(),
                place: Place::Location("West US".to_owned()),
            },
            ClassicEffect::Account {
                name: "web1".to_owned(),
                place: Place::AffinityGroup("near".to_owned()),
                given: true,
            },
            ClassicEffect::Machine {
                host: "web".to_owned(),
                name: "web-2".to_owned(),
                joins: Some("web".to_owned()),
                disk: None,
                chosen: Vec::new(),
                needs: None,
            },
        ]
        .map(Effect::Classic);

        let text = serde_json::to_string(&effects).unwrap();

        assert_eq!(
            serde_json::from_str::<Vec<Effect>>(&text).unwrap(),
            effects,
            "{text}"
        );
    }
}
