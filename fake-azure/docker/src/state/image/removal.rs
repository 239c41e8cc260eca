//! Taking names and images away, by the engine's rules.

use serde::Serialize;

use super::error::Reason;
use super::{ImageError, ImageStore, Notes};
use crate::reference::Named;
use crate::registry::Digest;

/// A container that needs an image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Use {
    /// The beginning of the container's id, as sentences show it.
    pub id: String,
    /// The image.
    pub image: Digest,
    /// Whether the container runs.
    pub is_running: bool,
}

/// Something that was taken away.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum Removed {
    /// A name.
    Untagged(String),
    /// An image or a layer.
    Deleted(Digest),
}

/// How an image is taken away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Manner {
    /// Although stopped containers need it.
    force: bool,
    /// With the images that it was made from and nobody needs.
    prune: bool,
    /// Or left where it is without a word, if it has names, children or a container.
    quiet: bool,
}

/// A removal that is under way.
struct Removal<'a> {
    containers: &'a [Use],
    removed: Vec<Removed>,
    notes: &'a mut Notes,
}

/// What stands in the way of taking an image away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Hindrances {
    /// What force overcomes.
    soft: bool,
    /// Also that it has names, which is soft, too.
    names: bool,
}

impl ImageStore {
    /// Takes a name away, and the image with it if that was its last.
    ///
    /// `force` takes it away although stopped containers need it; `prune` takes images
    /// away that it was made from and nobody needs.
    ///
    /// # Errors
    /// When there is no such image, or something needs it.
    pub fn remove(
        &mut self,
        text: &str,
        force: bool,
        prune: bool,
        containers: &[Use],
        notes: &mut Notes,
    ) -> Result<Vec<Removed>, ImageError> {
        let id = self.find(text)?.id;
        let names = self.names_for(id);
        let mut removal = Removal {
            containers,
            removed: Vec::new(),
            notes,
        };
        let manner = |quiet| Manner {
            force,
            prune,
            quiet,
        };
        if id.to_string().starts_with(text) || id.hex().starts_with(text) {
            if is_one_reference(&names) {
                let hindrances = Hindrances {
                    soft: !force,
                    names: false,
                };
                self.check(id, hindrances, containers)?;
                self.untag_all(&names, id, &mut removal);
            }
            self.remove_image(id, manner(false), &mut removal)?;
        } else {
            let container = containers.iter().find(|container| container.image == id);
            if let (false, true, Some(container)) = (force, is_one_reference(&names), container) {
                return Err(ImageError::NameInUse {
                    reference: text.to_owned(),
                    container: container.id.clone(),
                    image: id,
                });
            }
            if self.remove_name(text, id, &mut removal)? {
                self.remove_image(id, manner(true), &mut removal)?;
            }
        }
        Ok(removal.removed)
    }

    /// Takes a name of an image away; says whether that was its last.
    fn remove_name(
        &mut self,
        text: &str,
        id: Digest,
        removal: &mut Removal<'_>,
    ) -> Result<bool, ImageError> {
        let name = Named::parse(text)?.or_latest();
        let name = match name.digest() {
            Some(digest) => name.with_digest(digest),
            None => name,
        };
        if !self.names_for(id).contains(&name) {
            return Err(ImageError::NoReference);
        }
        self.untag(&name, id, removal);
        let mut left = self.names_for(id);
        let has_tag = |left: &[Named]| {
            let mut tags = left.iter().filter(|other| other.digest().is_none());
            tags.any(|other| other.is_beside(&name))
        };
        if name.digest().is_none() && !has_tag(&left) {
            // A digest without a tag beside it is of no use to anybody.
            let (orphans, others): (Vec<Named>, _) =
                left.into_iter().partition(|other| other.is_beside(&name));
            left = others;
            for orphan in orphans {
                self.drop_name(&orphan);
                removal.removed.push(Removed::Untagged(orphan.familiar()));
            }
        }
        Ok(left.is_empty())
    }

    /// The names of an image, in order.
    fn names_for(&self, id: Digest) -> Vec<Named> {
        let image = self.images.get(&id);
        image
            .map(|image| image.names.iter().cloned().collect())
            .unwrap_or_default()
    }

    fn untag(&mut self, name: &Named, id: Digest, removal: &mut Removal<'_>) {
        self.drop_name(name);
        if let Some(image) = self.images.get(&id) {
            removal.notes.image("untag", image, &id.to_string());
        }
        removal.removed.push(Removed::Untagged(name.familiar()));
    }

    fn untag_all(&mut self, names: &[Named], id: Digest, removal: &mut Removal<'_>) {
        for name in names {
            self.untag(name, id, removal);
        }
    }

    /// Takes an image away with its names and with the layers that nobody needs.
    fn remove_image(
        &mut self,
        mut id: Digest,
        mut manner: Manner,
        removal: &mut Removal<'_>,
    ) -> Result<(), ImageError> {
        loop {
            let hindrances = Hindrances {
                soft: !manner.force,
                names: !manner.force,
            };
            let names = self.names_for(id);
            let containers = removal.containers;
            if let Err(hindrance) = self.check(id, hindrances, containers) {
                let is_used = containers.iter().any(|container| container.image == id);
                let has_children = self
                    .images
                    .get(&id)
                    .is_some_and(|image| !image.children.is_empty());
                let is_left = manner.quiet && (!names.is_empty() || has_children || is_used);
                return if is_left { Ok(()) } else { Err(hindrance) };
            }
            self.untag_all(&names, id, removal);
            let Some(image) = self.images.remove(&id) else {
                return Ok(());
            };
            removal.notes.gone("delete", &id.to_string());
            removal.removed.push(Removed::Deleted(id));
            let layers = image.top_layer().map(|top| self.layers.release(top));
            let layers = layers.unwrap_or_default().into_iter();
            removal.removed.extend(layers.map(Removed::Deleted));
            let parent = image.parent.and_then(|parent| self.images.get_mut(&parent));
            let Some(parent) = parent else {
                return Ok(());
            };
            parent.children.remove(&id);
            if !manner.prune {
                return Ok(());
            }
            // Images that this one was made from go as long as nobody minds.
            id = parent.id;
            manner = Manner {
                force: false,
                quiet: true,
                ..manner
            };
        }
    }

    /// Says what stands in the way of taking an image away.
    fn check(
        &self,
        id: Digest,
        hindrances: Hindrances,
        containers: &[Use],
    ) -> Result<(), ImageError> {
        let in_use = |hard, reason| ImageError::InUse {
            image: id,
            hard,
            reason,
        };
        let image = self.images.get(&id);
        if image.is_some_and(|image| !image.children.is_empty()) {
            return Err(in_use(true, Reason::Children));
        }
        let mut containers = containers.iter().filter(|container| container.image == id);
        let running = containers.clone().find(|container| container.is_running);
        if let Some(container) = running {
            return Err(in_use(true, Reason::Running(container.id.clone())));
        }
        if hindrances.names && image.is_some_and(|image| !image.names.is_empty()) {
            return Err(in_use(false, Reason::Names));
        }
        match containers.next() {
            Some(container) if hindrances.soft => {
                Err(in_use(false, Reason::Stopped(container.id.clone())))
            }
            _ => Ok(()),
        }
    }
}

/// Whether all names are of one repository, and at most one of them has a tag.
fn is_one_reference(names: &[Named]) -> bool {
    let [first, rest @ ..] = names else {
        return false;
    };
    let tags = names.iter().filter(|name| name.digest().is_none()).count();
    tags <= 1 && rest.iter().all(|name| name.is_beside(first))
}
