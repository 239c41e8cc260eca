//! `network vnet subnet`: parts of virtual networks.

use clap::{Args, Subcommand};

/// Commands on the parts of a virtual network.
#[derive(Debug, Subcommand)]
pub enum SubnetCommand {
    /// Create a virtual network subnet
    Create(SubnetCreateArgs),
    /// Set a virtual network subnet
    Set(SubnetSetArgs),
    /// Get all subnets in a virtual network
    List(SubnetListArgs),
    /// Show a details about subnet in a virtual network
    Show(SubnetShowArgs),
    /// Delete a virtual network subnet
    Delete(SubnetDeleteArgs),
}

/// `network vnet subnet create`.
#[derive(Debug, Clone, Args)]
pub struct SubnetCreateArgs {
    /// the virtual network
    #[arg(value_name = "vnet-name")]
    pub vnet: String,
    /// the subnet
    #[arg(value_name = "name")]
    pub name: String,
    /// the name of the virtual network
    #[arg(short = 't', long = "vnet-name", value_name = "vnet-name")]
    pub vnet_option: Option<String>,
    /// the name of the subnet
    #[arg(short = 'n', long = "name", value_name = "name")]
    pub name_option: Option<String>,
    /// the address prefix
    #[arg(short = 'a', long, value_name = "address-prefix")]
    pub address_prefix: Option<String>,
    /// the network security group name
    #[arg(short = 'o', long, value_name = "network-security-group-name")]
    pub network_security_group_name: Option<String>,
}

/// `network vnet subnet set`.
#[derive(Debug, Clone, Args)]
pub struct SubnetSetArgs {
    /// the virtual network
    #[arg(value_name = "vnet-name")]
    pub vnet: String,
    /// the subnet
    #[arg(value_name = "name")]
    pub name: String,
    /// the name of the virtual network
    #[arg(short = 't', long = "vnet-name", value_name = "vnet-name")]
    pub vnet_option: Option<String>,
    /// the name of the subnet
    #[arg(short = 'n', long = "name", value_name = "name")]
    pub name_option: Option<String>,
    /// the address prefix
    #[arg(short = 'a', long, value_name = "address-prefix")]
    pub address_prefix: Option<String>,
}

/// `network vnet subnet list`.
#[derive(Debug, Clone, Args)]
pub struct SubnetListArgs {
    /// the virtual network
    #[arg(value_name = "vnet-name")]
    pub vnet: String,
    /// the name of the virtual network
    #[arg(short = 'e', long = "vnet-name", value_name = "vnet-name")]
    pub vnet_option: Option<String>,
}

/// `network vnet subnet show`.
#[derive(Debug, Clone, Args)]
pub struct SubnetShowArgs {
    /// the virtual network
    #[arg(value_name = "vnet-name")]
    pub vnet: String,
    /// the subnet
    #[arg(value_name = "name")]
    pub name: String,
    /// the name of the virtual network
    #[arg(short = 'e', long = "vnet-name", value_name = "vnet-name")]
    pub vnet_option: Option<String>,
    /// the name of the subnet
    #[arg(short = 'n', long = "name", value_name = "name")]
    pub name_option: Option<String>,
}

/// `network vnet subnet delete`.
#[derive(Debug, Clone, Args)]
pub struct SubnetDeleteArgs {
    /// the virtual network
    #[arg(value_name = "vnet-name")]
    pub vnet: String,
    /// the subnet
    #[arg(value_name = "name")]
    pub name: String,
    /// the name of the virtual network
    #[arg(short = 'e', long = "vnet-name", value_name = "vnet-name")]
    pub vnet_option: Option<String>,
    /// the name of the subnet
    #[arg(short = 'n', long = "name", value_name = "name")]
    pub name_option: Option<String>,
    /// quiet mode, do not ask for delete confirmation
    #[arg(short = 'q', long)]
    pub quiet: bool,
}
