//! Virtual machines: what rules and guests go by of them, and how one comes to be.

use std::net::Ipv4Addr;
use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::change::Change;
use super::decision::{Decided, Draft, Scope};
use super::disk::{self, Creation, Disk};
use super::document::{self, Document, Known, REFERENCE};
use super::effect::Effect;
use super::extension::Extension;
use super::kind::Kind;
use super::machine_rules;
use super::offers;
use super::offers::images::Generation;
use super::path::{Key, Path};
use super::refusal::{InUse, Refusal};
use super::resource::{Core, Doing, Pending, Resource, known_top};
use super::view::View;
use super::virtual_network::Referred;
use crate::world::docker_settings::DockerSettings;
use crate::world::first_boot::{self, Boot, Power};
use crate::world::flaw::Flaws;
use crate::world::names::Name;
use crate::world::phase::{self, Course, Life};

/// What rules and guests go by of a machine.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Machine {
    /// Tells it from any other machine, before or after.
    pub(crate) serial: u64,
    pub(crate) size: Size,
    /// `Linux` or `Windows`.
    pub(crate) system: String,
    /// What the system calls itself.
    pub(crate) label: String,
    /// What its agent calls it: name and version.
    pub(crate) agent: (String, String),
    /// What hardware its system is for, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) hardware: Option<Hardware>,
    /// The version that `latest` meant.
    pub(crate) exact_version: Option<String>,
    pub(crate) os_disk: OsDisk,
    pub(crate) data_disks: Vec<DataDisk>,
    pub(crate) interfaces: Vec<Attachment>,
    pub(crate) availability_set: Option<Key>,
    pub(crate) computer_name: String,
    pub(crate) life: Life,
    pub(crate) is_generalized: bool,
    /// The digest of its custom data, which nobody is told.
    pub(crate) custom_data: Option<String>,
    pub(crate) extensions: Vec<Extension>,
    /// What its boots, and all that was done on it since, came to; none where nobody gave it
    /// anything to do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) boot: Option<Box<Boot>>,
    /// What its Docker daemon listens on, where one runs.
    pub(crate) engine: Option<Arc<DockerSettings>>,
    /// The user that was made on it, and the family of its image: what a boot begins with.
    pub(crate) admin: Option<String>,
    pub(crate) family: first_boot::Image,
    /// What is wrong with it, because somebody arranged it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) flaws: Option<Box<Flaws>>,
}

/// What hardware a system is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Hardware {
    pub(crate) is_second_generation: bool,
    pub(crate) is_arm: bool,
}

impl Hardware {
    /// That of an image of the catalogue.
    fn of(image: &offers::images::Image) -> Self {
        Self {
            is_second_generation: image.generation() == Generation::V2,
            is_arm: image.architecture() == ARM,
        }
    }

    /// Refuses a size on which it does not start.
    fn check(self, size: offers::sizes::Size) -> Result<(), Refusal> {
        let given = if self.is_arm { ARM } else { "x64" };
        if size.architecture() != given {
            return Err(Refusal::SizeOfOtherProcessor {
                size: size.name().to_owned(),
                takes: size.architecture().to_owned(),
                given: given.to_owned(),
            });
        }
        let (starts, generation) = if self.is_second_generation {
            (size.takes_second_generation(), 2)
        } else {
            (size.takes_first_generation(), 1)
        };
        if starts {
            return Ok(());
        }
        Err(Refusal::SizeOfOtherGeneration {
            size: size.name().to_owned(),
            generation,
        })
    }
}

/// The architecture that is not that of most.
const ARM: &str = "Arm64";

/// How large a machine is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Size {
    pub(crate) name: String,
    pub(crate) cores: u32,
    pub(crate) memory_mb: u32,
}

/// The disk that a machine boots from.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct OsDisk {
    pub(crate) name: String,
    /// The managed disk; none where a blob is the disk.
    pub(crate) key: Option<Key>,
    pub(crate) size_gb: u32,
    /// Whether it goes with the machine.
    pub(crate) goes: bool,
}

