//! Bodies of every kind, spoiled in each place: nothing panics, and what is refused changes nothing.

use serde_json::{Value, json};

use super::{Azure, SUBSCRIPTION, compute, id, machine, network};
use crate::Pace;
use crate::world::SubscriptionId;

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

/// A request, and the body that it has where nothing is spoiled.
type Case = (String, Value);

fn put(path: &str, body: Value) -> Case {
    (format!("PUT {path}"), body)
}

/// Bodies of networks and what belongs to them.
fn of_network() -> Vec<Case> {
    let subnet = json!({"id": id(&network("virtualNetworks/net/subnets/s"))});
    let guard = json!({"id": id(&network("networkSecurityGroups/n"))});
    let rule = json!({"protocol": "Tcp", "sourcePortRange": "*",
        "destinationPortRanges": ["22", "80-90"], "sourceAddressPrefixes": ["10.0.0.0/8", "Internet"],
        "destinationAddressPrefix": "*", "access": "Allow", "priority": 100, "direction": "Inbound",
        "description": "words"});
    vec![
        put(
            &network("virtualNetworks/a"),
            json!({"location": "westus", "tags": {"a": "b"}, "properties": {
                "addressSpace": {"addressPrefixes": ["10.1.0.0/16"]},
                "dhcpOptions": {"dnsServers": ["10.1.0.4"]},
                "subnets": [{"name": "s", "properties": {"addressPrefix": "10.1.0.0/24"}}]}}),
        ),
        put(
            &network("virtualNetworks/net/subnets/b"),
            json!({"name": "b", "properties": {"addressPrefixes": ["10.0.1.0/24"],
                "networkSecurityGroup": guard, "serviceEndpoints": []}}),
        ),
        put(
            &network("networkSecurityGroups/a"),
            json!({"location": "westus", "properties": {
                "securityRules": [{"name": "r", "properties": rule}]}}),
        ),
        put(
            &network("networkSecurityGroups/n/securityRules/b"),
            json!({"name": "b", "properties": rule}),
        ),
        put(
            &network("publicIPAddresses/a"),
            json!({"location": "westus", "sku": {"name": "Standard"}, "properties": {
                "publicIPAllocationMethod": "Static", "idleTimeoutInMinutes": 4,
                "dnsSettings": {"domainNameLabel": "other"}}}),
        ),
        put(
            &network("networkInterfaces/a"),
            json!({"location": "westus", "properties": {"networkSecurityGroup": guard, "ipConfigurations": [
                {"name": "ip", "properties": {"subnet": subnet, "privateIPAddress": "10.0.0.9",
                    "privateIPAllocationMethod": "Static", "primary": true}}]}}),
        ),
        (
            format!("PATCH {}", network("networkSecurityGroups/n")),
            json!({"tags": {"a": "b"}, "properties": {"securityRules": []}}),
        ),
    ]
}

