//! `fake-azure serve` and `azure fake serve`: a simulator in a process of its own.

use std::io;
use std::net::{SocketAddr, ToSocketAddrs as _};
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::credentials::{CredentialsError, write_private};
use crate::ending::Ending;
use crate::folder::READY;
use crate::output::{self, ReadyFile};
use crate::{Approval, DockerOptions, FakeAzure, Notice, Pace, StartError, Upstream};

/// What `serve` was told.
#[derive(Clone, Debug, clap::Args)]
pub struct Options {
    /// Address and port of the management API; port 0 takes any
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:0", value_parser = address)]
    pub listen: SocketAddr,
    /// The same of Resource Manager, its metadata and the authority; the management API's address and
    /// any port unless told
    #[arg(long, value_name = "ADDRESS:PORT", value_parser = address)]
    pub listen_resource_manager: Option<SocketAddr>,
    /// The same of the proxy in which Azure's names end; 127.0.0.1 and any port unless told. Who reaches
    /// it reaches through it what this machine does
    #[arg(long, value_name = "ADDRESS:PORT", value_parser = address)]
    pub listen_proxy: Option<SocketAddr>,
    /// The same of the metadata service; 127.0.0.1 and any port unless told. Who reaches it is given tokens
    #[arg(long, value_name = "ADDRESS:PORT", value_parser = address)]
    pub listen_metadata_service: Option<SocketAddr>,
    /// Folder of CA and management certificate: made when absent, used when there
    #[arg(long, value_name = "DIR")]
    pub credentials: Option<PathBuf>,
    /// File that keeps the state, made when absent: who starts with it again goes on where the last one
    /// ended or was killed
    #[arg(long, value_name = "FILE")]
    pub state: Option<PathBuf>,
    /// Answer what changes something when the disk has it, so that it survives the loss of power
    #[arg(long, requires = "state")]
    pub state_sync: bool,
    /// How time flows: instant (all is done at once), reads:N (each state lasts for N looks), after or
    /// after:SCALE (as long as in the real cloud, times SCALE), by-hand (when the admin API advances it)
    #[arg(long, default_value = "instant")]
    pub pace: Pace,
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
    /// Refuse elements of requests that are unknown or out of their place
    #[arg(long)]
    pub refuse_misplaced: bool,
    /// Let every Docker engine listen on 127.0.0.1, too: at its public port where that is free, else at any
    #[arg(long)]
    pub localhost: bool,
    /// Who approves the codes that programs show for somebody to sign in elsewhere
    #[arg(long, value_name = "WHO", value_enum, default_value_t)]
    pub approve: Approval,
    #[expect(missing_docs, reason = "a doc comment here would become help text")]
    #[command(flatten)]
    pub docker: DockerOptions,
    /// The proxies by which hosts are reached that are not simulated.
    #[arg(skip)]
    pub upstream: Upstream,
}

/// An address and a port, or a name of this machine's and a port.
fn address(text: &str) -> Result<SocketAddr, String> {
    if let Ok(address) = text.parse() {
        return Ok(address);
    }
    let found: Vec<SocketAddr> = text
        .to_socket_addrs()
        .map_err(|error| format!("{error}; say for instance 127.0.0.1:0 or localhost:4443"))?
        .collect();
    // What is said of the simulator names addresses of IPv4 first.
    let by_choice = found.iter().find(|address| address.is_ipv4());
    by_choice
        .or(found.first())
        .copied()
        .ok_or_else(|| "no address has this name".to_owned())
}

/// What a client needs to find a running simulator: the content of the ready file.
#[derive(Debug, Serialize)]
pub struct Ready {
    /// URL of the management API, exactly the `.publishsettings`' one.
    pub management: String,
    /// URL of the admin API, without `/_fake`.
    pub admin: String,
    /// The subscription.
    pub subscription_id: String,
    /// Absolute path of the `.publishsettings`.
    pub publish_settings: PathBuf,
    /// Absolute path of the CA's certificate in PEM.
    pub ca: PathBuf,
    /// Absolute path of the management certificate with its key in PEM.
    pub management_certificate: PathBuf,
    /// Absolute path of the hosts file.
    pub hosts_file: PathBuf,
    /// URL of Resource Manager.
    pub resource_manager: String,
    /// URL of the login authority; tenants are below it.
    pub authority: String,
    /// URL of the proxy that knows the real cloud's names.
    pub proxy: String,
    /// URL of what gives tokens to managed identities.
    pub metadata_service: String,
    /// The tenant.
    pub tenant_id: String,
    /// Absolute path of the authorities to trust, in PEM: the system's and the simulator's.
    pub ca_bundle: PathBuf,
    /// Absolute path of what programs sign in with, as JSON. A secret.
    pub service_principal: PathBuf,
    /// The simulator's process.
    pub pid: u32,
}

