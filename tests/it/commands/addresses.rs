//! `vm static-ip`, `vm public-ip`, `network vnet static-ip`.

use super::{IMAGE, done, json, refused_beforehand, with_machine};
use crate::simulator::Simulator;

fn with_network() -> Simulator {
    let simulator = Simulator::start();
    done(
        &simulator,
        &format!(
            r#"azure network vnet create inside -e 10.0.0.0 -i 16 -p 10.0.1.0 -r 24 -n front -l "West US"
            azure vm create web {IMAGE} me 'Pa$$w0rd1' -l "West US" -e 22 -w inside -b front"#
        ),
    );
    simulator
}

#[test]
fn a_machine_keeps_its_address_until_it_is_taken_away() {
    let simulator = with_network();
    let before = done(&simulator, "azure vm static-ip show web");
    assert!(
        before.contains("info:    No static IP address set for VM web\n"),
        "{before}"
    );

    done(&simulator, "azure vm static-ip set web 10.0.1.20");

    let shown = done(&simulator, "azure vm static-ip show web");
    assert!(
        shown.contains("data:    Network StaticIP \"10.0.1.20\"\n"),
        "{shown}"
    );
    let told = json(&simulator, "azure vm static-ip show web --json");
    assert_eq!(
        told,
        serde_json::json!({"Network": {"StaticIP": "10.0.1.20"}})
    );

    let taken = json(
        &simulator,
        "azure network vnet static-ip check inside 10.0.1.20 --json",
    );
    assert_eq!(taken["isAvailable"], false);
    let others = taken["availableAddresses"].as_array().expect("a list");
    assert!(!others.is_empty());
    let free = done(
        &simulator,
        "azure network vnet static-ip check inside 10.0.1.30",
    );
    assert!(free.contains("isAvailable true"), "{free}");

    done(&simulator, "azure vm static-ip remove web");
    let after = done(&simulator, "azure vm static-ip show web");
    assert!(after.contains("info:    No static IP address set for VM web\n"));
}

#[test]
fn an_address_outside_of_the_subnets_is_refused_beforehand() {
    let simulator = with_network();

    for (line, words) in [
        (
            "azure vm static-ip set web 10.0.2.20",
            "The static address 10.0.2.20 doesn't belong to the address space defined by the role's subnets.",
        ),
        ("azure vm static-ip set web 10.0.2", "is invalid"),
        ("azure vm static-ip set nobody 10.0.1.20", "No VMs found"),
    ] {
        refused_beforehand(&simulator, line, words);
    }
    let alone = with_machine();
    refused_beforehand(
        &alone,
        "azure vm static-ip set web 10.0.1.20",
        "The VM does not belong to any virtual networks.",
    );
}

#[test]
fn a_machine_is_given_a_public_address_of_its_own() {
    let simulator = with_machine();
    let none = done(&simulator, "azure vm public-ip list web");
    assert!(none.contains("info:    No public IP addresses found\n"));

    done(&simulator, "azure vm public-ip set web outside -t 10");

    let listed = done(&simulator, "azure vm public-ip list -n web");
    assert!(
        listed.contains("data:    outside  10                  \n"),
        "{listed}"
    );
    let told = json(&simulator, "azure vm public-ip list web --json");
    assert_eq!(
        told,
        serde_json::json!([{"name": "outside", "idleTimeoutInMinutes": 10}])
    );
    let again = done(&simulator, "azure vm public-ip set web outside");
    assert!(
        again.contains("info:    There is nothing to update\n"),
        "{again}"
    );
    done(&simulator, "azure vm public-ip set web OUTSIDE -t 20");
    let told = json(&simulator, "azure vm public-ip list web --json");
    assert_eq!(told[0]["idleTimeoutInMinutes"], 20);

    for (line, words) in [
        (
            "set web outside -t 40",
            "--idle-timeoutInMinutes must be an integer in the range [4 - 30]",
        ),
        ("set web", "publicip-name is required"),
        (
            "delete web nope -q",
            "No PublicIP with name nope found in the VM Network configuration",
        ),
    ] {
        refused_beforehand(&simulator, &format!("azure vm public-ip {line}"), words);
    }
    done(&simulator, "azure vm public-ip delete web outside -q");
    let told = json(&simulator, "azure vm public-ip list web --json");
    assert_eq!(told, serde_json::json!([]));
}
