//! The engine's images: what containers begin on, and what changes them.

use std::collections::BTreeSet;
use std::sync::{Arc, MutexGuard};

use super::{Engine, lock};
use crate::fault::Fault;
use crate::files::Tree;
use crate::registry::{Digest, Platform, Registry};
use crate::state::State;
use crate::state::config::Config;
use crate::state::image::{Image, ImageStore, Notes, Use};

/// An image as a container begins on it.
#[derive(Clone, Debug)]
pub(crate) struct RunImage {
    /// Its identifier, `sha256:…`.
    pub(crate) id: String,
    /// What it says of containers.
    pub(crate) config: Config,
    /// The highest of its layers.
    pub(crate) layer: Option<Digest>,
    /// What it was made for.
    pub(crate) platform: Platform,
    /// Its files.
    pub(crate) files: Arc<Tree>,
}

impl Engine {
    /// The registries of the world that the engine is in.
    pub(crate) fn registry(&self) -> MutexGuard<'_, Registry> {
        lock(&self.shared.registry)
    }

    /// The image that a container is to begin on; an empty platform takes any.
    pub(crate) fn image_to_run(&self, name: &str, platform: &str) -> Result<RunImage, Fault> {
        let platform = platform_asked(platform)?;
        let state = self.state();
        let image = state.images.find_for(name, platform.as_ref())?;
        Ok(RunImage {
            id: image.id.to_string(),
            config: image.config.config.clone().unwrap_or_default(),
            layer: image.top_layer(),
            platform: image.platform(),
            files: state.images.tree(image),
        })
    }

    /// The identifiers of images that are one of these or were made from it.
    pub(crate) fn descendants<'a>(&self, names: impl Iterator<Item = &'a str>) -> Vec<String> {
        let state = self.state();
        let mut found = BTreeSet::new();
        let mut next: Vec<Digest> = names
            .filter_map(|name| Some(state.images.find(name).ok()?.id))
            .collect();
        while let Some(id) = next.pop() {
            if found.insert(id) {
                next.extend(state.images.get(id).into_iter().flat_map(Image::children));
            }
        }
        found.iter().map(Digest::to_string).collect()
    }

    /// Refuses one more image when there are enough, or when an archive of so many bytes finds no
    /// room beside what is there.
    pub(crate) fn check_room_for_image(&self, archive: u64) -> Result<(), Fault> {
        let limits = self.limits();
        let state = self.state();
        super::check_count(state.images.len(), limits.images, "images")?;
        let held = self.disk().used() + state.images.layers().own_bytes();
        if held.saturating_add(archive) > limits.disk_bytes {
            let words = "write /var/lib/docker/tmp: no space left on device";
            return Err(Fault::Internal(words.to_owned()));
        }
        Ok(())
    }

    /// Changes the images, told which containers need which, and tells what happened.
    pub(crate) fn change_images<T>(
        &self,
        change: impl FnOnce(&mut ImageStore, &[Use], &mut Notes) -> T,
    ) -> T {
        let mut notes = Notes::new(self.now());
        let mut state = self.state();
        let uses = uses(&state);
        let outcome = change(&mut state.images, &uses, &mut notes);
        for event in notes.events() {
            state.events.push(event);
        }
        drop(state);
        self.happened();
        outcome
    }
}

/// Which containers need which images.
fn uses(state: &State) -> Vec<Use> {
    let containers = state.containers.iter();
    containers
        .filter_map(|container| {
            Some(Use {
                id: container.id.short(),
                image: container.image.parse().ok()?,
                is_running: container.is_running(),
            })
        })
        .collect()
}

/// Reads the platform that a client asks for; none when it asks for none.
pub(crate) fn platform_asked(text: &str) -> Result<Option<Platform>, Fault> {
    if text.is_empty() {
        return Ok(None);
    }
    let platform = Platform::parse(text).map_err(|error| Fault::Invalid(error.to_string()))?;
    Ok(Some(platform))
}
