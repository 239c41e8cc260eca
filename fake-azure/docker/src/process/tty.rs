//! A terminal: the line discipline between who types and who reads.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Poll, Waker};

use jiff::Timestamp;

use super::descriptor::Sink;
use super::signal::Signal;
use super::space::Pid;
use crate::files::Errno;

/// How many typed bytes wait for a reader; more are lost, as in a real terminal.
const TYPED: usize = 64 * 1024;

const INTERRUPT: u8 = 0x03;
const END_OF_FILE: u8 = 0x04;
const BACKSPACE: u8 = 0x08;
const KILL_LINE: u8 = 0x15;
const SUSPEND: u8 = 0x1a;
const QUIT: u8 = 0x1c;
const DELETE: u8 = 0x7f;

/// A terminal that processes read from and write to.
#[derive(Debug)]
pub struct Tty {
    output: Arc<dyn Sink>,
    number: AtomicU32,
    state: Mutex<State>,
}

/// How typed bytes are treated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "termios has that many switches"
)]
pub struct Mode {
    /// Whether a reader waits for whole lines, which can be edited until then.
    pub lines: bool,
    /// Whether what is typed is shown.
    pub echo: bool,
    /// Whether Ctrl-C and its kin are signals.
    pub signals: bool,
    /// Whether a written line feed also returns the carriage.
    pub output: bool,
}

impl Mode {
    /// A terminal as it is opened.
    pub const COOKED: Self = Self {
        lines: true,
        echo: true,
        signals: true,
        output: true,
    };
    /// Every byte as it comes.
    pub const RAW: Self = Self {
        lines: false,
        echo: false,
        signals: false,
        output: false,
    };
}

#[derive(Debug)]
struct State {
    mode: Mode,
    /// The line that is being typed.
    line: Vec<u8>,
    /// Lines that are done, and ends of file between them.
    ready: VecDeque<Vec<u8>>,
    hung_up: bool,
    rows: u16,
    columns: u16,
    foreground: Pid,
    waiting: Vec<Waker>,
}

impl Tty {
    /// A terminal of this many rows and columns whose screen is `output`.
    pub fn new(output: Arc<dyn Sink>, rows: u16, columns: u16) -> Self {
        let state = State {
            mode: Mode::COOKED,
            line: Vec::new(),
            ready: VecDeque::new(),
            hung_up: false,
            rows,
            columns,
            foreground: 1,
            waiting: Vec::new(),
        };
        Self {
            output,
            number: AtomicU32::new(0),
            state: Mutex::new(state),
        }
    }

    /// Its number under `/dev/pts`.
    pub fn number(&self) -> u32 {
        self.number.load(Ordering::Relaxed)
    }

    pub(super) fn set_number(&self, number: u32) {
        self.number.store(number, Ordering::Relaxed);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Rows and columns.
    pub fn size(&self) -> (u16, u16) {
        let state = self.state();
        (state.rows, state.columns)
    }

    /// Changes the size. If it was another, whoever does so tells the foreground by
    /// [`Signal::WINCH`].
    pub fn resize(&self, rows: u16, columns: u16) -> bool {
        let mut state = self.state();
        let before = (state.rows, state.columns);
        (state.rows, state.columns) = (rows, columns);
        before != (rows, columns)
    }

    /// How typed bytes are treated.
    pub fn mode(&self) -> Mode {
        self.state().mode
    }

    /// Changes how typed bytes are treated. A line that was begun is there byte by byte once
    /// nobody waits for whole lines.
    pub fn set_mode(&self, mode: Mode) {
        let mut state = self.state();
        state.mode = mode;
        if !mode.lines && !state.line.is_empty() {
            let line = std::mem::take(&mut state.line);
            state.make_ready(line);
        }
    }

    /// The process group that Ctrl-C is for.
    pub fn foreground(&self) -> Pid {
        self.state().foreground
    }

    /// Gives the terminal to a process group.
    pub fn set_foreground(&self, group: Pid) {
        self.state().foreground = group;
    }

    /// Takes what was typed, shows it, and returns the signals that it means for the foreground.
    pub fn typed(&self, now: Timestamp, bytes: &[u8]) -> Vec<Signal> {
        let mut state = self.state();
        let mut signals = Vec::new();
        let mut echo = Vec::new();
        for byte in bytes {
            state.take(*byte, &mut echo, &mut signals);
        }
        let waiting = std::mem::take(&mut state.waiting);
        drop(state);
        if !echo.is_empty() {
            self.output.put(now, &echo);
        }
        for waker in waiting {
            waker.wake();
        }
        signals
    }

    /// Nobody types any more: readers find the end.
    pub fn hang_up(&self) {
        let mut state = self.state();
        state.hung_up = true;
        let waiting = std::mem::take(&mut state.waiting);
        drop(state);
        for waker in waiting {
            waker.wake();
        }
    }

    /// Waits for a line, or in raw mode for any byte; none is the end.
    pub async fn read(&self, most: usize) -> Vec<u8> {
        poll_fn(|cx| {
            let mut state = self.state();
            if let Some(mut line) = state.ready.pop_front() {
                if line.len() > most {
                    let rest = line.split_off(most);
                    state.ready.push_front(rest);
                }
                return Poll::Ready(line);
            }
            if state.hung_up || most == 0 {
                return Poll::Ready(Vec::new());
            }
            if !state.waiting.iter().any(|w| w.will_wake(cx.waker())) {
                state.waiting.push(cx.waker().clone());
            }
            Poll::Pending
        })
        .await
    }

    /// Shows `bytes`.
    pub async fn write(&self, now: Timestamp, bytes: &[u8]) -> Result<(), Errno> {
        poll_fn(|cx| self.output.poll_ready(cx)).await?;
        if !self.mode().output {
            self.output.put(now, bytes);
            return Ok(());
        }
        let mut shown = Vec::with_capacity(bytes.len() + 8);
        for byte in bytes {
            if *byte == b'\n' {
                shown.push(b'\r');
            }
            shown.push(*byte);
        }
        self.output.put(now, &shown);
        Ok(())
    }
}

impl State {
    fn take(&mut self, byte: u8, echo: &mut Vec<u8>, signals: &mut Vec<Signal>) {
        let mode = self.mode;
        let signal = match byte {
            INTERRUPT => Some(Signal::INT),
            QUIT => Some(Signal::QUIT),
            SUSPEND => Some(Signal::TSTP),
            _ => None,
        };
        if let (true, Some(signal)) = (mode.signals, signal) {
            self.line.clear();
            if mode.echo {
                echo.extend([b'^', byte + b'@']);
            }
            signals.push(signal);
            return;
        }
        if !mode.lines {
            if mode.echo {
                echo.push(byte);
            }
            return self.make_ready(vec![byte]);
        }
        match byte {
            b'\r' | b'\n' => {
                if mode.echo {
                    echo.extend(b"\r\n");
                }
                self.line.push(b'\n');
                let line = std::mem::take(&mut self.line);
                self.make_ready(line);
            }
            END_OF_FILE => {
                let line = std::mem::take(&mut self.line);
                self.make_ready(line);
            }
            BACKSPACE | DELETE if !self.erase() => {}
            BACKSPACE | DELETE if !mode.echo => {}
            BACKSPACE | DELETE => echo.extend(b"\x08 \x08"),
            KILL_LINE => {
                while self.erase() {
                    if mode.echo {
                        echo.extend(b"\x08 \x08");
                    }
                }
            }
            _ if self.line.len() < TYPED => {
                self.line.push(byte);
                if mode.echo {
                    match byte {
                        b'\t' => echo.push(byte),
                        0..0x20 => echo.extend([b'^', byte + b'@']),
                        _ => echo.push(byte),
                    }
                }
            }
            _ => {}
        }
    }

