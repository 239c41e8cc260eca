//! Finds the Docker hosts of Resource Manager: by the tags that their machines carry.

use std::path::PathBuf;

use super::find::DockerMachine;
use super::wanted::Wanted;
use crate::backend::resource_manager::{Client, ResourceManager, Thing, host_of};
use crate::backend::{Backend as _, MachineState};
use crate::commands::Context;
use crate::failure::Failure;

/// Finds the hosts that are wanted.
pub(super) async fn find(
    context: &Context,
    client: &Client,
    wanted: Wanted<'_>,
) -> Result<Vec<DockerMachine>, Failure> {
    context.terminal.progress("Getting virtual machines");
    let label = wanted
        .dns_name
        .map(crate::commands::classic::machine::prefix);
    let whole = wanted.whole_name();
    let backend = ResourceManager::new(std::sync::Arc::new(client.clone()));
    let mut hosts = Vec::new();
    for found in client.all(Thing::VirtualMachine, None).await? {
        let Some(host) = host_of(&found) else {
            continue;
        };
        let group = found.group().to_owned();
        let is_other = |wanted: Option<&str>, own: &str| {
            wanted.is_some_and(|wanted| !wanted.eq_ignore_ascii_case(own))
        };
        if is_other(label, host) || is_other(wanted.group, &group) {
            continue;
        }
        let within = backend.clone().within(Some(group.clone()));
        // Gone since it was listed.
        let Some(deployment) = within.deployment(host).await? else {
            continue;
        };
        let Some(machine) = deployment.machine(&found.name) else {
            continue;
        };
        // Labels are taken by region: hosts of several may have the same.
        if let Some(public_name) = &deployment.public_name
            && is_other(whole, public_name)
        {
            continue;
        }
        hosts.push(DockerMachine {
            host: host.to_owned(),
            name: machine.name.clone(),
            public_name: deployment
                .public_name
                .clone()
                .unwrap_or_else(|| host.to_owned()),
            address: deployment.address,
            port: machine.endpoints.first().map(|port| port.public),
            state: match &machine.state {
                MachineState::Running => "running".to_owned(),
                MachineState::Booting(word) | MachineState::Stuck(word) => word.clone(),
            },
            folder: PathBuf::new(),
            group: Some(group),
        });
    }
    Ok(hosts)
}
