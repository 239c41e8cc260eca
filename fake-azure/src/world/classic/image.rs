//! OS images and VM images.

use crate::world::word::words;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Refusal;
use super::change::Change;
use super::data_disk::check_lun;
use super::decision::{Decided, Scope};
use super::label::check_label;
use super::refusal::{Elsewhere, Thing};
use super::report::InstanceStatus;
use super::view::View;
use crate::world::{Caching, Link, Name, OperatingSystem};

words! {
    /// Whose an image is.
    pub enum ImageKind {
        /// Everybody's: from the gallery.
        Public = "Public",
        /// The subscription's own.
        User = "User",
    }
}

words! {
    /// Whether a captured system was prepared for new machines.
    pub enum OsState {
        /// Prepared: each machine made from it is provisioned anew.
        Generalized = "Generalized",
        /// As it was: user and password come along.
        Specialized = "Specialized",
    }
}

words! {
    /// How fast the disks of an image are.
    pub enum IoType {
        /// As others are.
        Standard = "Standard",
        /// As was asked for.
        Provisioned = "Provisioned",
        /// As others are, in the word of 2014.
        StandardLrs = "Standard_LRS",
        /// Fast, in the word of 2014.
        PremiumLrs = "Premium_LRS",
    }
}

/// An OS image (`OSImage`).
#[derive(Clone, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Image {
    /// Its unique name.
    pub name: Name,
    /// What it is called.
    pub label: String,
    /// Whose it is.
    pub kind: ImageKind,
    /// Its system.
    pub os: OperatingSystem,
    /// Where it can be used, separated by semicolons.
    pub location: String,
    /// Size of the disk in GiB.
    pub size_gb: u32,
    /// Where the VHD lies; own images only.
    pub media_link: Option<Link>,
    /// Licence terms.
    pub eula: Option<String>,
    /// What it is.
    pub description: String,
    /// Images of the same product, of which the newest is usually wanted.
    pub family: Option<String>,
    /// Whether portals show it.
    pub show_in_gui: Option<bool>,
    /// When it appeared.
    pub published: Option<Timestamp>,
    /// Whether it costs extra.
    pub is_premium: bool,
    /// A picture.
    pub icon_uri: Option<String>,
    /// A small picture.
    pub small_icon_uri: Option<String>,
    /// Privacy terms.
    pub privacy_uri: Option<String>,
    /// The size that its publisher suggests.
    pub recommended_size: Option<Name>,
    /// Who made it.
    pub publisher: Option<String>,
    /// Its language.
    pub language: Option<String>,
    /// How fast the disk is.
    pub io_type: IoType,
}

/// What is to change of an own image; what is not told stays.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct ImageUpdate {
    /// What it is called.
    pub label: String,
    /// Licence terms.
    pub eula: Option<String>,
    /// What it is.
    pub description: Option<String>,
    /// Images of the same product.
    pub family: Option<String>,
    /// Whether portals show it.
    pub show_in_gui: Option<bool>,
    /// Privacy terms.
    pub privacy_uri: Option<String>,
    /// The size that its publisher suggests.
    pub recommended_size: Option<Name>,
    /// Its language.
    pub language: Option<String>,
}

impl Image {
    /// A public image with this system that is nowhere yet and about which nothing more is known.
    pub fn public(name: impl Into<Name>, os: OperatingSystem) -> Self {
        let name = name.into();
        Self {
            label: name.to_string(),
            name,
            kind: ImageKind::Public,
            os,
            location: String::new(),
            size_gb: 30,
            media_link: None,
            eula: None,
            description: String::new(),
            family: None,
            show_in_gui: None,
            published: None,
            is_premium: false,
            icon_uri: None,
            small_icon_uri: None,
            privacy_uri: None,
            recommended_size: None,
            publisher: None,
            language: None,
            io_type: IoType::Standard,
        }
    }

    /// Whether the guest agent is in it: of the gallery's Linux images that was only said of
    /// Ubuntu's in 2014; own images are taken to have it.
    pub fn has_agent(&self) -> bool {
        self.kind == ImageKind::User
            || self.os == OperatingSystem::Windows
            || self.publisher.as_deref() == Some("Canonical")
    }
}

