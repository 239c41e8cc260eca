//! The keys that open ssh.

use serde::{Deserialize, Serialize};

use super::site::classic::CertificateKey;

/// A key that opens ssh.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum SshKey {
    /// A public key, which every cloud takes; classic Azure in a certificate that its backend makes.
    Public(OpenSshKey),
    /// A certificate whose key it is, or the thumbprint of one: classic Azure alone takes them.
    Certificate(CertificateKey),
}

/// A public key, as a line of `authorized_keys`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenSshKey {
    /// The line: kind, key in base64, and a comment.
    #[serde(rename = "openSsh")]
    pub line: String,
}

impl SshKey {
    /// The certificate, where it is one.
    pub fn certificate(&self) -> Option<&CertificateKey> {
        match self {
            Self::Certificate(key) => Some(key),
            Self::Public(_) => None,
        }
    }

    /// The same key as a file keeps it, without what can be read again.
    #[must_use]
    pub fn without_text(&self) -> Self {
        match self {
            Self::Certificate(key) => Self::Certificate(CertificateKey {
                pem: None,
                ..key.clone()
            }),
            Self::Public(key) => Self::Public(key.clone()),
        }
    }
}
