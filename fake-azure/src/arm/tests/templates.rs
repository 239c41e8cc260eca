//! Deployments of templates.

use serde_json::{Value, json};

use super::{Azure, KEY, compute};
use crate::Pace;

const DEPLOYMENT: &str = "/resourcegroups/g/providers/Microsoft.Resources/deployments/d";

/// A template as az writes one for `az vm create`.
fn template() -> Value {
    let id = |kind: &str, name: &str| super::id(&super::network(&format!("{kind}/{name}")));
    json!({
        "$schema": "https://schema.management.azure.com/schemas/2015-01-01/deploymentTemplate.json#",
        "contentVersion": "1.0.0.0",
        "parameters": {"adminPassword": {"type": "securestring"}},
        "variables": {}, "outputs": {},
        "resources": [
            {"name": "vVNET", "type": "Microsoft.Network/virtualNetworks", "location": "westus",
                "apiVersion": "2015-06-15", "dependsOn": [], "tags": {},
                "properties": {"addressSpace": {"addressPrefixes": ["10.0.0.0/16"]},
                    "subnets": [{"name": "vSubnet", "properties": {"addressPrefix": "10.0.0.0/24"}}]}},
            {"type": "Microsoft.Network/networkSecurityGroups", "name": "vNSG", "apiVersion": "2015-06-15",
                "location": "westus", "tags": {}, "dependsOn": []},
            {"apiVersion": "2022-01-01", "type": "Microsoft.Network/publicIPAddresses", "name": "vPublicIP",
                "location": "westus", "tags": {}, "dependsOn": [], "sku": {"name": "Standard"},
                "properties": {"publicIPAllocationMethod": "Static", "dnsSettings": {"domainNameLabel": "web2"}}},
            {"apiVersion": "2015-06-15", "type": "Microsoft.Network/networkInterfaces", "name": "vVMNic",
                "location": "westus", "tags": {},
                "dependsOn": ["Microsoft.Network/virtualNetworks/vVNET", "Microsoft.Network/networkSecurityGroups/vNSG",
                    "Microsoft.Network/publicIpAddresses/vPublicIP"],
                "properties": {"ipConfigurations": [{"name": "ipconfigv", "properties": {
                    "privateIPAllocationMethod": "Dynamic",
                    "subnet": {"id": format!("{}/subnets/vSubnet", id("virtualNetworks", "vVNET"))},
                    "publicIPAddress": {"id": id("publicIPAddresses", "vPublicIP")}}}],
                    "networkSecurityGroup": {"id": id("networkSecurityGroups", "vNSG")}}},
            {"apiVersion": "2026-04-01", "type": "Microsoft.Compute/virtualMachines", "name": "v",
                "location": "westus", "tags": {}, "dependsOn": ["Microsoft.Network/networkInterfaces/vVMNic"],
                "properties": {
                    "hardwareProfile": {"vmSize": "Standard_D2s_v5"},
                    "networkProfile": {"networkInterfaces": [{"id": id("networkInterfaces", "vVMNic"),
                        "properties": {"deleteOption": null}}]},
                    "storageProfile": {
                        "osDisk": {"createOption": "fromImage", "name": null, "caching": "ReadWrite",
                            "managedDisk": {"storageAccountType": null}},
                        "imageReference": {"publisher": "Canonical", "offer": "0001-com-ubuntu-server-jammy",
                            "sku": "22_04-lts-gen2", "version": "latest"}},
                    "osProfile": {"computerName": "v", "adminUsername": "me",
                        "adminPassword": "[parameters('adminPassword')]",
                        "customData": "I2Nsb3VkLWNvbmZpZwo=",
                        "linuxConfiguration": {"disablePasswordAuthentication": false, "ssh": {"publicKeys": [
                            {"keyData": KEY, "path": "/home/me/.ssh/authorized_keys"}]}}}}},
        ],
    })
}

fn body(template: &Value) -> Value {
    json!({"properties": {"mode": "incremental", "template": template,
        "parameters": {"adminPassword": {"value": "Very-Secret-1"}}}})
}

