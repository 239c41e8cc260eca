//! Volumes: files that outlive the containers that use them.

pub mod document;
pub mod error;
mod fill;
pub mod request;

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::event::{Event, EventKind};
use super::id::ObjectId;
use super::networks::Fresh;
use crate::files::{Disk, Errno, SharedTree, Tree, Usage, View};
use document::Document;
use error::VolumeError;
pub use request::VolumeRequest;

/// The one driver of volumes.
pub const LOCAL: &str = "local";
/// The label of a volume that nobody gave a name.
pub const ANONYMOUS: &str = "com.docker.volume.anonymous";
/// The longest name that a folder can have.
const LONGEST_NAME: usize = 255;

/// A volume.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Volume {
    /// Its name.
    pub name: String,
    /// How many volumes the engine made before it: lists are in this order.
    pub serial: u64,
    /// When it was made.
    pub created: Timestamp,
    /// Labels.
    pub labels: Option<BTreeMap<String, String>>,
    /// Options of the driver.
    pub options: Option<BTreeMap<String, String>>,
    /// Its files.
    pub files: SharedTree,
}

impl Volume {
    /// Where it lies on the host.
    pub fn mountpoint(&self) -> String {
        format!("/var/lib/docker/volumes/{}/_data", self.name)
    }

    /// Whether nobody gave it a name.
    pub fn is_anonymous(&self) -> bool {
        self.has_label(ANONYMOUS)
    }

    /// Whether it has a label of this name.
    pub fn has_label(&self, name: &str) -> bool {
        let labels = self.labels.as_ref();
        labels.is_some_and(|labels| labels.contains_key(name))
    }

    /// Whether the engine itself holds its files, which it does unless options say where they are.
    pub fn is_plain(&self) -> bool {
        self.options.as_ref().is_none_or(BTreeMap::is_empty)
    }

    /// What it holds.
    pub fn usage(&self) -> Usage {
        let files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        files.usage()
    }

    /// Copies what an image has at `path` into it, with owners and modes, if nothing is in it yet.
    ///
    /// # Errors
    /// When it would hold more than it may.
    pub fn fill(&self, image: &View, path: &str, now: Timestamp) -> Result<(), Errno> {
        fill::fill(&self.files, image, path, now)
    }

    /// What the API shows; how much it holds and how many containers use it is told by `df` alone.
    pub fn document(&self, users: Option<usize>) -> Document<'_> {
        Document::of(self, users)
    }

    /// What is told of what happens to it, such as `create` and `destroy`.
    pub fn event(&self, now: Timestamp, action: &str) -> Event {
        let attributes = BTreeMap::from([("driver".to_owned(), LOCAL.to_owned())]);
        Event::new(
            now,
            EventKind::Volume,
            action,
            self.name.clone(),
            attributes,
        )
    }

    /// What is told when a container begins to use it.
    pub fn mounted(&self, now: Timestamp, container: ObjectId, at: &str, writable: bool) -> Event {
        let mut event = self.event(now, "mount");
        event.actor.attributes.extend([
            ("container".to_owned(), container.to_string()),
            ("destination".to_owned(), at.to_owned()),
            ("propagation".to_owned(), String::new()),
            ("read/write".to_owned(), writable.to_string()),
        ]);
        event
    }

    /// What is told when a container uses it no more.
    pub fn unmounted(&self, now: Timestamp, container: ObjectId) -> Event {
        let mut event = self.event(now, "unmount");
        let container = ("container".to_owned(), container.to_string());
        event.actor.attributes.extend([container]);
        event
    }
}

/// The volumes of an engine.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Volumes {
    all: BTreeMap<String, Volume>,
    /// How many were ever made.
    made: u64,
    /// Where their files lie.
    #[serde(skip)]
    disk: Option<Arc<Disk>>,
}

impl Volumes {
    /// These volumes, of so many that were ever made.
    pub(super) fn of(volumes: Vec<Volume>, made: u64) -> Self {
        Self {
            all: volumes
                .into_iter()
                .map(|volume| (volume.name.clone(), volume))
                .collect(),
            made,
            disk: None,
        }
    }

    /// All of them, by name.
    pub(super) fn all(&self) -> impl Iterator<Item = &Volume> {
        self.all.values()
    }

    /// How many were ever made.
    pub(super) fn made(&self) -> u64 {
        self.made
    }

    /// Lays the files of volumes on a disk.
    pub fn set_disk(&mut self, disk: Arc<Disk>) {
        for volume in self.all.values() {
            let mut files = volume.files.lock().unwrap_or_else(PoisonError::into_inner);
            files.set_disk(disk.clone());
        }
        self.disk = Some(disk);
    }

