//! `service internal-load-balancer`: load balancers that serve the inside of a virtual network.

use clap::{Args, Subcommand};

/// Commands on internal load balancers.
#[derive(Debug, Subcommand)]
pub enum InternalLoadBalancerCommand {
    /// List internal load balancers for a cloud service deployment
    List(BalancerListArgs),
    /// Add an internal load balancer for a cloud service deployment
    Add(BalancerAddArgs),
    /// Delete an internal load balancer for a cloud service deployment
    Delete(BalancerDeleteArgs),
    /// Update internal load balancer of a cloud service deployment
    Set(BalancerSetArgs),
}

/// `service internal-load-balancer list`.
#[derive(Debug, Clone, Args)]
pub struct BalancerListArgs {
    /// the cloud service
    #[arg(value_name = "serviceName")]
    pub service_word: Option<String>,
    /// the cloud service name
    #[arg(short = 'r', long = "serviceName", value_name = "serviceName")]
    pub service: Option<String>,
}

/// `service internal-load-balancer add`.
#[derive(Debug, Clone, Args)]
pub struct BalancerAddArgs {
    /// the cloud service
    #[arg(value_name = "serviceName")]
    pub service_word: Option<String>,
    /// the load balancer
    #[arg(value_name = "internalLBName")]
    pub name_word: Option<String>,
    /// the cloud service name
    #[arg(short = 'r', long = "serviceName", value_name = "serviceName")]
    pub service: Option<String>,
    /// the internal load balancer name
    #[arg(short = 'n', long = "internalLBName", value_name = "internalLBName")]
    pub name: Option<String>,
    /// the name of the subnet in the virtual network that the load balancer uses
    #[arg(short = 't', long, value_name = "name")]
    pub subnet_name: Option<String>,
    /// specific virtual IP address that the load balancer uses from the subnet in the virtual network
    #[arg(
        short = 'a',
        long = "static-virtualnetwork-ipaddress",
        value_name = "ip-address"
    )]
    pub address: Option<String>,
}

/// `service internal-load-balancer delete`.
#[derive(Debug, Clone, Args)]
pub struct BalancerDeleteArgs {
    /// the cloud service
    #[arg(value_name = "serviceName")]
    pub service_word: Option<String>,
    /// the load balancer
    #[arg(value_name = "internalLBName")]
    pub name_word: Option<String>,
    /// the cloud service name
    #[arg(short = 'r', long = "serviceName", value_name = "serviceName")]
    pub service: Option<String>,
    /// the internal load balancer name
    #[arg(short = 'n', long = "internalLBName", value_name = "internalLBName")]
    pub name: Option<String>,
    /// quiet mode, do not ask for delete confirmation
    #[arg(short = 'q', long)]
    pub quiet: bool,
}

/// `service internal-load-balancer set`.
#[derive(Debug, Clone, Args)]
pub struct BalancerSetArgs {
    /// the cloud service
    #[arg(value_name = "serviceName")]
    pub service_word: Option<String>,
    /// the load balancer
    #[arg(value_name = "internalLBName")]
    pub name_word: Option<String>,
    /// the cloud service name
    #[arg(short = 'r', long = "serviceName", value_name = "serviceName")]
    pub service: Option<String>,
    /// the internal load balancer name
    #[arg(short = 'n', long = "internalLBName", value_name = "internalLBName")]
    pub name: Option<String>,
    /// the name of the subnet in the virtual network that the load balancer uses
    #[arg(short = 't', long, value_name = "name")]
    pub subnet_name: Option<String>,
    /// specific virtual IP address that the load balancer uses from the subnet in the virtual network
    #[arg(
        short = 'a',
        long = "static-virtualnetwork-ipaddress",
        value_name = "ip-address"
    )]
    pub address: Option<String>,
    /// remove subnet entry if it is already defined for the internal load balancer
    #[arg(short = 'd', long)]
    pub remove_subnet: bool,
    /// remove virtual network IP address if it is already defined for the internal load balancer
    #[arg(short = 'e', long)]
    pub remove_vnetip: bool,
}
