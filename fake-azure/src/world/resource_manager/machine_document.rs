//! The documents of virtual machines: what is known of them, and what of them is read.

use serde::Deserialize;
use serde_json::Value;

use super::document::{self, Known, REFERENCE};
use super::machine_rules;
use super::resource::known_top;
use super::virtual_network::Referred;

const MANAGED_DISK: Known = Known::Object(&[
    ("id", Known::Any),
    ("storageAccountType", Known::Any),
    ("diskEncryptionSet", REFERENCE),
    ("securityProfile", Known::Any),
    ("resourceGroup", Known::Told),
]);

const VHD: Known = Known::Object(&[("uri", Known::Any)]);

pub(crate) const KNOWN: Known = known_top! {
    "identity": Known::Any,
    "plan": Known::Any,
    "placement": Known::Any,
    "managedBy": Known::Told,
    "resources": Known::Told,
    "properties": Known::Object(&[
        ("hardwareProfile", Known::Object(&[
            ("vmSize", Known::Any),
            ("vmSizeProperties", Known::Any),
        ])),
        ("storageProfile", Known::Object(&[
            ("imageReference", Known::Object(&[
                ("id", Known::Any),
                ("publisher", Known::Any),
                ("offer", Known::Any),
                ("sku", Known::Any),
                ("version", Known::Any),
                ("sharedGalleryImageId", Known::Any),
                ("communityGalleryImageId", Known::Any),
                ("exactVersion", Known::Told),
                ("resourceGroup", Known::Told),
            ])),
            ("osDisk", Known::Object(&[
                ("osType", Known::Any),
                ("name", Known::Any),
                ("caching", Known::Any),
                ("createOption", Known::Any),
                ("deleteOption", Known::Any),
                ("diffDiskSettings", Known::Any),
                ("diskSizeGB", Known::Any),
                ("encryptionSettings", Known::Any),
                ("image", VHD),
                ("vhd", VHD),
                ("managedDisk", MANAGED_DISK),
                ("writeAcceleratorEnabled", Known::Flag),
            ])),
            ("dataDisks", Known::List(&Known::Object(&[
                ("lun", Known::Any),
                ("name", Known::Any),
                ("caching", Known::Any),
                ("createOption", Known::Any),
                ("deleteOption", Known::Any),
                ("detachOption", Known::Any),
                ("diskSizeGB", Known::Any),
                ("image", VHD),
                ("vhd", VHD),
                ("managedDisk", MANAGED_DISK),
                ("sourceResource", REFERENCE),
                ("toBeDetached", Known::Flag),
                ("writeAcceleratorEnabled", Known::Flag),
                ("diskIOPSReadWrite", Known::Told),
                ("diskMBpsReadWrite", Known::Told),
            ]))),
            ("diskControllerType", Known::Any),
            ("alignRegionalDisksToVMZone", Known::Flag),
        ])),
        ("osProfile", Known::Object(&[
            ("computerName", Known::Any),
            ("adminUsername", Known::Any),
            ("adminPassword", Known::Secret),
            ("customData", Known::Secret),
            ("windowsConfiguration", Known::Any),
            ("linuxConfiguration", Known::Object(&[
                ("disablePasswordAuthentication", Known::Flag),
                ("enableVMAgentPlatformUpdates", Known::Flag),
                ("patchSettings", Known::Any),
                ("provisionVMAgent", Known::Flag),
                ("ssh", Known::Any),
            ])),
            ("secrets", Known::Any),
            ("allowExtensionOperations", Known::Flag),
            ("requireGuestProvisionSignal", Known::Flag),
        ])),
        ("networkProfile", Known::Object(&[
            ("networkApiVersion", Known::Any),
            ("networkInterfaceConfigurations", Known::Any),
            ("networkInterfaces", Known::List(&Known::Object(&[
                ("id", Known::Any),
                ("resourceGroup", Known::Told),
                ("properties", Known::Object(&[
                    ("primary", Known::Flag),
                    ("deleteOption", Known::Any),
                ])),
            ]))),
        ])),
        ("additionalCapabilities", Known::Any),
        ("applicationProfile", Known::Any),
        ("availabilitySet", REFERENCE),
        ("billingProfile", Known::Any),
        ("capacityReservation", Known::Any),
        ("diagnosticsProfile", Known::Any),
        ("evictionPolicy", Known::Any),
        ("extensionsTimeBudget", Known::Any),
        ("host", REFERENCE),
        ("hostGroup", REFERENCE),
        ("licenseType", Known::Any),
        ("platformFaultDomain", Known::Any),
        ("priority", Known::Any),
        ("proximityPlacementGroup", REFERENCE),
        ("scheduledEventsPolicy", Known::Any),
        ("scheduledEventsProfile", Known::Any),
        ("securityProfile", Known::Any),
        ("virtualMachineScaleSet", REFERENCE),
        ("userData", Known::Secret),
        ("instanceView", Known::Told),
        ("provisioningState", Known::Told),
        ("timeCreated", Known::Told),
        ("vmId", Known::Told),
    ]),
};

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Written {
    pub(super) properties: WrittenProperties,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct WrittenProperties {
    pub(super) hardware_profile: HardwareProfile,
    pub(super) storage_profile: StorageProfile,
    pub(super) os_profile: Option<machine_rules::OsProfile>,
    pub(super) network_profile: NetworkProfile,
    pub(super) availability_set: Option<Referred>,
    pub(super) user_data: Option<Box<str>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct HardwareProfile {
    pub(super) vm_size: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct StorageProfile {
    pub(super) image_reference: Option<ImageReference>,
    pub(super) os_disk: WrittenDisk,
    pub(super) data_disks: Vec<WrittenDisk>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct ImageReference {
    pub(super) id: Option<String>,
    pub(super) publisher: Option<String>,
    pub(super) offer: Option<String>,
    pub(super) sku: Option<String>,
    pub(super) version: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct WrittenDisk {
    pub(super) os_type: Option<String>,
    pub(super) name: Option<String>,
    pub(super) create_option: Option<String>,
    pub(super) delete_option: Option<String>,
    #[serde(rename = "diskSizeGB", deserialize_with = "document::number")]
    pub(super) size_gb: Option<i64>,
    #[serde(deserialize_with = "document::number")]
    pub(super) lun: Option<i64>,
    pub(super) vhd: Option<Vhd>,
    pub(super) managed_disk: ManagedDisk,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Vhd {
    #[serde(rename = "uri")]
    pub(super) _uri: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct ManagedDisk {
    pub(super) id: Option<String>,
    pub(super) storage_account_type: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct NetworkProfile {
    pub(super) network_interfaces: Vec<WrittenInterface>,
    pub(super) network_interface_configurations: Option<Value>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct WrittenInterface {
    pub(super) id: Option<String>,
    pub(super) properties: WrittenInterfaceProperties,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct WrittenInterfaceProperties {
    pub(super) primary: Option<bool>,
    pub(super) delete_option: Option<String>,
}

/// Whether what a machine has is to go along with it.
pub(super) fn is_delete(option: Option<&str>) -> bool {
    option.is_some_and(|option| option.eq_ignore_ascii_case("Delete"))
}
