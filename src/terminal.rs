//! What a user sees and answers: lines with their level, JSON, questions.
//!
//! The streams are the old CLI's: everything but errors goes to standard output. With `--json`
//! standard output holds one document and nothing else.

mod spinner;
mod stream;

use std::fmt;
use std::io::{BufRead, Write};
use std::sync::{Arc, Mutex, PoisonError};

use console::Style;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;

use crate::answer::{Answer, Level};
use crate::domain::{harmless, is_harmful};
use crate::input;

use spinner::{Out, Spinner};
pub use stream::Streams;

/// How the user wants to be told.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Manner {
    /// As JSON?
    pub json: bool,
    /// How much besides: 1 for `-v`, 2 for `-vv`.
    pub verbosity: u8,
    /// In colours?
    pub colours: Colours,
    /// With labels that turn while something takes time?
    pub turns: bool,
}

/// Which streams have colours.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Colours {
    /// Standard output?
    pub out: bool,
    /// Standard error?
    pub err: bool,
}

/// The user's side of a run.
pub struct Terminal {
    out: Out,
    turning: Mutex<Option<Spinner>>,
    err: Mutex<Box<dyn Write + Send>>,
    input: Mutex<Box<dyn BufRead + Send>>,
    is_typed: bool,
    manner: Manner,
    unsaid: Mutex<Option<std::io::Error>>,
}

impl fmt::Debug for Terminal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Terminal")
            .field("manner", &self.manner)
            .finish_non_exhaustive()
    }
}

/// What a user said to a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Consent {
    /// Yes.
    Given,
    /// Anything else.
    Refused,
    /// Nothing: the input has ended.
    Silence,
}

impl Terminal {
    /// Talks over `streams` in that manner.
    pub fn new(streams: Streams, manner: Manner) -> Self {
        Self {
            out: Arc::new(Mutex::new(streams.out)),
            turning: Mutex::new(None),
            err: Mutex::new(streams.err),
            input: Mutex::new(streams.input),
            is_typed: streams.is_input_terminal,
            manner,
            unsaid: Mutex::new(None),
        }
    }

    /// How the user wants to be told.
    pub fn manner(&self) -> Manner {
        self.manner
    }

    /// Tells of something that takes time.
    pub fn progress(&self, label: &str) {
        if self.manner.verbosity > 0 {
            self.verbose(label);
        } else if self.manner.turns && !self.manner.json {
            self.rest();
            *lock(&self.turning) = Some(Spinner::start(&self.out, &harmless(label)));
        } else {
            self.info(label);
        }
    }

    /// A remark; programs are not told.
    pub fn info(&self, text: &str) {
        if !self.manner.json {
            self.line("info:", text);
        }
    }

    /// What was asked for; programs are told by [`Self::answer`].
    pub fn data(&self, text: &str) {
        if !self.manner.json {
            self.line("data:", text);
        }
    }

    /// A warning. The old CLI printed it into the JSON; here programs find it on standard error.
    pub fn warn(&self, text: &str) {
        if self.manner.json {
            self.err(format_args!("warn:    {}", harmless(text)));
        } else {
            self.line("warn:", text);
        }
    }

    /// How to go on.
    pub fn help(&self, text: &str) {
        if self.manner.json {
            self.err(format_args!("help:    {}", harmless(text)));
        } else {
            self.line("help:", text);
        }
    }

    /// More than most want to know (`-v`).
    pub fn verbose(&self, text: &str) {
        if self.manner.verbosity > 0 {
            self.line("verbose:", text);
        }
    }

    /// Requests and answers (`-vv`).
    pub fn silly(&self, text: &str) {
        if self.manner.verbosity > 1 {
            self.line("silly:", text);
        }
    }

    /// What went wrong.
    pub fn error(&self, level: &str, text: &str) {
        let text = harmless(text);
        if self.manner.json {
            self.err(format_args!("{level} {text}"));
        } else {
            let style = match level {
                "error:" => Style::new().red(),
                "cause:" => Style::new().yellow(),
                "hint:" => Style::new().cyan(),
                _ => Style::new().dim(),
            };
            let level = painted(&format!("{level:<9}"), &style, self.manner.colours.err);
            self.err(format_args!("{level}{text}"));
        }
    }

    /// A line of its own on standard error, as the parser's complaints are.
    pub fn complain(&self, text: &str) {
        self.err(format_args!("{}", harmless(text)));
    }

