//! `service`: cloud services.

use clap::{Args, Subcommand};

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
