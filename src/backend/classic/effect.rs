//! The effects of a create: cloud service, storage account, certificate, machine.

use super::super::service_management::write::{
    CertificateFile, CreateHostedService, CreateStorageAccount, NewDeployment,
};
use super::super::service_management::{Client, read};
use super::role::role;
use super::{absent, gone};
use crate::backend::site::classic::{ClassicEffect, MachineNeeds, attached_disk, disk_user};
use crate::backend::{Begun, Error, ImageKind, Kind, Place, Result, Secrets, Trace};

/// What both old generations wrote, and what their users see in every list.
const DESCRIPTION: &str = "Implicitly created hosted service";

/// Asks for an effect.
pub(super) async fn begin(
    client: &Client,
    effect: &ClassicEffect,
    secrets: &Secrets,
) -> Result<Begun> {
    match effect {
        ClassicEffect::Host { name, place } => {
            client
                .create_hosted_service(&CreateHostedService {
                    name: name.clone(),
                    label: name.clone(),
                    description: Some(DESCRIPTION.to_owned()),
                    place: place.clone(),
                })
                .await?;
            Ok(Begun::Done)
        }
        ClassicEffect::Account { name, place, .. } => {
            let accepted = client
                .create_storage_account(&CreateStorageAccount {
                    name: name.clone(),
                    description: None,
                    label: name.clone(),
                    place: place.clone(),
                    account_type: Some("Standard_LRS".to_owned()),
                })
                .await?;
            Ok(Begun::Accepted(accepted))
        }
        ClassicEffect::Certificate { host, pem, .. } => {
            let file = CertificateFile {
                data: pem.clone().into_bytes().into(),
                format: "pfx",
                password: None,
            };
            Ok(Begun::Accepted(client.add_certificate(host, &file).await?))
        }
        ClassicEffect::Machine {
            host,
            name,
            joins,
            disk,
            needs,
            ..
        } => {
            let needs = needs.as_deref().ok_or_else(|| {
                Error::new(
                    Kind::Refused,
                    format!("how machine `{name}` was made is not known"),
                )
            })?;
            begin_machine(client, host, joins.as_deref(), disk.clone(), needs, secrets).await
        }
        ClassicEffect::Disk { address, .. } => Err(Error::new(
            Kind::Refused,
            format!("disk `{address}` comes with its machine"),
        )),
    }
}

async fn begin_machine(
    client: &Client,
    host: &str,
    joins: Option<&str>,
    disk: Option<String>,
    needs: &MachineNeeds,
    secrets: &Secrets,
) -> Result<Begun> {
    let role = role(&needs.machine, disk, secrets);
    let accepted = if let Some(deployment) = joins {
        client.add_role(host, deployment, &role).await?
    } else {
        let new = NewDeployment {
            name: host.to_owned(),
            label: host.to_owned(),
            roles: vec![role],
            virtual_network_name: needs.network.clone(),
            reserved_ip_name: needs.reserved_address.clone(),
        };
        client.create_deployment(host, &new).await?
    };
    Ok(Begun::Accepted(accepted))
}

/// Looks whether an effect is there.
pub(super) async fn look_up(client: &Client, effect: &ClassicEffect) -> Result<Trace> {
    match effect {
        ClassicEffect::Host { name, place } => look_up_host(client, name, place).await,
        ClassicEffect::Account { name, .. } => {
            let account = absent(client.storage_account(name).await)?;
            Ok(
                match account.map(|answered| answered.value.properties.status) {
                    None => Trace::Absent,
                    Some(Some(status)) if matches!(status.as_str(), "Creating" | "Deleting") => {
                        Trace::Underway
                    }
                    Some(_) => Trace::Present,
                },
            )
        }
        ClassicEffect::Certificate {
            host, thumbprint, ..
        } => {
            let there = absent(client.service_certificates(host).await)?
                .into_iter()
                .flatten()
                .any(|certificate| certificate.thumbprint.eq_ignore_ascii_case(thumbprint));
            Ok(if there { Trace::Present } else { Trace::Absent })
        }
        ClassicEffect::Machine {
            host, name, disk, ..
        } => {
            let disk = disk.as_deref().filter(|_| has_that_address(effect));
            look_up_machine(client, host, name, disk).await
        }
        ClassicEffect::Disk {
            host,
            machine,
            address,
        } => Ok(match disk_at(client, address).await? {
            None => Trace::Absent,
            // The service takes a while to let go of the disks of a machine that is gone.
            Some(disk) if is_attached(&disk, host, machine) => Trace::Underway,
            Some(_) => Trace::Present,
        }),
    }
}

