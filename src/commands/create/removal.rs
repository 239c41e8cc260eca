//! How to remove by hand what a run has left.

use crate::backend::Task;
use crate::saga::Leftover;

/// What is left, in the user's words.
pub fn thing(task: &Task) -> String {
    match task {
        Task::CreateHost { name, .. } => format!("cloud service `{name}`"),
        Task::ChooseStorage { name, .. } => format!("storage account `{name}`"),
        Task::AddCertificate { host, thumbprint } => {
            format!("certificate {thumbprint} of cloud service `{host}`")
        }
        Task::CreateMachine { name, host, .. } => {
            format!("virtual machine `{name}` of cloud service `{host}`")
        }
    }
}

/// The command that removes it.
pub fn command(task: &Task) -> String {
    match task {
        Task::CreateHost { name, .. } => format!("azure service delete {name} -q"),
        Task::ChooseStorage { name, .. } => format!("azure storage account delete {name} -q"),
        Task::AddCertificate { host, thumbprint } => {
            format!("azure service cert delete {thumbprint} -d {host} -q")
        }
        Task::CreateMachine { name, host, .. } => {
            format!("azure vm delete {name} -d {host} -b -q")
        }
    }
}

/// One hint for each thing left, in the order in which to remove them.
///
/// Deleting the last machine of a cloud service deletes the service, too; what goes with another
/// thing needs no command of its own.
pub fn hints(left: &[Leftover]) -> Vec<String> {
    // What this run's own machine is in goes once the machine has gone.
    let is_by_ours = left
        .iter()
        .any(|left| matches!(left.task, Task::CreateMachine { .. }) && !left.is_inhabited());
    left.iter()
        .filter(|left_thing| is_to_be_removed(&left_thing.task, left))
        .map(|left| {
            let task = &left.task;
            match &left.error {
                Some(why) if left.is_inhabited() && !is_by_ours => {
                    format!("{} is left: {why}", thing(task))
                }
                _ => format!(
                    "{} is left; remove it with `{}`",
                    thing(task),
                    command(task)
                ),
            }
        })
        .collect()
}

/// Does it need a command of its own, when all of this is left?
pub fn is_to_be_removed(task: &Task, left: &[Leftover]) -> bool {
    match task {
        Task::CreateHost { .. } | Task::AddCertificate { .. } => !left
            .iter()
            .any(|left| matches!(left.task, Task::CreateMachine { joins: false, .. })),
        Task::ChooseStorage { made, .. } => *made,
        Task::CreateMachine { .. } => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn left(task: Task) -> Leftover {
        Leftover { task, error: None }
    }

    #[test]
    fn a_machine_takes_its_service_with_it() {
        let all = [
            left(Task::CreateMachine {
                host: "web".to_owned(),
                name: "web".to_owned(),
                joins: false,
            }),
            left(Task::ChooseStorage {
                name: "acc".to_owned(),
                made: true,
            }),
            left(Task::CreateHost {
                name: "web".to_owned(),
                place: "West US".to_owned(),
            }),
        ];

        let hints = hints(&all);

        assert_eq!(hints.len(), 2);
        assert!(hints[0].contains("azure vm delete web -d web -b -q"));
        assert!(hints[1].contains("azure storage account delete acc -q"));
    }
}
