//! `login` and `logout`: who is signed in to today's Azure.

use std::path::PathBuf;

use clap::Args;

/// `login`.
#[derive(Debug, Clone, Default, Args)]
pub struct LoginArgs {
    /// sign in as an application, by a secret, a certificate or a federated token
    #[arg(long)]
    pub service_principal: bool,
    /// the application's id [AZURE_CLIENT_ID]
    #[arg(short = 'u', long, value_name = "id")]
    pub username: Option<String>,
    /// the application's secret [AZURE_CLIENT_SECRET]
    #[arg(short = 'p', long, value_name = "secret")]
    pub password: Option<String>,
    /// a certificate with its private key, PEM [AZURE_CLIENT_CERTIFICATE_PATH]
    #[arg(long, value_name = "file")]
    pub certificate_file: Option<PathBuf>,
    /// a token that another authority renews there [AZURE_FEDERATED_TOKEN_FILE]
    #[arg(long, value_name = "file")]
    pub federated_token_file: Option<PathBuf>,
    /// the tenant [AZURE_TENANT_ID, or the user's own]
    #[arg(long, value_name = "id")]
    pub tenant: Option<String>,
    /// sign in as this machine's own identity
    #[arg(long)]
    pub identity: bool,
    /// take the word of `az`, and keep no secret
    #[arg(long)]
    pub az: bool,
    /// the cloud: AzureCloud, AzureChinaCloud or AzureUSGovernment [AzureCloud]
    #[arg(short = 'e', long, value_name = "environment")]
    pub environment: Option<String>,
    /// the Resource Manager of another cloud, which tells its authority
    #[arg(long, value_name = "url")]
    pub resource_manager: Option<String>,
}

/// `logout`.
#[derive(Debug, Clone, Default, Args)]
pub struct LogoutArgs {
    /// who is forgotten [all]
    #[arg(value_name = "username")]
    pub name: Option<String>,
    /// who is forgotten
    #[arg(short = 'u', long, value_name = "username")]
    pub username: Option<String>,
}
