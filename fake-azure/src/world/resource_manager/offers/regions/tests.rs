use std::collections::BTreeSet;

use super::super::tests::{subscription, west_us};
use super::*;
use crate::world::catalogue::LOCATIONS;

#[test]
fn every_region_is_well_formed_and_stands_once() {
    let mut seen = BTreeSet::new();
    for region in REGIONS {
        assert_eq!(region.name, normalized(region.display_name));
        assert!(seen.insert(region.name), "{} stands twice", region.name);
        assert!(!region.place.is_empty(), "{}", region.name);
        let latitude: f64 = region.latitude.parse().unwrap();
        let longitude: f64 = region.longitude.parse().unwrap();
        assert!(latitude.abs() <= 90.0, "{}", region.name);
        assert!(longitude.abs() <= 180.0, "{}", region.name);
    }
    assert!(seen.len() > 50, "{}", seen.len());
}

#[test]
fn pairs_are_regions_or_closed_ones() {
    for region in REGIONS {
        let Some(pair) = region.pair else { continue };
        assert_ne!(pair, region.name);
        assert!(
            super::region(pair).is_some() || pair == "swedensouth",
            "{} is paired with {pair}",
            region.name
        );
    }
}

#[test]
fn the_regions_of_classic_azure_still_stand() {
    for name in LOCATIONS {
        assert_eq!(region(name).map(|region| region.display_name), Some(*name));
    }
}

#[test]
fn any_spelling_finds_a_region() {
    for spelling in ["West US", "westus", "WEST US", " west  us ", "WestUS"] {
        assert_eq!(
            region(spelling).map(|r| r.name),
            Some("westus"),
            "{spelling}"
        );
    }
    for other in ["", "west", "westus9", "west-us", "global"] {
        assert!(region(other).is_none(), "{other}");
    }
    assert_eq!(normalized("Global"), "global");
}

#[test]
fn locations_are_told_as_the_service_tells_them() {
    let answer = listed(&subscription());
    let locations = answer["value"].as_array().unwrap();
    let find = |name: &str| locations.iter().find(|l| l["name"] == name).unwrap();
    let prefix = "/subscriptions/5cc0d8f1-3643-410c-8646-1a2961134bd3/locations";
    assert_eq!(
        *find("westus"),
        json!({
            "id": format!("{prefix}/westus"),
            "name": "westus",
            "type": "Region",
            "displayName": "West US",
            "regionalDisplayName": "(US) West US",
            "metadata": {
                "regionType": "Physical",
                "regionCategory": "Other",
                "geography": "United States",
                "geographyGroup": "US",
                "longitude": "-122.417",
                "latitude": "37.783",
                "physicalLocation": "California",
                "pairedRegion": [{ "name": "eastus", "id": format!("{prefix}/eastus") }],
            },
        })
    );
    assert_eq!(
        find("eastus")["availabilityZoneMappings"],
        json!([
            { "logicalZone": "1", "physicalZone": "eastus-az1" },
            { "logicalZone": "2", "physicalZone": "eastus-az3" },
            { "logicalZone": "3", "physicalZone": "eastus-az2" },
        ])
    );
    assert_eq!(find("italynorth")["metadata"]["pairedRegion"], json!([]));
    assert_eq!(find("uk")["metadata"]["regionType"], "Logical");
    let first = locations
        .iter()
        .position(|l| l["metadata"]["regionCategory"] == "Other");
    let last = locations
        .iter()
        .rposition(|l| l["metadata"]["regionCategory"] == "Recommended");
    assert!(last < first, "the recommended ones come first");
    assert_eq!(locations.len(), REGIONS.len() + GEOGRAPHIES.len());
}

#[test]
fn names_of_places_stand_once() {
    let names: BTreeSet<String> = REGIONS
        .iter()
        .map(|region| region.name.to_owned())
        .chain(GEOGRAPHIES.iter().map(|geography| logical_name(geography)))
        .collect();
    assert_eq!(names.len(), REGIONS.len() + GEOGRAPHIES.len());
}

#[test]
fn zones_are_told_where_there_are_some() {
    assert!(west_us().zones().is_empty());
    assert_eq!(region("eastus2").unwrap().zones(), ["1", "2", "3"]);
    let mappings = zone_mappings();
    let mappings = mappings.as_array().unwrap();
    assert!(mappings.contains(&json!({ "location": "East US 2", "zones": ["1", "2", "3"] })));
    assert!(
        mappings
            .iter()
            .all(|mapping| mapping["location"] != "West US")
    );
}
