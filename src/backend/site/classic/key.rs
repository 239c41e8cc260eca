//! The key that opens ssh in classic Azure.

use serde::{Deserialize, Serialize};

/// A certificate whose key opens ssh.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CertificateKey {
    /// The SHA-1 of the certificate, in upper-case hexadecimal digits.
    pub thumbprint: String,
    /// The certificate as PEM text; none when it was uploaded before.
    #[serde(skip)]
    pub pem: Option<String>,
}
