//! `vm docker env`: what a shell, or the docker command, needs to know of a host.

use std::process::Command;

use serde_json::Value;

use super::asked;
use super::find::{self, DockerMachine, Meant};
use super::shell::Shell;
use super::wanted::Wanted;
use crate::answer::{Answer, Level};
use crate::cli::vm::docker::DockerEnvArgs;
use crate::commands::cloud::Service;
use crate::commands::docker_create::reach::{Daemon, Reach};
use crate::commands::{CommandResult, Context, Outcome};
use crate::domain::harmless;
use crate::failure::Failure;
use crate::provision::Intent;

/// The variables of a shell that is to meet a host.
const HOST: &str = "DOCKER_HOST";
const VERIFY: &str = "DOCKER_TLS_VERIFY";
const TLS: &str = "DOCKER_TLS";
const CERTIFICATES: &str = "DOCKER_CERT_PATH";

/// `vm docker env`.
pub async fn env(context: &Context, args: &DockerEnvArgs) -> CommandResult {
    let shell = Shell::choose(args.shell.as_deref(), context.environment.shell())?;
    let is_document = context.common.json;
    if args.unset {
        if is_document {
            let none = [HOST, VERIFY, TLS, CERTIFICATES].map(|name| (name.to_owned(), Value::Null));
            let none: serde_json::Map<_, _> = none.into_iter().collect();
            let none = serde_json::json!({"environment": none});
            return Ok(Answer::none().with_json(none).into());
        }
        for name in [HOST, VERIFY, TLS, CERTIFICATES] {
            context.terminal.plain(&shell.unset(name));
        }
        let shell_option = args.shell.as_deref().map(|name| format!(" --shell {name}"));
        let shell_option = shell_option.unwrap_or_default();
        let command = format!("azure vm docker env --unset{shell_option}");
        tell_how(context, shell, &command);
        return Ok(Outcome::Quiet);
    }
    let name = args.name.as_deref().unwrap_or_default();
    let service = Service::of(context)?;
    let records = context.records()?;
    let folder = args.docker_cert_dir.as_deref();
    let wanted = Wanted {
        dns_name: args.dns_name.as_deref(),
        group: args.resource_group.as_deref(),
        mode: context.mode()?,
    };
    let all = find::find(context, &service, &records, wanted, folder).await?;
    let records = records.all().map_err(|error| Failure::of(&error))?;
    let machine = match find::meant(&all, &records, name, wanted)? {
        Meant::There(machine) => machine,
        Meant::CalledOtherwise(machine) => {
            return Err(find::called_otherwise(name, machine).with_hint("name it so"));
        }
        Meant::Gone(known) => return Err(gone(known)),
        Meant::Nobody => return Err(find::nobody(context, &all, name)),
    };
    if !is_plain(&machine.public_name) || !is_plain(&machine.name) {
        return Err(Failure::new(
            "the service tells a name that no shell should be told",
        ));
    }
    let certificates = asked::certificates(machine, &service, &*context.clock);
    let reach = reach(context, machine, certificates).await?;
    if args.context {
        return make_context(machine, &reach);
    }
    if is_document {
        return Ok(Answer::none().with_json(document(machine, &reach)).into());
    }
    let verifies = reach.verifies.is_ok();
    for (name, value) in [
        (HOST, format!("tcp://{}", reach.name)),
        (if verifies { VERIFY } else { TLS }, "1".to_owned()),
        (CERTIFICATES, machine.folder.to_string_lossy().into_owned()),
    ] {
        context.terminal.plain(&shell.set(name, &value));
    }
    context
        .terminal
        .plain(&shell.unset(if verifies { TLS } else { VERIFY }));
    if let Err(why) = &reach.verifies {
        let why = harmless(why);
        let remark = shell.remark(&format!("DOCKER_TLS_VERIFY cannot be used: {why}"));
        context.terminal.plain(&remark);
    }
    tell_how(context, shell, &again(args, &machine.name));
    Ok(Outcome::Quiet)
}

/// The variables by their names, `null` for what is to be unset, and what they are made of.
fn document(machine: &DockerMachine, reach: &Reach) -> Value {
    let why = reach.verifies.as_ref().err().map(|why| harmless(why));
    serde_json::json!({
        "name": machine.name,
        "host": reach.name,
        "address": machine.address,
        "port": machine.port,
        "verifies": why.is_none(),
        "why": why,
        "environment": {
            HOST: format!("tcp://{}", reach.name),
            VERIFY: why.is_none().then_some("1"),
            TLS: why.is_some().then_some("1"),
            CERTIFICATES: machine.folder.to_string_lossy(),
        },
    })
}

/// The machine that a record tells of is there no more, or not yet.
fn gone(known: &Intent) -> Failure {
    let (name, host) = (&known.machine, &known.order.host);
    let failure = Failure::new(format!("Docker host `{name}` of `{host}` is not there"));
    failure.with_hint(if known.is_unfinished() {
        "a run on it is unfinished: `azure vm docker recover` goes on with it"
    } else {
        "`azure vm docker rm` removes what is left of it; `azure vm docker ls` lists those that are there"
    })
}