/// A further disk of a machine.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct DataDisk {
    pub(crate) lun: i64,
    pub(crate) name: String,
    pub(crate) key: Option<Key>,
    pub(crate) size_gb: u32,
    pub(crate) goes: bool,
}

/// An interface that a machine has.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Attachment {
    pub(crate) key: Key,
    pub(crate) is_primary: bool,
    pub(crate) goes: bool,
}

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

fn is_delete(option: Option<&str>) -> bool {
    option.is_some_and(|option| option.eq_ignore_ascii_case("Delete"))
}

impl Machine {
    pub(super) fn cores(&self) -> u32 {
        self.size.cores
    }

    pub(super) fn refers_to(&self) -> Vec<Key> {
        let disks = self.data_disks.iter().filter_map(|disk| disk.key.clone());
        self.interfaces
            .iter()
            .map(|interface| interface.key.clone())
            .chain(self.os_disk.key.clone())
            .chain(disks)
            .chain(self.availability_set.clone())
            .collect()
    }

    /// What its boots came to, to be gone on with; a machine that nobody gave anything to do has
    /// booted all the same.
    pub(super) fn booted(&self, address: Option<Ipv4Addr>, now: Timestamp) -> Box<Boot> {
        match &self.boot {
            Some(boot) => boot.clone(),
            None => Box::new(Boot::of(self.before_boot(address, Vec::new()), None, now)),
        }
    }

    /// What it is before its first boot.
    fn before_boot(&self, address: Option<Ipv4Addr>, keys: Vec<String>) -> first_boot::Machine {
        first_boot::Machine {
            host_name: self.computer_name.clone(),
            image: self.family,
            admin: self.admin.clone(),
            keys,
            address,
        }
    }

    /// Takes on what its boots have come to.
    pub(super) fn take_boot(&mut self, boot: Box<Boot>) {
        let engine = boot.engine().ok();
        // A daemon that was told nothing new goes on as it is.
        if self.engine.as_deref() != engine {
            self.engine = engine.cloned().map(Arc::new);
        }
        self.boot = Some(boot);
    }

    /// Does with its power what its scripts have told it to.
    pub(super) fn obey(&mut self, now: Timestamp) {
        let Course::Up(_) = self.life.course else {
            return;
        };
        match self.told_power() {
            Power::Stay => {}
            Power::Reboot => self.switch_on(Course::Up(phase::Boot::Restart), now),
            Power::Off => self.switch_off(Course::Stopped, now),
        }
    }

    /// What its scripts have told it to do with its power.
    fn told_power(&self) -> Power {
        self.boot
            .as_ref()
            .map(|boot| boot.power())
            .unwrap_or_default()
    }

    /// It begins a life, in which what is enabled starts.
    pub(super) fn switch_on(&mut self, course: Course, now: Timestamp) {
        self.life = Life::new(course, now);
        if let Some(mut boot) = self.boot.take() {
            boot.power_on(now);
            self.take_boot(boot);
        }
    }

    /// It comes to rest.
    pub(super) fn switch_off(&mut self, course: Course, now: Timestamp) {
        self.life = Life::new(course, now);
        if let Some(boot) = &mut self.boot {
            boot.power_off();
        }
    }

    /// What goes with the machine: interfaces and disks.
    pub(super) fn goes_along(&self) -> impl Iterator<Item = &Key> {
        let interfaces = self.interfaces.iter().filter(|i| i.goes).map(|i| &i.key);
        let os = self.os_disk.key.iter().filter(|_| self.os_disk.goes);
        let disks = self.data_disks.iter().filter(|disk| disk.goes);
        interfaces
            .chain(os)
            .chain(disks.filter_map(|disk| disk.key.as_ref()))
    }
}

/// What a machine boots from.
struct Source {
    system: String,
    label: String,
    size_gb: u32,
    exact_version: Option<String>,
    creation: Creation,
    family: first_boot::Image,
    agent: (String, String),
    hardware: Option<Hardware>,
}

pub(super) fn put(scope: &mut Scope<'_>, path: &Path, body: &Value) -> Result<Decided, Refusal> {
    let draft = scope.draft(path, body)?;
    let written: Written = document::typed(body)?;
    match draft.old {
        Some(old) => {
            let Core::Machine(machine) = &old.core else {
                return Err(Refusal::NoResource(path.clone()));
            };
            update(scope, &draft, body, &written, old, machine)
        }
        None => create(scope, &draft, body, written),
    }
}

