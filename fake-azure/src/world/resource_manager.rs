//! Resource Manager: resource groups and what stands in them, as today's Azure knows it.

mod address_availability;
mod allocation;
mod availability_set;
mod change;
mod command;
mod decision;
pub(crate) mod deployment;
pub(crate) mod deployment_told;
pub(crate) mod disk;
mod disk_source;
pub(crate) mod document;
mod effect;
pub(crate) mod export;
mod extension;
pub(crate) mod group;
pub(crate) mod holdings;
mod image;
mod interface;
pub(crate) mod kind;
mod ledger;
mod look;
mod machine;
mod machine_disks;
mod machine_document;
mod machine_put;
mod machine_rules;
mod machine_told;
mod names;
#[cfg_attr(
    not(test),
    expect(
        dead_code,
        reason = "tables are whole; what sizes and images can do is not yet asked by every rule"
    )
)]
pub(crate) mod offers;
mod pairs;
pub(crate) mod path;
mod platform_image;
pub(crate) mod power;
mod presence;
pub(crate) mod public_address;
mod quota;
mod refusal;
pub(crate) mod resource;
mod run_command;
mod security_group;
mod security_group_told;
mod shelf;
mod shown;
mod snapshot;
mod storage_account;
pub(crate) mod tags;
pub(crate) mod template;
mod view;
mod virtual_network;

pub(crate) use command::{Command, Conditions, Progress, Request, RequestFault};
pub(crate) use kind::Kind;
pub(crate) use look::Look;
pub(crate) use path::Path;
pub(crate) use refusal::{Failure, InUse, NetworkRefusal, Refusal, TagRefusal};
pub(crate) use resource::{Core, known};
pub(crate) use view::{Operation, View};
