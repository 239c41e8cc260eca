//! What clients ask before and after they make something: names, addresses, sizes, usages, keys.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{Azure, compute, id, machine, network};
use crate::Pace;

const ACCOUNT: &str = "/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/acct1";

#[test]
fn a_private_address_is_to_be_had_where_nobody_has_it() {
    let mut azure = Azure::with_group(Pace::Instant);
    azure.make_network("Standard");
    let check = format!(
        "{}/CheckIPAddressAvailability",
        network("virtualNetworks/net")
    );
    let mut ask = |method: &str, address: &str| {
        let line = format!("{method} {check}?ipAddress={address}");
        azure.ask(&line, &Value::Null)
    };
    for method in ["GET", "POST"] {
        let free = ask(method, "10.0.0.9").body;
        assert_eq!(free["available"], true, "{free}");
    }
    let others = json!(["10.0.0.5", "10.0.0.6", "10.0.0.7", "10.0.0.8", "10.0.0.9"]);
    // The interface has the first; the service itself keeps some.
    for (address, is_reserved) in [
        ("10.0.0.4", false),
        ("10.0.0.1", true),
        ("10.0.0.255", true),
    ] {
        let told = ask("GET", address).body;
        let wanted = json!({"available": false, "availableIPAddresses": others,
            "isPlatformReserved": is_reserved});
        assert_eq!(told, wanted, "{address}");
    }
    let outside = ask("GET", "10.0.7.4");
    assert_eq!(
        (outside.status, outside.code()),
        (400, "PrivateIPAddressNotInAnySubnet")
    );
    for bad in ["", "10.0.0", "ten"] {
        let refused = ask("GET", bad);
        assert_eq!(
            (refused.status, refused.code()),
            (400, "InvalidPrivateIPAddressFormat"),
            "{bad}"
        );
    }
    let nowhere = check.replace("/net/", "/nowhere/");
    assert_eq!(
        azure.get(&format!("{nowhere}?ipAddress=10.0.0.4")).status,
        404
    );
}

fn used(azure: &mut Azure, namespace: &str, region: &str) -> Vec<(String, u64)> {
    let told = azure.get(&format!("/providers/{namespace}/locations/{region}/usages"));
    assert_eq!(told.status, 200, "{told:?}");
    let lines = told.body["value"].as_array().unwrap().iter();
    lines
        .map(|line| {
            let count = line["currentValue"].as_u64().unwrap();
            assert!(count <= line["limit"].as_u64().unwrap(), "{line}");
            assert_eq!(line["unit"], "Count");
            (line["name"]["value"].as_str().unwrap().to_owned(), count)
        })
        .filter(|(_, count)| *count > 0)
        .collect()
}

#[test]
fn usages_of_networks_and_storage_follow_what_is_there() {
    let mut azure = Azure::with_group(Pace::Instant);
    for namespace in ["Microsoft.Network", "Microsoft.Storage"] {
        assert_eq!(used(&mut azure, namespace, "westus"), []);
    }
    azure.make_network("Standard");
    let account =
        json!({"location": "westus", "kind": "StorageV2", "sku": {"name": "Standard_LRS"}});
    azure.ask(&format!("PUT {ACCOUNT}"), &account);
    let names = |told: Vec<(String, u64)>| -> Vec<String> {
        told.iter()
            .map(|(name, count)| format!("{name} {count}"))
            .collect()
    };
    assert_eq!(
        names(used(&mut azure, "Microsoft.Network", "West%20US")),
        [
            "VirtualNetworks 1",
            "StaticPublicIPAddresses 1",
            "NetworkSecurityGroups 1",
            "PublicIPAddresses 1",
            "NetworkInterfaces 1",
        ]
    );
    assert_eq!(
        names(used(&mut azure, "Microsoft.Storage", "westus")),
        ["StorageAccounts 1"]
    );
    for namespace in ["Microsoft.Network", "Microsoft.Storage"] {
        assert_eq!(used(&mut azure, namespace, "eastus"), []);
        let nowhere = azure.get(&format!("/providers/{namespace}/locations/nowhere/usages"));
        assert_eq!(nowhere.status, 400, "{nowhere:?}");
    }
}