/// Nobody can make a name anew that is there, so only what a service of another making would show
/// tells it from ours.
async fn look_up_host(client: &Client, name: &str, place: &Place) -> Result<Trace> {
    let found = client
        .hosted_services()
        .await?
        .into_iter()
        .find(|service| service.service_name.eq_ignore_ascii_case(name));
    let Some(found) = found else {
        return Ok(Trace::Absent);
    };
    let properties = &found.properties;
    let is_described = properties.description.as_deref() == Some(DESCRIPTION);
    let lies_there = super::fact::place(
        properties.affinity_group.clone(),
        properties.location.clone(),
    )
    .is_same(place);
    Ok(if is_described && lies_there {
        Trace::Present
    } else {
        Trace::Foreign
    })
}

/// The disks of a machine's image are copied to addresses of the service's choice.
fn has_that_address(effect: &ClassicEffect) -> bool {
    effect
        .machine()
        .is_none_or(|needs| needs.machine.common.image.kind == ImageKind::Disk)
}

async fn look_up_machine(
    client: &Client,
    host: &str,
    name: &str,
    disk: Option<&str>,
) -> Result<Trace> {
    let Some(deployment) = deployment(client, host).await? else {
        return Ok(Trace::Absent);
    };
    let role = deployment.roles.iter().find(|role| is_called(role, name));
    let found = role
        .and_then(|role| role.os_virtual_hard_disk.as_ref())
        .and_then(|disk| disk.media_link.as_deref());
    if let (Some(ours), Some(theirs)) = (disk, found)
        && !ours.eq_ignore_ascii_case(theirs)
    {
        return Ok(Trace::Foreign);
    }
    let busy = deployment.locked.unwrap_or(false)
        || matches!(deployment.status.as_str(), "Deploying" | "Deleting");
    Ok(match (role.is_some(), busy) {
        (_, true) => Trace::Underway,
        (true, false) => Trace::Present,
        (false, false) => Trace::Absent,
    })
}

fn is_called(role: &read::Role, name: &str) -> bool {
    role.role_name
        .as_ref()
        .is_some_and(|its| its.eq_ignore_ascii_case(name))
}

async fn deployment(client: &Client, host: &str) -> Result<Option<read::Deployment>> {
    match client.deployment(host).await {
        Err(error) if gone(&error) => Ok(None),
        answer => answer,
    }
}

/// Takes an effect back.
pub(super) async fn undo(client: &Client, effect: &ClassicEffect) -> Result<Begun> {
    match effect {
        ClassicEffect::Host { name, .. } => {
            client.delete_hosted_service(name).await?;
            Ok(Begun::Done)
        }
        ClassicEffect::Account { name, .. } => {
            client.delete_storage_account(name).await?;
            Ok(Begun::Done)
        }
        ClassicEffect::Certificate {
            host, thumbprint, ..
        } => {
            let accepted = client.delete_certificate(host, "sha1", thumbprint).await?;
            Ok(Begun::Accepted(accepted))
        }
        ClassicEffect::Machine { host, name, .. } => {
            let deployment = deployment(client, host).await?.ok_or_else(|| {
                Error::new(Kind::NotFound, format!("machine `{name}` is not there"))
            })?;
            // Whoever joined meanwhile stays.
            let is_alone = deployment.roles.iter().all(|role| is_called(role, name));
            let accepted = if is_alone {
                client
                    .delete_deployment(host, &deployment.name, true)
                    .await?
            } else {
                client
                    .delete_role(host, &deployment.name, name, true)
                    .await?
            };
            Ok(Begun::Accepted(accepted))
        }
        ClassicEffect::Disk { address, .. } => {
            let disk = disk_at(client, address).await?;
            let disk = disk.ok_or_else(|| {
                Error::new(Kind::NotFound, format!("no disk lies at `{address}`"))
            })?;
            client.delete_disk(&disk.name, true).await?;
            Ok(Begun::Done)
        }
    }
}

