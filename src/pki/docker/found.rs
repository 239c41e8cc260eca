//! A file of the folder, read.

use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use secrecy::SecretString;
use zeroize::Zeroizing;

use super::problem::CertFolderError;
use crate::input::{self, NotText};
use crate::pki::armour;
use crate::pki::certificate::Certificate;
use crate::pki::private_key::{NoPrivateKey, PrivateKey};

/// No key or certificate is longer, in bytes; a bundle of authorities may be long.
const LONGEST: usize = input::LONGEST_PEM;

/// The bits of a mode that let others than the owner in.
const OTHERS: u32 = 0o077;

/// A file that is there.
pub(super) struct Found {
    pub(super) path: PathBuf,
    text: Zeroizing<String>,
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
    if !metadata.is_file() || metadata.len() > LONGEST as u64 {
        return Err(unreadable(io::Error::other(
            "it is not an ordinary file of a sensible length",
        )));
    }
    let bytes = input::read(path, LONGEST).map_err(unreadable)?;
    let text = match input::text(&bytes) {
        Ok(text) => text,
        Err(NotText::NotUtf8) => String::from_utf8_lossy(&bytes).into_owned().into(),
        Err(error) => {
            return Err(CertFolderError::Unparsable {
                file: path.to_owned(),
                why: error.to_string(),
            });
        }
    };
    Ok(Some(Found {
        path: path.to_owned(),
        text,
        is_open_to_others: metadata.permissions().mode() & OTHERS != 0,
    }))
}

impl Found {
    /// The certificates of the file: a key beside them stays in it.
    pub(super) fn certificates(&self) -> String {
        armour::certificates(&self.text)
    }

    /// The key of the file, and nothing that lies beside it.
    pub(super) fn key_text(&self) -> SecretString {
        armour::first_key(&self.text).unwrap_or(&self.text).into()
    }

    pub(super) fn certificate(&self) -> Result<Certificate, CertFolderError> {
        Certificate::from_pem(self.text.as_bytes()).map_err(|why| self.unparsable(why))
    }

    pub(super) fn key(&self) -> Result<PrivateKey, CertFolderError> {
        PrivateKey::from_pem(self.text.as_bytes()).map_err(|why| self.unparsable(why))
    }

    pub(super) fn authority_key(&self) -> Result<PrivateKey, CertFolderError> {
        PrivateKey::of_authority(self.text.as_bytes())
            .map_err(|why: NoPrivateKey| self.unparsable(why))
    }

    fn unparsable(&self, why: impl std::error::Error) -> CertFolderError {
        CertFolderError::Unparsable {
            file: self.path.clone(),
            why: why.to_string(),
        }
    }
}
