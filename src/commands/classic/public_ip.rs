//! `vm public-ip`: public addresses of one machine.

use serde_json::json;

use super::machine::{Names, needed, one};
use super::{CommandResult, Context, network_set, view};
use crate::answer::{Answer, Level};
use crate::backend::service_management::read::PublicIp;
use crate::cli::vm::address::{
    PublicIpCommand, PublicIpDeleteArgs, PublicIpListArgs, PublicIpSetArgs,
};
use crate::failure::Failure;
use crate::settings::slot;

/// Minutes that an idle connection may live.
const IDLE: std::ops::RangeInclusive<u32> = 4..=30;

/// Carries out one of the commands on the public addresses of a machine.
pub async fn run(context: &Context, command: PublicIpCommand) -> CommandResult {
    match command {
        PublicIpCommand::List(args) => list(context, args).await,
        PublicIpCommand::Set(args) => set(context, args).await,
        PublicIpCommand::Delete(args) => delete(context, args).await,
    }
}

fn position(all: &[PublicIp], name: &str) -> Option<usize> {
    all.iter().position(|one| {
        one.name
            .as_deref()
            .is_some_and(|has| has.eq_ignore_ascii_case(name))
    })
}

async fn list(context: &Context, args: PublicIpListArgs) -> CommandResult {
    let [vm] = slot::fill([args.vm_word], [args.vm_name]);
    let vm = slot::required(vm, "vm-name")?;
    let client = context.client()?;
    let names = Names::ignoring_case(&vm);
    let Some(found) = one(context, &client, args.dns_name.as_deref(), &names).await? else {
        return Ok(Answer::none().with(Level::Warn, "No VMs found").into());
    };
    let mut role = found.role().clone();
    let all = network_set::of(&mut role)?
        .public_ips
        .get_or_insert_default();
    if all.is_empty() {
        return Ok(Answer::none()
            .with(Level::Info, "No public IP addresses found")
            .with_json(json!([]))
            .into());
    }
    let rows: Vec<Vec<String>> = all
        .iter()
        .map(|one| {
            vec![
                one.name.clone().unwrap_or_default(),
                one.idle_timeout_in_minutes
                    .map_or_else(String::new, |minutes| minutes.to_string()),
            ]
        })
        .collect();
    Ok(Answer::table(&["Name", "IdleTimeoutInMinutes"], &rows, view::list(&*all)).into())
}

async fn set(context: &Context, args: PublicIpSetArgs) -> CommandResult {
    let [vm, name] = slot::fill(
        [args.vm_word, args.publicip_word],
        [args.vm_name, args.publicip_name],
    );
    let vm = slot::required(vm, "vm-name")?;
    let name = slot::required(name, "publicip-name")?;
    let idle = args
        .idle_timeout
        .as_deref()
        .map(|text| {
            let minutes: Option<u32> = text.trim().parse().ok();
            minutes
                .filter(|minutes| IDLE.contains(minutes))
                .ok_or_else(|| {
                    Failure::new("--idle-timeoutInMinutes must be an integer in the range [4 - 30]")
                })
        })
        .transpose()?;
    let client = context.client()?;
    let found = needed(context, &client, args.dns_name.as_deref(), &vm).await?;
    let mut role = network_set::read(context, &client, &found).await?;
    let all = network_set::of(&mut role)?
        .public_ips
        .get_or_insert_default();
    match position(all, &name) {
        None => all.push(PublicIp {
            name: Some(name),
            idle_timeout_in_minutes: idle,
            ..PublicIp::default()
        }),
        Some(at) => {
            context
                .terminal
                .info(&format!("Found PublicIP with name {name}"));
            if idle.is_none() {
                context.terminal.info(
                    "To update existing public IP's  idle timeout, use --idle-timeoutInMinutes parameter",
                );
            }
            if idle.is_none() || all[at].idle_timeout_in_minutes == idle {
                return Ok(Answer::none()
                    .with(Level::Info, "There is nothing to update")
                    .into());
            }
            all[at].idle_timeout_in_minutes = idle;
        }
    }
    network_set::replace(context, &client, &found, role).await
}

async fn delete(context: &Context, args: PublicIpDeleteArgs) -> CommandResult {
    let [vm, name] = slot::fill(
        [args.vm_word, args.publicip_word],
        [args.vm_name, args.publicip_name],
    );
    let vm = slot::required(vm, "vm-name")?;
    let name = slot::required(name, "publicip-name")?;
    let client = context.client()?;
    let found = needed(context, &client, args.dns_name.as_deref(), &vm).await?;
    let mut role = network_set::read(context, &client, &found).await?;
    let all = network_set::of(&mut role)?
        .public_ips
        .get_or_insert_default();
    let at = position(all, &name).ok_or_else(|| {
        Failure::new(format!(
            "No PublicIP with name {name} found in the VM Network configuration"
        ))
        .with_hint(format!("`azure vm public-ip list {vm}` lists them"))
    })?;
    let question = format!("Remove the PublicIP {name} ? [y/n] ");
    if let Some(outcome) = context.refused(args.quiet, &question) {
        return Ok(outcome);
    }
    all.remove(at);
    network_set::replace(context, &client, &found, role).await
}