    /// Makes a volume, or finds the one that has the name already. The second says whether it was
    /// made.
    ///
    /// # Errors
    /// When the name, the driver or its options cannot be.
    pub fn create(
        &mut self,
        request: VolumeRequest,
        now: Timestamp,
        fresh: Fresh<'_>,
    ) -> Result<(&Volume, bool), VolumeError> {
        let mut labels = request.labels;
        let name = if request.name.is_empty() {
            let labels = labels.get_or_insert_default();
            labels.insert(ANONYMOUS.to_owned(), String::new());
            fresh().to_string()
        } else {
            request.name
        };
        let refuse = |why| Err(VolumeError::create(&name, why));
        if !matches!(request.driver.as_str(), "" | LOCAL) {
            return refuse(error::Why::Driver(request.driver));
        }
        let is_new = !self.all.contains_key(&name);
        if is_new {
            if let Err(why) = check_name(&name) {
                return refuse(why);
            }
            if let Err(why) = check_options(request.driver_opts.as_ref()) {
                return refuse(why);
            }
            let mut files = Tree::new(now);
            if let Some(disk) = &self.disk {
                files.set_disk(disk.clone());
            }
            let volume = Volume {
                name: name.clone(),
                serial: self.made,
                created: now,
                labels,
                options: request.driver_opts,
                files: files.shared(),
            };
            self.made += 1;
            self.all.insert(name.clone(), volume);
        }
        match self.all.get(&name) {
            Some(volume) => Ok((volume, is_new)),
            None => Err(VolumeError::Missing(name)),
        }
    }

    /// The volume of this name.
    ///
    /// # Errors
    /// When there is none.
    pub fn get(&self, name: &str) -> Result<&Volume, VolumeError> {
        let missing = || VolumeError::Missing(name.to_owned());
        self.all.get(name).ok_or_else(missing)
    }

    /// All volumes, in the order in which they were made.
    pub fn list(&self) -> Vec<&Volume> {
        let mut all: Vec<_> = self.all.values().collect();
        all.sort_unstable_by_key(|volume| volume.serial);
        all
    }

    /// Removes a volume that these containers use; nothing when it is not there and that does
    /// not matter.
    ///
    /// # Errors
    /// When it is not there, or somebody uses it.
    pub fn remove(
        &mut self,
        name: &str,
        users: &[ObjectId],
        force: bool,
    ) -> Result<Option<Volume>, VolumeError> {
        if !self.all.contains_key(name) {
            let missing = VolumeError::Missing(name.to_owned());
            return if force { Ok(None) } else { Err(missing) };
        }
        if !users.is_empty() {
            let users: Vec<String> = users.iter().map(ToString::to_string).collect();
            return Err(VolumeError::InUse {
                name: name.to_owned(),
                users: users.join(", "),
            });
        }
        Ok(self.all.remove(name))
    }

    /// Removes the volumes that nobody uses, that the engine itself holds, and that are `chosen`;
    /// without `all`, only those that nobody gave a name. The removed ones, in the order in which
    /// they were made.
    pub fn prune(
        &mut self,
        all: bool,
        is_used: impl Fn(&str) -> bool,
        chosen: impl Fn(&Volume) -> bool,
    ) -> Vec<Volume> {
        let unused: Vec<String> = self
            .list()
            .into_iter()
            .filter(|volume| volume.is_plain() && (all || volume.is_anonymous()))
            .filter(|volume| !is_used(&volume.name) && chosen(volume))
            .map(|volume| volume.name.clone())
            .collect();
        let unused = unused.into_iter();
        unused.filter_map(|name| self.all.remove(&name)).collect()
    }
}

fn check_name(name: &str) -> Result<(), error::Why> {
    if name.len() == 1 {
        return Err(error::Why::ShortName);
    }
    let is_right = name.starts_with(|c: char| c.is_ascii_alphanumeric())
        && name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "_.-".contains(c));
    if !is_right {
        return Err(error::Why::Name(name.to_owned()));
    }
    if name.len() > LONGEST_NAME {
        return Err(error::Why::LongName(name.to_owned()));
    }
    Ok(())
}

fn check_options(options: Option<&BTreeMap<String, String>>) -> Result<(), error::Why> {
    const KNOWN: [&str; 4] = ["device", "o", "size", "type"];
    /// Options that do not go without others.
    const NEED: [(&str, &str); 4] = [
        ("device", "type"),
        ("type", "device"),
        ("o", "device"),
        ("o", "type"),
    ];
    let Some(options) = options else {
        return Ok(());
    };
    if let Some(unknown) = options.keys().find(|key| !KNOWN.contains(&key.as_str())) {
        return Err(error::Why::Option(unknown.clone()));
    }
    if options.contains_key("size") {
        return Err(error::Why::Quota);
    }
    let lacks = |(option, needed): &&(&str, &str)| {
        options.contains_key(*option) && !options.contains_key(*needed)
    };
    match NEED.iter().find(lacks) {
        Some((_, needed)) => Err(error::Why::Needed((*needed).to_owned())),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests;
