//! Affinity groups: things that are to be near each other.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Refusal;
use super::change::Change;
use super::decision::{Decided, Scope};
use super::refusal::Thing;
use super::service::Place;
use super::view::View;
use crate::world::names::{Name, is_plain};

/// An affinity group.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AffinityGroup {
    /// Its name.
    pub name: Name,
    /// What it is called: base64, as it was sent.
    pub label: String,
    /// What it is for.
    pub description: Option<String>,
    /// Its region.
    pub location: Name,
    /// When it was made.
    pub created: Timestamp,
}

/// What can be asked about affinity groups.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Command {
    /// Make one.
    Create {
        /// Its name.
        name: Name,
        /// What it is called: base64.
        label: String,
        /// What it is for.
        description: Option<String>,
        /// Its region.
        location: Name,
    },
    /// Change what one is called and what it is for.
    Update {
        /// Its name.
        name: Name,
        /// What it is called: base64.
        label: String,
        /// What it is for.
        description: Option<String>,
    },
    /// Delete one that nothing is in.
    Delete {
        /// Its name.
        name: Name,
    },
}

impl<'w> View<'w> {
    /// The subscription's affinity groups, by name.
    pub fn affinity_groups(self) -> impl Iterator<Item = &'w AffinityGroup> {
        let held = self.held.into_iter();
        held.flat_map(|s| s.affinity_groups.values())
    }

    /// The affinity group of this name.
    pub fn affinity_group(self, name: &str) -> Result<&'w AffinityGroup, Refusal> {
        self.held
            .and_then(|s| s.affinity_groups.get(name))
            .ok_or_else(|| Refusal::missing(Thing::AffinityGroup, name))
    }

    /// What is in an affinity group, if anything is.
    fn user_of_group(self, name: &str) -> Option<&'w str> {
        let inside = |place: &Place| matches!(place, Place::AffinityGroup(group) if group == name);
        let service = || {
            let mut all = self.services().filter(|s| inside(&s.place));
            all.next().map(|s| s.name.as_str())
        };
        let account = || {
            let mut all = self.storage_accounts().filter(|a| inside(&a.place));
            all.next().map(|a| a.name.as_str())
        };
        let network = || {
            let mut all = self.virtual_networks().filter(|n| inside(&n.place));
            all.next().map(|n| n.name.as_str())
        };
        service().or_else(account).or_else(network)
    }
}

impl Command {
    pub(super) fn decide(self, scope: &mut Scope<'_>) -> Result<Decided, Refusal> {
        match self {
            Self::Create {
                name,
                label,
                description,
                location,
            } => {
                check_name(&name)?;
                if scope.affinity_group(&name).is_ok() {
                    return Err(Refusal::Exists(Thing::AffinityGroup, name));
                }
                let group = AffinityGroup {
                    location: scope.region_of(&Place::Location(location))?,
                    name,
                    label,
                    description,
                    created: scope.now,
                };
                Ok(Decided::done("Create Affinity Group").change(Change::AffinityGroup(group)))
            }
            Self::Update {
                name,
                label,
                description,
            } => {
                let group = AffinityGroup {
                    label,
                    description,
                    ..scope.affinity_group(&name)?.clone()
                };
                Ok(Decided::done("Update Affinity Group").change(Change::AffinityGroup(group)))
            }
            Self::Delete { name } => {
                check_name(&name)?;
                scope.affinity_group(&name)?;
                if let Some(user) = scope.user_of_group(&name) {
                    return Err(Refusal::InUse {
                        what: Thing::AffinityGroup,
                        by: user.to_owned(),
                        name,
                    });
                }
                Ok(Decided::done("Delete Affinity Group").change(Change::NoAffinityGroup(name)))
            }
        }
    }
}

fn check_name(name: &str) -> Result<(), Refusal> {
    if is_plain(name, 63) {
        Ok(())
    } else {
        Err(Refusal::BadName(Thing::AffinityGroup, name.into()))
    }
}
