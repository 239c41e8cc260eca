//! What runs in the background.

use super::super::{Child, Exit, Pid, Signal};
use super::Shell;
use super::interrupt::Interrupt;

/// Background commands by the number that `jobs` shows.
#[derive(Debug, Default)]
pub(super) struct Jobs(Vec<Job>);

/// A pipeline in the background.
#[derive(Debug)]
pub(super) struct Job {
    pub(super) number: usize,
    pub(super) children: Vec<Child>,
    /// What was typed, for those who read `jobs`.
    pub(super) text: String,
}

/// How many ended jobs are remembered.
const MOST_ENDED: usize = 256;

impl Job {
    /// Returns the process that `$!` names.
    pub(super) fn pid(&self) -> Pid {
        self.children.last().map_or(0, |child| child.pid)
    }

    /// Returns how its last process ended, once all have.
    pub(super) fn exit(&self) -> Option<Exit> {
        let all = self.children.iter().map(Child::exit);
        all.collect::<Option<Vec<_>>>()?.last().copied()
    }

    /// Returns what `jobs` says of it.
    pub(super) fn words(&self) -> String {
        match self.exit() {
            None => "Running".to_owned(),
            Some(Exit::Code(0)) => "Done".to_owned(),
            Some(Exit::Code(code)) => format!("Done({code})"),
            Some(Exit::Killed(signal)) => signal.description().to_owned(),
        }
    }
}

impl Jobs {
    pub(super) fn add(&mut self, children: Vec<Child>, text: String) -> &Job {
        let ended = self.0.iter().filter(|job| job.exit().is_some()).count();
        if ended > MOST_ENDED {
            self.0.retain(|job| job.exit().is_none());
        }
        let number = self.0.last().map_or(1, |job| job.number + 1);
        self.0.push(Job {
            number,
            children,
            text,
        });
        &self.0[self.0.len() - 1]
    }

    pub(super) fn iter(&self) -> std::slice::Iter<'_, Job> {
        self.0.iter()
    }

    pub(super) fn last(&self) -> Option<&Job> {
        self.0.last()
    }

    /// Finds the job that `%1`, `%%` or the number of a process names.
    pub(super) fn find(&self, name: &str) -> Option<&Job> {
        match name.strip_prefix('%') {
            Some("" | "%" | "+") => self.last(),
            Some("-") => self.0.iter().rev().nth(1),
            Some(number) => match number.parse::<usize>() {
                Ok(number) => self.0.iter().find(|job| job.number == number),
                Err(_) => self.0.iter().find(|job| job.text.starts_with(number)),
            },
            None => {
                let pid: Pid = name.parse().ok()?;
                let is_of = |job: &&Job| job.children.iter().any(|child| child.pid == pid);
                self.0.iter().find(is_of)
            }
        }
    }

    pub(super) fn forget(&mut self, number: usize) {
        self.0.retain(|job| job.number != number);
    }

    /// Takes out the jobs that have ended.
    pub(super) fn take_ended(&mut self) -> Vec<Job> {
        let (ended, running) = std::mem::take(&mut self.0)
            .into_iter()
            .partition(|job| job.exit().is_some());
        self.0 = running;
        ended
    }
}

impl Shell {
    /// Waits for a command in the foreground. Signals are handled behind it.
    pub(super) async fn wait_for(&mut self, child: &Child) -> u8 {
        let exit = self.process.wait(child).await;
        self.tell_end(exit).await;
        exit.code()
    }

    /// Waits for processes; a signal with a trap ends the waiting at once.
    pub(super) async fn wait_or_signal(
        &mut self,
        children: &[Child],
    ) -> Result<Option<Exit>, Signal> {
        let mut last = None;
        for child in children {
            let exit = loop {
                let signal = self.process.signal();
                tokio::select! {
                    biased;
                    exit = self.process.wait(child) => break exit,
                    signal = signal => {
                        let is_trapped = self.has_trapped(signal);
                        if is_trapped {
                            self.state.traps.keep(signal);
                        }
                        // An interactive shell stops waiting when it is interrupted.
                        if is_trapped || signal == Signal::INT {
                            return Err(signal);
                        }
                    }
                }
            };
            last = Some(exit);
        }
        Ok(last)
    }

    /// Says that a signal has ended a command, unless whoever looks on knows.
    pub(super) async fn tell_end(&mut self, exit: Exit) {
        let Exit::Killed(signal) = exit else {
            return;
        };
        match signal {
            Signal::PIPE => {}
            Signal::INT if !self.state.is_interactive() => {}
            Signal::INT => self.process.complain("\n").await,
            signal => {
                self.process
                    .complain(format!("{}\n", signal.description()))
                    .await;
            }
        }
    }

    /// Tells an interactive user of background commands that have ended.
    pub(super) async fn tell_ended_jobs(&mut self) {
        for job in self.jobs.take_ended() {
            let line = format!("[{}]+  {:<26} {}\n", job.number, job.words(), job.text);
            self.process.complain(line).await;
        }
    }

    /// Complains that there is no room for another process.
    pub(super) async fn cannot_fork(&mut self) -> Interrupt {
        let message = if self.state.dialect.is_bash() {
            "fork: retry: Resource temporarily unavailable"
        } else {
            "can't fork: Resource temporarily unavailable"
        };
        self.fail(message).await
    }
}
