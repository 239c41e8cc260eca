//! `vm capture`, `vm export`, `vm create-from`: a machine as an image or as a file.

use std::path::PathBuf;

use clap::Args;

/// `vm capture`.
#[derive(Debug, Clone, Args)]
pub struct VmCaptureArgs {
    /// the machine
    #[arg(value_name = "vm-name")]
    pub vm_name: String,
    /// the image
    #[arg(value_name = "target-image-name")]
    pub image_name: String,
    /// filter VMs for the specified DNS name
    #[arg(short = 'd', long, value_name = "name")]
    pub dns_name: Option<String>,
    /// the target image friendly name
    #[arg(short = 'e', long, value_name = "label")]
    pub label: Option<String>,
    /// the OS state [Specialized, Generalized], required for capturing VM as VM Image
    #[arg(short = 'o', long, value_name = "osState")]
    pub os_state: Option<String>,
    /// Delete virtual machine after successful capture, can be used only for capturing a VM as OS Image
    #[arg(short = 't', long)]
    pub delete: bool,
}

/// `vm export`.
#[derive(Debug, Clone, Args)]
pub struct VmExportArgs {
    /// the machine
    #[arg(value_name = "vm-name")]
    pub vm_name: String,
    /// the file
    #[arg(value_name = "file-path")]
    pub file: PathBuf,
    /// Export the virtual machine for this DNS name
    #[arg(short = 'd', long, value_name = "name")]
    pub dns_name: Option<String>,
}

/// `vm create-from`.
#[derive(Debug, Clone, Args)]
pub struct VmCreateFromArgs {
    /// the cloud service
    #[arg(value_name = "dns-name")]
    pub dns_name: String,
    /// the file that `vm export` wrote
    #[arg(value_name = "role-file")]
    pub role_file: PathBuf,
    /// connect to existing VMs
    #[arg(short = 'c', long)]
    pub connect: bool,
    /// the location
    #[arg(short = 'l', long, value_name = "name")]
    pub location: Option<String>,
    /// the affinity group
    #[arg(short = 'a', long, value_name = "name")]
    pub affinity_group: Option<String>,
    /// Upload SSH certificate
    #[arg(short = 't', long, value_name = "pem-file")]
    pub ssh_cert: Option<String>,
    /// the virtual network name
    #[arg(short = 'w', long, value_name = "name")]
    pub virtual_network_name: Option<String>,
}
