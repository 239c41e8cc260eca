//! `type`, `command`, `hash`, `alias`, `help`: what names mean.

use std::sync::Arc;

use super::super::Shell;
use super::super::dialect::Dialect;
use super::super::interrupt::Interrupt;
use super::super::quote;
use super::super::text;
use super::{Builtin, TABLE, is_special, options};
use crate::files::{Want, path};
use crate::process::launch::DEFAULT_PATH;

/// The words that the grammar knows.
const KEYWORDS: [&str; 16] = [
    "!", "{", "}", "case", "do", "done", "elif", "else", "esac", "fi", "for", "if", "in", "then",
    "until", "while",
];

/// What a name means.
enum Meaning {
    Alias(String),
    Keyword,
    Function,
    Builtin,
    File(String),
}

impl Shell {
    fn meaning(&self, name: &str) -> Option<Meaning> {
        if let Some(text) = self.state.aliases.get(name) {
            return Some(Meaning::Alias(text.clone()));
        }
        if KEYWORDS.contains(&name) {
            return Some(Meaning::Keyword);
        }
        if self.state.functions.contains_key(name) {
            return Some(Meaning::Function);
        }
        if Builtin::of_name(name, self.state.dialect).is_some() {
            return Some(Meaning::Builtin);
        }
        self.path_of(name).map(Meaning::File)
    }

    /// Returns the file that would be run for a name.
    fn path_of(&self, name: &str) -> Option<String> {
        let files = self.process.space.files();
        let user = &self.process.user;
        let is_runnable = |file: &String| {
            let file = self.process.path(file);
            files.is_file(&file, user) && files.access(&file, Want::EXECUTE, user).is_ok()
        };
        if name.contains('/') {
            return Some(name.to_owned()).filter(is_runnable);
        }
        let folders = self.state.variables.get("PATH").unwrap_or(DEFAULT_PATH);
        let candidates = folders.split(':').map(|folder| match folder {
            "" => name.to_owned(),
            folder => path::join(folder, name),
        });
        candidates.into_iter().find(is_runnable)
    }

    pub(super) async fn type_(&mut self, args: &[String]) -> Result<u8, Interrupt> {
        let (letters, names) = match self.state.dialect {
            Dialect::Dash => (Vec::new(), args),
            Dialect::Ash | Dialect::Bash => options(args),
        };
        let mut status = 0;
        for name in names {
            let Some(meaning) = self.meaning(name) else {
                status = if self.state.dialect.is_bash() { 1 } else { 127 };
                if letters.is_empty() {
                    let line = format!("{name}: not found\n");
                    match self.state.dialect {
                        Dialect::Bash => {
                            self.complain_as("type", line.trim_end()).await;
                        }
                        Dialect::Ash | Dialect::Dash => drop(self.print(line).await),
                    }
                }
                continue;
            };
            let line = match letters.first() {
                Some('t') if self.state.dialect.is_bash() => match meaning {
                    Meaning::Alias(_) => "alias".to_owned(),
                    Meaning::Keyword => "keyword".to_owned(),
                    Meaning::Function => "function".to_owned(),
                    Meaning::Builtin => "builtin".to_owned(),
                    Meaning::File(_) => "file".to_owned(),
                },
                Some('p' | 'P' | 't') => match meaning {
                    Meaning::File(path) => path,
                    _ => continue,
                },
                _ => self.described(name, meaning),
            };
            self.print(text::encode(&(line + "\n"))).await;
        }
        Ok(status)
    }

    fn described(&self, name: &str, meaning: Meaning) -> String {
        match meaning {
            Meaning::Alias(text) => format!("{name} is an alias for {text}"),
            Meaning::Keyword => format!("{name} is a shell keyword"),
            Meaning::Function => format!("{name} is a function"),
            Meaning::Builtin if is_special(name, self.state.dialect) => {
                format!("{name} is a special shell builtin")
            }
            Meaning::Builtin => format!("{name} is a shell builtin"),
            Meaning::File(path) => format!("{name} is {path}"),
        }
    }