impl Image {
    /// An own image of this VHD, about which nothing more is known.
    pub(super) fn own(
        name: Name,
        label: String,
        os: OperatingSystem,
        location: String,
        size_gb: u32,
        media_link: Link,
    ) -> Self {
        Self {
            label,
            kind: ImageKind::User,
            location,
            size_gb,
            media_link: Some(media_link),
            ..Self::public(name, os)
        }
    }
}

/// A VM image (`VMImage`): a captured machine with all its disks.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub struct VmImage {
    /// Its unique name.
    pub name: Name,
    /// What it is called.
    pub label: String,
    /// Whose it is.
    pub kind: ImageKind,
    /// What it is.
    pub description: Option<String>,
    /// Its system.
    pub os: OperatingSystem,
    /// Whether it was generalized.
    pub os_state: OsState,
    /// The name of its OS disk.
    pub os_disk_name: Name,
    /// `None`, `ReadOnly` or `ReadWrite`.
    pub os_disk_caching: Caching,
    /// Where the OS disk's VHD lies; own images only.
    pub media_link: Option<Link>,
    /// Size of the OS disk in GiB.
    pub size_gb: u32,
    /// How fast the disk is.
    pub io_type: IoType,
    /// Its data disks.
    pub data_disks: Vec<VmImageDataDisk>,
    /// Where it can be used, separated by semicolons.
    pub location: String,
    /// When it was captured; gallery images do not say.
    pub created: Option<Timestamp>,
    /// Images of the same product.
    pub family: Option<String>,
    /// The size that its publisher suggests.
    pub recommended_size: Option<Name>,
    /// Who made it.
    pub publisher: Option<String>,
    /// When it appeared.
    pub published: Option<Timestamp>,
    /// Its language.
    pub language: Option<String>,
    /// Licence terms.
    pub eula: Option<String>,
    /// A picture.
    pub icon_uri: Option<String>,
    /// A small picture.
    pub small_icon_uri: Option<String>,
    /// Privacy terms.
    pub privacy_uri: Option<String>,
    /// Whether portals show it.
    pub show_in_gui: Option<bool>,
    /// The machine that it was captured from.
    pub source: Option<VmImageSource>,
}

/// The machine that a VM image was captured from.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub struct VmImageSource {
    /// Its hosted service.
    pub service: Name,
    /// Its deployment.
    pub deployment: Name,
    /// The role.
    pub role: Name,
    /// Whether it ran.
    pub state: InstanceStatus,
    /// Its size by name.
    pub size: Name,
}

impl VmImage {
    /// Where its VHDs lie; nothing for a gallery image.
    pub(super) fn links(&self) -> impl Iterator<Item = &Link> {
        let data = self.data_disks.iter().map(|disk| &disk.media_link);
        data.chain([&self.media_link]).flatten()
    }

    /// A public VM image with this system, about which nothing more is known than its name.
    pub fn public(name: impl Into<Name>, os: OperatingSystem) -> Self {
        let name = name.into();
        let label = name.to_string();
        Self {
            kind: ImageKind::Public,
            ..Self::own(name, label, os)
        }
    }

    /// An own VM image with this system, about which nothing more is known than its name.
    pub(super) fn own(name: Name, label: String, os: OperatingSystem) -> Self {
        Self {
            name,
            label,
            kind: ImageKind::User,
            description: None,
            os,
            os_state: OsState::Generalized,
            os_disk_name: Name::default(),
            os_disk_caching: Caching::ReadWrite,
            media_link: None,
            size_gb: 30,
            io_type: IoType::Standard,
            data_disks: Vec::new(),
            location: String::new(),
            created: None,
            family: None,
            recommended_size: None,
            publisher: None,
            published: None,
            language: None,
            eula: None,
            icon_uri: None,
            small_icon_uri: None,
            privacy_uri: None,
            show_in_gui: None,
            source: None,
        }
    }
}

