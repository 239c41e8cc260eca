//! Addresses of storage: the names of accounts in the name system, and blobs in them.

use super::names::Name;
use super::spelling::{is_same, spelled};

spelled! {
    /// The address of a blob.
    pub struct Link;
}

impl Link {
    /// The host in it, when there is a container and a name behind that.
    pub(crate) fn host(&self) -> Option<&str> {
        host(self)
    }

    /// Whether it is that of a blob in this account.
    pub(crate) fn is_in(&self, account: &Name) -> bool {
        host(self).is_some_and(|host| is_same(host, &host_of_account(account)))
    }

    /// Whether both are of blobs in one account; nothing where one of them is no address.
    pub(crate) fn shares_account(&self, other: &Self) -> Option<bool> {
        Some(is_same(host(self)?, host(other)?))
    }

    /// The container that the blob is in, by its address.
    pub(crate) fn container(&self) -> Option<&str> {
        self.rsplit_once('/').map(|(container, _)| container)
    }
}

/// The kinds of storage that an account has, each at a name of its own.
const KINDS: [&str; 4] = ["blob", "queue", "table", "file"];

/// The public names of a storage account, that of its blobs first.
pub(crate) fn hosts(account: &str) -> [String; 4] {
    KINDS.map(|kind| format!("{account}.{kind}.core.windows.net"))
}

/// The public name of a storage account's blobs.
pub(crate) fn host_of_account(account: &str) -> String {
    format!("{account}.blob.core.windows.net")
}

/// The host in a blob's address, when there is a container and a name behind it.
pub(crate) fn host(link: &str) -> Option<&str> {
    let rest = link
        .strip_prefix("https://")
        .or_else(|| link.strip_prefix("http://"))?;
    let (host, path) = rest.split_once('/')?;
    (!path.is_empty()).then_some(host)
}

/// The storage account that a blob's address names.
pub(crate) fn account(link: &str) -> Option<&str> {
    host(link)?.split('.').next()
}

/// The storage account of a blob whose address is one of this cloud's.
pub(crate) fn account_here(link: &str) -> Option<&str> {
    account_of_host(host(link)?)
}

/// The storage account whose blobs have this public name.
pub(crate) fn account_of_host(host: &str) -> Option<&str> {
    host.strip_suffix(".blob.core.windows.net")
}
