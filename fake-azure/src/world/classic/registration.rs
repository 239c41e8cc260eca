//! The types of resources that a subscription registers
//! (`PUT services?service=…&action=register`).

use crate::world::word::words;
use serde::{Deserialize, Serialize};

use super::Refusal;
use super::change::Change;
use super::decision::{Decided, Scope};
use super::refusal::Thing;
use crate::world::Name;

words! {
    /// A type of resources that can be registered.
    pub enum ResourceType {
        /// Web sites.
        Website = "website",
        /// Web sites, too.
        Web = "web",
        /// Mobile services.
        MobileService = "mobileservice",
    }
}

impl ResourceType {
    /// The type of this name.
    fn named(name: &Name) -> Option<Self> {
        let mut all = Self::ALL.iter().copied();
        all.find(|known| *name == *known.as_str())
    }
}

/// What can be asked about types of resources.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Command {
    /// Register one.
    Register {
        /// The type.
        resource: Name,
    },
    /// Take one back.
    Unregister {
        /// The type.
        resource: Name,
    },
}

impl Command {
    pub(super) fn decide(self, scope: &mut Scope<'_>) -> Result<Decided, Refusal> {
        let is_registered = |resource| {
            let held = scope.held;
            held.is_some_and(|held| held.registered.contains(&resource))
        };
        let unknown = |resource| Err(Refusal::Missing(Thing::ResourceType, resource));
        match self {
            Self::Register { resource } => {
                let Some(resource) = ResourceType::named(&resource) else {
                    return unknown(resource);
                };
                if is_registered(resource) {
                    return Err(Refusal::Registered(resource));
                }
                Ok(
                    Decided::done("Register Resource Provider")
                        .change(Change::Registered(resource)),
                )
            }
            Self::Unregister { resource } => {
                let known = ResourceType::named(&resource);
                let Some(known) = known.filter(|known| is_registered(*known)) else {
                    return unknown(resource);
                };
                Ok(Decided::done("Unregister Resource Provider")
                    .change(Change::NotRegistered(known)))
            }
        }
    }
}
