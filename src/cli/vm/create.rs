//! `vm create`.

use clap::Args;

use super::machine::{AddressArgs, NetworkArgs, PlaceArgs, RunArgs, SshArgs};

/// Create a VM.
#[derive(Debug, Clone, Args)]
#[command(about = "Create a VM")]
pub struct VmCreateArgs {
    /// the name under cloudapp.net
    #[arg(value_name = "dns-name")]
    pub dns_name: String,
    /// the image
    #[arg(value_name = "image")]
    pub image: String,
    /// the user
    #[arg(value_name = "userName")]
    pub user_name: Option<String>,
    /// the user's password
    #[arg(value_name = "password")]
    pub password: Option<String>,
    /// the user name
    #[arg(short = 'g', long = "userName", value_name = "userName")]
    pub user_option: Option<String>,
    /// the password
    #[arg(short = 'p', long = "password", value_name = "password")]
    pub password_option: Option<String>,
    #[expect(missing_docs, reason = "a doc comment here would become help text")]
    #[command(flatten)]
    pub place: PlaceArgs,
    #[expect(missing_docs, reason = "a doc comment here would become help text")]
    #[command(flatten)]
    pub ssh: SshArgs,
    /// indicates that RDP should be enabled [3389]
    #[arg(short = 'r', long, value_name = "port", num_args = 0..=1, default_missing_value = "3389")]
    pub rdp: Option<String>,
    #[expect(missing_docs, reason = "a doc comment here would become help text")]
    #[command(flatten)]
    pub network: NetworkArgs,
    /// the name of the public IP address assigned to the virtual machine
    #[arg(short = 'i', long, value_name = "name")]
    pub public_ip: Option<String>,
    #[expect(missing_docs, reason = "a doc comment here would become help text")]
    #[command(flatten)]
    pub address: AddressArgs,
    /// the NIC configuration, comma separated list of NIC definition
    #[arg(short = 'f', long, value_name = "nic-config")]
    pub nic_config: Option<String>,
    /// Disable boot diagnostics (enabled by default).
    #[arg(long)]
    pub disable_boot_diagnostics: bool,
    #[expect(missing_docs, reason = "a doc comment here would become help text")]
    #[command(flatten)]
    pub run: RunArgs,
}
