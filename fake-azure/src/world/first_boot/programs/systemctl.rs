//! `systemctl` and `service`.

use std::sync::Arc;

use fake_docker::files::{Credentials, View};
use fake_docker::process::{Descriptor, Descriptors, Process};

use super::super::host::{DOCKER, Host};
use super::super::unit::{self, Unit};
use super::say;

const FOLDER: &str = "/etc/systemd/system";
/// Units that come with Docker alone.
const OF_DOCKER: &[&str] = &["containerd.service", "docker.service", "docker.socket"];
/// The kinds of units, as their names end.
const KINDS: &[&str] = &[
    ".service", ".socket", ".timer", ".target", ".mount", ".path", ".slice", ".swap",
];
/// The exit code for a unit that is not there.
const NOT_FOUND: u8 = 5;
/// The exit code for one that is not active.
const NOT_ACTIVE: u8 = 3;

fn full(name: &str) -> String {
    if KINDS.iter().any(|kind| name.ends_with(kind)) {
        name.to_owned()
    } else {
        format!("{name}.service")
    }
}

/// `service NAME VERB`.
pub(super) async fn service(mut process: Process, host: Arc<Host>) -> u8 {
    let [_, name, verb, ..] = &process.args[..] else {
        return 0;
    };
    process.args = vec!["systemctl".to_owned(), verb.clone(), name.clone()];
    systemctl(process, host).await
}

pub(super) async fn systemctl(mut process: Process, host: Arc<Host>) -> u8 {
    let mut words = Vec::new();
    let mut properties = Vec::new();
    let mut args = process.args.iter().skip(1);
    while let Some(word) = args.next() {
        if matches!(word.as_str(), "-p" | "--property") {
            properties.extend(args.next().cloned());
        } else if let Some(property) = word.strip_prefix("--property=") {
            properties.push(property.to_owned());
        } else if matches!(
            word.as_str(),
            "-t" | "--type" | "--state" | "-s" | "--signal" | "-n" | "-o"
        ) {
            args.next();
        } else if !word.starts_with('-') {
            words.push(word.clone());
        }
    }
    let has = |option: &str| process.args.iter().any(|word| word == option);
    let (now, quiet, value) = (has("--now"), has("-q") || has("--quiet"), has("--value"));
    let Some((verb, units)) = words.split_first() else {
        return 0;
    };
    let units: Vec<_> = units.iter().map(|name| full(name)).collect();
    let files = process.space.files().clone();
    match verb.as_str() {
        "daemon-reload" | "daemon-reexec" => {
            host.facts().reload(&files);
            return 0;
        }
        "edit" => return edit(process, host, &units).await,
        "reboot" | "poweroff" | "halt" => {
            process.args = vec![verb.clone()];
            return super::power::power(&process, &host);
        }
        _ => {}
    }
    let wanted = Wanted {
        verb: verb.clone(),
        now,
        quiet,
        value,
        properties,
    };
    let mut code = 0;
    for unit in &units {
        let one = wanted.of(&mut process, &host, unit).await;
        if one != 0 {
            code = one;
        }
    }
    code
}

/// What is wanted of each unit.
struct Wanted {
    verb: String,
    now: bool,
    quiet: bool,
    value: bool,
    properties: Vec<String>,
}

impl Wanted {
    async fn of(&self, process: &mut Process, host: &Host, unit: &str) -> u8 {
        let files = process.space.files().clone();
        let is_missing = OF_DOCKER.contains(&unit) && !host.facts().knows(&files, unit);
        match self.verb.as_str() {
            "is-active" | "is-failed" | "is-enabled" => self.asked(process, host, unit).await,
            "show" => show(process, host, unit, &self.properties, self.value).await,
            "status" => status(process, host, unit, is_missing).await,
            verb if is_missing => {
                let text = format!("Failed to {verb} {unit}: Unit {unit} not found.\n");
                process.complain(text).await;
                NOT_FOUND
            }
            "cat" => cat(process, &files, unit).await,
            "enable" | "reenable" => {
                Self::enable(host, &files, unit, true);
                if self.now {
                    return start(process, host, unit, false).await;
                }
                0
            }
            "disable" => {
                Self::enable(host, &files, unit, false);
                if self.now {
                    host.facts().stop(unit);
                }
                0
            }
            "start" => start(process, host, unit, false).await,
            "restart" => start(process, host, unit, true).await,
            "force-reload" | "reload-or-restart" if !host.facts().is_active(unit) => {
                start(process, host, unit, true).await
            }
            "try-restart" | "condrestart" if host.facts().is_active(unit) => {
                start(process, host, unit, true).await
            }
            "stop" => {
                host.facts().stop(unit);
                0
            }
            "mask" => mask(process, &files, unit),
            "unmask" => unmask(process, &files, unit),
            _ => 0,
        }
    }