    /// `command -v` and `command -V`; without them the command itself was run.
    pub(super) async fn command(&mut self, args: &[String]) -> Result<u8, Interrupt> {
        let (letters, names) = options(args);
        let is_long = letters.contains(&'V');
        if !is_long && !letters.contains(&'v') {
            return match letters.iter().find(|letter| **letter != 'p') {
                Some(letter) => Err(self.illegal_option("command", &letter.to_string()).await),
                None => Ok(0),
            };
        }
        let mut status = 0;
        for name in names {
            let line = match self.meaning(name) {
                None => {
                    status = if self.state.dialect.is_bash() { 1 } else { 127 };
                    if !is_long {
                        continue;
                    }
                    format!("{name}: not found")
                }
                Some(meaning) if is_long => self.described(name, meaning),
                Some(Meaning::Alias(text)) => format!("alias {name}={}", quote::always(&text)),
                Some(Meaning::File(path)) => path,
                Some(_) => name.clone(),
            };
            self.print(text::encode(&(line + "\n"))).await;
        }
        Ok(status)
    }

    pub(super) async fn hash(&mut self, args: &[String]) -> Result<u8, Interrupt> {
        let (_, names) = options(args);
        let mut status = 0;
        for name in names {
            if self.meaning(name).is_none() {
                let message = self.not_found(name);
                self.complain_as("hash", &message).await;
                status = 1;
            }
        }
        Ok(status)
    }

    /// `caller` of bash: from where what is being run was called.
    pub(super) async fn caller(&mut self, args: &[String]) -> Result<u8, Interrupt> {
        let at = match args.first() {
            None => 0,
            Some(text) => self.number("caller", text).await?,
        };
        let calls: Vec<_> = self.state.stack.iter().rev().collect();
        let Some(call) = calls.get(at) else {
            return Ok(1);
        };
        let outer = calls.get(at + 1);
        let source = match outer {
            Some(outer) => outer.source.clone(),
            None => self.state.script.clone(),
        };
        let line = call.line;
        let told = match (args.is_empty(), outer) {
            (true, _) => format!("{line} {}\n", source.as_deref().unwrap_or("NULL")),
            (false, None) if source.is_none() => return Ok(1),
            (false, outer) => {
                let name = outer.map_or("main", |outer| outer.name.as_str());
                format!(
                    "{line} {name} {}\n",
                    source.as_deref().unwrap_or("environment")
                )
            }
        };
        Ok(self.print(text::encode(&told)).await)
    }

    pub(super) async fn alias(&mut self, args: &[String]) -> Result<u8, Interrupt> {
        if args.is_empty() {
            let aliases = self.state.aliases.iter();
            let lines = aliases.map(|(name, text)| format!("{name}={}\n", quote::always(text)));
            let lines: String = lines.collect();
            return Ok(self.print(text::encode(&lines)).await);
        }
        let mut status = 0;
        for arg in args {
            if let Some((name, text)) = arg.split_once('=').filter(|(name, _)| !name.is_empty()) {
                let aliases = Arc::make_mut(&mut self.state.aliases);
                aliases.insert(name.to_owned(), text.to_owned());
                continue;
            }
            let line = self
                .state
                .aliases
                .get(arg)
                .map(|text| format!("{arg}={}\n", quote::always(text)));
            if let Some(line) = line {
                self.print(text::encode(&line)).await;
            } else {
                self.process
                    .complain(format!("alias: {arg} not found\n"))
                    .await;
                status = 1;
            }
        }
        Ok(status)
    }

    pub(super) async fn unalias(&mut self, args: &[String]) -> Result<u8, Interrupt> {
        let (letters, names) = options(args);
        let aliases = Arc::make_mut(&mut self.state.aliases);
        if letters.contains(&'a') {
            aliases.clear();
            return Ok(0);
        }
        let mut missing = Vec::new();
        for name in names {
            if aliases.remove(name).is_none() {
                missing.push(name);
            }
        }
        for name in &missing {
            self.process
                .complain(format!("unalias: {name} not found\n"))
                .await;
        }
        Ok(u8::from(!missing.is_empty()))
    }

    pub(super) async fn help(&mut self) -> Result<u8, Interrupt> {
        const WIDTH: usize = 70;
        let mut text = "Built-in commands:\n------------------\n".to_owned();
        let mut line = String::new();
        let names = TABLE.iter().map(|(name, ..)| *name);
        for name in names.filter(|name| Builtin::of_name(name, self.state.dialect).is_some()) {
            if line.len() + name.len() + 1 > WIDTH {
                text.extend(["\t", line.trim_end(), "\n"]);
                line.clear();
            }
            line.extend([name, " "]);
        }
        text.extend(["\t", line.trim_end(), "\n"]);
        Ok(self.print(text).await)
    }
}
