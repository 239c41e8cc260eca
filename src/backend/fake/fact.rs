//! The world's things, in our words.

use fake_azure::view::{self, View};

use crate::backend::site::classic::{AffinityGroup, Network, ReservedAddress, Subnet};
use crate::backend::{
    AgentState, Deployment, Host, Image, ImageKind, Location, Machine, MachineState, OpenPort, Os,
    Place, SetupState, SiteHost,
};

pub(super) fn place(place: &view::Place) -> Place {
    match place {
        view::Place::Location(name) => Place::Location(name.to_string()),
        view::Place::AffinityGroup(name) => Place::AffinityGroup(name.to_string()),
    }
}

fn os(system: view::OperatingSystem) -> Os {
    match system {
        view::OperatingSystem::Windows => Os::Windows,
        _ => Os::Linux,
    }
}

fn locations(joined: &str) -> Vec<String> {
    joined
        .split(';')
        .filter(|name| !name.is_empty())
        .map(str::to_owned)
        .collect()
}

fn published(at: Option<jiff::Timestamp>) -> String {
    at.map(|at| at.to_string()).unwrap_or_default()
}

pub(super) fn disk_image(image: &view::Image) -> Image {
    Image {
        name: image.name.to_string(),
        kind: ImageKind::Disk,
        os: os(image.os),
        own: image.kind == view::ImageKind::User,
        locations: locations(&image.location),
        label: image.label.clone(),
        family: image.family.clone().unwrap_or_default(),
        published: published(image.published),
        hardware: None,
    }
}

pub(super) fn machine_image(image: &view::VmImage) -> Image {
    Image {
        name: image.name.to_string(),
        kind: ImageKind::Machine {
            specialized: image.os_state == view::OsState::Specialized,
        },
        os: os(image.os),
        own: image.kind == view::ImageKind::User,
        locations: locations(&image.location),
        label: image.label.clone(),
        family: image.family.clone().unwrap_or_default(),
        published: published(image.published),
        hardware: None,
    }
}

pub(super) fn location(here: View<'_>, location: &view::Location) -> Location {
    Location {
        name: location.name.to_string(),
        display_name: location.name.to_string(),
        has_machines: location.virtual_machines,
        sizes: sizes(here, &location.name),
    }
}

fn sizes(here: View<'_>, region: &view::Name) -> Vec<String> {
    here.sizes_in(region).map(str::to_owned).collect()
}

pub(super) fn affinity_group(here: View<'_>, group: &view::AffinityGroup) -> AffinityGroup {
    AffinityGroup {
        name: group.name.to_string(),
        location: group.location.to_string(),
        has_machines: true,
        sizes: sizes(here, &group.location),
    }
}

pub(super) fn network(network: &view::VirtualNetwork) -> Network {
    Network {
        name: network.name.to_string(),
        place: place(&network.place),
        subnets: network
            .subnets
            .iter()
            .map(|subnet| Subnet {
                name: subnet.name.to_string(),
                prefix: subnet.prefix.to_string(),
            })
            .collect(),
    }
}

pub(super) fn reserved_address(address: &view::ReservedIp) -> ReservedAddress {
    ReservedAddress {
        name: address.name.to_string(),
        location: address.location.to_string(),
        used_by: address.used_by.as_ref().map(|(host, _)| host.to_string()),
    }
}

pub(super) fn host(service: &view::HostedService) -> Host {
    Host {
        name: service.name.to_string(),
        public_name: None,
        address: None,
        site: SiteHost::Classic(place(&service.place)),
    }
}

pub(super) fn deployment(
    deployment: &view::Deployment,
    reports: &[view::Report],
    busy: bool,
) -> Deployment {
    Deployment {
        name: deployment.name.to_string(),
        busy,
        address: deployment.vip.map(Into::into),
        // The world in process has the public cloud's names, and no other.
        public_name: None,
        network: deployment.virtual_network.as_ref().map(ToString::to_string),
        machines: deployment
            .roles
            .iter()
            .zip(reports)
            .map(|(role, report)| machine(role, report))
            .collect(),
    }
}

fn machine(role: &view::Role, report: &view::Report) -> Machine {
    let word = format!("{}, power {}", report.instance_status, report.power_state);
    let docker = report
        .extensions
        .iter()
        .find(|extension| extension.name == "DockerExtension");
    Machine {
        name: role.name.to_string(),
        state: match report.instance_status {
            view::InstanceStatus::Ready => MachineState::Running,
            view::InstanceStatus::Deallocated => MachineState::Stuck(word),
            _ => MachineState::Booting(word),
        },
        agent: if report.agent_ready {
            AgentState::Ready
        } else {
            AgentState::Silent(None)
        },
        setup: match docker.map(|docker| &docker.state) {
            None => SetupState::Unknown,
            Some(view::ExtensionOutcome::Ready) => SetupState::Ready,
            Some(view::ExtensionOutcome::Failed(words)) => SetupState::Failed(words.clone()),
            Some(_) => SetupState::Working(None),
        },
        disk: None,
        data_disks: Vec::new(),
        endpoints: role
            .endpoints
            .iter()
            .map(|endpoint| OpenPort {
                name: endpoint.name.to_string(),
                public: endpoint.port,
                local: endpoint.settings.local_port,
            })
            .collect(),
    }
}