impl VmImageSource {
    /// A machine that was in this state when its image was taken.
    pub fn new(
        service: impl Into<Name>,
        deployment: impl Into<Name>,
        role: impl Into<Name>,
        state: InstanceStatus,
        size: impl Into<Name>,
    ) -> Self {
        Self {
            service: service.into(),
            deployment: deployment.into(),
            role: role.into(),
            state,
            size: size.into(),
        }
    }
}

/// A data disk of a VM image.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub struct VmImageDataDisk {
    /// Its name.
    pub name: Name,
    /// Its logical unit number.
    pub lun: u32,
    /// Its size in GiB.
    pub size_gb: u32,
    /// `None`, `ReadOnly` or `ReadWrite`.
    pub host_caching: Caching,
    /// Where its VHD lies; own images only.
    pub media_link: Option<Link>,
}

impl VmImageDataDisk {
    /// A disk of this name at this logical unit number, of so many GiB.
    pub fn new(name: impl Into<Name>, lun: u32, size_gb: u32) -> Self {
        Self {
            name: name.into(),
            lun,
            size_gb,
            host_caching: Caching::None,
            media_link: None,
        }
    }
}

/// What a new own OS image is made from.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct NewImage {
    /// Its unique name.
    pub name: Name,
    /// What it is called.
    pub label: String,
    /// Where the VHD lies.
    pub media_link: Link,
    /// Its system.
    pub os: OperatingSystem,
    /// Licence terms.
    pub eula: Option<String>,
    /// What it is.
    pub description: Option<String>,
    /// Images of the same product.
    pub family: Option<String>,
    /// Whether it costs extra.
    pub is_premium: bool,
    /// Whether portals show it.
    pub show_in_gui: Option<bool>,
    /// Privacy terms.
    pub privacy_uri: Option<String>,
    /// The size that is suggested for it.
    pub recommended_size: Option<Name>,
    /// Its language.
    pub language: Option<String>,
}

/// What can be asked about images of either kind.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Command {
    /// Make an own OS image from a VHD.
    Create {
        /// What it is to be.
        new: NewImage,
    },
    /// Change what is told of an own OS image.
    Update {
        /// Its name.
        name: Name,
        /// What changes.
        update: ImageUpdate,
    },
    /// Delete an own OS image.
    Delete {
        /// Its name.
        name: Name,
    },
    /// Make an own VM image from VHDs.
    CreateVm {
        /// What it is to be.
        new: Box<NewVmImage>,
    },
    /// Change what is told of an own VM image.
    UpdateVm {
        /// Its name.
        name: Name,
        /// What changes.
        update: ImageUpdate,
    },
    /// Delete an own VM image.
    DeleteVm {
        /// Its name.
        name: Name,
    },
}

impl Command {
    pub(super) fn decide(self, scope: &mut Scope<'_>) -> Result<Decided, Refusal> {
        match self {
            Self::Create { new } => create(scope, new),
            Self::Update { name, update } => update_os(scope, &name, update),
            Self::Delete { name } => {
                is_own(scope.image(&name)?.kind, &name, "deleted")?;
                Ok(Decided::done("Delete OS Image").change(Change::NoImage(name)))
            }
            Self::CreateVm { new } => create_vm(scope, *new),
            Self::UpdateVm { name, update } => update_vm(scope, &name, update),
            Self::DeleteVm { name } => {
                let image = scope.vm_image(&name).ok_or_else(|| no_image(&name))?;
                is_own(image.kind, &name, "deleted")?;
                Ok(Decided::accepted("Delete VM Image", 30).change(Change::NoVmImage(name)))
            }
        }
    }
}

/// The gallery's images stay as they are.
fn is_own(kind: ImageKind, name: &str, verb: &'static str) -> Result<(), Refusal> {
    match kind {
        ImageKind::User => Ok(()),
        ImageKind::Public => Err(Refusal::PlatformImage {
            name: name.into(),
            verb: verb.into(),
        }),
    }
}

