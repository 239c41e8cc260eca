//! `fake-azure docker serve`: a Docker engine in a process of its own, without any cloud.

mod admin;
mod certificates;
mod listening;
mod pace;

use std::fmt;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

use fake_docker::Loopback;
use fake_docker::process::script::Scripts;
use serde::Serialize;
use simulation::Clock;
use simulation::net::{self, Listening, Task};
use tokio::runtime::Handle;

use crate::admin::{self as door, Gate};
use crate::credentials::{CredentialsError, Validity};
use crate::ending::Ending;
use crate::faults::{EngineFaultPlan, FaultPlanError};
use crate::guest::daemon::Daemon;
use crate::guest::lazy_engine::LazyEngine;
use crate::guest::lazy_tls::LazyTls;
use crate::guest::recipe::{self, Recipe};
use crate::output::ReadyFile;
use crate::scripts;
use crate::uploads::{Limits, Uploads};
use crate::{EngineAddress, EngineAway, EngineOptions, ScriptsError};

use listening::Bound;

pub use pace::{EnginePace, InvalidEnginePace};

/// Processors of an engine's host that is nobody's machine: what a developer's has at least.
const CPUS: u32 = 4;

/// Memory of that host.
const MEMORY_BYTES: u64 = 8 << 30;

/// What `docker serve` was told.
#[derive(Clone, Debug, clap::Args)]
pub struct Options {
    /// Where to listen, unix:///PATH or tcp://HOST:PORT; port 0 takes any; may be said again
    #[arg(long, value_name = "URL", default_value = "tcp://127.0.0.1:0")]
    pub listen: Vec<EngineAddress>,
    /// Folder of ca.pem, server-cert.pem, server-key.pem, cert.pem and key.pem: made when
    /// absent, used when there; tcp addresses then speak TLS
    #[arg(long, value_name = "DIR")]
    pub tls: Option<PathBuf>,
    /// How time flows: real, scaled:FACTOR or by-hand
    #[arg(long, default_value = "real")]
    pub pace: EnginePace,
    /// Token that the admin API asks for, as `Authorization: Bearer TOKEN`
    #[arg(
        long,
        value_name = "TOKEN",
        env = "FAKE_AZURE_ADMIN_TOKEN",
        hide_env_values = true,
        value_parser = clap::builder::NonEmptyStringValueParser::new()
    )]
    pub admin_token: Option<String>,
    /// File to write, as JSON, when everything is ready
    #[arg(long, value_name = "FILE")]
    pub ready_file: Option<PathBuf>,
    #[expect(missing_docs, reason = "a doc comment here would become help text")]
    #[command(flatten)]
    pub engine: EngineOptions,
}

/// What a client needs to find a running engine: the content of the ready file. As text it is
/// lines for an environment.
#[derive(Debug, Serialize)]
pub struct Ready {
    /// The values of `DOCKER_HOST` that lead to it.
    pub docker_host: Vec<String>,
    /// Absolute path for `DOCKER_CERT_PATH`, where it speaks TLS.
    pub docker_cert_path: Option<PathBuf>,
    /// URL of the admin API, without `/_fake`.
    pub admin: String,
    /// The engine's process.
    pub pid: u32,
}

impl fmt::Display for Ready {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for host in &self.docker_host {
            writeln!(f, "DOCKER_HOST={host}")?;
        }
        if let Some(folder) = &self.docker_cert_path {
            writeln!(f, "DOCKER_TLS_VERIFY=1")?;
            writeln!(f, "DOCKER_CERT_PATH={}", folder.display())?;
        }
        write!(f, "FAKE_DOCKER_ADMIN={}", self.admin)
    }
}

