//! What changes the network's settings of a machine: its role is read, changed and sent back.

use super::machine::Found;
use super::{CommandResult, Context};
use crate::answer::Answer;
use crate::backend::service_management::Client;
use crate::backend::service_management::read::{ConfigurationSet, Role};
use crate::failure::Failure;

/// Reads the machine's role.
pub(super) async fn read(
    context: &Context,
    client: &Client,
    found: &Found,
) -> Result<Role, Failure> {
    context.terminal.progress("Reading network configuration");
    let name = found.role().role_name.as_deref().unwrap_or_default();
    Ok(client
        .role(&found.service, &found.deployment.name, name)
        .await?)
}

/// The network's settings of a role.
pub(super) fn of(role: &mut Role) -> Result<&mut ConfigurationSet, Failure> {
    role.configuration_sets
        .iter_mut()
        .flatten()
        .find(|set| set.is_network())
        .ok_or_else(|| Failure::new("Network configuration not found on the VM."))
}

/// Sends the machine's role back.
pub(super) async fn replace(
    context: &Context,
    client: &Client,
    found: &Found,
    role: Role,
) -> CommandResult {
    context.terminal.progress("Updating network configuration");
    let name = found.role().role_name.as_deref().unwrap_or_default();
    let accepted = client
        .update_role(
            &found.service,
            &found.deployment.name,
            name,
            &role.for_update(),
        )
        .await?;
    client.settle(accepted).await?;
    Ok(Answer::none().into())
}
