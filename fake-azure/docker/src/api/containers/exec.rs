//! Execs: `POST /containers/{id}/exec` and what follows.

use hyper::StatusCode;
use serde::{Deserialize, Serialize};

use super::attach::hand_over;
use super::change::size;
use crate::api::Outcome;
use crate::api::answer::Answer;
use crate::api::call::Call;
use crate::fault::Fault;
use crate::process::Signal;
use crate::state::config::Words;
use crate::state::exec::{Exec, ExecProgress};
use crate::state::id::ObjectId;
use crate::state::log::Stream;
use crate::stream::detach::DetachKeys;
use crate::stream::frame;
use crate::stream::hijack::{Input, Session, Target};

#[derive(Debug, Default, Deserialize)]
#[serde(rename = "ExecOptions", rename_all = "PascalCase", default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "the document has that many switches"
)]
struct CreateBody {
    user: String,
    privileged: bool,
    tty: bool,
    console_size: Option<[u32; 2]>,
    attach_stdin: bool,
    attach_stderr: bool,
    attach_stdout: bool,
    detach_keys: String,
    env: Option<Vec<String>>,
    working_dir: String,
    cmd: Option<Words>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename = "ExecStartOptions", rename_all = "PascalCase", default)]
struct StartBody {
    detach: bool,
    tty: bool,
    console_size: Option<[u32; 2]>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Created {
    id: ObjectId,
}

#[derive(Serialize)]
struct ProcessConfig<'a> {
    tty: bool,
    entrypoint: &'a str,
    arguments: &'a [String],
    privileged: bool,
    #[serde(skip_serializing_if = "str::is_empty")]
    user: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
#[expect(
    clippy::struct_excessive_bools,
    reason = "the document has that many switches"
)]
struct Inspected<'a> {
    #[serde(rename = "ID")]
    id: ObjectId,
    running: bool,
    exit_code: Option<i64>,
    process_config: ProcessConfig<'a>,
    open_stdin: bool,
    open_stderr: bool,
    open_stdout: bool,
    can_remove: bool,
    #[serde(rename = "ContainerID")]
    container_id: ObjectId,
    detach_keys: &'a str,
    pid: u32,
}

pub(in crate::api) async fn create(call: &mut Call) -> Outcome {
    let body: CreateBody = call.document().await?;
    let args = body.cmd.map(|words| words.0).unwrap_or_default();
    if args.is_empty() {
        return Err(Fault::Invalid("No exec command specified".to_owned()));
    }
    // Wrong keys are told when it is made.
    DetachKeys::parse(&body.detach_keys)?;
    let nobody = ObjectId::new([0; 32]);
    let exec = Exec {
        id: nobody,
        container: nobody,
        args,
        env: body.env.unwrap_or_default(),
        working_dir: body.working_dir,
        user: body.user,
        privileged: body.privileged,
        tty: body.tty,
        console_size: body.console_size,
        attach_stdin: body.attach_stdin,
        attach_stdout: body.attach_stdout,
        attach_stderr: body.attach_stderr,
        detach_keys: body.detach_keys,
        progress: ExecProgress::Created,
    };
    let id = call.engine.create_exec(&call.name, exec)?;
    Ok(Answer::json(StatusCode::CREATED, &Created { id }))
}

pub(in crate::api) fn inspect(call: &Call) -> Outcome {
    let exec = call.engine.exec(&call.name)?;
    let (running, exit_code, pid) = match exec.progress {
        ExecProgress::Created => (false, None, 0),
        ExecProgress::Running(pid) => (true, None, pid),
        ExecProgress::Ended { code, pid } => (false, Some(code), pid),
    };
    let (entrypoint, arguments) = exec
        .args
        .split_first()
        .map_or(("", &[][..]), |(e, a)| (e, a));
    Ok(Answer::ok(&Inspected {
        id: exec.id,
        running,
        exit_code,
        process_config: ProcessConfig {
            tty: exec.tty,
            entrypoint,
            arguments,
            privileged: exec.privileged,
            user: &exec.user,
        },
        open_stdin: exec.attach_stdin,
        open_stderr: exec.attach_stderr,
        open_stdout: exec.attach_stdout,
        can_remove: false,
        container_id: exec.container,
        detach_keys: &exec.detach_keys,
        pid,
    }))
}

pub(in crate::api) async fn start(call: &mut Call) -> Outcome {
    let body: StartBody = call.optional_document().await?;
    let exec = call.engine.exec(&call.name)?;
    let refusal = match exec.progress {
        ExecProgress::Created => None,
        ExecProgress::Running(_) => Some(format!("exec command {} is already running", exec.id)),
        ExecProgress::Ended { .. } => Some(format!("exec command {} has already run", exec.id)),
    };
    if let Some(words) = refusal {
        if body.detach {
            return Err(Fault::Conflict(words));
        }
        let told = frame::frame(Stream::Stdout, format!("{words}\r\n").as_bytes());
        let session = Session::only(told, call.engine.now());
        return Ok(hand_over(call, body.tty, session));
    }
    let started = call
        .engine
        .start_exec(&exec, body.console_size, !body.detach)?;
    if body.detach {
        return match started.refusal {
            Some(words) => Err(Fault::Invalid(words)),
            None => Ok(Answer::empty(StatusCode::OK)),
        };
    }
    let output = started.output;
    let before: Vec<_> = started
        .refusal
        .iter()
        .map(|words| {
            let words = format!("{words}\r\n").into_bytes();
            frame::piece(Stream::Stdout, words.into(), exec.tty)
        })
        .collect();
    let space = call
        .engine
        .life(exec.container)?
        .running()
        .map(|running| running.space);
    let keys = DetachKeys::parse(&exec.detach_keys)?;
    let input = space.filter(|_| exec.attach_stdin).map(|space| Input {
        target: Target::Exec {
            stdio: started.stdio.clone(),
            space,
            tty: started.tty.clone(),
        },
        keys: exec.tty.then_some(keys),
        closes: !exec.tty,
        clock: call.engine.clock().clone(),
    });
    let session = Session {
        before,
        output: Some(output),
        input,
        raw: exec.tty,
        pauses: call.reads_beside_its_buffer(),
    };
    Ok(hand_over(call, body.tty || exec.tty, session))
}

pub(in crate::api) fn resize(call: &Call) -> Outcome {
    let exec = call.engine.exec(&call.name)?;
    let (rows, columns) = size(call)?;
    let tty = call.engine.exec_tty(exec.id);
    let Some((tty, space)) = tty else {
        let words = format!("NotFound: process does not exist {}: not found", exec.id);
        return Err(Fault::NotFound(words));
    };
    if let Some(tty) = tty
        && tty.resize(rows, columns)
    {
        space.signal_group(tty.foreground(), Signal::WINCH);
    }
    Ok(Answer::empty(StatusCode::OK))
}
