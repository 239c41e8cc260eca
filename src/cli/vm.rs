//! `vm`: virtual machines.

pub mod acl_rule;
pub mod address;
pub mod chef;
pub mod create;
pub mod data_disk;
pub mod disk;
pub mod docker;
pub mod docker_of_0_10;
pub mod endpoint;
pub mod extension;
pub mod machine;
pub mod whole;

use clap::{Args, Subcommand};

/// Commands on virtual machines.
#[derive(Debug, Subcommand)]
pub enum VmCommand {
    /// Create a VM
    Create(Box<create::VmCreateArgs>),
    /// List the VM
    List(VmListArgs),
    /// Show details about the VM
    Show(VmNameArgs),
    /// Delete the VM
    Delete(VmDeleteArgs),
    /// Start the VM
    Start(VmNameArgs),
    /// Restart the VM
    Restart(VmNameArgs),
    /// Shutdown the VM
    Shutdown(VmShutdownArgs),
    /// Stop the VM, which is billed as before (arm mode)
    Stop(VmNameArgs),
    /// Stop the VM and release its compute resources (arm mode)
    Deallocate(VmNameArgs),
    /// Update VM settings
    Set(VmSetArgs),
    /// Capture the VM as OS Image or VM Image
    Capture(whole::VmCaptureArgs),
    /// Export a VM to a file
    Export(whole::VmExportArgs),
    /// Create a VM from json role file
    CreateFrom(Box<whole::VmCreateFromArgs>),
    /// Commands to manage your Docker Virtual Machine
    #[command(subcommand)]
    Docker(DockerCommand),
    /// Commands to manage your Virtual Machine locations
    #[command(subcommand)]
    Location(LocationCommand),
    /// Commands to manage your Virtual Machine endpoints
    #[command(subcommand)]
    Endpoint(endpoint::EndpointCommand),
    /// Commands to manage VM resource extensions
    #[command(subcommand)]
    Extension(extension::ExtensionCommand),
    /// Commands to manage your Virtual Machine images
    #[command(subcommand)]
    Image(ImageCommand),
    /// Commands to manage your Virtual Machine data disks
    #[command(subcommand)]
    Disk(disk::DiskCommand),
    /// Commands to manage your Virtual Machine static IP address
    #[command(subcommand)]
    StaticIp(address::StaticIpCommand),
    /// Commands to manage your Virtual Machine public IP address
    #[command(subcommand)]
    PublicIp(address::PublicIpCommand),
}

/// Commands on Docker hosts.
#[derive(Debug, Subcommand)]
pub enum DockerCommand {
    /// Create and configure a VM to run Docker
    Create(Box<docker::DockerCreateArgs>),
    /// List the hosts that have Docker, and whether it answers
    Ls(docker::DockerListArgs),
    /// Remove Docker hosts with what was made for them
    Rm(docker::DockerRemoveArgs),
    /// Print what a shell needs to meet a Docker host
    Env(docker::DockerEnvArgs),
    /// Finish what an earlier run left unfinished, or take it back
    Recover(docker::DockerRecoverArgs),
}

/// Commands on locations.
#[derive(Debug, Subcommand)]
pub enum LocationCommand {
    /// List locations available for your account
    List,
}

/// Commands on images.
#[derive(Debug, Subcommand)]
pub enum ImageCommand {
    /// Show details about a VM image
    Show(ImageNameArgs),
    /// List VM images
    List,
    /// Delete a VM image from a personal repository
    Delete(disk::DiskDeleteArgs),
    /// Upload and register a VM image
    Create(Box<disk::BlobCreateArgs>),
}

/// `vm list`.
#[derive(Debug, Clone, Args)]
pub struct VmListArgs {
    /// in arm mode: only show VMs of this resource group
    #[arg(value_name = "group", hide = true)]
    pub group: Option<String>,
    /// only show VMs for this DNS name
    #[arg(short = 'd', long, value_name = "name")]
    pub dns_name: Option<String>,
}

/// `vm show`, `vm start`, `vm restart`.
#[derive(Debug, Clone, Args)]
pub struct VmNameArgs {
    /// the machine; in arm mode, its resource group may stand before it
    #[arg(value_name = "name")]
    pub name: String,
    /// in arm mode: the machine, when its resource group stands before it
    #[arg(value_name = "machine", hide = true)]
    pub machine: Option<String>,
    /// only show VMs for this DNS name
    #[arg(short = 'd', long, value_name = "name")]
    pub dns_name: Option<String>,
}

/// `vm delete`.
#[derive(Debug, Clone, Args)]
pub struct VmDeleteArgs {
    /// the machine; in arm mode, its resource group may stand before it
    #[arg(value_name = "name")]
    pub name: String,
    /// in arm mode: the machine, when its resource group stands before it
    #[arg(value_name = "machine", hide = true)]
    pub machine: Option<String>,
    /// only show VMs for this DNS name
    #[arg(short = 'd', long, value_name = "name")]
    pub dns_name: Option<String>,
    /// Remove image and disk blobs
    #[arg(short = 'b', long)]
    pub blob_delete: bool,
    /// quiet mode, do not ask for delete confirmation
    #[arg(short = 'q', long)]
    pub quiet: bool,
}

/// `vm shutdown`.
#[derive(Debug, Clone, Args)]
pub struct VmShutdownArgs {
    /// the machine
    #[arg(value_name = "name")]
    pub name: String,
    /// only show VMs for this DNS name
    #[arg(short = 'd', long, value_name = "name")]
    pub dns_name: Option<String>,
    /// if specified the compute resource will not be released on shutdown
    #[arg(short = 'p', long)]
    pub stay_provisioned: bool,
}

/// `vm set`.
#[derive(Debug, Clone, Args)]
pub struct VmSetArgs {
    /// the machine
    #[arg(value_name = "name")]
    pub name: String,
    /// only show VMs for this DNS name
    #[arg(short = 'd', long, value_name = "name")]
    pub dns_name: Option<String>,
    /// Input true/false to enable/disable boot diagnostics.
    #[arg(short = 'B', long, value_name = "boot-diagnostics-enabled")]
    pub boot_diagnostics_enabled: Option<String>,
}

/// `vm image show`.
#[derive(Debug, Clone, Args)]
pub struct ImageNameArgs {
    /// the image
    #[arg(value_name = "name")]
    pub name: String,
}
