//! What instructions change in the configuration of an image.

use std::collections::HashMap;

use super::dockerfile::{Command, CommandLine, Flaw, HealthCheck, read_instructions};
use super::expansion::expanded;
use super::port::exposed;
use super::quote::QuotedList;
use super::trouble::Trouble;
use super::variables::{Expander, Variables};
use crate::files::path;
use crate::process::Signal;
use crate::state::config::{Config, Healthcheck, Words};

/// The shell of commands that are no lists, if SHELL names no other.
const SHELL: [&str; 2] = ["/bin/sh", "-c"];

/// How large the texts of a configuration may be together, in bytes.
const LARGEST: usize = 1 << 20;

/// The configuration of an image that is being built.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Draft {
    pub(crate) config: Config,
    pub(crate) author: String,
    /// Whether CMD was met: ENTRYPOINT takes away one that the base had.
    has_command: bool,
}

/// What an instruction did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Changed {
    /// The instruction as the history shows it.
    pub(crate) comment: String,
    /// What the builder says about it.
    pub(crate) notice: Option<String>,
}

impl Draft {
    /// Begins with the configuration of a base.
    pub(crate) fn on(config: Config) -> Self {
        Self {
            config,
            ..Self::default()
        }
    }

    /// The shell that runs commands that are no lists.
    pub(crate) fn shell(&self) -> Vec<String> {
        match &self.config.shell {
            Some(shell) if !shell.0.is_empty() => shell.0.clone(),
            _ => SHELL.map(str::to_owned).into(),
        }
    }

    /// The words of a command, with the shell before those that are one line.
    pub(crate) fn command(&self, line: &CommandLine) -> Vec<String> {
        let mut words = if line.is_shell {
            self.shell()
        } else {
            Vec::new()
        };
        words.extend(line.words.iter().cloned());
        words
    }

    /// What variables stand for: ENV, which goes before ARG.
    pub(crate) fn variables(&self) -> impl Iterator<Item = (String, String)> {
        let env = self.config.env.iter().flatten();
        env.map(|entry| {
            let (name, value) = entry.split_once('=').unwrap_or((entry, ""));
            (name.to_owned(), value.to_owned())
        })
    }

    /// Does what an instruction does to the configuration alone. Nothing comes of RUN, COPY,
    /// ADD, ARG and FROM, which do something else.
    pub(crate) fn apply(&mut self, command: &Command) -> Result<Option<Changed>, Trouble> {
        let config = &mut self.config;
        let mut notice = None;
        let comment = match command {
            Command::Cmd(line) => {
                let words = self.command(line);
                let comment = format!("CMD {}", QuotedList(&words));
                self.config.cmd = Some(Words(words));
                self.has_command |= !line.words.is_empty();
                comment
            }
            Command::Entrypoint(line) => {
                // Without any word, of a list or a line, there is none.
                let words = (!line.words.is_empty()).then(|| self.command(line));
                let comment = format!("ENTRYPOINT {}", QuotedList(words.as_deref().unwrap_or(&[])));
                self.config.entrypoint = words.map(Words);
                if !self.has_command {
                    self.config.cmd = None;
                }
                comment
            }
            Command::Env(pairs) => {
                let env = config.env.get_or_insert_default();
                set(env, pairs);
                listed("ENV", pairs)
            }
            Command::Expose(specs) => {
                let mut ports = Vec::new();
                for spec in specs {
                    ports.extend(exposed(spec).map_err(Trouble::new)?);
                }
                config.exposed_ports.get_or_insert_default().0.extend(ports);
                format!("EXPOSE {}", specs.join(" "))
            }
            Command::Healthcheck(check) => {
                notice = overridden(config.healthcheck.as_ref());
                config.healthcheck = Some(of_check(check));
                format!("HEALTHCHECK {check}")
            }
            Command::Label(pairs) => {
                let labels = config.labels.get_or_insert_default();
                labels.extend(pairs.iter().cloned());
                listed("LABEL", pairs)
            }
            Command::Maintainer(author) => {
                self.author.clone_from(author);
                format!("MAINTAINER {author}")
            }
            Command::Onbuild(trigger) => {
                config
                    .on_build
                    .get_or_insert_default()
                    .push(trigger.clone());
                format!("ONBUILD {trigger}")
            }
            Command::Shell(words) => {
                config.shell = Some(Words(words.clone()));
                format!("SHELL [{}]", words.join(" "))
            }
            Command::Stopsignal(signal) => {
                if Signal::parse(signal).is_none() {
                    return Err(Trouble::new(format_args!("invalid signal: {signal}")));
                }
                config.stop_signal.clone_from(signal);
                format!("STOPSIGNAL {signal}")
            }
            Command::User(user) => {
                config.user.clone_from(user);
                format!("USER {user}")
            }
            Command::Volume(volumes) => {
                if volumes.iter().any(String::is_empty) {
                    return Err(Trouble::new(Flaw::EmptyVolume));
                }
                let paths = &mut config.volumes.get_or_insert_default().0;
                paths.extend(volumes.iter().cloned());
                format!("VOLUME [{}]", volumes.join(" "))
            }
            Command::Workdir(requested) => {
                if requested.is_empty() {
                    return Err(Trouble::new("cannot normalize nothing"));
                }
                let from = path::join("/", &config.working_dir);
                config.working_dir = path::clean(&path::join(&from, requested));
                format!("WORKDIR {}", config.working_dir)
            }
            Command::Add(_)
            | Command::Arg(_)
            | Command::Copy(_)
            | Command::From(_)
            | Command::Run(_) => return Ok(None),
        };
        self.check_size()?;
        Ok(Some(Changed { comment, notice }))
    }

