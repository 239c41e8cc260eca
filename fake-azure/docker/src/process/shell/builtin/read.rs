//! `read`.

use std::time::Duration;

use super::super::Shell;
use super::super::dialect::Dialect;
use super::super::elements::{Elements, Key};
use super::super::interrupt::Interrupt;
use super::super::parser::is_name;
use super::super::text;
use crate::process::Exit;

/// The longest line that is read, in bytes.
const LONGEST: usize = 16 << 20;

/// What `read` was told.
#[derive(Debug, Default)]
struct Reading {
    is_raw: bool,
    prompt: Option<String>,
    most: Option<usize>,
    seconds: Option<Duration>,
    descriptor: u32,
    delimiter: Option<u8>,
    is_silent: bool,
    names: Vec<String>,
    /// The array that takes all fields.
    array: Option<String>,
}

/// A byte that was read, and whether a backslash stood in front.
type Character = (u8, bool);

impl Shell {
    pub(in super::super) async fn read(&mut self, args: &[String]) -> Result<u8, Interrupt> {
        let reading = self.reading(args).await?;
        if let Some(name) = reading.names.iter().find(|name| !is_name(name)) {
            let message = match self.state.dialect {
                Dialect::Bash => format!("read: `{name}': not a valid identifier"),
                Dialect::Ash => format!("read: '{name}': bad variable name"),
                Dialect::Dash => format!("read: {name}: bad variable name"),
            };
            self.complain(&message).await;
            return Ok(1);
        }
        let is_tty = self
            .process
            .descriptors
            .get(reading.descriptor)
            .is_ok_and(|open| open.is_tty());
        if let Some(prompt) = reading.prompt.as_ref().filter(|_| is_tty) {
            let prompt = text::encode(prompt);
            self.process.complain(prompt).await;
        }
        let tty = self
            .process
            .tty
            .clone()
            .filter(|_| is_tty && reading.is_silent);
        let mode = tty.as_ref().map(|tty| {
            let mode = tty.mode();
            tty.set_mode(crate::process::tty::Mode {
                echo: false,
                ..mode
            });
            mode
        });
        let outcome = self.read_line(&reading).await;
        if let (Some(tty), Some(mode)) = (tty, mode) {
            tty.set_mode(mode);
        }
        let (line, status) = outcome;
        self.assign_line(&reading, &line).await?;
        Ok(status)
    }

    async fn reading(&mut self, args: &[String]) -> Result<Reading, Interrupt> {
        let mut reading = Reading::default();
        let mut rest = args.iter();
        while let Some(word) = rest.as_slice().first() {
            let Some(letters) = word.strip_prefix('-').filter(|letters| !letters.is_empty()) else {
                break;
            };
            rest.next();
            if letters == "-" {
                break;
            }
            let mut characters = letters.chars();
            while let Some(letter) = characters.next() {
                if letter == 'r' {
                    reading.is_raw = true;
                    continue;
                }
                if letter == 's' && self.state.dialect.has_bash_compatibility() {
                    reading.is_silent = true;
                    continue;
                }
                let takes_value = match self.state.dialect {
                    Dialect::Dash => letter == 'p',
                    Dialect::Ash => "pntud".contains(letter),
                    Dialect::Bash => "pntudNia".contains(letter),
                };
                if !takes_value {
                    return Err(self.illegal_option("read", &letter.to_string()).await);
                }
                let value = match characters.as_str() {
                    "" => rest.next().cloned(),
                    value => Some(value.to_owned()),
                };
                characters = "".chars();
                let Some(value) = value else {
                    let message = format!("-{letter}: option requires an argument");
                    return Err(self.fail_as("read", &message).await);
                };
                self.take_value(&mut reading, letter, value).await?;
            }
        }
        reading.names = rest.cloned().collect();
        Ok(reading)
    }

