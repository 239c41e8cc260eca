//! Reading roles out of requests, in the order of the schema.

use crate::world::{
    Caching, ExtensionState, ImageDiskSizes, Name, NewDataDisk, NewExtension, NewNetwork,
    NewOsDisk, NewRole, OperatingSystem, Parameter, Provisioning, Visibility,
};

use super::Refused;
use super::contract::{Body, Cursor, Node};
use super::members::read_caching;
use super::network_reader::{NETWORK, network};
use super::provisioning_reader::{LINUX, WINDOWS, linux, windows};

const STATES: &[(&str, ExtensionState)] = &[
    ("Enable", ExtensionState::Enable),
    ("Disable", ExtensionState::Disable),
    ("Uninstall", ExtensionState::Uninstall),
];
/// Operating systems, as all elements called `OS` name them.
pub(crate) const OPERATING_SYSTEMS: &[(&str, OperatingSystem)] = &[
    ("Linux", OperatingSystem::Linux),
    ("Windows", OperatingSystem::Windows),
];

/// Disks may be this large, in GiB.
const DISK_SIZES: std::ops::RangeInclusive<u32> = 1..=1023;
/// Kinds of storage that disks are in; the last two are those of 2014.
const IO_TYPES: &[(&str, ())] = &[
    ("Standard", ()),
    ("Provisioned", ()),
    ("Standard_LRS", ()),
    ("Premium_LRS", ()),
];

/// The members of a role, and of that which Add Role takes.
const ROLE: &[&str] = &[
    "RoleName",
    "OsVersion",
    "RoleType",
    "ConfigurationSets",
    "ResourceExtensionReferences",
    "VMImageName",
    "MediaLocation",
    "AvailabilitySetName",
    "DataVirtualHardDisks",
    "Label",
    "OSVirtualHardDisk",
    "RoleSize",
    "DefaultWinRmCertificateThumbprint",
    "ProvisionGuestAgent",
    "VMImageInput",
    "DebugSettings",
    "LicenseType",
    "MigrationState",
];
const ADDED_ROLE: &[&str] = &[
    "RoleName",
    "RoleType",
    "ConfigurationSets",
    "ResourceExtensionReferences",
    "VMImageName",
    "MediaLocation",
    "AvailabilitySetName",
    "DataVirtualHardDisks",
    "OSVirtualHardDisk",
    "RoleSize",
    "ProvisionGuestAgent",
    "VMImageInput",
    "DebugSettings",
    "LicenseType",
];
const DEBUG_SETTINGS: &[&str] = &[
    "BootDiagnosticsEnabled",
    "ConsoleScreenshotBlobUri",
    "SerialOutputBlobUri",
];
const EXTENSION: &[&str] = &[
    "ReferenceName",
    "Publisher",
    "Name",
    "Version",
    "ResourceExtensionParameterValues",
    "State",
    "ForceUpdate",
];
const OS_DISK: &[&str] = &[
    "HostCaching",
    "DiskLabel",
    "DiskName",
    "MediaLink",
    "SourceImageName",
    "OS",
    "RemoteSourceImageLink",
    "IOType",
    "ResizedSizeInGB",
];
const DATA_DISK: &[&str] = &[
    "HostCaching",
    "DiskLabel",
    "DiskName",
    "Lun",
    "LogicalDiskSizeInGB",
    "MediaLink",
    "SourceMediaLink",
    "IOType",
];
const UPDATED_DATA_DISK: &[&str] = &[
    "HostCaching",
    "DiskLabel",
    "DiskName",
    "Lun",
    "LogicalDiskSizeInGB",
    "MediaLink",
    "IOType",
];

/// `Role` in a new deployment.
pub(crate) fn role(e: Node<'_>) -> Result<NewRole, Refused> {
    e.read(ROLE, |c| read_role(c, c.required("RoleName")?, true))
}

/// `PersistentVMRole` of Update Role, which takes what Get Role tells; a role without a name
/// is the one in the path.
pub(crate) fn updated_role(body: &Body<'_>, named: &str) -> Result<NewRole, Refused> {
    body.read(ROLE, |c| {
        let name = c.filled("RoleName")?.unwrap_or_else(|| named.into());
        read_role(c, name, true)
    })
}

/// `PersistentVMRole` of Add Role, which has no `OsVersion`, `Label`,
/// `DefaultWinRmCertificateThumbprint` and `MigrationState`.
pub(crate) fn added_role(body: &Body<'_>) -> Result<NewRole, Refused> {
    body.read(ADDED_ROLE, |c| read_role(c, c.required("RoleName")?, false))
}

