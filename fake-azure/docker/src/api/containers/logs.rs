//! `GET /containers/{id}/logs`.

use std::sync::{Arc, Mutex, PoisonError};

use axum::body::Bytes;
use futures_util::stream;
use jiff::Timestamp;

use crate::api::Outcome;
use crate::api::answer::{Answer, MULTIPLEXED, RAW};
use crate::api::call::Call;
use crate::engine::Engine;
use crate::engine::stdio::Stdio;
use crate::fault::Fault;
use crate::state::id::ObjectId;
use crate::state::log::{Log, LogEntry, Stream};
use crate::state::moment;
use crate::stream::frame;

/// Which entries of a log are wanted, and how they are shown.
#[derive(Clone, Copy, Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "a client chooses by that many switches"
)]
struct Choice {
    stdout: bool,
    stderr: bool,
    since: Option<Timestamp>,
    until: Option<Timestamp>,
    timestamps: bool,
    raw: bool,
}

impl Choice {
    fn takes(&self, entry: &LogEntry) -> bool {
        let wanted = match entry.stream {
            Stream::Stdout => self.stdout,
            Stream::Stderr => self.stderr,
        };
        wanted
            && self.since.is_none_or(|since| entry.at >= since)
            && self.until.is_none_or(|until| entry.at <= until)
    }

    fn show(&self, entry: &LogEntry) -> Bytes {
        let mut line = Vec::new();
        if self.timestamps {
            line.extend(
                entry
                    .at
                    .strftime("%Y-%m-%dT%H:%M:%S.%9fZ ")
                    .to_string()
                    .bytes(),
            );
        }
        line.extend_from_slice(&entry.bytes);
        frame::piece(entry.stream, line.into(), self.raw)
    }
}

fn lock(log: &Mutex<Log>) -> std::sync::MutexGuard<'_, Log> {
    log.lock().unwrap_or_else(PoisonError::into_inner)
}

/// All of a container's log, as it goes over the wire.
pub(in crate::api) fn whole(
    engine: &Engine,
    id: ObjectId,
    stdout: bool,
    stderr: bool,
    raw: bool,
) -> Vec<Bytes> {
    let log = {
        let state = engine.state();
        state
            .containers
            .get(id)
            .map(|container| container.log.clone())
    };
    let choice = Choice {
        stdout,
        stderr,
        since: None,
        until: None,
        timestamps: false,
        raw,
    };
    let log = log.iter().flat_map(|log| {
        let log = lock(log);
        log.from(0)
            .filter(|e| choice.takes(e))
            .map(|e| choice.show(e))
            .collect::<Vec<_>>()
    });
    log.collect()
}

/// Reads a moment as seconds with a fraction; nothing and 0 are none.
fn moment(call: &Call, key: &str) -> Result<Option<Timestamp>, Fault> {
    let text = call.query.first(key);
    if text == "0" {
        return Ok(None);
    }
    moment::unix(text).map_err(|error| Fault::Internal(error.to_string()))
}

pub(in crate::api) fn logs(call: &Call) -> Outcome {
    let (stdout, stderr) = (call.flag("stdout"), call.flag("stderr"));
    if !stdout && !stderr {
        let words = "Bad parameters: you must choose at least one stream";
        return Err(Fault::Invalid(words.to_owned()));
    }
    let id = call.engine.container_id(&call.name)?;
    let life = call.engine.life(id)?;
    let (log, raw, is_running) = {
        let state = call.engine.state();
        let container = state.containers.get(id);
        let container = container.ok_or_else(|| Fault::NoSuchContainer(call.name.clone()))?;
        (
            container.log.clone(),
            container.config.tty,
            container.is_running(),
        )
    };
    if !lock(&log).is_kept() {
        let words = "configured logging driver does not support reading";
        return Err(Fault::Internal(words.to_owned()));
    }
    let choice = Choice {
        stdout,
        stderr,
        since: moment(call, "since")?,
        until: moment(call, "until")?,
        timestamps: call.flag("timestamps"),
        raw,
    };
    let tail = call.query.first("tail").parse::<usize>().ok();
    let follow = call.flag("follow") && is_running && tail != Some(usize::MAX);
    let (first, next) = {
        let log = lock(&log);
        let mut shown: Vec<Bytes> = log
            .from(0)
            .filter(|e| choice.takes(e))
            .map(|e| choice.show(e))
            .collect();
        if let Some(tail) = tail {
            shown.drain(..shown.len().saturating_sub(tail));
        }
        (shown, log.next())
    };
    let kind = if raw || call.version.is_below("1.42") {
        RAW
    } else {
        MULTIPLEXED
    };
    let first = stream::iter(first);
    if !follow {
        return Ok(Answer::stream(kind, first));
    }
    let follower = Follower {
        log,
        stdio: life.stdio.clone(),
        choice,
        next,
        ready: Vec::new().into_iter(),
    };
    let rest = stream::unfold(follower, |mut follower| async move {
        let piece = follower.piece().await?;
        Some((piece, follower))
    });
    Ok(Answer::live(
        kind,
        futures_util::StreamExt::chain(first, rest),
    ))
}

/// One who follows a log until the container ends.
struct Follower {
    log: Arc<Mutex<Log>>,
    stdio: Arc<Stdio>,
    choice: Choice,
    next: u64,
    ready: std::vec::IntoIter<Bytes>,
}

impl Follower {
    async fn piece(&mut self) -> Option<Bytes> {
        loop {
            if let Some(piece) = self.ready.next() {
                return Some(piece);
            }
            let has_ended = self.stdio.has_ended();
            let choice = self.choice;
            let (ready, next) = {
                let log = lock(&self.log);
                let new = log.from(self.next).filter(|e| choice.takes(e));
                (new.map(|e| choice.show(e)).collect::<Vec<_>>(), log.next())
            };
            let nothing_new = next == self.next;
            self.next = next;
            if ready.is_empty() {
                if has_ended && nothing_new {
                    return None;
                }
                self.stdio.more(next).await;
            }
            self.ready = ready.into_iter();
        }
    }
}
