//! The certificate and key that prove who asks.

use std::fmt;

use secrecy::{ExposeSecret as _, SecretString};

/// A management certificate with its private key.
#[derive(Clone)]
pub struct ManagementIdentity {
    pem: SecretString,
    certificate: String,
}

/// Why a text is no identity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum IdentityError {
    /// There is no certificate in it.
    #[error("there is no certificate in it")]
    NoCertificate,
    /// There is no private key in it.
    #[error("there is no private key in it")]
    NoKey,
}

impl ManagementIdentity {
    /// Takes a text that holds a certificate and a private key, both PEM.
    pub fn from_pem(pem: SecretString) -> Result<Self, IdentityError> {
        let parts = pem::parse_many(pem.expose_secret().as_bytes()).unwrap_or_default();
        let certificate = parts
            .iter()
            .find(|part| part.tag() == "CERTIFICATE")
            .map(pem::encode)
            .ok_or(IdentityError::NoCertificate)?;
        if !parts.iter().any(|part| part.tag().ends_with("PRIVATE KEY")) {
            return Err(IdentityError::NoKey);
        }
        Ok(Self { pem, certificate })
    }

    /// The certificate alone, PEM.
    pub fn certificate(&self) -> &str {
        &self.certificate
    }

    /// Certificate and key, PEM.
    pub fn pem(&self) -> &str {
        self.pem.expose_secret()
    }
}

impl fmt::Debug for ManagementIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ManagementIdentity(…)")
    }
}
