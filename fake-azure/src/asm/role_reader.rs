//! Reading roles out of requests, in the order of the schema.

use crate::world::{
    ExtensionState, ImageDiskSizes, NewDataDisk, NewExtension, NewNetwork, NewOsDisk, NewRole,
    Parameter, Provisioning, Refusal, Visibility,
};

use super::network_reader::network;
use super::provisioning_reader::{linux, windows};
use super::reader::Cursor;

const STATES: &[(&str, ExtensionState)] = &[
    ("Enable", ExtensionState::Enable),
    ("Disable", ExtensionState::Disable),
    ("Uninstall", ExtensionState::Uninstall),
];
/// Operating systems, as all elements called `OS` name them.
pub(crate) const OPERATING_SYSTEMS: &[(&str, &str)] = &[("Linux", "Linux"), ("Windows", "Windows")];

/// Disks may be this large, in GiB.
const DISK_SIZES: std::ops::RangeInclusive<u32> = 1..=1023;
/// Kinds of storage that disks are in; the last two are those of 2014.
const IO_TYPES: &[(&str, ())] = &[
    ("Standard", ()),
    ("Provisioned", ()),
    ("Standard_LRS", ()),
    ("Premium_LRS", ()),
];

/// `Role` in a new deployment, and `PersistentVMRole` of Update Role, which takes what Get Role
/// tells.
pub(crate) fn role(c: &mut Cursor<'_>) -> Result<NewRole, Refusal> {
    read_role(c, true)
}

/// `PersistentVMRole` of Add Role, which has no `OsVersion`, `Label`,
/// `DefaultWinRmCertificateThumbprint` and `MigrationState`.
pub(crate) fn added_role(c: &mut Cursor<'_>) -> Result<NewRole, Refusal> {
    read_role(c, false)
}

fn read_role(c: &mut Cursor<'_>, whole: bool) -> Result<NewRole, Refusal> {
    let mut role = NewRole {
        name: c.required("RoleName")?,
        ..NewRole::default()
    };
    if whole {
        c.text("OsVersion")?;
    }
    c.expect("RoleType")?.word(&[("PersistentVMRole", ())])?;
    if let Some(sets) = c.maybe("ConfigurationSets")? {
        for set in sets.list("ConfigurationSet", |e| e.read(set))? {
            let twice = match set {
                Set::Network(network) => role.network.replace(network).is_some(),
                Set::Provisioning(provisioning) => {
                    role.provisioning.replace(provisioning).is_some()
                }
            };
            if twice {
                return Err(Refusal::bad_request(
                    "A configuration set of the same type is given twice.",
                )
                .detail("ConfigurationSets"));
            }
        }
    }
    role.extensions = c
        .maybe("ResourceExtensionReferences")?
        .map(|list| list.list("ResourceExtensionReference", |e| e.read(extension)))
        .transpose()?;
    role.vm_image = c.text("VMImageName")?.filter(|name| !name.is_empty());
    role.media_location = c.text("MediaLocation")?;
    role.availability_set = c.title("AvailabilitySetName", 80)?;
    role.data_disks = c
        .maybe("DataVirtualHardDisks")?
        .map(|list| list.list("DataVirtualHardDisk", |e| e.read(data_disk)))
        .transpose()?;
    if whole {
        c.short("Label", 100)?;
    }
    role.os_disk = c
        .maybe("OSVirtualHardDisk")?
        .map(|e| e.read(os_disk))
        .transpose()?;
    role.size = c.text("RoleSize")?.filter(|size| !size.is_empty());
    if whole {
        c.text("DefaultWinRmCertificateThumbprint")?;
    }
    role.provision_guest_agent = c.boolean("ProvisionGuestAgent")?;
    role.image_disk_sizes = c
        .maybe("VMImageInput")?
        .map(|e| e.read(image_disk_sizes))
        .transpose()?;
    role.boot_diagnostics = c
        .maybe("DebugSettings")?
        .map(|e| {
            e.read(|c| {
                let enabled = c.boolean("BootDiagnosticsEnabled")?;
                c.text("ConsoleScreenshotBlobUri")?;
                c.text("SerialOutputBlobUri")?;
                Ok(enabled.unwrap_or(false))
            })
        })
        .transpose()?;
    role.license_type = c.text("LicenseType")?.filter(|text| !text.is_empty());
    if whole {
        c.text("MigrationState")?;
    }
    Ok(role)
}

/// `VMImageInput`.
fn image_disk_sizes(c: &mut Cursor<'_>) -> Result<ImageDiskSizes, Refusal> {
    let os = c
        .maybe("OSDiskConfiguration")?
        .map(|e| e.read(resized))
        .transpose()?
        .flatten();
    let data = c
        .maybe("DataDiskConfigurations")?
        .map(|list| {
            list.list("DataDiskConfiguration", |e| {
                e.read(|c| Ok((c.required("Name")?, resized(c)?)))
            })
        })
        .transpose()?
        .unwrap_or_default();
    Ok(ImageDiskSizes {
        os,
        data: data
            .into_iter()
            .filter_map(|(name, size)| Some((name, size?)))
            .collect(),
    })
}

fn resized(c: &mut Cursor<'_>) -> Result<Option<u32>, Refusal> {
    c.maybe("ResizedSizeInGB")?
        .map(|e| e.number(DISK_SIZES))
        .transpose()
}

enum Set {
    Network(NewNetwork),
    Provisioning(Provisioning),
}

#[derive(Clone, Copy)]
enum SetType {
    Network,
    Linux,
    Windows,
}

