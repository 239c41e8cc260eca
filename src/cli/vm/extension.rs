//! `vm extension`: what is installed into machines.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use secrecy::SecretString;

/// Commands on extensions.
#[derive(Debug, Subcommand)]
pub enum ExtensionCommand {
    /// List available resource extensions for VMs
    List(ExtensionListArgs),
    /// Enable/disable resource extensions for VMs
    Set(Box<ExtensionSetArgs>),
    /// Gets resource extensions applied to a VM.
    Get(ExtensionGetArgs),
    /// Enable/disable Chef extensions for VMs
    SetChef(Box<super::chef::ChefSetArgs>),
    /// Gets Chef extension applied to a VM.
    GetChef(super::chef::ChefGetArgs),
}

/// `vm extension list`.
#[derive(Debug, Clone, Args)]
pub struct ExtensionListArgs {
    /// name of the extension
    #[arg(short = 'n', long, value_name = "name")]
    pub extension_name: Option<String>,
    /// name of the extension publisher
    #[arg(short = 'p', long, value_name = "name")]
    pub publisher_name: Option<String>,
    /// version number of the extension to fetch
    #[arg(short = 'e', long = "version", value_name = "version")]
    pub extension_version: Option<String>,
    /// list all versions of an extension
    #[arg(short = 'a', long)]
    pub all_versions: bool,
}

/// `vm extension set`.
#[derive(Debug, Clone, Args)]
pub struct ExtensionSetArgs {
    /// the machine
    #[arg(value_name = "vm-name")]
    pub vm_name: String,
    /// the extension
    #[arg(value_name = "extension-name")]
    pub extension_name: String,
    /// who made it
    #[arg(value_name = "publisher-name")]
    pub publisher_name: String,
    /// its version, or a pattern such as `1.*`
    #[arg(value_name = "version")]
    pub extension_version: String,
    /// extension's reference name
    #[arg(short = 'r', long, value_name = "name")]
    pub reference_name: Option<String>,
    /// public configuration text
    #[arg(short = 'i', long, value_name = "public-config")]
    pub public_config: Option<String>,
    /// public configuration file path
    #[arg(short = 'c', long, value_name = "public-config-path")]
    pub public_config_path: Option<PathBuf>,
    /// private configuration text
    #[arg(short = 't', long, value_name = "private-config")]
    pub private_config: Option<SecretString>,
    /// private configuration file path
    #[arg(short = 'e', long, value_name = "private-config-path")]
    pub private_config_path: Option<PathBuf>,
    /// disable extension
    #[arg(short = 'b', long)]
    pub disable: bool,
    /// uninstall extension
    #[arg(short = 'u', long)]
    pub uninstall: bool,
    /// consider VM hosted in this DNS name
    #[arg(short = 'd', long, value_name = "name")]
    pub dns_name: Option<String>,
}

/// `vm extension get`.
#[derive(Debug, Clone, Args)]
pub struct ExtensionGetArgs {
    /// the machine
    #[arg(value_name = "vm-name")]
    pub vm_name: String,
    /// name of the extension
    #[arg(short = 'n', long, value_name = "name")]
    pub extension_name: Option<String>,
    /// name of the extension publisher
    #[arg(short = 'p', long, value_name = "name")]
    pub publisher_name: Option<String>,
    /// extension's reference name
    #[arg(short = 'r', long, value_name = "name")]
    pub reference_name: Option<String>,
    /// consider only VM for this DNS name
    #[arg(short = 'd', long, value_name = "name")]
    pub dns_name: Option<String>,
}
