//! The private folder that a sandbox lives from; it goes when the command has ended.

use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

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
}

impl Folder {
    /// Makes the folder (mode 0700) under the system's folder for temporary files, with all
    /// that the sandbox needs except the hosts file, which [`super::hosts::Follower`] makes.
    pub fn create() -> io::Result<Self> {
        let owned = tempfile::Builder::new()
            .prefix("azure-fake-run-")
            .permissions(std::fs::Permissions::from_mode(0o700))
            .tempdir()?;
        let folder = Self {
            path: owned.path().canonicalize()?,
            _owned: Some(owned),
        };
        for empty in [folder.nothing(), folder.programs(), folder.profile()] {
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

    /// Where the process that should become the command says why it could not.
    pub fn report(&self) -> PathBuf {
        self.path.join("report.json")
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
}
