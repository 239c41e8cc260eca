//! `network export|import`, and what the other commands on the network configuration share.

use serde_json::Value;

use super::{CommandResult, Context, view};
use crate::answer::{Answer, Level};
use crate::backend::service_management::read::NetworkConfiguration;
use crate::backend::service_management::write::Body as _;
use crate::backend::service_management::{Client, decode};
use crate::cli::network::vnet::NetworkFileArgs;
use crate::failure::Failure;
use crate::files;
use crate::input;

/// Reads the configuration; a subscription without one has an empty one.
pub(super) async fn read(
    context: &Context,
    client: &Client,
) -> Result<NetworkConfiguration, Failure> {
    context.terminal.progress("Getting network configuration");
    Ok(client.network_configuration().await?.unwrap_or_default())
}

/// Replaces the configuration.
pub(super) async fn replace(client: &Client, by: &NetworkConfiguration) -> Result<(), Failure> {
    let accepted = client.set_network_configuration(by.document()).await?;
    Ok(client.settle(accepted).await?)
}

/// `network export`.
pub async fn export(context: &Context, args: &NetworkFileArgs) -> CommandResult {
    let client = context.client()?;
    let configuration = read(context, &client).await?;
    let path = &args.file_path;
    let text = view::json(&configuration).to_string();
    files::write_output(path, text.as_bytes()).map_err(|error| {
        Failure::new(format!("failed to write `{}`", path.display())).with_cause(error.to_string())
    })?;
    let line = format!("Network Configuration exported to {}", path.display());
    Ok(Answer::none().with(Level::Info, line).into())
}

/// `network import`.
pub async fn import(context: &Context, args: &NetworkFileArgs) -> CommandResult {
    let path = args.file_path.display();
    let text =
        input::read_text(&args.file_path, input::LONGEST_CONFIGURATION).map_err(|error| {
            Failure::new(format!("failed to read `{path}`")).with_cause(error.to_string())
        })?;
    let other = |cause: String| {
        Failure::new(format!("`{path}` is no network configuration"))
            .with_cause(cause)
            .with_hint("`azure network export FILE` writes one")
    };
    let file: Value = serde_json::from_str(&text).map_err(|error| other(error.to_string()))?;
    let configuration: NetworkConfiguration =
        decode(&file).map_err(|error| other(error.to_string()))?;
    let client = context.client()?;
    context.terminal.progress("Setting Network Configuration");
    replace(&client, &configuration).await?;
    Ok(Answer::none().into())
}
