use std::collections::BTreeSet;

use super::super::regions::{REGIONS, Region, region};
use super::*;

#[test]
fn every_row_is_well_formed_and_stands_once() {
    let mut seen = BTreeSet::new();
    for size in all() {
        let name = size.name();
        assert!(
            seen.insert(name.to_ascii_lowercase()),
            "{name} stands twice"
        );
        assert!(name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_'));
        let (tier, rest) = size.parts();
        assert!(tier == "Standard" || tier == "Basic", "{name}");
        assert!(rest.starts_with(|c: char| c.is_ascii_uppercase()), "{name}");
        assert!((1..=128).contains(&size.cores()), "{name}");
        assert!((512..=4_194_304).contains(&size.memory_mb()), "{name}");
        assert!((1..=64).contains(&size.data_disks()), "{name}");
        assert!(size.family().ends_with("Family"), "{name}");
        assert!(
            size.takes_first_generation() || size.takes_second_generation(),
            "{name}"
        );
        let arm = size.architecture() == "Arm64";
        assert_eq!(arm, rest.contains('p'), "{name}");
        assert!(!arm || !size.takes_first_generation(), "{name}");
        if rest.ends_with("s_v5") || rest.ends_with("s_v6") {
            assert!(size.takes_premium(), "{name}");
        }
    }
    assert!(seen.len() > 150, "{}", seen.len());
}

#[test]
fn cores_and_names_of_the_newer_series_agree() {
    for size in all().filter(|size| size.family().ends_with("v5Family")) {
        let digits: String = size
            .name()
            .chars()
            .skip_while(|c| !c.is_ascii_digit())
            .take_while(char::is_ascii_digit)
            .collect();
        assert_eq!(digits, size.cores().to_string(), "{}", size.name());
    }
}

#[test]
fn families_stand_once_and_have_labels() {
    let families: BTreeSet<&str> = SERIES.iter().map(|series| series.family).collect();
    assert_eq!(families.len(), SERIES.len());
    let labels: BTreeSet<String> = families.iter().map(|name| family_label(name)).collect();
    assert_eq!(labels.len(), families.len());
    for (family, label) in [
        ("standardDSv5Family", "Standard DSv5 Family vCPUs"),
        ("standardBSFamily", "Standard BS Family vCPUs"),
        ("StandardDsv6Family", "Standard Dsv6 Family vCPUs"),
        ("basicAFamily", "Basic A Family vCPUs"),
        ("standardA0_A7Family", "Standard A0-A7 Family vCPUs"),
        (
            "Standard NCASv3_T4 Family",
            "Standard NCASv3_T4 Family vCPUs",
        ),
    ] {
        assert!(families.contains(family), "{family}");
        assert_eq!(family_label(family), label);
    }
}

#[test]
fn sizes_are_found_in_any_case() {
    let found = size("standard_d2S_V5").unwrap();
    assert_eq!(found.name(), "Standard_D2s_v5");
    assert_eq!(found.family(), "standardDSv5Family");
    assert_eq!((found.cores(), found.memory_mb()), (2, 8192));
    assert!(size("Standard_D2s").is_none());
    for asked in [
        "Standard_A2",
        "Standard_B1s",
        "Standard_B2s",
        "Standard_DS1_v2",
        "Standard_D2_v3",
        "Standard_D2s_v3",
        "Standard_D2s_v6",
        "Standard_E4s_v5",
        "Standard_F2s_v2",
        "Standard_L8s_v3",
        "Standard_M32ms",
        "Standard_NC4as_T4_v3",
        "Standard_DC2s_v3",
        "Basic_A0",
    ] {
        assert_eq!(size(asked).map(Size::name), Some(asked));
    }
}

#[test]
fn a_listed_size_has_the_recorded_members() {
    let answer = listed();
    let found = answer["value"]
        .as_array()
        .unwrap()
        .iter()
        .find(|size| size["name"] == "Standard_D2s_v5")
        .unwrap();
    assert_eq!(
        *found,
        json!({
            "name": "Standard_D2s_v5",
            "numberOfCores": 2,
            "osDiskSizeInMB": 1_047_552,
            "resourceDiskSizeInMB": 0,
            "memoryInMB": 8192,
            "maxDataDiskCount": 4,
        })
    );
}

fn capability<'a>(sku: &'a Value, name: &str) -> &'a str {
    sku["capabilities"]
        .as_array()
        .unwrap()
        .iter()
        .find(|capability| capability["name"] == name)
        .and_then(|capability| capability["value"].as_str())
        .unwrap()
}

