//! `network vnet`: virtual networks.

use serde_json::json;

use super::network_configuration::{read, replace};
use super::{CommandResult, Context, local_network, static_ip, subnet, view};
use crate::answer::{Answer, Level, or_undefined};
use crate::backend::Place;
use crate::backend::service_management::Client;
use crate::backend::service_management::read::{
    NameServer, NameServerRef, SiteSubnet, VirtualNetworkSite,
};
use crate::backend::service_management::write::CreateAffinityGroup;
use crate::cli::network::vnet::{VnetCommand, VnetCreateArgs, VnetDeleteArgs, VnetStaticIpCommand};
use crate::domain::did_you_mean;
use crate::failure::Failure;
use crate::settings::vnet::{VnetError, understand};

/// What a place must offer for machines to lie there.
const MACHINES: &str = "PersistentVMRole";

/// Carries out one of the commands on virtual networks.
pub async fn run(context: &Context, command: VnetCommand) -> CommandResult {
    match command {
        VnetCommand::List => list(context).await,
        VnetCommand::Show(args) => show(context, &args.name).await,
        VnetCommand::Delete(args) => delete(context, &args).await,
        VnetCommand::Create(args) => create(context, *args).await,
        VnetCommand::Subnet(command) => subnet::run(context, command).await,
        VnetCommand::LocalNetwork(command) => {
            local_network::run_association(context, command).await
        }
        VnetCommand::StaticIp(VnetStaticIpCommand::Check(args)) => {
            static_ip::check(context, &args).await
        }
    }
}

async fn list(context: &Context) -> CommandResult {
    let client = context.client()?;
    context.terminal.progress("Getting virtual networks");
    let all = client.virtual_networks().await?;
    if all.is_empty() {
        return Ok(Answer::none()
            .with(Level::Info, "No virtual networks defined")
            .with_json(json!([]))
            .into());
    }
    let rows: Vec<Vec<String>> = all
        .iter()
        .map(|one| {
            vec![
                one.name.clone(),
                or_undefined(one.state.as_ref()),
                or_undefined(one.affinity_group.as_ref()),
            ]
        })
        .collect();
    let headers = ["Name", "Status", "AffinityGroup"];
    Ok(Answer::table(&headers, &rows, view::list(&all)).into())
}

fn not_found(name: &str) -> Answer {
    Answer::absent(format!("Virtual network with name {name} not found"))
}

async fn show(context: &Context, name: &str) -> CommandResult {
    let client = context.client()?;
    context.terminal.progress("Getting virtual networks");
    let all = client.virtual_networks().await?;
    let found = all.iter().find(|one| one.name.eq_ignore_ascii_case(name));
    if found.is_none() {
        let names = all.iter().map(|one| one.name.as_str());
        context.tell_near("virtual network", name, names);
    }
    Ok(found
        .map_or_else(|| not_found(name), |one| Answer::listing(view::json(one)))
        .into())
}

async fn delete(context: &Context, args: &VnetDeleteArgs) -> CommandResult {
    let client = context.client()?;
    let mut configuration = read(context, &client).await?;
    let sites = &mut configuration
        .virtual_network_configuration
        .virtual_network_sites;
    let Some(at) = sites
        .iter()
        .position(|one| one.name.eq_ignore_ascii_case(&args.name))
    else {
        return Ok(not_found(&args.name).into());
    };
    let question = format!("Delete the virtual network {} ? [y/n] ", args.name);
    if let Some(outcome) = context.refused(args.quiet, &question) {
        return Ok(outcome);
    }
    sites.remove(at);
    context
        .terminal
        .progress(&format!("Deleting the virtual network {}", args.name));
    replace(&client, &configuration).await?;
    Ok(Answer::none().into())
}

fn failure(error: &VnetError) -> Failure {
    let failure = Failure::of(error);
    match error {
        VnetError::NotPrivate(address) => failure
            .with_cause(format!(
                "The given --address-space {address} is not a valid private address"
            ))
            .with_hint(
                "The valid address space ranges are: 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16",
            ),
        VnetError::SubnetElsewhere { network } => failure.with_hint(format!(
            "The given subnet (--subnet-start-ip) should belongs to the address space {network}"
        )),
        _ => failure,
    }
}

