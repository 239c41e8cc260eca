//! Clients of classic Azure's day that others wrote, unmodified, against the simulator: Apache Libcloud,
//! and the SDK for Node.js; and Libcloud's driver for Resource Manager.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::clean_room::run;
use crate::simulator::Simulator;
use crate::today;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn installed(client: &str, proof: &str) -> Option<PathBuf> {
    today::installed(client, proof, "the network once")
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

#[test]
fn libcloud_makes_stops_tags_and_destroys_nodes_of_resource_manager() {
    let Some(folder) = installed("libcloud", "libcloud") else {
        return;
    };
    let simulator = Simulator::start();
    let line = format!("python3 -W ignore {}", today::script("libcloud_arm.py"));
    let ran = run(today::in_a_run_of(&simulator, &line).env("PYTHONPATH", folder));
    assert_eq!(today::well(&ran), "all is done\n");
    today::all_was_understood(&simulator);
}
