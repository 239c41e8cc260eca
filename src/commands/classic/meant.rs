//! What may have been meant where the service alone says that a thing is not there.

use std::collections::BTreeSet;

use crate::backend::service_management::Client;
use crate::backend::{self, Kind, Place};
use crate::domain::did_you_mean;
use crate::failure::Failure;

/// A thing that a command named without looking for it first.
#[derive(Debug, Clone, Copy)]
pub(super) enum Thing<'a> {
    Place(&'a Place),
    Location(&'a str),
    Service(&'a str),
    Account(&'a str),
    AffinityGroup(&'a str),
    Disk(&'a str),
    Image(&'a str),
    Size(&'a str),
}

impl Thing<'_> {
    fn name(&self) -> &str {
        match self {
            Self::Place(Place::Location(name) | Place::AffinityGroup(name)) => name,
            Self::Location(name)
            | Self::Service(name)
            | Self::Account(name)
            | Self::AffinityGroup(name)
            | Self::Disk(name)
            | Self::Image(name)
            | Self::Size(name) => name,
        }
    }

    /// The command that lists all of them.
    fn lister(&self) -> &'static str {
        match self {
            Self::Place(Place::Location(_)) | Self::Location(_) => {
                "`azure vm location list` lists the locations"
            }
            Self::Place(Place::AffinityGroup(_)) | Self::AffinityGroup(_) => {
                "`azure account affinity-group list` lists the affinity groups"
            }
            Self::Service(_) => "`azure service list` lists the cloud services",
            Self::Account(_) => "`azure storage account list` lists the storage accounts",
            Self::Disk(_) => "`azure vm disk list` lists the disks",
            Self::Image(_) => "`azure vm image list` lists the images",
            Self::Size(_) => {
                "`azure vm location list --json` lists the sizes that each location has"
            }
        }
    }

    /// The names of all of them; none where the service does not tell.
    async fn known(&self, client: &Client) -> backend::Result<Vec<String>> {
        Ok(match self {
            Self::Place(Place::Location(_)) | Self::Location(_) => {
                let all = client.locations().await?;
                all.into_iter().map(|one| one.name).collect()
            }
            Self::Place(Place::AffinityGroup(_)) | Self::AffinityGroup(_) => {
                let all = client.affinity_groups().await?;
                all.into_iter().map(|one| one.name).collect()
            }
            Self::Service(_) => {
                let all = client.hosted_services().await?;
                all.into_iter().map(|one| one.service_name).collect()
            }
            Self::Account(_) => {
                let all = client.storage_accounts().await?;
                all.into_iter().map(|one| one.name).collect()
            }
            Self::Disk(_) => {
                let all = client.disks().await?;
                all.into_iter().map(|one| one.name).collect()
            }
            Self::Image(_) => {
                let all = client.os_images().await?;
                all.into_iter().map(|one| one.name).collect()
            }
            Self::Size(_) => {
                let all = client.locations().await?;
                let sizes: BTreeSet<_> = all
                    .into_iter()
                    .filter_map(|one| one.compute_capabilities)
                    .flat_map(|can| can.virtual_machines_role_sizes)
                    .collect();
                sizes.into_iter().collect()
            }
        })
    }

    /// What helps where the thing is not there; nothing where it is, or nobody knows.
    pub(super) async fn hint(&self, client: &Client) -> Option<String> {
        let known = self.known(client).await.ok()?;
        let name = self.name();
        if known.iter().any(|one| one.eq_ignore_ascii_case(name)) {
            return None;
        }
        let question = did_you_mean(name, known.iter().map(String::as_str));
        Some(question.unwrap_or_else(|| self.lister().to_owned()))
    }
}

/// An answer, or why there is none: with what comes near where `thing` is not there.
pub(super) async fn or_near<T>(
    client: &Client,
    thing: Thing<'_>,
    answer: backend::Result<T>,
) -> Result<T, Failure> {
    let error = match answer {
        Ok(value) => return Ok(value),
        Err(error) => error,
    };
    let hint = match error.kind() {
        Kind::NotFound | Kind::Refused => thing.hint(client).await,
        _ => None,
    };
    let failure = Failure::from(error);
    Err(match hint {
        Some(hint) => failure.with_hint(hint),
        None => failure,
    })
}
