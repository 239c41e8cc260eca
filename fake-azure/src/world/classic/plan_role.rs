//! What a new or changed machine would be, decided before anything is done.

use simulation::chance::dashed;

use super::data_disk::{check_distinct, check_luns, disk_owner};
use super::decision::Scope;
use super::deployment::Deployment;
use super::disk::Disk;
use super::image::{OsState, no_image};
use super::machine_network::{any_address, name_endpoints};
use super::network_interface::{check_kept, plan_interfaces};
use super::plan_disk::DiskPlan;
use super::plan_extension::check_extensions;
use super::refusal::Thing;
use super::role::{BootDiagnostics, ExtensionReference, NewDataDisk, NewRole, Provisioning, Role};
use super::view::View;
use super::{Refusal, provisioning};
use crate::world::flaw::Flaws;
use crate::world::names::is_host_name;
use crate::world::phase::{Boot, Course, Life};
use crate::world::{Name, OperatingSystem, Size, Thumbprint, blob};

/// A machine that may be made, with the disks that come into being with it.
pub(super) struct RolePlan {
    pub(super) role: Role,
    pub(super) disks: Vec<Disk>,
}

/// What a machine's system comes from.
pub(super) struct System {
    pub(super) os: OperatingSystem,
    /// Made from this image.
    pub(super) image: Option<Name>,
    /// Its disk comes into being with the machine.
    pub(super) is_new: bool,
    pub(super) size_gb: u32,
    needs_provisioning: bool,
    has_agent: bool,
}

/// Decides what a new machine would be.
pub(super) fn plan_role(
    scope: &mut Scope<'_>,
    service: &str,
    deployment: &Deployment,
    new: NewRole,
) -> Result<RolePlan, Refusal> {
    if !is_host_name(&new.name) {
        return Err(Refusal::BadName(Thing::Role, new.name));
    }
    if deployment.role(&new.name).is_ok() {
        return Err(Refusal::Exists(Thing::Role, new.name));
    }
    let size = check_size(new.size.as_ref())?;
    let system = scope.system(&new)?;
    let host_name = provisioning::check(
        new.provisioning.as_ref(),
        system.os,
        system.needs_provisioning,
        &new.name,
        &scope.service(service)?.certificates,
    )?;
    let owner = disk_owner(scope, service, deployment, &new.name, size)?;
    let DiskPlan {
        os_disk,
        data_disks,
    } = scope.plan_disks(&new, &system, size, &owner)?;
    let network = new.network.unwrap_or_default();
    let address = scope.check_subnets(deployment, &network, None)?;
    let interfaces = plan_interfaces(scope, deployment, address, network.interfaces)?;
    scope.check_groups(
        network.security_group.as_ref(),
        interfaces.iter().map(|i| i.security_group.as_ref()),
    )?;
    let endpoints = name_endpoints(network.endpoints, deployment)?;
    let extensions = check_extensions(new.extensions, None, None)?;
    scope.check_engine(deployment, &new.name, extensions.as_deref())?;
    check_agent(new.provision_guest_agent, extensions.as_deref())?;
    let flaws = scope.flaws_of(&new.name);
    let extensions = spoiled(extensions, flaws.as_deref());
    let boot_diagnostics = diagnostics(
        new.boot_diagnostics,
        &os_disk.media_link,
        deployment,
        &new.name,
    );
    let fresh = scope.draw.chance.hex32() + &scope.draw.chance.hex32()[..8];
    let remote_access_thumbprint: Thumbprint = fresh.to_ascii_uppercase().into();
    let certificates = new.provisioning.as_ref().map(Provisioning::certificates);
    let winrm = new
        .provisioning
        .as_ref()
        .and_then(Provisioning::https_listener);
    let role = Role {
        host_name,
        size,
        availability_set: new.availability_set,
        endpoints,
        subnets: network.subnets,
        static_ip: network.static_ip,
        public_ips: network.public_ips,
        interfaces,
        security_group: network.security_group,
        ip_forwarding: network.ip_forwarding,
        extensions,
        os_disk: os_disk.name.clone(),
        data_disks: data_disks
            .iter()
            .map(|(lun, disk)| (*lun, disk.name.clone()))
            .collect(),
        provision_guest_agent: new.provision_guest_agent,
        boot_diagnostics,
        // The service makes a certificate for a listener that was given none.
        winrm_thumbprint: winrm.map(|listener| {
            let named = listener.certificate.as_ref();
            named.map_or_else(
                || remote_access_thumbprint.clone(),
                |named| named.to_ascii_uppercase().into(),
            )
        }),
        remote_access_thumbprint,
        address: Some(match address {
            Some(address) => address,
            None => any_address(scope),
        }),
        certificates: certificates.unwrap_or_default(),
        license_type: new.license_type,
        agent_in_image: system.has_agent,
        serial: scope.draw.next_serial(),
        life: Life::new(Course::Deploying, scope.now),
        flaws,
        maintained: false,
        name: new.name,
        os: system.os,
    };
    let mut disks = vec![os_disk];
    disks.extend(data_disks.into_iter().map(|(_, disk)| disk));
    Ok(RolePlan { role, disks })
}

