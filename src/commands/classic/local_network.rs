//! `network local-network`, `network vnet local-network`: networks elsewhere, and the ways to them.

use serde_json::json;

use super::network_configuration::{read, replace};
use super::{CommandResult, Context, view};
use crate::answer::{Answer, Level, name_value};
use crate::backend::service_management::read::{
    LocalNetworkSite, NetworkConfiguration, VirtualNetworkSite,
};
use crate::cli::network::local::{
    AssociationArgs, AssociationCommand, LocalNetworkCommand, LocalNetworkCreateArgs,
    LocalNetworkDeleteArgs, LocalNetworkSetArgs,
};
use crate::failure::Failure;
use crate::settings::vnet;

/// Carries out one of the commands on networks elsewhere.
pub async fn run(context: &Context, command: LocalNetworkCommand) -> CommandResult {
    match command {
        LocalNetworkCommand::Create(args) => create(context, args).await,
        LocalNetworkCommand::Set(args) => set(context, args).await,
        LocalNetworkCommand::List => list(context).await,
        LocalNetworkCommand::Show(args) => show(context, &args.name).await,
        LocalNetworkCommand::Delete(args) => delete(context, &args).await,
    }
}

/// Carries out one of the commands on the ways from virtual networks to networks elsewhere.
pub async fn run_association(context: &Context, command: AssociationCommand) -> CommandResult {
    match command {
        AssociationCommand::Add(args) => associate(context, &args).await,
        AssociationCommand::Remove(args) => part(context, &args).await,
    }
}

fn sites(configuration: &mut NetworkConfiguration) -> &mut Vec<LocalNetworkSite> {
    &mut configuration
        .virtual_network_configuration
        .local_network_sites
}

fn position(all: &[LocalNetworkSite], name: &str) -> Option<usize> {
    all.iter()
        .position(|site| site.name.eq_ignore_ascii_case(name))
}

/// The prefixes of a list; those that are none are warned of and left out.
fn prefixes(context: &Context, text: &str) -> Result<Vec<String>, Failure> {
    let mut good = Vec::new();
    for one in text.split(',') {
        match vnet::prefix(one) {
            Ok(prefix) => good.push(prefix),
            Err(error) => context.terminal.warn(&format!(
                "Address prefix \"{one}\" would not be added: {error}"
            )),
        }
    }
    if good.is_empty() {
        return Err(Failure::new("All provided address prefixes are invalid."));
    }
    Ok(good)
}

fn gateway(text: Option<&str>) -> Result<Option<String>, Failure> {
    text.map(|text| {
        vnet::address(text, "--vpn-gateway-address")
            .map(|address| address.to_string())
            .map_err(|error| Failure::of(&error))
    })
    .transpose()
}

fn shown(site: &LocalNetworkSite) -> Answer {
    let gateway = site.vpn_gateway_address.as_deref();
    Answer::none()
        .with_lines(Level::Data, [name_value("Name", &site.name)])
        .with_lines(
            Level::Data,
            gateway.map(|address| name_value("Gateway address", address)),
        )
        .with(Level::Data, "Address space:")
        .with_lines(
            Level::Data,
            site.address_space
                .iter()
                .map(|prefix| format!("  {prefix}")),
        )
        .with_json(view::json(site))
}

async fn create(context: &Context, args: LocalNetworkCreateArgs) -> CommandResult {
    let address_space = prefixes(context, &args.address_prefixes)?;
    let vpn_gateway_address = gateway(args.vpn_gateway_address.as_deref())?;
    let client = context.client()?;
    let mut configuration = read(context, &client).await?;
    let all = sites(&mut configuration);
    if position(all, &args.name).is_some() {
        return Err(Failure::new(format!(
            "A local network with name \"{}\" already exists",
            args.name
        )));
    }
    let site = LocalNetworkSite {
        address_space,
        vpn_gateway_address,
        name: args.name,
    };
    all.push(site.clone());
    context
        .terminal
        .progress(&format!("Creating local network \"{}\"", site.name));
    replace(&client, &configuration).await?;
    Ok(shown(&site).into())
}

async fn set(context: &Context, args: LocalNetworkSetArgs) -> CommandResult {
    let address_space = args
        .address_prefixes
        .as_deref()
        .map(|text| prefixes(context, text))
        .transpose()?;
    let vpn_gateway_address = gateway(args.vpn_gateway_address.as_deref())?;
    if address_space.is_none() && vpn_gateway_address.is_none() {
        return Err(Failure::new(
            "one of the optional parameter --address-prefixes or --vpn-gateway-address is required",
        ));
    }
    let client = context.client()?;
    let mut configuration = read(context, &client).await?;
    let all = sites(&mut configuration);
    let at = position(all, &args.name).ok_or_else(|| {
        Failure::new(format!(
            "A local network with name \"{}\" not found",
            args.name
        ))
    })?;
    if let Some(prefixes) = address_space {
        all[at].address_space = prefixes;
    }
    if vpn_gateway_address.is_some() {
        all[at].vpn_gateway_address = vpn_gateway_address;
    }
    let site = all[at].clone();
    context
        .terminal
        .progress(&format!("Updating local network \"{}\"", site.name));
    replace(&client, &configuration).await?;
    Ok(shown(&site).into())
}

