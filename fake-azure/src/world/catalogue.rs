//! What the service offers before anybody asked for anything: locations, sizes, extensions.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::names::Name;
use super::spelling::is_same;
use super::storage_kind::AccountType;
use super::system::OperatingSystem;

/// A region, as `GET locations` tells it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Location {
    /// Its name and display name.
    pub name: Name,
    /// Whether virtual machines may be made there (`PersistentVMRole`).
    pub virtual_machines: bool,
    /// The types of storage accounts that it has, in its order.
    pub account_types: Vec<AccountType>,
}

impl Location {
    /// A region that offers everything.
    pub fn whole(name: impl Into<Name>) -> Self {
        Self {
            name: name.into(),
            virtual_machines: true,
            account_types: AccountType::ALL.to_vec(),
        }
    }
}

/// A size of virtual machines, as `GET rolesizes` tells it.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct RoleSize {
    /// Its name, e.g. `Small`.
    pub name: &'static str,
    /// Number of cores.
    pub cores: u32,
    /// Memory in MiB.
    pub memory_mb: u32,
    /// Whether web and worker roles may have it.
    pub web_worker: bool,
    /// How many data disks it takes.
    pub data_disks: u32,
    /// The temporary disk of a virtual machine, in MiB.
    pub resource_disk_mb: u32,
}

const fn size(
    name: &'static str,
    cores: u32,
    memory_mb: u32,
    web_worker: bool,
    data_disks: u32,
    resource_disk_mb: u32,
) -> RoleSize {
    RoleSize {
        name,
        cores,
        memory_mb,
        web_worker,
        data_disks,
        resource_disk_mb,
    }
}

/// Sizes of 2016, sorted by name as the service sorts them.
pub(crate) const ROLE_SIZES: &[RoleSize] = &[
    size("A10", 8, 57344, true, 16, 391_168),
    size("A11", 16, 114_688, true, 16, 391_168),
    size("A5", 2, 14336, true, 4, 138_240),
    size("A6", 4, 28672, true, 8, 291_840),
    size("A7", 8, 57344, true, 16, 619_520),
    size("A8", 8, 57344, true, 16, 391_168),
    size("A9", 16, 114_688, true, 16, 391_168),
    size("Basic_A0", 1, 768, false, 1, 20480),
    size("Basic_A1", 1, 1792, false, 2, 40960),
    size("Basic_A2", 2, 3584, false, 4, 61440),
    size("Basic_A3", 4, 7168, false, 8, 122_880),
    size("Basic_A4", 8, 14336, false, 16, 245_760),
    size("ExtraLarge", 8, 14336, true, 16, 619_520),
    size("ExtraSmall", 1, 768, true, 1, 20480),
    size("Large", 4, 7168, true, 8, 291_840),
    size("Medium", 2, 3584, true, 4, 138_240),
    size("Small", 1, 1792, true, 2, 71680),
    size("Standard_D1", 1, 3584, true, 2, 51200),
    size("Standard_D1_v2", 1, 3584, true, 2, 51200),
    size("Standard_D11", 2, 14336, true, 4, 102_400),
    size("Standard_D11_v2", 2, 14336, true, 4, 102_400),
    size("Standard_D12", 4, 28672, true, 8, 204_800),
    size("Standard_D12_v2", 4, 28672, true, 8, 204_800),
    size("Standard_D13", 8, 57344, true, 16, 409_600),
    size("Standard_D13_v2", 8, 57344, true, 16, 409_600),
    size("Standard_D14", 16, 114_688, true, 32, 819_200),
    size("Standard_D14_v2", 16, 114_688, true, 32, 819_200),
    size("Standard_D2", 2, 7168, true, 4, 102_400),
    size("Standard_D2_v2", 2, 7168, true, 4, 102_400),
    size("Standard_D3", 4, 14336, true, 8, 204_800),
    size("Standard_D3_v2", 4, 14336, true, 8, 204_800),
    size("Standard_D4", 8, 28672, true, 16, 409_600),
    size("Standard_D4_v2", 8, 28672, true, 16, 409_600),
    size("Standard_D5_v2", 16, 57344, true, 32, 819_200),
    size("Standard_DS1", 1, 3584, false, 2, 7168),
    size("Standard_DS1_v2", 1, 3584, false, 2, 7168),
    size("Standard_DS11", 2, 14336, false, 4, 28672),
    size("Standard_DS11_v2", 2, 14336, false, 4, 28672),
    size("Standard_DS12", 4, 28672, false, 8, 57344),
    size("Standard_DS12_v2", 4, 28672, false, 8, 57344),
    size("Standard_DS13", 8, 57344, false, 16, 114_688),
    size("Standard_DS13_v2", 8, 57344, false, 16, 114_688),
    size("Standard_DS14", 16, 114_688, false, 32, 229_376),
    size("Standard_DS14_v2", 16, 114_688, false, 32, 229_376),
    size("Standard_DS2", 2, 7168, false, 4, 14336),
    size("Standard_DS2_v2", 2, 7168, false, 4, 14336),
    size("Standard_DS3", 4, 14336, false, 8, 28672),
    size("Standard_DS3_v2", 4, 14336, false, 8, 28672),
    size("Standard_DS4", 8, 28672, false, 16, 57344),
    size("Standard_DS4_v2", 8, 28672, false, 16, 57344),
    size("Standard_DS5_v2", 16, 57344, false, 32, 114_688),
    size("Standard_G1", 2, 28672, false, 4, 393_216),
    size("Standard_G2", 4, 57344, false, 8, 786_432),
    size("Standard_G3", 8, 114_688, false, 16, 1_572_864),
    size("Standard_G4", 16, 229_376, false, 32, 3_145_728),
    size("Standard_G5", 32, 458_752, false, 64, 6_291_456),
    size("Standard_GS1", 2, 28672, false, 4, 57344),
    size("Standard_GS2", 4, 57344, false, 8, 114_688),
    size("Standard_GS3", 8, 114_688, false, 16, 229_376),
    size("Standard_GS4", 16, 229_376, false, 32, 458_752),
    size("Standard_GS5", 32, 458_752, false, 64, 917_504),
];