    async fn asked(&self, process: &mut Process, host: &Host, unit: &str) -> u8 {
        let (word, holds) = state(host, &self.verb, unit);
        if !self.quiet {
            say(process, &format!("{word}\n")).await;
        }
        match self.verb.as_str() {
            _ if holds => 0,
            "is-active" => NOT_ACTIVE,
            _ => 1,
        }
    }

    /// systemd reads its units again, too.
    fn enable(host: &Host, files: &View, unit: &str, enabled: bool) {
        let mut facts = host.facts();
        facts.enable(unit, enabled);
        if unit == DOCKER {
            facts.reload(files);
        }
    }
}

fn state(host: &Host, verb: &str, unit: &str) -> (&'static str, bool) {
    let facts = host.facts();
    match verb {
        "is-enabled" if facts.is_enabled(unit) => ("enabled", true),
        "is-enabled" => ("disabled", false),
        _ if facts.is_active(unit) => ("active", verb == "is-active"),
        _ if facts.has_failed(unit) => ("failed", verb == "is-failed"),
        _ => ("inactive", false),
    }
}

async fn show(
    process: &mut Process,
    host: &Host,
    unit: &str,
    properties: &[String],
    value_alone: bool,
) -> u8 {
    let (active, enabled, substate) = {
        let active = state(host, "is-active", unit).0;
        let enabled = state(host, "is-enabled", unit).0;
        let substate = match active {
            "active" => "running",
            "failed" => "failed",
            _ => "dead",
        };
        (active, enabled, substate)
    };
    let known = [
        ("ActiveState", active),
        ("SubState", substate),
        ("UnitFileState", enabled),
        ("LoadState", "loaded"),
    ];
    let wanted: Vec<_> = properties.iter().flat_map(|list| list.split(',')).collect();
    for (name, value) in known {
        if wanted.is_empty() || wanted.contains(&name) {
            let line = if value_alone {
                format!("{value}\n")
            } else {
                format!("{name}={value}\n")
            };
            say(process, &line).await;
        }
    }
    0
}

async fn status(process: &mut Process, host: &Host, unit: &str, is_missing: bool) -> u8 {
    if is_missing {
        process
            .complain(format!("Unit {unit} could not be found.\n"))
            .await;
        return 4;
    }
    let (active, enabled) = (
        state(host, "is-active", unit),
        state(host, "is-enabled", unit).0,
    );
    let mut text = format!(
        "* {unit}\n     Loaded: loaded ({unit}; {enabled})\n     Active: {}\n",
        active.0
    );
    if unit == DOCKER {
        let facts = host.facts();
        let journal = facts.journal();
        text.push('\n');
        for line in &journal[journal.len().saturating_sub(10)..] {
            text.push_str(line);
            text.push('\n');
        }
    }
    say(process, &text).await;
    if active.1 { 0 } else { NOT_ACTIVE }
}

async fn cat(process: &mut Process, files: &View, unit: &str) -> u8 {
    let mut code = 1;
    for path in unit::paths(files, unit) {
        if let Ok(text) = files.read(&path, &Credentials::ROOT) {
            say(
                process,
                &format!("# {path}\n{}\n", String::from_utf8_lossy(&text)),
            )
            .await;
            code = 0;
        }
    }
    code
}

fn mask(process: &Process, files: &View, unit: &str) -> u8 {
    let path = format!("{FOLDER}/{unit}");
    if unit::is_masked(files, unit) {
        return 0;
    }
    let linked = files.symlink("/dev/null", &path, &process.user, process.now());
    u8::from(linked.is_err())
}

