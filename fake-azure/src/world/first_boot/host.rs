//! What a machine has beside its files: packages, services, a journal, and an engine.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use aws_lc_rs::digest::{SHA256, digest};
use fake_docker::files::{Credentials, View};
use fake_docker::process::program::image_of;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::daemon;
use super::daemon::why_not::WhyNot;
use super::machine::{Image, Machine};
use super::unit::{self, Unit};
use crate::world::docker_settings::DockerSettings;

/// Docker's own unit.
pub(super) const DOCKER: &str = "docker.service";
/// The unit of Docker's snap.
const SNAP: &str = "snap.docker.dockerd.service";
/// How many lines of a journal are kept.
const MOST_LINES: usize = 2000;
/// How many commands, packages, units and names of programs are kept.
const MOST: usize = 1000;
/// How long a name or a line is, in bytes.
const LONGEST: usize = 1024;
/// How long a command for the engine is that is kept, in bytes.
const LONGEST_CALL: usize = 16 * 1024;

/// What a machine has beside its files, as facts.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Facts {
    pub(super) machine: Machine,
    /// The packages that were installed.
    packages: BTreeSet<String>,
    units: BTreeMap<String, UnitState>,
    /// Docker's unit as systemd has read it.
    docker_unit: Option<Result<Unit, WhyNot>>,
    engine: Engine,
    journal: Vec<String>,
    /// Commands for the engine, which the machine's own `docker` was given.
    calls: Vec<Vec<String>>,
    notes: BTreeSet<Note>,
    /// Programs that were called and are not simulated, and how often.
    unknown: BTreeMap<String, u32>,
    /// What the machine does when its scripts are over.
    power: Power,
    /// How often something was drawn by chance.
    #[serde(default)]
    drawn: u64,
}

/// What systemd says of a unit.
#[derive(Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
struct UnitState {
    enabled: bool,
    active: bool,
    failed: bool,
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
enum Engine {
    Stopped,
    /// It runs with the settings of its start.
    Runs(DockerSettings),
    Failed(WhyNot),
}

/// What a machine was told to do with its power.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Power {
    /// Nothing.
    #[default]
    Stay,
    /// To start anew.
    Reboot,
    /// To switch off.
    Off,
}

/// What was done otherwise than in life, or not at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) enum Note {
    /// A script did not come to its end within its bounds.
    Unfinished,
    /// Docker came of a package that no source of packages is known for.
    UnknownSource,
    /// Docker came as a snap, which has its own places for everything.
    Snap,
    /// `openssl` was asked for what it does not do here.
    OpenSsl,
    /// Something was to be fetched, and nothing came.
    NothingFetched,
    /// A part of custom data was left out.
    PartLeftOut,
    /// Cloud-configs that could not be read or merged.
    BadConfig,
}

impl Note {
    /// What it says, without anything that the machine was told.
    pub(crate) const fn words(self) -> &'static str {
        match self {
            Self::Unfinished => "a script did not come to its end",
            Self::UnknownSource => "Docker was installed though no source of packages has it",
            Self::Snap => "Docker was installed as a snap, and listens on its socket alone",
            Self::OpenSsl => "openssl was asked for what it does not do here",
            Self::NothingFetched => "what was to be fetched came empty",
            Self::PartLeftOut => "a part of the custom data was left out",
            Self::BadConfig => "a cloud-config could not be read or merged",
        }
    }
}

/// Facts that programs share while they run.
pub(super) struct Host(Mutex<Facts>);

impl Host {
    pub(super) fn new(facts: Facts) -> Self {
        Self(Mutex::new(facts))
    }

    pub(super) fn facts(&self) -> MutexGuard<'_, Facts> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for Host {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Host").finish_non_exhaustive()
    }
}

impl Facts {
    pub(super) fn new(machine: Machine) -> Self {
        Self {
            machine,
            packages: BTreeSet::new(),
            units: BTreeMap::new(),
            docker_unit: None,
            engine: Engine::Stopped,
            journal: Vec::new(),
            calls: Vec::new(),
            notes: BTreeSet::new(),
            unknown: BTreeMap::new(),
            power: Power::Stay,
            drawn: 0,
        }
    }

    /// Bytes by chance that follow from the machine, from when they are drawn, and from how many were
    /// drawn before: nothing else could be done again with the same outcome.
    pub(super) fn draw(&mut self, purpose: &str, now: Timestamp) -> [u8; 32] {
        self.drawn += 1;
        let Machine {
            host_name,
            address,
            keys,
            ..
        } = &self.machine;
        let seed = format!(
            "{purpose}\n{host_name}\n{address:?}\n{keys:?}\n{now}\n{}",
            self.drawn
        );
        let mut bytes = [0; 32];
        bytes.copy_from_slice(digest(&SHA256, seed.as_bytes()).as_ref());
        bytes
    }

