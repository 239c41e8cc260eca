//! What a new or changed machine would be, decided before anything is done.

use std::net::Ipv4Addr;

use jiff::Timestamp;

use crate::guest;

use super::deployment::{Deployment, Disks};
use super::disk::{Attachment, Disk};
use super::image::OsState;
use super::names::{is_host_name, key, same};
use super::phase::{Course, INSTALL, Life};
use super::role::{
    BootDiagnostics, Endpoint, ExtensionReference, ExtensionState, NewDataDisk, NewEndpoint,
    NewExtension, NewNetwork, NewOsDisk, NewRole, Role, Visibility,
};
use super::service::Place;
use super::{Refusal, SubscriptionId, World, catalogue, provisioning};

/// A machine that may be made, with the disks that come into being with it.
pub(crate) struct RolePlan {
    pub(crate) role: Role,
    pub(crate) disks: Vec<Disk>,
}

/// What a machine's system comes from.
struct System {
    os: String,
    /// Made from this image; none for a disk that was there.
    image: Option<String>,
    needs_provisioning: bool,
    has_agent: bool,
    size_gb: u32,
}

impl World {
    /// Decides what a new machine would be.
    pub(crate) fn plan_role(
        &mut self,
        subscription: &SubscriptionId,
        service: &str,
        deployment: &Deployment,
        new: NewRole,
        now: Timestamp,
    ) -> Result<RolePlan, Refusal> {
        if !is_host_name(&new.name) {
            return Err(Refusal::bad_request("The role name is invalid.").detail(&new.name));
        }
        if deployment.role(&new.name).is_ok() {
            return Err(Refusal::conflict(format!(
                "The role name '{}' is already in use in the deployment.",
                new.name
            )));
        }
        let size = check_size(new.size.as_deref())?;
        let system = self.system(subscription, &new)?;
        let host_name = provisioning::check(
            new.provisioning.as_ref(),
            &system.os,
            system.needs_provisioning,
            &new.name,
            &self.service(subscription, service)?.certificates,
        )?;
        let network = new.network.unwrap_or_default();
        let address = self.check_subnets(subscription, deployment, &network)?;
        let endpoints = name_endpoints(network.endpoints, deployment)?;
        let extensions = check_extensions(new.extensions, None, None)?;
        let place = self.service(subscription, service)?.place.clone();
        let random = self.names.below(10_000);
        let stamp = disk_stamp(now, random);
        let attachment = Attachment {
            service: self.service(subscription, service)?.name.clone(),
            deployment: deployment.name.clone(),
            role: new.name.clone(),
        };
        let os_disk = self.plan_os_disk(
            subscription,
            new.os_disk.unwrap_or_default(),
            new.media_location.as_deref(),
            &system,
            &attachment,
            &place,
            &stamp,
            now,
        )?;
        let mut disks = Vec::new();
        let mut data_disks = Vec::new();
        let limit = catalogue::role_size(&size).map_or(0, |s| s.data_disks) as usize;
        for wanted in new.data_disks.unwrap_or_default() {
            let lun = wanted.lun;
            if data_disks.iter().any(|(other, _)| *other == lun) {
                return Err(Refusal::conflict(format!(
                    "The logical unit number {lun} is used by two data disks."
                )));
            }
            // Each disk has digits of its own: the first data disk's number is the OS disk's.
            let stamp = disk_stamp(now, (random + 1 + lun % 64) % 10_000);
            let disk =
                self.plan_data_disk(subscription, wanted, &attachment, &place, &stamp, now)?;
            data_disks.push((lun, disk.name.clone()));
            disks.push(disk);
        }
        if data_disks.len() > limit {
            return Err(Refusal::parameter(format!(
                "DataVirtualHardDisks: {size} takes {limit} at most"
            )));
        }
        let boot_diagnostics = Self::diagnostics(
            new.boot_diagnostics,
            &os_disk.media_link,
            deployment,
            &new.name,
        );
        let thumbprint = self.names.hex32() + &self.names.hex32()[..8];
        let role = Role {
            host_name,
            size,
            availability_set: new.availability_set,
            endpoints,
            subnets: network.subnets,
            static_ip: network.static_ip,
            public_ips: network.public_ips,
            extensions,
            os_disk: os_disk.name.clone(),
            data_disks,
            provision_guest_agent: new.provision_guest_agent,
            boot_diagnostics,
            remote_access_thumbprint: thumbprint.to_ascii_uppercase(),
            winrm_thumbprint: None,
            address: Some(match address {
                Some(address) => address,
                None => self.any_address(),
            }),
            agent_in_image: system.has_agent,
            serial: self.next_serial(),
            life: Life::new(Course::Deploying, now),
            name: new.name,
            os: system.os,
        };
        disks.insert(0, os_disk);
        check_distinct(&disks)?;
        Ok(RolePlan { role, disks })
    }

