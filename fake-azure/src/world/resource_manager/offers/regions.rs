//! The public regions of today, and the geographies that they are of.

mod table;

use serde_json::{Value, json};

use super::super::super::SubscriptionId;
use super::list;

use self::table::GEOGRAPHIES;
pub(crate) use self::table::REGIONS;

/// A country or the like, in which data stays.
#[derive(Debug)]
pub(crate) struct Geography {
    /// What people read for it.
    pub(crate) name: &'static str,
    /// The part of the world that it is listed under.
    pub(crate) group: &'static str,
}

/// A place where things can be made.
#[derive(Debug)]
pub(crate) struct Region {
    /// Its name, e.g. `westus`.
    pub(crate) name: &'static str,
    /// What people read for it, e.g. `West US`.
    pub(crate) display_name: &'static str,
    /// The geography that it is of.
    pub(crate) geography: &'static Geography,
    /// The town or state where it stands.
    pub(crate) place: &'static str,
    latitude: &'static str,
    longitude: &'static str,
    /// The region that it is paired with, by name. Not every such region is open to the public.
    pub(crate) pair: Option<&'static str>,
    recommended: bool,
    zoned: bool,
}

impl Region {
    /// Its availability zones.
    pub(crate) fn zones(&self) -> &'static [&'static str] {
        if self.zoned { &["1", "2", "3"] } else { &[] }
    }

    /// It as `locations` tells it.
    fn listed(&self, subscription: &SubscriptionId) -> Value {
        let pairs: Value = self
            .pair
            .iter()
            .map(|pair| json!({ "name": pair, "id": id(subscription, pair) }))
            .collect();
        let mut listed = json!({
            "id": id(subscription, self.name),
            "name": self.name,
            "type": "Region",
            "displayName": self.display_name,
            "regionalDisplayName": format!("({}) {}", self.geography.group, self.display_name),
            "metadata": {
                "regionType": "Physical",
                "regionCategory": if self.recommended { "Recommended" } else { "Other" },
                "geography": self.geography.name,
                "geographyGroup": self.geography.group,
                "longitude": self.longitude,
                "latitude": self.latitude,
                "physicalLocation": self.place,
                "pairedRegion": pairs,
            },
        });
        if self.zoned {
            // Which zone is whose number is a subscription's own affair; this order was seen.
            let zones: Value = [("1", "1"), ("2", "3"), ("3", "2")]
                .iter()
                .map(|(logical, physical)| {
                    json!({
                        "logicalZone": logical,
                        "physicalZone": format!("{}-az{physical}", self.name),
                    })
                })
                .collect();
            listed["availabilityZoneMappings"] = zones;
        }
        listed
    }
}

/// The region that a text spells: by its name or its display name, in any case, with any blanks.
pub(crate) fn region(text: &str) -> Option<&'static Region> {
    let name = normalized(text);
    REGIONS.iter().find(|region| region.name == name)
}

/// A location as Resource Manager writes it: in lower case, without blanks.
///
/// It need not be a region: what is everywhere is in `global`.
pub(crate) fn normalized(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_whitespace())
        .map(|c| c.to_ascii_lowercase())
        .collect()
}

/// The answer of `GET /subscriptions/S/locations`: regions, the recommended ones first, then
/// geographies.
pub(crate) fn listed(subscription: &SubscriptionId) -> Value {
    let (first, rest): (Vec<_>, Vec<_>) = REGIONS.iter().partition(|region| region.recommended);
    let regions = first
        .into_iter()
        .chain(rest)
        .map(|region| region.listed(subscription));
    let geographies = GEOGRAPHIES
        .iter()
        .map(|geography| logical(subscription, geography));
    list(regions.chain(geographies))
}

/// A location that is no place: data may stay within it, nothing can be made there.
fn logical(subscription: &SubscriptionId, display_name: &str) -> Value {
    let name = logical_name(display_name);
    json!({
        "id": id(subscription, &name),
        "name": name,
        "type": "Region",
        "displayName": display_name,
        "regionalDisplayName": display_name,
        "metadata": { "regionType": "Logical", "regionCategory": "Other" },
    })
}

fn logical_name(display_name: &str) -> String {
    match display_name {
        "United Arab Emirates" => "uae".to_owned(),
        "United Kingdom" => "uk".to_owned(),
        other => normalized(other),
    }
}

fn id(subscription: &SubscriptionId, name: &str) -> String {
    format!("/subscriptions/{subscription}/locations/{name}")
}

/// The display names of all regions, as providers list them.
pub(super) fn display_names() -> Value {
    REGIONS.iter().map(|region| region.display_name).collect()
}

/// The zones of the regions that have some, as providers list them.
pub(super) fn zone_mappings() -> Value {
    REGIONS
        .iter()
        .filter(|region| region.zoned)
        .map(|region| json!({ "location": region.display_name, "zones": region.zones() }))
        .collect()
}

#[cfg(test)]
mod tests;
