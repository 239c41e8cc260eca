//! Events: what happened to objects, in the order in which the engine tells it.

use std::collections::{BTreeMap, VecDeque};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// How many events are kept for those who ask later, as in the engine.
const KEPT: usize = 256;

/// The kind of the object that something happened to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EventKind {
    /// A build.
    Builder,
    /// A container.
    Container,
    /// The engine itself.
    Daemon,
    /// An image.
    Image,
    /// A network.
    Network,
    /// A volume.
    Volume,
}

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// The action, for events of containers and images.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub status: String,
    /// The object, for events of containers and images.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub id: String,
    /// The image, for events of containers.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub from: String,
    /// The kind of object.
    #[serde(rename = "Type")]
    pub kind: EventKind,
    /// What happened: `create`, `start`, `exec_create: ls` …
    #[serde(rename = "Action")]
    pub action: String,
    /// The object.
    #[serde(rename = "Actor")]
    pub actor: Actor,
    /// `local`.
    pub scope: Scope,
    /// When, in seconds.
    pub time: i64,
    /// When, in nanoseconds.
    #[serde(rename = "timeNano")]
    pub time_nano: i64,
}

/// Where an event happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// On this engine.
    Local,
}

/// The object that something happened to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    /// Its identifier, or a volume's name.
    #[serde(rename = "ID")]
    pub id: String,
    /// Its labels and what else is known of it.
    #[serde(rename = "Attributes")]
    pub attributes: BTreeMap<String, String>,
}

impl Event {
    /// Something that happened at this moment.
    pub fn new(
        at: Timestamp,
        kind: EventKind,
        action: impl Into<String>,
        id: impl Into<String>,
        attributes: BTreeMap<String, String>,
    ) -> Self {
        let (action, id) = (action.into(), id.into());
        let (status, legacy_id) = match kind {
            EventKind::Container | EventKind::Image => (action.clone(), id.clone()),
            _ => (String::new(), String::new()),
        };
        let from = match kind {
            EventKind::Container => attributes.get("image").cloned().unwrap_or_default(),
            _ => String::new(),
        };
        Self {
            status,
            id: legacy_id,
            from,
            kind,
            action,
            actor: Actor { id, attributes },
            scope: Scope::Local,
            time: at.as_second(),
            // A moment beyond the year 2262 has no such number.
            time_nano: i64::try_from(at.as_nanosecond()).unwrap_or(i64::MAX),
        }
    }
}

/// The last events, for those who ask later.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Events {
    kept: VecDeque<Event>,
    happened: u64,
}

impl Events {
    /// Keeps an event.
    pub fn push(&mut self, event: Event) {
        if self.kept.len() == KEPT {
            self.kept.pop_front();
        }
        self.kept.push_back(event);
        self.happened += 1;
    }

    /// The events from number `from` on that are still there, and the number of the next.
    pub fn from(&self, from: u64) -> (impl Iterator<Item = &Event>, u64) {
        let first = self.happened - self.kept.len() as u64;
        let skip = usize::try_from(from.saturating_sub(first)).unwrap_or(usize::MAX);
        (self.kept.range(skip.min(self.kept.len())..), self.happened)
    }
}
