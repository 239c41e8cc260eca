//! Clients of Docker that others wrote, unmodified, against an engine without any cloud.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::program::{Program, folder};

/// The folder that tests/clients/docker-clients.sh filled.
fn clients() -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let folder = root.join("target/clients/docker");
    if folder.join("python/docker").exists() && folder.join("node_modules/dockerode").exists() {
        return Some(folder);
    }
    _ = std::io::Write::write_all(
        &mut std::io::stderr(),
        b"SKIPPED: docker-py and dockerode are not here; run tests/clients/docker-clients.sh\n",
    )
    .ok();
    None
}

/// Whether one of the clients is there; an older folder does not have all.
fn has(client: &str) -> bool {
    let there = clients().is_some_and(|folder| folder.join(client).exists());
    if !there {
        _ = std::io::Write::write_all(
            &mut std::io::stderr(),
            format!("SKIPPED: there is no {client}; run tests/clients/docker-clients.sh\n")
                .as_bytes(),
        )
        .ok();
    }
    there
}

/// Runs a client's script against an engine of its own.
fn run(interpreter: &str, script: &str) {
    let Some(clients) = clients() else { return };
    let script = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../tests/clients")
        .join(script);
    let engine = Program::start(folder(), &["docker", "serve"]);
    let host = engine.ready()["docker_host"][0]
        .as_str()
        .unwrap()
        .to_owned();
    let output = Command::new(interpreter)
        .arg(script)
        .env("DOCKER_HOST", &host)
        .env("PYTHONPATH", clients.join("python"))
        .env("NODE_PATH", clients.join("node_modules"))
        .env("HOME", engine.folder.path())
        .env_remove("DOCKER_TLS_VERIFY")
        .env_remove("DOCKER_CERT_PATH")
        .output();
    let Ok(output) = output else {
        _ = std::io::Write::write_all(
            &mut std::io::stderr(),
            format!("SKIPPED: there is no {interpreter}\n").as_bytes(),
        )
        .ok();
        return;
    };
    let said = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}\n{errors}");
    eprintln!("{}", said.lines().last().unwrap_or_default());
}

#[test]
fn docker_py_does_what_its_own_integration_tests_do() {
    run("python3", "docker_py.py");
}

#[test]
fn dockerode_runs_containers_and_commands() {
    run("node", "dockerode.js");
}

#[test]
fn testcontainers_starts_stops_and_reaps() {
    if has("python/testcontainers") {
        run("python3", "testcontainers_py.py");
    }
}
