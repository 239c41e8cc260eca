//! Taking away the images that nobody needs.

use jiff::Timestamp;
use serde::Serialize;

use super::list::{has_label, has_labels};
use super::removal::{Removed, Use};
use super::{Image, ImageStore, Notes};
use crate::registry::Digest;

/// Which images are taken away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PruneFilters {
    /// Those alone that have no name with a tag.
    pub dangling: bool,
    /// Those made before this moment.
    pub until: Option<Timestamp>,
    /// Those that have all of these labels.
    pub labels: Vec<String>,
    /// Those that have none of these labels.
    pub without_labels: Vec<String>,
}

impl Default for PruneFilters {
    fn default() -> Self {
        Self {
            dangling: true,
            until: None,
            labels: Vec::new(),
            without_labels: Vec::new(),
        }
    }
}

/// What was taken away.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Pruned {
    /// Names, images and layers; nothing at all when there was none.
    pub images_deleted: Option<Vec<Removed>>,
    /// How much the layers had, in bytes.
    pub space_reclaimed: u64,
}

impl ImageStore {
    /// Takes away the images that nobody needs.
    pub fn prune(
        &mut self,
        filters: &PruneFilters,
        containers: &[Use],
        notes: &mut Notes,
    ) -> Pruned {
        let is_chosen = |image: &&Image| {
            let is_inner = !image.children.is_empty();
            !(is_inner && (filters.dangling || image.names.is_empty()))
                && filters.until.is_none_or(|until| image.created() <= until)
                && has_labels(image, &filters.labels)
                && !filters
                    .without_labels
                    .iter()
                    .any(|label| has_label(image, label))
        };
        let chosen: Vec<Digest> = self
            .images
            .values()
            .filter(is_chosen)
            .map(|image| image.id)
            .collect();
        let before: Vec<(Digest, u64)> = self
            .layers
            .iter()
            .map(|(id, layer)| (id, layer.size))
            .collect();
        let mut removed = Vec::new();
        for id in chosen {
            let Some(image) = self.images.get(&id) else {
                continue;
            };
            if filters.dangling && !image.is_dangling() {
                continue;
            }
            let names: Vec<String> = if image.names.is_empty() {
                vec![id.hex()]
            } else {
                image.names.iter().map(ToString::to_string).collect()
            };
            for name in names {
                // What somebody needs stays, and what went with another name is gone.
                removed.extend(
                    self.remove(&name, false, true, containers, notes)
                        .unwrap_or_default(),
                );
            }
        }
        let space_reclaimed = before
            .iter()
            .filter(|(id, _)| self.layers.get(*id).is_none())
            .map(|(_, size)| size)
            .sum();
        notes.pruned(space_reclaimed);
        Pruned {
            images_deleted: Some(removed).filter(|removed| !removed.is_empty()),
            space_reclaimed,
        }
    }
}
