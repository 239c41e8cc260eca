//! A systemd service as its files tell it: the unit, then what is dropped in, by name.

mod words;

use std::collections::BTreeMap;

use fake_docker::files::{Credentials, View};
use serde::{Deserialize, Serialize};

use super::daemon::why_not::WhyNot;

/// Where units lie, the strongest first.
const FOLDERS: [&str; 4] = [
    "/etc/systemd/system",
    "/run/systemd/system",
    "/usr/local/lib/systemd/system",
    "/usr/lib/systemd/system",
];
/// Where a program without a folder is looked for.
const PROGRAMS: [&str; 4] = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin"];

/// What of a service is looked at here.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Unit {
    /// The lines of `ExecStart` after the last empty one.
    starts: Vec<String>,
    environment: Vec<String>,
    environment_files: Vec<String>,
    service_type: String,
}

/// Whether there is a unit file of this name, or one that masks it.
pub(super) fn is_there(files: &View, name: &str) -> bool {
    main_file(files, name).is_some()
}

/// Whether a unit is masked.
pub(super) fn is_masked(files: &View, name: &str) -> bool {
    main_file(files, name).is_some_and(|path| masks(files, &path))
}

fn main_file(files: &View, name: &str) -> Option<String> {
    let mut paths = FOLDERS.iter().map(|folder| format!("{folder}/{name}"));
    paths.find(|path| files.lstat(path, &Credentials::ROOT).is_ok())
}

/// A unit file that leads to `/dev/null`.
fn masks(files: &View, path: &str) -> bool {
    let target = files.read_link(path, &Credentials::ROOT);
    target.is_ok_and(|target| target == "/dev/null")
}

/// The files of a unit, in the order in which they are read; none where there is no unit.
pub(super) fn paths(files: &View, name: &str) -> Vec<String> {
    let Some(main) = main_file(files, name) else {
        return Vec::new();
    };
    let mut dropped: BTreeMap<String, String> = BTreeMap::new();
    for folder in FOLDERS {
        let folder = format!("{folder}/{name}.d");
        for entry in files
            .read_dir(&folder, &Credentials::ROOT)
            .unwrap_or_default()
        {
            if entry.name.strip_suffix(".conf").is_some() {
                let path = format!("{folder}/{}", entry.name);
                dropped.entry(entry.name).or_insert(path);
            }
        }
    }
    std::iter::once(main).chain(dropped.into_values()).collect()
}

impl Unit {
    /// Reads a service as it is on the disk now.
    pub(super) fn load(files: &View, name: &str) -> Result<Self, WhyNot> {
        if is_masked(files, name) {
            return Err(WhyNot::Masked);
        }
        let paths = paths(files, name);
        if paths.is_empty() {
            return Err(WhyNot::NotInstalled);
        }
        let mut unit = Self::default();
        for path in paths {
            let text = files.read(&path, &Credentials::ROOT).unwrap_or_default();
            unit.take(&String::from_utf8_lossy(&text));
        }
        Ok(unit)
    }

    fn take(&mut self, text: &str) {
        let mut section = String::new();
        for line in lines(text) {
            if let Some(name) = line.strip_prefix('[').and_then(|l| l.strip_suffix(']')) {
                name.clone_into(&mut section);
                continue;
            }
            let Some((key, value)) = line.split_once('=').filter(|_| section == "Service") else {
                continue;
            };
            let value = value.trim();
            let list = match key.trim() {
                "ExecStart" => &mut self.starts,
                "Environment" => &mut self.environment,
                "EnvironmentFile" => &mut self.environment_files,
                "Type" => {
                    value.clone_into(&mut self.service_type);
                    continue;
                }
                _ => continue,
            };
            if value.is_empty() {
                list.clear();
            } else {
                list.push(value.to_owned());
            }
        }
    }

    /// Whether its start is over when its commands are.
    pub(super) fn is_one_shot(&self) -> bool {
        self.service_type == "oneshot"
    }

    /// The command lines that start it: the program as a path, and its arguments.
    pub(super) fn commands(
        &self,
        files: &View,
        host_name: &str,
    ) -> Result<Vec<Vec<String>>, WhyNot> {
        let environment = self.environment(files)?;
        let lines = self.starts.iter().map(|line| {
            let line = line.trim_start_matches(['-', '@', ':', '+', '!', '|']);
            let mut words = words::split(line).ok_or(WhyNot::BadLine)?;
            for word in &mut words {
                *word = specified(word, host_name);
            }
            let mut words = words::expanded(words, &environment);
            let first = words.first_mut().ok_or(WhyNot::BadLine)?;
            if !first.contains('/') {
                *first = found(files, first).ok_or_else(|| WhyNot::NoProgram(first.clone()))?;
            }
            Ok(words)
        });
        lines.collect()
    }

    /// The one command line of a service that stays; systemd refuses several.
    pub(super) fn command(&self, files: &View, host_name: &str) -> Result<Vec<String>, WhyNot> {
        match self.starts.len() {
            0 => return Err(WhyNot::NoCommand),
            1 => {}
            _ => return Err(WhyNot::SeveralCommands),
        }
        let mut commands = self.commands(files, host_name)?;
        commands.pop().ok_or(WhyNot::NoCommand)
    }

    fn environment(&self, files: &View) -> Result<BTreeMap<String, String>, WhyNot> {
        let mut environment = BTreeMap::new();
        for line in &self.environment {
            for word in words::split(line).ok_or(WhyNot::BadLine)? {
                if let Some((name, value)) = word.split_once('=') {
                    environment.insert(name.to_owned(), value.to_owned());
                }
            }
        }
        for path in &self.environment_files {
            let (may_miss, path) = match path.strip_prefix('-') {
                Some(path) => (true, path),
                None => (false, path.as_str()),
            };
            match files.read(path, &Credentials::ROOT) {
                Ok(text) => environment.extend(words::assignments(&String::from_utf8_lossy(&text))),
                Err(_) if may_miss => {}
                Err(_) => return Err(WhyNot::NoEnvironmentFile(path.to_owned())),
            }
        }
        Ok(environment)
    }
}

/// The lines of a unit: comments are left out, lines that go on are put together.
fn lines(text: &str) -> Vec<String> {
    let mut lines = Vec::new();
    let mut begun: Option<String> = None;
    for line in text.lines() {
        let bare = line.trim_start();
        if bare.starts_with(['#', ';']) {
            continue;
        }
        let mut whole = begun.take().map_or_else(String::new, |begun| begun + " ");
        if let Some(line) = line.trim_end().strip_suffix('\\') {
            whole.push_str(line);
            begun = Some(whole);
            continue;
        }
        whole.push_str(line);
        lines.push(whole.trim().to_owned());
    }
    lines.extend(begun.map(|line| line.trim().to_owned()));
    lines
}

/// A word with its specifiers, of which the machine's name and `%` itself are known.
fn specified(word: &str, host_name: &str) -> String {
    let mut whole = String::new();
    let mut letters = word.chars();
    while let Some(letter) = letters.next() {
        if letter != '%' {
            whole.push(letter);
            continue;
        }
        match letters.next() {
            Some('H') => whole.push_str(host_name),
            Some('l') => whole.push_str(host_name.split('.').next().unwrap_or(host_name)),
            Some('%') | None => whole.push('%'),
            Some(other) => whole.extend(['%', other]),
        }
    }
    whole
}

/// The program of this name.
fn found(files: &View, name: &str) -> Option<String> {
    let mut paths = PROGRAMS.iter().map(|folder| format!("{folder}/{name}"));
    paths.find(|path| files.is_file(path, &Credentials::ROOT))
}
