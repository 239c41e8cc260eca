//! OS images and VM images.

use jiff::Timestamp;
use serde::Serialize;

use super::data_disk::{check_caching, check_lun};
use super::names::{check_label, key, same};
use super::operation::OperationId;
use super::{Refusal, SubscriptionId, World};

/// Whose an image is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum ImageKind {
    /// Everybody's: from the gallery.
    Public,
    /// The subscription's own.
    User,
}

impl ImageKind {
    /// The word of the `Category` element.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Public => "Public",
            Self::User => "User",
        }
    }
}

/// Whether a captured system was prepared for new machines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum OsState {
    /// Prepared: each machine made from it is provisioned anew.
    Generalized,
    /// As it was: user and password come along.
    Specialized,
}

impl OsState {
    /// The word of the `OSState` element.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Generalized => "Generalized",
            Self::Specialized => "Specialized",
        }
    }
}

/// An OS image (`OSImage`).
#[derive(Clone, Debug, Serialize)]
pub struct Image {
    /// Its unique name.
    pub name: String,
    /// What it is called.
    pub label: String,
    /// Whose it is.
    pub kind: ImageKind,
    /// `Linux` or `Windows`.
    pub os: String,
    /// Where it can be used, separated by semicolons.
    pub location: String,
    /// Size of the disk in GiB.
    pub size_gb: u32,
    /// Where the VHD lies; own images only.
    pub media_link: Option<String>,
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
    pub recommended_size: Option<String>,
    /// Who made it.
    pub publisher: Option<String>,
    /// Its language.
    pub language: Option<String>,
    /// `Standard` or `Provisioned`.
    pub io_type: String,
}

/// What is to change of an own image; what is not told stays.
#[derive(Clone, Debug, Default)]
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
    pub recommended_size: Option<String>,
    /// Its language.
    pub language: Option<String>,
}

impl Image {
    /// Whether the guest agent is in it: of the gallery's Linux images that was only said of
    /// Ubuntu's in 2014; own images are taken to have it.
    pub fn has_agent(&self) -> bool {
        self.kind == ImageKind::User
            || self.os == "Windows"
            || self.publisher.as_deref() == Some("Canonical")
    }
}

impl Image {
    /// An own image of this VHD, about which nothing more is known.
    pub(super) fn own(
        name: String,
        label: String,
        os: String,
        location: String,
        size_gb: u32,
        media_link: String,
    ) -> Self {
        Self {
            name,
            label,
            kind: ImageKind::User,
            os,
            location,
            size_gb,
            media_link: Some(media_link),
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
            io_type: "Standard".to_owned(),
        }
    }
}

/// A VM image (`VMImage`): a captured machine with all its disks.
#[derive(Clone, Debug, Serialize)]
pub struct VmImage {
    /// Its unique name.
    pub name: String,
    /// What it is called.
    pub label: String,
    /// Whose it is.
    pub kind: ImageKind,
    /// What it is.
    pub description: Option<String>,
    /// `Linux` or `Windows`.
    pub os: String,
    /// Whether it was generalized.
    pub os_state: OsState,
    /// The name of its OS disk.
    pub os_disk_name: String,
    /// `None`, `ReadOnly` or `ReadWrite`.
    pub os_disk_caching: String,
    /// Where the OS disk's VHD lies; own images only.
    pub media_link: Option<String>,
    /// Size of the OS disk in GiB.
    pub size_gb: u32,
    /// `Standard` or `Provisioned`.
    pub io_type: String,
    /// Its data disks.
    pub data_disks: Vec<VmImageDataDisk>,
    /// Where it can be used, separated by semicolons.
    pub location: String,
    /// When it was captured; gallery images do not say.
    pub created: Option<Timestamp>,
    /// Images of the same product.
    pub family: Option<String>,
    /// The size that its publisher suggests.
    pub recommended_size: Option<String>,
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
#[derive(Clone, Debug, Serialize)]
pub struct VmImageSource {
    /// Its hosted service.
    pub service: String,
    /// Its deployment.
    pub deployment: String,
    /// The role.
    pub role: String,
    /// Whether it ran: `ReadyRole`, `StoppedVM` or `StoppedDeallocated`.
    pub state: String,
    /// Its size by name.
    pub size: String,
}

impl VmImage {
    /// Where its VHDs lie; nothing for a gallery image.
    pub(super) fn links(&self) -> impl Iterator<Item = &str> {
        let data = self.data_disks.iter().map(|disk| &disk.media_link);
        data.chain([&self.media_link])
            .filter_map(|link| link.as_deref())
    }

