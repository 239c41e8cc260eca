//! How to remove by hand what a run has left.

use super::words;
use crate::backend::Task;
use crate::saga::Leftover;

/// One hint for each thing left, in the order in which to remove them.
///
/// Deleting the last machine of a cloud service deletes the service, too; what goes with another
/// thing needs no command of its own.
pub fn hints(left: &[Leftover]) -> Vec<String> {
    // What this run's own machine is in goes once the machine has gone.
    let is_by_ours = left
        .iter()
        .any(|left| words::is_machine(&left.task) && !left.is_inhabited());
    left.iter()
        .filter(|left_thing| is_to_be_removed(&left_thing.task, left))
        .map(|left| {
            let task = &left.task;
            match &left.error {
                Some(why) if left.is_inhabited() && !is_by_ours => {
                    format!("{} is left: {why}", words::thing(task))
                }
                _ => format!(
                    "{} is left; remove it with `{}`",
                    words::thing(task),
                    words::command(task)
                ),
            }
        })
        .collect()
}

/// Does it need a command of its own, when all of this is left?
pub fn is_to_be_removed(task: &Task, left: &[Leftover]) -> bool {
    !left
        .iter()
        .any(|other| words::takes_along(&other.task, task))
        && words::was_made(task)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::site::classic::ClassicTask;

    fn left(task: ClassicTask) -> Leftover {
        let task = task.into();
        Leftover { task, error: None }
    }

    #[test]
    fn a_machine_takes_its_service_with_it() {
        let all = [
            left(ClassicTask::CreateMachine {
                host: "web".to_owned(),
                name: "web".to_owned(),
                joins: false,
            }),
            left(ClassicTask::ChooseStorage {
                name: "acc".to_owned(),
                made: true,
            }),
            left(ClassicTask::CreateHost {
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
