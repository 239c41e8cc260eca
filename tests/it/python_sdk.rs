//! The Python SDK of the day, unmodified, against the simulator.

use std::path::Path;
use std::process::Command;

use crate::clean_room::run;
use crate::simulator::{Simulator, skipped};

#[test]
fn the_python_sdk_works_through_machines_disks_images_and_addresses() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let sdk = root.join("target/clients/python-sdk");
    if !sdk.join("azure").exists() {
        skipped(
            "the Python SDK is not here; run tests/clients/python-sdk.sh (needs python3 and pip)",
        );
        return;
    }
    let simulator = Simulator::start();
    let ran = run(Command::new("python3")
        .arg("-W")
        .arg("ignore")
        .arg(root.join("tests/clients/python_sdk.py"))
        .arg(&simulator.ready)
        .env("PYTHONPATH", &sdk));
    assert_eq!(ran.code, Some(0), "{}\n{}", ran.stdout, ran.stderr);
}
