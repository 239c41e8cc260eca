//! Finds the Docker hosts of Resource Manager: by the tags that their machines carry.

use std::path::PathBuf;

use super::find::DockerMachine;
use crate::backend::resource_manager::{Client, ResourceManager, Thing, host_of};
use crate::backend::{Backend as _, MachineState};
use crate::commands::Context;
use crate::failure::Failure;

/// Finds the hosts, or the one of that name.
pub(super) async fn find(
    context: &Context,
    client: &Client,
    dns_name: Option<&str>,
) -> Result<Vec<DockerMachine>, Failure> {
    context.terminal.progress("Getting virtual machines");
    let wanted = dns_name.map(crate::commands::classic::machine::prefix);
    let backend = ResourceManager::new(std::sync::Arc::new(client.clone()));
    let mut hosts = Vec::new();
    for found in client.all(Thing::VirtualMachine, None).await? {
        let Some(host) = host_of(&found) else {
            continue;
        };
        if wanted.is_some_and(|wanted| !wanted.eq_ignore_ascii_case(host)) {
            continue;
        }
        let group = found.group().to_owned();
        let within = backend.clone().within(Some(group.clone()));
        // Gone since it was listed.
        let Some(deployment) = within.deployment(host).await? else {
            continue;
        };
        let Some(machine) = deployment.machine(&found.name) else {
            continue;
        };
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
