//! `vm disk`: disks of the subscription, and those of one machine.

use serde_json::{Value, json};

use super::blob;
use super::data_disk;
use super::machine::look_up;
use super::meant::{Thing, or_near};
use super::{CommandResult, Context, view};
use crate::answer::{Answer, Level};
use crate::backend::service_management::read::Role;
use crate::backend::service_management::write::{Body as _, CreateDisk};
use crate::cli::vm::disk::{BlobCreateArgs, DiskCommand, DiskDeleteArgs, DiskListArgs};
use crate::failure::Failure;
use crate::settings::blob::Becomes;

/// Carries out one of the commands on disks.
pub async fn run(context: &Context, command: DiskCommand) -> CommandResult {
    match command {
        DiskCommand::List(args) => list(context, &args).await,
        DiskCommand::Show(args) => show(context, &args.name).await,
        DiskCommand::Create(args) => create(context, *args).await,
        DiskCommand::Delete(args) => delete(context, &args).await,
        DiskCommand::Upload(args) => Err(blob::upload(&args)),
        DiskCommand::Attach(args) => data_disk::attach(context, &args).await,
        DiskCommand::AttachNew(args) => data_disk::attach_new(context, &args).await,
        DiskCommand::Update(args) => data_disk::update(context, &args).await,
        DiskCommand::Detach(args) => data_disk::detach(context, &args).await,
    }
}

async fn list(context: &Context, args: &DiskListArgs) -> CommandResult {
    let client = context.client()?;
    context.terminal.progress("Fetching disk images");
    if args.vm_name.is_some() || args.dns_name.is_some() {
        return of_machine(context, args).await;
    }
    let all = client.disks().await?;
    if all.is_empty() {
        return Ok(Answer::none()
            .with(Level::Info, "No disk images found")
            .with_json(json!([]))
            .into());
    }
    let rows: Vec<Vec<String>> = all
        .iter()
        .map(|one| vec![one.name.clone(), one.os.clone().unwrap_or_default()])
        .collect();
    Ok(Answer::table(&["Name", "OS"], &rows, view::list(&all)).into())
}

/// The disks of one machine; the deployment does not tell the size of the one it boots from.
async fn of_machine(context: &Context, args: &DiskListArgs) -> CommandResult {
    let client = context.client()?;
    let wanted = args.vm_name.as_deref();
    let is_wanted = |role: &Role| wanted.is_none() || role.role_name.as_deref() == wanted;
    let found = look_up(
        context,
        &client,
        args.dns_name.as_deref(),
        wanted,
        is_wanted,
    )
    .await?;
    let found = match found.as_slice() {
        [] => {
            return Ok(Answer::absent("No VMs found").into());
        }
        [only] => only,
        _ => {
            return Err(Failure::new("VM name is not unique")
                .with_hint("name the cloud service too, with --dns-name"));
        }
    };
    let role = found.role();
    let mut rows = Vec::new();
    let mut shown = Vec::new();
    if let Some(disk) = &role.os_virtual_hard_disk {
        context.terminal.progress("Getting VM disks");
        let name = disk.name.as_deref().unwrap_or_default();
        let size = Value::from(client.disk(name).await?.logical_size_in_gb);
        rows.push(vec![
            String::new(),
            text(&size),
            blob_name(disk.media_link.as_deref()),
            disk.os.clone().unwrap_or_default(),
        ]);
        let mut json = view::json(disk);
        json["logicalDiskSizeInGB"] = size;
        shown.push(json);
    }
    for disk in role.data_virtual_hard_disks.iter().flatten() {
        rows.push(vec![
            disk.lun.unwrap_or_default().to_string(),
            text(&Value::from(disk.logical_disk_size_in_gb)),
            blob_name(disk.media_link.as_deref()),
            String::new(),
        ]);
        shown.push(view::json(disk));
    }
    let headers = ["Lun", "Size(GB)", "Blob-Name", "OS"];
    Ok(Answer::table(&headers, &rows, Value::Array(shown)).into())
}

fn text(size: &Value) -> String {
    match size {
        Value::Null => "undefined".to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn blob_name(link: Option<&str>) -> String {
    let link = link.unwrap_or_default();
    link.rsplit('/').next().unwrap_or(link).to_owned()
}

async fn show(context: &Context, name: &str) -> CommandResult {
    let client = context.client()?;
    context.terminal.progress("Fetching disk image");
    let disk = client.disk(name).await;
    let disk = or_near(&client, Thing::Disk(name), disk).await?;
    Ok(Answer::listing(view::json(&disk)).into())
}

async fn create(context: &Context, args: BlobCreateArgs) -> CommandResult {
    let settings = blob::understand(context, args, Becomes::Disk)?;
    let client = context.client()?;
    let media_link = blob::link(&client, &settings).await?;
    let new = CreateDisk {
        name: settings.name,
        label: settings.label,
        media_link,
        os: settings.os,
    };
    client.create_disk(new.document()).await?;
    Ok(Answer::none().into())
}

async fn delete(context: &Context, args: &DiskDeleteArgs) -> CommandResult {
    let client = context.client()?;
    context.terminal.progress("Deleting Disk");
    let deleted = client.delete_disk(&args.name, args.blob_delete).await;
    or_near(&client, Thing::Disk(&args.name), deleted).await?;
    Ok(Answer::none()
        .with(Level::Info, format!("Disk deleted: {}", args.name))
        .into())
}
