//! What all resources have in common.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::availability_set::AvailabilitySet;
use super::disk::Disk;
use super::document::{self, Document, Known};
use super::image::Image;
use super::interface::Interface;
use super::kind::Kind;
use super::machine::Machine;
use super::path::{Key, Path};
use super::public_address::PublicAddress;
use super::security_group::SecurityGroup;
use super::snapshot::Snapshot;
use super::storage_account::StorageAccount;
use super::view::View;
use super::virtual_network::VirtualNetwork;
use crate::world::operation::OperationId;

/// A resource of its own.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Resource {
    /// Its name as it was written first.
    pub(crate) name: String,
    /// The region, by its name without blanks.
    pub(crate) location: String,
    /// What of it the client wrote and is told back.
    pub(crate) document: Document,
    /// How often it was written.
    pub(crate) version: u64,
    pub(crate) created: Timestamp,
    pub(crate) changed: Timestamp,
    /// The GUID that it keeps.
    pub(crate) guid: String,
    /// What is being done to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) pending: Option<Pending>,
    pub(crate) core: Core,
}

/// What is being done to a resource.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Pending {
    pub(crate) operation: OperationId,
    pub(crate) doing: Doing,
}

/// What a resource is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Doing {
    Creating,
    Updating,
    Deleting,
}

impl Doing {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Creating => "Creating",
            Self::Updating => "Updating",
            Self::Deleting => "Deleting",
        }
    }
}

/// What rules and machines go by.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) enum Core {
    AvailabilitySet(AvailabilitySet),
    Disk(Disk),
    Image(Image),
    Interface(Interface),
    Machine(Box<Machine>),
    PublicAddress(PublicAddress),
    SecurityGroup(SecurityGroup),
    Snapshot(Snapshot),
    StorageAccount(StorageAccount),
    VirtualNetwork(VirtualNetwork),
}

impl Core {
    /// The resources that it refers to, which cannot go while it is there.
    pub(crate) fn refers_to(&self) -> Vec<Key> {
        match self {
            Self::VirtualNetwork(network) => network.refers_to(),
            Self::Interface(interface) => interface.refers_to(),
            Self::Machine(machine) => machine.refers_to(),
            Self::AvailabilitySet(_)
            | Self::Disk(_)
            | Self::Image(_)
            | Self::PublicAddress(_)
            | Self::SecurityGroup(_)
            | Self::Snapshot(_)
            | Self::StorageAccount(_) => Vec::new(),
        }
    }

    /// Gives back what its lists have too much: most have one thing in them, and room for four.
    pub(super) fn shrink(&mut self) {
        match self {
            Self::VirtualNetwork(network) => {
                network.prefixes.shrink_to_fit();
                network.subnets.shrink_to_fit();
            }
            Self::SecurityGroup(group) => group.shrink(),
            Self::Interface(interface) => interface.configurations.shrink_to_fit(),
            Self::Machine(machine) => {
                machine.data_disks.shrink_to_fit();
                machine.interfaces.shrink_to_fit();
                machine.extensions.shrink_to_fit();
            }
            Self::AvailabilitySet(_)
            | Self::Disk(_)
            | Self::Image(_)
            | Self::PublicAddress(_)
            | Self::Snapshot(_)
            | Self::StorageAccount(_) => {}
        }
    }
}

/// What is known of the top of every body, around its properties.
macro_rules! known_top {
    ($($name:literal: $known:expr),* $(,)?) => {
        $crate::world::resource_manager::document::Known::Object(&[
            ("id", $crate::world::resource_manager::document::Known::Told),
            ("name", $crate::world::resource_manager::document::Known::Told),
            ("type", $crate::world::resource_manager::document::Known::Told),
            ("etag", $crate::world::resource_manager::document::Known::Told),
            ("resourceGroup", $crate::world::resource_manager::document::Known::Told),
            ("apiVersion", $crate::world::resource_manager::document::Known::Told),
            ("dependsOn", $crate::world::resource_manager::document::Known::Told),
            ("comments", $crate::world::resource_manager::document::Known::Told),
            ("systemData", $crate::world::resource_manager::document::Known::Told),
            ("location", $crate::world::resource_manager::document::Known::Any),
            ("tags", $crate::world::resource_manager::document::Known::Any),
            ("zones", $crate::world::resource_manager::document::Known::Any),
            ("extendedLocation", $crate::world::resource_manager::document::Known::Any),
            $(($name, $known),)*
        ])
    };
}
pub(super) use known_top;

/// What is known of a body that stands inside another or by itself, around its properties.
macro_rules! known_child {
    ($properties:expr) => {
        $crate::world::resource_manager::document::Known::Object(&[
            ("id", $crate::world::resource_manager::document::Known::Told),
            (
                "name",
                $crate::world::resource_manager::document::Known::Any,
            ),
            (
                "type",
                $crate::world::resource_manager::document::Known::Told,
            ),
            (
                "etag",
                $crate::world::resource_manager::document::Known::Told,
            ),
            (
                "resourceGroup",
                $crate::world::resource_manager::document::Known::Told,
            ),
            (
                "apiVersion",
                $crate::world::resource_manager::document::Known::Told,
            ),
            (
                "dependsOn",
                $crate::world::resource_manager::document::Known::Told,
            ),
            ("properties", $properties),
        ])
    };
}
pub(super) use known_child;