/// Why serving ended badly.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DockerServeError {
    /// An address cannot be listened on.
    #[error("cannot listen on {address}")]
    Listen {
        /// The address.
        address: EngineAddress,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// TLS was asked for where nobody speaks it.
    #[error("--tls is for tcp:// addresses, and --listen names none")]
    NothingToEncrypt,
    /// The certificates, or the ready file, cannot be read or written.
    #[error(transparent)]
    Files(#[from] CredentialsError),
    /// TLS cannot be set up.
    #[error("TLS cannot be set up")]
    Tls(#[from] rustls::Error),
    /// The real engine is not there.
    #[error(transparent)]
    Engine(#[from] EngineAway),
    /// The scripts of containers cannot be read.
    #[error(transparent)]
    Scripts(#[from] ScriptsError),
    /// The file of faults cannot be read.
    #[error(transparent)]
    Faults(#[from] FaultPlanError),
    /// The system does not play along.
    #[error("failed to {doing}")]
    System {
        /// What was to be done.
        doing: &'static str,
        /// Why not.
        #[source]
        source: io::Error,
    },
}

fn system(doing: &'static str) -> impl FnOnce(io::Error) -> DockerServeError {
    move |source| DockerServeError::System { doing, source }
}

/// Serves until SIGTERM, SIGHUP or Ctrl-C; `announce` is told where, once everything is ready.
pub async fn serve(
    options: &Options,
    announce: impl FnOnce(&Ready),
) -> Result<(), DockerServeError> {
    let mut ending = Ending::listen().map_err(system("wait for signals"))?;
    net::raise_open_files();
    let mut ready_file = options.ready_file.as_deref().map(ReadyFile::new);
    let clock = options.pace.clock(options.engine.seed.is_some());
    let daemon = daemon(&options.engine, &clock).await?;
    let mut bound = Vec::new();
    for address in &options.listen {
        let listener = Bound::bind(address).await;
        bound.push(listener.map_err(|source| DockerServeError::Listen {
            address: address.clone(),
            source,
        })?);
    }
    let folder = options.tls.as_ref().map(std::path::absolute).transpose();
    let folder = folder.map_err(system("find the folder of the certificates"))?;
    let tls = match &folder {
        None => None,
        Some(folder) => Some(mutual_tls(folder, &bound, &clock)?),
    };
    let docker_host = bound.iter().map(|b| b.address().to_string()).collect();
    let doors: Vec<_> = bound
        .into_iter()
        .map(|bound| bound.serve(daemon.clone(), tls.clone()))
        .collect();
    let gate = Gate::new(options.admin_token.as_deref());
    let (at, admin) = admin(&clock, &daemon, gate).map_err(system("open the admin API"))?;
    let ready = Ready {
        docker_host,
        docker_cert_path: folder,
        admin: format!("http://{at}"),
        pid: std::process::id(),
    };
    let served = async {
        if let Some(file) = &mut ready_file {
            file.write(ready.text()?).await?;
        }
        announce(&ready);
        std::future::pending().await
    };
    let ended = tokio::select! {
        ended = served => ended,
        () = ending.asked() => Ok(()),
    };
    for door in doors {
        door.close().await;
    }
    drop(admin);
    ended
}

impl Ready {
    fn text(&self) -> Result<String, DockerServeError> {
        let text = serde_json::to_string_pretty(self).map_err(io::Error::from);
        text.map_err(system("describe the engine"))
    }
}

async fn daemon(options: &EngineOptions, clock: &Clock) -> Result<Daemon, DockerServeError> {
    let plan = match &options.faults {
        None => EngineFaultPlan::default(),
        Some(_) if options.engine.is_some() => return Err(FaultPlanError::RealEngine.into()),
        Some(path) => EngineFaultPlan::read(path)?,
    };
    if let Some(address) = &options.engine {
        address.try_out().await?;
        return Ok(Daemon::Real(address.clone()));
    }
    let mut recipe = Recipe {
        scripts: Scripts::new(),
        assume_ok: options.assume_ok,
        pull_any: options.pull_any,
        ..Recipe::default()
    };
    for path in &options.scripts {
        recipe.scripts.merge(scripts::read(path)?);
    }
    let mut builder = recipe
        .begin(clock)
        .host_ports(Loopback)
        .cpus(CPUS)
        .memory_bytes(MEMORY_BYTES);
    if let Some(seed) = options.seed {
        builder = builder.seed(seed);
    }
    Ok(Daemon::Simulated(LazyEngine::new(move || {
        let engine = builder.build();
        recipe::arrange(&engine, &plan.faults);
        engine
    })))
}

fn mutual_tls(folder: &Path, bound: &[Bound], clock: &Clock) -> Result<LazyTls, DockerServeError> {
    let addresses: Vec<_> = bound
        .iter()
        .filter_map(|bound| match bound {
            Bound::Unix(..) => None,
            Bound::Tcp(_, address) => Some(address.ip()),
        })
        .collect();
    if addresses.is_empty() {
        return Err(DockerServeError::NothingToEncrypt);
    }
    let material = certificates::open(folder, &addresses, Validity::at(clock))?;
    Ok(LazyTls::new(material, clock.clone()))
}

fn admin(
    clock: &Clock,
    daemon: &Daemon,
    gate: Gate,
) -> io::Result<(SocketAddr, (Listening, Task))> {
    let listener = net::listen(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))?;
    let at = listener.local_addr()?;
    let (listening, visits) = Listening::new(listener);
    let router = admin::router(clock.clone(), daemon.engine().cloned());
    let work = door::serve(visits, router, gate, Uploads::new(Limits::default()));
    Ok((at, (listening, Task::spawn(&Handle::current(), work))))
}