#[test]
fn a_key_that_is_made_anew_is_another_and_the_other_stays() {
    let mut azure = Azure::with_group(Pace::Instant);
    let account =
        json!({"location": "westus", "kind": "StorageV2", "sku": {"name": "Standard_LRS"}});
    azure.ask(&format!("PUT {ACCOUNT}"), &account);
    let keys = |told: &Value| -> Vec<String> {
        let keys = told["keys"].as_array().unwrap().iter();
        keys.map(|key| key["value"].as_str().unwrap().to_owned())
            .collect()
    };
    let before = azure.ask(&format!("POST {ACCOUNT}/listKeys"), &Value::Null);
    let line = format!("POST {ACCOUNT}/regenerateKey");
    let after = azure.ask(&line, &json!({"keyName": "Key2"}));
    assert_eq!(after.status, 200, "{after:?}");
    let (before, told) = (keys(&before.body), keys(&after.body));
    assert_eq!(before[0], told[0]);
    assert_ne!(before[1], told[1]);
    let listed = azure.ask(&format!("POST {ACCOUNT}/listKeys"), &Value::Null);
    assert_eq!(keys(&listed.body), told);
    for body in [json!({"keyName": "key3"}), json!({}), json!({"keyName": 7})] {
        let refused = azure.ask(&line, &body);
        assert_eq!(
            (refused.status, refused.code()),
            (400, "InvalidValuesForRequestParameters"),
            "{body}"
        );
    }
    let missing = azure.ask(&line.replace("acct1", "acct2"), &json!({"keyName": "key1"}));
    assert_eq!(missing.status, 404);
}

#[test]
fn commands_that_are_listed_are_told_and_those_of_linux_run() {
    let mut azure = Azure::with_group(Pace::Instant);
    azure.make_network("Standard");
    azure.ask(
        &format!("PUT {}", compute("virtualMachines/v")),
        &machine("i"),
    );
    let all = "/providers/Microsoft.Compute/locations/westus/runCommands";
    let listed = azure.get(all).body;
    let mut ran = BTreeSet::new();
    for one in listed["value"].as_array().unwrap() {
        let name = one["id"].as_str().unwrap();
        let told = azure.get(&format!("{all}/{}", name.to_lowercase())).body;
        assert_eq!(told["label"], one["label"]);
        assert!(told["script"][0].is_string(), "{told}");
        let line = format!("POST {}/runCommand", compute("virtualMachines/v"));
        let run = azure.ask(&line, &json!({"commandId": name, "script": ["echo mine"]}));
        let wanted = if one["osType"] == "Linux" { 200 } else { 501 };
        assert_eq!(run.status, wanted, "{run:?}");
        if run.status == 200 {
            let said = run.body["value"][0]["message"].as_str().unwrap();
            ran.insert((name.to_owned(), said.contains("mine")));
        }
    }
    let wanted = [
        ("RunShellScript".to_owned(), true),
        ("ifconfig".to_owned(), false),
    ];
    assert_eq!(ran, BTreeSet::from(wanted));
    assert_eq!(azure.get(&format!("{all}/Nothing")).status, 404);
}

#[test]
fn sizes_are_told_of_an_availability_set_and_of_a_machine_alike() {
    let mut azure = Azure::with_group(Pace::Instant);
    let set = compute("availabilitySets/a");
    assert_eq!(azure.get(&format!("{set}/vmSizes")).status, 404);
    azure.ask(&format!("PUT {set}"), &json!({"location": "westus"}));
    let of_set = azure.get(&format!("{set}/vmSizes")).body;
    let of_region = azure
        .get("/providers/Microsoft.Compute/locations/westus/vmSizes")
        .body;
    assert!(!of_set["value"].as_array().unwrap().is_empty());
    assert_eq!(of_set, of_region);
}

