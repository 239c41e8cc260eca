//! `vm disk attach|attach-new|update|detach`: data disks of a machine.

use super::blob_account::try_address;
use super::machine::{Found, Names, one};
use super::{CommandResult, Context};
use crate::answer::{Answer, Level};
use crate::backend::service_management::Client;
use crate::backend::service_management::read::DataDisk;
use crate::backend::service_management::write::{AddDisk, Caching};
use crate::cli::vm::data_disk::{
    DiskAttachArgs, DiskAttachNewArgs, DiskDetachArgs, DiskUpdateArgs,
};
use crate::failure::Failure;

fn caching(wanted: Option<&str>) -> Result<Caching, Failure> {
    let all = [Caching::None, Caching::ReadOnly, Caching::ReadWrite];
    let Some(wanted) = wanted else {
        return Ok(Caching::None);
    };
    all.into_iter()
        .find(|one| one.as_str().eq_ignore_ascii_case(wanted))
        .ok_or_else(|| {
            Failure::new(format!(
                "Given --host-caching is invalid, supported values are {}",
                all.map(Caching::as_str).join(", ")
            ))
        })
}

fn number(text: &str, what: &str) -> Result<u32, Failure> {
    text.parse()
        .map_err(|_| Failure::new(format!("{what} must be an integer")))
}

fn none() -> Answer {
    Answer::none().with(Level::Warn, "No VMs found")
}

fn disks(found: &Found) -> &[DataDisk] {
    found
        .role()
        .data_virtual_hard_disks
        .as_deref()
        .unwrap_or_default()
}

fn lun_of(disk: &DataDisk) -> u32 {
    disk.lun.unwrap_or_default()
}

/// `vm disk attach`.
pub async fn attach(context: &Context, args: &DiskAttachArgs) -> CommandResult {
    let caching = caching(args.host_caching.as_deref())?;
    let client = context.client()?;
    let names = Names::ignoring_case(&args.vm_name);
    let Some(found) = one(context, &client, args.dns_name.as_deref(), &names).await? else {
        return Ok(none().into());
    };
    let disk = DataDisk {
        name: Some(args.disk_name.clone()),
        ..DataDisk::default()
    };
    add(context, &client, &found, caching, disk).await
}

/// `vm disk attach-new`.
pub async fn attach_new(context: &Context, args: &DiskAttachNewArgs) -> CommandResult {
    let size = number(&args.size, "size-in-gb")?;
    let caching = caching(args.host_caching.as_deref())?;
    let client = context.client()?;
    let names = Names::ignoring_case(&args.vm_name);
    let Some(found) = one(context, &client, args.dns_name.as_deref(), &names).await? else {
        return Ok(none().into());
    };
    let link = link(context, &found, args.blob_url.as_deref())?;
    if args
        .blob_url
        .as_deref()
        .is_some_and(|url| url.contains("://"))
    {
        let size = found.role().role_size.as_deref().unwrap_or_default();
        try_address(&client, &link, size).await?;
    }
    context.terminal.verbose(&format!("Disk MediaLink: {link}"));
    let disk = DataDisk {
        logical_disk_size_in_gb: Some(size),
        media_link: Some(link),
        ..DataDisk::default()
    };
    add(context, &client, &found, caching, disk).await
}

/// Where a new disk comes to lie: what was asked for, else beside the disk that the machine boots
/// from.
fn link(context: &Context, found: &Found, wanted: Option<&str>) -> Result<String, Failure> {
    if let Some(url) = wanted.filter(|url| url.contains("://")) {
        return Ok(url.to_owned());
    }
    let disk = found.role().os_virtual_hard_disk.as_ref();
    let beside = disk
        .and_then(|disk| disk.media_link.as_deref())
        .ok_or_else(|| {
            Failure::new("the machine does not tell where its disk lies")
                .with_hint("name the whole address of the new disk's blob")
        })?;
    let after_scheme = beside.find("://").map_or(0, |at| at + "://".len());
    if let Some(path) = wanted {
        let end = beside[after_scheme..].find('/');
        let host = &beside[..end.map_or(beside.len(), |at| after_scheme + at)];
        return Ok(format!("{host}/{}", path.trim_start_matches('/')));
    }
    let folder = beside.rsplit_once('/').map_or(beside, |(folder, _)| folder);
    let machine = found.role().role_name.as_deref().unwrap_or_default();
    let drawn = (context.drawn)();
    Ok(format!("{folder}/{machine}-{drawn:016x}.vhd"))
}

async fn add(
    context: &Context,
    client: &Client,
    found: &Found,
    caching: Caching,
    disk: DataDisk,
) -> CommandResult {
    let lun = disks(found).iter().map(lun_of).max().map_or(0, |n| n + 1);
    let (service, deployment) = (&found.service, &found.deployment.name);
    let machine = found.role().role_name.as_deref().unwrap_or_default();
    let label = format!("{service}-{deployment}-{machine}-{lun}");
    context.terminal.verbose(&format!("Disk Lun: {lun}"));
    context.terminal.verbose(&format!("Disk Label: {label}"));
    context.terminal.progress("Adding Data-Disk");
    let disk = DataDisk {
        host_caching: Some(caching.as_str().to_owned()),
        label: Some(label),
        lun: Some(lun),
        ..disk
    };
    let accepted = client
        .add_data_disk(service, deployment, machine, &AddDisk(disk))
        .await?;
    client.settle(accepted).await?;
    Ok(Answer::none().into())
}

/// `vm disk update`.
pub async fn update(context: &Context, args: &DiskUpdateArgs) -> CommandResult {
    let lun = number(&args.lun, "lun")?;
    if args.host_caching.is_none() {
        return Err(Failure::new("--host-caching is required"));
    }
    let caching = caching(args.host_caching.as_deref())?;
    let client = context.client()?;
    let names = Names::ignoring_case(&args.vm_name);
    let Some(found) = one(context, &client, args.dns_name.as_deref(), &names).await? else {
        return Ok(none().into());
    };
    if disks(&found).is_empty() {
        return Err(Failure::new("There is no data disk attached to this VM"));
    }
    let disk = disks(&found)
        .iter()
        .find(|disk| lun_of(disk) == lun)
        .ok_or_else(|| {
            Failure::new("Could not find a data disk with the given lun, make sure lun is associated with a data disk not os disk")
                .with_hint(format!("`azure vm disk list {}` lists the disks", args.vm_name))
        })?;
    let changed = DataDisk {
        host_caching: Some(caching.as_str().to_owned()),
        lun: Some(lun),
        source_media_link: None,
        io_type: None,
        ..disk.clone()
    };
    context.terminal.progress("Updating Data-Disk");
    let machine = found.role().role_name.as_deref().unwrap_or_default();
    let accepted = client
        .update_data_disk(
            &found.service,
            &found.deployment.name,
            machine,
            lun,
            &AddDisk(changed),
        )
        .await?;
    client.settle(accepted).await?;
    Ok(Answer::none().into())
}

/// `vm disk detach`.
pub async fn detach(context: &Context, args: &DiskDetachArgs) -> CommandResult {
    let lun = number(&args.lun, "lun")?;
    let client = context.client()?;
    let names = Names::ignoring_case(&args.vm_name);
    let Some(found) = one(context, &client, args.dns_name.as_deref(), &names).await? else {
        return Ok(none().into());
    };
    context.terminal.progress("Removing Data-Disk");
    let machine = found.role().role_name.as_deref().unwrap_or_default();
    let accepted = client
        .delete_data_disk(&found.service, &found.deployment.name, machine, lun)
        .await?;
    client.settle(accepted).await?;
    Ok(Answer::none().into())
}