    /// Decides what a machine would be after an update.
    pub(crate) fn plan_update(
        &self,
        subscription: &SubscriptionId,
        deployment: &Deployment,
        old: &Role,
        new: NewRole,
        now: Timestamp,
    ) -> Result<Role, Refusal> {
        if !same(&new.name, &old.name) {
            return Err(
                Refusal::bad_request("A role cannot be given another name.").detail(&new.name)
            );
        }
        if let Some(disk) = new.os_disk.as_ref().and_then(|d| d.disk_name.as_deref())
            && !same(disk, &old.os_disk)
        {
            return Err(
                Refusal::bad_request("The OS disk of a role cannot be exchanged.").detail(disk),
            );
        }
        if let Some(wanted) = &new.data_disks
            && !wanted.is_empty()
        {
            let kept = |disk: &NewDataDisk| {
                old.data_disks.iter().any(|(lun, name)| {
                    *lun == disk.lun && disk.disk_name.as_deref().is_none_or(|n| same(n, name))
                })
            };
            if wanted.len() != old.data_disks.len() || !wanted.iter().all(kept) {
                return Err(Refusal::not_modelled("Update Role: exchange of data disks"));
            }
        }
        let mut role = old.clone();
        let network = new.network.unwrap_or_default();
        if network.subnets != old.subnets || network.static_ip != old.static_ip {
            self.check_subnets(subscription, deployment, &network)?;
        }
        let mut others = deployment.clone();
        others.roles.retain(|r| !same(&r.name, &old.name));
        role.endpoints = name_endpoints(network.endpoints, &others)?;
        role.subnets = network.subnets;
        role.static_ip = network.static_ip;
        role.public_ips = network.public_ips;
        let installation = Life::new(Course::Up(INSTALL), now);
        role.extensions = check_extensions(
            new.extensions,
            old.extensions.as_deref(),
            Some(installation),
        )?;
        if new.size.is_some() {
            role.size = check_size(new.size.as_deref())?;
        }
        role.availability_set = new.availability_set;
        if new.provision_guest_agent.is_some() {
            role.provision_guest_agent = new.provision_guest_agent;
        }
        if new.boot_diagnostics.is_some() {
            let link = self
                .disk(subscription, &old.os_disk)
                .map(|d| d.media_link.clone())
                .unwrap_or_default();
            role.boot_diagnostics =
                Self::diagnostics(new.boot_diagnostics, &link, deployment, &old.name);
        }
        Ok(role)
    }

