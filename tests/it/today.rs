//! What tests of today's clients share: where clients are, the page docs/today.md, runs of
//! `azure fake run`, and what is looked at afterwards.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::clean_room::{CleanRoom, Ran};
use crate::simulator::{Simulator, skipped};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A script of tests/clients.
pub(crate) fn script(name: &str) -> String {
    let path = root().join("tests/clients").join(name);
    path.to_str().expect("a readable path").to_owned()
}

/// Where a script of tests/clients has installed its client; says loudly how when it has not.
pub(crate) fn installed(client: &str, proof: &str, needs: &str) -> Option<PathBuf> {
    let folder = root().join("target/clients").join(client);
    if folder.join(proof).exists() {
        return Some(folder);
    }
    skipped(&format!(
        "{client} is not here; run tests/clients/{client}.sh (needs {needs})"
    ));
    None
}

/// Whether this machine has these programs; says loudly which it has not.
pub(crate) fn are_here(programs: &[&str]) -> bool {
    programs.iter().all(|program| {
        let is_here = Command::new(program).arg("--help").output().is_ok();
        if !is_here {
            skipped(&format!("{program} is not here (Debian: apt-get install)"));
        }
        is_here
    })
}

/// The script of docs/today.md.
pub(crate) fn page() -> &'static str {
    let page = include_str!("../../docs/today.md");
    let (_, rest) = page.split_once("```sh\n").expect("a script");
    let (script, _) = rest.split_once("```").expect("its end");
    script
}

/// The part of it that makes certificates and custom data.
pub(crate) fn certificates_and_custom_data() -> &'static str {
    let (part, _) = page()
        .split_once("az group create")
        .expect("az comes afterwards");
    part
}

/// `azure fake run` of a script of sh(1), in a home that is empty at first.
pub(crate) fn in_a_run(room: &CleanRoom, options: &[&str], script: &str) -> Command {
    let mut command = room.azure_command(&["fake", "run"]);
    command.args(options).args(["--", "sh", "-ec", script]);
    command
}

/// The same in the world of a simulator that stays afterwards.
pub(crate) fn in_a_run_of(simulator: &Simulator, script: &str) -> Command {
    let ready = simulator.ready.to_str().expect("a readable path");
    in_a_run(&simulator.room, &["--join", ready], script)
}

/// What a program said that ended well.
#[track_caller]
pub(crate) fn well(ran: &Ran) -> &str {
    assert_eq!(ran.code, Some(0), "{}\n{}", ran.stdout, ran.stderr);
    &ran.stdout
}

/// Checks that the simulator had an answer of its own to all that Resource Manager was asked for,
/// and took every member of every body.
#[track_caller]
pub(crate) fn all_was_understood(simulator: &Simulator) {
    let journal = simulator.get("journal");
    let entries = journal.as_array().expect("a list");
    let odd: Vec<_> = entries
        .iter()
        .filter(|entry| {
            let status = entry["status"].as_u64().unwrap_or_default();
            status >= 500 || entry["detail"].is_string() && status < 400
        })
        .collect();
    assert!(odd.is_empty(), "{odd:#?}");
}
