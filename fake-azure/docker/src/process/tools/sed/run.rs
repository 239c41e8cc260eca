//! Running a script over lines.

use std::collections::{HashMap, VecDeque};

use super::command::{Action, Address, End, Script, Selection, Substitution};
use super::substitute::substitute;
use crate::files::Open;
use crate::process::tools::input::{self, LONGEST_LINE, Lines, chomp};
use crate::process::tools::output::Output;
use crate::process::tools::regex::Regex;
use crate::process::tools::stop::Stop;
use crate::process::{Descriptor, Process};

/// What one command leads to.
enum Then {
    /// The next command.
    Go,
    To(usize),
    /// The end of the cycle, with or without printing.
    EndCycle {
        print: bool,
    },
    /// A cycle without reading a line.
    Again,
    Quit,
}

/// A script with its state.
pub(super) struct Run {
    script: Script,
    quiet: bool,
    pub(super) separator: u8,
    /// For each range whether it is open, and up to which line.
    open: Vec<Option<u64>>,
    pattern: Vec<u8>,
    hold: Vec<u8>,
    line: u64,
    substituted: bool,
    /// What is written at the end of the cycle.
    appended: Vec<Appended>,
    last_regex: Option<Regex>,
    quit: Option<u8>,
    written: HashMap<String, Descriptor>,
    /// The last line of the input had no end.
    unended: bool,
}

enum Appended {
    Text(Vec<u8>),
    File(String),
}

/// The lines of files, one after the other.
struct Source {
    names: VecDeque<String>,
    lines: Option<Lines>,
    ahead: Option<Vec<u8>>,
    code: u8,
}

impl Source {
    async fn next(
        &mut self,
        process: &mut Process,
        out: &mut Output,
        separator: u8,
    ) -> Result<Option<Vec<u8>>, Stop> {
        if let Some(line) = self.ahead.take() {
            return Ok(Some(line));
        }
        loop {
            if let Some(lines) = &mut self.lines {
                if let Some(line) = lines.next(process, out).await? {
                    return Ok(Some(line));
                }
                self.lines = None;
            }
            let Some(name) = self.names.pop_front() else {
                return Ok(None);
            };
            match input::open(process, &name) {
                Ok(from) => self.lines = Some(Lines::separated(from, separator)),
                Err(errno) => {
                    out.complain(process, format!("sed: {name}: {errno}\n"))
                        .await?;
                    self.code = 1;
                }
            }
        }
    }

    /// Whether no line follows.
    async fn is_at_end(
        &mut self,
        process: &mut Process,
        out: &mut Output,
        separator: u8,
    ) -> Result<bool, Stop> {
        if self.ahead.is_none() {
            self.ahead = self.next(process, out, separator).await?;
        }
        Ok(self.ahead.is_none())
    }
}

/// Where lines go: standard output, or a file that is edited.
struct Goal<'a> {
    out: Output,
    edited: Option<&'a mut Vec<u8>>,
}

impl Goal<'_> {
    async fn put(&mut self, process: &mut Process, bytes: &[u8]) -> Result<(), Stop> {
        match &mut self.edited {
            Some(edited) => {
                edited.extend(bytes);
                if edited.len() > input::WHOLE {
                    return Err(Stop::told("the edited file grows too large"));
                }
                process.step().await;
                Ok(())
            }
            None => self.out.put(process, bytes).await,
        }
    }
}

impl Run {
    pub(super) fn new(script: Script, quiet: bool) -> Self {
        Self {
            open: vec![None; script.ranges],
            script,
            quiet,
            separator: b'\n',
            pattern: Vec::new(),
            hold: Vec::new(),
            line: 0,
            substituted: false,
            appended: Vec::new(),
            last_regex: None,
            quit: None,
            written: HashMap::new(),
            unended: false,
        }
    }

    pub(super) fn has_quit(&self) -> bool {
        self.quit.is_some()
    }

    pub(super) fn quit_code(&self) -> u8 {
        self.quit.unwrap_or(0)
    }

