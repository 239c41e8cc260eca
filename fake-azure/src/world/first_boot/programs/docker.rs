//! `docker` and `dockerd` as a machine's scripts call them.

use std::sync::Arc;
use std::time::Duration;

use fake_docker::process::Process;

use super::super::host::Host;
use super::say;

/// The version that engines here play.
const VERSION: &str = "Docker version 28.5.2, build ecc6942\n";

/// The client. What it is told is kept for whoever has the engine; it says nothing of its own.
pub(super) async fn client(mut process: Process, host: Arc<Host>) -> u8 {
    let words = &process.args[1..];
    let first = words.iter().map(String::as_str).next();
    if matches!(first, Some("--version" | "-v")) {
        say(&mut process, VERSION).await;
        return 0;
    }
    let needs_engine = !matches!(first, None | Some("help" | "--help" | "context" | "config"));
    if needs_engine && host.facts().engine().is_err() {
        let text = "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?\n";
        process.complain(text).await;
        return 1;
    }
    if needs_engine {
        let words = process.args[1..].to_vec();
        host.facts().call(&words);
    }
    0
}

/// The daemon, started by hand: it stays in the foreground.
pub(super) async fn daemon(mut process: Process, host: Arc<Host>) -> u8 {
    if process
        .args
        .iter()
        .any(|word| word == "--version" || word == "-v")
    {
        say(&mut process, VERSION).await;
        return 0;
    }
    if host.facts().engine().is_ok() {
        let text = "failed to start daemon, ensure docker is not running or delete /var/run/docker.pid: process is still running\n";
        process.complain(text).await;
        return 1;
    }
    let (files, now) = (process.space.files().clone(), process.now());
    let mut command = process.args.clone();
    let path = ["/usr/bin/dockerd", "/usr/sbin/dockerd"];
    let there = |path: &&str| files.is_file(path, &fake_docker::files::Credentials::ROOT);
    if let Some(path) = path.into_iter().find(there) {
        path.clone_into(&mut command[0]);
    }
    let why = {
        let mut facts = host.facts();
        if facts.start_by_hand(&files, &command, now) {
            None
        } else {
            facts.engine().err().map(ToString::to_string)
        }
    };
    if let Some(why) = why {
        process.complain(format!("{why}\n")).await;
        return 1;
    }
    loop {
        process.sleep(Duration::from_hours(1)).await;
    }
}