#[test]
fn a_template_of_a_machine_is_carried_out() {
    let mut azure = Azure::with_group(Pace::Instant);
    let validated = azure.ask(&format!("POST {DEPLOYMENT}/validate"), &body(&template()));
    assert_eq!(validated.status, 200, "{validated:?}");
    assert_eq!(azure.get("/resources").body["value"], json!([]));
    let made = azure.ask(&format!("PUT {DEPLOYMENT}"), &body(&template()));
    assert_eq!((made.status, made.state()), (201, "Succeeded"), "{made:?}");
    assert_eq!(
        azure.get(&compute("virtualMachines/v")).state(),
        "Succeeded"
    );
    let operations = azure.get(&format!("{DEPLOYMENT}/operations")).body;
    assert_eq!(operations["value"].as_array().unwrap().len(), 5);
    // As az and the SDKs ask for them.
    let shorter = "/resourcegroups/g/deployments/d/operations";
    assert_eq!(azure.get(shorter).body, operations);
    let first = operations["value"][0]["operationId"].as_str().unwrap();
    let one = azure.get(&format!("{shorter}/{first}")).body;
    assert_eq!(one, operations["value"][0]);
    let exported = azure.ask(&format!("POST {DEPLOYMENT}/exportTemplate"), &Value::Null);
    for told in [&made.body, &exported.body, &operations] {
        let text = told.to_string();
        assert!(
            !text.contains("Very-Secret-1") && !text.contains("I2Nsb3Vk"),
            "{text}"
        );
    }
    let again = azure.ask(&format!("PUT {DEPLOYMENT}"), &body(&template()));
    assert_eq!(
        (again.status, again.state()),
        (200, "Succeeded"),
        "{again:?}"
    );
}

#[test]
fn a_deployment_takes_as_long_as_what_it_makes() {
    let mut azure = Azure::with_group(Pace::ByHand);
    let made = azure.ask(&format!("PUT {DEPLOYMENT}"), &body(&template()));
    assert_eq!((made.status, made.state()), (201, "Accepted"), "{made:?}");
    let to = made.header("Azure-AsyncOperation").unwrap();
    let to = to
        .strip_prefix("https://management.azure.com")
        .unwrap()
        .to_owned();
    assert_eq!(azure.get(&to).body["status"], "Running");
    let early = azure.ask(&format!("PUT {DEPLOYMENT}"), &body(&template()));
    assert_eq!(early.code(), "DeploymentActive");
    let mut waited = 0;
    while azure.get(&to).body["status"] == "Running" {
        azure.pass(5);
        waited += 5;
        assert!(waited < 500);
    }
    assert!(waited > 40, "{waited}");
    assert_eq!(azure.get(&to).body["status"], "Succeeded");
    assert_eq!(
        azure.get(&compute("virtualMachines/v")).state(),
        "Succeeded"
    );
}

#[test]
fn what_could_not_go_well_is_refused_before_anything_is_made() {
    let mut azure = Azure::with_group(Pace::Instant);
    let mut bad = template();
    bad["resources"][4]["properties"]["hardwareProfile"]["vmSize"] = json!("Huge");
    let refused = azure.ask(&format!("PUT {DEPLOYMENT}"), &body(&bad));
    assert_eq!(
        (refused.status, refused.code()),
        (400, "InvalidTemplateDeployment"),
        "{refused:?}"
    );
    assert_eq!(
        refused.body["error"]["details"][0]["code"],
        "InvalidParameter"
    );
    let mut bad = template();
    bad["resources"][3]["dependsOn"] = json!(["Microsoft.Network/virtualNetworks/none"]);
    let refused = azure.ask(&format!("PUT {DEPLOYMENT}"), &body(&bad));
    assert_eq!(
        (refused.status, refused.code()),
        (400, "InvalidTemplate"),
        "{refused:?}"
    );
    assert_eq!(azure.get("/resources").body["value"], json!([]));
}

#[test]
fn what_fails_in_a_deployment_is_told_and_what_was_made_stays() {
    let mut azure = Azure::with_group(Pace::Instant);
    let mut bad = template();
    bad["resources"][3]["properties"]["ipConfigurations"][0]["properties"]["subnet"]["id"] = json!(
        super::id(&super::network("virtualNetworks/vVNET/subnets/none"))
    );
    let made = azure.ask(&format!("PUT {DEPLOYMENT}"), &body(&bad));
    assert_eq!((made.status, made.state()), (201, "Failed"), "{made:?}");
    let to = made.header("Azure-AsyncOperation").unwrap();
    let to = to
        .strip_prefix("https://management.azure.com")
        .unwrap()
        .to_owned();
    let told = azure.get(&to).body;
    assert_eq!(told["status"], "Failed");
    assert_eq!(told["error"]["code"], "DeploymentFailed");
    assert_eq!(
        told["error"]["details"][0]["code"],
        "InvalidResourceReference"
    );
    let left = azure.get("/resources").body;
    assert_eq!(left["value"].as_array().unwrap().len(), 3);
}

const AT_SUBSCRIPTION: &str = "/providers/Microsoft.Resources/deployments/whole";

