//! What happens to the world when an operation of Resource Manager ends.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::kind::Kind;
use super::path::Key;
use super::resource::Core;
use crate::world::first_boot::Boot;
use crate::world::names::Name;
use crate::world::operation::OperationId;
use crate::world::phase::Course;
use crate::world::{OrphanKind, SubscriptionId, World};

/// What happens at an operation's end.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) enum Effect {
    /// A group goes with all that is in it.
    DeleteGroup(Name),
    /// A resource goes, and with a machine what is to go along.
    Delete(Key),
    DeleteSubnet {
        network: Key,
        subnet: Name,
    },
    DeleteRule {
        group: Key,
        rule: Name,
    },
    DeleteExtension {
        machine: Key,
        extension: Name,
    },
    /// Something was done on a machine, and came to this.
    Booted {
        machine: Key,
        boot: Box<Boot>,
    },
    /// A machine does with its power what its scripts have told it to.
    Obey {
        machine: Key,
    },
    /// What is seen of a resource from outside has changed.
    Settled(Key),
    /// A machine has come to rest.
    Rest {
        machine: Key,
        is_deallocated: bool,
    },
}

impl std::fmt::Debug for Effect {
    /// Without what a machine was told.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::DeleteGroup(_) => "DeleteGroup",
            Self::Delete(_) => "Delete",
            Self::DeleteSubnet { .. } => "DeleteSubnet",
            Self::DeleteRule { .. } => "DeleteRule",
            Self::DeleteExtension { .. } => "DeleteExtension",
            Self::Booted { .. } => "Booted",
            Self::Obey { .. } => "Obey",
            Self::Settled(_) => "Settled",
            Self::Rest { .. } => "Rest",
        })
    }
}

impl World {
    /// Ends an operation of Resource Manager that is due; whether there is one.
    pub(in crate::world) fn end_managed_operation(
        &mut self,
        subscription: &SubscriptionId,
        id: &OperationId,
    ) -> bool {
        let Some(held) = self.managed_mut(subscription) else {
            return false;
        };
        let Some(ended) = held.operations.end(id) else {
            return false;
        };
        let deployment = held.awaited.remove(id);
        if let Some(effect) = ended.effect {
            self.take_effect(subscription, effect, ended.at);
            if let Some(held) = self.managed_mut(subscription) {
                held.note_left(ended.at);
            }
        }
        if let Some(deployment) = deployment {
            // What follows begins when this has ended, however much later it is looked at.
            self.go_on_with(subscription, &deployment, ended.at);
        }
        true
    }

    fn take_effect(&mut self, subscription: &SubscriptionId, effect: Effect, at: Timestamp) {
        match effect {
            Effect::DeleteGroup(group) => self.drop_group(subscription, &group),
            Effect::Delete(key) => self.drop_managed(subscription, &key),
            Effect::DeleteSubnet { network, subnet } => {
                let is_used = self
                    .managed(subscription)
                    .is_ok_and(|view| view.is_subnet_used(&network, &subnet));
                if !is_used {
                    self.change_core(subscription, &network, |core| {
                        if let Core::VirtualNetwork(network) = core {
                            network.subnets.retain(|s| Name::from(&s.name) != subnet);
                        }
                    });
                }
            }
            Effect::DeleteRule { group, rule } => {
                self.change_core(subscription, &group, |core| {
                    if let Core::SecurityGroup(group) = core {
                        group.rules.retain(|r| Name::from(&r.name) != rule);
                    }
                });
            }
            Effect::DeleteExtension { machine, extension } => {
                self.change_core(subscription, &machine, |core| {
                    if let Core::Machine(machine) = core {
                        machine
                            .extensions
                            .retain(|e| Name::from(&e.name) != extension);
                    }
                });
            }
            Effect::Booted { machine, boot } => self.change_core(subscription, &machine, |core| {
                if let Core::Machine(machine) = core {
                    machine.take_boot(boot);
                    machine.obey(at);
                }
            }),
            Effect::Obey { machine } => self.change_core(subscription, &machine, |core| {
                if let Core::Machine(machine) = core {
                    machine.obey(at);
                }
            }),
            Effect::Settled(key) => self.touch_managed(subscription, &key),
            Effect::Rest {
                machine,
                is_deallocated,
            } => {
                let course = if is_deallocated {
                    Course::Deallocated
                } else {
                    Course::Stopped
                };
                self.change_core(subscription, &machine, |core| {
                    if let Core::Machine(machine) = core {
                        machine.switch_off(course, at);
                    }
                });
                if is_deallocated {
                    self.take_dynamic_addresses(subscription, &machine);
                }
            }
        }
    }

    /// A group goes with all that is in it.
    fn drop_group(&mut self, subscription: &SubscriptionId, group: &Name) {
        let Some(held) = self.managed_mut(subscription) else {
            return;
        };
        let mut keys: Vec<Key> = held
            .shelf
            .of_group(group)
            .map(|(key, _)| key.clone())
            .collect();
        // Those that refer to others go first, so that what they hold is free.
        keys.sort_by_key(|key| match key.kind {
            Kind::Machine => 0,
            Kind::Interface => 1,
            Kind::VirtualNetwork => 2,
            _ => 3,
        });
        for key in keys {
            self.drop_managed(subscription, &key);
        }
        let stays = self
            .managed(subscription)
            .is_ok_and(|view| view.held.shelf.of_group(group).next().is_some());
        if stays {
            return;
        }
        if let Some(held) = self.managed_mut(subscription) {
            held.groups.remove(group);
            held.ledger
                .forget(&OrphanKind::ResourceGroup, group.as_str());
            held.deployments
                .retain(|key, _| key.group.as_ref() != Some(group));
        }
    }

    /// A resource goes, and with a machine what is to go along. What somebody has begun to use
    /// meanwhile stays.
    fn drop_managed(&mut self, subscription: &SubscriptionId, key: &Key) {
        let is_used = self
            .managed(subscription)
            .is_ok_and(|view| view.held.shelf.users(key).next().is_some());
        if is_used {
            return;
        }
        let Some(gone) = self.remove_managed(subscription, key) else {
            return;
        };
        let Core::Machine(machine) = gone.core else {
            return;
        };
        for interface in &machine.interfaces {
            self.give_back_dynamic(subscription, &interface.key);
        }
        for along in machine.goes_along() {
            let Some(gone) = self.remove_managed(subscription, along) else {
                continue;
            };
            let Core::Interface(interface) = gone.core else {
                continue;
            };
            for configuration in interface.configurations {
                if let Some(public) = configuration.public.filter(|_| configuration.public_goes) {
                    self.remove_managed(subscription, &public);
                }
            }
        }
    }

    /// The dynamic addresses of a machine that has given its hardware back are anybody's.
    fn take_dynamic_addresses(&mut self, subscription: &SubscriptionId, machine: &Key) {
        let interfaces: Vec<Key> = self
            .managed_mut(subscription)
            .and_then(|held| match held.shelf.get(machine)?.core {
                Core::Machine(ref machine) => {
                    Some(machine.interfaces.iter().map(|i| i.key.clone()).collect())
                }
                _ => None,
            })
            .unwrap_or_default();
        for interface in interfaces {
            self.give_back_dynamic(subscription, &interface);
        }
    }
}
