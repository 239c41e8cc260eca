//! What a subshell has from its parent.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;

use super::super::Pid;
use super::dialect::Dialect;
use super::habits::Habits;
use super::options::{Options, Switch};
use super::syntax::Command;
use super::trap::Traps;
use super::variables::Variables;

/// A function, and the file that it stands in.
#[derive(Debug, Clone)]
pub(super) struct Function {
    pub(super) body: Arc<Command>,
    pub(super) source: Option<Arc<str>>,
}

/// A function or a sourced file that is being run.
#[derive(Debug, Clone)]
pub(super) struct Call {
    /// The function; `source` for a file.
    pub(super) name: String,
    /// The line on which it was called.
    pub(super) line: usize,
    /// The file that it stands in.
    pub(super) source: Option<Arc<str>>,
}

/// What a shell knows. A copy is cheap: what may be large is shared until it changes.
#[derive(Debug, Clone)]
pub(super) struct State {
    pub(super) dialect: Dialect,
    pub(super) options: Options,
    pub(super) variables: Variables,
    pub(super) functions: Arc<BTreeMap<String, Function>>,
    pub(super) aliases: Arc<BTreeMap<String, String>>,
    /// `$0`
    pub(super) name: String,
    /// `$1` and so on.
    pub(super) parameters: Arc<Vec<String>>,
    /// What complaints name besides the shell: a script, a builtin, `eval`. With it
    /// comes the line.
    pub(super) speaker: Option<String>,
    /// The line of the command that runs.
    pub(super) line: usize,
    /// `$$`, the same in subshells.
    pub(super) pid: Pid,
    /// `$?`
    pub(super) status: u8,
    /// How the last command substitution of the command that runs ended.
    pub(super) substituted: Option<u8>,
    /// `$!`
    pub(super) last_background: Option<Pid>,
    pub(super) traps: Traps,
    /// How far `getopts` is in the letters of an argument.
    pub(super) option_letter: usize,
    /// Where `$RANDOM` comes from.
    pub(super) chance: u64,
    /// When the shell began, for `$SECONDS`.
    pub(super) started: Timestamp,
    /// Within how many conditions a failure is no reason for `-e` to end the shell.
    pub(super) conditions: usize,
    /// How many functions and sourced texts are being run.
    pub(super) calls: usize,
    /// Those functions and files, the innermost last.
    pub(super) stack: Arc<Vec<Call>>,
    /// The script that is run; none of `-c` and of what is typed.
    pub(super) script: Option<Arc<str>>,
    /// How the commands of the last pipeline ended, where it was more than one.
    pub(super) pipeline: Option<Arc<[u8]>>,
    /// What `shopt` has switched on.
    pub(super) habits: Habits,
    /// The folders of `pushd`, the last one first.
    pub(super) folders: Arc<Vec<String>>,
    /// The pipes that commands were given by name, and how high the stack was then.
    pub(super) pipes: Vec<(u32, usize)>,
}

impl State {
    pub(super) fn new(dialect: Dialect, pid: Pid, now: Timestamp) -> Self {
        Self {
            dialect,
            options: Options::default(),
            variables: Variables::default(),
            functions: Arc::default(),
            aliases: Arc::default(),
            name: String::new(),
            parameters: Arc::default(),
            speaker: None,
            line: 0,
            pid,
            status: 0,
            substituted: None,
            last_background: None,
            traps: Traps::default(),
            option_letter: 0,
            chance: u64::from(pid).wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1,
            started: now,
            conditions: 0,
            calls: 0,
            stack: Arc::default(),
            script: None,
            pipeline: None,
            habits: Habits::default(),
            folders: Arc::default(),
            pipes: Vec::new(),
        }
    }

    pub(super) fn has(&self, switch: Switch) -> bool {
        self.options.has(switch)
    }

    /// The file that what is being run stands in.
    pub(super) fn source(&self) -> Option<Arc<str>> {
        match self.stack.last() {
            Some(call) => call.source.clone(),
            None => self.script.clone(),
        }
    }

    pub(super) fn is_interactive(&self) -> bool {
        self.has(Switch::Interactive)
    }

    /// Returns what a subshell begins with.
    pub(super) fn for_subshell(&self) -> Self {
        let mut state = self.clone();
        state.options.set(Switch::Interactive, false);
        let keeps_errors = state.has(Switch::ErrTrace);
        state.traps = state.traps.for_subshell(keeps_errors);
        // They are those of a command that still runs.
        state.pipes.clear();
        state
    }
}
