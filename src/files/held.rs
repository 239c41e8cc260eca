//! Folders and files that are one process's alone for a while.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use nix::fcntl::OFlag;

use super::{PRIVATE_FILE, UNFINISHED, folder_of, make_folder};

/// How long a folder that somebody else holds is waited for.
const LONGEST_LOCK: Duration = Duration::from_secs(30);

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
