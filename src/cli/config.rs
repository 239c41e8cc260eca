//! `config`: settings of this CLI.

use clap::{Args, Subcommand};

/// Commands on settings.
#[derive(Debug, Subcommand)]
pub enum ConfigCommand {
    /// List config settings
    List,
    /// Delete a config setting
    Delete(ConfigDeleteArgs),
    /// Update a config setting
    Set(ConfigSetArgs),
    /// Sets the cli working mode, valid names are 'arm' for resource manager and 'asm' for service management
    Mode(ConfigModeArgs),
}

/// `config delete`.
#[derive(Debug, Clone, Args)]
pub struct ConfigDeleteArgs {
    /// the setting's name
    #[arg(value_name = "name")]
    pub name: String,
}

/// `config set`.
#[derive(Debug, Clone, Args)]
pub struct ConfigSetArgs {
    /// the setting's name
    #[arg(value_name = "name")]
    pub name: String,
    /// its value
    #[arg(value_name = "value")]
    pub value: String,
}

/// `config mode`.
#[derive(Debug, Clone, Args)]
pub struct ConfigModeArgs {
    /// the mode
    #[arg(value_name = "name")]
    pub mode: String,
}
