//! Images of systems that publishers offer: publisher, offer, SKU and version.

pub(crate) mod aliases;
pub(crate) mod system;
mod systems;
mod table;

use serde_json::{Value, json};

use self::table::PUBLISHERS;
use super::super::super::SubscriptionId;
use super::listing::Stem;
use super::publisher_name;
use super::regions::Region;
use crate::world::spelling::is_same;

/// The system that people call so, e.g. `Ubuntu 22.04.5 LTS`.
pub(crate) fn system_called(pretty: &str) -> Option<&'static System> {
    let offers = PUBLISHERS.iter().flat_map(|publisher| publisher.offers);
    let mut skus = offers.flat_map(|offer| offer.skus);
    skus.find(|sku| sku.release.system.pretty == pretty)
        .map(|sku| sku.release.system)
}

pub(crate) use self::system::{OperatingSystem, System};
pub(crate) use super::listing::Listing;

/// Who offers images.
#[derive(Debug)]
struct Publisher {
    name: &'static str,
    offers: &'static [Offer],
}

/// What a publisher offers under one name.
#[derive(Debug)]
struct Offer {
    name: &'static str,
    skus: &'static [Sku],
}

/// One variant of an offer, which comes in versions.
#[derive(Debug)]
struct Sku {
    name: &'static str,
    release: &'static Release,
    generation: Generation,
    arm: bool,
}

/// A system as it is published: how large its disk is, and in which versions, the oldest first.
#[derive(Debug)]
struct Release {
    system: &'static System,
    size_gb: u32,
    versions: &'static [&'static str],
}

/// The generation of virtual hardware that an image starts on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Generation {
    V1,
    V2,
}

impl Generation {
    /// The service's word for it.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::V1 => "V1",
            Self::V2 => "V2",
        }
    }
}

/// One version of an image.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Image {
    /// Who published it, in the publisher's own spelling, as are its offer and SKU.
    pub(crate) publisher: &'static str,
    /// What it is offered as.
    pub(crate) offer: &'static str,
    /// Which variant of that.
    pub(crate) sku: &'static str,
    /// Its exact version.
    pub(crate) version: &'static str,
    kept: &'static Sku,
}

impl Image {
    /// The system on it.
    pub(crate) fn system(&self) -> &'static System {
        self.kept.release.system
    }

    /// The size of its disk.
    pub(crate) fn size_gb(&self) -> u32 {
        self.kept.release.size_gb
    }

    /// The hardware it starts on.
    pub(crate) fn generation(&self) -> Generation {
        self.kept.generation
    }

    /// `x64` or `Arm64`, as sizes say it, too.
    pub(crate) fn architecture(&self) -> &'static str {
        self.kept.architecture()
    }
}

impl Sku {
    fn architecture(&self) -> &'static str {
        if self.arm { "Arm64" } else { "x64" }
    }

    fn newest(&self) -> Option<&'static str> {
        self.release.versions.last().copied()
    }

    fn version(&self, asked: &str) -> Option<&'static str> {
        if is_same(asked, "latest") {
            return self.newest();
        }
        let mut versions = self.release.versions.iter().copied();
        versions.find(|version| is_same(version, asked))
    }

    fn properties(&self) -> Value {
        let release = self.release;
        let is_new = self.generation == Generation::V2;
        let controllers = if is_new { "SCSI, NVMe" } else { "SCSI" };
        let mut features = Vec::new();
        if is_new && !self.arm {
            features.push(json!({ "name": "SecurityType", "value": "TrustedLaunchSupported" }));
        }
        features.push(json!({ "name": "IsAcceleratedNetworkSupported", "value": "True" }));
        features.push(json!({ "name": "DiskControllerTypes", "value": controllers }));
        json!({
            "hyperVGeneration": self.generation.as_str(),
            "architecture": self.architecture(),
            "replicaType": "Managed",
            "disallowed": { "vmDiskType": "None" },
            "automaticOSUpgradeProperties": { "automaticOSUpgradeSupported": false },
            "imageDeprecationStatus": { "imageState": "Active" },
            "features": features,
            "osDiskImage": {
                "operatingSystem": release.system.os.as_str(),
                "sizeInGb": release.size_gb,
                "sizeInBytes": vhd_bytes(release.size_gb),
            },
            "dataDiskImages": [],
        })
    }
}

/// How long a fixed disk's file is: the disk, and the footer that tells of it.
fn vhd_bytes(size_gb: u32) -> u64 {
    u64::from(size_gb) * 1024 * 1024 * 1024 + 512
}

/// The names of those who offer images.
pub(super) fn publisher_names() -> impl Iterator<Item = &'static str> {
    PUBLISHERS.iter().map(|publisher| publisher.name)
}

