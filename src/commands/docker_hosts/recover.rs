//! `vm docker recover`: lists what earlier runs left unfinished, and finishes it or takes it back.

use serde_json::{Value, json};

use crate::answer::{Answer, Level};
use crate::backend::Site;
use crate::cli::vm::docker::DockerRecoverArgs;
use crate::commands::cloud::{self, Cloud};
use crate::commands::create::advice;
use crate::commands::create::narrator::Narrator;
use crate::commands::create::password::Sources;
use crate::commands::create::words;
use crate::commands::docker_hosts::remove;
use crate::commands::provisioning::{self, Frame, Questions};
use crate::commands::{CommandResult, Context};
use crate::failure::Failure;
use crate::input;
use crate::provision::{
    self, CreateFailure, Entry, Intent, Outcome, OverTls, Ports, RecordError, Records, Recovered,
    Stage,
};
use crate::saga::Noted;
use crate::settings::create::PasswordWish;
use crate::settings::mode::Mode;

/// `vm docker recover`.
pub async fn recover(context: &Context, args: &DockerRecoverArgs) -> CommandResult {
    let records = context.records()?;
    let all = records.all().map_err(|error| Failure::of(&error))?;
    let wanted = chosen(context, all, &args.names)?;
    if wanted.is_empty() {
        return Ok(Answer::none()
            .with(Level::Info, "Nothing is unfinished")
            .with_json(json!([]))
            .into());
    }
    for intent in &wanted {
        for line in lines(intent) {
            context.terminal.info(&line);
        }
    }
    if args.list {
        let json: Vec<Value> = wanted
            .iter()
            .map(|intent| document(intent, is_at_work(&records, intent)))
            .collect();
        return Ok(Answer::none().with_json(Value::Array(json)).into());
    }
    let frame = Frame::new(context)?;
    let mut clouds: [Option<Cloud>; 2] = [None, None];
    let mut backends = Vec::new();
    for intent in &wanted {
        let (mode, group) = cloud::of_order(&intent.order.site);
        let cloud = &mut clouds[usize::from(mode == Mode::Arm)];
        backends.push(match cloud {
            Some(cloud) => cloud.backend(group),
            None => cloud.insert(frame.cloud(mode).await?).backend(group),
        });
    }
    let narrator = Narrator::new(|line| provisioning::show(&context.terminal, line));
    let ssh_folder = frame.ssh_folder();
    let wish = password(context, args);
    let questions = Questions(&context.terminal);
    let sources = Sources {
        wish: &wish,
        environment: context.environment.password(),
        ask: &questions,
    };
    let ports = |backend| Ports {
        backend,
        clock: &*context.clock,
        events: &narrator,
        passwords: &sources,
        dialler: &OverTls,
        interrupt: frame.interrupt(),
        ssh_folder: &ssh_folder,
        records: Some(&records),
    };
    let mut json = Vec::new();
    let mut failed: Option<Failure> = None;
    for (intent, backend) in wanted.into_iter().zip(&backends) {
        let host = &intent.order.host;
        let recovered = match records.hold(intent.order.key(), &intent.machine) {
            Ok(held) => provision::recover(&held, args.undo, ports(&**backend)).await,
            // Whoever is at work on it was not asked for by name.
            Err(error @ RecordError::Busy { .. }) if args.names.is_empty() => {
                context.terminal.info(&error.to_string());
                json.push(json!({"host": host, "name": intent.machine, "ended": "at work"}));
                continue;
            }
            Err(error) => Err(error.into()),
        };
        match recovered {
            Ok(recovered) => {
                if let Recovered::Removed(removed) = &recovered {
                    for line in remove::lines(removed) {
                        context.terminal.info(&line);
                    }
                    failed = failed.or_else(|| remove::failure(removed));
                }
                let (line, ended) = told(&intent, &recovered);
                context.terminal.info(&line);
                json.push(json!({"host": host, "name": intent.machine, "ended": ended}));
            }
            Err(error) => {
                json.push(json!({
                    "host": host,
                    "name": intent.machine,
                    "error": error.to_string(),
                }));
                let is_interrupt = error.is_interrupt();
                let failure = failure(context, &intent, &error);
                failed.get_or_insert(failure);
                if is_interrupt {
                    break;
                }
            }
        }
    }
    match failed {
        Some(failure) => Err(failure.leaving_unless_told(Value::Array(json))),
        None => Ok(Answer::none().with_json(Value::Array(json)).into()),
    }
}

