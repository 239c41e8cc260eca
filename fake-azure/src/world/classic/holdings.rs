//! What a subscription holds of classic Azure.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::affinity_group::AffinityGroup;
use super::deployment::Deployment;
use super::disk::DiskShelf;
use super::effect::Effect;
use super::image::{Image, VmImage};
use super::image_spread::Spread;
use super::ledger::OrphanKind;
use super::management_certificate::ManagementCertificate;
use super::network::VirtualNetwork;
use super::network_configuration::NetworkConfiguration;
use super::quota::Quota;
use super::refusal::Failure;
use super::reserved_ip::ReservedIp;
use super::role::Role;
use super::route_table::{RouteTable, SubnetLinks};
use super::security_group::SecurityGroup;
use super::service::HostedService;
use super::storage::StorageAccount;
use crate::world::ledger::Ledger;
use crate::world::names::Name;
use crate::world::operation::Operations;
use crate::world::{SubscriptionId, World};

/// What a subscription holds, by the keys of the names.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Holdings {
    pub(crate) management_certificates: BTreeMap<String, ManagementCertificate>,
    pub(crate) registered: BTreeSet<String>,
    pub(crate) services: BTreeMap<Name, HostedService>,
    pub(crate) storage: BTreeMap<Name, StorageAccount>,
    pub(crate) disks: DiskShelf,
    pub(crate) images: BTreeMap<Name, Image>,
    pub(crate) vm_images: BTreeMap<Name, VmImage>,
    /// The names of images that captures are making.
    pub(crate) images_to_be: BTreeSet<Name>,
    pub(crate) affinity_groups: BTreeMap<Name, AffinityGroup>,
    pub(crate) virtual_networks: BTreeMap<Name, VirtualNetwork>,
    pub(crate) network_configuration: Option<NetworkConfiguration>,
    pub(crate) reserved_ips: BTreeMap<Name, ReservedIp>,
    pub(crate) image_spread: BTreeMap<Name, Spread>,
    pub(crate) security_groups: BTreeMap<Name, SecurityGroup>,
    pub(crate) route_tables: BTreeMap<Name, RouteTable>,
    /// What was set before subnets, by the keys of network and subnet.
    pub(crate) subnet_links: BTreeMap<Name, BTreeMap<Name, SubnetLinks>>,
    pub(crate) quota: Quota,
    pub(crate) ledger: Ledger<OrphanKind>,
    pub(crate) operations: Operations<Effect, Failure>,
}

impl Holdings {
    /// Those of a subscription that these certificates may manage, by their thumbprints.
    pub(crate) fn managed_by(certificates: BTreeMap<String, ManagementCertificate>) -> Self {
        Self {
            management_certificates: certificates,
            ..Self::default()
        }
    }
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
        self.held_mut(subscription)?
            .services
            .get_mut(&Name::of(service))
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