fn read_role(c: &Cursor<'_>, name: Name, whole: bool) -> Result<NewRole, Refused> {
    let mut role = NewRole {
        name,
        ..NewRole::default()
    };
    if whole {
        c.text::<String>("OsVersion")?;
    }
    c.expect("RoleType")?.word(&[("PersistentVMRole", ())])?;
    if let Some(sets) = c.maybe("ConfigurationSets")? {
        for set in sets.list("ConfigurationSet", set)? {
            let twice = match set {
                Set::Network(network) => role.network.replace(network).is_some(),
                Set::Provisioning(provisioning) => {
                    role.provisioning.replace(provisioning).is_some()
                }
            };
            if twice {
                return Err(Refused::bad_request(
                    "A configuration set of the same type is given twice.",
                )
                .detail("ConfigurationSets"));
            }
        }
    }
    role.extensions = c
        .maybe("ResourceExtensionReferences")?
        .map(|list| list.list("ResourceExtensionReference", extension))
        .transpose()?;
    role.vm_image = c.filled("VMImageName")?;
    role.media_location = c.text("MediaLocation")?;
    role.availability_set = c.title("AvailabilitySetName", 80)?;
    role.data_disks = c
        .maybe("DataVirtualHardDisks")?
        .map(|list| list.list("DataVirtualHardDisk", data_disk))
        .transpose()?;
    if whole {
        c.short("Label", 100)?;
    }
    role.os_disk = c.maybe("OSVirtualHardDisk")?.map(os_disk).transpose()?;
    role.size = c.filled("RoleSize")?;
    if whole {
        c.text::<String>("DefaultWinRmCertificateThumbprint")?;
    }
    role.provision_guest_agent = c.boolean("ProvisionGuestAgent")?;
    role.image_disk_sizes = c.maybe("VMImageInput")?.map(image_disk_sizes).transpose()?;
    role.boot_diagnostics = c
        .maybe("DebugSettings")?
        .map(|e| {
            e.read(DEBUG_SETTINGS, |c| {
                let enabled = c.boolean("BootDiagnosticsEnabled")?;
                c.text::<String>("ConsoleScreenshotBlobUri")?;
                c.text::<String>("SerialOutputBlobUri")?;
                Ok(enabled.unwrap_or(false))
            })
        })
        .transpose()?;
    role.license_type = c.filled("LicenseType")?;
    if whole {
        c.text::<String>("MigrationState")?;
    }
    Ok(role)
}

/// `VMImageInput`.
fn image_disk_sizes(e: Node<'_>) -> Result<ImageDiskSizes, Refused> {
    e.read(
        &["OSDiskConfiguration", "DataDiskConfigurations"],
        disk_sizes,
    )
}