/// A template that makes a group, and what is in it by a deployment of its own.
fn of_subscription() -> Value {
    let inner = json!({
        "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
        "contentVersion": "1.0.0.0",
        "resources": [{"type": "Microsoft.Network/publicIPAddresses", "apiVersion": "2023-09-01",
            "name": "p", "location": "westus", "properties": {}}],
    });
    json!({
        "$schema": "https://schema.management.azure.com/schemas/2018-05-01/subscriptionDeploymentTemplate.json#",
        "contentVersion": "1.0.0.0",
        "parameters": {"group": {"type": "string"}},
        "resources": [
            {"type": "Microsoft.Resources/resourceGroups", "apiVersion": "2021-04-01",
                "name": "[parameters('group')]", "location": "[deployment().location]", "tags": {"a": "b"}},
            {"type": "Microsoft.Resources/deployments", "apiVersion": "2021-04-01", "name": "inner",
                "resourceGroup": "[parameters('group')]",
                "dependsOn": ["[resourceId('Microsoft.Resources/resourceGroups', parameters('group'))]"],
                "properties": {"mode": "Incremental", "template": inner}}],
        "outputs": {
            "of": {"type": "string", "value": "[subscription().subscriptionId]"},
            "place": {"type": "string", "value": "[reference(subscriptionResourceId('Microsoft.Resources/resourceGroups', parameters('group')), '2021-04-01', 'Full').location]"},
        },
    })
}

#[test]
fn a_template_of_a_subscription_makes_groups_and_what_is_in_them() {
    for pace in [Pace::Instant, Pace::After(1.0)] {
        let mut azure = Azure::new(pace);
        let mut body = json!({"location": "West US", "properties": {"mode": "Incremental",
            "template": of_subscription(), "parameters": {"group": {"value": "made"}}}});
        let validated = azure.ask(&format!("POST {AT_SUBSCRIPTION}/validate"), &body);
        assert_eq!(validated.status, 200, "{validated:?}");
        assert_eq!(azure.get("/resourcegroups").body["value"], json!([]));
        let made = azure.ask(&format!("PUT {AT_SUBSCRIPTION}"), &body);
        assert_eq!(made.status, 201, "{made:?}");
        azure.pass(60);
        let told = azure.get(AT_SUBSCRIPTION);
        assert_eq!(told.state(), "Succeeded", "{told:?}");
        assert_eq!(told.body["id"], json!(super::id(AT_SUBSCRIPTION)));
        assert_eq!(told.body["location"], "westus");
        assert_eq!(
            told.body["properties"]["outputs"]["of"]["value"],
            json!(super::SUBSCRIPTION)
        );
        let outputs = &told.body["properties"]["outputs"];
        assert_eq!(outputs["place"]["value"], "westus");
        let group = azure.get("/resourcegroups/made").body;
        assert_eq!(
            (&group["location"], &group["tags"]["a"]),
            (&json!("westus"), &json!("b"))
        );
        let address = "/resourceGroups/made/providers/Microsoft.Network/publicIPAddresses/p";
        assert_eq!(azure.get(address).status, 200);
        let inner = "/resourcegroups/made/providers/Microsoft.Resources/deployments/inner";
        assert_eq!(azure.get(inner).state(), "Succeeded");
        let operations = azure.get(&format!("{AT_SUBSCRIPTION}/operations")).body;
        assert_eq!(operations["value"].as_array().unwrap().len(), 2);
        let all = azure.get("/providers/Microsoft.Resources/deployments").body;
        assert_eq!(all["value"].as_array().unwrap().len(), 1);
        let gone = azure.ask(&format!("DELETE {AT_SUBSCRIPTION}"), &Value::Null);
        assert_eq!(
            (gone.status, azure.get(AT_SUBSCRIPTION).code()),
            (204, "DeploymentNotFound")
        );

        body.as_object_mut().unwrap().remove("location");
        let refused = azure.ask(&format!("PUT {AT_SUBSCRIPTION}"), &body);
        assert_eq!((refused.status, refused.code()), (400, "InvalidDeployment"));
    }
}

/// A template of these resources and outputs.
fn of(resources: &Value, outputs: &Value) -> Value {
    json!({
        "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
        "contentVersion": "1.0.0.0", "resources": resources, "outputs": outputs,
    })
}

/// A deployment within another, which makes one thing and tells where it is.
fn module(thing: &Value) -> Value {
    let id = "[resourceId('Microsoft.Network/publicIPAddresses', 'p')]";
    json!({"type": "Microsoft.Resources/deployments", "apiVersion": "2021-04-01", "name": "mod",
        "properties": {"mode": "Incremental", "expressionEvaluationOptions": {"scope": "inner"},
            "template": of(&json!([thing]), &json!({"id": {"type": "string", "value": id}}))}})
}