    /// Runs over the lines of files; `edited` gets what would be printed. Returns 1 if a file
    /// could not be read.
    pub(super) async fn files(
        &mut self,
        process: &mut Process,
        names: Vec<String>,
        edited: Option<&mut Vec<u8>>,
    ) -> Result<u8, Stop> {
        if edited.is_some() {
            self.line = 0;
        }
        let mut source = Source {
            names: names.into(),
            lines: None,
            ahead: None,
            code: 0,
        };
        let mut goal = Goal {
            out: Output::default(),
            edited,
        };
        let mut fresh = true;
        loop {
            if fresh {
                let line = source.next(process, &mut goal.out, self.separator).await?;
                let Some(line) = line else {
                    break;
                };
                self.take(&line);
            }
            fresh = true;
            match self.cycle(process, &mut source, &mut goal).await? {
                Then::Again => fresh = false,
                Then::Quit => {
                    // What is edited keeps the lines that were not reached.
                    if goal.edited.is_some() {
                        while let Some(line) =
                            source.next(process, &mut goal.out, self.separator).await?
                        {
                            goal.put(process, &line).await?;
                        }
                    }
                    break;
                }
                _ => {}
            }
        }
        goal.out.flush(process).await?;
        Ok(source.code)
    }

    fn take(&mut self, line: &[u8]) {
        let (text, ended) = chomp(line, self.separator);
        self.pattern = text.to_vec();
        self.unended = !ended;
        self.line += 1;
        self.substituted = false;
    }

    /// Goes through the script once.
    async fn cycle(
        &mut self,
        process: &mut Process,
        source: &mut Source,
        goal: &mut Goal<'_>,
    ) -> Result<Then, Stop> {
        let mut at = 0;
        let mut then = Then::EndCycle { print: true };
        while at < self.script.commands.len() {
            process.step().await;
            let selected = self.is_selected(process, at, source, goal).await?;
            if selected == self.script.commands[at].negated {
                at = match self.script.commands[at].action {
                    Action::Block(behind) => behind,
                    _ => at + 1,
                };
                continue;
            }
            match self.act(process, at, source, goal).await? {
                Then::Go => at += 1,
                Then::To(to) => at = to,
                other => {
                    then = other;
                    break;
                }
            }
            if self.pattern.len() + self.hold.len() > LONGEST_LINE {
                return Err(Stop::told(format!("line longer than {LONGEST_LINE} bytes")));
            }
        }
        if matches!(then, Then::EndCycle { print: true }) && !self.quiet {
            self.print(process, goal).await?;
        }
        self.put_appended(process, goal).await?;
        Ok(then)
    }

    async fn print(&mut self, process: &mut Process, goal: &mut Goal<'_>) -> Result<(), Stop> {
        let mut line = self.pattern.clone();
        // The last line stays without an end, where it had none.
        if !self.unended {
            line.push(self.separator);
        }
        goal.put(process, &line).await
    }

    async fn put_appended(
        &mut self,
        process: &mut Process,
        goal: &mut Goal<'_>,
    ) -> Result<(), Stop> {
        for appended in std::mem::take(&mut self.appended) {
            let bytes = match appended {
                Appended::Text(text) => text,
                // A file that is not there is as good as empty.
                Appended::File(name) => input::whole_file(process, &name).await.unwrap_or_default(),
            };
            if std::mem::take(&mut self.unended) {
                goal.put(process, &[self.separator]).await?;
            }
            goal.put(process, &bytes).await?;
        }
        Ok(())
    }

    async fn is_selected(
        &mut self,
        process: &mut Process,
        at: usize,
        source: &mut Source,
        goal: &mut Goal<'_>,
    ) -> Result<bool, Stop> {
        let selection = self.script.commands[at].selection.clone();
        let (from, to, index, from_zero) = match selection {
            Selection::All => return Ok(true),
            Selection::One(address) => return self.is_at(process, &address, source, goal).await,
            Selection::Range {
                from,
                to,
                index,
                from_zero,
            } => (from, to, index, from_zero),
        };
        if from_zero && self.line == 1 && self.open[index].is_none() {
            self.open[index] = Some(u64::MAX);
        }
        if let Some(until) = self.open[index] {
            let ends = match &to {
                End::At(Address::Line(_)) | End::After(_) | End::Multiple(_) => self.line >= until,
                End::At(address) => self.is_at(process, address, source, goal).await?,
            };
            if ends {
                self.open[index] = None;
            }
            // A line number that has gone by ends the range before this line.
            return Ok(!(ends && self.line > until && until != u64::MAX));
        }
        if !self.is_at(process, &from, source, goal).await? {
            return Ok(false);
        }
        let until = match to {
            End::At(Address::Line(last)) => last,
            End::After(count) => self.line.saturating_add(count),
            End::Multiple(0) => self.line,
            End::Multiple(step) => self.line.div_ceil(step).saturating_mul(step),
            End::At(_) => u64::MAX,
        };
        if until > self.line {
            self.open[index] = Some(until);
        }
        Ok(true)
    }

