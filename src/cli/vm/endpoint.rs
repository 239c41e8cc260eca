//! `vm endpoint`: ports of a machine that are open to the world.

use clap::{Args, Subcommand};

use super::acl_rule::AclRuleCommand;

/// Commands on endpoints.
#[derive(Debug, Subcommand)]
pub enum EndpointCommand {
    /// Create a VM endpoint
    Create(Box<EndpointCreateArgs>),
    /// Create multiple VM endpoints
    CreateMultiple(EndpointCreateMultipleArgs),
    /// Delete a VM endpoint
    Delete(EndpointDeleteArgs),
    /// Update a VM endpoint
    #[command(visible_alias = "set")]
    Update(Box<EndpointUpdateArgs>),
    /// List a VM endpoints
    List(EndpointListArgs),
    /// Show details of VM endpoint
    Show(EndpointShowArgs),
    /// Commands to manage your Virtual Machine endpoint's ACL rules
    #[command(subcommand)]
    AclRule(AclRuleCommand),
}

/// `vm endpoint create`.
#[derive(Debug, Clone, Args)]
pub struct EndpointCreateArgs {
    /// the machine
    #[arg(value_name = "vm-name")]
    pub vm_name: String,
    /// the port outside
    #[arg(value_name = "lb-port")]
    pub lb_port: String,
    /// the port inside
    #[arg(value_name = "vm-port")]
    pub vm_port: Option<String>,
    /// only show VMs for this DNS name
    #[arg(short = 'd', long, value_name = "name")]
    pub dns_name: Option<String>,
    /// the endpoint name
    #[arg(short = 'n', long, alias = "name", value_name = "name")]
    pub endpoint_name: Option<String>,
    /// the local port
    #[arg(short = 'k', long, value_name = "port")]
    pub local_port: Option<String>,
    /// the load-balancer set name
    #[arg(
        short = 'b',
        long,
        alias = "load-balanced-set-name",
        value_name = "name"
    )]
    pub lb_set_name: Option<String>,
    /// the virtual machine port to use to inspect the role availability status
    #[arg(short = 't', long, value_name = "port")]
    pub probe_port: Option<String>,
    /// the protocol to use to inspect the role availability status
    #[arg(short = 'r', long, value_name = "protocol")]
    pub probe_protocol: Option<String>,
    /// the relative path to inspect the role availability status
    #[arg(short = 'p', long, value_name = "path")]
    pub probe_path: Option<String>,
    /// the availability status check interval specified in seconds
    #[arg(short = 'e', long, value_name = "seconds")]
    pub probe_interval: Option<String>,
    /// the availability status check timeout specified in seconds
    #[arg(short = 'f', long, value_name = "seconds")]
    pub probe_timeout: Option<String>,
    /// the transport layer protocol for port (tcp or udp)
    #[arg(short = 'o', long, alias = "protocol", value_name = "protocol")]
    pub endpoint_protocol: Option<String>,
    /// timeout for tcp idle connection specified in minutes
    #[arg(short = 'm', long, value_name = "minutes")]
    pub idle_timeout: Option<String>,
    /// whether to enable direct server return on this endpoint, disabled by default
    #[arg(short = 'u', long, alias = "direct-server-return", value_name = "Enabled|Disabled", num_args = 0..=1, default_missing_value = "Enabled")]
    pub enable_direct_server_return: Option<String>,
    /// the internal load balancer name
    #[arg(short = 'i', long, value_name = "name")]
    pub internal_load_balancer_name: Option<String>,
    /// the load balancer distribution, valid values are [sourceIP, sourceIPProtocol, None]
    #[arg(short = 'a', long, value_name = "distribution")]
    pub load_balancer_distribution: Option<String>,
}

/// `vm endpoint create-multiple`.
#[derive(Debug, Clone, Args)]
pub struct EndpointCreateMultipleArgs {
    /// the machine
    #[arg(value_name = "vm-name")]
    pub vm_name: String,
    /// <lb-port>[:<vm-port>[:<protocol>[:<enable-direct-server-return>[:<lb-set-name>[:<probe-protocol>[:<probe-port>[:<probe-path>[:<internal-lb-name>]]]]]]]] {1-*}
    #[arg(value_name = "endpoints")]
    pub endpoints: Option<String>,
    /// comma separated list of endpoint configurations, each configuration must have the format <public-port>:<local-port>:<protocol>:<idle-timeout>:<direct-server-return>:<probe-protocol>:<probe-port>:<probe-path>:<probe-interval>:<probe-timeout>:<load-balanced-set-name>:<internal-load-balancer-name>:<load-balancer-distribution>
    #[arg(short = 'c', long, value_name = "endpoints-config")]
    pub endpoints_config: Option<String>,
    /// consider VM hosted in this DNS name
    #[arg(short = 'd', long, value_name = "name")]
    pub dns_name: Option<String>,
}

