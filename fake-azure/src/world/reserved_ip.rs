//! Public addresses that stay a subscription's.

use std::net::Ipv4Addr;

use jiff::Timestamp;
use serde::Serialize;

use super::names::{is_plain, key, same};
use super::operation::OperationId;
use super::service::Place;
use super::{Effect, Refusal, SubscriptionId, World};

/// A public address that stays the subscription's.
#[derive(Clone, Debug, Serialize)]
pub struct ReservedIp {
    /// Its name.
    pub name: String,
    /// The address.
    pub address: Ipv4Addr,
    /// Its GUID.
    pub id: String,
    /// What it is called.
    pub label: Option<String>,
    /// Its region.
    pub location: String,
    /// The service and deployment that use it.
    pub used_by: Option<(String, String)>,
    #[serde(skip)]
    pub(crate) operation: Option<OperationId>,
    #[serde(skip)]
    pub(crate) deleting: bool,
}

impl World {
    /// The subscription's reserved addresses, by name.
    pub fn reserved_ips<'a>(
        &'a self,
        subscription: &SubscriptionId,
    ) -> impl Iterator<Item = &'a ReservedIp> + use<'a> {
        self.subscription(subscription)
            .into_iter()
            .flat_map(|s| s.reserved_ips.values())
    }

    /// The reserved address of this name.
    pub fn reserved_ip(
        &self,
        subscription: &SubscriptionId,
        name: &str,
    ) -> Result<&ReservedIp, Refusal> {
        self.subscription(subscription)
            .and_then(|s| s.reserved_ips.get(&key(name)))
            .ok_or_else(|| Refusal::resource(format!("reserved IP `{name}`")))
    }

    /// `Creating`, `Created` or `Deleting`.
    pub fn reserved_ip_state(
        &self,
        subscription: &SubscriptionId,
        ip: &ReservedIp,
    ) -> &'static str {
        match (
            ip.deleting,
            self.is_running(subscription, ip.operation.as_ref()),
        ) {
            (true, _) => "Deleting",
            (false, true) => "Creating",
            (false, false) => "Created",
        }
    }

    /// Reserves an address: a new one, or the one that a deployment has.
    pub fn create_reserved_ip(
        &mut self,
        subscription: &SubscriptionId,
        id: OperationId,
        name: &str,
        label: Option<String>,
        location: &str,
        of: Option<(String, String)>,
        now: Timestamp,
    ) -> Result<OperationId, Refusal> {
        if !is_plain(name, 80) {
            return Err(Refusal::bad_request("The reserved IP name is invalid.").detail(name));
        }
        if self.reserved_ip(subscription, name).is_ok() {
            return Err(
                Refusal::conflict("A reserved IP with the specified name already exists.")
                    .detail(name),
            );
        }
        let location = self.region_of(subscription, &Place::Location(location.to_owned()))?;
        let address = match &of {
            None => self.addresses.take()?,
            Some((service, deployment)) => {
                self.reservable(subscription, service, deployment, &location)?
            }
        };
        let ip = ReservedIp {
            name: name.to_owned(),
            address,
            id: self.chance.guid(),
            label,
            location,
            used_by: None,
            operation: Some(id.clone()),
            deleting: false,
        };
        self.subscription_mut(subscription)?
            .reserved_ips
            .insert(key(name), ip);
        let mut lock = None;
        if let Some((service, deployment)) = of {
            self.use_reserved_ip(subscription, &service, &deployment, name)?;
            lock = Some(key(&service));
        }
        self.accept(
            subscription,
            id,
            "Create Reserved IP Address",
            31,
            lock,
            None,
            now,
        )
    }

    /// Gives a reserved address back.
    pub fn delete_reserved_ip(
        &mut self,
        subscription: &SubscriptionId,
        id: OperationId,
        name: &str,
        now: Timestamp,
    ) -> Result<OperationId, Refusal> {
        let ip = self.reserved_ip(subscription, name)?;
        if let Some((service, deployment)) = &ip.used_by {
            return Err(Refusal::conflict(format!(
                "The reserved IP {name} is in use by deployment {deployment} of hosted service {service}."
            )));
        }
        if self.is_running(subscription, ip.operation.as_ref()) {
            return Err(Refusal::conflict(
                "A conflict occurred to prevent the operation from completing.",
            )
            .detail(name));
        }
        if let Some(ip) = self
            .subscription_mut(subscription)?
            .reserved_ips
            .get_mut(&key(name))
        {
            ip.deleting = true;
            ip.operation = Some(id.clone());
        }
        let effect = Effect::ReleaseReservedIp { name: key(name) };
        self.accept(
            subscription,
            id,
            "Delete Reserved IP Address",
            31,
            None,
            Some(effect),
            now,
        )
    }

    /// Gives a deployment a reserved address in the place of the one that it has.
    pub fn associate_reserved_ip(
        &mut self,
        subscription: &SubscriptionId,
        id: OperationId,
        name: &str,
        service: &str,
        deployment: &str,
        now: Timestamp,
    ) -> Result<OperationId, Refusal> {
        self.reserved_ip(subscription, name)?;
        let standing = self.deployment(subscription, service, deployment)?;
        self.unlocked(subscription, service)?;
        if let Some(other) = &standing.reserved_ip {
            return Err(Refusal::conflict(format!(
                "The deployment {deployment} has the reserved IP {other} already."
            )));
        }
        standing.check_has_endpoints(name)?;
        let had = standing.vip;
        self.check_reserved_ip(subscription, service, Some(name))?;
        if let Some(had) = had {
            self.addresses.give_back(had);
        }
        self.use_reserved_ip(subscription, service, deployment, name)?;
        if had.is_some() {
            let address = self.reserved_ip(subscription, name)?.address;
            self.deployment_mut(subscription, service)?.vip = Some(address);
        }
        self.deployment_mut(subscription, service)?.modified = now;
        self.touch(subscription, service);
        let lock = Some(key(service));
        self.accept(
            subscription,
            id,
            "Associate Reserved IP Address",
            31,
            lock,
            None,
            now,
        )
    }

    /// Takes a reserved address from a deployment, which gets another.
    pub fn disassociate_reserved_ip(
        &mut self,
        subscription: &SubscriptionId,
        id: OperationId,
        name: &str,
        service: &str,
        deployment: &str,
        now: Timestamp,
    ) -> Result<OperationId, Refusal> {
        self.reserved_ip(subscription, name)?;
        let standing = self.deployment(subscription, service, deployment)?;
        self.unlocked(subscription, service)?;
        if standing
            .reserved_ip
            .as_deref()
            .is_none_or(|known| !same(known, name))
        {
            return Err(Refusal::bad_request(format!(
                "The deployment {deployment} does not have the reserved IP {name}."
            )));
        }
        let another = match standing.vip {
            Some(_) => Some(self.addresses.take()?),
            None => None,
        };
        let held = self.deployment_mut(subscription, service)?;
        held.reserved_ip = None;
        held.vip = another;
        held.modified = now;
        self.reserved_ip_mut(subscription, name)?.used_by = None;
        self.touch(subscription, service);
        let lock = Some(key(service));
        self.accept(
            subscription,
            id,
            "Disassociate Reserved IP Address",
            31,
            lock,
            None,
            now,
        )
    }

    /// The address of a deployment, if it can be reserved.
    fn reservable(
        &self,
        subscription: &SubscriptionId,
        service: &str,
        deployment: &str,
        location: &str,
    ) -> Result<Ipv4Addr, Refusal> {
        let standing = self.deployment(subscription, service, deployment)?;
        self.unlocked(subscription, service)?;
        let here = &self.service(subscription, service)?.location;
        if !same(here, location) {
            return Err(elsewhere("", location, here));
        }
        match (&standing.reserved_ip, standing.vip) {
            (Some(other), _) => Err(Refusal::conflict(format!(
                "The deployment {deployment} has the reserved IP {other} already."
            ))),
            (None, None) => Err(Refusal::conflict(format!(
                "The deployment {deployment} has no address while none of its machines runs."
            ))),
            (None, Some(address)) => Ok(address),
        }
    }

    /// Notes on both sides that a deployment has a reserved address.
    fn use_reserved_ip(
        &mut self,
        subscription: &SubscriptionId,
        service: &str,
        deployment: &str,
        name: &str,
    ) -> Result<(), Refusal> {
        let standing = self.deployment(subscription, service, deployment)?;
        let user = (
            self.service(subscription, service)?.name.clone(),
            standing.name.clone(),
        );
        let ip = self.reserved_ip_mut(subscription, name)?;
        ip.used_by = Some(user);
        let name = ip.name.clone();
        self.deployment_mut(subscription, service)?.reserved_ip = Some(name);
        Ok(())
    }

    fn reserved_ip_mut(
        &mut self,
        subscription: &SubscriptionId,
        name: &str,
    ) -> Result<&mut ReservedIp, Refusal> {
        self.subscription_mut(subscription)?
            .reserved_ips
            .get_mut(&key(name))
            .ok_or_else(|| Refusal::resource(format!("reserved IP `{name}`")))
    }

    /// The reserved address, if any is named, must be free and near.
    pub(super) fn check_reserved_ip(
        &self,
        subscription: &SubscriptionId,
        service: &str,
        reserved: Option<&str>,
    ) -> Result<(), Refusal> {
        let Some(name) = reserved else { return Ok(()) };
        let ip = self.reserved_ip(subscription, name)?;
        if let Some((user, _)) = &ip.used_by {
            return Err(Refusal::conflict(format!(
                "The reserved IP {name} is already in use by hosted service {user}."
            )));
        }
        if ip.deleting {
            return Err(Refusal::resource(format!("reserved IP `{name}`")));
        }
        if self.is_running(subscription, ip.operation.as_ref()) {
            return Err(Refusal::conflict(format!(
                "The reserved IP {name} is being created."
            )));
        }
        let here = &self.service(subscription, service)?.location;
        if same(here, &ip.location) {
            Ok(())
        } else {
            Err(elsewhere(name, &ip.location, here))
        }
    }
}

fn elsewhere(name: &str, there: &str, here: &str) -> Refusal {
    Refusal::bad_request(format!(
        "The reserved IP {name} is in {there}, and the hosted service in {here}: they must be in the same location."
    ))
}
