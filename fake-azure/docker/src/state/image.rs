//! The images of an engine: what they are, what they are called, which layers they have.

mod commit;
mod error;
mod history;
mod inspect;
mod layers;
mod list;
mod load;
mod notes;
mod pattern;
mod progress;
mod prune;
mod pull;
mod push;
mod removal;
mod save;
mod usage;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::files::Tree;
use crate::files::tar::Limits;
use crate::reference::{Named, Reference};
use crate::registry::config::chain_ids;
use crate::registry::{Digest, ImageConfig, Platform};

pub use commit::{Files, Import, Making};
pub use error::ImageError;
pub use layers::{Layer, LayerStore};
pub use list::{ImageFilters, Summary};
pub use notes::Notes;
pub use progress::{Message, Step};
pub use prune::PruneFilters;
pub use push::Departure;
pub use removal::Use;
pub use usage::Usage;

/// An image.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Kept", into = "Kept")]
pub struct Image {
    /// The digest of the configuration.
    pub id: Digest,
    /// The configuration, to the byte.
    pub json: Arc<str>,
    /// The configuration, read.
    pub config: Arc<ImageConfig>,
    /// The image that it was built or committed from on this engine.
    pub parent: Option<Digest>,
    /// What it is called: references with a tag, and with a digest.
    pub names: BTreeSet<Named>,
    /// When it was given a name by hand.
    pub last_tagged: Option<Timestamp>,
    /// The ids of its layers in the layer store, the lowest first.
    chain: Vec<Digest>,
    /// Images that were made from it on this engine.
    children: BTreeSet<Digest>,
}

/// An image as serde keeps it: what follows from the rest is left out.
#[derive(Serialize, Deserialize)]
struct Kept {
    json: Arc<str>,
    parent: Option<Digest>,
    names: BTreeSet<Named>,
    last_tagged: Option<Timestamp>,
}

/// The images of an engine.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(from = "KeptStore", into = "KeptStore")]
pub struct ImageStore {
    images: BTreeMap<Digest, Image>,
    names: BTreeMap<Named, Digest>,
    layers: LayerStore,
    /// How much an archive of images may hold.
    archive: Limits,
}

#[derive(Serialize, Deserialize)]
struct KeptStore {
    images: Vec<Image>,
    layers: LayerStore,
}

impl Image {
    fn new(json: Arc<str>) -> Result<Self, serde_json::Error> {
        let config = ImageConfig::read(&json)?;
        Ok(Self {
            id: Digest::of(&*json),
            chain: chain_ids(&config.rootfs.diff_ids),
            config: Arc::new(config),
            json,
            parent: None,
            names: BTreeSet::new(),
            last_tagged: None,
            children: BTreeSet::new(),
        })
    }

    /// The layer on which its containers begin; none for an image without files.
    pub fn top_layer(&self) -> Option<Digest> {
        self.chain.last().copied()
    }

    /// What it runs on.
    pub fn platform(&self) -> Platform {
        Platform {
            os: self.config.os.clone(),
            architecture: self.config.architecture.clone(),
            variant: self.config.variant.clone(),
        }
    }

    /// Its labels.
    pub fn labels(&self) -> Option<&BTreeMap<String, String>> {
        self.config.config.as_ref()?.labels.as_ref()
    }

    /// Its names with a tag, as people write them.
    pub fn repo_tags(&self) -> Vec<String> {
        let tagged = self.names.iter().filter(|name| name.digest().is_none());
        tagged.map(Named::familiar).collect()
    }

    /// Its names with a digest, as people write them.
    pub fn repo_digests(&self) -> Vec<String> {
        let canonical = self.names.iter().filter(|name| name.digest().is_some());
        canonical.map(Named::familiar).collect()
    }

    /// Whether it has no name with a tag.
    pub fn is_dangling(&self) -> bool {
        self.names.iter().all(|name| name.digest().is_some())
    }

    /// The images that were made from it on this engine.
    pub fn children(&self) -> impl Iterator<Item = Digest> {
        self.children.iter().copied()
    }

    /// When it was made; an image that does not say was made in 1970.
    pub fn created(&self) -> Timestamp {
        self.config.created.unwrap_or(Timestamp::UNIX_EPOCH)
    }
}

impl ImageStore {
    /// Finds an image by id, name, or the beginning of its id, in this order.
    ///
    /// # Errors
    /// When there is none, or the text is no reference.
    pub fn find(&self, text: &str) -> Result<&Image, ImageError> {
        let reference = Reference::parse(text)?;
        let missing = || ImageError::Missing(reference.familiar());
        let named = match &reference {
            Reference::Id(id) => return self.images.get(id).ok_or_else(missing),
            Reference::Named(named) => named,
        };
        match self.named(named) {
            Some(image) => Ok(image),
            None => self.beginning_with(text).ok_or_else(missing),
        }
    }

    /// Finds an image for a platform, if one is asked for.
    ///
    /// # Errors
    /// When there is none, or it is for another platform.
    pub fn find_for(&self, text: &str, platform: Option<&Platform>) -> Result<&Image, ImageError> {
        let image = self.find(text)?;
        let found = image.platform();
        match platform {
            Some(wanted) if !wanted.takes(&found) => Err(ImageError::Platform {
                reference: text.to_owned(),
                found: found.to_string(),
                wanted: wanted.to_string(),
            }),
            _ => Ok(image),
        }
    }

