//! Extensions of virtual machines that publishers offer.

mod table;

use serde_json::{Value, json};

use self::table::PUBLISHERS;
use super::super::super::SubscriptionId;
use super::images::OperatingSystem;
use super::listing::{Listing, Stem, compare_versions};
use super::publisher_name;
use super::regions::Region;
use crate::world::spelling::is_same;

/// Who offers extensions.
#[derive(Debug)]
struct Publisher {
    name: &'static str,
    types: &'static [Handler],
}

/// A type of extensions, which comes in versions.
#[derive(Debug)]
struct Handler {
    name: &'static str,
    os: OperatingSystem,
    versions: &'static [&'static str],
}

/// A version of an extension.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Extension {
    /// Who published it, in the publisher's own spelling, as is its type.
    pub(crate) publisher: &'static str,
    /// What it is called.
    pub(crate) kind: &'static str,
    /// What it runs on.
    pub(crate) os: OperatingSystem,
    /// Its exact version.
    pub(crate) version: &'static str,
}

/// The names of those who offer extensions.
pub(super) fn publisher_names() -> impl Iterator<Item = &'static str> {
    PUBLISHERS.iter().map(|publisher| publisher.name)
}

fn publisher(name: &str) -> Option<&'static Publisher> {
    PUBLISHERS
        .iter()
        .find(|publisher| is_same(publisher.name, name))
}

fn handler(publisher_name: &str, name: &str) -> Option<(&'static Publisher, &'static Handler)> {
    let publisher = publisher(publisher_name)?;
    let handler = publisher
        .types
        .iter()
        .find(|kind| is_same(kind.name, name))?;
    Some((publisher, handler))
}

/// Whether there is an extension of this publisher and type, whatever their case.
pub(crate) fn is_known(publisher: &str, kind: &str) -> bool {
    handler(publisher, kind).is_some()
}

/// The extension that a machine gets when this is asked for: publisher and type in any case, and a
/// version of two parts or more. Within these the newest comes; with `minor_upgrades` the newest of
/// the same first part.
pub(crate) fn extension(
    publisher: &str,
    kind: &str,
    version: &str,
    minor_upgrades: bool,
) -> Option<Extension> {
    let (publisher, handler) = handler(publisher, kind)?;
    Some(Extension {
        publisher: publisher.name,
        kind: handler.name,
        os: handler.os,
        version: handler.resolve(version, minor_upgrades)?,
    })
}

impl Handler {
    fn resolve(&self, asked: &str, minor_upgrades: bool) -> Option<&'static str> {
        let newest = |prefix: &str| {
            let mut newest_first = self.versions.iter().rev();
            newest_first
                .find(|version| begins(version, prefix))
                .copied()
        };
        if is_same(asked, "latest") {
            return newest("");
        }
        let asked = asked.trim_end_matches('*').trim_end_matches('.');
        let exact = newest(asked);
        if !minor_upgrades {
            return exact;
        }
        let major = asked.split('.').next().unwrap_or_default();
        newest(major).filter(|newest| exact.is_some() || compare_versions(newest, asked).is_gt())
    }
}

/// Whether the first parts of a version are these.
fn begins(version: &str, parts: &str) -> bool {
    parts.is_empty()
        || version == parts
        || version
            .strip_prefix(parts)
            .is_some_and(|rest| rest.starts_with('.'))
}

fn type_path(publisher: &Publisher, handler: &Handler) -> [&'static str; 5] {
    [
        publisher.name,
        "ArtifactTypes",
        "VMExtension",
        "Types",
        handler.name,
    ]
}

/// The answer of `GET …/publishers/P/artifacttypes/vmextension/types`, if there is such a publisher.
pub(crate) fn types(subscription: &SubscriptionId, region: &Region, name: &str) -> Option<Value> {
    publisher_name(name)?;
    let Some(publisher) = publisher(name) else {
        return Some(json!([]));
    };
    let stem = Stem::new(subscription, region);
    let types = publisher.types.iter();
    Some(
        types
            .map(|handler| stem.item(handler.name, &type_path(publisher, handler)))
            .collect(),
    )
}

/// The answer of `GET …/types/T/versions`, if there is such a type.
pub(crate) fn versions(
    subscription: &SubscriptionId,
    region: &Region,
    [publisher, kind]: [&str; 2],
    listing: Listing<'_>,
) -> Option<Value> {
    let (publisher, handler) = handler(publisher, kind)?;
    let stem = Stem::new(subscription, region);
    let versions = listing.of(handler.versions).into_iter();
    Some(
        versions
            .map(|version| stem.item(version, &version_path(publisher, handler, version)))
            .collect(),
    )
}

fn version_path(
    publisher: &Publisher,
    handler: &Handler,
    version: &'static str,
) -> Vec<&'static str> {
    let mut path = type_path(publisher, handler).to_vec();
    path.extend(["Versions", version]);
    path
}

/// The answer of `GET …/types/T/versions/V`, if there is such a version.
pub(crate) fn version(
    subscription: &SubscriptionId,
    region: &Region,
    [publisher, kind]: [&str; 2],
    asked: &str,
) -> Option<Value> {
    let (publisher, handler) = handler(publisher, kind)?;
    let mut versions = handler.versions.iter().copied();
    let version = versions.find(|version| *version == asked)?;
    let stem = Stem::new(subscription, region);
    let mut item = stem.item(version, &version_path(publisher, handler, version));
    item["properties"] = json!({
        "operatingSystem": handler.os.as_str(),
        "computeRole": "IaaS",
        "vmScaleSetEnabled": true,
        "supportsMultipleExtensions": false,
    });
    Some(item)
}

#[cfg(test)]
mod tests;
