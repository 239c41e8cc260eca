//! From a path to a place.

use std::borrow::Cow;

use super::{Place, View, lock};
use crate::files::credentials::{Credentials, Want};
use crate::files::errno::Errno;
use crate::files::node::{Kind, Node};
use crate::files::path::{NAME_MAX, PATH_MAX};

/// How many symbolic links one path may lead through.
const LINKS_MAX: usize = 40;

/// Where a path led.
pub(in crate::files) struct Walk {
    /// The root that it began at.
    top: Place,
    /// The directories from the root to the last, with the names that led to them.
    pub(in crate::files) above: Vec<(Place, String)>,
    /// The last name; nothing if the path ends in the root, `.` or `..`.
    pub(in crate::files) name: Option<String>,
    /// What is there; nothing if only the last name is missing.
    pub(in crate::files) place: Option<Place>,
    /// Whether the path says that it names a directory: it ends in a slash.
    pub(in crate::files) as_directory: bool,
}

impl Walk {
    /// Returns the directory that the last name is, or would be, in.
    pub(in crate::files) fn parent(&self) -> Place {
        self.above.last().map_or(self.top, |(place, _)| *place)
    }

    /// Returns what is there.
    pub(in crate::files) fn found(&self) -> Result<Place, Errno> {
        self.place.ok_or(Errno::NotFound)
    }

    /// Returns the path that led here, without links and dots.
    pub(in crate::files) fn path(&self) -> String {
        let above = self.above.iter().skip(1).map(|(_, name)| name.as_str());
        let names: Vec<&str> = above.chain(self.name.as_deref()).collect();
        format!("/{}", names.join("/"))
    }
}

impl View {
    /// Follows a path, and a symbolic link at its end if `follow` says so.
    ///
    /// Each directory on the way has to let `who` pass. A missing last name is no error here.
    pub(in crate::files) fn walk(
        &self,
        path: &str,
        who: &Credentials,
        follow: bool,
    ) -> Result<Walk, Errno> {
        if !path.starts_with('/') {
            return Err(match path {
                "" => Errno::NotFound,
                _ => Errno::Invalid,
            });
        }
        if path.len() >= PATH_MAX {
            return Err(Errno::NameTooLong);
        }
        let root = self.top;
        let mut above = vec![(root, String::new())];
        let mut links = 0;
        let mut rest = Cow::Borrowed(path);
        let mut position = 0;
        loop {
            let left = rest[position..].trim_start_matches('/');
            let Some(name) = left.split('/').next().filter(|name| !name.is_empty()) else {
                return Ok(Self::walked_to_directory(root, above));
            };
            let after = &left[name.len()..];
            let is_last = after.bytes().all(|byte| byte == b'/');
            let directory = above.last().map_or(root, |(place, _)| *place);
            let next = self.step(directory, name, who)?;
            let next_position = rest.len() - after.len();
            match name {
                "." => {}
                ".." => {
                    if above.len() > 1 {
                        above.pop();
                    }
                }
                _ => {
                    let Some(place) = next else {
                        return if is_last {
                            Ok(Walk {
                                top: root,
                                above,
                                name: Some(name.to_owned()),
                                place: None,
                                as_directory: !after.is_empty(),
                            })
                        } else {
                            Err(Errno::NotFound)
                        };
                    };
                    let follows = follow || !after.is_empty();
                    if let Some(target) = self.target(place)?.filter(|_| follows) {
                        links += 1;
                        if links > LINKS_MAX {
                            return Err(Errno::Loop);
                        }
                        if target.is_empty() {
                            return Err(Errno::NotFound);
                        }
                        if target.len() + after.len() >= 2 * PATH_MAX {
                            return Err(Errno::NameTooLong);
                        }
                        if target.starts_with('/') {
                            above.truncate(1);
                        }
                        rest = Cow::Owned(target + after);
                        position = 0;
                        continue;
                    }
                    if is_last {
                        if !after.is_empty() && self.kind(place)? != Kind::Directory {
                            return Err(Errno::NotDirectory);
                        }
                        return Ok(Walk {
                            top: root,
                            above,
                            name: Some(name.to_owned()),
                            place: Some(place),
                            as_directory: !after.is_empty(),
                        });
                    }
                    above.push((place, name.to_owned()));
                }
            }
            position = next_position;
        }
    }

    /// The path ended in the root, `.` or `..`.
    fn walked_to_directory(top: Place, above: Vec<(Place, String)>) -> Walk {
        Walk {
            top,
            place: above.last().map(|(place, _)| *place),
            name: None,
            as_directory: true,
            above,
        }
    }

    /// Looks up one name in a directory.
    fn step(
        &self,
        directory: Place,
        name: &str,
        who: &Credentials,
    ) -> Result<Option<Place>, Errno> {
        let found = {
            let tree = lock(&self.at(directory).tree);
            let inode = tree.inode(directory.ino)?;
            let entries = inode.entries().ok_or(Errno::NotDirectory)?;
            who.check(inode, Want::EXECUTE)?;
            if name.len() > NAME_MAX {
                return Err(Errno::NameTooLong);
            }
            entries.get(name).copied()
        };
        Ok(found.map(|ino| {
            let mount = directory.mount;
            let plain = Place { mount, ino };
            self.mounted_on(directory, name).unwrap_or(plain)
        }))
    }

    /// Returns where a symbolic link leads.
    fn target(&self, place: Place) -> Result<Option<String>, Errno> {
        self.with(place, |_, inode| match &inode.node {
            Node::Symlink(target) => Ok(Some(target.clone())),
            _ => Ok(None),
        })
    }
}
