//! The DNS servers of a deployment.

use std::net::Ipv4Addr;

use jiff::Timestamp;

use super::deployment::Deployment;
use super::names::{is_plain, key, same};
use super::operation::OperationId;
use super::{Refusal, SubscriptionId, World};

/// A DNS server's name and address, when they are such.
pub(super) fn check_dns_servers(servers: &[(String, String)]) -> Result<(), Refusal> {
    for (n, (name, address)) in servers.iter().enumerate() {
        if !is_plain(name, 80) {
            return Err(Refusal::parameter(format!("DnsServer/Name: `{name}`")));
        }
        if address.parse::<Ipv4Addr>().is_err() {
            return Err(Refusal::parameter(format!(
                "DnsServer/Address: `{address}`"
            )));
        }
        if servers[..n].iter().any(|(other, _)| same(other, name)) {
            return Err(taken(name));
        }
    }
    Ok(())
}

fn taken(name: &str) -> Refusal {
    Refusal::conflict(format!("The DNS server name {name} is already in use."))
}

impl Deployment {
    fn dns_server(&self, name: &str) -> Result<usize, Refusal> {
        self.dns_servers
            .iter()
            .position(|(known, _)| same(known, name))
            .ok_or_else(|| Refusal::resource(format!("DNS server `{name}`")))
    }
}

impl World {
    /// Adds a DNS server to a deployment.
    pub fn add_dns_server(
        &mut self,
        subscription: &SubscriptionId,
        id: OperationId,
        service: &str,
        deployment: &str,
        server: (String, String),
        now: Timestamp,
    ) -> Result<OperationId, Refusal> {
        let standing = self.deployment(subscription, service, deployment)?;
        self.unlocked(subscription, service)?;
        if standing.dns_server(&server.0).is_ok() {
            return Err(taken(&server.0));
        }
        self.change_dns_servers(subscription, id, service, "Add DNS Server", now, |list| {
            list.push(server);
        })
    }

    /// Gives a DNS server of a deployment another address.
    pub fn update_dns_server(
        &mut self,
        subscription: &SubscriptionId,
        id: OperationId,
        service: &str,
        deployment: &str,
        name: &str,
        server: (String, String),
        now: Timestamp,
    ) -> Result<OperationId, Refusal> {
        let standing = self.deployment(subscription, service, deployment)?;
        let at = standing.dns_server(name)?;
        self.unlocked(subscription, service)?;
        if !same(&server.0, name) {
            return Err(
                Refusal::bad_request("A DNS server cannot be given another name.")
                    .detail(&server.0),
            );
        }
        self.change_dns_servers(
            subscription,
            id,
            service,
            "Update DNS Server",
            now,
            |list| {
                list[at].1 = server.1;
            },
        )
    }

    /// Takes a DNS server away from a deployment.
    pub fn delete_dns_server(
        &mut self,
        subscription: &SubscriptionId,
        id: OperationId,
        service: &str,
        deployment: &str,
        name: &str,
        now: Timestamp,
    ) -> Result<OperationId, Refusal> {
        let standing = self.deployment(subscription, service, deployment)?;
        let at = standing.dns_server(name)?;
        self.unlocked(subscription, service)?;
        self.change_dns_servers(
            subscription,
            id,
            service,
            "Delete DNS Server",
            now,
            |list| {
                list.remove(at);
            },
        )
    }

    fn change_dns_servers(
        &mut self,
        subscription: &SubscriptionId,
        id: OperationId,
        service: &str,
        operation: &'static str,
        now: Timestamp,
        change: impl FnOnce(&mut Vec<(String, String)>),
    ) -> Result<OperationId, Refusal> {
        let held = self.deployment_mut(subscription, service)?;
        let mut servers = held.dns_servers.clone();
        change(&mut servers);
        check_dns_servers(&servers)?;
        held.dns_servers = servers;
        held.modified = now;
        let lock = Some(key(service));
        self.accept(subscription, id, operation, 30, lock, None, now)
    }
}
