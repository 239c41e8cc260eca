//! The first hour: certificates that are another daemon's, lines that work where they are printed.

use std::process::{Child, Command, Stdio};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use regex::Regex;

use crate::clean_room::{CleanRoom, run};
use crate::simulator::is_here;

const HOST: [&str; 6] = ["-l", "West US", "web", "Ubuntu-14_04", "me", "Pa$$w0rd1"];

fn create(room: &CleanRoom, more: &[&str]) -> Command {
    let mut command = room.azure_command(&["vm", "docker", "create"]);
    command.args(more).args(HOST);
    command
}

#[test]
fn certificates_of_somebody_elses_daemon_are_left_alone() {
    let room = CleanRoom::new();
    let typed = Regex::new("docker --tls --tlscacert (.*)/ca.pem --tlscert").expect("words");
    let theirs = "-----BEGIN CERTIFICATE-----\nbm9uZSBvZiBvdXJz\n-----END CERTIFICATE-----\n";
    for names in [&["ca.pem"][..], &["ca.pem", "cert.pem", "key.pem"]] {
        for name in names {
            room.write(format!(".docker/{name}"), theirs);
        }

        let ran = run(&mut create(&room, &["--fake", "--exit"]));

        assert_eq!(ran.code, Some(0), "{}", ran.stderr);
        assert!(
            ran.stdout.contains("that folder is left alone"),
            "{}",
            ran.stdout
        );
        let folder = &typed.captures(&ran.stdout).expect("a line to type")[1];
        assert!(!folder.ends_with(".docker"), "{folder}");
        let left = std::fs::read_dir(room.home().join(".docker")).expect("as arranged");
        assert_eq!(left.count(), names.len());
        let kept =
            std::fs::read_to_string(room.home().join(".docker/ca.pem")).expect("as arranged");
        assert_eq!(kept, theirs);
    }
}

/// `azure fake serve` until it is dropped.
struct Served {
    child: Child,
    said: String,
}

impl Served {
    fn start(room: &CleanRoom, more: &[&str]) -> Self {
        let mut child = room
            .azure_command(&["fake", "serve"])
            .args(more)
            .stdout(Stdio::piped())
            .spawn()
            .expect("azure starts");
        let mut said = String::new();
        let mut lines = std::io::BufReader::new(child.stdout.take().expect("a pipe"));
        while !said.contains("run in it:") {
            let read = std::io::BufRead::read_line(&mut lines, &mut said).expect("text");
            assert_ne!(read, 0, "{said}");
        }
        Self { child, said }
    }

    fn told(&self, name: &str) -> &str {
        let line = self.said.lines().find_map(|line| line.strip_prefix(name));
        line.expect("the line").trim()
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let pid = Pid::from_raw(self.child.id().cast_signed());
        if kill(pid, Signal::SIGTERM).is_ok() {
            _ = self.child.wait().ok();
        }
    }
}

fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("its address").port()
}

#[test]
fn outside_a_sandbox_the_printed_lines_work_there() {
    let has_docker = is_here("docker", "install Debian's docker-cli");
    for (more, where_to) in [
        (&["--localhost"][..], "tcp://127.0.0.1:"),
        (&[], "tcp://127."),
    ] {
        let room = CleanRoom::new();
        let served = Served::start(&room, more);
        let import = served.told("import it:  azure");
        let words: Vec<&str> = import.split_whitespace().collect();
        assert_eq!(room.azure(&words).code, Some(0));

        let port = free_port().to_string();
        let ran = run(&mut create(&room, &["-p", &port]));

        assert_eq!(ran.code, Some(0), "{}", ran.stderr);
        let typed: Vec<&str> = ran
            .stdout
            .lines()
            .filter_map(|line| line.strip_prefix("info:    ")?.strip_prefix("docker "))
            .collect();
        let by_name = !more.is_empty();
        assert_eq!(typed.len(), 1 + usize::from(by_name), "{}", ran.stdout);
        let says_why = ran.stdout.contains("`azure fake run --join READY_FILE");
        assert_eq!(says_why, !by_name, "{}", ran.stdout);
        for line in typed {
            assert!(line.contains(where_to), "{line}");
            if has_docker {
                let said = run(room.command("docker").args(line.split_whitespace()));
                assert!(said.stdout.contains("Name: web"), "{line}: {}", said.stderr);
            }
        }
    }
}

#[test]
fn the_line_that_signs_in_to_a_simulator_is_printed_and_works() {
    let room = CleanRoom::new();
    let served = Served::start(&room, &[]);
    let login = served.told("sign in:    azure");
    let words: Vec<&str> = login.split_whitespace().collect();

    let ran = room.azure(&words);

    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let listed = room.azure(&["group", "list", "--json"]);
    assert_eq!(listed.code, Some(0), "{}", listed.stderr);
}

#[test]
fn the_line_that_joins_a_simulator_is_printed_and_works() {
    let room = CleanRoom::new();
    let ready = room.tmp().join("mine.json").display().to_string();
    for more in [&[][..], &["--ready-file", &ready]] {
        let served = Served::start(&room, more);
        let join = served.told("run in it:  azure");
        let words: Vec<&str> = join.split_whitespace().collect();
        let Some((&"COMMAND", words)) = words.split_last() else {
            panic!("{join}");
        };
        assert_eq!(more.is_empty(), !words.contains(&&*ready), "{join}");

        let ran = run(room.azure_command(words).args(["azure", "vm", "list"]));

        assert_eq!(ran.code, Some(0), "{}", ran.stderr);
        drop(served);
        assert!(!std::path::Path::new(&ready).exists());
    }
}
