//! Networks, rules and addresses.

use serde_json::{Value, json};

use super::{Azure, id, network};
use crate::Pace;

#[test]
fn a_network_and_its_parts_are_told_in_the_services_form() {
    let mut azure = Azure::with_group(Pace::Instant);
    azure.make_network("Standard");
    let net = azure.get(&network("virtualNetworks/net")).body;
    let subnet = &net["properties"]["subnets"][0];
    assert_eq!(
        subnet["id"],
        json!(id(&network("virtualNetworks/net/subnets/s")))
    );
    assert!(subnet["properties"]["ipConfigurations"][0]["id"].is_string());
    let group = azure.get(&network("networkSecurityGroups/n")).body;
    let rule = &group["properties"]["securityRules"][0]["properties"];
    assert_eq!(
        (rule["access"].as_str(), rule["direction"].as_str()),
        (Some("Allow"), Some("Inbound"))
    );
    assert_eq!(
        group["properties"]["defaultSecurityRules"]
            .as_array()
            .unwrap()
            .len(),
        6
    );
    let interface = azure.get(&network("networkInterfaces/i")).body;
    let ip = &interface["properties"]["ipConfigurations"][0]["properties"];
    assert_eq!(ip["privateIPAddress"], "10.0.0.4");
    let address = azure.get(&network("publicIPAddresses/p")).body;
    assert_eq!(
        address["properties"]["dnsSettings"]["fqdn"],
        "web1.westus.cloudapp.azure.com"
    );
    assert!(address["properties"]["ipAddress"].is_string());
}

#[test]
fn things_go_in_the_order_in_which_they_depend_on_each_other() {
    let mut azure = Azure::with_group(Pace::Instant);
    azure.make_network("Standard");
    for (path, code) in [
        ("virtualNetworks/net", "InUseSubnetCannotBeDeleted"),
        (
            "virtualNetworks/net/subnets/s",
            "InUseSubnetCannotBeDeleted",
        ),
        (
            "networkSecurityGroups/n",
            "InUseNetworkSecurityGroupCannotBeDeleted",
        ),
        ("publicIPAddresses/p", "PublicIPAddressCannotBeDeleted"),
    ] {
        let held = azure.ask(&format!("DELETE {}", network(path)), &Value::Null);
        assert_eq!((held.status, held.code()), (400, code), "{path}");
    }
    for path in [
        "networkInterfaces/i",
        "publicIPAddresses/p",
        "networkSecurityGroups/n",
        "virtualNetworks/net/subnets/s",
        "virtualNetworks/net",
    ] {
        let gone = azure.ask(&format!("DELETE {}", network(path)), &Value::Null);
        assert_eq!(gone.status, 200, "{path}: {gone:?}");
    }
    assert_eq!(azure.get("/resources").body["value"], json!([]));
}

#[test]
fn what_does_not_fit_a_network_is_refused_by_its_own_code() {
    let mut azure = Azure::with_group(Pace::Instant);
    let net = |prefix: &str, subnet: &str| {
        json!({"location": "westus", "properties": {
        "addressSpace": {"addressPrefixes": [prefix]},
        "subnets": [{"name": "a", "properties": {"addressPrefix": subnet}}]}})
    };
    let rule = |place: &str, value: Value| {
        let mut rule = json!({"protocol": "Tcp", "sourcePortRange": "*",
            "destinationPortRange": "22", "sourceAddressPrefix": "*",
            "destinationAddressPrefix": "*", "access": "Allow", "priority": 100,
            "direction": "Inbound"});
        rule[place] = value;
        json!({"location": "westus", "properties": {"securityRules": [{"name": "r", "properties": rule}]}})
    };
    let address = |properties: Value| json!({"location": "westus", "properties": properties});
    for (path, body, code) in [
        (
            "virtualNetworks/a",
            net("10.0.0.0/99", "10.0.0.0/24"),
            "InvalidAddressPrefixFormat",
        ),
        (
            "virtualNetworks/a",
            net("10.0.0.0/16", "10.1.0.0/24"),
            "NetcfgInvalidSubnet",
        ),
        (
            "networkSecurityGroups/a",
            rule("priority", json!(99)),
            "SecurityRuleInvalidPriority",
        ),
        (
            "networkSecurityGroups/a",
            rule("destinationPortRange", json!("66600")),
            "SecurityRuleInvalidPortRange",
        ),
        (
            "networkSecurityGroups/a",
            rule("sourceAddressPrefix", json!("1.2.3")),
            "SecurityRuleInvalidAddressPrefix",
        ),
        (
            "networkSecurityGroups/a",
            rule("description", json!("x".repeat(141))),
            "SecurityRuleDescriptionTooLong",
        ),
        (
            "publicIPAddresses/a",
            address(json!({"idleTimeoutInMinutes": 31})),
            "PublicIPIdleTimeoutIsOutOfRange",
        ),
        (
            "publicIPAddresses/a",
            address(json!({"dnsSettings": {"domainNameLabel": "A_"}})),
            "InvalidDomainNameLabel",
        ),
        (
            "networkInterfaces/a",
            json!({"location": "westus", "properties": {"ipConfigurations": [{"name": "ip",
            "properties": {"subnet": {"id": id(&network("virtualNetworks/no/subnets/s"))}}}]}}),
            "InvalidResourceReference",
        ),
        (
            "networkInterfaces/a",
            json!({"location": "westus", "properties": {"ipConfigurations": [{"name": "ip",
            "properties": {"subnet": {"id": "s"}}}]}}),
            "LinkedInvalidPropertyId",
        ),
    ] {
        let refused = azure.ask(&format!("PUT {}", network(path)), &body);
        assert_eq!(refused.code(), code, "{path}: {refused:?}");
    }
    assert_eq!(azure.get("/resources").body["value"], json!([]));
}

#[test]
fn a_dynamic_address_is_a_running_machines() {
    let mut azure = Azure::with_group(Pace::Instant);
    azure.make_network("Basic");
    let path = network("publicIPAddresses/p");
    let address = |azure: &mut Azure| azure.get(&path).body["properties"]["ipAddress"].clone();
    assert_eq!(address(&mut azure), Value::Null);
    let machine_path = super::compute("virtualMachines/v");
    azure.ask(&format!("PUT {machine_path}"), &super::machine("i"));
    assert!(address(&mut azure).is_string());
    azure.ask(&format!("POST {machine_path}/powerOff"), &Value::Null);
    assert!(address(&mut azure).is_string());
    azure.ask(&format!("POST {machine_path}/deallocate"), &Value::Null);
    assert_eq!(address(&mut azure), Value::Null);
    azure.ask(&format!("POST {machine_path}/start"), &Value::Null);
    assert!(address(&mut azure).is_string());
}

#[test]
fn unknown_members_are_taken_and_named() {
    let mut azure = Azure::with_group(Pace::Instant);
    let body = json!({"location": "westus", "moon": 1,
        "properties": {"publicIPAllocationMethod": "Static", "cheese": true, "ddosSettings": {"a": 1}}});
    let made = azure.ask(&format!("PUT {}", network("publicIPAddresses/p")), &body);
    assert_eq!(made.status, 201);
    assert_eq!(made.skipped, ["moon", "properties.cheese"]);
    assert_eq!(made.body["properties"]["ddosSettings"], json!({"a": 1}));
    assert_eq!(made.body["properties"]["cheese"], Value::Null);
}