fn told(region: Option<&'static Region>, is_barred: impl Fn(Size, &Region) -> bool) -> Value {
    serde_json::to_value(skus(region, is_barred)).unwrap()
}

fn find<'a>(answer: &'a Value, name: &str) -> &'a Value {
    let rows = answer["value"].as_array().unwrap();
    rows.iter().find(|sku| sku["name"] == name).unwrap()
}

#[test]
fn a_sku_tells_what_the_size_can_and_where_it_may_not_be_had() {
    let region = region("eastus").unwrap();
    let answer = told(Some(region), |size, _| size.name() == "Standard_A0");
    let free = find(&answer, "Standard_D2s_v3");
    assert_eq!(free["size"], "D2s_v3");
    assert_eq!(free["tier"], "Standard");
    assert_eq!(free["locations"], json!(["eastus"]));
    assert_eq!(free["restrictions"], json!([]));
    assert_eq!(
        free["locationInfo"],
        json!([{ "location": "eastus", "zones": ["1", "2", "3"], "zoneDetails": [] }])
    );
    for (name, value) in [
        ("vCPUs", "2"),
        ("MemoryGB", "8"),
        ("MaxResourceVolumeMB", "16384"),
        ("HyperVGenerations", "V1,V2"),
        ("PremiumIO", "True"),
        ("CpuArchitectureType", "x64"),
        ("AcceleratedNetworkingEnabled", "True"),
        ("MaxNetworkInterfaces", "2"),
    ] {
        assert_eq!(capability(free, name), value, "{name}");
    }
    let barred = find(&answer, "Standard_A0");
    assert_eq!(capability(barred, "MemoryGB"), "0.75");
    assert_eq!(
        barred["restrictions"],
        json!([{
            "type": "Location",
            "values": ["eastus"],
            "restrictionInfo": { "locations": ["eastus"] },
            "reasonCode": "NotAvailableForSubscription",
        }])
    );
    assert_eq!(find(&answer, "Basic_A1")["tier"], "Basic");
    assert_eq!(find(&answer, "Aligned")["resourceType"], "availabilitySets");
}

#[test]
fn without_a_region_each_size_tells_of_all() {
    let answer = told(None, |_, region| region.name == "westus");
    let sku = find(&answer, "Standard_B2s");
    assert_eq!(sku["locations"].as_array().unwrap().len(), REGIONS.len());
    assert_eq!(sku["restrictions"].as_array().unwrap().len(), 1);
}

#[test]
fn filters_name_a_region() {
    assert_eq!(filtered_region("location eq 'westus'"), Some("westus"));
    assert_eq!(filtered_region("Location  EQ 'West US' "), Some("West US"));
    assert_eq!(filtered_region("location eq ''"), Some(""));
    for other in [
        "",
        "name eq 'x'",
        "location ne 'westus'",
        "location eq westus",
        "location eq 'westus' and name eq 'x'",
    ] {
        assert_eq!(filtered_region(other), None, "{other}");
    }
}

#[test]
fn usages_count_cores_by_family_and_in_all() {
    let usage = Usage {
        availability_sets: 1,
        virtual_machines: 3,
        cores: &|family| match family {
            None => (6, 100),
            Some("standardDSv5Family") => (4, 100),
            Some("standardBSFamily") => (2, 20),
            Some(_) => (0, 100),
        },
    };
    let answer = usage.listed();
    let row = |name: &str| {
        let rows = answer["value"].as_array().unwrap();
        let found: Vec<_> = rows
            .iter()
            .filter(|row| row["name"]["value"] == name)
            .collect();
        assert_eq!(found.len(), 1, "{name}");
        found[0].clone()
    };
    assert_eq!(
        row("cores"),
        json!({
            "limit": 100,
            "unit": "Count",
            "currentValue": 6,
            "name": { "value": "cores", "localizedValue": "Total Regional vCPUs" },
        })
    );
    assert_eq!(row("standardDSv5Family")["currentValue"], 4);
    assert_eq!(row("standardDSv5Family")["limit"], 100);
    assert_eq!(row("standardBSFamily")["limit"], 20);
    assert_eq!(row("standardFSv2Family")["currentValue"], 0);
    assert_eq!(row("virtualMachines")["currentValue"], 3);
    assert_eq!(row("availabilitySets")["currentValue"], 1);
    assert_eq!(row("virtualMachineScaleSets")["limit"], 2500);
}