    /// Refuses a configuration that grows without end, as values can that hold each other.
    fn check_size(&self) -> Result<(), Trouble> {
        let config = &self.config;
        let lists = [&config.env, &config.on_build]
            .into_iter()
            .flatten()
            .flatten();
        let commands = [&config.cmd, &config.entrypoint, &config.shell];
        let words = commands.into_iter().flatten().flat_map(|words| &words.0);
        let sets = [&config.exposed_ports, &config.volumes]
            .into_iter()
            .flatten();
        let members = sets.flat_map(|set| &set.0);
        let labels = config.labels.iter().flatten();
        let labels: usize = labels.map(|(name, value)| name.len() + value.len()).sum();
        let size = lists
            .chain(words)
            .chain(members)
            .map(String::len)
            .sum::<usize>()
            + labels;
        if size > LARGEST {
            return Err(Trouble::new(format_args!(
                "the configuration of the image is larger than {LARGEST} bytes, which is the most this engine keeps"
            )));
        }
        Ok(())
    }
}

/// Sets variables of an environment where they stand, or at its end.
fn set(env: &mut Vec<String>, pairs: &[(String, String)]) {
    let name = |entry: &str| entry.split('=').next().unwrap_or_default().to_owned();
    // Of a name that stands twice the first one counts.
    let mut places: HashMap<String, usize> = HashMap::new();
    for (place, entry) in env.iter().enumerate() {
        places.entry(name(entry)).or_insert(place);
    }
    for (name, value) in pairs {
        let entry = format!("{name}={value}");
        if let Some(place) = places.get(name) {
            env[*place] = entry;
        } else {
            places.insert(name.clone(), env.len());
            env.push(entry);
        }
    }
}

fn listed(instruction: &str, pairs: &[(String, String)]) -> String {
    pairs
        .iter()
        .fold(instruction.to_owned(), |line, (name, value)| {
            line + " " + name + "=" + value
        })
}

fn overridden(check: Option<&Healthcheck>) -> Option<String> {
    let test = check?.test.as_ref()?;
    let is_set = test.first().is_some_and(|form| form != "NONE");
    is_set.then(|| {
        format!(
            "Note: overriding previous HEALTHCHECK: [{}]\n",
            test.join(" ")
        )
    })
}

fn of_check(check: &HealthCheck) -> Healthcheck {
    Healthcheck {
        test: Some(check.test.clone()),
        interval: check.interval.0,
        timeout: check.timeout.0,
        start_period: check.start_period.0,
        start_interval: check.start_interval.0,
        retries: check.retries.into(),
    }
}

/// Why the changes of a commit are refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum InvalidChange {
    #[error(transparent)]
    Flaw(#[from] Flaw),
    #[error("{0} is not a valid change command")]
    Forbidden(String),
    #[error(transparent)]
    Trouble(#[from] Trouble),
}

/// Does the changes of `commit --change` and `import --change` to a configuration.
pub(crate) fn change(config: Config, changes: &[String]) -> Result<Config, InvalidChange> {
    if changes.is_empty() {
        return Ok(config);
    }
    let read = read_instructions(&changes.join("\n"));
    let (instructions, escape) = read.map_err(|flaw| match flaw {
        Flaw::UnknownInstruction { name, .. } => InvalidChange::Forbidden(name),
        flaw => flaw.into(),
    })?;
    let mut draft = Draft::on(config);
    for instruction in &instructions {
        let values: Variables = draft.variables().collect();
        let command =
            expanded(&instruction.command, Expander::new(escape), &values).map_err(Trouble::new)?;
        let forbidden = || {
            let name = instruction.text.split_whitespace().next();
            InvalidChange::Forbidden(name.unwrap_or_default().to_owned())
        };
        if matches!(command, Command::Maintainer(_) | Command::Shell(_)) {
            return Err(forbidden());
        }
        draft.apply(&command)?.ok_or_else(forbidden)?;
    }
    Ok(draft.config)
}

#[cfg(test)]
mod tests;
