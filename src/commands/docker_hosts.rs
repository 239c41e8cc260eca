//! `vm docker ls`, `rm`, `env`, `recover`: Docker hosts that exist, or half exist.

mod asked;
mod env;
mod find;
mod find_managed;
mod list;
mod recover;
mod remove;
mod shell;
mod wanted;

use super::cloud;
use crate::failure::Failure;
use crate::provision::{Entry, Intent};
use wanted::Wanted;

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
fn of_record<'a>(records: &'a [Entry], name: &str, wanted: Wanted<'_>) -> Option<&'a Intent> {
    let is_here = |intent: &&Intent| cloud::of_order(&intent.order.site).0 == wanted.mode;
    let by_machine = || of_records(records, name, wanted);
    let host = super::classic::machine::prefix(name);
    let by_host = || of_wanted(records, wanted).filter(|intent| intent.order.host.is_same(host));
    let mut here = by_machine().filter(is_here);
    here.next()
        .or_else(|| by_host().find(is_here))
        .or_else(|| by_machine().next())
        .or_else(|| by_host().next())
}

/// The records of machines of that name.
fn of_records<'a>(
    records: &'a [Entry],
    name: &str,
    wanted: Wanted<'_>,
) -> impl Iterator<Item = &'a Intent> {
    let name = super::classic::machine::prefix(name);
    of_wanted(records, wanted).filter(move |intent| intent.machine.eq_ignore_ascii_case(name))
}

/// The records of hosts that are wanted. A finished machine without Docker is no business of these
/// commands.
fn of_wanted<'a>(records: &'a [Entry], wanted: Wanted<'_>) -> impl Iterator<Item = &'a Intent> {
    let intents = records
        .iter()
        .filter_map(|entry| entry.intent.as_ref().ok());
    let host = wanted.dns_name.map(super::classic::machine::prefix);
    let is_wanted = move |intent: &&Intent| {
        let group = intent.order.key().group;
        host.is_none_or(|host| intent.order.host.is_same(host))
            && wanted
                .group
                .is_none_or(|wanted| group.is_some_and(|own| own.eq_ignore_ascii_case(wanted)))
    };
    intents
        .filter(is_wanted)
        .filter(|intent| intent.docker.is_some() || intent.is_unfinished())
}
