//! The order in which things happen: cloud-init's stages at a machine's first boot and at later ones,
//! and what is done on it between them.

use std::sync::Arc;

use fake_docker::files::{Credentials, View};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::custom_data::CustomData;
use super::extensions::{CustomScript, What};
use super::host::{DOCKER, Host, Note, Power};
use super::modules::{apt, commands, packages, users, write_files};
use super::part::{Kind, Parts, parts};
use super::shell::{self, Finished, Order};
use super::template::Variables;
use super::yaml::Yaml;
use super::{Output, config, new_machine};
use crate::world::docker_settings::DockerSettings;

/// Where scripts lie that run at the end of the first boot.
const SCRIPTS: &str = "/var/lib/cloud/instance/scripts";
/// Where scripts lie that run at the end of every boot.
const PER_BOOT: &str = "/var/lib/cloud/scripts/per-boot";
/// Where scripts lie that run before everything else.
const BOOT_HOOKS: &str = "/var/lib/cloud/instance/boothooks";
/// Where custom data lies, as it came.
const USER_DATA: &str = "/var/lib/cloud/instance/user-data.txt";
/// What is there once a boot is over.
const FINISHED: &str = "/var/lib/cloud/instance/boot-finished";
/// What commands and scripts of the boot print.
const OUTPUT: &str = "/var/log/cloud-init-output.log";
const LOG: &str = "/var/log/cloud-init.log";
/// How much is kept of what they print, in bytes.
const MOST_OUTPUT: usize = 4 << 20;
/// How often a machine may start itself anew during its first boot.
const MOST_REBOOTS: u32 = 3;

const ROOT: Credentials = Credentials::ROOT;

/// What is done at every boot.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct EveryBoot {
    /// The script of `bootcmd`.
    commands: Option<String>,
    /// The files of boothooks, in order.
    hooks: Vec<String>,
}

/// A machine that something is being done on.
pub(super) struct Session {
    pub(super) host: Arc<Host>,
    pub(super) files: View,
    pub(super) now: Timestamp,
    pub(super) repeated: EveryBoot,
}

impl Session {
    /// The first boot, and those that it asks for itself.
    pub(super) fn first_boot(&mut self, custom_data: Option<&CustomData>) {
        let machine = self.host.facts().machine.clone();
        if new_machine::personalise(&self.files, &machine, self.now).is_err() {
            self.log("the machine's own files could not be written");
        }
        let parts = match custom_data {
            Some(custom_data) => parts(custom_data.bytes(), &variables(&machine.host_name)),
            None => Parts::default(),
        };
        if let Some(custom_data) = custom_data {
            // It stays where cloud-init puts it, for root alone.
            self.write(USER_DATA, custom_data.bytes(), 0o600);
        }
        for left_out in &parts.left_out {
            self.host.facts().note(Note::PartLeftOut);
            self.log(left_out.words());
        }
        self.stages(&parts);
        for _ in 0..MOST_REBOOTS {
            if self.host.facts().power() != Power::Reboot {
                break;
            }
            self.host.facts().switch_off();
            self.later_boot();
        }
    }

    /// Leaves what scripts wait for that want to know whether a boot is over.
    fn finished(&mut self) {
        let when = self.now.strftime("%a, %d %b %Y %H:%M:%S +0000");
        let text = format!("0.00 - {when} - v. 22.4.2\n");
        self.write(FINISHED, text.as_bytes(), 0o644);
    }

    /// A boot that is not the first.
    pub(super) fn later_boot(&mut self) {
        for hook in self.repeated.hooks.clone() {
            self.step(&[&hook], "/");
        }
        self.boot_commands();
        let (host, files, now) = (self.host.clone(), self.files.clone(), self.now);
        let own: Vec<String> = {
            let mut facts = host.facts();
            facts.start_enabled(&files, now);
            let is_own = |unit: &&str| {
                let path = format!("/etc/systemd/system/{unit}");
                unit.ends_with(".service") && *unit != DOCKER && files.is_file(&path, &ROOT)
            };
            facts.enabled().filter(is_own).map(str::to_owned).collect()
        };
        for unit in own {
            self.step(&["/usr/bin/systemctl", "restart", &unit], "/");
        }
        self.run_folder(PER_BOOT);
        if self.host.facts().power() == Power::Stay {
            self.finished();
        }
    }

