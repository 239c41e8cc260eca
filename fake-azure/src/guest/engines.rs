//! The engines of all machines, and the doors that lead to them.

use std::collections::HashMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use rustls::ServerConfig;
use rustls::pki_types::UnixTime;
use rustls::server::{ClientHello, ResolvesServerCert, WebPkiClientVerifier};
use rustls::sign::CertifiedKey;
use rustls::time_provider::TimeProvider;
use simulation::Clock;
use simulation::net::{self, HANDSHAKE, Listening, Task};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;

use crate::journal::{Entry, Journal};
use crate::world::{Door, Machine, SubscriptionId};

use super::DockerSettings;
use super::docker::TlsMaterial;

type ServiceKey = (SubscriptionId, String);

/// Engines by machine, and open doors by hosted service.
#[derive(Debug)]
pub(crate) struct Engines {
    runtime: tokio::runtime::Handle,
    clock: Clock,
    journal: Arc<Journal>,
    /// Whether doors open on 127.0.0.1 too.
    localhost: bool,
    by_machine: HashMap<u64, fake_docker::Engine>,
    services: HashMap<ServiceKey, Service>,
}

#[derive(Debug, Default)]
struct Service {
    machines: Vec<u64>,
    doors: Vec<OpenDoor>,
}

#[derive(Debug)]
struct OpenDoor {
    address: Ipv4Addr,
    port: u16,
    machine: u64,
    settings: Arc<DockerSettings>,
    localhost: Option<u16>,
    /// Empty where the port could not be had; they end with the door.
    listening: Vec<(Listening, Task)>,
}

impl Engines {
    pub(crate) fn new(
        runtime: tokio::runtime::Handle,
        clock: Clock,
        journal: Arc<Journal>,
        localhost: bool,
    ) -> Self {
        Self {
            runtime,
            clock,
            journal,
            localhost,
            by_machine: HashMap::new(),
            services: HashMap::new(),
        }
    }

    /// Opens and closes doors until those of the hosted service are as they should be.
    pub(crate) fn reconcile(&mut self, service: &ServiceKey, doors: Vec<Door>, machines: Vec<u64>) {
        let mut held = self.services.remove(service).unwrap_or_default();
        held.doors.retain(|open| {
            doors.iter().any(|door| {
                (door.address, door.port, door.machine.serial)
                    == (open.address, open.port, open.machine)
                    && Arc::ptr_eq(&door.settings, &open.settings)
            })
        });
        for gone in held
            .machines
            .iter()
            .filter(|serial| !machines.contains(serial))
        {
            self.by_machine.remove(gone);
        }
        held.machines = machines;
        for door in doors {
            if !held
                .doors
                .iter()
                .any(|open| (open.address, open.port) == (door.address, door.port))
            {
                held.doors.push(self.open(&door));
            }
        }
        if !held.machines.is_empty() {
            self.services.insert(service.clone(), held);
        }
    }

    /// The port of 127.0.0.1 that leads to the same engine as this public port.
    pub(crate) fn localhost_port(&self, address: Ipv4Addr, port: u16) -> Option<u16> {
        self.services
            .values()
            .flat_map(|service| &service.doors)
            .find(|open| (open.address, open.port) == (address, port))
            .and_then(|open| open.localhost)
    }

    /// Closes every door and forgets every engine.
    pub(crate) fn clear(&mut self) {
        self.services.clear();
        self.by_machine.clear();
    }

