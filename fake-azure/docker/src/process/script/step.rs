//! Steps: what a program does, one thing after another.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Deserializer, de};

use super::change::{Change, FILE_MODE, How, Mode};
use super::lines::{Lines, Several};
use super::pattern::Pattern;
use super::port::Port;
use super::span::Span;
use super::talk::pairs;
use super::text::Text;
use crate::process::Signal;

/// What a program does at one moment; its actions in order.
#[derive(Clone, Debug, Default)]
pub struct Step {
    /// How long it waits first.
    pub after: Duration,
    /// How often it is done, and how long it waits between.
    pub repeat: Option<Repeat>,
    /// What it does.
    pub actions: Vec<Action>,
}

/// A step that is done more than once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Repeat {
    /// How long it waits before each time but the first.
    pub every: Duration,
    /// How many times it is done; without end when it is not said.
    pub times: Option<u64>,
}

/// One thing that a program does.
#[derive(Clone, Debug)]
pub enum Action {
    /// Prints lines to standard output.
    Print(Lines),
    /// Prints lines to standard error.
    Complain(Lines),
    /// Prints a text as it is, without a line end.
    Raw(Text),
    /// Changes a file.
    Change(Change),
    /// Keeps values for `{state.NAME}`.
    Set(Vec<(Text, Text)>),
    /// Reads a line of standard input into `{state.NAME}`.
    Read(Text),
    /// Reads a line of standard input and ends with a code when it is another one.
    Expect(Pattern, u8),
    /// Runs a command and waits for it.
    Run(Vec<Text>),
    /// Becomes another command.
    Exec(Vec<Text>),
    /// Opens a port.
    Open(Arc<Port>),
    /// Ends with an exit code.
    Exit(u8),
    /// Ends as a signal ends a process.
    Crash(Signal),
}

impl Step {
    /// One action, at once.
    pub fn of(action: Action) -> Self {
        Self {
            actions: vec![action],
            ..Self::default()
        }
    }

    /// Whether nothing can come after it.
    pub(super) fn is_last(&self) -> bool {
        let ends = |action: &Action| {
            matches!(action, Action::Exit(_) | Action::Crash(_) | Action::Exec(_))
        };
        self.repeat.is_some_and(|repeat| repeat.times.is_none()) || self.actions.iter().any(ends)
    }
}

/// A signal by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct SignalName(pub(super) Signal);

impl<'de> Deserialize<'de> for SignalName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        let signal = Signal::parse(&name);
        signal
            .map(Self)
            .ok_or_else(|| de::Error::custom(format!("there is no signal `{name}`")))
    }
}

/// A step as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    after: Option<Span>,
    every: Option<Span>,
    times: Option<u64>,
    set: Option<BTreeMap<String, Text>>,
    mkdir: Option<Text>,
    write: Option<Text>,
    append: Option<Text>,
    content: Option<Text>,
    chmod: Option<Text>,
    mode: Option<Mode>,
    remove: Option<Text>,
    run: Option<Several<Text>>,
    print: Option<Lines>,
    raw: Option<Text>,
    stderr: Option<Lines>,
    read: Option<Text>,
    expect: Option<Pattern>,
    otherwise: Option<u8>,
    exec: Option<Several<Text>>,
    exit: Option<u8>,
    crash: Option<SignalName>,
}

impl<'de> Deserialize<'de> for Step {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Written::deserialize(deserializer)?
            .step()
            .map_err(de::Error::custom)
    }
}

