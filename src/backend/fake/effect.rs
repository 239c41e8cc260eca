//! The effects of a create, done to the world itself.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use fake_azure::command::{
    Command, DeploymentPath, Disks, Look, NewDeployment, NewHostedService, NewStorageAccount,
    Refusal, RolePath, certificate as certificates, deployment, disk, roles, service, storage,
};
use fake_azure::view::{self, AccountType};
use fake_azure::{Hand, SubscriptionId};

use super::role::role;
use super::{certificate, fact, their_place};
use crate::backend::site::classic::{ClassicEffect, attached_disk, disk_user};
use crate::backend::{Error, ImageKind, Kind, Result, Secrets, Trace};

const DESCRIPTION: &str = "Implicitly created hosted service";

/// What makes an effect.
pub(super) fn making(effect: &ClassicEffect, secrets: &Secrets) -> Result<Command> {
    Ok(match effect {
        ClassicEffect::Disk { address, .. } => {
            return Err(Error::new(
                Kind::Refused,
                format!("disk `{address}` comes with its machine"),
            ));
        }
        ClassicEffect::Host { name, place } => {
            let new = NewHostedService {
                name: name.into(),
                label: BASE64_STANDARD.encode(name),
                description: Some(DESCRIPTION.to_owned()),
                place: their_place(place),
                extended_properties: Vec::new(),
                reverse_dns: None,
            };
            service::Command::Create { new }.into()
        }
        ClassicEffect::Account { name, place, .. } => {
            let new = NewStorageAccount {
                name: name.into(),
                description: None,
                label: BASE64_STANDARD.encode(name),
                place: their_place(place),
                account_type: Some(AccountType::StandardLrs),
                extended_properties: Vec::new(),
            };
            storage::Command::Create { new }.into()
        }
        ClassicEffect::Certificate { host, pem, .. } => {
            let (service, der) = (host.clone(), certificate(pem)?);
            certificates::Command::Add {
                service: service.into(),
                der,
            }
            .into()
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
            let role = role(&needs.machine, disk.clone(), secrets);
            let service = host.clone();
            if let Some(deployment) = joins {
                let deployment = deployment.clone();
                roles::Command::Add {
                    to: DeploymentPath {
                        service: service.into(),
                        deployment: deployment.into(),
                    },
                    new: Box::new(role),
                }
                .into()
            } else {
                let new = NewDeployment {
                    name: host.into(),
                    label: host.clone(),
                    roles: vec![role],
                    virtual_network: needs.network.clone().map(Into::into),
                    reserved_ip: needs.reserved_address.clone().map(Into::into),
                    dns_servers: Vec::new(),
                    load_balancers: Vec::new(),
                };
                deployment::Command::Create {
                    service: service.into(),
                    new,
                }
                .into()
            }
        }
    })
}

/// What takes an effect out of the world.
pub(super) fn unmaking(
    us: &SubscriptionId,
    effect: &ClassicEffect,
    hand: &Hand<'_>,
) -> std::result::Result<Command, Refusal> {
    Ok(match effect {
        ClassicEffect::Host { name, .. } => service::Command::Delete { name: name.into() }.into(),
        ClassicEffect::Account { name, .. } => {
            storage::Command::Delete { name: name.into() }.into()
        }
        ClassicEffect::Certificate {
            host, thumbprint, ..
        } => certificates::Command::Delete {
            service: host.into(),
            thumbprint: thumbprint.into(),
        }
        .into(),
        ClassicEffect::Disk { address, .. } => {
            let found = disk_at(hand, us, address);
            let name = found.map_or_else(|| address.into(), |disk| disk.name.clone());
            disk::Command::Delete { name }.into()
        }
        ClassicEffect::Machine { host, name, .. } => {
            let standing = hand.of(us).production(host)?;
            let (service, deployment) = (host.clone(), standing.name.clone());
            // Whoever joined meanwhile stays.
            let is_alone = standing
                .roles
                .iter()
                .all(|role| role.name.eq_ignore_ascii_case(name));
            let disks = Disks::Delete;
            if is_alone {
                let of = DeploymentPath {
                    service: service.into(),
                    deployment,
                };
                deployment::Command::Delete { of, disks }.into()
            } else {
                let of = RolePath {
                    service: service.into(),
                    deployment,
                    role: name.into(),
                };
                roles::Command::Delete { of, disks }.into()
            }
        }
    })
}

