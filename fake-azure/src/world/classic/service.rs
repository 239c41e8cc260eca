//! Hosted services, and the places they are in.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::certificate::ServiceCertificate;
use super::change::Change;
use super::decision::{Decided, Scope};
use super::deployment::Deployment;
use super::effect::Effect;
use super::presence::public_name;
use super::refusal::Thing;
use super::view::View;
use super::{Counted, Refusal};
use crate::world::names::is_dns_label;
use crate::world::operation::OperationId;
use crate::world::spelling::Index;
use crate::world::{Name, Thumbprint, World};

/// Where something is: in a region, or near others of an affinity group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Place {
    /// A region by name.
    Location(Name),
    /// An affinity group by name.
    AffinityGroup(Name),
}

/// A hosted service ("cloud service"): a public name and what runs behind it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub struct HostedService {
    /// Its name, unique worldwide: `{name}.cloudapp.net`.
    pub name: Name,
    /// What it is for.
    pub description: Option<String>,
    /// What it is called: base64, as it was sent.
    pub label: String,
    /// Where it is.
    pub place: Place,
    /// The region behind the place.
    pub location: Name,
    /// When it was made.
    pub created: Timestamp,
    /// When it was last changed.
    pub modified: Timestamp,
    /// The owner's own properties.
    pub extended_properties: Vec<(String, String)>,
    /// A name that the service's address resolves to.
    pub reverse_dns: Option<String>,
    /// Certificates by thumbprint.
    pub(crate) certificates: Index<Thumbprint, ServiceCertificate>,
    /// What stands in the production slot.
    pub deployment: Option<Deployment>,
    /// Whether it ever had a deployment: the first makes it a part of a resource group.
    pub(crate) grouped: bool,
    /// The operation that holds the service.
    pub(crate) lock: Option<OperationId>,
}

impl HostedService {
    /// The name under which the world reaches it.
    pub fn public_name(&self) -> String {
        public_name(&self.name)
    }

    /// Takes on what another tells of itself, and leaves what is inside.
    pub(super) fn take_head(&mut self, head: Self) {
        *self = Self {
            certificates: std::mem::take(&mut self.certificates),
            deployment: self.deployment.take(),
            ..head
        };
    }
}

/// What a new hosted service is to be.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct NewHostedService {
    /// Its name.
    pub name: Name,
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
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
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

/// What can be asked about hosted services.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Command {
    /// Make one.
    Create {
        /// What it is to be.
        new: NewHostedService,
    },
    /// Change one.
    Update {
        /// Its name.
        name: Name,
        /// What changes.
        update: HostedServiceUpdate,
    },
    /// Delete one that has no deployment.
    Delete {
        /// Its name.
        name: Name,
    },
    /// Delete one with its deployment, disks and blobs (`comp=media`).
    DeleteWithMedia {
        /// Its name.
        name: Name,
    },
}

impl Command {
    pub(super) fn decide(self, scope: &mut Scope<'_>) -> Result<Decided, Refusal> {
        match self {
            Self::Create { new } => create(scope, new),
            Self::Update { name, update } => change(scope, &name, update),
            Self::Delete { name } => {
                scope.unlocked(&name)?;
                if scope.service(&name)?.deployment.is_some() {
                    return Err(Refusal::HasDeployment(name));
                }
                Ok(Decided::done("Delete Hosted Service").change(Change::NoService(name)))
            }
            Self::DeleteWithMedia { name } => {
                scope.unlocked(&name)?;
                Ok(Decided::accepted("Delete Hosted Service", 45)
                    .locks(&name)
                    .at_end(Effect::DeleteService {
                        service: name.clone(),
                    })
                    .change(Change::Deleting {
                        service: name,
                        role: None,
                    }))
            }
        }
    }
}

fn create(scope: &Scope<'_>, new: NewHostedService) -> Result<Decided, Refusal> {
    if let Some(reason) = scope.world.service_name_available(&new.name)? {
        return Err(reason);
    }
    let location = scope.region_of(&new.place)?;
    scope.has_room(Counted::HostedServices, 1)?;
    let service = HostedService {
        location,
        description: new.description,
        label: new.label,
        place: new.place,
        created: scope.now,
        modified: scope.now,
        extended_properties: new.extended_properties,
        reverse_dns: new.reverse_dns,
        grouped: false,
        certificates: Index::default(),
        deployment: None,
        lock: None,
        name: new.name,
    };
    Ok(Decided::done("Create Hosted Service").change(Change::Service(Box::new(service))))
}

fn change(scope: &Scope<'_>, name: &str, update: HostedServiceUpdate) -> Result<Decided, Refusal> {
    scope.unlocked(name)?;
    let held = scope.service(name)?;
    let told = HostedService {
        label: update.label.unwrap_or_else(|| held.label.clone()),
        description: update.description.or_else(|| held.description.clone()),
        extended_properties: update
            .extended_properties
            .unwrap_or_else(|| held.extended_properties.clone()),
        reverse_dns: update.reverse_dns.or_else(|| held.reverse_dns.clone()),
        modified: scope.now,
        name: held.name.clone(),
        place: held.place.clone(),
        location: held.location.clone(),
        created: held.created,
        grouped: held.grouped,
        lock: held.lock.clone(),
        certificates: Index::default(),
        deployment: None,
    };
    Ok(Decided::done("Update Hosted Service").change(Change::ServiceHead(Box::new(told))))
}

impl<'w> View<'w> {
    /// The subscription's hosted services, by name.
    pub fn services(self) -> impl Iterator<Item = &'w HostedService> {
        self.held.into_iter().flat_map(|s| s.services.values())
    }

    /// The hosted service of this name.
    pub fn service(self, name: &str) -> Result<&'w HostedService, Refusal> {
        self.held
            .and_then(|s| s.services.get(name))
            .ok_or_else(|| Refusal::missing(Thing::HostedService, name))
    }

    /// The region behind a place that must exist.
    pub(crate) fn region_of(self, place: &Place) -> Result<Name, Refusal> {
        match place {
            Place::Location(name) => self
                .world
                .ground
                .catalogue
                .location(name)
                .map(|l| l.name.clone())
                .ok_or_else(|| Refusal::missing(Thing::Location, name)),
            Place::AffinityGroup(name) => Ok(self.affinity_group(name)?.location.clone()),
        }
    }
}

impl World {
    /// Why a hosted service may not have this name, if it may not.
    pub(crate) fn service_name_available(&self, name: &str) -> Result<Option<Refusal>, Refusal> {
        if !is_dns_label(name) {
            return Err(Refusal::BadName(Thing::HostedService, name.into()));
        }
        let taken = self.has_public_name(&public_name(name));
        Ok(taken.then(|| Refusal::Taken {
            what: Thing::HostedService,
            name: name.into(),
            own: false,
        }))
    }
}
