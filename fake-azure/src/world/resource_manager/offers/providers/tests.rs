use std::collections::BTreeSet;

use super::super::tests::subscription;
use super::*;

/// What clients were seen to send, and what our own will (type, version).
const SENT: &[(&str, &str)] = &[
    ("Microsoft.Resources/resourceGroups", "2024-11-01"),
    ("Microsoft.Resources/resourceGroups", "2025-04-01"),
    ("Microsoft.Resources/resourceGroups", "2021-04-01"),
    ("Microsoft.Resources/resourceGroups", "2020-06-01"),
    ("Microsoft.Resources/resourceGroups", "2016-07-01"),
    ("Microsoft.Resources/resourceGroups", "2018-05-01"),
    ("Microsoft.Resources/resourceGroups", "2016-09-01"),
    ("Microsoft.Resources/deployments", "2024-11-01"),
    ("Microsoft.Resources/deployments", "2025-04-01"),
    ("Microsoft.Resources/providers", "2016-02-01"),
    ("Microsoft.Resources/subscriptions", "2022-12-01"),
    ("Microsoft.Resources/subscriptions", "2015-11-01"),
    ("Microsoft.Resources/subscriptions", "2016-06-01"),
    ("Microsoft.Compute/virtualMachines", "2026-04-01"),
    ("Microsoft.Compute/virtualMachines", "2025-11-01"),
    ("Microsoft.Compute/virtualMachines", "2024-11-01"),
    ("Microsoft.Compute/virtualMachines", "2024-07-01"),
    ("Microsoft.Compute/virtualMachines", "2024-03-01"),
    ("Microsoft.Compute/virtualMachines", "2022-11-01"),
    ("Microsoft.Compute/virtualMachines", "2016-03-30"),
    ("Microsoft.Compute/virtualMachines", "2017-03-30"),
    ("Microsoft.Compute/virtualMachines/extensions", "2024-11-01"),
    ("Microsoft.Compute/images", "2024-11-01"),
    ("Microsoft.Compute/availabilitySets", "2016-03-30"),
    ("Microsoft.Compute/locations/publishers", "2024-07-01"),
    ("Microsoft.Compute/locations/usages", "2024-11-01"),
    ("Microsoft.Compute/locations/vmSizes", "2024-11-01"),
    ("Microsoft.Compute/skus", "2021-07-01"),
    ("Microsoft.Compute/disks", "2025-01-02"),
    ("Microsoft.Compute/disks", "2023-04-02"),
    ("Microsoft.Network/virtualNetworks", "2022-01-01"),
    ("Microsoft.Network/virtualNetworks", "2025-07-01"),
    ("Microsoft.Network/virtualNetworks", "2026-03-01"),
    ("Microsoft.Network/virtualNetworks", "2015-06-15"),
    ("Microsoft.Network/virtualNetworks", "2024-05-01"),
    ("Microsoft.Network/virtualNetworks", "2016-09-01"),
    ("Microsoft.Network/virtualNetworks", "2018-02-01"),
    ("Microsoft.Network/virtualNetworks", "2017-10-01"),
    ("Microsoft.Network/virtualNetworks/subnets", "2024-07-01"),
    ("Microsoft.Network/publicIPAddresses", "2025-09-01"),
    ("Microsoft.Network/publicIPAddresses", "2022-05-01"),
    ("Microsoft.Network/publicIPAddresses", "2017-04-01"),
    ("Microsoft.Network/networkInterfaces", "2023-11-01"),
    ("Microsoft.Network/networkSecurityGroups", "2022-01-01"),
    ("Microsoft.Network/networkSecurityGroups", "2023-11-01"),
    ("Microsoft.Storage/storageAccounts", "2016-01-01"),
    ("Microsoft.Storage/storageAccounts", "2018-03-01-preview"),
    ("Microsoft.Storage/storageAccounts", "2016-12-01"),
];

#[test]
fn every_row_is_well_formed_and_stands_once() {
    let mut names = BTreeSet::new();
    for name in super::names() {
        assert!(name.starts_with("Microsoft."), "{name}");
        assert!(
            names.insert(name.to_ascii_lowercase()),
            "{name} stands twice"
        );
    }
    for namespace in NAMESPACES {
        let mut types = BTreeSet::new();
        for kind in namespace.types {
            let whole = format!("{}/{}", namespace.name, kind.name);
            assert!(types.insert(kind.name.to_ascii_lowercase()), "{whole}");
            assert!(
                kind.versions.iter().all(|version| is_api_version(version)),
                "{whole}"
            );
            // The newest first, each once; a preview stands behind what came of it.
            let days = kind.versions.iter().map(|version| &version[..10]);
            assert!(days.is_sorted_by(|a, b| a > b), "{whole}");
            assert!(is_stable(kind.default_version()), "{whole}");
        }
    }
}

#[test]
fn the_versions_that_clients_send_are_listed() {
    for (name, version) in SENT {
        let (_, kind) = resource_type(name).unwrap();
        assert!(kind.versions.contains(version), "{name} {version}");
    }
}