#[test]
fn what_a_deployment_within_another_tells_is_read_there() {
    let address = json!({"type": "Microsoft.Network/publicIPAddresses", "apiVersion": "2023-09-01",
        "name": "p", "location": "westus", "properties": {}});
    let told = "resourceId('Microsoft.Resources/deployments', 'mod')";
    let group = json!({"type": "Microsoft.Network/networkSecurityGroups", "apiVersion": "2023-09-01",
        "name": "after", "location": "westus", "dependsOn": [format!("[{told}]")],
        "tags": {"of": format!("[reference({told}, '2021-04-01').outputs.id.value]")}});
    let outputs = json!({
        "id": {"type": "string", "value": format!("[reference({told}).outputs.id.value]")},
        "short": {"type": "string", "value": "[reference('mod').outputs.id.value]"},
        "state": {"type": "string",
            "value": format!("[reference({told}, '2021-04-01', 'Full').properties.provisioningState]")},
    });
    for pace in [Pace::Instant, Pace::After(1.0)] {
        let mut azure = Azure::with_group(pace);
        let whole = of(&json!([module(&address), group]), &outputs);
        let asked = json!({"properties": {"mode": "Incremental", "template": whole}});
        let made = azure.ask(&format!("PUT {DEPLOYMENT}"), &asked);
        assert_eq!(made.status, 201, "{made:?}");
        azure.pass(60);

        let deployment = azure.get(DEPLOYMENT);
        let why = &deployment.body["properties"]["error"];
        assert_eq!(deployment.state(), "Succeeded", "{why}");
        let outputs = &deployment.body["properties"]["outputs"];
        let id = super::id(&super::network("publicIPAddresses/p"));
        assert_eq!(outputs["id"]["value"], json!(id));
        assert_eq!(outputs["short"]["value"], json!(id));
        assert_eq!(outputs["state"]["value"], "Succeeded");
        let after = azure.get(&super::network("networkSecurityGroups/after"));
        assert_eq!(after.body["tags"]["of"], json!(id), "{after:?}");
    }
}

#[test]
fn a_deployment_fails_with_one_within_it() {
    let bad = json!({"type": "Microsoft.Network/networkSecurityGroups", "apiVersion": "2023-09-01",
        "name": "p", "location": "westus", "properties": {"securityRules": [
            {"name": "r", "properties": {"priority": 1, "access": "Allow", "direction": "Inbound",
                "protocol": "*", "sourceAddressPrefix": "*", "sourcePortRange": "*",
                "destinationAddressPrefix": "*", "destinationPortRange": "*"}}]}});
    for pace in [Pace::Instant, Pace::After(1.0)] {
        let mut azure = Azure::with_group(pace);
        let whole = of(&json!([module(&bad)]), &json!({}));
        let asked = json!({"properties": {"mode": "Incremental", "template": whole}});
        let made = azure.ask(&format!("PUT {DEPLOYMENT}"), &asked);
        assert_eq!(made.status, 201, "{made:?}");
        azure.pass(60);

        let deployment = azure.get(DEPLOYMENT);
        assert_eq!(deployment.state(), "Failed", "{deployment:?}");
        let error = &deployment.body["properties"]["error"];
        assert_eq!(error["code"], "DeploymentFailed", "{error}");
        assert_eq!(error["details"].as_array().unwrap().len(), 1, "{error}");
        let inner = "/resourcegroups/g/providers/Microsoft.Resources/deployments/mod";
        assert_eq!(azure.get(inner).state(), "Failed");
    }
}

#[test]
fn a_template_asks_about_the_cloud_itself() {
    let text = |value: &str| json!({"type": "string", "value": value});
    let outputs = json!({
        "storage": text("[environment().suffixes.storage]"),
        "login": text("[environment().authentication.loginEndpoint]"),
        "who": text("[deployer().tenantId]"),
        "tenant": text("[tenant().tenantId]"),
        "zone": text("[first(pickZones('Microsoft.Compute', 'virtualMachines', 'westus2'))]"),
        "kind": text("[providers('Microsoft.Compute', 'virtualMachines').resourceType]"),
    });
    let mut azure = Azure::with_group(Pace::Instant);
    let template = of(&json!([]), &outputs);
    let asked = json!({"properties": {"mode": "Incremental", "template": template}});
    let made = azure.ask(&format!("PUT {DEPLOYMENT}"), &asked);
    assert_eq!(made.state(), "Succeeded", "{made:?}");
    let outputs = azure.get(DEPLOYMENT).body["properties"]["outputs"].clone();
    let told = |name: &str| outputs[name]["value"].as_str().unwrap().to_owned();
    assert_eq!(told("storage"), "core.windows.net");
    assert_eq!(told("login"), "https://login.microsoftonline.com/");
    assert_eq!(told("who"), told("tenant"));
    assert_eq!(told("zone"), "1");
    assert_eq!(told("kind"), "virtualMachines");
}
