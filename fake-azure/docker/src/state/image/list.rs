//! The list of images.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::Serialize;

use super::pattern::Pattern;
use super::{Image, ImageError, ImageStore};
use crate::reference::Named;
use crate::registry::Digest;

/// Which images a list shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ImageFilters {
    /// Those without a name with a tag, or those with one.
    pub dangling: Option<bool>,
    /// Those that have all of these labels, `name` or `name=value`.
    pub labels: Vec<String>,
    /// Those made before any of these images.
    pub before: Vec<String>,
    /// Those made after any of these images.
    pub since: Vec<String>,
    /// Those made before this moment.
    pub until: Option<Timestamp>,
    /// Those with a name like one of these.
    pub references: Vec<String>,
}

/// What a list shows of an image.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Summary {
    /// How many containers it has; -1 when nobody counted.
    pub containers: i64,
    /// When it was made, in seconds.
    pub created: i64,
    /// Its id.
    pub id: Digest,
    /// Its labels.
    pub labels: Option<BTreeMap<String, String>>,
    /// The image that it was made from here, or nothing.
    pub parent_id: String,
    /// Its names with a digest.
    pub repo_digests: Option<Vec<String>>,
    /// Its names with a tag.
    pub repo_tags: Option<Vec<String>>,
    /// How much of its size other images share; -1 when nobody looked.
    pub shared_size: i64,
    /// The size of its files.
    pub size: u64,
    /// The same, for versions before 1.44.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub virtual_size: Option<u64>,
}

impl ImageStore {
    /// Lists images, the newest first; `all` shows those that others were made from, too.
    ///
    /// # Errors
    /// When a filter names an image that is not there, or is no pattern.
    pub fn list(&self, filters: &ImageFilters, all: bool) -> Result<Vec<Summary>, ImageError> {
        let before = self.latest(&filters.before)?;
        let since = self.latest(&filters.since)?;
        let is_shown = |image: &&Image| {
            before.is_none_or(|before| image.created() < before)
                && since.is_none_or(|since| image.created() > since)
                && filters.until.is_none_or(|until| image.created() <= until)
                && has_labels(image, &filters.labels)
                && (filters.dangling != Some(true) || image.children.is_empty())
        };
        let mut shown = Vec::new();
        for image in self.images.values().filter(is_shown) {
            let Some(names) = names_shown(image, filters, all)? else {
                continue;
            };
            shown.push(self.summary(image, &names));
        }
        shown.sort_by_key(|summary| std::cmp::Reverse(summary.created));
        Ok(shown)
    }

    /// The moment at which the last of these images was made.
    fn latest(&self, images: &[String]) -> Result<Option<Timestamp>, ImageError> {
        let mut latest = None;
        for image in images {
            latest = latest.max(Some(self.find(image)?.created()));
        }
        Ok(latest)
    }

    pub(super) fn summary(&self, image: &Image, names: &[&Named]) -> Summary {
        let (canonical, tagged): (Vec<&Named>, Vec<&Named>) =
            names.iter().partition(|name| name.digest().is_some());
        let familiar = |names: Vec<&Named>| Some(names.into_iter().map(Named::familiar).collect());
        Summary {
            containers: -1,
            created: image.created().as_second(),
            id: image.id,
            labels: image.labels().cloned(),
            parent_id: image.parent.map(|id| id.to_string()).unwrap_or_default(),
            repo_digests: familiar(canonical),
            repo_tags: familiar(tagged),
            shared_size: -1,
            size: self.size(image),
            virtual_size: None,
        }
    }

    /// Finds how much of the size of each image the others share.
    pub fn shared_sizes(&self, images: &BTreeSet<Digest>) -> BTreeMap<Digest, u64> {
        let images = || images.iter().filter_map(|id| self.images.get(id));
        let mut uses: BTreeMap<Digest, u32> = BTreeMap::new();
        for layer in images().flat_map(|image| &image.chain) {
            *uses.entry(*layer).or_default() += 1;
        }
        let shared = |image: &Image| {
            let layers = image.chain.iter().filter(|layer| uses[*layer] > 1);
            self.layers.size(&layers.copied().collect::<Vec<_>>())
        };
        images().map(|image| (image.id, shared(image))).collect()
    }
}

/// The names of an image that a list shows; nothing when it does not show the image.
fn names_shown<'a>(
    image: &'a Image,
    filters: &ImageFilters,
    all: bool,
) -> Result<Option<Vec<&'a Named>>, ImageError> {
    let mut names = Vec::new();
    for name in &image.names {
        if filters.references.is_empty() || is_like(name, &filters.references)? {
            names.push(name);
        }
    }
    let is_shown = if names.is_empty() {
        let is_of_interest = all || image.children.is_empty();
        is_of_interest && filters.dangling != Some(false) && filters.references.is_empty()
    } else {
        filters.dangling != Some(true) || names.iter().all(|name| name.digest().is_some())
    };
    Ok(is_shown.then_some(names))
}

/// Whether a name is like one of the patterns, with or without what is behind it.
fn is_like(name: &Named, patterns: &[String]) -> Result<bool, ImageError> {
    for pattern in patterns {
        let pattern = Pattern::parse(pattern)?;
        if pattern.matches(&name.familiar()) || pattern.matches(&name.familiar_name()) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether an image has all of these labels.
pub(super) fn has_labels(image: &Image, wanted: &[String]) -> bool {
    wanted.iter().all(|label| has_label(image, label))
}

/// Whether an image has a label, `name` or `name=value`.
pub(super) fn has_label(image: &Image, wanted: &str) -> bool {
    let (name, value) = match wanted.split_once('=') {
        Some((name, value)) => (name, Some(value)),
        None => (wanted, None),
    };
    let found = image.labels().and_then(|labels| labels.get(name));
    found.is_some_and(|found| value.is_none_or(|value| value == found))
}
