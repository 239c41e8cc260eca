//! The private folder that a sandbox lives from; it goes when the command has ended.

use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use tempfile::TempDir;

use super::name_service;

/// Paths inside the private folder of one sandbox.
///
/// The parent owns the folder ([`Folder::create`]); the process that becomes the command only
/// knows where it is ([`Folder::at`]).
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    /// Removes the folder when dropped.
    _owned: Option<TempDir>,
    /// Says that the owner is alive: the kernel gives the lock back when it is not.
    _lock: Option<File>,
}

/// How the names of such folders begin.
const PREFIX: &str = "azure-fake-run-";

/// So old is a folder whose owner has had time to hold it.
const SETTLED: Duration = Duration::from_secs(10);

impl Folder {
    /// Makes the folder (mode 0700) under the system's folder for temporary files, with all
    /// that the sandbox needs except the hosts file, which [`super::hosts::Follower`] makes.
    pub fn create() -> io::Result<Self> {
        sweep(&std::env::temp_dir());
        let owned = tempfile::Builder::new()
            .prefix(PREFIX)
            .permissions(std::fs::Permissions::from_mode(0o700))
            .tempdir()?;
        let lock = File::open(owned.path())?;
        // Without locks nothing is ever swept, here or by others.
        _ = lock.try_lock().ok();
        let folder = Self {
            path: owned.path().canonicalize()?,
            _owned: Some(owned),
            _lock: Some(lock),
        };
        for empty in [
            folder.nothing(),
            folder.programs(),
            folder.profile(),
            folder.today(),
            folder.simulator(),
        ] {
            std::fs::create_dir(empty)?;
        }
        if let Ok(machine) = std::fs::read_to_string("/etc/nsswitch.conf") {
            // Readable for all: it lies over a file of the system.
            OpenOptions::new()
                .write(true)
                .create_new(true)
                .mode(0o644)
                .open(folder.name_service())?
                .write_all(name_service::files_first(&machine).as_bytes())?;
        }
        Ok(folder)
    }

    /// The folder that another process made.
    pub fn at(path: &Path) -> Self {
        Self {
            path: path.to_owned(),
            _owned: None,
            _lock: None,
        }
    }

    /// The folder itself.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What lies over `/etc/hosts` inside.
    pub fn hosts(&self) -> PathBuf {
        self.path.join("hosts")
    }

    /// What lies over `/etc/nsswitch.conf` inside; absent where the machine has none.
    pub fn name_service(&self) -> PathBuf {
        self.path.join("nsswitch.conf")
    }

    /// An empty folder, to hide another with.
    pub fn nothing(&self) -> PathBuf {
        self.path.join("nothing")
    }

    /// The folder that comes first on the command's PATH.
    pub fn programs(&self) -> PathBuf {
        self.path.join("bin")
    }

    /// The command's `AZURE_CONFIG_DIR`.
    pub fn profile(&self) -> PathBuf {
        self.path.join("profile")
    }

    /// The `AZURE_CONFIG_DIR` of today's `az`, which keeps another format under the old CLI's names.
    pub fn today(&self) -> PathBuf {
        self.path.join("az")
    }

    /// The files of a simulator of the run's own.
    pub fn simulator(&self) -> PathBuf {
        self.path.join("simulator")
    }

    /// Where the process that should become the command says why it could not.
    pub fn report(&self) -> PathBuf {
        self.path.join("report.json")
    }
}

/// Removes the folders of runs that ended without being able to: a crash of the machine, say.
fn sweep(place: &Path) {
    let Ok(entries) = std::fs::read_dir(place) else {
        return;
    };
    for entry in entries.flatten() {
        let is_ours = entry
            .file_name()
            .as_encoded_bytes()
            .starts_with(PREFIX.as_bytes())
            && entry.metadata().is_ok_and(|metadata| {
                metadata.is_dir()
                    && metadata.uid() == nix::unistd::geteuid().as_raw()
                    && metadata
                        .modified()
                        .is_ok_and(|then| then.elapsed().is_ok_and(|age| age > SETTLED))
            });
        if !is_ours {
            continue;
        }
        if let Ok(folder) = File::open(entry.path())
            && folder.try_lock().is_ok()
        {
            _ = std::fs::remove_dir_all(entry.path()).ok();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_folder_is_private_and_goes_with_its_owner() {
        let folder = Folder::create().unwrap();
        let path = folder.path().to_owned();
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o700);
        assert!(Folder::at(&path).profile().is_dir());
        assert!(path.exists(), "a view of the folder does not own it");
        drop(folder);
        assert!(!path.exists());
    }

    #[test]
    fn what_the_dead_left_is_swept_and_what_lives_is_not() {
        let place = tempfile::tempdir().unwrap();
        let old = std::time::SystemTime::UNIX_EPOCH;
        let made = |name: &str| {
            let path = place.path().join(name);
            std::fs::create_dir(&path).unwrap();
            let folder = File::open(&path).unwrap();
            folder.set_modified(old).unwrap();
            folder
        };
        let (dead, held, other) = (
            made("azure-fake-run-dead"),
            made("azure-fake-run-held"),
            made("other"),
        );
        std::fs::create_dir(place.path().join("azure-fake-run-new")).unwrap();
        held.try_lock().unwrap();
        drop((dead, other));

        sweep(place.path());

        let mut left: Vec<_> = std::fs::read_dir(place.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        left.sort();
        assert_eq!(left, ["azure-fake-run-held", "azure-fake-run-new", "other"]);
    }
}