/// Makes a disk with a system on it, by a machine.
fn with_a_system_disk() -> (Azure, String) {
    let mut azure = Azure::with_group(Pace::Instant);
    azure.make_network("Standard");
    let mut body = machine("i");
    body["properties"]["storageProfile"]["osDisk"]["name"] = json!("os");
    azure.ask(&format!("PUT {}", compute("virtualMachines/v")), &body);
    (azure, id(&compute("disks/os")))
}

fn copy(of: &str) -> Value {
    json!({"location": "westus", "properties": {
        "creationData": {"createOption": "Copy", "sourceResourceId": of}}})
}

#[test]
fn a_disk_of_a_snapshot_of_a_disk_is_like_the_first() {
    let (mut azure, disk) = with_a_system_disk();
    let source = azure.get(&compute("disks/os")).body;
    let mut of = disk;
    for path in ["snapshots/s", "disks/copy", "snapshots/again"] {
        let made = azure.ask(&format!("PUT {}", compute(path)), &copy(&of));
        assert_eq!((made.status, made.state()), (200, "Succeeded"), "{made:?}");
        let properties = &made.body["properties"];
        for same in ["osType", "diskSizeGB", "diskSizeBytes", "hyperVGeneration"] {
            assert_eq!(
                properties[same], source["properties"][same],
                "{path} {same}"
            );
        }
        assert_eq!(properties["diskState"], "Unattached");
        assert_eq!(made.body["sku"]["name"], "Standard_LRS");
        let creation = &properties["creationData"];
        let origin = azure.ask(&format!("GET {of}"), &Value::Null).body;
        assert_eq!(creation["sourceResourceId"], json!(of));
        assert_eq!(creation["sourceUniqueId"], origin["properties"]["uniqueId"]);
        assert_ne!(properties["uniqueId"], origin["properties"]["uniqueId"]);
        of = id(&compute(path));
    }
    // It does not need what it was made of, and is written back as it was read.
    let told = azure.get(&compute("disks/copy")).body;
    for gone in ["snapshots/s", "snapshots/again"] {
        let deleted = azure.ask(&format!("DELETE {}", compute(gone)), &Value::Null);
        assert_eq!(deleted.status, 200, "{deleted:?}");
        assert_eq!(azure.get(&compute(gone)).status, 404);
    }
    let back = azure.ask(&format!("PUT {}", compute("disks/copy")), &told);
    assert_eq!(
        (back.status, &back.body["properties"]),
        (200, &told["properties"])
    );
}

#[test]
fn snapshots_are_listed_tagged_and_larger_than_their_disks_where_it_is_asked() {
    let (mut azure, disk) = with_a_system_disk();
    let mut body = copy(&disk);
    body["properties"]["incremental"] = json!("true");
    body["properties"]["diskSizeGB"] = json!(64);
    let made = azure.ask(&format!("PUT {}", compute("snapshots/s")), &body);
    assert_eq!(made.body["properties"]["incremental"], true);
    assert_eq!(made.body["properties"]["diskSizeGB"], 64);
    let tagged = azure.ask(
        &format!("PATCH {}", compute("snapshots/S")),
        &json!({"tags": {"a": "b"}}),
    );
    assert_eq!(tagged.body["tags"]["a"], "b", "{tagged:?}");
    assert_eq!(tagged.body["properties"]["diskSizeGB"], 64);
    for list in [
        compute("snapshots"),
        "/providers/Microsoft.Compute/snapshots".to_owned(),
        "/resources?$filter=resourceType%20eq%20'Microsoft.Compute/snapshots'".to_owned(),
    ] {
        let listed = azure.get(&list).body;
        assert_eq!(listed["value"][0]["name"], "s", "{list}: {listed}");
    }
}

