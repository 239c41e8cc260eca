//! A state in parts, so that of a large one only what has changed is written down.
//!
//! What a host forgets when it is switched off is in none of them: events, and commands that ran
//! beside those of containers.

use std::collections::BTreeMap;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher as _};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::value::{RawValue, to_raw_value};
use simulation::Chance;

use super::State;
use super::container::Container;
use super::event::Events;
use super::image::{Image, ImageStore, Layer, LayerStore};
use super::networks::Networks;
use super::store::Store;
use super::volume::{Volume, Volumes};
use crate::registry::Digest;
use crate::shared::Pool;

/// A part as JSON.
pub type Part = Box<RawValue>;

/// All parts of a state by name.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Parts(BTreeMap<String, Part>);

/// What has changed: parts by name, and nothing for those that are gone.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Changes(BTreeMap<String, Option<Part>>);

/// Which parts have been seen, and how they were then.
#[derive(Debug, Default)]
pub struct Seen(BTreeMap<String, u64>);

/// What belongs to the engine itself.
#[derive(Debug, Serialize, Deserialize)]
struct Itself {
    id: String,
    chance: Chance,
    next_pid: u32,
}

const ITSELF: &str = "engine";
const FAULTS: &str = "faults";
const NETWORKS: &str = "networks";
const VOLUMES: &str = "volumes";
const VOLUME: &str = "volume/";
const IMAGE: &str = "image/";
const LAYER: &str = "layer/";
const CONTAINER: &str = "container/";

impl Parts {
    /// Takes on what has changed.
    pub fn take_on(&mut self, changes: Changes) {
        for (name, part) in changes.0 {
            match part {
                Some(part) => self.0.insert(name, part),
                None => self.0.remove(&name),
            };
        }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Parts {
    /// The faults that were arranged, where these are told.
    pub(crate) fn faults<F: DeserializeOwned>(&self) -> serde_json::Result<Option<F>> {
        let part = self.0.get(FAULTS);
        part.map(|part| read(part.get())).transpose()
    }
}

impl Changes {
    /// Whether nothing has changed.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// A walk over all parts of a state.
struct Walk<'a> {
    before: BTreeMap<String, u64>,
    seen: &'a mut Seen,
    changes: Changes,
}

impl Walk<'_> {
    fn visit(&mut self, name: String, value: &impl Serialize) -> serde_json::Result<()> {
        let part = to_raw_value(value)?;
        let print = fingerprint(&part.get());
        if self.before.remove(&name) != Some(print) {
            self.changes.0.insert(name.clone(), Some(part));
        }
        self.seen.0.insert(name, print);
        Ok(())
    }

    /// The files of a layer never change, and may be many.
    fn visit_layer(&mut self, id: Digest, layer: &Layer) -> serde_json::Result<()> {
        let name = format!("{LAYER}{id}");
        let print = fingerprint(&(layer.references(), &layer.packed));
        if self.before.remove(&name) != Some(print) {
            self.changes
                .0
                .insert(name.clone(), Some(to_raw_value(layer)?));
        }
        self.seen.0.insert(name, print);
        Ok(())
    }
}

fn fingerprint(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

impl State {
    /// What has changed since `seen` was told last, of this and of the faults that were arranged.
    pub(crate) fn changes(
        &self,
        faults: &impl Serialize,
        seen: &mut Seen,
    ) -> serde_json::Result<Changes> {
        let mut walk = Walk {
            before: std::mem::take(&mut seen.0),
            seen,
            changes: Changes::default(),
        };
        let itself = Itself {
            id: self.id.clone(),
            chance: self.chance.clone(),
            next_pid: self.next_pid,
        };
        walk.visit(ITSELF.to_owned(), &itself)?;
        walk.visit(FAULTS.to_owned(), faults)?;
        walk.visit(NETWORKS.to_owned(), &self.networks)?;
        walk.visit(VOLUMES.to_owned(), &self.volumes.made())?;
        for volume in self.volumes.all() {
            walk.visit(format!("{VOLUME}{}", volume.name), volume)?;
        }
        for image in self.images.iter() {
            walk.visit(format!("{IMAGE}{}", image.id), image)?;
        }
        for (id, layer) in self.images.layers().iter() {
            walk.visit_layer(id, layer)?;
        }
        for container in self.containers.iter() {
            walk.visit(format!("{CONTAINER}{}", container.id), container)?;
        }
        let Walk {
            before,
            mut changes,
            ..
        } = walk;
        changes
            .0
            .extend(before.into_keys().map(|gone| (gone, None)));
        Ok(changes)
    }

    /// All parts, which count as seen.
    pub(crate) fn parts(
        &self,
        faults: &impl Serialize,
        seen: &mut Seen,
    ) -> serde_json::Result<Parts> {
        *seen = Seen::default();
        let mut parts = Parts::default();
        parts.take_on(self.changes(faults, seen)?);
        Ok(parts)
    }

    /// The state of these parts. The files of containers are what they have changed of their
    /// images'.
    pub fn of_parts(parts: &Parts) -> serde_json::Result<Self> {
        let one = |name: &str| parts.0.get(name).map(|part| part.get());
        let itself: Itself = read(one(ITSELF).unwrap_or_default())?;
        let networks: Networks = read(one(NETWORKS).unwrap_or_default())?;
        let made: u64 = read(one(VOLUMES).unwrap_or_default())?;
        let images: Vec<Image> = all(parts, IMAGE)?;
        let volumes: Vec<Volume> = all(parts, VOLUME)?;
        let containers: Vec<Container> = all(parts, CONTAINER)?;
        let layers = named(parts, LAYER).map(|(id, part)| {
            let id = id.parse().map_err(serde::de::Error::custom)?;
            Ok((id, read::<Layer>(part.get())?))
        });
        let layers: LayerStore = layers.collect::<serde_json::Result<_>>()?;
        Ok(Self {
            id: itself.id,
            containers: Store::from(containers),
            execs: BTreeMap::new(),
            images: ImageStore::of(images, layers),
            networks,
            volumes: Volumes::of(volumes, made),
            events: Events::default(),
            chance: itself.chance,
            configs: Pool::default(),
            host_configs: Pool::default(),
            name_servers: Pool::default(),
            next_pid: itself.next_pid,
        })
    }
}

fn read<T: DeserializeOwned>(part: &str) -> serde_json::Result<T> {
    serde_json::from_str(part)
}

/// The parts of one kind, by what comes after its prefix.
fn named<'p>(parts: &'p Parts, kind: &'p str) -> impl Iterator<Item = (&'p str, &'p Part)> {
    let from = parts.0.range(kind.to_owned()..);
    from.map_while(move |(name, part)| Some((name.strip_prefix(kind)?, part)))
}

fn all<T: DeserializeOwned>(parts: &Parts, kind: &str) -> serde_json::Result<Vec<T>> {
    named(parts, kind)
        .map(|(_, part)| read(part.get()))
        .collect()
}
