//! A key and its certificate, as they lie in the folder.

use std::fs;
use std::io;
use std::net::IpAddr;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use secrecy::SecretString;

use super::found::{self, Found};
use super::problem::CertFolderError;
use crate::pki::certificate::Certificate;
use crate::pki::private_key::PrivateKey;

/// Where a pair lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pair {
    pub(super) key: PathBuf,
    pub(super) certificate: PathBuf,
}

/// What is found in a pair's places.
pub(super) struct FoundPair {
    pub(super) at: Pair,
    pub(super) key: Option<Found>,
    pub(super) certificate: Option<Found>,
}

impl Pair {
    pub(super) fn new(folder: &Path, key: &str, certificate: &str) -> Self {
        Self {
            key: folder.join(key),
            certificate: folder.join(certificate),
        }
    }

    pub(super) fn find(self) -> Result<FoundPair, CertFolderError> {
        Ok(FoundPair {
            key: found::find(&self.key)?,
            certificate: found::find(&self.certificate)?,
            at: self,
        })
    }
}

/// A leaf's pair: what of it is used, and what is made.
#[derive(Debug)]
pub(super) enum Leaf {
    /// Neither file is there.
    Make,
    /// The key is there; its certificate is not, or is to be renamed to what stands here.
    Certify {
        key: PrivateKey,
        key_text: SecretString,
        aside: Option<PathBuf>,
    },
    /// Both are there and good.
    Use {
        key: PrivateKey,
        key_text: SecretString,
        certificate_text: String,
        certificate: Certificate,
    },
}

impl Leaf {
    pub(super) fn is_whole(&self) -> bool {
        matches!(self, Self::Use { .. })
    }

    /// The same with a certificate that is for `address`: one that is there and is not makes room.
    pub(super) fn for_address(
        self,
        address: IpAddr,
        at: &Pair,
        now: Timestamp,
    ) -> Result<Self, CertFolderError> {
        match self {
            Self::Use {
                key,
                key_text,
                certificate,
                ..
            } if !certificate.is_for_address(address) => Ok(Self::Certify {
                key,
                key_text,
                aside: Some(free_name(&at.certificate, "replaced", now)?),
            }),
            leaf => Ok(leaf),
        }
    }
}

impl FoundPair {
    pub(super) fn is_whole(&self) -> bool {
        self.key.is_some() && self.certificate.is_some()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.key.is_none() && self.certificate.is_none()
    }

    /// Returns the paths of what is there.
    pub(super) fn present(&self) -> impl Iterator<Item = PathBuf> {
        [&self.key, &self.certificate]
            .into_iter()
            .flatten()
            .map(|found| found.path.clone())
    }

    /// Judges the pair as a leaf under `authority`.
    pub(super) fn judge(
        &self,
        authority: (&Path, &Certificate),
        now: Timestamp,
    ) -> Result<Leaf, CertFolderError> {
        let (key, found) = match (&self.key, &self.certificate) {
            (None, None) => return Ok(Leaf::Make),
            (None, Some(certificate)) => {
                return Err(CertFolderError::CertificateWithoutKey {
                    certificate: certificate.path.clone(),
                    missing: self.at.key.clone(),
                });
            }
            (Some(key), None) => {
                return Ok(Leaf::Certify {
                    key: key.key()?,
                    key_text: key.key_text(),
                    aside: None,
                });
            }
            (Some(key), Some(certificate)) => (key, certificate),
        };
        let private_key = key.key()?;
        let certificate = found.certificate()?;
        if private_key.public_key() != certificate.public_key() {
            return Err(CertFolderError::OtherKey {
                key: key.path.clone(),
                certificate: found.path.clone(),
            });
        }
        let (authority_path, authority) = authority;
        if !certificate.is_issued_by(authority) {
            return Err(CertFolderError::OtherAuthority {
                certificate: found.path.clone(),
                authority: authority_path.to_owned(),
            });
        }
        if now < certificate.begins() {
            return Err(CertFolderError::NotYetValid {
                file: found.path.clone(),
                begins: certificate.begins(),
            });
        }
        if now > certificate.ends() {
            return Ok(Leaf::Certify {
                key: private_key,
                key_text: key.key_text(),
                aside: Some(free_name(&found.path, "expired", certificate.ends())?),
            });
        }
        Ok(Leaf::Use {
            key: private_key,
            key_text: key.key_text(),
            certificate_text: found.certificates(),
            certificate,
        })
    }
}

/// Finds a name for a certificate that is not used any more, which nothing has: `NAME.expired-DATE`,
/// then `…-2`, `…-3`.
fn free_name(
    certificate: &Path,
    because: &str,
    since: Timestamp,
) -> Result<PathBuf, CertFolderError> {
    let mut name = certificate.as_os_str().to_owned();
    name.push(format!(".{because}-{}", since.strftime("%Y-%m-%d")));
    let mut candidate = PathBuf::from(&name);
    let mut nth = 2_u32;
    loop {
        match fs::symlink_metadata(&candidate) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(candidate),
            Err(source) => {
                return Err(CertFolderError::Unreadable {
                    file: candidate,
                    source,
                });
            }
            Ok(_) => {
                let mut longer = name.clone();
                longer.push(format!("-{nth}"));
                candidate = longer.into();
                nth += 1;
            }
        }
    }
}
