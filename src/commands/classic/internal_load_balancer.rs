//! `service internal-load-balancer`: load balancers that serve the inside of a virtual network.

use serde_json::json;

use super::{CommandResult, Context, view};
use crate::answer::{Answer, Level};
use crate::backend::service_management::Client;
use crate::backend::service_management::read::{Deployment, Frontend, LoadBalancer};
use crate::cli::internal_load_balancer::{
    BalancerAddArgs, BalancerDeleteArgs, BalancerListArgs, BalancerSetArgs,
    InternalLoadBalancerCommand,
};
use crate::failure::Failure;
use crate::settings::{slot, vnet};

/// Carries out one of the commands on internal load balancers.
pub async fn run(context: &Context, command: InternalLoadBalancerCommand) -> CommandResult {
    match command {
        InternalLoadBalancerCommand::List(args) => list(context, args).await,
        InternalLoadBalancerCommand::Add(args) => add(context, args).await,
        InternalLoadBalancerCommand::Delete(args) => delete(context, args).await,
        InternalLoadBalancerCommand::Set(args) => set(context, args).await,
    }
}

fn address(text: Option<&str>) -> Result<Option<String>, Failure> {
    text.map(|text| {
        vnet::address(text, "--static-virtualnetwork-ipaddress")
            .map(|address| address.to_string())
            .map_err(|error| Failure::of(&error))
    })
    .transpose()
}

async fn deployment(
    context: &Context,
    client: &Client,
    service: &str,
) -> Result<Deployment, Failure> {
    context
        .terminal
        .progress("Getting cloud service deployment");
    client.deployment(service).await?.ok_or_else(|| {
        Failure::new("No deployments were found.")
            .with_hint("`azure vm list` lists the machines with their cloud services")
    })
}

fn find<'a>(deployment: &'a Deployment, name: &str) -> Option<&'a LoadBalancer> {
    deployment
        .load_balancers
        .iter()
        .find(|one| one.name.eq_ignore_ascii_case(name))
}

fn none() -> Answer {
    Answer::none().with(Level::Info, "No matching internal load balancer defined")
}

async fn list(context: &Context, args: BalancerListArgs) -> CommandResult {
    let [service] = slot::fill([args.service_word], [args.service]);
    let service = slot::required(service, "serviceName")?;
    let client = context.client()?;
    let all = deployment(context, &client, &service).await?.load_balancers;
    if all.is_empty() {
        return Ok(Answer::none()
            .with(Level::Info, "No internal load balancers defined")
            .with_json(json!([]))
            .into());
    }
    let rows: Vec<Vec<String>> = all
        .iter()
        .map(|one| {
            let frontend = one.frontend.clone().unwrap_or_default();
            vec![
                one.name.clone(),
                frontend.kind.unwrap_or_default(),
                frontend.subnet_name.unwrap_or_default(),
                frontend
                    .static_virtual_network_ip_address
                    .unwrap_or_default(),
            ]
        })
        .collect();
    let headers = [
        "Name",
        "Type",
        "SubnetName",
        "StaticVirtualNetworkIPAddress",
    ];
    Ok(Answer::table(&headers, &rows, view::list(&all)).into())
}

async fn add(context: &Context, args: BalancerAddArgs) -> CommandResult {
    let [service, name] = slot::fill(
        [args.service_word, args.name_word],
        [args.service, args.name],
    );
    let service = slot::required(service, "serviceName")?;
    let name = slot::required(name, "internalLBName")?;
    let address = address(args.address.as_deref())?;
    if address.is_some() && args.subnet_name.is_none() {
        return Err(Failure::new(
            "--subnet-name is required when --static-virtualnetwork-ipaddress is specified",
        ));
    }
    let client = context.client()?;
    let deployment = deployment(context, &client, &service).await?;
    let new = LoadBalancer {
        name,
        frontend: Some(Frontend {
            kind: Some("Private".to_owned()),
            subnet_name: args.subnet_name,
            static_virtual_network_ip_address: address,
        }),
    };
    context.terminal.progress("Adding internal load balancer");
    let accepted = client
        .add_load_balancer(&service, &deployment.name, &new)
        .await?;
    client.settle(accepted).await?;
    Ok(Answer::none().into())
}

async fn delete(context: &Context, args: BalancerDeleteArgs) -> CommandResult {
    let [service, name] = slot::fill(
        [args.service_word, args.name_word],
        [args.service, args.name],
    );
    let service = slot::required(service, "serviceName")?;
    let name = slot::required(name, "internalLBName")?;
    let client = context.client()?;
    let deployment = deployment(context, &client, &service).await?;
    let Some(found) = find(&deployment, &name) else {
        return Ok(none().into());
    };
    let question = format!("Delete internal load balancer with name {name}? [y/n] ");
    if let Some(outcome) = context.refused(args.quiet, &question) {
        return Ok(outcome);
    }
    context.terminal.progress("Deleting internal load balancer");
    let accepted = client
        .delete_load_balancer(&service, &deployment.name, &found.name)
        .await?;
    client.settle(accepted).await?;
    Ok(Answer::none().into())
}

fn check(args: &BalancerSetArgs) -> Result<(), Failure> {
    let takes = args.subnet_name.is_some() || args.address.is_some();
    if !takes && !args.remove_subnet && !args.remove_vnetip {
        return Err(Failure::new(
            "one of the optional argument --subnet-name, --static-virtualnetwork-ipaddress, --remove-subnet or --remove-vnetip is required",
        ));
    }
    if args.remove_subnet && takes {
        return Err(Failure::new(
            "--subnet-name or --static-virtualnetwork-ipaddress are not allowed when --remove-subnet is specified",
        ));
    }
    if args.remove_vnetip && args.address.is_some() {
        return Err(Failure::new(
            "--static-virtualnetwork-ipaddress not allowed when --remove-vnetip is specified",
        ));
    }
    Ok(())
}

async fn set(context: &Context, args: BalancerSetArgs) -> CommandResult {
    check(&args)?;
    let address = address(args.address.as_deref())?;
    let [service, name] = slot::fill(
        [args.service_word, args.name_word],
        [args.service, args.name],
    );
    let service = slot::required(service, "serviceName")?;
    let name = slot::required(name, "internalLBName")?;
    let client = context.client()?;
    let deployment = deployment(context, &client, &service).await?;
    let Some(found) = find(&deployment, &name) else {
        return Ok(none().into());
    };
    let mut changed = found.clone();
    let frontend = changed.frontend.get_or_insert_default();
    if args.remove_subnet {
        frontend.subnet_name = None;
    }
    if args.remove_subnet || args.remove_vnetip {
        frontend.static_virtual_network_ip_address = None;
    }
    if args.subnet_name.is_some() {
        frontend.subnet_name = args.subnet_name;
    }
    if address.is_some() {
        if frontend.subnet_name.is_none() {
            return Err(Failure::new(
                "no existing subnet defined for this internal load balancer, --subnet-name is required to set static virtual network ip address",
            ));
        }
        frontend.static_virtual_network_ip_address = address;
    }
    context.terminal.progress("Updating internal load balancer");
    let accepted = client
        .update_load_balancer(&service, &deployment.name, &found.name, &changed)
        .await?;
    client.settle(accepted).await?;
    Ok(Answer::none().into())
}
