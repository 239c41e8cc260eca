//! Pulling images.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use super::progress::{Message, Step};
use super::{Image, ImageError, ImageStore, Notes};
use crate::reference::Named;
use crate::registry::config::chain_ids;
use crate::registry::{Blob, Digest, ImageConfig, Platform, Published, Registry, Variant};

/// An image that a pull brings.
#[derive(Debug, Clone, PartialEq)]
pub struct Arrival {
    /// What it was asked for by: a name with a tag or a digest.
    pub name: Named,
    /// What the registry has.
    pub published: Arc<Published>,
    /// Which of its variants this is.
    variant: usize,
}

/// A pull while it is planned: what will be there when its next image comes.
struct Plan<'a> {
    store: &'a ImageStore,
    images: BTreeSet<Digest>,
    layers: BTreeSet<Digest>,
    pace: Duration,
    steps: Vec<Step>,
    is_newer: bool,
}

/// How many layers the engine fetches at a time.
const AT_A_TIME: usize = 3;
/// How much the engine unpacks before it first tells, in bytes.
const FIRST_UNPACKED: u64 = 32_768;
/// Up to this size, in bytes, a layer is there with the second word of it.
const SMALL: u64 = 512 << 10;
/// How often a layer that takes its time is told of.
const TOLD: u32 = 10;

impl ImageStore {
    /// Plans a pull: what is told, when images are there, and how long it all takes.
    ///
    /// A name without tag and digest stands for all tags.
    ///
    /// # Errors
    /// When the registry has no such image or does not answer; nothing was told then.
    pub fn pull(
        &self,
        registry: &Registry,
        name: &Named,
        platform: Option<&Platform>,
    ) -> Result<Vec<Step>, ImageError> {
        let names = if name.is_name_only() {
            let tags = registry.tags(name)?.into_iter();
            tags.map(|tag| name.with_tag(&tag))
                .collect::<Result<_, _>>()?
        } else {
            vec![name.clone()]
        };
        let mut plan = Plan {
            store: self,
            images: BTreeSet::new(),
            layers: BTreeSet::new(),
            pace: registry.pace(),
            steps: Vec::new(),
            is_newer: false,
        };
        for name in names {
            let published = registry.find(&name)?;
            if !plan.fetch(&name, published, platform) {
                return Ok(plan.steps);
            }
        }
        let state = if plan.is_newer {
            "Downloaded newer image for"
        } else {
            "Image is up to date for"
        };
        plan.say(Message::status(format!(
            "Status: {state} {}",
            name.familiar()
        )));
        plan.warn(name, platform);
        Ok(plan.steps)
    }

    /// Takes an image that a pull brought.
    pub fn receive(&mut self, arrival: &Arrival, notes: &mut Notes) -> Option<Digest> {
        let Arrival {
            name,
            published,
            variant,
        } = arrival;
        let variant = published.variants.get(*variant)?;
        let image = Image::new(Arc::clone(&variant.config)).ok()?;
        if !self.images.contains_key(&image.id) {
            let mut below = None;
            for blob in &variant.layers {
                below = Some(self.layers.add(below, blob));
            }
        }
        let id = self.insert(image);
        if name.digest().is_none() {
            self.set_name(name, id);
        }
        self.set_name(&name.with_digest(published.digest), id);
        if let Some(image) = self.images.get(&id) {
            notes.named("pull", image, &name.familiar(), &name.familiar_name());
        }
        Some(id)
    }
}