/// Decides what a machine would be after an update, and which disks come with it or change.
pub(super) fn plan_update(
    scope: &mut Scope<'_>,
    service: &str,
    deployment: &Deployment,
    old: &Role,
    new: NewRole,
) -> Result<RolePlan, Refusal> {
    if new.name != old.name {
        return Err(Refusal::Renamed(Thing::Role, new.name));
    }
    let mut role = old.clone();
    let mut disks = Vec::new();
    if let Some(wanted) = new.os_disk {
        if let Some(disk) = wanted.disk_name
            && old.os_disk != disk
        {
            return Err(Refusal::OsDiskStays(disk));
        }
        if let Some(caching) = wanted.host_caching {
            let mut disk = scope.disk(&old.os_disk)?.clone();
            disk.host_caching = caching;
            disks.push(disk);
        }
    }
    if new.size.is_some() {
        role.size = check_size(new.size.as_ref())?;
        let data = old.data_disks.iter().map(|(_, name)| name);
        for name in data.chain([&old.os_disk]) {
            if let Ok(disk) = scope.disk(name) {
                scope.check_premium(&disk.media_link, role.size)?;
            }
        }
    }
    plan_data_disks(
        scope,
        service,
        deployment,
        &mut role,
        &mut disks,
        new.data_disks.unwrap_or_default(),
    )?;
    let network = new.network.unwrap_or_default();
    let mut others = deployment.clone();
    others.roles.retain(|r| r.name != old.name);
    if network.subnets != old.subnets || network.static_ip != old.static_ip {
        let address = scope.check_subnets(deployment, &network, old.address)?;
        role.address = old.address.and(address.or(old.address));
    }
    check_kept(old, &network.interfaces)?;
    role.endpoints = name_endpoints(network.endpoints, &others)?;
    role.subnets = network.subnets;
    role.static_ip = network.static_ip;
    role.public_ips = network.public_ips;
    scope.check_groups(network.security_group.as_ref(), [])?;
    role.security_group = network.security_group;
    role.ip_forwarding = network.ip_forwarding;
    let installation = Life::new(Course::Up(Boot::Installation), scope.now);
    role.extensions = check_extensions(
        new.extensions,
        old.extensions.as_deref(),
        Some(installation),
    )?;
    scope.check_engine(deployment, &old.name, role.extensions.as_deref())?;
    role.extensions = spoiled(role.extensions, old.flaws.as_deref());
    role.availability_set = new.availability_set;
    if new.provision_guest_agent.is_some() {
        role.provision_guest_agent = new.provision_guest_agent;
    }
    check_agent(role.provision_guest_agent, role.extensions.as_deref())?;
    if new.license_type.is_some() {
        role.license_type = new.license_type;
    }
    if new.boot_diagnostics.is_some() {
        let link = scope.disk(&old.os_disk)?.media_link.clone();
        role.boot_diagnostics = diagnostics(new.boot_diagnostics, &link, deployment, &old.name);
    }
    Ok(RolePlan { role, disks })
}

/// What a machine makes of its extensions that has these flaws.
fn spoiled(
    mut extensions: Option<Vec<ExtensionReference>>,
    flaws: Option<&Flaws>,
) -> Option<Vec<ExtensionReference>> {
    if let (Some(extensions), Some(flaws)) = (&mut extensions, flaws) {
        for extension in extensions {
            if let Some(message) = flaws.failure_of(&extension.name) {
                extension.verdict.fail(message);
            }
        }
    }
    extensions
}

/// The data disks after an update: those that are named stay or change their caching, new
/// numbers are attached, and those of which nothing is said stay as they are.
fn plan_data_disks(
    scope: &mut Scope<'_>,
    service: &str,
    deployment: &Deployment,
    role: &mut Role,
    disks: &mut Vec<Disk>,
    wanted: Vec<NewDataDisk>,
) -> Result<(), Refusal> {
    let owner = disk_owner(scope, service, deployment, &role.name, role.size)?;
    check_luns(wanted.iter().map(|new| new.lun), role.size)?;
    for new in wanted {
        let lun = new.lun;
        let disk = match role.data_disk(lun) {
            Ok(name) if new.disk_name.as_ref().is_none_or(|n| n == name) => {
                let mut disk = scope.disk(name)?.clone();
                disk.host_caching = new.host_caching.unwrap_or(disk.host_caching);
                disk
            }
            _ => {
                let disk = scope.plan_data_disk(new, &owner)?;
                role.data_disks.push((lun, disk.name.clone()));
                disk
            }
        };
        disks.push(disk);
    }
    role.data_disks.sort();
    check_distinct(disks.iter())?;
    check_luns(role.data_disks.iter().map(|(lun, _)| *lun), role.size)
}

