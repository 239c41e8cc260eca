//! `vm create`: a machine.

use crate::backend::Backend;
use crate::cli::vm::create::VmCreateArgs;
use crate::commands::create::narrator::Line;
use crate::commands::create::session::{CommandFailure, Session};
use crate::commands::create::{document, preview_text};
use crate::provision::{self, Outcome};
use crate::settings::create;

/// Creates a machine in `backend`; returns what to say in the end.
pub async fn vm_create(
    args: VmCreateArgs,
    backend: &dyn Backend,
    session: Session<'_>,
) -> Result<Vec<Line>, CommandFailure> {
    let settings = create::machine(args, session.context)?;
    let passwords = session.passwords(&settings.password);
    let ssh_folder = session.ssh_folder();
    let ports = session.ports(backend, &passwords, &ssh_folder);
    let outcome = provision::run(&settings.job, ports).await?;
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
        // Nobody asked whether Docker answers.
        Outcome::Ready(_) => Vec::new(),
    })
}