async fn list(context: &Context) -> CommandResult {
    let client = context.client()?;
    let mut configuration = read(context, &client).await?;
    let all = sites(&mut configuration);
    if all.is_empty() {
        return Ok(Answer::none()
            .with(Level::Warn, "No local network sites found")
            .with_json(json!([]))
            .into());
    }
    let rows: Vec<Vec<String>> = all
        .iter()
        .map(|site| {
            let addresses = match site.address_space.as_slice() {
                [] => String::new(),
                [only] => only.clone(),
                [first, ..] => format!("{first}, ..."),
            };
            vec![
                site.name.clone(),
                site.vpn_gateway_address.clone().unwrap_or_default(),
                addresses,
            ]
        })
        .collect();
    let headers = ["Name", "Gateway address", "Address space"];
    Ok(Answer::table(&headers, &rows, view::list(&*all)).into())
}

async fn show(context: &Context, name: &str) -> CommandResult {
    let client = context.client()?;
    let mut configuration = read(context, &client).await?;
    let all = sites(&mut configuration);
    Ok(match position(all, name) {
        Some(at) => shown(&all[at]),
        None => Answer::none()
            .with(
                Level::Warn,
                format!("A local network with name \"{name}\" not found"),
            )
            .with_json(json!({})),
    }
    .into())
}

async fn delete(context: &Context, args: &LocalNetworkDeleteArgs) -> CommandResult {
    let client = context.client()?;
    let mut configuration = read(context, &client).await?;
    let user = configuration
        .virtual_network_configuration
        .virtual_network_sites
        .iter()
        .find(|site| site.leads_to(&args.name));
    if let Some(site) = user {
        return Err(Failure::new(format!(
            "Cannot delete local network \"{}\" because it is associated with the virtual network \"{}\"",
            args.name, site.name
        ))
        .with_hint(format!(
            "`azure network vnet local-network remove {} {}` parts them",
            site.name, args.name
        )));
    }
    let all = sites(&mut configuration);
    let at = position(all, &args.name).ok_or_else(|| absent(&args.name))?;
    let question = format!("Delete local network site \"{}\"? [y/n] ", args.name);
    if let Some(outcome) = context.refused(args.quiet, &question) {
        return Ok(outcome);
    }
    all.remove(at);
    context
        .terminal
        .progress(&format!("Deleting local network site \"{}\"", args.name));
    replace(&client, &configuration).await?;
    Ok(Answer::none().into())
}

fn absent(name: &str) -> Failure {
    Failure::new(format!("Local network \"{name}\" does not exist"))
        .with_hint("`azure network local-network list` lists the local networks")
}

/// The virtual network and the local one by its own name, if both are there.
fn ends<'a>(
    configuration: &'a mut NetworkConfiguration,
    args: &AssociationArgs,
) -> Result<(&'a mut VirtualNetworkSite, String), Failure> {
    let networks = &mut configuration.virtual_network_configuration;
    let local = &networks.local_network_sites;
    let at = position(local, &args.local_network_name)
        .ok_or_else(|| absent(&args.local_network_name))?;
    let local = local[at].name.clone();
    let network = networks
        .virtual_network_sites
        .iter_mut()
        .find(|site| site.name.eq_ignore_ascii_case(&args.name))
        .ok_or_else(|| {
            Failure::new(format!("Virtual network \"{}\" does not exist", args.name))
                .with_hint("`azure network vnet list` lists the virtual networks")
        })?;
    Ok((network, local))
}

async fn associate(context: &Context, args: &AssociationArgs) -> CommandResult {
    let client = context.client()?;
    let mut configuration = read(context, &client).await?;
    let (network, local) = ends(&mut configuration, args)?;
    if network.leads_to(&local) {
        return Err(Failure::new(format!(
            "Local network \"{local}\" already associated with virtual network \"{}\"",
            network.name
        )));
    }
    let has_gateway_subnet = network
        .subnets
        .iter()
        .any(|subnet| subnet.name.eq_ignore_ascii_case("GatewaySubnet"));
    if !has_gateway_subnet {
        context.terminal.warn("A subnet with name \"GatewaySubnet\" must exist in the virtual network in-order to associate a local network with the virtual network");
    }
    network.lead_to(&local);
    context.terminal.progress(&format!(
        "Associating local network \"{local}\" with a virtual network \"{}\"",
        network.name
    ));
    replace(&client, &configuration).await?;
    Ok(Answer::none().into())
}

async fn part(context: &Context, args: &AssociationArgs) -> CommandResult {
    let client = context.client()?;
    let mut configuration = read(context, &client).await?;
    let (network, local) = ends(&mut configuration, args)?;
    if !network.part_from(&local) {
        return Err(Failure::new(format!(
            "Virtual network \"{}\" does not have connection to local network",
            network.name
        )));
    }
    context.terminal.progress(&format!(
        "Removing association between a local network \"{local}\" and a virtual network \"{}\"",
        network.name
    ));
    replace(&client, &configuration).await?;
    Ok(Answer::none().into())
}
