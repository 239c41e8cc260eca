//! `network vnet subnet`: parts of virtual networks.

use serde_json::json;

use super::network_configuration::{read, replace};
use super::{CommandResult, Context, view};
use crate::answer::{Answer, Level, name_value};
use crate::backend::service_management::read::{
    NetworkConfiguration, SiteSubnet, VirtualNetworkSite,
};
use crate::cli::network::subnet::{
    SubnetCommand, SubnetCreateArgs, SubnetDeleteArgs, SubnetListArgs, SubnetSetArgs,
    SubnetShowArgs,
};
use crate::failure::Failure;
use crate::settings::vnet;

/// Carries out one of the commands on the parts of a virtual network.
pub async fn run(context: &Context, command: SubnetCommand) -> CommandResult {
    match command {
        SubnetCommand::Create(args) => create(context, args).await,
        SubnetCommand::Set(args) => set(context, args).await,
        SubnetCommand::List(args) => list(context, &args).await,
        SubnetCommand::Show(args) => show(context, &args).await,
        SubnetCommand::Delete(args) => delete(context, &args).await,
    }
}

fn site<'a>(
    configuration: &'a mut NetworkConfiguration,
    name: &str,
) -> Option<&'a mut VirtualNetworkSite> {
    configuration
        .virtual_network_configuration
        .virtual_network_sites
        .iter_mut()
        .find(|site| site.name.eq_ignore_ascii_case(name))
}

fn needed<'a>(
    configuration: &'a mut NetworkConfiguration,
    name: &str,
) -> Result<&'a mut VirtualNetworkSite, Failure> {
    site(configuration, name).ok_or_else(|| {
        Failure::new(format!("A virtual network with name \"{name}\" not found"))
            .with_hint("`azure network vnet list` lists the virtual networks")
    })
}

fn position(site: &VirtualNetworkSite, name: &str) -> Option<usize> {
    site.subnets
        .iter()
        .position(|subnet| subnet.name.eq_ignore_ascii_case(name))
}

fn prefix(text: Option<&str>) -> Result<String, Failure> {
    let text = text.ok_or_else(|| Failure::new("--address-prefix is required"))?;
    vnet::prefix(text).map_err(|error| Failure::of(&error))
}

fn shown(subnet: &SiteSubnet) -> Answer {
    Answer::none()
        .with_lines(
            Level::Data,
            [
                name_value("Name", &subnet.name),
                name_value("Address prefix", &subnet.address_prefix),
            ],
        )
        .with_json(view::json(subnet))
}

async fn create(context: &Context, args: SubnetCreateArgs) -> CommandResult {
    let address_prefix = prefix(args.address_prefix.as_deref())?;
    let client = context.client()?;
    let mut configuration = read(context, &client).await?;
    let site = needed(&mut configuration, &args.vnet)?;
    if position(site, &args.name).is_some() {
        return Err(Failure::new(format!(
            "A subnet with name \"{}\" already exists in the virtual network \"{}\"",
            args.name, args.vnet
        )));
    }
    if let Some(group) = &args.network_security_group_name
        && !client.security_group_exists(group).await?
    {
        return Err(Failure::new(format!(
            "A network security group with name \"{group}\" not found"
        )));
    }
    let subnet = SiteSubnet {
        address_prefix,
        name: args.name,
    };
    let network = site.name.clone();
    site.subnets.push(subnet.clone());
    context
        .terminal
        .progress(&format!("Creating subnet \"{}\"", subnet.name));
    replace(&client, &configuration).await?;
    if let Some(group) = &args.network_security_group_name {
        let accepted = client.guard_subnet(&network, &subnet.name, group).await?;
        client.settle(accepted).await?;
    }
    Ok(shown(&subnet).into())
}

async fn set(context: &Context, args: SubnetSetArgs) -> CommandResult {
    let address_prefix = prefix(args.address_prefix.as_deref())?;
    let client = context.client()?;
    let mut configuration = read(context, &client).await?;
    let site = needed(&mut configuration, &args.vnet)?;
    let at = position(site, &args.name).ok_or_else(|| {
        Failure::new(format!(
            "A virtual network \"{}\" does not contain a subnet with name \"{}\"",
            args.vnet, args.name
        ))
    })?;
    site.subnets[at].address_prefix = address_prefix;
    let subnet = site.subnets[at].clone();
    context
        .terminal
        .progress(&format!("Updating subnet \"{}\"", subnet.name));
    replace(&client, &configuration).await?;
    Ok(shown(&subnet).into())
}

async fn list(context: &Context, args: &SubnetListArgs) -> CommandResult {
    let client = context.client()?;
    let mut configuration = read(context, &client).await?;
    let Some(site) = site(&mut configuration, &args.vnet) else {
        return Ok(no_network(&args.vnet).into());
    };
    if site.subnets.is_empty() {
        return Ok(Answer::none()
            .with(Level::Warn, "No virtual network subnets found")
            .with_json(json!([]))
            .into());
    }
    let rows: Vec<Vec<String>> = site
        .subnets
        .iter()
        .map(|subnet| vec![subnet.name.clone(), subnet.address_prefix.clone()])
        .collect();
    Ok(Answer::table(
        &["Name", "Address prefix"],
        &rows,
        view::list(&site.subnets),
    )
    .into())
}

fn no_network(name: &str) -> Answer {
    Answer::none().with(
        Level::Warn,
        format!("Virtual network with name \"{name}\" not found"),
    )
}

async fn show(context: &Context, args: &SubnetShowArgs) -> CommandResult {
    let client = context.client()?;
    context
        .terminal
        .progress(&format!("Looking up the subnet \"{}\"", args.name));
    let mut configuration = read(context, &client).await?;
    let Some(site) = site(&mut configuration, &args.vnet) else {
        return Ok(no_network(&args.vnet).with_json(json!({})).into());
    };
    Ok(match position(site, &args.name) {
        Some(at) => shown(&site.subnets[at]),
        None => Answer::none()
            .with(
                Level::Warn,
                format!(
                    "A virtual network subnet with name \"{}\" not found",
                    args.name
                ),
            )
            .with_json(json!({})),
    }
    .into())
}

async fn delete(context: &Context, args: &SubnetDeleteArgs) -> CommandResult {
    let client = context.client()?;
    let mut configuration = read(context, &client).await?;
    let site = needed(&mut configuration, &args.vnet)?;
    let at = position(site, &args.name).ok_or_else(|| {
        Failure::new(format!(
            "Virtual network subnet with name \"{}\" not found in virtual network \"{}\"",
            args.name, args.vnet
        ))
    })?;
    let question = format!(
        "Delete the virtual network subnet \"{}\" ? [y/n] ",
        args.name
    );
    if let Some(outcome) = context.refused(args.quiet, &question) {
        return Ok(outcome);
    }
    site.subnets.remove(at);
    context
        .terminal
        .progress(&format!("Deleting subnet \"{}\"", args.name));
    replace(&client, &configuration).await?;
    Ok(Answer::none().into())
}
