//! `completion`, `man`: what shells and readers of manuals want of these definitions.

use std::path::PathBuf;

use clap::Args;

/// `completion`.
#[derive(Debug, Clone, Args)]
pub struct CompletionArgs {
    /// the shell
    #[arg(value_name = "shell")]
    pub shell: String,
}

/// `man`.
#[derive(Debug, Clone, Args)]
pub struct ManArgs {
    /// write a page for each command into this folder
    #[arg(short = 'f', long, value_name = "folder")]
    pub folder: Option<PathBuf>,
}
