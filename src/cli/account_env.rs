//! `account env`: the clouds that are known by name.

use clap::{Args, Subcommand};

/// Commands on environments.
#[derive(Debug, Subcommand)]
pub enum AccountEnvCommand {
    /// List the environments
    List,
    /// Show an environment
    Show(EnvironmentNameArgs),
    /// Add an environment
    Add(Box<EnvironmentArgs>),
    /// Update an environment
    Set(Box<EnvironmentArgs>),
    /// Delete an environment
    Delete(EnvironmentNameArgs),
}

/// The name of an environment.
#[derive(Debug, Clone, Args)]
pub struct EnvironmentNameArgs {
    /// the environment
    #[arg(value_name = "environment")]
    pub name: Option<String>,
    /// the environment name
    #[arg(long = "environment", value_name = "environment")]
    pub name_option: Option<String>,
}

/// An environment and its endpoints.
#[derive(Debug, Clone, Args)]
pub struct EnvironmentArgs {
    #[expect(missing_docs, reason = "a doc comment here would become help text")]
    #[command(flatten)]
    pub name: EnvironmentNameArgs,
    /// the management portal URL
    #[arg(long, value_name = "portalUrl")]
    pub portal_url: Option<String>,
    /// the publish settings file URL
    #[arg(long, value_name = "publishingProfileUrl")]
    pub publishing_profile_url: Option<String>,
    /// the management service endpoint
    #[arg(long, value_name = "managementEndpointUrl")]
    pub management_endpoint_url: Option<String>,
    /// the resource management endpoint
    #[arg(long, value_name = "resourceManagerEndpointUrl")]
    pub resource_manager_endpoint_url: Option<String>,
    /// the sql server management endpoint for mobile commands
    #[arg(long, value_name = "sqlManagementEndpointUrl")]
    pub sql_management_endpoint_url: Option<String>,
    /// the dns suffix for sql servers
    #[arg(long, value_name = "sqlServerHostnameSuffix")]
    pub sql_server_hostname_suffix: Option<String>,
    /// the Active Directory login endpoint
    #[arg(long, value_name = "activeDirectoryEndpointUrl")]
    pub active_directory_endpoint_url: Option<String>,
    /// The resource ID to obtain AD tokens for
    #[arg(long, value_name = "activeDirectoryResourceId")]
    pub active_directory_resource_id: Option<String>,
    /// the template gallery endpoint
    #[arg(long, value_name = "galleryEndpointUrl")]
    pub gallery_endpoint_url: Option<String>,
    /// the Active Directory resource ID
    #[arg(long, value_name = "activeDirectoryGraphResourceId")]
    pub active_directory_graph_resource_id: Option<String>,
    /// the Active Directory api version
    #[arg(long, value_name = "activeDirectoryGraphApiVersion")]
    pub active_directory_graph_api_version: Option<String>,
    /// the endpoint suffix for storage accounts
    #[arg(long, value_name = "storageEndpointSuffix")]
    pub storage_endpoint_suffix: Option<String>,
    /// the keyvault service dns suffix
    #[arg(long, value_name = "keyVaultDnsSuffix")]
    pub key_vault_dns_suffix: Option<String>,
    /// the data lake store filesystem service dns suffix
    #[arg(long, value_name = "azureDataLakeStoreFileSystemEndpointSuffix")]
    pub azure_data_lake_store_file_system_endpoint_suffix: Option<String>,
    /// the data lake analytics job and catalog service dns suffix
    #[arg(long, value_name = "azureDataLakeAnalyticsCatalogAndJobEndpointSuffix")]
    pub azure_data_lake_analytics_catalog_and_job_endpoint_suffix: Option<String>,
}
