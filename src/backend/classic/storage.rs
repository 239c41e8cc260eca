//! The storage account that holds the disk.

use super::super::service_management::{Client, read};
use super::fact;
use crate::backend::site::classic::{ClassicPlan, DiskPlan, holds_disks};
use crate::backend::{Error, ImageKind, Kind, Place, Plan, Result};
use crate::domain::StorageAccountName;

/// An account that is there, or one to be made.
#[derive(Debug, Clone)]
pub(super) struct Choice {
    pub(super) name: String,
    pub(super) place: Place,
    pub(super) made: bool,
    endpoint: String,
}

impl Choice {
    /// Where its blobs are.
    pub(super) fn endpoint(&self) -> Option<&str> {
        (!self.endpoint.is_empty()).then_some(self.endpoint.as_str())
    }
}

/// Chooses the first account in the host's place that can hold the disk, or a name for a new one; nothing when the disk's
/// place is known without, unless the account there cannot hold it.
pub(super) async fn choose(
    client: &Client,
    plan: &Plan,
    own: &ClassicPlan,
) -> Result<Option<Choice>> {
    let machine = &plan.machine;
    let stays_with_image = machine.image.own && machine.image.kind == ImageKind::Disk;
    match &own.machine.disk {
        DiskPlan::At(address) => {
            return match client.unfit_for_disks(address, machine.size.as_str()).await? {
                None => Ok(None),
                Some(reason) => Err(Error::new(Kind::Refused, reason).with_hint(
                    "name a blob in another account with --blob-url, or leave the choice to this CLI",
                )),
            };
        }
        DiskPlan::InAccount { .. } if stays_with_image => return Ok(None),
        DiskPlan::InAccount { .. } | DiskPlan::PathInAccount(_) => {}
    }
    let place = &own.place;
    let found = client
        .storage_accounts()
        .await?
        .into_iter()
        .find(|account| {
            let kind = account.properties.account_type.as_deref();
            lies_in(account, place) && holds_disks(kind.unwrap_or_default(), machine.size.as_str())
        });
    if let Some(account) = found {
        return Ok(Some(Choice {
            name: account.name,
            place: place.clone(),
            made: false,
            endpoint: account
                .properties
                .endpoints
                .into_iter()
                .next()
                .unwrap_or_default(),
        }));
    }
    let now = client.clock().now().as_millisecond();
    let name = StorageAccountName::made_from(plan.host.name.as_str(), now);
    Ok(Some(Choice {
        // Known before it is made: the service derives it from the name.
        endpoint: format!("https://{}.blob.core.windows.net/", name.as_str()),
        name: name.as_str().to_owned(),
        place: place.clone(),
        made: true,
    }))
}

fn lies_in(account: &read::StorageAccount, place: &Place) -> bool {
    let properties = &account.properties;
    fact::place(
        properties.affinity_group.clone(),
        properties.location.clone(),
    )
    .is_same(place)
}
