//! `vm capture`, `vm export`, `vm create-from`.

use super::{done, json, refused, refused_beforehand, with_machine};

#[test]
fn a_machine_becomes_an_image_and_goes() {
    let simulator = with_machine();
    for (line, words) in [
        (
            "azure vm capture web mine",
            "To capture VM as OS Image --delete option must be specified",
        ),
        (
            "azure vm capture web mine -o broken",
            "Given --os-state is invalid, supported values are Generalized, Specialized",
        ),
        (
            "azure vm capture web mine -t -o Specialized",
            "--delete option cannot be used with --os-state",
        ),
        (
            &format!("azure vm capture web {} -t", super::IMAGE),
            "Another image of type \"OS Image\" exists with the same name.",
        ),
    ] {
        refused_beforehand(&simulator, line, words);
    }

    done(&simulator, "azure vm shutdown web");
    let captured = done(&simulator, "azure vm capture web mine --delete -e 'My own'");

    assert!(
        captured.contains("info:    Checking image with name mine exists\ninfo:    Capturing VM\n")
    );
    let image = json(&simulator, "azure vm image show mine --json");
    assert_eq!(image["label"], "My own");
    let left = json(&simulator, "azure vm list --json");
    assert_eq!(left, serde_json::json!([]));
}

#[test]
fn a_machine_image_is_taken_while_the_machine_stays() {
    let simulator = with_machine();

    let captured = done(&simulator, "azure vm capture web whole -o specialized");

    assert!(captured.contains(
        "warn:    The VM image capture operation has been started while the VM is still running."
    ));
    let image = json(&simulator, "azure vm image show whole --json");
    assert_eq!(image["oSDiskConfiguration"]["oSState"], "Specialized");
    let left = json(&simulator, "azure vm list --json");
    assert_eq!(left[0]["VMName"], "web");
    refused(
        &simulator,
        "azure vm capture web WHOLE -o Generalized",
        "Another image of type \"Specialized VM Image\" exists with the same name.",
    );
}

#[test]
fn a_machine_moves_to_another_service_in_a_file() {
    let simulator = with_machine();
    done(&simulator, "azure vm disk attach-new web 5");

    let exported = done(&simulator, "azure vm export web web.json");
    assert!(exported.contains("info:    VM web exported to web.json\n"));
    done(&simulator, "azure vm delete web -q");
    done(
        &simulator,
        r#"azure vm create-from http://moved.cloudapp.net web.json -l "West US""#,
    );

    let machine = json(&simulator, "azure vm show web --json");
    assert_eq!(machine["DNSName"], "moved.cloudapp.net");
    assert_eq!(machine["Network"]["Endpoints"][0]["port"], 22);
    assert_eq!(machine["DataDisks"][0]["logicalDiskSizeInGB"], 5);
    let file = simulator.room.home().join("web.json");
    let file: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(file).expect("the file")).expect("JSON");
    assert_eq!(file["roleName"], "web");
    assert_eq!(file["oSVirtualHardDisk"].get("mediaLink"), None);
}

#[test]
fn a_file_that_holds_no_machine_or_has_no_place_to_go_changes_nothing() {
    let simulator = with_machine();
    done(
        &simulator,
        "azure vm export web web.json; echo '{}' > empty.json",
    );

    for (line, words) in [
        (
            "azure vm create-from new nowhere.json",
            "failed to read `nowhere.json`",
        ),
        (
            r#"azure vm create-from new empty.json -l "West US""#,
            "`empty.json` cannot be used",
        ),
        (
            "azure vm create-from new web.json",
            "location or affinity group is required for a new cloud service",
        ),
        (
            "azure vm create-from new web.json -l Nowhere",
            "No location found which has DisplayName or Name same as value of --location",
        ),
        (
            "azure vm create-from new web.json -w nowhere",
            "Virtual network with name nowhere not found",
        ),
        (
            "azure vm create-from web web.json",
            "A VM with dns prefix \"web\" already exists",
        ),
    ] {
        refused_beforehand(&simulator, line, words);
    }
    // The machine still has its disk, so the service refuses, and the new cloud service goes again.
    refused(
        &simulator,
        r#"azure vm create-from new web.json -l "West US""#,
        "error:   ",
    );
    let services = json(&simulator, "azure service list --json");
    assert_eq!(services.as_array().map(Vec::len), Some(1), "{services}");
}

#[test]
fn a_size_in_the_file_that_is_none_is_answered_with_what_comes_near() {
    let simulator = with_machine();
    done(
        &simulator,
        "azure vm export web web.json && sed -i 's/\"roleSize\": *\"[A-Za-z]*\"/\"roleSize\": \"Smal\"/' web.json && grep -q Smal web.json",
    );

    refused(
        &simulator,
        r#"azure vm create-from new web.json -l "West US""#,
        "did you mean `Small`?",
    );
}
