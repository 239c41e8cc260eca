//! Records that come in, and files and commands that are written to.

use std::collections::HashMap;

use super::record::Separator;
use crate::files::Open;
use crate::process::tools::input::{LONGEST_LINE, chunk};
use crate::process::{Child, Descriptor, Process};

/// How many files and commands may be open.
const MOST_OPEN: usize = 64;

/// A descriptor that is read record by record.
#[derive(Debug)]
pub(super) struct Records {
    from: Descriptor,
    held: Vec<u8>,
    begin: usize,
    ended: bool,
}

/// How records end.
pub(super) enum Ending {
    Byte(u8),
    /// Empty lines.
    Paragraph,
    Pattern(Separator),
}

impl Ending {
    /// What a value of `RS` means.
    pub(super) fn of(text: &[u8]) -> Result<Self, String> {
        Ok(match text {
            b"" => Self::Paragraph,
            [byte] => Self::Byte(*byte),
            pattern => Self::Pattern(Separator::of(pattern)?),
        })
    }
}

impl Records {
    pub(super) fn new(from: Descriptor) -> Self {
        Self {
            from,
            held: Vec::new(),
            begin: 0,
            ended: false,
        }
    }

    /// The next record that is there without waiting.
    fn held_record(&mut self, ending: &Ending) -> Result<Option<Vec<u8>>, String> {
        if matches!(ending, Ending::Paragraph) {
            let feeds = self.held[self.begin..]
                .iter()
                .take_while(|b| **b == b'\n')
                .count();
            self.begin += feeds;
        }
        let rest = &self.held[self.begin..];
        let found = match ending {
            Ending::Byte(byte) => rest.iter().position(|b| b == byte).map(|at| (at, at + 1)),
            Ending::Paragraph => {
                let at = rest.windows(2).position(|pair| pair == b"\n\n");
                at.map(|at| (at, at + 2))
            }
            Ending::Pattern(Separator::Pattern(regex)) => {
                let found = regex.find(rest, 0).map_err(|error| error.to_string())?;
                let found = found.filter(|found| !found.is_empty());
                // What ends with what is there might go on.
                found
                    .filter(|found| found.end < rest.len() || self.ended)
                    .map(|found| (found.start, found.end))
            }
            Ending::Pattern(_) => None,
        };
        if let Some((length, taken)) = found {
            let record = rest[..length].to_vec();
            self.begin += taken;
            return Ok(Some(record));
        }
        if !self.ended || rest.is_empty() {
            return Ok(None);
        }
        let mut record = rest.to_vec();
        self.begin = self.held.len();
        if matches!(ending, Ending::Paragraph | Ending::Pattern(_)) && record.ends_with(b"\n") {
            record.pop();
        }
        Ok(Some(record))
    }

    /// Whether the next record needs no waiting; before waiting, output is written.
    pub(super) fn ready(&mut self, ending: &Ending) -> Result<Option<Vec<u8>>, String> {
        self.held_record(ending)
    }

    /// Waits for the next record.
    pub(super) async fn next(
        &mut self,
        process: &mut Process,
        ending: &Ending,
    ) -> Result<Option<Vec<u8>>, String> {
        loop {
            if let Some(record) = self.held_record(ending)? {
                return Ok(Some(record));
            }
            if self.ended {
                return Ok(None);
            }
            let bytes = chunk(process, &self.from).await;
            let bytes = bytes.map_err(|errno| format!("read error: {errno}"))?;
            self.ended = bytes.is_empty();
            self.held.drain(..self.begin);
            self.begin = 0;
            self.held.extend(bytes);
            if self.held.len() > LONGEST_LINE {
                return Err(format!("record longer than {LONGEST_LINE} bytes"));
            }
        }
    }
}

/// Something that is open.
enum Stream {
    Reads(Records, Option<Child>),
    Writes(Descriptor, Option<Child>),
}

/// All that a program has open, by the names that it uses.
#[derive(Default)]
pub(super) struct Streams(HashMap<Vec<u8>, Stream>);

/// How a name is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    Write,
    Append,
    CommandIn,
    CommandOut,
    Read,
}

