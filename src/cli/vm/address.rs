//! `vm static-ip`, `vm public-ip`: addresses of one machine.

use clap::{Args, Subcommand};

/// Commands on the fixed address inside.
#[derive(Debug, Subcommand)]
pub enum StaticIpCommand {
    /// Show a VM static IP address
    Show(StaticIpArgs),
    /// Set a VM static IP address
    Set(StaticIpSetArgs),
    /// Remove a VM static IP address
    Remove(StaticIpArgs),
}

/// `vm static-ip show`, `vm static-ip remove`.
#[derive(Debug, Clone, Args)]
pub struct StaticIpArgs {
    /// the machine
    #[arg(value_name = "vm-name")]
    pub vm_name: String,
    /// consider VM hosted in this DNS name
    #[arg(short = 'd', long, value_name = "name")]
    pub dns_name: Option<String>,
}

/// `vm static-ip set`.
#[derive(Debug, Clone, Args)]
pub struct StaticIpSetArgs {
    /// the machine
    #[arg(value_name = "vm-name")]
    pub vm_name: String,
    /// the address
    #[arg(value_name = "ip-address")]
    pub address: String,
    /// consider VM hosted in this DNS name
    #[arg(short = 'd', long, value_name = "name")]
    pub dns_name: Option<String>,
}

/// Commands on public addresses of one machine.
#[derive(Debug, Subcommand)]
pub enum PublicIpCommand {
    /// List public IP addresses for a VM
    List(PublicIpListArgs),
    /// Set public IP address for a VM
    Set(PublicIpSetArgs),
    /// Delete public IP address for a VM
    Delete(PublicIpDeleteArgs),
}

/// `vm public-ip list`.
#[derive(Debug, Clone, Args)]
pub struct PublicIpListArgs {
    /// the machine
    #[arg(value_name = "vm-name")]
    pub vm_word: Option<String>,
    /// the VM name
    #[arg(short = 'n', long, value_name = "name")]
    pub vm_name: Option<String>,
    /// filter VMs for the specified DNS name
    #[arg(short = 'd', long, value_name = "name")]
    pub dns_name: Option<String>,
}

/// `vm public-ip set`.
#[derive(Debug, Clone, Args)]
pub struct PublicIpSetArgs {
    /// the machine
    #[arg(value_name = "vm-name")]
    pub vm_word: Option<String>,
    /// the address' name
    #[arg(value_name = "publicip-name")]
    pub publicip_word: Option<String>,
    /// the VM name
    #[arg(short = 'n', long, value_name = "name")]
    pub vm_name: Option<String>,
    /// the public IP name
    #[arg(short = 'p', long, value_name = "name")]
    pub publicip_name: Option<String>,
    /// timeout for tcp idle connection
    #[arg(short = 't', long = "idle-timeoutInMinutes", value_name = "timeout")]
    pub idle_timeout: Option<String>,
    /// filter VMs for the specified DNS name
    #[arg(short = 'd', long, value_name = "name")]
    pub dns_name: Option<String>,
}

/// `vm public-ip delete`.
#[derive(Debug, Clone, Args)]
pub struct PublicIpDeleteArgs {
    /// the machine
    #[arg(value_name = "vm-name")]
    pub vm_word: Option<String>,
    /// the address' name
    #[arg(value_name = "publicip-name")]
    pub publicip_word: Option<String>,
    /// the VM name
    #[arg(short = 'n', long, value_name = "name")]
    pub vm_name: Option<String>,
    /// the public IP name
    #[arg(short = 'p', long, value_name = "name")]
    pub publicip_name: Option<String>,
    /// quiet mode, do not ask for remove confirmation
    #[arg(short = 'q', long)]
    pub quiet: bool,
    /// filter VMs for the specified DNS name
    #[arg(short = 'd', long, value_name = "name")]
    pub dns_name: Option<String>,
}
