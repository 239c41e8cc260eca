//! What of a folder works, but not as well as it might.

use std::fmt;
use std::path::PathBuf;

/// Why `docker --tlsverify` will refuse a host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoTlsVerify {
    /// The daemon's certificate has no subject alternative names, as the old CLI made it.
    NoNames,
    /// It has names, but not the host's.
    OtherNames {
        /// The host's public name.
        host: String,
    },
}

impl fmt::Display for NoTlsVerify {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoNames => f.write_str(
                "the server certificate has no subject alternative names, which today's docker asks for",
            ),
            Self::OtherNames { host } => {
                write!(f, "the server certificate does not name {host}")
            }
        }
    }
}

/// What works, but not as well as it might.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Warning {
    /// `docker --tlsverify` will refuse the host.
    TlsVerifyFails {
        /// The server's certificate.
        certificate: PathBuf,
        /// Why it will.
        why: NoTlsVerify,
    },
    /// Authority and leaf have the same subject, which some clients take for a self-signed leaf.
    SubjectOfAuthority(PathBuf),
    /// Others than the owner may read a key.
    OpenToOthers(PathBuf),
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TlsVerifyFails { certificate, why } => write!(
                f,
                "docker --tlsverify cannot work with `{}`: {why}",
                certificate.display()
            ),
            Self::SubjectOfAuthority(certificate) => write!(
                f,
                "`{}` has the same subject as its authority: some clients take it for self-signed",
                certificate.display()
            ),
            Self::OpenToOthers(key) => {
                write!(f, "others than its owner can read `{}`", key.display())
            }
        }
    }
}
