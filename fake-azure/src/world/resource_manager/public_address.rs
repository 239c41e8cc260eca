//! Public addresses and their names.

use std::net::Ipv4Addr;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::change::Change;
use super::decision::{Decided, Draft, Scope};
use super::document::{self, Known, REFERENCE};
use super::path::{Key, Path};
use super::refusal::{InUse, NetworkRefusal, Refusal};
use super::resource::{Core, Resource, known_top};
use super::view::View;

/// What rules and machines go by of a public address.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct PublicAddress {
    /// Whether traffic needs a security group to come in.
    pub(crate) is_standard: bool,
    pub(crate) method: Method,
    /// The first word of its public name.
    pub(crate) label: Option<String>,
    /// None while it has none: a dynamic one that no running machine holds.
    pub(crate) address: Option<Ipv4Addr>,
}

/// When an address is given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Method {
    /// To a machine that runs.
    #[default]
    Dynamic,
    /// Once and for all.
    Static,
}

pub(crate) const KNOWN: Known = known_top! {
    "sku": Known::Any,
    "properties": Known::Object(&[
        ("publicIPAllocationMethod", Known::Any),
        ("publicIPAddressVersion", Known::Any),
        ("dnsSettings", Known::Object(&[
            ("domainNameLabel", Known::Any),
            ("domainNameLabelScope", Known::Any),
            ("reverseFqdn", Known::Any),
            ("fqdn", Known::Told),
        ])),
        ("idleTimeoutInMinutes", Known::Any),
        ("ipTags", Known::Any),
        ("publicIPPrefix", REFERENCE),
        ("ddosSettings", Known::Any),
        ("natGateway", REFERENCE),
        ("deleteOption", Known::Any),
        ("servicePublicIPAddress", Known::Any),
        ("linkedPublicIPAddress", Known::Any),
        ("migrationPhase", Known::Any),
        ("ipAddress", Known::Told),
        ("ipConfiguration", Known::Told),
        ("resourceGuid", Known::Told),
        ("provisioningState", Known::Told),
    ]),
};

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Written {
    sku: WrittenSku,
    properties: WrittenProperties,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct WrittenSku {
    name: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct WrittenProperties {
    #[serde(rename = "publicIPAllocationMethod")]
    method: Option<String>,
    dns_settings: DnsSettings,
    #[serde(deserialize_with = "document::number")]
    idle_timeout_in_minutes: Option<i64>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct DnsSettings {
    domain_name_label: Option<String>,
}

/// `^[a-z][a-z0-9-]{1,61}[a-z0-9]$` is the real service's rule. Here a label may have one letter or
/// two, which tutorials like; docs/fidelity.md lists it.
pub(crate) fn is_label(label: &str) -> bool {
    (1..=63).contains(&label.len())
        && label
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        && label.starts_with(|c: char| c.is_ascii_lowercase())
        && !label.ends_with('-')
}

/// The public name of a label in a region.
pub(crate) fn public_name(label: &str, location: &str) -> String {
    format!("{label}.{location}.cloudapp.azure.com")
}

impl PublicAddress {
    /// The public name that it has.
    pub(crate) fn public_name(&self, location: &str) -> Option<String> {
        Some(public_name(self.label.as_deref()?, location))
    }
}

pub(super) fn put(scope: &mut Scope<'_>, path: &Path, body: &Value) -> Result<Decided, Refusal> {
    let draft = scope.draft(path, body)?;
    let written: Written = document::typed(body)?;
    let told = written.properties;
    let old = match draft.old.map(|old| &old.core) {
        Some(Core::PublicAddress(old)) => Some(old),
        _ => None,
    };
    if told
        .idle_timeout_in_minutes
        .is_some_and(|minutes| !(4..=30).contains(&minutes))
    {
        return Err(NetworkRefusal::IdleTimeout(path.name.clone()).into());
    }
    let is_standard = match (written.sku.name.as_deref(), old) {
        (Some(sku), _) => sku.eq_ignore_ascii_case("Standard") || sku.starts_with("StandardV"),
        (None, Some(old)) => old.is_standard,
        (None, None) => false,
    };
    // A standard address is static, whatever else was written.
    let method = match told.method.as_deref() {
        _ if is_standard => Method::Static,
        Some(word) if word.eq_ignore_ascii_case("Static") => Method::Static,
        Some(_) => Method::Dynamic,
        None => old.map_or(Method::Dynamic, |old| old.method),
    };
    let label = told
        .dns_settings
        .domain_name_label
        .filter(|l| !l.is_empty());
    if let Some(label) = &label {
        if !is_label(label) {
            return Err(NetworkRefusal::Label(label.clone()).into());
        }
        let name = public_name(label, &draft.location);
        let is_own = scope.held.shelf.owner_of_name(&name) == Some(&draft.key);
        if !is_own && scope.view.world.has_public_name(&name) {
            return Err(NetworkRefusal::LabelTaken(name).into());
        }
    }
    let had = old.and_then(|old| old.address);
    let holds = method == Method::Static || (had.is_some() && scope.is_held_by_running(&draft.key));
    let address = match (had, holds) {
        (Some(address), true) => Some(address),
        (None, true) => Some(scope.draw.take_address()?),
        (_, false) => None,
    };
    let core = PublicAddress {
        is_standard,
        method,
        label,
        address,
    };
    let decided = draft.decided(scope, &KNOWN, body, Core::PublicAddress(core), 3);
    Ok(decided.changes(had.filter(|_| !holds).map(Change::GiveBack)))
}

pub(super) fn delete(scope: &Scope<'_>, draft: &Draft<'_>) -> Result<(), Refusal> {
    match scope.configuration_of(&draft.key) {
        None => Ok(()),
        Some(by) => Err(InUse::PublicAddress {
            id: draft.path.id(scope.view.id),
            by,
        }
        .into()),
    }
}

impl View<'_> {
    /// The identifier of the configuration of an interface that has a public address.
    pub(super) fn configuration_of(self, address: &Key) -> Option<String> {
        self.held.shelf.users(address).find_map(|user| {
            let resource = self.held.shelf.get(user)?;
            let Core::Interface(interface) = &resource.core else {
                return None;
            };
            let mut configurations = interface.configurations.iter();
            let held = configurations.find(|c| c.public.as_ref() == Some(address))?;
            let id = self.path(user, resource).id(self.id);
            Some(format!("{id}/ipConfigurations/{}", held.name))
        })
    }

    pub(super) fn tell_address(
        self,
        key: &Key,
        resource: &Resource,
        address: &PublicAddress,
        told: &mut Value,
    ) {
        document::set(told, "etag", resource.weak_etag());
        let sku = if address.is_standard {
            "Standard"
        } else {
            "Basic"
        };
        if told["sku"]["name"].as_str().is_none() {
            document::set(told, "sku", json!({"name": sku}));
        }
        document::set_default(&mut told["sku"], "tier", "Regional");
        let properties = document::object(told, "properties");
        document::set(properties, "resourceGuid", resource.guid.clone());
        let method = match address.method {
            Method::Dynamic => "Dynamic",
            Method::Static => "Static",
        };
        document::set(properties, "publicIPAllocationMethod", method);
        document::set_default(properties, "publicIPAddressVersion", "IPv4");
        document::set_default(properties, "idleTimeoutInMinutes", 4);
        document::set_default(properties, "ipTags", json!([]));
        if let Some(address) = address.address {
            document::set(properties, "ipAddress", address.to_string());
        }
        if let Some(name) = address.public_name(&resource.location) {
            let settings = document::object(properties, "dnsSettings");
            document::set(settings, "fqdn", name);
        }
        if let Some(configuration) = self.configuration_of(key) {
            document::set(properties, "ipConfiguration", json!({"id": configuration}));
        }
    }
}