/// The size of this name, whatever its case.
pub(crate) fn role_size(name: &str) -> Option<&'static RoleSize> {
    ROLE_SIZES.iter().find(|size| is_same(size.name, name))
}

/// One of the sizes that there are, which is kept and told by its name.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Size(u8);

impl Size {
    /// The size of this name, whatever its case.
    pub fn named(name: &str) -> Option<Self> {
        let at = ROLE_SIZES.iter().position(|size| is_same(size.name, name));
        u8::try_from(at?).ok().map(Self)
    }

    /// Its name, as the service writes it.
    pub fn name(self) -> &'static str {
        self.row().name
    }

    /// What a machine of it has.
    pub(crate) fn row(self) -> &'static RoleSize {
        &ROLE_SIZES[usize::from(self.0)]
    }
}

impl fmt::Debug for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Serialize for Size {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl<'de> Deserialize<'de> for Size {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = Name::deserialize(deserializer)?;
        Self::named(&name)
            .ok_or_else(|| serde::de::Error::custom(format!("there is no size `{name}`")))
    }
}

impl RoleSize {
    /// Whether disks may be in premium storage.
    pub(crate) fn takes_premium(&self) -> bool {
        self.name.starts_with("Standard_DS") || self.name.starts_with("Standard_GS")
    }
}

/// Regions of 2015 that offered everything.
pub(super) const LOCATIONS: &[&str] = &[
    "East Asia",
    "Southeast Asia",
    "North Europe",
    "West Europe",
    "Central US",
    "East US",
    "East US 2",
    "North Central US",
    "South Central US",
    "West US",
    "Japan East",
    "Japan West",
    "Brazil South",
];

/// An extension that the gallery offers, as `GET services/resourceextensions` tells it.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct Extension {
    /// Who publishes it.
    pub publisher: &'static str,
    /// Its name; publisher and name together name the handler.
    pub name: &'static str,
    /// All versions, oldest first.
    pub versions: &'static [&'static str],
    /// What it is called.
    pub label: &'static str,
    /// What it does.
    pub description: &'static str,
    /// The system that it is for.
    pub os: OperatingSystem,
    /// The company behind it.
    pub company: &'static str,
}