    fn stages(&mut self, parts: &Parts) {
        for part in &parts.all {
            let folder = match part.kind {
                Kind::Config => continue,
                Kind::Script => SCRIPTS,
                Kind::ScriptPerBoot => PER_BOOT,
                Kind::BootHook => BOOT_HOOKS,
            };
            let path = format!("{folder}/{}", part.name);
            self.write(&path, part.text.as_bytes(), 0o700);
            if part.kind == Kind::BootHook {
                self.repeated.hooks.push(path.clone());
                self.step(&[&path], "/");
            }
        }
        let configs = parts.all.iter().filter(|part| part.kind == Kind::Config);
        let (config, complaints) = config::merged(configs);
        if !complaints.is_empty() {
            self.host.facts().note(Note::BadConfig);
        }
        self.log_all(complaints);
        let steps: [fn(&mut Self, &Yaml); 4] = [
            Self::network_stage,
            Self::config_stage,
            Self::final_stage,
            Self::power_state,
        ];
        for step in steps {
            // What is switched off or starts anew does not go on where it was.
            if self.host.facts().power() != Power::Stay {
                return;
            }
            step(self, &config);
        }
    }

    /// Commands of every boot, files, the name, accounts.
    fn network_stage(&mut self, config: &Yaml) {
        if let Some(commands) = config.get("bootcmd") {
            self.repeated.commands = commands::script(commands);
            if self.repeated.commands.is_none() {
                self.log("Failed to shellify bootcmd");
            }
        }
        self.boot_commands();
        self.log_all(write_files::write(&self.files, config, false, self.now));
        self.name(config);
        let machine = self.host.facts().machine.clone();
        self.log_all(users::make(&self.files, config, &machine, self.now));
    }

    /// Sources of packages, snaps, and the script of `runcmd`, which runs later.
    fn config_stage(&mut self, config: &Yaml) {
        let machine = self.host.facts().machine.clone();
        self.log_all(apt::configure(&self.files, config, &machine, self.now));
        let snaps = config.get("snap").and_then(|snap| snap.get("commands"));
        let snaps = match snaps {
            Some(Yaml::Map(entries)) => Some(Yaml::List(entries.values().cloned().collect())),
            other => other.cloned(),
        };
        if let Some(script) = snaps.as_ref().and_then(commands::script) {
            self.write("/run/cloud-init/snap.sh", script.as_bytes(), 0o700);
            self.step(&["/bin/sh", "/run/cloud-init/snap.sh"], "/");
        }
        if let Some(commands) = config.get("runcmd") {
            match commands::script(commands) {
                Some(script) => self.write(&format!("{SCRIPTS}/runcmd"), script.as_bytes(), 0o700),
                None => self.log("Failed to shellify runcmd"),
            }
        }
    }

    /// Packages, files that were put off, scripts.
    fn final_stage(&mut self, config: &Yaml) {
        let image = self.host.facts().machine.image;
        for command in packages::commands(config, image) {
            let words: Vec<_> = command.iter().map(String::as_str).collect();
            self.step(&words, "/");
        }
        self.log_all(write_files::write(&self.files, config, true, self.now));
        for folder in [
            "/var/lib/cloud/scripts/per-once",
            PER_BOOT,
            "/var/lib/cloud/scripts/per-instance",
            SCRIPTS,
        ] {
            self.run_folder(folder);
        }
        if self.host.facts().power() == Power::Stay {
            self.finished();
        }
    }

