//! A line that is typed at a terminal, with the keys of busybox's editor.

use super::super::tty::Mode;
use super::super::{Process, Signal};
use super::text;

/// How many lines are remembered.
const MOST_LINES: usize = 256;
/// The longest line, in characters.
const LONGEST: usize = 64 * 1024;

/// Asks the terminal where its cursor is, as busybox does behind each prompt.
const ASK_POSITION: &str = "\x1b[6n";
/// Clears the screen from the cursor on.
const CLEAR_BEHIND: &str = "\x1b[J";

/// A line that is being edited, and those before it.
#[derive(Debug, Default)]
pub(super) struct LineEditor {
    line: Vec<char>,
    cursor: usize,
    history: Vec<String>,
    /// The place in the history that is shown; its length is the new line.
    place: usize,
    /// Whether a prompt has been shown for the line.
    is_begun: bool,
}

/// What came of a line.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Typed {
    Line(String),
    /// Ctrl-C.
    Interrupted,
    /// Ctrl-D on an empty line, or nobody is there any more.
    End,
    Signal(Signal),
}

/// A key, or what came of several bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Key {
    Character(char),
    Enter,
    Backspace,
    Delete,
    Left,
    Right,
    Home,
    End,
    Up,
    Down,
    KillLine,
    KillRest,
    KillWord,
    ClearScreen,
    Interrupt,
    EndOfFile,
    /// A byte without a meaning here, or the terminal's answer to a question.
    Nothing,
}

impl LineEditor {
    /// Shows a prompt and reads a line.
    pub(super) async fn read(
        &mut self,
        process: &mut Process,
        prompt: &str,
        asks_position: bool,
    ) -> Typed {
        let Some(tty) = process.tty.clone() else {
            return Typed::End;
        };
        if !self.is_begun {
            self.is_begun = true;
            self.line.clear();
            self.cursor = 0;
            self.place = self.history.len();
            let question = if asks_position { ASK_POSITION } else { "" };
            show(process, &format!("{prompt}{question}")).await;
        }
        // The line is shown anew when the terminal gets another size.
        process.catch(Signal::WINCH);
        let before = tty.mode();
        tty.set_mode(Mode {
            lines: false,
            echo: false,
            signals: false,
            output: true,
        });
        let typed = self.edit(process, prompt).await;
        tty.set_mode(before);
        if !matches!(typed, Typed::Signal(_)) {
            self.is_begun = false;
        }
        typed
    }

    async fn edit(&mut self, process: &mut Process, prompt: &str) -> Typed {
        loop {
            let key = match key(process).await {
                Ok(key) => key,
                Err(Typed::Signal(Signal::WINCH)) => {
                    let line: String = self.line.iter().collect();
                    let left = self.line.len() - self.cursor;
                    let shown = format!("\r{prompt}{line}{CLEAR_BEHIND}{}", back(left));
                    show(process, &shown).await;
                    continue;
                }
                Err(typed) => return typed,
            };
            match key {
                Key::Enter => {
                    show(process, "\n").await;
                    let line: String = self.line.iter().collect();
                    self.remember(&line);
                    return Typed::Line(line);
                }
                Key::Interrupt => {
                    show(process, "^C\n").await;
                    return Typed::Interrupted;
                }
                Key::EndOfFile if self.line.is_empty() => return Typed::End,
                key => {
                    let shown = self.take(key, prompt);
                    show(process, &shown).await;
                }
            }
        }
    }

    fn remember(&mut self, line: &str) {
        let is_new = self.history.last().is_none_or(|last| last != line);
        if is_new && !line.trim().is_empty() {
            self.history.push(line.to_owned());
            if self.history.len() > MOST_LINES {
                self.history.remove(0);
            }
        }
    }

    /// Carries out a key; returns what the screen is to show.
    fn take(&mut self, key: Key, prompt: &str) -> String {
        match key {
            Key::Character(character) if self.line.len() < LONGEST => {
                self.line.insert(self.cursor, character);
                self.cursor += 1;
                let rest = self.behind();
                format!("{character}{rest}{}", back(self.line.len() - self.cursor))
            }
            Key::Backspace if self.cursor > 0 => {
                self.cursor -= 1;
                self.line.remove(self.cursor);
                format!("\x08{}", self.redrawn_behind())
            }
            Key::Delete | Key::EndOfFile if self.cursor < self.line.len() => {
                self.line.remove(self.cursor);
                self.redrawn_behind()
            }
            Key::Left if self.cursor > 0 => {
                self.cursor -= 1;
                back(1)
            }
            Key::Right if self.cursor < self.line.len() => {
                self.cursor += 1;
                self.line[self.cursor - 1].to_string()
            }
            Key::Home => back(std::mem::take(&mut self.cursor)),
            Key::End => {
                let rest = self.behind();
                self.cursor = self.line.len();
                rest
            }
            Key::KillRest => {
                self.line.truncate(self.cursor);
                CLEAR_BEHIND.to_owned()
            }
            Key::KillLine => self.kill_before(0),
            Key::KillWord => {
                let before = &self.line[..self.cursor];
                let word = before.iter().rposition(|c| *c != ' ').unwrap_or_default();
                let start = before[..word].iter().rposition(|c| *c == ' ');
                self.kill_before(start.map_or(0, |start| start + 1))
            }
            Key::Up if self.place > 0 => {
                self.place -= 1;
                self.recall(prompt)
            }
            Key::Down if self.place < self.history.len() => {
                self.place += 1;
                self.recall(prompt)
            }
            Key::ClearScreen => {
                let line: String = self.line.iter().collect();
                let left = self.line.len() - self.cursor;
                format!("\x1b[H{CLEAR_BEHIND}{prompt}{line}{}", back(left))
            }
            _ => String::new(),
        }
    }

