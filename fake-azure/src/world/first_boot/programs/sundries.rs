//! Small programs of a host.

use std::sync::Arc;

use fake_docker::files::{Credentials, Open};
use fake_docker::process::Process;

use super::super::host::Host;
use super::{called, say};

/// How much of an input is read.
const MOST: usize = 1 << 20;

/// What is not simulated: it is counted, and succeeds.
pub(super) fn counted(process: &Process, host: &Host) -> u8 {
    host.facts().count_unknown(&called(process));
    0
}

/// The same of a program that reads what it is given.
pub(super) async fn reader(mut process: Process, host: Arc<Host>) -> u8 {
    // What is too long is not wanted either.
    process.read_to_end(0, MOST).await.ok();
    counted(&process, &host)
}

/// `gpg`: what it is given goes on as it is.
pub(super) async fn gpg(mut process: Process, host: Arc<Host>) -> u8 {
    host.facts().count_unknown("gpg");
    let args = process.args.clone();
    let mut to = None;
    let mut from = None;
    let mut words = args.iter().skip(1);
    while let Some(word) = words.next() {
        if matches!(word.as_str(), "-o" | "--output") {
            to = words.next().cloned();
        } else if let Some(name) = word.strip_prefix("--output=") {
            to = Some(name.to_owned());
        } else if matches!(
            word.as_str(),
            "--keyring" | "--keyserver" | "--recv-keys" | "--homedir"
        ) {
            words.next();
        } else if !word.starts_with('-') {
            from = Some(word.clone());
        }
    }
    if !args
        .iter()
        .any(|word| word == "--dearmor" || word == "--decrypt" || word == "-d")
    {
        return 0;
    }
    let key = match from {
        Some(name) => {
            let path = process.path(&name);
            let read = process.space.files().read(&path, &process.user);
            read.map(|bytes| bytes.to_vec())
        }
        None => process.read_to_end(0, MOST).await,
    };
    let Ok(key) = key else {
        process
            .complain("gpg: no valid OpenPGP data found.\n")
            .await;
        return 2;
    };
    let written = match to.as_deref() {
        None | Some("-") => process.print(key).await,
        Some(name) => match process.open(name, Open::to_write(0o666)) {
            Ok(file) => file.write(&key, process.now()).await,
            Err(errno) => Err(errno),
        },
    };
    if written.is_ok() { 0 } else { 2 }
}

pub(super) async fn lsb_release(mut process: Process, host: Arc<Host>) -> u8 {
    let [name, release, codename, description] = {
        let facts = host.facts();
        ["NAME", "VERSION_ID", "VERSION_CODENAME", "PRETTY_NAME"]
            .map(|name| facts.machine.release(name))
    };
    let id = name.split(' ').next().unwrap_or_default();
    let codename = if codename.is_empty() {
        "n/a"
    } else {
        &codename
    };
    let letters: String = process.args[1..]
        .iter()
        .map(|word| match word.as_str() {
            "--id" => "i",
            "--release" => "r",
            "--codename" => "c",
            "--description" => "d",
            "--short" => "s",
            "--all" => "a",
            other => other.trim_start_matches('-'),
        })
        .collect();
    let lines = [
        ('i', "Distributor ID", id),
        ('d', "Description", &description),
        ('r', "Release", &release),
        ('c', "Codename", codename),
    ];
    for (letter, label, value) in lines {
        if letters.contains(letter) || letters.contains('a') {
            let line = if letters.contains('s') {
                format!("{value}\n")
            } else {
                format!("{label}:\t{value}\n")
            };
            say(&mut process, &line).await;
        }
    }
    0
}

/// `cloud-init status`: whoever asks is a part of it.
pub(super) async fn cloud_init(mut process: Process, _: Arc<Host>) -> u8 {
    if process.args.get(1).is_some_and(|verb| verb == "status") {
        say(&mut process, "status: done\n").await;
    }
    0
}

/// `hostname`, which on a host can change its name, too.
pub(super) async fn hostname(process: Process, host: Arc<Host>) -> u8 {
    let words = &process.args[1..];
    if let [name] = words
        && !name.starts_with('-')
    {
        host.facts().rename(name);
        return 0;
    }
    let tools = fake_docker::process::shell::userland();
    match tools.lookup("hostname") {
        Some(tool) if !words.is_empty() => tool.run(process).await,
        _ => {
            let mut process = process;
            let line = format!("{}\n", host.facts().machine.host_name);
            say(&mut process, &line).await;
            0
        }
    }
}

pub(super) async fn hostnamectl(mut process: Process, host: Arc<Host>) -> u8 {
    let words: Vec<_> = process.args[1..]
        .iter()
        .filter(|word| !word.starts_with('-'))
        .cloned()
        .collect();
    if let [verb, name] = &words[..]
        && matches!(verb.as_str(), "set-hostname" | "hostname")
    {
        host.facts().rename(name);
        let (files, now) = (process.space.files().clone(), process.now());
        let line = format!("{name}\n").into_bytes();
        let written = files.write("/etc/hostname", line, 0o644, &Credentials::ROOT, now);
        return u8::from(written.is_err());
    }
    let line = format!("   Static hostname: {}\n", host.facts().machine.host_name);
    say(&mut process, &line).await;
    0
}

/// `journalctl`: what was told of Docker, all or the last lines.
pub(super) async fn journalctl(mut process: Process, host: Arc<Host>) -> u8 {
    let mut most = usize::MAX;
    let mut unit = None;
    let args = process.args.clone();
    let mut words = args.iter().skip(1);
    while let Some(word) = words.next() {
        let number = word.strip_prefix("-n").or(word.strip_prefix("--lines="));
        if let Some(number) = number {
            let number = if number.is_empty() {
                words.next().cloned()
            } else {
                Some(number.to_owned())
            };
            most = number
                .and_then(|n| n.trim_start_matches('=').parse().ok())
                .unwrap_or(10);
        } else if let Some(name) = word.strip_prefix("--unit=") {
            unit = Some(name.to_owned());
        } else if word.starts_with('-') && !word.starts_with("--") && word.ends_with('u')
            || word == "--unit"
        {
            unit = words.next().cloned();
        }
    }
    if unit.is_some_and(|unit| !unit.starts_with("docker")) {
        return 0;
    }
    let text: String = {
        let facts = host.facts();
        let journal = facts.journal();
        let lines = &journal[journal.len().saturating_sub(most)..];
        lines.iter().flat_map(|line| [line, "\n"]).collect()
    };
    say(&mut process, &text).await;
    0
}
