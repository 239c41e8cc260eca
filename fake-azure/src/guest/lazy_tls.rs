//! TLS that is made when somebody comes: most doors of most machines are never knocked at.

use std::fmt;
use std::sync::{Arc, OnceLock};

use rcgen::{CertificateParams, KeyPair, PKCS_ECDSA_P256_SHA256};
use simulation::Clock;
use tokio::net::TcpStream;
use tokio_rustls::server::TlsStream;

use crate::tls_material::TlsMaterial;
use crate::world::docker_settings::DockerCertificates;

use super::mutual_tls::MutualTls;

/// A daemon's TLS, made of what it was told; clones are the same.
#[derive(Clone)]
pub(crate) struct LazyTls(Arc<Inner>);

struct Inner {
    certificates: Arc<DockerCertificates>,
    clock: Clock,
    /// Whether it shows another certificate than the one that it was told.
    is_foreign: bool,
    made: OnceLock<Option<MutualTls>>,
}

impl LazyTls {
    /// Out of certificates that were found good when they were told.
    pub(crate) fn new(certificates: Arc<DockerCertificates>, clock: Clock) -> Self {
        Self::of(certificates, clock, false)
    }

    /// The same, but it shows a certificate that its authority has not signed.
    pub(crate) fn foreign(certificates: Arc<DockerCertificates>, clock: Clock) -> Self {
        Self::of(certificates, clock, true)
    }

    fn of(certificates: Arc<DockerCertificates>, clock: Clock, is_foreign: bool) -> Self {
        Self(Arc::new(Inner {
            certificates,
            clock,
            is_foreign,
            made: OnceLock::new(),
        }))
    }

    /// Lets a client in, or none that does not belong here or takes too long.
    pub(crate) async fn accept(&self, stream: TcpStream) -> Option<TlsStream<TcpStream>> {
        let made = self.0.made.get_or_init(|| self.0.make());
        made.as_ref()?.accept(stream).await
    }
}

impl Inner {
    fn make(&self) -> Option<MutualTls> {
        let told = &self.certificates;
        let names = ["ca", "certificate", "key"];
        let ca = told.ca.as_deref();
        let other = if self.is_foreign {
            Some(self_signed().map_err(|error| error.to_string()))
        } else {
            None
        };
        let read = match other.transpose() {
            Err(error) => Err(error),
            Ok(None) => TlsMaterial::of(names, ca, [&told.certificate, &told.key]),
            Ok(Some([certificate, key])) => {
                TlsMaterial::of(names, ca, [certificate.as_bytes(), key.as_bytes()])
            }
        };
        let made = read.and_then(|TlsMaterial { server, clients }| {
            MutualTls::new(server, clients, self.clock.clone()).map_err(|error| error.to_string())
        });
        made.map_err(|error| tracing::error!(%error, "a door has no TLS"))
            .ok()
    }
}

/// A certificate that nobody vouches for, and its key.
fn self_signed() -> Result<[String; 2], rcgen::Error> {
    let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)?;
    let names = vec!["docker.invalid".to_owned()];
    let certificate = CertificateParams::new(names)?.self_signed(&key)?;
    Ok([certificate.pem(), key.serialize_pem()])
}

impl fmt::Debug for LazyTls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LazyTls").finish_non_exhaustive()
    }
}
