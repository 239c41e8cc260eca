//! What nobody uses, and since when: what is paid for, or in the way, without being of use.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::HostedService;
use super::disk::Disk;
use super::holdings::Holdings;
use super::image::VmImage;
use super::role::Role;
use super::view::View;
use crate::world::blob::account;
use crate::world::{Name, Orphan, OrphanKind, SubscriptionId, Thumbprint, World};

/// What stands for a certificate of a hosted service: no service has a slash in its name.
pub(super) fn certificate(service: &str, thumbprint: &str) -> String {
    format!("{service}/{thumbprint}")
}

impl Holdings {
    /// A hosted service is gone with its certificates.
    pub(super) fn forget_service(&mut self, service: &str) {
        self.ledger.forget(&OrphanKind::HostedService, service);
        let certificates = certificate(service, "");
        let kind = OrphanKind::ServiceCertificate;
        self.ledger.forget_below(&kind, &certificates);
    }

    /// A blob is no longer a disk's or an image's.
    pub(super) fn blob_left(&mut self, link: &str, at: Timestamp) {
        if let Some(account) = account(link)
            && self.storage.contains_key(account)
        {
            self.ledger.left(OrphanKind::StorageAccount, account, at);
        }
    }

    /// Takes a disk out of the world.
    pub(super) fn drop_disk(&mut self, name: &str, at: Timestamp) -> Option<Disk> {
        let disk = self.disks.remove(name)?;
        self.ledger.forget(&OrphanKind::Disk, name);
        self.blob_left(&disk.media_link, at);
        Some(disk)
    }
}

impl World {
    /// The world begins with what is in it now.
    pub(crate) fn note_birth(&mut self, now: Timestamp) {
        let ids: Vec<SubscriptionId> = self.subscription_ids().collect();
        for id in ids {
            let orphans = self.of(&id).orphans(now);
            if let Some(held) = self.held_mut(&id) {
                for orphan in orphans {
                    held.ledger.born(orphan.kind, &orphan.name);
                }
            }
        }
    }

    /// A machine no longer uses these certificates of its hosted service.
    pub(super) fn certificates_left(
        &mut self,
        subscription: &SubscriptionId,
        service: &str,
        role: &Role,
        at: Timestamp,
    ) {
        if let Some(held) = self.held_mut(subscription) {
            for thumbprint in &role.certificates {
                let name = certificate(service, thumbprint);
                held.ledger.left(OrphanKind::ServiceCertificate, &name, at);
            }
        }
    }
}

impl View<'_> {
    /// What of the subscription nobody uses, by kind and name, but for what the world began with.
    pub fn orphans(self, now: Timestamp) -> Vec<Orphan> {
        let (Some(held), Some(subscription)) = (self.held, self.subscription) else {
            return Vec::new();
        };
        let orphan = |kind, name: &str, of: Option<&HostedService>, made: Option<Timestamp>| {
            let left = match of {
                Some(service) => held.ledger.since(&kind, &certificate(&service.name, name)),
                None => held.ledger.since(&kind, name),
            };
            let since = left.max(made).unwrap_or(now);
            Orphan {
                kind,
                name: name.to_owned(),
                hosted_service: of.map(|service| service.name.clone()),
                resource_group: None,
                id: None,
                subscription: subscription.id.clone(),
                since,
                age_seconds: Orphan::age(since, now),
            }
        };
        let disks = held
            .disks
            .values()
            .filter(|disk| disk.attached.is_none())
            .map(|disk| orphan(OrphanKind::Disk, &disk.name, None, Some(disk.created)));
        let services = held
            .services
            .values()
            .filter(|service| service.deployment.is_none())
            .map(|service| {
                let made = Some(service.created);
                orphan(OrphanKind::HostedService, &service.name, None, made)
            });
        let addresses = held
            .reserved_ips
            .values()
            .filter(|ip| ip.used_by.is_none() && !ip.deleting)
            .map(|ip| orphan(OrphanKind::ReservedIp, &ip.name, None, None));
        let certificates = held.services.values().flat_map(|service| {
            let roles = service.deployment.iter().flat_map(|d| &d.roles);
            let named: BTreeSet<&Thumbprint> = roles.flat_map(|role| &role.certificates).collect();
            let unnamed = service.certificates.keys();
            unnamed
                .filter(move |thumbprint| !named.contains(thumbprint))
                .map(|thumbprint| {
                    let kind = OrphanKind::ServiceCertificate;
                    orphan(kind, thumbprint, Some(service), None)
                })
                .collect::<Vec<_>>()
        });
        let filled: BTreeSet<Name> = held
            .disks
            .values()
            .map(|disk| &disk.media_link)
            .chain(held.images.values().filter_map(|i| i.media_link.as_ref()))
            .chain(held.vm_images.values().flat_map(VmImage::links))
            .filter_map(|link| account(link))
            .map(Name::from)
            .collect();
        let accounts = held
            .storage
            .iter()
            .filter(|(name, _)| !filled.contains(*name))
            .map(|(_, account)| {
                let made = Some(account.created);
                orphan(OrphanKind::StorageAccount, &account.name, None, made)
            });
        disks
            .chain(services)
            .chain(addresses)
            .chain(certificates)
            .chain(accounts)
            .filter(|orphan| !held.ledger.was_born(&orphan.kind, &orphan.name))
            .collect()
    }
}
