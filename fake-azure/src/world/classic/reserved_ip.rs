//! Public addresses that stay a subscription's.

use std::net::Ipv4Addr;

use serde::{Deserialize, Serialize};

use super::change::Change;
use super::decision::{Decided, Scope};
use super::deployment::{Deployment, DeploymentPath};
use super::effect::Effect;
use super::label::check_new;
use super::refusal::{Elsewhere, Thing};
use super::service::Place;
use super::view::View;
use super::{Counted, Refusal};
use crate::world::names::Name;
use crate::world::operation::OperationId;

/// A public address that stays the subscription's.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ReservedIp {
    /// Its name.
    pub name: Name,
    /// The address.
    pub address: Ipv4Addr,
    /// Its GUID.
    pub id: String,
    /// What it is called.
    pub label: Option<String>,
    /// Its region.
    pub location: Name,
    /// The service and deployment that use it.
    pub used_by: Option<(Name, Name)>,
    pub(crate) operation: Option<OperationId>,
    pub(crate) deleting: bool,
}

/// What can be asked about reserved addresses.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Command {
    /// Reserve an address: a new one, or the one that a deployment has.
    Create {
        /// Its name.
        name: Name,
        /// What it is called.
        label: Option<String>,
        /// Its region.
        location: Name,
        /// The deployment whose address it is to be.
        of: Option<DeploymentPath>,
    },
    /// Give one back.
    Delete {
        /// Its name.
        name: Name,
    },
    /// Give a deployment one in the place of the address that it has.
    Associate {
        /// Its name.
        name: Name,
        /// The deployment.
        with: DeploymentPath,
    },
    /// Take one from a deployment, which gets another address.
    Disassociate {
        /// Its name.
        name: Name,
        /// The deployment.
        from: DeploymentPath,
    },
}

impl<'w> View<'w> {
    /// The subscription's reserved addresses, by name.
    pub fn reserved_ips(self) -> impl Iterator<Item = &'w ReservedIp> {
        let held = self.held.into_iter();
        held.flat_map(|s| s.reserved_ips.values())
    }

    /// The reserved address of this name.
    pub fn reserved_ip(self, name: &str) -> Result<&'w ReservedIp, Refusal> {
        self.held
            .and_then(|s| s.reserved_ips.get(name))
            .ok_or_else(|| Refusal::missing(Thing::ReservedIp, name))
    }

    /// `Creating`, `Created` or `Deleting`.
    pub fn reserved_ip_state(self, ip: &ReservedIp) -> &'static str {
        match (ip.deleting, self.is_running(ip.operation.as_ref())) {
            (true, _) => "Deleting",
            (false, true) => "Creating",
            (false, false) => "Created",
        }
    }

    /// The address of a deployment, if it can be reserved.
    fn reservable(self, of: &DeploymentPath, location: &str) -> Result<Ipv4Addr, Refusal> {
        let standing = self.deployment(&of.service, &of.deployment)?;
        self.unlocked(&of.service)?;
        let here = &self.service(&of.service)?.location;
        if here != location {
            return Err(elsewhere("", location, here));
        }
        has_no_other(standing, &of.deployment)?;
        standing
            .vip
            .ok_or_else(|| Refusal::NoPublicAddress(of.deployment.clone()))
    }

    /// The reserved address, if any is named, must be free and near.
    pub(super) fn check_reserved_ip(
        self,
        service: &str,
        reserved: Option<&Name>,
    ) -> Result<(), Refusal> {
        let Some(name) = reserved else { return Ok(()) };
        let ip = self.reserved_ip(name)?;
        if let Some((user, _)) = &ip.used_by {
            return Err(Refusal::ReservedIpTaken {
                name: name.into(),
                service: user.clone(),
            });
        }
        if ip.deleting {
            return Err(Refusal::missing(Thing::ReservedIp, name));
        }
        if self.is_running(ip.operation.as_ref()) {
            return Err(Refusal::ReservedIpUnmade(name.into()));
        }
        let here = &self.service(service)?.location;
        if *here == ip.location {
            Ok(())
        } else {
            Err(elsewhere(name, &ip.location, here))
        }
    }
}

impl Command {
    pub(super) fn decide(self, scope: &mut Scope<'_>) -> Result<Decided, Refusal> {
        match self {
            Self::Create {
                name,
                label,
                location,
                of,
            } => create(scope, name, label, location, of),
            Self::Delete { name } => delete(scope, &name),
            Self::Associate { name, with } => associate(scope, &name, &with),
            Self::Disassociate { name, from } => disassociate(scope, &name, &from),
        }
    }
}