    fn kill_before(&mut self, start: usize) -> String {
        let killed = self.cursor - start;
        self.line.drain(start..self.cursor);
        self.cursor = start;
        back(killed) + &self.redrawn_behind()
    }

    fn recall(&mut self, prompt: &str) -> String {
        let line = self.history.get(self.place).cloned().unwrap_or_default();
        self.line = line.chars().collect();
        self.cursor = self.line.len();
        let prompt = prompt.rsplit('\n').next().unwrap_or_default();
        format!("\r{prompt}{line}{CLEAR_BEHIND}")
    }

    fn behind(&self) -> String {
        self.line[self.cursor..].iter().collect()
    }

    fn redrawn_behind(&self) -> String {
        let rest = self.behind();
        format!(
            "{CLEAR_BEHIND}{rest}{}",
            back(self.line.len() - self.cursor)
        )
    }
}

fn back(count: usize) -> String {
    "\x08".repeat(count)
}

async fn show(process: &mut Process, text: &str) {
    if !text.is_empty() {
        process.print(text::encode(text)).await.ok();
    }
}

/// Reads a key, byte by byte: what follows a line is for the command.
async fn key(process: &mut Process) -> Result<Key, Typed> {
    Ok(match byte(process).await? {
        b'\r' | b'\n' => Key::Enter,
        0x7f | 0x08 => Key::Backspace,
        0x01 => Key::Home,
        0x02 => Key::Left,
        0x03 => Key::Interrupt,
        0x04 => Key::EndOfFile,
        0x05 => Key::End,
        0x06 => Key::Right,
        0x0b => Key::KillRest,
        0x0c => Key::ClearScreen,
        0x0e => Key::Down,
        0x10 => Key::Up,
        0x15 => Key::KillLine,
        0x17 => Key::KillWord,
        0x1b => sequence(process).await?,
        byte if byte < 0x20 => Key::Nothing,
        first if first.is_ascii() => Key::Character(char::from(first)),
        first => character(process, first).await?,
    })
}

/// Reads what follows an escape: a key of several bytes, or an answer of the terminal.
async fn sequence(process: &mut Process) -> Result<Key, Typed> {
    if !matches!(byte(process).await?, b'[' | b'O') {
        return Ok(Key::Nothing);
    }
    let mut digits = Vec::new();
    loop {
        let byte = byte(process).await?;
        if byte.is_ascii_digit() || byte == b';' {
            digits.push(byte);
            if digits.len() > 16 {
                return Ok(Key::Nothing);
            }
            continue;
        }
        return Ok(match (byte, digits.as_slice()) {
            (b'A', _) => Key::Up,
            (b'B', _) => Key::Down,
            (b'C', _) => Key::Right,
            (b'D', _) => Key::Left,
            (b'H', _) | (b'~', b"1" | b"7") => Key::Home,
            (b'F', _) | (b'~', b"4" | b"8") => Key::End,
            (b'~', b"3") => Key::Delete,
            _ => Key::Nothing,
        });
    }
}

/// Reads the rest of a character of several bytes.
async fn character(process: &mut Process, first: u8) -> Result<Key, Typed> {
    let mut bytes = vec![first];
    let length = match first {
        0xc2..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xf4 => 4,
        _ => return Ok(Key::Nothing),
    };
    while bytes.len() < length {
        bytes.push(byte(process).await?);
    }
    let character = std::str::from_utf8(&bytes)
        .ok()
        .and_then(|text| text.chars().next());
    Ok(character.map_or(Key::Nothing, Key::Character))
}

async fn byte(process: &mut Process) -> Result<u8, Typed> {
    let Ok(descriptor) = process.descriptors.get(0) else {
        return Err(Typed::End);
    };
    let signal = process.signal();
    let bytes = tokio::select! {
        biased;
        bytes = descriptor.read(1) => bytes,
        signal = signal => return Err(Typed::Signal(signal)),
    };
    process.step().await;
    let bytes = bytes.unwrap_or_default();
    bytes.first().copied().ok_or(Typed::End)
}
