//! Blobs that become disks and images.

use super::Context;
use super::blob_account::{ANY_SIZE, try_address};
use crate::backend::service_management::Client;
use crate::backend::site::classic::holds_disks;
use crate::cli::vm::disk::{BlobCreateArgs, DiskUploadArgs};
use crate::domain::did_you_mean;
use crate::failure::Failure;
use crate::settings::blob::{self, Becomes, BlobError, BlobSettings, media_link};

/// Understands the options of a command that makes something of a blob.
pub(super) fn understand(
    context: &Context,
    args: BlobCreateArgs,
    becomes: Becomes,
) -> Result<BlobSettings, Failure> {
    let settings = blob::understand(args, becomes).map_err(|error| {
        let failure = Failure::of(&error);
        match error {
            BlobError::DataPlane(_) => failure.with_hint(
                "upload it with a storage tool, then name the blob with --blob-url alone",
            ),
            BlobError::NoDestination | BlobError::NoPlace => failure
                .with_hint("`azure vm location list` lists the locations")
                .with_hint("`azure account affinity-group list` lists the affinity groups"),
            BlobError::DiskName => failure.continued(&[
                "\\/:*?\"<>|`'%#^",
                "It cannot end with a period (.) or space character.",
            ]),
            _ => failure,
        }
    })?;
    if !settings.blob.starts_with('/') {
        for (option, is_given) in [
            ("--location", settings.location.is_some()),
            ("--affinity-group", settings.affinity_group.is_some()),
        ] {
            if is_given {
                context
                    .terminal
                    .warn(&format!("{option} option will be ignored"));
            }
        }
    }
    Ok(settings)
}

/// What `vm disk upload` says, which is nothing but the data plane's work.
pub(super) fn upload(args: &DiskUploadArgs) -> Failure {
    let source = args.source_path.display().to_string();
    Failure::of(&BlobError::DataPlane(source)).with_hint(format!(
        "upload it to {} with a storage tool, then `azure vm disk create NAME -u {}` makes a disk of it",
        args.blob_url, args.blob_url
    ))
}

/// The address of the blob; a path lies in the first account of its place.
pub(super) async fn link(client: &Client, settings: &BlobSettings) -> Result<String, Failure> {
    let location = match &settings.location {
        None => None,
        Some(wanted) => Some(location(client, wanted).await?),
    };
    if !settings.blob.starts_with('/') {
        let link = media_link(&settings.blob);
        try_address(client, &link, ANY_SIZE).await?;
        return Ok(link);
    }
    let is_there = |has: Option<&String>, wanted: Option<&String>| {
        wanted.is_some_and(|wanted| has.is_some_and(|has| has.eq_ignore_ascii_case(wanted)))
    };
    let endpoint = client
        .storage_accounts()
        .await?
        .into_iter()
        .filter(|one| {
            let kind = one.properties.account_type.as_deref();
            holds_disks(kind.unwrap_or_default(), ANY_SIZE)
        })
        .find(|one| {
            is_there(one.properties.location.as_ref(), location.as_ref())
                || is_there(
                    one.properties.affinity_group.as_ref(),
                    settings.affinity_group.as_ref(),
                )
        })
        .and_then(|one| one.properties.endpoints.into_iter().next())
        .ok_or_else(|| {
            Failure::new(format!(
                "no storage account that holds disks lies where `{}` is looked for",
                settings.blob
            ))
            .with_hint("name the blob's whole address with --blob-url")
        })?;
    let endpoint = endpoint.trim_end_matches('/');
    Ok(media_link(&format!("{endpoint}{}", settings.blob)))
}

async fn location(client: &Client, wanted: &str) -> Result<String, Failure> {
    let all = client.locations().await?;
    let found = all.iter().find(|one| {
        one.name.eq_ignore_ascii_case(wanted) || one.display_name.eq_ignore_ascii_case(wanted)
    });
    found.map(|one| one.name.clone()).ok_or_else(|| {
        let question = did_you_mean(wanted, all.iter().map(|one| one.name.as_str()));
        Failure::new("No location found which has DisplayName or Name same as value of --location")
            .with_hint(
                question
                    .unwrap_or_else(|| "`azure vm location list` lists the locations".to_owned()),
            )
    })
}
