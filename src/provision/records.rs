//! Where intents and records lie: one file for each machine, below the profile, private and whole; and a lock
//! beside each, so that of two runs on one name one wins.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use serde::Deserialize;

use super::host_key::HostKey;
use super::intent::{Intent, Stage, VERSION};
use crate::files::{self, Hold};
use crate::input;
use crate::saga::{Noted, Notes};

/// The folder of the intents within the profile's.
const FOLDER: &str = "hosts";

/// The folders whose entries a first intent may add: those of the subscription, of all, and of the
/// profile.
const FOLDERS: usize = 3;

/// Holds the choice of a name where it was left to us; no machine is called so.
pub(super) const NEXT: &str = "+next";

/// The intents of one subscription.
#[derive(Debug, Clone)]
pub struct Records {
    folder: PathBuf,
}

/// Why an intent is of no use.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RecordError {
    /// Another process works on the same machine.
    #[error("another azure{} is at work on `{host}`", of_process(holder))]
    Busy {
        /// The host.
        host: String,
        /// The other's process id, when it is known.
        holder: String,
    },
    /// It cannot be read.
    #[error("failed to read `{}`", path.display())]
    Unreadable {
        /// Where it lies.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// It is not what this CLI writes.
    #[error("`{}` is damaged", path.display())]
    Damaged {
        /// Where it lies.
        path: PathBuf,
        /// Where it ceases to be one.
        source: serde_json::Error,
    },
    /// A later version of this CLI wrote it.
    #[error("`{}` was written by a newer azure", path.display())]
    Newer {
        /// Where it lies.
        path: PathBuf,
    },
    /// It cannot be written.
    #[error("failed to write `{}`", path.display())]
    Unwritable {
        /// Where it lies.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

fn of_process(id: &str) -> String {
    if id.is_empty() {
        String::new()
    } else {
        format!(" (process {id})")
    }
}

/// An intent as it lies there, held by nobody.
#[derive(Debug)]
pub struct Entry {
    /// The host's folder name.
    pub host: String,
    /// The machine's file name.
    pub machine: String,
    /// What it says.
    pub intent: Result<Intent, RecordError>,
}

impl Records {
    /// The records of a subscription, in the profile's folder.
    pub fn of(profile_folder: &Path, subscription: &str) -> Self {
        Self {
            folder: profile_folder.join(FOLDER).join(stem(subscription)),
        }
    }

    /// Takes what is about `machine` of a host for this process alone.
    pub fn hold<'k>(
        &self,
        host: impl Into<HostKey<'k>>,
        machine: &str,
    ) -> Result<Held, RecordError> {
        let key = host.into();
        let folder = self.folder_of(key, machine)?;
        let name = file_stem(machine);
        let path = folder.join(format!("{name}.json"));
        let lock = folder.join(format!("{name}.lock"));
        let unwritable = |source| RecordError::Unwritable {
            path: lock.clone(),
            source,
        };
        let held = files::hold(&lock, &std::process::id().to_string()).map_err(unwritable)?;
        let lock = held.map_err(|holder| RecordError::Busy {
            host: key.host.to_owned(),
            holder,
        })?;
        let intent = read(&path)?;
        Ok(Held {
            path,
            intent: Mutex::new(intent),
            _folder: Emptied(folder),
            _lock: lock,
        })
    }

    /// The intent about `machine` of a host, which another may be changing.
    pub fn look<'k>(
        &self,
        host: impl Into<HostKey<'k>>,
        machine: &str,
    ) -> Result<Option<Intent>, RecordError> {
        let folder = self.folder_of(host.into(), machine)?;
        read(&folder.join(format!("{}.json", file_stem(machine))))
    }

    /// Where what is about a machine of a host lies, or is to lie.
    fn folder_of(&self, key: HostKey<'_>, machine: &str) -> Result<PathBuf, RecordError> {
        let own = self.folder.join(folder_name(key));
        let of_host = self.folder.join(stem(key.host));
        let file = format!("{}.json", file_stem(machine));
        if own == of_host || read(&own.join(&file))?.is_some() {
            return Ok(own);
        }
        // Earlier versions put those of all clouds and groups there.
        let earlier = read(&of_host.join(&file)).ok().flatten();
        let is_its = earlier.is_some_and(|intent| intent.order.key().is(&key));
        Ok(if is_its { of_host } else { own })
    }

    /// The intents about a host.
    pub fn about<'k>(&self, host: impl Into<HostKey<'k>>) -> Result<Vec<Entry>, RecordError> {
        self.within(&folder_name(host.into()))
    }

    /// The intents in the folder of a host.
    fn within(&self, host: &str) -> Result<Vec<Entry>, RecordError> {
        let folder = self.folder.join(host);
        let mut found = Vec::new();
        for name in names(&folder)? {
            let Some(machine) = name.strip_suffix(".json") else {
                continue;
            };
            let path = folder.join(&name);
            found.extend(read(&path).transpose().map(|intent| Entry {
                host: host.to_owned(),
                machine: machine.to_owned(),
                intent,
            }));
        }
        Ok(found)
    }

    /// All intents, by host and machine.
    pub fn all(&self) -> Result<Vec<Entry>, RecordError> {
        let mut found = Vec::new();
        for host in names(&self.folder)? {
            found.extend(self.within(&host)?);
        }
        Ok(found)
    }
}

