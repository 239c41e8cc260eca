//! `vm static-ip`, `network vnet static-ip`: fixed addresses inside a virtual network.

use serde_json::json;

use super::machine::{Names, needed, one};
use super::{CommandResult, Context, network_set, view};
use crate::answer::{Answer, Level};
use crate::cli::network::vnet::StaticIpCheckArgs;
use crate::cli::vm::address::{StaticIpArgs, StaticIpCommand, StaticIpSetArgs};
use crate::failure::Failure;
use crate::settings::vnet;

/// Carries out one of the commands on the fixed address of a machine.
pub async fn run(context: &Context, command: StaticIpCommand) -> CommandResult {
    match command {
        StaticIpCommand::Show(args) => show(context, &args).await,
        StaticIpCommand::Set(args) => set(context, &args).await,
        StaticIpCommand::Remove(args) => remove(context, &args).await,
    }
}

async fn show(context: &Context, args: &StaticIpArgs) -> CommandResult {
    let client = context.client()?;
    let names = Names::ignoring_case(&args.vm_name);
    let Some(found) = one(context, &client, args.dns_name.as_deref(), &names).await? else {
        return Ok(Answer::none().with(Level::Warn, "No VMs found").into());
    };
    let address = found
        .role()
        .network()
        .and_then(|set| set.static_virtual_network_ip_address.as_deref());
    Ok(match address {
        Some(address) => Answer::listing(json!({"Network": {"StaticIP": address}})),
        None => Answer::none().with(
            Level::Info,
            format!("No static IP address set for VM {}", args.vm_name),
        ),
    }
    .into())
}

async fn set(context: &Context, args: &StaticIpSetArgs) -> CommandResult {
    let address =
        vnet::address(&args.address, "ip-address").map_err(|error| Failure::of(&error))?;
    let client = context.client()?;
    let found = needed(context, &client, args.dns_name.as_deref(), &args.vm_name).await?;
    let name = found
        .deployment
        .virtual_network_name
        .as_deref()
        .filter(|name| !name.is_empty())
        .ok_or_else(|| Failure::new("The VM does not belong to any virtual networks."))?;
    context.terminal.progress("Looking up virtual network");
    let network = client
        .virtual_networks()
        .await?
        .into_iter()
        .find(|one| one.name.eq_ignore_ascii_case(name))
        .ok_or_else(|| Failure::new(format!("Virtual network with name {name} not found")))?;
    let subnet = network
        .subnets
        .iter()
        .find(|subnet| {
            subnet
                .address_prefix
                .as_deref()
                .is_some_and(|prefix| vnet::contains(prefix, address))
        })
        .ok_or_else(|| {
            Failure::new(format!(
                "The static address {address} doesn't belong to the address space defined by the role's subnets."
            ))
            .with_hint(format!("`azure network vnet show {name}` shows the subnets"))
        })?;
    let mut role = network_set::read(context, &client, &found).await?;
    let set = network_set::of(&mut role)?;
    set.static_virtual_network_ip_address = Some(address.to_string());
    set.subnet_names = Some(vec![subnet.name.clone()]);
    network_set::replace(context, &client, &found, role).await
}

async fn remove(context: &Context, args: &StaticIpArgs) -> CommandResult {
    let client = context.client()?;
    let found = needed(context, &client, args.dns_name.as_deref(), &args.vm_name).await?;
    let mut role = network_set::read(context, &client, &found).await?;
    let set = network_set::of(&mut role)?;
    if set.static_virtual_network_ip_address.take().is_none() {
        return Ok(Answer::none().into());
    }
    network_set::replace(context, &client, &found, role).await
}

/// `network vnet static-ip check`.
pub async fn check(context: &Context, args: &StaticIpCheckArgs) -> CommandResult {
    let address =
        vnet::address(&args.address, "ip-address").map_err(|error| Failure::of(&error))?;
    let client = context.client()?;
    context.terminal.progress("Checking static IP address");
    let checked = client
        .address_availability(&args.vnet, &address.to_string())
        .await?;
    Ok(Answer::listing(view::json(&checked)).into())
}