/// Bodies of machines and what belongs to them.
fn of_compute() -> Vec<Case> {
    let script = json!({"location": "westus", "properties": {
        "publisher": "Microsoft.Azure.Extensions", "type": "CustomScript",
        "typeHandlerVersion": "2.1", "settings": {"commandToExecute": "echo hi"}}});
    let docker = json!({"location": "westus", "properties": {
        "publisher": "Microsoft.Azure.Extensions", "type": "DockerExtension",
        "typeHandlerVersion": "1.0", "settings": {"docker": {"port": "2376"}},
        "protectedSettings": {"certs": {"ca": "YQ==", "cert": "YQ==", "key": "YQ=="}}}});
    let mut whole = machine("j");
    whole["properties"]["storageProfile"]["dataDisks"] = json!([{"lun": 0, "createOption": "Empty", "diskSizeGB": 4, "deleteOption": "Delete"},
            {"lun": 1, "createOption": "Attach", "managedDisk": {"id": id(&compute("disks/d"))}}]);
    whole["properties"]["availabilitySet"] = json!({"id": id(&compute("availabilitySets/s"))});
    vec![
        put(
            &compute("disks/a"),
            json!({"location": "westus", "sku": {"name": "Premium_LRS"},
                "properties": {"creationData": {"createOption": "Empty"}, "diskSizeGB": 8}}),
        ),
        put(
            &compute("disks/b"),
            json!({"location": "westus", "properties": {"creationData": {
                "createOption": "Copy", "sourceResourceId": id(&compute("disks/d"))}}}),
        ),
        put(
            &compute("snapshots/a"),
            json!({"location": "westus", "sku": {"name": "Standard_LRS"}, "properties": {
                "incremental": true, "diskSizeGB": 64, "creationData": {
                    "createOption": "Copy", "sourceResourceId": id(&compute("disks/d"))}}}),
        ),
        put(&compute("virtualMachines/a"), whole),
        put(&compute("virtualMachines/v/extensions/e"), script),
        put(&compute("virtualMachines/v/extensions/d"), docker),
        put(
            &compute("availabilitySets/a"),
            json!({"location": "westus", "sku": {"name": "Aligned"}, "properties": {
                "platformUpdateDomainCount": 5, "platformFaultDomainCount": 2}}),
        ),
        put(
            &compute("images/a"),
            json!({"location": "westus", "properties": {"hyperVGeneration": "V2",
                "sourceVirtualMachine": {"id": id(&compute("virtualMachines/generalized"))}}}),
        ),
        put(
            &compute("images/b"),
            json!({"location": "westus", "properties": {"storageProfile": {"osDisk": {
                "osType": "Linux", "osState": "Generalized", "diskSizeGB": 30,
                "managedDisk": {"id": id(&compute("disks/d"))}}, "dataDisks": [], "zoneResilient": false}}}),
        ),
        (
            format!("PATCH {}", compute("virtualMachines/v")),
            json!({"tags": {"a": "b"}, "properties": {"hardwareProfile": {"vmSize": "Standard_B1s"},
                "storageProfile": {"dataDisks": [{"lun": 3, "createOption": "Empty", "diskSizeGB": 1}]},
                "networkProfile": {"networkInterfaces": [{"id": id(&network("networkInterfaces/i"))}]}}}),
        ),
        (
            format!("POST {}/runCommand", compute("virtualMachines/v")),
            json!({"commandId": "RunShellScript", "script": ["echo $a"],
                "parameters": [{"name": "a", "value": "b"}]}),
        ),
    ]
}

/// Bodies of all else.
fn of_others() -> Vec<Case> {
    let store = "/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/other";
    let template = json!({
        "$schema": "https://schema.management.azure.com/schemas/2015-01-01/deploymentTemplate.json#",
        "contentVersion": "1.0.0.0",
        "parameters": {"name": {"type": "string", "defaultValue": "x", "minLength": 1},
            "secret": {"type": "securestring"}},
        "variables": {"one": "[concat(parameters('name'), 1)]"},
        "resources": [
            {"type": "Microsoft.Network/publicIPAddresses", "apiVersion": "2015-06-15",
                "name": "[variables('one')]", "location": "[resourceGroup().location]",
                "dependsOn": [], "tags": {}, "copy": {"name": "loop", "count": 1},
                "properties": {"publicIPAllocationMethod": "Dynamic"}},
            {"type": "Microsoft.Compute/availabilitySets", "apiVersion": "2024-07-01", "name": "t",
                "location": "westus", "condition": true, "dependsOn": ["loop"]}],
        "outputs": {"id": {"type": "string", "value": "[resourceId('Microsoft.Compute/availabilitySets', 't')]"}},
    });
    let deployment = json!({"properties": {"mode": "incremental", "template": template,
        "parameters": {"secret": {"value": "s"}}}});
    let at = "/resourcegroups/g/providers/Microsoft.Resources/deployments/d";
    vec![
        put(
            "/resourcegroups/a",
            json!({"location": "westus", "tags": {"a": "b"}, "managedBy": "x"}),
        ),
        (
            "PATCH /resourcegroups/g".to_owned(),
            json!({"tags": {"a": "b"}, "location": "westus"}),
        ),
        put(
            store,
            json!({"location": "westus", "sku": {"name": "Standard_LRS"}, "kind": "StorageV2",
                "properties": {"accessTier": "Hot", "encryption": {"services": {}}}}),
        ),
        (
            format!("POST {}/regenerateKey", store.replace("other", "kept")),
            json!({"keyName": "key1"}),
        ),
        (
            "POST /providers/Microsoft.Storage/checkNameAvailability".to_owned(),
            json!({"name": "store", "type": "Microsoft.Storage/storageAccounts"}),
        ),
        put(at, deployment.clone()),
        (format!("POST {at}/validate"), deployment),
    ]
}