fn publisher(name: &str) -> Option<&'static Publisher> {
    PUBLISHERS
        .iter()
        .find(|publisher| is_same(publisher.name, name))
}

fn offer(publisher_name: &str, name: &str) -> Option<(&'static Publisher, &'static Offer)> {
    let publisher = publisher(publisher_name)?;
    let offer = publisher
        .offers
        .iter()
        .find(|offer| is_same(offer.name, name))?;
    Some((publisher, offer))
}

fn sku(
    publisher_name: &str,
    offer_name: &str,
    name: &str,
) -> Option<(&'static Publisher, &'static Offer, &'static Sku)> {
    let (publisher, offer) = offer(publisher_name, offer_name)?;
    let sku = offer.skus.iter().find(|sku| is_same(sku.name, name))?;
    Some((publisher, offer, sku))
}

/// The image that a reference names, whatever its case: an exact version of it, or `latest`.
pub(crate) fn image(publisher: &str, offer: &str, name: &str, version: &str) -> Option<Image> {
    let (publisher, offer, kept) = sku(publisher, offer, name)?;
    Some(Image {
        publisher: publisher.name,
        offer: offer.name,
        sku: kept.name,
        version: kept.version(version)?,
        kept,
    })
}

/// The answer of `GET …/publishers/P/artifacttypes/vmimage/offers`, if there is such a publisher.
pub(crate) fn offers(subscription: &SubscriptionId, region: &Region, name: &str) -> Option<Value> {
    publisher_name(name)?;
    let Some(publisher) = publisher(name) else {
        return Some(json!([]));
    };
    let stem = Stem::new(subscription, region);
    let offers = publisher.offers.iter();
    Some(
        offers
            .map(|offer| stem.item(offer.name, &image_path(publisher, offer)))
            .collect(),
    )
}

fn image_path(publisher: &Publisher, offer: &Offer) -> [&'static str; 5] {
    [
        publisher.name,
        "ArtifactTypes",
        "VMImage",
        "Offers",
        offer.name,
    ]
}

/// The answer of `GET …/offers/O/skus`, if there is such an offer.
pub(crate) fn skus(
    subscription: &SubscriptionId,
    region: &Region,
    publisher: &str,
    name: &str,
) -> Option<Value> {
    let (publisher, offer) = offer(publisher, name)?;
    let stem = Stem::new(subscription, region);
    let above = image_path(publisher, offer);
    let skus = offer.skus.iter();
    Some(
        skus.map(|sku| {
            let mut path = above.to_vec();
            path.extend(["Skus", sku.name]);
            stem.item(sku.name, &path)
        })
        .collect(),
    )
}

/// What is told of the properties of a version: all, a part, or nothing.
fn expanded(sku: &Sku, expand: Option<&str>) -> Option<Value> {
    let (name, part) = match expand?.split_once('/') {
        Some((name, part)) => (name, Some(part)),
        None => (expand?, None),
    };
    if !is_same(name, "properties") {
        return None;
    }
    let all = sku.properties();
    let Some(part) = part else {
        return Some(all);
    };
    let (name, value) = all
        .as_object()?
        .iter()
        .find(|(name, _)| is_same(name, part))?;
    Some(json!({ name: value }))
}

/// The answer of `GET …/skus/K/versions`, if there is such a SKU.
pub(crate) fn versions(
    subscription: &SubscriptionId,
    region: &Region,
    [publisher, offer, name]: [&str; 3],
    listing: Listing<'_>,
) -> Option<Value> {
    let (publisher, offer, sku) = sku(publisher, offer, name)?;
    let stem = Stem::new(subscription, region);
    let versions = listing.of(sku.release.versions).into_iter();
    Some(
        versions
            .map(|version| {
                let mut item = stem.item(version, &version_path(publisher, offer, sku, version));
                if let Some(properties) = expanded(sku, listing.expand) {
                    item["properties"] = properties;
                }
                item
            })
            .collect(),
    )
}

fn version_path(
    publisher: &Publisher,
    offer: &Offer,
    sku: &Sku,
    version: &'static str,
) -> Vec<&'static str> {
    let mut path = image_path(publisher, offer).to_vec();
    path.extend(["Skus", sku.name, "Versions", version]);
    path
}

/// The answer of `GET …/skus/K/versions/V`, if there is such a version: `latest` is one, too.
pub(crate) fn version(
    subscription: &SubscriptionId,
    region: &Region,
    [publisher, offer, name]: [&str; 3],
    version: &str,
) -> Option<Value> {
    let (publisher, offer, sku) = sku(publisher, offer, name)?;
    let version = sku.version(version)?;
    let stem = Stem::new(subscription, region);
    let mut item = stem.item(version, &version_path(publisher, offer, sku, version));
    item["properties"] = sku.properties();
    Some(item)
}

#[cfg(test)]
mod tests;