/// The unfinished runs that are meant: all, or those of the names.
fn chosen(context: &Context, all: Vec<Entry>, names: &[String]) -> Result<Vec<Intent>, Failure> {
    let mut unfinished = Vec::new();
    for entry in all {
        match entry.intent {
            Ok(intent) if intent.is_unfinished() => unfinished.push(intent),
            Ok(_) => {}
            Err(error) => context.terminal.warn(&error.to_string()),
        }
    }
    if names.is_empty() {
        return Ok(unfinished);
    }
    let is_of = |intent: &Intent, name: &str| {
        let name = crate::commands::classic::machine::prefix(name);
        intent.machine.eq_ignore_ascii_case(name) || intent.order.host.is_same(name)
    };
    for name in names {
        if !unfinished.iter().any(|intent| is_of(intent, name)) {
            return Err(Failure::new(format!("nothing of `{name}` is unfinished"))
                .with_hint("`azure vm docker recover --list` lists what is"));
        }
    }
    unfinished.retain(|intent| names.iter().any(|name| is_of(intent, name)));
    Ok(unfinished)
}

fn password(context: &Context, args: &DockerRecoverArgs) -> PasswordWish {
    let folder = context.environment.working_folder();
    match (&args.password, &args.password_file, args.password_stdin) {
        (Some(typed), ..) => PasswordWish::Typed(input::without_mark(typed).into()),
        (None, Some(file), _) => PasswordWish::File(folder.join(file)),
        (None, None, true) => PasswordWish::StandardInput,
        (None, None, false) => PasswordWish::Unsaid,
    }
}

fn going(intent: &Intent) -> &'static str {
    match intent.stage {
        Stage::Making | Stage::Made => "being made",
        Stage::Undoing => "being taken back",
        Stage::Removing => "being removed",
    }
}

fn lines(intent: &Intent) -> Vec<String> {
    let things: Vec<String> = intent
        .effects
        .iter()
        .filter(|noted| noted.is_ours())
        .map(|noted| format!("- {}", words::thing(&noted.effect.task())))
        .collect();
    let what = if things.is_empty() {
        "nothing of its own is there"
    } else {
        "there may be:"
    };
    let head = format!(
        "{} of {} {} was {}; {what}",
        intent.machine,
        host_kind(intent),
        intent.order.host,
        going(intent)
    );
    [head].into_iter().chain(things).collect()
}

/// What the host is called in its cloud.
fn host_kind(intent: &Intent) -> &'static str {
    match cloud::of_order(&intent.order.site).0 {
        Mode::Asm => Site::CLASSIC.host,
        Mode::Arm => Site::RESOURCE_MANAGER.host,
    }
}

fn is_at_work(records: &Records, intent: &Intent) -> bool {
    let held = records.hold(intent.order.key(), &intent.machine);
    matches!(held, Err(RecordError::Busy { .. }))
}

fn document(intent: &Intent, is_at_work: bool) -> Value {
    let things: Vec<String> = intent
        .effects
        .iter()
        .filter(|noted| Noted::is_ours(noted))
        .map(|noted| words::thing(&noted.effect.task()))
        .collect();
    json!({
        "host": intent.order.host,
        "name": intent.machine,
        "stage": intent.stage,
        "atWork": is_at_work,
        "things": things,
    })
}

fn told(intent: &Intent, recovered: &Recovered) -> (String, &'static str) {
    let name = &intent.machine;
    match recovered {
        Recovered::Finished(Outcome::Ready(host)) => (
            format!(
                "{name} is finished: Docker answers at {}:{}",
                host.public_name, host.port
            ),
            "finished",
        ),
        Recovered::Finished(_) => (format!("{name} is finished"), "finished"),
        Recovered::TakenBack => (format!("{name} is taken back"), "undone"),
        Recovered::Removed(removed) if removed.has_failed() => {
            (format!("{name} is not removed wholly"), "unfinished")
        }
        Recovered::Removed(_) => (format!("{name} is removed"), "removed"),
        Recovered::Nothing => (format!("{name} was finished meanwhile"), "finished"),
    }
}

fn failure(context: &Context, intent: &Intent, error: &CreateFailure) -> Failure {
    let failure = provisioning::failed(&context.terminal, error);
    match error {
        CreateFailure::Problem(provision::Problem::NoPassword(_)) => failure.with_hint(format!(
            "the machine was not made yet, and its user needs a password: `{}`, or `azure vm docker recover {} --undo`",
            advice::recover(&intent.machine, true),
            intent.machine
        )),
        _ => failure,
    }
}
