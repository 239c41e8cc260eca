//! `network local-network`, `network vnet local-network`: networks elsewhere.

use clap::{Args, Subcommand};

/// Commands on networks elsewhere.
#[derive(Debug, Subcommand)]
pub enum LocalNetworkCommand {
    /// Create a local network
    Create(LocalNetworkCreateArgs),
    /// Set a local network
    Set(LocalNetworkSetArgs),
    /// Get all local networks
    List,
    /// Get a local network
    Show(LocalNetworkNameArgs),
    /// Delete a local network
    Delete(LocalNetworkDeleteArgs),
}

/// `network local-network create`.
#[derive(Debug, Clone, Args)]
pub struct LocalNetworkCreateArgs {
    /// the local network
    #[arg(value_name = "name")]
    pub name: String,
    /// its addresses
    #[arg(value_name = "address-prefixes")]
    pub address_prefixes: String,
    /// the name of the local network
    #[arg(short = 'n', long = "name", value_name = "name")]
    pub name_option: Option<String>,
    /// the comma separated list of address prefixes
    #[arg(
        short = 'a',
        long = "address-prefixes",
        value_name = "address-prefixes"
    )]
    pub address_prefixes_option: Option<String>,
    /// the VPN Gateway address
    #[arg(short = 'w', long, value_name = "vpn-gateway-address")]
    pub vpn_gateway_address: Option<String>,
}

/// `network local-network set`.
#[derive(Debug, Clone, Args)]
pub struct LocalNetworkSetArgs {
    /// the local network
    #[arg(value_name = "name")]
    pub name: String,
    /// the name of the local network
    #[arg(short = 'n', long = "name", value_name = "name")]
    pub name_option: Option<String>,
    /// the comma separated list of address prefixes
    #[arg(short = 'a', long, value_name = "address-prefixes")]
    pub address_prefixes: Option<String>,
    /// the VPN Gateway address
    #[arg(short = 'w', long, value_name = "vpn-gateway-address")]
    pub vpn_gateway_address: Option<String>,
}

/// `network local-network show`.
#[derive(Debug, Clone, Args)]
pub struct LocalNetworkNameArgs {
    /// the local network
    #[arg(value_name = "name")]
    pub name: String,
    /// the name of the local network
    #[arg(short = 'n', long = "name", value_name = "name")]
    pub name_option: Option<String>,
}

/// `network local-network delete`.
#[derive(Debug, Clone, Args)]
pub struct LocalNetworkDeleteArgs {
    /// the local network
    #[arg(value_name = "name")]
    pub name: String,
    /// the name of the local network
    #[arg(short = 'n', long = "name", value_name = "name")]
    pub name_option: Option<String>,
    /// quiet mode, do not ask for delete confirmation
    #[arg(short = 'q', long)]
    pub quiet: bool,
}

/// Commands on the ways from virtual networks to networks elsewhere.
#[derive(Debug, Subcommand)]
pub enum AssociationCommand {
    /// Associate a local network with a virtual network
    Add(AssociationArgs),
    /// Remove association between a local network and a virtual network
    Remove(AssociationArgs),
}

/// `network vnet local-network add`, `remove`.
#[derive(Debug, Clone, Args)]
pub struct AssociationArgs {
    /// the virtual network
    #[arg(value_name = "name")]
    pub name: String,
    /// the local network
    #[arg(value_name = "local-network-name")]
    pub local_network_name: String,
    /// the name of the virtual network
    #[arg(short = 'n', long = "name", value_name = "name")]
    pub name_option: Option<String>,
    /// the name of the local network
    #[arg(
        short = 'l',
        long = "local-network-name",
        value_name = "local-network-name"
    )]
    pub local_network_option: Option<String>,
}
