//! What a simulator must offer from the start for a recorded answer.

use std::collections::{BTreeMap, BTreeSet};

use fake_azure::Builder;
use fake_azure::view::{Location, Maintenance, Place};
use regex::Regex;

use super::super::comparison::Body;
use super::super::recordings::Exchange;
use super::{every, gallery};
use crate::xml::Node;

pub(super) const REGIONS: &[&str] = &[
    "East Asia",
    "Southeast Asia",
    "North Europe",
    "West Europe",
    "Central US",
    "East US",
    "East US 2",
    "North Central US",
    "South Central US",
    "West US",
];

/// All texts of an element, recorded or sent.
pub(super) fn texts(document: Option<&Node>, sent: &str, element: &str) -> BTreeSet<String> {
    let mut found = Vec::new();
    if let Some(document) = document {
        every(document, element, &mut found);
    }
    let told = found.iter().map(|node| node.content.clone());
    let expression = Regex::new(&format!("<{element}>([^<]*)</{element}>")).unwrap();
    let asked = expression.captures_iter(sent).map(|c| c[1].to_owned());
    told.chain(asked).filter(|text| !text.is_empty()).collect()
}

pub(super) fn seeds(mut seeds: Builder, exchange: &Exchange, body: &Body, sent: &str) -> Builder {
    let document = body.document();
    let raw = match body {
        Body::Text(text) => text.as_str(),
        _ => sent,
    };
    seeds = seeds.locations(locations(exchange, document, sent, raw));
    for (group, region) in groups(exchange, document, sent, raw) {
        seeds = seeds.affinity_group(group, region);
    }
    for name in texts(document, sent, "VirtualNetworkName") {
        seeds = network(seeds, &name, document, sent);
    }
    let asked = exchange.path();
    if let Some(name) = asked.strip_prefix("/services/storageservices/operations/isavailable/") {
        if exchange.body.contains("is already taken") {
            seeds = seeds.taken_storage_account(name);
        } else if exchange.body.contains("already exists in the subscription") {
            seeds = seeds.storage_account(name, "West US");
        }
    }
    if let Some(planned) = document.and_then(downtime) {
        seeds = seeds.maintenance(planned);
    }
    gallery::seeds(seeds, exchange, document, sent)
}

fn locations(exchange: &Exchange, document: Option<&Node>, sent: &str, raw: &str) -> Vec<Location> {
    if exchange.path() == "/locations" {
        let named = document.into_iter().flat_map(|d| &d.children);
        let located = named.map(|node| {
            let mut location = Location::whole(node.text("Name"));
            let types = node.all("StorageCapabilities/StorageAccountTypes");
            location.account_types = types
                .iter()
                .map(|kind| kind.content.parse().unwrap())
                .collect();
            location
        });
        return located.collect();
    }
    let mut all: Vec<String> = REGIONS.iter().map(|&name| name.to_owned()).collect();
    for element in ["Location", "GeoPrimaryRegion", "GeoSecondaryRegion"] {
        all.extend(texts(document, sent, element));
    }
    let attribute = Regex::new(" Location=\"([^\"]*)\"").unwrap();
    all.extend(attribute.captures_iter(raw).map(|c| c[1].to_owned()));
    let mut seen = BTreeSet::new();
    let single = all.iter().flat_map(|text| text.split(';'));
    single
        .filter(|name| seen.insert((*name).to_owned()))
        .map(Location::whole)
        .collect()
}

/// Affinity groups that others are in, and where those are.
fn groups(
    exchange: &Exchange,
    document: Option<&Node>,
    sent: &str,
    raw: &str,
) -> BTreeMap<String, String> {
    let mut groups = BTreeMap::new();
    let about_groups = exchange.path().starts_with("/affinitygroups");
    if !about_groups {
        for name in texts(None, sent, "AffinityGroup") {
            groups.insert(name, "West US".to_owned());
        }
        if let Some(document) = document {
            placed(document, &mut groups);
        }
        let attribute = Regex::new(" AffinityGroup=\"([^\"]*)\"").unwrap();
        for found in attribute.captures_iter(raw) {
            groups.insert(found[1].to_owned(), "West US".to_owned());
        }
    }
    groups
}

fn placed(node: &Node, groups: &mut BTreeMap<String, String>) {
    for child in &node.children {
        if child.name == "AffinityGroup" && child.children.is_empty() {
            let region = match node.text("GeoPrimaryRegion") {
                text if text.is_empty() => resource_location(node),
                text => text,
            };
            groups.insert(child.content.clone(), region);
        }
        placed(child, groups);
    }
}

/// The region that the service itself notes among the owner's properties.
fn resource_location(node: &Node) -> String {
    let properties = node.all("ExtendedProperties").iter();
    let mut named = properties.filter(|p| p.text("Name") == "ResourceLocation");
    named
        .next()
        .map_or_else(|| "West US".to_owned(), |p| p.text("Value"))
}

fn network(seeds: Builder, name: &str, document: Option<&Node>, sent: &str) -> Builder {
    let subnets = texts(document, sent, "SubnetName");
    let mut addresses = texts(document, sent, "StaticVirtualNetworkIPAddress");
    if addresses.is_empty() {
        addresses = texts(document, "", "IpAddress");
    }
    let block = addresses
        .first()
        .map_or("10.0.0.0/23".to_owned(), |ip| format!("{ip}/23"));
    let named: Vec<_> = subnets
        .iter()
        .map(|name| (name.as_str(), &*block))
        .collect();
    let whole = if named.is_empty() {
        vec![("Subnet-1", &*block)]
    } else {
        named
    };
    let place = document.map(|d| d.text("HostedServiceProperties/Location"));
    let place = place.filter(|name| !name.is_empty());
    let place = Place::Location(place.unwrap_or_else(|| "West US".to_owned()).into());
    seeds.virtual_network(name, place, block.clone(), &whole)
}

fn downtime(document: &Node) -> Option<Maintenance> {
    let mut found = Vec::new();
    every(document, "PersistentVMDowntime", &mut found);
    let planned = found.first()?;
    Some(Maintenance::between(
        planned.text("StartTime").parse().ok()?,
        planned.text("EndTime").parse().ok()?,
    ))
}