    fn power_state(&mut self, config: &Yaml) {
        let mode = config
            .get("power_state")
            .and_then(|state| state.get("mode"));
        let power = match mode.and_then(Yaml::as_text) {
            Some("reboot") => Power::Reboot,
            Some("poweroff" | "halt") => Power::Off,
            _ => return,
        };
        self.host.facts().set_power(power);
    }

    fn boot_commands(&mut self) {
        if let Some(script) = self.repeated.commands.clone() {
            self.write("/run/cloud-init/bootcmd.sh", script.as_bytes(), 0o700);
            self.step(&["/bin/sh", "/run/cloud-init/bootcmd.sh"], "/");
        }
    }

    fn name(&mut self, config: &Yaml) {
        let text = |key: &str| config.get(key).and_then(Yaml::as_text);
        let keeps = config.get("preserve_hostname").is_some_and(Yaml::is_yes);
        let Some(name) = text("hostname").or_else(|| text("fqdn")).filter(|_| !keeps) else {
            return;
        };
        let is_name = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.');
        if name.is_empty() || name.len() > 253 || !name.bytes().all(is_name) {
            return;
        }
        self.host.facts().rename(name);
        self.write("/etc/hostname", format!("{name}\n").as_bytes(), 0o644);
    }

    /// Runs all programs of a folder, in the order of their names.
    fn run_folder(&mut self, folder: &str) {
        let entries = self.files.read_dir(folder, &ROOT).unwrap_or_default();
        let mut names: Vec<_> = entries.into_iter().map(|entry| entry.name).collect();
        names.sort_unstable();
        for name in names {
            let path = format!("{folder}/{name}");
            let stat = self.files.stat(&path, &ROOT);
            if stat.is_ok_and(|stat| stat.is_file() && stat.meta.mode & 0o111 != 0) {
                self.step(&[&path], "/");
            }
            if self.host.facts().power() != Power::Stay {
                return;
            }
        }
    }

    /// Runs a command of the boot; what it prints goes to the log of outputs.
    fn step(&mut self, words: &[&str], folder: &'static str) -> Finished {
        let mut order = Order::new(words, self.now);
        order.folder = folder;
        let finished = self.do_order(order);
        let written = self.files.stat(OUTPUT, &ROOT).map_or(0, |stat| stat.size);
        if written < MOST_OUTPUT as u64 {
            let root = &ROOT;
            // A disk that is full takes no logs either.
            self.files
                .append(OUTPUT, &finished.both, 0o640, root, self.now)
                .ok();
        }
        if finished.code != Some(0) {
            self.log(&format!("Failed running {}", words.first().unwrap_or(&"")));
        }
        finished
    }

    fn do_order(&mut self, order: Order) -> Finished {
        let finished = shell::run(&self.host, &self.files, order);
        self.now = finished.at.max(self.now);
        finished
    }

    fn write(&mut self, path: &str, content: &[u8], mode: u32) {
        let folder = path.rsplit_once('/').map_or("/", |(folder, _)| folder);
        let written = self
            .files
            .create_dir_all(folder, 0o755, &ROOT, self.now)
            .and_then(|()| {
                self.files
                    .write(path, content.to_vec(), mode, &ROOT, self.now)
            })
            .and_then(|()| self.files.chmod(path, mode, &ROOT));
        if let Err(errno) = written {
            self.log(&format!("Failed to write {path}: {errno}"));
        }
    }

    fn log(&mut self, line: &str) {
        let line = format!(
            "{} - cloud-init[WARNING]: {line}\n",
            self.now.strftime("%Y-%m-%d %H:%M:%S")
        );
        // A disk that is full takes no logs either.
        self.files
            .append(LOG, line.as_bytes(), 0o640, &ROOT, self.now)
            .ok();
    }

    fn log_all(&mut self, lines: Vec<String>) {
        for line in lines {
            self.log(&line);
        }
    }

