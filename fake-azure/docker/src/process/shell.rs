//! A POSIX shell without a kernel, as busybox's ash behaves.
//!
//! A shell is a machine with a stack of its own: a script's nesting never becomes
//! nesting of calls, so a function may call itself as often as the limit says, and a
//! shell that waits holds no more than its stack.
//!
//! | module | what |
//! |---|---|
//! | `parser`, `syntax` | from text to commands |
//! | `machine`, `frame`, `compound` | what is being run: one step after the other |
//! | `simple`, `pipeline`, `launch` | how commands become processes |
//! | `expand`, `parameter`, `split`, `glob`, `pattern`, `arithmetic` | from words to arguments |
//! | `redirect` | descriptors for the time of a command |
//! | `builtin` | the commands that are the shell's own |
//! | `trap`, `jobs` | signals; what runs in the background |
//! | `invocation`, `input`, `line_editor` | how it was called and where commands come from |
//!
//! Not there: job control (`fg` and `bg` say so), history expansion, coprocesses.

mod arithmetic;
mod arrays;
mod builtin;
mod compound;
mod dialect;
mod elements;
mod expand;
mod frame;
mod glob;
mod habits;
mod input;
mod interrupt;
mod invocation;
mod jobs;
mod launch;
mod line_editor;
mod machine;
mod options;
mod parameter;
mod parser;
mod pattern;
mod pipeline;
mod quote;
mod redirect;
mod report;
mod select;
mod simple;
mod split;
mod state;
mod syntax;
mod text;
mod trap;
mod variables;

use std::sync::Arc;

use futures_util::future::BoxFuture;

use self::frame::Frame;
use self::jobs::Jobs;
use self::state::State;
use super::tools::Userland;
use super::{Process, Program};

pub use self::dialect::Dialect;

/// A running shell.
#[derive(Debug)]
pub(super) struct Shell {
    process: Process,
    state: State,
    frames: Vec<Frame>,
    jobs: Jobs,
}

/// Runs the shell that the process was started as, by its own command line.
pub fn run(process: Process, dialect: Dialect) -> BoxFuture<'static, u8> {
    Box::pin(async move {
        match Shell::start(process, dialect).await {
            Ok(shell) => shell.run().await,
            Err(code) => code,
        }
    })
}

/// Returns the userland with its shells: `sh` and `ash` are busybox's, `dash` and `bash`
/// their own.
pub fn userland() -> Userland {
    ["sh", "ash", "dash", "bash"]
        .into_iter()
        .filter_map(|name| Some((name, Dialect::of_program(name)?)))
        .fold(Userland::new(), |userland, (name, dialect)| {
            userland.with(name, program(dialect))
        })
}

/// Returns the shell of this dialect as a program.
pub fn program(dialect: Dialect) -> Arc<dyn Program> {
    Arc::new(move |process: Process| run(process, dialect))
}

#[cfg(test)]
mod tests;
