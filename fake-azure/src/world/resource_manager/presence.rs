//! What of Resource Manager has public names, and what answers behind its addresses.

use std::collections::BTreeSet;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use jiff::Timestamp;

use super::kind::Kind;
use super::machine::Machine;
use super::path::Key;
use super::resource::{Core, Resource};
use super::security_group::{Packet, SecurityGroup};
use super::view::View;
use crate::world::docker_settings::DockerSettings;
use crate::world::door::{self, Calls, Door, PortDoors, PublicRange, Transport};
use crate::world::flaw::DockerFlaw;
use crate::world::names::Name;
use crate::world::owner::{Owner, Presence};
use crate::world::phase::{Extensions, PowerState};
use crate::world::{SubscriptionId, World};

const MACHINES: &str = "virtualMachines/";
const NAMES: &str = "publicNames/";

/// The port of a machine's own ssh daemon: no container can have it.
const SSH: u16 = 22;

fn machine_owner(subscription: &SubscriptionId, key: &Key) -> Owner {
    Owner {
        subscription: subscription.clone(),
        path: format!("{MACHINES}{}/{}", key.group, key.name).into(),
    }
}

fn name_owner(subscription: &SubscriptionId, name: &str) -> Owner {
    Owner {
        subscription: subscription.clone(),
        path: format!("{NAMES}{name}").into(),
    }
}

/// The machine that an owner's path names.
fn machine_key(path: &str) -> Option<Key> {
    let (group, name) = path.strip_prefix(MACHINES)?.split_once('/')?;
    Some(Key {
        group: Name::from(group),
        kind: Kind::Machine,
        name: Name::from(name),
    })
}

impl World {
    /// What is seen of a resource from outside may have changed: of it and of all that is
    /// behind it.
    pub(super) fn touch_managed(&mut self, subscription: &SubscriptionId, key: &Key) {
        let Ok(view) = self.managed(subscription) else {
            return;
        };
        let mut owners = Vec::new();
        let mut open = vec![key.clone()];
        while let Some(key) = open.pop() {
            match key.kind {
                Kind::Machine => owners.push(machine_owner(subscription, &key)),
                Kind::PublicAddress => {
                    if let Some(resource) = view.held.shelf.get(&key)
                        && let Core::PublicAddress(address) = &resource.core
                        && let Some(name) = address.public_name(&resource.location)
                    {
                        owners.push(name_owner(subscription, &name));
                    }
                }
                Kind::Interface | Kind::SecurityGroup | Kind::VirtualNetwork => {}
                _ => continue,
            }
            open.extend(view.held.shelf.users(&key).cloned());
        }
        for owner in owners {
            self.ground.touch(owner);
        }
    }

    /// A machine must be looked at again at this moment.
    pub(super) fn alarm_machine(
        &mut self,
        subscription: &SubscriptionId,
        key: &Key,
        at: Timestamp,
    ) {
        self.ground.alarm(at, machine_owner(subscription, key));
    }

    /// Whether a public name is an address's of Resource Manager, or a storage account's.
    pub(in crate::world) fn is_managed_name(&self, name: &str) -> bool {
        let account = crate::world::blob::account_of_host(name).map(Name::from);
        self.subscriptions.values().any(|subscription| {
            let kept = &subscription.managed.shelf;
            kept.owner_of_name(name).is_some()
                || account.as_ref().is_some_and(|account| {
                    kept.iter()
                        .any(|(key, _)| key.kind == Kind::StorageAccount && key.name == *account)
                })
        })
    }

    /// All of Resource Manager's that has public names or answers.
    pub(in crate::world) fn managed_owners(&self) -> impl Iterator<Item = Owner> {
        self.subscriptions.iter().flat_map(|(id, held)| {
            let all = held.managed.shelf.iter();
            all.filter_map(|(key, resource)| match &resource.core {
                Core::Machine(_) => Some(machine_owner(id, key)),
                Core::PublicAddress(address) => {
                    Some(name_owner(id, &address.public_name(&resource.location)?))
                }
                _ => None,
            })
        })
    }

    /// The public names of an owner, where it is one of Resource Manager's.
    pub(in crate::world) fn managed_names(
        &self,
        owner: &Owner,
    ) -> Option<Vec<(String, Option<Ipv4Addr>)>> {
        if machine_key(&owner.path).is_some() {
            return Some(Vec::new());
        }
        let name = owner.path.strip_prefix(NAMES)?;
        let address = self.managed(&owner.subscription).ok().and_then(|view| {
            let key = view.held.shelf.owner_of_name(name)?;
            view.address_at(key)?.address
        });
        Some(vec![(name.to_owned(), address)])
    }

    /// What is seen of an owner from outside, where it is one of Resource Manager's.
    pub(in crate::world) fn managed_presence(
        &self,
        owner: &Owner,
        now: Timestamp,
    ) -> Option<Presence> {
        let names = self.managed_names(owner)?;
        let mut presence = Presence {
            names,
            ..Presence::default()
        };
        if let Some(key) = machine_key(&owner.path)
            && let Ok(view) = self.managed(&owner.subscription)
            && let Ok((machine, resource)) = view.machine_at(&key)
        {
            presence.machines.push(machine.serial);
            view.doors(machine, resource, now, &mut presence);
        }
        Some(presence)
    }
}

/// What stands before a public address of a machine.
struct Front<'w> {
    is_standard: bool,
    /// The private address behind it.
    to: Option<Ipv4Addr>,
    guards: Vec<&'w SecurityGroup>,
}

