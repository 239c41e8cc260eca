//! `network`: reserved addresses.

use serde_json::json;

use super::meant::{Thing, or_near};
use super::{CommandResult, Context, view};
use crate::answer::{Answer, Level};
use crate::backend::service_management::write::CreateReservedIp;
use crate::cli::network::{ReservedIpCreateArgs, ReservedIpDeleteArgs, ReservedIpShowArgs};
use crate::failure::Failure;

const GETTING: &str = "Getting reserved IP addresses";

/// `network reserved-ip list`.
pub async fn list_reserved(context: &Context) -> CommandResult {
    let client = context.client()?;
    context.terminal.progress(GETTING);
    let all = client.reserved_ips().await?;
    if all.is_empty() {
        return Ok(Answer::none()
            .with(Level::Info, "No reserved IP addresses found")
            .with_json(json!([]))
            .into());
    }
    let rows: Vec<Vec<String>> = all
        .iter()
        .map(|one| {
            vec![
                one.name.clone(),
                one.address.clone().unwrap_or_default(),
                one.location.clone().unwrap_or_default(),
                one.label.clone().unwrap_or_default(),
            ]
        })
        .collect();
    let headers = ["Name", "Address", "Location", "Label"];
    Ok(Answer::table(&headers, &rows, view::list(&all)).into())
}

/// `network reserved-ip show`.
pub async fn show_reserved(context: &Context, args: &ReservedIpShowArgs) -> CommandResult {
    let client = context.client()?;
    context.terminal.progress(GETTING);
    // 0.10 asked for the one, 0.8 for all of them; the second also finds another spelling.
    let mut one = client.reserved_ip(&args.name).await?;
    if one.is_none() {
        let all = client.reserved_ips().await?;
        let mut here = all.iter();
        one = here
            .find(|one| one.name.eq_ignore_ascii_case(&args.name))
            .cloned();
        if one.is_none() {
            let names = all.iter().map(|one| one.name.as_str());
            context.tell_near("reserved address", &args.name, names);
        }
    }
    Ok(match one {
        Some(one) => Answer::listing(view::json(&one)),
        None => Answer::absent(format!(
            "Reserved IP address with name {} not found",
            args.name
        ))
        .with_json(json!({})),
    }
    .into())
}

/// `network reserved-ip create`.
pub async fn create_reserved(context: &Context, args: &ReservedIpCreateArgs) -> CommandResult {
    let client = context.client()?;
    context.terminal.progress("Creating reserved IP address");
    let accepted = client
        .create_reserved_ip(&CreateReservedIp {
            name: args.name.clone(),
            label: args.label.clone(),
            location: args.location.clone(),
        })
        .await;
    let accepted = or_near(&client, Thing::Location(&args.location), accepted).await?;
    client.settle(accepted).await?;
    Ok(Answer::none().into())
}

/// `network reserved-ip delete`.
pub async fn delete_reserved(context: &Context, args: &ReservedIpDeleteArgs) -> CommandResult {
    let client = context.client()?;
    if !args.quiet {
        context.terminal.progress("Looking up reserved IP address");
        if client.reserved_ip(&args.name).await?.is_none() {
            return Err(Failure::new(format!(
                "Reserved IP address with name {} not found",
                args.name
            )));
        }
    }
    let question = format!("Delete reserved IP address {}? [y/n] ", args.name);
    if let Some(outcome) = context.refused(args.quiet, &question) {
        return Ok(outcome);
    }
    context.terminal.progress("Deleting reserved IP address");
    let accepted = client.delete_reserved_ip(&args.name).await?;
    client.settle(accepted).await?;
    Ok(Answer::none().into())
}
