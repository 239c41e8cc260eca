//! `vm docker rm`: removes hosts with what was made for them, and says what stays and why.

use serde_json::{Value, json};

use super::find::{self, Meant};
use super::wanted::Wanted;
use crate::answer::Answer;
use crate::backend::Backend;
use crate::cli::vm::docker::DockerRemoveArgs;
use crate::commands::cloud::{self, Service};
use crate::commands::create::narrator::Narrator;
use crate::commands::create::words;
use crate::commands::provisioning::{self, Frame, Nobody};
use crate::commands::{CommandResult, Context};
use crate::failure::Failure;
use crate::provision::{HostKey, Intent, Kept, OverTls, Ports, Records, Removal, Removed, Why};
use crate::saga::Leftover;
use crate::settings::mode::Mode;

/// `vm docker rm`.
pub async fn remove(context: &Context, args: &DockerRemoveArgs) -> CommandResult {
    let frame = Frame::new(context)?;
    let records = context.records()?;
    let cloud = frame.cloud(context.mode()?).await?;
    let narrator = Narrator::new(|line| provisioning::show(&context.terminal, line));
    let ssh_folder = frame.ssh_folder();
    // All are found before the first goes.
    let targets = targets(context, &frame, &records, args).await?;
    let backends: Vec<Box<dyn Backend>> = targets
        .iter()
        .map(|target| cloud.backend(target.group.clone()))
        .collect();
    let ports = |backend| Ports {
        backend,
        clock: &*context.clock,
        events: &narrator,
        passwords: &Nobody,
        dialler: &OverTls,
        interrupt: frame.interrupt(),
        ssh_folder: &ssh_folder,
        records: Some(&records),
    };
    let mut removals = Vec::new();
    for (target, backend) in targets.iter().zip(&backends) {
        let ports = ports(&**backend);
        let removal = Removal::of(target.key(), &target.machine, Some(&records), &ports)
            .await
            .map_err(|error| provisioning::failed(&context.terminal, &error))?;
        removals.push((removal, backend));
    }
    if !args.quiet {
        for (removal, _) in &removals {
            for task in removal.things() {
                context.terminal.info(&format!("- {}", words::thing(&task)));
            }
        }
    }
    let named: Vec<&str> = targets
        .iter()
        .map(|target| target.machine.as_str())
        .collect();
    let question = format!(
        "Remove Docker host {} with all of this? [y/n] ",
        named.join(", ")
    );
    if let Some(outcome) = context.refused(args.quiet, &question) {
        return Ok(outcome);
    }
    let mut all = Removed::default();
    for (removal, backend) in removals {
        let removed = removal
            .carry_out(Some(&records), ports(&**backend))
            .await
            .map_err(|error| provisioning::failed(&context.terminal, &error))?;
        all.gone.extend(removed.gone);
        all.was_gone.extend(removed.was_gone);
        all.left.extend(removed.left);
        all.kept.extend(removed.kept);
    }
    all.tidy();
    told(context, &all)
}

/// A machine that is to go.
#[derive(Debug, PartialEq, Eq)]
struct Target {
    host: String,
    machine: String,
    group: Option<String>,
}

impl Target {
    fn key(&self) -> HostKey<'_> {
        HostKey {
            host: &self.host,
            group: self.group.as_deref(),
        }
    }

    fn of_record(intent: &Intent) -> Self {
        Self {
            host: intent.order.host.to_string(),
            machine: intent.machine.clone(),
            group: cloud::of_order(&intent.order.site).1,
        }
    }
}

