//! `vm capture`: a machine becomes an image.

use super::machine::{Names, one};
use super::{CommandResult, Context};
use crate::answer::{Answer, Level};
use crate::backend::service_management::Client;
use crate::backend::service_management::write::Operation;
use crate::cli::vm::whole::VmCaptureArgs;
use crate::failure::Failure;

const STATES: [&str; 2] = ["Generalized", "Specialized"];

/// The state that the image is taken in; none is an image of the system disk alone.
fn state(wanted: Option<&str>, deletes: bool) -> Result<Option<&'static str>, Failure> {
    let Some(wanted) = wanted else {
        return if deletes {
            Ok(None)
        } else {
            Err(
                Failure::new("To capture VM as OS Image --delete option must be specified")
                    .with_hint("or name the state with --os-state, and the machine stays"),
            )
        };
    };
    let state = STATES
        .into_iter()
        .find(|one| one.eq_ignore_ascii_case(wanted))
        .ok_or_else(|| {
            Failure::new(format!(
                "Given --os-state is invalid, supported values are {}",
                STATES.join(", ")
            ))
        })?;
    if deletes {
        return Err(Failure::new(
            "--delete option cannot be used with --os-state",
        ));
    }
    Ok(Some(state))
}

/// `vm capture`.
pub async fn capture(context: &Context, args: &VmCaptureArgs) -> CommandResult {
    let state = state(args.os_state.as_deref(), args.delete)?;
    let client = context.client()?;
    let names = Names::ignoring_case(&args.vm_name);
    let Some(found) = one(context, &client, args.dns_name.as_deref(), &names).await? else {
        return Ok(Answer::none().with(Level::Warn, "No VMs found").into());
    };
    check_name(context, &client, &args.image_name).await?;
    let name = args.image_name.clone();
    let label = args.label.clone().unwrap_or_else(|| name.clone());
    let operation = match state {
        None => Operation::Capture { name, label },
        Some(state) => {
            let is_running = found
                .instance()
                .is_some_and(|one| one.instance_status.as_deref() == Some("ReadyRole"));
            if is_running {
                context.terminal.warn(
                    "The VM image capture operation has been started while the VM is still running. This may cause data corruption while creating VMs from this image. Please shutdown the VM using the \"azure vm shutdown\" command before capturing the image",
                );
            }
            Operation::CaptureMachine {
                os_state: state.to_owned(),
                name,
                label,
            }
        }
    };
    context.terminal.progress("Capturing VM");
    let accepted = client
        .operate(
            &found.service,
            &found.deployment.name,
            found.instance_name(),
            &operation,
        )
        .await?;
    client.settle(accepted).await?;
    Ok(Answer::none().into())
}

/// Two images of one name could not be told apart.
async fn check_name(context: &Context, client: &Client, name: &str) -> Result<(), Failure> {
    context
        .terminal
        .progress(&format!("Checking image with name {name} exists"));
    let (machines, disk) = tokio::try_join!(client.vm_images(), client.os_image(name))?;
    let machine = machines
        .into_iter()
        .find(|one| one.name.eq_ignore_ascii_case(name));
    let kind = match (machine, disk) {
        (Some(machine), _) => {
            let state = machine
                .os_disk_configuration
                .and_then(|disk| disk.os_state)
                .filter(|state| state == "Specialized");
            format!("{} VM Image", state.as_deref().unwrap_or("Generalized"))
        }
        (None, Some(_)) => "OS Image".to_owned(),
        (None, None) => return Ok(()),
    };
    Err(Failure::new(format!(
        "Another image of type \"{kind}\" exists with the same name. Image capture is being aborted to avoid duplicates and potential conflicts. Please use another name for the image"
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_machine_goes_or_is_kept_in_a_state_that_was_named() {
        assert_eq!(state(None, true).unwrap(), None);
        assert_eq!(
            state(Some("specialized"), false).unwrap(),
            Some("Specialized")
        );
        for (wanted, deletes, words) in [
            (
                None,
                false,
                "To capture VM as OS Image --delete option must be specified",
            ),
            (
                Some("fine"),
                false,
                "Given --os-state is invalid, supported values are Generalized, Specialized",
            ),
            (
                Some("Generalized"),
                true,
                "--delete option cannot be used with --os-state",
            ),
        ] {
            assert_eq!(state(wanted, deletes).unwrap_err().message(), words);
        }
    }
}
