//! `vm extension`: what is installed into machines.

use serde_json::Value;

use super::chef;
use super::machine::{Names, one};
use super::machine_extension::{apply, cell, decoded, none, same, shown_of};
use super::{CommandResult, Context, view};
use crate::answer::Answer;
use crate::backend::service_management::read::ExtensionImage;
use crate::cli::vm::extension::{
    ExtensionCommand, ExtensionGetArgs, ExtensionListArgs, ExtensionSetArgs,
};
use crate::failure::Failure;

/// Carries out one of the commands on extensions.
pub async fn run(context: &Context, command: ExtensionCommand) -> CommandResult {
    match command {
        ExtensionCommand::List(args) => list(context, &args).await,
        ExtensionCommand::Set(args) => set(context, *args).await,
        ExtensionCommand::SetChef(args) => chef::set(context, *args).await,
        ExtensionCommand::GetChef(args) => chef::get(context, args).await,
        ExtensionCommand::Get(args) => get(context, &args).await,
    }
}

async fn list(context: &Context, args: &ExtensionListArgs) -> CommandResult {
    let (name, publisher) = (
        args.extension_name.as_deref(),
        args.publisher_name.as_deref(),
    );
    let of_one = match (publisher, name) {
        (Some(publisher), Some(name)) => Some((publisher, name)),
        _ => None,
    };
    let wants_versions = args.all_versions || args.extension_version.is_some();
    if wants_versions && of_one.is_none() {
        return Err(Failure::new(
            "--name and --publisher must be specified when --version or --all-versions options are used",
        ));
    }
    let client = context.client()?;
    context.terminal.progress("Getting extensions");
    let mut all = client.extensions(of_one.filter(|_| wants_versions)).await?;
    if wants_versions {
        if let Some(version) = &args.extension_version {
            all.retain(|one| one.version.eq_ignore_ascii_case(version));
        }
    } else if name.is_some() || publisher.is_some() {
        all.retain(|one| same(name, &one.name) || same(publisher, &one.publisher));
    }
    if all.is_empty() {
        return Ok(none().into());
    }
    let rows: Vec<Vec<String>> = all
        .iter()
        .map(|one| {
            vec![
                cell(&one.publisher, 20),
                cell(&one.name, 15),
                cell(one.description.as_deref().unwrap_or_default(), 25),
                one.version.clone(),
            ]
        })
        .collect();
    let headers = ["Publisher", "Extension name", "Description", "Version"];
    let json = all.iter().map(shown).collect();
    Ok(Answer::table(&headers, &rows, json).into())
}

/// An extension with its schemas and its example as text.
fn shown(one: &ExtensionImage) -> Value {
    let mut json = view::json(one);
    for field in [
        "publicConfigurationSchema",
        "privateConfigurationSchema",
        "sampleConfig",
    ] {
        if let Some(encoded) = json.get(field).and_then(Value::as_str)
            && let Some(text) = decoded(encoded)
        {
            json[field] = text.into();
        }
    }
    json
}

async fn get(context: &Context, args: &ExtensionGetArgs) -> CommandResult {
    let client = context.client()?;
    let names = Names::ignoring_case(&args.vm_name);
    let found = one(context, &client, args.dns_name.as_deref(), &names)
        .await?
        .ok_or_else(no_machine)?;
    Ok(shown_of(&found, args).into())
}

fn no_machine() -> Failure {
    Failure::new("No VMs found").with_hint("`azure vm list` lists the machines")
}

async fn set(context: &Context, args: ExtensionSetArgs) -> CommandResult {
    let client = context.client()?;
    let names = Names::ignoring_case(&args.vm_name);
    let found = one(context, &client, args.dns_name.as_deref(), &names)
        .await?
        .ok_or_else(no_machine)?;
    apply(context, &client, &found, args).await
}