async fn create(context: &Context, args: VnetCreateArgs) -> CommandResult {
    let settings = understand(&args).map_err(|error| failure(&error))?;
    let place = match (args.location, args.affinity_group) {
        (_, Some(group)) => Place::AffinityGroup(group),
        (Some(location), None) => Place::Location(location),
        (None, None) => {
            context.terminal.warn("Using default location: West US");
            Place::Location("West US".to_owned())
        }
    };
    for note in &settings.notes {
        context.terminal.info(note);
    }
    let client = context.client()?;
    let mut configuration = read(context, &client).await?;
    let networks = &mut configuration.virtual_network_configuration;
    if networks
        .virtual_network_sites
        .iter()
        .any(|one| one.name.eq_ignore_ascii_case(&args.name))
    {
        return Err(Failure::new(format!(
            "A virtual network with name {} already exists",
            args.name
        )));
    }
    let mut dns_servers_ref = Vec::new();
    if let Some(id) = &args.dns_server_id {
        let server = name_server(&networks.dns.dns_servers, id)?;
        context.terminal.info(&format!(
            "Using DNS Server {} ({})",
            server.name, server.ip_address
        ));
        dns_servers_ref.push(NameServerRef {
            name: server.name.clone(),
        });
    }
    context
        .terminal
        .progress("Getting or creating affinity group");
    let place = settle_place(context, &client, place, args.create_new_affinity_group).await?;
    let (location, affinity_group) = match place {
        Place::Location(location) => (Some(location), None),
        Place::AffinityGroup(group) => {
            context
                .terminal
                .info(&format!("Using affinity group {group}"));
            (None, Some(group))
        }
    };
    networks.virtual_network_sites.push(VirtualNetworkSite {
        address_space: vec![settings.address_prefix],
        subnets: vec![SiteSubnet {
            address_prefix: settings.subnet_prefix,
            name: settings.subnet_name,
        }],
        dns_servers_ref,
        gateway: None,
        name: args.name,
        affinity_group,
        location,
    });
    context.terminal.progress("Updating Network Configuration");
    replace(&client, &configuration).await?;
    Ok(Answer::none().into())
}

fn name_server<'a>(all: &'a [NameServer], id: &str) -> Result<&'a NameServer, Failure> {
    all.iter()
        .find(|one| one.name.eq_ignore_ascii_case(id))
        .ok_or_else(|| {
            Failure::new("DNS Server with the Name Identifier not found")
                .with_cause(format!("A DNS Server with name Identifier {id} not found"))
                .with_hint("`azure network dnsserver list` lists the DNS servers, `azure network dnsserver register` adds one")
        })
}

/// The place by its own name; a location becomes a new affinity group in it, if one is wanted.
async fn settle_place(
    context: &Context,
    client: &Client,
    place: Place,
    wants_new_group: bool,
) -> Result<Place, Failure> {
    let location = match place {
        Place::AffinityGroup(wanted) => return existing_group(context, client, &wanted).await,
        Place::Location(wanted) => wanted,
    };
    context.terminal.progress("Getting locations");
    let all = client.locations().await?;
    let found = all
        .iter()
        .find(|one| one.name.eq_ignore_ascii_case(&location))
        .cloned()
        .ok_or_else(|| {
            let question = did_you_mean(&location, all.iter().map(|one| one.name.as_str()));
            Failure::new(format!("Location with name \"{location}\" not found")).with_hint(
                question
                    .unwrap_or_else(|| "`azure vm location list` lists the locations".to_owned()),
            )
        })?;
    if !found.available_services.iter().any(|one| one == MACHINES) {
        return Err(
            Failure::new("location does not support PersistentVMRole service").with_hint(
                "You should create virtual network in a location that supports PersistentVMRole service",
            ),
        );
    }
    if !wants_new_group {
        return Ok(Place::Location(found.name));
    }
    let name = format!("AG-CLI-{:016x}", (context.drawn)());
    context
        .terminal
        .progress(&format!("Creating new affinity group {name}"));
    client
        .create_affinity_group(&CreateAffinityGroup {
            label: format!("{name}_{}", found.name),
            name: name.clone(),
            description: None,
            location: found.name,
        })
        .await?;
    Ok(Place::AffinityGroup(name))
}

async fn existing_group(
    context: &Context,
    client: &Client,
    wanted: &str,
) -> Result<Place, Failure> {
    context.terminal.progress("Getting affinity groups");
    let found = client
        .affinity_groups()
        .await?
        .into_iter()
        .find(|one| one.name.eq_ignore_ascii_case(wanted))
        .ok_or_else(|| {
            Failure::new(format!("Affinity group with name \"{wanted}\" not found"))
                .with_hint("`azure account affinity-group list` lists the affinity groups")
        })?;
    if !found.capabilities.iter().any(|one| one == MACHINES) {
        return Err(
            Failure::new("affinity group does not support PersistentVMRole service").with_hint(
                "You should create virtual network in an affinity group that support PersistentVMRole service",
            ),
        );
    }
    Ok(Place::AffinityGroup(found.name))
}