impl View<'_> {
    /// The network security groups that are named are there.
    fn check_groups<'a>(
        self,
        own: Option<&'a Name>,
        further: impl IntoIterator<Item = Option<&'a Name>>,
    ) -> Result<(), Refusal> {
        let named = further.into_iter().chain([own]).flatten();
        named.into_iter().try_for_each(|name| {
            self.security_group(name)?;
            Ok(())
        })
    }

    /// Where a machine's system comes from: exactly one of a VM image, an OS image, a VHD
    /// elsewhere or a disk.
    fn system(self, new: &NewRole) -> Result<System, Refusal> {
        let disk = new.os_disk.as_ref();
        let image = disk.and_then(|d| d.source_image.as_ref());
        let remote = disk.and_then(|d| d.remote_source.as_ref());
        let existing = disk.and_then(|d| d.disk_name.as_ref());
        match (new.vm_image.as_ref(), image, remote, existing) {
            (Some(name), None, None, None) => {
                let image = self.vm_image(name).ok_or_else(|| no_image(name))?;
                Ok(System {
                    os: image.os,
                    image: Some(image.name.clone()),
                    is_new: true,
                    needs_provisioning: image.os_state == OsState::Generalized,
                    has_agent: true,
                    size_gb: image.size_gb,
                })
            }
            (None, Some(name), None, _) => {
                let image = self.image(name)?;
                Ok(System {
                    os: image.os,
                    image: Some(image.name.clone()),
                    is_new: true,
                    needs_provisioning: true,
                    has_agent: image.has_agent(),
                    size_gb: image.size_gb,
                })
            }
            (None, None, Some(link), _) => {
                if blob::host(link).is_none() {
                    return Err(Refusal::parameter(format!(
                        "RemoteSourceImageLink: `{link}`"
                    )));
                }
                let disk = new.os_disk.as_ref();
                if disk.is_none_or(|d| d.media_link.is_none()) {
                    return Err(Refusal::parameter(
                        "MediaLink: needed for a disk copied from a VHD elsewhere",
                    ));
                }
                let os = disk
                    .and_then(|d| d.os)
                    .ok_or_else(|| Refusal::parameter(format!("OS: what is in {link}?")))?;
                Ok(System {
                    os,
                    image: None,
                    is_new: true,
                    needs_provisioning: true,
                    has_agent: true,
                    size_gb: 30,
                })
            }
            (None, None, None, Some(name)) => {
                let disk = self.disk_is_free(name)?;
                let os = disk.os.ok_or_else(|| Refusal::NoSystemOn(name.into()))?;
                Ok(System {
                    os,
                    image: None,
                    is_new: false,
                    needs_provisioning: false,
                    has_agent: true,
                    size_gb: disk.size_gb,
                })
            }
            (None, None, None, None) => Err(Refusal::NoSystem),
            _ => Err(Refusal::ManySystems),
        }
    }
}

fn diagnostics(
    wanted: Option<bool>,
    media_link: &str,
    deployment: &Deployment,
    role: &str,
) -> BootDiagnostics {
    match wanted {
        None => BootDiagnostics::Unset,
        Some(false) => BootDiagnostics::Off,
        Some(true) => {
            let account = media_link
                .split("://")
                .nth(1)
                .and_then(|rest| rest.split('.').next())
                .unwrap_or_default();
            let id = dashed(&deployment.private_id);
            BootDiagnostics::On {
                prefix: format!(
                    "http://{account}.blob.core.windows.net/bootdiagnostics{id}/{}.{}.{role}",
                    deployment.name, deployment.private_id
                ),
            }
        }
    }
}

/// Extensions are installed by the guest agent.
fn check_agent(
    wanted: Option<bool>,
    extensions: Option<&[super::ExtensionReference]>,
) -> Result<(), Refusal> {
    match extensions.and_then(<[_]>::first) {
        Some(extension) if wanted == Some(false) => {
            Err(Refusal::NoAgent(extension.reference.clone()))
        }
        _ => Ok(()),
    }
}

pub(super) fn check_size(size: Option<&Name>) -> Result<Size, Refusal> {
    let size = size.map_or("Small", Name::as_str);
    Size::named(size).ok_or_else(|| Refusal::parameter(format!("RoleSize: `{size}`")))
}