fn disk_sizes(c: &Cursor<'_>) -> Result<ImageDiskSizes, Refused> {
    let os = c
        .maybe("OSDiskConfiguration")?
        .map(|e| e.read(&["ResizedSizeInGB"], resized))
        .transpose()?
        .flatten();
    let data = c
        .maybe("DataDiskConfigurations")?
        .map(|list| {
            list.list("DataDiskConfiguration", |e| {
                e.read(&["Name", "ResizedSizeInGB"], |c| {
                    Ok((c.required("Name")?, resized(c)?))
                })
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

fn resized(c: &Cursor<'_>) -> Result<Option<u32>, Refused> {
    c.maybe("ResizedSizeInGB")?
        .map(|e| e.number(DISK_SIZES))
        .transpose()
}

/// What a configuration set says.
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

/// A set's type tells its contract, so it is looked for first.
fn set(e: Node<'_>) -> Result<Set, Refused> {
    let Some(kind) = e.first("ConfigurationSetType") else {
        return Err(e.lacks("ConfigurationSetType"));
    };
    match set_type(kind)? {
        SetType::Network => e
            .read(NETWORK, |c| after_type(c, network))
            .map(Set::Network),
        SetType::Linux => e
            .read(LINUX, |c| after_type(c, linux))
            .map(Set::Provisioning),
        SetType::Windows => e
            .read(WINDOWS, |c| after_type(c, windows))
            .map(Set::Provisioning),
    }
}

/// A type that stands behind another member is skipped like any other, and missing then.
fn after_type<T>(
    c: &Cursor<'_>,
    read: fn(&Cursor<'_>) -> Result<T, Refused>,
) -> Result<T, Refused> {
    c.expect("ConfigurationSetType")?;
    read(c)
}

fn set_type(e: Node<'_>) -> Result<SetType, Refused> {
    e.word(&[
        ("NetworkConfiguration", SetType::Network),
        ("LinuxProvisioningConfiguration", SetType::Linux),
        ("WindowsProvisioningConfiguration", SetType::Windows),
    ])
}

fn extension(e: Node<'_>) -> Result<NewExtension, Refused> {
    e.read(EXTENSION, read_extension)
}

fn read_extension(c: &Cursor<'_>) -> Result<NewExtension, Refused> {
    let reference = c.required_title("ReferenceName", 255)?;
    let publisher = c.required("Publisher")?;
    let name = c.required("Name")?;
    let version = c.required("Version")?;
    let parameters = c
        .maybe("ResourceExtensionParameterValues")?
        .map(|list| {
            list.list("ResourceExtensionParameterValue", |e| {
                e.read(&["Key", "Value", "Type"], parameter)
            })
        })
        .transpose()?;
    let state = c.word_in_any_case("State", STATES)?;
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

fn parameter(c: &Cursor<'_>) -> Result<Parameter, Refused> {
    let key = c.required("Key")?;
    let value = c.expect("Value")?;
    value.base64()?;
    let value = value.text()?.to_owned();
    let visibility = c.word_in_any_case(
        "Type",
        &[
            ("Public", Visibility::Public),
            ("Private", Visibility::Private),
        ],
    )?;
    Ok(Parameter {
        key,
        value,
        visibility,
    })
}

fn os_disk(e: Node<'_>) -> Result<NewOsDisk, Refused> {
    e.read(OS_DISK, read_os_disk)
}

fn read_os_disk(c: &Cursor<'_>) -> Result<NewOsDisk, Refused> {
    let host_caching = read_caching(c)?;
    let label = c.short("DiskLabel", 100)?;
    let disk_name = c.filled("DiskName")?;
    let media_link = c.filled("MediaLink")?;
    let source_image = c.filled("SourceImageName")?;
    let os = c.word("OS", OPERATING_SYSTEMS)?;
    let remote_source = c.filled("RemoteSourceImageLink")?;
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

fn io_type(c: &Cursor<'_>) -> Result<(), Refused> {
    c.word("IOType", IO_TYPES)?;
    Ok(())
}

/// `DataVirtualHardDisk` in a role.
fn data_disk(e: Node<'_>) -> Result<NewDataDisk, Refused> {
    e.read(DATA_DISK, |c| {
        let (mut disk, _) = data_disk_head(c)?;
        disk.media_link = c.filled("MediaLink")?;
        data_disk_tail(c, disk)
    })
}

/// `DataVirtualHardDisk` of Add Data Disk, in which a new disk must tell its link.
pub(crate) fn added_data_disk(body: &Body<'_>) -> Result<NewDataDisk, Refused> {
    body.read(DATA_DISK, |c| {
        let (mut disk, _) = data_disk_head(c)?;
        disk.media_link = if disk.disk_name.is_some() {
            c.text("MediaLink")?
        } else {
            Some(c.required("MediaLink")?)
        };
        data_disk_tail(c, disk)
    })
}

/// `DataVirtualHardDisk` of Update Data Disk: the caching and the number, which are all that
/// can be changed, if they were told.
pub(crate) fn updated_data_disk(
    body: &Body<'_>,
) -> Result<(Option<Caching>, Option<u32>), Refused> {
    body.read(UPDATED_DATA_DISK, |c| {
        let (disk, lun) = data_disk_head(c)?;
        c.text::<String>("MediaLink")?;
        io_type(c)?;
        Ok((disk.host_caching, lun))
    })
}

fn data_disk_head(c: &Cursor<'_>) -> Result<(NewDataDisk, Option<u32>), Refused> {
    let host_caching = read_caching(c)?;
    let label = c.short("DiskLabel", 100)?;
    let disk_name = c.filled("DiskName")?;
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

fn data_disk_tail(c: &Cursor<'_>, mut disk: NewDataDisk) -> Result<NewDataDisk, Refused> {
    disk.source_media_link = c.filled("SourceMediaLink")?;
    io_type(c)?;
    Ok(disk)
}

/// The configuration set with which a captured machine is set up anew.
pub(crate) fn provisioning(e: Node<'_>) -> Result<Provisioning, Refused> {
    match set(e)? {
        Set::Provisioning(provisioning) => Ok(provisioning),
        Set::Network(_) => Err(Refused::parameter(
            "ConfigurationSetType: `NetworkConfiguration`",
        )),
    }
}
