//! The words for the steps of a create in classic Azure, and for their undo.

use crate::backend::site::classic::ClassicTask;

/// What is said when a step begins.
pub fn started(task: &ClassicTask) -> Vec<String> {
    match task {
        ClassicTask::ChooseStorage { made: false, .. } => {
            vec!["Retrieving storage accounts".to_owned()]
        }
        ClassicTask::ChooseStorage { made: true, name } => vec![
            "Retrieving storage accounts".to_owned(),
            format!("Creating a new storage account '{name}'"),
        ],
        other => vec![label(other).to_owned()],
    }
}

/// What was said when the step began, in one line.
pub fn label(task: &ClassicTask) -> &'static str {
    match task {
        ClassicTask::CreateHost { .. } => "Creating cloud service",
        ClassicTask::ChooseStorage { .. } => "Creating a new storage account",
        ClassicTask::AddCertificate { .. } => "Configuring certificate",
        ClassicTask::CreateMachine { .. } => "Creating VM",
        ClassicTask::KeepDisk { .. } => "Keeping disk",
    }
}

/// What is said when a step is taken back.
pub fn undoing(task: &ClassicTask) -> &'static str {
    match task {
        ClassicTask::CreateHost { .. } => "Deleting cloud service",
        ClassicTask::ChooseStorage { .. } => "Deleting storage account",
        ClassicTask::AddCertificate { .. } => "Deleting certificate",
        ClassicTask::CreateMachine { .. } => "Deleting VM",
        ClassicTask::KeepDisk { .. } => "Deleting disk",
    }
}

/// What is said when it could not be.
pub fn left_behind(task: &ClassicTask) -> String {
    match task {
        ClassicTask::CreateHost { name, .. } => format!("Error deleting {name} cloud service"),
        ClassicTask::ChooseStorage { name, .. } => {
            format!("Error deleting storage account {name}")
        }
        ClassicTask::AddCertificate { thumbprint, .. } => {
            format!("Error deleting certificate {thumbprint}")
        }
        ClassicTask::CreateMachine { name, .. } => format!("Error deleting VM {name}"),
        ClassicTask::KeepDisk { address, .. } => format!("Error deleting disk {address}"),
    }
}

/// What a step makes.
pub fn thing(task: &ClassicTask) -> String {
    match task {
        ClassicTask::CreateHost { name, .. } => format!("{} `{name}`", super::HOST),
        ClassicTask::ChooseStorage { name, .. } => format!("storage account `{name}`"),
        ClassicTask::AddCertificate { host, thumbprint } => {
            format!("certificate {thumbprint} of cloud service `{host}`")
        }
        ClassicTask::CreateMachine { name, host, .. } => {
            format!("virtual machine `{name}` of cloud service `{host}`")
        }
        ClassicTask::KeepDisk {
            machine, address, ..
        } => format!("disk `{address}` of virtual machine `{machine}`"),
    }
}

/// What a step does with it.
pub fn verb(task: &ClassicTask) -> &'static str {
    match task {
        ClassicTask::ChooseStorage { made: false, .. } => "use",
        ClassicTask::AddCertificate { .. } => "upload",
        ClassicTask::KeepDisk { .. } => "keep",
        _ => "create",
    }
}

/// The command that removes what a step made.
pub fn command(task: &ClassicTask) -> String {
    match task {
        ClassicTask::CreateHost { name, .. } => format!("azure service delete {name} -q"),
        ClassicTask::ChooseStorage { name, .. } => {
            format!("azure storage account delete {name} -q")
        }
        ClassicTask::AddCertificate { host, thumbprint } => {
            format!("azure service cert delete {thumbprint} -d {host} -q")
        }
        ClassicTask::CreateMachine { name, host, .. } => {
            format!("azure vm delete {name} -d {host} -b -q")
        }
        ClassicTask::KeepDisk { machine, host, .. } => {
            format!("azure vm docker rm {machine} -d {host} -q")
        }
    }
}

/// Does a step make a machine?
pub fn is_machine(task: &ClassicTask) -> bool {
    matches!(task, ClassicTask::CreateMachine { .. })
}

/// Does a step make something, rather than find it?
pub fn was_made(task: &ClassicTask) -> bool {
    !matches!(task, ClassicTask::ChooseStorage { made: false, .. })
}

/// Does what one step made take along what another made, when it is removed? With its last machine a
/// cloud service goes.
pub fn takes_along(one: &ClassicTask, other: &ClassicTask) -> bool {
    matches!(one, ClassicTask::CreateMachine { joins: false, .. })
        && matches!(
            other,
            ClassicTask::CreateHost { .. } | ClassicTask::AddCertificate { .. }
        )
}