    /// Where a machine's system comes from: exactly one of a VM image, an OS image or a disk.
    fn system(&self, subscription: &SubscriptionId, new: &NewRole) -> Result<System, Refusal> {
        let disk = new.os_disk.as_ref();
        let image = disk.and_then(|d| d.source_image.as_deref());
        let existing = disk.and_then(|d| d.disk_name.as_deref());
        match (new.vm_image.as_deref(), image, existing) {
            (Some(name), None, None) => {
                let image = self.vm_image(subscription, name).ok_or_else(|| {
                    Refusal::not_found("The image with the specified name does not exist.")
                        .detail(name)
                })?;
                Ok(System {
                    os: image.os.clone(),
                    image: Some(image.name.clone()),
                    needs_provisioning: image.os_state == OsState::Generalized,
                    has_agent: true,
                    size_gb: image.size_gb,
                })
            }
            (None, Some(name), _) => {
                let image = self.image(subscription, name)?;
                Ok(System {
                    os: image.os.clone(),
                    image: Some(image.name.clone()),
                    needs_provisioning: true,
                    has_agent: image.has_agent(),
                    size_gb: image.size_gb,
                })
            }
            (None, None, Some(name)) => {
                let disk = self.disk(subscription, name)?;
                if disk.attached.is_some() {
                    return Err(disk.in_use());
                }
                let os = disk.os.clone().ok_or_else(|| {
                    Refusal::bad_request("A data disk cannot be used as the OS disk of a role.")
                        .detail(name)
                })?;
                Ok(System {
                    os,
                    image: None,
                    needs_provisioning: false,
                    has_agent: true,
                    size_gb: disk.size_gb,
                })
            }
            (None, None, None) => Err(Refusal::bad_request(
                "The role has no OS disk: neither an image nor a disk was named.",
            )
            .detail("OSVirtualHardDisk")),
            (Some(_), _, _) => Err(Refusal::bad_request(
                "A role is made from a VM image or from a disk, not from both.",
            )
            .detail("VMImageName, OSVirtualHardDisk")),
        }
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "each is one fact of the disk's birth"
    )]
    fn plan_os_disk(
        &self,
        subscription: &SubscriptionId,
        new: NewOsDisk,
        media_location: Option<&str>,
        system: &System,
        attachment: &Attachment,
        place: &Place,
        stamp: &str,
        now: Timestamp,
    ) -> Result<Disk, Refusal> {
        let Some(image) = &system.image else {
            let name = new.disk_name.unwrap_or_default();
            let mut disk = self.disk(subscription, &name)?.clone();
            disk.attached = Some(attachment.clone());
            return Ok(disk);
        };
        let name = new
            .disk_name
            .unwrap_or_else(|| format!("{}-{}-0-{stamp}", attachment.deployment, attachment.role));
        let media_link = match new.media_link {
            Some(link) => link,
            None => self.default_link(subscription, image, media_location, attachment, stamp)?,
        };
        self.check_blob(subscription, &media_link, &attachment.service)?;
        if self.disk(subscription, &name).is_ok() {
            return Err(
                Refusal::conflict("A disk with the specified name already exists.").detail(name),
            );
        }
        Ok(Disk {
            label: new.label,
            os: Some(system.os.clone()),
            place: place.clone(),
            size_gb: system.size_gb,
            media_link,
            source_image: Some(image.clone()),
            host_caching: check_caching(new.host_caching, "ReadWrite")?,
            created: now,
            attached: Some(attachment.clone()),
            name,
        })
    }

    pub(crate) fn plan_data_disk(
        &self,
        subscription: &SubscriptionId,
        new: NewDataDisk,
        attachment: &Attachment,
        place: &Place,
        stamp: &str,
        now: Timestamp,
    ) -> Result<Disk, Refusal> {
        if new.lun > 63 {
            return Err(Refusal::parameter(format!("Lun: {}", new.lun)));
        }
        let caching = check_caching(new.host_caching, "None")?;
        if let Some(name) = new.disk_name {
            let mut disk = self.disk(subscription, &name)?.clone();
            if disk.attached.is_some() {
                return Err(disk.in_use());
            }
            disk.attached = Some(attachment.clone());
            disk.host_caching = caching;
            return Ok(disk);
        }
        let Some(link) = new.media_link.or(new.source_media_link) else {
            return Err(Refusal::parameter(
                "DataVirtualHardDisk: neither DiskName nor MediaLink",
            ));
        };
        let size_gb = match new.size_gb {
            Some(size) if (1..=1023).contains(&size) => size,
            Some(size) => return Err(Refusal::parameter(format!("LogicalDiskSizeInGB: {size}"))),
            None => 30,
        };
        self.check_blob(subscription, &link, &attachment.service)?;
        let name = format!(
            "{}-{}-{}-{stamp}",
            attachment.deployment, attachment.role, new.lun
        );
        Ok(Disk {
            name,
            label: new.label,
            os: None,
            place: place.clone(),
            size_gb,
            media_link: link,
            source_image: None,
            host_caching: caching,
            created: now,
            attached: Some(attachment.clone()),
        })
    }

    /// A new disk's VHD goes to an account of the subscription, near its machine.
    fn check_blob(
        &self,
        subscription: &SubscriptionId,
        link: &str,
        service: &str,
    ) -> Result<(), Refusal> {
        let there = self.place_of_blob(subscription, link)?;
        let here = &self.service(subscription, service)?.location;
        if !same(&there, here) {
            return Err(Refusal::bad_request(format!(
                "The storage account of {link} is in {there}, and the hosted service in {here}: they must be in the same location."
            )));
        }
        self.blob_is_free(subscription, link)
    }

    /// Where the VHD goes when nobody said: beside the image's own, or where VM images go.
    fn default_link(
        &self,
        subscription: &SubscriptionId,
        image: &str,
        media_location: Option<&str>,
        attachment: &Attachment,
        stamp: &str,
    ) -> Result<String, Refusal> {
        let file = format!("{}-{}-{stamp}.vhd", attachment.service, attachment.role);
        if let Some(container) = media_location {
            return Ok(format!("{}/{file}", container.trim_end_matches('/')));
        }
        let own = self
            .image(subscription, image)
            .ok()
            .and_then(|i| i.media_link.clone())
            .or_else(|| {
                self.vm_image(subscription, image)
                    .and_then(|i| i.media_link.clone())
            });
        match own.as_deref().and_then(|link| link.rsplit_once('/')) {
            Some((container, _)) => Ok(format!("{container}/{file}")),
            None => Err(Refusal::parameter(
                "MediaLink: needed for a disk made from a platform image",
            )),
        }
    }

    /// Checks subnets and the fixed address; the machine's address when it is in a network.
    fn check_subnets(
        &self,
        subscription: &SubscriptionId,
        deployment: &Deployment,
        network: &NewNetwork,
    ) -> Result<Option<Ipv4Addr>, Refusal> {
        if deployment.virtual_network.is_none() {
            if let Some(subnet) = network.subnets.first() {
                return Err(Refusal::bad_request(
                    "A subnet can be given only in a deployment with a virtual network.",
                )
                .detail(subnet));
            }
            if let Some(address) = network.static_ip {
                return Err(Refusal::bad_request(
                    "A static address can be given only in a deployment with a virtual network.",
                )
                .detail(address.to_string()));
            }
            return Ok(None);
        }
        self.inner_address(
            subscription,
            deployment,
            &network.subnets,
            network.static_ip,
        )
        .map(Some)
    }

    /// An address inside for a machine: the fixed one, or the first free one of its subnet.
    pub(crate) fn inner_address(
        &self,
        subscription: &SubscriptionId,
        deployment: &Deployment,
        subnets: &[String],
        fixed: Option<Ipv4Addr>,
    ) -> Result<Ipv4Addr, Refusal> {
        let Some(name) = &deployment.virtual_network else {
            // Outside of any network the service gives what it has; the machine's serial will do.
            let n = u32::try_from(self.serials_given() % 0x00ff_fff0).unwrap_or_default();
            return Ok(Ipv4Addr::from(0x0a00_0004 + n));
        };
        let site = self.virtual_network(subscription, name)?;
        let mut blocks = Vec::new();
        for wanted in subnets {
            let subnet = site
                .subnets
                .iter()
                .find(|s| same(&s.name, wanted))
                .ok_or_else(|| {
                    Refusal::resource(format!("subnet `{wanted}` of virtual network `{name}`"))
                })?;
            blocks.push(subnet.prefix);
        }
        if blocks.is_empty() {
            blocks.extend(site.subnets.iter().map(|s| s.prefix));
        }
        let taken: Vec<Ipv4Addr> = self
            .services(subscription)
            .filter_map(|s| s.deployment.as_ref())
            .filter(|d| d.virtual_network.as_deref().is_some_and(|n| same(n, name)))
            .flat_map(|d| d.roles.iter().filter_map(|r| r.address))
            .chain(deployment.roles.iter().filter_map(|r| r.address))
            .collect();
        if let Some(address) = fixed {
            if !blocks.iter().any(|b| b.contains(address)) {
                return Err(Refusal::bad_request(format!(
                    "The static address {address} doesn't belong to the address space defined by the role's subnets."
                )));
            }
            if taken.contains(&address) {
                return Err(Refusal::conflict(format!(
                    "The static address {address} is already in use."
                )));
            }
            return Ok(address);
        }
        // The service keeps the first four addresses of a subnet for itself.
        let free = blocks.iter().find_map(|block| {
            (4..)
                .map_while(|n| block.nth(n))
                .find(|address| !taken.contains(address))
        });
        free.ok_or_else(|| {
            Refusal::bad_request(format!("The virtual network {name} has no address left."))
        })
    }

    fn any_address(&mut self) -> Ipv4Addr {
        let n = self.names.below(0x003f_ff00);
        Ipv4Addr::from(0x6440_0004 + n)
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
                let id = super::names::dashed(&deployment.private_id);
                BootDiagnostics::On {
                    prefix: format!(
                        "http://{account}.blob.core.windows.net/bootdiagnostics{id}/{}.{}.{role}",
                        deployment.name, deployment.private_id
                    ),
                }
            }
        }
    }

    /// Puts the disks of a new machine into the world.
    pub(crate) fn attach(
        &mut self,
        subscription: &SubscriptionId,
        service: &str,
        disks: Vec<Disk>,
    ) -> Result<(), Refusal> {
        let held = self.subscription_mut(subscription)?;
        for disk in disks {
            held.disks.insert(key(&disk.name), disk);
        }
        self.touch(subscription, service);
        Ok(())
    }

    /// Takes the disks of a machine that goes, or leaves them behind.
    pub(crate) fn detach(&mut self, subscription: &SubscriptionId, role: &Role, disks: Disks) {
        let Ok(held) = self.subscription_mut(subscription) else {
            return;
        };
        for name in role
            .data_disks
            .iter()
            .map(|(_, name)| name)
            .chain([&role.os_disk])
        {
            match disks {
                Disks::Delete => {
                    held.disks.remove(&key(name));
                }
                Disks::Keep => {
                    if let Some(disk) = held.disks.get_mut(&key(name)) {
                        disk.attached = None;
                    }
                }
            }
        }
    }
}

