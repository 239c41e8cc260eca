//! Private, atomic, never-overwriting writes.

use std::fs::{self, DirBuilder, File, OpenOptions, Permissions, TryLockError};
use std::io::{self, Read as _, Write};
use std::os::fd::AsRawFd as _;
use std::os::unix::fs::{DirBuilderExt, MetadataExt as _, OpenOptionsExt as _, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use nix::fcntl::{AT_FDCWD, AtFlags, OFlag};
use nix::unistd::linkat;
use tempfile::NamedTempFile;

/// Only its owner may read and write it.
const PRIVATE_FILE: u32 = 0o600;
/// Only its owner may look into it.
const PRIVATE_FOLDER: u32 = 0o700;

/// How the names of files begin that are being written, where they need one.
const UNFINISHED: &str = ".azure-";

/// How long a folder that somebody else holds is waited for.
const LONGEST_LOCK: Duration = Duration::from_secs(30);

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

/// What was locked, given back when dropped.
#[derive(Debug)]
struct Locked(File);

impl Drop for Locked {
    fn drop(&mut self) {
        // A child that was forked a moment ago has it open, too, until it begins its program.
        _ = self.0.unlock().ok();
    }
}

/// A folder that is this process's alone to change, until dropped or killed.
#[derive(Debug)]
pub struct Lock {
    _folder: Locked,
}

/// Waits until nobody else of ours changes `folder`, and removes what killed ones left unfinished.
pub fn lock(folder: &Path) -> io::Result<Lock> {
    let file = File::open(folder)?;
    let begin = Instant::now();
    loop {
        match file.try_lock() {
            Ok(()) => break,
            // File systems without locks: as good as it was without.
            Err(TryLockError::Error(_)) => {
                return Ok(Lock {
                    _folder: Locked(file),
                });
            }
            Err(TryLockError::WouldBlock) if begin.elapsed() < LONGEST_LOCK => {
                std::thread::sleep(Duration::from_millis(10));
            }
            Err(TryLockError::WouldBlock) => {
                return Err(io::Error::new(
                    io::ErrorKind::TimedOut,
                    format!(
                        "another process has been changing the folder for {} seconds",
                        LONGEST_LOCK.as_secs()
                    ),
                ));
            }
        }
    }
    for entry in fs::read_dir(folder)?.flatten() {
        let name = entry.file_name();
        let is_unfinished = name.as_encoded_bytes().starts_with(UNFINISHED.as_bytes());
        if is_unfinished && entry.file_type().is_ok_and(|kind| kind.is_file()) {
            // Whoever wrote it is dead: all who are alive wait for the lock.
            _ = fs::remove_file(entry.path()).ok();
        }
    }
    Ok(Lock {
        _folder: Locked(file),
    })
}

/// A file that is this process's alone, until dropped or killed; it goes with the value.
#[derive(Debug)]
pub struct Hold {
    path: PathBuf,
    _file: Locked,
}

impl Drop for Hold {
    fn drop(&mut self) {
        // While it is locked: whoever opened it meanwhile looks whether it has its name still.
        _ = fs::remove_file(&self.path).ok();
    }
}

/// Takes the private file at `path`, made with its folders where it is missing, and writes `note`
/// into it; the note of another process that holds it is returned instead.
pub fn hold(path: &Path, note: &str) -> io::Result<Result<Hold, String>> {
    /// Folders and files that others remove at the same time are made once more, so often.
    const TRIES: u32 = 100;
    let folder = folder_of(path);
    for _ in 0..TRIES {
        make_folder(folder)?;
        let opened = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(PRIVATE_FILE)
            .custom_flags(OFlag::O_NOFOLLOW.bits())
            .open(path);
        let mut file = match opened {
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            opened => opened?,
        };
        match file.try_lock() {
            // File systems without locks: as good as it can be there.
            Ok(()) | Err(TryLockError::Error(_)) => {}
            Err(TryLockError::WouldBlock) => {
                let mut note = String::new();
                // Not written yet, or no text: then nobody is named.
                _ = file.take(64).read_to_string(&mut note).ok();
                return Ok(Err(note.trim().to_owned()));
            }
        }
        let is_named = fs::symlink_metadata(path)
            .ok()
            .zip(file.metadata().ok())
            .is_some_and(|(named, held)| named.ino() == held.ino() && named.dev() == held.dev());
        if is_named {
            file.set_len(0)?;
            file.write_all(note.as_bytes())?;
            return Ok(Ok(Hold {
                path: path.to_owned(),
                _file: Locked(file),
            }));
        }
    }
    Err(io::Error::new(
        io::ErrorKind::TimedOut,
        "others keep taking it and giving it back",
    ))
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