fn create(
    scope: &mut Scope<'_>,
    name: Name,
    label: Option<String>,
    location: Name,
    of: Option<DeploymentPath>,
) -> Result<Decided, Refusal> {
    let is_taken = scope.reserved_ip(&name).is_ok();
    check_new(Thing::ReservedIp, &name, None, is_taken)?;
    let location = scope.region_of(&Place::Location(location))?;
    scope.has_room(Counted::ReservedIps, 1)?;
    let address = match &of {
        None => scope.draw.take_address()?,
        Some(of) => scope.reservable(of, &location)?,
    };
    let mut ip = ReservedIp {
        name,
        address,
        id: scope.draw.chance.guid(),
        label,
        location,
        used_by: None,
        operation: Some(scope.id.clone()),
        deleting: false,
    };
    let mut decided = Decided::accepted("Create Reserved IP Address", 31);
    if let Some(of) = of {
        let mut deployment = scope.deployment(&of.service, &of.deployment)?.clone();
        link(scope, &of.service, &mut ip, &mut deployment)?;
        decided = decided.locks(&of.service).change(Change::Deployment {
            service: of.service,
            deployment: Box::new(deployment),
        });
    }
    Ok(decided.change(Change::ReservedIp(ip)))
}

fn delete(scope: &Scope<'_>, name: &str) -> Result<Decided, Refusal> {
    let ip = scope.reserved_ip(name)?;
    if let Some((service, deployment)) = &ip.used_by {
        return Err(Refusal::ReservedIpInUse {
            name: name.into(),
            service: service.clone(),
            deployment: deployment.clone(),
        });
    }
    if scope.is_running(ip.operation.as_ref()) {
        return Err(Refusal::Unsettled(Thing::ReservedIp, name.into()));
    }
    let going = ReservedIp {
        deleting: true,
        operation: Some(scope.id.clone()),
        ..ip.clone()
    };
    Ok(Decided::accepted("Delete Reserved IP Address", 31)
        .change(Change::ReservedIp(going))
        .at_end(Effect::ReleaseReservedIp {
            name: Name::from(name),
        }))
}

fn associate(
    scope: &Scope<'_>,
    name: &Name,
    DeploymentPath {
        service,
        deployment,
    }: &DeploymentPath,
) -> Result<Decided, Refusal> {
    let mut ip = scope.reserved_ip(name)?.clone();
    let standing = scope.deployment(service, deployment)?;
    scope.unlocked(service)?;
    has_no_other(standing, deployment)?;
    standing.check_has_endpoints(name)?;
    scope.check_reserved_ip(service, Some(name))?;
    let mut changed = standing.clone();
    link(scope, service, &mut ip, &mut changed)?;
    let had = changed.vip;
    changed.vip = had.map(|_| ip.address);
    changed.modified = scope.now;
    Ok(Decided::accepted("Associate Reserved IP Address", 31)
        .locks(service)
        .changes(had.map(Change::GiveBack))
        .change(Change::ReservedIp(ip))
        .change(Change::Deployment {
            service: service.clone(),
            deployment: Box::new(changed),
        }))
}

fn disassociate(
    scope: &mut Scope<'_>,
    name: &str,
    DeploymentPath {
        service,
        deployment,
    }: &DeploymentPath,
) -> Result<Decided, Refusal> {
    let mut ip = scope.reserved_ip(name)?.clone();
    let standing = scope.deployment(service, deployment)?;
    scope.unlocked(service)?;
    let has = standing.reserved_ip.as_ref();
    if has.is_none_or(|known| *known != *name) {
        return Err(Refusal::HasNotReservedIp {
            deployment: deployment.clone(),
            name: name.into(),
        });
    }
    let mut changed = standing.clone();
    if changed.vip.is_some() {
        changed.vip = Some(scope.draw.take_address()?);
    }
    changed.reserved_ip = None;
    changed.modified = scope.now;
    ip.used_by = None;
    Ok(Decided::accepted("Disassociate Reserved IP Address", 31)
        .locks(service)
        .change(Change::ReservedIp(ip))
        .change(Change::Deployment {
            service: service.clone(),
            deployment: Box::new(changed),
        }))
}

/// A deployment has one reserved address at most.
fn has_no_other(standing: &Deployment, named: &str) -> Result<(), Refusal> {
    match &standing.reserved_ip {
        None => Ok(()),
        Some(other) => Err(Refusal::HasReservedIp {
            deployment: named.into(),
            other: other.clone(),
        }),
    }
}

/// Notes on both sides that a deployment has a reserved address.
fn link(
    scope: &Scope<'_>,
    service: &str,
    ip: &mut ReservedIp,
    deployment: &mut Deployment,
) -> Result<(), Refusal> {
    let service = scope.service(service)?.name.clone();
    ip.used_by = Some((service, deployment.name.clone()));
    deployment.reserved_ip = Some(ip.name.clone());
    Ok(())
}

fn elsewhere(name: &str, there: &str, here: &str) -> Refusal {
    Refusal::Elsewhere {
        what: Elsewhere::ReservedIp(name.into()),
        there: there.into(),
        here: here.into(),
    }
}