fn unmask(process: &Process, files: &View, unit: &str) -> u8 {
    if !unit::is_masked(files, unit) {
        return 0;
    }
    let path = format!("{FOLDER}/{unit}");
    let removed = files.remove_file(&path, &process.user, process.now());
    u8::from(removed.is_err())
}

/// Starts a unit that does not run, or any when it is to start anew.
async fn start(process: &mut Process, host: &Host, unit: &str, anew: bool) -> u8 {
    let (files, now) = (process.space.files().clone(), process.now());
    if unit != DOCKER {
        return start_other(process, host, unit, anew).await;
    }
    if !anew && host.facts().is_active(unit) {
        return 0;
    }
    if host.facts().is_outdated(&files) {
        let text = "Warning: The unit file, source configuration file or drop-ins of docker.service changed on disk. \
            Run 'systemctl daemon-reload' to reload units.\n";
        process.complain(text).await;
    }
    let told = {
        let mut facts = host.facts();
        if facts.start_docker(&files, now) {
            return 0;
        }
        match facts.engine() {
            Err(why) if why.is_of_systemd() => {
                format!("Failed to start docker.service: {why}\n")
            }
            _ => "Job for docker.service failed because the control process exited with error code.\n\
                See \"systemctl status docker.service\" and \"journalctl -xeu docker.service\" for details.\n"
                .to_owned(),
        }
    };
    process.complain(told).await;
    1
}

/// Starts a unit of the user's own: its commands are run, and waited for where it says so.
async fn start_other(process: &mut Process, host: &Host, unit: &str, anew: bool) -> u8 {
    let files = process.space.files().clone();
    if !anew && host.facts().is_active(unit) {
        return 0;
    }
    let is_own =
        unit.ends_with(".service") && files.exists(&format!("{FOLDER}/{unit}"), &Credentials::ROOT);
    let host_name = host.facts().machine.host_name.clone();
    let loaded = Unit::load(&files, unit).and_then(|loaded| {
        let commands = loaded.commands(&files, &host_name)?;
        Ok((loaded.is_one_shot(), commands))
    });
    if let (true, Ok((is_one_shot, commands))) = (is_own, loaded) {
        for command in commands {
            let mut launch = process.child(command);
            "/".clone_into(&mut launch.cwd);
            let nothing = || Descriptor::Null;
            launch.descriptors = Descriptors::standard(nothing(), nothing(), nothing());
            launch.group = None;
            let code = match process.spawn(launch) {
                Ok(child) if is_one_shot => process.wait(&child).await.code(),
                Ok(_) => 0,
                Err(_) => 203,
            };
            if code != 0 {
                let text = format!(
                    "Job for {unit} failed because the control process exited with error code.\n"
                );
                process.complain(text).await;
                return 1;
            }
        }
    }
    host.facts().activate(unit, true);
    0
}

/// Has an editor change what is dropped into a unit. Without a terminal it has to be one of the
/// caller's.
async fn edit(mut process: Process, host: Arc<Host>, units: &[String]) -> u8 {
    let editors = ["SYSTEMD_EDITOR", "EDITOR", "VISUAL"];
    let editor = editors.iter().find_map(|name| process.variable(name));
    let Some(editor) = editor.map(str::to_owned) else {
        process
            .complain("Cannot edit units if not on a tty.\n")
            .await;
        return 1;
    };
    let is_full = process.args.iter().any(|word| word == "--full");
    for unit in units {
        let files = process.space.files().clone();
        let path = if is_full {
            format!("{FOLDER}/{unit}")
        } else {
            let folder = format!("{FOLDER}/{unit}.d");
            let made = files.create_dir_all(&folder, 0o755, &process.user, process.now());
            if made.is_err() {
                return 1;
            }
            format!("{folder}/override.conf")
        };
        let line = format!("{editor} \"$1\"");
        let words = ["/bin/sh", "-c", &line, "editor", &path].map(str::to_owned);
        let mut launch = process.child(words.to_vec());
        // What a filter such as tee repeats is for nobody.
        launch.descriptors.set(1, Descriptor::Null);
        let code = match process.spawn(launch) {
            Ok(child) => process.wait(&child).await.code(),
            Err(_) => 1,
        };
        if code != 0 {
            return code;
        }
        host.facts().reload(&files);
    }
    0
}