#[test]
fn disks_and_snapshots_grow_and_do_not_shrink() {
    let (mut azure, disk) = with_a_system_disk();
    let mut small = copy(&disk);
    small["properties"]["diskSizeGB"] = json!(8);
    let empty = |size: u32| {
        json!({"location": "westus", "properties": {
            "creationData": {"createOption": "Empty"}, "diskSizeGB": size}})
    };
    for path in ["disks/d", "snapshots/d"] {
        let line = format!("PUT {}", compute(path));
        let refused = azure.ask(&line, &small);
        assert_eq!((refused.status, refused.code()), (400, "InvalidParameter"));
        for size in [8, 16, 16] {
            let made = azure.ask(&line, &empty(size));
            assert_eq!(
                made.body["properties"]["diskSizeGB"],
                json!(size),
                "{made:?}"
            );
        }
        let patch = format!("PATCH {}", compute(path));
        for (line, body) in [
            (&line, empty(15)),
            (&patch, json!({"properties": {"diskSizeGB": 1}})),
        ] {
            let refused = azure.ask(line, &body);
            assert_eq!(refused.status, 400, "{refused:?}");
            let words = refused.body["error"]["message"].as_str().unwrap();
            assert!(words.contains(&format!("{} cannot be resized down", id(&compute(path)))));
        }
        let left = azure.get(&compute(path)).body;
        assert_eq!(left["properties"]["diskSizeGB"], 16);
    }
}

#[test]
fn a_disk_of_an_image_is_as_large_as_it_and_has_its_system() {
    let mut azure = Azure::with_group(Pace::Instant);
    let versions = "/providers/Microsoft.Compute/locations/westus/publishers/Canonical/artifacttypes/vmimage/offers/ubuntu-24_04-lts/skus/server/versions";
    let image = azure.get(versions).body[0]["id"].clone();
    let body = |image: &Value| {
        json!({"location": "westus", "properties": {
            "creationData": {"createOption": "FromImage", "imageReference": {"id": image}}}})
    };
    let made = azure.ask(&format!("PUT {}", compute("disks/d")), &body(&image));
    assert_eq!(made.body["properties"]["osType"], "Linux", "{made:?}");
    assert_eq!(made.body["properties"]["diskSizeGB"], 30);
    let unknown = json!(image.as_str().unwrap().replace("/server/", "/nothing/"));
    let refused = azure.ask(&format!("PUT {}", compute("disks/e")), &body(&unknown));
    assert_eq!(
        (refused.status, refused.code()),
        (404, "PlatformImageNotFound")
    );
}

#[test]
fn a_copy_of_nothing_is_refused_and_nothing_is_made() {
    let (mut azure, disk) = with_a_system_disk();
    for (of, code) in [
        (id(&compute("disks/none")), "InvalidResourceReference"),
        (id(&compute("snapshots/none")), "InvalidResourceReference"),
        ("nothing".to_owned(), "LinkedInvalidPropertyId"),
        (String::new(), "LinkedInvalidPropertyId"),
        (id(&compute("virtualMachines/v")), "LinkedInvalidPropertyId"),
    ] {
        for path in ["disks/d", "snapshots/d"] {
            let refused = azure.ask(&format!("PUT {}", compute(path)), &copy(&of));
            assert_eq!(refused.code(), code, "{path} {of}: {refused:?}");
            assert_eq!(azure.get(&compute(path)).status, 404);
        }
    }
    // A copy lies where its source does, unless it comes there by and by.
    let mut far = copy(&disk);
    far["location"] = json!("eastus");
    let refused = azure.ask(&format!("PUT {}", compute("snapshots/far")), &far);
    assert_eq!(refused.code(), "InvalidResourceReference");
    far["properties"]["creationData"]["createOption"] = json!("CopyStart");
    let made = azure.ask(&format!("PUT {}", compute("snapshots/far")), &far);
    assert_eq!(made.status, 200, "{made:?}");
}
