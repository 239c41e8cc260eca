//! `completion`, `man`: scripts and pages made from the definitions of the commands.

use std::path::Path;

use clap::CommandFactory as _;
use clap_complete::Shell;

use super::{CommandResult, Context, Outcome};
use crate::answer::{Answer, Level};
use crate::cli::Line;
use crate::cli::completion::{CompletionArgs, ManArgs};
use crate::failure::Failure;
use crate::files;

/// The shells by the names that they are asked for.
const SHELLS: [(&str, Shell); 4] = [
    ("bash", Shell::Bash),
    ("zsh", Shell::Zsh),
    ("fish", Shell::Fish),
    ("powershell", Shell::PowerShell),
];

/// `completion`.
pub fn completion(context: &Context, args: &CompletionArgs) -> CommandResult {
    let (_, shell) = SHELLS
        .into_iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(&args.shell))
        .ok_or_else(|| {
            Failure::new(format!(
                "Given shell \"{}\" is invalid, supported values are: {}",
                args.shell,
                SHELLS.map(|(name, _)| name).join(", ")
            ))
        })?;
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Line::command(), "azure", &mut script);
    context
        .terminal
        .plain(String::from_utf8_lossy(&script).trim_end());
    Ok(Outcome::Quiet)
}

/// `man`.
pub fn man(context: &Context, args: &ManArgs) -> CommandResult {
    let mut root = Line::command();
    root.build();
    let Some(folder) = &args.folder else {
        context.terminal.plain(page(root, "azure")?.trim_end());
        return Ok(Outcome::Quiet);
    };
    let failed = |error: std::io::Error| {
        Failure::new(format!("failed to write to `{}`", folder.display()))
            .with_cause(error.to_string())
    };
    files::make_folder(folder).map_err(failed)?;
    let written = write(&root, "azure", folder)?;
    let line = format!("{written} pages written to {}", folder.display());
    Ok(Answer::none().with(Level::Info, line).into())
}

/// Writes the page of a command and those of what lies below it; returns how many.
fn write(command: &clap::Command, name: &str, folder: &Path) -> Result<usize, Failure> {
    let path = folder.join(format!("{name}.1"));
    files::replace(&path, page(command.clone(), name)?.as_bytes()).map_err(|error| {
        Failure::new(format!("failed to write `{}`", path.display())).with_cause(error.to_string())
    })?;
    let mut written = 1;
    for sub in command.get_subcommands().filter(|sub| !sub.is_hide_set()) {
        written += write(sub, &format!("{name}-{}", sub.get_name()), folder)?;
    }
    Ok(written)
}

fn page(command: clap::Command, name: &str) -> Result<String, Failure> {
    let mut page = Vec::new();
    clap_mangen::Man::new(command)
        .title(name)
        .render(&mut page)
        .map_err(|error| Failure::new("the page cannot be made").with_cause(error.to_string()))?;
    Ok(String::from_utf8_lossy(&page).into_owned())
}
