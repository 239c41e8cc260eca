//! Images as an archive: in the layout of OCI, and in that of older engines over it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;

use super::{Image, ImageError, ImageStore, Notes};
use crate::files::Content;
use crate::files::pack::Part;
use crate::files::tar::{EntryKind, Header};
use crate::reference::{Named, Reference};
use crate::registry::manifest::{
    Annotations, Descriptor, INDEX, Index, Manifest, OCI_CONFIG, OCI_MANIFEST, json,
};
use crate::registry::{Digest, ImageConfig};
use crate::state::config::Config;

/// The type of a layer that is not compressed.
const LAYER: &str = "application/vnd.oci.image.layer.v1.tar";

/// An image in `manifest.json`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Item {
    config: String,
    repo_tags: Option<Vec<String>>,
    layers: Vec<String>,
    layer_sources: BTreeMap<Digest, Descriptor>,
}

/// A layer as the first engines described it.
#[derive(Debug, Clone, Default, Serialize)]
struct FirstConfig {
    #[serde(skip_serializing_if = "String::is_empty")]
    id: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    parent: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    comment: String,
    created: Option<Timestamp>,
    #[serde(skip_serializing_if = "String::is_empty")]
    container: String,
    container_config: Config,
    #[serde(skip_serializing_if = "String::is_empty")]
    docker_version: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    author: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    config: Option<Config>,
    #[serde(skip_serializing_if = "String::is_empty")]
    architecture: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    variant: String,
    os: String,
}

/// An archive while it is put together.
#[derive(Default)]
struct Archive {
    blobs: BTreeMap<Digest, (Content, Timestamp)>,
    items: Vec<Item>,
    manifests: Vec<Descriptor>,
    repositories: BTreeMap<String, BTreeMap<String, String>>,
}

impl ImageStore {
    /// Packs images with the names by which they are asked for; a name without a tag stands
    /// for all of its tags.
    ///
    /// # Errors
    /// When there is no such image.
    pub fn save(&self, names: &[String], notes: &mut Notes) -> Result<Vec<Part>, ImageError> {
        let mut archive = Archive::default();
        for (id, names) in self.chosen(names)? {
            let Some(image) = self.images.get(&id) else {
                continue;
            };
            archive.add(self, image, &names)?;
            notes.image("save", image, &id.to_string());
        }
        Ok(archive.pack())
    }

    /// The images that are asked for, in order, and the names that they take along.
    fn chosen(&self, names: &[String]) -> Result<Vec<(Digest, Vec<Named>)>, ImageError> {
        let mut chosen: Vec<(Digest, Vec<Named>)> = Vec::new();
        let mut choose = |id: Digest, name: Option<Named>| {
            let at = chosen.iter().position(|(other, _)| *other == id);
            let at = at.unwrap_or_else(|| {
                chosen.push((id, Vec::new()));
                chosen.len() - 1
            });
            let name = name.filter(|name| name.digest().is_none() && !chosen[at].1.contains(name));
            chosen[at].1.extend(name);
        };
        for text in names {
            let missing = || ImageError::Missing(text.clone());
            match Reference::parse(text)? {
                Reference::Id(id) => choose(self.images.get(&id).ok_or_else(missing)?.id, None),
                Reference::Named(name) if name.is_name_only() => {
                    let mut names = self.names_of(&name).peekable();
                    if names.peek().is_none() {
                        choose(self.beginning_with(text).ok_or_else(missing)?.id, None);
                    }
                    names.for_each(|(name, id)| choose(id, Some(name.clone())));
                }
                Reference::Named(name) => {
                    if let Some(image) = self.named(&name) {
                        choose(image.id, Some(name));
                    } else {
                        let image = self.beginning_with(text);
                        choose(image.ok_or(ImageError::NoReference)?.id, None);
                    }
                }
            }
        }
        Ok(chosen)
    }
}

impl Archive {
    fn blob(&mut self, bytes: Content, at: Timestamp) -> Digest {
        let digest = Digest::of(&*bytes);
        self.blobs.insert(digest, (bytes, at));
        digest
    }

