//! `vm docker create`: a machine, Docker in it, and TLS between.

mod fake;
pub(super) mod reach;
mod road;
mod simulated;

pub use fake::{FakeFailure, docker_create_fake, try_port};
pub use road::Connect;

use crate::backend::Backend;
use crate::commands::create::narrator::Line;
use crate::commands::create::session::{CommandFailure, Session};
use crate::commands::create::{docker_lines, document, preview_text};
use crate::provision::{self, DockerHost, Outcome};
use crate::settings::create::DockerSettings;
use reach::{Daemon, Reach};

/// Creates a Docker host in `backend`; returns what to say in the end.
pub async fn docker_create(
    settings: &DockerSettings,
    backend: &dyn Backend,
    session: Session<'_>,
) -> Result<Vec<Line>, CommandFailure> {
    let outcome = carry_out(settings, backend, session).await?;
    Ok(match outcome {
        Outcome::Planned(preview) => preview_text::shown(&preview),
        Outcome::Created {
            machine,
            public_name,
            port,
            folder,
        } => {
            vec![Line::Document(document::created(
                &machine,
                &public_name,
                port,
                folder.as_deref(),
            ))]
        }
        Outcome::Ready(host) => farewell(&host, session).await,
    })
}

/// Creates the host, and leaves the telling to the caller.
pub async fn carry_out(
    settings: &DockerSettings,
    backend: &dyn Backend,
    session: Session<'_>,
) -> Result<Outcome, CommandFailure> {
    let passwords = session.passwords(&settings.create.password);
    let ssh_folder = session.ssh_folder();
    let ports = session.ports(backend, &passwords, &ssh_folder);
    Ok(provision::run(&settings.create.job, ports).await?)
}

/// The lines to type next.
async fn farewell(host: &DockerHost, session: Session<'_>) -> Vec<Line> {
    let reach = Reach::find(Daemon::of(host)).await;
    let typed = docker_lines::lines(
        &host.certificates,
        session.context.home,
        &reach.name,
        reach.verifies.is_ok(),
    );
    let document = document::ready(host, reach.address, &typed);
    let mut lines: Vec<Line> = typed.into_iter().map(Line::Info).collect();
    lines.push(Line::Document(document));
    if let Err(reason) = reach.verifies {
        lines.push(Line::Info(format!("--tlsverify cannot be used: {reason}")));
    }
    lines
}
