//! A program of a script: which command it stands for and what it does.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Deserializer, de};

use super::child::ChildRole;
use super::command::Command;
use super::lines::{Lines, Several};
use super::pattern::Pattern;
use super::port::Port;
use super::span::Span;
use super::step::{Action, Reaction, SignalName, Step, check_reachable};
use super::talk::Talk;
use super::text::Text;
use crate::process::{Program, Signal};

/// A program of a script.
#[derive(Clone, Debug)]
pub struct Role {
    /// The command lines that it stands for.
    pub command: Command,
    /// When it does.
    pub only: Only,
    /// What it does.
    pub does: Does,
}

/// When a program stands for its command; always unless something is said.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Only {
    /// The first so many times that the command is run in a container.
    pub runs: Option<u64>,
    /// As long as the container has been up for less than this.
    pub until: Option<Duration>,
    /// As long as variables of the environment are so.
    pub env: Vec<(String, Pattern)>,
}

/// What a program does.
#[derive(Clone)]
pub enum Does {
    /// What a script says.
    Play(Arc<Play>),
    /// A function of the test's.
    Function(Arc<dyn Program>),
}

impl fmt::Debug for Does {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Play(play) => f.debug_tuple("Play").field(play).finish(),
            Self::Function(_) => f.write_str("Function(…)"),
        }
    }
}

/// What a program does, as a script says it.
#[derive(Clone, Debug, Default)]
pub struct Play {
    /// The variables of the environment without which it does not start.
    pub needs: Vec<Need>,
    /// Who it goes on as, where it is started as root: a name or a number.
    pub user: Option<Text>,
    /// What it shows of itself instead of its command line.
    pub title: Option<Text>,
    /// The processes that it has beside it.
    pub children: Vec<ChildRole>,
    /// What it does, one thing after another.
    pub steps: Vec<Step>,
    /// What it does with its standard input.
    pub stdin: Stdin,
    /// What it does at signals; at others it does what a process does that knows nothing of them.
    pub signals: Vec<(Signal, Reaction)>,
    /// The ports that it listens on from its start.
    pub ports: Vec<Arc<Port>>,
    /// Whether it goes on after its last step. When it is not said, a program that listens,
    /// or that answers its standard input, goes on.
    pub stays: Option<bool>,
}

/// What a program does with its standard input.
#[derive(Clone, Debug, Default)]
pub enum Stdin {
    /// It does not read it.
    #[default]
    Unread,
    /// It writes everything to its standard output and ends with 0.
    Echo,
    /// It answers lines.
    Talk(Arc<Talk>),
}

/// A variable of the environment without which a program does not start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Need {
    /// Its name.
    pub env: String,
    /// Other variables, one of which will do.
    pub unless: Vec<String>,
    /// What is printed to standard error when it is missing.
    pub message: Lines,
    /// The code that the program ends with then.
    pub exit: u8,
}

impl Play {
    /// Whether it goes on after its last step.
    pub(super) fn goes_on(&self) -> bool {
        let opens = |step: &Step| step.actions.iter().any(|a| matches!(a, Action::Open(_)));
        self.stays.unwrap_or_else(|| {
            !self.ports.is_empty()
                || !matches!(self.stdin, Stdin::Unread)
                || self.steps.iter().any(opens)
        })
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    command: Command,
    #[serde(default)]
    only: WrittenOnly,
    #[serde(default)]
    need: Vec<WrittenNeed>,
    user: Option<Text>,
    title: Option<Text>,
    #[serde(default)]
    child: Vec<ChildRole>,
    prints: Option<Lines>,
    stderr: Option<Lines>,
    #[serde(default)]
    steps: Vec<Step>,
    #[serde(default)]
    stdin: Stdin,
    #[serde(default)]
    signals: BTreeMap<SignalName, Reaction>,
    #[serde(default)]
    port: Vec<Port>,
    exits: Option<u8>,
    exits_after: Option<Span>,
    crashes: Option<SignalName>,
    stays: Option<bool>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenOnly {
    runs: Option<u64>,
    until: Option<Span>,
    #[serde(default)]
    env: BTreeMap<String, Pattern>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenNeed {
    env: String,
    unless: Option<Several<String>>,
    #[serde(default)]
    message: Lines,
    exit: Option<u8>,
}

impl Written {
    fn role(self) -> Result<Role, String> {
        let mut steps = Vec::new();
        steps.extend(self.prints.map(|lines| Step::of(Action::Print(lines))));
        steps.extend(self.stderr.map(|lines| Step::of(Action::Complain(lines))));
        steps.extend(self.steps);
        let end = match (self.exits, self.crashes) {
            (Some(_), Some(_)) => return Err("a program either `exits` or `crashes`".to_owned()),
            (Some(code), None) => Some(Action::Exit(code)),
            (None, Some(signal)) => Some(Action::Crash(signal.0)),
            (None, None) => self.exits_after.map(|_| Action::Exit(0)),
        };
        if end.is_some() && self.stays == Some(true) {
            return Err("a program either `stays` or ends".to_owned());
        }
        if let Some(end) = end {
            steps.push(Step {
                after: self.exits_after.unwrap_or_default().0,
                ..Step::of(end)
            });
        }
        check_reachable(&steps)?;
        let play = Play {
            needs: self.need.into_iter().map(Need::from).collect(),
            user: self.user,
            title: self.title,
            children: self.child,
            steps,
            stdin: self.stdin,
            signals: self
                .signals
                .into_iter()
                .map(|(signal, reaction)| (signal.0, reaction))
                .collect(),
            ports: self.port.into_iter().map(Arc::new).collect(),
            stays: self.stays,
        };
        if let Some((signal, _)) = play.signals.iter().find(|(s, _)| !s.can_be_handled()) {
            return Err(format!("no program handles {signal:?}"));
        }
        Ok(Role {
            command: self.command,
            only: Only {
                runs: self.only.runs,
                until: self.only.until.map(|until| until.0),
                env: self.only.env.into_iter().collect(),
            },
            does: Does::Play(Arc::new(play)),
        })
    }
}

impl From<WrittenNeed> for Need {
    fn from(written: WrittenNeed) -> Self {
        Self {
            env: written.env,
            unless: written.unless.unwrap_or_default().0,
            message: written.message,
            exit: written.exit.unwrap_or(1),
        }
    }
}

impl<'de> Deserialize<'de> for Role {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Written::deserialize(deserializer)?
            .role()
            .map_err(de::Error::custom)
    }
}

impl<'de> Deserialize<'de> for Stdin {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;

        impl<'de> de::Visitor<'de> for Visitor {
            type Value = Stdin;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("\"echo\", or a table with the answers to lines")
            }

            fn visit_str<E: de::Error>(self, word: &str) -> Result<Stdin, E> {
                match word {
                    "echo" => Ok(Stdin::Echo),
                    other => Err(E::custom(format!(
                        "standard input is answered by \"echo\" or by a table, not `{other}`"
                    ))),
                }
            }

            fn visit_map<A: de::MapAccess<'de>>(self, map: A) -> Result<Stdin, A::Error> {
                let talk = Talk::deserialize(de::value::MapAccessDeserializer::new(map))?;
                Ok(Stdin::Talk(Arc::new(talk)))
            }
        }

        deserializer.deserialize_any(Visitor)
    }
}
