//! Short names of images, as az 2.91 has them.

use serde_json::{Map, Value, json};

/// System, alias, publisher, offer, sku and architecture.
const IMAGES: &[[&str; 6]] = &[
    [
        "Linux",
        "AzureLinux4",
        "microsoftazurelinux",
        "azurelinux-4",
        "4",
        "x64",
    ],
    [
        "Linux",
        "AzureLinux4Arm64",
        "microsoftazurelinux",
        "azurelinux-4",
        "4-arm64",
        "Arm64",
    ],
    [
        "Linux",
        "AzureLinux4Gen1",
        "microsoftazurelinux",
        "azurelinux-4",
        "4-gen1",
        "x64",
    ],
    [
        "Linux",
        "CentOS85Gen2",
        "OpenLogic",
        "CentOS",
        "8_5-gen2",
        "x64",
    ],
    [
        "Linux",
        "Debian11",
        "Debian",
        "debian-11",
        "11-backports-gen2",
        "x64",
    ],
    [
        "Linux",
        "FlatcarLinuxFreeGen2",
        "kinvolk",
        "flatcar-container-linux-free",
        "stable-gen2",
        "x64",
    ],
    [
        "Linux",
        "OpenSuseLeap154Gen2",
        "SUSE",
        "openSUSE-leap-15-4",
        "gen2",
        "x64",
    ],
    [
        "Linux",
        "RHELRaw8LVMGen2",
        "RedHat",
        "RHEL",
        "8-lvm-gen2",
        "x64",
    ],
    [
        "Linux",
        "SuseSles15SP3",
        "SUSE",
        "sles-15-sp3",
        "gen2",
        "x64",
    ],
    [
        "Linux",
        "Ubuntu2204",
        "Canonical",
        "0001-com-ubuntu-server-jammy",
        "22_04-lts-gen2",
        "x64",
    ],
    [
        "Windows",
        "Win2022Datacenter",
        "MicrosoftWindowsServer",
        "WindowsServer",
        "2022-datacenter-g2",
        "x64",
    ],
    [
        "Windows",
        "Win2022AzureEditionCore",
        "MicrosoftWindowsServer",
        "WindowsServer",
        "2022-datacenter-azure-edition-core",
        "x64",
    ],
    [
        "Windows",
        "Win2019Datacenter",
        "MicrosoftWindowsServer",
        "WindowsServer",
        "2019-datacenter-gensecond",
        "x64",
    ],
    [
        "Windows",
        "Win2016Datacenter",
        "MicrosoftWindowsServer",
        "WindowsServer",
        "2016-datacenter-gensecond",
        "x64",
    ],
    [
        "Windows",
        "Win2012R2Datacenter",
        "MicrosoftWindowsServer",
        "WindowsServer",
        "2012-R2-Datacenter",
        "x64",
    ],
    [
        "Windows",
        "Win2012Datacenter",
        "MicrosoftWindowsServer",
        "WindowsServer",
        "2012-Datacenter",
        "x64",
    ],
];

/// The document that az reads.
pub(super) fn document() -> Value {
    let mut systems = Map::new();
    for [system, alias, publisher, offer, sku, architecture] in IMAGES {
        let images = systems
            .entry(*system)
            .or_insert_with(|| Value::Object(Map::new()));
        images[*alias] = json!({
            "publisher": publisher,
            "offer": offer,
            "sku": sku,
            "version": "latest",
            "architecture": architecture,
        });
    }
    json!({
        "$schema": "http://schema.management.azure.com/schemas/2015-01-01/deploymentTemplate.json",
        "contentVersion": "1.0.0.0",
        "parameters": {},
        "variables": {},
        "resources": [],
        "outputs": { "aliases": { "type": "object", "value": systems } },
    })
}
