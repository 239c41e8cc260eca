//! What is made, why it cannot be made and what is left of it, in the words of the 2014 CLI where it
//! had any: scripts match on them. What only one cloud knows has a table of its own.

pub mod classic;
pub mod resource_manager;

use crate::backend::{OpenSshKey, SshKey, Task};
use crate::event::{Because, Wish};
use crate::provision::{CreateFailure, Difference, Part, Problem, Stays};

/// A create, a recovery or a removal that failed.
pub fn failure(failure: &CreateFailure) -> String {
    match failure {
        CreateFailure::Problem(told) => problem(told),
        other => other.to_string(),
    }
}

/// What is wrong with an order, or with what it meets in the cloud.
pub fn problem(problem: &Problem) -> String {
    match problem {
        Problem::Classic(problem) => classic::problem(problem),
        Problem::ResourceManager(problem) => resource_manager::problem(problem),
        Problem::NoUser => {
            "--userName is required when <image> is an OS image or a generalized image".to_owned()
        }
        Problem::SshOptionsWithoutSsh => {
            "--no-ssh-password, --ssh-cert and --generate-ssh-keys can only be used with --ssh or --no-ssh-endpoint parameter".to_owned()
        }
        Problem::NoPasswordWithoutKey => {
            "--no-ssh-password can only be used with the --ssh-cert or --generate-ssh-keys parameter".to_owned()
        }
        Problem::PortTaken(port) => format!(
            "Port {port} is already in use by one of the endpoints in this deployment. Ensure that the port numbers are unique across endpoints within a deployment."
        ),
        Problem::LocalPortTaken { port, endpoint } => format!(
            "Local Port {port} for endpoint {endpoint} is already in use by one of the other endpoints in this role. Ensure that the local port numbers are unique across endpoints within a role."
        ),
        Problem::CustomDataTooLong { most } => {
            format!("--custom-data must be less than {} KB", most.div_ceil(1024))
        }
        Problem::ImageNotFound { name, .. } => format!("Image \"{name}\" not found"),
        Problem::ImageAmbiguous { name, .. } => format!("Image \"{name}\" is ambiguous"),
        Problem::HostName(name) => {
            format!("`{name}` cannot be used: {}", classic::NO_NAME)
        }
        Problem::NoPlace => classic::NO_PLACE.to_owned(),
        Problem::LocationNotFound { .. } => {
            "No location found which has DisplayName or Name same as value of --location".to_owned()
        }
        Problem::LocationWithoutMachines(name) => {
            format!("the given location '{name}' does not support PersistentVMRole service")
        }
        Problem::Unfinished { differences, .. } => {
            let told: Vec<String> = differences.iter().map(difference).collect();
            if told.is_empty() {
                problem.to_string()
            } else {
                format!("{problem}, and asks for something else: {}", told.join("; "))
            }
        }
        Problem::HostInhabited(name) => {
            format!("A VM with dns prefix \"{name}\" already exists")
        }
        other => other.to_string(),
    }
}

/// In what a line differs from the one that began what is unfinished.
pub fn difference(difference: &Difference) -> String {
    let option = part(difference.part);
    let (before, now) = (difference.before.as_deref(), difference.now.as_deref());
    match (before, now) {
        (Some(""), _) => format!("{option} in the unfinished run, not now"),
        (_, Some("")) => format!("{option} now, not in the unfinished run"),
        (Some(before), Some(now)) if before == now => {
            format!("{option} `{now}` held something else in the unfinished run")
        }
        (Some(before), now) => {
            let now = now.map_or_else(|| "none".to_owned(), harmless_value);
            format!(
                "{option} {} in the unfinished run, {now} now",
                harmless_value(before)
            )
        }
        (None, Some(now)) => {
            format!(
                "no {option} in the unfinished run, {} now",
                harmless_value(now)
            )
        }
        (None, None) => option.to_owned(),
    }
}

fn harmless_value(value: &str) -> String {
    if value.contains(' ') {
        format!("\"{value}\"")
    } else {
        value.to_owned()
    }
}

/// A part of an order, as the option or the argument that it was typed as.
fn part(part: Part) -> &'static str {
    match part {
        Part::Machine => "--vm-name",
        Part::Image => "image",
        Part::Location => "--location",
        Part::Size => "--vm-size",
        Part::User => "user name",
        Part::Ssh => "--ssh",
        Part::HiddenSsh => "--no-ssh-endpoint",
        Part::SshKey => "--ssh-cert",
        Part::MadeSshKey => "--generate-ssh-keys",
        Part::NoSshPassword => "--no-ssh-password",
        Part::RemoteDesktop => "--rdp",
        Part::Docker => "--docker-port",
        Part::BootDiagnostics => "--disable-boot-diagnostics",
        Part::CustomData => "--custom-data",
        Part::CertificateFolder => "--docker-cert-dir",
        Part::CertificateName => "--docker-cert-cn",
        Part::ResourceGroup => "--resource-group",
        Part::OpenTo => "--open-to",
        Part::Classic(part) => classic::part(part),
    }
}