fn create(
    scope: &mut Scope<'_>,
    draft: &Draft<'_>,
    body: &Value,
    written: Written,
) -> Result<Decided, Refusal> {
    let told = written.properties;
    let id = draft.path.id(scope.view.id);
    let size = size(
        scope.view,
        &draft.location,
        told.hardware_profile.vm_size.as_deref(),
    )?;
    let offered = offers::sizes::size(&size.name);
    if told
        .network_profile
        .network_interface_configurations
        .is_some()
    {
        return Err(Refusal::NotModelled(
            "networkInterfaceConfigurations of a virtual machine".to_owned(),
        ));
    }
    let interfaces = interfaces(scope, draft, &id, &told.network_profile.network_interfaces)?;
    let source = source(scope, draft, &told.storage_profile, &id)?;
    if let (Some(hardware), Some(offered)) = (source.hardware, offered) {
        hardware.check(offered)?;
    }
    let custom_data = machine_rules::check_profile(
        told.os_profile.as_ref(),
        &source.system,
        told.storage_profile.os_disk.create_option.as_deref(),
    )?;
    let availability_set = scope.reference(
        told.availability_set.as_ref(),
        Kind::AvailabilitySet,
        &id,
        "properties.availabilitySet.id",
    )?;
    scope.has_room(&draft.location, size.cores, 0)?;
    let mut changes = Vec::new();
    let os_disk = os_disk(
        scope,
        draft,
        &told.storage_profile.os_disk,
        &source,
        &mut changes,
    )?;
    let data_disks = data_disks(
        scope,
        draft,
        &told.storage_profile.data_disks,
        os_disk.key.as_ref(),
        &[],
        &mut changes,
    )?;
    changes.extend(plugged_in(scope, &interfaces, true)?);
    let profile = told.os_profile.as_ref();
    let admin = profile.and_then(|profile| profile.admin_username.clone());
    let keys = profile
        .map(machine_rules::OsProfile::keys)
        .unwrap_or_default();
    let data = profile.and_then(machine_rules::OsProfile::custom_data);
    let computer_name = told
        .os_profile
        .and_then(|profile| profile.computer_name)
        .unwrap_or_else(|| draft.path.name.clone());
    let primary = interfaces.iter().find(|attachment| attachment.is_primary);
    let address = primary.and_then(|attachment| scope.private_address(&attachment.key));
    let mut machine = Machine {
        serial: scope.draw.next_serial(),
        size,
        system: source.system,
        label: source.label,
        agent: source.agent,
        hardware: source.hardware,
        exact_version: source.exact_version,
        os_disk,
        data_disks,
        interfaces,
        availability_set,
        computer_name,
        life: Life::new(Course::Up(phase::Boot::Managed), scope.now),
        is_generalized: false,
        custom_data,
        extensions: Vec::new(),
        boot: None,
        engine: None,
        admin,
        family: source.family,
        flaws: scope.flaws_of(&draft.path.name),
    };
    if let Some(data) = &data {
        let before = machine.before_boot(address, keys);
        machine.take_boot(Box::new(Boot::of(before, Some(data), scope.now)));
    }
    let switches_off = machine.told_power() == Power::Off;
    let key = draft.key.clone();
    let mut decided = draft.decided(scope, &KNOWN, body, Core::Machine(Box::new(machine)), 45);
    if switches_off {
        decided = decided.at_end(Effect::Obey { machine: key });
    }
    // Disks and addresses are there before the machine that has them.
    Ok(decided.changes_before(changes))
}

