//! The folder that a simulator keeps its files in: one that its user named, or one of its own.

use std::fs::{self, File, TryLockError};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use simulation::lock::Locked;
use tempfile::TempDir;

use crate::credentials::{
    CA, CA_KEY, CredentialsError, MANAGEMENT, PUBLISH_SETTINGS, private_folder,
};

/// The names of all machines, and their addresses.
pub(crate) const HOSTS: &str = "hosts";
/// Where the simulator is to be found.
pub(crate) const READY: &str = "ready.json";

/// The authorities that programs should trust.
pub(crate) const CA_BUNDLE: &str = "ca-bundle.crt";
/// What programs sign in with. A secret.
pub(crate) const SERVICE_PRINCIPAL: &str = "service-principal.json";

/// All that a simulator reads and writes there.
const FILES: [&str; 8] = [
    CA,
    CA_KEY,
    MANAGEMENT,
    PUBLISH_SETTINGS,
    HOSTS,
    READY,
    CA_BUNDLE,
    SERVICE_PRINCIPAL,
];

/// The longest file of keys and certificates that is read, in bytes.
const LONGEST_PEM: u64 = 1 << 20;

/// How the names of simulators' own folders begin.
const PREFIX: &str = "fake-azure-";

/// So old is a folder whose owner has had time to hold it.
const SETTLED: Duration = Duration::from_secs(10);

/// A folder that no other simulator has as long as this value lives.
#[derive(Debug)]
pub(crate) struct Folder {
    path: PathBuf,
    /// Goes before the lock does.
    _own: Option<TempDir>,
    /// None where there are no locks.
    _held: Option<Locked>,
    /// What was not there before, and goes again with a start that fails.
    new: Option<New>,
}

/// What a start adds to the disk before it is known whether it succeeds.
#[derive(Debug)]
struct New {
    /// The folders, innermost first.
    folders: Vec<PathBuf>,
    files: Vec<PathBuf>,
}

impl New {
    /// What is not there of a folder and its files.
    fn below(path: &Path) -> Self {
        let is_absent = |path: &&Path| fs::symlink_metadata(path).is_err();
        let folders = path.ancestors().take_while(is_absent);
        let files = FILES.map(|name| path.join(name));
        Self {
            folders: folders.map(Path::to_owned).collect(),
            files: files
                .into_iter()
                .filter(|path| is_absent(&path.as_path()))
                .collect(),
        }
    }

    /// Takes it away; what others have laid beside it stays.
    fn remove(self) {
        for file in self.files {
            fs::remove_file(file).ok();
        }
        for folder in self.folders {
            fs::remove_dir(folder).ok();
        }
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if let Some(new) = self.new.take() {
            new.remove();
        }
    }
}

impl Folder {
    /// The folder of this name, made where there is none.
    pub(crate) fn named(path: &Path) -> Result<Self, CredentialsError> {
        let failed = |source| CredentialsError::File {
            path: path.to_owned(),
            verb: "used as a folder",
            source,
        };
        let path = std::path::absolute(path).map_err(failed)?;
        let new = New::below(&path);
        private_folder(&path)?;
        let folder = File::open(&path).map_err(failed)?;
        let held = match Locked::take(folder) {
            Ok(folder) => Some(folder),
            Err(TryLockError::WouldBlock) => return Err(CredentialsError::Held { folder: path }),
            Err(TryLockError::Error(_)) => None,
        };
        for name in FILES {
            try_file(&path.join(name))?;
        }
        Ok(Self {
            path,
            _own: None,
            _held: held,
            new: Some(new),
        })
    }

    /// A new one for this simulator alone, which goes with it; those of killed ones go now.
    pub(crate) fn private() -> Result<Self, CredentialsError> {
        let place = std::env::temp_dir();
        sweep(&place);
        let failed = |source| CredentialsError::File {
            path: place.clone(),
            verb: "written",
            source,
        };
        let own = tempfile::Builder::new()
            .prefix(PREFIX)
            .permissions(fs::Permissions::from_mode(0o700))
            .tempdir()
            .map_err(failed)?;
        // Without locks nothing is ever swept, here or by others.
        let held = File::open(own.path())
            .ok()
            .and_then(|folder| Locked::take(folder).ok());
        Ok(Self {
            path: own.path().to_owned(),
            _own: Some(own),
            _held: held,
            new: None,
        })
    }

