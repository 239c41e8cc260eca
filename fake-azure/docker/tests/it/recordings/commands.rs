//! Every recorded command, by the real `docker`, against an engine in the recorder's world.
//!
//! It takes as long as the recorder took, some minutes: people type, loops sleep, and the
//! command line is a process that knows no other time.

use std::io::ErrorKind;
use std::process::{Command, Stdio};

use crate::docker::listen_unix;
use crate::recorded_world;

/// How many commands print what they printed. Without the plugins of the command line (compose
/// and buildx) fifteen cannot; and on a machine that is busy, one that types may come too late.
const FLOOR: usize = 186;

fn is_there(program: &str) -> bool {
    let found = Command::new(program)
        .arg("--version")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    match found {
        Ok(_) => true,
        Err(error) if error.kind() == ErrorKind::NotFound => {
            _ = std::io::Write::write_all(
                &mut std::io::stderr(),
                format!(
                    "SKIPPED: no `{program}` on PATH, by which recorded commands are replayed\n"
                )
                .as_bytes(),
            )
            .ok();
            false
        }
        Err(error) => panic!("{program}: {error}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn recorded_commands_print_what_they_printed() {
    let Some(tools) = super::folder("tools") else {
        return;
    };
    if super::folder("docker-recordings").is_none() || !is_there("docker") || !is_there("python3") {
        return;
    }
    // Over TCP the command line does not notice the keys that detach.
    let socket = tempfile::tempdir().unwrap();
    let host = listen_unix(recorded_world::engine(), socket.path());

    let replay = move || {
        Command::new("python3")
            .arg(tools.join("replay-docker-cli.py"))
            .arg("-v")
            .env("DOCKER_HOST", host)
            .env_remove("DOCKER_TLS_VERIFY")
            .env_remove("DOCKER_CERT_PATH")
            .env_remove("DOCKER_CONTEXT")
            .output()
            .unwrap()
    };
    let output = tokio::task::spawn_blocking(replay).await.unwrap();

    let said = String::from_utf8_lossy(&output.stdout);
    eprintln!("{said}");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let (_, count) = said.rsplit_once("matched ").unwrap();
    let matched: usize = count.split(' ').next().unwrap().parse().unwrap();
    assert!(matched >= FLOOR, "only {matched} match, and {FLOOR} did");
}
