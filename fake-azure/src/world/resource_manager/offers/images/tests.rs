use std::collections::BTreeSet;

use super::super::listing::compare_versions;
use super::super::tests::{subscription, west_us};
use super::system::Docker;
use super::*;

/// All SKUs, each with the names above it.
fn all() -> impl Iterator<Item = (&'static str, &'static str, &'static Sku)> {
    PUBLISHERS.iter().flat_map(|publisher| {
        publisher.offers.iter().flat_map(|offer| {
            let skus = offer.skus.iter();
            skus.map(|sku| (publisher.name, offer.name, sku))
        })
    })
}

fn is_name(text: &str) -> bool {
    let inner = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
    !text.is_empty() && text.bytes().all(inner)
}

fn unique<'a>(names: impl Iterator<Item = &'a str>) -> bool {
    let mut seen = BTreeSet::new();
    names
        .into_iter()
        .all(|name| seen.insert(name.to_ascii_lowercase()))
}

#[test]
fn every_row_is_well_formed_and_stands_once() {
    assert!(unique(publisher_names()));
    for publisher in PUBLISHERS {
        assert!(unique(publisher.offers.iter().map(|offer| offer.name)));
        for offer in publisher.offers {
            assert!(
                unique(offer.skus.iter().map(|sku| sku.name)),
                "{}",
                offer.name
            );
        }
    }
    for (publisher, offer, sku) in all() {
        let name = format!("{publisher}:{offer}:{}", sku.name);
        assert!(
            [publisher, offer, sku.name]
                .iter()
                .all(|part| is_name(part)),
            "{name}"
        );
        assert!(sku.release.versions.len() >= 2, "{name}");
        assert!((10..=127).contains(&sku.release.size_gb), "{name}");
        let newer = |a: &&str, b: &&str| compare_versions(a, b).is_lt();
        assert!(sku.release.versions.is_sorted_by(newer), "{name}");
        for version in sku.release.versions {
            let numbers = version.split('.').map(str::parse::<u64>);
            assert!(
                numbers.into_iter().all(|number| number.is_ok()),
                "{name} {version}"
            );
        }
        assert!(!sku.arm || sku.name.contains("arm"), "{name}");
        if sku.name.contains("gen2") || sku.name.contains("arm") {
            assert_eq!(sku.generation, Generation::V2, "{name}");
        }
        if sku.name.contains("gen1") {
            assert_eq!(sku.generation, Generation::V1, "{name}");
        }
    }
    assert!(all().count() > 100, "{}", all().count());
}

#[test]
fn every_system_tells_of_itself() {
    for (_, offer, sku) in all() {
        let system = sku.release.system;
        assert!(
            !system.id.is_empty() && !system.version_id.is_empty(),
            "{offer}"
        );
        assert!(system.pretty.starts_with("SUSE") || system.pretty.starts_with(system.name));
        match (system.os, system.os_release()) {
            (OperatingSystem::Windows, None) => assert_eq!(system.docker, Docker::Absent),
            (OperatingSystem::Linux, Some(text)) => {
                assert!(text.lines().all(|line| line.contains('=')), "{text}");
                assert!(text.contains(&format!("\nID={}\n", system.id)), "{text}");
            }
            other => panic!("{offer}: {other:?}"),
        }
    }
}

#[test]
fn a_release_file_is_as_ubuntu_and_debian_write_it() {
    let jammy = aliases::image("Ubuntu2204").unwrap().system();
    assert_eq!(
        jammy.os_release().unwrap(),
        "PRETTY_NAME=\"Ubuntu 22.04.5 LTS\"\n\
         NAME=\"Ubuntu\"\n\
         VERSION_ID=\"22.04\"\n\
         VERSION=\"22.04.5 LTS (Jammy Jellyfish)\"\n\
         VERSION_CODENAME=jammy\n\
         ID=ubuntu\n\
         ID_LIKE=debian\n\
         UBUNTU_CODENAME=jammy\n"
    );
    assert_eq!(jammy.agent_name(), "ubuntu");
    assert_eq!(jammy.docker, Docker::Package("docker.io"));
    let bookworm = image("Debian", "debian-12", "12", "latest")
        .unwrap()
        .system();
    assert!(bookworm.os_release().unwrap().starts_with(
        "PRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\nNAME=\"Debian GNU/Linux\"\n"
    ));
    let windows = aliases::image("Win2022Datacenter").unwrap().system();
    assert_eq!(windows.agent_name(), "Windows Server 2022 Datacenter");
}

