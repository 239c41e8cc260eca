//! `network`: reserved addresses, virtual networks, name servers.

pub mod local;
pub mod subnet;
pub mod vnet;

use clap::{Args, Subcommand};

/// Commands on networks.
#[derive(Debug, Subcommand)]
pub enum NetworkCommand {
    /// Commands to manage your reserved public Virtual IP addresses
    #[command(subcommand)]
    ReservedIp(ReservedIpCommand),
    /// Commands to manage your Virtual Networks
    #[command(subcommand)]
    Vnet(vnet::VnetCommand),
    /// Commands to manage your DNS Servers
    #[command(subcommand, visible_alias = "dns-server")]
    Dnsserver(vnet::DnsServerCommand),
    /// Commands to manage local network
    #[command(subcommand)]
    LocalNetwork(local::LocalNetworkCommand),
    /// Export the current Network configuration to a file
    Export(vnet::NetworkFileArgs),
    /// Set the Network configuration from a json file
    Import(vnet::NetworkFileArgs),
}

/// Commands on reserved addresses.
#[derive(Debug, Subcommand)]
pub enum ReservedIpCommand {
    /// List your Azure reserved IP addresses
    List,
    /// Show details about a reserved IP address
    Show(ReservedIpShowArgs),
    /// Delete a reserved IP address
    Delete(ReservedIpDeleteArgs),
    /// Create a reserved IP address
    Create(ReservedIpCreateArgs),
}

/// `network reserved-ip show`.
#[derive(Debug, Clone, Args)]
pub struct ReservedIpShowArgs {
    /// the reserved address
    #[arg(value_name = "name")]
    pub name: String,
}

/// `network reserved-ip delete`.
#[derive(Debug, Clone, Args)]
pub struct ReservedIpDeleteArgs {
    /// the reserved address
    #[arg(value_name = "name")]
    pub name: String,
    /// quiet mode, do not ask for delete confirmation
    #[arg(short = 'q', long)]
    pub quiet: bool,
}

/// `network reserved-ip create`.
#[derive(Debug, Clone, Args)]
pub struct ReservedIpCreateArgs {
    /// the reserved address
    #[arg(value_name = "name")]
    pub name: String,
    /// where it lies
    #[arg(value_name = "location")]
    pub location: String,
    /// the reserved IP address label
    #[arg(short = 'e', long, value_name = "label")]
    pub label: Option<String>,
}