    /// The start has succeeded: what was made stays.
    pub(crate) fn stays(&mut self) {
        self.new = None;
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}

/// Refuses what would be read or written elsewhere, or without an end.
fn try_file(path: &Path) -> Result<(), CredentialsError> {
    let Ok(found) = fs::symlink_metadata(path) else {
        return Ok(());
    };
    let reason = if found.is_symlink() {
        "it is a link, which is not followed"
    } else if !found.is_file() {
        "it is no regular file"
    } else if found.len() > LONGEST_PEM && path.extension().is_some_and(|end| end == "pem") {
        "it is longer than 1 MiB"
    } else {
        return Ok(());
    };
    Err(CredentialsError::Unusable {
        path: path.to_owned(),
        reason: reason.to_owned(),
    })
}

/// Removes the folders of simulators that ended without being able to.
fn sweep(place: &Path) {
    let Ok(entries) = fs::read_dir(place) else {
        return;
    };
    let me = nix::unistd::geteuid().as_raw();
    for entry in entries.flatten() {
        let is_ours = entry
            .file_name()
            .as_encoded_bytes()
            .starts_with(PREFIX.as_bytes())
            && entry.metadata().is_ok_and(|metadata| {
                metadata.is_dir()
                    && metadata.uid() == me
                    && metadata
                        .modified()
                        .is_ok_and(|then| then.elapsed().is_ok_and(|age| age > SETTLED))
            });
        if is_ours
            && let Ok(folder) = File::open(entry.path())
            && folder.try_lock().is_ok()
        {
            // Another simulator may sweep at this moment.
            fs::remove_dir_all(entry.path()).ok();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;
    use std::time::SystemTime;

    use super::*;

    #[test]
    fn a_named_folder_has_one_simulator_at_a_time() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("deep/credentials");
        let first = Folder::named(&path).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, 0o700);

        let second = Folder::named(&path).unwrap_err();

        assert!(matches!(second, CredentialsError::Held { .. }));
        assert!(second.to_string().contains("deep/credentials"), "{second}");
        drop(first);
        Folder::named(&path).unwrap();
    }

    #[test]
    fn what_is_no_file_there_is_refused_by_its_name() {
        for name in FILES {
            let place = tempfile::tempdir().unwrap();
            let elsewhere = place.path().join("elsewhere");
            let path = place.path().join(name);
            symlink(&elsewhere, &path).unwrap();
            let link = Folder::named(place.path()).unwrap_err().to_string();
            fs::remove_file(&path).unwrap();
            fs::create_dir(&path).unwrap();
            let folder = Folder::named(place.path()).unwrap_err().to_string();

            for error in [link, folder] {
                assert!(error.contains(name), "{error}");
            }
            assert!(!elsewhere.exists());
        }
    }

    #[test]
    fn a_key_has_a_limit() {
        let place = tempfile::tempdir().unwrap();
        let key = File::create_new(place.path().join(CA_KEY)).unwrap();
        key.set_len(LONGEST_PEM).unwrap();
        Folder::named(place.path()).unwrap();
        key.set_len(LONGEST_PEM + 1).unwrap();

        let error = Folder::named(place.path()).unwrap_err();

        assert!(error.to_string().contains(CA_KEY), "{error}");
    }

    #[test]
    fn the_folders_of_killed_simulators_go_and_others_stay() {
        let place = tempfile::tempdir().unwrap();
        let made = |name: &str| {
            let path = place.path().join(name);
            fs::create_dir(&path).unwrap();
            fs::create_dir(path.join("within")).unwrap();
            let folder = File::open(&path).unwrap();
            folder.set_modified(SystemTime::UNIX_EPOCH).unwrap();
            folder
        };
        let (dead, held) = (made("fake-azure-dead"), made("fake-azure-held"));
        drop((dead, made("somebody-else")));
        fs::create_dir(place.path().join("fake-azure-new")).unwrap();
        held.try_lock().unwrap();

        sweep(place.path());

        let mut left: Vec<_> = fs::read_dir(place.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        left.sort();
        assert_eq!(left, ["fake-azure-held", "fake-azure-new", "somebody-else"]);
    }
}
