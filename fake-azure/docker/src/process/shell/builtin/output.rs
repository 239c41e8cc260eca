//! `echo`, `printf`, `test` and `[`: tools that run within the shell.

use super::super::Shell;
use super::super::dialect::Dialect;
use super::super::interrupt::Interrupt;
use super::super::text;
use crate::process::tools;
use crate::process::tools::printf::{self, Wrong};

impl Shell {
    /// Runs one of the userland's tools in this process.
    pub(super) async fn tool(&mut self, name: &str, args: &[String]) -> Result<u8, Interrupt> {
        let Some(tool) = tools::find(name) else {
            let message = self.not_found(name);
            self.complain(&message).await;
            return Ok(127);
        };
        // What it complains of, it says in the shell's name.
        let own = std::iter::once(self.state.name.clone());
        let args = own.chain(args.iter().cloned()).collect();
        let before = std::mem::replace(&mut self.process.args, args);
        let status = tool.run_in(&mut self.process).await;
        self.process.args = before;
        Ok(status)
    }

    /// `printf`, and `printf -v name` of bash.
    pub(super) async fn printf(&mut self, args: &[String]) -> Result<u8, Interrupt> {
        let (name, args) = match args {
            [option, name, args @ ..] if option == "-v" && self.state.dialect.is_bash() => {
                (name, args)
            }
            _ => return self.write_formatted(args).await,
        };
        let Ok((descriptor, file)) = self.scratch_file("") else {
            return Ok(1);
        };
        let before = self.process.descriptors.close(1);
        self.process.descriptors.set(1, descriptor);
        let status = self.write_formatted(args).await;
        self.process.descriptors.close(1);
        if let Some(before) = before {
            self.process.descriptors.set(1, before);
        }
        let printed = file.read_all().unwrap_or_default();
        self.assign_named(name, text::decode(&printed)).await?;
        status
    }

    async fn write_formatted(&mut self, args: &[String]) -> Result<u8, Interrupt> {
        let dialect = self.state.dialect;
        let moments = dialect.is_bash().then(|| printf::Moments {
            now: self.process.now(),
            started: self.state.started,
        });
        let Some((text, complaints)) = printf::printed(args, moments) else {
            match dialect {
                Dialect::Ash => self.complain("usage: printf FORMAT [ARGUMENT...]").await,
                Dialect::Dash => {
                    let words = "usage: printf format [arg ...]";
                    self.complain_as("printf", words).await;
                }
                Dialect::Bash => {
                    let words = "printf: usage: printf [-v var] format [arguments]\n";
                    self.process.complain(words).await;
                }
            }
            return Ok(2);
        };
        let mut status = self.print(text).await;
        for wrong in complaints {
            status = 1;
            let words = match (dialect, &wrong) {
                (Dialect::Ash, wrong) => wrong.to_string(),
                (Dialect::Dash, Wrong::Number(text)) => format!("{text}: expected numeric value"),
                (Dialect::Dash, Wrong::Format(letter)) => format!("%{letter}: invalid directive"),
                (Dialect::Bash, Wrong::Number(text)) => format!("{text}: invalid number"),
                (Dialect::Bash, Wrong::Format(letter)) => {
                    format!("`{letter}': invalid format character")
                }
            };
            match dialect {
                Dialect::Ash => self.complain(&words).await,
                Dialect::Dash | Dialect::Bash => self.complain_as("printf", &words).await,
            }
        }
        Ok(status)
    }

    pub(super) async fn bracket(&mut self, args: &[String]) -> Result<u8, Interrupt> {
        match args.split_last() {
            Some((last, args)) if last == "]" => self.tool("test", args).await,
            _ => {
                self.complain("missing ]").await;
                Ok(2)
            }
        }
    }

    pub(super) async fn echo(&mut self, args: &[String]) -> Result<u8, Interrupt> {
        let is_dash = self.state.dialect == Dialect::Dash;
        // Dash knows `-n` alone, once, and reads escapes unasked.
        let (mut ends_line, mut has_escapes) = (true, is_dash);
        let mut words = args;
        while let Some((first, behind)) = words.split_first() {
            let letters = first.strip_prefix('-').unwrap_or_default();
            let is_known = |letter| {
                if is_dash {
                    letter == 'n'
                } else {
                    "neE".contains(letter)
                }
            };
            if letters.is_empty() || !letters.chars().all(is_known) {
                break;
            }
            words = behind;
            for letter in letters.chars() {
                match letter {
                    'n' => ends_line = false,
                    'e' => has_escapes = true,
                    _ => has_escapes = false,
                }
            }
            if is_dash {
                break;
            }
        }
        let mut bytes = text::encode(&words.join(" "));
        if has_escapes {
            let is_cut;
            let unknown: &[u8] = match self.state.dialect {
                Dialect::Ash => b"",
                Dialect::Dash => b"x",
                Dialect::Bash => b"1234567",
            };
            (bytes, is_cut) = tools::escapes::resolve(&without_escapes(&bytes, unknown), true);
            ends_line &= !is_cut;
        }
        if ends_line {
            bytes.push(b'\n');
        }
        Ok(self.print(bytes).await)
    }
}

/// Doubles the backslash of escapes that a shell does not know, so that they stay as they are.
fn without_escapes(text: &[u8], unknown: &[u8]) -> Vec<u8> {
    let mut kept = Vec::with_capacity(text.len());
    let mut bytes = text.iter().copied();
    while let Some(byte) = bytes.next() {
        kept.push(byte);
        if byte == b'\\'
            && let Some(escape) = bytes.next()
        {
            if unknown.contains(&escape) {
                kept.push(b'\\');
            }
            kept.push(escape);
        }
    }
    kept
}
