//! A file of the folder, read.

use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::problem::CertFolderError;
use crate::pki::certificate::Certificate;
use crate::pki::private_key::{NoPrivateKey, PrivateKey};

/// No key or certificate is longer, in bytes; a bundle of authorities may be long.
const LONGEST: u64 = 1 << 20;

/// The bits of a mode that let others than the owner in.
const OTHERS: u32 = 0o077;

/// A file that is there.
pub(super) struct Found {
    pub(super) path: PathBuf,
    pub(super) bytes: Zeroizing<Vec<u8>>,
    /// May others than its owner do anything with it?
    pub(super) is_open_to_others: bool,
}

/// Reads a file; nothing if there is none by that name, not even a dangling link.
pub(super) fn find(path: &Path) -> Result<Option<Found>, CertFolderError> {
    let unreadable = |source| CertFolderError::Unreadable {
        file: path.to_owned(),
        source,
    };
    match fs::symlink_metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(unreadable(error)),
        Ok(_) => {}
    }
    let metadata = fs::metadata(path).map_err(unreadable)?;
    // Opening a pipe would wait for its other end for ever.
    if !metadata.is_file() || metadata.len() > LONGEST {
        return Err(unreadable(io::Error::other(
            "it is not an ordinary file of a sensible length",
        )));
    }
    let bytes = fs::read(path).map(Zeroizing::new).map_err(unreadable)?;
    Ok(Some(Found {
        path: path.to_owned(),
        bytes,
        is_open_to_others: metadata.permissions().mode() & OTHERS != 0,
    }))
}

impl Found {
    pub(super) fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    pub(super) fn certificate(&self) -> Result<Certificate, CertFolderError> {
        Certificate::from_pem(&self.bytes).map_err(|why| self.unparsable(why))
    }

    pub(super) fn key(&self) -> Result<PrivateKey, CertFolderError> {
        PrivateKey::from_pem(&self.bytes).map_err(|why| self.unparsable(why))
    }

    pub(super) fn authority_key(&self) -> Result<PrivateKey, CertFolderError> {
        PrivateKey::of_authority(&self.bytes).map_err(|why: NoPrivateKey| self.unparsable(why))
    }

    fn unparsable(&self, why: impl std::error::Error) -> CertFolderError {
        CertFolderError::Unparsable {
            file: self.path.clone(),
            why: why.to_string(),
        }
    }
}
