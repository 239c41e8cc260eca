//! A program of a script, run.

use std::pin::pin;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use futures_util::stream::{FuturesUnordered, StreamExt};
use jiff::Timestamp;

use super::account;
use super::child::{ChildRole, Number};
use super::conversation::Conversation;
use super::doors::attend;
use super::memory::Memory;
use super::role::{Need, Play, Stdin};
use super::stage::{End, Facts, Stage};
use super::step::Reaction;
use crate::files::Credentials;
use crate::process::{Child, Process, Signal};

/// One of the things that a program does at once; it may say how the program ends.
type Track = BoxFuture<'static, Option<End>>;

/// Runs a program to its end.
pub(super) async fn perform(play: Arc<Play>, process: Process, memory: Arc<Memory>) -> u8 {
    let mut stage = Stage::new(process, memory);
    let prepared = prepare(&play, &mut stage).await;
    let stage = Arc::new(stage);
    let (end, children) = match prepared {
        Ok(children) => (until_end(&play, &stage).await, children),
        Err(end) => (end, Vec::new()),
    };
    for child in &children {
        stage.process.space.signal(child.pid, Signal::TERM, false);
    }
    // Nothing else holds the stage: what did it has been dropped.
    let process = Arc::into_inner(stage).map(Stage::into_process);
    match (end, process) {
        (End::Exit(code), _) => code,
        (End::Crash(signal), process) => crash(process, signal).await,
        (End::Exec(_), None) => 126,
        (End::Exec(args), Some(process)) => match process.exec(args) {
            Ok(rest) => rest.await,
            Err(refused) => {
                let (error, mut process) = *refused;
                process.complain(format!("{error}\n")).await;
                127
            }
        },
    }
}

/// Looks at what a program needs, lets it be who it says it is, and starts what it has beside it.
async fn prepare(play: &Play, stage: &mut Stage) -> Result<Vec<Child>, End> {
    let now = stage.process.now();
    for need in &play.needs {
        if is_missing(need, &stage.process) {
            let message = if need.message.0.is_empty() {
                format!("{} is not set\n", need.env)
            } else {
                need.message.fill(&stage.facts(now), "\n")
            };
            stage.write(2, &message, now).await;
            return Err(End::Exit(need.exit));
        }
    }
    if let Some(name) = &play.user {
        let name = name.fill(&stage.facts(now));
        if let Some(user) = other_user(stage, &name, now).await? {
            stage.process.become_user(user);
        }
    }
    if let Some(title) = &play.title {
        stage.process.set_title(title.fill(&stage.facts(now)));
    }
    let mut children = Vec::new();
    for child in &play.children {
        let number = match child.number {
            Number::Of(number) => u32::from(number),
            Number::Processors => stage.process.space.machine().cpus,
        };
        for which in 1..=number {
            children.push(start_child(child, stage, which, now).await?);
        }
    }
    Ok(children)
}

/// Whom a program that runs as root goes on as; none where it does not run as root.
async fn other_user(stage: &Stage, name: &str, now: Timestamp) -> Result<Option<Credentials>, End> {
    if !stage.process.user.is_root() {
        return Ok(None);
    }
    let found = account::user(stage.process.space.files(), name);
    if found.is_none() {
        stage.complain(&format!("unknown user {name}"), now).await;
        return Err(End::Exit(1));
    }
    Ok(found)
}

async fn start_child(
    child: &ChildRole,
    stage: &Stage,
    which: u32,
    now: Timestamp,
) -> Result<Child, End> {
    let facts = Facts {
        child: Some(which),
        ..stage.facts(now)
    };
    let user = child.user.as_ref().map(|name| name.fill(&facts));
    let user = match user {
        Some(name) => other_user(stage, &name, now).await?,
        None => None,
    };
    let process = &stage.process;
    let words: Vec<String> = child.runs.iter().map(|word| word.fill(&facts)).collect();
    let started = if words.is_empty() {
        let title = child.title.as_ref().map(|title| title.fill(&facts));
        process.helper(title.as_deref(), user)
    } else {
        let mut launch = process.child(words);
        if let Some(user) = user {
            launch.user = Credentials {
                denied: process.user.denied,
                ..user
            };
        }
        process.spawn(launch)
    };
    match started {
        Ok(child) => Ok(child),
        Err(error) => {
            stage.complain(&error.to_string(), now).await;
            Err(End::Exit(1))
        }
    }
}

