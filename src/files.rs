//! Private, atomic, never-overwriting writes.

mod held;

use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::io::{self, Write};
use std::os::fd::AsRawFd as _;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt as _, PermissionsExt};
use std::path::{Path, PathBuf};

use nix::fcntl::{AT_FDCWD, AtFlags, OFlag};
use nix::unistd::linkat;
use tempfile::NamedTempFile;

pub use held::{Hold, Lock, hold, lock};

/// Only its owner may read and write it.
const PRIVATE_FILE: u32 = 0o600;
/// Only its owner may look into it.
const PRIVATE_FOLDER: u32 = 0o700;

/// How the names of files begin that are being written, where they need one.
const UNFINISHED: &str = ".azure-";

/// A private file with all its bytes on disk, that has no name yet.
///
/// Dropped before it is [kept](Self::keep), it leaves nothing behind; nor does it when the process
/// is killed, where the file system knows files without a name.
#[derive(Debug)]
pub struct Staged {
    file: Unnamed,
    path: PathBuf,
}

#[derive(Debug)]
enum Unnamed {
    /// A file that no folder knows.
    Anonymous(File),
    /// One with a name that goes with the value.
    Temporary(NamedTempFile),
}

impl Staged {
    /// Writes `bytes` on the file system of `path`.
    pub fn new(path: &Path, bytes: &[u8]) -> io::Result<Self> {
        let folder = folder_of(path);
        let anonymous = OpenOptions::new()
            .write(true)
            .mode(PRIVATE_FILE)
            .custom_flags(OFlag::O_TMPFILE.bits())
            .open(folder);
        let file = match anonymous {
            Ok(mut file) => {
                file.write_all(bytes)?;
                file.sync_all()?;
                Unnamed::Anonymous(file)
            }
            Err(_) => Unnamed::Temporary(temporary(folder, bytes)?),
        };
        Ok(Self {
            file,
            path: path.to_owned(),
        })
    }

    /// Gives it its name; fails with [`io::ErrorKind::AlreadyExists`] when the name is taken.
    /// The name lasts once the folder is [synced](sync).
    pub fn keep(self) -> io::Result<()> {
        match self.file {
            Unnamed::Anonymous(file) => {
                let it = format!("/proc/self/fd/{}", file.as_raw_fd());
                linkat(
                    AT_FDCWD,
                    it.as_str(),
                    AT_FDCWD,
                    &self.path,
                    AtFlags::AT_SYMLINK_FOLLOW,
                )?;
            }
            Unnamed::Temporary(file) => {
                file.persist_noclobber(&self.path)?;
            }
        }
        Ok(())
    }

    /// Returns the name it will have.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

fn temporary(folder: &Path, bytes: &[u8]) -> io::Result<NamedTempFile> {
    let mut file = tempfile::Builder::new()
        .prefix(UNFINISHED)
        .permissions(Permissions::from_mode(PRIVATE_FILE))
        .tempfile_in(folder)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    Ok(file)
}

/// Writes a private file that was not there; fails with [`io::ErrorKind::AlreadyExists`] if it was.
pub fn write_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
    Staged::new(path, bytes)?.keep()?;
    sync(folder_of(path))
}

/// Writes a private file whole or not at all, in the place of an older one.
pub fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    temporary(folder_of(path), bytes)?.persist(path)?;
    sync(folder_of(path))
}

/// As [`replace`], for a file that is this process's alone to change: what a killed one left unfinished
/// beside it is overwritten, and goes with [`remove_held`].
pub fn replace_held(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let beside = beside(path);
    let mut file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(PRIVATE_FILE)
        .custom_flags(OFlag::O_NOFOLLOW.bits())
        .open(&beside)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&beside, path)?;
    sync(folder_of(path))
}