/// What of a machine can be seen to be wrong before anything is made; how many cores it has.
pub(super) fn preflight(view: View<'_>, location: &str, body: &Value) -> Result<u32, Refusal> {
    let written: Written = document::typed(body)?;
    let told = written.properties;
    let size = size(view, location, told.hardware_profile.vm_size.as_deref())?;
    let reference = told.storage_profile.image_reference.as_ref();
    let system = match reference.filter(|reference| reference.id.is_none()) {
        Some(reference) => {
            let image = platform_image(reference)?;
            if let Some(offered) = offers::sizes::size(&size.name) {
                Hardware::of(&image).check(offered)?;
            }
            image.system().os.as_str()
        }
        None => "Linux",
    };
    machine_rules::check_profile(
        told.os_profile.as_ref(),
        system,
        told.storage_profile.os_disk.create_option.as_deref(),
    )?;
    Ok(size.cores)
}

fn size(view: View<'_>, location: &str, name: Option<&str>) -> Result<Size, Refusal> {
    let Some(name) = name else {
        return Err(Refusal::parameter(
            "vmSize",
            "Required parameter 'vmSize' is missing (null).".to_owned(),
        ));
    };
    let Some(found) = offers::sizes::size(name) else {
        return Err(Refusal::UnknownSize {
            size: name.to_owned(),
        });
    };
    if view.is_size_withheld(location, name) {
        return Err(Refusal::SizeNotOffered {
            size: name.to_owned(),
            location: location.to_owned(),
        });
    }
    Ok(Size {
        name: found.name().to_owned(),
        cores: found.cores(),
        memory_mb: found.memory_mb(),
    })
}

fn interfaces(
    scope: &Scope<'_>,
    draft: &Draft<'_>,
    id: &str,
    written: &[WrittenInterface],
) -> Result<Vec<Attachment>, Refusal> {
    if written.is_empty() {
        return Err(Refusal::parameter(
            "networkProfile",
            "Virtual machine must have at least one network interface.".to_owned(),
        ));
    }
    let is_alone = written.len() == 1;
    let primaries = written
        .iter()
        .filter(|interface| interface.properties.primary == Some(true))
        .count();
    if !is_alone && primaries != 1 {
        return Err(Refusal::PrimaryInterface(draft.path.name.clone()));
    }
    let mut found: Vec<Attachment> = Vec::new();
    for interface in written {
        let text = interface.id.as_deref().unwrap_or_default();
        let key = scope.referred(
            text,
            Kind::Interface,
            &draft.location,
            id,
            "properties.networkProfile.networkInterfaces.id",
        )?;
        let other = scope.machine_of(&key).filter(|other| **other != draft.key);
        if let Some(other) = other {
            return Err(InUse::Interface {
                id: text.to_owned(),
                by: scope.id_of(other),
            }
            .into());
        }
        if found.iter().any(|other| other.key == key) {
            return Err(Refusal::parameter(
                "networkInterfaces",
                format!("Network interface '{text}' is named twice."),
            ));
        }
        found.push(Attachment {
            key,
            is_primary: is_alone || interface.properties.primary == Some(true),
            goes: is_delete(interface.properties.delete_option.as_deref()),
        });
    }
    Ok(found)
}

/// What changes with interfaces that a machine gets: they have hardware addresses, and while it has
/// not given its hardware back, public ones.
fn plugged_in(
    scope: &mut Scope<'_>,
    interfaces: &[Attachment],
    holds_addresses: bool,
) -> Result<Vec<Change>, Refusal> {
    let mut changes = Vec::new();
    for attachment in interfaces {
        let (interface, _) = scope.interface_at(&attachment.key)?;
        if holds_addresses {
            changes.extend(scope.give_addresses(interface)?);
        }
        if interface.mac.is_none() {
            let [a, b, c] = scope.draw.chance.bytes::<3>();
            let mac = format!("60-45-BD-{a:02X}-{b:02X}-{c:02X}");
            changes.push(Change::HardwareAddress(attachment.key.clone(), mac));
        }
    }
    Ok(changes)
}

/// What changes with interfaces that a machine had and has no longer.
fn unplugged(
    scope: &Scope<'_>,
    old: &[Attachment],
    new: &[Attachment],
) -> Result<Vec<Change>, Refusal> {
    let mut changes = Vec::new();
    for attachment in old {
        if new.iter().all(|kept| kept.key != attachment.key) {
            let (interface, _) = scope.interface_at(&attachment.key)?;
            changes.extend(scope.take_addresses(interface.public_addresses()));
        }
    }
    Ok(changes)
}

