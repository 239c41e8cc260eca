//! A real engine of Debian's packages behind the door: what the real CLI says and hears through it.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use crate::program::{Program, folder};

/// The engine, in a folder of its own.
struct Engine {
    daemon: Child,
    folder: tempfile::TempDir,
}

fn skip(why: &str) {
    std::io::stderr()
        .write_all(format!("SKIPPED: {why}\n").as_bytes())
        .ok();
}

/// What tests/clients/real-engine.sh unpacked.
fn unpacked() -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let folder = root.join("target/clients/real-engine");
    folder.join("whole").exists().then_some(folder)
}

impl Engine {
    /// None where none can be started; why is told.
    fn start() -> Option<Self> {
        let Some(unpacked) = unpacked() else {
            skip("there is no real Docker engine; run tests/clients/real-engine.sh");
            return None;
        };
        let folder = folder();
        let log = folder.path().join("log");
        let log = std::fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(log)
            .unwrap();
        let daemon = Command::new(unpacked.join("serve"))
            .arg(folder.path())
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .unwrap();
        let mut engine = Self { daemon, folder };
        while !engine.answers() {
            if engine.daemon.try_wait().unwrap().is_some() {
                let log = std::fs::read_to_string(engine.folder.path().join("log")).unwrap();
                let last = log.lines().last().unwrap_or_default();
                skip(&format!("the real engine does not start here: {last}"));
                return None;
            }
            std::thread::yield_now();
        }
        let image = unpacked.join("alpine.tar").display().to_string();
        let imported = docker(&engine.direct(), &["import", &image, "alpine"], "");
        assert!(imported.status.success(), "{imported:?}");
        Some(engine)
    }

    fn socket(&self) -> String {
        format!("unix://{}/docker.sock", self.folder.path().display())
    }

    /// What leads a CLI to the engine itself.
    fn direct(&self) -> [String; 2] {
        ["-H".to_owned(), self.socket()]
    }

    fn answers(&self) -> bool {
        use std::io::Read as _;
        let path = self.folder.path().join("docker.sock");
        let Ok(mut stream) = std::os::unix::net::UnixStream::connect(path) else {
            return false;
        };
        let asked = stream.write_all(b"GET /_ping HTTP/1.0\r\n\r\n");
        let mut said = String::new();
        asked.is_ok() && stream.read_to_string(&mut said).is_ok() && said.contains(" 200 ")
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        // It ends its containers and its containerd when it is asked to end, not when it is killed.
        let pid = self.daemon.id().to_string();
        Command::new("kill").arg(pid).status().ok();
        self.daemon.wait().ok();
    }
}

fn docker(before: &[String], words: &[&str], input: &str) -> Output {
    let home = folder();
    let mut child = Command::new("docker")
        .args(before)
        .args(words)
        .env("HOME", home.path())
        .env("DOCKER_BUILDKIT", "0")
        .env_remove("DOCKER_HOST")
        .env_remove("DOCKER_TLS_VERIFY")
        .env_remove("DOCKER_CERT_PATH")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A CLI that has failed reads nothing; what it says tells why.
    child.stdin.take().unwrap().write_all(input.as_bytes()).ok();
    child.wait_with_output().unwrap()
}

#[test]
fn the_real_cli_works_on_a_real_engine_through_the_pipe() {
    if Command::new("docker").arg("--version").output().is_err() {
        return skip("there is no docker CLI; .ci/programs installs one");
    }
    let Some(engine) = Engine::start() else {
        return;
    };
    let arguments = ["docker", "serve", "--listen", "tcp://127.0.0.1:0", "--tls"];
    let socket = engine.socket();
    let arguments = [&arguments[..], &["certificates", "--engine", &socket]].concat();
    let door = Program::start(folder(), &arguments);
    let ready = door.ready();
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    let certificates = PathBuf::from(text(&ready["docker_cert_path"]));
    let mut through = vec![
        "-H".to_owned(),
        text(&ready["docker_host"][0]),
        "--tlsverify".to_owned(),
    ];
    for (option, file) in [
        ("cacert", "ca.pem"),
        ("cert", "cert.pem"),
        ("key", "key.pem"),
    ] {
        through.push(format!("--tls{option}"));
        through.push(certificates.join(file).display().to_string());
    }
    let said = |words: &[&str], input: &str| {
        let output = docker(&through, words, input);
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{words:?}: {errors}");
        String::from_utf8(output.stdout).unwrap()
    };

    // The engine behind the door is the one that was asked for, not ours.
    let id = ["info", "--format", "{{.ID}}"];
    let own = docker(&engine.direct(), &id, "");
    assert_eq!(said(&id, ""), String::from_utf8(own.stdout).unwrap());

    // A hijacked stream whose input ends before its output.
    let echoed = said(&["run", "--rm", "-i", "alpine", "cat"], "one\ntwo\n");
    assert_eq!(echoed, "one\ntwo\n");
    said(
        &["run", "-d", "--name", "stays", "alpine", "sleep", "1000"],
        "",
    );
    let inside = said(&["exec", "-i", "stays", "sh", "-c", "cat; ls /bin"], "in\n");
    assert!(
        inside.starts_with("in\n") && inside.contains("busybox"),
        "{inside}"
    );
    let failed = docker(&through, &["exec", "stays", "sh", "-c", "exit 7"], "");
    assert_eq!(failed.status.code(), Some(7));

    // A body that is sent, and an answer that comes in pieces.
    let recipe = "FROM alpine\nRUN echo built > /made\nCMD [\"cat\", \"/made\"]\n";
    said(&["build", "-q", "-t", "built", "-"], recipe);
    assert_eq!(said(&["run", "--rm", "built"], ""), "built\n");
    said(&["rm", "-f", "stays"], "");
}
