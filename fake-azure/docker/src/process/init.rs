//! `docker-init`: the first process of a container that asked for one.

use std::fmt;
use std::sync::Arc;

use futures_util::future::BoxFuture;

use super::exit::Exit;
use super::launch::Found;
use super::program::Program;
use super::signal::Signal;
use super::task::Process;

/// Starts a program as its child, hands every signal on to it, and ends as it ends.
pub struct Init {
    program: Arc<dyn Program>,
    args: Vec<String>,
}

impl fmt::Debug for Init {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Init")
            .field("args", &self.args)
            .finish_non_exhaustive()
    }
}

impl Init {
    /// Stands before a program that was found.
    pub fn before(found: Found) -> Self {
        Self {
            program: found.program,
            args: found.args,
        }
    }

    /// The command line that is shown of it.
    pub fn args(&self) -> Vec<String> {
        ["/sbin/docker-init", "--"]
            .into_iter()
            .map(str::to_owned)
            .chain(self.args.iter().cloned())
            .collect()
    }
}

impl Program for Init {
    fn run(self: Arc<Self>, process: Process) -> BoxFuture<'static, u8> {
        Box::pin(async move {
            for signal in (1..=64).filter_map(Signal::of) {
                if !matches!(signal, Signal::CHLD | Signal::SEGV | Signal::ABRT) {
                    process.catch(signal);
                }
            }
            let mut launch = process.child(self.args.clone());
            launch.group = None;
            let started = process.space.start(launch, self.program.clone());
            let Ok(child) = started else {
                return 1;
            };
            if let Some(tty) = &process.tty {
                tty.set_foreground(child.pid);
            }
            loop {
                tokio::select! {
                    exit = child.wait() => return Exit::code(exit),
                    signal = process.signal() => {
                        process.space.signal(child.pid, signal, false);
                    }
                }
            }
        })
    }
}