/// The machines that are meant, with their hosts: those that are there, or of which a record tells.
async fn targets(
    context: &Context,
    frame: &Frame<'_>,
    records: &Records,
    args: &DockerRemoveArgs,
) -> Result<Vec<Target>, Failure> {
    let service = match context.mode()? {
        Mode::Asm => Service::Classic(Box::new(frame.client().await?)),
        Mode::Arm => Service::of(context)?,
    };
    let wanted = Wanted {
        dns_name: args.dns_name.as_deref(),
        group: args.resource_group.as_deref(),
        mode: context.mode()?,
    };
    let all = find::find(context, &service, records, wanted, None).await?;
    let records = records.all().map_err(|error| Failure::of(&error))?;
    let mut targets: Vec<Target> = Vec::new();
    for name in &args.names {
        let target = match find::meant(&all, &records, name, wanted)? {
            Meant::Gone(known) => Target::of_record(known),
            // Nobody is asked: what is called otherwise goes only where a record tells that it is meant.
            Meant::CalledOtherwise(machine) if args.quiet => {
                return Err(find::called_otherwise(name, machine).with_hint(
                    "name it so; without -q you are asked whether it is the one that you mean",
                ));
            }
            Meant::There(machine) | Meant::CalledOtherwise(machine) => Target {
                host: machine.host.clone(),
                machine: machine.name.clone(),
                group: machine.group.clone(),
            },
            Meant::Nobody => return Err(find::nobody(context, &all, name)),
        };
        if !targets.contains(&target) {
            targets.push(target);
        }
    }
    Ok(targets)
}

/// What to say in the end.
fn told(context: &Context, removed: &Removed) -> CommandResult {
    for line in lines(removed) {
        context.terminal.info(&line);
    }
    let json = document(removed);
    match failure(removed) {
        Some(failure) => Err(failure.leaving_unless_told(json)),
        None => Ok(Answer::none().with_json(json).into()),
    }
}

/// Why it is no success, if it is none.
pub(super) fn failure(removed: &Removed) -> Option<Failure> {
    if !removed.has_failed() {
        return None;
    }
    let mut failure = Failure::new("not everything could be removed");
    for left in &removed.left {
        if let Some(error) = &left.error {
            failure = failure.with_cause(format!("{}: {error}", words::thing(&left.task)));
        }
    }
    Some(failure.with_hint("the same command, or `azure vm docker recover`, goes on with it"))
}

/// What became of each thing, but for what a [`failure`] tells.
pub(super) fn lines(removed: &Removed) -> Vec<String> {
    let was_gone = removed.was_gone.iter().map(|task| {
        let words = words::thing(task);
        format!("Not removed: {words} was gone already")
    });
    let gone = removed.gone.iter();
    let gone = gone.map(|task| format!("Removed {}", words::thing(task)));
    let left = removed.left.iter();
    let left = left.filter(|left| left.is_inhabited() || left.error.is_none());
    let left = left.map(left_words);
    let kept = removed.kept.iter().map(kept_words);
    was_gone.chain(gone).chain(left).chain(kept).collect()
}

fn left_words(left: &Leftover) -> String {
    let why = left
        .error
        .as_ref()
        .map_or_else(|| "time did not allow".to_owned(), ToString::to_string);
    format!("Left {}: {why}", words::thing(&left.task))
}

fn kept_words(kept: &Kept) -> String {
    format!("Left {}: {}", words::stays(&kept.thing), why(kept.why))
}

fn why(why: Why) -> &'static str {
    match why {
        Why::WasThere => "it was there before the host was made",
        Why::OfAnother => "it does not look like one that `vm docker create` makes",
        Why::Unknown => "no record tells that it was made for this host",
    }
}

fn document(removed: &Removed) -> Value {
    let gone: Vec<String> = removed.gone.iter().map(words::thing).collect();
    let was_gone: Vec<String> = removed.was_gone.iter().map(words::thing).collect();
    let left = removed.left.iter().map(|left| {
        json!({
            "thing": words::thing(&left.task),
            "why": left.error.as_ref().map(ToString::to_string),
        })
    });
    let kept = removed
        .kept
        .iter()
        .map(|kept| json!({"thing": words::stays(&kept.thing), "why": why(kept.why)}));
    json!({
        "removed": gone,
        "wasGone": was_gone,
        "left": left.chain(kept).collect::<Vec<Value>>(),
    })
}
