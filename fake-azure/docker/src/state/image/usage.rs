//! The images' part of what the disk is used for.

use std::collections::{BTreeMap, BTreeSet};

use super::list::Summary;
use super::{ImageFilters, ImageStore};
use crate::registry::Digest;

/// The images' part of what the disk is used for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Usage {
    /// The size of all layers.
    pub layers_size: u64,
    /// The images.
    pub images: Vec<Summary>,
}

impl ImageStore {
    /// Tells what the images use; `containers` are the images of all containers.
    pub fn usage(&self, containers: impl IntoIterator<Item = Digest>) -> Usage {
        let mut counts: BTreeMap<Digest, i64> = BTreeMap::new();
        for image in containers {
            *counts.entry(image).or_default() += 1;
        }
        // Without filters nothing can be wrong with them.
        let mut images = self
            .list(&ImageFilters::default(), false)
            .unwrap_or_default();
        let shown: BTreeSet<Digest> = images.iter().map(|image| image.id).collect();
        let shared = self.shared_sizes(&shown);
        for image in &mut images {
            image.containers = counts.get(&image.id).copied().unwrap_or_default();
            let shared = shared.get(&image.id).copied().unwrap_or_default();
            image.shared_size = i64::try_from(shared).unwrap_or(i64::MAX);
            // This list tells no names as nothing, where that of the images tells none.
            image.repo_tags.take_if(|names| names.is_empty());
            image.repo_digests.take_if(|names| names.is_empty());
        }
        Usage {
            layers_size: self.layers.total(),
            images,
        }
    }
}