/// What lies in a folder, in the order of the alphabet; nothing where there is no folder.
fn names(folder: &Path) -> Result<Vec<String>, RecordError> {
    let unreadable = |source| RecordError::Unreadable {
        path: folder.to_owned(),
        source,
    };
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error)
            if matches!(
                error.kind(),
                io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
            ) =>
        {
            return Ok(Vec::new());
        }
        Err(error) => return Err(unreadable(error)),
    };
    let mut names = Vec::new();
    for entry in entries {
        let name = entry.map_err(unreadable)?.file_name();
        names.extend(name.into_string());
    }
    names.sort();
    Ok(names)
}

#[derive(Deserialize)]
struct Head {
    version: u32,
}

fn read(path: &Path) -> Result<Option<Intent>, RecordError> {
    let text = match input::read_text(path, input::LONGEST_SETTINGS) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(source) => {
            return Err(RecordError::Unreadable {
                path: path.to_owned(),
                source,
            });
        }
    };
    let damaged = |source| RecordError::Damaged {
        path: path.to_owned(),
        source,
    };
    let head: Head = serde_json::from_str(&text).map_err(damaged)?;
    if head.version > VERSION {
        return Err(RecordError::Newer {
            path: path.to_owned(),
        });
    }
    serde_json::from_str(&text).map(Some).map_err(damaged)
}

/// The name of a host's folder. Hosts of one name in different clouds or groups are not the same;
/// and no name has the mark in it.
fn folder_name(key: HostKey<'_>) -> String {
    match key.group {
        None => stem(key.host),
        Some(group) => format!("{}@{}", stem(key.host), stem(group)),
    }
}

/// The name of a machine's file, without what says its kind.
fn file_stem(machine: &str) -> String {
    if machine == NEXT {
        NEXT.to_owned()
    } else {
        stem(machine)
    }
}

/// A file's name for a name of the cloud, which ignores case: letters, digits, hyphens, dots and
/// underscores stand for themselves.
fn stem(name: &str) -> String {
    use std::fmt::Write as _;

    let mut stem = String::with_capacity(name.len());
    for byte in name.to_lowercase().bytes() {
        let is_plain = byte.is_ascii_alphanumeric()
            || matches!(byte, b'-' | b'_')
            || byte == b'.' && !stem.is_empty();
        if is_plain {
            stem.push(byte.into());
        } else {
            // Writing to a text cannot fail.
            _ = write!(stem, "%{byte:02x}").ok();
        }
    }
    stem
}

