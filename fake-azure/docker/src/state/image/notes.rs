//! What happened to images, to be told as events.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::Image;
use crate::state::event::{Event, EventKind};

/// Takes down what happens while something is done.
#[derive(Debug, Clone)]
pub struct Notes {
    now: Timestamp,
    events: Vec<Event>,
}

impl Notes {
    /// Begins to take down what happens at a moment.
    pub fn new(now: Timestamp) -> Self {
        Self {
            now,
            events: Vec::new(),
        }
    }

    /// The moment.
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// What happened, in order.
    pub fn events(self) -> Vec<Event> {
        self.events
    }

    /// Something happened to an image that is there.
    pub(super) fn image(&mut self, action: &str, image: &Image, name: &str) {
        self.named(action, image, &image.id.to_string(), name);
    }

    /// Something happened to an image that is spoken of by a name.
    pub(super) fn named(&mut self, action: &str, image: &Image, id: &str, name: &str) {
        let mut attributes = image.labels().cloned().unwrap_or_default();
        attributes.insert("name".to_owned(), name.to_owned());
        self.note(action, id, attributes);
    }

    /// Something happened to an image that is gone.
    pub(super) fn gone(&mut self, action: &str, id: &str) {
        let attributes = BTreeMap::from([("name".to_owned(), id.to_owned())]);
        self.note(action, id, attributes);
    }

    /// Images were pruned.
    pub(super) fn pruned(&mut self, reclaimed: u64) {
        let attributes = BTreeMap::from([("reclaimed".to_owned(), reclaimed.to_string())]);
        self.note("prune", "", attributes);
    }

    fn note(&mut self, action: &str, id: &str, attributes: BTreeMap<String, String>) {
        let event = Event::new(self.now, EventKind::Image, action, id, attributes);
        self.events.push(event);
    }
}
