//! What nobody uses, and since when.
//!
//! Something is used by what would not be complete without it: by those that refer to it, and by
//! what was made of it and what lies in it. So a machine is used by nobody and is none of what is
//! told here; what it has is used as long as it is there.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::document::Document;
use super::holdings::Holdings;
use super::kind::Kind;
use super::path::{Key, ResourceId};
use super::resource::{Core, Doing, Resource};
use super::shelf::{News, Shelf};
use super::view::View;
use crate::world::names::Name;
use crate::world::{Orphan, OrphanKind, blob};

/// What it is called when nobody uses it; none of what needs no user.
fn orphan_kind(kind: Kind) -> Option<OrphanKind> {
    match kind {
        Kind::AvailabilitySet => Some(OrphanKind::AvailabilitySet),
        Kind::Disk => Some(OrphanKind::ManagedDisk),
        Kind::Image => Some(OrphanKind::Image),
        Kind::Interface => Some(OrphanKind::NetworkInterface),
        Kind::PublicAddress => Some(OrphanKind::PublicIpAddress),
        Kind::SecurityGroup => Some(OrphanKind::NetworkSecurityGroup),
        Kind::StorageAccount => Some(OrphanKind::StorageAccount),
        Kind::VirtualNetwork => Some(OrphanKind::VirtualNetwork),
        Kind::Extension | Kind::Machine | Kind::SecurityRule | Kind::Snapshot | Kind::Subnet => {
            None
        }
    }
}

/// What a resource goes by in the ledger: no group has a slash in its name.
fn title(key: &Key) -> String {
    format!("{}/{}", key.group, key.name)
}

/// The accounts in which a document says that something lies.
fn accounts(document: &Document) -> Vec<Name> {
    if !document.mentions(".blob.") {
        return Vec::new();
    }
    let mut found = Vec::new();
    let mut open = vec![document.read()];
    while let Some(value) = open.pop() {
        match value {
            serde_json::Value::Object(members) => open.extend(members.into_iter().map(|(_, v)| v)),
            serde_json::Value::Array(list) => open.extend(list),
            serde_json::Value::String(text) => {
                found.extend(blob::account_here(&text).map(Name::from));
            }
            _ => {}
        }
    }
    found
}

impl Shelf {
    /// What a resource uses without holding it: what it was made of, and what it lies in.
    pub(super) fn made_of(&self, resource: &Resource) -> Vec<Key> {
        let image = match &resource.core {
            Core::Disk(disk) => disk.image().and_then(ResourceId::read),
            Core::Machine(_) | Core::Image(_) => None,
            _ => return Vec::new(),
        };
        let images = image
            .filter(|id| id.path.kind == Kind::Image)
            .map(|id| id.path.key());
        let lies_in = accounts(&resource.document);
        let accounts = lies_in.iter().filter_map(|name| {
            let mut all = self.iter().map(|(key, _)| key);
            all.find(|key| key.kind == Kind::StorageAccount && key.name == *name)
        });
        images.into_iter().chain(accounts.cloned()).collect()
    }
}

impl Holdings {
    /// Notes what has lost its last user since this was called last.
    pub(super) fn note_left(&mut self, at: Timestamp) {
        let News { left, taken_out } = self.shelf.take_news();
        for key in left {
            let is_used = self.shelf.users(&key).next().is_some();
            if let Some(kind) = orphan_kind(key.kind)
                && !is_used
                && self.shelf.get(&key).is_some()
            {
                self.ledger.left(kind, &title(&key), at);
            }
        }
        for key in taken_out {
            if self.shelf.get(&key).is_some() {
                continue;
            }
            if let Some(kind) = orphan_kind(key.kind) {
                self.ledger.forget(&kind, &title(&key));
            }
            if self.shelf.of_group(&key.group).next().is_none() {
                let group = key.group.as_str();
                self.ledger.left(OrphanKind::ResourceGroup, group, at);
            }
        }
    }
}

impl View<'_> {
    /// What of the subscription nobody uses, by kind and name.
    pub(in crate::world) fn managed_orphans(self, now: Timestamp) -> Vec<Orphan> {
        let held = self.held;
        let used: BTreeSet<Key> = held
            .shelf
            .iter()
            .flat_map(|(_, resource)| held.shelf.made_of(resource))
            .collect();
        let orphan = |kind, name: &str, group: &str, id, since| Orphan {
            kind,
            name: name.to_owned(),
            hosted_service: None,
            resource_group: Some(Name::from(group)),
            id: Some(id),
            subscription: self.id.clone(),
            since,
            age_seconds: Orphan::age(since, now),
        };
        let groups = held.groups.iter().filter(|(name, group)| {
            held.shelf.of_group(name).next().is_none() && !self.is_going(group)
        });
        let groups = groups.map(|(_, group)| {
            let kind = OrphanKind::ResourceGroup;
            let since = held.ledger.since(&kind, &group.name).unwrap_or(now);
            orphan(kind, &group.name, &group.name, self.group_id(group), since)
        });
        let resources = held.shelf.iter().filter_map(|(key, resource)| {
            let kind = orphan_kind(key.kind)?;
            let is_used = held.shelf.users(key).next().is_some() || used.contains(key);
            let group = held.groups.get(&key.group);
            let is_going = self.provisioning_state(resource) == Doing::Deleting.word()
                || group.is_some_and(|group| self.is_going(group));
            if is_used || is_going {
                return None;
            }
            let left = held.ledger.since(&kind, &title(key));
            let since = left.max(Some(resource.created)).unwrap_or(now);
            let path = self.path(key, resource);
            let id = path.id(self.id);
            Some(orphan(kind, &resource.name, &path.group, id, since))
        });
        let mut orphans: Vec<Orphan> = groups.chain(resources).collect();
        orphans.sort_by(|a, b| (a.kind, &a.id).cmp(&(b.kind, &b.id)));
        orphans
    }
}
