//! create_win_rdp, extension_get and extension_set.

use serde_json::Value;

use super::stage::{PASSWORD, WEST, WINDOWS, some, stages};

#[test]
fn a_windows_machine_has_a_reserved_address_a_neighbour_and_no_double() {
    for stage in stages("instant") {
        stage.silent(&format!("network reserved-ip create mine {WEST}"));
        let create = |options: &str| {
            format!("vm create ClitestVm1 {WINDOWS} azureuser {PASSWORD} {options}")
        };

        stage.json(&create(&format!("-R mine -r -l {WEST}")));
        assert_eq!(stage.json("vm show ClitestVm1")["ReservedIPName"], "mine");
        stage.json(&create("--connect -l someLoc"));
        let said = stage.refused(&create(&format!("-l {WEST}")));

        assert!(
            said.contains("A VM with dns prefix \"ClitestVm1\" already exists"),
            "{said}"
        );
        stage.silent("vm delete ClitestVm1-2 -b -q");
        stage.silent("vm delete ClitestVm1 -b -q");
    }
}

#[test]
fn an_extension_is_set_found_by_each_of_its_names_and_uninstalled() {
    for stage in stages("reads:1") {
        stage.machine("clitestvm1", WINDOWS);
        let first = stage.json("vm extension list")[0].clone();
        let [name, publisher, version] = ["name", "publisher", "version"]
            .map(|what| first[what].as_str().expect("a text").to_owned());
        let what = format!("clitestvm1 {name} {publisher} {version}");
        stage.silent(&format!("vm extension set {what}"));

        let machines = stage.json("vm list");
        assert_eq!(machines[0]["OSDisk"]["operatingSystem"], "Windows");
        let all = stage.json("vm extension get clitestvm1");
        let reference = all[0]["referenceName"].as_str().expect("a name");
        for filter in [
            format!("-n {name}"),
            format!("-n {name} -p {publisher} -r {reference}"),
        ] {
            let found = stage.json(&format!("vm extension get clitestvm1 {filter}"));
            assert_eq!(found, all, "{filter}");
        }

        stage.silent(&format!("vm extension set -u {what}"));
        assert!(!some(
            &stage.json("vm extension get clitestvm1"),
            "name",
            &name
        ));
    }
}

#[test]
fn boot_diagnostics_are_switched_off_and_on() {
    for stage in stages("after:0.001").filter(super::stage::Stage::latest) {
        stage.machine("clitestvm1", WINDOWS);
        let shown = || stage.json("vm show clitestvm1")["DebugSettings"].clone();
        assert_eq!(shown()["BootDiagnosticsEnabled"], true);
        for (word, enabled) in [
            ("false", Value::Object(serde_json::Map::new())),
            ("true", true.into()),
        ] {
            stage.silent(&format!("vm set clitestvm1 -B {word}"));
            let settings = shown();
            assert_eq!(settings["BootDiagnosticsEnabled"], enabled, "{word}");
            for uri in ["ConsoleScreenshotBlobUri", "SerialOutputBlobUri"] {
                assert!(settings.get(uri).is_some(), "{word}: {uri}");
            }
        }
    }
}