    /// Takes back the last character of the line.
    fn erase(&mut self) -> bool {
        let Some(mut last) = self.line.pop() else {
            return false;
        };
        while last & 0xc0 == 0x80 {
            match self.line.pop() {
                Some(byte) => last = byte,
                None => break,
            }
        }
        true
    }

    fn make_ready(&mut self, bytes: Vec<u8>) {
        if self.ready.iter().map(Vec::len).sum::<usize>() < TYPED {
            // In raw mode bytes come one by one, and are read together.
            match self.ready.back_mut() {
                Some(last) if !self.mode.lines => last.extend(bytes),
                _ => self.ready.push_back(bytes),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::task::Context;

    #[derive(Debug, Default)]
    struct Screen(Mutex<Vec<u8>>);

    impl Sink for Screen {
        fn poll_ready(&self, _: &mut Context<'_>) -> Poll<Result<(), Errno>> {
            Poll::Ready(Ok(()))
        }

        fn put(&self, _: Timestamp, bytes: &[u8]) {
            self.0.lock().unwrap().extend(bytes);
        }
    }

    fn tty() -> (Arc<Screen>, Tty) {
        let screen = Arc::new(Screen::default());
        (screen.clone(), Tty::new(screen, 24, 80))
    }

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;

    #[tokio::test]
    async fn a_line_is_shown_edited_and_read() {
        let (screen, tty) = tty();
        assert!(tty.typed(NOW, b"lx\x7fs\r").is_empty());
        assert_eq!(tty.read(99).await, b"ls\n");
        tty.write(NOW, b"a\nb\n").await.unwrap();
        assert_eq!(
            *screen.0.lock().unwrap(),
            b"lx\x08 \x08s\r\na\r\nb\r\n".to_vec()
        );
    }

    #[tokio::test]
    async fn control_d_ends_what_is_read() {
        let (_, tty) = tty();
        tty.typed(NOW, b"ab\x04\x04");
        assert_eq!(tty.read(99).await, b"ab");
        assert_eq!(tty.read(99).await, b"");
    }

    #[test]
    fn control_c_is_a_signal_and_drops_the_line() {
        let (screen, tty) = tty();
        assert_eq!(tty.typed(NOW, b"ab\x03"), [Signal::INT]);
        assert_eq!(*screen.0.lock().unwrap(), b"ab^C".to_vec());
    }

    #[tokio::test]
    async fn a_raw_terminal_gives_every_byte_as_it_comes() {
        let (screen, tty) = tty();
        tty.set_mode(Mode::RAW);
        assert!(tty.typed(NOW, b"a\x03").is_empty());
        assert_eq!(tty.read(99).await, b"a\x03");
        assert!(screen.0.lock().unwrap().is_empty());
    }
}
