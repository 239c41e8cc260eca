//! A machine's first boot: what its custom data, its extensions and later scripts make of it.
//!
//! Custom data is read as cloud-init reads it. Files go to the machine's table of files, commands and
//! scripts are run by the shell of `fake-docker` over it, with a host's programs beside the tools. What
//! dockerd listens on at the end follows from its unit, what is dropped in, and its configuration, as
//! they lie there; and if it would not start in life, it does not start.
//!
//! A [`Boot`] is a value: what a machine came to, as facts. It knows no clock and no socket, the same
//! custom data comes to the same facts, and it is kept by serializing it. It holds secrets, so it shows
//! nothing of itself.
//!
//! | file | what |
//! |---|---|
//! | `machine` | what a machine is before |
//! | `custom_data`, `message`, `part`, `template` | bytes, taken apart |
//! | `yaml`, `merge`, `config` | cloud-configs, and the one that they come to |
//! | `modules` | what cloud-init's modules make of it |
//! | `stages` | the order in which all this happens, at the first boot and at later ones |
//! | `file_table`, `new_machine` | files, as data and as a tree |
//! | `host` | packages, services, journal, and the engine |
//! | `shell`, `programs` | commands, run to their end |
//! | `unit`, `daemon` | systemd's unit of Docker; dockerd's line and configuration |
//! | `extensions` | the custom script extension |

mod config;
mod custom_data;
mod daemon;
mod extensions;
mod file_table;
mod host;
mod machine;
mod merge;
mod message;
mod modules;
mod new_machine;
mod part;
mod programs;
mod shell;
mod stages;
mod template;
mod unit;
mod yaml;

use std::fmt;
use std::sync::Arc;

#[cfg(test)]
use fake_docker::files::Credentials;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub(crate) use self::custom_data::CustomData;
pub(crate) use self::daemon::why_not::WhyNot;
pub(crate) use self::extensions::CustomScript;
pub(crate) use self::host::{Note, Power};
pub(crate) use self::machine::{Hardware, Image, Machine};

use self::file_table::FileTable;
use self::host::{Facts, Host};
use self::stages::{EveryBoot, Session};
use crate::world::docker_settings::DockerSettings;

/// What a machine's boot, and all that was done on it since, came to.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Boot {
    facts: Facts,
    files: FileTable,
    repeated: EveryBoot,
    /// When the last thing that was done was over.
    at: Timestamp,
}

/// What came of a script.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Output {
    /// Its exit code; none when it did not come to its end.
    pub(crate) code: Option<u8>,
    pub(crate) stdout: Vec<u8>,
    pub(crate) stderr: Vec<u8>,
    /// When it was over, by the machine's clock: its sleeps have taken their time.
    pub(crate) at: Timestamp,
}

impl Boot {
    /// Boots a machine for the first time.
    pub(crate) fn of(machine: Machine, custom_data: Option<&CustomData>, at: Timestamp) -> Self {
        let new = Self {
            facts: Facts::new(machine),
            files: FileTable::default(),
            repeated: EveryBoot::default(),
            at,
        };
        new.changed(at, |session| session.first_boot(custom_data)).0
    }

    /// Says what the machine runs on from now on.
    pub(crate) fn move_to(&mut self, hardware: Hardware) {
        self.facts.machine.hardware = hardware;
    }

    /// What the engine listens on, or why it does not run.
    pub(crate) fn engine(&self) -> Result<&DockerSettings, &WhyNot> {
        self.facts.engine()
    }

    /// Whether Docker is on the machine, running or not.
    pub(crate) fn has_docker(&self) -> bool {
        self.facts.has_docker()
    }

    /// Runs a script as run command does: with the interpreter of its first line, else with `sh`.
    /// Parameters are variables of its environment.
    pub(crate) fn run(
        &mut self,
        script: &[u8],
        parameters: &[(String, String)],
        at: Timestamp,
    ) -> Output {
        self.act(at, |session| session.run_command(script, parameters))
    }

    /// Runs a line of the shell, with this on its standard input, as somebody who is signed in does.
    #[cfg(test)]
    pub(crate) fn type_in(&mut self, line: &str, input: &[u8], at: Timestamp) -> Output {
        self.act(at, |session| session.line(line, input))
    }

    /// Runs what the custom script extension asks for.
    pub(crate) fn custom_script(&mut self, script: &CustomScript, at: Timestamp) -> Output {
        self.act(at, |session| session.custom_script(script))
    }

    /// Does what the Docker extension does with its settings: Docker is installed, and listens where
    /// they say if they say so.
    pub(crate) fn docker_extension(&mut self, settings: Option<&DockerSettings>, at: Timestamp) {
        self.act(at, |session| session.docker_extension(settings));
    }

    /// Switches the power off: nothing runs any more.
    pub(crate) fn power_off(&mut self) {
        self.facts.switch_off();
    }

    /// Switches the power on again: what is enabled starts, and what is for every boot is done.
    pub(crate) fn power_on(&mut self, at: Timestamp) {
        self.facts.switch_off();
        self.act(at, Session::later_boot);
    }

    /// Whether the machine was told to switch itself off.
    pub(crate) fn power(&self) -> Power {
        self.facts.power()
    }

    /// A file of the machine; none when there is no such file.
    #[cfg(test)]
    pub(crate) fn file(&self, path: &str) -> Option<Vec<u8>> {
        let view = self.files.view();
        let read = view.read(path, &Credentials::ROOT);
        read.ok().map(|content| content.to_vec())
    }

    /// The lines of the journal that tell of Docker. They quote what the machine was told.
    #[cfg(test)]
    pub(crate) fn journal(&self) -> &[String] {
        self.facts.journal()
    }

    /// What the machine's own `docker` was told, while the engine ran: for whoever has the engine.
    pub(crate) fn docker_calls(&self) -> &[Vec<String>] {
        self.facts.calls()
    }

    /// What was done otherwise than in life; nothing that the machine was told is in it.
    pub(crate) fn notes(&self) -> impl Iterator<Item = Note> {
        self.facts.notes()
    }

    /// The names of programs that were called and are not simulated. They are the machine's own.
    pub(crate) fn unknown_programs(&self) -> impl Iterator<Item = &str> {
        self.facts.unknown()
    }

    fn act<T>(&mut self, at: Timestamp, act: impl FnOnce(&mut Session) -> T) -> T {
        let machine = Self {
            facts: self.facts.clone(),
            files: std::mem::take(&mut self.files),
            repeated: std::mem::take(&mut self.repeated),
            at: self.at,
        };
        let (changed, result) = machine.changed(at, act);
        *self = changed;
        result
    }

    /// The machine after something was done on it. Its time does not run back.
    fn changed<T>(self, at: Timestamp, act: impl FnOnce(&mut Session) -> T) -> (Self, T) {
        let view = self.files.view();
        let mut session = Session {
            host: Arc::new(Host::new(self.facts)),
            files: view,
            now: at.max(self.at),
            repeated: self.repeated,
        };
        let result = act(&mut session);
        let changed = Self {
            facts: session.host.facts().clone(),
            files: FileTable::of(&session.files),
            repeated: session.repeated,
            at: session.now,
        };
        (changed, result)
    }
}

/// A machine's files and facts hold keys and passwords.
impl fmt::Debug for Boot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Boot")
            .field("engine", &self.engine().map(|settings| &settings.listeners))
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Output {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Output")
            .field("code", &self.code)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
