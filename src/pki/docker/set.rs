//! The set that a host and its clients get.

use std::path::PathBuf;
use std::sync::Arc;

use rustls::{ClientConfig, crypto::aws_lc_rs};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use secrecy::{ExposeSecret, SecretString};

use super::warning::{NoTlsVerify, Warning};
use crate::pki::certificate::Certificate;
use crate::pki::trust::HostVerifier;

/// A whole set of certificates, all of whose files are there.
#[derive(Debug, Clone)]
pub struct DockerCertificates {
    /// The authority's certificate.
    pub ca_pem: String,
    /// The daemon's certificate.
    pub server_cert_pem: String,
    /// The daemon's key.
    pub server_key_pem: SecretString,
    /// The client's certificate.
    pub client_cert_pem: String,
    /// The client's key.
    pub client_key_pem: SecretString,
    /// The files that were made.
    pub made: Vec<PathBuf>,
    /// What works, but not as well as it might.
    pub warnings: Vec<Warning>,
    /// Will `docker --tlsverify` accept the host?
    pub tls_verify: Result<(), NoTlsVerify>,
    /// Is the daemon's certificate good for 127.0.0.1?
    pub good_for_localhost: bool,
    /// What `docker --tlscacert` takes.
    pub ca_file: PathBuf,
    /// What `docker --tlscert` takes.
    pub client_cert_file: PathBuf,
    /// What `docker --tlskey` takes.
    pub client_key_file: PathBuf,
}

/// No TLS configuration can be made of the set.
#[derive(Debug, thiserror::Error)]
pub enum NoClientConfig {
    /// The authority's or the client's PEM text.
    #[error("the certificates cannot be read again")]
    Unreadable,
    /// What rustls says.
    #[error("the client's certificate cannot be used")]
    Unusable(#[from] rustls::Error),
}

impl DockerCertificates {
    /// Returns what our own client speaks TLS with: its certificate, and trust in what the authority
    /// signed for the host, version 1 certificates included.
    pub fn client_config(&self) -> Result<ClientConfig, NoClientConfig> {
        let authority = Certificate::from_pem(self.ca_pem.as_bytes())
            .map_err(|_| NoClientConfig::Unreadable)?;
        let chain = CertificateDer::pem_slice_iter(self.client_cert_pem.as_bytes())
            .collect::<Result<Vec<_>, _>>()
            .map_err(|_| NoClientConfig::Unreadable)?;
        let key = PrivateKeyDer::from_pem_slice(self.client_key_pem.expose_secret().as_bytes())
            .map_err(|_| NoClientConfig::Unreadable)?;
        let provider = Arc::new(aws_lc_rs::default_provider());
        let verifier = HostVerifier::new(authority, Arc::clone(&provider));
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(verifier))
            .with_client_auth_cert(chain, key)?;
        Ok(config)
    }
}
