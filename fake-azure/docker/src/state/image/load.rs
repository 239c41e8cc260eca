//! Images out of an archive, in the layout of OCI or of older engines.

use std::collections::BTreeMap;
use std::io::Read;

use serde::Deserialize;

use super::progress::Message;
use super::{Image, ImageError, ImageStore, Notes};
use crate::files::Content;
use crate::files::compression::{Decoder, decompress};
use crate::files::tar::{EntryKind, Limits, Reader, TarError};
use crate::reference::Named;
use crate::registry::Digest;
use crate::registry::manifest::{Index, Manifest, is_index};

/// Why images cannot be read from an archive, in the engine's words.
#[derive(Debug, thiserror::Error)]
enum LoadError {
    #[error(transparent)]
    Tar(#[from] TarError),
    #[error("open /var/lib/docker/tmp/docker-import-{import}/{path}: no such file or directory")]
    Missing { import: u32, path: String },
    #[error("{0}")]
    Json(#[from] serde_json::Error),
    #[error("invalid manifest, layers length mismatch: expected {expected}, got {found}")]
    LayerCount { expected: usize, found: usize },
    #[error("invalid diffID for layer {at}: expected {expected:?}, got {found:?}")]
    Layer {
        at: usize,
        expected: String,
        found: String,
    },
    #[error("invalid tag {0:?}")]
    Tag(String),
    #[error(transparent)]
    Image(#[from] ImageError),
    #[error("{0}")]
    Read(#[from] std::io::Error),
    #[error("{0} is no text")]
    NotText(String),
}

/// An image in `manifest.json`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Item {
    config: String,
    repo_tags: Option<Vec<String>>,
    layers: Option<Vec<String>>,
}

/// The files of an archive by their path.
struct Members {
    files: BTreeMap<String, Content>,
    /// Where links in the archive lead.
    links: BTreeMap<String, String>,
    /// The number in the name of the folder into which the engine would unpack it.
    import: u32,
}

/// How often a link may lead to another.
const LINKS_MAX: usize = 8;
/// How many indexes may lie in each other.
const INDEXES_MAX: usize = 4;

impl ImageStore {
    /// Takes the images of an archive, compressed or not, and tells what was found.
    ///
    /// What is wrong with the archive is told, too; images before that stay.
    pub fn load(&mut self, archive: impl Read, quiet: bool, notes: &mut Notes) -> Vec<Message> {
        let mut told = Vec::new();
        if let Err(error) = self.load_all(archive, quiet, notes, &mut told) {
            told.push(Message::error(error.to_string()));
        }
        told
    }

    fn load_all(
        &mut self,
        archive: impl Read,
        quiet: bool,
        notes: &mut Notes,
        told: &mut Vec<Message>,
    ) -> Result<(), LoadError> {
        let files = Members::read(archive, self.archive)?;
        for item in files.items()? {
            let id = self.load_image(&files, &item, quiet, told)?;
            if let Some(image) = self.images.get(&id) {
                notes.image("load", image, &id.to_string());
            }
            let tags = item.repo_tags.unwrap_or_default();
            if tags.is_empty() {
                told.push(Message::stream(format!("Loaded image ID: {id}\n")));
            }
            for tag in tags {
                let name: Named = tag.parse().map_err(|_| LoadError::Tag(tag.clone()))?;
                if name.tag().is_none() {
                    return Err(LoadError::Tag(tag));
                }
                self.rename(&name, id, told);
                told.push(Message::stream(format!(
                    "Loaded image: {}\n",
                    name.familiar()
                )));
            }
        }
        Ok(())
    }

    /// Lets a name lead to a loaded image, and tells from which it is taken.
    fn rename(&mut self, name: &Named, id: Digest, told: &mut Vec<Message>) {
        let old = self
            .named(name)
            .map(|image| image.id)
            .filter(|old| *old != id);
        if let Some(old) = old {
            told.push(Message::stream(format!(
                "The image {} already exists, renaming the old one with ID {old} to empty string\n",
                name.familiar()
            )));
        }
        self.set_name(name, id);
    }

    fn load_image(
        &mut self,
        files: &Members,
        item: &Item,
        quiet: bool,
        told: &mut Vec<Message>,
    ) -> Result<Digest, LoadError> {
        let json = files.text(&item.config)?;
        let image = Image::new(json.into())?;
        let layers = item.layers.as_deref().unwrap_or_default();
        let expected = image.config.rootfs.diff_ids.len();
        if expected != layers.len() {
            let found = layers.len();
            return Err(LoadError::LayerCount { expected, found });
        }
        if self.images.contains_key(&image.id) {
            return Ok(image.id);
        }
        let moments = image.config.moments();
        let mut below = None;
        let mut added = Vec::new();
        for (at, path) in layers.iter().enumerate() {
            let diff_id = image.config.rootfs.diff_ids[at];
            if self.layers.get(image.chain[at]).is_none() {
                let archive = decompress(&files.get(path)?, self.archive.bytes)?;
                let found = Digest::of(&archive);
                if found != diff_id {
                    self.forget(&added);
                    return Err(LoadError::Layer {
                        at,
                        expected: diff_id.to_string(),
                        found: found.to_string(),
                    });
                }
                let total = archive.len() as u64;
                let layer = self.layers.add_archive(below, archive, &moments);
                added.push(layer.inspect_err(|_| self.forget(&added))?);
                if !quiet {
                    for done in [total.min(32_768), total] {
                        told.push(Message::portion(diff_id, "Loading layer", done, total));
                    }
                }
            }
            below = Some(image.chain[at]);
        }
        Ok(self.insert(image))
    }

    /// Drops layers that were added for an image that cannot be.
    fn forget(&mut self, layers: &[Digest]) {
        if let Some(top) = layers.last() {
            self.layers.hold(*top);
            self.layers.release(*top);
        }
    }
}

impl Members {
    fn read(archive: impl Read, limits: Limits) -> Result<Self, LoadError> {
        let decoder = Decoder::new(archive)?;
        let mut reader = Reader::new(decoder, limits);
        let mut files = BTreeMap::new();
        let mut links = BTreeMap::new();
        while let Some(header) = reader.next_entry()? {
            let path = clean(&header.path);
            match header.kind {
                EntryKind::File => {
                    files.insert(path, Content::from(reader.content()?));
                }
                EntryKind::Symlink(target) => {
                    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
                    let target = clean(&format!("{folder}/{target}"));
                    links.insert(path, target);
                }
                EntryKind::HardLink(target) => {
                    links.insert(path, clean(&target));
                }
                _ => {}
            }
        }
        let names = files.keys().fold(String::new(), |names, name| names + name);
        let digest = Digest::of(names).hex();
        let import = u32::from_str_radix(&digest[..8], 16).unwrap_or_default();
        Ok(Self {
            files,
            links,
            import,
        })
    }

    fn get(&self, path: &str) -> Result<Content, LoadError> {
        let mut found = clean(path);
        for _ in 0..LINKS_MAX {
            if let Some(content) = self.files.get(&found) {
                return Ok(content.clone());
            }
            match self.links.get(&found) {
                Some(target) => found.clone_from(target),
                None => break,
            }
        }
        Err(LoadError::Missing {
            import: self.import,
            path: path.to_owned(),
        })
    }

    fn text(&self, path: &str) -> Result<String, LoadError> {
        let bytes = self.get(path)?.to_vec();
        String::from_utf8(bytes).map_err(|_| LoadError::NotText(path.to_owned()))
    }

    /// The images in the archive.
    fn items(&self) -> Result<Vec<Item>, LoadError> {
        match self.text("manifest.json") {
            Ok(manifest) => Ok(serde_json::from_str(&manifest)?),
            Err(_) if self.files.contains_key("index.json") => {
                let index = serde_json::from_str(&self.text("index.json")?)?;
                let mut items = Vec::new();
                self.indexed(&index, 0, &mut items)?;
                Ok(items)
            }
            // What follows then is the layout of the very first engines.
            Err(_) => Err(LoadError::Missing {
                import: self.import,
                path: "repositories".to_owned(),
            }),
        }
    }

    /// The images of an index of OCI's.
    fn indexed(&self, index: &Index, depth: usize, items: &mut Vec<Item>) -> Result<(), LoadError> {
        let path = |digest: Digest| format!("blobs/sha256/{}", digest.hex());
        for descriptor in &index.manifests {
            let is_for_host = descriptor.platform.as_ref().is_none_or(|platform| {
                (platform.os.as_str(), platform.architecture.as_str()) == ("linux", "amd64")
            });
            if !is_for_host {
                continue;
            }
            let text = self.text(&path(descriptor.digest))?;
            if is_index(&descriptor.media_type) && depth < INDEXES_MAX {
                self.indexed(&serde_json::from_str(&text)?, depth + 1, items)?;
                continue;
            }
            let manifest: Manifest = serde_json::from_str(&text)?;
            let name = descriptor
                .annotations
                .as_ref()
                .and_then(|said| said.name.clone());
            let layers = manifest.layers.iter().map(|layer| path(layer.digest));
            items.push(Item {
                config: path(manifest.config.digest),
                repo_tags: name.map(|name| vec![name]),
                layers: Some(layers.collect()),
            });
        }
        Ok(())
    }
}

/// Writes a path without a beginning, an end or detours.
fn clean(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}
