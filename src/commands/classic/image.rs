//! `vm image`, `vm location`: what machines can be made from, and where.

use serde_json::{Value, json};

use super::meant::{Thing, or_near};
use super::{CommandResult, Context, blob, view};
use crate::answer::{Answer, Level};
use crate::backend::service_management::write::CreateOsImage;
use crate::cli::vm::ImageNameArgs;
use crate::cli::vm::disk::{BlobCreateArgs, DiskDeleteArgs};
use crate::failure::Failure;
use crate::settings::blob::Becomes;

/// `vm image list`.
pub async fn list(context: &Context) -> CommandResult {
    let client = context.client()?;
    context.terminal.progress("Fetching VM images");
    let (disks, machines) = tokio::try_join!(client.os_images(), client.vm_images())?;
    if disks.is_empty() && machines.is_empty() {
        return Ok(Answer::none()
            .with(Level::Info, "No VM images found")
            .with_json(json!([]))
            .into());
    }
    let row = |name: &str, category: Option<&str>, os: Option<&str>| {
        [name, category.unwrap_or_default(), os.unwrap_or_default()]
            .map(str::to_owned)
            .to_vec()
    };
    let rows: Vec<Vec<String>> = disks
        .iter()
        .map(|one| row(&one.name, one.category.as_deref(), one.os.as_deref()))
        .chain(machines.iter().map(|one| {
            let os = one
                .os_disk_configuration
                .as_ref()
                .and_then(|disk| disk.os.as_deref());
            row(&one.name, one.category.as_deref(), os)
        }))
        .collect();
    let all: Vec<Value> = disks
        .iter()
        .map(view::json)
        .chain(machines.iter().map(view::json))
        .collect();
    Ok(Answer::table(&["Name", "Category", "OS"], &rows, Value::Array(all)).into())
}

/// `vm image show`.
pub async fn show(context: &Context, args: &ImageNameArgs) -> CommandResult {
    let client = context.client()?;
    context.terminal.progress("Fetching VM image");
    let (machines, disk) = tokio::try_join!(client.vm_images(), client.os_image(&args.name))?;
    let machine = machines
        .into_iter()
        .find(|one| one.name.eq_ignore_ascii_case(&args.name));
    let mut shown = match (&machine, &disk) {
        (Some(_), Some(_)) => return Err(twice(&args.name)),
        (Some(one), None) => view::json(one),
        (None, Some(one)) => view::json(one),
        (None, None) => {
            let hint = Thing::Image(&args.name).hint(&client).await;
            // The service's own words to the question after this image, which the old CLI showed.
            let failure = Failure::new("The image with the specified name does not exist.")
                .with_cause(format!("there is no image `{}`", args.name));
            return Err(match hint {
                Some(hint) => failure.with_hint(hint),
                None => failure,
            });
        }
    };
    // The old CLI shows the places one by one here, and joined in the list.
    if let Some(Value::String(places)) = shown.get_mut("location").map(Value::take) {
        shown["location"] = places.split(';').map(Value::from).collect();
    }
    Ok(Answer::listing(shown).into())
}

fn twice(name: &str) -> Failure {
    Failure::new(format!(
        "Duplicate names \"{name}\" found in both VM and OS images. Please delete one of them using the Portal and try again."
    ))
}

/// `vm image create`.
pub async fn create(context: &Context, args: BlobCreateArgs) -> CommandResult {
    let settings = blob::understand(context, args, Becomes::Image)?;
    let client = context.client()?;
    let media_link = blob::link(&client, &settings).await?;
    client
        .create_os_image(&CreateOsImage {
            name: settings.name,
            label: settings.label,
            media_link,
            os: settings.os.unwrap_or_default(),
        })
        .await?;
    Ok(Answer::none().into())
}

/// `vm image delete`.
pub async fn delete(context: &Context, args: &DiskDeleteArgs) -> CommandResult {
    let client = context.client()?;
    context.terminal.progress("Deleting Image");
    let (machines, disk) = tokio::try_join!(client.vm_images(), client.os_image(&args.name))?;
    let machine = machines
        .into_iter()
        .find(|one| one.name.eq_ignore_ascii_case(&args.name));
    match (machine, disk) {
        (Some(_), Some(_)) => return Err(twice(&args.name)),
        (Some(machine), None) => {
            let accepted = client
                .delete_vm_image(&machine.name, args.blob_delete)
                .await?;
            client.settle(accepted).await?;
        }
        // What is not there is refused by the service in its own words.
        (None, _) => {
            let deleted = client.delete_os_image(&args.name, args.blob_delete).await;
            or_near(&client, Thing::Image(&args.name), deleted).await?;
        }
    }
    Ok(Answer::none()
        .with(Level::Info, format!("Image deleted: {}", args.name))
        .into())
}

/// `vm location list`.
pub async fn locations(context: &Context) -> CommandResult {
    let client = context.client()?;
    context.terminal.progress("Getting locations");
    let all = client.locations().await?;
    if all.is_empty() {
        return Ok(Answer::none()
            .with(Level::Info, "No locations found")
            .with_json(json!([]))
            .into());
    }
    let rows: Vec<Vec<String>> = all.iter().map(|one| vec![one.name.clone()]).collect();
    Ok(Answer::table(&["Name"], &rows, view::list(&all)).into())
}