    /// What the engine runs with, or why it does not run.
    pub(super) fn engine(&self) -> Result<&DockerSettings, &WhyNot> {
        match &self.engine {
            Engine::Runs(settings) => Ok(settings),
            Engine::Failed(why) => Err(why),
            Engine::Stopped if self.has_docker() => Err(&WhyNot::Stopped),
            Engine::Stopped => Err(&WhyNot::NotInstalled),
        }
    }

    /// Gives the machine another name, if it is one that machines have.
    pub(super) fn rename(&mut self, name: &str) {
        if !name.is_empty() && name.len() <= 253 && !name.contains(char::is_whitespace) {
            name.clone_into(&mut self.machine.host_name);
        }
    }

    /// Whether Docker is on the machine.
    pub(super) fn has_docker(&self) -> bool {
        self.packages.contains("docker")
    }

    pub(super) fn has_package(&self, name: &str) -> bool {
        self.packages.contains(name)
    }

    pub(super) fn add_package(&mut self, name: &str) {
        if self.packages.len() < MOST && name.len() <= LONGEST {
            self.packages.insert(name.to_owned());
        }
    }

    pub(super) fn note(&mut self, note: Note) {
        self.notes.insert(note);
    }

    pub(super) fn notes(&self) -> impl Iterator<Item = Note> {
        self.notes.iter().copied()
    }

    pub(super) fn count_unknown(&mut self, program: &str) {
        if self.unknown.len() < MOST && program.len() <= LONGEST {
            *self.unknown.entry(program.to_owned()).or_default() += 1;
        }
    }

    pub(super) fn unknown(&self) -> impl Iterator<Item = &str> {
        self.unknown.keys().map(String::as_str)
    }

    pub(super) fn call(&mut self, words: &[String]) {
        let length: usize = words.iter().map(String::len).sum();
        if self.calls.len() < MOST && length <= LONGEST_CALL {
            self.calls.push(words.to_vec());
        }
    }

    pub(super) fn calls(&self) -> &[Vec<String>] {
        &self.calls
    }

    pub(super) fn journal(&self) -> &[String] {
        &self.journal
    }

    pub(super) fn set_power(&mut self, power: Power) {
        self.power = power;
    }

    pub(super) fn power(&self) -> Power {
        self.power
    }

    fn tell(&mut self, now: Timestamp, who: &str, text: &str) {
        let host = self.machine.host_name.split('.').next().unwrap_or_default();
        let when = now.strftime("%b %d %H:%M:%S");
        let lines: Vec<_> = text
            .lines()
            .map(|line| {
                let line: String = line.chars().take(LONGEST).collect();
                format!("{when} {host} {who}: {line}")
            })
            .collect();
        self.journal.extend(lines);
        let surplus = self.journal.len().saturating_sub(MOST_LINES);
        self.journal.drain(..surplus);
    }

