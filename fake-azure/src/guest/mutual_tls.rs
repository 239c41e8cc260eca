//! TLS as a Docker daemon speaks it: who comes in must show a certificate.

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use rustls::crypto::CryptoProvider;
use rustls::crypto::aws_lc_rs::{self, Ticketer};
use rustls::pki_types::UnixTime;
use rustls::server::{
    ClientHello, NoServerSessionStorage, ResolvesServerCert, WebPkiClientVerifier,
};
use rustls::sign::CertifiedKey;
use rustls::time_provider::TimeProvider;
use rustls::{RootCertStore, ServerConfig};
use simulation::Clock;
use simulation::net::HANDSHAKE;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

/// What all daemons compute with.
static PROVIDER: LazyLock<Arc<CryptoProvider>> =
    LazyLock::new(|| Arc::new(aws_lc_rs::default_provider()));

/// What a daemon that is spoken to without TLS says.
const PLAIN: &[u8] =
    b"HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n";

/// `RequireAndVerifyClientCert` with the daemon's CA, or `NoClientCert` where it has none.
#[derive(Clone)]
pub(crate) struct MutualTls(TlsAcceptor);

impl MutualTls {
    /// Serves with `server` whoever has a certificate of `clients`, which expire by `clock`;
    /// whoever comes, where nobody is asked for one.
    pub(crate) fn new(
        server: Arc<CertifiedKey>,
        clients: Option<Arc<RootCertStore>>,
        clock: Clock,
    ) -> Result<Self, rustls::Error> {
        let provider = PROVIDER.clone();
        let verifier = match clients {
            Some(clients) => WebPkiClientVerifier::builder_with_provider(clients, provider.clone())
                .build()
                .map_err(|error| rustls::Error::General(error.to_string()))?,
            None => WebPkiClientVerifier::no_client_auth(),
        };
        let mut config =
            ServerConfig::builder_with_details(provider, Arc::new(SimulatedTime(clock)))
                .with_safe_default_protocol_versions()?
                .with_client_cert_verifier(verifier)
                .with_cert_resolver(Arc::new(OneCertificate(server)));
        // As Go's servers resume: the client keeps its session, sealed for this daemon alone. A
        // table of sessions would cost each of thousands of idle daemons some 30 KiB.
        config.ticketer = Ticketer::new()?;
        config.session_storage = Arc::new(NoServerSessionStorage {});
        Ok(Self(TlsAcceptor::from(Arc::new(config))))
    }

    /// Lets a client in, or none that does not belong here or takes too long.
    pub(crate) async fn accept(&self, mut stream: TcpStream) -> Option<TlsStream<TcpStream>> {
        let handshake = async {
            if speaks_plain_http(&stream).await {
                // Whoever does not wait for the answer does not want it.
                stream.write_all(PLAIN).await.ok();
                stream.shutdown().await.ok();
                return None;
            }
            let accepted = self.0.accept(stream).await;
            accepted
                .map_err(|error| tracing::debug!(%error, "a client was turned away"))
                .ok()
        };
        tokio::time::timeout(HANDSHAKE, handshake).await.ok()?
    }
}

impl std::fmt::Debug for MutualTls {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MutualTls").finish_non_exhaustive()
    }
}

/// Whether the first bytes are an HTTP method, as Go's server looks for it.
async fn speaks_plain_http(stream: &TcpStream) -> bool {
    let mut first = [0; 5];
    let Ok(seen) = stream.peek(&mut first).await else {
        return false;
    };
    [
        &b"GET /"[..],
        b"HEAD ",
        b"POST ",
        b"PUT /",
        b"OPTIO",
        b"DELET",
    ]
    .iter()
    .any(|method| first[..seen] == **method)
}

/// Serves one certificate whatever it is: rustls itself would refuse the X.509 v1 ones that
/// the old CLI makes.
#[derive(Debug)]
struct OneCertificate(Arc<CertifiedKey>);

impl ResolvesServerCert for OneCertificate {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.0.clone())
    }
}

/// Certificates of clients expire in the simulator's time.
///
/// A clock that stands still must not make those premature that were made meanwhile, so it
/// is never earlier than the machine's.
#[derive(Debug)]
struct SimulatedTime(Clock);

impl TimeProvider for SimulatedTime {
    fn current_time(&self) -> Option<UnixTime> {
        let seconds = u64::try_from(self.0.latest().as_second()).ok()?;
        Some(UnixTime::since_unix_epoch(Duration::from_secs(seconds)))
    }
}

#[cfg(test)]
mod tests {
    use rcgen::{CertificateParams, KeyPair};
    use rustls::ClientConfig;
    use rustls::pki_types::ServerName;
    use tokio::io::AsyncReadExt as _;
    use tokio::net::TcpListener;
    use tokio_rustls::TlsConnector;

    use super::*;
    use crate::tls_material::TlsMaterial;

    /// Whether a client without a certificate is let in where these are asked for.
    async fn lets_in(asks: bool) -> bool {
        let key = KeyPair::generate().unwrap();
        let names = vec!["docker.test".to_owned()];
        let certificate = CertificateParams::new(names)
            .unwrap()
            .self_signed(&key)
            .unwrap();
        let (pem, key) = (certificate.pem(), key.serialize_pem());
        let ca = asks.then_some(pem.as_bytes());
        let TlsMaterial { server, clients } = TlsMaterial::of(
            ["ca", "certificate", "key"],
            ca,
            [pem.as_bytes(), key.as_bytes()],
        )
        .unwrap();
        let tls = MutualTls::new(server, clients, Clock::real()).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let mut roots = RootCertStore::empty();
        roots.add(certificate.der().clone()).unwrap();
        let client = ClientConfig::builder_with_provider(PROVIDER.clone())
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        let serving = tokio::spawn(async move {
            let (stream, _) = listener.accept().await.unwrap();
            match tls.accept(stream).await {
                Some(mut stream) => stream.write_all(b"hello").await.is_ok(),
                None => false,
            }
        });
        let stream = TcpStream::connect(address).await.unwrap();
        let name = ServerName::try_from("docker.test").unwrap();
        let mut heard = [0; 5];
        let is_heard = match TlsConnector::from(Arc::new(client))
            .connect(name, stream)
            .await
        {
            Ok(mut stream) => stream.read_exact(&mut heard).await.is_ok(),
            Err(_) => false,
        };
        serving.await.unwrap() && is_heard && heard == *b"hello"
    }

    #[tokio::test]
    async fn who_has_no_certificate_comes_in_where_nobody_is_asked_for_one() {
        assert!(lets_in(false).await);
        assert!(!lets_in(true).await);
    }
}