    fn add(
        &mut self,
        store: &ImageStore,
        image: &Image,
        names: &[Named],
    ) -> Result<(), ImageError> {
        let created = image.created();
        let mut sources = BTreeMap::new();
        let mut layers = Vec::new();
        for layer in image.chain.iter().filter_map(|id| store.layers.get(*id)) {
            let bytes = Content::from(layer.archive.bytes());
            let source = Descriptor::to(LAYER, layer.diff_id, bytes.len() as u64);
            self.blob(bytes, created);
            layers.push(source.clone());
            sources.insert(layer.diff_id, source);
        }
        let Some(top) = layers.last().map(|layer| layer.digest) else {
            return Err(ImageError::Archive(
                "empty export - not implemented".to_owned(),
            ));
        };
        for first in first_configs(image) {
            self.blob(first.as_str().into(), created);
        }
        self.blob((&*image.json).into(), created);
        let manifest = json(&Manifest {
            schema_version: 2,
            media_type: OCI_MANIFEST.to_owned(),
            config: Descriptor::of(OCI_CONFIG, &*image.json),
            layers: layers.clone(),
        });
        let untagged = Descriptor::of(OCI_MANIFEST, &manifest);
        self.blob(manifest.as_str().into(), created);
        for name in names {
            let tag = name.tag().unwrap_or_default();
            let repository = self.repositories.entry(name.familiar_name()).or_default();
            repository.insert(tag.to_owned(), top.hex());
            self.manifests.push(Descriptor {
                annotations: Some(Annotations {
                    name: Some(name.to_string()),
                    ref_name: Some(tag.to_owned()),
                }),
                ..untagged.clone()
            });
        }
        if names.is_empty() {
            self.manifests.push(untagged);
        }
        let tags: Vec<String> = names.iter().map(Named::familiar).collect();
        self.items.push(Item {
            config: path(image.id),
            repo_tags: Some(tags).filter(|tags| !tags.is_empty()),
            layers: layers.iter().map(|layer| path(layer.digest)).collect(),
            layer_sources: sources,
        });
        Ok(())
    }

    fn pack(self) -> Vec<Part> {
        let epoch = Timestamp::UNIX_EPOCH;
        let index = json(&Index {
            schema_version: 2,
            media_type: INDEX.to_owned(),
            manifests: self.manifests,
        });
        let blobs = self.blobs.into_iter();
        let blobs = blobs.map(|(digest, (bytes, at))| (path(digest), bytes, at));
        let documents = [
            ("index.json", index),
            ("manifest.json", json(&self.items) + "\n"),
            (
                "oci-layout",
                "{\"imageLayoutVersion\":\"1.0.0\"}\n".to_owned(),
            ),
            ("repositories", json(&self.repositories) + "\n"),
        ];
        let documents =
            documents.map(|(name, text)| (name.to_owned(), text.as_str().into(), epoch));
        let mut parts = Vec::new();
        for directory in ["blobs/", "blobs/sha256/"] {
            let header = Header::new(directory, EntryKind::Directory, 0o755, epoch);
            parts.push(Part::Made(header.encode()));
        }
        for (path, bytes, at) in blobs.chain(documents) {
            put(&mut parts, path, bytes, at);
        }
        parts.push(Part::Made(vec![0; 2 * BLOCK]));
        parts
    }
}

/// The size of a block of a tar archive.
const BLOCK: usize = 512;

fn put(parts: &mut Vec<Part>, path: String, bytes: Content, at: Timestamp) {
    let at = Timestamp::from_second(at.as_second()).unwrap_or_default();
    let header = Header {
        size: bytes.len() as u64,
        ..Header::new(path, EntryKind::File, 0o644, at)
    };
    let padding = bytes.len().next_multiple_of(BLOCK) - bytes.len();
    parts.push(Part::Made(header.encode()));
    parts.push(Part::Shared(bytes));
    parts.push(Part::Made(vec![0; padding]));
}

fn path(digest: Digest) -> String {
    format!("blobs/sha256/{}", digest.hex())
}

/// Describes each layer of an image as the first engines did, the last with what the image
/// says.
fn first_configs(image: &Image) -> Vec<String> {
    let config: &ImageConfig = &image.config;
    let mut parent = String::new();
    let layers = image.chain.iter().enumerate();
    layers
        .map(|(at, layer)| {
            let mut first = FirstConfig {
                created: Some(Timestamp::UNIX_EPOCH),
                os: config.os.clone(),
                ..FirstConfig::default()
            };
            if at + 1 == image.chain.len() {
                first = FirstConfig {
                    comment: config.comment.clone(),
                    created: config.created,
                    container: config.container.clone(),
                    container_config: config.container_config.clone().unwrap_or_default(),
                    docker_version: config.docker_version.clone(),
                    author: config.author.clone(),
                    config: config.config.clone(),
                    architecture: config.architecture.clone(),
                    variant: config.variant.clone(),
                    ..first
                };
            }
            let seed = format!("{}{layer}{parent}", json(&first));
            first.id = Digest::of(seed).hex();
            first.parent = std::mem::replace(&mut parent, first.id.clone());
            json(&first)
        })
        .collect()
}
