//! The `fake-azure` program: its files, its ends, and what it listens on.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use reqwest::{Certificate, Client, Identity};
use serde_json::Value;

use crate::stage::VERSION;

/// `fake-azure serve` in a folder of its own.
struct Program {
    child: Option<Child>,
    folder: tempfile::TempDir,
}

impl Program {
    fn start(folder: tempfile::TempDir, arguments: &[&str]) -> Self {
        let child = Command::new(env!("CARGO_BIN_EXE_fake-azure"))
            .arg("serve")
            .args(arguments)
            .args(["--ready-file", "ready.json"])
            .current_dir(folder.path())
            .env("TMPDIR", folder.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut program = Self {
            child: Some(child),
            folder,
        };
        let ready = program.folder.path().join("ready.json");
        while !ready.exists() {
            let ended = program.child.as_mut().unwrap().try_wait().unwrap();
            assert!(ended.is_none(), "{:?}", program.output());
            std::thread::yield_now();
        }
        program
    }

    /// What the ready file says: it is whole the moment it is there.
    fn ready(&self) -> Value {
        let text = std::fs::read_to_string(self.folder.path().join("ready.json")).unwrap();
        serde_json::from_str(&text).unwrap()
    }

    fn output(&mut self) -> Output {
        self.child.take().unwrap().wait_with_output().unwrap()
    }

    /// Sends a signal by its name and waits for the end.
    fn end(&mut self, signal: &str) -> Output {
        let pid = self.child.as_ref().unwrap().id().to_string();
        let sent = Command::new("kill").args([signal, &pid]).status().unwrap();
        assert!(sent.success());
        self.output()
    }

    fn names(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.folder.path()).unwrap();
        let mut names: Vec<_> = entries
            .map(|e| e.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().ok();
            child.wait().ok();
        }
    }
}

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

fn path(ready: &Value, name: &str) -> PathBuf {
    let path = PathBuf::from(ready[name].as_str().unwrap());
    assert!(path.is_absolute(), "{name}");
    path
}

fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}

/// A client made from the ready file alone.
fn client(ready: &Value) -> Client {
    let read = |name| std::fs::read(path(ready, name)).unwrap();
    Client::builder()
        .no_proxy()
        .tls_certs_only([Certificate::from_pem(&read("ca")).unwrap()])
        .identity(Identity::from_pem(&read("management_certificate")).unwrap())
        .timeout(Duration::from_secs(10))
        .build()
        .unwrap()
}

async fn locations(ready: &Value) -> u16 {
    let url = format!(
        "{}/{}/locations",
        ready["management"].as_str().unwrap(),
        ready["subscription_id"].as_str().unwrap()
    );
    let request = client(ready).get(url).header("x-ms-version", VERSION);
    request.send().await.unwrap().status().as_u16()
}

#[tokio::test]
async fn the_ready_file_is_all_that_a_client_needs() {
    let mut program = Program::start(folder(), &[]);
    let ready = program.ready();
    let names: Vec<_> = ready.as_object().unwrap().keys().cloned().collect();
    assert_eq!(
        names,
        [
            "management",
            "admin",
            "subscription_id",
            "publish_settings",
            "ca",
            "management_certificate",
            "hosts_file",
            "pid"
        ]
    );
    assert_eq!(ready["pid"], program.child.as_ref().unwrap().id());
    let management = ready["management"].as_str().unwrap();
    assert!(management.starts_with("https://127.0.0.1:"));
    let admin = ready["admin"].as_str().unwrap();
    assert!(admin.starts_with("http://127.0.0.1:") && !admin.contains("_fake"));
    let settings = std::fs::read_to_string(path(&ready, "publish_settings")).unwrap();
    assert!(settings.contains(&format!("ServiceManagementUrl=\"{management}\"")));
    assert!(settings.contains("FakeAzureCertificateAuthority=\""));
    assert!(settings.contains("SchemaVersion=\"2.0\""));
    assert_eq!(locations(&ready).await, 200);
    let plain = Client::builder().no_proxy().build().unwrap();
    let world = plain
        .get(format!("{admin}/_fake/world"))
        .send()
        .await
        .unwrap();
    assert_eq!(world.status(), 200);
    for secret in ["publish_settings", "management_certificate"] {
        assert_eq!(mode(&path(&ready, secret)), 0o600, "{secret}");
    }
    assert_eq!(mode(path(&ready, "ca").parent().unwrap()), 0o700);
    assert_eq!(mode(&program.folder.path().join("ready.json")), 0o600);
    assert!(program.end("-TERM").status.success());
}

#[test]
fn sigterm_and_sigint_end_it_with_0_and_nothing_is_left() {
    for signal in ["-TERM", "-INT"] {
        let mut program = Program::start(folder(), &[]);
        assert_eq!(program.names().len(), 2);
        let ready = program.ready();
        let ended = program.end(signal);
        assert_eq!(ended.status.code(), Some(0), "{signal}");
        assert_eq!(String::from_utf8_lossy(&ended.stderr), "");
        assert_eq!(program.names(), Vec::<String>::new());
        let at = ready["management"]
            .as_str()
            .unwrap()
            .replace("https://", "");
        assert!(std::net::TcpStream::connect(at).is_err());
    }
}