/// An intent that is this process's alone to change, or the place where it may lie.
#[derive(Debug)]
pub struct Held {
    path: PathBuf,
    intent: Mutex<Option<Intent>>,
    // Dropped in this order: the lock's file goes before its folder can.
    _lock: Hold,
    _folder: Emptied,
}

/// A folder that goes when nothing lies in it any more.
#[derive(Debug)]
struct Emptied(PathBuf);

impl Drop for Emptied {
    fn drop(&mut self) {
        // What another put there meanwhile keeps it.
        _ = fs::remove_dir(&self.0).ok();
    }
}

impl Held {
    /// What lies there.
    pub fn intent(&self) -> Option<Intent> {
        self.slot().clone()
    }

    fn slot(&self) -> std::sync::MutexGuard<'_, Option<Intent>> {
        self.intent.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes an intent, in the place of an older one.
    pub(super) fn write(&self, intent: Intent) -> io::Result<()> {
        let text = serde_json::to_vec_pretty(&intent).map_err(io::Error::other)?;
        files::replace_held(&self.path, &text)?;
        if self.slot().is_none() {
            // The folders may be as new as the file: their names have to last, too.
            for folder in self.path.ancestors().skip(2).take(FOLDERS) {
                files::sync(folder)?;
            }
        }
        *self.slot() = Some(intent);
        Ok(())
    }

    /// Says where the run is going.
    pub(super) fn set_stage(&self, stage: Stage) -> io::Result<()> {
        let Some(mut intent) = self.intent() else {
            return Ok(());
        };
        intent.stage = stage;
        self.write(intent)
    }

    /// Removes the intent: nothing of the run is left. What an earlier one left stays told.
    pub(super) fn clear(&self) -> io::Result<()> {
        let rest = self.intent().and_then(Intent::without_its_own);
        if let Some(rest) = rest {
            return self.write(rest);
        }
        *self.slot() = None;
        files::remove_held(&self.path)
    }
}

