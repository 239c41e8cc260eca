//! `network vnet subnet`, `network local-network`, `network vnet local-network`.

use super::{done, json, refused, refused_beforehand};
use crate::simulator::Simulator;

fn with_network() -> Simulator {
    let simulator = Simulator::start();
    done(
        &simulator,
        r#"azure network vnet create inside -e 10.0.0.0 -i 16 -p 10.0.1.0 -r 24 -n front -l "West US""#,
    );
    simulator
}

#[test]
fn subnets_come_change_and_go() {
    let simulator = with_network();

    let made = done(
        &simulator,
        "azure network vnet subnet create inside back -a 10.0.8.0/24",
    );

    assert!(
        made.contains(
            "info:    Creating subnet \"back\"\ndata:    Name                            : back\ndata:    Address prefix                  : 10.0.8.0/24\n"
        ),
        "{made}"
    );
    let listed = done(&simulator, "azure network vnet subnet list inside");
    assert!(
        listed.contains("data:    Name   Address prefix\n")
            && listed.contains("data:    back   10.0.8.0/24   \n"),
        "{listed}"
    );
    done(
        &simulator,
        "azure network vnet subnet set -t inside -n BACK -a 10.0.9.0/24",
    );
    let shown = json(
        &simulator,
        "azure network vnet subnet show inside back --json",
    );
    assert_eq!(
        shown,
        serde_json::json!({"AddressPrefix": "10.0.9.0/24", "Name": "back"})
    );
    done(
        &simulator,
        "azure network vnet subnet delete inside back -q",
    );
    let gone = done(&simulator, "azure network vnet subnet show inside back");
    assert!(gone.contains("warn:    A virtual network subnet with name \"back\" not found\n"));
}

#[test]
fn a_subnet_that_cannot_be_is_refused_beforehand() {
    let simulator = with_network();

    for (line, words) in [
        ("create inside back", "--address-prefix is required"),
        (
            "create inside back -a 10.0.8.0",
            "The address space \"10.0.8.0\" is invalid.",
        ),
        (
            "create nowhere back -a 10.0.8.0/24",
            "A virtual network with name \"nowhere\" not found",
        ),
        (
            "create inside FRONT -a 10.0.8.0/24",
            "A subnet with name \"FRONT\" already exists in the virtual network \"inside\"",
        ),
        (
            "create inside back -a 10.0.8.0/24 -o nobody",
            "A network security group with name \"nobody\" not found",
        ),
        (
            "set inside back -a 10.0.8.0/24",
            "A virtual network \"inside\" does not contain a subnet with name \"back\"",
        ),
        (
            "delete inside back -q",
            "Virtual network subnet with name \"back\" not found in virtual network \"inside\"",
        ),
    ] {
        refused_beforehand(
            &simulator,
            &format!("azure network vnet subnet {line}"),
            words,
        );
    }
}

#[test]
fn a_network_elsewhere_is_described_and_led_to() {
    let simulator = with_network();

    let made = done(
        &simulator,
        "azure network local-network create office 192.168.0.0/16,nonsense,172.16.0.0/12 -w 198.51.100.7",
    );

    assert!(
        made.contains("warn:    Address prefix \"nonsense\" would not be added: "),
        "{made}"
    );
    assert!(
        made.contains(
            "data:    Name                            : office\ndata:    Gateway address                 : 198.51.100.7\ndata:    Address space:\ndata:      192.168.0.0/16\ndata:      172.16.0.0/12\n"
        ),
        "{made}"
    );
    let listed = done(&simulator, "azure network local-network list");
    assert!(
        listed.contains("data:    office  198.51.100.7     192.168.0.0/16, ...\n"),
        "{listed}"
    );
    done(
        &simulator,
        "azure network local-network set office -a 10.9.0.0/16",
    );
    let shown = json(&simulator, "azure network local-network show OFFICE --json");
    assert_eq!(
        shown,
        serde_json::json!({
            "AddressSpace": ["10.9.0.0/16"], "VPNGatewayAddress": "198.51.100.7", "Name": "office"
        })
    );

    let led = done(
        &simulator,
        "azure network vnet local-network add inside office",
    );
    assert!(led.contains("warn:    A subnet with name \"GatewaySubnet\" must exist"));
    refused_beforehand(
        &simulator,
        "azure network vnet local-network add inside office",
        "Local network \"office\" already associated with virtual network \"inside\"",
    );
    refused_beforehand(
        &simulator,
        "azure network local-network delete office -q",
        "Cannot delete local network \"office\" because it is associated with the virtual network \"inside\"",
    );
    done(
        &simulator,
        "azure network vnet local-network remove inside office",
    );
    refused(
        &simulator,
        "azure network vnet local-network remove inside office",
        "does not have connection to local network",
    );
    done(&simulator, "azure network local-network delete office -q");
    let none = done(&simulator, "azure network local-network list");
    assert!(none.contains("warn:    No local network sites found\n"));
    refused_beforehand(
        &simulator,
        "azure network local-network create office nonsense",
        "All provided address prefixes are invalid.",
    );
}