async fn until_end(play: &Arc<Play>, stage: &Arc<Stage>) -> End {
    for (signal, reaction) in &play.signals {
        match reaction {
            Reaction::Ignore => stage.process.ignore(*signal),
            Reaction::Steps(_) => stage.process.catch(*signal),
        }
    }
    // Ports come first, so that one who reads "ready" can connect.
    let mut tracks: FuturesUnordered<Track> = FuturesUnordered::new();
    for index in 0..play.ports.len() {
        tracks.push(listening(play.clone(), stage.clone(), index));
    }
    tracks.push(steps(play.clone(), stage.clone()));
    if !matches!(play.stdin, Stdin::Unread) {
        tracks.push(reading(play.clone(), stage.clone()));
    }
    let mut opened = pin!(stage.opened());
    loop {
        tokio::select! {
            biased;
            ports = opened.as_mut() => {
                for (port, listener) in ports {
                    tracks.push(Box::pin(attend(stage.clone(), port, listener)));
                }
                opened.set(stage.opened());
            }
            ended = tracks.next(), if !tracks.is_empty() => {
                if let Some(Some(end)) = ended {
                    return end;
                }
            }
            signal = stage.process.signal() => {
                tracks.push(reaction(play.clone(), stage.clone(), signal));
            }
        }
    }
}

fn is_missing(need: &Need, process: &Process) -> bool {
    let set = |name: &str| {
        process
            .variable(name)
            .is_some_and(|value| !value.is_empty())
    };
    !set(&need.env) && !need.unless.iter().any(|name| set(name))
}

fn steps(play: Arc<Play>, stage: Arc<Stage>) -> Track {
    Box::pin(async move {
        let end = stage.perform(&play.steps).await;
        end.or_else(|| (!play.goes_on()).then_some(End::Exit(0)))
    })
}

fn listening(play: Arc<Play>, stage: Arc<Stage>, index: usize) -> Track {
    Box::pin(async move {
        let mut time = stage.timeline();
        stage.listen(play.ports.get(index)?, &mut time).await
    })
}

fn reading(play: Arc<Play>, stage: Arc<Stage>) -> Track {
    Box::pin(async move {
        match &play.stdin {
            Stdin::Unread => None,
            Stdin::Echo => {
                echo(&stage).await;
                Some(End::Exit(0))
            }
            Stdin::Talk(talk) => {
                let conversation = Conversation {
                    stage: &stage,
                    talk,
                    output: None,
                    peer: None,
                };
                let end = conversation.hold(&stage.input).await;
                let listens = !play.ports.is_empty() || play.stays == Some(true);
                end.or_else(|| (!listens).then_some(End::Exit(0)))
            }
        }
    })
}

async fn echo(stage: &Stage) {
    let mut time = stage.timeline();
    while let Ok(bytes) = stage.input.lock().await.chunk().await {
        time.catch_up();
        if bytes.is_empty() {
            return;
        }
        stage.write(1, &bytes, time.now()).await;
        time.step().await;
    }
}

fn reaction(play: Arc<Play>, stage: Arc<Stage>, signal: Signal) -> Track {
    Box::pin(async move {
        let found = play.signals.iter().find(|(known, _)| *known == signal);
        match found {
            Some((_, Reaction::Steps(steps))) => stage.perform(steps).await,
            _ => None,
        }
    })
}

/// Ends as a signal ends a process. The first process of a space is spared by signals, not by
/// its own faults, so it ends with what they are shown as.
async fn crash(process: Option<Process>, signal: Signal) -> u8 {
    if let Some(process) = process.filter(|process| process.pid != 1) {
        process.reset(signal);
        process.space.signal(process.pid, signal, false);
        tokio::task::yield_now().await;
    }
    128_u8.saturating_add(signal.number())
}
