//! System calls by the names that a command line has: relative to the working folder of the
//! process, as its user, at its time, and with what `/proc` shows.

use jiff::Timestamp;

use crate::files::{DirEntry, Errno, Open, Stat, Want};
use crate::process::descriptor::Ways;
use crate::process::proc::Entry;
use crate::process::{Descriptor, Process, proc};

/// File calls of a process.
pub(super) trait Calls {
    /// Tells of a file; a symbolic link is followed.
    fn stat(&self, name: &str) -> Result<Stat, Errno>;
    /// Tells of a file or of a symbolic link itself.
    fn lstat(&self, name: &str) -> Result<Stat, Errno>;
    /// Lists a directory, by name.
    fn list(&self, name: &str) -> Result<Vec<DirEntry>, Errno>;
    /// Where a symbolic link leads.
    fn read_link(&self, name: &str) -> Result<String, Errno>;
    /// A path without links and dots.
    fn canonical(&self, name: &str) -> Result<String, Errno>;
    /// Whether a file may be used as wanted.
    fn access(&self, name: &str, want: Want) -> Result<(), Errno>;
    /// Opens a file to write it anew.
    fn create(&self, name: &str) -> Result<Descriptor, Errno>;
    /// Makes a directory; the umask is taken off the mode.
    fn make_dir(&self, name: &str, mode: u32) -> Result<(), Errno>;
    /// Makes a symbolic link.
    fn symlink(&self, target: &str, name: &str) -> Result<(), Errno>;
    /// Gives a file another name.
    fn link(&self, from: &str, to: &str) -> Result<(), Errno>;
    /// Moves a file within its file system.
    fn rename(&self, from: &str, to: &str) -> Result<(), Errno>;
    /// Takes away a name of a file that is no directory.
    fn unlink(&self, name: &str) -> Result<(), Errno>;
    /// Takes away an empty directory.
    fn remove_dir(&self, name: &str) -> Result<(), Errno>;
    /// Sets the permission bits.
    fn chmod(&self, name: &str, mode: u32) -> Result<(), Errno>;
    /// Sets owner and group, of a symbolic link itself if it is not followed.
    fn chown(
        &self,
        name: &str,
        owner: (Option<u32>, Option<u32>),
        follow: bool,
    ) -> Result<(), Errno>;
    /// Sets the time of the last change, of a symbolic link itself if it is not followed.
    fn set_modified(&self, name: &str, time: Timestamp, follow: bool) -> Result<(), Errno>;

    /// Whether a name leads to a directory.
    fn is_dir(&self, name: &str) -> bool {
        self.stat(name).is_ok_and(|stat| stat.is_dir())
    }
}

/// The folder of descriptors, by the name it has as a device, or any other name as it is.
fn through(path: &str) -> &str {
    match path.trim_end_matches('/') {
        "/dev/fd" => "/proc/self/fd",
        _ => path,
    }
}

impl Process {
    /// The descriptor that a name leads to where no file is.
    fn behind(&self, name: &str) -> Result<Descriptor, Errno> {
        match self.named_descriptor(name) {
            Ok(Ok(open)) => Ok(open),
            Ok(Err(Errno::Access)) => Err(Errno::Access),
            _ => Err(Errno::NotFound),
        }
    }
}

impl Calls for Process {
    fn stat(&self, name: &str) -> Result<Stat, Errno> {
        let path = self.path(name);
        match proc::find(self, through(&path)) {
            Some(Entry::Descriptor { .. }) => {}
            Some(entry) => return Ok(entry.followed(self).stat(self)),
            None => match self.space.files().stat(&path, &self.user) {
                Err(Errno::NotFound) => {}
                told => return told,
            },
        }
        let open = self.behind(name)?;
        proc::descriptors::stat(self, &open)
    }

    fn lstat(&self, name: &str) -> Result<Stat, Errno> {
        let path = self.path(name);
        if let Some(entry) = proc::find(self, &path) {
            return Ok(entry.stat(self));
        }
        self.space.files().lstat(&path, &self.user)
    }

    fn list(&self, name: &str) -> Result<Vec<DirEntry>, Errno> {
        let path = self.path(name);
        if let Some(entry) = proc::find(self, through(&path)) {
            return entry.followed(self).list();
        }
        self.space.files().read_dir(&path, &self.user)
    }

    fn read_link(&self, name: &str) -> Result<String, Errno> {
        let path = self.path(name);
        if let Some(entry) = proc::find(self, &path) {
            return entry.target();
        }
        self.space.files().read_link(&path, &self.user)
    }

    fn canonical(&self, name: &str) -> Result<String, Errno> {
        let path = self.path(name);
        if proc::find(self, &path).is_some() {
            return Ok(crate::files::path::clean(&path));
        }
        self.space.files().canonical(&path, &self.user)
    }

    fn access(&self, name: &str, want: Want) -> Result<(), Errno> {
        let path = self.path(name);
        match proc::find(self, through(&path)) {
            Some(Entry::Descriptor { .. }) => {}
            Some(_) => {
                let refused = want.write && !self.user.is_root();
                return if refused { Err(Errno::Access) } else { Ok(()) };
            }
            None => match self.space.files().access(&path, want, &self.user) {
                Err(Errno::NotFound) => {}
                told => return told,
            },
        }
        let ways = self.behind(name)?.ways();
        if want.write && ways == Ways::Read || want.read && ways == Ways::Write {
            return Err(Errno::Access);
        }
        Ok(())
    }

    fn create(&self, name: &str) -> Result<Descriptor, Errno> {
        self.open(name, Open::to_write(0o666))
    }

    fn make_dir(&self, name: &str, mode: u32) -> Result<(), Errno> {
        let mode = mode & !self.umask;
        let path = self.path(name);
        self.space
            .files()
            .create_dir(&path, mode, &self.user, self.now())
    }

    fn symlink(&self, target: &str, name: &str) -> Result<(), Errno> {
        let path = self.path(name);
        self.space
            .files()
            .symlink(target, &path, &self.user, self.now())
    }

    fn link(&self, from: &str, to: &str) -> Result<(), Errno> {
        let (from, to) = (self.path(from), self.path(to));
        self.space.files().link(&from, &to, &self.user, self.now())
    }

    fn rename(&self, from: &str, to: &str) -> Result<(), Errno> {
        let (from, to) = (self.path(from), self.path(to));
        self.space
            .files()
            .rename(&from, &to, &self.user, self.now())
    }

    fn unlink(&self, name: &str) -> Result<(), Errno> {
        let path = self.path(name);
        self.space
            .files()
            .remove_file(&path, &self.user, self.now())
    }

    fn remove_dir(&self, name: &str) -> Result<(), Errno> {
        let path = self.path(name);
        self.space.files().remove_dir(&path, &self.user, self.now())
    }

    fn chmod(&self, name: &str, mode: u32) -> Result<(), Errno> {
        self.space.files().chmod(&self.path(name), mode, &self.user)
    }

    fn chown(
        &self,
        name: &str,
        (uid, gid): (Option<u32>, Option<u32>),
        follow: bool,
    ) -> Result<(), Errno> {
        let path = self.path(name);
        let files = self.space.files();
        if follow {
            files.chown(&path, uid, gid, &self.user)
        } else {
            files.lchown(&path, uid, gid, &self.user)
        }
    }

    fn set_modified(&self, name: &str, time: Timestamp, follow: bool) -> Result<(), Errno> {
        let path = self.path(name);
        let files = self.space.files();
        if follow {
            files.set_modified(&path, time, &self.user, self.now())
        } else {
            files.lset_modified(&path, time, &self.user, self.now())
        }
    }
}
