//! `service`: cloud services.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use secrecy::SecretString;

/// Commands on cloud services.
#[derive(Debug, Subcommand)]
pub enum ServiceCommand {
    /// Create a cloud service
    Create(ServiceCreateArgs),
    /// List Azure cloud services
    List,
    /// Show Azure cloud service
    Show(ServiceShowArgs),
    /// Delete a cloud service
    Delete(ServiceDeleteArgs),
    /// Commands to manage your Cloud Services certificates
    #[command(subcommand)]
    Cert(CertCommand),
    /// Commands to manage internal load balancers for your Cloud Service Deployment
    #[command(subcommand)]
    InternalLoadBalancer(super::internal_load_balancer::InternalLoadBalancerCommand),
}

/// Commands on the certificates of cloud services.
#[derive(Debug, Subcommand)]
pub enum CertCommand {
    /// List Azure certificates
    List(CertListArgs),
    /// Show a certificate, or write it to a file
    Get(CertGetArgs),
    /// Upload certificate
    Create(CertCreateArgs),
    /// Delete certificate
    Delete(CertDeleteArgs),
}

/// `service cert list`.
#[derive(Debug, Clone, Args)]
pub struct CertListArgs {
    /// the cloud service name
    #[arg(long = "serviceName", value_name = "serviceName")]
    pub service_name: Option<String>,
}

/// `service cert get`.
#[derive(Debug, Clone, Args)]
pub struct CertGetArgs {
    /// the SHA-1 of the certificate
    #[arg(value_name = "thumbprint")]
    pub thumbprint: String,
    /// indicates to only look for certs for this DNS name
    #[arg(short = 'd', long, value_name = "name")]
    pub dns_name: Option<String>,
    /// write the certificate (PEM) to this file
    #[arg(short = 'f', long, value_name = "file")]
    pub file: Option<PathBuf>,
}

/// `service cert create`.
#[derive(Debug, Clone, Args)]
pub struct CertCreateArgs {
    /// the cloud service
    #[arg(value_name = "dns-name")]
    pub dns_name: String,
    /// the PKCS#12 file
    #[arg(value_name = "file")]
    pub file: PathBuf,
    /// its password
    #[arg(value_name = "password")]
    pub password: Option<SecretString>,
}

/// `service cert delete`.
#[derive(Debug, Clone, Args)]
pub struct CertDeleteArgs {
    /// the SHA-1 of the certificate
    #[arg(value_name = "thumbprint")]
    pub thumbprint: String,
    /// indicates to only look for certs for this DNS name
    #[arg(short = 'd', long, value_name = "name")]
    pub dns_name: Option<String>,
    /// quiet mode, do not ask for delete confirmation
    #[arg(short = 'q', long)]
    pub quiet: bool,
}

/// `service create`.
#[derive(Debug, Clone, Args)]
pub struct ServiceCreateArgs {
    /// the cloud service
    #[arg(value_name = "serviceName")]
    pub name: String,
    /// the cloud service name
    #[arg(long = "serviceName", value_name = "serviceName")]
    pub name_option: Option<String>,
    /// the description. Defaults to 'Service host'
    #[arg(long, value_name = "description")]
    pub description: Option<String>,
    /// the location. Optional if affinitygroup is specified
    #[arg(long, value_name = "location")]
    pub location: Option<String>,
    /// the affinity group. Optional if location is specified
    #[arg(long = "affinitygroup", value_name = "affinitygroup")]
    pub affinity_group: Option<String>,
    /// the label. Defaults to serviceName
    #[arg(long, value_name = "label")]
    pub label: Option<String>,
}

/// `service show`.
#[derive(Debug, Clone, Args)]
pub struct ServiceShowArgs {
    /// the cloud service
    #[arg(value_name = "serviceName")]
    pub name: String,
    /// the cloud service name
    #[arg(long = "serviceName", value_name = "serviceName")]
    pub name_option: Option<String>,
}

/// `service delete`.
#[derive(Debug, Clone, Args)]
pub struct ServiceDeleteArgs {
    /// the cloud service
    #[arg(value_name = "serviceName")]
    pub name: String,
    /// the cloud service name
    #[arg(long = "serviceName", value_name = "serviceName")]
    pub name_option: Option<String>,
    /// quiet mode, do not ask for delete confirmation
    #[arg(short = 'q', long)]
    pub quiet: bool,
}