/// The command that was typed, without what a shell might read in another way.
fn again(args: &DockerEnvArgs, machine: &str) -> String {
    let folder = args.docker_cert_dir.as_deref().and_then(|dir| dir.to_str());
    let options = [
        ("--shell", args.shell.as_deref()),
        ("--dns-name", args.dns_name.as_deref()),
        ("--resource-group", args.resource_group.as_deref()),
        ("--docker-cert-dir", folder),
    ];
    let options = options
        .into_iter()
        .filter_map(|(option, value)| Some((option, value?)))
        .filter(|(_, value)| value.split('/').all(is_plain) && !value.starts_with('-'));
    options.fold(
        format!("azure vm docker env {machine}"),
        |words, (option, value)| format!("{words} {option} {value}"),
    )
}

/// Is it a name as names are? What a shell obeys is made of it.
fn is_plain(name: &str) -> bool {
    name.bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_'))
}

fn tell_how(context: &Context, shell: Shell, command: &str) {
    let line = shell.remark(&shell.obey(command));
    context.terminal.plain(&line);
}

/// The way to the daemon from here. One that does not answer is told, and printed all the same.
async fn reach(
    context: &Context,
    machine: &DockerMachine,
    certificates: Result<crate::pki::docker::DockerCertificates, String>,
) -> Result<Reach, Failure> {
    let certificates = certificates.map_err(|why| {
        Failure::new(format!(
            "there are no certificates for Docker host `{}`",
            machine.name
        ))
        .with_cause(why)
        .with_hint("name their folder with --docker-cert-dir DIR")
    })?;
    let address = machine.socket().ok_or_else(|| {
        Failure::new(format!(
            "Docker host `{}` has no public address or no endpoint for Docker",
            machine.name
        ))
        .with_hint("`azure vm endpoint list` shows the endpoints; a stopped machine has no address")
    })?;
    let answer = asked::ask(machine, Ok(&certificates)).await;
    let id = match &answer {
        Ok(info) => info.0.get("ID").cloned(),
        Err(missing) => {
            context.terminal.warn(&format!(
                "Docker host `{}` does not answer at present: {missing}",
                machine.name
            ));
            None
        }
    };
    Ok(Reach::find(Daemon {
        public_name: &machine.public_name,
        port: address.port(),
        address,
        certificates: &certificates,
        id: id.as_ref(),
    })
    .await)
}

/// A context of the docker command with the host's name, made anew or changed.
fn make_context(machine: &DockerMachine, reach: &Reach) -> CommandResult {
    let file = |name: &str| machine.folder.join(name).to_string_lossy().into_owned();
    let mut endpoint = vec![
        field("host", &format!("tcp://{}", reach.name)),
        field("ca", &file("ca.pem")),
        field("cert", &file("cert.pem")),
        field("key", &file("key.pem")),
    ];
    if reach.verifies.is_err() {
        endpoint.push("skip-tls-verify=true".to_owned());
    }
    let is_there = docker(&["context", "inspect", &machine.name])?
        .status
        .success();
    let verb = if is_there { "update" } else { "create" };
    let endpoint = endpoint.join(",");
    let output = docker(&["context", verb, &machine.name, "--docker", &endpoint])?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(Failure::new("docker made no context").with_cause(said.trim().to_owned()));
    }
    let done = if is_there { "changed" } else { "made" };
    let answer = Answer::none()
        .with(
            Level::Info,
            format!("Context \"{}\" of docker {done}", machine.name),
        )
        .with(
            Level::Info,
            format!("    docker --context {} info", machine.name),
        )
        .with_json(serde_json::json!({"context": machine.name, "host": reach.name}));
    let answer = match &reach.verifies {
        Ok(()) => answer,
        Err(why) => answer.with(
            Level::Warn,
            format!("the context does not verify the host: {why}"),
        ),
    };
    Ok(answer.into())
}

/// One field of what docker reads as a line of comma-separated values.
fn field(name: &str, value: &str) -> String {
    let field = format!("{name}={value}");
    if field.contains([',', '"', '\n']) {
        format!("\"{}\"", field.replace('"', "\"\""))
    } else {
        field
    }
}

fn docker(words: &[&str]) -> Result<std::process::Output, Failure> {
    Command::new("docker").args(words).output().map_err(|error| {
        if error.kind() == std::io::ErrorKind::NotFound {
            Failure::new("there is no docker command here to make a context in").with_hint(
                "install the docker command line, or leave --context out: `azure vm docker env` prints variables",
            )
        } else {
            Failure::new("the docker command cannot be run").with_cause(error.to_string())
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comma_in_a_path_stays_in_its_field() {
        assert_eq!(field("ca", "/c/ca.pem"), "ca=/c/ca.pem");
        assert_eq!(field("ca", "/a,b/\"c\""), "\"ca=/a,b/\"\"c\"\"\"");
    }
}
