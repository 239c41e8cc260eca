//! The runtime that a simulator lives in: one of its own, or its caller's.

use std::io;
use std::thread;
use std::time::Duration;

use tokio::runtime::{self, Handle};
use tokio::sync::oneshot;

/// How long what blocks may take to end with the thread.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// What kind of home a simulator is to have.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) enum Wish {
    /// A thread of its own.
    #[default]
    OwnThread,
    /// The runtime that it is started in.
    CallersRuntime,
}

/// Where a simulator's tasks run.
#[derive(Debug)]
pub(crate) struct Home {
    runtime: Handle,
    own: Option<OwnThread>,
}

/// A thread that turns a runtime until this is dropped.
#[derive(Debug)]
struct OwnThread {
    stop: oneshot::Sender<()>,
    stopped: oneshot::Receiver<()>,
}

impl Home {
    /// The runtime that this is called in.
    pub(crate) fn of_caller() -> Self {
        Self {
            runtime: Handle::current(),
            own: None,
        }
    }

    /// A runtime on a thread of its own: it goes on while the caller's threads are blocked.
    pub(crate) fn own() -> io::Result<Self> {
        let turning = runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let runtime = turning.handle().clone();
        let (stop, asked_to_stop) = oneshot::channel::<()>();
        let (tell, stopped) = oneshot::channel();
        thread::Builder::new()
            .name("fake-azure".to_owned())
            .spawn(move || {
                // The sender is dropped, never used.
                turning.block_on(asked_to_stop).ok();
                turning.shutdown_timeout(LAST_WORDS);
                // Who dropped the simulator does not wait.
                tell.send(()).ok();
            })?;
        Ok(Self {
            runtime,
            own: Some(OwnThread { stop, stopped }),
        })
    }

    /// The runtime.
    pub(crate) fn runtime(&self) -> &Handle {
        &self.runtime
    }

    /// Ends the thread, where there is one, and waits for it.
    pub(crate) async fn end(self) {
        if let Some(OwnThread { stop, stopped }) = self.own {
            drop(stop);
            // A thread that panicked has ended, too.
            stopped.await.ok();
        }
    }
}
