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
    /// Port to use for docker [4243; in arm mode 2376]
    #[arg(short = 'p', long, value_name = "port", num_args = 0..=1, default_missing_value = "")]
    pub docker_port: Option<String>,
    /// Directory containing docker certs [~/.docker/]
    #[arg(short = 'C', long, value_name = "dir", num_args = 0..=1, default_missing_value = "")]
    pub docker_cert_dir: Option<std::ffi::OsString>,
    /// Docker server certificate's CN
    #[arg(short = 'N', long, value_name = "CN")]
    pub docker_cert_cn: Option<String>,
    /// in arm mode: the resource group of all that is made [the host's name]
    #[arg(short = 'g', long, value_name = "name")]
    pub resource_group: Option<String>,
    /// in arm mode: let only these blocks of addresses in, such as 203.0.113.0/24 [everybody]
    #[arg(long, value_name = "list")]
    pub open_to: Option<String>,
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

/// `vm docker ls`.
#[derive(Debug, Clone, Args)]
pub struct DockerListArgs {
    /// only list hosts of this DNS name
    #[arg(short = 'd', long, value_name = "name")]
    pub dns_name: Option<String>,
    /// Directory containing docker certs [the one that the host was made with, else ~/.docker/]
    #[arg(short = 'C', long, value_name = "dir")]
    pub docker_cert_dir: Option<std::ffi::OsString>,
}

/// `vm docker rm`.
#[derive(Debug, Clone, Args)]
pub struct DockerRemoveArgs {
    /// the hosts
    #[arg(value_name = "name", required = true, num_args = 1..)]
    pub names: Vec<String>,
    /// only look for hosts of this DNS name
    #[arg(short = 'd', long, value_name = "name")]
    pub dns_name: Option<String>,
    /// only look for hosts in this resource group (arm mode)
    #[arg(short = 'g', long, value_name = "name")]
    pub resource_group: Option<String>,
    /// quiet mode, do not ask for delete confirmation
    #[arg(short = 'q', long)]
    pub quiet: bool,
}

/// `vm docker env`.
#[derive(Debug, Clone, Args)]
pub struct DockerEnvArgs {
    /// the host
    #[arg(value_name = "name", required_unless_present = "unset")]
    pub name: Option<String>,
    /// only look for hosts of this DNS name
    #[arg(short = 'd', long, value_name = "name")]
    pub dns_name: Option<String>,
    /// only look for hosts in this resource group (arm mode)
    #[arg(short = 'g', long, value_name = "name")]
    pub resource_group: Option<String>,
    /// the shell to print for: sh, bash, zsh, fish, powershell or cmd [that of SHELL, else sh]
    #[arg(long, value_name = "shell")]
    pub shell: Option<String>,
    /// print what takes the variables back
    #[arg(short = 'u', long)]
    pub unset: bool,
    /// make a context of the docker command instead of printing variables
    #[arg(long, conflicts_with_all = ["unset", "shell"])]
    pub context: bool,
    /// Directory containing docker certs [the one that the host was made with, else ~/.docker/]
    #[arg(short = 'C', long, value_name = "dir")]
    pub docker_cert_dir: Option<std::ffi::OsString>,
}

/// `vm docker recover`.
#[derive(Debug, Clone, Args)]
pub struct DockerRecoverArgs {
    /// the hosts [all that are unfinished]
    #[arg(value_name = "name", num_args = 0..)]
    pub names: Vec<String>,
    /// take back what was made, instead of finishing it
    #[arg(long)]
    pub undo: bool,
    /// only list what is unfinished
    #[arg(long, conflicts_with = "undo")]
    pub list: bool,
    /// the user's password, for a machine that was not made yet
    #[arg(short = 'p', long, value_name = "password")]
    pub password: Option<String>,
    /// read the password from the first line of this file
    #[arg(long, value_name = "file")]
    pub password_file: Option<std::path::PathBuf>,
    /// read the password from standard input
    #[arg(long)]
    pub password_stdin: bool,
}
