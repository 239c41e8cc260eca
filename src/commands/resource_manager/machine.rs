//! `vm list`, `show`, `start`, `stop`, `restart`, `deallocate`, `delete` in Resource Manager.

use std::sync::Arc;

use serde_json::{Value, json};

use super::group::tags;
use crate::answer::{Answer, Level, value};
use crate::backend::resource_manager::read::{self, Resource};
use crate::backend::resource_manager::{Client, ResourceManager, Thing};
use crate::cli::vm::{VmDeleteArgs, VmListArgs, VmNameArgs};
use crate::commands::{CommandResult, Context};
use crate::failure::Failure;

/// What is asked of a machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Power {
    /// To run.
    Start,
    /// To run anew.
    Restart,
    /// To stop, and keep its place.
    Stop,
    /// To stop, and give its place up.
    Deallocate,
}

impl Power {
    fn action(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Restart => "restart",
            Self::Stop => "powerOff",
            Self::Deallocate => "deallocate",
        }
    }

    fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Start => ("Starting", "started"),
            Self::Restart => ("Restarting", "restarted"),
            Self::Stop => ("Stopping", "stopped"),
            Self::Deallocate => ("Deallocating", "deallocated"),
        }
    }
}

/// `vm list`.
pub async fn list(context: &Context, args: &VmListArgs) -> CommandResult {
    let client = context.resource_manager()?;
    context.terminal.progress("Getting virtual machines");
    let found = client
        .all(Thing::VirtualMachine, args.group.as_deref())
        .await?;
    let mut all = Vec::new();
    for machine in found {
        // The list tells nothing of whether a machine runs.
        let whole = client.machine(machine.group(), &machine.name).await?;
        all.push(whole.unwrap_or(machine));
    }
    if all.is_empty() {
        return Ok(Answer::none()
            .with(Level::Info, "No VMs found")
            .with_json(json!([]))
            .into());
    }
    let rows: Vec<Vec<String>> = all
        .iter()
        .map(|one| {
            vec![
                one.group().to_owned(),
                one.name.clone(),
                one.state().to_owned(),
                power(one).unwrap_or_default().to_owned(),
                one.location.clone(),
                one.text("/hardwareProfile/vmSize")
                    .unwrap_or_default()
                    .to_owned(),
            ]
        })
        .collect();
    let headers = [
        "ResourceGroupName",
        "Name",
        "ProvisioningState",
        "PowerState",
        "Location",
        "Size",
    ];
    let json = Value::Array(all.iter().map(value).collect());
    Ok(Answer::table(&headers, &rows, json).into())
}

/// What a machine's power is, as the service shows it.
pub(in crate::commands) fn power(machine: &Resource) -> Option<&str> {
    machine
        .properties
        .pointer("/instanceView/statuses")?
        .as_array()?
        .iter()
        .find(|status| {
            let code = status.get("code").and_then(Value::as_str);
            code.is_some_and(|code| code.starts_with("PowerState/"))
        })?
        .get("displayStatus")?
        .as_str()
}

/// `vm show`.
pub async fn show(context: &Context, args: &VmNameArgs) -> CommandResult {
    let client = context.resource_manager()?;
    let (group, name) = meant(&client, args).await?;
    let machine = client
        .machine(&group, &name)
        .await?
        .ok_or_else(|| none(&name))?;
    Ok(Answer::none()
        .with_lines(Level::Data, lines(&machine))
        .with_json(value(&machine))
        .into())
}

fn lines(machine: &Resource) -> Vec<String> {
    let text = |pointer: &str| machine.text(pointer).unwrap_or_default().to_owned();
    let interfaces = machine
        .properties
        .pointer("/networkProfile/networkInterfaces")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(|interface| interface.get("id")?.as_str())
        .filter_map(|id| read::part(id, "networkInterfaces"))
        .collect::<Vec<_>>()
        .join(", ");
    let image = ["publisher", "offer", "sku", "version"]
        .map(|part| text(&format!("/storageProfile/imageReference/{part}")))
        .join(":");
    let fields = [
        ("Id", machine.id.clone()),
        ("ProvisioningState", machine.state().to_owned()),
        ("PowerState", power(machine).unwrap_or_default().to_owned()),
        ("Name", machine.name.clone()),
        ("Location", machine.location.clone()),
        ("Type", machine.kind.clone()),
        ("Size", text("/hardwareProfile/vmSize")),
        ("Image", image),
        ("OS disk", text("/storageProfile/osDisk/name")),
        ("Computer name", text("/osProfile/computerName")),
        ("User name", text("/osProfile/adminUsername")),
        ("Network interface", interfaces),
        ("Tags", tags(machine.tags.as_ref())),
    ];
    fields
        .into_iter()
        .map(|(label, value)| format!("{label:<20}: {value}"))
        .collect()
}

/// `vm start`, `restart`, `stop`, `deallocate`.
pub async fn turn(context: &Context, args: &VmNameArgs, power: Power) -> CommandResult {
    let client = Arc::new(context.resource_manager()?);
    let (group, name) = meant(&client, args).await?;
    let (doing, done) = power.words();
    context
        .terminal
        .progress(&format!("{doing} virtual machine {name}"));
    let begun = client.ask_machine(&group, &name, power.action()).await?;
    let backend = ResourceManager::new(client);
    context.settled(&backend, begun).await?;
    let answer = Answer::none().with(Level::Info, format!("Virtual machine {name} is {done}"));
    Ok(match power {
        Power::Stop => answer
            .with(
                Level::Info,
                format!("It is billed as before; `azure vm deallocate {group} {name}` gives its place up"),
            )
            .into(),
        _ => answer.into(),
    })
}

/// `vm delete`.
pub async fn delete(context: &Context, args: &VmDeleteArgs) -> CommandResult {
    let client = Arc::new(context.resource_manager()?);
    let names = VmNameArgs {
        name: args.name.clone(),
        machine: args.machine.clone(),
        dns_name: None,
    };
    let (group, name) = meant(&client, &names).await?;
    let question = format!("Delete virtual machine {name} of resource group {group}? [y/n] ");
    if let Some(outcome) = context.refused(args.quiet, &question) {
        return Ok(outcome);
    }
    let begun = client.delete(Thing::VirtualMachine, &group, &name).await?;
    let backend = ResourceManager::new(client);
    context.settled(&backend, begun).await?;
    Ok(Answer::none()
        .with(Level::Info, format!("Deleted virtual machine {name}"))
        .into())
}

/// The group and the name of the machine that is meant: two words are both, one is looked for.
async fn meant(client: &Client, args: &VmNameArgs) -> Result<(String, String), Failure> {
    if let Some(name) = &args.machine {
        let found = client
            .resource(Thing::VirtualMachine, &args.name, name)
            .await?
            .ok_or_else(|| none(name))?;
        return Ok((args.name.clone(), found.name));
    }
    let all = client.all(Thing::VirtualMachine, None).await?;
    let found: Vec<&Resource> = all
        .iter()
        .filter(|one| one.name.eq_ignore_ascii_case(&args.name))
        .collect();
    match found.as_slice() {
        [] => Err(none(&args.name)),
        [one] => Ok((one.group().to_owned(), one.name.clone())),
        several => {
            let groups: Vec<&str> = several.iter().map(|one| one.group()).collect();
            Err(Failure::new(format!(
                "several virtual machines are called `{}`: in resource groups {}",
                args.name,
                groups.join(", ")
            ))
            .with_hint("write the resource group before the name"))
        }
    }
}

fn none(name: &str) -> Failure {
    Failure::new(format!("No virtual machine \"{name}\" found"))
        .with_hint("`azure vm list` lists them")
}
