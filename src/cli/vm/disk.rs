//! `vm disk`, `vm image create|delete`: blobs that machines boot from or use.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use secrecy::SecretString;

use super::data_disk::{DiskAttachArgs, DiskAttachNewArgs, DiskDetachArgs, DiskUpdateArgs};

/// Commands on disks.
#[derive(Debug, Subcommand)]
pub enum DiskCommand {
    /// Show details about a disk
    Show(DiskNameArgs),
    /// List disk images, or disks attached to a specified VM
    List(DiskListArgs),
    /// Delete a disk image from personal repository
    Delete(DiskDeleteArgs),
    /// Upload and register a disk image
    Create(Box<BlobCreateArgs>),
    /// Upload a VHD to a storage account
    Upload(Box<DiskUploadArgs>),
    /// Attach a data-disk to a VM
    Attach(DiskAttachArgs),
    /// Attach a new data-disk to a VM
    AttachNew(DiskAttachNewArgs),
    /// Update a data-disk attached to a VM
    Update(DiskUpdateArgs),
    /// Detaches a data-disk attached to a VM
    Detach(DiskDetachArgs),
}

/// `vm disk show`.
#[derive(Debug, Clone, Args)]
pub struct DiskNameArgs {
    /// the disk
    #[arg(value_name = "name")]
    pub name: String,
}

/// `vm disk list`.
#[derive(Debug, Clone, Args)]
pub struct DiskListArgs {
    /// the machine
    #[arg(value_name = "vm-name")]
    pub vm_name: Option<String>,
    /// only show VMs for this DNS name
    #[arg(short = 'd', long, value_name = "name")]
    pub dns_name: Option<String>,
}

/// `vm disk delete`, `vm image delete`.
#[derive(Debug, Clone, Args)]
pub struct DiskDeleteArgs {
    /// the disk or image
    #[arg(value_name = "name")]
    pub name: String,
    /// Delete underlying blob from storage
    #[arg(short = 'b', long)]
    pub blob_delete: bool,
}

/// `vm disk create`, `vm image create`.
#[derive(Debug, Clone, Args)]
pub struct BlobCreateArgs {
    /// the disk or image
    #[arg(value_name = "name")]
    pub name: String,
    /// what it is made from
    #[arg(value_name = "source-path")]
    pub source_path: Option<String>,
    /// the target image blob url
    #[arg(short = 'u', long, value_name = "url")]
    pub blob_url: Option<String>,
    /// the location
    #[arg(short = 'l', long, value_name = "name")]
    pub location: Option<String>,
    /// the affinity group
    #[arg(short = 'a', long, value_name = "name")]
    pub affinity_group: Option<String>,
    /// the operating system if any [linux|windows|none]
    #[arg(short = 'o', long, value_name = "type", num_args = 0..=1, default_missing_value = "none")]
    pub os: Option<String>,
    /// the image label
    #[arg(short = 'e', long, value_name = "about")]
    pub label: Option<String>,
    /// the image description
    #[arg(short = 'd', long, value_name = "about")]
    pub description: Option<String>,
    #[expect(missing_docs, reason = "a doc comment here would become help text")]
    #[command(flatten)]
    pub upload: UploadArgs,
}

/// How a blob is moved.
#[derive(Debug, Clone, Args)]
pub struct UploadArgs {
    /// the maximum number of parallel uploads [96]
    #[arg(short = 'p', long, value_name = "number")]
    pub parallel: Option<String>,
    /// skip MD5 hash computation
    #[arg(short = 'm', long)]
    pub md5_skip: bool,
    /// Force overwrite of prior uploads
    #[arg(short = 'f', long)]
    pub force_overwrite: bool,
    /// the base vhd blob url
    #[arg(short = 'b', long, value_name = "blob")]
    pub base_vhd: Option<String>,
    /// the source storage key if source-path is a Microsoft Azure private blob url
    #[arg(short = 'k', long, value_name = "key")]
    pub source_key: Option<SecretString>,
}

/// `vm disk upload`.
#[derive(Debug, Clone, Args)]
pub struct DiskUploadArgs {
    /// what is uploaded
    #[arg(value_name = "source-path")]
    pub source_path: PathBuf,
    /// where it goes
    #[arg(value_name = "blob-url")]
    pub blob_url: String,
    /// the key of the storage account
    #[arg(value_name = "storage-account-key")]
    pub storage_account_key: SecretString,
    #[expect(missing_docs, reason = "a doc comment here would become help text")]
    #[command(flatten)]
    pub upload: UploadArgs,
}