fn source(
    scope: &Scope<'_>,
    draft: &Draft<'_>,
    profile: &StorageProfile,
    id: &str,
) -> Result<Source, Refusal> {
    let disk = &profile.os_disk;
    let option = disk.create_option.as_deref().unwrap_or_default();
    if option.is_empty() {
        return Err(Refusal::parameter(
            "osDisk.createOption",
            "Required parameter 'osDisk.createOption' is missing (null).".to_owned(),
        ));
    }
    if let Some(reference) = &profile.image_reference {
        return image_source(scope, draft, reference, id);
    }
    let system = disk.os_type.clone().unwrap_or_else(|| "Linux".to_owned());
    let size_gb = disk.size_gb.and_then(|size| u32::try_from(size).ok());
    if let Some(text) = &disk.managed_disk.id {
        let key = scope.referred(
            text,
            Kind::Disk,
            &draft.location,
            id,
            "properties.storageProfile.osDisk.managedDisk.id",
        )?;
        let resource = scope.view.held.shelf.get(&key);
        if let Some(Core::Disk(found)) = resource.map(|resource| &resource.core) {
            return Ok(Source {
                label: system.clone(),
                system: found.system.clone().unwrap_or(system),
                size_gb: found.size_gb,
                exact_version: None,
                creation: Creation::Told,
                family: first_boot::Image::Other,
                agent: <(String, String)>::default(),
                hardware: None,
            });
        }
    }
    if disk.vhd.is_none() {
        return Err(Refusal::parameter(
            "imageReference",
            "Required parameter 'imageReference' is missing (null).".to_owned(),
        ));
    }
    Ok(Source {
        label: system.clone(),
        system,
        size_gb: size_gb.unwrap_or(30),
        exact_version: None,
        creation: Creation::Told,
        family: first_boot::Image::Other,
        agent: <(String, String)>::default(),
        hardware: None,
    })
}

fn image_source(
    scope: &Scope<'_>,
    draft: &Draft<'_>,
    reference: &ImageReference,
    id: &str,
) -> Result<Source, Refusal> {
    if let Some(text) = &reference.id {
        let key = scope.referred(
            text,
            Kind::Image,
            &draft.location,
            id,
            "properties.storageProfile.imageReference.id",
        )?;
        let resource = scope.view.held.shelf.get(&key);
        let Some(Core::Image(image)) = resource.map(|resource| &resource.core) else {
            return Err(Refusal::NoImage(text.clone()));
        };
        return Ok(Source {
            system: image.system.clone(),
            label: image.label.clone(),
            size_gb: image.size_gb,
            exact_version: None,
            creation: Creation::Image(scope.id_of(&key)),
            family: first_boot::Image::of(&image.label, ""),
            agent: image.agent.clone(),
            hardware: image.hardware,
        });
    }
    let found = platform_image(reference)?;
    let version_id = format!(
        "/Subscriptions/{}/Providers/Microsoft.Compute/Locations/{}/Publishers/{}/ArtifactTypes/VMImage/Offers/{}/Skus/{}/Versions/{}",
        scope.view.id, draft.location, found.publisher, found.offer, found.sku, found.version
    );
    Ok(Source {
        system: found.system().os.as_str().to_owned(),
        label: found.system().pretty.to_owned(),
        size_gb: found.size_gb(),
        exact_version: Some(found.version.to_owned()),
        creation: Creation::Image(version_id),
        family: first_boot::Image::of(found.publisher, found.offer),
        agent: {
            let system = found.system();
            (system.agent_name().to_owned(), system.version_id.to_owned())
        },
        hardware: Some(Hardware::of(&found)),
    })
}

/// The image of the catalogue that a reference names.
fn platform_image(reference: &ImageReference) -> Result<offers::images::Image, Refusal> {
    let words = [
        ("publisher", &reference.publisher),
        ("offer", &reference.offer),
        ("sku", &reference.sku),
        ("version", &reference.version),
    ];
    let missing = words.iter().find(|(_, word)| word.is_none());
    if let Some((name, _)) = missing {
        return Err(Refusal::parameter(
            "imageReference",
            format!("Required parameter 'imageReference.{name}' is missing (null)."),
        ));
    }
    let [publisher, offer, sku, version] =
        words.map(|(_, word)| word.as_deref().unwrap_or_default());
    let urn = format!("{publisher}:{offer}:{sku}:{version}");
    offers::images::image(publisher, offer, sku, version).ok_or(Refusal::NoImage(urn))
}

