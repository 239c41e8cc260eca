//! Further network interfaces of a machine, each with an address of its own inside.

use std::net::Ipv4Addr;

use serde::{Deserialize, Serialize};

use super::Refusal;
use super::change::Change;
use super::decision::{Decided, Scope};
use super::deployment::{Deployment, RolePath};
use super::machine_network::AddressWish;
use super::refusal::{Thing, Twice};
use super::role::Role;
use super::view::View;
use crate::world::Name;
use crate::world::names::is_plain;

/// A network interface as it is asked for (`NetworkInterface`).
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct NewNetworkInterface {
    /// Its name, unique in the role.
    pub name: Name,
    /// The subnet that it is in.
    pub subnet: Name,
    /// A fixed address in the subnet.
    pub static_ip: Option<Ipv4Addr>,
    /// The network security group that is to guard it.
    pub security_group: Option<Name>,
    /// Whether it passes on what is not for it.
    pub ip_forwarding: bool,
}

/// A network interface besides the machine's first.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub struct NetworkInterface {
    /// Its name, unique in the role.
    pub name: Name,
    /// Its hardware address: twelve hexadecimal digits.
    pub mac_address: String,
    /// The subnet that it is in.
    pub subnet: Name,
    /// A fixed address in the subnet.
    pub static_ip: Option<Ipv4Addr>,
    /// Its address; none while the machine is deallocated.
    pub address: Option<Ipv4Addr>,
    /// The network security group that guards it.
    pub security_group: Option<Name>,
    /// Whether it passes on what is not for it.
    pub ip_forwarding: bool,
}

impl Role {
    /// The network interface of this name, besides the first.
    pub fn interface(&self, name: &str) -> Result<&NetworkInterface, Refusal> {
        self.interfaces
            .iter()
            .find(|interface| interface.name == *name)
            .ok_or_else(|| no_interface(name))
    }

    pub(super) fn interface_mut(&mut self, name: &str) -> Result<&mut NetworkInterface, Refusal> {
        self.interfaces
            .iter_mut()
            .find(|interface| interface.name == *name)
            .ok_or_else(|| no_interface(name))
    }
}

fn no_interface(name: &str) -> Refusal {
    Refusal::missing(Thing::NetworkInterface, name)
}

/// What can be asked about the network interfaces of machines.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Command {
    /// Let a machine, or one of its interfaces, pass on what is not for it, or not.
    Forwarding {
        /// The machine.
        of: RolePath,
        /// The interface, where it is not the first.
        interface: Option<Name>,
        /// Whether it does.
        forwards: bool,
    },
}

impl Command {
    pub(super) fn decide(self, scope: &mut Scope<'_>) -> Result<Decided, Refusal> {
        let Self::Forwarding {
            of,
            interface,
            forwards,
        } = self;
        let held = scope.role(&of)?;
        if let Some(name) = &interface {
            held.interface(name)?;
        }
        scope.unlocked(&of.service)?;
        let mut deployment = Box::new(scope.deployment(&of.service, &of.deployment)?.clone());
        deployment.modified = scope.now;
        let role = deployment.role_mut(&of.role)?;
        match interface {
            None => role.ip_forwarding = forwards,
            Some(name) => role.interface_mut(&name)?.ip_forwarding = forwards,
        }
        Ok(Decided::accepted("Set IP Forwarding", 30)
            .locks(&of.service)
            .change(Change::Deployment {
                service: of.service,
                deployment,
            }))
    }
}

/// Decides which interfaces a new machine has besides its first, whose address is `first`.
pub(super) fn plan_interfaces(
    scope: &mut Scope<'_>,
    deployment: &Deployment,
    first: Option<Ipv4Addr>,
    wanted: Vec<NewNetworkInterface>,
) -> Result<Vec<NetworkInterface>, Refusal> {
    let mut beside: Vec<Ipv4Addr> = first.into_iter().collect();
    let mut planned: Vec<NetworkInterface> = Vec::new();
    for new in wanted {
        if deployment.virtual_network.is_none() {
            return Err(Refusal::NoVirtualNetwork {
                what: "Network interfaces".into(),
                which: new.name.to_string(),
            });
        }
        if !is_plain(&new.name, 80) {
            return Err(Refusal::parameter(format!(
                "NetworkInterface/Name: `{}`",
                new.name
            )));
        }
        if planned.iter().any(|other| other.name == new.name) {
            return Err(Refusal::TwiceInRole {
                what: Twice::NetworkInterface,
                name: new.name,
            });
        }
        let wish = AddressWish {
            subnets: std::slice::from_ref(&new.subnet),
            fixed: new.static_ip,
            beside: &beside,
            own: None,
        };
        let address = scope.inner_address(deployment, &wish)?;
        beside.push(address);
        planned.push(NetworkInterface {
            name: new.name,
            // The prefix that Azure's virtual hardware had.
            mac_address: format!(
                "000D3A{}",
                &scope.draw.chance.hex32()[..6].to_ascii_uppercase()
            ),
            subnet: new.subnet,
            static_ip: new.static_ip,
            address: Some(address),
            security_group: new.security_group,
            ip_forwarding: new.ip_forwarding,
        });
    }
    Ok(planned)
}

impl View<'_> {
    /// Gives the interfaces of a machine that starts again their addresses.
    pub(super) fn readdress_interfaces(
        self,
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
            let address = self.inner_address(deployment, &wish)?;
            beside.push(address);
            interface.address = Some(address);
        }
        Ok(interfaces)
    }
}

/// A machine keeps the interfaces that it was made with: an update may name all of them or none.
pub(super) fn check_kept(role: &Role, wanted: &[NewNetworkInterface]) -> Result<(), Refusal> {
    let known = |new: &NewNetworkInterface| role.interfaces.iter().any(|i| i.name == new.name);
    match wanted.iter().find(|new| !known(new)) {
        Some(new) => Err(Refusal::InterfacesStay {
            added: Some(new.name.clone()),
        }),
        None if !wanted.is_empty() && wanted.len() != role.interfaces.len() => {
            Err(Refusal::InterfacesStay { added: None })
        }
        None => Ok(()),
    }
}
