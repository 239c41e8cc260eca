//! Further network interfaces of a machine, each with an address of its own inside.

use std::net::Ipv4Addr;

use jiff::Timestamp;
use serde::Serialize;

use super::deployment::Deployment;
use super::machine_network::AddressWish;
use super::names::{is_plain, key, same};
use super::operation::OperationId;
use super::role::Role;
use super::{Refusal, SubscriptionId, World};

/// A network interface as it is asked for (`NetworkInterface`).
#[derive(Clone, Debug)]
pub struct NewNetworkInterface {
    /// Its name, unique in the role.
    pub name: String,
    /// The subnet that it is in.
    pub subnet: String,
    /// A fixed address in the subnet.
    pub static_ip: Option<Ipv4Addr>,
    /// The network security group that is to guard it.
    pub security_group: Option<String>,
    /// Whether it passes on what is not for it.
    pub ip_forwarding: bool,
}

/// A network interface besides the machine's first.
#[derive(Clone, Debug, Serialize)]
pub struct NetworkInterface {
    /// Its name, unique in the role.
    pub name: String,
    /// Its hardware address: twelve hexadecimal digits.
    pub mac_address: String,
    /// The subnet that it is in.
    pub subnet: String,
    /// A fixed address in the subnet.
    pub static_ip: Option<Ipv4Addr>,
    /// Its address; none while the machine is deallocated.
    pub address: Option<Ipv4Addr>,
    /// The network security group that guards it.
    pub security_group: Option<String>,
    /// Whether it passes on what is not for it.
    pub ip_forwarding: bool,
}

impl Role {
    /// The network interface of this name, besides the first.
    pub fn interface(&self, name: &str) -> Result<&NetworkInterface, Refusal> {
        self.interfaces
            .iter()
            .find(|interface| same(&interface.name, name))
            .ok_or_else(|| no_interface(name))
    }

    pub(super) fn interface_mut(&mut self, name: &str) -> Result<&mut NetworkInterface, Refusal> {
        self.interfaces
            .iter_mut()
            .find(|interface| same(&interface.name, name))
            .ok_or_else(|| no_interface(name))
    }
}

fn no_interface(name: &str) -> Refusal {
    Refusal::resource(format!("network interface `{name}`"))
}

impl World {
    /// Lets a machine, or one of its interfaces, pass on what is not for it.
    #[expect(
        clippy::too_many_arguments,
        reason = "a place and a wish are what these tell"
    )]
    pub fn set_ip_forwarding(
        &mut self,
        subscription: &SubscriptionId,
        id: OperationId,
        service: &str,
        deployment: &str,
        role: &str,
        interface: Option<&str>,
        forwards: bool,
        now: Timestamp,
    ) -> Result<OperationId, Refusal> {
        let standing = self.deployment(subscription, service, deployment)?;
        let held = standing.role(role)?;
        if let Some(name) = interface {
            held.interface(name)?;
        }
        self.unlocked(subscription, service)?;
        let deployment = self.deployment_mut(subscription, service)?;
        deployment.modified = now;
        let role = deployment.role_mut(role)?;
        match interface {
            None => role.ip_forwarding = forwards,
            Some(name) => role.interface_mut(name)?.ip_forwarding = forwards,
        }
        let lock = Some(key(service));
        self.accept(subscription, id, "Set IP Forwarding", 30, lock, None, now)
    }

    /// Decides which interfaces a new machine has besides its first, whose address is `first`.
    pub(super) fn plan_interfaces(
        &mut self,
        subscription: &SubscriptionId,
        deployment: &Deployment,
        first: Option<Ipv4Addr>,
        wanted: Vec<NewNetworkInterface>,
    ) -> Result<Vec<NetworkInterface>, Refusal> {
        let mut beside: Vec<Ipv4Addr> = first.into_iter().collect();
        let mut planned: Vec<NetworkInterface> = Vec::new();
        for new in wanted {
            if deployment.virtual_network.is_none() {
                return Err(Refusal::bad_request(
                    "Network interfaces can be given only in a deployment with a virtual network.",
                )
                .detail(new.name));
            }
            if !is_plain(&new.name, 80) {
                return Err(Refusal::parameter(format!(
                    "NetworkInterface/Name: `{}`",
                    new.name
                )));
            }
            if planned.iter().any(|other| same(&other.name, &new.name)) {
                return Err(Refusal::conflict(format!(
                    "The network interface name {} is used twice in the role.",
                    new.name
                )));
            }
            let wish = AddressWish {
                subnets: std::slice::from_ref(&new.subnet),
                fixed: new.static_ip,
                beside: &beside,
                own: None,
            };
            let address = self.inner_address(subscription, deployment, &wish)?;
            beside.push(address);
            planned.push(NetworkInterface {
                name: new.name,
                // The prefix that Azure's virtual hardware had.
                mac_address: format!("000D3A{}", &self.chance.hex32()[..6].to_ascii_uppercase()),
                subnet: new.subnet,
                static_ip: new.static_ip,
                address: Some(address),
                security_group: new.security_group,
                ip_forwarding: new.ip_forwarding,
            });
        }
        Ok(planned)
    }

    /// Gives the interfaces of a machine that starts again their addresses.
    pub(super) fn readdress_interfaces(
        &self,
        subscription: &SubscriptionId,
        deployment: &Deployment,
        role: &Role,
    ) -> Result<Vec<NetworkInterface>, Refusal> {
        let mut beside: Vec<Ipv4Addr> = role.address.into_iter().collect();
        let mut interfaces = role.interfaces.clone();
        for interface in &mut interfaces {
            let wish = AddressWish {
                subnets: std::slice::from_ref(&interface.subnet),
                fixed: interface.static_ip,
                beside: &beside,
                own: interface.address,
            };
            let address = self.inner_address(subscription, deployment, &wish)?;
            beside.push(address);
            interface.address = Some(address);
        }
        Ok(interfaces)
    }
}

/// A machine keeps the interfaces that it was made with: an update may name all of them or none.
pub(super) fn check_kept(role: &Role, wanted: &[NewNetworkInterface]) -> Result<(), Refusal> {
    let known =
        |new: &NewNetworkInterface| role.interfaces.iter().any(|i| same(&i.name, &new.name));
    match wanted.iter().find(|new| !known(new)) {
        Some(new) => Err(Refusal::bad_request(
            "Network interfaces cannot be added to a role that is there.",
        )
        .detail(&new.name)),
        None if !wanted.is_empty() && wanted.len() != role.interfaces.len() => Err(
            Refusal::bad_request("Network interfaces cannot be taken from a role that is there."),
        ),
        None => Ok(()),
    }
}
