//! TLS that is made when somebody comes: most doors of most machines are never knocked at.

use std::fmt;
use std::sync::{Arc, OnceLock};

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
    made: OnceLock<Option<MutualTls>>,
}

impl LazyTls {
    /// Out of certificates that were found good when they were told.
    pub(crate) fn new(certificates: Arc<DockerCertificates>, clock: Clock) -> Self {
        Self(Arc::new(Inner {
            certificates,
            clock,
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
        let read = TlsMaterial::of(names, [&told.ca, &told.certificate, &told.key]);
        let made = read.and_then(|TlsMaterial { server, clients }| {
            MutualTls::new(server, clients, self.clock.clone()).map_err(|error| error.to_string())
        });
        made.map_err(|error| tracing::error!(%error, "a door has no TLS"))
            .ok()
    }
}

impl fmt::Debug for LazyTls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LazyTls").finish_non_exhaustive()
    }
}
