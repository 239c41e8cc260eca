//! `vm set`: whether the boot of a machine is recorded.

use super::machine::{Names, one};
use super::{CommandResult, Context};
use crate::answer::{Answer, Level};
use crate::backend::service_management::read::DebugSettings;
use crate::cli::vm::VmSetArgs;
use crate::failure::Failure;

/// `vm set`.
pub async fn set(context: &Context, args: &VmSetArgs) -> CommandResult {
    let Some(wanted) = args.boot_diagnostics_enabled.as_deref() else {
        return Ok(Answer::none()
            .with(Level::Info, "There is nothing to update")
            .into());
    };
    let is_enabled: bool = wanted.parse().map_err(|_| {
        Failure::new("--boot-diagnostics-enabled must be true or false")
            .with_cause(format!("it is `{wanted}`"))
    })?;
    let client = context.client()?;
    let names = Names::ignoring_case(&args.name);
    let found = one(context, &client, args.dns_name.as_deref(), &names)
        .await?
        .ok_or_else(|| {
            Failure::new("No VMs found").with_hint("`azure vm list` lists the machines")
        })?;
    let mut role = found.role().clone();
    role.debug_settings = Some(DebugSettings {
        boot_diagnostics_enabled: Some(is_enabled),
        ..DebugSettings::default()
    });
    context.terminal.progress("Updating VM");
    let name = role.role_name.clone().unwrap_or_default();
    let accepted = client
        .update_role(&found.service, &found.deployment.name, &name, &role)
        .await?;
    client.settle(accepted).await?;
    Ok(Answer::none().into())
}