fn name_of(name: &[u8]) -> String {
    String::from_utf8_lossy(name).into_owned()
}

fn shell(process: &Process, name: &[u8]) -> crate::process::Launch {
    process.child(vec!["sh".to_owned(), "-c".to_owned(), name_of(name)])
}

impl Streams {
    fn open(
        &mut self,
        process: &mut Process,
        name: &[u8],
        mode: Mode,
    ) -> Result<&mut Stream, String> {
        if !self.0.contains_key(name) {
            if self.0.len() >= MOST_OPEN {
                return Err("too many open files".to_owned());
            }
            let opened = open(process, name, mode)?;
            self.0.insert(name.to_vec(), opened);
        }
        let stream = self.0.get_mut(name);
        stream.ok_or_else(|| "nothing is open".to_owned())
    }

    /// What is read from under a name.
    pub(super) fn reader(
        &mut self,
        process: &mut Process,
        name: &[u8],
        mode: Mode,
    ) -> Result<&mut Records, String> {
        match self.open(process, name, mode)? {
            Stream::Reads(records, _) => Ok(records),
            Stream::Writes(..) => Err(format!("'{}' is written to", name_of(name))),
        }
    }

    /// Writes to what is under a name.
    pub(super) async fn write(
        &mut self,
        process: &mut Process,
        name: &[u8],
        mode: Mode,
        bytes: &[u8],
    ) -> Result<(), String> {
        let now = process.now();
        match self.open(process, name, mode)? {
            Stream::Writes(to, _) => {
                let written = to.write(bytes, now).await;
                written.map_err(|errno| format!("{}: {errno}", name_of(name)))
            }
            Stream::Reads(..) => Err(format!("'{}' is read from", name_of(name))),
        }
    }

    /// Closes what is under a name; returns the exit code of a command, -1 if nothing is open.
    pub(super) async fn close(&mut self, name: &[u8]) -> i32 {
        let Some(stream) = self.0.remove(name) else {
            return -1;
        };
        // The end is told by letting go, and only then can a command end.
        let child = match stream {
            Stream::Reads(records, child) => {
                drop(records);
                child
            }
            Stream::Writes(to, child) => {
                drop(to);
                child
            }
        };
        match child {
            Some(child) => i32::from(child.wait().await.code()),
            None => 0,
        }
    }

    pub(super) async fn close_all(&mut self) {
        let names: Vec<Vec<u8>> = self.0.keys().cloned().collect();
        for name in names {
            self.close(&name).await;
        }
    }
}

fn open(process: &mut Process, name: &[u8], mode: Mode) -> Result<Stream, String> {
    let text = name_of(name);
    let failed = |errno| format!("can't open '{text}': {errno}");
    match mode {
        Mode::Read => {
            let from = crate::process::tools::input::open(process, &text).map_err(failed)?;
            Ok(Stream::Reads(Records::new(from), None))
        }
        Mode::Write | Mode::Append => {
            let how = if mode == Mode::Append {
                Open::to_append(0o666)
            } else {
                Open::to_write(0o666)
            };
            Ok(Stream::Writes(
                process.open(&text, how).map_err(failed)?,
                None,
            ))
        }
        Mode::CommandOut | Mode::CommandIn => {
            let (reader, writer) = Process::pipe();
            let mut launch = shell(process, name);
            let number = u32::from(mode == Mode::CommandIn);
            let (theirs, ours) = if number == 0 {
                (reader, writer)
            } else {
                (writer, reader)
            };
            launch.descriptors.set(number, theirs);
            let child = process.spawn(launch).map_err(|error| error.to_string())?;
            Ok(if number == 0 {
                Stream::Writes(ours, Some(child))
            } else {
                Stream::Reads(Records::new(ours), Some(child))
            })
        }
    }
}

/// Runs a command to its end.
pub(super) async fn system(process: &mut Process, command: &[u8]) -> i32 {
    match process.spawn(shell(process, command)) {
        Ok(child) => i32::from(child.wait().await.code()),
        Err(_) => 127,
    }
}
