//! Pushing images.

use std::sync::Arc;
use std::time::Duration;

use super::progress::{Message, Pushed, Step};
use super::{Image, ImageStore, Notes};
use crate::reference::Named;
use crate::registry::manifest::{self, DOCKER_MANIFEST};
use crate::registry::world::Login;
use crate::registry::{Blob, Digest, Published, Registry, Variant};

/// An image that a push brings to a registry.
#[derive(Debug, Clone, PartialEq)]
pub struct Departure {
    /// Where it goes: a repository with a tag.
    pub name: Named,
    /// The image as the registry will have it.
    pub published: Published,
}

/// How many layers the engine sends at a time.
const AT_A_TIME: usize = 5;
/// How much of a layer the engine sends before it first tells, in bytes.
const FIRST_SENT: u64 = 43_520;
/// How often a layer that takes its time is told of.
const TOLD: u32 = 10;

impl ImageStore {
    /// Plans a push: what is told, when the registry has images, and how long it takes.
    ///
    /// A name without a tag stands for all tags. What is wrong is told in the stream, too.
    pub fn push(&self, registry: &Registry, name: &Named, login: &Login) -> Vec<Step> {
        let opening = format!("The push refers to repository [{}]", name.name());
        let mut steps = vec![Step::Say(Message::status(opening))];
        let images = match self.departing(name) {
            Ok(images) => images,
            Err(words) => {
                steps.push(Step::Say(Message::error(words)));
                return steps;
            }
        };
        if let Err(refusal) = registry.admit(name, login) {
            steps.push(Step::Say(Message::error(refusal.to_string())));
            return steps;
        }
        for (name, image) in images {
            self.send(registry, &name, image, &mut steps);
        }
        steps
    }

    /// Notes that a registry has an image.
    pub fn sent(&mut self, departure: &Departure, notes: &mut Notes) {
        let Departure { name, published } = departure;
        let Some(id) = self.named(name).map(|image| image.id) else {
            return;
        };
        self.set_name(&name.with_digest(published.digest), id);
        if let Some(image) = self.images.get(&id) {
            notes.named("push", image, &name.familiar(), &name.familiar_name());
        }
    }

    /// The images that a push sends, by their names.
    fn departing(&self, name: &Named) -> Result<Vec<(Named, &Image)>, String> {
        let names = self.names_of(name);
        let tagged: Vec<(&Named, Digest)> =
            names.filter(|(name, _)| name.digest().is_none()).collect();
        if tagged.is_empty() {
            let name = name.familiar_name();
            return Err(format!(
                "An image does not exist locally with the tag: {name}"
            ));
        }
        let wanted = tagged
            .into_iter()
            .filter(|(other, _)| name.is_name_only() || *other == name);
        let images = wanted.filter_map(|(name, id)| Some((name.clone(), self.images.get(&id)?)));
        let images: Vec<(Named, &Image)> = images.collect();
        if images.is_empty() {
            return Err(format!("tag does not exist: {}", name.familiar()));
        }
        Ok(images)
    }

    fn send(&self, registry: &Registry, name: &Named, image: &Image, steps: &mut Vec<Step>) {
        let layers = image.chain.iter().filter_map(|id| self.layers.get(*id));
        let layers: Vec<Blob> = layers.map(super::Layer::blob).collect();
        let mut say = |message| steps.push(Step::Say(message));
        // The highest goes first, as the engine has it.
        for layer in layers.iter().rev() {
            say(Message::layer(layer.diff_id, "Preparing"));
        }
        for layer in layers.iter().rev().skip(AT_A_TIME) {
            say(Message::layer(layer.diff_id, "Waiting"));
        }
        for layer in layers.iter().rev() {
            if registry.has_layer(name, layer.digest) {
                steps.push(Step::Say(Message::layer(
                    layer.diff_id,
                    "Layer already exists",
                )));
            } else {
                upload(layer, registry.pace(), steps);
            }
        }
        let document: Arc<str> = manifest::docker(&image.json, &layers).into();
        let digest = Digest::of(&*document);
        let size = document.len() as u64;
        let tag = name.tag().unwrap_or_default();
        let published = Published {
            digest,
            media_type: DOCKER_MANIFEST.to_owned(),
            document: Arc::clone(&document),
            variants: vec![Variant {
                platform: image.platform(),
                manifest: document,
                config: Arc::clone(&image.json),
                layers,
            }],
        };
        steps.push(Step::Send(Departure {
            name: name.clone(),
            published,
        }));
        let result = format!("{tag}: digest: {digest} size: {size}");
        steps.push(Step::Say(Message::status(result)));
        steps.push(Step::Say(Message::pushed(Pushed {
            tag: tag.to_owned(),
            digest,
            size,
        })));
    }
}

fn upload(layer: &Blob, pace: Duration, steps: &mut Vec<Step>) {
    let id = layer.diff_id;
    let total = layer.unpacked;
    let pushing = |done| Step::Say(Message::portion(id, "Pushing", done, total));
    if pace.is_zero() {
        steps.push(pushing(FIRST_SENT.min(total)));
        steps.push(pushing(total));
    } else {
        for part in 1..=TOLD {
            steps.push(Step::Wait(pace / TOLD));
            let done = total / u64::from(TOLD) * u64::from(part);
            steps.push(pushing(if part == TOLD { total } else { done }));
        }
    }
    steps.push(Step::Say(Message::layer(id, "Pushed")));
}
