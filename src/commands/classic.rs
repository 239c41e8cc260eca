//! The commands that show and change what only classic Azure has: they speak to the Service Management
//! client, whose types carry every field that the old JSON shows.

pub mod acl_rule;
pub mod affinity_group;
pub mod blob;
mod blob_account;
pub mod boot_diagnostics;
pub mod capture;
pub mod chef;
pub mod data_disk;
pub mod disk;
pub mod endpoint;
pub mod extension;
pub mod image;
pub mod internal_load_balancer;
pub mod local_network;
pub mod machine;
mod machine_extension;
pub mod machine_file;
mod meant;
pub mod name_server;
pub mod network;
pub mod network_configuration;
pub mod network_set;
pub mod public_ip;
pub mod sas;
pub mod service;
pub mod service_certificate;
pub mod static_ip;
pub mod storage;
pub mod subnet;
mod view;
pub mod vnet;

use super::{CommandResult, Context};
