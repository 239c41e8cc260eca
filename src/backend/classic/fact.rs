//! The service's answers, in our words.

use super::super::service_management::read;
use crate::backend::site::classic::{AffinityGroup, Network, ReservedAddress, Subnet};
use crate::backend::{
    AgentState, Deployment, Host, Image, ImageKind, Location, Machine, MachineState, OpenPort, Os,
    Place, SetupState, SiteHost,
};
use crate::domain::address;

/// What a location or a group must offer to hold machines.
const MACHINES: &str = "PersistentVMRole";

pub(super) fn disk_image(image: read::OsImage) -> Image {
    Image {
        name: image.name,
        kind: ImageKind::Disk,
        os: os(image.os.as_deref()),
        own: is_own(image.category.as_deref()),
        locations: locations(image.location.as_deref()),
        label: image.label.unwrap_or_default(),
        family: image.image_family.unwrap_or_default(),
        published: image
            .published_date
            .map(|date| date.to_string())
            .unwrap_or_default(),
        hardware: None,
    }
}

pub(super) fn machine_image(image: read::VmImage) -> Image {
    let disk = image.os_disk_configuration.unwrap_or_default();
    let specialized = disk
        .os_state
        .is_some_and(|state| state.eq_ignore_ascii_case("Specialized"));
    Image {
        name: image.name,
        kind: ImageKind::Machine { specialized },
        os: os(disk.os.as_deref()),
        own: is_own(image.category.as_deref()),
        locations: locations(image.location.as_deref()),
        label: image.label.unwrap_or_default(),
        family: image.image_family.unwrap_or_default(),
        published: image
            .published_date
            .map(|date| date.to_string())
            .unwrap_or_default(),
        hardware: None,
    }
}

fn os(name: Option<&str>) -> Os {
    match name {
        Some(name) if name.eq_ignore_ascii_case("Windows") => Os::Windows,
        _ => Os::Linux,
    }
}

fn is_own(category: Option<&str>) -> bool {
    category.is_some_and(|category| category.eq_ignore_ascii_case("User"))
}

/// The service joins them by semicolons.
fn locations(joined: Option<&str>) -> Vec<String> {
    joined
        .unwrap_or_default()
        .split(';')
        .filter(|name| !name.is_empty())
        .map(str::to_owned)
        .collect()
}

pub(super) fn location(location: read::Location) -> Location {
    Location {
        has_machines: location
            .available_services
            .iter()
            .any(|service| service == MACHINES),
        name: location.name,
        display_name: location.display_name,
        sizes: sizes(location.compute_capabilities),
    }
}

pub(super) fn affinity_group(group: read::AffinityGroup) -> AffinityGroup {
    AffinityGroup {
        has_machines: group
            .capabilities
            .iter()
            .any(|capability| capability == MACHINES),
        name: group.name,
        location: group.location.unwrap_or_default(),
        sizes: sizes(group.compute_capabilities),
    }
}

fn sizes(capabilities: Option<read::ComputeCapabilities>) -> Vec<String> {
    capabilities
        .map(|capabilities| capabilities.virtual_machines_role_sizes)
        .unwrap_or_default()
}

pub(super) fn place(group: Option<String>, location: Option<String>) -> Place {
    group.map_or_else(
        || Place::Location(location.unwrap_or_default()),
        Place::AffinityGroup,
    )
}

pub(super) fn network(network: read::VirtualNetwork) -> Network {
    Network {
        name: network.name,
        place: place(network.affinity_group, network.location),
        subnets: network
            .subnets
            .into_iter()
            .map(|subnet| Subnet {
                name: subnet.name,
                prefix: subnet.address_prefix.unwrap_or_default(),
            })
            .collect(),
    }
}

pub(super) fn reserved_address(address: read::ReservedIp) -> ReservedAddress {
    ReservedAddress {
        name: address.name,
        location: address.location.unwrap_or_default(),
        used_by: address
            .service_name
            .filter(|_| address.in_use.unwrap_or(false)),
    }
}

