//! `vm docker ls`, `rm`, `env`, `recover`: Docker hosts that exist, or half exist.

mod asked;
mod env;
mod find;
mod find_managed;
mod list;
mod recover;
mod remove;
mod shell;

use crate::failure::Failure;
use crate::provision::{Entry, Intent};

pub use env::env;
pub use list::list;
pub use recover::recover;
pub use remove::remove;

/// No host has that name.
fn none(name: &str) -> Failure {
    Failure::new(format!("no Docker host is called `{name}`"))
        .with_hint("`azure vm docker ls` lists the Docker hosts; `azure vm delete` removes machines without Docker")
}

/// The record of the machine of that name.
fn of_record<'a>(records: &'a [Entry], name: &str, dns_name: Option<&str>) -> Option<&'a Intent> {
    let name = super::classic::machine::prefix(name);
    // A finished machine without Docker is no business of these commands.
    let intents = || {
        let intents = records
            .iter()
            .filter_map(|entry| entry.intent.as_ref().ok());
        let host = dns_name.map(super::classic::machine::prefix);
        let intents =
            intents.filter(move |intent| host.is_none_or(|host| intent.order.host.is_same(host)));
        intents.filter(|intent| intent.docker.is_some() || intent.is_unfinished())
    };
    let by_machine = intents().find(|intent| intent.machine.eq_ignore_ascii_case(name));
    by_machine.or_else(|| intents().find(|intent| intent.order.host.is_same(name)))
}
