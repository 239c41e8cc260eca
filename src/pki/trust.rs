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

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use rustls::crypto::aws_lc_rs;
    use rustls::server::{ResolvesServerCert, WebPkiClientVerifier};
    use rustls::sign::CertifiedKey;
    use rustls::{ClientConfig, ClientConnection, RootCertStore, ServerConfig, ServerConnection};
    use rustls_pki_types::PrivateKeyDer;
    use rustls_pki_types::pem::PemObject as _;

    use super::*;

    const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/pki/old-cli");

    fn file(name: &str) -> Vec<u8> {
        std::fs::read(format!("{FIXTURES}/{name}")).unwrap()
    }

    #[derive(Debug)]
    struct Always(Arc<CertifiedKey>);

    impl ResolvesServerCert for Always {
        fn resolve(&self, _: rustls::server::ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
            Some(Arc::clone(&self.0))
        }
    }

    /// A server with the old CLI's version 1 certificate, and a client that trusts `authority`.
    fn handshake(
        version: &'static rustls::SupportedProtocolVersion,
        authority: &str,
    ) -> Result<(), Error> {
        let provider = Arc::new(aws_lc_rs::default_provider());
        let chain = vec![CertificateDer::from_pem_slice(&file("server-cert.pem")).unwrap()];
        let key = PrivateKeyDer::from_pem_slice(&file("server-key.pem")).unwrap();
        let key = provider.key_provider.load_private_key(key).unwrap();
        let mut roots = RootCertStore::empty();
        roots
            .add(CertificateDer::from_pem_slice(&file("ca.pem")).unwrap())
            .unwrap();
        let clients =
            WebPkiClientVerifier::builder_with_provider(roots.into(), Arc::clone(&provider))
                .allow_unauthenticated()
                .build()
                .unwrap();
        let server = ServerConfig::builder_with_provider(Arc::clone(&provider))
            .with_protocol_versions(&[version])
            .unwrap()
            .with_client_cert_verifier(clients)
            .with_cert_resolver(Arc::new(Always(Arc::new(CertifiedKey::new(chain, key)))));
        let authority = Certificate::from_pem(&file(authority)).unwrap();
        let client = ClientConfig::builder_with_provider(Arc::clone(&provider))
            .with_protocol_versions(&[version])
            .unwrap()
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(HostVerifier::new(authority, provider)))
            .with_no_client_auth();
        let name = ServerName::try_from("web.cloudapp.net").unwrap();
        let mut client = ClientConnection::new(Arc::new(client), name).unwrap();
        let mut server = ServerConnection::new(Arc::new(server)).unwrap();
        while client.is_handshaking() || server.is_handshaking() {
            let mut wire = Vec::new();
            client.write_tls(&mut wire).unwrap();
            let mut wire = wire.as_slice();
            while !wire.is_empty() {
                server.read_tls(&mut wire).unwrap();
                server.process_new_packets()?;
            }
            let mut wire = Vec::new();
            server.write_tls(&mut wire).unwrap();
            let mut wire = wire.as_slice();
            while !wire.is_empty() {
                client.read_tls(&mut wire).unwrap();
                client.process_new_packets()?;
            }
        }
        Ok(())
    }

    #[test]
    fn a_version_1_certificate_of_the_authority_is_trusted() {
        for version in [&rustls::version::TLS12, &rustls::version::TLS13] {
            assert_eq!(handshake(version, "ca.pem"), Ok(()));
        }
    }

    #[test]
    fn another_authority_of_the_same_name_is_not_believed() {
        for version in [&rustls::version::TLS12, &rustls::version::TLS13] {
            assert_eq!(
                handshake(version, "other-ca.pem"),
                Err(CertificateError::UnknownIssuer.into())
            );
        }
    }

    #[test]
    fn dates_and_names_are_checked() {
        let authority = crate::pki::private_key::PrivateKey::generate().unwrap();
        let start = "2026-11-25T12:00:00Z".parse::<Timestamp>().unwrap();
        let pem = crate::pki::authority::make_authority(&authority, start).unwrap();
        let ca = Certificate::from_pem(pem.as_bytes()).unwrap();
        let key = crate::pki::private_key::PrivateKey::generate().unwrap();
        let purpose = crate::pki::authority::Purpose::Server;
        let names = crate::pki::authority::ServerNames {
            first: "*.cloudapp.net",
            common_name: None,
            address: None,
        };
        let pem = crate::pki::authority::make_leaf(purpose, &key, names, (&ca, &authority), start)
            .unwrap();
        let leaf = CertificateDer::from_pem_slice(pem.as_bytes()).unwrap();
        let verifier = HostVerifier::new(ca, Arc::new(aws_lc_rs::default_provider()));
        let at = |hours: i64, name: &str| {
            let moment = start + jiff::SignedDuration::from_hours(hours);
            let seconds = u64::try_from(moment.as_second()).unwrap();
            let now = UnixTime::since_unix_epoch(std::time::Duration::from_secs(seconds));
            let name = ServerName::try_from(name).unwrap();
            verifier
                .verify_server_cert(&leaf, &[], &name, &[], now)
                .map(|_| ())
        };

        assert_eq!(at(0, "web.cloudapp.net"), Ok(()));
        assert_eq!(at(-23, "web.cloudapp.net"), Ok(()));
        assert_eq!(at(0, "127.0.0.1"), Ok(()));
        assert_eq!(
            at(0, "web.example.com"),
            Err(CertificateError::NotValidForName.into())
        );
        assert_eq!(
            at(-25, "web.cloudapp.net"),
            Err(CertificateError::NotValidYet.into())
        );
        assert_eq!(
            at(24 * 1096, "web.cloudapp.net"),
            Err(CertificateError::Expired.into())
        );
    }
}