#[test]
fn names_are_found_in_any_case() {
    let (namespace, kind) = resource_type("microsoft.compute/VIRTUALMACHINES/Extensions").unwrap();
    assert_eq!(namespace.name, "Microsoft.Compute");
    assert_eq!(kind.name, "virtualMachines/extensions");
    assert!(kind.has_location());
    let (_, kind) = resource_type("Microsoft.Network/publicIpAddresses").unwrap();
    assert_eq!(kind.name, "publicIPAddresses");
    assert!(resource_type("Microsoft.Compute").is_none());
    assert!(resource_type("Microsoft.Compute/").is_none());
    assert!(resource_type("Microsoft.Compute/nothing").is_none());
    assert_eq!(
        canonical_namespace("MICROSOFT.containerservice"),
        Some("Microsoft.ContainerService")
    );
    assert!(super::namespace("Microsoft.ContainerService").is_none());
    assert!(canonical_namespace("Microsoft.Nothing").is_none());
    assert_eq!(simulated().count(), 6);
}

#[test]
fn a_provider_is_told_as_the_service_tells_it() {
    let subscription = subscription();
    let answer = one(
        &subscription,
        "microsoft.network",
        Registration::Registering,
    )
    .unwrap();
    assert_eq!(
        answer["id"],
        "/subscriptions/5cc0d8f1-3643-410c-8646-1a2961134bd3/providers/Microsoft.Network"
    );
    assert_eq!(answer["namespace"], "Microsoft.Network");
    assert_eq!(answer["registrationPolicy"], "RegistrationRequired");
    assert_eq!(answer["registrationState"], "Registering");
    let networks = &answer["resourceTypes"][0];
    assert_eq!(networks["resourceType"], "virtualNetworks");
    assert_eq!(networks["apiVersions"][0], "2026-03-01");
    assert_eq!(networks["defaultApiVersion"], "2026-03-01");
    let places = networks["locations"].as_array().unwrap();
    assert!(places.contains(&json!("West US")));
    assert!(
        networks["capabilities"]
            .as_str()
            .unwrap()
            .contains("SupportsTags")
    );
    assert!(networks.get("zoneMappings").is_none());
    let machines = &one(&subscription, "Microsoft.Compute", Registration::Registered).unwrap()["resourceTypes"]
        [1];
    assert_eq!(machines["resourceType"], "virtualMachines");
    assert!(!machines["zoneMappings"].as_array().unwrap().is_empty());
    let free = one(
        &subscription,
        "Microsoft.Resources",
        Registration::Registered,
    )
    .unwrap();
    assert_eq!(free["registrationPolicy"], "RegistrationFree");
    let name = one(&subscription, "microsoft.web", Registration::NotRegistered).unwrap();
    assert_eq!(name["namespace"], "Microsoft.Web");
    assert_eq!(name["resourceTypes"], json!([]));
    assert!(one(&subscription, "x", Registration::Registered).is_none());
}

#[test]
fn all_providers_are_listed_each_with_its_own_state() {
    let answer = listed(&subscription(), |name| {
        if name == "Microsoft.Web" {
            Registration::NotRegistered
        } else {
            Registration::Registered
        }
    });
    let all = answer["value"].as_array().unwrap();
    assert_eq!(all.len(), super::names().count());
    for provider in all {
        let expected = if provider["namespace"] == "Microsoft.Web" {
            "NotRegistered"
        } else {
            "Registered"
        };
        assert_eq!(provider["registrationState"], expected);
    }
    for name in [
        "Microsoft.Compute",
        "Microsoft.Network",
        "Microsoft.Storage",
    ] {
        assert!(all.iter().any(|provider| provider["namespace"] == name));
    }
}

#[test]
fn a_tenant_lists_providers_without_states() {
    let answer = listed_of_tenant();
    let first = &answer["value"][0];
    assert_eq!(first["id"], "/providers/Microsoft.Authorization");
    assert!(first.get("registrationState").is_none());
    let one = one_of_tenant("MICROSOFT.STORAGE").unwrap();
    assert_eq!(one["namespace"], "Microsoft.Storage");
}

#[test]
fn versions_are_days_from_2014_on() {
    for version in [
        "2014-01-01",
        "2026-04-01",
        "2018-03-01-preview",
        "2015-08-31-PREVIEW",
        "2024-02-29",
        "2021-09-30-privatepreview",
        "2022-01-01-alpha.1",
    ] {
        assert!(is_api_version(version), "{version}");
    }
    for version in [
        "",
        "x",
        "2013-12-31",
        "2014-13-01",
        "2014-00-10",
        "2023-02-29",
        "2014-1-1",
        "2014-01-01-",
        "2014-01-01preview",
        "2014-01-01-1",
        "2014/01/01",
        "2014-01-0é",
        "2014-01-01 ",
        "+014-01-01",
        "20140101",
        "2014-01-01T00:00:00",
    ] {
        assert!(!is_api_version(version), "{version}");
    }
}

#[test]
fn what_a_refusal_lists_is_sorted() {
    assert_eq!(supported_versions().first(), Some(&"2025-04-01"));
    assert!(supported_versions().contains(&"2015-01-01"));
}
