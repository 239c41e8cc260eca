//! `vm docker ls`: the hosts that have Docker, and whether it answers.

use futures_util::stream::{self, StreamExt as _};
use serde_json::{Value, json};

use super::asked;
use super::find::{self, DockerMachine};
use super::wanted::Wanted;
use crate::answer::{Answer, Level};
use crate::cli::vm::docker::DockerListArgs;
use crate::commands::cloud::Service;
use crate::commands::{CommandResult, Context};
use crate::provision::{EngineInfo, Missing};

/// So many daemons are asked at a time.
const AT_A_TIME: usize = 16;

/// `vm docker ls`.
pub async fn list(context: &Context, args: &DockerListArgs) -> CommandResult {
    let service = Service::of(context)?.named_under(context.environment.domain());
    let records = context.records()?;
    let folder = args.docker_cert_dir.as_deref();
    let wanted = Wanted {
        dns_name: args.dns_name.as_deref(),
        group: None,
        mode: context.mode()?,
    };
    let all = find::find(context, &service, &records, wanted, folder).await?;
    if all.is_empty() {
        return Ok(Answer::none()
            .with(Level::Info, "No Docker hosts found")
            .with_json(json!([]))
            .into());
    }
    context.terminal.progress("Asking Docker");
    let clock = &*context.clock;
    let service = &service;
    let asked: Vec<(&DockerMachine, Result<EngineInfo, Missing>)> = stream::iter(&all)
        .map(|machine| async move {
            let certificates = asked::certificates(machine, service, clock);
            let answer = asked::ask(machine, certificates.as_ref()).await;
            (machine, answer)
        })
        .buffered(AT_A_TIME)
        .collect()
        .await;
    let rows: Vec<Vec<String>> = asked
        .iter()
        .map(|(machine, answer)| {
            let mut row = vec![
                machine.name.clone(),
                machine.state.clone(),
                machine.public_name.clone(),
                machine
                    .socket()
                    .map(|socket| socket.to_string())
                    .unwrap_or_default(),
                match answer {
                    Ok(info) => version(info).unwrap_or("answers").to_owned(),
                    Err(missing) => format!("no answer ({missing})"),
                },
            ];
            row.extend(machine.group.clone());
            row
        })
        .collect();
    let json: Value = asked
        .iter()
        .map(|(machine, answer)| told(machine, answer))
        .collect();
    let mut headers = vec!["Name", "Status", "DNS Name", "Address", "Docker"];
    if all.iter().any(|machine| machine.group.is_some()) {
        headers.push("Resource group");
    }
    Ok(Answer::table(&headers, &rows, json).into())
}

fn version(info: &EngineInfo) -> Option<&str> {
    info.0.get("ServerVersion")?.as_str()
}

fn told(machine: &DockerMachine, answer: &Result<EngineInfo, Missing>) -> Value {
    let missing = answer.as_ref().err().map(ToString::to_string);
    let mut told = json!({
        "name": machine.name,
        "service": machine.host,
        "host": machine.public_name,
        "address": machine.address,
        "port": machine.port,
        "status": machine.state,
        "certificateFolder": machine.folder.to_string_lossy(),
        "docker": {
            "answers": answer.is_ok(),
            "version": answer.as_ref().ok().and_then(version),
            "missing": missing,
        },
    });
    if let Some(group) = &machine.group {
        told["resourceGroup"] = json!(group);
    }
    told
}
