//! What a subshell has from its parent.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;

use super::super::Pid;
use super::dialect::Dialect;
use super::options::{Options, Switch};
use super::syntax::Command;
use super::trap::Traps;
use super::variables::Variables;

/// What a shell knows. A copy is cheap: what may be large is shared until it changes.
#[derive(Debug, Clone)]
pub(super) struct State {
    pub(super) dialect: Dialect,
    pub(super) options: Options,
    pub(super) variables: Variables,
    pub(super) functions: Arc<BTreeMap<String, Arc<Command>>>,
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
            pipes: Vec::new(),
        }
    }

    pub(super) fn has(&self, switch: Switch) -> bool {
        self.options.has(switch)
    }

    pub(super) fn is_interactive(&self) -> bool {
        self.has(Switch::Interactive)
    }

    /// Returns what a subshell begins with.
    pub(super) fn for_subshell(&self) -> Self {
        let mut state = self.clone();
        state.options.set(Switch::Interactive, false);
        state.traps = state.traps.for_subshell();
        // They are those of a command that still runs.
        state.pipes.clear();
        state
    }
}
