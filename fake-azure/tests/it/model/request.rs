//! Steps as requests to the real world.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use fake_azure::world::{
    AfterCapture, Capture, DataDiskPath, Disks, EndpointSettings, HostedServiceUpdate,
    NetworkConfiguration, NewDataDisk, NewDeployment, NewDisk, NewEndpoint, NewHostedService,
    NewImage, NewLoadBalancer, NewNetwork, NewOsDisk, NewRole, NewStorageAccount,
    NewVirtualNetwork, NewVmImage, OsState, Place, PostShutdown, Power, Protocol, Provisioning,
    Refusal, Secret, Subnet, SubscriptionId, VmCapture, World,
};
use jiff::Timestamp;

use super::step::{Blob, Machine, Source, Step, Wish};
use crate::bodies::UBUNTU;

/// What stands for a certificate: the world asks no more of it than to be bytes.
const CERTIFICATE: &[u8] = b"a certificate";

pub(crate) fn service(n: u8) -> String {
    format!("s{n}")
}

pub(crate) fn role(n: u8) -> String {
    format!("r{n}")
}

pub(crate) fn image(n: u8) -> String {
    format!("i{n}")
}

pub(crate) fn reserved(n: u8) -> String {
    format!("p{n}")
}

pub(crate) fn account(n: u8) -> &'static str {
    ["store", "spare"][usize::from(n)]
}

pub(crate) fn blob(n: Blob) -> String {
    let account = account(super::reference::account_of(n));
    format!("https://{account}.blob.core.windows.net/vhds/b{n}.vhd")
}

fn west() -> Place {
    Place::Location("West US".to_owned())
}

fn media(delete: bool) -> Disks {
    if delete { Disks::Delete } else { Disks::Keep }
}

/// The name of the disk that stands for a blob, or one that no disk has.
fn disk_of(world: &World, us: &SubscriptionId, n: Blob) -> String {
    let link = blob(n);
    world
        .disks(us)
        .find(|disk| disk.media_link == link)
        .map_or_else(|| "none".to_owned(), |disk| disk.name.clone())
}

