//! Commands of the 0.8 and 0.10 CLI, family by family, against a simulator: what they print, what
//! programs are told, what they change, and what they refuse before they change anything.

mod addresses;
mod balancers;
mod certificates;
mod chef;
mod completion;
mod disks;
mod environments;
mod networks;
mod rules;
mod whole;

use std::io::{Read as _, Write as _};

use serde_json::Value;

use crate::clean_room::Ran;
use crate::simulator::Simulator;

const IMAGE: &str =
    "b39f27a8b8c64d52b05eac6a62ebad85__Ubuntu-14_10-amd64-server-20140729-alpha2-en-us-30GB";

/// A simulator with a machine called `web` in it, open at 22.
fn with_machine() -> Simulator {
    let simulator = Simulator::start();
    done(
        &simulator,
        &format!(r#"azure vm create web {IMAGE} me 'Pa$$w0rd1' -l "West US" -e 22"#),
    );
    simulator
}

/// Runs a line that has to work, and returns what it printed.
fn done(simulator: &Simulator, line: &str) -> String {
    let ran = simulator.sh(line, &[]);
    assert_eq!(ran.code, Some(0), "{line}: {}{}", ran.stdout, ran.stderr);
    ran.stdout
}

/// Runs a line that has to work, and returns the JSON that it printed.
fn json(simulator: &Simulator, line: &str) -> Value {
    let printed = done(simulator, line);
    serde_json::from_str(&printed).unwrap_or_else(|error| panic!("{line}: {error}: {printed}"))
}

/// Runs a line that has to fail, with these words in its error.
fn refused(simulator: &Simulator, line: &str, words: &str) -> Ran {
    let ran = simulator.sh(line, &[]);
    assert_eq!(ran.code, Some(1), "{line}: {}", ran.stdout);
    assert!(ran.stderr.contains(words), "{line}: {}", ran.stderr);
    ran
}

/// Runs a line that has to fail with these words, and sees that it changed nothing.
fn refused_beforehand(simulator: &Simulator, line: &str, words: &str) {
    let before = changes(simulator);
    refused(simulator, line, words);
    assert_eq!(changes(simulator), before, "{line}");
}

/// How often the service was asked to change something.
fn changes(simulator: &Simulator) -> usize {
    let ready = std::fs::read_to_string(&simulator.ready).expect("the ready file");
    let ready: Value = serde_json::from_str(&ready).expect("JSON");
    let admin = ready["admin"].as_str().expect("an address");
    let host = admin.trim_start_matches("http://").trim_end_matches('/');
    let mut stream = std::net::TcpStream::connect(host).expect("the admin port");
    write!(
        stream,
        "GET /_fake/journal HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
    )
    .expect("a question");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    let (_, body) = answer.split_once("\r\n\r\n").expect("a body");
    let journal: Value = serde_json::from_str(body).expect("the journal");
    let all = journal.as_array().expect("a list");
    all.iter().filter(|one| one["method"] != "GET").count()
}
