//! Whether a storage account can hold a disk, as far as that is known before anything is made.

use crate::backend::service_management::{Client, PREMIUM_SIZE};
use crate::failure::Failure;

/// A size whose disks may lie wherever disks can.
pub(super) const ANY_SIZE: &str = PREMIUM_SIZE;

/// Refuses an address whose account cannot hold a disk of a machine of that size.
pub(super) async fn try_address(client: &Client, address: &str, size: &str) -> Result<(), Failure> {
    match client.unfit_for_disks(address, size).await? {
        None => Ok(()),
        Some(reason) => Err(Failure::new(reason).with_hint(
            "`azure storage account show NAME` tells an account's type; name a blob in another account",
        )),
    }
}
