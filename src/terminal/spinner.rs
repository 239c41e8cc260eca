//! A label that turns while something takes time, as the old CLI drew it.

use std::io::Write;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use console::{Term, truncate_str};

const TURN: Duration = Duration::from_millis(200);
const FRAMES: [char; 4] = ['-', '\\', '|', '/'];

/// Back to the beginning of the line, and away with what it shows.
const CLEAR: &str = "\r\u{1b}[2K";

/// How long something may take before the time is told.
const SHORT: Duration = Duration::from_secs(1);

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
        Self::start_within(out, label, columns)
    }

    fn start_within(out: &Out, label: &str, columns: fn() -> Option<u16>) -> Self {
        let is_done = Arc::new((Mutex::new(false), Condvar::new()));
        let (out, label) = (Arc::clone(out), label.to_owned());
        let shared = Arc::clone(&is_done);
        let thread = std::thread::Builder::new()
            .name("spinner".to_owned())
            .spawn(move || turn(&out, &label, &shared, columns))
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

/// How wide the terminal is at this moment.
fn columns() -> Option<u16> {
    Term::stdout().size_checked().map(|(_, columns)| columns)
}

fn turn(
    out: &Out,
    label: &str,
    (flag, changed): &(Mutex<bool>, Condvar),
    columns: fn() -> Option<u16>,
) {
    let draw = |text: &str| {
        let mut out = out.lock().unwrap_or_else(PoisonError::into_inner);
        _ = write!(out, "{text}").and_then(|()| out.flush()).ok();
    };
    let begin = Instant::now();
    let mut is_done = flag.lock().unwrap_or_else(PoisonError::into_inner);
    for frame in FRAMES.iter().cycle() {
        if *is_done {
            break;
        }
        let shown = turning(*frame, label, begin.elapsed(), columns());
        draw(&format!("{CLEAR}{shown}"));
        (is_done, _) = changed
            .wait_timeout(is_done, TURN)
            .unwrap_or_else(PoisonError::into_inner);
    }
    draw(&format!("{CLEAR}+ {label}\n"));
}

/// A line that is shorter than the terminal is wide: from one that goes on below nothing leads back.
fn turning(frame: char, label: &str, elapsed: Duration, columns: Option<u16>) -> String {
    let time = if elapsed < SHORT {
        String::new()
    } else {
        format!(" ({} s)", elapsed.as_secs())
    };
    let Some(columns) = columns else {
        return format!("{frame} {label}{time}");
    };
    let room = usize::from(columns).saturating_sub(1);
    let for_label = room.saturating_sub(2 + time.len());
    let label = truncate_str(label, for_label, "…");
    truncate_str(&format!("{frame} {label}{time}"), room, "").into_owned()
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

        let text = shared.text();
        assert!(text.ends_with("\r\u{1b}[2K+ Creating VM\n"), "{text:?}");
    }

    #[test]
    fn what_turns_stays_on_its_line_whatever_the_width() {
        let label =
            "Waiting for Docker (extension: 正在安裝 installing docker from the repository)";
        for elapsed in [0, 7, 1234].map(Duration::from_secs) {
            for columns in 0..120 {
                let line = turning('|', label, elapsed, Some(columns));

                let width = console::measure_text_width(&line);
                assert!(width < usize::from(columns).max(1), "{columns}: {line:?}");
            }
        }
        assert_eq!(
            turning('|', "Creating VM", Duration::from_secs(7), Some(80)),
            "| Creating VM (7 s)"
        );
    }

    #[test]
    fn a_label_that_turns_in_a_narrow_terminal_takes_one_line() {
        let shared = Shared::default();
        let out: Out = Arc::new(Mutex::new(Box::new(shared.clone())));
        let label = "Waiting for Docker (extension: installing)";

        let spinner = Spinner::start_within(&out, label, || Some(20));
        while shared.text().is_empty() {
            std::thread::yield_now();
        }
        spinner.finish();

        let text = shared.text();
        let (turned, last) = text.rsplit_once("\r\u{1b}[2K").unwrap();
        assert!(turned.contains("- Waiting for Dock…"), "{turned:?}");
        assert!(!turned.contains('\n'), "{turned:?}");
        assert_eq!(last, format!("+ {label}\n"));
    }
}
