//! Files that hold a public key.

use std::path::Path;

use super::CreateSettingsError;
use crate::input;
use crate::pki::certificate::Certificate;
use crate::pki::{armour, ssh_rsa};

/// The kinds of keys in a line of OpenSSH.
const KINDS: [&str; 5] = [
    "ssh-rsa",
    "ssh-ed25519",
    "ecdsa-sha2-nistp256",
    "ecdsa-sha2-nistp384",
    "ecdsa-sha2-nistp521",
];

/// The name behind a key that comes without one.
const COMMENT: &str = "azure";

/// What a file of a key holds.
pub(super) enum KeyFile {
    /// A line of OpenSSH, or an RSA public key in PEM as one.
    Line(String),
    /// Certificates in PEM; the key is that of the first.
    Certificates(String),
}

impl KeyFile {
    /// Reads the file at `path`; nothing where it holds no public key.
    pub(super) fn read(path: &Path) -> Result<Option<Self>, CreateSettingsError> {
        let bytes =
            input::read(path, input::LONGEST_PEM).map_err(|source| CreateSettingsError::File {
                path: path.to_owned(),
                source,
            })?;
        let text = input::text(&bytes).ok();
        Ok(text.and_then(|text| Self::of(text.as_str())))
    }

    fn of(text: &str) -> Option<Self> {
        let is_key = |line: &&str| {
            let mut words = line.split_whitespace();
            words.next().is_some_and(|kind| KINDS.contains(&kind)) && words.next().is_some()
        };
        if let Some(line) = text.lines().map(str::trim).find(is_key) {
            return Some(Self::Line(line.to_owned()));
        }
        let certificates = armour::certificates(text);
        if !certificates.is_empty() {
            return Some(Self::Certificates(certificates));
        }
        let block = pem::parse(text).ok()?;
        (block.tag() == "PUBLIC KEY")
            .then(|| ssh_rsa::line(block.contents(), COMMENT))
            .flatten()
            .map(Self::Line)
    }

    /// The key as a line of OpenSSH; nothing where it is a certificate whose key is not RSA.
    pub(super) fn into_line(self) -> Option<String> {
        match self {
            Self::Line(line) => Some(line),
            Self::Certificates(pem) => {
                let certificate = Certificate::from_pem(pem.as_bytes()).ok()?;
                ssh_rsa::line(certificate.public_key(), COMMENT)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use rcgen::{CertificateParams, KeyPair, PKCS_ECDSA_P256_SHA256, PKCS_RSA_SHA256};

    use super::*;

    #[test]
    fn one_key_is_one_line_whatever_holds_it() {
        let pair = KeyPair::generate_for(&PKCS_RSA_SHA256).unwrap();
        let certificate = CertificateParams::default().self_signed(&pair).unwrap();
        let public = pair.public_key_pem();
        let of = |text: &str| KeyFile::of(text).and_then(KeyFile::into_line);

        let line = of(&public).expect("a line");

        assert!(line.starts_with("ssh-rsa "), "{line}");
        assert_eq!(of(&certificate.pem()), Some(line.clone()));
        let both = format!("{}{}", pair.serialize_pem(), certificate.pem());
        assert_eq!(of(&both), Some(line.clone()));
        let among_others = format!("# mine\n\n{line}\n");
        assert_eq!(of(&among_others), Some(line));
    }

    #[test]
    fn what_holds_no_public_key_is_none() {
        let pair = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).unwrap();
        for text in ["", "ssh-rsa", "ssh-dss AAAA", &pair.serialize_pem()] {
            assert!(KeyFile::of(text).is_none(), "{text}");
        }
        let certificate = CertificateParams::default().self_signed(&pair).unwrap();
        let held = KeyFile::of(&certificate.pem()).expect("certificates");
        assert_eq!(held.into_line(), None);
    }
}
