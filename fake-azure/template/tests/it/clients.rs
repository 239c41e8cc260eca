//! Templates as clients send them.

use arm_template::{Nothing, Template};
use serde_json::{Value, json};

use crate::{Echo, GROUP, scope};

/// The template of `az vm create` 2.91 with a key, custom data and a label, in its order.
fn az(authentication: &Value) -> Value {
    let mut machine = json!({
        "apiVersion": "2026-04-01",
        "type": "Microsoft.Compute/virtualMachines",
        "name": "v",
        "location": "westus",
        "tags": {},
        "dependsOn": ["Microsoft.Network/networkInterfaces/vVMNic"],
        "properties": {
            "hardwareProfile": { "vmSize": "Standard_D2s_v5" },
            "networkProfile": { "networkInterfaces": [{
                "id": format!("{GROUP}/providers/Microsoft.Network/networkInterfaces/vVMNic"),
                "properties": { "deleteOption": null },
            }] },
            "storageProfile": {
                "osDisk": {
                    "createOption": "fromImage",
                    "name": null,
                    "caching": "ReadWrite",
                    "managedDisk": { "storageAccountType": null },
                },
                "imageReference": {
                    "publisher": "Canonical",
                    "offer": "0001-com-ubuntu-server-jammy",
                    "sku": "22_04-lts-gen2",
                    "version": "latest",
                },
            },
            "osProfile": {
                "computerName": "v",
                "adminUsername": "me",
                "customData": "I2Nsb3VkLWNvbmZpZwo=",
            },
        },
    });
    for (name, value) in authentication.as_object().unwrap() {
        machine["properties"]["osProfile"][name] = value.clone();
    }
    json!({
        "$schema": "https://schema.management.azure.com/schemas/2015-01-01/deploymentTemplate.json#",
        "contentVersion": "1.0.0.0",
        "parameters": {},
        "variables": {},
        "resources": [
            {
                "name": "vVNET",
                "type": "Microsoft.Network/virtualNetworks",
                "location": "westus",
                "apiVersion": "2015-06-15",
                "dependsOn": [],
                "tags": {},
                "properties": {
                    "addressSpace": { "addressPrefixes": ["10.0.0.0/16"] },
                    "subnets": [{ "name": "vSubnet", "properties": { "addressPrefix": "10.0.0.0/24" } }],
                },
            },
            {
                "type": "Microsoft.Network/networkSecurityGroups",
                "name": "vNSG",
                "apiVersion": "2015-06-15",
                "location": "westus",
                "tags": {},
                "dependsOn": [],
            },
            {
                "apiVersion": "2022-01-01",
                "type": "Microsoft.Network/publicIPAddresses",
                "name": "vPublicIP",
                "location": "westus",
                "tags": {},
                "dependsOn": [],
                "properties": {
                    "publicIPAllocationMethod": "Static",
                    "dnsSettings": { "domainNameLabel": "v" },
                },
                "sku": { "name": "Standard" },
            },
            {
                "apiVersion": "2015-06-15",
                "type": "Microsoft.Network/networkInterfaces",
                "name": "vVMNic",
                "location": "westus",
                "tags": {},
                "dependsOn": [
                    "Microsoft.Network/virtualNetworks/vVNET",
                    "Microsoft.Network/networkSecurityGroups/vNSG",
                    "Microsoft.Network/publicIpAddresses/vPublicIP",
                ],
                "properties": { "ipConfigurations": [{ "name": "ipconfigv", "properties": {
                    "privateIPAllocationMethod": "Dynamic",
                } }] },
            },
            machine,
        ],
        "outputs": {},
    })
}

#[test]
fn the_template_of_az_is_a_machine_after_its_interface_after_the_rest() {
    let document = az(&json!({}));
    let plan = Template::read(&document)
        .unwrap()
        .plan(&json!({}), &scope())
        .unwrap();
    let waits: Vec<&[usize]> = plan
        .resources()
        .iter()
        .map(|r| r.depends_on.as_slice())
        .collect();
    assert_eq!(waits, [&[][..], &[], &[], &[0, 1, 2], &[3]]);
    assert_eq!(plan.resources()[4].location.as_deref(), Some("westus"));
    assert_eq!(
        plan.resources()[4].api_version.as_deref(),
        Some("2026-04-01")
    );
    // Without a rule there is not even an empty object.
    assert_eq!(
        plan.body(1, &Nothing).unwrap(),
        json!({ "location": "westus", "tags": {} })
    );
    assert_eq!(
        plan.body(4, &Nothing).unwrap()["properties"],
        document["resources"][4]["properties"]
    );
    assert_eq!(plan.outputs(&Nothing).unwrap(), json!({}));
}

#[test]
fn the_password_of_az_comes_by_a_parameter_and_is_not_shown() {
    let mut document = az(&json!({ "adminPassword": "[parameters('adminPassword')]" }));
    document["parameters"] = json!({ "adminPassword": { "type": "securestring", "metadata": { "description": "Secure adminPassword" } } });
    let plan = Template::read(&document)
        .unwrap()
        .plan(
            &json!({ "adminPassword": { "value": "Pa55word!Pa55" } }),
            &scope(),
        )
        .unwrap();
    assert_eq!(
        plan.parameters_shown(),
        json!({ "adminPassword": { "type": "SecureString" } })
    );
    assert_eq!(
        plan.body(4, &Nothing).unwrap()["properties"]["osProfile"]["adminPassword"],
        "Pa55word!Pa55"
    );
}

