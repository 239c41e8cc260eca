//! `network dnsserver`: name servers that virtual networks may use.

use serde_json::json;

use super::network_configuration::{read, replace};
use super::{CommandResult, Context, view};
use crate::answer::{Answer, Level};
use crate::backend::service_management::read::NameServer;
use crate::cli::network::vnet::{DnsServerCommand, DnsServerRegisterArgs, DnsServerUnregisterArgs};
use crate::failure::Failure;
use crate::settings::vnet;

/// Carries out one of the commands on name servers.
pub async fn run(context: &Context, command: DnsServerCommand) -> CommandResult {
    match command {
        DnsServerCommand::List => list(context).await,
        DnsServerCommand::Register(args) => register(context, args).await,
        DnsServerCommand::Unregister(args) => unregister(context, args).await,
    }
}

async fn list(context: &Context) -> CommandResult {
    let client = context.client()?;
    let configuration = read(context, &client).await?;
    let all = configuration.virtual_network_configuration.dns.dns_servers;
    if all.is_empty() {
        return Ok(Answer::none()
            .with(Level::Warn, "No DNS servers found")
            .with_json(json!([]))
            .into());
    }
    let rows: Vec<Vec<String>> = all
        .iter()
        .map(|one| vec![one.name.clone(), one.ip_address.clone()])
        .collect();
    Ok(Answer::table(&["DNS Server ID", "DNS Server IP"], &rows, view::list(&all)).into())
}

fn is_id(id: &str) -> bool {
    id.len() <= 20
        && id.starts_with(|first: char| first.is_ascii_alphabetic())
        && id
            .bytes()
            .all(|one| one.is_ascii_alphanumeric() || one == b'-')
}

async fn register(context: &Context, args: DnsServerRegisterArgs) -> CommandResult {
    let address = args
        .address
        .or(args.dns_ip)
        .ok_or_else(|| Failure::new("the address of the DNS server is required"))?;
    let address = vnet::address(&address, "--dns-ip")
        .map_err(|error| Failure::of(&error))?
        .to_string();
    if args.dns_id.as_deref().is_some_and(|id| !is_id(id)) {
        return Err(Failure::new(
            "--dns-id can contain only letters, numbers and hyphens with no more than 20 characters. It must start with a letter",
        ));
    }
    let is_named = args.dns_id.is_some();
    let id = args
        .dns_id
        .unwrap_or_else(|| format!("DNS-{:016x}", (context.drawn)()));
    let client = context.client()?;
    let mut configuration = read(context, &client).await?;
    let all = &mut configuration.virtual_network_configuration.dns.dns_servers;
    for one in all.iter() {
        if one.name.eq_ignore_ascii_case(&id) {
            return Err(Failure::new(format!(
                "A DNS Server with name identifier {id} already exists"
            )));
        }
        if one.ip_address == address {
            return Err(Failure::new(format!(
                "A DNS Server with ip address {address} already exists"
            )));
        }
    }
    if !is_named {
        context
            .terminal
            .info(&format!("Name Identifier for the DNS Server is {id}"));
    }
    all.push(NameServer {
        name: id,
        ip_address: address,
    });
    context.terminal.progress("Registering DNS Server");
    replace(&client, &configuration).await?;
    Ok(Answer::none().into())
}

async fn unregister(context: &Context, args: DnsServerUnregisterArgs) -> CommandResult {
    let (kind, wanted) = match (args.dns_id, args.address.or(args.dns_ip)) {
        (Some(_), Some(_)) => {
            return Err(Failure::new(
                "Either --dns-id or --dns-ip must be present not both",
            ));
        }
        (Some(id), None) => ("Name Identifier", id),
        (None, Some(address)) => {
            let address = vnet::address(&address, "--dns-ip").map_err(|e| Failure::of(&e))?;
            ("IP Address", address.to_string())
        }
        (None, None) => {
            return Err(Failure::new("the address of the DNS server is required")
                .with_hint("`azure network dnsserver list` lists the DNS servers"));
        }
    };
    let client = context.client()?;
    let mut configuration = read(context, &client).await?;
    let networks = &mut configuration.virtual_network_configuration;
    let all = &mut networks.dns.dns_servers;
    if all.is_empty() {
        return Err(Failure::new("No DNS Servers registered with the Network"));
    }
    let at = all
        .iter()
        .position(|one| {
            let has = match kind {
                "IP Address" => &one.ip_address,
                _ => &one.name,
            };
            has.eq_ignore_ascii_case(&wanted)
        })
        .ok_or_else(|| {
            Failure::new(format!("A DNS Server with {kind} {wanted} not found"))
                .with_hint("`azure network dnsserver list` lists the DNS servers")
        })?;
    let one = all.remove(at);
    let user = networks.virtual_network_sites.iter().find(|site| {
        site.dns_servers_ref
            .iter()
            .any(|server| server.name.eq_ignore_ascii_case(&one.name))
    });
    if let Some(site) = user {
        return Err(Failure::new(format!(
            "You cannot unregister this DNS Server, it is being referenced by the virtual network {}",
            site.name
        )));
    }
    let shown = format!("{}({})", one.name.to_lowercase(), one.ip_address);
    let question = format!("Delete the DNS Server {shown} ? [y/n] ");
    if let Some(outcome) = context.refused(args.quiet, &question) {
        return Ok(outcome);
    }
    context
        .terminal
        .progress(&format!("Deleting the DNS Server {shown}"));
    replace(&client, &configuration).await?;
    Ok(Answer::none().into())
}