/// What an operating system's disk and a data disk become alike.
fn disk_size(written: &WrittenDisk, otherwise: u32, member: &str) -> Result<u32, Refusal> {
    let Some(size) = written.size_gb else {
        return Ok(otherwise);
    };
    u32::try_from(size)
        .ok()
        .filter(|size| (1..=65_536).contains(size))
        .ok_or_else(|| {
            Refusal::parameter(
                "diskSizeGB",
                format!("The value '{size}' of parameter '{member}.diskSizeGB' is out of range."),
            )
        })
}

fn os_disk(
    scope: &mut Scope<'_>,
    draft: &Draft<'_>,
    written: &WrittenDisk,
    source: &Source,
    changes: &mut Vec<Change>,
) -> Result<OsDisk, Refusal> {
    let goes = is_delete(written.delete_option.as_deref());
    let size_gb = disk_size(written, source.size_gb, "osDisk")?;
    if size_gb < source.size_gb {
        return Err(Refusal::parameter(
            "osDisk.diskSizeGB",
            format!(
                "The specified disk size {size_gb} GB is smaller than the size of the corresponding disk in the VM image: {} GB. This is not allowed. Please choose equal or greater size or do not specify an explicit size.",
                source.size_gb
            ),
        ));
    }
    if let Some(text) = &written.managed_disk.id {
        let id = draft.path.id(scope.view.id);
        let place = "properties.storageProfile.osDisk.managedDisk.id";
        let key = scope.referred(text, Kind::Disk, &draft.location, &id, place)?;
        check_free_disk(scope, &key, &draft.key)?;
        let name = scope.view.held.shelf.get(&key).map(|r| r.name.clone());
        return Ok(OsDisk {
            name: name.unwrap_or_default(),
            key: Some(key),
            size_gb,
            goes,
        });
    }
    let name = match &written.name {
        Some(name) => name.clone(),
        None if written.vhd.is_some() => draft.path.name.clone(),
        None => format!("{}_OsDisk_1_{}", draft.path.name, scope.draw.chance.hex32()),
    };
    if written.vhd.is_some() {
        return Ok(OsDisk {
            name,
            key: None,
            size_gb,
            goes,
        });
    }
    let disk = Disk {
        system: Some(source.system.clone()),
        size_gb,
        storage: storage_of(written),
        creation: source.creation.clone(),
    };
    let key = made_disk(scope, draft, &name, disk, changes)?;
    Ok(OsDisk {
        name,
        key: Some(key),
        size_gb,
        goes,
    })
}

fn storage_of(written: &WrittenDisk) -> String {
    let told = written.managed_disk.storage_account_type.clone();
    told.unwrap_or_else(|| "Premium_LRS".to_owned())
}

fn check_free_disk(scope: &Scope<'_>, disk: &Key, machine: &Key) -> Result<(), Refusal> {
    let other = scope
        .users_of(disk, Kind::Machine)
        .find(|key| *key != machine);
    match other {
        None => Ok(()),
        Some(other) => Err(InUse::DiskTaken {
            name: disk.name.as_str().to_owned(),
            by: scope.id_of(other),
        }
        .into()),
    }
}

fn made_disk(
    scope: &mut Scope<'_>,
    draft: &Draft<'_>,
    name: &str,
    disk: Disk,
    changes: &mut Vec<Change>,
) -> Result<Key, Refusal> {
    let key = Key {
        group: draft.key.group.clone(),
        kind: Kind::Disk,
        name: Name::from(name),
    };
    if scope.view.held.shelf.get(&key).is_some() {
        return Err(Refusal::DiskExists(name.to_owned()));
    }
    let resource = disk::new(scope, name.to_owned(), &draft.location, disk);
    changes.push(Change::Resource(key.clone(), Box::new(resource)));
    Ok(key)
}

