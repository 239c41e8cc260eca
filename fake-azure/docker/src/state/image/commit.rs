//! Making images here: of a container's files, of a build's step, of an archive.

use std::collections::BTreeSet;
use std::io::Read;

use super::{Image, ImageError, ImageStore, Notes};
use crate::files::Tree;
use crate::files::compression::Decoder;
use crate::files::layer;
use crate::files::pack::Times;
use crate::host;
use crate::reference::Named;
use crate::registry::{Digest, History, ImageConfig, Platform};
use crate::state::config::Config;

/// An image to be made from another.
#[derive(Debug, Clone, Default)]
pub struct Making {
    /// The image that it is made from; none for one from nothing.
    pub parent: Option<Digest>,
    /// What its containers are to run with.
    pub config: Config,
    /// What the container ran with that it is made of.
    pub container_config: Config,
    /// That container's id.
    pub container: String,
    /// Who makes it.
    pub author: String,
    /// What is said of it.
    pub comment: String,
}

/// What an image's files are beyond those of its parent.
#[derive(Debug)]
pub enum Files<'a> {
    /// The same.
    Same,
    /// What a tree changed over its parent's.
    Tree(&'a Tree),
    /// A layer, as an uncompressed archive.
    Archive(Vec<u8>),
}

/// An image to be made of an archive.
#[derive(Debug, Clone, Default)]
pub struct Import {
    /// What its containers are to run with.
    pub config: Config,
    /// What is said of it.
    pub comment: String,
    /// What it is for; the host's platform when nothing is said.
    pub platform: Option<Platform>,
    /// What it is to be called.
    pub name: Option<Named>,
}

impl ImageStore {
    /// Makes an image from another.
    ///
    /// # Errors
    /// When the layer cannot be read.
    pub fn make(
        &mut self,
        making: Making,
        files: Files<'_>,
        notes: &mut Notes,
    ) -> Result<Digest, ImageError> {
        let parent = making.parent.and_then(|id| self.images.get(&id));
        let below = parent.and_then(Image::top_layer);
        let base = parent.map(|image| (*image.config).clone());
        let archive = match files {
            Files::Same => None,
            Files::Archive(archive) => Some(archive),
            Files::Tree(tree) => {
                // What the engine itself laid over the image is not of the container's making.
                let image = self.layers.tree(below);
                let base = tree.base().unwrap_or(&image);
                let layer = layer::Layer::new(Some(base), tree, Times::Seconds);
                (!layer.is_empty()).then(|| layer.into_bytes())
            }
        };
        let layer = archive
            .map(|archive| self.layers.add_archive(below, archive, &BTreeSet::new()))
            .transpose()?;
        let diff_id = layer
            .and_then(|id| self.layers.get(id))
            .map(|layer| layer.diff_id);
        let created = Some(notes.now());
        let step = History {
            created,
            author: making.author.clone(),
            created_by: making
                .container_config
                .cmd
                .as_ref()
                .map(|cmd| cmd.0.join(" "))
                .unwrap_or_default(),
            comment: making.comment.clone(),
            empty_layer: diff_id.is_none(),
        };
        let platform = Platform::host();
        let base = base.unwrap_or_else(|| ImageConfig {
            architecture: platform.architecture,
            os: platform.os,
            ..ImageConfig::default()
        });
        let mut config = ImageConfig {
            author: making.author,
            comment: making.comment,
            config: Some(making.config),
            container: making.container,
            container_config: Some(making.container_config),
            created,
            docker_version: host::VERSION.to_owned(),
            ..base
        };
        config.history.push(step);
        config.rootfs.diff_ids.extend(diff_id);
        let id = self.create(&config, making.parent)?;
        if let Some(image) = self.images.get(&id) {
            notes.image("create", image, &id.to_string());
        }
        Ok(id)
    }

    /// Makes an image of an archive of all its files, compressed or not.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn import(
        &mut self,
        archive: impl Read,
        import: Import,
        notes: &mut Notes,
    ) -> Result<Digest, ImageError> {
        let archive = unpacked(archive, self.archive.bytes)?;
        let layer = self.layers.add_archive(None, archive, &BTreeSet::new())?;
        let diff_ids = self.layers.get(layer).map(|layer| layer.diff_id);
        let created = Some(notes.now());
        let platform = import.platform.unwrap_or_else(Platform::host);
        let comment = match import.comment.as_str() {
            "" => "Imported from -",
            comment => comment,
        };
        let mut config = ImageConfig {
            architecture: platform.architecture,
            comment: comment.to_owned(),
            config: Some(import.config),
            container_config: Some(Config::default()),
            created,
            docker_version: host::VERSION.to_owned(),
            history: vec![History {
                created,
                comment: comment.to_owned(),
                ..History::default()
            }],
            os: platform.os,
            variant: platform.variant,
            ..ImageConfig::default()
        };
        config.rootfs.diff_ids.extend(diff_ids);
        let id = self.create(&config, None)?;
        if let Some(image) = self.images.get(&id) {
            notes.image("import", image, &id.to_string());
        }
        if let Some(name) = import.name {
            self.tag(&id.to_string(), &name, notes)?;
        }
        Ok(id)
    }

    fn create(
        &mut self,
        config: &ImageConfig,
        parent: Option<Digest>,
    ) -> Result<Digest, ImageError> {
        let words = |error: serde_json::Error| ImageError::Archive(error.to_string());
        let mut image = Image::new(config.to_json().into()).map_err(words)?;
        image.parent = parent.filter(|parent| self.images.contains_key(parent));
        Ok(self.insert(image))
    }
}

/// Reads an archive whole, whatever it is compressed with.
fn unpacked(archive: impl Read, most: u64) -> Result<Vec<u8>, ImageError> {
    let words = |error: std::io::Error| ImageError::Archive(error.to_string());
    let mut whole = Vec::new();
    let decoder = Decoder::new(archive).map_err(words)?;
    decoder
        .take(most + 1)
        .read_to_end(&mut whole)
        .map_err(words)?;
    if whole.len() as u64 > most {
        return Err(ImageError::Archive(format!(
            "the archive has more than {most} bytes"
        )));
    }
    Ok(whole)
}