    /// Renders what a command found.
    pub fn answer(&self, answer: &Answer) {
        if self.manner.json {
            for (level, line) in answer.lines() {
                if *level == Level::Warn {
                    self.warn(line);
                }
            }
            if let Some(json) = answer.json() {
                self.json(json);
            }
            return;
        }
        for (level, line) in answer.lines() {
            match level {
                Level::Info => self.info(line),
                Level::Data => self.data(line),
                Level::Warn => self.warn(line),
                Level::Help => self.help(line),
            }
        }
    }

    /// Writes one JSON document, two blanks deep a level.
    pub fn json(&self, value: &Value) {
        let text = serde_json::to_string_pretty(value).unwrap_or_default();
        self.out(format_args!("{}", json_escaped(&text)));
    }

    /// Writes a document for programs; people are told in lines.
    pub fn document(&self, value: &Value) {
        if self.manner.json {
            self.json(value);
        }
    }

    /// A bare line on standard output.
    pub fn plain(&self, text: &str) {
        self.out(format_args!("{text}"));
    }

    /// Why standard output has not got everything, if it has not; a reader that left is no reason.
    pub fn take_unsaid(&self) -> Option<std::io::Error> {
        lock(&self.unsaid).take()
    }

    /// Asks for consent.
    pub fn confirm(&self, question: &str) -> Consent {
        self.ask(question);
        let read = self.line_of_input();
        if !self.is_typed {
            self.out(format_args!(""));
        }
        match read {
            Ok(None) | Err(_) => Consent::Silence,
            Ok(Some(line)) => match line.expose_secret().trim().to_lowercase().as_str() {
                "y" | "yes" | "ok" | "true" => Consent::Given,
                _ => Consent::Refused,
            },
        }
    }

    /// Asks for a password without showing it; none without a terminal.
    pub fn password(&self, question: &str) -> Option<SecretString> {
        if !self.is_typed {
            return None;
        }
        self.ask(question);
        let answer = console::Term::stderr().read_secure_line().ok()?;
        Some(SecretString::from(answer))
    }

    /// The next line of the input without its end, whoever types or wrote it; empty when the
    /// input has ended.
    pub fn typed_line(&self) -> std::io::Result<SecretString> {
        Ok(self.line_of_input()?.unwrap_or_default())
    }

    /// One line of the input without its end; none when it has ended.
    fn line_of_input(&self) -> std::io::Result<Option<SecretString>> {
        let mut from = lock(&self.input);
        if from.fill_buf()?.is_empty() {
            return Ok(None);
        }
        input::first_line(&mut *from).map(Some)
    }

    fn ask(&self, question: &str) {
        self.rest();
        let mut err_or_out = if self.manner.json {
            lock(&self.err)
        } else {
            lock(&self.out)
        };
        // Who does not listen any more is not asked twice.
        _ = write!(err_or_out, "{}", harmless(question)).ok();
        _ = err_or_out.flush().ok();
    }

    fn line(&self, level: &str, text: &str) {
        let style = match level {
            "info:" => Style::new().green(),
            "data:" | "verbose:" | "silly:" => Style::new().dim(),
            "warn:" => Style::new().yellow(),
            _ => Style::new().cyan(),
        };
        let level = painted(&format!("{level:<9}"), &style, self.manner.colours.out);
        self.out(format_args!("{level}{}", harmless(text)));
    }

    /// Ends the label that turns.
    fn rest(&self) {
        if let Some(spinner) = lock(&self.turning).take() {
            spinner.finish();
        }
    }

    fn out(&self, line: fmt::Arguments<'_>) {
        self.rest();
        let mut out = lock(&self.out);
        if let Err(error) = writeln!(out, "{line}").and_then(|()| out.flush())
            // A reader that has left (`| head`) has seen enough.
            && error.kind() != std::io::ErrorKind::BrokenPipe
        {
            lock(&self.unsaid).get_or_insert(error);
        }
    }

    fn err(&self, line: fmt::Arguments<'_>) {
        self.rest();
        let mut err = lock(&self.err);
        _ = writeln!(err, "{line}").and_then(|()| err.flush()).ok();
    }
}

fn painted(text: &str, style: &Style, in_colour: bool) -> String {
    if in_colour {
        style.clone().force_styling(true).apply_to(text).to_string()
    } else {
        text.to_owned()
    }
}