/// The disk whose blob has that address.
fn disk_at<'a>(hand: &'a Hand<'_>, us: &SubscriptionId, address: &str) -> Option<&'a view::Disk> {
    let mut disks = hand.of(us).disks();
    disks.find(|disk| disk.media_link.eq_ignore_ascii_case(address))
}

/// Looks whether an effect is there.
pub(super) fn trace(us: &SubscriptionId, effect: &ClassicEffect, hand: &mut Hand<'_>) -> Trace {
    let found = |is_there: bool| {
        if is_there {
            Trace::Present
        } else {
            Trace::Absent
        }
    };
    let held = hand.of(us);
    match effect {
        ClassicEffect::Host { name, place } => match held.service(name) {
            Err(_) => Trace::Absent,
            Ok(service)
                if service.description.as_deref() == Some(DESCRIPTION)
                    && fact::place(&service.place).is_same(place) =>
            {
                Trace::Present
            }
            Ok(_) => Trace::Foreign,
        },
        ClassicEffect::Account { name, .. } => match held.storage_account(name) {
            Err(_) => Trace::Absent,
            Ok(account) if held.storage_status(account) == "Creating" => Trace::Underway,
            Ok(_) => Trace::Present,
        },
        ClassicEffect::Certificate {
            host, thumbprint, ..
        } => found(held.service_certificate(host, thumbprint).is_ok()),
        ClassicEffect::Disk { address, .. } => found(disk_at(hand, us, address).is_some()),
        ClassicEffect::Machine {
            host, name, disk, ..
        } => {
            if held.production(host).is_err() {
                return Trace::Absent;
            }
            hand.look(us, &Look::Service(host.into()));
            let held = hand.of(us);
            let is_locked = held.is_locked(host);
            let Ok(role) = held
                .production(host)
                .and_then(|deployment| deployment.role(name))
            else {
                return if is_locked {
                    Trace::Underway
                } else {
                    Trace::Absent
                };
            };
            // The disks of a machine's image are copied to addresses of the cloud's choice.
            let has_that_address = effect
                .machine()
                .is_none_or(|needs| needs.machine.common.image.kind == ImageKind::Disk);
            let ours = disk.as_ref().filter(|_| has_that_address);
            let theirs = held.disk(&role.os_disk).ok();
            match ours.zip(theirs) {
                Some((ours, theirs)) if !ours.eq_ignore_ascii_case(&theirs.media_link) => {
                    Trace::Foreign
                }
                _ if is_locked => Trace::Underway,
                _ => Trace::Present,
            }
        }
    }
}

/// Who else is in what an effect made, so that it cannot go.
pub(super) fn tenants(us: &SubscriptionId, effect: &ClassicEffect, hand: &Hand<'_>) -> Vec<String> {
    let held = hand.of(us);
    match effect {
        ClassicEffect::Host { name, .. } | ClassicEffect::Certificate { host: name, .. } => held
            .production(name)
            .map(|deployment| deployment.roles.iter().map(|role| &role.name))
            .into_iter()
            .flatten()
            .map(|name| format!("machine `{name}`"))
            .collect(),
        ClassicEffect::Account { name, .. } => {
            let lies_there = |link: &str| {
                link.split_once("://")
                    .and_then(|(_, rest)| rest.split('.').next())
                    .is_some_and(|host| host.eq_ignore_ascii_case(name))
            };
            let disks = held
                .disks()
                .filter(|disk| lies_there(&disk.media_link))
                .map(|disk| format!("disk `{}`", disk.name));
            let images = held
                .images()
                .into_iter()
                .filter(|image| {
                    let link = image.media_link.as_ref();
                    link.is_some_and(|link| lies_there(link))
                })
                .map(|image| format!("image `{}`", image.name));
            disks.chain(images).collect()
        }
        ClassicEffect::Disk { address, .. } => {
            let user = disk_at(hand, us, address).and_then(|disk| disk.attached.as_ref());
            user.map(|user| disk_user(&user.role, &user.service))
                .into_iter()
                .collect()
        }
        ClassicEffect::Machine { host, name, .. } => {
            if !effect.has_only_attached_disks() {
                return Vec::new();
            }
            let deployment = held.production(host);
            let role = deployment.and_then(|deployment| deployment.role(name));
            let disks = role.map(|role| role.data_disks.iter());
            disks
                .into_iter()
                .flatten()
                .map(|(_, disk)| attached_disk(disk))
                .collect()
        }
    }
}
