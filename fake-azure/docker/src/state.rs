//! What an engine holds, as values: they can be stored, compared and brought back.
//!
//! Synchronous, without a clock or chance of its own; sockets, tasks and streams are made from
//! it and never kept in it.

pub mod address_pool;
pub mod address_space;
pub mod config;
pub mod container;
pub mod endpoint;
pub mod event;
pub mod event_query;
pub mod exec;
pub(crate) mod go_json;
pub mod host_config;
pub mod host_files;
pub mod id;
pub mod image;
pub mod log;
pub mod moment;
pub mod network;
pub mod networks;
pub(crate) mod null;
pub mod parts;
pub mod refusal;
pub mod runs;
pub mod store;
pub mod subnet;
pub mod volume;

use std::collections::{BTreeMap, HashMap};
use std::sync::PoisonError;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use simulation::Chance;

use config::Config;
use container::Container;
use event::{Event, EventKind, Events};
use exec::Exec;
use host_config::HostConfig;
use id::ObjectId;
use image::ImageStore;
use networks::Networks;
use store::Store;
use volume::Volumes;

use crate::shared::Pool;

/// The first process of the host that a container gets.
const FIRST_PID: u32 = 20_001;

/// What an engine holds.
#[derive(Debug, Serialize, Deserialize)]
pub struct State {
    /// The engine's own identity, a UUID.
    pub id: String,
    /// The containers.
    pub containers: Store<Container>,
    /// The commands that ran beside those of containers.
    pub execs: BTreeMap<ObjectId, Exec>,
    /// The images.
    #[serde(default)]
    pub images: ImageStore,
    /// The networks.
    pub networks: Networks,
    /// The volumes.
    pub volumes: Volumes,
    /// What happened.
    pub events: Events,
    /// Where identifiers come from.
    pub chance: Chance,
    /// What containers were asked to be, lately.
    #[serde(skip)]
    pub configs: Pool<Config>,
    /// What containers were to get of the host, lately.
    #[serde(skip)]
    pub host_configs: Pool<HostConfig>,
    /// What containers were told of name servers, lately.
    #[serde(skip)]
    pub name_servers: Pool<String>,
    next_pid: u32,
}

impl State {
    /// What an engine holds that starts at `now`.
    pub fn new(seed: u64, now: Timestamp) -> Self {
        let mut chance = Chance::seeded(seed);
        let id = chance.uuid();
        let networks = Networks::new(now, &mut || ObjectId::new(chance.bytes()));
        Self {
            id,
            containers: Store::default(),
            execs: BTreeMap::new(),
            images: ImageStore::default(),
            networks,
            volumes: Volumes::default(),
            events: Events::default(),
            chance,
            configs: Pool::default(),
            host_configs: Pool::default(),
            name_servers: Pool::default(),
            next_pid: FIRST_PID,
        }
    }

    /// An identifier that nothing has.
    pub fn fresh_id(&mut self) -> ObjectId {
        ObjectId::new(self.chance.bytes())
    }

    /// A number for a process of the host.
    pub fn fresh_pid(&mut self) -> u32 {
        let pid = self.next_pid;
        self.next_pid = self.next_pid.checked_add(1).unwrap_or(FIRST_PID);
        pid
    }

    /// The containers that use each volume, by its name; volumes that nobody uses are not told.
    pub fn users_of_volumes(&self) -> HashMap<&str, Vec<ObjectId>> {
        let mut users: HashMap<&str, Vec<ObjectId>> = HashMap::new();
        for container in self.containers.iter() {
            let volumes = container.mounts.iter().filter(|m| m.kind == "volume");
            for mount in volumes {
                let of_one = users.entry(&mount.name).or_default();
                if of_one.last() != Some(&container.id) {
                    of_one.push(container.id);
                }
            }
        }
        users
    }

    /// The bytes that a container holds: its own, and those with its image's, as large as that is
    /// said to be.
    pub fn sizes(&self, container: &Container) -> (u64, u64) {
        let files = container
            .files
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let own = files.own_usage().bytes;
        (own, own + self.images.layers().size_up_to(container.layer))
    }

    /// Writes down what happened to a container.
    pub fn tell(
        &mut self,
        now: Timestamp,
        container: ObjectId,
        action: impl Into<String>,
        more: &[(&str, String)],
    ) {
        let Some(container) = self.containers.get(container) else {
            return;
        };
        let mut attributes = container.config.labels.clone().unwrap_or_default();
        attributes.insert("image".to_owned(), container.config.image.clone());
        attributes.insert("name".to_owned(), container.name.clone());
        for (name, value) in more {
            attributes.insert((*name).to_owned(), value.clone());
        }
        let id = container.id.to_string();
        let event = Event::new(now, EventKind::Container, action, id, attributes);
        self.events.push(event);
    }
}
