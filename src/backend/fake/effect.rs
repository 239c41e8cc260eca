//! The effects of a create, done to the world itself.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use fake_azure::world::{
    Disks, NewDeployment, NewHostedService, NewStorageAccount, OperationId as TheirId, Refusal,
    SubscriptionId, World,
};
use jiff::Timestamp;

use super::role::role;
use super::{certificate, error, fact, their_place};
use crate::backend::{Effect, Error, ImageKind, Kind, Result, Secrets, Trace};

const DESCRIPTION: &str = "Implicitly created hosted service";

type Taken = std::result::Result<Option<TheirId>, Refusal>;

/// Asks the world for an effect.
pub(super) fn make(
    us: &SubscriptionId,
    effect: &Effect,
    secrets: &Secrets,
    world: &mut World,
    now: Timestamp,
) -> Result<Option<TheirId>> {
    match effect {
        Effect::Host { name, place } => {
            let new = NewHostedService {
                name: name.clone(),
                label: BASE64_STANDARD.encode(name),
                description: Some(DESCRIPTION.to_owned()),
                place: their_place(place),
                extended_properties: Vec::new(),
                reverse_dns: None,
            };
            world.create_service(us, new, now).map(|()| None)
        }
        Effect::Account { name, place, .. } => {
            let id = world.new_operation_id();
            let new = NewStorageAccount {
                name: name.clone(),
                description: None,
                label: BASE64_STANDARD.encode(name),
                place: their_place(place),
                account_type: Some("Standard_LRS".to_owned()),
                extended_properties: Vec::new(),
            };
            world.create_storage_account(us, id, new, now).map(Some)
        }
        Effect::Certificate { host, pem, .. } => {
            let der = certificate(pem)?;
            let id = world.new_operation_id();
            world
                .add_service_certificate(us, id, host, der, now)
                .map(Some)
        }
        Effect::Machine {
            host,
            name,
            joins,
            disk,
            needs,
        } => {
            let needs = needs.as_deref().ok_or_else(|| {
                Error::new(
                    Kind::Refused,
                    format!("how machine `{name}` was made is not known"),
                )
            })?;
            let role = role(&needs.machine, disk.clone(), secrets);
            let id = world.new_operation_id();
            if let Some(deployment) = joins {
                world.add_role(us, id, host, deployment, role, now)
            } else {
                let new = NewDeployment {
                    name: host.clone(),
                    label: host.clone(),
                    roles: vec![role],
                    virtual_network: needs.network.clone(),
                    reserved_ip: needs.reserved_address.clone(),
                    dns_servers: Vec::new(),
                    load_balancers: Vec::new(),
                };
                world.create_deployment(us, id, host, new, now)
            }
            .map(Some)
        }
    }
    .map_err(error)
}

/// Takes an effect out of the world.
pub(super) fn unmake(
    us: &SubscriptionId,
    effect: &Effect,
    world: &mut World,
    now: Timestamp,
) -> Taken {
    match effect {
        Effect::Host { name, .. } => world.delete_service(us, name).map(|()| None),
        Effect::Account { name, .. } => world.delete_storage_account(us, name).map(|()| None),
        Effect::Certificate {
            host, thumbprint, ..
        } => {
            let id = world.new_operation_id();
            world
                .delete_service_certificate(us, id, host, thumbprint, now)
                .map(Some)
        }
        Effect::Machine { host, name, .. } => {
            let deployment = world.production(us, host)?;
            let named = deployment.name.clone();
            // Whoever joined meanwhile stays.
            let is_alone = deployment
                .roles
                .iter()
                .all(|role| role.name.eq_ignore_ascii_case(name));
            let id = world.new_operation_id();
            if is_alone {
                world.delete_deployment(us, id, host, &named, Disks::Delete, now)
            } else {
                world.delete_role(us, id, host, &named, name, Disks::Delete, now)
            }
            .map(Some)
        }
    }
}

/// Looks whether an effect is there.
pub(super) fn trace(
    us: &SubscriptionId,
    effect: &Effect,
    world: &mut World,
    now: Timestamp,
) -> Trace {
    let found = |is_there: bool| {
        if is_there {
            Trace::Present
        } else {
            Trace::Absent
        }
    };
    match effect {
        Effect::Host { name, place } => match world.service(us, name) {
            Err(_) => Trace::Absent,
            Ok(service)
                if service.description.as_deref() == Some(DESCRIPTION)
                    && fact::place(&service.place).is_same(place) =>
            {
                Trace::Present
            }
            Ok(_) => Trace::Foreign,
        },
        Effect::Account { name, .. } => match world.storage_account(us, name) {
            Err(_) => Trace::Absent,
            Ok(account) if world.storage_status(us, account) == "Creating" => Trace::Underway,
            Ok(_) => Trace::Present,
        },
        Effect::Certificate {
            host, thumbprint, ..
        } => found(world.service_certificate(us, host, thumbprint).is_ok()),
        Effect::Machine {
            host, name, disk, ..
        } => {
            if world.report(us, host, now).is_err() {
                return Trace::Absent;
            }
            let is_locked = world.is_locked(us, host);
            let Ok(role) = world
                .production(us, host)
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
                .is_none_or(|needs| needs.machine.image.kind == ImageKind::Disk);
            let ours = disk.as_ref().filter(|_| has_that_address);
            let theirs = world.disk(us, &role.os_disk).ok();
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
pub(super) fn tenants(us: &SubscriptionId, effect: &Effect, world: &World) -> Vec<String> {
    match effect {
        Effect::Host { name, .. } | Effect::Certificate { host: name, .. } => world
            .production(us, name)
            .map(|deployment| deployment.roles.iter().map(|role| &role.name))
            .into_iter()
            .flatten()
            .map(|name| format!("machine `{name}`"))
            .collect(),
        Effect::Account { name, .. } => {
            let lies_there = |link: &str| {
                link.split_once("://")
                    .and_then(|(_, rest)| rest.split('.').next())
                    .is_some_and(|host| host.eq_ignore_ascii_case(name))
            };
            let disks = world
                .disks(us)
                .filter(|disk| lies_there(&disk.media_link))
                .map(|disk| format!("disk `{}`", disk.name));
            let images = world
                .images(us)
                .into_iter()
                .filter(|image| image.media_link.as_deref().is_some_and(lies_there))
                .map(|image| format!("image `{}`", image.name));
            disks.chain(images).collect()
        }
        Effect::Machine { .. } => Vec::new(),
    }
}
