//! What a subscription holds of classic Azure.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::affinity_group::AffinityGroup;
use super::certificate::ServiceCertificate;
use super::deployment::Deployment;
use super::disk::{Disk, DiskShelf};
use super::effect::Effect;
use super::image::{Image, VmImage};
use super::image_spread::Spread;
use super::management_certificate::ManagementCertificate;
use super::network::VirtualNetwork;
use super::network_configuration::NetworkConfiguration;
use super::quota::{Quota, cores};
use super::refusal::Failure;
use super::registration::ResourceType;
use super::reserved_ip::ReservedIp;
use super::role::Role;
use super::route_table::{RouteTable, SubnetLinks};
use super::security_group::SecurityGroup;
use super::service::HostedService;
use super::storage::StorageAccount;
use crate::world::ledger::Ledger;
use crate::world::operation::Operations;
use crate::world::spelling::{Index, is_same, keyed};
use crate::world::{Name, OrphanKind, SubscriptionId, Thumbprint, World};

/// What a subscription holds, by the keys of the names.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Holdings {
    pub(crate) management_certificates: Index<Thumbprint, ManagementCertificate>,
    pub(crate) registered: BTreeSet<ResourceType>,
    pub(crate) services: Index<Name, HostedService>,
    /// How many cores the machines of all services have: adding them up takes time in a large
    /// world.
    pub(super) cores: usize,
    pub(crate) storage: Index<Name, StorageAccount>,
    pub(crate) disks: DiskShelf,
    pub(crate) images: Index<Name, Image>,
    pub(crate) vm_images: Index<Name, VmImage>,
    /// The names of images that captures are making.
    pub(crate) images_to_be: BTreeSet<Name>,
    pub(crate) affinity_groups: Index<Name, AffinityGroup>,
    pub(crate) virtual_networks: Index<Name, VirtualNetwork>,
    pub(crate) network_configuration: Option<NetworkConfiguration>,
    pub(crate) reserved_ips: Index<Name, ReservedIp>,
    pub(crate) image_spread: Index<Name, Spread>,
    pub(crate) security_groups: Index<Name, SecurityGroup>,
    pub(crate) route_tables: Index<Name, RouteTable>,
    /// What was set before subnets, by the keys of network and subnet.
    pub(crate) subnet_links: Index<Name, Index<Name, SubnetLinks>>,
    pub(crate) quota: Quota,
    pub(crate) ledger: Ledger<OrphanKind>,
    pub(crate) operations: Operations<Effect, Failure>,
}

keyed! {
    AffinityGroup: name as Name,
    Disk: name as Name,
    HostedService: name as Name,
    Image: name as Name,
    ManagementCertificate: thumbprint as Thumbprint,
    ReservedIp: name as Name,
    RouteTable: name as Name,
    SecurityGroup: name as Name,
    ServiceCertificate: thumbprint as Thumbprint,
    StorageAccount: name as Name,
    VirtualNetwork: name as Name,
    VmImage: name as Name,
}

impl Holdings {
    /// Those of a subscription that these certificates may manage, by their thumbprints.
    pub(crate) fn managed_by(
        certificates: impl IntoIterator<Item = ManagementCertificate>,
    ) -> Self {
        Self {
            management_certificates: certificates.into_iter().collect(),
            ..Self::default()
        }
    }

    /// Puts a deployment into a service, in the place of the one that is there.
    pub(super) fn deploy(&mut self, service: &str, deployment: Deployment) {
        let made = cores(&deployment.roles);
        if let Some(held) = self.services.get_mut(service) {
            let gone = held.deployment.replace(deployment);
            held.grouped = true;
            self.cores = self.cores + made - cores_of(gone.as_ref());
        }
    }

    /// Adds a machine to a service's deployment.
    pub(super) fn add_role(&mut self, service: &str, role: Role) {
        let made = cores(std::slice::from_ref(&role));
        let held = self.services.get_mut(service);
        if let Some(deployment) = held.and_then(|held| held.deployment.as_mut()) {
            // Most deployments have few machines, and room for more is a machine's.
            deployment.roles.reserve_exact(1);
            deployment.roles.push(role);
            self.cores += made;
        }
    }

    /// Takes a machine out of a service's deployment.
    pub(super) fn take_role(&mut self, service: &str, role: &str) -> Option<Role> {
        let held = self.services.get_mut(service)?;
        let roles = &mut held.deployment.as_mut()?.roles;
        let at = roles.iter().position(|r| is_same(&r.name, role))?;
        let gone = roles.remove(at);
        self.cores -= cores(std::slice::from_ref(&gone));
        Some(gone)
    }

    /// Takes a service's deployment out of it.
    pub(super) fn take_deployment(&mut self, service: &str) -> Option<Deployment> {
        let held = self.services.get_mut(service)?;
        let gone = held.deployment.take();
        self.cores -= cores_of(gone.as_ref());
        gone
    }

    /// Removes a service with all that is in it.
    pub(super) fn remove_service(&mut self, service: &str) {
        self.take_deployment(service);
        self.services.remove(service);
    }
}

fn cores_of(deployment: Option<&Deployment>) -> usize {
    deployment.map_or(0, |deployment| cores(&deployment.roles))
}

impl World {
    pub(super) fn held_mut(&mut self, subscription: &SubscriptionId) -> Option<&mut Holdings> {
        let held = self.subscriptions.get_mut(subscription)?;
        Some(&mut held.classic)
    }

    /// What all subscriptions hold.
    pub(super) fn holdings(&self) -> impl Iterator<Item = (&SubscriptionId, &Holdings)> {
        let all = self.subscriptions.iter();
        all.map(|(id, held)| (id, &held.classic))
    }

    pub(super) fn service_mut(
        &mut self,
        subscription: &SubscriptionId,
        service: &str,
    ) -> Option<&mut HostedService> {
        self.held_mut(subscription)?.services.get_mut(service)
    }

    pub(super) fn deployment_mut(
        &mut self,
        subscription: &SubscriptionId,
        service: &str,
    ) -> Option<&mut Deployment> {
        self.service_mut(subscription, service)?.deployment.as_mut()
    }

    pub(super) fn role_mut(
        &mut self,
        subscription: &SubscriptionId,
        service: &str,
        role: &str,
    ) -> Option<&mut Role> {
        let deployment = self.deployment_mut(subscription, service)?;
        deployment.role_mut(role).ok()
    }
}