fn set(c: &mut Cursor<'_>) -> Result<Set, Refusal> {
    let kind = c.expect("ConfigurationSetType")?.word(&[
        ("NetworkConfiguration", SetType::Network),
        ("LinuxProvisioningConfiguration", SetType::Linux),
        ("WindowsProvisioningConfiguration", SetType::Windows),
    ])?;
    match kind {
        SetType::Network => network(c).map(Set::Network),
        SetType::Linux => linux(c).map(Set::Provisioning),
        SetType::Windows => windows(c).map(Set::Provisioning),
    }
}

fn extension(c: &mut Cursor<'_>) -> Result<NewExtension, Refusal> {
    let reference = c.required_title("ReferenceName", 255)?;
    let publisher = c.required("Publisher")?;
    let name = c.required("Name")?;
    let version = c.required("Version")?;
    let parameters = c
        .maybe("ResourceExtensionParameterValues")?
        .map(|list| list.list("ResourceExtensionParameterValue", |e| e.read(parameter)))
        .transpose()?;
    let state = c
        .maybe("State")?
        .map(|e| e.word_in_any_case(STATES))
        .transpose()?;
    c.boolean("ForceUpdate")?;
    Ok(NewExtension {
        reference,
        publisher,
        name,
        version,
        parameters_told: parameters.is_some(),
        parameters: parameters.unwrap_or_default(),
        state: state.unwrap_or_default(),
    })
}

fn parameter(c: &mut Cursor<'_>) -> Result<Parameter, Refusal> {
    let key = c.required("Key")?;
    let value = c.expect("Value")?;
    value.base64()?;
    let value = value.text()?.to_owned();
    let visibility = c
        .maybe("Type")?
        .map(|e| {
            e.word_in_any_case(&[
                ("Public", Visibility::Public),
                ("Private", Visibility::Private),
            ])
        })
        .transpose()?;
    Ok(Parameter {
        key,
        value,
        visibility,
    })
}

fn os_disk(c: &mut Cursor<'_>) -> Result<NewOsDisk, Refusal> {
    let host_caching = c.text("HostCaching")?;
    let label = c.short("DiskLabel", 100)?;
    let disk_name = c.text("DiskName")?.filter(|name| !name.is_empty());
    let media_link = c.text("MediaLink")?.filter(|link| !link.is_empty());
    let source_image = c.text("SourceImageName")?.filter(|name| !name.is_empty());
    let os = c
        .maybe("OS")?
        .map(|e| e.word(OPERATING_SYSTEMS))
        .transpose()?
        .map(str::to_owned);
    let remote_source = c
        .text("RemoteSourceImageLink")?
        .filter(|link| !link.is_empty());
    io_type(c)?;
    Ok(NewOsDisk {
        host_caching,
        label,
        disk_name,
        media_link,
        source_image,
        remote_source,
        os,
        resized_gb: resized(c)?,
    })
}

fn io_type(c: &mut Cursor<'_>) -> Result<(), Refusal> {
    c.maybe("IOType")?.map(|e| e.word(IO_TYPES)).transpose()?;
    Ok(())
}

/// `DataVirtualHardDisk` in a role.
fn data_disk(c: &mut Cursor<'_>) -> Result<NewDataDisk, Refusal> {
    let (mut disk, _) = data_disk_head(c)?;
    disk.media_link = c.text("MediaLink")?.filter(|link| !link.is_empty());
    data_disk_tail(c, disk)
}

/// `DataVirtualHardDisk` of Add Data Disk, in which a new disk must tell its link.
pub(crate) fn added_data_disk(c: &mut Cursor<'_>) -> Result<NewDataDisk, Refusal> {
    let (mut disk, _) = data_disk_head(c)?;
    disk.media_link = if disk.disk_name.is_some() {
        c.text("MediaLink")?
    } else {
        Some(c.required("MediaLink")?)
    };
    data_disk_tail(c, disk)
}

/// `DataVirtualHardDisk` of Update Data Disk: the caching, which is all that can be changed,
/// and the number, if they were told.
pub(crate) fn updated_data_disk(
    c: &mut Cursor<'_>,
) -> Result<(Option<String>, Option<u32>), Refusal> {
    let (disk, lun) = data_disk_head(c)?;
    c.text("MediaLink")?;
    io_type(c)?;
    Ok((disk.host_caching, lun))
}

fn data_disk_head(c: &mut Cursor<'_>) -> Result<(NewDataDisk, Option<u32>), Refusal> {
    let host_caching = c.text("HostCaching")?;
    let label = c.short("DiskLabel", 100)?;
    let disk_name = c.text("DiskName")?.filter(|name| !name.is_empty());
    let lun = c.value("Lun")?;
    let size_gb = c
        .maybe("LogicalDiskSizeInGB")?
        .map(|e| e.number(DISK_SIZES))
        .transpose()?;
    let disk = NewDataDisk {
        host_caching,
        label,
        disk_name,
        lun: lun.unwrap_or(0),
        size_gb,
        ..NewDataDisk::default()
    };
    Ok((disk, lun))
}

fn data_disk_tail(c: &mut Cursor<'_>, mut disk: NewDataDisk) -> Result<NewDataDisk, Refusal> {
    disk.source_media_link = c.text("SourceMediaLink")?.filter(|link| !link.is_empty());
    io_type(c)?;
    Ok(disk)
}

/// The configuration set with which a captured machine is set up anew.
pub(crate) fn provisioning(c: &mut Cursor<'_>) -> Result<Provisioning, Refusal> {
    match set(c)? {
        Set::Provisioning(provisioning) => Ok(provisioning),
        Set::Network(_) => Err(Refusal::parameter(
            "ConfigurationSetType: `NetworkConfiguration`",
        )),
    }
}