impl Written {
    fn step(self) -> Result<Step, String> {
        self.check()?;
        let mode = self.mode.map_or(FILE_MODE, |mode| mode.0);
        let content = self.content.unwrap_or_default();
        let change = |how: How| move |path: Text| Action::Change(Change { path, how });
        let written = How::Write(content.clone(), mode);
        let otherwise = self.otherwise.unwrap_or(1);
        let actions = [
            self.set.map(pairs).map(Action::Set),
            self.mkdir.map(change(How::MakeDirectory)),
            self.write.map(change(written)),
            self.append.map(change(How::Append(content, mode))),
            self.chmod.map(change(How::ChangeMode(mode))),
            self.remove.map(change(How::Remove)),
            self.run.map(|words| Action::Run(words.0)),
            self.print.map(Action::Print),
            self.raw.map(Action::Raw),
            self.stderr.map(Action::Complain),
            self.read.map(Action::Read),
            self.expect.map(|line| Action::Expect(line, otherwise)),
            self.exec.map(|words| Action::Exec(words.0)),
            self.exit.map(Action::Exit),
            self.crash.map(|signal| Action::Crash(signal.0)),
        ];
        let repeat = self.every.map(|every| Repeat {
            every: every.0,
            times: self.times,
        });
        Ok(Step {
            after: self.after.unwrap_or_default().0,
            repeat,
            actions: actions.into_iter().flatten().collect(),
        })
    }

    /// Refuses what means nothing.
    fn check(&self) -> Result<(), String> {
        let writes = self.write.is_some() || self.append.is_some();
        let needs = |wrong: bool, words: &str| if wrong { Err(words.to_owned()) } else { Ok(()) };
        needs(
            self.content.is_some() && !writes,
            "`content` goes with `write` or `append`",
        )?;
        needs(
            self.mode.is_some() && !writes && self.chmod.is_none(),
            "`mode` goes with `write`, `append` or `chmod`",
        )?;
        needs(
            self.chmod.is_some() && self.mode.is_none(),
            "`chmod` needs a `mode`, such as \"0600\"",
        )?;
        needs(
            self.times.is_some() && self.every.is_none(),
            "`times` goes with `every`",
        )?;
        needs(
            self.every.is_some_and(|every| every.0.is_zero()) && self.times.is_none(),
            "`every` without `times` needs a time above zero",
        )?;
        needs(
            self.otherwise.is_some() && self.expect.is_none(),
            "`otherwise` goes with `expect`",
        )?;
        let ends = [
            self.exec.is_some(),
            self.exit.is_some(),
            self.crash.is_some(),
        ];
        needs(
            ends.into_iter().filter(|ends| *ends).count() > 1,
            "a step has one of `exec`, `exit` and `crash`",
        )?;
        let empty = |words: &Option<Several<Text>>| words.as_ref().is_some_and(|w| w.0.is_empty());
        needs(
            empty(&self.run) || empty(&self.exec),
            "`run` and `exec` need the words of a command",
        )
    }
}

/// Refuses steps that never happen.
pub(super) fn check_reachable(steps: &[Step]) -> Result<(), String> {
    let last = steps.iter().position(Step::is_last);
    match last {
        Some(last) if last + 1 < steps.len() => Err(format!(
            "step {} never happens: the one before it has no end or ends the program",
            last + 2
        )),
        _ => Ok(()),
    }
}

/// What a program does at a signal.
#[derive(Clone, Debug)]
pub enum Reaction {
    /// Nothing.
    Ignore,
    /// Steps; the program goes on unless one of them ends it.
    Steps(Vec<Step>),
}

impl<'de> Deserialize<'de> for Reaction {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;

        impl<'de> de::Visitor<'de> for Visitor {
            type Value = Reaction;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("\"ignore\", a step, or a list of steps")
            }

            fn visit_str<E: de::Error>(self, word: &str) -> Result<Reaction, E> {
                match word {
                    "ignore" => Ok(Reaction::Ignore),
                    other => Err(E::custom(format!(
                        "a signal is answered with \"ignore\" or with steps, not `{other}`"
                    ))),
                }
            }

            fn visit_map<A: de::MapAccess<'de>>(self, map: A) -> Result<Reaction, A::Error> {
                let step = Step::deserialize(de::value::MapAccessDeserializer::new(map))?;
                Ok(Reaction::Steps(vec![step]))
            }

            fn visit_seq<A: de::SeqAccess<'de>>(self, list: A) -> Result<Reaction, A::Error> {
                let steps: Vec<Step> =
                    Deserialize::deserialize(de::value::SeqAccessDeserializer::new(list))?;
                check_reachable(&steps).map_err(de::Error::custom)?;
                Ok(Reaction::Steps(steps))
            }
        }

        deserializer.deserialize_any(Visitor)
    }
}