    /// The image of this id.
    pub fn get(&self, id: Digest) -> Option<&Image> {
        self.images.get(&id)
    }

    /// All images, by id.
    pub fn iter(&self) -> impl Iterator<Item = &Image> {
        self.images.values()
    }

    /// How many images there are.
    pub fn len(&self) -> usize {
        self.images.len()
    }

    /// Sets how much an archive may hold of which images are made.
    pub fn set_archive_limits(&mut self, limits: Limits) {
        self.archive = limits;
    }

    /// The layers of all images.
    pub fn layers(&self) -> &LayerStore {
        &self.layers
    }

    /// The layers, to be held and released by containers.
    pub fn layers_mut(&mut self) -> &mut LayerStore {
        &mut self.layers
    }

    /// The files of an image, on which its containers begin.
    pub fn tree(&self, image: &Image) -> Arc<Tree> {
        self.layers.tree(image.top_layer())
    }

    /// The size of an image's files.
    pub fn size(&self, image: &Image) -> u64 {
        self.layers.size(&image.chain)
    }

    /// The image that a name with tag or digest leads to; without either, `latest`.
    fn named(&self, name: &Named) -> Option<&Image> {
        let key = match name.digest() {
            // What a tag leads to changes, what a digest leads to does not.
            Some(digest) => name.with_digest(digest),
            None => name.clone().or_latest(),
        };
        self.images.get(self.names.get(&key)?)
    }

    fn beginning_with(&self, text: &str) -> Option<&Image> {
        let (low, high) = Digest::range(text.strip_prefix("sha256:").unwrap_or(text))?;
        let mut found = self.images.range(low..=high).map(|(_, image)| image);
        let first = found.next();
        first.filter(|_| found.next().is_none())
    }

    /// The names of a repository.
    fn names_of(&self, repository: &Named) -> impl Iterator<Item = (&Named, Digest)> {
        let names = self.names.iter();
        let names = names.filter(|(name, _)| name.is_beside(repository));
        names.map(|(name, id)| (name, *id))
    }

    /// Gives an image one more name, which another may have had.
    ///
    /// # Errors
    /// When there is no such image, or the name is not one for a tag.
    pub fn tag(&mut self, text: &str, name: &Named, notes: &mut Notes) -> Result<(), ImageError> {
        let id = self.find(text)?.id;
        let name = name.clone().or_latest();
        if name.familiar_name() == "sha256" {
            return Err(crate::reference::InvalidReference::Ambiguous.into());
        }
        self.set_name(&name, id);
        if let Some(image) = self.images.get_mut(&id) {
            image.last_tagged = Some(notes.now());
            notes.image("tag", image, &name.familiar());
        }
        Ok(())
    }

    /// Lets a name lead to an image.
    fn set_name(&mut self, name: &Named, id: Digest) {
        self.drop_name(name);
        if let Some(image) = self.images.get_mut(&id) {
            image.names.insert(name.clone());
            self.names.insert(name.clone(), id);
        }
    }

    /// Lets a name lead nowhere.
    fn drop_name(&mut self, name: &Named) {
        let image = self.names.remove(name);
        if let Some(image) = image.and_then(|id| self.images.get_mut(&id)) {
            image.names.remove(name);
        }
    }

    /// Puts an image in, whose layers are there; one that is there stays as it is.
    fn insert(&mut self, image: Image) -> Digest {
        let id = image.id;
        if self.images.contains_key(&id) {
            return id;
        }
        if let Some(top) = image.top_layer() {
            self.layers.hold(top);
        }
        if let Some(parent) = image.parent.and_then(|parent| self.images.get_mut(&parent)) {
            parent.children.insert(id);
        }
        self.images.insert(id, image);
        id
    }
}

impl TryFrom<Kept> for Image {
    type Error = serde_json::Error;

    fn try_from(kept: Kept) -> Result<Self, serde_json::Error> {
        Ok(Self {
            parent: kept.parent,
            names: kept.names,
            last_tagged: kept.last_tagged,
            ..Self::new(kept.json)?
        })
    }
}

impl From<Image> for Kept {
    fn from(image: Image) -> Self {
        Self {
            json: image.json,
            parent: image.parent,
            names: image.names,
            last_tagged: image.last_tagged,
        }
    }
}

impl ImageStore {
    /// The store of these images, whose layers these are.
    pub(super) fn of(images: Vec<Image>, layers: LayerStore) -> Self {
        let images: BTreeMap<Digest, Image> =
            images.into_iter().map(|image| (image.id, image)).collect();
        let mut store = Self {
            layers,
            ..Self::default()
        };
        for image in images.values() {
            let names = image.names.iter();
            store
                .names
                .extend(names.map(|name| (name.clone(), image.id)));
        }
        let families: Vec<(Digest, Digest)> = images
            .values()
            .filter_map(|image| Some((image.parent?, image.id)))
            .collect();
        store.images = images;
        for (parent, child) in families {
            if let Some(parent) = store.images.get_mut(&parent) {
                parent.children.insert(child);
            }
        }
        store
    }
}

impl From<KeptStore> for ImageStore {
    fn from(kept: KeptStore) -> Self {
        Self::of(kept.images, kept.layers)
    }
}

impl From<ImageStore> for KeptStore {
    fn from(store: ImageStore) -> Self {
        Self {
            images: store.images.into_values().collect(),
            layers: store.layers,
        }
    }
}

#[cfg(test)]
mod tests;