    /// Runs a script with parameters, which it finds by their names and in their order.
    pub(super) fn run_command(&mut self, script: &[u8], parameters: &[(String, String)]) -> Output {
        let folder = "/var/lib/waagent/run-command/download";
        let path = format!("{folder}/script.sh");
        self.write(&path, script, 0o700);
        let mut words = if script.starts_with(b"#!") {
            vec![path.as_str()]
        } else {
            vec!["/bin/sh", &path]
        };
        words.extend(parameters.iter().map(|(_, value)| value.as_str()));
        let mut order = Order::new(&words, self.now);
        let named = parameters.iter().filter(|(name, _)| !name.is_empty());
        order.env = named.cloned().collect();
        self.do_order(order).into()
    }

    #[cfg(test)]
    pub(super) fn line(&mut self, line: &str, input: &[u8]) -> Output {
        let mut order = Order::new(&["/bin/sh", "-c", line], self.now);
        order.input = input.to_vec();
        self.do_order(order).into()
    }

    pub(super) fn custom_script(&mut self, script: &CustomScript) -> Output {
        const FOLDER: &str = "/var/lib/waagent/custom-script/download/0";
        self.write(&format!("{FOLDER}/stdout"), b"", 0o600);
        for url in &script.files {
            let words = ["/usr/bin/wget", "-q", "-P", FOLDER, url];
            self.step(&words, "/");
        }
        let line = match &script.what {
            What::Command(line) => line.clone(),
            What::Script(content) => {
                self.write(&format!("{FOLDER}/script.sh"), content, 0o500);
                "./script.sh".to_owned()
            }
        };
        let mut order = Order::new(&["/bin/sh", "-c", &line], self.now);
        order.folder = FOLDER;
        self.do_order(order).into()
    }

    pub(super) fn docker_extension(&mut self, settings: Option<&DockerSettings>) {
        let (host, files) = (self.host.clone(), self.files.clone());
        host.facts().install_docker(&files, "docker-ce", self.now);
        if let Some(settings) = settings {
            let listeners = settings.listeners.iter();
            let hosts: Vec<_> = listeners.map(|at| format!(" -H tcp://{at}")).collect();
            let mut flags = hosts.concat();
            if let Some(tls) = &settings.tls {
                let ca = tls.ca.as_deref();
                let named = [
                    ("ca", ca.unwrap_or_default(), 0o644),
                    ("cert", &tls.certificate, 0o644),
                    ("key", &tls.key, 0o600),
                ];
                for (name, pem, mode) in named {
                    self.write(&format!("/etc/docker/{name}.pem"), pem, mode);
                }
                flags.push_str(if ca.is_some() {
                    " --tlsverify --tlscacert=/etc/docker/ca.pem"
                } else {
                    " --tls"
                });
                flags.push_str(" --tlscert=/etc/docker/cert.pem --tlskey=/etc/docker/key.pem");
            }
            let unit = format!("[Service]\nExecStart=\nExecStart=dockerd -H fd://{flags}\n");
            let path = "/etc/systemd/system/docker.service.d/azure-docker-extension.conf";
            self.write(path, unit.as_bytes(), 0o644);
        }
        let mut facts = host.facts();
        facts.reload(&files);
        facts.start_docker(&files, self.now);
    }
}

impl From<Finished> for Output {
    fn from(finished: Finished) -> Self {
        Self {
            code: finished.code,
            stdout: finished.stdout,
            stderr: finished.stderr,
            at: finished.at,
        }
    }
}

/// What templates can name of a machine of Azure's.
fn variables(host_name: &str) -> Variables {
    let short = host_name.split('.').next().unwrap_or(host_name);
    let known = [
        ("cloud_name", "azure"),
        ("cloud", "azure"),
        ("platform", "azure"),
        ("local_hostname", short),
        ("hostname", short),
    ];
    let mut variables = Variables::new();
    for (name, value) in known {
        for prefix in ["", "v1."] {
            variables.insert(format!("{prefix}{name}"), value.to_owned());
        }
    }
    variables
}
