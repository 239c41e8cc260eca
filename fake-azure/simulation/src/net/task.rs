//! Work in the background that has an owner.

use tokio::runtime::Handle;
use tokio::task::JoinHandle;

/// A task that ends when this is dropped, and all that it started.
#[derive(Debug)]
pub struct Task(JoinHandle<()>);

impl Task {
    /// Starts `work` on a runtime.
    pub fn spawn(on: &Handle, work: impl Future<Output = ()> + Send + 'static) -> Self {
        Self(on.spawn(work))
    }

    /// Ends it and waits until it has let go of what it held.
    pub async fn end(mut self) {
        self.0.abort();
        // It was cancelled or had ended by itself: either way it is over.
        (&mut self.0).await.ok();
    }
}

impl Drop for Task {
    fn drop(&mut self) {
        self.0.abort();
    }
}
