//! What the engine does with images, as recordings show it.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::{Value, json};

use super::*;
use crate::files::tar::{EntryKind, Header, Limits, Reader, Writer};
use crate::files::{Credentials, View};
use crate::registry::{Login, Registry};
use crate::state::config::{Config, Words};

mod archives;
mod listing;
mod removing;
mod transfer;

const NOW: Timestamp = Timestamp::constant(1_795_484_697, 0);

fn notes() -> Notes {
    Notes::new(NOW)
}

fn named(text: &str) -> Named {
    text.parse().unwrap()
}

/// Does what a plan says, and returns what it tells.
fn follow(store: &mut ImageStore, registry: &mut Registry, steps: Vec<Step>) -> Vec<Value> {
    let mut told = Vec::new();
    for step in steps {
        match step {
            Step::Say(message) => told.push(serde_json::to_value(message).unwrap()),
            Step::Wait(_) => {}
            Step::Receive(arrival) => {
                store.receive(&arrival, &mut notes()).unwrap();
            }
            Step::Send(departure) => {
                registry.push(&departure.name, departure.published.clone());
                store.sent(&departure, &mut notes());
            }
            Step::Sent(departure) => store.sent(&departure, &mut notes()),
        }
    }
    told
}

/// Pulls one image of the catalogue.
fn pull(store: &mut ImageStore, name: &str) -> Vec<Value> {
    pull_as_named(store, &named(name).or_latest())
}

fn pull_as_named(store: &mut ImageStore, name: &Named) -> Vec<Value> {
    let mut registry = Registry::new();
    let steps = store.pull(&registry, name, None);
    follow(store, &mut registry, steps.unwrap())
}

/// A store with these images of the catalogue.
fn with(images: &[&str]) -> ImageStore {
    let mut store = ImageStore::default();
    for image in images {
        pull(&mut store, image);
    }
    store
}

fn id(store: &ImageStore, name: &str) -> Digest {
    store.find(name).unwrap().id
}

/// Makes an image from another that has one more file, and gives it a name.
fn derive(store: &mut ImageStore, parent: &str, name: &str) -> Digest {
    let parent = store.find(parent).unwrap().clone();
    let view = View::of(Tree::on(store.tree(&parent)));
    view.write("/made", name, 0o644, &Credentials::ROOT, NOW)
        .unwrap();
    let tree = view.root().lock().unwrap().clone();
    let making = Making {
        parent: Some(parent.id),
        config: parent.config.config.clone().unwrap(),
        container_config: Config {
            cmd: Some(Words(vec!["touch".to_owned(), name.to_owned()])),
            ..Config::default()
        },
        ..Making::default()
    };
    let id = store
        .make(making, Files::Tree(&tree), &mut notes())
        .unwrap();
    store
        .tag(&id.to_string(), &named(name), &mut notes())
        .unwrap();
    id
}