#[test]
fn every_alias_stands_for_an_image() {
    let names: Vec<&str> = aliases::names().collect();
    assert!(unique(names.iter().copied()));
    for name in &names {
        let image = aliases::image(name).unwrap_or_else(|| panic!("{name} stands for nothing"));
        let windows = image.system().os == OperatingSystem::Windows;
        assert_eq!(windows, name.starts_with("Win"), "{name}");
    }
    // Those of az 2.91, and no fewer.
    for name in [
        "AzureLinux4",
        "AzureLinux4Arm64",
        "AzureLinux4Gen1",
        "CentOS85Gen2",
        "Debian11",
        "FlatcarLinuxFreeGen2",
        "OpenSuseLeap154Gen2",
        "RHELRaw8LVMGen2",
        "SuseSles15SP3",
        "Ubuntu2204",
        "Win2022Datacenter",
        "Win2022AzureEditionCore",
        "Win2019Datacenter",
        "Win2016Datacenter",
        "Win2012R2Datacenter",
        "Win2012Datacenter",
    ] {
        assert!(names.contains(&name), "{name}");
    }
}

#[test]
fn the_document_of_aliases_is_as_az_reads_it() {
    let document = aliases::document();
    let value = &document["outputs"]["aliases"]["value"];
    assert_eq!(document["outputs"]["aliases"]["type"], "object");
    assert_eq!(
        value["Linux"]["Ubuntu2204"],
        json!({
            "publisher": "Canonical",
            "offer": "0001-com-ubuntu-server-jammy",
            "sku": "22_04-lts-gen2",
            "version": "latest",
            "architecture": "x64",
        })
    );
    assert_eq!(value["Linux"]["AzureLinux4Arm64"]["architecture"], "Arm64");
    assert_eq!(
        value["Windows"]["Win2012Datacenter"]["sku"],
        "2012-Datacenter"
    );
    let count = |os: &str| value[os].as_object().unwrap().len();
    assert_eq!(count("Linux") + count("Windows"), aliases::names().count());
}

#[test]
fn images_are_found_in_any_case() {
    let found = image("canonical", "ubuntuserver", "16.04.0-lts", "LATEST").unwrap();
    assert_eq!(
        [found.publisher, found.offer, found.sku, found.version],
        [
            "Canonical",
            "UbuntuServer",
            "16.04.0-LTS",
            "16.04.202109280"
        ]
    );
    assert_eq!(found.generation(), Generation::V1);
    assert_eq!((found.size_gb(), found.architecture()), (30, "x64"));
    let exact = image("Canonical", "ubuntu-24_04-lts", "server", "24.04.202411030");
    assert_eq!(exact.map(|image| image.version), Some("24.04.202411030"));
    for [publisher, offer, sku] in [
        ["Canonical", "ubuntu-24_04-lts", "server"],
        ["Canonical", "ubuntu-24_04-lts", "server-gen1"],
        ["Canonical", "ubuntu-24_04-lts", "minimal"],
        ["Canonical", "UbuntuServer", "18.04-LTS"],
        ["Canonical", "0001-com-ubuntu-server-jammy", "22_04-lts"],
        ["Debian", "debian-13", "13-gen2"],
        ["almalinux", "almalinux-x86_64", "9-gen2"],
        ["resf", "rockylinux-x86_64", "9-base"],
        ["Oracle", "Oracle-Linux", "ol95-lvm-gen2"],
        ["CoreOS", "CoreOS", "Stable"],
        ["MicrosoftCBLMariner", "azure-linux-3", "azure-linux-3-gen2"],
    ] {
        assert!(
            image(publisher, offer, sku, "latest").is_some(),
            "{offer}:{sku}"
        );
    }
    for [publisher, offer, sku, version] in [
        ["Nobody", "UbuntuServer", "18.04-LTS", "latest"],
        ["Canonical", "Nothing", "18.04-LTS", "latest"],
        ["Canonical", "UbuntuServer", "nothing", "latest"],
        ["Canonical", "UbuntuServer", "18.04-LTS", "18.04"],
        ["Canonical", "UbuntuServer", "18.04-LTS", ""],
    ] {
        assert!(image(publisher, offer, sku, version).is_none());
    }
}

