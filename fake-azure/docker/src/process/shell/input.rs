//! Commands that come from standard input: typed, or from a pipe that stays open.

use std::sync::Arc;

use futures_util::FutureExt;

use super::Shell;
use super::dialect::Dialect;
use super::expand::Context;
use super::frame::Frame;
use super::interrupt::Interrupt;
use super::line_editor::{LineEditor, Typed};
use super::options::Switch;
use super::parser::{Parser, Stop};
use super::text;
use crate::files::path;

/// The busybox that a terminal is greeted by.
const VERSION: &str = "BusyBox v1.35.0 (Debian 1:1.35.0-4+deb12u1+b1)";

/// What has been read of the commands to come.
#[derive(Debug)]
pub(super) struct Input {
    parser: Parser,
    /// Bytes at the end that are no whole character yet.
    bytes: Vec<u8>,
    editor: Option<LineEditor>,
    is_at_end: bool,
    /// How much text is worth another attempt, after an incomplete one.
    worth_reading: usize,
    chunk: usize,
}

/// What more text there was.
enum More {
    Text,
    /// A signal came, or the line was given up.
    Nothing,
    End,
}

impl Input {
    pub(super) fn new(dialect: Dialect, has_terminal: bool) -> Self {
        Self {
            parser: Parser::growing(dialect),
            bytes: Vec::new(),
            editor: has_terminal.then(LineEditor::default),
            is_at_end: false,
            worth_reading: 0,
            // As much as the real ones read at once: the rest is for the commands.
            chunk: match dialect {
                Dialect::Ash => 1023,
                Dialect::Dash => 8192,
                Dialect::Bash => 1,
            },
        }
    }

    fn push(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
        // A character that is cut off waits for its rest.
        let cut = match std::str::from_utf8(&self.bytes) {
            Err(error) if error.error_len().is_none() => error.valid_up_to(),
            _ => self.bytes.len(),
        };
        let rest = self.bytes.split_off(cut);
        let text = text::decode(&std::mem::replace(&mut self.bytes, rest));
        self.parser.push(&text);
    }
}

impl Shell {
    /// Reads the next commands and puts them on the stack.
    pub(super) async fn step_input(&mut self) -> Result<(), Interrupt> {
        let aliases = Arc::clone(&self.state.aliases);
        let Some(Frame::Input(input)) = self.frames.last_mut() else {
            return Ok(());
        };
        input.parser.set_aliases(aliases);
        let waiting = input.parser.waiting();
        let is_worth_it = input.is_at_end || waiting >= input.worth_reading;
        let outcome = if is_worth_it {
            input.parser.next_commands()
        } else {
            Err(Stop::Incomplete)
        };
        match outcome {
            Ok(Some(list)) => {
                input.worth_reading = 0;
                if self.state.has(Switch::Verbose) {
                    let Some(Frame::Input(input)) = self.frames.last() else {
                        return Ok(());
                    };
                    let read = text::encode(input.parser.last_text());
                    self.process.complain(read).await;
                }
                if !self.state.has(Switch::NoExec) {
                    self.push_list(&list);
                }
                Ok(())
            }
            Ok(None) => {
                let is_interactive = self.state.is_interactive();
                if is_interactive && !self.state.has(Switch::Command) {
                    self.process.complain("\n").await;
                }
                self.pop();
                Ok(())
            }
            Err(Stop::Error(error)) => {
                let line = input.parser.line_here().to_owned();
                if self.state.is_interactive() {
                    input.parser.skip_all();
                }
                Err(self.report_syntax(&error, &line).await)
            }
            Err(Stop::Incomplete) => {
                if is_worth_it {
                    // A long command is not read anew for each line of it.
                    input.worth_reading = waiting + waiting / 4;
                }
                match self.read_more().await {
                    More::Text | More::Nothing => {}
                    More::End => {
                        if let Some(Frame::Input(input)) = self.frames.last_mut() {
                            input.is_at_end = true;
                            input.parser.finish();
                        }
                    }
                }
                Ok(())
            }
        }
    }

    async fn read_more(&mut self) -> More {
        let Some(Frame::Input(input)) = self.frames.last_mut() else {
            return More::End;
        };
        let is_continued = input.parser.waiting() > 0;
        if let Some(editor) = input.editor.take() {
            return self.read_typed(editor, is_continued).await;
        }
        let chunk = input.chunk;
        if self.state.is_interactive() {
            let prompt = self.prompt(is_continued).await;
            self.process.complain(text::encode(&prompt)).await;
        }
        let Ok(descriptor) = self.process.descriptors.get(0) else {
            return More::End;
        };
        // What is there at once is taken at once; else a signal may come first.
        let (bytes, has_waited) = if let Some(bytes) = descriptor.read(chunk).now_or_never() {
            (bytes, false)
        } else {
            if let Some(Frame::Input(input)) = self.frames.last_mut()
                && input.worth_reading > input.parser.waiting()
                && is_continued
            {
                input.worth_reading = 0;
                return More::Nothing;
            }
            let signal = self.process.signal();
            tokio::select! {
                biased;
                bytes = descriptor.read(chunk) => (bytes, true),
                signal = signal => {
                    self.state.traps.keep(signal);
                    return More::Nothing;
                }
            }
        };
        self.process.step().await;
        let bytes = bytes.unwrap_or_default();
        let Some(Frame::Input(input)) = self.frames.last_mut() else {
            return More::End;
        };
        if bytes.is_empty() {
            return More::End;
        }
        input.push(&bytes);
        // Byte by byte, nothing is complete before the end of a line.
        if !has_waited && chunk == 1 && bytes != b"\n" {
            input.worth_reading = input.parser.waiting() + 1;
        }
        More::Text
    }