/// `vm endpoint delete`.
#[derive(Debug, Clone, Args)]
pub struct EndpointDeleteArgs {
    /// the machine
    #[arg(value_name = "vm-name")]
    pub vm_name: String,
    /// the endpoint
    #[arg(value_name = "endpoint-name")]
    pub endpoint_name: String,
    /// only consider VMs for this DNS name
    #[arg(short = 'd', long, value_name = "name")]
    pub dns_name: Option<String>,
}

/// `vm endpoint update`, `vm endpoint set`.
///
/// 0.8 names the ports `-l, --lb-port` and `-t, --vm-port`; in 0.10 they are `-l, --public-port`
/// and `-k, --local-port`, and `-t` is the port of the probe. With any option that 0.10 alone has,
/// or spelled `set`, `-t` is read as 0.10 did.
#[derive(Debug, Clone, Args)]
pub struct EndpointUpdateArgs {
    /// the machine
    #[arg(value_name = "vm-name")]
    pub vm_name: String,
    /// the endpoint
    #[arg(value_name = "endpoint-name")]
    pub endpoint_name: String,
    /// only consider VM for this DNS name
    #[arg(short = 'd', long, value_name = "name")]
    pub dns_name: Option<String>,
    /// the new endpoint name
    #[arg(short = 'n', long, alias = "new-name", value_name = "name")]
    pub new_endpoint_name: Option<String>,
    /// the new load balancer port
    #[arg(short = 'l', long, alias = "public-port", value_name = "port")]
    pub lb_port: Option<String>,
    /// the new local port
    #[arg(long, value_name = "port")]
    pub vm_port: Option<String>,
    /// the new local port, as 0.10 spells it
    #[arg(short = 'k', long, value_name = "port")]
    pub local_port: Option<String>,
    /// the new local port; after 0.10's options that of the probe
    #[arg(short = 't', long, value_name = "port")]
    pub probe_port: Option<String>,
    /// the new transport layer protocol for port (tcp or udp)
    #[arg(short = 'o', long, alias = "protocol", value_name = "protocol")]
    pub endpoint_protocol: Option<String>,
    /// timeout for tcp idle connection specified in minutes
    #[arg(short = 'm', long, value_name = "minutes")]
    pub idle_timeout: Option<String>,
    /// the protocol to use to inspect the availability status
    #[arg(short = 'r', long, value_name = "protocol")]
    pub probe_protocol: Option<String>,
    /// the relative path to inspect the availability status
    #[arg(short = 'p', long, value_name = "path")]
    pub probe_path: Option<String>,
    /// the availability status check interval specified in seconds
    #[arg(short = 'e', long, value_name = "seconds")]
    pub probe_interval: Option<String>,
    /// the availability status check timeout specified in seconds
    #[arg(short = 'f', long, value_name = "seconds")]
    pub probe_timeout: Option<String>,
    /// enable or disable direct server return on this endpoint
    #[arg(short = 'u', long, value_name = "Enabled|Disabled", num_args = 0..=1, default_missing_value = "Enabled")]
    pub direct_server_return: Option<String>,
    /// the load-balanced set name
    #[arg(short = 'b', long, alias = "lb-set-name", value_name = "name")]
    pub load_balanced_set_name: Option<String>,
    /// the internal load balancer name
    #[arg(short = 'i', long, value_name = "name")]
    pub internal_load_balancer_name: Option<String>,
    /// the load balancer distribution, valid values are [sourceIP, sourceIPProtocol, None]
    #[arg(short = 'a', long, value_name = "distribution")]
    pub load_balancer_distribution: Option<String>,
}

/// `vm endpoint list`.
#[derive(Debug, Clone, Args)]
pub struct EndpointListArgs {
    /// the machine
    #[arg(value_name = "vm-name")]
    pub vm_name: String,
    /// only show VMs for this DNS name
    #[arg(short = 'd', long, value_name = "name")]
    pub dns_name: Option<String>,
}

/// `vm endpoint show`.
#[derive(Debug, Clone, Args)]
pub struct EndpointShowArgs {
    /// the machine
    #[arg(value_name = "vm-name")]
    pub vm_name: String,
    /// the endpoint, as 0.10 names it
    #[arg(value_name = "endpoint")]
    pub endpoint: Option<String>,
    /// only show details of this endpoint
    #[arg(short = 'e', long, value_name = "name")]
    pub endpoint_name: Option<String>,
    /// only show VMs for this DNS name
    #[arg(short = 'd', long, value_name = "name")]
    pub dns_name: Option<String>,
}