impl Front<'_> {
    fn admits(&self, transport: Transport, port: u16) -> bool {
        if self.guards.is_empty() {
            return !self.is_standard;
        }
        let packet = Packet {
            transport,
            to: self.to,
            port,
        };
        self.guards.iter().all(|guard| guard.admits(packet))
    }

    /// The ranges of ports that are open, in order.
    fn open(&self, transport: Transport) -> Vec<(u16, u16)> {
        let edges = self.guards.iter().flat_map(|guard| guard.edges());
        let mut edges: BTreeSet<u32> = edges.filter(|edge| *edge <= 65_535).collect();
        edges.insert(1);
        let edges: Vec<u16> = edges
            .into_iter()
            .filter_map(|edge| u16::try_from(edge).ok())
            .filter(|edge| *edge > 0)
            .collect();
        let lasts = edges[1..].iter().map(|next| next - 1).chain([u16::MAX]);
        let mut open: Vec<(u16, u16)> = Vec::new();
        for (first, last) in edges.iter().copied().zip(lasts) {
            if !self.admits(transport, first) {
                continue;
            }
            match open.last_mut() {
                Some((_, end)) if end.checked_add(1) == Some(first) => *end = last,
                _ => open.push((first, last)),
            }
        }
        open
    }
}

impl<'w> View<'w> {
    /// The public addresses of a machine, each with what stands before it.
    fn fronts(self, machine: &Machine) -> Vec<(Ipv4Addr, Front<'w>)> {
        let mut fronts = Vec::new();
        for attachment in &machine.interfaces {
            let Ok((interface, _)) = self.interface_at(&attachment.key) else {
                continue;
            };
            for configuration in &interface.configurations {
                let public = configuration.public.as_ref();
                let Some(public) = public.and_then(|key| self.address_at(key)) else {
                    continue;
                };
                let Some(address) = public.address else {
                    continue;
                };
                let subnet_guard =
                    self.held
                        .shelf
                        .get(&configuration.network)
                        .and_then(|network| match &network.core {
                            Core::VirtualNetwork(network) => network
                                .subnet(configuration.subnet.as_str())?
                                .guard
                                .as_ref(),
                            _ => None,
                        });
                let guards = interface
                    .guard
                    .iter()
                    .chain(subnet_guard)
                    .filter_map(|key| match &self.held.shelf.get(key)?.core {
                        Core::SecurityGroup(group) => Some(group),
                        _ => None,
                    })
                    .collect();
                fronts.push((
                    address,
                    Front {
                        is_standard: public.is_standard,
                        to: configuration.private,
                        guards,
                    },
                ));
            }
        }
        fronts
    }

    /// What tells a machine from any other, before or after.
    pub(crate) fn serial(self, group: &str, name: &str) -> Option<u64> {
        let (machine, _) = self
            .machine_at(&Key::new(group, Kind::Machine, name))
            .ok()?;
        Some(machine.serial)
    }

    /// The engine of a machine, once it runs.
    fn daemon_of(self, machine: &Machine, now: Timestamp) -> Option<Arc<DockerSettings>> {
        let flaws = machine.flaws.as_ref();
        let phase = machine.life.phase(self.world.ground.pace, now);
        if phase.power != PowerState::Started
            || flaws.is_some_and(|flaws| flaws.docker == Some(DockerFlaw::Refuses))
        {
            return None;
        }
        let is_up = phase.extensions == Extensions::Done;
        machine.engine.clone().filter(|_| is_up)
    }

    /// The doors that stand open at a machine, and what leads to its other ports.
    fn doors(
        self,
        machine: &Machine,
        resource: &Resource,
        now: Timestamp,
        presence: &mut Presence,
    ) {
        let Some(settings) = self.daemon_of(machine, now) else {
            return;
        };
        let shown = self.shown_machine(machine, resource);
        let is_foreign = machine
            .flaws
            .as_ref()
            .is_some_and(|flaws| flaws.docker == Some(DockerFlaw::OtherCertificate));
        let listeners = settings.listeners.iter();
        let reachable = listeners.filter(|at| !at.ip().is_loopback());
        let ports: BTreeSet<u16> = reachable.map(std::net::SocketAddr::port).collect();
        let kept: Arc<[u16]> = ports.iter().copied().chain([SSH]).collect();
        let mut ranges = Vec::new();
        for (address, front) in self.fronts(machine) {
            for port in &ports {
                if front.admits(Transport::Stream, *port) {
                    presence.doors.push(Door {
                        address,
                        port: *port,
                        machine: shown.clone(),
                        settings: settings.clone(),
                        is_foreign,
                    });
                }
            }
            for transport in [Transport::Stream, Transport::Datagrams] {
                for (first, last) in front.open(transport) {
                    ranges.push(PublicRange {
                        transport,
                        first: SocketAddr::from((address, first)),
                        last,
                        but: kept.clone(),
                    });
                }
            }
        }
        let boot = machine.boot.as_ref();
        let calls = boot.map(|boot| boot.docker_calls().to_vec());
        presence.ports.push(PortDoors {
            machine: shown,
            public: BTreeSet::new(),
            ranges,
            calls: Calls(calls.unwrap_or_default()),
        });
    }

    fn shown_machine(self, machine: &Machine, resource: &Resource) -> door::Machine {
        door::Machine {
            serial: machine.serial,
            service: resource.name.clone().into(),
            name: resource.name.clone().into(),
            host_name: machine.computer_name.clone().into(),
            cores: machine.size.cores(),
            memory_mb: machine.size.memory_mb(),
            system: machine.label.clone(),
            address: self.address_of(machine),
            boot: machine.life.since,
        }
    }
}