    /// Puts Docker on the machine, and starts it, as its packages do.
    pub(super) fn install_docker(&mut self, files: &View, package: &str, now: Timestamp) {
        let is_new = !self.has_docker();
        self.add_package(package);
        self.add_package("docker");
        if !is_new {
            return;
        }
        let own = matches!(package, "docker.io" | "docker" | "moby-engine");
        let daemon = if own {
            self.machine.image.packaged_daemon()
        } else {
            "/usr/bin/dockerd"
        };
        let put = |path: &str, content: Vec<u8>, mode| {
            files
                .write(path, content, mode, &Credentials::ROOT, now)
                .is_ok()
        };
        let mut whole = put(daemon, image_of("dockerd"), 0o755);
        for program in [
            "docker",
            "docker-init",
            "docker-proxy",
            "containerd",
            "ctr",
            "runc",
        ] {
            whole &= put(&format!("/usr/bin/{program}"), image_of(program), 0o755);
        }
        let options = match self.machine.image {
            Image::Debian if own => {
                let defaults = "# Docker's options, for its unit\n#DOCKER_OPTS=\"\"\n";
                // It is the administrator's: a package leaves one that is there.
                let path = "/etc/default/docker";
                if files.lstat(path, &Credentials::ROOT).is_err() {
                    whole &= put(path, defaults.into(), 0o644);
                }
                ("EnvironmentFile=-/etc/default/docker\n", " $DOCKER_OPTS")
            }
            _ => ("", ""),
        };
        let unit = format!(
            "[Unit]\nDescription=Docker Application Container Engine\nAfter=network-online.target docker.socket containerd.service\n\
             Wants=network-online.target containerd.service\nRequires=docker.socket\n\n[Service]\nType=notify\n{}\
             ExecStart={daemon} -H fd:// --containerd=/run/containerd/containerd.sock{}\n\
             ExecReload=/bin/kill -s HUP $MAINPID\nRestart=always\n\n[Install]\nWantedBy=multi-user.target\n",
            options.0, options.1
        );
        whole &= put("/usr/lib/systemd/system/docker.service", unit.into(), 0o644);
        let socket = "[Unit]\nDescription=Docker Socket for the API\n\n[Socket]\nListenStream=/run/docker.sock\n\
            SocketMode=0660\nSocketUser=root\nSocketGroup=docker\n\n[Install]\nWantedBy=sockets.target\n";
        whole &= put(
            "/usr/lib/systemd/system/docker.socket",
            socket.into(),
            0o644,
        );
        let script = "#!/bin/sh\nexec systemctl \"$1\" docker\n";
        whole &= put("/etc/init.d/docker", script.into(), 0o755);
        whole &= files
            .create_dir_all("/etc/docker", 0o755, &Credentials::ROOT, now)
            .is_ok();
        let groups = files
            .read("/etc/group", &Credentials::ROOT)
            .unwrap_or_default();
        let groups = String::from_utf8_lossy(&groups).into_owned();
        if !groups.lines().any(|line| line.starts_with("docker:")) {
            whole &= put("/etc/group", (groups + "docker:x:119:\n").into(), 0o644);
        }
        if !whole {
            self.tell(
                now,
                "dpkg",
                "error: not everything of Docker could be unpacked",
            );
        }
        for unit in ["containerd.service", "docker.socket", DOCKER] {
            self.enable(unit, true);
        }
        self.units
            .entry("containerd.service".to_owned())
            .or_default()
            .active = true;
        self.units
            .entry("docker.socket".to_owned())
            .or_default()
            .active = true;
        self.reload(files);
        if self.machine.image != Image::Other {
            self.start_docker(files, now);
        }
    }

    /// Takes Docker off the machine; its configuration stays.
    pub(super) fn remove_docker(&mut self, files: &View, now: Timestamp) {
        if !self.has_docker() {
            return;
        }
        self.stop(DOCKER);
        let unknown = ["docker", "docker-ce", "docker.io", "moby-engine"];
        self.packages
            .retain(|name| !unknown.contains(&name.as_str()));
        let gone = [
            "/usr/bin/dockerd",
            "/usr/sbin/dockerd",
            "/usr/bin/docker",
            "/usr/lib/systemd/system/docker.service",
            "/usr/lib/systemd/system/docker.socket",
            "/etc/init.d/docker",
        ];
        for path in gone {
            // One of the two daemons is not there.
            files.remove_file(path, &Credentials::ROOT, now).ok();
        }
        self.units.remove(DOCKER);
        self.units.remove("docker.socket");
        self.docker_unit = None;
    }

    /// Puts the snap of Docker on the machine, which listens on its socket alone.
    pub(super) fn install_snap(&mut self, files: &View, now: Timestamp) {
        let is_new = !self.has_docker();
        self.add_package("docker");
        self.note(Note::Snap);
        if !is_new {
            return;
        }
        let path = "/usr/bin/docker";
        let written = files.write(path, image_of("docker"), 0o755, &Credentials::ROOT, now);
        if written.is_err() {
            self.tell(now, "snapd", "the snap of Docker could not be mounted");
        }
        self.enable(SNAP, true);
        self.activate(SNAP, true);
        self.engine = Engine::Runs(socket_alone());
    }

    /// Whether Docker's unit is another on the disk than systemd has read.
    pub(super) fn is_outdated(&self, files: &View) -> bool {
        let read = self.docker_unit.as_ref();
        read.is_some_and(|read| *read != Unit::load(files, DOCKER))
    }

    /// systemd reads its units again.
    pub(super) fn reload(&mut self, files: &View) {
        self.docker_unit = Some(Unit::load(files, DOCKER));
    }

    /// Whether systemd knows a unit.
    pub(super) fn knows(&self, files: &View, unit: &str) -> bool {
        self.units.contains_key(unit) || unit::is_there(files, unit)
    }

    pub(super) fn enable(&mut self, unit: &str, enabled: bool) {
        self.change(unit, |state| state.enabled = enabled);
    }

    pub(super) fn is_enabled(&self, unit: &str) -> bool {
        self.units.get(unit).is_some_and(|state| state.enabled)
    }

    pub(super) fn is_active(&self, unit: &str) -> bool {
        self.units.get(unit).is_some_and(|state| state.active)
    }

    pub(super) fn has_failed(&self, unit: &str) -> bool {
        self.units.get(unit).is_some_and(|state| state.failed)
    }

    /// A unit other than Docker's is started; whatever it does is its own business.
    pub(super) fn activate(&mut self, unit: &str, active: bool) {
        self.change(unit, |state| {
            state.active = active;
            state.failed = false;
        });
    }