    /// Reads a line that somebody types.
    async fn read_typed(&mut self, mut editor: LineEditor, is_continued: bool) -> More {
        if !is_continued {
            self.tell_ended_jobs().await;
        }
        let prompt = self.prompt(is_continued).await;
        let asks_position = self.state.dialect == Dialect::Ash;
        let typed = editor.read(&mut self.process, &prompt, asks_position).await;
        let Some(Frame::Input(input)) = self.frames.last_mut() else {
            return More::End;
        };
        input.editor = Some(editor);
        input.worth_reading = 0;
        match typed {
            Typed::Line(line) => {
                input.push((line + "\n").as_bytes());
                More::Text
            }
            Typed::Interrupted => {
                input.parser.skip_all();
                input.parser.push("");
                self.state.status = 130;
                More::Nothing
            }
            Typed::Signal(signal) => {
                self.state.traps.keep(signal);
                More::Nothing
            }
            Typed::End => More::End,
        }
    }

    /// Returns what stands in front of a line that is typed.
    async fn prompt(&mut self, is_continued: bool) -> String {
        let name = if is_continued { "PS2" } else { "PS1" };
        let prompt = self.value_of(name).unwrap_or_default();
        let prompt = match self.state.dialect {
            Dialect::Dash => prompt,
            Dialect::Ash | Dialect::Bash => self.escaped_prompt(&prompt),
        };
        self.expanded(&prompt).await
    }

    /// Expands text as in double quotes; text that is no script stays as it is.
    pub(super) async fn expanded(&mut self, text: &str) -> String {
        if !text.contains(['$', '`', '\\']) {
            return text.to_owned();
        }
        let Some(word) = Parser::document_of(text, self.state.dialect) else {
            return text.to_owned();
        };
        let quoted = Context {
            is_quoted: true,
            ..Context::default()
        };
        let status = self.state.status;
        let expanded = self.text_in(&word, quoted).await;
        self.state.status = status;
        expanded.unwrap_or_else(|_| text.to_owned())
    }

    /// Puts in what `\w`, `\u` and their kin stand for.
    fn escaped_prompt(&self, prompt: &str) -> String {
        let mut shown = String::new();
        let mut characters = prompt.chars();
        while let Some(character) = characters.next() {
            if character != '\\' {
                shown.push(character);
                continue;
            }
            let is_root = self.process.user.uid == 0;
            match characters.next() {
                Some('w') => shown.push_str(&self.short_directory()),
                Some('W') => {
                    let directory = self.short_directory();
                    let last = path::split(&directory).1;
                    shown.push_str(&last.unwrap_or(directory));
                }
                Some('u') => shown.push_str(&self.user_name()),
                Some('h') => {
                    let host = self.process.space.host_name();
                    shown.push_str(host.split('.').next().unwrap_or(host));
                }
                Some('H') => shown.push_str(self.process.space.host_name()),
                Some('$') => shown.push_str(if is_root { "#" } else { "\\$" }),
                Some('n') => shown.push('\n'),
                Some('r') => shown.push('\r'),
                Some('a') => shown.push('\u{7}'),
                Some('e' | 'E') => shown.push('\u{1b}'),
                Some('s') => shown.push_str(&self.state.name),
                Some('[' | ']') => {}
                Some('\\') => shown.push_str("\\\\"),
                Some('0') if prompt.contains("\\033") => {
                    if characters.as_str().starts_with("33") {
                        characters.nth(1);
                        shown.push('\u{1b}');
                    }
                }
                Some(other) => shown.extend(['\\', other]),
                None => shown.push('\\'),
            }
        }
        shown
    }

    fn short_directory(&self) -> String {
        let directory = self.process.cwd.clone();
        let home = self.value_of("HOME").filter(|home| home.len() > 1);
        match home.and_then(|home| directory.strip_prefix(&home).map(str::to_owned)) {
            Some(rest) if rest.is_empty() || rest.starts_with('/') => format!("~{rest}"),
            _ => directory,
        }
    }

    fn user_name(&self) -> String {
        let files = self.process.space.files();
        let users = files
            .read("/etc/passwd", &self.process.user)
            .unwrap_or_default();
        let users = String::from_utf8_lossy(&users);
        let uid = self.process.user.uid.to_string();
        let found = users.lines().find_map(|line| {
            let mut fields = line.split(':');
            let name = fields.next()?;
            (fields.nth(1)? == uid).then(|| name.to_owned())
        });
        found.unwrap_or_else(|| match uid.as_str() {
            "0" => "root".to_owned(),
            _ => "I have no name!".to_owned(),
        })
    }

    /// Says who is there, as ash does on a terminal.
    pub(super) async fn greet(&mut self) {
        let files = self.process.space.files();
        // Alpine's busybox is built without a greeting.
        let is_quiet = files.exists("/etc/alpine-release", &self.process.user);
        if self.state.dialect == Dialect::Ash && !is_quiet {
            let greeting = format!(
                "\n\n{VERSION} built-in shell (ash)\nEnter 'help' for a list of built-in commands.\n\n"
            );
            self.print_greeting(&greeting).await;
        }
    }

    async fn print_greeting(&mut self, greeting: &str) {
        self.process.print(greeting).await.ok();
    }
}