    /// An own VM image about which nothing more is known than its name.
    pub(super) fn own(name: String, label: String) -> Self {
        Self {
            name,
            label,
            kind: ImageKind::User,
            description: None,
            os: String::new(),
            os_state: OsState::Generalized,
            os_disk_name: String::new(),
            os_disk_caching: "ReadWrite".to_owned(),
            media_link: None,
            size_gb: 30,
            io_type: "Standard".to_owned(),
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

/// A data disk of a VM image.
#[derive(Clone, Debug, Serialize)]
pub struct VmImageDataDisk {
    /// Its name.
    pub name: String,
    /// Its logical unit number.
    pub lun: u32,
    /// Its size in GiB.
    pub size_gb: u32,
    /// `None`, `ReadOnly` or `ReadWrite`.
    pub host_caching: String,
    /// Where its VHD lies; own images only.
    pub media_link: Option<String>,
}

/// What a new own OS image is made from.
#[derive(Clone, Debug)]
pub struct NewImage {
    /// Its unique name.
    pub name: String,
    /// What it is called.
    pub label: String,
    /// Where the VHD lies.
    pub media_link: String,
    /// `Linux` or `Windows`.
    pub os: String,
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
    pub recommended_size: Option<String>,
    /// Its language.
    pub language: Option<String>,
}

impl World {
    /// All OS images that the subscription may use: the gallery's, then its own.
    pub fn images<'a>(&'a self, subscription: &SubscriptionId) -> Vec<&'a Image> {
        let own = self
            .subscription(subscription)
            .into_iter()
            .flat_map(|s| s.images.values());
        self.catalogue.images.iter().chain(own).collect()
    }

    /// The OS image of this name.
    pub fn image(&self, subscription: &SubscriptionId, name: &str) -> Result<&Image, Refusal> {
        self.images(subscription)
            .into_iter()
            .find(|i| same(&i.name, name))
            .ok_or_else(|| no_image(name))
    }

    /// All VM images that the subscription may use.
    pub fn vm_images<'a>(&'a self, subscription: &SubscriptionId) -> Vec<&'a VmImage> {
        let own = self
            .subscription(subscription)
            .into_iter()
            .flat_map(|s| s.vm_images.values());
        self.catalogue.vm_images.iter().chain(own).collect()
    }

    /// The VM image of this name.
    pub fn vm_image(&self, subscription: &SubscriptionId, name: &str) -> Option<&VmImage> {
        self.vm_images(subscription)
            .into_iter()
            .find(|i| same(&i.name, name))
    }

    /// Makes an own OS image from a VHD.
    pub fn create_image(
        &mut self,
        subscription: &SubscriptionId,
        new: NewImage,
    ) -> Result<&Image, Refusal> {
        self.image_name_is_free(subscription, &new.name)?;
        check_label(&new.label)?;
        let location = self.place_of_blob(subscription, &new.media_link)?;
        self.vhd_is_unused(subscription, &new.media_link)?;
        let image = Image {
            eula: new.eula,
            description: new.description.unwrap_or_default(),
            family: new.family,
            is_premium: new.is_premium,
            privacy_uri: new.privacy_uri,
            recommended_size: new.recommended_size,
            language: new.language,
            ..Image::own(new.name, new.label, new.os, location, 30, new.media_link)
        };
        let images = &mut self.subscription_mut(subscription)?.images;
        Ok(images
            .entry(key(&image.name))
            .insert_entry(image)
            .into_mut())
    }

