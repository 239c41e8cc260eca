//! Hosted services, and the places they are in.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;

use super::certificate::ServiceCertificate;
use super::deployment::Deployment;
use super::names::{is_dns_label, key};
use super::operation::OperationId;
use super::{Effect, Refusal, SubscriptionId, World};

/// Where something is: in a region, or near others of an affinity group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum Place {
    /// A region by name.
    Location(String),
    /// An affinity group by name.
    AffinityGroup(String),
}

/// A hosted service ("cloud service"): a public name and what runs behind it.
#[derive(Clone, Debug, Serialize)]
pub struct HostedService {
    /// Its name, unique worldwide: `{name}.cloudapp.net`.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// What it is called: base64, as it was sent.
    pub label: String,
    /// Where it is.
    pub place: Place,
    /// The region behind the place.
    pub location: String,
    /// When it was made.
    pub created: Timestamp,
    /// When it was last changed.
    pub modified: Timestamp,
    /// The owner's own properties.
    pub extended_properties: Vec<(String, String)>,
    /// A name that the service's address resolves to.
    pub reverse_dns: Option<String>,
    /// Certificates by thumbprint.
    pub certificates: BTreeMap<String, ServiceCertificate>,
    /// What stands in the production slot.
    pub deployment: Option<Deployment>,
    /// Whether it ever had a deployment: the first makes it a part of a resource group.
    #[serde(skip)]
    pub(crate) grouped: bool,
    /// The operation that holds the service.
    #[serde(skip)]
    pub(crate) lock: Option<OperationId>,
}

impl HostedService {
    /// The name under which the world reaches it.
    pub fn public_name(&self) -> String {
        format!("{}.cloudapp.net", key(&self.name))
    }
}

/// What a new hosted service is to be.
#[derive(Clone, Debug)]
pub struct NewHostedService {
    /// Its name.
    pub name: String,
    /// What it is called: base64.
    pub label: String,
    /// What it is for.
    pub description: Option<String>,
    /// Where.
    pub place: Place,
    /// The owner's own properties.
    pub extended_properties: Vec<(String, String)>,
    /// A name that the service's address resolves to.
    pub reverse_dns: Option<String>,
}

/// What is to change of a hosted service; `None` leaves things as they are.
#[derive(Clone, Debug, Default)]
pub struct HostedServiceUpdate {
    /// What it is called: base64.
    pub label: Option<String>,
    /// What it is for.
    pub description: Option<String>,
    /// The owner's own properties.
    pub extended_properties: Option<Vec<(String, String)>>,
    /// A name that the service's address resolves to.
    pub reverse_dns: Option<String>,
}

impl World {
    /// The subscription's hosted services, by name.
    pub fn services<'a>(
        &'a self,
        subscription: &SubscriptionId,
    ) -> impl Iterator<Item = &'a HostedService> + use<'a> {
        self.subscription(subscription)
            .into_iter()
            .flat_map(|s| s.services.values())
    }

    /// The hosted service of this name.
    pub fn service(
        &self,
        subscription: &SubscriptionId,
        name: &str,
    ) -> Result<&HostedService, Refusal> {
        self.subscription(subscription)
            .and_then(|s| s.services.get(&key(name)))
            .ok_or_else(|| Refusal::not_found("The hosted service does not exist.").detail(name))
    }

    pub(crate) fn service_mut(
        &mut self,
        subscription: &SubscriptionId,
        name: &str,
    ) -> Result<&mut HostedService, Refusal> {
        self.subscription_mut(subscription)?
            .services
            .get_mut(&key(name))
            .ok_or_else(|| Refusal::not_found("The hosted service does not exist.").detail(name))
    }

    /// Why a hosted service may not have this name, if it may not.
    pub fn service_name_available(&self, name: &str) -> Result<Option<String>, Refusal> {
        if !is_dns_label(name) {
            return Err(Refusal::bad_request("The hosted service name is invalid.").detail(name));
        }
        let taken = self.taken_services.contains(&key(name))
            || self
                .subscription_ids()
                .any(|id| self.service(&id, name).is_ok());
        Ok(taken.then(|| "The specified DNS name is already taken.".to_owned()))
    }

    /// Makes a hosted service.
    pub fn create_service(
        &mut self,
        subscription: &SubscriptionId,
        new: NewHostedService,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        if let Some(reason) = self.service_name_available(&new.name)? {
            return Err(Refusal::conflict(reason).detail(&new.name));
        }
        let location = self.region_of(subscription, &new.place)?;
        let service = HostedService {
            description: new.description,
            label: new.label,
            place: new.place,
            location,
            created: now,
            modified: now,
            extended_properties: new.extended_properties,
            reverse_dns: new.reverse_dns,
            grouped: false,
            certificates: BTreeMap::new(),
            deployment: None,
            lock: None,
            name: new.name,
        };
        let name = service.name.clone();
        self.subscription_mut(subscription)?
            .services
            .insert(key(&name), service);
        self.touch(subscription, &name);
        Ok(())
    }

    /// Changes a hosted service.
    pub fn update_service(
        &mut self,
        subscription: &SubscriptionId,
        name: &str,
        update: HostedServiceUpdate,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        self.unlocked(subscription, name)?;
        let service = self.service_mut(subscription, name)?;
        let HostedServiceUpdate {
            label,
            description,
            extended_properties,
            reverse_dns,
        } = update;
        if let Some(label) = label {
            service.label = label;
        }
        if description.is_some() {
            service.description = description;
        }
        if let Some(properties) = extended_properties {
            service.extended_properties = properties;
        }
        if reverse_dns.is_some() {
            service.reverse_dns = reverse_dns;
        }
        service.modified = now;
        Ok(())
    }

    /// Deletes a hosted service that has no deployment.
    pub fn delete_service(
        &mut self,
        subscription: &SubscriptionId,
        name: &str,
    ) -> Result<(), Refusal> {
        self.unlocked(subscription, name)?;
        if self.service(subscription, name)?.deployment.is_some() {
            return Err(Refusal::conflict(
                "A hosted service cannot be deleted while it still contains deployments.",
            )
            .detail(name));
        }
        self.subscription_mut(subscription)?
            .services
            .remove(&key(name));
        self.touch(subscription, name);
        Ok(())
    }

    /// Deletes a hosted service with its deployment, disks and blobs (`comp=media`).
    pub fn delete_service_with_media(
        &mut self,
        subscription: &SubscriptionId,
        id: OperationId,
        name: &str,
        now: Timestamp,
    ) -> Result<OperationId, Refusal> {
        self.unlocked(subscription, name)?;
        self.mark_deleting(subscription, name, None)?;
        let effect = Effect::DeleteService { service: key(name) };
        self.accept(
            subscription,
            id,
            "Delete Hosted Service",
            45,
            Some(key(name)),
            Some(effect),
            now,
        )
    }

    /// The region behind a place that must exist.
    pub(crate) fn region_of(
        &self,
        subscription: &SubscriptionId,
        place: &Place,
    ) -> Result<String, Refusal> {
        match place {
            Place::Location(name) => self
                .catalogue
                .location(name)
                .map(|l| l.name.clone())
                .ok_or_else(|| {
                    Refusal::not_found("The location does not exist.")
                        .detail(format!("Location: `{name}`"))
                }),
            Place::AffinityGroup(name) => {
                Ok(self.affinity_group(subscription, name)?.location.clone())
            }
        }
    }
}
