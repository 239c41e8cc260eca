//! Clients of the day that others wrote, unmodified, against the simulator: Apache Libcloud, and the
//! SDK for Node.js.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::clean_room::run;
use crate::simulator::{Simulator, skipped};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Where a client was installed; says loudly how when it was not.
fn installed(script: &str, proof: &str) -> Option<PathBuf> {
    let folder = root().join("target/clients").join(script);
    if folder.join(proof).exists() {
        return Some(folder);
    }
    skipped(&format!(
        "{script} is not here; run tests/clients/{script}.sh (needs the network once)"
    ));
    None
}

/// Runs the script to its end, which has to be a good one.
fn works(simulator: &Simulator, command: &mut Command, script: &str) {
    let ran = run(command
        .arg(root().join("tests/clients").join(script))
        .arg(&simulator.ready));
    assert_eq!(ran.code, Some(0), "{}\n{}", ran.stdout, ran.stderr);
}

#[test]
fn libcloud_makes_lists_opens_restarts_and_destroys_nodes() {
    let Some(folder) = installed("libcloud", "libcloud") else {
        return;
    };
    let simulator = Simulator::start();
    let mut python = Command::new("python3");
    python.args(["-W", "ignore"]).env("PYTHONPATH", folder);
    works(&simulator, &mut python, "libcloud_nodes.py");
}

#[test]
fn the_node_sdk_works_through_machines_disks_networks_and_accounts() {
    let Some(folder) = installed("node-sdk", "node_modules/azure-asm-compute") else {
        return;
    };
    let simulator = Simulator::start();
    let mut node = Command::new(folder.join("node"));
    node.env("NODE_PATH", folder.join("node_modules"))
        .env("NODE_EXTRA_CA_CERTS", simulator.said("ca"));
    works(&simulator, &mut node, "node_sdk.js");
}