/// Removes a file that is this process's alone to change, if it is there.
pub fn remove_held(path: &Path) -> io::Result<()> {
    for path in [beside(path), path.to_owned()] {
        match fs::remove_file(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    sync(folder_of(path))
}

fn beside(path: &Path) -> PathBuf {
    path.with_added_extension("new")
}

/// Writes what a user named an output for: a regular file whole or not at all, private, in the place
/// of an older one; a device, a FIFO or a link is written through, and stays what it is.
pub fn write_output(path: &Path, bytes: &[u8]) -> io::Result<()> {
    match fs::symlink_metadata(path) {
        Ok(found) if !found.is_file() => write_through(path, bytes),
        _ => replace(path, bytes),
    }
}

fn write_through(path: &Path, bytes: &[u8]) -> io::Result<()> {
    // What is open has a place at which to go on, which opening it anew would not know.
    match descriptor(path) {
        Some(1) => {
            let mut out = io::stdout().lock();
            out.write_all(bytes).and_then(|()| out.flush())
        }
        Some(2) => io::stderr().lock().write_all(bytes),
        Some(_) => OpenOptions::new().append(true).open(path)?.write_all(bytes),
        None => OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(PRIVATE_FILE)
            .open(path)?
            .write_all(bytes),
    }
}

/// What this process has open under such a name as `/dev/stdout` or `/dev/fd/3`.
fn descriptor(path: &Path) -> Option<u32> {
    let target = fs::read_link(path).unwrap_or_default();
    [path, &target].into_iter().find_map(|name| {
        let folder = fs::canonicalize(name.parent()?).ok()?;
        let is_ours = folder.starts_with("/proc") && folder.ends_with("fd");
        name.file_name()?.to_str()?.parse().ok().filter(|_| is_ours)
    })
}

/// Renames a file; fails with [`io::ErrorKind::AlreadyExists`] when the new name is taken.
pub fn rename_new(from: &Path, to: &Path) -> io::Result<()> {
    // A rename would overwrite; a second name for the same file never does.
    fs::hard_link(from, to)?;
    fs::remove_file(from)?;
    sync(folder_of(to))
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
pub fn sync(folder: &Path) -> io::Result<()> {
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
    fn what_a_killed_writer_left_is_overwritten_and_goes_with_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("web.json");
        write_new(
            &folder.path().join("web.json.new"),
            b"longer than what is written",
        )
        .unwrap();

        replace_held(&path, b"whole").unwrap();

        assert_eq!(fs::read(&path).unwrap(), b"whole");
        assert_eq!(mode(&path), 0o600);
        assert_eq!(names(folder.path()), ["web.json"]);
        write_new(&folder.path().join("web.json.new"), b"ha").unwrap();
        remove_held(&path).unwrap();
        assert!(names(folder.path()).is_empty());
        remove_held(&path).unwrap();
    }

    #[test]
    fn a_link_is_written_through_and_stays() {
        let folder = tempfile::tempdir().unwrap();
        let [link, target] = ["link", "target"].map(|name| folder.path().join(name));
        std::os::unix::fs::symlink(&target, &link).unwrap();

        for text in ["what was longer", "what is"] {
            write_output(&link, text.as_bytes()).unwrap();

            assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
            assert_eq!(fs::read_to_string(&target).unwrap(), text);
        }
        assert_eq!(mode(&target), 0o600);
    }

    #[test]
    fn a_device_and_a_fifo_are_written_through_and_stay() {
        use std::os::unix::fs::FileTypeExt as _;

        let folder = tempfile::tempdir().unwrap();
        let fifo = folder.path().join("fifo");
        nix::unistd::mkfifo(&fifo, nix::sys::stat::Mode::S_IRWXU).unwrap();
        let reader = {
            let fifo = fifo.clone();
            std::thread::spawn(move || fs::read(fifo).unwrap())
        };

        write_output(&fifo, b"text").unwrap();
        let full = write_output(Path::new("/dev/full"), b"text").unwrap_err();

        assert_eq!(reader.join().unwrap(), b"text");
        assert!(fs::metadata(&fifo).unwrap().file_type().is_fifo());
        assert_eq!(full.kind(), io::ErrorKind::StorageFull);
        let kind = fs::metadata("/dev/full").unwrap().file_type();
        assert!(kind.is_char_device());
    }

    #[test]
    fn what_is_open_goes_on_where_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out");
        write_new(&path, b"before ").unwrap();
        let open = OpenOptions::new().append(true).open(&path).unwrap();

        write_output(
            Path::new(&format!("/dev/fd/{}", open.as_raw_fd())),
            b"after",
        )
        .unwrap();

        assert_eq!(fs::read_to_string(&path).unwrap(), "before after");
    }

    #[test]
    fn a_regular_output_is_replaced_and_private() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("network.json");
        write_new(&path, b"old").unwrap();

        write_output(&path, b"new").unwrap();

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

    #[test]
    fn a_locked_folder_is_waited_for_and_what_the_dead_left_is_swept() {
        let folder = tempfile::tempdir().unwrap();
        File::create_new(folder.path().join(".azure-x1y2z3")).unwrap();
        write_new(&folder.path().join("key.pem"), b"kept").unwrap();
        let first = lock(folder.path()).unwrap();
        assert_eq!(names(folder.path()), ["key.pem"]);
        let path = folder.path().to_owned();

        let second = std::thread::spawn(move || lock(&path).map(drop));
        assert!(!second.is_finished());
        drop(first);

        second.join().unwrap().unwrap();
    }
}
