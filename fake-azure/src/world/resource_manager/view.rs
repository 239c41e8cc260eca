//! What one subscription holds of Resource Manager, to read.

use std::net::Ipv4Addr;

use serde_json::{Value, json};

use super::command::Progress;
use super::effect::Effect;
use super::holdings::Holdings;
use super::interface::Interface;
use super::kind::Kind;
use super::machine::Machine;
use super::offers;
use super::path::{Key, Path, ResourceId};
use super::public_address::PublicAddress;
use super::refusal::{Failure, Refusal};
use super::resource::{Core, Pending, Resource};
use super::virtual_network::Referred;
use crate::world::names::Name;
use crate::world::operation::{self, OperationId};
use crate::world::{SubscriptionId, World};

/// An operation of Resource Manager.
pub(crate) type Operation = operation::Operation<Effect, Failure>;

/// What one subscription holds, to read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct View<'w> {
    pub(crate) world: &'w World,
    pub(crate) id: &'w SubscriptionId,
    pub(crate) held: &'w Holdings,
}

impl World {
    /// What a subscription holds of Resource Manager.
    pub(crate) fn managed(&self, subscription: &SubscriptionId) -> Result<View<'_>, Refusal> {
        let found = self.subscriptions.get(subscription);
        let found = found.ok_or_else(|| Refusal::NoSubscription(subscription.to_string()))?;
        Ok(View {
            world: self,
            id: &found.id,
            held: &found.managed,
        })
    }
}