    async fn is_at(
        &mut self,
        process: &mut Process,
        address: &Address,
        source: &mut Source,
        goal: &mut Goal<'_>,
    ) -> Result<bool, Stop> {
        Ok(match address {
            Address::Line(line) => self.line == *line,
            Address::Step(first, 0) => self.line == *first,
            Address::Step(first, step) => {
                self.line >= *first && (self.line - first).is_multiple_of(*step)
            }
            Address::Last => {
                source
                    .is_at_end(process, &mut goal.out, self.separator)
                    .await?
            }
            Address::Pattern(regex) => {
                let regex = self.used(regex.as_deref())?;
                regex
                    .is_match(&self.pattern)
                    .map_err(|error| Stop::told(error.to_string()))?
            }
        })
    }

    /// The pattern that is meant: this one, or the one that was used last.
    fn used(&mut self, regex: Option<&Regex>) -> Result<Regex, Stop> {
        if let Some(regex) = regex {
            self.last_regex = Some(regex.clone());
            return Ok(regex.clone());
        }
        let last = self.last_regex.clone();
        last.ok_or_else(|| Stop::told("no previous regexp"))
    }

    async fn act(
        &mut self,
        process: &mut Process,
        at: usize,
        source: &mut Source,
        goal: &mut Goal<'_>,
    ) -> Result<Then, Stop> {
        let action = self.script.commands[at].action.clone();
        match action {
            Action::Block(_) | Action::Nothing => {}
            Action::Append(text) => self.appended.push(Appended::Text(text)),
            Action::ReadFile(name) => self.appended.push(Appended::File(name)),
            Action::Insert(text) => goal.put(process, &text).await?,
            Action::Change(text) => {
                // Of a range only the last line is changed into the text.
                let in_range = match &self.script.commands[at].selection {
                    Selection::Range { index, .. } => self.open[*index].is_some(),
                    _ => false,
                };
                if !in_range || self.script.commands[at].negated {
                    goal.put(process, &text).await?;
                }
                return Ok(Then::EndCycle { print: false });
            }
            Action::Delete => return Ok(Then::EndCycle { print: false }),
            Action::DeleteFirstLine => {
                let Some(end) = self.pattern.iter().position(|b| *b == b'\n') else {
                    return Ok(Then::EndCycle { print: false });
                };
                self.pattern.drain(..=end);
                return Ok(Then::Again);
            }
            Action::Equals => {
                goal.put(process, format!("{}\n", self.line).as_bytes())
                    .await?;
            }
            Action::Get => self.pattern.clone_from(&self.hold),
            Action::GetAppend => {
                self.pattern.push(b'\n');
                self.pattern.extend(&self.hold);
            }
            Action::Hold => self.hold.clone_from(&self.pattern),
            Action::HoldAppend => {
                self.hold.push(b'\n');
                self.hold.extend(&self.pattern);
            }
            Action::Exchange => std::mem::swap(&mut self.pattern, &mut self.hold),
            Action::List => goal.put(process, &listed(&self.pattern)).await?,
            Action::Print => {
                let mut line = self.pattern.clone();
                line.push(self.separator);
                goal.put(process, &line).await?;
            }
            Action::PrintFirstLine => {
                let first = self.pattern.split(|b| *b == b'\n').next();
                let mut line = first.unwrap_or_default().to_vec();
                line.push(self.separator);
                goal.put(process, &line).await?;
            }
            Action::Next | Action::NextAppend => {
                return self.next_line(process, &action, source, goal).await;
            }
            Action::Quit { code, print } => {
                self.quit = Some(code);
                if print && !self.quiet {
                    self.print(process, goal).await?;
                }
                return Ok(Then::Quit);
            }
            Action::WriteFile(name) => self.write(process, &name).await?,
            Action::Substitute(command) => self.substitute(process, &command, goal).await?,
            Action::Translate(pairs) => {
                let text = String::from_utf8_lossy(&self.pattern).into_owned();
                let changed = text.chars().map(|c| {
                    let pair = pairs.iter().find(|(from, _)| *from == c);
                    pair.map_or(c, |(_, to)| *to)
                });
                self.pattern = changed.collect::<String>().into_bytes();
            }
            Action::Jump(to) => return Ok(Then::To(to)),
            Action::JumpIf(to, wanted) => {
                if std::mem::take(&mut self.substituted) == wanted {
                    return Ok(Then::To(to));
                }
            }
        }
        Ok(Then::Go)
    }

