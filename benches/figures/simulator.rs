//! `fake-azure serve` as a process of its own.

use std::ffi::OsStr;
use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use rustls::ClientConfig;
use serde_json::Value;
use tempfile::TempDir;

use crate::Outcome;
use crate::client::{Connection, trust};

/// How long to wait before trying again what is not there yet: short beside what is measured.
pub(crate) const MOMENT: Duration = Duration::from_micros(50);

/// Where the credentials of those that start and end at once lie.
const COLD: &str = "cold";

/// The program, its credentials, made once, and what a client needs to be let in.
pub(crate) struct Room {
    pub(crate) folder: TempDir,
    pub(crate) binaries: PathBuf,
    pub(crate) trust: Arc<ClientConfig>,
    /// `/SUBSCRIPTION`, with which all paths begin.
    pub(crate) subscription: String,
}

/// A running simulator; ended when dropped.
pub(crate) struct Simulator {
    child: Child,
    pub(crate) management: SocketAddr,
    pub(crate) ready: Value,
}

impl Room {
    pub(crate) fn new(binaries: PathBuf) -> Outcome<Self> {
        let folder = TempDir::with_prefix("figures-")?;
        let ready = folder.path().join("ready.json");
        let first = Simulator::start(&binaries, folder.path(), &ready, &[])?;
        let text = |name: &str| first.text(name);
        // A folder of credentials is one simulator's at a time, and one that starts is measured beside
        // one that runs.
        let (made, cold) = (folder.path().join("credentials"), folder.path().join(COLD));
        let cold = cold.join("credentials");
        fs::create_dir_all(&cold)?;
        for file in fs::read_dir(made)? {
            let file = file?;
            fs::copy(file.path(), cold.join(file.file_name()))?;
        }
        Ok(Self {
            trust: trust(
                Path::new(text("ca")?),
                Path::new(text("management_certificate")?),
            )?,
            subscription: format!("/{}", text("subscription_id")?),
            binaries,
            folder,
        })
    }

    pub(crate) fn program(&self, name: &str) -> PathBuf {
        self.binaries.join(name)
    }

    /// A simulator that is ready.
    pub(crate) fn simulator(&self) -> Outcome<Simulator> {
        self.simulator_with(&[])
    }

    /// A simulator that was told more, and is ready.
    pub(crate) fn simulator_with(&self, arguments: &[&OsStr]) -> Outcome<Simulator> {
        let ready = self.folder.path().join("ready.json");
        Simulator::start(&self.binaries, self.folder.path(), &ready, arguments)
    }

    pub(crate) fn connect(&self, simulator: &Simulator) -> Outcome<Connection> {
        Connection::open(simulator.management, &self.trust)
    }

    /// Starts a simulator and has one request answered: what a cold start is.
    pub(crate) fn first_answer(&self, path: &str) -> Outcome<Child> {
        let at = free_port()?;
        let mut command = serve(&self.binaries, &self.folder.path().join(COLD));
        let mut child = command.arg("--listen").arg(at.to_string()).spawn()?;
        let stream = loop {
            match TcpStream::connect(at) {
                Ok(stream) => break stream,
                Err(_) => is_alive(&mut child)?,
            }
            thread::sleep(MOMENT);
        };
        Connection::over(stream, &self.trust)?.expect(200, "GET", path, "")?;
        Ok(child)
    }
}

impl Simulator {
    fn start(binaries: &Path, folder: &Path, ready: &Path, arguments: &[&OsStr]) -> Outcome<Self> {
        if ready.exists() {
            fs::remove_file(ready)?;
        }
        let mut command = serve(binaries, folder);
        command.arg("--ready-file").arg(ready).args(arguments);
        let mut child = command.spawn()?;
        while !ready.exists() {
            is_alive(&mut child)?;
            thread::sleep(MOMENT);
        }
        let ready: Value = serde_json::from_slice(&fs::read(ready)?)?;
        let url = ready["management"].as_str().unwrap_or_default();
        let management = url.trim_start_matches("https://").parse()?;
        Ok(Self {
            child,
            management,
            ready,
        })
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// A line of the ready file.
    pub(crate) fn text(&self, name: &str) -> Outcome<&str> {
        let text = self.ready[name].as_str();
        Ok(text.ok_or_else(|| format!("the ready file has no `{name}`"))?)
    }

    /// Puts the world back to its beginning.
    pub(crate) fn reset(&self) -> Outcome<()> {
        self.tell("reset", "")
    }

    /// Lets each subscription have so many cores.
    pub(crate) fn allow_cores(&self, cores: usize) -> Outcome<()> {
        self.tell("quota", &format!("{{\"cores\": {cores}}}"))
    }

    /// Lets machines of Resource Manager have so many cores in a region.
    pub(crate) fn allow_cores_in(&self, location: &str, cores: usize) -> Outcome<()> {
        let body = format!("{{\"location\": \"{location}\", \"cores\": {cores}}}");
        self.tell("quota", &body)
    }

    /// A request of the admin API that must succeed.
    fn tell(&self, what: &str, body: &str) -> Outcome<()> {
        let at: SocketAddr = self.text("admin")?.trim_start_matches("http://").parse()?;
        let mut stream = TcpStream::connect(at)?;
        write!(
            stream,
            "POST /_fake/{what} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        )?;
        let mut said = String::new();
        stream.read_to_string(&mut said)?;
        if said.starts_with("HTTP/1.1 200") {
            return Ok(());
        }
        Err(format!("{what}: {said}").into())
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        end(&mut self.child);
    }
}

/// Ends a process that this one started.
pub(crate) fn end(child: &mut Child) {
    // What has ended by itself need not be ended.
    child.kill().ok();
    child.wait().ok();
}

fn serve(binaries: &Path, folder: &Path) -> Command {
    let mut command = Command::new(binaries.join("fake-azure"));
    command
        .args(["serve", "--credentials"])
        .arg(folder.join("credentials"))
        .stdin(Stdio::null())
        .stdout(Stdio::null());
    command
}

pub(crate) fn is_alive(child: &mut Child) -> Outcome<()> {
    match child.try_wait()? {
        None => Ok(()),
        Some(status) => Err(format!("fake-azure ended with {status}").into()),
    }
}

/// A port that is free now; it is asked for by number so that the clock need not wait for a file.
fn free_port() -> Outcome<SocketAddr> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?)
}

/// Resident memory in KiB: all of it, and what is no file's.
pub(crate) fn memory(pid: u32) -> Outcome<(f64, f64)> {
    let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
    let kib = |name: &str| -> Outcome<f64> {
        let line = status.lines().find_map(|line| line.strip_prefix(name));
        let word = line.and_then(|rest| rest.split_whitespace().next());
        Ok(word.ok_or("no memory in the process's status")?.parse()?)
    };
    Ok((kib("VmRSS:")?, kib("RssAnon:")?))
}

/// How long a process was on a processor so far, all its threads together.
pub(crate) fn processor_time(pid: u32) -> Outcome<Duration> {
    let mut nanoseconds = 0;
    for task in fs::read_dir(format!("/proc/{pid}/task"))? {
        let told = fs::read_to_string(task?.path().join("schedstat"))?;
        let first = told.split(' ').next().unwrap_or_default();
        nanoseconds += first.parse::<u64>()?;
    }
    Ok(Duration::from_nanos(nanoseconds))
}
