//! Templates as people write them.

use arm_template::{CopyMode, Template};
use serde_json::json;

use crate::{Echo, GROUP, scope};

#[test]
fn machines_behind_one_network_with_a_password_or_a_key() {
    let document = json!({
        "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
        "contentVersion": "1.0.0.0",
        "metadata": { "description": "A few machines that run Docker" },
        "parameters": {
            "prefix": { "type": "string", "minLength": 1, "maxLength": 8 },
            "machines": { "type": "int", "defaultValue": 2, "minValue": 1, "maxValue": 5 },
            "authentication": { "type": "string", "defaultValue": "sshPublicKey", "allowedValues": ["sshPublicKey", "password"] },
            "passwordOrKey": { "type": "secureString" },
            "location": { "type": "string", "defaultValue": "[resourceGroup().location]" },
            "ports": { "type": "array", "defaultValue": [22, 2376] },
            "public": { "type": "bool", "defaultValue": true },
        },
        "variables": {
            "network": "[format('{0}-net', parameters('prefix'))]",
            "label": "[toLower(concat(parameters('prefix'), '-', uniqueString(resourceGroup().id)))]",
            "linux": {
                "disablePasswordAuthentication": true,
                "ssh": { "publicKeys": [{ "path": "/home/me/.ssh/authorized_keys", "keyData": "[parameters('passwordOrKey')]" }] },
            },
        },
        "resources": [
            {
                "type": "Microsoft.Network/networkSecurityGroups",
                "apiVersion": "2023-09-01",
                "name": "rules",
                "location": "[parameters('location')]",
                "properties": { "copy": [{
                    "name": "securityRules",
                    "count": "[length(parameters('ports'))]",
                    "input": {
                        "name": "[concat('port-', parameters('ports')[copyIndex('securityRules')])]",
                        "properties": {
                            "priority": "[add(1000, mul(10, copyIndex('securityRules')))]",
                            "destinationPortRange": "[string(parameters('ports')[copyIndex('securityRules')])]",
                        },
                    },
                }] },
            },
            {
                "type": "Microsoft.Network/virtualNetworks",
                "apiVersion": "2023-09-01",
                "name": "[variables('network')]",
                "location": "[parameters('location')]",
                "dependsOn": ["rules"],
                "resources": [{
                    "type": "subnets",
                    "apiVersion": "2023-09-01",
                    "name": "default",
                    "dependsOn": ["[variables('network')]"],
                    "properties": {
                        "addressPrefix": "[cidrSubnet('10.0.0.0/16', 24, 0)]",
                        "networkSecurityGroup": { "id": "[resourceId('Microsoft.Network/networkSecurityGroups', 'rules')]" },
                    },
                }],
            },
            {
                "type": "Microsoft.Network/publicIPAddresses",
                "apiVersion": "2023-09-01",
                "name": "[format('{0}-ip{1}', parameters('prefix'), copyIndex(1))]",
                "condition": "[parameters('public')]",
                "copy": { "name": "addresses", "count": "[parameters('machines')]" },
                "location": "[parameters('location')]",
                "sku": { "name": "Standard" },
                "properties": { "dnsSettings": { "domainNameLabel": "[concat(variables('label'), copyIndex())]" } },
            },
            {
                "type": "Microsoft.Network/networkInterfaces",
                "apiVersion": "2023-09-01",
                "name": "[format('{0}-nic{1}', parameters('prefix'), copyIndex(1))]",
                "copy": { "name": "cards", "count": "[parameters('machines')]" },
                "location": "[parameters('location')]",
                "dependsOn": [
                    "[resourceId('Microsoft.Network/virtualNetworks/subnets', variables('network'), 'default')]",
                    "[format('{0}-ip{1}', parameters('prefix'), copyIndex(1))]",
                ],
                "properties": { "ipConfigurations": [{ "name": "ip", "properties": {
                    "publicIPAddress": "[if(parameters('public'), createObject('id', resourceId('Microsoft.Network/publicIPAddresses', format('{0}-ip{1}', parameters('prefix'), copyIndex(1)))), null())]",
                } }] },
            },
            {
                "type": "Microsoft.Compute/virtualMachines",
                "apiVersion": "2024-07-01",
                "name": "[format('{0}-vm{1}', parameters('prefix'), copyIndex(1))]",
                "copy": { "name": "machines", "count": "[parameters('machines')]", "mode": "serial", "batchSize": 1 },
                "location": "[parameters('location')]",
                "dependsOn": ["cards"],
                "properties": { "osProfile": {
                    "adminUsername": "me",
                    "adminPassword": "[if(equals(parameters('authentication'), 'password'), parameters('passwordOrKey'), null())]",
                    "linuxConfiguration": "[if(equals(parameters('authentication'), 'password'), null(), variables('linux'))]",
                } },
            },
        ],
        "outputs": {
            "hosts": {
                "type": "array",
                "copy": {
                    "count": "[parameters('machines')]",
                    "input": "[concat('tcp://', reference(format('{0}-ip{1}', parameters('prefix'), copyIndex(1))).ipAddress, ':2376')]",
                },
            },
        },
    });
    let template = Template::read(&document).unwrap();
    let given =
        json!({ "prefix": { "value": "Lab" }, "passwordOrKey": { "value": "ssh-rsa AAAA" } });
    let plan = template.plan(&given, &scope()).unwrap();
    assert_eq!(
        crate::names(&plan),
        [
            "rules",
            "Lab-net",
            "Lab-net/default",
            "Lab-ip1",
            "Lab-ip2",
            "Lab-nic1",
            "Lab-nic2",
            "Lab-vm1",
            "Lab-vm2"
        ]
    );
    let waits: Vec<&[usize]> = plan
        .resources()
        .iter()
        .map(|r| r.depends_on.as_slice())
        .collect();
    assert_eq!(
        waits,
        [
            &[][..],
            &[0],
            &[1],
            &[],
            &[],
            &[2, 3],
            &[2, 4],
            &[5, 6],
            &[5, 6, 7]
        ]
    );
    assert_eq!(
        plan.resources()[8].copy.as_ref().unwrap().mode,
        CopyMode::Serial { batch_size: 1 }
    );
    let echo = Echo::default();
    assert_eq!(
        plan.body(0, &echo).unwrap()["properties"]["securityRules"][1],
        json!({ "name": "port-2376", "properties": { "priority": 1010, "destinationPortRange": "2376" } })
    );
    assert_eq!(
        plan.body(6, &echo).unwrap()["properties"]["ipConfigurations"][0]["properties"]["publicIPAddress"]
            ["id"],
        format!("{GROUP}/providers/Microsoft.Network/publicIPAddresses/Lab-ip2")
    );
    let profile = plan.body(7, &echo).unwrap()["properties"]["osProfile"].clone();
    assert_eq!(profile["adminPassword"], json!(null));
    assert_eq!(
        profile["linuxConfiguration"]["ssh"]["publicKeys"][0]["keyData"],
        "ssh-rsa AAAA"
    );
    assert_eq!(
        plan.outputs(&echo).unwrap()["hosts"]["value"],
        json!(["tcp://1.2.3.4:2376", "tcp://1.2.3.4:2376"])
    );

    let mut private = given;
    private["public"] = json!({ "value": false });
    let plan = template.plan(&private, &scope()).unwrap();
    assert_eq!(plan.resources().len(), 7);
    assert_eq!(
        plan.body(3, &echo).unwrap()["properties"]["ipConfigurations"][0]["properties"]["publicIPAddress"],
        json!(null)
    );
}

#[test]
fn a_group_and_what_is_in_it_from_a_subscription() {
    let mut subscription = scope();
    subscription.resource_group = None;
    let template = Template::read(&json!({
        "$schema": "https://schema.management.azure.com/schemas/2018-05-01/subscriptionDeploymentTemplate.json#",
        "contentVersion": "1.0.0.0",
        "resources": [
            {
                "type": "Microsoft.Resources/resourceGroups",
                "apiVersion": "2021-04-01",
                "name": "new",
                "location": "[deployment().name]",
            },
            {
                "type": "Microsoft.Resources/deployments",
                "apiVersion": "2021-04-01",
                "name": "in",
                "resourceGroup": "new",
                "dependsOn": ["[resourceId('Microsoft.Resources/resourceGroups/', 'new')]"],
                "properties": { "mode": "Incremental", "template": {} },
            },
        ],
    }))
    .unwrap();
    let plan = template.plan(&json!({}), &subscription).unwrap();
    let root = subscription.subscription.unwrap()["id"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(plan.resources()[0].id, format!("{root}/resourceGroups/new"));
    assert_eq!(plan.resources()[1].depends_on, [0]);
}
