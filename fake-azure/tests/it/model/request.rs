//! Steps as requests to the real world.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use fake_azure::command::{
    AfterCapture, Capture, Command, DeploymentPath, Disks, HostedServiceUpdate, NewDataDisk,
    NewDeployment, NewDisk, NewEndpoint, NewHostedService, NewImage, NewLoadBalancer, NewNetwork,
    NewOsDisk, NewRole, NewStorageAccount, NewVirtualNetwork, NewVmImage, PostShutdown, Power,
    Provisioning, RolePath, Secret, VmCapture, affinity_group, capture, certificate, data_disk,
    deployment, disk, dns_server, image, load_balancer, network_configuration, power, reserved_ip,
    roles, service, storage,
};
use fake_azure::view::{
    Caching, EndpointSettings, Link, Name, NetworkConfiguration, OperatingSystem, OsState, Place,
    Protocol, Subnet, View,
};

use super::step::{Blob, Machine, Source, Step, Wish};
use crate::bodies::UBUNTU;

/// What stands for a certificate: the world asks no more of it than to be bytes.
const CERTIFICATE: &[u8] = b"a certificate";

pub(crate) fn service(n: u8) -> Name {
    format!("s{n}").into()
}

pub(crate) fn role(n: u8) -> Name {
    format!("r{n}").into()
}

pub(crate) fn image(n: u8) -> Name {
    format!("i{n}").into()
}

pub(crate) fn reserved(n: u8) -> Name {
    format!("p{n}").into()
}

pub(crate) fn account(n: u8) -> &'static str {
    ["store", "spare"][usize::from(n)]
}

pub(crate) fn blob(n: Blob) -> Link {
    let account = account(super::reference::account_of(n));
    format!("https://{account}.blob.core.windows.net/vhds/b{n}.vhd").into()
}

fn west() -> Place {
    Place::Location("West US".into())
}

fn media(delete: bool) -> Disks {
    if delete { Disks::Delete } else { Disks::Keep }
}

/// The name of the disk that stands for a blob, or one that no disk has.
fn disk_of(held: View<'_>, n: Blob) -> Name {
    let link = blob(n);
    held.disks()
        .find(|disk| disk.media_link == link)
        .map_or_else(|| "none".into(), |disk| disk.name.clone())
}

fn endpoint(port: u16) -> NewEndpoint {
    NewEndpoint {
        name: Some("door".into()),
        port: Some(port),
        settings: EndpointSettings {
            protocol: Protocol::Tcp,
            local_port: 8080,
            load_balanced_set: None,
            probe: None,
            direct_server_return: false,
            acl: Vec::new(),
            idle_timeout_minutes: None,
            distribution: None,
            virtual_ip_name: None,
            load_balancer: None,
        },
    }
}

fn network(port: u16) -> NewNetwork {
    NewNetwork {
        endpoints: vec![endpoint(port)],
        ..NewNetwork::default()
    }
}

fn provisioning(name: &Name, keyed: bool) -> Provisioning {
    let thumbprint = crate::bodies::thumbprint(CERTIFICATE);
    Provisioning::Linux {
        host_name: name.clone(),
        user_name: "azureuser".into(),
        password: Some(Secret::new("Pa$$w0rd1")),
        disable_ssh_password: Some(false),
        ssh_certificates: keyed.then(|| thumbprint.into()).into_iter().collect(),
        custom_data: None,
    }
}

fn machine(held: View<'_>, machine: Machine) -> NewRole {
    let name = role(machine.role);
    let mut os_disk = NewOsDisk::default();
    let mut vm_image = None;
    match machine.source {
        Source::Disk => os_disk.disk_name = Some(disk_of(held, machine.blob)),
        source => {
            os_disk.media_link = Some(blob(machine.blob));
            match source {
                Source::Image(n) => os_disk.source_image = Some(image(n)),
                Source::VmImage(n) => vm_image = Some(image(n)),
                _ => os_disk.source_image = Some(UBUNTU.into()),
            }
        }
    }
    NewRole {
        provisioning: Some(provisioning(&name, machine.keyed)),
        network: Some(network(machine.port)),
        vm_image,
        os_disk: Some(os_disk),
        provision_guest_agent: Some(true),
        name,
        ..NewRole::default()
    }
}

/// The only deployment of a service.
fn deployment_of(n: u8) -> DeploymentPath {
    DeploymentPath {
        service: service(n),
        deployment: service(n),
    }
}

