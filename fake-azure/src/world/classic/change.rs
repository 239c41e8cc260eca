//! What a decision changes in the world, piece by piece.

use std::net::Ipv4Addr;

use jiff::Timestamp;

use super::affinity_group::AffinityGroup;
use super::certificate::ServiceCertificate;
use super::deployment::Deployment;
use super::disk::Disk;
use super::image::{Image, VmImage};
use super::image_spread::Spread;
use super::ledger;
use super::management_certificate::ManagementCertificate;
use super::network::VirtualNetwork;
use super::network_configuration::NetworkConfiguration;
use super::quota::Quota;
use super::registration::ResourceType;
use super::reserved_ip::ReservedIp;
use super::role::Role;
use super::route_table::{RouteTable, SubnetLinks};
use super::security_group::SecurityGroup;
use super::service::HostedService;
use super::storage::StorageAccount;
use crate::world::spelling::Index;
use crate::world::{Name, OrphanKind, SubscriptionId, Thumbprint, World};

/// One change of what a subscription holds: a thing as it is to be, in the place of the one of
/// its name, or a name of which nothing is to be left.
#[derive(Debug)]
pub(super) enum Change {
    AffinityGroup(AffinityGroup),
    NoAffinityGroup(Name),
    /// A hosted service that is new.
    Service(Box<HostedService>),
    NoService(Name),
    /// What a hosted service tells of itself, with all that is in it left as it is.
    ServiceHead(Box<HostedService>),
    Certificate {
        service: Name,
        certificate: ServiceCertificate,
        now: Timestamp,
    },
    NoCertificate {
        service: Name,
        thumbprint: Thumbprint,
        now: Timestamp,
    },
    Deployment {
        service: Name,
        deployment: Box<Deployment>,
    },
    /// A machine that is new in its deployment, which has this address.
    NewRole {
        service: Name,
        role: Box<Role>,
        vip: Ipv4Addr,
    },
    /// From now on these machines are on their way out: one, or all with the deployment.
    Deleting {
        service: Name,
        role: Option<Name>,
    },
    /// A hosted service must be looked at again at this moment.
    Alarm {
        service: Name,
        at: Timestamp,
    },
    Disk(Box<Disk>),
    NoDisk(Name),
    Image(Box<Image>),
    NoImage(Name),
    VmImage(Box<VmImage>),
    NoVmImage(Name),
    /// A capture makes an image of this name.
    ImageToBe(Name),
    Spread {
        image: Name,
        spread: Spread,
    },
    Storage(Box<StorageAccount>),
    NoStorage(Name),
    ReservedIp(ReservedIp),
    /// A public address is anybody's again.
    GiveBack(Ipv4Addr),
    Networks {
        sites: Index<Name, VirtualNetwork>,
        configuration: NetworkConfiguration,
    },
    SubnetLinks {
        network: Name,
        subnet: Name,
        links: SubnetLinks,
    },
    SecurityGroup(SecurityGroup),
    NoSecurityGroup(Name),
    RouteTable(RouteTable),
    NoRouteTable(Name),
    ManagementCertificate(ManagementCertificate),
    NoManagementCertificate(Thumbprint),
    Registered(ResourceType),
    NotRegistered(ResourceType),
    Quota(Quota),
}