impl Plan<'_> {
    fn say(&mut self, message: Message) {
        self.steps.push(Step::Say(message));
    }

    /// Plans one image; says whether the pull goes on.
    fn fetch(
        &mut self,
        name: &Named,
        published: Arc<Published>,
        platform: Option<&Platform>,
    ) -> bool {
        let tag = match (name.tag(), name.digest()) {
            (_, Some(digest)) => digest.to_string(),
            (tag, None) => tag.unwrap_or_default().to_owned(),
        };
        self.say(Message::tag(&tag, format!("Pulling from {}", name.path())));
        let Some(variant) = published.variant(platform) else {
            let wanted = platform.cloned().unwrap_or_else(Platform::host);
            let words = format!("no matching manifest for {wanted} in the manifest list entries");
            self.say(Message::error(words));
            return false;
        };
        let at = published.variants.iter().position(|other| other == variant);
        let id = Digest::of(&*variant.config);
        if !self.store.images.contains_key(&id) && self.images.insert(id) {
            self.layers(variant);
        }
        self.is_newer |= self.store.named(name).is_none_or(|image| image.id != id);
        self.say(Message::status(format!("Digest: {}", published.digest)));
        self.steps.push(Step::Receive(Arrival {
            name: name.clone(),
            variant: at.unwrap_or_default(),
            published,
        }));
        true
    }

    /// Plans the layers of an image that is not there.
    fn layers(&mut self, variant: &Variant) {
        let diff_ids: Vec<Digest> = variant.layers.iter().map(|layer| layer.diff_id).collect();
        let mut missing: Vec<Blob> = Vec::new();
        for (id, layer) in chain_ids(&diff_ids).into_iter().zip(&variant.layers) {
            let is_there = self.store.layers.get(id).is_some() || !self.layers.insert(id);
            if is_there && missing.is_empty() {
                self.say(Message::layer(layer.digest, "Already exists"));
            } else {
                missing.push(layer.clone());
            }
        }
        for layer in &missing {
            self.say(Message::layer(layer.digest, "Pulling fs layer"));
        }
        for layer in missing.iter().skip(AT_A_TIME) {
            self.say(Message::layer(layer.digest, "Waiting"));
        }
        for layer in &missing {
            self.download(layer);
        }
        for layer in &missing {
            let first = FIRST_UNPACKED.min(layer.packed);
            for done in [first, layer.packed] {
                self.say(Message::portion(
                    layer.digest,
                    "Extracting",
                    done,
                    layer.packed,
                ));
            }
            self.say(Message::layer(layer.digest, "Pull complete"));
        }
    }

    fn download(&mut self, layer: &Blob) {
        let total = layer.packed;
        if self.pace.is_zero() {
            let first = (total / 30).max(FIRST_UNPACKED.min(total));
            let told = if total > first && total < SMALL {
                vec![first, total]
            } else {
                vec![first]
            };
            for done in told {
                self.say(Message::portion(layer.digest, "Downloading", done, total));
            }
        } else {
            for part in 1..=TOLD {
                self.steps.push(Step::Wait(self.pace / TOLD));
                let done = total / u64::from(TOLD) * u64::from(part);
                let done = if part == TOLD { total } else { done };
                self.say(Message::portion(layer.digest, "Downloading", done, total));
            }
        }
        self.say(Message::layer(layer.digest, "Verifying Checksum"));
        self.say(Message::layer(layer.digest, "Download complete"));
    }

    /// Warns of an image that is not for the platform that was asked for.
    fn warn(&mut self, name: &Named, platform: Option<&Platform>) {
        let Some(wanted) = platform else { return };
        let arrivals = self.steps.iter().filter_map(|step| match step {
            Step::Receive(arrival) => Some(arrival),
            _ => None,
        });
        let name = name.clone().or_latest();
        let arrival = arrivals.into_iter().find(|arrival| arrival.name == name);
        let found = arrival.and_then(|arrival| {
            let variant = arrival.published.variants.get(arrival.variant)?;
            let config = ImageConfig::read(&variant.config).ok()?;
            Some(Platform {
                os: config.os,
                architecture: config.architecture,
                variant: config.variant,
            })
        });
        if let Some(found) = found.filter(|found| !wanted.takes(found)) {
            let error = ImageError::Platform {
                reference: name.familiar(),
                found: found.to_string(),
                wanted: wanted.to_string(),
            };
            self.say(Message::status(format!("WARNING: {error}")));
        }
    }
}
