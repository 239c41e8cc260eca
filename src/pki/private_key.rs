//! A private key, read from PEM.

use std::fmt;

use rcgen::{KeyPair, PublicKeyData};
use rustls_pki_types::{PrivateKeyDer, PrivatePkcs1KeyDer, PrivatePkcs8KeyDer, PrivateSec1KeyDer};

use super::sealed_key;

/// A private key that can sign; its `Debug` output shows nothing of it.
pub struct PrivateKey(Box<KeyPair>);

/// Why a text is no private key that can be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoPrivateKey {
    /// There is none in it.
    #[error("there is no private key in it that can be read")]
    Unreadable,
    /// It is encrypted, and nobody asks for a pass phrase here.
    #[error("its private key is encrypted")]
    Encrypted,
}

impl PrivateKey {
    /// Reads the first private key of a PEM text: PKCS#8, PKCS#1 or SEC 1, not encrypted.
    pub fn from_pem(text: &[u8]) -> Result<Self, NoPrivateKey> {
        Self::read(&block(text)?)
    }

    /// Reads an authority's key, also one that the old CLI encrypted under its known pass phrase.
    pub fn of_authority(text: &[u8]) -> Result<Self, NoPrivateKey> {
        let block = block(text)?;
        if sealed_key::is_sealed(&block) {
            let opened = sealed_key::open(&block).ok_or(NoPrivateKey::Encrypted)?;
            Self::from_der(&opened)
        } else {
            Self::read(&block)
        }
    }

    /// Makes a new one: ECDSA on P-256.
    ///
    /// Everything that reads these files reads it: Docker's own Go since its first
    /// release, the extension of 2014, and OpenSSL, through which the old CLI uses
    /// the authority's key. An RSA key would take a thousand times as long to make.
    pub fn generate() -> Result<Self, rcgen::Error> {
        KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256).map(|pair| Self(Box::new(pair)))
    }

    /// Returns the public half as a `SubjectPublicKeyInfo` in DER.
    pub fn public_key(&self) -> Vec<u8> {
        self.0.subject_public_key_info()
    }

    /// Returns it as PKCS#8 in PEM, not encrypted.
    pub fn to_pem(&self) -> zeroize::Zeroizing<String> {
        self.0.serialize_pem().replace("\r\n", "\n").into()
    }

    /// Signs with RSA, PKCS#1 padding and SHA-256; none where the key is of another kind.
    pub fn sign_rs256(&self, message: &[u8]) -> Option<Vec<u8>> {
        use rcgen::SigningKey as _;

        if self.0.algorithm() != &rcgen::PKCS_RSA_SHA256 {
            return None;
        }
        self.0.sign(message).ok()
    }

    pub(crate) fn pair(&self) -> &KeyPair {
        &self.0
    }

    fn read(block: &pem::Pem) -> Result<Self, NoPrivateKey> {
        if sealed_key::is_sealed(block) {
            return Err(NoPrivateKey::Encrypted);
        }
        let der = block.contents();
        Self::from_der(&match block.tag() {
            "RSA PRIVATE KEY" => PrivateKeyDer::Pkcs1(PrivatePkcs1KeyDer::from(der)),
            "EC PRIVATE KEY" => PrivateKeyDer::Sec1(PrivateSec1KeyDer::from(der)),
            _ => PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(der)),
        })
    }

    fn from_der(der: &PrivateKeyDer<'_>) -> Result<Self, NoPrivateKey> {
        KeyPair::try_from(der)
            .map(|pair| Self(Box::new(pair)))
            .map_err(|_| NoPrivateKey::Unreadable)
    }
}

fn block(text: &[u8]) -> Result<pem::Pem, NoPrivateKey> {
    pem::parse_many(text)
        .map_err(|_| NoPrivateKey::Unreadable)?
        .into_iter()
        .find(|block| block.tag().ends_with("PRIVATE KEY"))
        .ok_or(NoPrivateKey::Unreadable)
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PrivateKey(..)")
    }
}
