//! The processes that a server shares its work with: seen by others, each with its title and user.

use std::future::pending;
use std::sync::Arc;

use futures_util::future::select_all;

use crate::files::Credentials;
use crate::process::launch::LaunchError;
use crate::process::{Child, Descriptors, Exit, Launch, Pid, Process, Signal, Space};

/// The helpers of a server that run, in the order of their start.
#[derive(Debug, Default)]
pub(super) struct Helpers(Vec<Child>);

impl Helpers {
    /// Starts one more.
    ///
    /// # Errors
    /// When there is no room for a process.
    pub(super) fn start(
        &mut self,
        process: &Process,
        title: Option<&str>,
        user: Option<Credentials>,
    ) -> Result<Pid, LaunchError> {
        let child = process.helper(title, user)?;
        let pid = child.pid;
        self.0.push(child);
        Ok(pid)
    }

    /// Their numbers.
    pub(super) fn pids(&self) -> impl Iterator<Item = Pid> {
        self.0.iter().map(|child| child.pid)
    }

    /// Waits until one of them ends that nobody dismissed, and forgets it.
    pub(super) async fn ended(&mut self) -> (Pid, Exit) {
        if self.0.is_empty() {
            return pending().await;
        }
        let (exit, at) = {
            let ends = self.0.iter().map(|child| Box::pin(child.wait()));
            let (exit, at, _) = select_all(ends).await;
            (exit, at)
        };
        (self.0.remove(at).pid, exit)
    }

    /// Asks all to end, waits until they have, and tells how each did.
    pub(super) async fn dismiss(&mut self, process: &Process, signal: Signal) -> Vec<(Pid, Exit)> {
        for child in &self.0 {
            process.space.signal(child.pid, signal, false);
            // One that stands still hears nothing.
            process.space.signal(child.pid, Signal::CONT, false);
        }
        let mut ended = Vec::new();
        for child in std::mem::take(&mut self.0) {
            ended.push((child.pid, child.wait().await));
        }
        ended
    }
}

/// Starts helpers where the server's process is not at hand: one for each who is connected.
#[derive(Clone, Debug)]
pub(super) struct HelperStart {
    space: Arc<Space>,
    launch: Launch,
}

/// A helper that ends when this is dropped.
#[derive(Debug)]
pub(super) struct Helper {
    space: Arc<Space>,
    pid: Pid,
}

impl HelperStart {
    /// Helpers of this process.
    pub(super) fn of(process: &Process) -> Self {
        let mut launch = process.child(process.args.clone());
        launch.descriptors = Descriptors::default();
        Self {
            space: process.space.clone(),
            launch,
        }
    }

    /// Starts one; none when there is no room for a process.
    pub(super) fn start(&self, title: &str) -> Option<Helper> {
        let started = self.space.helper(self.launch.clone(), Some(title), None);
        let space = self.space.clone();
        started.ok().map(|child| Helper {
            space,
            pid: child.pid,
        })
    }
}

impl Drop for Helper {
    fn drop(&mut self) {
        self.space.signal(self.pid, Signal::TERM, false);
    }
}