fn role_of(n: u8, r: u8) -> RolePath {
    RolePath {
        service: service(n),
        deployment: service(n),
        role: role(r),
    }
}

/// What a step asks for, where it asks for anything.
#[expect(clippy::too_many_lines, reason = "one arm for each kind of request")]
pub(crate) fn command(held: View<'_>, step: &Step) -> Option<Command> {
    let label = STANDARD.encode("label");
    Some(match *step {
        Step::Pass(_) => return None,
        Step::CreateGroup => affinity_group::Command::Create {
            name: "g".into(),
            label,
            description: None,
            location: "West US".into(),
        }
        .into(),
        Step::DeleteGroup => affinity_group::Command::Delete { name: "g".into() }.into(),
        Step::CreateAccount(n) => {
            let new = NewStorageAccount {
                name: account(n).into(),
                description: None,
                label,
                place: west(),
                account_type: None,
                extended_properties: Vec::new(),
            };
            storage::Command::Create { new }.into()
        }
        Step::DeleteAccount(n) => {
            let name = account(n).to_owned();
            storage::Command::Delete { name: name.into() }.into()
        }
        Step::CreateService(n, grouped) => {
            let new = NewHostedService {
                name: service(n),
                label,
                description: None,
                place: if grouped {
                    Place::AffinityGroup("g".into())
                } else {
                    west()
                },
                extended_properties: Vec::new(),
                reverse_dns: None,
            };
            service::Command::Create { new }.into()
        }
        Step::UpdateService(n) => service::Command::Update {
            name: service(n),
            update: HostedServiceUpdate::default(),
        }
        .into(),
        Step::DeleteService(n, true) => {
            service::Command::DeleteWithMedia { name: service(n) }.into()
        }
        Step::DeleteService(n, false) => service::Command::Delete { name: service(n) }.into(),
        Step::AddCertificate(n) => certificate::Command::Add {
            service: service(n),
            der: CERTIFICATE.to_vec(),
        }
        .into(),
        Step::DeleteCertificate(n) => certificate::Command::Delete {
            service: service(n),
            thumbprint: crate::bodies::thumbprint(CERTIFICATE).into(),
        }
        .into(),
        Step::CreateDeployment(n, wanted, p, in_network) => {
            let new = NewDeployment {
                name: service(n),
                label: "label".to_owned(),
                roles: vec![machine(held, wanted)],
                virtual_network: in_network.then(|| "net".to_owned()).map(Into::into),
                reserved_ip: p.map(reserved),
                dns_servers: Vec::new(),
                load_balancers: Vec::new(),
            };
            let service = service(n);
            deployment::Command::Create { service, new }.into()
        }
        Step::DeleteDeployment(n, delete) => deployment::Command::Delete {
            of: deployment_of(n),
            disks: media(delete),
        }
        .into(),
        Step::AddRole(n, wanted) => roles::Command::Add {
            to: deployment_of(n),
            new: Box::new(machine(held, wanted)),
        }
        .into(),
        Step::UpdateRole(n, r, port) => {
            let new = NewRole {
                name: role(r),
                network: Some(network(port)),
                ..NewRole::default()
            };
            roles::Command::Update {
                of: role_of(n, r),
                new: Box::new(new),
            }
            .into()
        }
        Step::DeleteRole(n, r, delete) => roles::Command::Delete {
            of: role_of(n, r),
            disks: media(delete),
        }
        .into(),
        Step::Power(n, r, wish) => power::Command::Switch {
            of: deployment_of(n),
            roles: vec![role(r)],
            wish: match wish {
                Wish::Start => Power::Start,
                Wish::Restart => Power::Restart,
                Wish::Redeploy => Power::Redeploy,
                Wish::Stop => Power::Shutdown(PostShutdown::Stopped),
                Wish::Deallocate => Power::Shutdown(PostShutdown::StoppedDeallocated),
            },
        }
        .into(),
        Step::AddDataDisk(n, r, lun, b, new) => {
            let new = NewDataDisk {
                disk_name: (!new).then(|| disk_of(held, b)),
                media_link: new.then(|| blob(b)),
                lun,
                ..NewDataDisk::default()
            };
            let to = role_of(n, r);
            data_disk::Command::Add { to, new }.into()
        }
        Step::UpdateDataDisk(n, r, lun) => data_disk::Command::Update {
            of: role_of(n, r),
            lun,
            host_caching: Some(Caching::ReadOnly),
            new_lun: None,
        }
        .into(),
        Step::DeleteDataDisk(n, r, lun, delete) => data_disk::Command::Delete {
            from: role_of(n, r),
            lun,
            disks: media(delete),
        }
        .into(),
        Step::Capture(n, r, i) => {
            let capture = Capture {
                name: image(i),
                label: "label".to_owned(),
                then: AfterCapture::Delete,
            };
            let of = role_of(n, r);
            capture::Command::OsDisk { of, capture }.into()
        }
        Step::CaptureVm(n, r, i, goes) => {
            let capture = VmCapture {
                name: image(i),
                label: "label".to_owned(),
                os_state: if goes {
                    OsState::Generalized
                } else {
                    OsState::Specialized
                },
                description: None,
                language: None,
                family: None,
                recommended_size: None,
            };
            let of = role_of(n, r);
            capture::Command::Vm { of, capture }.into()
        }
        Step::CreateDisk(b) => {
            let new = NewDisk {
                name: format!("disk-b{b}").into(),
                label: "label".to_owned(),
                os: Some(OperatingSystem::Linux),
                media_link: blob(b),
            };
            disk::Command::Create { new }.into()
        }
        Step::UpdateDisk(b) => disk::Command::Update {
            name: disk_of(held, b),
            label: "another".to_owned(),
        }
        .into(),
        Step::DeleteDisk(b) => {
            let name = disk_of(held, b);
            disk::Command::Delete { name }.into()
        }
        Step::CreateImage(i, b) => {
            let new = NewImage {
                name: image(i),
                label: "label".to_owned(),
                media_link: blob(b),
                os: OperatingSystem::Linux,
                eula: None,
                description: None,
                family: None,
                is_premium: false,
                show_in_gui: None,
                privacy_uri: None,
                recommended_size: None,
                language: None,
            };
            image::Command::Create { new }.into()
        }
        Step::DeleteImage(i) => image::Command::Delete { name: image(i) }.into(),
        Step::CreateVmImage(i, b) => {
            let new = NewVmImage {
                name: image(i),
                label: "label".to_owned(),
                description: None,
                os: OperatingSystem::Linux,
                os_state: OsState::Generalized,
                os_disk_caching: None,
                os_disk_link: blob(b),
                data_disks: Vec::new(),
                language: None,
                family: None,
                recommended_size: None,
                eula: None,
                icon_uri: None,
                small_icon_uri: None,
                privacy_uri: None,
                show_in_gui: None,
            };
            image::Command::CreateVm { new: Box::new(new) }.into()
        }
        Step::DeleteVmImage(i) => image::Command::DeleteVm { name: image(i) }.into(),
        Step::CreateReserved(p) => reserved_ip::Command::Create {
            name: reserved(p),
            label: None,
            location: "West US".into(),
            of: None,
        }
        .into(),
        Step::DeleteReserved(p) => reserved_ip::Command::Delete { name: reserved(p) }.into(),
        Step::Associate(p, n) => reserved_ip::Command::Associate {
            name: reserved(p),
            with: deployment_of(n),
        }
        .into(),
        Step::Disassociate(p, n) => reserved_ip::Command::Disassociate {
            name: reserved(p),
            from: deployment_of(n),
        }
        .into(),
        Step::SetNetwork(there) => {
            let sites = there.then(|| NewVirtualNetwork {
                name: "net".into(),
                place: west(),
                address_space: vec!["10.1.0.0/16".parse().unwrap()],
                subnets: vec![Subnet {
                    name: "front".into(),
                    prefix: "10.1.1.0/24".parse().unwrap(),
                }],
                dns_servers: Vec::new(),
                gateway: None,
            });
            network_configuration::Command::Set {
                configuration: NetworkConfiguration::default(),
                networks: sites.into_iter().collect(),
            }
            .into()
        }
        Step::AddBalancer(n) => {
            let new = NewLoadBalancer {
                name: "in".into(),
                subnet: None,
                static_ip: None,
            };
            let to = deployment_of(n);
            load_balancer::Command::Add { to, new }.into()
        }
        Step::DeleteBalancer(n) => load_balancer::Command::Delete {
            of: deployment_of(n),
            name: "in".into(),
        }
        .into(),
        Step::AddDnsServer(n) => dns_server::Command::Add {
            at: deployment_of(n),
            server: ("dns".into(), "10.0.0.1".to_owned()),
        }
        .into(),
        Step::DeleteDnsServer(n) => dns_server::Command::Delete {
            at: deployment_of(n),
            name: "dns".into(),
        }
        .into(),
    })
}