    fn open(&mut self, door: &Door) -> OpenDoor {
        let engine = self.engine(&door.machine);
        let mut open = OpenDoor {
            address: door.address,
            port: door.port,
            machine: door.machine.serial,
            settings: door.settings.clone(),
            localhost: None,
            listening: Vec::new(),
        };
        let acceptor = match door
            .settings
            .tls
            .as_ref()
            .map(|tls| self.acceptor(tls))
            .transpose()
        {
            Ok(acceptor) => acceptor,
            Err(error) => {
                self.note(door, &error.to_string());
                return open;
            }
        };
        match self.serve(
            SocketAddr::from((door.address, door.port)),
            engine.clone(),
            acceptor.clone(),
        ) {
            Ok((_, listening)) => open.listening.push(listening),
            Err(error) => self.note(door, &format!("the port cannot be listened on: {error}")),
        }
        if self.localhost {
            let here = |port| SocketAddr::from((Ipv4Addr::LOCALHOST, port));
            let served = self
                .serve(here(door.port), engine.clone(), acceptor.clone())
                .or_else(|_| self.serve(here(0), engine, acceptor));
            match served {
                Ok((port, listening)) => {
                    open.localhost = Some(port);
                    open.listening.push(listening);
                }
                Err(error) => self.note(
                    door,
                    &format!("no port of 127.0.0.1 can be listened on: {error}"),
                ),
            }
        }
        open
    }

    fn note(&self, door: &Door, detail: &str) {
        let path = format!("{}:{}", door.address, door.port);
        tracing::warn!(%path, detail, "a door stays closed");
        let now = self.clock.now();
        self.journal
            .write(|number| Entry::note(number, now, "Open Endpoint", path, detail.to_owned()));
    }

    fn engine(&mut self, machine: &Machine) -> fake_docker::Engine {
        let clock = self.clock.clone();
        self.by_machine
            .entry(machine.serial)
            .or_insert_with(|| {
                fake_docker::Engine::builder()
                    .name(&machine.host_name)
                    .cpus(machine.cores)
                    .memory_bytes(u64::from(machine.memory_mb) * 1024 * 1024)
                    .operating_system(&machine.system)
                    .clock(Arc::new(move || clock.now()))
                    .seed(rand::random())
                    .build()
            })
            .clone()
    }

    fn serve(
        &self,
        at: SocketAddr,
        engine: fake_docker::Engine,
        acceptor: Option<TlsAcceptor>,
    ) -> std::io::Result<(u16, (Listening, Task))> {
        let _inside = self.runtime.enter();
        let listener = net::listen(at)?;
        let port = listener.local_addr()?.port();
        let (listening, arrivals) = Listening::new(listener);
        let work = net::accept(arrivals, move |stream, _| {
            let (engine, acceptor) = (engine.clone(), acceptor.clone());
            async move {
                match acceptor {
                    None => engine.serve(stream).await,
                    Some(acceptor) => serve_tls(stream, engine, acceptor).await,
                }
            }
        });
        Ok((port, (listening, Task::spawn(&self.runtime, work))))
    }

    /// `RequireAndVerifyClientCert` with the uploaded CA, as the real daemon is set up.
    fn acceptor(&self, tls: &TlsMaterial) -> Result<TlsAcceptor, rustls::Error> {
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let verifier =
            WebPkiClientVerifier::builder_with_provider(tls.clients.clone(), provider.clone())
                .build()
                .map_err(|error| rustls::Error::General(error.to_string()))?;
        let config = ServerConfig::builder_with_details(
            provider,
            Arc::new(SimulatedTime(self.clock.clone())),
        )
        .with_safe_default_protocol_versions()?
        .with_client_cert_verifier(verifier)
        .with_cert_resolver(Arc::new(OneCertificate(tls.server.clone())));
        Ok(TlsAcceptor::from(Arc::new(config)))
    }
}

async fn serve_tls(mut stream: TcpStream, engine: fake_docker::Engine, acceptor: TlsAcceptor) {
    let handshake = async {
        if speaks_plain_http(&stream).await {
            let answer = b"HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n";
            // Whoever does not wait for the answer does not want it.
            stream.write_all(answer).await.ok();
            stream.shutdown().await.ok();
            return None;
        }
        acceptor
            .accept(stream)
            .await
            .map_err(|error| tracing::debug!(%error, "a client was turned away"))
            .ok()
    };
    if let Ok(Some(stream)) = tokio::time::timeout(HANDSHAKE, handshake).await {
        engine.serve(stream).await;
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
        Some(UnixTime::since_unix_epoch(std::time::Duration::from_secs(
            seconds,
        )))
    }
}
