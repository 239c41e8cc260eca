//! Options that both create commands take. Help shows them in the old CLI's order, so they come in
//! groups with room between them.

use clap::Args;

/// What, where, and from which image.
#[derive(Debug, Clone, Default, Args)]
pub struct PlaceArgs {
    /// the <image> is a community image
    #[arg(short = 'o', long)]
    pub community: bool,
    /// connect to existing VMs
    #[arg(short = 'c', long)]
    pub connect: bool,
    /// the location
    #[arg(short = 'l', long, value_name = "name")]
    pub location: Option<String>,
    /// the affinity group
    #[arg(short = 'a', long, value_name = "name")]
    pub affinity_group: Option<String>,
    /// the blob url for OS disk
    #[arg(short = 'u', long, value_name = "url")]
    pub blob_url: Option<String>,
    /// the virtual machine size [Small]
    #[arg(short = 'z', long, value_name = "size")]
    pub vm_size: Option<String>,
    /// the virtual machine name
    #[arg(short = 'n', long, value_name = "name")]
    pub vm_name: Option<String>,
}

/// How to enter over ssh.
#[derive(Debug, Clone, Default, Args)]
pub struct SshArgs {
    /// the ssh port to enable [22]
    #[arg(short = 'e', long, value_name = "port", num_args = 0..=1, default_missing_value = "22")]
    pub ssh: Option<String>,
    /// the SSH certificate
    #[arg(short = 't', long, value_name = "pem-file|fingerprint")]
    pub ssh_cert: Option<String>,
    /// indicates that the password should be removed when using --ssh-cert
    #[arg(short = 'P', long)]
    pub no_ssh_password: bool,
    /// indicates that no public SSH endpoint should be created
    #[arg(short = 'E', long)]
    pub no_ssh_endpoint: bool,
    /// Auto generate SSH keys, will be ignored if --ssh-cert is specified.
    #[arg(short = 'G', long)]
    pub generate_ssh_keys: bool,
}

/// Which network.
#[derive(Debug, Clone, Default, Args)]
pub struct NetworkArgs {
    /// the virtual network name
    #[arg(short = 'w', long, value_name = "name")]
    pub virtual_network_name: Option<String>,
    /// the comma-delimited subnet names
    #[arg(short = 'b', long, value_name = "list")]
    pub subnet_names: Option<String>,
}

/// Which addresses, and what else.
#[derive(Debug, Clone, Default, Args)]
pub struct AddressArgs {
    /// the static IP address assigned to the virtual machine
    #[arg(short = 'S', long, value_name = "ip-address")]
    pub static_ip: Option<String>,
    /// the name of the reserved IP address assigned to the virtual machine
    #[arg(short = 'R', long, value_name = "name")]
    pub reserved_ip: Option<String>,
    /// the name of availability set to create or use
    #[arg(short = 'A', long, value_name = "name")]
    pub availability_set: Option<String>,
    /// CustomData file
    #[arg(short = 'd', long, value_name = "custom-data-file")]
    pub custom_data: Option<String>,
}

/// What this CLI adds to the old one's options.
#[derive(Debug, Clone, Default, Args)]
pub struct RunArgs {
    /// read the password from the first line of a file
    #[arg(long, value_name = "file")]
    pub password_file: Option<std::path::PathBuf>,
    /// read the password from the first line of standard input
    #[arg(long)]
    pub password_stdin: bool,
    /// keep what was made when the command fails, and say how to remove it
    #[arg(long)]
    pub keep: bool,
    /// check everything, print the plan, change nothing
    #[arg(long)]
    pub dry_run: bool,
}
