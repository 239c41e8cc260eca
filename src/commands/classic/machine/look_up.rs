//! How machines are found: every cloud service is asked for its deployment.

use std::sync::Arc;

use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};

use super::super::Context;
use crate::backend::service_management::Client;
use crate::backend::service_management::read::{Deployment, Role, RoleInstance};
use crate::failure::Failure;

/// So many cloud services are asked at a time.
const AT_A_TIME: usize = 8;

/// A machine and what is around it.
#[derive(Debug, Clone)]
pub(in crate::commands) struct Found {
    /// The cloud service.
    pub(in crate::commands) service: String,
    /// The location of the service.
    pub(in crate::commands) location: Option<String>,
    /// The affinity group of the service.
    pub(in crate::commands) affinity_group: Option<String>,
    /// The deployment.
    pub(in crate::commands) deployment: Arc<Deployment>,
    index: usize,
}

impl Found {
    /// What the machine was asked to be.
    pub(in crate::commands) fn role(&self) -> &Role {
        &self.deployment.roles[self.index]
    }

    /// The machine as it is.
    pub(in crate::commands) fn instance(&self) -> Option<&RoleInstance> {
        self.deployment.instance(self.role().role_name.as_deref()?)
    }

    /// The name by which the machine is told to do something.
    pub(in crate::commands) fn instance_name(&self) -> &str {
        self.instance()
            .map(|instance| instance.instance_name.as_str())
            .or(self.role().role_name.as_deref())
            .unwrap_or_default()
    }
}

/// Which machines are meant.
#[derive(Debug, Clone, Copy)]
pub(in crate::commands) struct Names<'a> {
    name: &'a str,
}

impl<'a> Names<'a> {
    /// Those of that name, however it is spelled.
    pub(in crate::commands) fn ignoring_case(name: &'a str) -> Self {
        Self { name }
    }

    fn match_role(&self, role: &Role) -> bool {
        role.role_name
            .as_deref()
            .is_some_and(|name| name.eq_ignore_ascii_case(self.name))
    }
}

/// The first label of a public name, with or without its scheme.
pub(in crate::commands) fn prefix(dns_name: &str) -> &str {
    let host = dns_name
        .split_once("://")
        .map_or(dns_name, |(_, rest)| rest);
    host.split(['.', '/']).next().unwrap_or(host)
}

/// Finds the machines whose role is `wanted`; among those of one public name, if there is one. Where
/// there is none of the name that is `meant`, those that come near are told.
pub(in crate::commands) async fn look_up(
    context: &Context,
    client: &Client,
    dns_name: Option<&str>,
    meant: Option<&str>,
    wanted: impl Fn(&Role) -> bool,
) -> Result<Vec<Found>, Failure> {
    context.terminal.progress("Getting virtual machines");
    let services: Vec<(String, Option<String>, Option<String>)> = match dns_name.map(prefix) {
        Some(prefix) => vec![(prefix.to_owned(), None, None)],
        None => client
            .hosted_services()
            .await?
            .into_iter()
            .map(|one| {
                (
                    one.service_name,
                    one.properties.location,
                    one.properties.affinity_group,
                )
            })
            .collect(),
    };
    let deployments: Vec<_> = stream::iter(services)
        .map(|(service, location, affinity_group)| async move {
            let deployment = client.deployment(&service).await?;
            crate::backend::Result::Ok(
                deployment.map(|deployment| (service, location, affinity_group, deployment)),
            )
        })
        .buffered(AT_A_TIME)
        .try_collect()
        .await?;
    let mut found = Vec::new();
    let mut names = Vec::new();
    for (service, location, affinity_group, deployment) in deployments.into_iter().flatten() {
        let deployment = Arc::new(deployment);
        for (index, role) in deployment.roles.iter().enumerate() {
            names.extend(role.role_name.clone());
            if role.is_machine() && wanted(role) {
                found.push(Found {
                    service: service.clone(),
                    location: location.clone(),
                    affinity_group: affinity_group.clone(),
                    deployment: Arc::clone(&deployment),
                    index,
                });
            }
        }
    }
    if let Some(meant) = meant.filter(|_| found.is_empty()) {
        context.tell_near("machine", meant, names.iter().map(String::as_str));
    }
    Ok(found)
}

/// Finds the one machine of that name, if there is one.
pub(in crate::commands) async fn one(
    context: &Context,
    client: &Client,
    dns_name: Option<&str>,
    names: &Names<'_>,
) -> Result<Option<Found>, Failure> {
    let is_meant = |role: &Role| names.match_role(role);
    let mut found = look_up(context, client, dns_name, Some(names.name), is_meant).await?;
    if found.len() > 1 {
        return Err(Failure::new("VM name is not unique")
            .with_hint("name the cloud service too, with --dns-name"));
    }
    Ok(found.pop())
}

/// Finds the one machine of that name, however it is spelled; fails when there is none.
pub(in crate::commands) async fn needed(
    context: &Context,
    client: &Client,
    dns_name: Option<&str>,
    name: &str,
) -> Result<Found, Failure> {
    one(context, client, dns_name, &Names::ignoring_case(name))
        .await?
        .ok_or_else(|| Failure::new("No VMs found").with_hint("`azure vm list` lists the machines"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_public_name_may_carry_its_scheme_and_domain() {
        for name in ["web", "web.cloudapp.net", "http://web.cloudapp.net/"] {
            assert_eq!(prefix(name), "web", "{name}");
        }
    }
}
