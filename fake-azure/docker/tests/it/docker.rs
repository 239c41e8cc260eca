//! The real `docker` over plain TCP.

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::process::{Command, Output};

use fake_docker::Engine;
use tokio::net::TcpListener;

/// Serves an engine on a port of its own, as long as the test runs.
pub(crate) async fn listen(engine: Engine) -> SocketAddr {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let engine = engine.clone();
            tokio::spawn(async move { engine.serve(stream).await });
        }
    });
    address
}

/// Serves an engine at a socket in this folder, as long as the test runs.
pub(crate) fn listen_unix(engine: Engine, folder: &std::path::Path) -> String {
    let path = folder.join("docker.sock");
    let listener = tokio::net::UnixListener::bind(&path).unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let engine = engine.clone();
            tokio::spawn(async move { engine.serve(stream).await });
        }
    });
    format!("unix://{}", path.display())
}

/// Runs `docker` with an empty configuration; `None` when there is no such program.
async fn docker(address: SocketAddr, arguments: &'static str) -> Option<Output> {
    let run = move || {
        let home = tempfile::tempdir().unwrap();
        let output = Command::new("docker")
            .arg("-H")
            .arg(format!("tcp://{address}"))
            .args(arguments.split(' '))
            .env_remove("DOCKER_HOST")
            .env_remove("DOCKER_CONTEXT")
            .env_remove("DOCKER_API_VERSION")
            .env_remove("DOCKER_TLS")
            .env_remove("DOCKER_TLS_VERIFY")
            .env("DOCKER_CONFIG", home.path())
            .output();
        match output {
            Ok(output) => Some(output),
            Err(error) if error.kind() == ErrorKind::NotFound => {
                eprintln!(
                    "SKIPPED: no `docker` on PATH; install the docker CLI to check the engine with it"
                );
                None
            }
            Err(error) => panic!("{error}"),
        }
    };
    tokio::task::spawn_blocking(run).await.unwrap()
}

fn host() -> Engine {
    Engine::builder()
        .name("my-docker-host")
        .cpus(1)
        .memory_bytes(1_750_000_000)
        .operating_system("Ubuntu 14.10")
        .kernel_version("3.16.0-23-generic")
        .build()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn docker_lists_an_empty_world() {
    let address = listen(host()).await;

    for (arguments, printed) in [
        (
            "ps -a",
            "CONTAINER ID   IMAGE     COMMAND   CREATED   STATUS    PORTS     NAMES\n",
        ),
        (
            "images",
            "REPOSITORY   TAG       IMAGE ID   CREATED   SIZE\n",
        ),
        ("volume ls", "DRIVER    VOLUME NAME\n"),
        (
            "network ls --format {{.Name}},{{.Driver}},{{.Scope}}",
            "bridge,bridge,local\nhost,host,local\nnone,null,local\n",
        ),
        ("network inspect bridge --format {{.Name}}", "bridge\n"),
        ("plugin ls", "ID        NAME      DESCRIPTION   ENABLED\n"),
        (
            "system df --format {{.Type}}:{{.TotalCount}}",
            "Images:0\nContainers:0\nLocal Volumes:0\nBuild Cache:0\n",
        ),
    ] {
        let Some(output) = docker(address, arguments).await else {
            return;
        };
        assert_eq!(text(&output.stdout), printed, "docker {arguments}");
        assert_eq!(text(&output.stderr), "", "docker {arguments}");
        assert!(output.status.success(), "docker {arguments}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn docker_shows_the_engine_and_its_host_without_a_warning() {
    let address = listen(host()).await;

    let Some(info) = docker(address, "info").await else {
        return;
    };
    let printed = text(&info.stdout);
    let (_, server) = printed.split_once("\nServer:\n").unwrap();
    for line in [
        " Server Version: 28.5.2",
        " Storage Driver: overlay2",
        "  Backing Filesystem: extfs",
        " Logging Driver: json-file",
        "  Network: bridge host ipvlan macvlan null overlay",
        " Swarm: inactive",
        " Default Runtime: runc",
        " Kernel Version: 3.16.0-23-generic",
        " Operating System: Ubuntu 14.10",
        " OSType: linux",
        " Architecture: x86_64",
        " CPUs: 1",
        " Total Memory: 1.63GiB",
        " Name: my-docker-host",
        " Docker Root Dir: /var/lib/docker",
        " Live Restore Enabled: false",
    ] {
        assert!(server.lines().any(|l| l == line), "{line:?} in\n{server}");
    }
    assert_eq!(text(&info.stderr), "");

    let version = docker(address, "version").await.unwrap();
    let printed = text(&version.stdout);
    let (_, server) = printed.split_once("\nServer:\n").unwrap();
    assert!(server.contains("  Version:          28.5.2\n"), "{server}");
    assert!(
        server.contains("  API version:      1.51 (minimum version 1.24)\n"),
        "{server}"
    );
    assert!(version.status.success());
}

#[tokio::test(flavor = "multi_thread")]
async fn docker_hears_why_it_is_refused() {
    let address = listen(host()).await;

    for (arguments, words) in [
        ("inspect nosuch", "Error: No such object: nosuch"),
        (
            "rm nosuch",
            "Error response from daemon: No such container: nosuch",
        ),
        ("pull nosuch/image", "pull access denied for nosuch/image"),
        (
            "ps --filter nosuch=1",
            "Error response from daemon: invalid filter 'nosuch'",
        ),
        (
            "network rm bridge",
            "bridge is a pre-defined network and cannot be removed",
        ),
        ("node ls", "This node is not a swarm manager"),
    ] {
        let Some(output) = docker(address, arguments).await else {
            return;
        };
        let said = text(&output.stderr);
        assert!(said.contains(words), "docker {arguments}: {said}");
        assert!(!output.status.success(), "docker {arguments}");
    }
}
