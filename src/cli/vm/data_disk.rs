//! `vm disk attach|attach-new|update|detach`: data disks of a machine.

use clap::Args;

/// `vm disk attach`.
#[derive(Debug, Clone, Args)]
pub struct DiskAttachArgs {
    /// the machine
    #[arg(value_name = "vm-name")]
    pub vm_name: String,
    /// the disk
    #[arg(value_name = "disk-image-name")]
    pub disk_name: String,
    /// the caching behaviour of disk [None, ReadOnly, ReadWrite]
    #[arg(short = 'c', long, value_name = "name")]
    pub host_caching: Option<String>,
    /// filter VMs for the specified DNS name
    #[arg(short = 'd', long, value_name = "name")]
    pub dns_name: Option<String>,
}

/// `vm disk attach-new`.
#[derive(Debug, Clone, Args)]
pub struct DiskAttachNewArgs {
    /// the machine
    #[arg(value_name = "vm-name")]
    pub vm_name: String,
    /// how large it is
    #[arg(value_name = "size-in-gb")]
    pub size: String,
    /// where it comes to lie
    #[arg(value_name = "blob-url")]
    pub blob_url: Option<String>,
    /// the caching behaviour of disk [None, ReadOnly, ReadWrite]
    #[arg(short = 'c', long, value_name = "name")]
    pub host_caching: Option<String>,
    /// filter VMs for the specified DNS name
    #[arg(short = 'd', long, value_name = "name")]
    pub dns_name: Option<String>,
}

/// `vm disk update`.
#[derive(Debug, Clone, Args)]
pub struct DiskUpdateArgs {
    /// the machine
    #[arg(value_name = "vm-name")]
    pub vm_name: String,
    /// the disk's number
    #[arg(value_name = "lun")]
    pub lun: String,
    /// the caching behaviour of disk [None, ReadOnly, ReadWrite]
    #[arg(short = 'c', long, value_name = "name")]
    pub host_caching: Option<String>,
    /// filter VMs for the specified DNS name
    #[arg(short = 'd', long, value_name = "name")]
    pub dns_name: Option<String>,
}

/// `vm disk detach`.
#[derive(Debug, Clone, Args)]
pub struct DiskDetachArgs {
    /// the machine
    #[arg(value_name = "vm-name")]
    pub vm_name: String,
    /// the disk's number
    #[arg(value_name = "lun")]
    pub lun: String,
    /// filter VMs for the specified DNS name
    #[arg(short = 'd', long, value_name = "name")]
    pub dns_name: Option<String>,
}
