//! The programs of a machine: the shell and the tools of every Linux, and those of a host.
//!
//! What is known by name and not simulated is counted and succeeds without a word; so a script of
//! somebody's goes on to what matters here.

mod accounts;
mod certificates;
mod docker;
mod fetch;
mod packages;
mod power;
mod sudo;
mod sundries;
mod systemctl;

use std::sync::Arc;

use fake_docker::process::shell::userland;
use fake_docker::process::tools::Userland;
use fake_docker::process::{Process, Program, Programs};
use futures_util::future::BoxFuture;

use super::host::Host;

type Run = fn(Process, Arc<Host>) -> BoxFuture<'static, u8>;

/// The programs that a host has beside tools.
const OWN: &[(&str, Run)] = &[
    ("apk", |p, h| Box::pin(packages::apk(p, h))),
    ("apt", |p, h| Box::pin(packages::apt(p, h))),
    ("apt-get", |p, h| Box::pin(packages::apt(p, h))),
    ("apt-key", |p, h| Box::pin(sundries::reader(p, h))),
    ("aptitude", |p, h| Box::pin(packages::apt(p, h))),
    ("chpasswd", |p, h| Box::pin(sundries::reader(p, h))),
    ("cloud-init", |p, h| Box::pin(sundries::cloud_init(p, h))),
    ("curl", |p, h| Box::pin(fetch::curl(p, h))),
    ("debconf-set-selections", |p, h| {
        Box::pin(sundries::reader(p, h))
    }),
    ("dnf", |p, h| Box::pin(packages::dnf(p, h))),
    ("docker", |p, h| Box::pin(docker::client(p, h))),
    ("dockerd", |p, h| Box::pin(docker::daemon(p, h))),
    ("dpkg", |p, h| Box::pin(packages::dpkg(p, h))),
    ("gpasswd", |p, h| Box::pin(accounts::gpasswd(p, h))),
    ("gpg", |p, h| Box::pin(sundries::gpg(p, h))),
    ("halt", |p, h| Box::pin(async move { power::power(&p, &h) })),
    ("hostname", |p, h| Box::pin(sundries::hostname(p, h))),
    ("hostnamectl", |p, h| Box::pin(sundries::hostnamectl(p, h))),
    ("journalctl", |p, h| Box::pin(sundries::journalctl(p, h))),
    ("lsb_release", |p, h| Box::pin(sundries::lsb_release(p, h))),
    ("microdnf", |p, h| Box::pin(packages::dnf(p, h))),
    ("openssl", |p, h| Box::pin(certificates::openssl(p, h))),
    ("poweroff", |p, h| {
        Box::pin(async move { power::power(&p, &h) })
    }),
    ("reboot", |p, h| {
        Box::pin(async move { power::power(&p, &h) })
    }),
    ("service", |p, h| Box::pin(systemctl::service(p, h))),
    ("shutdown", |p, h| {
        Box::pin(async move { power::power(&p, &h) })
    }),
    ("snap", |p, h| {
        Box::pin(async move { packages::snap(&p, &h) })
    }),
    ("sudo", |p, h| Box::pin(sudo::sudo(p, h))),
    ("systemctl", |p, h| Box::pin(systemctl::systemctl(p, h))),
    ("tdnf", |p, h| Box::pin(packages::dnf(p, h))),
    ("usermod", |p, h| Box::pin(accounts::usermod(p, h))),
    ("wget", |p, h| Box::pin(fetch::wget(p, h))),
    ("yum", |p, h| Box::pin(packages::dnf(p, h))),
    ("zypper", |p, h| Box::pin(packages::zypper(p, h))),
];

/// Programs that are on every host and are not simulated.
const COUNTED: &[&str] = &[
    "add-apt-repository",
    "apparmor_parser",
    "apt-cache",
    "apt-mark",
    "chage",
    "cryptsetup",
    "dpkg-reconfigure",
    "firewall-cmd",
    "fallocate",
    "git",
    "ip6tables",
    "iptables",
    "locale-gen",
    "lsblk",
    "lsof",
    "mkfs.ext4",
    "mkswap",
    "modprobe",
    "netplan",
    "parted",
    "perl",
    "python3",
    "resolvectl",
    "rpm",
    "rsync",
    "scp",
    "ssh",
    "ssh-keygen",
    "ss",
    "swapoff",
    "swapon",
    "sysctl",
    "systemd-run",
    "timedatectl",
    "udevadm",
    "ufw",
    "unattended-upgrade",
    "update-alternatives",
    "update-ca-certificates",
    "update-grub",
    "update-rc.d",
    "visudo",
];

