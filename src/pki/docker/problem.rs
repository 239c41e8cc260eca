//! Why a folder of certificates cannot be used, and the way out.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::pki::authority::CannotMake;

/// Why a certificate folder cannot be used as it is. Every file concerned is named.
#[derive(Debug, thiserror::Error)]
pub enum CertFolderError {
    /// Something else has the folder's name.
    #[error("`{0}` is not a folder")]
    NotAFolder(PathBuf),
    /// The system does not let us look into it.
    #[error("the certificate folder `{folder}` cannot be looked into")]
    FolderUnreadable {
        /// The folder.
        folder: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// A file is there and cannot be read.
    #[error("`{file}` cannot be read")]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// A file is there and is not what its name says.
    #[error("`{file}` is damaged or no PEM file: {why}")]
    Unparsable {
        /// The file.
        file: PathBuf,
        /// What was looked for.
        why: String,
    },
    /// Other files are there, and the authority's certificate is not.
    #[error("`{missing}` is missing beside {}", list(.beside))]
    NoAuthority {
        /// The authority's certificate.
        missing: PathBuf,
        /// The files that are there.
        beside: Vec<PathBuf>,
    },
    /// Something must be made under an authority whose key is elsewhere.
    #[error("`{missing}` is missing: without it {} cannot be made under `{authority}`", list(.needed_for))]
    NoAuthorityKey {
        /// The authority's key.
        missing: PathBuf,
        /// The authority's certificate.
        authority: PathBuf,
        /// What must be made.
        needed_for: Vec<PathBuf>,
    },
    /// The authority's time is over.
    #[error("the authority's certificate `{file}` expired on {}", .ended.strftime("%Y-%m-%d"))]
    AuthorityExpired {
        /// The authority's certificate.
        file: PathBuf,
        /// Its last moment.
        ended: Timestamp,
    },
    /// A certificate's time has not come.
    #[error("`{file}` is valid from {begins} only")]
    NotYetValid {
        /// The certificate.
        file: PathBuf,
        /// Its first moment.
        begins: Timestamp,
    },
    /// A certificate is there and its key is not.
    #[error("`{missing}` is missing: `{certificate}` is of no use without its key")]
    CertificateWithoutKey {
        /// The certificate.
        certificate: PathBuf,
        /// Its key.
        missing: PathBuf,
    },
    /// Key and certificate do not belong together.
    #[error("`{key}` is not the key of `{certificate}`")]
    OtherKey {
        /// The key.
        key: PathBuf,
        /// The certificate.
        certificate: PathBuf,
    },
    /// The authority did not sign the certificate.
    #[error("`{certificate}` was not issued by the authority in `{authority}`")]
    OtherAuthority {
        /// The certificate.
        certificate: PathBuf,
        /// The authority's certificate.
        authority: PathBuf,
    },
    /// A certificate could not be made.
    #[error("`{file}` cannot be made")]
    CannotMake {
        /// The certificate or key.
        file: PathBuf,
        /// Why not.
        source: CannotMake,
    },
    /// A file or the folder could not be written.
    #[error("`{file}` cannot be written")]
    CannotWrite {
        /// The file or folder.
        file: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// Somebody else made the file after the look.
    #[error("`{0}` has come into being meanwhile")]
    CameMeanwhile(PathBuf),
}

impl CertFolderError {
    /// Returns the way out, in the words of a hint.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::NotAFolder(_) | Self::FolderUnreadable { .. } => {
                "name another folder with --docker-cert-dir"
            }
            Self::Unreadable { .. } => {
                "make the file readable, or name another folder with --docker-cert-dir"
            }
            Self::NoAuthority { .. } => {
                "put the authority's ca.pem back, or name an empty folder with --docker-cert-dir"
            }
            Self::NoAuthorityKey { .. } => {
                "put the authority's ca-key.pem back, or name an empty folder with --docker-cert-dir"
            }
            Self::CertificateWithoutKey { .. } => {
                "put the key back, or move the certificate away to have both made anew"
            }
            Self::Unparsable { file, .. } if is_authoritys(file) => THE_AUTHORITYS,
            Self::OtherKey { key, .. } if is_authoritys(key) => THE_AUTHORITYS,
            Self::Unparsable { .. } | Self::OtherKey { .. } | Self::OtherAuthority { .. } => {
                "put the right file back, or move key and certificate away to have both made anew"
            }
            Self::AuthorityExpired { .. } => {
                "move the whole set away, or name an empty folder with --docker-cert-dir, \
                 to have a new set made; hosts made with the old one keep it"
            }
            Self::NotYetValid { .. } => "check this machine's clock",
            Self::CannotMake { .. } => "name an empty folder with --docker-cert-dir",
            Self::CannotWrite { .. } => {
                "see that the folder can be written to, or name another with --docker-cert-dir"
            }
            Self::CameMeanwhile(_) => "run the command again",
        }
    }
}

/// Without the authority's own files nothing beside them can be made anew.
const THE_AUTHORITYS: &str =
    "put the authority's right file back, or name an empty folder with --docker-cert-dir";

fn is_authoritys(file: &Path) -> bool {
    file.file_name()
        .is_some_and(|name| name == "ca.pem" || name == "ca-key.pem")
}

fn list(files: &[PathBuf]) -> impl fmt::Display {
    let names: Vec<_> = files
        .iter()
        .map(|file| format!("`{}`", file.display()))
        .collect();
    names.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_damaged_authority_is_not_to_be_moved_away_alone() {
        let damaged = |name: &str| CertFolderError::Unparsable {
            file: PathBuf::from("/certs").join(name),
            why: String::new(),
        };

        assert!(damaged("ca.pem").hint().contains("an empty folder"));
        assert!(damaged("ca-key.pem").hint().contains("an empty folder"));
        assert!(
            damaged("cert.pem")
                .hint()
                .contains("move key and certificate away")
        );
    }
}
