//! A running simulator and the strangers that meet it.

use std::io::{Read as _, Write as _};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use fake_azure::FakeAzure;
use fake_azure::serve::Ready;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::clean_room::{CleanRoom, Ran, run};

/// `azure fake serve` in a clean room, ended when dropped.
pub(crate) struct Simulator {
    pub(crate) room: CleanRoom,
    pub(crate) ready: PathBuf,
    /// None where it runs in this process.
    child: Option<Child>,
}

impl Simulator {
    /// Starts it, where everything is done at once.
    pub(crate) fn start() -> Self {
        Self::start_at("instant")
    }

    /// Starts it at this pace and waits for its ready file, which appears whole.
    pub(crate) fn start_at(pace: &str) -> Self {
        let room = CleanRoom::new();
        let ready = room.tmp().join("ready.json");
        let child = room
            .azure_command(&["fake", "serve", "--pace", pace, "--ready-file"])
            .arg(&ready)
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("azure starts");
        let mut simulator = Self {
            room,
            ready,
            child: None,
        };
        let child = simulator.child.insert(child);
        while !simulator.ready.exists() {
            if let Some(status) = child.try_wait().expect("a status") {
                let mut said = String::new();
                let mut stderr = child.stderr.take().expect("a pipe");
                stderr.read_to_string(&mut said).expect("text");
                panic!("the simulator ended with {status}: {said}");
            }
            std::thread::yield_now();
        }
        simulator
    }

    /// A clean room with one that runs in this process.
    pub(crate) fn around(azure: &FakeAzure) -> Self {
        let room = CleanRoom::new();
        let ready = serde_json::to_string(&Ready::of(azure)).expect("JSON");
        let ready = room.write("ready.json", ready);
        Self {
            room,
            ready,
            child: None,
        }
    }

    /// What the admin API tells at a route below `/_fake/`.
    pub(crate) fn get(&self, route: &str) -> serde_json::Value {
        let place = self.said("admin");
        let address = place.trim_start_matches("http://").to_owned();
        let mut stream = std::net::TcpStream::connect(&address).expect("a connection");
        write!(
            stream,
            "GET /_fake/{route} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n"
        )
        .expect("a request");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        let (_, body) = answer.split_once("\r\n\r\n").expect("a body");
        serde_json::from_str(body).expect("JSON")
    }

    /// What the ready file says of `what`.
    pub(crate) fn said(&self, what: &str) -> String {
        let ready = std::fs::read_to_string(&self.ready).expect("a ready file");
        let ready: serde_json::Value = serde_json::from_str(&ready).expect("JSON");
        ready[what].as_str().expect("text").to_owned()
    }

    /// Posts to the admin API: a route below `/_fake/`, and a body.
    pub(crate) fn admin(&self) -> impl Fn(&str, &str) {
        let place = self.said("admin");
        let address = place.trim_start_matches("http://").to_owned();
        move |route, body| {
            let mut stream = std::net::TcpStream::connect(&address).expect("a connection");
            write!(
                stream,
                "POST /_fake/{route} HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/json\r\n\
                 Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
                body.len()
            )
            .expect("a request");
            let mut answer = String::new();
            stream.read_to_string(&mut answer).expect("an answer");
            assert!(answer.starts_with("HTTP/1.1 2"), "{answer}");
        }
    }

    /// Runs a script of sh(1) in the simulated world, with arguments `$1`, `$2` …
    pub(crate) fn sh(&self, script: &str, arguments: &[&str]) -> Ran {
        let mut command = self.room.azure_command(&["fake", "run", "--join"]);
        command
            .arg(&self.ready)
            .args(["--", "sh", "-ec", script, "sh"])
            .args(arguments);
        run(&mut command)
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        let Some(child) = &mut self.child else { return };
        let pid = Pid::from_raw(child.id().cast_signed());
        if kill(pid, Signal::SIGTERM).is_ok() {
            _ = child.wait().ok();
        }
    }
}

/// Whether a program of somebody else is there; says loudly how to get it when it is not.
pub(crate) fn is_here(program: &str, how: &str) -> bool {
    let here = ["--version", "version"].iter().any(|word| {
        let found = Command::new(program).arg(word).output();
        found.is_ok_and(|output| output.status.success())
    });
    if !here {
        skipped(&format!("`{program}` is not here; {how}"));
    }
    here
}

/// Written to the real standard error: cargo hides what passing tests print.
pub(crate) fn skipped(why: &str) {
    writeln!(std::io::stderr(), "SKIPPED: {why}").expect("standard error");
}