/// The disk that is to be attached, which is nobody's and not twice the machine's.
fn named_disk(
    scope: &Scope<'_>,
    draft: &Draft<'_>,
    written: &WrittenDisk,
    os_disk: Option<&Key>,
    others: &[Option<&Key>],
) -> Result<Option<Key>, Refusal> {
    let Some(text) = &written.managed_disk.id else {
        return Ok(None);
    };
    let id = draft.path.id(scope.view.id);
    let place = "properties.storageProfile.dataDisks.managedDisk.id";
    let key = scope.referred(text, Kind::Disk, &draft.location, &id, place)?;
    check_free_disk(scope, &key, &draft.key)?;
    if os_disk == Some(&key) || others.contains(&Some(&key)) {
        return Err(InUse::DiskTaken {
            name: key.name.as_str().to_owned(),
            by: id,
        }
        .into());
    }
    Ok(Some(key))
}

fn data_disks(
    scope: &mut Scope<'_>,
    draft: &Draft<'_>,
    written: &[WrittenDisk],
    os_disk: Option<&Key>,
    old: &[DataDisk],
    changes: &mut Vec<Change>,
) -> Result<Vec<DataDisk>, Refusal> {
    let mut disks: Vec<DataDisk> = Vec::new();
    for (n, written) in written.iter().enumerate() {
        let Some(lun) = written.lun else {
            return Err(Refusal::parameter(
                "dataDisk.lun",
                "Required parameter 'dataDisk.lun' is missing (null).".to_owned(),
            ));
        };
        if !(0..=63).contains(&lun) {
            return Err(Refusal::parameter(
                "dataDisk.lun",
                format!(
                    "The value '{lun}' of parameter 'dataDisk.lun' is out of range. The value must be between '0' and '63', inclusive."
                ),
            ));
        }
        if disks.iter().any(|other| other.lun == lun) {
            return Err(Refusal::parameter(
                "dataDisk.lun",
                format!(
                    "A disk with LUN '{lun}' already exists for VM '{}'.",
                    draft.path.name
                ),
            ));
        }
        let goes = is_delete(written.delete_option.as_deref());
        let others: Vec<Option<&Key>> = disks.iter().map(|disk| disk.key.as_ref()).collect();
        let named = named_disk(scope, draft, written, os_disk, &others)?;
        if let Some(kept) = old.iter().find(|old| {
            let is_named = |name: &String| name.eq_ignore_ascii_case(&old.name);
            old.lun == lun
                && written.name.as_ref().is_none_or(is_named)
                && (named.is_none() || named == old.key)
        }) {
            disks.push(DataDisk {
                goes,
                ..kept.clone()
            });
            continue;
        }
        if let Some(key) = named {
            let resource = scope.view.held.shelf.get(&key);
            let size_gb = match resource.map(|resource| &resource.core) {
                Some(Core::Disk(disk)) => disk.size_gb,
                _ => 0,
            };
            disks.push(DataDisk {
                lun,
                name: resource.map(|r| r.name.clone()).unwrap_or_default(),
                key: Some(key),
                size_gb,
                goes,
            });
            continue;
        }
        let size_gb = disk_size(written, 1023, "dataDisk")?;
        let name = match &written.name {
            Some(name) => name.clone(),
            None => format!(
                "{}_disk{}_{}",
                draft.path.name,
                n + 2,
                scope.draw.chance.hex32()
            ),
        };
        let key = if written.vhd.is_some() {
            None
        } else {
            let disk = Disk {
                system: None,
                size_gb,
                storage: storage_of(written),
                creation: Creation::Empty,
            };
            Some(made_disk(scope, draft, &name, disk, changes)?)
        };
        disks.push(DataDisk {
            lun,
            name,
            key,
            size_gb,
            goes,
        });
    }
    Ok(disks)
}