impl World {
    /// Carries one change out.
    #[expect(clippy::too_many_lines, reason = "one arm for each kind of change")]
    pub(super) fn apply(&mut self, subscription: &SubscriptionId, change: Change, at: Timestamp) {
        let Some(held) = self.held_mut(subscription) else {
            return;
        };
        match change {
            Change::AffinityGroup(group) => {
                held.affinity_groups.put(group);
            }
            Change::NoAffinityGroup(name) => {
                held.affinity_groups.remove(&name);
            }
            Change::Service(service) => {
                let name = service.name.clone();
                held.services.put(*service);
                self.touch(subscription, &name);
            }
            Change::ServiceHead(told) => {
                if let Some(service) = held.services.get_mut(&told.name) {
                    service.take_head(*told);
                }
            }
            Change::Certificate {
                service,
                certificate,
                now,
            } => {
                if let Some(service) = held.services.get_mut(&service) {
                    let name = ledger::certificate(&service.name, &certificate.thumbprint);
                    let had = service.certificates.put(certificate);
                    if had.is_none() {
                        held.ledger.left(OrphanKind::ServiceCertificate, &name, at);
                    }
                    service.modified = now;
                }
            }
            Change::NoCertificate {
                service,
                thumbprint,
                now,
            } => {
                if let Some(service) = held.services.get_mut(&service) {
                    service.certificates.remove(&thumbprint);
                    service.modified = now;
                    let name = ledger::certificate(&service.name, &thumbprint);
                    held.ledger.forget(&OrphanKind::ServiceCertificate, &name);
                }
            }
            Change::Disk(disk) => {
                held.disks.insert(*disk);
            }
            Change::NoDisk(name) => {
                held.drop_disk(&name, at);
            }
            Change::Image(image) => {
                held.images.put(*image);
            }
            Change::NoImage(name) => {
                let gone = held.images.remove(&name);
                if let Some(link) = gone.and_then(|image| image.media_link) {
                    held.blob_left(&link, at);
                }
                held.image_spread.remove(&name);
            }
            Change::VmImage(image) => {
                held.vm_images.put(*image);
            }
            Change::NoVmImage(name) => {
                let gone = held.vm_images.remove(&name);
                for link in gone.iter().flat_map(VmImage::links) {
                    held.blob_left(link, at);
                }
                held.image_spread.remove(&name);
            }
            Change::ImageToBe(name) => {
                held.images_to_be.insert(name);
            }
            Change::Spread { image, spread } => {
                held.image_spread.insert(image, spread);
            }
            Change::Storage(account) => {
                let name = account.name.clone();
                held.storage.put(*account);
                self.touch_account(subscription, &name);
            }
            Change::NoStorage(name) => {
                held.storage.remove(&name);
                held.ledger.forget(&OrphanKind::StorageAccount, &name);
            }
            Change::ReservedIp(ip) => {
                let is_free = ip.used_by.is_none();
                let name = ip.name.clone();
                let was_free = held
                    .reserved_ips
                    .put(ip)
                    .is_some_and(|old| old.used_by.is_none());
                if is_free && !was_free {
                    held.ledger.left(OrphanKind::ReservedIp, &name, at);
                }
            }
            Change::Networks {
                sites,
                configuration,
            } => {
                // What stands before a subnet goes with it.
                held.subnet_links.retain(|network, links| {
                    links.retain(|subnet, _| {
                        let site = sites.get(network);
                        site.is_some_and(|site| site.subnets.iter().any(|s| s.name == *subnet))
                    });
                    !links.is_empty()
                });
                held.virtual_networks = sites;
                held.network_configuration = Some(configuration);
            }
            Change::SubnetLinks {
                network,
                subnet,
                links,
            } => {
                let of_network = held.subnet_links.entry(network).or_default();
                of_network.insert(subnet, links);
            }
            Change::SecurityGroup(group) => {
                held.security_groups.put(group);
            }
            Change::NoSecurityGroup(name) => {
                held.security_groups.remove(&name);
            }
            Change::RouteTable(table) => {
                held.route_tables.put(table);
            }
            Change::NoRouteTable(name) => {
                held.route_tables.remove(&name);
            }
            Change::ManagementCertificate(certificate) => {
                held.management_certificates.put(certificate);
            }
            Change::NoManagementCertificate(thumbprint) => {
                held.management_certificates.remove(&thumbprint);
            }
            Change::Registered(resource) => {
                held.registered.insert(resource);
            }
            Change::NotRegistered(resource) => {
                held.registered.remove(&resource);
            }
            Change::Quota(quota) => held.quota = quota,
            Change::NoService(name) => {
                held.remove_service(&name);
                held.forget_service(&name);
                self.touch(subscription, &name);
            }
            Change::Deployment {
                service,
                deployment,
            } => {
                held.deploy(&service, *deployment);
                self.settle_public_ips(subscription, &service);
                self.touch(subscription, &service);
            }
            Change::NewRole { service, role, vip } => {
                if let Some(held) = held.services.get_mut(&service)
                    && let Some(deployment) = &mut held.deployment
                {
                    deployment.vip = Some(vip);
                    deployment.modified = at;
                }
                held.add_role(&service, *role);
                self.settle_public_ips(subscription, &service);
                self.touch(subscription, &service);
            }
            Change::Deleting { service, role } => {
                self.mark_deleting(subscription, &service, role.as_ref());
            }
            Change::Alarm { service, at } => self.alarm(at, subscription, &service),
            Change::GiveBack(address) => self.ground.sources.addresses.give_back(address),
        }
    }
}
