//! Certificate, key and authority in PEM, made ready for TLS.

use std::fmt;
use std::sync::Arc;

use rustls::RootCertStore;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;

/// Certificates that were read, ready to serve.
#[derive(Clone)]
pub(crate) struct TlsMaterial {
    /// The server's certificate and key.
    pub(crate) server: Arc<CertifiedKey>,
    /// Whoever these have signed may come in; without them whoever likes.
    pub(crate) clients: Option<Arc<RootCertStore>>,
}

impl fmt::Debug for TlsMaterial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TlsMaterial").finish_non_exhaustive()
    }
}

impl TlsMaterial {
    /// Reads CA, if there is one, certificate and key in PEM; whatever is wrong with one is told by
    /// its name.
    pub(crate) fn of(
        names: [&str; 3],
        ca: Option<&[u8]>,
        [certificate, key]: [&[u8]; 2],
    ) -> Result<Self, String> {
        let read = |name: &str, pem: &[u8]| -> Result<Vec<CertificateDer<'static>>, String> {
            let list: Vec<_> = CertificateDer::pem_slice_iter(pem)
                .collect::<Result<_, _>>()
                .map_err(|_| format!("{name} is not a certificate in PEM"))?;
            if list.is_empty() {
                Err(format!("{name} holds no certificate in PEM"))
            } else {
                Ok(list)
            }
        };
        let clients = match ca {
            Some(ca) => {
                let mut clients = RootCertStore::empty();
                for authority in read(names[0], ca)? {
                    clients
                        .add(authority)
                        .map_err(|_| format!("{} is not usable as an authority", names[0]))?;
                }
                Some(Arc::new(clients))
            }
            None => None,
        };
        let chain = read(names[1], certificate)?;
        let key = PrivateKeyDer::from_pem_slice(key).map_err(|_| {
            format!(
                "{} is not a private key in PEM without a pass phrase",
                names[2]
            )
        })?;
        let key = rustls::crypto::aws_lc_rs::sign::any_supported_type(&key)
            .map_err(|_| format!("{} is not a usable private key", names[2]))?;
        if let Some(public) = key.public_key()
            && !same_key(&chain[0], public.as_ref())
        {
            return Err(format!(
                "{} and {} are not a pair: private key does not match public key",
                names[1], names[2]
            ));
        }
        Ok(Self {
            server: Arc::new(CertifiedKey::new(chain, key)),
            clients,
        })
    }
}

/// Whether the certificate is for this public key. An X.509 v1 certificate, which the old
/// CLI makes, is none that rustls reads, so it is looked at here.
fn same_key(certificate: &CertificateDer<'_>, public: &[u8]) -> bool {
    use x509_parser::prelude::FromDer as _;
    x509_parser::certificate::X509Certificate::from_der(certificate)
        .is_ok_and(|(_, certificate)| certificate.public_key().raw == public)
}