impl Ready {
    /// Where a simulator of this process is to be found.
    pub fn of(azure: &FakeAzure) -> Self {
        Self {
            management: azure.management_url().to_owned(),
            admin: azure.admin_url().to_owned(),
            subscription_id: azure.subscription_id().to_string(),
            publish_settings: azure.publish_settings().to_owned(),
            ca: azure.ca().to_owned(),
            management_certificate: azure.management_certificate().to_owned(),
            hosts_file: azure.hosts_file(),
            resource_manager: azure.resource_manager_url().to_owned(),
            authority: azure.authority_url().to_owned(),
            proxy: azure.proxy_url().to_owned(),
            metadata_service: azure.metadata_service_url().to_owned(),
            tenant_id: azure.tenant_id(),
            ca_bundle: azure.ca_bundle(),
            service_principal: azure.service_principal().to_owned(),
            pid: std::process::id(),
        }
    }

    /// Writes the ready file: all of it, or nothing.
    pub fn write(&self, path: &Path) -> Result<(), ServeError> {
        Ok(write_private(path, self.text()?.as_bytes())?)
    }

    fn text(&self) -> Result<String, ServeError> {
        Ok(serde_json::to_string_pretty(self).map_err(io::Error::from)?)
    }
}

/// Why serving ended badly.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServeError {
    /// The simulator could not be started.
    #[error(transparent)]
    Start(#[from] StartError),
    /// The ready file could not be written.
    #[error(transparent)]
    Ready(#[from] CredentialsError),
    /// Signals could not be waited for.
    #[error("the process cannot wait for signals")]
    Signals(#[from] io::Error),
}

/// Serves until SIGTERM, SIGHUP or Ctrl-C; `announce` is told where, and which ready file says so, once
/// everything is ready, and `warn` of the state file before that.
pub async fn serve(
    options: &Options,
    warn: impl Fn(&Notice),
    announce: impl FnOnce(&Ready, &Path),
) -> Result<(), ServeError> {
    let mut ending = Ending::listen()?;
    simulation::net::raise_open_files();
    let mut builder = FakeAzure::builder()
        .in_callers_runtime()
        .listen(options.listen)
        .pace(options.pace)
        .approval(options.approve)
        .upstream(options.upstream.clone())
        .refuse_misplaced(options.refuse_misplaced);
    builder = options.docker.tell(builder);
    if let Some(address) = options.listen_resource_manager {
        builder = builder.listen_resource_manager(address);
    }
    if let Some(address) = options.listen_proxy {
        builder = builder.listen_proxy(address);
    }
    if let Some(address) = options.listen_metadata_service {
        builder = builder.listen_metadata_service(address);
    }
    if let Some(token) = &options.admin_token {
        builder = builder.admin_token(token);
    }
    if let Some(folder) = &options.credentials {
        builder = builder.credentials_folder(folder);
    }
    if let Some(path) = &options.state {
        builder = builder.state(path);
    }
    if options.state_sync {
        builder = builder.state_sync();
    }
    let mut ready_file = options.ready_file.as_deref().map(ReadyFile::new);
    if options.localhost {
        builder = builder.localhost();
    }
    let azure = builder.start().await?;
    azure.notices().iter().for_each(warn);
    let ready = Ready::of(&azure);
    // What a FIFO was told once nobody can read again.
    let (mut own_file, told_at) = match &options.ready_file {
        Some(path) if output::is_replaceable(path) => (None, std::path::absolute(path)?),
        _ => {
            let path = ready.publish_settings.with_file_name(READY);
            (Some(ReadyFile::new(&path)), path)
        }
    };
    let served = async {
        for file in own_file.iter_mut().chain(&mut ready_file) {
            file.write(ready.text()?).await?;
        }
        announce(&ready, &told_at);
        std::future::pending().await
    };
    let ended = tokio::select! {
        ended = served => ended,
        () = ending.asked() => Ok(()),
    };
    azure.shutdown().await;
    ended
}
