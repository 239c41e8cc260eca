//! A certificate, read.

use std::net::IpAddr;

use jiff::Timestamp;
use x509_parser::extensions::GeneralName;
use x509_parser::prelude::{FromDer, X509Certificate, X509Version};

/// A certificate whose facts have been read once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    der: Vec<u8>,
    is_v3: bool,
    subject: Vec<u8>,
    issuer: Vec<u8>,
    public_key: Vec<u8>,
    begins: Timestamp,
    ends: Timestamp,
    names: Vec<AltName>,
}

/// A name that a certificate stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
enum AltName {
    Dns(String),
    Ip(IpAddr),
}

/// The text or the bytes are not a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("there is no X.509 certificate in it that can be read")]
pub struct NoCertificate;

impl Certificate {
    /// Reads the first certificate of a PEM text; text around it does not matter.
    pub fn from_pem(text: &[u8]) -> Result<Self, NoCertificate> {
        let blocks = pem::parse_many(text).map_err(|_| NoCertificate)?;
        let block = blocks
            .into_iter()
            .find(|block| matches!(block.tag(), "CERTIFICATE" | "X509 CERTIFICATE"))
            .ok_or(NoCertificate)?;
        Self::from_der(block.into_contents())
    }

    /// Reads a certificate in DER.
    pub fn from_der(der: Vec<u8>) -> Result<Self, NoCertificate> {
        let (_, x509) = X509Certificate::from_der(&der).map_err(|_| NoCertificate)?;
        let moment = |seconds| Timestamp::from_second(seconds).map_err(|_| NoCertificate);
        let names = x509
            .subject_alternative_name()
            .ok()
            .flatten()
            .map(|extension| {
                let names = &extension.value.general_names;
                names.iter().filter_map(alt_name).collect()
            })
            .unwrap_or_default();
        Ok(Self {
            is_v3: x509.version() == X509Version::V3,
            subject: x509.subject().as_raw().to_vec(),
            issuer: x509.issuer().as_raw().to_vec(),
            public_key: x509.public_key().raw.to_vec(),
            begins: moment(x509.validity().not_before.timestamp())?,
            ends: moment(x509.validity().not_after.timestamp())?,
            names,
            der,
        })
    }

    /// Returns the bytes.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// Returns the public key as a `SubjectPublicKeyInfo` in DER.
    pub fn public_key(&self) -> &[u8] {
        &self.public_key
    }

    /// Returns the public key alone, the bits that the `SubjectPublicKeyInfo` wraps.
    pub(super) fn bare_public_key(&self) -> Option<Vec<u8>> {
        let (_, x509) = X509Certificate::from_der(&self.der).ok()?;
        Some(x509.public_key().subject_public_key.data.to_vec())
    }

    /// Returns the last moment at which it is valid.
    pub fn ends(&self) -> Timestamp {
        self.ends
    }

    /// Returns the first moment at which it is valid.
    pub fn begins(&self) -> Timestamp {
        self.begins
    }

    /// Is it of version 3, which alone has extensions?
    pub fn is_v3(&self) -> bool {
        self.is_v3
    }

    /// Has it the same subject as `other`?
    pub fn has_subject_of(&self, other: &Self) -> bool {
        self.subject == other.subject
    }

    /// Was it issued by `authority`: does it name it, and does its signature prove it?
    pub fn is_issued_by(&self, authority: &Self) -> bool {
        self.issuer == authority.subject
            && X509Certificate::from_der(&self.der).is_ok_and(|(_, own)| {
                X509Certificate::from_der(&authority.der).is_ok_and(|(_, authority)| {
                    own.verify_signature(Some(authority.public_key())).is_ok()
                })
            })
    }

    /// Does it stand for any name at all, beyond its subject?
    pub fn has_names(&self) -> bool {
        !self.names.is_empty()
    }

    /// Does it stand for this DNS name, by itself or by a wildcard in place of the first label?
    pub fn is_for_host(&self, host: &str) -> bool {
        self.names.iter().any(|name| match name {
            AltName::Dns(name) => covers(name, host),
            AltName::Ip(_) => false,
        })
    }

    /// Does it stand for this address?
    pub fn is_for_address(&self, address: IpAddr) -> bool {
        self.names
            .iter()
            .any(|name| matches!(name, AltName::Ip(own) if *own == address))
    }
}

fn covers(name: &str, host: &str) -> bool {
    if let Some(domain) = name.strip_prefix("*.") {
        return host
            .split_once('.')
            .is_some_and(|(label, rest)| !label.is_empty() && rest.eq_ignore_ascii_case(domain));
    }
    name.eq_ignore_ascii_case(host)
}

fn alt_name(name: &GeneralName<'_>) -> Option<AltName> {
    match name {
        GeneralName::DNSName(name) => Some(AltName::Dns((*name).to_owned())),
        GeneralName::IPAddress(bytes) => {
            let address = <[u8; 4]>::try_from(*bytes)
                .map(IpAddr::from)
                .or_else(|_| <[u8; 16]>::try_from(*bytes).map(IpAddr::from));
            address.ok().map(AltName::Ip)
        }
        _ => None,
    }
}
