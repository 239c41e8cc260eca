//! `vm disk attach|attach-new|update|detach`.

use super::{IMAGE, done, json, refused, refused_beforehand, with_machine};

#[test]
fn a_new_disk_comes_beside_the_machines_own_and_goes_again() {
    let simulator = with_machine();

    let attached = done(&simulator, "azure vm disk attach-new WEB 10 -c readonly");
    done(
        &simulator,
        "azure vm disk attach-new web 20 vhd-store/second.vhd",
    );

    assert!(attached.contains("info:    Getting virtual machines\ninfo:    Adding Data-Disk\n"));
    let disks = json(&simulator, "azure vm disk list web --json");
    assert_eq!(disks[1]["logicalDiskSizeInGB"], 10);
    assert_eq!(disks[1]["hostCaching"], "ReadOnly");
    assert_eq!(disks[1]["label"], "web-web-web-0");
    assert_eq!(disks[2]["logicalUnitNumber"], 1);
    let own = disks[0]["mediaLink"].as_str().expect("a link");
    let (folder, _) = own.rsplit_once('/').expect("a path");
    let beside = disks[1]["mediaLink"].as_str().expect("a link");
    assert!(beside.starts_with(&format!("{folder}/web-")), "{beside}");
    let second = disks[2]["mediaLink"].as_str().expect("a link");
    assert_eq!(second, format!("{folder}/second.vhd"));

    done(&simulator, "azure vm disk update web 0 -c ReadWrite");
    let updated = json(&simulator, "azure vm disk list web --json");
    assert_eq!(updated[1]["hostCaching"], "ReadWrite");

    let name = disks[1]["name"].as_str().expect("a name");
    let detached = done(&simulator, "azure vm disk detach web 0");
    assert!(detached.contains("info:    Removing Data-Disk\n"));
    let left = json(&simulator, "azure vm disk list web --json");
    assert_eq!(left.as_array().map(Vec::len), Some(2));

    done(&simulator, &format!("azure vm disk attach web {name}"));
    let back = json(&simulator, "azure vm disk list web --json");
    let numbers: Vec<_> = back
        .as_array()
        .expect("a list")
        .iter()
        .filter(|one| one["name"] == name)
        .map(|one| one["logicalUnitNumber"].clone())
        .collect();
    assert_eq!(numbers, [2]);
}

#[test]
fn what_makes_no_sense_is_refused_before_anything_is_asked() {
    let simulator = with_machine();

    for (line, words) in [
        (
            "azure vm disk attach-new web ten",
            "size-in-gb must be an integer",
        ),
        (
            "azure vm disk attach-new web 10 -c always",
            "Given --host-caching is invalid, supported values are None, ReadOnly, ReadWrite",
        ),
        ("azure vm disk detach web first", "lun must be an integer"),
        ("azure vm disk update web 0", "--host-caching is required"),
        (
            "azure vm disk update web 0 -c None",
            "There is no data disk attached to this VM",
        ),
    ] {
        refused_beforehand(&simulator, line, words);
    }
    refused(&simulator, "azure vm disk detach web 7", "error:   ");
    let nobody = done(&simulator, "azure vm disk attach-new nobody 10");
    assert!(nobody.contains("warn:    No VMs found\n"), "{nobody}");
}

#[test]
fn an_account_that_cannot_hold_the_disk_is_refused_beforehand() {
    let simulator = with_machine();
    for (name, kind) in [("zones", "ZRS"), ("premium", "PLRS")] {
        let line = format!("azure storage account create {name} -l 'West US' --type {kind}");
        done(&simulator, &line);
    }
    let blob = |account: &str| format!("https://{account}.blob.core.windows.net/vhds/new.vhd");

    for (line, words) in [
        (
            format!("azure vm disk attach-new web 10 {}", blob("zones")),
            "`zones` is Standard_ZRS, and such accounts hold no disks",
        ),
        (
            format!("azure vm disk attach-new web 10 {}", blob("premium")),
            "`premium` is Premium_LRS, and machines of size `Small` take no disks of such accounts",
        ),
        (
            format!(
                "azure vm create new {IMAGE} me 'Pa$$w0rd1' -l 'West US' -u {}",
                blob("zones")
            ),
            "such accounts hold no disks",
        ),
        (
            format!(
                "azure vm create new {IMAGE} me 'Pa$$w0rd1' -l 'West US' -z Medium -u {}",
                blob("premium")
            ),
            "machines of size `Medium` take no disks",
        ),
        (
            format!("azure vm disk create new -u {} -o Linux", blob("zones")),
            "such accounts hold no disks",
        ),
        (
            format!("azure vm image create new -u {} -o Linux", blob("zones")),
            "such accounts hold no disks",
        ),
    ] {
        refused_beforehand(&simulator, &line, words);
    }
    done(
        &simulator,
        &format!("azure vm disk create new -u {} -o Linux", blob("premium")),
    );
}