#[tokio::test]
async fn credentials_in_a_folder_are_used_again_and_stay() {
    let home = folder();
    let credentials = home.path().join("deep/credentials");
    let argument = credentials.to_str().unwrap().to_owned();
    let mut seen = Vec::new();
    for _ in 0..2 {
        let mut program = Program::start(folder(), &["--credentials", &argument]);
        let ready = program.ready();
        assert_eq!(path(&ready, "ca"), credentials.join("ca.pem"));
        assert_eq!(locations(&ready).await, 200);
        let settings = std::fs::read_to_string(path(&ready, "publish_settings")).unwrap();
        assert!(settings.contains(ready["management"].as_str().unwrap()));
        seen.push((
            ready["subscription_id"].clone(),
            std::fs::read(path(&ready, "ca")).unwrap(),
            std::fs::read(path(&ready, "management_certificate")).unwrap(),
        ));
        assert!(program.end("-TERM").status.success());
    }
    assert_eq!(seen[0], seen[1]);
    assert!(credentials.join("ca.pem").exists());
    assert_eq!(mode(&credentials), 0o700);
}

#[test]
fn an_incomplete_or_broken_folder_of_credentials_is_refused() {
    let home = folder();
    let credentials = home.path().join("credentials");
    let argument = credentials.to_str().unwrap().to_owned();
    let mut program = Program::start(folder(), &["--credentials", &argument]);
    program.end("-TERM");
    let serve = || {
        Command::new(env!("CARGO_BIN_EXE_fake-azure"))
            .args(["serve", "--credentials", &argument])
            .output()
            .unwrap()
    };
    for name in ["ca.pem", "ca-key.pem", "management.pem"] {
        let (file, aside) = (credentials.join(name), credentials.join("aside"));
        std::fs::rename(&file, &aside).unwrap();
        let refused = serve();
        assert_eq!(refused.status.code(), Some(1));
        let said = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert!(said.starts_with("error: ") && said.contains(name), "{said}");
        assert!(!file.exists());
        std::fs::copy(credentials.join("hosts"), &file).unwrap();
        let refused = serve();
        assert_eq!(refused.status.code(), Some(1), "{name}");
        std::fs::rename(&aside, &file).unwrap();
    }
    assert_eq!(mode(&credentials), 0o700);
}

#[test]
fn wrong_arguments_are_refused() {
    for arguments in [
        &["serve", "--pace", "slow"][..],
        &["serve", "--pace", "reads:0"],
        &["serve", "--listen", "nowhere"],
        &["serve", "--ready-file", "/nowhere/at/all/ready.json"],
        &[],
        &["dance"],
    ] {
        let output = Command::new(env!("CARGO_BIN_EXE_fake-azure"))
            .args(arguments)
            .output()
            .unwrap();
        assert!(!output.status.success(), "{arguments:?}");
        assert!(!output.stderr.is_empty());
    }
    let squatter = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = squatter.local_addr().unwrap().to_string();
    let output = Command::new(env!("CARGO_BIN_EXE_fake-azure"))
        .args(["serve", "--listen", &taken])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains(&taken));
}

#[test]
fn every_pace_can_be_asked_for() {
    for pace in ["instant", "reads:2", "after", "after:0.5", "by-hand"] {
        let mut program = Program::start(folder(), &["--pace", pace]);
        assert!(program.end("-TERM").status.success());
    }
}

/// Addresses that a process of this machine listens on, by the kernel's tables.
#[cfg(target_os = "linux")]
fn listening(pid: u32) -> Vec<String> {
    let sockets: Vec<String> = std::fs::read_dir(format!("/proc/{pid}/fd"))
        .unwrap()
        .filter_map(|fd| std::fs::read_link(fd.unwrap().path()).ok())
        .filter_map(|link| {
            let link = link.to_str()?.to_owned();
            Some(
                link.strip_prefix("socket:[")?
                    .trim_end_matches(']')
                    .to_owned(),
            )
        })
        .collect();
    ["tcp", "tcp6"]
        .iter()
        .flat_map(|table| {
            let text = std::fs::read_to_string(format!("/proc/{pid}/net/{table}")).unwrap();
            text.lines()
                .skip(1)
                .map(|line| {
                    line.split_whitespace()
                        .map(str::to_owned)
                        .collect::<Vec<_>>()
                })
                .filter(|columns| columns[3] == "0A" && sockets.contains(&columns[9]))
                .map(|columns| columns[1].clone())
                .collect::<Vec<_>>()
        })
        .collect()
}

#[cfg(target_os = "linux")]
#[test]
fn it_listens_on_loopback_alone_unless_told() {
    let mut program = Program::start(folder(), &[]);
    let at = listening(program.child.as_ref().unwrap().id());
    assert_eq!(at.len(), 2, "{at:?}");
    // The kernel writes 127.0.0.1 backwards.
    assert!(
        at.iter().all(|address| address.starts_with("0100007F:")),
        "{at:?}"
    );
    program.end("-TERM");
    let mut program = Program::start(folder(), &["--listen", "0.0.0.0:0"]);
    let at = listening(program.child.as_ref().unwrap().id());
    assert!(
        at.iter().any(|address| address.starts_with("00000000:")),
        "{at:?}"
    );
    let management = program.ready()["management"].as_str().unwrap().to_owned();
    assert!(management.starts_with("https://127.0.0.1:"));
    program.end("-TERM");
}
