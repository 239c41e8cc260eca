//! `account`: subscriptions and how to reach them.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::account_env::AccountEnvCommand;

/// Commands on subscriptions.
#[derive(Debug, Subcommand)]
pub enum AccountCommand {
    /// List the imported subscriptions
    List,
    /// Show details about a subscription
    Show(AccountShowArgs),
    /// Set the current subscription
    Set(AccountSetArgs),
    /// Remove a subscription or environment, or clear all of the stored account and environment info
    Clear(AccountClearArgs),
    /// Import a publishsettings file or certificate for your account
    Import(AccountImportArgs),
    /// Launch a browser to download your publishsettings file
    Download(AccountDownloadArgs),
    /// Commands to manage your account environment
    #[command(subcommand)]
    Env(AccountEnvCommand),
    /// Commands to manage your Affinity Groups
    #[command(subcommand)]
    AffinityGroup(AffinityGroupCommand),
    /// Commands to manage your account certificates
    #[command(subcommand)]
    Cert(AccountCertCommand),
}

/// Commands on the certificates of subscriptions.
#[derive(Debug, Subcommand)]
pub enum AccountCertCommand {
    /// Exports the publish settings file as a PEM file
    Export(AccountCertExportArgs),
}

/// `account cert export`.
#[derive(Debug, Clone, Args)]
pub struct AccountCertExportArgs {
    /// the name of the cert file. If not specified, generate a file in pwd using the subscription ID as the file name
    #[arg(short = 'f', long, value_name = "file")]
    pub file: Option<PathBuf>,
    /// the publish settings file
    #[arg(short = 'p', long, value_name = "publishsettings")]
    pub publishsettings: Option<PathBuf>,
}

/// Commands on affinity groups.
#[derive(Debug, Subcommand)]
pub enum AffinityGroupCommand {
    /// List affinity groups
    List,
    /// Create an affinity group
    Create(AffinityGroupCreateArgs),
    /// Show details about an affinity group
    Show(AffinityGroupShowArgs),
    /// Delete an affinity group
    Delete(AffinityGroupDeleteArgs),
}

/// `account affinity-group create`.
#[derive(Debug, Clone, Args)]
pub struct AffinityGroupCreateArgs {
    /// the affinity group
    #[arg(value_name = "name")]
    pub name: String,
    /// the data center location
    #[arg(short = 'l', long, value_name = "location")]
    pub location: Option<String>,
    /// the affinity group label
    #[arg(short = 'e', long, value_name = "label")]
    pub label: Option<String>,
    /// the affinity group description
    #[arg(short = 'd', long, value_name = "description")]
    pub description: Option<String>,
}

/// `account affinity-group show`.
#[derive(Debug, Clone, Args)]
pub struct AffinityGroupShowArgs {
    /// the affinity group
    #[arg(value_name = "name")]
    pub name: String,
}

/// `account affinity-group delete`.
#[derive(Debug, Clone, Args)]
pub struct AffinityGroupDeleteArgs {
    /// the affinity group
    #[arg(value_name = "name")]
    pub name: String,
    /// quiet mode, do not ask for delete confirmation
    #[arg(short = 'q', long)]
    pub quiet: bool,
}

/// `account show`.
#[derive(Debug, Clone, Args)]
pub struct AccountShowArgs {
    /// the subscription's name or id
    #[arg(value_name = "subscriptionNameOrId")]
    pub name: Option<String>,
    /// The subscription to show
    #[arg(long = "subscriptionNameOrId", value_name = "subscriptionNameOrId")]
    pub name_option: Option<String>,
    /// Show extra information about the subscription
    #[arg(short = 'd', long)]
    pub details: bool,
}

/// `account set`.
#[derive(Debug, Clone, Args)]
pub struct AccountSetArgs {
    /// the subscription's name or id
    #[arg(value_name = "subscriptionNameOrId")]
    pub name: String,
}

/// `account clear`.
#[derive(Debug, Clone, Args)]
pub struct AccountClearArgs {
    /// Environment name to remove
    #[arg(short = 'e', long, value_name = "environmentName")]
    pub environment: Option<String>,
    /// quiet mode, do not ask for delete confirmation
    #[arg(short = 'q', long)]
    pub quiet: bool,
}

/// `account import`.
#[derive(Debug, Clone, Args)]
pub struct AccountImportArgs {
    /// the file
    #[arg(value_name = "file")]
    pub file: PathBuf,
    /// skip registering resources
    #[arg(long = "skipregister")]
    pub skip_register: bool,
}

/// `account download`.
#[derive(Debug, Clone, Args)]
pub struct AccountDownloadArgs {
    /// the publish settings download environment
    #[arg(short = 'e', long, value_name = "environment")]
    pub environment: Option<String>,
    /// the organization's realm
    #[arg(short = 'r', long, value_name = "realm")]
    pub realm: Option<String>,
}