    /// Changes what is told of an own OS image.
    pub fn update_image(
        &mut self,
        subscription: &SubscriptionId,
        name: &str,
        update: ImageUpdate,
    ) -> Result<&Image, Refusal> {
        if self.image(subscription, name)?.kind == ImageKind::Public {
            return Err(Refusal::bad_request("A platform image cannot be changed.").detail(name));
        }
        check_label(&update.label)?;
        let held = self.subscription_mut(subscription)?;
        let image = held
            .images
            .get_mut(&key(name))
            .ok_or_else(|| no_image(name))?;
        image.label = update.label;
        if let Some(description) = update.description {
            image.description = description;
        }
        for (field, told) in [
            (&mut image.eula, update.eula),
            (&mut image.family, update.family),
            (&mut image.privacy_uri, update.privacy_uri),
            (&mut image.recommended_size, update.recommended_size),
            (&mut image.language, update.language),
        ] {
            if told.is_some() {
                *field = told;
            }
        }
        if update.show_in_gui.is_some() {
            image.show_in_gui = update.show_in_gui;
        }
        Ok(image)
    }

    /// Changes what is told of an own VM image.
    pub fn update_vm_image(
        &mut self,
        subscription: &SubscriptionId,
        name: &str,
        update: ImageUpdate,
    ) -> Result<(), Refusal> {
        let known = self.vm_image(subscription, name);
        if known.ok_or_else(|| no_image(name))?.kind == ImageKind::Public {
            return Err(Refusal::bad_request("A platform image cannot be changed.").detail(name));
        }
        check_label(&update.label)?;
        let held = self.subscription_mut(subscription)?;
        let image = held
            .vm_images
            .get_mut(&key(name))
            .ok_or_else(|| no_image(name))?;
        image.label = update.label;
        for (field, told) in [
            (&mut image.description, update.description),
            (&mut image.eula, update.eula),
            (&mut image.family, update.family),
            (&mut image.privacy_uri, update.privacy_uri),
            (&mut image.recommended_size, update.recommended_size),
            (&mut image.language, update.language),
        ] {
            if told.is_some() {
                *field = told;
            }
        }
        if update.show_in_gui.is_some() {
            image.show_in_gui = update.show_in_gui;
        }
        Ok(())
    }

    /// Deletes an own OS image.
    pub fn delete_image(
        &mut self,
        subscription: &SubscriptionId,
        name: &str,
    ) -> Result<(), Refusal> {
        if self.image(subscription, name)?.kind == ImageKind::Public {
            return Err(Refusal::bad_request("A platform image cannot be deleted.").detail(name));
        }
        let held = self.subscription_mut(subscription)?;
        held.images.remove(&key(name));
        held.image_spread.remove(&key(name));
        Ok(())
    }

    /// Makes an own VM image from VHDs.
    pub fn create_vm_image(
        &mut self,
        subscription: &SubscriptionId,
        id: OperationId,
        new: NewVmImage,
        now: Timestamp,
    ) -> Result<OperationId, Refusal> {
        self.image_name_is_free(subscription, &new.name)?;
        check_label(&new.label)?;
        let location = self.place_of_blob(subscription, &new.os_disk_link)?;
        let mut data_disks: Vec<VmImageDataDisk> = Vec::new();
        for (n, disk) in new.data_disks.into_iter().enumerate() {
            check_lun(disk.lun)?;
            if data_disks.iter().any(|other| other.lun == disk.lun) {
                return Err(Refusal::conflict(format!(
                    "The logical unit number {} is used by two data disks.",
                    disk.lun
                )));
            }
            let there = self.place_of_blob(subscription, &disk.media_link)?;
            if !same(&there, &location) {
                return Err(Refusal::bad_request(format!(
                    "The VHDs of a VM image must be in one location: {} is in {there}, the OS disk in {location}.",
                    disk.media_link
                )));
            }
            data_disks.push(VmImageDataDisk {
                name: format!("{}-datadisk-{n}", new.name),
                lun: disk.lun,
                size_gb: 30,
                host_caching: check_caching(disk.host_caching, "None")?,
                media_link: Some(disk.media_link),
            });
        }
        let links = data_disks.iter().filter_map(|d| d.media_link.as_deref());
        let mut seen: Vec<&str> = Vec::new();
        for link in links.chain([new.os_disk_link.as_str()]) {
            self.vhd_is_unused(subscription, link)?;
            if seen.iter().any(|other| same(other, link)) {
                return Err(Refusal::conflict(format!(
                    "The blob {link} is used by two disks of the image."
                )));
            }
            seen.push(link);
        }
        let image = VmImage {
            description: new.description,
            os: new.os,
            os_state: new.os_state,
            os_disk_name: format!("{}-os", new.name),
            os_disk_caching: check_caching(new.os_disk_caching, "ReadWrite")?,
            media_link: Some(new.os_disk_link),
            data_disks,
            location,
            created: Some(now),
            family: new.family,
            recommended_size: new.recommended_size,
            language: new.language,
            eula: new.eula,
            icon_uri: new.icon_uri,
            small_icon_uri: new.small_icon_uri,
            privacy_uri: new.privacy_uri,
            show_in_gui: new.show_in_gui,
            ..VmImage::own(new.name, new.label)
        };
        self.subscription_mut(subscription)?
            .vm_images
            .insert(key(&image.name), image);
        self.accept(subscription, id, "Create VM Image", 30, None, None, now)
    }

