//! What a step does to a file.

use serde::{Deserialize, Deserializer, de};

use super::stage::Stage;
use super::text::Text;
use super::timeline::Timeline;
use crate::files::{Errno, Open};

/// What a step does to a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The path, from the working folder on.
    pub path: Text,
    /// What is done.
    pub how: How,
}

/// What is done to a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum How {
    /// It is written anew, with these permissions if it is new.
    Write(Text, u32),
    /// Something is written at its end.
    Append(Text, u32),
    /// It becomes a directory, with what is missing above it.
    MakeDirectory,
    /// It is removed, a directory with all that is in it.
    Remove,
    /// Its permissions become these.
    ChangeMode(u32),
}

/// The permissions of a file that says nothing of them.
pub(super) const FILE_MODE: u32 = 0o644;

/// Permissions, written as text: `"0644"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Mode(pub(super) u32);

impl<'de> Deserialize<'de> for Mode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let mode = u32::from_str_radix(&text, 8).ok();
        mode.filter(|mode| *mode <= 0o7777)
            .map(Self)
            .ok_or_else(|| {
                de::Error::custom(format!("`{text}` are no permissions: write `\"0644\"`"))
            })
    }
}

impl Stage {
    /// Changes a file; the error comes with the path.
    pub(super) fn change(&self, change: &Change, time: &Timeline) -> Result<(), (String, Errno)> {
        let now = time.now();
        let facts = self.facts(now);
        let files = self.process.space.files();
        let user = &self.process.user;
        let masked = |mode: u32| mode & !self.process.umask;
        let path = self.process.path(&change.path.fill(&facts));
        let changed = match &change.how {
            How::Write(content, mode) => {
                let content = content.fill(&facts).into_bytes();
                files.write(&path, content, masked(*mode), user, now)
            }
            How::Append(content, mode) => {
                let how = Open {
                    write: true,
                    append: true,
                    create: true,
                    mode: masked(*mode),
                    ..Open::default()
                };
                let content = content.fill(&facts);
                let opened = files.open(&path, how, user, now);
                opened.and_then(|file| file.append(content.as_bytes(), now).map(drop))
            }
            How::MakeDirectory => files.create_dir_all(&path, masked(0o777), user, now),
            How::Remove => match files.remove_all(&path, user, now) {
                // What is not there need not be removed.
                Err(Errno::NotFound) => Ok(()),
                removed => removed,
            },
            How::ChangeMode(mode) => files.chmod(&path, *mode, user),
        };
        changed.map_err(|errno| (path, errno))
    }
}