/// The disk whose blob has that address.
async fn disk_at(client: &Client, address: &str) -> Result<Option<read::Disk>> {
    let mut disks = client.disks().await?.into_iter();
    Ok(disks.find(|disk| {
        disk.media_link
            .as_deref()
            .is_some_and(|link| link.eq_ignore_ascii_case(address))
    }))
}

/// Does the disk belong to that machine still?
fn is_attached(disk: &read::Disk, host: &str, machine: &str) -> bool {
    let is = |name: &Option<String>, other: &str| {
        name.as_deref()
            .is_some_and(|name| name.eq_ignore_ascii_case(other))
    };
    disk.attached_to
        .as_ref()
        .is_some_and(|to| is(&to.hosted_service_name, host) && is(&to.role_name, machine))
}

/// Who else is in what an effect made, so that it cannot go.
pub(super) async fn tenants(client: &Client, effect: &ClassicEffect) -> Result<Vec<String>> {
    match effect {
        ClassicEffect::Host { name, .. } | ClassicEffect::Certificate { host: name, .. } => {
            let Some(deployment) = deployment(client, name).await? else {
                return Ok(Vec::new());
            };
            Ok(deployment
                .roles
                .into_iter()
                .filter_map(|role| role.role_name)
                .map(|name| format!("machine `{name}`"))
                .collect())
        }
        ClassicEffect::Account { name, .. } => in_account(client, name).await,
        ClassicEffect::Machine { host, name, .. } => {
            if !effect.has_only_attached_disks() {
                return Ok(Vec::new());
            }
            let Some(deployment) = deployment(client, host).await? else {
                return Ok(Vec::new());
            };
            let mut roles = deployment.roles.into_iter();
            let role = roles.find(|role| is_called(role, name));
            let disks = role.and_then(|role| role.data_virtual_hard_disks);
            let names = disks.into_iter().flatten().filter_map(|disk| disk.name);
            Ok(names.map(|name| attached_disk(&name)).collect())
        }
        ClassicEffect::Disk { address, .. } => {
            let disk = disk_at(client, address).await?;
            let user = disk.and_then(|disk| disk.attached_to);
            Ok(user
                .map(|user| {
                    disk_user(
                        user.role_name.as_deref().unwrap_or_default(),
                        user.hosted_service_name.as_deref().unwrap_or_default(),
                    )
                })
                .into_iter()
                .collect())
        }
    }
}

async fn in_account(client: &Client, account: &str) -> Result<Vec<String>> {
    let (disks, images, machine_images) =
        tokio::join!(client.disks(), client.os_images(), client.vm_images());
    let lies_there = |link: Option<&str>| {
        link.and_then(|link| link.split_once("://"))
            .and_then(|(_, rest)| rest.split('.').next())
            .is_some_and(|host| host.eq_ignore_ascii_case(account))
    };
    let disks = disks?
        .into_iter()
        .filter(|disk| lies_there(disk.media_link.as_deref()))
        .map(|disk| format!("disk `{}`", disk.name));
    let images = images?
        .into_iter()
        .filter(|image| lies_there(image.media_link.as_deref()))
        .map(|image| format!("image `{}`", image.name));
    let machine_images = machine_images?
        .into_iter()
        .filter(|image| {
            let system = image.os_disk_configuration.as_ref();
            lies_there(system.and_then(|disk| disk.media_link.as_deref()))
        })
        .map(|image| format!("image `{}`", image.name));
    Ok(disks.chain(images).chain(machine_images).collect())
}