    /// `n` and `N`.
    async fn next_line(
        &mut self,
        process: &mut Process,
        action: &Action,
        source: &mut Source,
        goal: &mut Goal<'_>,
    ) -> Result<Then, Stop> {
        let appends = matches!(action, Action::NextAppend);
        if source
            .is_at_end(process, &mut goal.out, self.separator)
            .await?
        {
            // Without a next line the script ends here, as GNU's and busybox's does.
            return Ok(Then::EndCycle { print: true });
        }
        if !appends && !self.quiet {
            self.print(process, goal).await?;
        }
        self.put_appended(process, goal).await?;
        let line = source.next(process, &mut goal.out, self.separator).await?;
        let Some(line) = line else {
            return Ok(Then::EndCycle { print: true });
        };
        let before = std::mem::take(&mut self.pattern);
        let substituted = self.substituted;
        self.take(&line);
        self.substituted = substituted;
        if appends {
            let next = std::mem::replace(&mut self.pattern, before);
            self.pattern.push(b'\n');
            self.pattern.extend(next);
        }
        Ok(Then::Go)
    }

    async fn substitute(
        &mut self,
        process: &mut Process,
        command: &Substitution,
        goal: &mut Goal<'_>,
    ) -> Result<(), Stop> {
        let regex = self.used(command.pattern.as_ref())?;
        let changed = substitute(&self.pattern, command, &regex);
        let changed = changed.map_err(|error| Stop::told(error.to_string()))?;
        let Some(changed) = changed else {
            return Ok(());
        };
        self.pattern = changed;
        self.substituted = true;
        if command.print {
            let mut line = self.pattern.clone();
            line.push(self.separator);
            goal.put(process, &line).await?;
        }
        if let Some(name) = &command.file {
            self.write(process, name).await?;
        }
        Ok(())
    }

    async fn write(&mut self, process: &mut Process, name: &str) -> Result<(), Stop> {
        let mut line = self.pattern.clone();
        line.push(b'\n');
        if name == "/dev/stdout" {
            process.write(1, &line).await?;
            return Ok(());
        }
        let file = match self.written.get(name) {
            Some(file) => file.clone(),
            None => {
                let opened = process.open(name, Open::to_write(0o666));
                let file = opened.map_err(|errno| Stop::cannot_open(name, errno))?;
                self.written.insert(name.to_owned(), file.clone());
                file
            }
        };
        let written = file.write(&line, process.now()).await;
        written.map_err(|errno| Stop::told(format!("{name}: {errno}")))
    }
}

/// A line with all that is not printed made visible, and its end marked.
fn listed(text: &[u8]) -> Vec<u8> {
    let mut shown = Vec::new();
    for byte in text {
        match byte {
            b'\\' => shown.extend(b"\\\\"),
            0x07 => shown.extend(b"\\a"),
            0x08 => shown.extend(b"\\b"),
            0x0c => shown.extend(b"\\f"),
            b'\n' => shown.extend(b"\\n"),
            b'\r' => shown.extend(b"\\r"),
            b'\t' => shown.extend(b"\\t"),
            0x0b => shown.extend(b"\\v"),
            0x20..0x7f => shown.push(*byte),
            byte => shown.extend(format!("\\{byte:03o}").into_bytes()),
        }
    }
    shown.extend(b"$\n");
    shown
}
