//! The types of resources that a subscription registers
//! (`PUT services?service=…&action=register`).

use serde::{Deserialize, Serialize};

use super::Refusal;
use super::change::Change;
use super::decision::{Decided, Scope};
use super::refusal::Thing;

const KNOWN: &[&str] = &["website", "web", "mobileservice"];

/// What can be asked about types of resources.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Command {
    /// Register one.
    Register {
        /// The type.
        resource: String,
    },
    /// Take one back.
    Unregister {
        /// The type.
        resource: String,
    },
}

impl Command {
    pub(super) fn decide(self, scope: &mut Scope<'_>) -> Result<Decided, Refusal> {
        let is_registered = |resource: &str| {
            let held = scope.held;
            held.is_some_and(|held| held.registered.contains(resource))
        };
        let unknown = |resource: String| Err(Refusal::Missing(Thing::ResourceType, resource));
        match self {
            Self::Register { resource } => {
                let resource = resource.to_ascii_lowercase();
                if !KNOWN.contains(&resource.as_str()) {
                    return unknown(resource);
                }
                if is_registered(&resource) {
                    return Err(Refusal::Registered(resource));
                }
                Ok(
                    Decided::done("Register Resource Provider")
                        .change(Change::Registered(resource)),
                )
            }
            Self::Unregister { resource } => {
                let known = resource.to_ascii_lowercase();
                if !is_registered(&known) {
                    return unknown(resource);
                }
                Ok(Decided::done("Unregister Resource Provider")
                    .change(Change::NotRegistered(known)))
            }
        }
    }
}
