//! The layers of an engine, each on the one below.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io::Cursor;
use std::sync::{Arc, LazyLock, Mutex, OnceLock, PoisonError};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::ImageError;
use crate::files::tar::{EntryKind, Limits, Reader};
use crate::files::{Content, Tree, layer};
use crate::registry::{Archive, Blob, Digest, catalogue};

/// A layer, on those below it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Layer {
    /// The digest of its tar archive.
    pub diff_id: Digest,
    /// The layer below.
    pub below: Option<Digest>,
    /// What its files are said to have, in bytes.
    pub size: u64,
    /// Its tar archive.
    pub archive: Archive,
    /// The digest and size of its gzip file, once a registry has told or was told.
    pub packed: Option<(Digest, u64)>,
    /// How many images, layers and containers need it.
    references: u64,
    /// Its files with all below them, once they were asked for.
    #[serde(skip)]
    tree: OnceLock<Arc<Tree>>,
}

/// The layers of an engine by their chain ids.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LayerStore(BTreeMap<Digest, Layer>);

/// The files of the catalogue's layers, shared by all engines of the process. A chain id
/// names them to the byte, so there is nothing to go out of date.
static CATALOGUE: LazyLock<Mutex<HashMap<Digest, Arc<Tree>>>> = LazyLock::new(Mutex::default);

/// The id of a layer on another.
fn chain_id(below: Option<Digest>, diff_id: Digest) -> Digest {
    match below {
        None => diff_id,
        Some(below) => Digest::of(format!("{below} {diff_id}")),
    }
}

impl Layer {
    /// How many images, layers and containers need it.
    pub(in crate::state) fn references(&self) -> u64 {
        self.references
    }
}

impl FromIterator<(Digest, Layer)> for LayerStore {
    fn from_iter<I: IntoIterator<Item = (Digest, Layer)>>(layers: I) -> Self {
        Self(layers.into_iter().collect())
    }
}

impl LayerStore {
    /// The layer of this id.
    pub fn get(&self, id: Digest) -> Option<&Layer> {
        self.0.get(&id)
    }

    /// All layers by id.
    pub fn iter(&self) -> impl Iterator<Item = (Digest, &Layer)> {
        self.0.iter().map(|(id, layer)| (*id, layer))
    }

    /// What the files of all layers have, in bytes.
    pub fn total(&self) -> u64 {
        self.0.values().map(|layer| layer.size).sum()
    }

    /// What the files of these layers have, in bytes.
    pub fn size(&self, chain: &[Digest]) -> u64 {
        let layers = chain.iter().filter_map(|id| self.0.get(id));
        layers.map(|layer| layer.size).sum()
    }

    /// What the files of a layer and of all below it have, in bytes.
    pub fn size_up_to(&self, top: Option<Digest>) -> u64 {
        let layer = |id: Option<Digest>| self.0.get(&id?);
        let chain = std::iter::successors(layer(top), |above| layer(above.below));
        chain.map(|layer| layer.size).sum()
    }

    /// Says that an image, layer or container needs a layer.
    pub fn hold(&mut self, id: Digest) {
        if let Some(layer) = self.0.get_mut(&id) {
            layer.references += 1;
        }
    }

    /// Says that somebody needs a layer no longer. Layers that nobody needs go; their ids
    /// come back, the highest first.
    pub fn release(&mut self, id: Digest) -> Vec<Digest> {
        let mut gone = Vec::new();
        let mut next = Some(id);
        while let Some(id) = next {
            let Some(layer) = self.0.get_mut(&id) else {
                break;
            };
            layer.references = layer.references.saturating_sub(1);
            if layer.references > 0 {
                break;
            }
            next = layer.below;
            self.0.remove(&id);
            gone.push(id);
        }
        gone
    }

    /// Adds a layer as a registry has it; one that is there stays.
    pub(super) fn add(&mut self, below: Option<Digest>, blob: &Blob) -> Digest {
        let layer = Layer {
            diff_id: blob.diff_id,
            below,
            size: blob.unpacked,
            archive: blob.archive.clone(),
            packed: Some((blob.digest, blob.packed)),
            references: 0,
            tree: OnceLock::new(),
        };
        self.put(layer)
    }

