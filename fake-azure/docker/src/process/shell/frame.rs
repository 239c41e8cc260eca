//! The stack of a shell: what is being run, and what is to be done behind it.

use std::sync::Arc;

use jiff::Timestamp;

use super::super::Descriptor;
use super::input::Input;
use super::parser::Parser;
use super::syntax::{AndOr, Command, List, Word};
use super::variables::Variable;

/// Something that is being run, or undone once what lies above has been run.
#[derive(Debug)]
pub(super) enum Frame {
    /// Commands one after the other.
    List { list: Arc<List>, next: usize },
    /// Pipelines joined by `&&` and `||`.
    AndOr { and_or: Arc<AndOr>, next: usize },
    /// One command, as a part of a pipeline is.
    Command(Arc<Command>),
    /// Something is a condition, so that `-e` lets it fail.
    Condition,
    /// `!` stood in front.
    Negation,
    /// An `if` whose condition of this number is being run.
    If {
        command: Arc<Command>,
        branch: usize,
    },
    Loop {
        command: Arc<Command>,
        /// Whether the condition is being run, not the body.
        is_condition: bool,
        /// How the body ended last.
        status: u8,
    },
    For {
        variable: String,
        words: std::vec::IntoIter<String>,
        body: Arc<List>,
    },
    Select {
        variable: String,
        words: Vec<String>,
        body: Arc<List>,
        /// Whether the words are shown before the next question.
        is_shown: bool,
    },
    CountingFor {
        command: Arc<Command>,
        condition: Word,
        step: Word,
        is_first: bool,
    },
    /// Descriptors are put back.
    Redirected(Saved),
    /// Variables that were set for one command are put back.
    Assigned(Vec<(String, Option<Variable>)>),
    /// A function is left.
    Function {
        parameters: Arc<Vec<String>>,
        option_letter: usize,
        /// What the variables were that the function made local.
        locals: Vec<(String, Option<Variable>)>,
    },
    /// Text is read and run: `-c`, `eval`, a sourced file, a trap.
    Text { parser: Box<Parser>, origin: Origin },
    /// Commands come from standard input.
    Input(Box<Input>),
    /// A trap has been run: `$?` is again what it was.
    Trap {
        status: u8,
        /// Whether the shell ends then, as `-e` wants it.
        then_exits: bool,
    },
    /// `time` of bash stood in front; whether it tells in POSIX's words.
    Timed { since: Timestamp, is_posix: bool },
}

/// Where text comes from that is run.
#[derive(Debug)]
pub(super) enum Origin {
    /// The text of `-c` or a script: behind it the shell ends. Of the last command of
    /// `-c` nothing is to be waited for, so the shell may become it.
    Whole { may_become: bool },
    /// `eval` and traps.
    Eval { speaker: Option<String> },
    /// `.`, which `return` leaves; some shells give it parameters of its own.
    Sourced {
        speaker: Option<String>,
        parameters: Option<Arc<Vec<String>>>,
    },
}

/// What descriptors were before a redirection.
#[derive(Debug, Default)]
pub(super) struct Saved(pub(super) Vec<(u32, Option<Descriptor>)>);

impl Frame {
    pub(super) fn is_loop(&self) -> bool {
        matches!(
            self,
            Self::Loop { .. } | Self::For { .. } | Self::Select { .. } | Self::CountingFor { .. }
        )
    }
}
