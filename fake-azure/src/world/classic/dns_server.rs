//! The DNS servers of a deployment.

use std::net::Ipv4Addr;

use serde::{Deserialize, Serialize};

use super::Refusal;
use super::change::Change;
use super::decision::{Decided, Scope};
use super::deployment::{Deployment, DeploymentPath};
use super::refusal::Thing;
use crate::world::Name;
use crate::world::names::is_plain;

/// What can be asked about the DNS servers of a deployment.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Command {
    /// Add one.
    Add {
        /// The deployment.
        at: DeploymentPath,
        /// Its name and address.
        server: (Name, String),
    },
    /// Give one another address.
    Update {
        /// The deployment.
        at: DeploymentPath,
        /// The server that is there.
        name: Name,
        /// Its name and new address.
        server: (Name, String),
    },
    /// Take one away.
    Delete {
        /// The deployment.
        at: DeploymentPath,
        /// Its name.
        name: Name,
    },
}

/// A DNS server's name and address, when they are such.
pub(super) fn check_dns_servers(servers: &[(Name, String)]) -> Result<(), Refusal> {
    for (n, (name, address)) in servers.iter().enumerate() {
        if !is_plain(name, 80) {
            return Err(Refusal::parameter(format!("DnsServer/Name: `{name}`")));
        }
        if address.parse::<Ipv4Addr>().is_err() {
            return Err(Refusal::parameter(format!(
                "DnsServer/Address: `{address}`"
            )));
        }
        if servers[..n].iter().any(|(other, _)| other == name) {
            return Err(taken(name));
        }
    }
    Ok(())
}

fn taken(name: &str) -> Refusal {
    Refusal::Exists(Thing::DnsServer, name.into())
}

impl Deployment {
    fn dns_server(&self, name: &str) -> Result<usize, Refusal> {
        self.dns_servers
            .iter()
            .position(|(known, _)| known == name)
            .ok_or_else(|| Refusal::missing(Thing::DnsServer, name))
    }
}

impl Command {
    pub(super) fn decide(self, scope: &mut Scope<'_>) -> Result<Decided, Refusal> {
        match self {
            Self::Add { at, server } => {
                let standing = scope.deployment(&at.service, &at.deployment)?;
                scope.unlocked(&at.service)?;
                if standing.dns_server(&server.0).is_ok() {
                    return Err(taken(&server.0));
                }
                change(scope, "Add DNS Server", at.service, standing, |list| {
                    list.push(server);
                })
            }
            Self::Update { at, name, server } => {
                let standing = scope.deployment(&at.service, &at.deployment)?;
                let n = standing.dns_server(&name)?;
                scope.unlocked(&at.service)?;
                if server.0 != name {
                    return Err(Refusal::Renamed(Thing::DnsServer, server.0));
                }
                change(scope, "Update DNS Server", at.service, standing, |list| {
                    list[n].1 = server.1;
                })
            }
            Self::Delete { at, name } => {
                let standing = scope.deployment(&at.service, &at.deployment)?;
                let n = standing.dns_server(&name)?;
                scope.unlocked(&at.service)?;
                change(scope, "Delete DNS Server", at.service, standing, |list| {
                    list.remove(n);
                })
            }
        }
    }
}

fn change(
    scope: &Scope<'_>,
    operation: &'static str,
    service: Name,
    standing: &Deployment,
    change: impl FnOnce(&mut Vec<(Name, String)>),
) -> Result<Decided, Refusal> {
    let mut deployment = Box::new(standing.clone());
    change(&mut deployment.dns_servers);
    check_dns_servers(&deployment.dns_servers)?;
    deployment.modified = scope.now;
    Ok(Decided::accepted(operation, 30)
        .locks(&service)
        .change(Change::Deployment {
            service,
            deployment,
        }))
}
