//! A label that turns while something takes time, as the old CLI drew it.

use std::io::Write;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

const TURN: Duration = Duration::from_millis(200);
const FRAMES: [char; 4] = ['-', '\\', '|', '/'];

/// Where the label is drawn.
pub(super) type Out = Arc<Mutex<Box<dyn Write + Send>>>;

/// A label that turns until the value is [finished](Self::finish) or dropped.
#[derive(Debug)]
pub(super) struct Spinner {
    is_done: Arc<(Mutex<bool>, Condvar)>,
    thread: Option<JoinHandle<()>>,
}

impl Spinner {
    /// Draws `label` on `out`, and turns it.
    pub(super) fn start(out: &Out, label: &str) -> Self {
        let is_done = Arc::new((Mutex::new(false), Condvar::new()));
        let (out, label) = (Arc::clone(out), label.to_owned());
        let shared = Arc::clone(&is_done);
        let thread = std::thread::Builder::new()
            .name("spinner".to_owned())
            .spawn(move || turn(&out, &label, &shared))
            .ok();
        Self { is_done, thread }
    }

    /// Marks the label as done and ends its line.
    pub(super) fn finish(mut self) {
        self.stop();
    }

    fn stop(&mut self) {
        let (flag, changed) = &*self.is_done;
        *flag.lock().unwrap_or_else(PoisonError::into_inner) = true;
        changed.notify_all();
        if let Some(thread) = self.thread.take() {
            // A spinner that panicked has nothing more to say.
            _ = thread.join().ok();
        }
    }
}

impl Drop for Spinner {
    fn drop(&mut self) {
        self.stop();
    }
}

fn turn(out: &Out, label: &str, (flag, changed): &(Mutex<bool>, Condvar)) {
    let draw = |text: &str| {
        let mut out = out.lock().unwrap_or_else(PoisonError::into_inner);
        _ = write!(out, "{text}").and_then(|()| out.flush()).ok();
    };
    let mut is_done = flag.lock().unwrap_or_else(PoisonError::into_inner);
    for frame in FRAMES.iter().cycle() {
        if *is_done {
            break;
        }
        draw(&format!("\r{frame} {label}"));
        (is_done, _) = changed
            .wait_timeout(is_done, TURN)
            .unwrap_or_else(PoisonError::into_inner);
    }
    draw(&format!("\r+ {label}\n"));
}

#[cfg(test)]
mod tests {
    use super::super::stream::Shared;
    use super::*;

    #[test]
    fn a_finished_label_stays_with_a_plus() {
        let shared = Shared::default();
        let out: Out = Arc::new(Mutex::new(Box::new(shared.clone())));

        Spinner::start(&out, "Creating VM").finish();

        assert!(shared.text().ends_with("\r+ Creating VM\n"));
    }
}