/// What is known of the body of a resource of its own.
pub(crate) fn known(kind: Kind) -> &'static Known {
    match kind {
        Kind::AvailabilitySet => &super::availability_set::KNOWN,
        Kind::Disk => &super::disk::KNOWN,
        Kind::Extension => &super::extension::KNOWN,
        Kind::Image => &super::image::KNOWN,
        Kind::Interface => &super::interface::KNOWN,
        Kind::Machine => &super::machine_document::KNOWN,
        Kind::PublicAddress => &super::public_address::KNOWN,
        Kind::SecurityGroup => &super::security_group::KNOWN,
        Kind::SecurityRule => &super::security_group::KNOWN_RULE,
        Kind::Snapshot => &super::snapshot::KNOWN,
        Kind::StorageAccount => &super::storage_account::KNOWN,
        Kind::Subnet => &super::virtual_network::KNOWN_SUBNET,
        Kind::VirtualNetwork => &super::virtual_network::KNOWN,
    }
}

impl Resource {
    /// Whether this is the tag of its version, as Network or Compute writes it.
    pub(super) fn has_etag(&self, tag: &str) -> bool {
        match self.core {
            Core::Machine(_) => tag == self.etag(),
            _ => tag == self.weak_etag(),
        }
    }

    /// The tag of its version as Compute writes it.
    pub(super) fn etag(&self) -> String {
        format!("\"{}\"", self.version)
    }

    /// The tag of its version as Network writes it.
    pub(crate) fn weak_etag(&self) -> String {
        // Each version has its own, which follows from the resource's GUID.
        let (head, tail) = self.guid.split_at(self.guid.len().min(24));
        let tail = u64::from_str_radix(tail, 16).unwrap_or_default();
        let tail = tail.wrapping_add(self.version) & 0xffff_ffff_ffff;
        format!("W/\"{head}{tail:012x}\"")
    }
}

impl View<'_> {
    /// The state of provisioning in the service's word.
    pub(crate) fn provisioning_state(self, resource: &Resource) -> &'static str {
        let pending = resource.pending.as_ref();
        pending.map_or("Succeeded", |pending| self.state_of(pending))
    }

    /// A resource as the service tells it: the client's document with all that the service adds.
    pub(crate) fn told(self, key: &Key, resource: &Resource) -> Value {
        let path = self.path(key, resource);
        let mut told = resource.document.read();
        document::set(&mut told, "id", path.id(self.id));
        document::set(&mut told, "name", resource.name.clone());
        document::set(&mut told, "type", path.kind.full());
        document::set(&mut told, "location", resource.location.clone());
        let state = self.provisioning_state(resource);
        let properties = document::object(&mut told, "properties");
        document::set(properties, "provisioningState", state);
        match &resource.core {
            Core::VirtualNetwork(network) => self.tell_network(&path, resource, network, &mut told),
            Core::SecurityGroup(group) => {
                self.tell_security_group(&path, resource, group, &mut told);
            }
            Core::PublicAddress(address) => self.tell_address(key, resource, address, &mut told),
            Core::Interface(interface) => {
                self.tell_interface(&path, resource, interface, &mut told);
            }
            Core::Disk(disk) => self.tell_disk(key, resource, disk, &mut told),
            Core::Image(image) => image.tell(&mut told),
            Core::AvailabilitySet(set) => self.tell_availability_set(key, set, &mut told),
            Core::Snapshot(snapshot) => snapshot.tell(resource, &mut told),
            Core::StorageAccount(_) => StorageAccount::tell(resource, &mut told),
            Core::Machine(machine) => self.tell_machine(&path, resource, machine, &mut told),
        }
        told
    }

    /// A resource as lists of all kinds tell it, without its properties.
    pub(crate) fn told_briefly(self, key: &Key, resource: &Resource) -> Value {
        let path = self.path(key, resource);
        let document = resource.document.read();
        let mut told = json!({
            "id": path.id(self.id),
            "name": resource.name,
            "type": path.kind.full(),
            "location": resource.location,
        });
        for member in ["sku", "kind", "tags", "zones"] {
            if let Some(value) = document.get(member) {
                document::set(&mut told, member, value.clone());
            }
        }
        if let Core::Disk(_) = &resource.core
            && let Some(machine) = self.users_of(key, Kind::Machine).next()
        {
            document::set(&mut told, "managedBy", self.id_of(machine));
        }
        told
    }

    /// The path of a resource, with the case in which its names were written first.
    pub(crate) fn path(self, key: &Key, resource: &Resource) -> Path {
        Path {
            group: self.group_name(key.group.as_str()).to_owned(),
            kind: key.kind,
            name: resource.name.clone(),
            child: None,
        }
    }
}
