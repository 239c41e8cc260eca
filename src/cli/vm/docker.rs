//! `vm docker`.

use clap::Args;
use fake_azure::DockerOptions;

use super::machine::{AddressArgs, NetworkArgs, PlaceArgs, RunArgs, SshArgs};

/// Create a VM and run Docker in it, behind TLS.
#[derive(Debug, Clone, Args)]
#[command(about = "Create and configure a VM to run Docker")]
pub struct DockerCreateArgs {
    /// the name under cloudapp.net
    #[arg(value_name = "dns-name")]
    pub dns_name: String,
    /// the image, or a family such as Ubuntu-14_04
    #[arg(value_name = "image")]
    pub image: String,
    /// the user
    #[arg(value_name = "user-name")]
    pub user_name: String,
    /// the user's password
    #[arg(value_name = "password")]
    pub password: Option<String>,
    /// Port to use for docker [4243]
    #[arg(short = 'p', long, value_name = "port", num_args = 0..=1, default_missing_value = "4243")]
    pub docker_port: Option<String>,
    /// Directory containing docker certs [~/.docker/]
    #[arg(short = 'C', long, value_name = "dir", num_args = 0..=1, default_missing_value = "")]
    pub docker_cert_dir: Option<std::ffi::OsString>,
    /// Docker server certificate's CN
    #[arg(short = 'N', long, value_name = "CN")]
    pub docker_cert_cn: Option<String>,
    #[expect(missing_docs, reason = "a doc comment here would become help text")]
    #[command(flatten)]
    pub place: PlaceArgs,
    #[expect(missing_docs, reason = "a doc comment here would become help text")]
    #[command(flatten)]
    pub ssh: SshArgs,
    #[expect(missing_docs, reason = "a doc comment here would become help text")]
    #[command(flatten)]
    pub network: NetworkArgs,
    #[expect(missing_docs, reason = "a doc comment here would become help text")]
    #[command(flatten)]
    pub address: AddressArgs,
    #[expect(missing_docs, reason = "a doc comment here would become help text")]
    #[command(flatten)]
    pub run: RunArgs,
    /// wait so many seconds until Docker answers; 0 ends where the old CLI ended [600]
    #[arg(long, value_name = "seconds")]
    pub wait: Option<u64>,
    /// provision in an embedded simulator, then serve it
    #[arg(long)]
    pub fake: bool,
    /// with --fake: end instead of serving
    #[arg(long, requires = "fake")]
    pub exit: bool,
    #[expect(missing_docs, reason = "a doc comment here would become help text")]
    #[command(flatten)]
    pub simulated: DockerOptions,
}
