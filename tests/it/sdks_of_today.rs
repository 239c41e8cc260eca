//! The SDKs of today's Azure for Python and JavaScript, unmodified, from the first group to the last
//! deletion, with the Docker clients of their languages.

use crate::clean_room::run;
use crate::simulator::Simulator;
use crate::today::{
    all_was_understood, are_here, certificates_and_custom_data, in_a_run_of, installed, script,
    well,
};

/// Runs parts of tests/clients/arm_python.py, and tells those that ended well.
fn python(simulator: &Simulator, parts: &str) -> Option<String> {
    let sdk = installed("arm-python", "docker", "python3 and pip")?;
    if !are_here(&["openssl"]) {
        return None;
    }
    let prepared = certificates_and_custom_data();
    let program = script("arm_python.py");
    let line = format!("{prepared}\npython3 -W ignore {program} {parts}");
    let ran = run(in_a_run_of(simulator, &line).env("PYTHONPATH", sdk));
    Some(well(&ran).replace('\n', " ").trim().to_owned())
}

#[test]
fn the_python_sdk_goes_through_a_machines_life() {
    let simulator = Simulator::start();
    let parts = "create speak_docker look live deploy be_refused delete page";
    let Some(done) = python(&simulator, parts) else {
        return;
    };
    assert_eq!(done, parts);
    all_was_understood(&simulator);
    let world = simulator.get("world").to_string();
    assert!(!world.contains("virtualMachines"), "{world}");
}

#[test]
fn the_python_sdk_waits_for_what_takes_time() {
    let simulator = Simulator::start_at("reads:1");
    let parts = "create speak_docker delete";
    let Some(done) = python(&simulator, parts) else {
        return;
    };
    assert_eq!(done, parts);
    all_was_understood(&simulator);
    let journal = simulator.get("journal").to_string();
    assert!(journal.contains("Get Operation"), "{journal}");
}

#[test]
fn the_javascript_sdk_goes_through_a_machines_life() {
    let Some(folder) = installed("arm-js", "node_modules/@azure/arm-compute", "npm") else {
        return;
    };
    if !are_here(&["openssl", "node"]) {
        return;
    }
    let simulator = Simulator::start();
    let prepared = certificates_and_custom_data();
    let line = format!("{prepared}\nnode {}", script("arm_js.js"));
    let ran = run(in_a_run_of(&simulator, &line).env("NODE_PATH", folder.join("node_modules")));
    assert!(well(&ran).ends_with("all is deleted\n"), "{}", ran.stdout);
    all_was_understood(&simulator);
}