impl Notes for Held {
    fn keep(&self, list: &[Noted]) -> io::Result<()> {
        let Some(mut intent) = self.intent() else {
            return Ok(());
        };
        intent.effects = list.to_vec();
        self.write(intent)
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;
    use crate::backend::site::classic::{ClassicEffect, Place};
    use crate::provision::job::Job;
    use crate::provision::order::Order;
    use crate::provision::site::resource_manager::order::ResourceOrder;
    use crate::saga::State;

    fn intent(host: &str) -> Intent {
        let job = Job {
            order: Order {
                custom_data: Some(b"secret".to_vec()),
                ..Order::new(host.parse().unwrap())
            },
            docker: None,
            warnings: Vec::new(),
            custom_data_file: None,
            keep: false,
            dry_run: false,
        };
        let effect = ClassicEffect::Host {
            name: host.to_owned(),
            place: Place::Location("West US".to_owned()),
        };
        Intent::new(&job, host, vec![Noted::new(effect.into())])
    }

    #[test]
    fn what_was_written_is_read_by_the_next_that_holds_it_and_is_private() {
        let folder = tempfile::tempdir().unwrap();
        let records = Records::of(folder.path(), "ABC");
        {
            let held = records.hold("Web", "Web").unwrap();
            assert!(held.intent().is_none());
            held.write(intent("Web")).unwrap();
            let mut list = held.intent().unwrap().effects;
            list[0].state = State::Done;
            held.keep(&list).unwrap();
        }

        let held = records.hold("web", "web").unwrap();

        let found = held.intent().unwrap();
        assert_eq!(found.effects[0].state, State::Done);
        assert_eq!(found.stage, Stage::Making);
        let path = folder.path().join("hosts/abc/web/web.json");
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        let text = fs::read_to_string(&path).unwrap();
        assert!(!text.contains("secret"), "{text}");
        assert!(!text.contains(&format!("{:?}", b"secret")), "{text}");
    }

    fn of_group(host: &str, group: &str) -> Intent {
        let mut intent = intent(host);
        intent.order.site = crate::provision::SiteOrder::ResourceManager(ResourceOrder {
            resource_group: group.to_owned(),
            open_to: Vec::new(),
        });
        intent
    }

    #[test]
    fn hosts_of_one_name_in_several_groups_have_records_of_their_own() {
        let folder = tempfile::tempdir().unwrap();
        let records = Records::of(folder.path(), "abc");
        for group in ["web", "other", "web-2"] {
            let intent = of_group("web", group);
            let held = records.hold(intent.order.key(), "web").unwrap();
            assert!(held.intent().is_none(), "{group}");
            held.write(intent.clone()).unwrap();
        }
        assert_eq!(records.all().unwrap().len(), 3);
        for group in ["WEB", "Other", "web-2"] {
            let key = HostKey {
                host: "Web",
                group: Some(group),
            };
            let found = records.look(key, "web").unwrap().unwrap();
            assert!(found.order.key().is(&key), "{group}");
        }
        let folders = names(&folder.path().join("hosts/abc")).unwrap();
        assert_eq!(folders, ["web@other", "web@web", "web@web-2"]);
    }

    #[test]
    fn a_record_from_before_groups_told_hosts_apart_is_gone_on_with() {
        let folder = tempfile::tempdir().unwrap();
        let records = Records::of(folder.path(), "abc");
        let intent = of_group("web", "other");
        records
            .hold("web", "web")
            .unwrap()
            .write(intent.clone())
            .unwrap();
        let held = records.hold(intent.order.key(), "web").unwrap();
        assert!(held.intent().is_some());
        held.clear().unwrap();
        drop(held);
        assert!(records.all().unwrap().is_empty());
        let another = of_group("web", "another");
        assert!(records.look(another.order.key(), "web").unwrap().is_none());
    }

    #[test]
    fn one_of_two_wins_and_the_other_hears_of_whom() {
        let folder = tempfile::tempdir().unwrap();
        let records = Records::of(folder.path(), "abc");
        let first = records.hold("web", "web").unwrap();

        let second = records.hold("WEB", "web").unwrap_err();
        let other = records.hold("web", "web-2");

        let words = second.to_string();
        let id = std::process::id();
        assert_eq!(
            words,
            format!("another azure (process {id}) is at work on `WEB`")
        );
        assert!(other.is_ok());
        drop(first);
        assert!(records.hold("web", "web").is_ok());
    }

    #[test]
    fn a_shelf_on_which_nothing_lies_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let records = Records::of(folder.path(), "abc");
        {
            let held = records.hold("web", "web").unwrap();
            held.write(intent("web")).unwrap();
            assert_eq!(records.all().unwrap().len(), 1);
            held.clear().unwrap();
        }

        assert!(records.all().unwrap().is_empty());
        assert!(!folder.path().join("hosts/abc/web").exists());
    }

    #[test]
    fn a_newer_and_a_damaged_file_are_told_and_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let records = Records::of(folder.path(), "abc");
        for (text, is_newer) in [("{\"version\": 99}", true), ("{\"version\": 1", false)] {
            files::make_folder(&folder.path().join("hosts/abc/web")).unwrap();
            let path = folder.path().join("hosts/abc/web/web.json");
            files::replace(&path, text.as_bytes()).unwrap();

            let error = records.hold("web", "web").unwrap_err();

            assert_eq!(matches!(error, RecordError::Newer { .. }), is_newer);
            assert_eq!(
                matches!(error, RecordError::Damaged { .. }),
                !is_newer,
                "{error}"
            );
            assert_eq!(fs::read_to_string(&path).unwrap(), text);
        }
    }

    #[test]
    fn no_name_leads_out_of_the_shelf() {
        assert_eq!(stem("../../x"), "%2e.%2f..%2fx");
        assert_eq!(stem("Web-2.a_b"), "web-2.a_b");
        assert_ne!(stem("+next"), NEXT);
    }
}