fn create(scope: &Scope<'_>, new: NewImage) -> Result<Decided, Refusal> {
    scope.image_name_is_free(&new.name)?;
    check_label(&new.label)?;
    let location = scope.place_of_blob(&new.media_link)?;
    scope.vhd_is_unused(&new.media_link)?;
    let image = Image {
        eula: new.eula,
        description: new.description.unwrap_or_default(),
        family: new.family,
        is_premium: new.is_premium,
        privacy_uri: new.privacy_uri,
        recommended_size: new.recommended_size,
        language: new.language,
        ..Image::own(
            new.name,
            new.label,
            new.os,
            location.to_string(),
            30,
            new.media_link,
        )
    };
    Ok(Decided::done("Add OS Image").change(Change::Image(Box::new(image))))
}

fn update_os(scope: &Scope<'_>, name: &str, update: ImageUpdate) -> Result<Decided, Refusal> {
    let image = scope.image(name)?;
    is_own(image.kind, name, "changed")?;
    check_label(&update.label)?;
    let old = image.clone();
    let image = Image {
        label: update.label,
        description: update.description.unwrap_or(old.description),
        eula: update.eula.or(old.eula),
        family: update.family.or(old.family),
        privacy_uri: update.privacy_uri.or(old.privacy_uri),
        recommended_size: update.recommended_size.or(old.recommended_size),
        language: update.language.or(old.language),
        show_in_gui: update.show_in_gui.or(old.show_in_gui),
        ..old
    };
    Ok(Decided::done("Update OS Image").change(Change::Image(Box::new(image))))
}

fn update_vm(scope: &Scope<'_>, name: &str, update: ImageUpdate) -> Result<Decided, Refusal> {
    let image = scope.vm_image(name).ok_or_else(|| no_image(name))?;
    is_own(image.kind, name, "changed")?;
    check_label(&update.label)?;
    let old = image.clone();
    let image = VmImage {
        label: update.label,
        description: update.description.or(old.description),
        eula: update.eula.or(old.eula),
        family: update.family.or(old.family),
        privacy_uri: update.privacy_uri.or(old.privacy_uri),
        recommended_size: update.recommended_size.or(old.recommended_size),
        language: update.language.or(old.language),
        show_in_gui: update.show_in_gui.or(old.show_in_gui),
        ..old
    };
    Ok(Decided::done("Update VM Image").change(Change::VmImage(Box::new(image))))
}

fn create_vm(scope: &Scope<'_>, new: NewVmImage) -> Result<Decided, Refusal> {
    scope.image_name_is_free(&new.name)?;
    check_label(&new.label)?;
    let location = scope.place_of_blob(&new.os_disk_link)?;
    let mut data_disks: Vec<VmImageDataDisk> = Vec::new();
    for (n, disk) in new.data_disks.into_iter().enumerate() {
        check_lun(disk.lun)?;
        if data_disks.iter().any(|other| other.lun == disk.lun) {
            return Err(Refusal::LunTwice(disk.lun));
        }
        let there = scope.place_of_blob(&disk.media_link)?;
        if there != location {
            return Err(Refusal::Elsewhere {
                what: Elsewhere::ImageDisk(disk.media_link),
                there,
                here: location,
            });
        }
        data_disks.push(VmImageDataDisk {
            name: format!("{}-datadisk-{n}", new.name).into(),
            lun: disk.lun,
            size_gb: 30,
            host_caching: disk.host_caching.unwrap_or(Caching::None),
            media_link: Some(disk.media_link),
        });
    }
    let links = data_disks.iter().filter_map(|d| d.media_link.as_ref());
    let mut seen: Vec<&Link> = Vec::new();
    for link in links.chain([&new.os_disk_link]) {
        scope.vhd_is_unused(link)?;
        if seen.contains(&link) {
            return Err(Refusal::BlobTwice(link.to_owned()));
        }
        seen.push(link);
    }
    let image = VmImage {
        description: new.description,
        os_state: new.os_state,
        os_disk_name: format!("{}-os", new.name).into(),
        os_disk_caching: new.os_disk_caching.unwrap_or(Caching::ReadWrite),
        media_link: Some(new.os_disk_link),
        data_disks,
        location: location.to_string(),
        created: Some(scope.now),
        family: new.family,
        recommended_size: new.recommended_size,
        language: new.language,
        eula: new.eula,
        icon_uri: new.icon_uri,
        small_icon_uri: new.small_icon_uri,
        privacy_uri: new.privacy_uri,
        show_in_gui: new.show_in_gui,
        ..VmImage::own(new.name, new.label, new.os)
    };
    Ok(Decided::accepted("Create VM Image", 30).change(Change::VmImage(Box::new(image))))
}

