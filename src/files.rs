//! Private, atomic, never-overwriting writes.

use std::fs::{self, DirBuilder, File, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

/// Only its owner may read and write it.
const PRIVATE_FILE: u32 = 0o600;
/// Only its owner may look into it.
const PRIVATE_FOLDER: u32 = 0o700;

/// A private file with all its bytes on disk, that has no name yet.
///
/// Dropped before it is [kept](Self::keep), it leaves nothing behind.
#[derive(Debug)]
pub struct Staged {
    file: NamedTempFile,
    path: PathBuf,
}

impl Staged {
    /// Writes `bytes` beside `path`.
    pub fn new(path: &Path, bytes: &[u8]) -> io::Result<Self> {
        let mut file = tempfile::Builder::new()
            .prefix(".azure-")
            .permissions(Permissions::from_mode(PRIVATE_FILE))
            .tempfile_in(folder_of(path))?;
        file.write_all(bytes)?;
        file.as_file().sync_all()?;
        Ok(Self {
            file,
            path: path.to_owned(),
        })
    }

    /// Gives it its name; fails with [`io::ErrorKind::AlreadyExists`] when the name is taken.
    pub fn keep(self) -> io::Result<()> {
        self.file.persist_noclobber(&self.path)?;
        sync_folder(folder_of(&self.path))
    }

    /// Gives it its name, in the place of what had it.
    pub fn replace(self) -> io::Result<()> {
        self.file.persist(&self.path)?;
        sync_folder(folder_of(&self.path))
    }

    /// Returns the name it will have.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

/// Writes a private file that was not there; fails with [`io::ErrorKind::AlreadyExists`] if it was.
pub fn write_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
    Staged::new(path, bytes)?.keep()
}

/// Writes a private file whole or not at all, in the place of an older one.
pub fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    Staged::new(path, bytes)?.replace()
}

/// Renames a file; fails with [`io::ErrorKind::AlreadyExists`] when the new name is taken.
pub fn rename_new(from: &Path, to: &Path) -> io::Result<()> {
    // A rename would overwrite; a second name for the same file never does.
    fs::hard_link(from, to)?;
    fs::remove_file(from)?;
    sync_folder(folder_of(to))
}

/// Makes a private folder and its missing parents; an existing one stays as it is.
pub fn make_folder(path: &Path) -> io::Result<()> {
    DirBuilder::new()
        .recursive(true)
        .mode(PRIVATE_FOLDER)
        .create(path)
}

fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// Makes names last that were given in the folder.
fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<_> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn a_new_file_is_private_and_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key.pem");

        write_new(&path, b"secret").unwrap();

        assert_eq!(fs::read(&path).unwrap(), b"secret");
        assert_eq!(mode(&path), 0o600);
        assert_eq!(names(folder.path()), ["key.pem"]);
    }

    #[test]
    fn an_existing_file_is_never_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key.pem");
        write_new(&path, b"old").unwrap();

        let error = write_new(&path, b"new").unwrap_err();

        assert_eq!(error.kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read(&path).unwrap(), b"old");
        assert_eq!(names(folder.path()), ["key.pem"]);
    }

    #[test]
    fn a_dropped_file_leaves_nothing_behind() {
        let folder = tempfile::tempdir().unwrap();

        drop(Staged::new(&folder.path().join("key.pem"), b"secret").unwrap());

        assert!(names(folder.path()).is_empty());
    }

    #[test]
    fn a_replaced_file_is_private_whatever_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("profile.json");
        write_new(&path, b"old").unwrap();
        fs::set_permissions(&path, Permissions::from_mode(0o644)).unwrap();

        replace(&path, b"new").unwrap();

        assert_eq!(fs::read(&path).unwrap(), b"new");
        assert_eq!(mode(&path), 0o600);
    }

    #[test]
    fn a_rename_never_overwrites() {
        let folder = tempfile::tempdir().unwrap();
        let [from, to] = ["a", "b"].map(|name| folder.path().join(name));
        write_new(&from, b"a").unwrap();
        write_new(&to, b"b").unwrap();

        let error = rename_new(&from, &to).unwrap_err();

        assert_eq!(error.kind(), io::ErrorKind::AlreadyExists);
        fs::remove_file(&to).unwrap();
        rename_new(&from, &to).unwrap();
        assert_eq!(names(folder.path()), ["b"]);
    }

    #[test]
    fn a_new_folder_is_private_and_an_old_one_keeps_its_mode() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/certs");

        make_folder(&path).unwrap();
        assert_eq!(mode(&path), 0o700);

        fs::set_permissions(&path, Permissions::from_mode(0o755)).unwrap();
        make_folder(&path).unwrap();
        assert_eq!(mode(&path), 0o755);
    }
}
