//! `vm docker create --fake`: an embedded simulator, a host in it, and lines that work as typed.

use std::borrow::Cow;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use fake_azure::{FakeAzure, StartError};

use super::carry_out;
use super::road::{self, Connect};
use crate::backend::Backend;
use crate::commands::create::narrator::{Line, Page};
use crate::commands::create::session::{CommandFailure, Session};
use crate::commands::create::{docker_lines, document, engine_text, preview_text};
use crate::event::{Event, Warning};
use crate::pki::docker::CertFolder;
use crate::provision::{DockerHost, Engines, Missing, Outcome, TlsEngines};
use crate::sandbox::Folder;
use crate::settings::create::{DockerSettings, FakeWish};

/// Why a host in the simulator failed.
#[derive(Debug, thiserror::Error)]
pub enum FakeFailure {
    /// The simulator cannot start.
    #[error("the simulator cannot start")]
    Start(#[from] StartError),
    /// There is no place for its keys.
    #[error("failed to make a private folder")]
    Folder(#[source] std::io::Error),
    /// The way through its door cannot be had.
    #[error("the simulator's door cannot be used")]
    Door(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The create failed as it would in the real cloud.
    #[error(transparent)]
    Command(#[from] CommandFailure),
    /// The port cannot be opened on this machine.
    #[error("port {port} cannot be opened on this machine")]
    Port {
        /// The port.
        port: u16,
        /// What the system said.
        source: std::io::Error,
    },
    /// The port on this machine does not answer.
    #[error("Docker does not answer at {address}")]
    Local {
        /// The address.
        address: SocketAddr,
        /// What is missing.
        source: Missing,
    },
}

/// Starts a simulator, makes the host of `settings` in it, shows it on `page`, and serves until the
/// session is interrupted, or ends on wish. What is to go wrong meets a client that `connect` makes.
pub async fn docker_create_fake(
    settings: &DockerSettings,
    session: Session<'_>,
    page: &dyn Page,
    connect: Connect<'_>,
) -> Result<(), FakeFailure> {
    if let Some(port) = settings.create.job.order.docker {
        try_port(port.get())?;
    }
    // A run that is killed leaves it, and the next one sweeps it.
    let folder = Folder::create().map_err(FakeFailure::Folder)?;
    let builder = FakeAzure::builder()
        .in_callers_runtime()
        .localhost()
        .credentials_folder(folder.simulator());
    let azure = settings.simulated.tell(builder).start().await?;
    let folder = folder.path().join("certificates");
    let outcome = match road::to(&azure, settings, connect) {
        Ok(backend) => {
            let settings = with_usable_certificates(settings, &*backend, session, folder);
            provisioned(&settings, &*backend, session, &azure, page).await
        }
        Err(failure) => Err(failure),
    };
    azure.shutdown().await;
    outcome
}

/// An ordinary user may not open every port, and then no wait helps.
pub fn try_port(port: u16) -> Result<(), FakeFailure> {
    match std::net::TcpListener::bind((std::net::Ipv4Addr::LOCALHOST, port)) {
        Err(source) if source.kind() == std::io::ErrorKind::PermissionDenied => {
            Err(FakeFailure::Port { port, source })
        }
        // What is in use may be free at the host's own address.
        Ok(_) | Err(_) => Ok(()),
    }
}

/// Certificates of somebody else's daemon are left alone: the host gets its own, in a folder that
/// goes with the simulator.
fn with_usable_certificates<'a>(
    settings: &'a DockerSettings,
    backend: &dyn Backend,
    session: Session<'_>,
    private: PathBuf,
) -> Cow<'a, DockerSettings> {
    let host = &settings.create.job.order.host;
    let Some(wish) = &settings.create.job.docker else {
        return Cow::Borrowed(settings);
    };
    let domain = backend.domain(settings.create.job.order.location.as_deref());
    let look = if backend.site().own_certificates {
        CertFolder::look_for_own
    } else {
        CertFolder::look
    };
    match look(&wish.folder, host, &domain, session.clock.now()) {
        Ok(_) => Cow::Borrowed(settings),
        Err(error) => {
            session.events.emit(Event::Warned {
                warning: Warning::Certificates(format!(
                    "{error}; that folder is left alone, and this host has certificates of its own in `{}`",
                    private.display()
                )),
            });
            let mut settings = settings.clone();
            if let Some(wish) = &mut settings.create.job.docker {
                wish.folder = private;
            }
            Cow::Owned(settings)
        }
    }
}

async fn provisioned(
    settings: &DockerSettings,
    backend: &dyn Backend,
    session: Session<'_>,
    azure: &FakeAzure,
    page: &dyn Page,
) -> Result<(), FakeFailure> {
    match carry_out(settings, backend, session).await? {
        Outcome::Planned(preview) => {
            for line in preview_text::shown(&preview) {
                page.show(line);
            }
            Ok(())
        }
        Outcome::Created {
            machine,
            public_name,
            port,
            folder,
        } => {
            page.show(Line::Document(document::created(
                &machine,
                &public_name,
                port,
                folder.as_deref(),
            )));
            Ok(())
        }
        Outcome::Ready(host) => {
            let serves = settings.fake == Some(FakeWish::Serve);
            show(&host, serves, session, azure, page).await?;
            if serves {
                page.show(Line::Info("Serving; Ctrl-C ends it.".to_owned()));
                session.interrupt.asked().await;
            }
            Ok(())
        }
    }
}

async fn show(
    host: &DockerHost,
    serves: bool,
    session: Session<'_>,
    azure: &FakeAzure,
    page: &dyn Page,
) -> Result<(), FakeFailure> {
    for line in engine_text::lines(&host.ready.info.0) {
        page.show(Line::Data(line));
    }
    let local = match host.ready.address {
        SocketAddr::V4(address) => azure
            .cloud()
            .localhost_port(*address.ip(), address.port())
            .map(|port| SocketAddr::from(([127, 0, 0, 1], port))),
        SocketAddr::V6(_) => None,
    };
    let address = local.unwrap_or(host.ready.address);
    let verifies = local.is_some()
        && host.certificates.good_for_localhost
        && host.certificates.tls_verify.is_ok();
    if verifies {
        // The lines are printed as ones that work, so they are tried first.
        try_locally(host, address).await?;
    }
    let title = if serves {
        "In another terminal:"
    } else {
        "Without --exit it goes on serving; then, in another terminal:"
    };
    page.show(Line::Info(title.to_owned()));
    let typed = docker_lines::lines(
        &host.certificates,
        session.context.home,
        &address.to_string(),
        verifies,
    );
    page.show(Line::Document(document::ready(host, address, &typed)));
    for line in typed {
        page.show(Line::Info(format!("    {line}")));
    }
    if !verifies {
        let reason = match &host.certificates.tls_verify {
            Err(reason) => reason.to_string(),
            Ok(()) => "the server certificate does not name 127.0.0.1".to_owned(),
        };
        page.show(Line::Info(format!("--tlsverify cannot be used: {reason}")));
    }
    Ok(())
}

async fn try_locally(host: &DockerHost, address: SocketAddr) -> Result<(), FakeFailure> {
    let failed = |source: Missing| FakeFailure::Local { address, source };
    let config = host
        .certificates
        .client_config()
        .map_err(|error| failed(Missing::new(crate::event::Layer::Tls, error.to_string())))?;
    TlsEngines::new(Arc::new(config))
        .ask(address, "127.0.0.1")
        .await
        .map(drop)
        .map_err(failed)
}
