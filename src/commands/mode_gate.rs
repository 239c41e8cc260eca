//! Which commands belong to one mode, and what is said in the other.

use super::Context;
use crate::cli::Noun;
use crate::cli::account::AccountCommand;
use crate::cli::vm::{DockerCommand, VmCommand};
use crate::failure::Failure;
use crate::settings::mode::Mode;

/// Refuses a command of the other mode.
pub(super) fn check(noun: &Noun, path: &[String], context: &Context) -> Result<(), Failure> {
    let Some(needed) = mode(noun) else {
        return Ok(());
    };
    // Whoever has no profile finds that out by the command itself.
    let Ok(mode) = context.mode() else {
        return Ok(());
    };
    if mode == needed {
        return Ok(());
    }
    Err(needs(path, needed))
}

/// Says which mode a command needs.
pub(super) fn needs(path: &[String], mode: Mode) -> Failure {
    let other = match mode {
        Mode::Asm => "classic Azure",
        Mode::Arm => "Resource Manager",
    };
    Failure::new(format!(
        "`{}` is about {other} and needs {mode} mode",
        path.join(" ")
    ))
    .with_hint(format!("`azure config mode {mode}` chooses it"))
}

/// The one mode that a command has a meaning in.
fn mode(noun: &Noun) -> Option<Mode> {
    match noun {
        Noun::Account(AccountCommand::AffinityGroup(_))
        | Noun::Network(_)
        | Noun::Service(_)
        | Noun::Storage(_) => Some(Mode::Asm),
        Noun::Group(_) | Noun::Location(_) => Some(Mode::Arm),
        Noun::Vm(command) => match command {
            VmCommand::Docker(
                DockerCommand::Create(_)
                | DockerCommand::Ls(_)
                | DockerCommand::Rm(_)
                | DockerCommand::Env(_)
                | DockerCommand::Recover(_),
            )
            | VmCommand::List(_)
            | VmCommand::Show(_)
            | VmCommand::Delete(_)
            | VmCommand::Start(_)
            | VmCommand::Restart(_) => None,
            VmCommand::Stop(_) | VmCommand::Deallocate(_) => Some(Mode::Arm),
            _ => Some(Mode::Asm),
        },
        Noun::Account(_)
        | Noun::Completion(_)
        | Noun::Config(_)
        | Noun::Fake(_)
        | Noun::Login(_)
        | Noun::Logout(_)
        | Noun::Man(_) => None,
    }
}