    async fn take_value(
        &mut self,
        reading: &mut Reading,
        letter: char,
        value: String,
    ) -> Result<(), Interrupt> {
        match letter {
            'p' => reading.prompt = Some(value),
            'a' => reading.array = Some(value),
            'n' | 'N' => reading.most = Some(self.number("read", &value).await?),
            'u' => {
                let number = self.number("read", &value).await?;
                reading.descriptor = u32::try_from(number).unwrap_or(u32::MAX);
            }
            'd' => reading.delimiter = Some(value.bytes().next().unwrap_or_default()),
            't' => {
                if let Ok(Ok(duration)) = value.parse::<f64>().map(Duration::try_from_secs_f64) {
                    reading.seconds = Some(duration);
                } else {
                    let message = format!("Illegal number: {value}");
                    return Err(self.fail_as("read", &message).await);
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// Reads byte by byte, so that what follows the line is left to others.
    async fn read_line(&mut self, reading: &Reading) -> (Vec<Character>, u8) {
        let delimiter = reading.delimiter.unwrap_or(b'\n');
        let mut line: Vec<Character> = Vec::new();
        let mut is_escaped = false;
        let clock = self.process.space.clock().clone();
        let deadline = reading.seconds.map(|seconds| {
            self.process
                .now()
                .checked_add(seconds)
                .unwrap_or(jiff::Timestamp::MAX)
        });
        loop {
            if reading.most.is_some_and(|most| line.len() >= most) {
                return (line, 0);
            }
            let Ok(descriptor) = self.process.descriptors.get(reading.descriptor) else {
                return (line, 1);
            };
            let signal = self.process.signal();
            let too_late = async {
                match deadline {
                    Some(deadline) => clock.sleep_until(deadline).await,
                    None => std::future::pending().await,
                }
            };
            let bytes = tokio::select! {
                biased;
                bytes = descriptor.read(1) => bytes,
                () = too_late => return (line, if self.state.dialect.is_bash() { 142 } else { 1 }),
                signal = signal => {
                    if self.has_trapped(signal) {
                        self.state.traps.keep(signal);
                    }
                    return (line, Exit::Killed(signal).code());
                }
            };
            self.process.step().await;
            let Some(byte) = bytes.ok().and_then(|bytes| bytes.first().copied()) else {
                return (line, 1);
            };
            if is_escaped {
                is_escaped = false;
                if byte != b'\n' {
                    line.push((byte, true));
                }
            } else if byte == delimiter {
                return (line, 0);
            } else if byte == b'\\' && !reading.is_raw {
                is_escaped = true;
            } else if byte != 0 {
                line.push((byte, false));
            }
            if line.len() > LONGEST {
                return (line, 1);
            }
        }
    }

    /// Splits a line into all of its fields.
    fn fields_of(&self, line: &[Character]) -> Vec<String> {
        let ifs = self.ifs().as_bytes();
        let is_separator = |(byte, is_escaped): Character| !is_escaped && ifs.contains(&byte);
        let is_blank = |character: Character| {
            is_separator(character) && matches!(character.0, b' ' | b'\t' | b'\n')
        };
        let mut fields = Vec::new();
        let mut rest = skip(line, is_blank);
        while !rest.is_empty() {
            let end = rest.iter().position(|character| is_separator(*character));
            let (field, behind) = rest.split_at(end.unwrap_or(rest.len()));
            fields.push(decoded(field));
            rest = skip(behind, is_blank);
            if let Some(first) = rest.first()
                && is_separator(*first)
            {
                rest = skip(&rest[1..], is_blank);
            }
        }
        fields
    }

    /// `mapfile` and `readarray` of bash: each line is an element.
    pub(super) async fn map_file(&mut self, args: &[String]) -> Result<u8, Interrupt> {
        let mut reading = Reading {
            is_raw: true,
            ..Reading::default()
        };
        let (mut trims, mut most, mut skipped) = (false, usize::MAX, 0);
        let mut rest = args.iter();
        let mut name = "MAPFILE";
        while let Some(word) = rest.next() {
            let value = match word.as_str() {
                "-t" => {
                    trims = true;
                    continue;
                }
                "-n" | "-s" | "-u" | "-d" => rest.next().map_or("", String::as_str),
                word if word.starts_with('-') && word.len() > 1 => {
                    return Err(self.illegal_option("mapfile", &word[1..]).await);
                }
                other => {
                    name = other;
                    break;
                }
            };
            match word.as_str() {
                "-d" => reading.delimiter = Some(value.bytes().next().unwrap_or_default()),
                "-n" => {
                    most = match self.number("mapfile", value).await? {
                        0 => usize::MAX,
                        most => most,
                    }
                }
                "-s" => skipped = self.number("mapfile", value).await?,
                _ => {
                    let number = self.number("mapfile", value).await?;
                    reading.descriptor = u32::try_from(number).unwrap_or(u32::MAX);
                }
            }
        }
        if !is_name(name) {
            self.complain(&format!("mapfile: `{name}': not a valid identifier"))
                .await;
            return Ok(1);
        }
        let mut elements = Elements::default();
        let delimiter = reading.delimiter.unwrap_or(b'\n');
        let mut number = 0;
        while number < most.saturating_add(skipped) {
            let (line, status) = self.read_line(&reading).await;
            if status > 1 {
                return Ok(status);
            }
            if status != 0 && line.is_empty() {
                break;
            }
            let mut text = decoded(&line);
            if !trims && status == 0 {
                text.push(char::from(delimiter));
            }
            if number >= skipped {
                elements.set(Key::Number(elements.next()), text);
            }
            number += 1;
            if status != 0 || elements.bytes() > LONGEST {
                break;
            }
        }
        let set = self.state.variables.set_elements(name, elements);
        self.taken(name, set).await?;
        Ok(0)
    }

    /// Splits a line among variables; the last one takes what is left.
    async fn assign_line(
        &mut self,
        reading: &Reading,
        line: &[Character],
    ) -> Result<(), Interrupt> {
        if let Some(array) = &reading.array {
            let fields = self.fields_of(line);
            let set = self
                .state
                .variables
                .set_elements(array, fields.into_iter().collect());
            return self.taken(array, set).await;
        }
        let Some((last, others)) = reading.names.split_last() else {
            let whole: Vec<u8> = line.iter().map(|(byte, _)| *byte).collect();
            return self.set_variable("REPLY", text::decode(&whole)).await;
        };
        let ifs = self.ifs().as_bytes().to_vec();
        let is_separator = |(byte, is_escaped): Character| !is_escaped && ifs.contains(&byte);
        let is_blank = |character: Character| {
            is_separator(character) && matches!(character.0, b' ' | b'\t' | b'\n')
        };
        let mut rest = skip(line, is_blank);
        for name in others {
            let end = rest.iter().position(|character| is_separator(*character));
            let (field, behind) = rest.split_at(end.unwrap_or(rest.len()));
            self.set_variable(name, decoded(field)).await?;
            rest = skip(behind, is_blank);
            if let Some(first) = rest.first()
                && is_separator(*first)
                && !(is_blank(*first))
            {
                rest = skip(&rest[1..], is_blank);
            }
        }
        let mut end = rest.len();
        while end > 0 && is_blank(rest[end - 1]) {
            end -= 1;
        }
        // A lone separator at the end belongs to the last field's end, not to it.
        let separators = rest[..end]
            .iter()
            .filter(|character| is_separator(**character) && !is_blank(**character));
        if separators.count() == 1
            && end > 0
            && is_separator(rest[end - 1])
            && !is_blank(rest[end - 1])
        {
            end -= 1;
        }
        self.set_variable(last, decoded(&rest[..end])).await
    }
}

fn skip(line: &[Character], is_skipped: impl Fn(Character) -> bool) -> &[Character] {
    let start = line.iter().position(|character| !is_skipped(*character));
    &line[start.unwrap_or(line.len())..]
}

fn decoded(field: &[Character]) -> String {
    let bytes: Vec<u8> = field.iter().map(|(byte, _)| *byte).collect();
    text::decode(&bytes)
}
