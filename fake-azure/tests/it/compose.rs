//! Compose, unmodified, against an engine without any cloud: the standalone program of Debian,
//! since no plugin of the second generation is in a package.

use std::path::Path;
use std::process::{Command, Output};

use crate::program::{Program, folder};

/// Runs compose on the project beside the tests; none where it is not installed.
fn compose(engine: &Program, words: &[&str]) -> Option<Output> {
    let project = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/clients/compose");
    let host = engine.ready()["docker_host"][0].as_str()?.to_owned();
    let output = Command::new("docker-compose")
        .args(["--no-ansi", "--project-name", "shop"])
        .args(words)
        .current_dir(project)
        .env("DOCKER_HOST", host)
        .env("DOCKER_BUILDKIT", "0")
        .env("COMPOSE_DOCKER_CLI_BUILD", "0")
        .env("HOME", engine.folder.path())
        .env_remove("DOCKER_TLS_VERIFY")
        .env_remove("DOCKER_CERT_PATH")
        .output();
    if output.is_err() {
        _ = std::io::Write::write_all(
            &mut std::io::stderr(),
            b"SKIPPED: there is no docker-compose; on Debian: apt-get install docker-compose\n",
        )
        .ok();
    }
    output.ok()
}

/// The same, of what has to end well; what it said.
fn said(engine: &Program, words: &[&str]) -> Option<String> {
    let output = compose(engine, words)?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{words:?}\n{said}\n{errors}");
    Some(said)
}

#[test]
fn compose_brings_a_project_up_and_takes_it_down() {
    let engine = Program::start(folder(), &["docker", "serve"]);
    if said(&engine, &["up", "-d"]).is_none() {
        return;
    }
    let visitor = said(&engine, &["up", "--exit-code-from", "visitor", "visitor"]).unwrap();
    assert!(
        visitor.contains("<title>Welcome to nginx!</title>"),
        "{visitor}"
    );
    assert!(visitor.contains("+PONG"), "{visitor}");

    let port = said(&engine, &["port", "web", "80"]).unwrap();
    let port = port.trim().rsplit(':').next().unwrap().to_owned();
    let page = std::net::TcpStream::connect(format!("127.0.0.1:{port}"));
    assert!(page.is_ok(), "nothing listens at {port}");

    said(
        &engine,
        &["exec", "-T", "store", "redis-cli", "set", "kept", "yes"],
    );
    // Not --force-recreate: that asks for a key of images that Docker 25 dropped.
    said(&engine, &["rm", "-s", "-f", "store"]);
    said(&engine, &["up", "-d", "store"]);
    let kept = said(
        &engine,
        &["exec", "-T", "store", "redis-cli", "get", "kept"],
    );
    assert_eq!(kept.unwrap().trim(), "yes");
    said(&engine, &["scale", "web=3"]);
    let listed = said(&engine, &["ps"]).unwrap();
    assert_eq!(listed.matches("shop_web_").count(), 3, "{listed}");

    said(&engine, &["down", "-v", "--rmi", "local"]);
    let listed = said(&engine, &["ps"]).unwrap();
    assert!(!listed.contains("shop_"), "{listed}");
}
