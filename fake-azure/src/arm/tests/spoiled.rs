//! Bodies that are spoiled in each place: nothing panics, and what is refused changes nothing.

use serde_json::{Value, json};

use super::{Azure, compute, id, machine, network};
use crate::Pace;

/// The places in a document, as pointers.
fn places(value: &Value, at: &str, found: &mut Vec<String>) {
    found.push(at.to_owned());
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                places(value, &format!("{at}/{name}"), found);
            }
        }
        Value::Array(list) => {
            for (n, value) in list.iter().enumerate() {
                places(value, &format!("{at}/{n}"), found);
            }
        }
        _ => {}
    }
}

#[test]
fn a_body_that_is_spoiled_anywhere_is_taken_or_refused_and_a_refusal_changes_nothing() {
    let subnet = json!({"id": id(&network("virtualNetworks/net/subnets/s"))});
    let extension = json!({"location": "westus", "properties": {
        "publisher": "Microsoft.Azure.Extensions", "type": "CustomScript",
        "typeHandlerVersion": "2.1", "settings": {"commandToExecute": "echo hi"}}});
    let bodies = [
        (
            network("virtualNetworks/a"),
            json!({"location": "westus", "tags": {"a": "b"}, "properties": {
            "addressSpace": {"addressPrefixes": ["10.1.0.0/16"]}, "dhcpOptions": {"dnsServers": ["10.1.0.4"]},
            "subnets": [{"name": "s", "properties": {"addressPrefix": "10.1.0.0/24"}}]}}),
        ),
        (
            network("networkSecurityGroups/a"),
            json!({"location": "westus", "properties": {"securityRules": [
            {"name": "r", "properties": {"protocol": "Tcp", "sourcePortRange": "*",
                "destinationPortRanges": ["22", "80-90"], "sourceAddressPrefix": "*",
                "destinationAddressPrefix": "*", "access": "Allow", "priority": 100, "direction": "Inbound"}}]}}),
        ),
        (
            network("publicIPAddresses/a"),
            json!({"location": "westus", "sku": {"name": "Standard"}, "properties": {
            "publicIPAllocationMethod": "Static", "idleTimeoutInMinutes": 4,
            "dnsSettings": {"domainNameLabel": "other"}}}),
        ),
        (
            network("networkInterfaces/a"),
            json!({"location": "westus", "properties": {"ipConfigurations": [
            {"name": "ip", "properties": {"subnet": subnet, "privateIPAddress": "10.0.0.9",
                "privateIPAllocationMethod": "Static", "primary": true}}]}}),
        ),
        (
            compute("disks/a"),
            json!({"location": "westus", "sku": {"name": "Premium_LRS"},
            "properties": {"creationData": {"createOption": "Empty"}, "diskSizeGB": 8}}),
        ),
        (compute("virtualMachines/a"), machine("i")),
        (compute("virtualMachines/v/extensions/e"), extension),
    ];
    let spoils = [
        Value::Null,
        json!(7),
        json!(-1),
        json!(1e300),
        json!("x"),
        json!(""),
        json!("\u{0}é"),
        json!([]),
        json!([[]]),
        json!({}),
        json!({"id": "/subscriptions"}),
        json!(true),
    ];
    for (path, body) in bodies {
        let mut azure = Azure::with_group(Pace::Instant);
        azure.make_network("Standard");
        if path.contains("/extensions/") {
            azure.ask(
                &format!("PUT {}", compute("virtualMachines/v")),
                &machine("i"),
            );
        }
        let standing = azure.world.clone();
        let mut all = Vec::new();
        places(&body, "", &mut all);
        for place in all {
            for spoil in &spoils {
                let mut spoiled = body.clone();
                *spoiled.pointer_mut(&place).unwrap() = spoil.clone();
                azure.world = standing.clone();
                let before = azure.get("/resources").body;
                let told = azure.ask(&format!("PUT {path}"), &spoiled);
                assert!(
                    matches!(told.status, 200 | 201 | 400 | 404 | 409 | 501),
                    "{path}{place} = {spoil}: {told:?}"
                );
                if told.status >= 400 {
                    assert!(!told.code().is_empty(), "{path}{place} = {spoil}");
                    assert_eq!(
                        azure.get("/resources").body,
                        before,
                        "{path}{place} = {spoil}"
                    );
                }
            }
        }
    }
}