/// A wish, as the option that it was typed with.
pub fn option(wish: Wish) -> &'static str {
    match wish {
        Wish::RemoteDesktop => "--rdp",
        Wish::Ssh => "--ssh",
        Wish::HiddenSsh => "--no-ssh-endpoint",
        Wish::SshKey => "--ssh-cert",
        Wish::MadeSshKey => "--generate-ssh-keys",
        Wish::NoSshPassword => "--no-ssh-password",
        Wish::ReservedAddress => "--reserved-ip",
        Wish::CertificateName => "--docker-cert-cn",
    }
}

/// Why a wish changes nothing.
pub fn because(because: Because) -> &'static str {
    match because {
        Because::HoldsLinux => "the image holds Linux",
        Because::HoldsWindows => "the image holds Windows",
        Because::HostHasAddress => "the cloud service has its address already",
        Because::CertificateThere => "the server certificate is there already",
    }
}

/// The line of a plan that tells a key for ssh.
pub fn key(key: &SshKey) -> String {
    match key {
        SshKey::Certificate(key) => format!("SSH certificate: {}", key.thumbprint),
        SshKey::Public(key) => public_key(key),
    }
}

/// What a public key is told as: its kind and what stands behind it, not the key itself.
fn public_key(key: &OpenSshKey) -> String {
    let mut words = key.line.split_whitespace();
    let kind = words.next().unwrap_or_default();
    match words.nth(1) {
        Some(comment) => format!("SSH key: {kind} {comment}"),
        None => format!("SSH key: {kind}"),
    }
}

/// What is said when a step begins.
pub fn started(task: &Task) -> Vec<String> {
    match task {
        Task::Classic(task) => classic::task::started(task),
        Task::ResourceManager(task) => vec![resource_manager::task::label(task).to_owned()],
    }
}

/// What was said when the step began, in one line.
pub fn label(task: &Task) -> &'static str {
    match task {
        Task::Classic(task) => classic::task::label(task),
        Task::ResourceManager(task) => resource_manager::task::label(task),
    }
}

/// What is said when a step is taken back.
pub fn undoing(task: &Task) -> &'static str {
    match task {
        Task::Classic(task) => classic::task::undoing(task),
        Task::ResourceManager(task) => resource_manager::task::undoing(task),
    }
}

/// What is said when it could not be.
pub fn left_behind(task: &Task) -> String {
    match task {
        Task::Classic(task) => classic::task::left_behind(task),
        Task::ResourceManager(task) => resource_manager::task::left_behind(task),
    }
}

/// What a step makes.
pub fn thing(task: &Task) -> String {
    match task {
        Task::Classic(task) => classic::task::thing(task),
        Task::ResourceManager(task) => resource_manager::task::thing(task),
    }
}

/// A step, as a plan lists it.
pub fn step(task: &Task) -> String {
    match task {
        Task::Classic(step) => format!("{} {}", classic::task::verb(step), thing(task)),
        Task::ResourceManager(step) => resource_manager::task::step(step),
    }
}

/// The command that removes what a step made.
pub fn command(task: &Task) -> String {
    match task {
        Task::Classic(task) => classic::task::command(task),
        Task::ResourceManager(task) => resource_manager::task::command(task),
    }
}

/// Does a step make a machine?
pub fn is_machine(task: &Task) -> bool {
    match task {
        Task::Classic(task) => classic::task::is_machine(task),
        Task::ResourceManager(task) => resource_manager::task::is_machine(task),
    }
}

/// Does a step make something, rather than find it?
pub fn was_made(task: &Task) -> bool {
    match task {
        Task::Classic(task) => classic::task::was_made(task),
        Task::ResourceManager(_) => true,
    }
}

/// Does what one step made take along what another made, when it is removed?
pub fn takes_along(one: &Task, other: &Task) -> bool {
    match (one, other) {
        (Task::Classic(one), Task::Classic(other)) => classic::task::takes_along(one, other),
        (Task::ResourceManager(one), Task::ResourceManager(other)) => {
            resource_manager::task::takes_along(one, other)
        }
        _ => false,
    }
}

/// What a removal leaves on purpose.
pub fn stays(thing: &Stays) -> String {
    match thing {
        Stays::Host(name) => format!("{} `{name}`", classic::HOST),
        Stays::Classic(thing) => classic::stays(thing),
        Stays::ResourceManager(thing) => resource_manager::stays(thing),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::Site;

    #[test]
    fn the_limit_of_custom_data_is_told_as_the_old_cli_did() {
        let most = Site::CLASSIC.custom_data;

        assert_eq!(
            problem(&Problem::CustomDataTooLong { most }),
            "--custom-data must be less than 64 KB"
        );
    }
}
