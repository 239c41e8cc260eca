//! `network vnet`, `network dnsserver`, `network export|import`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// Commands on virtual networks.
#[derive(Debug, Subcommand)]
pub enum VnetCommand {
    /// List your Azure Virtual Networks
    List,
    /// Show details about a Virtual Network
    Show(VnetNameArgs),
    /// Delete a virtual network
    Delete(VnetDeleteArgs),
    /// Create a Virtual Network
    Create(Box<VnetCreateArgs>),
    /// Commands to manage your Virtual Network static IP addresses
    #[command(subcommand)]
    StaticIp(VnetStaticIpCommand),
    /// Commands to manage your virtual network subnets
    #[command(subcommand)]
    Subnet(super::subnet::SubnetCommand),
    /// Commands to manage association between virtual network and local network
    #[command(subcommand)]
    LocalNetwork(super::local::AssociationCommand),
}

/// Commands on fixed addresses in a virtual network.
#[derive(Debug, Subcommand)]
pub enum VnetStaticIpCommand {
    /// Check static IP address availability in a Virtual Network
    Check(StaticIpCheckArgs),
}

/// `network vnet static-ip check`.
#[derive(Debug, Clone, Args)]
pub struct StaticIpCheckArgs {
    /// the virtual network
    #[arg(value_name = "vnet")]
    pub vnet: String,
    /// the address
    #[arg(value_name = "ip-address")]
    pub address: String,
    /// the name of the virtual network
    #[arg(long = "vnet", value_name = "vnet")]
    pub vnet_option: Option<String>,
    /// the static IP address
    #[arg(long = "ip-address", value_name = "ip-address")]
    pub address_option: Option<String>,
}

/// `network vnet show`.
#[derive(Debug, Clone, Args)]
pub struct VnetNameArgs {
    /// the virtual network
    #[arg(value_name = "vnet")]
    pub name: String,
    /// the name of the virtual network
    #[arg(long = "vnet", value_name = "vnet")]
    pub name_option: Option<String>,
}

/// `network vnet delete`.
#[derive(Debug, Clone, Args)]
pub struct VnetDeleteArgs {
    /// the virtual network
    #[arg(value_name = "vnet")]
    pub name: String,
    /// the name of the virtual network
    #[arg(long = "vnet", value_name = "vnet")]
    pub name_option: Option<String>,
    /// quiet mode, do not ask for delete confirmation
    #[arg(short = 'q', long)]
    pub quiet: bool,
}

/// `network vnet create`.
#[derive(Debug, Clone, Default, Args)]
pub struct VnetCreateArgs {
    /// the virtual network
    #[arg(value_name = "vnet")]
    pub name: String,
    /// the name of the virtual network
    #[arg(long = "vnet", value_name = "vnet")]
    pub name_option: Option<String>,
    /// the address space for the virtual network
    #[arg(short = 'e', long, value_name = "ipv4")]
    pub address_space: Option<String>,
    /// the maximum number of VMs in the address space
    #[arg(short = 'm', long, value_name = "number")]
    pub max_vm_count: Option<String>,
    /// the address space network mask in CIDR format
    #[arg(short = 'i', long, value_name = "number")]
    pub cidr: Option<String>,
    /// the start IP address of subnet
    #[arg(short = 'p', long, value_name = "ipv4")]
    pub subnet_start_ip: Option<String>,
    /// the name for the subnet
    #[arg(short = 'n', long, value_name = "name")]
    pub subnet_name: Option<String>,
    /// the maximum number of VMs in the subnet
    #[arg(short = 'c', long, value_name = "number")]
    pub subnet_vm_count: Option<String>,
    /// the subnet network mask in CIDR format
    #[arg(short = 'r', long, value_name = "number")]
    pub subnet_cidr: Option<String>,
    /// the location
    #[arg(short = 'l', long, value_name = "name")]
    pub location: Option<String>,
    /// creates a new affinity group at the location specified in --location
    #[arg(short = 'f', long)]
    pub create_new_affinity_group: bool,
    /// the affinity group
    #[arg(short = 'a', long, value_name = "name")]
    pub affinity_group: Option<String>,
    /// the name identifier of the DNS server
    #[arg(short = 'd', long, value_name = "dns-id")]
    pub dns_server_id: Option<String>,
}

/// Commands on name servers.
#[derive(Debug, Subcommand)]
pub enum DnsServerCommand {
    /// List DNS Servers registered with current Network
    List,
    /// Register a DNS Server with current Network
    Register(DnsServerRegisterArgs),
    /// Unregister a DNS Server registered in the current Azure Network by dns-id or dns-ip
    Unregister(DnsServerUnregisterArgs),
}

/// `network dnsserver register`.
#[derive(Debug, Clone, Args)]
pub struct DnsServerRegisterArgs {
    /// the address
    #[arg(value_name = "dnsIp")]
    pub address: Option<String>,
    /// the IP address of the DNS server entry
    #[arg(short = 'p', long, value_name = "name")]
    pub dns_ip: Option<String>,
    /// the name identifier of the DNS server entry
    #[arg(short = 'i', long, value_name = "name")]
    pub dns_id: Option<String>,
}

/// `network dnsserver unregister`.
#[derive(Debug, Clone, Args)]
pub struct DnsServerUnregisterArgs {
    /// the address
    #[arg(value_name = "dnsIp")]
    pub address: Option<String>,
    /// the IP address of the DNS server entry
    #[arg(short = 'p', long, value_name = "name")]
    pub dns_ip: Option<String>,
    /// the name identifier of the DNS server entry
    #[arg(short = 'i', long, value_name = "name")]
    pub dns_id: Option<String>,
    /// quiet mode, do not ask for unregister confirmation
    #[arg(short = 'q', long)]
    pub quiet: bool,
}

/// `network export`, `network import`.
#[derive(Debug, Clone, Args)]
pub struct NetworkFileArgs {
    /// the file
    #[arg(value_name = "file-path")]
    pub file_path: PathBuf,
}
