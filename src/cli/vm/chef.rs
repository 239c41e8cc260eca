//! `vm extension set-chef|get-chef`: machines that Chef configures.

use std::path::PathBuf;

use clap::Args;
use secrecy::SecretString;

/// `vm extension set-chef`.
#[derive(Debug, Clone, Default, Args)]
pub struct ChefSetArgs {
    /// the machine
    #[arg(value_name = "vm-name")]
    pub vm_name: String,
    /// extension's version number. Default is latest.
    #[arg(short = 'V', long = "version", value_name = "number")]
    pub extension_version: Option<String>,
    /// extension's reference name
    #[arg(short = 'r', long, value_name = "name")]
    pub reference_name: Option<String>,
    /// Runlist of roles/recipes to apply to VM
    #[arg(short = 'R', long, value_name = "run-list")]
    pub run_list: Option<String>,
    /// chef validation pem file path. Not required if -C or --client-pem option specified
    #[arg(short = 'O', long, value_name = "validation-pem")]
    pub validation_pem: Option<PathBuf>,
    /// chef client configuration file(i.e client.rb) path
    #[arg(short = 'c', long, value_name = "client-config")]
    pub client_config: Option<PathBuf>,
    /// chef client pem file path i.e required in validator less bootstrap
    #[arg(short = 'C', long, value_name = "client-pem")]
    pub client_pem: Option<PathBuf>,
    /// Bootstrap options in JSON format. Ex: -j '{"chef_node_name":"test_node"}'
    #[arg(short = 'j', long, value_name = "bootstrap-json-attribute")]
    pub bootstrap_options: Option<String>,
    /// chef-client version to be installed
    #[arg(long, value_name = "number")]
    pub bootstrap_version: Option<String>,
    /// disable extension
    #[arg(short = 'b', long)]
    pub disable: bool,
    /// uninstall extension
    #[arg(short = 'u', long)]
    pub uninstall: bool,
    /// consider VM hosted in this DNS name
    #[arg(short = 'd', long, value_name = "name")]
    pub dns_name: Option<String>,
    /// It specifies the frequency (in minutes) at which the chef-service runs. Pass 0 if you don't want the chef-service to be installed on the target machine.
    #[arg(long, value_name = "chef-daemon-interval")]
    pub chef_daemon_interval: Option<String>,
    /// A JSON string to be added to the first run of chef-client. Ex: --json-attributes '{"foo" : "bar"}'
    #[arg(long, value_name = "json-attributes")]
    pub json_attributes: Option<String>,
    /// Configures the chef-client service for unattended execution. The node platform to be Windows. Options: 'none' or 'service' or 'task'.
    #[arg(long, value_name = "daemon")]
    pub daemon: Option<String>,
    /// The secret key to use to encrypt data bag item values.
    #[arg(long, value_name = "secret-key")]
    pub secret: Option<SecretString>,
    /// A file containing the secret key to use to encrypt data bag item values.
    #[arg(long, value_name = "secret-file")]
    pub secret_file: Option<PathBuf>,
}

/// `vm extension get-chef`.
#[derive(Debug, Clone, Args)]
pub struct ChefGetArgs {
    /// the machine
    #[arg(value_name = "vm-name")]
    pub vm_name: String,
    /// extension's reference name
    #[arg(short = 'r', long, value_name = "name")]
    pub reference_name: Option<String>,
    /// consider only VM for this DNS name
    #[arg(short = 'd', long, value_name = "name")]
    pub dns_name: Option<String>,
}