/// No disk and no blob is used twice by what comes into being together.
pub(crate) fn check_distinct(disks: &[Disk]) -> Result<(), Refusal> {
    for (i, disk) in disks.iter().enumerate() {
        let clash = |other: &&Disk| {
            same(&disk.name, &other.name) || disk.media_link.eq_ignore_ascii_case(&other.media_link)
        };
        if let Some(other) = disks[i + 1..].iter().find(clash) {
            return Err(Refusal::conflict(format!(
                "A disk with name {} already uses the blob {}.",
                other.name, disk.media_link
            )));
        }
    }
    Ok(())
}

fn check_size(size: Option<&str>) -> Result<String, Refusal> {
    let size = size.unwrap_or("Small");
    match catalogue::role_size(size) {
        Some(known) => Ok(known.name.to_owned()),
        None => Err(Refusal::parameter(format!("RoleSize: `{size}`"))),
    }
}

fn check_caching(caching: Option<String>, default: &str) -> Result<String, Refusal> {
    match caching.as_deref() {
        None => Ok(default.to_owned()),
        Some("None" | "ReadOnly" | "ReadWrite") => Ok(caching.unwrap_or_default()),
        Some(other) => Err(Refusal::parameter(format!("HostCaching: `{other}`"))),
    }
}

/// Names and public ports of endpoints, each name once; sorted by name, as the service does.
fn name_endpoints(
    new: Vec<NewEndpoint>,
    deployment: &Deployment,
) -> Result<Vec<Endpoint>, Refusal> {
    let mut taken: Vec<u16> = deployment
        .roles
        .iter()
        .flat_map(|r| &r.endpoints)
        .map(|e| e.port)
        .collect();
    taken.extend(new.iter().filter_map(|e| e.port));
    let mut endpoints: Vec<Endpoint> = Vec::new();
    for wanted in new {
        let port = match wanted.port {
            Some(port) => port,
            None => (49152..=u16::MAX)
                .find(|port| !taken.contains(port))
                .ok_or_else(|| {
                    Refusal::bad_request("There is no public port left for the endpoint.")
                })?,
        };
        taken.push(port);
        let name = wanted.name.unwrap_or_else(|| {
            format!(
                "{}-{port}-{}",
                wanted.settings.protocol.as_str(),
                wanted.settings.local_port
            )
        });
        if endpoints.iter().any(|e| same(&e.name, &name)) {
            return Err(Refusal::bad_request(format!(
                "The endpoint name {name} is used more than once in the role."
            )));
        }
        endpoints.push(Endpoint {
            name,
            port,
            settings: wanted.settings,
        });
    }
    endpoints.sort_by_key(|e| key(&e.name));
    Ok(endpoints)
}