/// The parts of a template that an image builder of 2020 sends: everything by parameters and
/// variables, identifiers by functions, an unmanaged disk by concat.
#[test]
fn the_template_of_an_image_builder() {
    let document = json!({
        "$schema": "http://schema.management.azure.com/schemas/2014-04-01-preview/deploymentTemplate.json",
        "contentVersion": "1.0.0.0",
        "parameters": {
            "adminUsername": { "type": "string" },
            "adminPassword": { "type": "string" },
            "dnsNameForPublicIP": { "type": "string" },
            "osDiskName": { "type": "string" },
            "storageAccountBlobEndpoint": { "type": "string" },
            "vmName": { "type": "string" },
        },
        "variables": {
            "apiVersion": "2017-03-30",
            "networkApiVersion": "2017-04-01",
            "location": "[resourceGroup().location]",
            "nicName": "[concat(parameters('vmName'), 'nic')]",
            "addressName": "[concat(parameters('vmName'), 'ip')]",
            "networkName": "net",
            "subnetName": "subnet",
            "networkId": "[resourceId(resourceGroup().name, 'Microsoft.Network/virtualNetworks', variables('networkName'))]",
            "subnetRef": "[concat(variables('networkId'), '/subnets/', variables('subnetName'))]",
            "sshKeyPath": "[concat('/home/', parameters('adminUsername'), '/.ssh/authorized_keys')]",
        },
        "resources": [
            {
                "apiVersion": "[variables('networkApiVersion')]",
                "type": "Microsoft.Network/publicIPAddresses",
                "name": "[variables('addressName')]",
                "location": "[variables('location')]",
                "properties": {
                    "publicIPAllocationMethod": "Dynamic",
                    "dnsSettings": { "domainNameLabel": "[parameters('dnsNameForPublicIP')]" },
                },
            },
            {
                "apiVersion": "[variables('networkApiVersion')]",
                "type": "Microsoft.Network/virtualNetworks",
                "name": "[variables('networkName')]",
                "location": "[variables('location')]",
                "properties": {},
            },
            {
                "apiVersion": "[variables('networkApiVersion')]",
                "type": "Microsoft.Network/networkInterfaces",
                "name": "[variables('nicName')]",
                "location": "[variables('location')]",
                "dependsOn": [
                    "[concat('Microsoft.Network/publicIPAddresses/', variables('addressName'))]",
                    "[concat('Microsoft.Network/virtualNetworks/', variables('networkName'))]",
                ],
                "properties": { "ipConfigurations": [{ "name": "ipconfig", "properties": {
                    "publicIPAddress": { "id": "[resourceId('Microsoft.Network/publicIPAddresses', variables('addressName'))]" },
                    "subnet": { "id": "[variables('subnetRef')]" },
                } }] },
            },
            {
                "apiVersion": "[variables('apiVersion')]",
                "type": "Microsoft.Compute/virtualMachines",
                "name": "[parameters('vmName')]",
                "location": "[variables('location')]",
                "dependsOn": ["[concat('Microsoft.Network/networkInterfaces/', variables('nicName'))]"],
                "properties": {
                    "storageProfile": { "osDisk": { "vhd": {
                        "uri": "[concat(parameters('storageAccountBlobEndpoint'), 'images/', parameters('osDiskName'), '.vhd')]",
                    } } },
                    "osProfile": { "linuxConfiguration": { "ssh": { "publicKeys": [{ "path": "[variables('sshKeyPath')]" }] } } },
                },
            },
        ],
    });
    let given = json!({
        "adminUsername": { "value": "packer" },
        "adminPassword": { "value": "secret" },
        "dnsNameForPublicIP": { "value": "pkr" },
        "osDiskName": { "value": "disk" },
        "storageAccountBlobEndpoint": { "value": "https://s.blob.core.windows.net/" },
        "vmName": { "value": "pkrvm" },
    });
    let plan = Template::read(&document)
        .unwrap()
        .plan(&given, &scope())
        .unwrap();
    assert_eq!(crate::names(&plan), ["pkrvmip", "net", "pkrvmnic", "pkrvm"]);
    assert_eq!(plan.resources()[2].depends_on, [0, 1]);
    assert_eq!(plan.resources()[3].depends_on, [2]);
    assert_eq!(
        plan.resources()[3].api_version.as_deref(),
        Some("2017-03-30")
    );
    let card = plan.body(2, &Echo::default()).unwrap();
    let configuration = &card["properties"]["ipConfigurations"][0]["properties"];
    assert_eq!(
        configuration["subnet"]["id"],
        format!("{GROUP}/providers/Microsoft.Network/virtualNetworks/net/subnets/subnet")
    );
    let machine = plan.body(3, &Echo::default()).unwrap();
    assert_eq!(
        machine["properties"]["storageProfile"]["osDisk"]["vhd"]["uri"],
        "https://s.blob.core.windows.net/images/disk.vhd"
    );
    assert_eq!(
        machine["properties"]["osProfile"]["linuxConfiguration"]["ssh"]["publicKeys"][0]["path"],
        "/home/packer/.ssh/authorized_keys"
    );
}