impl<'w> View<'w> {
    /// An operation that a request began.
    pub(crate) fn operation(self, id: &OperationId) -> Option<&'w Operation> {
        self.held.operations.get(id)
    }

    /// What an operation has brought forth, beside what it made.
    pub(crate) fn output(self, id: &OperationId) -> Option<Value> {
        self.held.outputs.get(id).cloned()
    }

    /// The storage account that an operation has made.
    pub(crate) fn result_of(self, id: &OperationId) -> Option<Value> {
        let mut all = self.held.shelf.iter();
        let (key, resource) = all.find(|(key, resource)| {
            let pending = resource.pending.as_ref();
            key.kind == Kind::StorageAccount
                && pending.is_some_and(|pending| pending.operation == *id)
        })?;
        Some(self.told(key, resource))
    }

    /// The region of what is at a path.
    pub(crate) fn held_location(self, path: &Path) -> String {
        let resource = self.held.shelf.get(&path.key());
        resource.map(|r| r.location.clone()).unwrap_or_default()
    }

    /// The extensions of a machine as lists of all kinds tell them, and how far each is.
    pub(crate) fn told_extensions_briefly(
        self,
        key: &Key,
        resource: &Resource,
    ) -> Vec<(Value, &'static str)> {
        let Core::Machine(machine) = &resource.core else {
            return Vec::new();
        };
        let path = self.path(key, resource);
        let told = machine.extensions.iter().map(|extension| {
            let child = path.child(Kind::Extension, &extension.name);
            let told = json!({
                "id": child.id(self.id),
                "name": child.names(),
                "type": child.kind.full(),
                "location": resource.location,
            });
            (told, self.state_of(&extension.pending))
        });
        told.collect()
    }

    /// How far an operation is; none where there is none.
    pub(crate) fn progress(self, id: &OperationId) -> Option<&'w Progress> {
        let operation = self.held.operations.get(id)?;
        Some(&operation.progress)
    }

    pub(crate) fn is_running(self, id: &OperationId) -> bool {
        matches!(self.progress(id), Some(Progress::InProgress))
    }

    /// The state of what is being done, in the service's word.
    pub(super) fn state_of(self, pending: &Pending) -> &'static str {
        match self.progress(&pending.operation) {
            Some(Progress::InProgress) => pending.doing.word(),
            Some(Progress::Failed { .. }) => "Failed",
            _ => "Succeeded",
        }
    }

    /// Why the last that was done to a resource failed, where it did.
    pub(super) fn failure_of(self, resource: &Resource) -> Option<&'w Failure> {
        let pending = resource.pending.as_ref()?;
        match self.progress(&pending.operation)? {
            Progress::Failed { error } => Some(error),
            _ => None,
        }
    }

    /// The resource of its own at a path.
    pub(crate) fn resource(self, path: &Path) -> Result<&'w Resource, Refusal> {
        self.group(&path.group)?;
        let found = self.held.shelf.get(&path.key());
        found.ok_or_else(|| Refusal::NoResource(path.clone()))
    }

    /// The key of a resource that is or will be at a path, and what is there. It shares its texts
    /// with what has them already: the resource, or else its group.
    pub(super) fn own_key(self, path: &Path) -> (Key, Option<&'w Resource>) {
        let key = path.key();
        if let Some((key, resource)) = self.held.shelf.get_key_value(&key) {
            return (key.clone(), Some(resource));
        }
        let group = self.held.groups.get_key_value(&key.group);
        let group = group.map(|(group, _)| group.clone());
        (
            Key {
                group: group.unwrap_or(key.group),
                ..key
            },
            None,
        )
    }

    /// Whatever is at a path, as the service tells it.
    pub(crate) fn told_at(self, path: &Path) -> Result<serde_json::Value, Refusal> {
        self.group(&path.group)?;
        match path.kind {
            Kind::Subnet => self.told_subnet_at(path),
            Kind::SecurityRule => self.told_rule_at(path),
            Kind::Extension => self.told_extension_at(path, false),
            _ => {
                let resource = self.resource(path)?;
                Ok(self.told(&path.key(), resource))
            }
        }
    }

    /// Those of a kind that refer to a resource.
    pub(crate) fn users_of(self, of: &Key, kind: Kind) -> impl Iterator<Item = &'w Key> {
        self.held
            .shelf
            .users(of)
            .filter(move |user| user.kind == kind)
    }

    /// The path of a key, with the case in which its names were written first.
    pub(crate) fn path_of(self, key: &Key) -> Path {
        match self.held.shelf.get(key) {
            Some(resource) => self.path(key, resource),
            None => Path {
                group: key.group.as_str().to_owned(),
                kind: key.kind,
                name: key.name.as_str().to_owned(),
                child: None,
            },
        }
    }

    /// The identifier of a resource.
    pub(crate) fn id_of(self, key: &Key) -> String {
        self.path_of(key).id(self.id)
    }

    /// The interface of a key.
    pub(super) fn interface_at(self, key: &Key) -> Result<(&'w Interface, &'w Resource), Refusal> {
        let resource = self.held.shelf.get(key);
        match resource.map(|resource| (&resource.core, resource)) {
            Some((Core::Interface(interface), resource)) => Ok((interface, resource)),
            _ => Err(Refusal::NoResource(self.path_of(key))),
        }
    }

    /// The first private address of an interface.
    pub(super) fn private_address(self, interface: &Key) -> Option<Ipv4Addr> {
        let (interface, _) = self.interface_at(interface).ok()?;
        interface.configurations.first()?.private
    }

    /// The private address that a machine knows itself by.
    pub(super) fn address_of(self, machine: &Machine) -> Option<Ipv4Addr> {
        let first = machine.interfaces.iter().find(|i| i.is_primary)?;
        self.private_address(&first.key)
    }

    /// The public address of a key.
    pub(super) fn address_at(self, key: &Key) -> Option<&'w PublicAddress> {
        match &self.held.shelf.get(key)?.core {
            Core::PublicAddress(address) => Some(address),
            _ => None,
        }
    }

    /// What a managed disk is stored on.
    pub(super) fn storage_of(self, key: &Key) -> Option<String> {
        match &self.held.shelf.get(key)?.core {
            Core::Disk(disk) => Some(disk.storage.clone()),
            _ => None,
        }
    }

    /// Whether an interface is the first of a machine.
    pub(super) fn is_primary(self, machine: &Key, interface: &Key) -> bool {
        let found = self.machine_at(machine);
        found.is_ok_and(|(machine, _)| {
            let mut all = machine.interfaces.iter();
            all.any(|attachment| attachment.is_primary && attachment.key == *interface)
        })
    }

    /// Whether a machine that has not given its hardware back has a public address.
    pub(super) fn is_held_by_running(self, address: &Key) -> bool {
        self.users_of(address, Kind::Interface)
            .filter_map(|interface| self.machine_of(interface))
            .any(|machine| self.runs(machine))
    }

    /// Whether a namespace is registered.
    pub(crate) fn is_registered(self, namespace: &str) -> bool {
        !self.held.unregistered.contains(&Name::from(namespace))
    }

    /// The region that a text spells, by its name without blanks.
    pub(crate) fn region(text: &str, kind: &str) -> Result<String, Refusal> {
        let found = offers::regions::region(text);
        found
            .map(|region| region.name.to_owned())
            .ok_or_else(|| Refusal::NoSuchLocation {
                wanted: text.to_owned(),
                kind: kind.to_owned(),
            })
    }

    /// Whether a region has nothing of a size.
    pub(crate) fn is_size_withheld(self, location: &str, size: &str) -> bool {
        self.world.is_size_withheld(self.id, location, size)
    }

    /// For how many cores a region has room, where that was set.
    pub(super) fn room(self, location: &str) -> Option<u32> {
        self.held.rooms.get(location).copied()
    }

    /// The resource of this kind and region that an identifier names, written at a place of
    /// another.
    pub(super) fn referred(
        self,
        text: &str,
        kind: Kind,
        location: &str,
        of: &str,
        place: &str,
    ) -> Result<Key, Refusal> {
        let id = ResourceId::read(text).filter(|id| id.path.kind == kind && id.part.is_empty());
        let id = id.ok_or_else(|| Refusal::MalformedReference {
            value: text.to_owned(),
            place: place.to_owned(),
        })?;
        let key = id.path.key();
        let missing = || Refusal::Reference {
            of: of.to_owned(),
            to: text.to_owned(),
        };
        if id.subscription != *self.id {
            return Err(missing());
        }
        let standing = self.held.shelf.get_key_value(&key);
        let (key, found) = standing.ok_or_else(missing)?;
        if !location.is_empty() && found.location != location {
            return Err(missing());
        }
        Ok(key.clone())
    }

    /// The same of a reference that may be missing, to something in any region.
    pub(super) fn reference(
        self,
        written: Option<&Referred>,
        kind: Kind,
        of: &str,
        place: &str,
    ) -> Result<Option<Key>, Refusal> {
        let text = written.and_then(|written| written.id.as_deref());
        text.map(|text| self.referred(text, kind, "", of, place))
            .transpose()
    }

    /// The network of this region and the subnet that an identifier names.
    pub(super) fn subnet_reference(
        self,
        text: &str,
        location: &str,
        of: &str,
    ) -> Result<(Key, Name), Refusal> {
        let id = ResourceId::read(text).filter(|id| id.path.kind == Kind::Subnet);
        let id = id.ok_or_else(|| Refusal::MalformedReference {
            value: text.to_owned(),
            place: "properties.ipConfigurations.subnet.id".to_owned(),
        })?;
        let key = id.path.key();
        let standing = self.held.shelf.get_key_value(&key);
        let here = standing
            .filter(|(_, network)| network.location == location && id.subscription == *self.id);
        let (key, _) = here.ok_or_else(|| Refusal::Reference {
            of: of.to_owned(),
            to: text.to_owned(),
        })?;
        Ok((key.clone(), Name::from(id.path.last())))
    }
}
