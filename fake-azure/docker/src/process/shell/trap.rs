//! Traps: what a shell does when a signal comes, or when it ends.

use std::collections::{BTreeMap, VecDeque};

use super::super::Signal;
use super::Shell;
use super::dialect::Dialect;
use super::frame::Frame;
use super::options::Switch;

/// What a trap is set for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Condition {
    /// The end of the shell.
    Exit,
    /// A command of bash's fails for which `-e` would end the shell.
    Error,
    /// `DEBUG` and `RETURN` of bash, which are taken and do nothing.
    Unheeded(&'static str),
    Signal(Signal),
}

impl Condition {
    /// Reads `EXIT`, `0`, or a signal by name or number.
    pub(super) fn parse(name: &str, dialect: Dialect) -> Option<Self> {
        match name {
            "0" | "EXIT" | "exit" => Some(Self::Exit),
            "ERR" | "err" if dialect.is_bash() => Some(Self::Error),
            "DEBUG" if dialect.is_bash() => Some(Self::Unheeded("DEBUG")),
            "RETURN" if dialect.is_bash() => Some(Self::Unheeded("RETURN")),
            name => Signal::parse(name).map(Self::Signal),
        }
    }

    pub(super) fn name(self) -> String {
        match self {
            Self::Exit => "EXIT".to_owned(),
            Self::Error => "ERR".to_owned(),
            Self::Unheeded(name) => name.to_owned(),
            Self::Signal(signal) => signal.name(),
        }
    }
}

/// The actions of a shell.
#[derive(Debug, Clone, Default)]
pub(super) struct Traps {
    /// An empty action ignores the signal.
    actions: BTreeMap<Condition, String>,
    /// Signals that were taken while something waited, and are to be handled.
    taken: VecDeque<Signal>,
}

impl Traps {
    pub(super) fn is_empty(&self) -> bool {
        self.actions.is_empty()
    }

    pub(super) fn set(&mut self, condition: Condition, action: String) {
        self.actions.insert(condition, action);
    }

    pub(super) fn remove(&mut self, condition: Condition) {
        self.actions.remove(&condition);
    }

    pub(super) fn take_exit(&mut self) -> Option<String> {
        self.actions
            .remove(&Condition::Exit)
            .filter(|action| !action.is_empty())
    }

    /// Keeps a signal until the shell is between two commands.
    pub(super) fn keep(&mut self, signal: Signal) {
        self.taken.push_back(signal);
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (Condition, &str)> {
        let actions = self.actions.iter();
        actions.map(|(condition, action)| (*condition, action.as_str()))
    }

    /// Returns what a subshell begins with: it ignores what its parent does, and no more, unless
    /// it is to hear of errors, too.
    pub(super) fn for_subshell(mut self, keeps_errors: bool) -> Self {
        self.actions.retain(|condition, action| {
            action.is_empty() || keeps_errors && *condition == Condition::Error
        });
        self.taken.clear();
        self
    }
}

impl Shell {
    /// Puts the action for a command that failed on the stack, below what is to be put back
    /// behind that command.
    pub(super) fn push_error_trap(&mut self, then_exits: bool) -> bool {
        let is_heard = self.state.stack.is_empty() || self.state.has(Switch::ErrTrace);
        let in_trap = self
            .frames
            .iter()
            .any(|frame| matches!(frame, Frame::Trap { .. }));
        let action = self.state.traps.actions.get(&Condition::Error);
        let Some(action) = action.filter(|action| is_heard && !in_trap && !action.is_empty())
        else {
            return false;
        };
        let action = action.clone();
        let is_put_back =
            |frame: &Frame| matches!(frame, Frame::Redirected(_) | Frame::Assigned(_));
        let above = self
            .frames
            .iter()
            .rev()
            .take_while(|f| is_put_back(f))
            .count();
        let above = self.frames.split_off(self.frames.len() - above);
        self.frames.push(Frame::Trap {
            status: self.state.status,
            then_exits,
        });
        self.push_eval(action);
        self.frames.extend(above);
        true
    }

    /// Puts the action of a signal that has come on the stack; whether one had.
    pub(super) fn push_trap(&mut self) -> bool {
        if self.state.traps.taken.is_empty() && !self.process.has_signal() {
            return false;
        }
        // The action of one signal is run to its end before that of the next.
        if self
            .frames
            .iter()
            .any(|frame| matches!(frame, Frame::Trap { .. }))
        {
            return false;
        }
        let taken = self.state.traps.taken.pop_front();
        let Some(signal) = taken.or_else(|| self.process.take_signal()) else {
            return false;
        };
        let Some(action) = self.state.traps.actions.get(&Condition::Signal(signal)) else {
            // An interactive shell catches interrupts only to stay alive.
            return false;
        };
        let action = action.clone();
        self.frames.push(Frame::Trap {
            status: self.state.status,
            then_exits: false,
        });
        self.push_eval(action);
        true
    }

    /// Whether a signal has come for which there is a trap.
    pub(super) fn has_trapped(&self, signal: Signal) -> bool {
        self.state
            .traps
            .actions
            .contains_key(&Condition::Signal(signal))
    }
}
