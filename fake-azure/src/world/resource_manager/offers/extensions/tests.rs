use std::collections::BTreeSet;

use super::super::tests::{subscription, west_us};
use super::*;

#[test]
fn every_row_is_well_formed_and_stands_once() {
    let mut seen = BTreeSet::new();
    for publisher in PUBLISHERS {
        for handler in publisher.types {
            let name = format!("{}.{}", publisher.name, handler.name);
            assert!(
                seen.insert(name.to_ascii_lowercase()),
                "{name} stands twice"
            );
            assert!(!handler.versions.is_empty(), "{name}");
            let newer = |a: &&str, b: &&str| compare_versions(a, b).is_lt();
            assert!(handler.versions.is_sorted_by(newer), "{name}");
            for version in handler.versions {
                let numbers: Vec<_> = version.split('.').map(str::parse::<u64>).collect();
                assert!(numbers.len() >= 2, "{name} {version}");
                assert!(numbers.iter().all(Result::is_ok), "{name} {version}");
            }
        }
    }
    assert!(publisher_names().is_sorted_by_key(str::to_ascii_lowercase));
}

#[test]
fn a_reference_takes_the_newest_version_that_fits() {
    let resolved = |kind: &str, version: &str, minor: bool| {
        extension("MICROSOFT.Azure.Extensions", kind, version, minor)
            .map(|extension| extension.version)
    };
    assert_eq!(resolved("customscript", "2.0", false), Some("2.0.7"));
    assert_eq!(resolved("customscript", "2.0", true), Some("2.1.13"));
    assert_eq!(resolved("customscript", "2.1", true), Some("2.1.13"));
    assert_eq!(resolved("customscript", "2.1", false), Some("2.1.13"));
    assert_eq!(resolved("customscript", "2.1.3", false), Some("2.1.3"));
    assert_eq!(resolved("customscript", "2", false), Some("2.1.13"));
    assert_eq!(resolved("customscript", "2.*", false), Some("2.1.13"));
    assert_eq!(resolved("customscript", "latest", false), Some("2.1.13"));
    assert_eq!(resolved("customscript", "2.2", true), None);
    assert_eq!(resolved("customscript", "2.2", false), None);
    assert_eq!(resolved("customscript", "3.0", true), None);
    assert_eq!(resolved("customscript", "1.0", true), None);
    assert_eq!(
        resolved("DockerExtension", "1.0", false),
        Some("1.0.1510142311")
    );
    assert_eq!(resolved("DockerExtension", "1.0", true), Some("1.2.2"));
    assert_eq!(resolved("Nothing", "1.0", true), None);
}

#[test]
fn extensions_are_found_in_any_case() {
    let found = extension("microsoft.ostcextensions", "VMACCESSFORLINUX", "1.5", false);
    assert_eq!(
        found,
        Some(Extension {
            publisher: "Microsoft.OSTCExtensions",
            kind: "VMAccessForLinux",
            os: OperatingSystem::Linux,
            version: "1.5.13",
        })
    );
    assert!(is_known("Microsoft.OSTCExtensions", "customscriptforlinux"));
    assert!(!is_known("Microsoft.OSTCExtensions", "CustomScript"));
    assert!(!is_known("Nobody", "CustomScript"));
}

const STEM: &str = "/Subscriptions/5cc0d8f1-3643-410c-8646-1a2961134bd3/Providers\
                    /Microsoft.Compute/Locations/westus/Publishers";

#[test]
fn types_and_versions_are_bare_lists() {
    let kinds = types(&subscription(), west_us(), "microsoft.azure.extensions").unwrap();
    let path = "Microsoft.Azure.Extensions/ArtifactTypes/VMExtension/Types/CustomScript";
    assert_eq!(
        kinds[0],
        json!({ "location": "westus", "name": "CustomScript", "id": format!("{STEM}/{path}") })
    );
    let named = ["Microsoft.Azure.Extensions", "customSCRIPT"];
    let all = versions(&subscription(), west_us(), named, Listing::default()).unwrap();
    assert_eq!(all[0]["name"], "2.0.6");
    assert_eq!(all[0]["id"], format!("{STEM}/{path}/Versions/2.0.6"));
    let newest = Listing {
        top: Some(1),
        order: Some("name desc"),
        expand: None,
    };
    let newest = versions(&subscription(), west_us(), named, newest).unwrap();
    assert_eq!(newest.as_array().unwrap().len(), 1);
    assert_eq!(newest[0]["name"], "2.1.13");
    let one = version(&subscription(), west_us(), named, "2.1.3").unwrap();
    assert_eq!(one["properties"]["operatingSystem"], "Linux");
    assert_eq!(
        types(&subscription(), west_us(), "canonical"),
        Some(json!([])),
        "who offers images alone has no extensions"
    );
    assert!(types(&subscription(), west_us(), "nobody").is_none());
    assert!(version(&subscription(), west_us(), named, "9.9").is_none());
    let unknown = ["Microsoft.Azure.Extensions", "x"];
    assert!(versions(&subscription(), west_us(), unknown, Listing::default()).is_none());
}
