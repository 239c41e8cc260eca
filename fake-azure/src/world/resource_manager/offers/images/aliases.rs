//! The short names that az has for images, and the document that tells of them.

use serde_json::{Map, Value, json};

use super::{Image, OperatingSystem};

/// A short name, and the publisher, offer and SKU that it stands for.
type Alias = (&'static str, &'static str, &'static str, &'static str);

/// Those of az 2.91, and the two for Ubuntu 24.04 that the document has beyond its own copy.
const ALIASES: &[Alias] = &[
    ("AzureLinux4", "microsoftazurelinux", "azurelinux-4", "4"),
    (
        "AzureLinux4Arm64",
        "microsoftazurelinux",
        "azurelinux-4",
        "4-arm64",
    ),
    (
        "AzureLinux4Gen1",
        "microsoftazurelinux",
        "azurelinux-4",
        "4-gen1",
    ),
    ("CentOS85Gen2", "OpenLogic", "CentOS", "8_5-gen2"),
    ("Debian11", "Debian", "debian-11", "11-backports-gen2"),
    (
        "FlatcarLinuxFreeGen2",
        "kinvolk",
        "flatcar-container-linux-free",
        "stable-gen2",
    ),
    ("OpenSuseLeap154Gen2", "SUSE", "openSUSE-leap-15-4", "gen2"),
    ("RHELRaw8LVMGen2", "RedHat", "RHEL", "8-lvm-gen2"),
    ("SuseSles15SP3", "SUSE", "sles-15-sp3", "gen2"),
    (
        "Ubuntu2204",
        "Canonical",
        "0001-com-ubuntu-server-jammy",
        "22_04-lts-gen2",
    ),
    ("Ubuntu2404", "Canonical", "ubuntu-24_04-lts", "server"),
    (
        "Ubuntu2404Pro",
        "Canonical",
        "ubuntu-24_04-lts",
        "ubuntu-pro",
    ),
    (
        "Win2022Datacenter",
        "MicrosoftWindowsServer",
        "WindowsServer",
        "2022-datacenter-g2",
    ),
    (
        "Win2022AzureEditionCore",
        "MicrosoftWindowsServer",
        "WindowsServer",
        "2022-datacenter-azure-edition-core",
    ),
    (
        "Win2019Datacenter",
        "MicrosoftWindowsServer",
        "WindowsServer",
        "2019-datacenter-gensecond",
    ),
    (
        "Win2016Datacenter",
        "MicrosoftWindowsServer",
        "WindowsServer",
        "2016-datacenter-gensecond",
    ),
    (
        "Win2012R2Datacenter",
        "MicrosoftWindowsServer",
        "WindowsServer",
        "2012-R2-Datacenter",
    ),
    (
        "Win2012Datacenter",
        "MicrosoftWindowsServer",
        "WindowsServer",
        "2012-Datacenter",
    ),
];

/// All short names.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    ALIASES.iter().map(|(name, ..)| *name)
}

/// The image that a short name stands for, whatever its case: the newest version.
pub(crate) fn image(name: &str) -> Option<Image> {
    let (_, publisher, offer, sku) = ALIASES
        .iter()
        .find(|(known, ..)| known.eq_ignore_ascii_case(name))?;
    super::image(publisher, offer, sku, "latest")
}

/// The document that az reads short names from.
pub(crate) fn document() -> Value {
    let of = |os: OperatingSystem| -> Map<String, Value> {
        names()
            .filter_map(|name| Some((name, image(name)?)))
            .filter(|(_, image)| image.system().os == os)
            .map(|(name, image)| (name.to_owned(), told(&image)))
            .collect()
    };
    json!({
        "$schema":
            "http://schema.management.azure.com/schemas/2015-01-01/deploymentTemplate.json",
        "contentVersion": "1.0.0.0",
        "parameters": {},
        "variables": {},
        "resources": [],
        "outputs": {
            "aliases": {
                "type": "object",
                "value": {
                    "Linux": of(OperatingSystem::Linux),
                    "Windows": of(OperatingSystem::Windows),
                },
            },
        },
    })
}

fn told(image: &Image) -> Value {
    json!({
        "publisher": image.publisher,
        "offer": image.offer,
        "sku": image.sku,
        "version": "latest",
        "architecture": image.architecture(),
    })
}
