//! What belongs to a host in classic Azure, and what of it stays when the host goes.

use crate::backend::site::classic::{ClassicEffect, ClassicTask, Place};
use crate::backend::{Effect, Machine};

/// What only classic Azure knows and a removal leaves.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ClassicStays {
    /// A storage account.
    Account(String),
    /// A reserved address.
    Address(String),
}

impl ClassicStays {
    /// Does `task` make the host of this name?
    pub(in crate::provision) fn is_host(host: &str, task: &ClassicTask) -> bool {
        matches!(task, ClassicTask::CreateHost { name, .. } if name.eq_ignore_ascii_case(host))
    }

    /// Is it what `task` makes?
    pub(in crate::provision) fn is(&self, task: &ClassicTask) -> bool {
        match (self, task) {
            (Self::Account(account), ClassicTask::ChooseStorage { name, .. }) => {
                name.eq_ignore_ascii_case(account)
            }
            _ => false,
        }
    }
}

/// What of an effect was there before it, and stays.
pub(in crate::provision) fn spared(effect: &ClassicEffect) -> Option<ClassicStays> {
    match effect {
        ClassicEffect::Account {
            name, given: true, ..
        } => Some(ClassicStays::Account(name.clone())),
        ClassicEffect::Machine {
            needs: Some(needs), ..
        } => needs.reserved_address.clone().map(ClassicStays::Address),
        _ => None,
    }
}

/// The effect that makes a host such as the one that was found.
pub(in crate::provision) fn host(name: String, place: Place) -> Effect {
    ClassicEffect::Host { name, place }.into()
}

/// The effect that makes a machine such as the one that was found, if it was; and the account of
/// its disk, of which nothing tells who made it.
pub(in crate::provision) fn machine(
    host: &str,
    name: &str,
    found: Option<&Machine>,
) -> (Effect, Option<ClassicStays>) {
    let disk = found.and_then(|machine| machine.disk.clone());
    let account = disk.as_deref().and_then(account_of);
    let effect = ClassicEffect::Machine {
        host: host.to_owned(),
        name: name.to_owned(),
        joins: None,
        disk,
        chosen: Vec::new(),
        needs: None,
    };
    (effect.into(), account.map(ClassicStays::Account))
}

/// The account in whose blobs an address lies.
fn account_of(address: &str) -> Option<String> {
    let (_, rest) = address.split_once("://")?;
    let account = rest.split('.').next()?;
    (!account.is_empty()).then(|| account.to_owned())
}
