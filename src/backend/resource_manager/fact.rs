//! From what the service tells to what provisioning knows.

use std::net::IpAddr;

use serde_json::Value;

use super::client::Client;
use super::kind::Kind;
use super::read::Resource;
use super::write::tag;
use crate::backend::site::resource_manager::Names;
use crate::backend::{
    AgentState, Deployment, Host, Machine, MachineState, OpenPort, Result, SetupState, SiteHost,
};

/// Finds a host: its public address, or what stands under its name without one.
pub(super) async fn host(client: &Client, group: &str, name: &str) -> Result<Option<Host>> {
    let names = Names::of(name);
    let address = client
        .resource(Kind::PublicAddress, group, &names.address)
        .await?;
    let found = match address {
        Some(address) => address,
        None => match client.resource(Kind::VirtualMachine, group, name).await? {
            Some(machine) => machine,
            None => return Ok(None),
        },
    };
    Ok(Some(Host {
        name: name.to_owned(),
        public_name: public_name(&found),
        address: address_of(&found),
        site: SiteHost::ResourceManager {
            group: group.to_owned(),
            location: found.location,
        },
    }))
}

/// The machine of a host, with its address.
pub(super) async fn deployment(
    client: &Client,
    group: &str,
    host: &str,
) -> Result<Option<Deployment>> {
    let names = Names::of(host);
    let (machine, address) = tokio::join!(
        client.machine(group, &names.machine),
        client.resource(Kind::PublicAddress, group, &names.address)
    );
    let Some(found) = machine? else {
        return Ok(None);
    };
    let address = address?;
    Ok(Some(Deployment {
        name: host.to_owned(),
        busy: is_busy(found.state()),
        address: address.as_ref().and_then(address_of),
        public_name: address.as_ref().and_then(public_name),
        network: None,
        machines: vec![self::machine(&found)],
    }))
}

/// The address that a public address has.
pub(super) fn address_of(resource: &Resource) -> Option<IpAddr> {
    resource.text("/ipAddress")?.parse().ok()
}

fn public_name(resource: &Resource) -> Option<String> {
    resource.text("/dnsSettings/fqdn").map(str::to_owned)
}

/// Is the cloud at work on it?
pub(super) fn is_busy(state: &str) -> bool {
    !matches!(
        state.to_ascii_lowercase().as_str(),
        "" | "succeeded" | "failed" | "canceled"
    )
}

/// Did the making of it, or its last change, end badly?
pub(super) fn has_failed(state: &str) -> bool {
    ["failed", "canceled"]
        .iter()
        .any(|word| state.eq_ignore_ascii_case(word))
}

fn machine(found: &Resource) -> Machine {
    let statuses = || {
        found
            .properties
            .pointer("/instanceView/statuses")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
    };
    let power = statuses()
        .filter_map(|status| status.get("code")?.as_str())
        .find_map(|code| code.strip_prefix("PowerState/"));
    let provisioning = found.state();
    let word = match power {
        Some(power) => format!("{provisioning}, power {power}"),
        None => provisioning.to_owned(),
    };
    let state = match (provisioning.to_ascii_lowercase().as_str(), power) {
        _ if has_failed(provisioning) => MachineState::Stuck(why(found).unwrap_or(word)),
        (_, Some("stopped" | "deallocated" | "deallocating" | "stopping")) => {
            MachineState::Stuck(word)
        }
        ("succeeded" | "", _) | (_, Some("running")) => MachineState::Running,
        _ => MachineState::Booting(word),
    };
    let agent = found
        .properties
        .pointer("/instanceView/vmAgent/statuses/0/displayStatus")
        .and_then(Value::as_str);
    Machine {
        name: found.name.clone(),
        state,
        agent: match agent {
            Some(word) if word.eq_ignore_ascii_case("ready") => AgentState::Ready,
            word => AgentState::Silent(word.map(str::to_owned)),
        },
        setup: SetupState::Unknown,
        disk: found.text("/vmId").map(str::to_owned),
        data_disks: Vec::new(),
        endpoints: found
            .tag(tag::PORT)
            .and_then(|port| port.parse().ok())
            .map(|port| OpenPort {
                name: "docker".to_owned(),
                public: port,
                local: port,
            })
            .into_iter()
            .collect(),
    }
}

/// What the service says of a machine that failed.
fn why(found: &Resource) -> Option<String> {
    let statuses = found.properties.pointer("/instanceView/statuses")?;
    statuses
        .as_array()?
        .iter()
        .filter(|status| status.get("level").and_then(Value::as_str) == Some("Error"))
        .find_map(|status| status.get("message")?.as_str())
        .map(str::to_owned)
}