/// The gallery of extensions; its first entry fits Windows machines.
pub(crate) const EXTENSIONS: &[Extension] = &[
    Extension {
        publisher: "Microsoft.Compute",
        name: "BGInfo",
        versions: &["1.0", "1.1", "1.2.2", "2.1"],
        label: "Windows Azure BGInfo Extension for IaaS",
        description: "Shows facts of the machine on its desktop",
        os: OperatingSystem::Windows,
        company: "Microsoft",
    },
    Extension {
        publisher: "Microsoft.Compute",
        name: "CustomScriptExtension",
        versions: &["1.0", "1.1", "1.2", "1.4"],
        label: "Windows Azure Script Extension for IaaS",
        description: "Runs a script of the user in the machine",
        os: OperatingSystem::Windows,
        company: "Microsoft",
    },
    Extension {
        publisher: "Microsoft.Compute",
        name: "VMAccessAgent",
        versions: &["0.1", "1.0", "1.0.2", "2.0"],
        label: "Windows Azure VMAccess Extension for IaaS",
        description: "Resets remote access and the administrator's password",
        os: OperatingSystem::Windows,
        company: "Microsoft",
    },
    Extension {
        publisher: "Microsoft.OSTCExtensions",
        name: "CustomScriptForLinux",
        versions: &["1.0", "1.1", "1.2.2.0", "1.3.0.2"],
        label: "Microsoft Azure Custom Script Extension for Linux Virtual Machines",
        description: "Runs a script of the user in the machine",
        os: OperatingSystem::Linux,
        company: "Microsoft",
    },
    Extension {
        publisher: "Microsoft.OSTCExtensions",
        name: "VMAccessForLinux",
        versions: &["1.0", "1.1", "1.2", "1.3.0.1"],
        label: "Microsoft Azure VM Access Extension for Linux Virtual Machines",
        description: "Resets remote access and the passwords of users",
        os: OperatingSystem::Linux,
        company: "Microsoft",
    },
    Extension {
        publisher: "MSOpenTech.Extensions",
        name: "DockerExtension",
        versions: &["0.3", "0.4", "0.5", "0.6"],
        label: "Docker Extension for Linux Virtual Machines",
        description: "Installs and secures a Docker engine",
        os: OperatingSystem::Linux,
        company: "Microsoft Open Technologies, Inc.",
    },
    Extension {
        publisher: "Microsoft.Azure.Extensions",
        name: "DockerExtension",
        versions: &[
            "1.0.1507020203",
            "1.0.1510142311",
            "1.1.1601070410",
            "1.2.0",
        ],
        label: "Microsoft Azure Docker Extension for Linux Virtual Machines",
        description: "Installs and secures a Docker engine",
        os: OperatingSystem::Linux,
        company: "Microsoft",
    },
    Extension {
        publisher: "Microsoft.VisualStudio.Azure.RemoteDebug",
        name: "VS14CTPDebugger",
        versions: &["1.0.0.0", "1.0.0.1", "1.0.0.3", "1.0.0.5", "1.0.0.6"],
        label: "Remote Debugger for Visual Studio 2015",
        description: "Lets Visual Studio debug programs in the machine",
        os: OperatingSystem::Windows,
        company: "Microsoft",
    },
    Extension {
        publisher: "Microsoft.VisualStudio.Azure.RemoteDebug",
        name: "VS2012Debugger",
        versions: &["1.0.0.0", "1.0.0.1"],
        label: "Remote Debugger for Visual Studio 2012",
        description: "Lets Visual Studio debug programs in the machine",
        os: OperatingSystem::Windows,
        company: "Microsoft",
    },
    Extension {
        publisher: "Microsoft.VisualStudio.Azure.RemoteDebug",
        name: "VS2013Debugger",
        versions: &["1.0.0.0", "1.0.0.1"],
        label: "Remote Debugger for Visual Studio 2013",
        description: "Lets Visual Studio debug programs in the machine",
        os: OperatingSystem::Windows,
        company: "Microsoft",
    },
    Extension {
        publisher: "Chef.Bootstrap.WindowsAzure",
        name: "ChefClient",
        versions: &[
            "11.16.4.2",
            "1205.12.2.2",
            "1207.12.3.0",
            "1210.12.106.1000",
        ],
        label: "Chef Client",
        description: "Lets a Chef server configure the machine",
        os: OperatingSystem::Windows,
        company: "Chef Software, Inc.",
    },
    Extension {
        publisher: "Chef.Bootstrap.WindowsAzure",
        name: "LinuxChefClient",
        versions: &[
            "11.16.4.2",
            "1205.12.2.2",
            "1207.12.3.0",
            "1210.12.106.1000",
        ],
        label: "Chef Client for Linux",
        description: "Lets a Chef server configure the machine",
        os: OperatingSystem::Linux,
        company: "Chef Software, Inc.",
    },
    Extension {
        publisher: "Acronis.Backup",
        name: "AcronisBackup",
        versions: &["1.0"],
        label: "Acronis Backup",
        description: "Backs the machine up",
        os: OperatingSystem::Windows,
        company: "Acronis",
    },
];

