//! The folder of the Docker certificates, as the option names it.

use std::ffi::{OsStr, OsString};
use std::fmt;
use std::path::{Component, Path, PathBuf};

/// The absolute path of a certificate folder, which need not exist yet.
///
/// Links are followed only when the folder is used, and `..` is left to the
/// system, since what it means depends on them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertDir(PathBuf);

impl CertDir {
    /// Finds the folder: `option` seen from `current`, or `.docker` in `home` when there is none.
    ///
    /// A leading `~` alone or before `/` is the home folder, because shells leave it
    /// as it is in `--docker-cert-dir=~/certs`; `~name` is an ordinary name.
    pub fn resolve(
        option: Option<&OsStr>,
        home: Option<&Path>,
        current: &Path,
    ) -> Result<Self, CertDirError> {
        let home = || {
            home.filter(|home| !home.as_os_str().is_empty())
                .ok_or(CertDirError::NoHome)
        };
        let Some(typed) = option.filter(|option| !option.is_empty()) else {
            return Ok(Self(current.join(home()?).join(".docker")));
        };
        if typed.as_encoded_bytes().contains(&0) {
            return Err(CertDirError::ZeroByte(typed.to_owned()));
        }
        let typed = Path::new(typed);
        let path = match typed.strip_prefix("~") {
            Ok(inside) => current.join(home()?).join(inside),
            Err(_) => current.join(typed),
        };
        // Taken apart and put together, a path has no trailing slash, which a link
        // to a folder would otherwise be followed for.
        let path: PathBuf = path.components().collect();
        if path
            .components()
            .any(|part| matches!(part, Component::Normal(_)))
        {
            Ok(Self(path))
        } else {
            Err(CertDirError::Root)
        }
    }

    /// Takes an absolute folder as it is.
    pub fn at(folder: PathBuf) -> Self {
        Self(folder)
    }

    /// Returns the path.
    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl AsRef<Path> for CertDir {
    fn as_ref(&self) -> &Path {
        &self.0
    }
}

impl fmt::Display for CertDir {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.display().fmt(f)
    }
}

/// Why the folder cannot be told.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CertDirError {
    /// The home folder is asked for and unknown.
    #[error("the home folder is not known: set HOME, or name a folder with --docker-cert-dir")]
    NoHome,
    /// No system takes a zero byte in a path.
    #[error("a path cannot hold a zero byte")]
    ZeroByte(OsString),
    /// The root of the file system.
    #[error("the certificate folder cannot be the root of the file system")]
    Root,
}