/// JSON leaves characters as they are that a terminal obeys; outside of strings there are none.
fn json_escaped(text: &str) -> String {
    use std::fmt::Write as _;

    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        if letter != '\n' && is_harmful(letter) {
            for unit in letter.encode_utf16(&mut [0; 2]) {
                _ = write!(escaped, "\\u{unit:04x}");
            }
        } else {
            escaped.push(letter);
        }
    }
    escaped
}

fn lock<T: ?Sized>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    // A half-written line is no reason to fall silent.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::stream::Shared;
    use super::*;

    fn terminal(manner: Manner, input: &str) -> (Terminal, Shared, Shared) {
        let (out, err) = (Shared::default(), Shared::default());
        let streams = Streams {
            out: Box::new(out.clone()),
            err: Box::new(err.clone()),
            input: Box::new(std::io::Cursor::new(input.to_owned())),
            is_input_terminal: false,
        };
        (Terminal::new(streams, manner), out, err)
    }

    #[test]
    fn levels_take_nine_columns_and_errors_another_stream() {
        let (terminal, out, err) = terminal(Manner::default(), "");

        terminal.info("one");
        terminal.data("two");
        terminal.error("error:", "three");

        assert_eq!(out.text(), "info:    one\ndata:    two\n");
        assert_eq!(err.text(), "error:   three\n");
    }

    #[test]
    fn what_others_wrote_cannot_pass_for_a_line_of_ours() {
        let forged = "x\ninfo:    vm create command OK\u{1b}[2J\u{9b}A\u{202e}";
        let (terminal, out, err) = terminal(Manner::default(), "");

        terminal.info(forged);
        terminal.data(forged);
        terminal.warn(forged);
        terminal.progress(forged);
        terminal.error("cause:", forged);
        terminal.answer(&Answer::table(
            &["Name"],
            &[vec![forged.to_owned()]],
            Value::Null,
        ));
        terminal.confirm(forged);

        for text in [out.text(), err.text()] {
            assert!(!text.contains("\ninfo:    vm create command OK"), "{text}");
            assert!(!text.contains(['\u{1b}', '\u{9b}', '\u{202e}']), "{text}");
        }
    }

    #[test]
    fn json_says_the_same_in_its_own_escapes() {
        let manner = Manner {
            json: true,
            ..Manner::default()
        };
        let (terminal, out, _) = terminal(manner, "");
        let value = serde_json::json!({"name": "a\n\u{1b}\u{9b}\u{202e}\u{7f}é"});

        terminal.json(&value);

        let text = out.text();
        assert!(
            !text.contains(['\u{1b}', '\u{9b}', '\u{202e}', '\u{7f}']),
            "{text}"
        );
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), value);
    }

    #[test]
    fn a_hint_is_not_as_red_as_an_error_and_colours_go_where_they_are_wished() {
        let manner = Manner {
            colours: Colours {
                out: false,
                err: true,
            },
            ..Manner::default()
        };
        let (terminal, out, err) = terminal(manner, "");

        terminal.info("one");
        terminal.error("error:", "two");
        terminal.error("hint:", "three");

        assert_eq!(out.text(), "info:    one\n");
        let lines = err.text();
        let (error, hint) = lines.split_once('\n').unwrap();
        assert!(error.starts_with("\u{1b}[31m"), "{error:?}");
        assert!(hint.starts_with("\u{1b}[36m"), "{hint:?}");
    }

    #[test]
    fn json_is_alone_on_its_stream() {
        let manner = Manner {
            json: true,
            ..Manner::default()
        };
        let (terminal, out, err) = terminal(manner, "");

        terminal.info("one");
        terminal.warn("two");
        terminal.answer(&Answer::listing(serde_json::json!({"a": 1})));

        assert_eq!(out.text(), "{\n  \"a\": 1\n}\n");
        assert_eq!(err.text(), "warn:    two\n");
    }

    #[test]
    fn only_a_yes_is_consent() {
        for (input, consent) in [
            ("y\n", Consent::Given),
            ("YES\n", Consent::Given),
            ("n\n", Consent::Refused),
            ("\n", Consent::Refused),
            ("", Consent::Silence),
        ] {
            let (terminal, ..) = terminal(Manner::default(), input);
            assert_eq!(terminal.confirm("Sure? [y/n] "), consent, "{input:?}");
        }
    }
}
