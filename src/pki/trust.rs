//! Trust in a Docker host: issuer, dates, signature, and names where there are any.

use std::net::IpAddr;
use std::sync::Arc;

use jiff::Timestamp;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::{CertificateError, DigitallySignedStruct, Error, SignatureScheme};
use rustls_pki_types::{CertificateDer, ServerName, UnixTime};

use super::certificate::Certificate;

/// Verifies a server's certificate against one authority.
///
/// The old CLI's server certificates are X.509 version 1, without names, which
/// ordinary verifiers refuse. Names are demanded of every certificate that has any.
#[derive(Debug)]
pub struct HostVerifier {
    authority: Certificate,
    provider: Arc<CryptoProvider>,
}

impl HostVerifier {
    /// Trusts what `authority` signed.
    pub fn new(authority: Certificate, provider: Arc<CryptoProvider>) -> Self {
        Self {
            authority,
            provider,
        }
    }
}

impl ServerCertVerifier for HostVerifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let certificate = Certificate::from_der(end_entity.to_vec())
            .map_err(|_| Error::from(CertificateError::BadEncoding))?;
        if !certificate.is_issued_by(&self.authority) {
            return Err(CertificateError::UnknownIssuer.into());
        }
        let now = i64::try_from(now.as_secs())
            .ok()
            .and_then(|seconds| Timestamp::from_second(seconds).ok())
            .ok_or(Error::FailedToGetCurrentTime)?;
        for certificate in [&certificate, &self.authority] {
            if now < certificate.begins() {
                return Err(CertificateError::NotValidYet.into());
            }
            if now > certificate.ends() {
                return Err(CertificateError::Expired.into());
            }
        }
        if certificate.has_names() && !stands_for(&certificate, server_name) {
            return Err(CertificateError::NotValidForName.into());
        }
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signature, algorithms)
            .or_else(|error| self.verify_v1(message, certificate, signature, error))
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signature, algorithms)
            .or_else(|error| self.verify_v1(message, certificate, signature, error))
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider
            .signature_verification_algorithms
            .supported_schemes()
    }
}

impl HostVerifier {
    /// Verifies the handshake's signature with the bare key of a version 1 certificate, which
    /// rustls does not read.
    fn verify_v1(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
        error: Error,
    ) -> Result<HandshakeSignatureValid, Error> {
        let Ok(certificate) = Certificate::from_der(certificate.to_vec()) else {
            return Err(error);
        };
        if certificate.is_v3() {
            return Err(error);
        }
        let key = certificate.bare_public_key().ok_or(error)?;
        self.provider
            .signature_verification_algorithms
            .mapping
            .iter()
            .filter(|(scheme, _)| *scheme == signature.scheme)
            .flat_map(|(_, algorithms)| *algorithms)
            .find(|algorithm| {
                let is_valid = algorithm.verify_signature(&key, message, signature.signature());
                is_valid.is_ok()
            })
            .map(|_| HandshakeSignatureValid::assertion())
            .ok_or_else(|| CertificateError::BadSignature.into())
    }
}

fn stands_for(certificate: &Certificate, name: &ServerName<'_>) -> bool {
    match name {
        ServerName::DnsName(name) => certificate.is_for_host(name.as_ref()),
        ServerName::IpAddress(address) => certificate.is_for_address(IpAddr::from(*address)),
        _ => false,
    }
}