/// A world in which each of these bodies would be taken.
fn stage() -> Azure {
    let mut azure = Azure::with_group(Pace::Instant);
    azure.make_network("Standard");
    let here = json!({"location": "westus"});
    let interface = |address: &str| {
        json!({"location": "westus", "properties": {"ipConfigurations": [{"name": "ip", "properties": {
            "subnet": {"id": id(&network("virtualNetworks/net/subnets/s"))},
            "privateIPAllocationMethod": "Static", "privateIPAddress": address}}]}})
    };
    for (line, body) in [
        put(&network("networkInterfaces/j"), interface("10.0.0.20")),
        put(&network("networkInterfaces/k"), interface("10.0.0.21")),
        put(&compute("availabilitySets/s"), here),
        put(
            &compute("disks/d"),
            json!({"location": "westus", "properties": {"creationData": {"createOption": "Empty"},
                "diskSizeGB": 4}}),
        ),
        put(
            "/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/kept",
            json!({"location": "westus", "sku": {"name": "Standard_LRS"}, "kind": "StorageV2"}),
        ),
        put(&compute("virtualMachines/v"), machine("i")),
        put(&compute("virtualMachines/generalized"), machine("k")),
        (
            format!("POST {}/deallocate", compute("virtualMachines/generalized")),
            Value::Null,
        ),
        (
            format!("POST {}/generalize", compute("virtualMachines/generalized")),
            Value::Null,
        ),
    ] {
        let made = azure.ask(&line, &body);
        assert!(made.status < 300, "{line}: {made:?}");
    }
    azure
}

fn check(cases: Vec<Case>) {
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
    let mut azure = stage();
    let standing = azure.world.clone();
    // What the subscription holds, and what the next identifiers and addresses follow from.
    let written = |azure: &Azure| {
        let view = azure.world.managed(&SubscriptionId::new(SUBSCRIPTION));
        serde_json::to_string(&(view.unwrap().held, &azure.world.ground.sources)).unwrap()
    };
    let before = written(&azure);
    for (line, body) in cases {
        azure.world = standing.clone();
        let told = azure.ask(&line, &body);
        assert!(told.status < 300, "{line}: {told:?}");
        let mut all = Vec::new();
        places(&body, "", &mut all);
        for place in all {
            for spoil in &spoils {
                let mut spoiled = body.clone();
                *spoiled.pointer_mut(&place).unwrap() = spoil.clone();
                azure.world = standing.clone();
                let told = azure.ask(&line, &spoiled);
                assert!(
                    matches!(told.status, 200 | 201 | 202 | 400 | 404 | 409 | 501),
                    "{line}{place} = {spoil}: {told:?}"
                );
                if told.status >= 400 {
                    assert!(!told.code().is_empty(), "{line}{place} = {spoil}");
                    assert_eq!(written(&azure), before, "{line}{place} = {spoil}");
                }
            }
        }
    }
}

#[test]
fn bodies_of_networks_are_taken_or_refused_and_a_refusal_changes_nothing() {
    check(of_network());
}

#[test]
fn bodies_of_machines_are_taken_or_refused_and_a_refusal_changes_nothing() {
    check(of_compute());
}

#[test]
fn other_bodies_are_taken_or_refused_and_a_refusal_changes_nothing() {
    check(of_others());
}