/// Programs that are there with Docker alone.
const OF_DOCKER: &[&str] = &[
    "containerd",
    "ctr",
    "docker",
    "docker-compose",
    "docker-init",
    "docker-proxy",
    "dockerd",
    "runc",
];

/// Where programs lie that come with a machine.
const FOLDERS: [&str; 4] = ["/bin/", "/sbin/", "/usr/bin/", "/usr/sbin/"];

/// The names of all programs that a new machine has.
pub(super) fn names() -> Vec<String> {
    let tools = userland();
    let own = OWN.iter().map(|(name, _)| *name);
    let all = tools
        .names()
        .into_iter()
        .chain(own)
        .chain(COUNTED.iter().copied());
    let mut names: Vec<_> = all
        // A name with a slash or of another place is none of a folder of programs.
        .filter(|name| !OF_DOCKER.contains(name) && !name.contains('/'))
        .map(str::to_owned)
        .collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// What runs on a machine.
pub(super) struct MachinePrograms {
    tools: Userland,
    host: Arc<Host>,
}

impl std::fmt::Debug for MachinePrograms {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MachinePrograms").finish_non_exhaustive()
    }
}

impl MachinePrograms {
    pub(super) fn new(host: Arc<Host>) -> Self {
        Self {
            tools: userland(),
            host,
        }
    }

    fn is_known(&self, name: &str) -> bool {
        OWN.iter().any(|(own, _)| *own == name) || self.tools.lookup(name).is_some()
    }

    fn counted(&self) -> Arc<dyn Program> {
        Arc::new(OfHost {
            run: |p, h| Box::pin(async move { sundries::counted(&p, &h) }),
            host: self.host.clone(),
        })
    }
}

impl Programs for MachinePrograms {
    fn declared(&self, path: Option<&str>, args: &[String]) -> Option<Arc<dyn Program>> {
        let word = path.or(args.first().map(String::as_str))?;
        let name = word.rsplit('/').next().unwrap_or(word);
        let is_a_systems = !word.contains('/')
            || FOLDERS
                .iter()
                .any(|folder| word.strip_prefix(folder) == Some(name));
        let is_interpreter = path.is_some() && INTERPRETERS.contains(&name);
        let is_missing = path.is_none() && !OF_DOCKER.contains(&name);
        let is_counted = is_interpreter || (is_missing && is_a_systems && !name.is_empty());
        (is_counted && !self.is_known(name)).then(|| self.counted())
    }

    fn named(&self, name: &str) -> Option<Arc<dyn Program>> {
        if let Some((_, run)) = OWN.iter().find(|(own, _)| *own == name) {
            return Some(Arc::new(OfHost {
                run: *run,
                host: self.host.clone(),
            }));
        }
        Some(self.tools.lookup(name).unwrap_or_else(|| self.counted()))
    }
}

/// What runs scripts that are not the shell's.
const INTERPRETERS: &[&str] = &[
    "expect", "node", "perl", "php", "pwsh", "python", "python2", "python3", "ruby", "tclsh",
];

/// A program with the host that it is on.
struct OfHost {
    run: Run,
    host: Arc<Host>,
}

impl Program for OfHost {
    fn run(self: Arc<Self>, process: Process) -> BoxFuture<'static, u8> {
        (self.run)(process, self.host.clone())
    }
}

/// What a program was called by.
fn called(process: &Process) -> String {
    let first = process.args.first().map_or("", String::as_str);
    first.rsplit('/').next().unwrap_or(first).to_owned()
}

/// Prints; whoever does not listen any more does not matter to a host's program.
async fn say(process: &mut Process, text: &str) {
    process.print(text).await.ok();
}