/// References as they will stand. Settings that are not shown cannot be sent back by a client
/// that reads a role, changes it and writes it, so those stay as they were.
fn check_extensions(
    new: Option<Vec<NewExtension>>,
    old: Option<&[ExtensionReference]>,
    installation: Option<Life>,
) -> Result<Option<Vec<ExtensionReference>>, Refusal> {
    let Some(new) = new else { return Ok(None) };
    let mut references: Vec<ExtensionReference> = Vec::new();
    for mut extension in new {
        if extension.state == ExtensionState::Uninstall {
            continue;
        }
        let known = catalogue::extension(&extension.publisher, &extension.name);
        if known.and_then(|k| k.resolve(&extension.version)).is_none() {
            return Err(Refusal::resource(format!(
                "extension `{}.{}`, version `{}`",
                extension.publisher, extension.name, extension.version
            )));
        }
        if references
            .iter()
            .any(|r| same(&r.reference, &extension.reference))
        {
            return Err(Refusal::conflict(format!(
                "The extension reference {} is used twice.",
                extension.reference
            )));
        }
        let before = old.into_iter().flatten().find(|r| {
            same(&r.reference, &extension.reference)
                && same(&r.publisher, &extension.publisher)
                && same(&r.name, &extension.name)
        });
        let hidden = |v: &Option<Visibility>| *v == Some(Visibility::Private);
        if let Some(before) = before
            && !extension.parameters.iter().any(|p| hidden(&p.visibility))
        {
            extension.parameters.extend(
                before
                    .parameters
                    .iter()
                    .filter(|p| hidden(&p.visibility))
                    .cloned(),
            );
        }
        let unchanged = before.filter(|before| {
            let settings = |list: &[super::role::Parameter]| -> Vec<(Option<Visibility>, String)> {
                let mut all: Vec<_> = list
                    .iter()
                    .map(|p| (p.visibility, p.value.clone()))
                    .collect();
                all.sort_by_key(|(v, value)| (*v == Some(Visibility::Private), value.clone()));
                all
            };
            before.version == extension.version
                && settings(&before.parameters) == settings(&extension.parameters)
        });
        let (verdict, installation) = match unchanged {
            Some(before) => (before.verdict.clone(), before.installation),
            None => (guest::judge(&extension), installation),
        };
        references.push(ExtensionReference {
            reference: extension.reference,
            publisher: extension.publisher,
            name: extension.name,
            version: extension.version,
            parameters: extension.parameters,
            state: extension.state,
            verdict,
            installation,
        });
    }
    Ok(Some(references))
}

/// `yyyyMMddHHmmss` and four digits, as the names of new disks end.
fn disk_stamp(now: Timestamp, random: u32) -> String {
    format!("{}{random:04}", now.strftime("%Y%m%d%H%M%S"))
}

#[cfg(test)]
mod tests {
    use super::super::names::is_image;
    use super::*;

    #[test]
    fn the_names_of_new_disks_carry_their_moment() {
        let stamp = disk_stamp("2016-04-26T18:07:17Z".parse().unwrap(), 56);
        assert_eq!(stamp, "201604261807170056");
        assert!(is_image(&format!("clitestvm9908-clitestvm9908-0-{stamp}")));
    }
}
