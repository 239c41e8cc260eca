//! The `fake-azure` program: its files, its ends, and what it listens on.

use std::process::Command;
use std::time::Duration;

use reqwest::{Certificate, Client, Identity};
use serde_json::Value;

use crate::program::{Program, folder, mode, path};
use crate::stage::VERSION;

/// A client made from the ready file alone.
pub(crate) fn client(ready: &Value) -> Client {
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
    let mut program = Program::start(folder(), &["serve"]);
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
            "resource_manager",
            "authority",
            "proxy",
            "metadata_service",
            "tenant_id",
            "ca_bundle",
            "service_principal",
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
fn sigterm_sigint_and_sighup_end_it_with_0_and_nothing_is_left() {
    for signal in ["-TERM", "-INT", "-HUP"] {
        let mut program = Program::start(folder(), &["serve"]);
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
        let mut program = Program::start(folder(), &["serve", "--credentials", &argument]);
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
    let mut program = Program::start(folder(), &["serve", "--credentials", &argument]);
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
fn a_folder_of_credentials_has_one_simulator_and_is_free_when_that_is_killed() {
    let home = folder();
    let credentials = home.path().join("credentials");
    let argument = credentials.to_str().unwrap().to_owned();
    let mut first = Program::start(folder(), &["serve", "--credentials", &argument]);
    let files = [
        "ca.pem",
        "management.pem",
        "fake-azure.publishsettings",
        "hosts",
    ];
    let contents = || files.map(|name| std::fs::read(credentials.join(name)).unwrap());
    let before = contents();

    let refused = Command::new(env!("CARGO_BIN_EXE_fake-azure"))
        .args(["serve", "--credentials", &argument])
        .output()
        .unwrap();
    assert_eq!(refused.status.code(), Some(1));
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(said.contains(&argument), "{said}");
    assert!(said.contains("another simulator"), "{said}");
    assert_eq!(contents(), before);

    first.end("-KILL");
    let mut second = Program::start(folder(), &["serve", "--credentials", &argument]);
    assert_eq!(contents()[0], before[0]);
    second.end("-TERM");
}

#[tokio::test]
async fn of_several_that_begin_at_once_in_one_folder_one_serves_with_a_whole_set() {
    let home = folder();
    let credentials = home.path().join("credentials");
    let start = || {
        Command::new(env!("CARGO_BIN_EXE_fake-azure"))
            .args(["serve", "--credentials"])
            .arg(&credentials)
            .args(["--ready-file", "/dev/stdout"])
            .stdout(std::process::Stdio::piped())
            .stderr(std::process::Stdio::null())
            .spawn()
            .unwrap()
    };
    let mut all = [start(), start(), start()];
    let mut serving = None;
    while serving.is_none() {
        serving = std::fs::read_to_string(credentials.join("ready.json")).ok();
        std::thread::yield_now();
    }
    let ready: Value = serde_json::from_str(&serving.unwrap()).unwrap();
    assert_eq!(locations(&ready).await, 200);
    let pid = ready["pid"].as_u64().unwrap();
    for child in &mut all {
        if u64::from(child.id()) != pid {
            assert_eq!(child.wait().unwrap().code(), Some(1));
        }
    }
    assert_eq!(locations(&ready).await, 200);
    for child in &mut all {
        child.kill().ok();
        child.wait().unwrap();
    }
}

#[test]
fn links_in_a_folder_of_credentials_are_not_followed() {
    let home = folder();
    let elsewhere = home.path().join("elsewhere");
    for name in [
        "ca.pem",
        "hosts",
        "ready.json",
        "fake-azure.publishsettings",
    ] {
        let credentials = home.path().join(name);
        std::fs::create_dir(&credentials).unwrap();
        std::os::unix::fs::symlink(&elsewhere, credentials.join(name)).unwrap();

        let refused = Command::new(env!("CARGO_BIN_EXE_fake-azure"))
            .args(["serve", "--credentials"])
            .arg(&credentials)
            .output()
            .unwrap();

        assert_eq!(refused.status.code(), Some(1), "{name}");
        let said = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert!(said.contains(name) && said.contains("link"), "{said}");
        assert!(!elsewhere.exists());
    }
}

#[test]
fn the_folder_of_a_killed_one_goes_with_the_next() {
    let place = folder();
    let start = || {
        let mut child = Command::new(env!("CARGO_BIN_EXE_fake-azure"))
            .arg("serve")
            .env("TMPDIR", place.path())
            .stdout(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let out = child.stdout.as_mut().unwrap();
        std::io::BufRead::read_line(&mut std::io::BufReader::new(out), &mut line).unwrap();
        child
    };
    let folders = || {
        let entries = std::fs::read_dir(place.path()).unwrap();
        entries
            .map(|entry| entry.unwrap().path())
            .collect::<Vec<_>>()
    };
    let mut first = start();
    let [left] = &folders()[..] else {
        panic!("{:?}", folders());
    };
    first.kill().unwrap();
    first.wait().unwrap();
    // One that is so young may still be about to be held.
    let long_ago = std::time::SystemTime::UNIX_EPOCH;
    std::fs::File::open(left)
        .unwrap()
        .set_modified(long_ago)
        .unwrap();

    let mut second = start();

    assert_eq!(folders().len(), 1);
    assert!(!left.exists());
    second.kill().unwrap();
    second.wait().unwrap();
}

#[test]
fn wrong_arguments_are_refused() {
    for arguments in [
        &["serve", "--pace", "slow"][..],
        &["serve", "--pace", "reads:0"],
        &["serve", "--listen", "nowhere"],
        &["serve", "--listen-proxy", "nowhere"],
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
    for option in [
        "--listen",
        "--listen-resource-manager",
        "--listen-proxy",
        "--listen-metadata-service",
    ] {
        let output = Command::new(env!("CARGO_BIN_EXE_fake-azure"))
            .args(["serve", option, &taken])
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(1), "{option}");
        assert!(String::from_utf8_lossy(&output.stderr).contains(&taken));
    }
}

#[test]
#[cfg(target_os = "linux")]
fn the_doors_of_todays_azure_are_where_they_were_told_to_be() {
    let arguments = [
        "serve",
        "--listen-resource-manager",
        "127.0.0.2:0",
        "--listen-proxy",
        "127.0.0.3:0",
        "--listen-metadata-service",
        "0.0.0.0:0",
    ];
    let mut program = Program::start(folder(), &arguments);
    let ready = program.ready();
    for (door, begins) in [
        ("management", "https://127.0.0.1:"),
        ("resource_manager", "https://127.0.0.2:"),
        ("authority", "https://127.0.0.2:"),
        ("proxy", "http://127.0.0.3:"),
        // What cannot be dialled is told as this machine's own.
        ("metadata_service", "http://127.0.0.1:"),
    ] {
        let said = ready[door].as_str().unwrap();
        assert!(said.starts_with(begins), "{door}: {said}");
        let address = said.split_once("://").unwrap().1;
        std::net::TcpStream::connect(address.trim_end_matches('/')).unwrap();
    }
    program.end("-TERM");
}

#[test]
fn every_pace_can_be_asked_for() {
    for pace in ["instant", "reads:2", "after", "after:0.5", "by-hand"] {
        let mut program = Program::start(folder(), &["serve", "--pace", pace]);
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
    let mut program = Program::start(folder(), &["serve"]);
    let at = listening(program.child.as_ref().unwrap().id());
    assert_eq!(at.len(), 5, "{at:?}");
    // The kernel writes 127.0.0.1 backwards.
    assert!(
        at.iter().all(|address| address.starts_with("0100007F:")),
        "{at:?}"
    );
    program.end("-TERM");
    let mut program = Program::start(folder(), &["serve", "--listen", "0.0.0.0:0"]);
    let at = listening(program.child.as_ref().unwrap().id());
    assert!(
        at.iter().any(|address| address.starts_with("00000000:")),
        "{at:?}"
    );
    let management = program.ready()["management"].as_str().unwrap().to_owned();
    assert!(management.starts_with("https://127.0.0.1:"));
    program.end("-TERM");
}