    /// Deletes an own VM image.
    pub fn delete_vm_image(
        &mut self,
        subscription: &SubscriptionId,
        id: OperationId,
        name: &str,
        now: Timestamp,
    ) -> Result<OperationId, Refusal> {
        let image = self
            .vm_image(subscription, name)
            .ok_or_else(|| no_image(name))?;
        if image.kind == ImageKind::Public {
            return Err(Refusal::bad_request("A platform image cannot be deleted.").detail(name));
        }
        let held = self.subscription_mut(subscription)?;
        held.vm_images.remove(&key(name));
        held.image_spread.remove(&key(name));
        self.accept(subscription, id, "Delete VM Image", 30, None, None, now)
    }

    /// The own image, of either kind, that stands for this blob.
    pub(super) fn image_of_blob(&self, subscription: &SubscriptionId, link: &str) -> Option<&str> {
        let held = self.subscription(subscription)?;
        let image = held
            .images
            .values()
            .find(|image| image.media_link.as_deref().is_some_and(|l| same(l, link)));
        let vm_image = || {
            held.vm_images
                .values()
                .find(|image| image.links().any(|l| same(l, link)))
        };
        image
            .map(|image| image.name.as_str())
            .or_else(|| vm_image().map(|image| image.name.as_str()))
    }

    /// Refuses a VHD that a disk or an image already stands for.
    fn vhd_is_unused(&self, subscription: &SubscriptionId, link: &str) -> Result<(), Refusal> {
        if let Some(name) = self.image_of_blob(subscription, link) {
            return Err(Refusal::conflict(format!(
                "An image with name {name} already uses the blob {link}."
            )));
        }
        let disk = self
            .subscription(subscription)
            .and_then(|held| held.disks.of_blob(link));
        match disk {
            Some(disk) => {
                self.disk_is_free(subscription, &disk.name)?;
                Err(Refusal::conflict(format!(
                    "A disk with name {} already uses the blob {link}.",
                    disk.name
                )))
            }
            None => Ok(()),
        }
    }
}

pub(super) fn no_image(name: &str) -> Refusal {
    Refusal::not_found("The image with the specified name does not exist.").detail(name)
}

/// What a new own VM image is made from.
#[derive(Clone, Debug)]
pub struct NewVmImage {
    /// Its unique name.
    pub name: String,
    /// What it is called.
    pub label: String,
    /// What it is.
    pub description: Option<String>,
    /// `Linux` or `Windows`.
    pub os: String,
    /// Whether it was generalized.
    pub os_state: OsState,
    /// `None`, `ReadOnly` or `ReadWrite`.
    pub os_disk_caching: Option<String>,
    /// Where the OS disk's VHD lies.
    pub os_disk_link: String,
    /// Its data disks.
    pub data_disks: Vec<NewVmImageDataDisk>,
    /// Its language.
    pub language: Option<String>,
    /// Images of the same product.
    pub family: Option<String>,
    /// The size that is suggested for it.
    pub recommended_size: Option<String>,
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
#[derive(Clone, Debug)]
pub struct NewVmImageDataDisk {
    /// `None`, `ReadOnly` or `ReadWrite`.
    pub host_caching: Option<String>,
    /// Its logical unit number; 0 when absent.
    pub lun: u32,
    /// Where its VHD lies.
    pub media_link: String,
}