const STEM: &str = "/Subscriptions/5cc0d8f1-3643-410c-8646-1a2961134bd3/Providers\
                    /Microsoft.Compute/Locations/westus/Publishers";

#[test]
fn offers_and_skus_are_bare_lists() {
    let offers = offers(&subscription(), west_us(), "debian").unwrap();
    assert_eq!(
        offers[0],
        json!({
            "location": "westus",
            "name": "debian-10",
            "id": format!("{STEM}/Debian/ArtifactTypes/VMImage/Offers/debian-10"),
        })
    );
    let skus = skus(&subscription(), west_us(), "DEBIAN", "Debian-12").unwrap();
    assert_eq!(
        skus[0]["id"],
        format!("{STEM}/Debian/ArtifactTypes/VMImage/Offers/debian-12/Skus/12")
    );
    assert_eq!(
        super::offers(&subscription(), west_us(), "microsoft.azure.extensions"),
        Some(json!([])),
        "who offers extensions alone has no images"
    );
    assert!(super::offers(&subscription(), west_us(), "nobody").is_none());
    assert!(super::skus(&subscription(), west_us(), "Debian", "nothing").is_none());
}

const SERVER: [&str; 3] = ["canonical", "ubuntu-24_04-LTS", "Server"];

fn listed(listing: Listing<'_>) -> Vec<Value> {
    let answer = versions(&subscription(), west_us(), SERVER, listing).unwrap();
    answer.as_array().unwrap().clone()
}

#[test]
fn versions_are_listed_as_they_are_asked_for() {
    let all = listed(Listing::default());
    let names: Vec<&str> = all.iter().map(|v| v["name"].as_str().unwrap()).collect();
    assert_eq!(
        names,
        ["24.04.202411030", "24.04.202607140", "24.04.202609040"]
    );
    assert_eq!(
        all[0],
        json!({
            "location": "westus",
            "name": "24.04.202411030",
            "id": format!(
                "{STEM}/Canonical/ArtifactTypes/VMImage/Offers/ubuntu-24_04-lts/Skus/server\
                 /Versions/24.04.202411030"
            ),
        })
    );
    let newest = listed(Listing {
        top: Some(1),
        order: Some("name desc"),
        expand: Some("properties"),
    });
    assert_eq!(newest.len(), 1);
    assert_eq!(newest[0]["name"], "24.04.202609040");
    assert_eq!(newest[0]["properties"]["hyperVGeneration"], "V2");
    let part = listed(Listing {
        expand: Some("Properties/ImageDeprecationStatus"),
        ..Listing::default()
    });
    assert_eq!(
        part[0]["properties"],
        json!({ "imageDeprecationStatus": { "imageState": "Active" } })
    );
    let none = listed(Listing {
        top: Some(0),
        order: Some("name asc"),
        expand: Some("other"),
    });
    assert!(none.is_empty());
    let [publisher, offer, _] = SERVER;
    let listing = Listing::default();
    assert!(versions(&subscription(), west_us(), [publisher, offer, "x"], listing).is_none());
}

#[test]
fn a_version_tells_of_its_disk_and_asks_for_no_plan() {
    let answer = version(&subscription(), west_us(), SERVER, "24.04.202609040").unwrap();
    assert_eq!(answer["name"], "24.04.202609040");
    let properties = &answer["properties"];
    assert_eq!(
        properties["osDiskImage"],
        json!({ "operatingSystem": "Linux", "sizeInGb": 30, "sizeInBytes": 32_212_255_232_u64 })
    );
    assert_eq!(properties["architecture"], "x64");
    assert_eq!(properties["dataDiskImages"], json!([]));
    assert_eq!(properties["imageDeprecationStatus"]["imageState"], "Active");
    assert_eq!(
        properties["features"][0],
        json!({ "name": "SecurityType", "value": "TrustedLaunchSupported" })
    );
    assert!(properties.get("plan").is_none());
    let latest = version(&subscription(), west_us(), SERVER, "Latest").unwrap();
    assert_eq!(latest["name"], "24.04.202609040");
    assert!(version(&subscription(), west_us(), SERVER, "24.04").is_none());
}
