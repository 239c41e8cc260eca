//! Whether a storage account can hold a disk, as far as that is known before anything is made.

use crate::backend::holds_disks;
use crate::backend::service_management::Client;
use crate::domain::cloud::host_of;
use crate::failure::Failure;

/// A size whose disks may lie anywhere.
pub(super) const ANY_SIZE: &str = "Standard_DS1";

/// Refuses an address whose account, one of the subscription's, cannot hold a disk of a machine of
/// that size. What is not known is left to the service.
pub(super) async fn try_address(client: &Client, address: &str, size: &str) -> Result<(), Failure> {
    let Some(host) = host_of(address) else {
        return Ok(());
    };
    let name = host.split('.').next().unwrap_or_default();
    let all = client.storage_accounts().await?;
    let found = all.iter().find(|one| one.name.eq_ignore_ascii_case(name));
    let kind = found.and_then(|one| one.properties.account_type.as_deref());
    let Some(kind) = kind.filter(|kind| !holds_disks(kind, size)) else {
        return Ok(());
    };
    let reason = if holds_disks(kind, ANY_SIZE) {
        format!(
            "the storage account `{name}` is {kind}, and machines of size `{size}` take no disks of such accounts"
        )
    } else {
        format!("the storage account `{name}` is {kind}, and such accounts hold no disks")
    };
    Err(Failure::new(reason).with_hint(
        "`azure storage account show NAME` tells an account's type; name a blob in another account",
    ))
}