    /// Changes what systemd says of a unit.
    fn change(&mut self, unit: &str, change: impl FnOnce(&mut UnitState)) {
        let has_room = self.units.len() < MOST && unit.len() <= LONGEST;
        if has_room || self.units.contains_key(unit) {
            change(self.units.entry(unit.to_owned()).or_default());
        }
    }

    pub(super) fn stop(&mut self, unit: &str) {
        self.activate(unit, false);
        if unit == DOCKER {
            self.engine = Engine::Stopped;
        }
    }

    /// Starts Docker's unit as systemd has read it; false when it does not start.
    pub(super) fn start_docker(&mut self, files: &View, now: Timestamp) -> bool {
        if self.docker_unit.is_none() {
            self.reload(files);
        }
        let unit = match &self.docker_unit {
            _ if unit::is_masked(files, DOCKER) => Err(WhyNot::Masked),
            Some(unit) => unit.clone(),
            None => Err(WhyNot::NotInstalled),
        };
        let host_name = self.machine.host_name.clone();
        let command = unit.and_then(|unit| unit.command(files, &host_name));
        let settings = command.and_then(|command| self.judged(files, &command));
        self.settle(settings, now)
    }

    /// Starts a daemon by hand; false when it does not start.
    pub(super) fn start_by_hand(
        &mut self,
        files: &View,
        command: &[String],
        now: Timestamp,
    ) -> bool {
        let settings = self.judged(files, command);
        let started = settings.is_ok();
        if started {
            self.engine = Engine::Stopped;
        }
        let runs = self.settle(settings, now);
        self.units.entry(DOCKER.to_owned()).or_default().active = false;
        runs && started
    }

    fn judged(&self, files: &View, command: &[String]) -> Result<DockerSettings, WhyNot> {
        let Some((program, arguments)) = command.split_first() else {
            return Err(WhyNot::BadLine);
        };
        if !files.is_file(program, &Credentials::ROOT) {
            return Err(WhyNot::NoProgram(program.clone()));
        }
        if !program.ends_with("/dockerd") {
            return Err(WhyNot::OtherProgram(program.clone()));
        }
        daemon::settings(files, arguments, self.machine.address)
    }

    fn settle(&mut self, settings: Result<DockerSettings, WhyNot>, now: Timestamp) -> bool {
        let state = self.units.entry(DOCKER.to_owned()).or_default();
        state.active = settings.is_ok();
        state.failed = settings.is_err();
        match settings {
            Ok(settings) => {
                self.tell(now, "dockerd", "API listen on /run/docker.sock");
                for listener in &settings.listeners {
                    self.tell(now, "dockerd", &format!("API listen on {listener}"));
                }
                self.tell(
                    now,
                    "systemd[1]",
                    "Started Docker Application Container Engine.",
                );
                self.engine = Engine::Runs(settings);
                true
            }
            Err(why) => {
                if why.is_of_systemd() {
                    self.tell(now, "systemd[1]", &why.to_string());
                } else {
                    self.tell(now, "dockerd", &why.to_string());
                    let told = "docker.service: Main process exited, code=exited, status=1/FAILURE\n\
                        docker.service: Failed with result 'exit-code'.\n\
                        Failed to start Docker Application Container Engine.";
                    self.tell(now, "systemd[1]", told);
                }
                self.engine = Engine::Failed(why);
                false
            }
        }
    }

    /// The power goes: nothing runs any more.
    pub(super) fn switch_off(&mut self) {
        for state in self.units.values_mut() {
            state.active = false;
            state.failed = false;
        }
        if !matches!(self.engine, Engine::Stopped) {
            self.engine = Engine::Stopped;
        }
        self.docker_unit = None;
        self.power = Power::Stay;
    }

    /// The power comes back: what is enabled starts.
    pub(super) fn start_enabled(&mut self, files: &View, now: Timestamp) {
        let enabled: Vec<_> = self
            .units
            .iter()
            .filter(|(_, state)| state.enabled)
            .map(|(name, _)| name.clone())
            .collect();
        for unit in enabled {
            if unit == DOCKER {
                self.start_docker(files, now);
                continue;
            }
            if unit == SNAP {
                self.engine = Engine::Runs(socket_alone());
            }
            self.activate(&unit, true);
        }
    }

    /// The units that are to run whenever the machine does.
    pub(super) fn enabled(&self) -> impl Iterator<Item = &str> {
        let enabled = self.units.iter().filter(|(_, state)| state.enabled);
        enabled.map(|(name, _)| name.as_str())
    }
}

fn socket_alone() -> DockerSettings {
    DockerSettings {
        listeners: Vec::new(),
        tls: None,
    }
}