fn endpoint(port: u16) -> NewEndpoint {
    NewEndpoint {
        name: Some("door".to_owned()),
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

fn provisioning(name: &str, keyed: bool) -> Provisioning {
    let thumbprint = crate::bodies::thumbprint(CERTIFICATE);
    Provisioning::Linux {
        host_name: name.to_owned(),
        user_name: "azureuser".to_owned(),
        password: Some(Secret::new("Pa$$w0rd1")),
        disable_ssh_password: Some(false),
        ssh_certificates: keyed.then_some(thumbprint).into_iter().collect(),
        custom_data: None,
    }
}

fn machine(world: &World, us: &SubscriptionId, machine: Machine) -> NewRole {
    let name = role(machine.role);
    let mut os_disk = NewOsDisk::default();
    let mut vm_image = None;
    match machine.source {
        Source::Disk => os_disk.disk_name = Some(disk_of(world, us, machine.blob)),
        source => {
            os_disk.media_link = Some(blob(machine.blob));
            match source {
                Source::Image(n) => os_disk.source_image = Some(image(n)),
                Source::VmImage(n) => vm_image = Some(image(n)),
                _ => os_disk.source_image = Some(UBUNTU.to_owned()),
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

/// Asks the world for what a step wants.
#[expect(clippy::too_many_lines, reason = "one arm for each kind of request")]
pub(crate) fn send(
    world: &mut World,
    us: &SubscriptionId,
    step: &Step,
    now: Timestamp,
) -> Result<(), Refusal> {
    let id = world.new_operation_id();
    let label = STANDARD.encode("label");
    match *step {
        Step::Pass(_) => Ok(()),
        Step::CreateGroup => world.create_affinity_group(us, "g", &label, None, "West US", now),
        Step::DeleteGroup => world.delete_affinity_group(us, "g"),
        Step::CreateAccount(n) => {
            let new = NewStorageAccount {
                name: account(n).to_owned(),
                description: None,
                label,
                place: west(),
                account_type: None,
                extended_properties: Vec::new(),
            };
            world.create_storage_account(us, id, new, now).map(drop)
        }
        Step::DeleteAccount(n) => world.delete_storage_account(us, account(n)),
        Step::CreateService(n, grouped) => {
            let new = NewHostedService {
                name: service(n),
                label,
                description: None,
                place: if grouped {
                    Place::AffinityGroup("g".to_owned())
                } else {
                    west()
                },
                extended_properties: Vec::new(),
                reverse_dns: None,
            };
            world.create_service(us, new, now)
        }
        Step::UpdateService(n) => {
            world.update_service(us, &service(n), HostedServiceUpdate::default(), now)
        }
        Step::DeleteService(n, true) => world
            .delete_service_with_media(us, id, &service(n), now)
            .map(drop),
        Step::DeleteService(n, false) => world.delete_service(us, &service(n)),
        Step::AddCertificate(n) => world
            .add_service_certificate(us, id, &service(n), CERTIFICATE.to_vec(), now)
            .map(drop),
        Step::DeleteCertificate(n) => {
            let thumbprint = crate::bodies::thumbprint(CERTIFICATE);
            world
                .delete_service_certificate(us, id, &service(n), &thumbprint, now)
                .map(drop)
        }
        Step::CreateDeployment(n, wanted, p, in_network) => {
            let new = NewDeployment {
                name: service(n),
                label: "label".to_owned(),
                roles: vec![machine(world, us, wanted)],
                virtual_network: in_network.then(|| "net".to_owned()),
                reserved_ip: p.map(reserved),
                dns_servers: Vec::new(),
                load_balancers: Vec::new(),
            };
            world
                .create_deployment(us, id, &service(n), new, now)
                .map(drop)
        }
        Step::DeleteDeployment(n, delete) => {
            let name = service(n);
            world
                .delete_deployment(us, id, &name, &name, media(delete), now)
                .map(drop)
        }
        Step::AddRole(n, wanted) => {
            let (name, new) = (service(n), machine(world, us, wanted));
            world.add_role(us, id, &name, &name, new, now).map(drop)
        }
        Step::UpdateRole(n, r, port) => {
            let name = service(n);
            let new = NewRole {
                name: role(r),
                network: Some(network(port)),
                ..NewRole::default()
            };
            world
                .update_role(us, id, &name, &name, &role(r), new, now)
                .map(drop)
        }
        Step::DeleteRole(n, r, delete) => {
            let name = service(n);
            world
                .delete_role(us, id, &name, &name, &role(r), media(delete), now)
                .map(drop)
        }
        Step::Power(n, r, wish) => {
            let wish = match wish {
                Wish::Start => Power::Start,
                Wish::Restart => Power::Restart,
                Wish::Redeploy => Power::Redeploy,
                Wish::Stop => Power::Shutdown(PostShutdown::Stopped),
                Wish::Deallocate => Power::Shutdown(PostShutdown::StoppedDeallocated),
            };
            let name = service(n);
            world
                .power(us, id, &name, &name, &[role(r)], wish, now)
                .map(drop)
        }
        Step::AddDataDisk(n, r, lun, b, new) => {
            let wanted = NewDataDisk {
                disk_name: (!new).then(|| disk_of(world, us, b)),
                media_link: new.then(|| blob(b)),
                lun,
                ..NewDataDisk::default()
            };
            let name = service(n);
            world
                .add_data_disk(us, id, &name, &name, &role(r), wanted, now)
                .map(drop)
        }
        Step::UpdateDataDisk(n, r, lun) => {
            let (name, role) = (service(n), role(r));
            let at = DataDiskPath {
                service: &name,
                deployment: &name,
                role: &role,
                lun,
            };
            let caching = Some("ReadOnly".to_owned());
            world
                .update_data_disk(us, id, at, caching, None, now)
                .map(drop)
        }
        Step::DeleteDataDisk(n, r, lun, delete) => {
            let (name, role) = (service(n), role(r));
            let at = DataDiskPath {
                service: &name,
                deployment: &name,
                role: &role,
                lun,
            };
            world
                .delete_data_disk(us, id, at, media(delete), now)
                .map(drop)
        }
        Step::Capture(n, r, i) => {
            let name = service(n);
            let capture = Capture {
                name: image(i),
                label: "label".to_owned(),
                then: AfterCapture::Delete,
            };
            world
                .capture_role(us, id, &name, &name, &role(r), capture, now)
                .map(drop)
        }
        Step::CaptureVm(n, r, i, goes) => {
            let name = service(n);
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
            world
                .capture_role_as_vm_image(us, id, &name, &name, &role(r), capture, now)
                .map(drop)
        }
        Step::CreateDisk(b) => {
            let new = NewDisk {
                name: format!("disk-b{b}"),
                label: "label".to_owned(),
                os: Some("Linux".to_owned()),
                media_link: blob(b),
            };
            world.create_disk(us, new, now).map(drop)
        }
        Step::UpdateDisk(b) => {
            let name = disk_of(world, us, b);
            world.update_disk(us, &name, "another").map(drop)
        }
        Step::DeleteDisk(b) => {
            let name = disk_of(world, us, b);
            world.delete_disk(us, &name)
        }
        Step::CreateImage(i, b) => {
            let new = NewImage {
                name: image(i),
                label: "label".to_owned(),
                media_link: blob(b),
                os: "Linux".to_owned(),
                eula: None,
                description: None,
                family: None,
                is_premium: false,
                show_in_gui: None,
                privacy_uri: None,
                recommended_size: None,
                language: None,
            };
            world.create_image(us, new).map(drop)
        }
        Step::DeleteImage(i) => world.delete_image(us, &image(i)),
        Step::CreateVmImage(i, b) => {
            let new = NewVmImage {
                name: image(i),
                label: "label".to_owned(),
                description: None,
                os: "Linux".to_owned(),
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
            world.create_vm_image(us, id, new, now).map(drop)
        }
        Step::DeleteVmImage(i) => world.delete_vm_image(us, id, &image(i), now).map(drop),
        Step::CreateReserved(p) => world
            .create_reserved_ip(us, id, &reserved(p), None, "West US", None, now)
            .map(drop),
        Step::DeleteReserved(p) => world
            .delete_reserved_ip(us, id, &reserved(p), now)
            .map(drop),
        Step::Associate(p, n) => {
            let name = service(n);
            world
                .associate_reserved_ip(us, id, &reserved(p), &name, &name, now)
                .map(drop)
        }
        Step::Disassociate(p, n) => {
            let name = service(n);
            world
                .disassociate_reserved_ip(us, id, &reserved(p), &name, &name, now)
                .map(drop)
        }
        Step::SetNetwork(there) => {
            let sites = there.then(|| NewVirtualNetwork {
                name: "net".to_owned(),
                place: west(),
                address_space: vec!["10.1.0.0/16".parse().unwrap()],
                subnets: vec![Subnet {
                    name: "front".to_owned(),
                    prefix: "10.1.1.0/24".parse().unwrap(),
                }],
                dns_servers: Vec::new(),
                gateway: Vec::new(),
            });
            let sites = sites.into_iter().collect();
            let rest = NetworkConfiguration::default();
            world
                .set_network_configuration(us, id, rest, sites, now)
                .map(drop)
        }
        Step::AddBalancer(n) => {
            let name = service(n);
            let new = NewLoadBalancer {
                name: "in".to_owned(),
                subnet: None,
                static_ip: None,
            };
            world
                .add_load_balancer(us, id, &name, &name, new, now)
                .map(drop)
        }
        Step::DeleteBalancer(n) => {
            let name = service(n);
            world
                .delete_load_balancer(us, id, &name, &name, "in", now)
                .map(drop)
        }
        Step::AddDnsServer(n) => {
            let (name, server) = (service(n), ("dns".to_owned(), "10.0.0.1".to_owned()));
            world
                .add_dns_server(us, id, &name, &name, server, now)
                .map(drop)
        }
        Step::DeleteDnsServer(n) => {
            let name = service(n);
            world
                .delete_dns_server(us, id, &name, &name, "dns", now)
                .map(drop)
        }
    }
}