fn update(
    scope: &mut Scope<'_>,
    draft: &Draft<'_>,
    body: &Value,
    written: &Written,
    old: &Resource,
    machine: &Machine,
) -> Result<Decided, Refusal> {
    let told = &written.properties;
    let id = draft.path.id(scope.view.id);
    // Clients write back what they were told, what the service filled in included.
    let was = scope.view.told(&draft.path.key(), old);
    machine_rules::check_fixed(&was, body, machine)?;
    let mut changed = machine.clone();
    if let Some(name) = &told.hardware_profile.vm_size
        && !name.eq_ignore_ascii_case(&machine.size.name)
    {
        let size = size(scope.view, &draft.location, Some(name))?;
        if let (Some(hardware), Some(offered)) = (machine.hardware, offers::sizes::size(name)) {
            hardware.check(offered)?;
        }
        scope.has_room(&draft.location, size.cores, machine.size.cores)?;
        changed.size = size;
        // A machine that runs is restarted in its new size.
        if let Course::Up(_) = machine.life.course {
            changed.switch_on(Course::Up(phase::Boot::Restart), scope.now);
        }
    }
    // Hardware is looked for anew where none was found.
    let is_tried_again = scope.view.was_never_made(old, machine);
    if is_tried_again {
        changed.switch_on(Course::Up(phase::Boot::Managed), scope.now);
    }
    let mut further = Vec::new();
    if !told.network_profile.network_interfaces.is_empty() {
        changed.interfaces =
            interfaces(scope, draft, &id, &told.network_profile.network_interfaces)?;
        let holds = is_tried_again || scope.runs(&draft.key);
        further.extend(unplugged(scope, &machine.interfaces, &changed.interfaces)?);
        further.extend(plugged_in(scope, &changed.interfaces, holds)?);
    }
    if body["properties"]["storageProfile"]["dataDisks"].is_array() {
        changed.data_disks = data_disks(
            scope,
            draft,
            &told.storage_profile.data_disks,
            machine.os_disk.key.as_ref(),
            &machine.data_disks,
            &mut further,
        )?;
    }
    if let Some(option) = &told.storage_profile.os_disk.delete_option {
        changed.os_disk.goes = is_delete(Some(option));
    }
    let mut document = old.document.read();
    merge(&mut document, body);
    let resource = Resource {
        document: Document::of(&KNOWN, &document),
        version: old.version + 1,
        changed: scope.now,
        pending: Some(Pending {
            operation: scope.id.clone(),
            doing: Doing::Updating,
        }),
        core: Core::Machine(Box::new(changed)),
        ..old.clone()
    };
    Ok(Decided::accepted("Update Virtual Machine", 20)
        .changes(further)
        .change(Change::Resource(draft.key.clone(), Box::new(resource))))
}

/// Writes what is new over what was; lists and tags are written whole.
pub(super) fn merge(old: &mut Value, new: &Value) {
    match (old, new) {
        (Value::Object(old), Value::Object(new)) => {
            for (name, value) in new {
                match old.get_mut(name) {
                    Some(place) if name != "tags" => merge(place, value),
                    _ => {
                        old.insert(name.clone(), value.clone());
                    }
                }
            }
        }
        (old, new) => *old = new.clone(),
    }
}

impl<'w> View<'w> {
    /// The machine of a key.
    pub(crate) fn machine_at(self, key: &Key) -> Result<(&'w Machine, &'w Resource), Refusal> {
        let resource = self.held.shelf.get(key);
        match resource.map(|resource| (&resource.core, resource)) {
            Some((Core::Machine(machine), resource)) => Ok((machine, resource)),
            _ => Err(Refusal::NoResource(self.path_of(key))),
        }
    }

    /// Whether the making of a machine failed before it was on hardware.
    fn was_never_made(self, resource: &Resource, machine: &Machine) -> bool {
        let pending = resource.pending.as_ref();
        machine.life.course == Course::Deallocated
            && pending.is_some_and(|pending| pending.doing == Doing::Creating)
            && self.provisioning_state(resource) == "Failed"
    }

    /// Whether a machine has given its hardware back.
    pub(super) fn is_deallocated(self, key: &Key) -> bool {
        self.machine_at(key)
            .is_ok_and(|(machine, _)| machine.life.course == Course::Deallocated)
    }

    /// Whether a machine holds its addresses.
    pub(super) fn runs(self, key: &Key) -> bool {
        !self.is_deallocated(key)
    }
}
