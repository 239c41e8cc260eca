//! The words for the steps of a create in Resource Manager, and for their undo: one row for each.

use crate::backend::site::resource_manager::ResourceTask;

/// What a step makes, as its words begin.
fn noun(task: &ResourceTask) -> &'static str {
    match task {
        ResourceTask::CreateResourceGroup { .. } => "resource group",
        ResourceTask::CreateSecurityGroup { .. } => "network security group",
        ResourceTask::CreateVirtualNetwork { .. } => "virtual network",
        ResourceTask::CreatePublicAddress { .. } => "public IP",
        ResourceTask::CreateInterface { .. } => "network interface",
        ResourceTask::CreateVirtualMachine { .. } => "virtual machine",
    }
}

/// What is said when a step begins.
pub fn label(task: &ResourceTask) -> &'static str {
    match task {
        ResourceTask::CreateResourceGroup { .. } => "Creating resource group",
        ResourceTask::CreateSecurityGroup { .. } => "Creating network security group",
        ResourceTask::CreateVirtualNetwork { .. } => "Creating virtual network",
        ResourceTask::CreatePublicAddress { .. } => "Creating public IP",
        ResourceTask::CreateInterface { .. } => "Creating network interface",
        _ => "Creating virtual machine",
    }
}

/// What is said when a step is taken back.
pub fn undoing(task: &ResourceTask) -> &'static str {
    match task {
        ResourceTask::CreateResourceGroup { .. } => "Deleting resource group",
        ResourceTask::CreateSecurityGroup { .. } => "Deleting network security group",
        ResourceTask::CreateVirtualNetwork { .. } => "Deleting virtual network",
        ResourceTask::CreatePublicAddress { .. } => "Deleting public IP",
        ResourceTask::CreateInterface { .. } => "Deleting network interface",
        _ => "Deleting virtual machine",
    }
}

/// Its group and its name.
fn names(task: &ResourceTask) -> (Option<&str>, &str) {
    match task {
        ResourceTask::CreateSecurityGroup { group, name }
        | ResourceTask::CreateVirtualNetwork { group, name }
        | ResourceTask::CreatePublicAddress { group, name, .. }
        | ResourceTask::CreateInterface { group, name }
        | ResourceTask::CreateVirtualMachine { group, name } => (Some(group), name),
        ResourceTask::CreateResourceGroup { name, .. } => (None, name),
    }
}

/// What is said when it could not be.
pub fn left_behind(task: &ResourceTask) -> String {
    format!("Error deleting {} {}", noun(task), names(task).1)
}

/// What a step makes.
pub fn thing(task: &ResourceTask) -> String {
    match names(task) {
        (Some(group), name) => {
            format!("{} `{name}` of resource group `{group}`", noun(task))
        }
        (None, name) => format!("{} `{name}`", noun(task)),
    }
}

/// A step, as a plan lists it.
pub fn step(task: &ResourceTask) -> String {
    match task {
        ResourceTask::CreateResourceGroup { name, location } => {
            format!("create resource group `{name}` in {location}")
        }
        ResourceTask::CreatePublicAddress { name, label, .. } => {
            format!("create public IP `{name}`, Standard and static, with label `{label}`")
        }
        other => format!("create {} `{}`", noun(other), names(other).1),
    }
}

/// The command that removes what a step made.
pub fn command(task: &ResourceTask) -> String {
    match names(task) {
        (None, name) => format!("azure group delete {name} -q"),
        (Some(group), name) => match task {
            ResourceTask::CreateVirtualMachine { .. } => {
                format!("azure vm delete {group} {name} -q")
            }
            _ => format!("azure group delete {group} -q"),
        },
    }
}

/// Does a step make a machine?
pub fn is_machine(task: &ResourceTask) -> bool {
    matches!(task, ResourceTask::CreateVirtualMachine { .. })
}

/// Does what one step made take along what another made, when it is removed?
pub fn takes_along(one: &ResourceTask, other: &ResourceTask) -> bool {
    matches!(one, ResourceTask::CreateResourceGroup { .. })
        && !matches!(other, ResourceTask::CreateResourceGroup { .. })
}
