//! OS images and VM images.

use jiff::Timestamp;
use serde::Serialize;

use super::names::{is_image, same};
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

impl Image {
    /// Whether the guest agent is in it: of the gallery's Linux images that was only said of
    /// Ubuntu's in 2014; own images are taken to have it.
    pub fn has_agent(&self) -> bool {
        self.kind == ImageKind::User
            || self.os == "Windows"
            || self.publisher.as_deref() == Some("Canonical")
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
            .ok_or_else(|| {
                Refusal::not_found("The image with the specified name does not exist.").detail(name)
            })
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
        now: Timestamp,
    ) -> Result<&Image, Refusal> {
        if !is_image(&new.name) {
            return Err(Refusal::bad_request("The image name is invalid.").detail(&new.name));
        }
        if self.image(subscription, &new.name).is_ok()
            || self.vm_image(subscription, &new.name).is_some()
        {
            return Err(
                Refusal::conflict("An image with the specified name already exists.")
                    .detail(&new.name),
            );
        }
        let location = self.place_of_blob(subscription, &new.media_link)?;
        let in_use = self
            .subscription(subscription)
            .into_iter()
            .flat_map(|s| s.disks.values())
            .find(|d| d.media_link.eq_ignore_ascii_case(&new.media_link) && d.attached.is_some());
        if let Some(disk) = in_use {
            return Err(disk.in_use());
        }
        let image = Image {
            description: new.description.unwrap_or_default(),
            name: new.name,
            label: new.label,
            kind: ImageKind::User,
            os: new.os,
            location,
            size_gb: 30,
            media_link: Some(new.media_link),
            eula: new.eula,
            family: new.family,
            show_in_gui: None,
            published: None,
            is_premium: new.is_premium,
            icon_uri: None,
            small_icon_uri: None,
            privacy_uri: new.privacy_uri,
            recommended_size: new.recommended_size,
            publisher: None,
            language: new.language,
            io_type: "Standard".to_owned(),
        };
        let _ = now;
        let key = super::names::key(&image.name);
        let images = &mut self.subscription_mut(subscription)?.images;
        Ok(images.entry(key).insert_entry(image).into_mut())
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
        self.subscription_mut(subscription)?
            .images
            .remove(&super::names::key(name));
        Ok(())
    }
}
