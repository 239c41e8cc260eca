//! What all that a program does at once shares, and what its texts can tell.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use tokio::sync::Notify;

use super::input::Input;
use super::memory::Memory;
use super::message::Request;
use super::pattern::Captures;
use super::port::Port;
use super::text::{Kind, Values};
use super::timeline::Timeline;
use crate::files::Errno;
use crate::process::{Listener, Process, Signal};

/// How a program ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum End {
    Exit(u8),
    Crash(Signal),
    Exec(Vec<String>),
}

/// What all that a program does at once shares.
pub(super) struct Stage {
    pub(super) process: Process,
    pub(super) memory: Arc<Memory>,
    /// Its standard input, for whoever reads a line first.
    pub(super) input: tokio::sync::Mutex<Input>,
    opened: Mutex<Vec<(Arc<Port>, Listener)>>,
    news: Notify,
}

impl Stage {
    pub(super) fn new(process: Process, memory: Arc<Memory>) -> Self {
        let input = Input::new(process.descriptors.get(0).ok());
        Self {
            process,
            memory,
            input: tokio::sync::Mutex::new(input),
            opened: Mutex::default(),
            news: Notify::new(),
        }
    }

    pub(super) fn into_process(self) -> Process {
        self.process
    }

    pub(super) fn timeline(&self) -> Timeline {
        Timeline::new(self.process.space.clock().clone())
    }

    /// Writes to a descriptor; into a pipe that nobody reads, as every process does.
    pub(super) async fn write(&self, number: u32, text: impl AsRef<[u8]> + Send, now: Timestamp) {
        let bytes = text.as_ref();
        if bytes.is_empty() {
            return;
        }
        let Ok(descriptor) = self.process.descriptors.get(number) else {
            return;
        };
        if descriptor.write(bytes, now).await == Err(Errno::BrokenPipe) {
            let space = &self.process.space;
            space.signal(self.process.pid, Signal::PIPE, false);
        }
    }

    /// Says on standard error what did not work.
    pub(super) async fn complain(&self, problem: &str, now: Timestamp) {
        let name = self.process.args.first().map_or("", String::as_str);
        self.write(2, &format!("{name}: {problem}\n"), now).await;
    }

    /// Hands a listener to the program's ports.
    pub(super) fn open(&self, port: Arc<Port>, listener: Listener) {
        let mut opened = self.opened.lock().unwrap_or_else(PoisonError::into_inner);
        opened.push((port, listener));
        drop(opened);
        self.news.notify_one();
    }

    /// Waits for ports that were opened.
    pub(super) async fn opened(&self) -> Vec<(Arc<Port>, Listener)> {
        loop {
            let opened = {
                let mut opened = self.opened.lock().unwrap_or_else(PoisonError::into_inner);
                std::mem::take(&mut *opened)
            };
            if !opened.is_empty() {
                return opened;
            }
            self.news.notified().await;
        }
    }

    /// What texts can tell where nothing was asked.
    pub(super) fn facts(&self, now: Timestamp) -> Facts<'_> {
        Facts {
            stage: self,
            now,
            line: None,
            request: None,
            peer: None,
            child: None,
        }
    }
}

/// What texts can tell at one moment.
pub(super) struct Facts<'a> {
    pub(super) stage: &'a Stage,
    pub(super) now: Timestamp,
    pub(super) line: Option<(&'a str, &'a Captures)>,
    pub(super) request: Option<&'a Asked>,
    pub(super) peer: Option<SocketAddr>,
    /// Which one it is of the processes that a program has beside it.
    pub(super) child: Option<u32>,
}

/// A request with what its path matched, and the status of its answer.
pub(super) struct Asked {
    pub(super) request: Request,
    pub(super) values: Vec<(String, String)>,
    pub(super) status: Option<u16>,
}

impl Facts<'_> {
    fn args(&self, key: &str) -> Option<String> {
        let args = &self.stage.process.args;
        match key.parse::<usize>() {
            Ok(number) => args.get(number).cloned(),
            Err(_) => Some(args.get(1..)?.join(" ")),
        }
    }

    fn time(&self, key: &str) -> String {
        match key {
            "unix" => self.now.as_second().to_string(),
            _ => self.now.to_string(),
        }
    }

    fn capture(&self, key: &str) -> Option<String> {
        let (line, captures) = self.line?;
        match key.parse::<usize>().ok()? {
            0 => Some(line.to_owned()),
            number => captures.numbered.get(number - 1).cloned(),
        }
    }

    fn request(&self, kind: Kind, key: &str) -> Option<String> {
        let asked = self.request?;
        match kind {
            Kind::Body => Some(String::from_utf8_lossy(&asked.request.body).into_owned()),
            Kind::Header => asked.request.header(key).map(str::to_owned),
            Kind::Method => Some(asked.request.method.to_string()),
            Kind::Path if key.is_empty() => Some(asked.request.path.clone()),
            Kind::Path => named(&asked.values, key),
            Kind::Query => asked.request.query_value(key),
            Kind::Status => Some(asked.status?.to_string()),
            _ => None,
        }
    }
}

fn named(values: &[(String, String)], name: &str) -> Option<String> {
    let found = values.iter().find(|(known, _)| known == name);
    found.map(|(_, value)| value.clone())
}

impl Values for Facts<'_> {
    fn value(&self, kind: Kind, key: &str) -> Option<String> {
        let Stage {
            process, memory, ..
        } = self.stage;
        match kind {
            Kind::Args => self.args(key),
            Kind::Capture => self.capture(key),
            Kind::Child => Some(self.child?.to_string()),
            Kind::Count => Some(memory.counted(key).to_string()),
            Kind::Counter => Some(memory.count(key).to_string()),
            Kind::Env => process.variable(key).map(str::to_owned),
            Kind::HostName => Some(process.space.host_name().to_owned()),
            Kind::Line => self.line.map(|(line, _)| line.to_owned()),
            Kind::Match => named(&self.line?.1.named, key),
            Kind::Peer => Some(self.peer?.to_string()),
            Kind::Pid => Some(process.pid.to_string()),
            Kind::State => memory.value(key),
            Kind::Time => Some(self.time(key)),
            Kind::Body | Kind::Header | Kind::Method | Kind::Path | Kind::Query | Kind::Status => {
                self.request(kind, key)
            }
        }
    }
}

/// Escapes what variables stand for, for a JSON text.
pub(super) struct Escaped<'a>(pub(super) &'a Facts<'a>);

impl Values for Escaped<'_> {
    fn value(&self, kind: Kind, key: &str) -> Option<String> {
        let value = self.0.value(kind, key)?;
        let quoted = serde_json::Value::from(value).to_string();
        Some(quoted[1..quoted.len() - 1].to_owned())
    }
}