pub(super) fn host(service: read::HostedService) -> Host {
    Host {
        name: service.service_name,
        public_name: None,
        address: None,
        site: SiteHost::Classic(place(
            service.properties.affinity_group,
            service.properties.location,
        )),
    }
}

pub(super) fn deployment(deployment: read::Deployment) -> Deployment {
    let machines = deployment
        .roles
        .iter()
        .filter(|role| role.is_machine())
        .map(|role| machine(role, &deployment))
        .collect();
    Deployment {
        busy: deployment.locked.unwrap_or(false) || deployment.status == "Deploying",
        address: deployment
            .virtual_ips
            .iter()
            .find_map(|ip| ip.address.parse().ok()),
        public_name: deployment.url.as_deref().and_then(address::host_of),
        network: deployment.virtual_network_name,
        name: deployment.name,
        machines,
    }
}

fn machine(role: &read::Role, deployment: &read::Deployment) -> Machine {
    let name = role.role_name.clone().unwrap_or_default();
    let instance = deployment.instance(&name);
    let endpoints = role
        .network()
        .and_then(|network| network.input_endpoints.as_ref());
    Machine {
        state: instance.map_or_else(
            || MachineState::Booting("no instance is reported".to_owned()),
            state,
        ),
        disk: role
            .os_virtual_hard_disk
            .as_ref()
            .and_then(|disk| disk.media_link.clone()),
        data_disks: role
            .data_virtual_hard_disks
            .iter()
            .flatten()
            .filter_map(|disk| disk.media_link.clone())
            .collect(),
        agent: agent(instance),
        setup: extension(instance),
        endpoints: endpoints
            .into_iter()
            .flatten()
            .filter_map(open_port)
            .collect(),
        name,
    }
}

fn open_port(endpoint: &read::InputEndpoint) -> Option<OpenPort> {
    Some(OpenPort {
        name: endpoint.name.clone().unwrap_or_default(),
        public: endpoint.port.as_ref()?.parse().ok()?,
        local: endpoint.local_port.as_ref()?.parse().ok()?,
    })
}

fn state(instance: &read::RoleInstance) -> MachineState {
    let status = instance.instance_status.as_deref().unwrap_or("unknown");
    let power = instance.power_state.as_deref().unwrap_or("unknown");
    let word = format!("{status}, power {power}");
    match status {
        "ReadyRole" => MachineState::Running,
        "ProvisioningFailed"
        | "ProvisioningTimeout"
        | "FailedStartingRole"
        | "FailedStartingVM"
        | "StoppedDeallocated"
        | "DeletingVM" => MachineState::Stuck(word),
        _ => MachineState::Booting(word),
    }
}

fn agent(instance: Option<&read::RoleInstance>) -> AgentState {
    match instance.and_then(|instance| instance.guest_agent_status.as_ref()) {
        Some(status) if status.status == "Ready" => AgentState::Ready,
        Some(status) => AgentState::Silent(
            status
                .formatted_message
                .as_ref()
                .map(|words| words.message.clone()),
        ),
        None => AgentState::Silent(None),
    }
}

fn extension(instance: Option<&read::RoleInstance>) -> SetupState {
    let status = instance.and_then(|instance| {
        instance
            .resource_extension_status_list
            .iter()
            .find(|status| status.handler_name.ends_with("DockerExtension"))
    });
    let Some(status) = status else {
        return SetupState::Unknown;
    };
    let setting = status.extension_setting_status.as_ref();
    let words = setting
        .and_then(|setting| setting.formatted_message.as_ref())
        .or(status.formatted_message.as_ref())
        .map(|words| words.message.clone());
    match (
        status.status.as_str(),
        setting.map(|setting| setting.status.as_str()),
    ) {
        (_, Some("Error")) | ("Unresponsive", _) => {
            SetupState::Failed(words.unwrap_or_else(|| "no reason is given".to_owned()))
        }
        ("Ready", None | Some("Success" | "Warning")) => SetupState::Ready,
        _ => SetupState::Working(words),
    }
}