impl Extension {
    /// The newest version that a reference asks for: `1.*`, `0.6` or a whole version.
    ///
    /// A reference of two parts means the newest with those parts, since the agent takes
    /// hot fixes by itself.
    pub(crate) fn resolve(&self, asked: &str) -> Option<&'static str> {
        let prefix = asked.trim_end_matches('*').trim_end_matches('.');
        self.versions
            .iter()
            .rev()
            .find(|version| {
                prefix.is_empty()
                    || **version == prefix
                    || version
                        .strip_prefix(prefix)
                        .is_some_and(|rest| rest.starts_with('.'))
            })
            .copied()
    }

    /// The newest version.
    pub(crate) fn newest(&self) -> &'static str {
        self.versions.last().copied().unwrap_or_default()
    }
}

/// The extension of this publisher and name, whatever their case.
pub(crate) fn extension(publisher: &str, name: &str) -> Option<&'static Extension> {
    EXTENSIONS
        .iter()
        .find(|e| is_same(e.publisher, publisher) && is_same(e.name, name))
}

/// One version of an extension, as the gallery shows it.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[non_exhaustive]
pub struct GalleryExtension {
    /// Who publishes it.
    pub publisher: Name,
    /// Its name.
    pub name: Name,
    /// Its version.
    pub version: String,
    /// What it is called.
    pub label: String,
    /// What it does.
    pub description: String,
    /// The schema of its public settings, base64.
    pub public_schema: Option<String>,
    /// The schema of its private settings, base64.
    pub private_schema: Option<String>,
    /// Settings as an example, base64.
    pub sample: Option<String>,
    /// Licence terms.
    pub eula: Option<String>,
    /// Privacy terms.
    pub privacy_uri: Option<String>,
    /// More about it.
    pub homepage_uri: Option<String>,
    /// Whether its settings are JSON.
    pub is_json: Option<bool>,
    /// The system that it is for.
    pub os: Option<OperatingSystem>,
    /// The company behind it.
    pub company: Option<String>,
    /// When it appeared, as the service writes it.
    pub published: Option<String>,
    /// The regions that it is limited to; empty when it is in all.
    pub regions: Option<String>,
}

impl GalleryExtension {
    /// This version of a publisher's extension, about which nothing more is told.
    pub fn new(
        publisher: impl Into<Name>,
        name: impl Into<Name>,
        version: impl Into<String>,
    ) -> Self {
        Self {
            publisher: publisher.into(),
            name: name.into(),
            version: version.into(),
            ..Self::default()
        }
    }
}

/// Maintenance of the hardware below the machines (`PersistentVMDowntime`).
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Maintenance {
    /// When it may begin.
    pub start: Timestamp,
    /// When it will be over.
    pub end: Timestamp,
}

impl Maintenance {
    /// Maintenance that may begin at one moment and will be over at another.
    pub fn between(start: Timestamp, end: Timestamp) -> Self {
        Self { start, end }
    }
}

/// What a world offers at its start.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Catalogue {
    pub(crate) locations: Vec<Location>,
    /// What the gallery of extensions shows; none means [`EXTENSIONS`].
    pub(crate) extensions: Option<Vec<GalleryExtension>>,
    pub(crate) maintenance: Option<Maintenance>,
}

impl Default for Catalogue {
    fn default() -> Self {
        Self {
            locations: LOCATIONS.iter().copied().map(Location::whole).collect(),
            extensions: None,
            maintenance: None,
        }
    }
}

impl Catalogue {
    pub(crate) fn location(&self, name: &str) -> Option<&Location> {
        self.locations.iter().find(|l| l.name == *name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_takes_the_newest_version_that_fits() {
        let docker = extension("microsoft.azure.extensions", "dockerextension").unwrap();
        assert_eq!(docker.resolve("1.*"), Some("1.2.0"));
        assert_eq!(docker.resolve("1.0"), Some("1.0.1510142311"));
        assert_eq!(docker.resolve("2.*"), None);
        let older = extension("MSOpenTech.Extensions", "DockerExtension").unwrap();
        assert_eq!(older.resolve("0.6"), Some("0.6"));
        assert_eq!(older.resolve("0.3"), Some("0.3"));
        assert_eq!(older.resolve("*"), Some("0.6"));
    }

    #[test]
    fn sizes_are_sorted_as_the_service_sorts_them() {
        // Windows sorts an underscore before letters and digits.
        let key = |size: &RoleSize| size.name.to_ascii_lowercase().replace('_', " ");
        assert!(ROLE_SIZES.is_sorted_by_key(key));
    }
}