impl<'w> View<'w> {
    /// All OS images that the subscription may use: the gallery's, then its own.
    pub fn images(self) -> Vec<&'w Image> {
        let own = self.held.into_iter().flat_map(|s| s.images.values());
        self.world.gallery.images.iter().chain(own).collect()
    }

    /// The OS image of this name.
    pub fn image(self, name: &str) -> Result<&'w Image, Refusal> {
        self.images()
            .into_iter()
            .find(|i| i.name == *name)
            .ok_or_else(|| no_image(name))
    }

    /// All VM images that the subscription may use.
    pub fn vm_images(self) -> Vec<&'w VmImage> {
        let own = self.held.into_iter().flat_map(|s| s.vm_images.values());
        self.world.gallery.vm_images.iter().chain(own).collect()
    }

    /// The VM image of this name.
    pub fn vm_image(self, name: &str) -> Option<&'w VmImage> {
        self.vm_images().into_iter().find(|i| i.name == *name)
    }

    /// The own image, of either kind, that stands for this blob.
    pub(super) fn image_of_blob(self, link: &Link) -> Option<&'w Name> {
        let held = self.held?;
        let image = held
            .images
            .values()
            .find(|image| image.media_link.as_ref() == Some(link));
        let vm_image = || {
            held.vm_images
                .values()
                .find(|image| image.links().any(|l| l == link))
        };
        image
            .map(|image| &image.name)
            .or_else(|| vm_image().map(|image| &image.name))
    }

    /// Refuses a VHD that a disk or an image already stands for.
    fn vhd_is_unused(self, link: &Link) -> Result<(), Refusal> {
        if let Some(name) = self.image_of_blob(link) {
            return Err(Refusal::BlobInUse {
                what: Thing::Image,
                name: name.to_owned(),
                link: link.to_owned(),
            });
        }
        let disk = self.held.and_then(|held| held.disks.of_blob(link));
        match disk {
            Some(disk) => {
                self.disk_is_free(&disk.name)?;
                Err(Refusal::BlobInUse {
                    what: Thing::Disk,
                    name: disk.name.clone(),
                    link: link.to_owned(),
                })
            }
            None => Ok(()),
        }
    }
}

pub(super) fn no_image(name: &str) -> Refusal {
    Refusal::missing(Thing::Image, name)
}

/// What a new own VM image is made from.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct NewVmImage {
    /// Its unique name.
    pub name: Name,
    /// What it is called.
    pub label: String,
    /// What it is.
    pub description: Option<String>,
    /// Its system.
    pub os: OperatingSystem,
    /// Whether it was generalized.
    pub os_state: OsState,
    /// `None`, `ReadOnly` or `ReadWrite`.
    pub os_disk_caching: Option<Caching>,
    /// Where the OS disk's VHD lies.
    pub os_disk_link: Link,
    /// Its data disks.
    pub data_disks: Vec<NewVmImageDataDisk>,
    /// Its language.
    pub language: Option<String>,
    /// Images of the same product.
    pub family: Option<String>,
    /// The size that is suggested for it.
    pub recommended_size: Option<Name>,
    /// Licence terms.
    pub eula: Option<String>,
    /// A picture.
    pub icon_uri: Option<String>,
    /// A small picture.
    pub small_icon_uri: Option<String>,
    /// Privacy terms.
    pub privacy_uri: Option<String>,
    /// Whether portals show it.
    pub show_in_gui: Option<bool>,
}

/// A data disk of a new VM image.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct NewVmImageDataDisk {
    /// `None`, `ReadOnly` or `ReadWrite`.
    pub host_caching: Option<Caching>,
    /// Its logical unit number; 0 when absent.
    pub lun: u32,
    /// Where its VHD lies.
    pub media_link: Link,
}