    /// Adds a layer that came as a tar archive. One of the catalogue's is said to be as large as
    /// there; `moments` are those at which the image that it came with was made.
    ///
    /// # Errors
    /// When the archive cannot be laid on what is below.
    pub(super) fn add_archive(
        &mut self,
        below: Option<Digest>,
        archive: Vec<u8>,
        moments: &BTreeSet<Timestamp>,
    ) -> Result<Digest, ImageError> {
        let diff_id = Digest::of(&archive);
        let id = chain_id(below, diff_id);
        if self.0.contains_key(&id) {
            return Ok(id);
        }
        if let Some(known) = catalogue::layer(diff_id, moments) {
            return Ok(self.add(below, &known));
        }
        let words = |error: &dyn std::error::Error| ImageError::Archive(error.to_string());
        let tree = Tree::on(self.tree(below));
        let tree = layer::apply(tree, Cursor::new(&archive), Limits::default())
            .map_err(|error| words(&error))?;
        let size = content_size(&archive);
        Ok(self.put(Layer {
            diff_id,
            below,
            size,
            archive: Archive::Own(Content::from(archive)),
            packed: None,
            references: 0,
            tree: OnceLock::from(tree.into_base()),
        }))
    }

    /// How many bytes the archives have that came to this engine alone.
    pub fn own_bytes(&self) -> u64 {
        let own = self.0.values().map(|layer| match &layer.archive {
            Archive::Own(content) => content.len() as u64,
            Archive::Catalogue { .. } => 0,
        });
        own.sum()
    }

    fn put(&mut self, layer: Layer) -> Digest {
        let id = chain_id(layer.below, layer.diff_id);
        if !self.0.contains_key(&id) {
            if let Some(below) = layer.below {
                self.hold(below);
            }
            self.0.insert(id, layer);
        }
        id
    }

    /// The files of a layer with all below it; none at all without a layer.
    pub fn tree(&self, id: Option<Digest>) -> Arc<Tree> {
        // The layers whose files were not asked for yet, the highest first.
        let mut missing = Vec::new();
        let mut next = id;
        let mut tree = loop {
            let Some((id, layer)) = next.and_then(|id| Some((id, self.0.get(&id)?))) else {
                break Arc::new(Tree::new(Timestamp::UNIX_EPOCH));
            };
            if let Some(tree) = layer.tree.get().cloned().or_else(|| shared(id)) {
                break tree;
            }
            missing.push((id, layer));
            next = layer.below;
        };
        for (id, layer) in missing.into_iter().rev() {
            tree = match layer::apply(
                Tree::on(Arc::clone(&tree)),
                &**layer.archive.bytes(),
                Limits::default(),
            ) {
                Ok(tree) => tree.into_base(),
                Err(error) => {
                    // It was laid there before, so only a damaged state can have this.
                    tracing::warn!(%error, layer = %id, "a layer cannot be laid on those below");
                    tree
                }
            };
            if matches!(layer.archive, Archive::Catalogue { .. }) {
                share(id, &tree);
            }
            tree = Arc::clone(layer.tree.get_or_init(|| tree));
        }
        tree
    }
}

impl Layer {
    /// The layer as a registry has it.
    pub fn blob(&self) -> Blob {
        match self.packed {
            Some((digest, packed)) => Blob {
                diff_id: self.diff_id,
                digest,
                packed,
                unpacked: self.size,
                archive: self.archive.clone(),
            },
            None => Blob::of(self.archive.clone(), self.size),
        }
    }
}

fn shared(id: Digest) -> Option<Arc<Tree>> {
    let shared = CATALOGUE.lock().unwrap_or_else(PoisonError::into_inner);
    shared.get(&id).cloned()
}

fn share(id: Digest, tree: &Arc<Tree>) {
    let mut shared = CATALOGUE.lock().unwrap_or_else(PoisonError::into_inner);
    shared.insert(id, Arc::clone(tree));
}

/// What the files of an archive that can be read have, in bytes.
fn content_size(archive: &[u8]) -> u64 {
    let mut reader = Reader::new(archive, Limits::default());
    let mut size = 0_u64;
    while let Ok(Some(header)) = reader.next_entry() {
        if header.kind == EntryKind::File {
            size = size.saturating_add(header.size);
        }
    }
    size
}
