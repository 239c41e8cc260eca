//! An image as a registry holds it: manifests, configurations and layers.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::Digest;
use super::archive;
use super::catalogue;
use super::platform::Platform;
use crate::files::Content;

/// An image under its digest: one manifest, or an index of a manifest for each platform.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Published {
    /// The digest of `document`; a pull shows it.
    pub digest: Digest,
    /// What `document` is.
    pub media_type: String,
    /// The manifest or index, to the byte.
    pub document: Arc<str>,
    /// The images for the platforms; never empty.
    pub variants: Vec<Variant>,
}

/// An image for one platform.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Variant {
    /// What it runs on.
    pub platform: Platform,
    /// Its manifest, to the byte; the document itself where there is no index.
    pub manifest: Arc<str>,
    /// Its configuration, to the byte; the digest of it is the image's id.
    pub config: Arc<str>,
    /// Its layers, the lowest first.
    pub layers: Vec<Blob>,
}

/// A layer as registries and engines share it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Blob {
    /// The digest of the tar archive.
    pub diff_id: Digest,
    /// The digest of the gzip file; a pull shows it.
    pub digest: Digest,
    /// How many bytes the gzip file has, or is said to have.
    pub packed: u64,
    /// How many bytes its files have, or are said to have.
    pub unpacked: u64,
    /// The tar archive.
    pub archive: Archive,
}

/// Where the bytes of a layer are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Archive {
    /// In the catalogue, which makes them when they are asked for.
    Catalogue {
        /// The image that the layer is listed in: `alpine:3.22`.
        image: String,
        /// Which of its own layers it is, from 0.
        layer: usize,
        /// Which of its variants it is of, from 0.
        #[serde(default, skip_serializing_if = "is_first")]
        variant: usize,
    },
    /// Here.
    Own(Content),
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
fn is_first(variant: &usize) -> bool {
    *variant == 0
}

impl Published {
    /// The image for a platform, or for the host's when none is asked for.
    ///
    /// An image without an index is what it is: the engine takes it and warns.
    pub fn variant(&self, platform: Option<&Platform>) -> Option<&Variant> {
        if !self.is_index() {
            return self.variants.first();
        }
        let host = Platform::host();
        let wanted = platform.unwrap_or(&host);
        let mut variants = self.variants.iter();
        variants.find(|variant| wanted.takes(&variant.platform))
    }

    /// The image itself, or that of one platform, if its digest is `digest`.
    pub fn under(self: &Arc<Self>, digest: Digest) -> Option<Arc<Self>> {
        if self.digest == digest {
            return Some(Arc::clone(self));
        }
        let mut variants = self.variants.iter();
        let variant = variants.find(|variant| Digest::of(&*variant.manifest) == digest)?;
        Some(Arc::new(Self {
            digest,
            media_type: super::manifest::OCI_MANIFEST.to_owned(),
            document: Arc::clone(&variant.manifest),
            variants: vec![variant.clone()],
        }))
    }

    /// Whether the image is for several platforms.
    pub fn is_index(&self) -> bool {
        super::manifest::is_index(&self.media_type)
    }
}

impl Blob {
    /// Makes a layer of a tar archive whose files have `unpacked` bytes.
    pub fn of(archive: Archive, unpacked: u64) -> Self {
        let bytes = archive.bytes();
        let packed = archive::gzip(&bytes);
        Self {
            diff_id: Digest::of(&*bytes),
            digest: Digest::of(&packed),
            packed: packed.len() as u64,
            unpacked,
            archive,
        }
    }

    /// The gzip file, as a registry sends it.
    pub fn gzip(&self) -> Vec<u8> {
        archive::gzip(&self.archive.bytes())
    }
}

impl Archive {
    /// The bytes of the tar archive.
    pub fn bytes(&self) -> Arc<Vec<u8>> {
        match self {
            Self::Own(bytes) => bytes.shared(),
            Self::Catalogue {
                image,
                layer,
                variant,
            } => catalogue::archive(image, *variant, *layer).unwrap_or_default(),
        }
    }
}
