//! Ctrl-C, given to the real binary: before a host is ready, with `--keep`, and while it serves.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Stdio};
use std::time::Duration;

use fake_azure::{FakeAzure, Pace};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use regex::Regex;

use crate::clean_room::{CleanRoom, Ran};

/// A simulator whose time stands still, and a room whose profile knows it.
struct Stage {
    azure: FakeAzure,
    room: CleanRoom,
}

impl Stage {
    async fn new() -> Self {
        let azure = FakeAzure::builder()
            .pace(Pace::ByHand)
            .refuse_misplaced(true)
            .start()
            .await
            .expect("a simulator");
        let room = CleanRoom::new();
        let settings = azure.publish_settings().display().to_string();
        let imported = room.azure(&["account", "import", &settings]);
        assert_eq!(imported.code, Some(0), "{}", imported.stderr);
        Self { azure, room }
    }

    fn create(&self, more: &[&str]) -> Child {
        let words = [
            "vm",
            "docker",
            "create",
            "-e",
            "22",
            "-l",
            "West US",
            "web",
            "Ubuntu-14_04",
            "azureuser",
            "Pa$$w0rd1",
        ];
        self.room
            .azure_command(&words)
            .args(more)
            .env("XPLAT_FAST", "1000")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("azure starts")
    }

    /// Lets time pass until the machine is being made.
    fn until_the_machine_is_being_made(&self) {
        let is_made = |entry: &fake_azure::Entry| {
            entry.method == "POST" && entry.path.ends_with("/deployments")
        };
        while !self.azure.cloud().journal().iter().any(is_made) {
            self.pass_time();
        }
    }

    fn pass_time(&self) {
        self.azure.cloud().advance(Duration::from_secs(20));
        std::thread::yield_now();
    }

    /// Lets time pass until the program has ended.
    fn until_it_ends(&self, mut child: Child) -> Ran {
        while child.try_wait().expect("a status").is_none() {
            self.pass_time();
        }
        let output = child.wait_with_output().expect("its output");
        Ran {
            code: output.status.code(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// The names of hosted services, storage accounts and disks.
    fn things(&self) -> Vec<String> {
        let world = self.azure.cloud().act(|world, now| world.to_json(now));
        let subscription = &world["subscriptions"][0];
        ["hosted_services", "storage_accounts", "disks"]
            .iter()
            .flat_map(|kind| subscription[kind].as_array().cloned().unwrap_or_default())
            .filter_map(|thing| thing["name"].as_str().map(str::to_owned))
            .collect()
    }
}

fn interrupt(child: &Child) {
    send(child, Signal::SIGINT);
}

fn send(child: &Child, signal: Signal) {
    let pid = Pid::from_raw(child.id().cast_signed());
    kill(pid, signal).expect("a running program");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_interrupted_create_leaves_nothing_that_it_made() {
    let stage = Stage::new().await;
    let before = stage.things();
    let child = stage.create(&[]);
    stage.until_the_machine_is_being_made();

    interrupt(&child);
    let ran = stage.until_it_ends(child);

    assert_eq!(ran.code, Some(130), "{}\n{}", ran.stdout, ran.stderr);
    assert!(ran.stderr.contains("interrupted"), "{}", ran.stderr);
    assert_eq!(stage.things(), before);
    assert!(
        stage.room.home().join(".docker/ca.pem").exists(),
        "certificates are the user's"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_terminal_that_goes_takes_back_what_was_made() {
    let stage = Stage::new().await;
    let before = stage.things();
    let child = stage.create(&[]);
    stage.until_the_machine_is_being_made();

    send(&child, Signal::SIGHUP);
    let ran = stage.until_it_ends(child);

    assert_eq!(ran.code, Some(130), "{}\n{}", ran.stdout, ran.stderr);
    assert_eq!(stage.things(), before);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_time_stands_still_one_sigterm_ends_it_and_tells_what_is_left() {
    let stage = Stage::new().await;
    let child = stage.create(&["--json"]);
    stage.until_the_machine_is_being_made();

    send(&child, Signal::SIGTERM);
    let output = child
        .wait_with_output()
        .expect("its end, without time passing");

    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(130), "{stderr}");
    let way_out = "virtual machine `web` of cloud service `web` is left; remove it with `azure vm";
    assert!(stderr.contains(way_out), "{stderr}");
    let told: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(told["interrupted"], true);
    assert!(
        !told["left"].as_array().expect("a list").is_empty(),
        "{told}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_kept_is_named_and_goes_with_the_commands_that_are_printed() {
    let stage = Stage::new().await;
    let before = stage.things();
    let child = stage.create(&["--keep"]);
    stage.until_the_machine_is_being_made();

    interrupt(&child);
    let ran = stage.until_it_ends(child);

    assert_eq!(ran.code, Some(130), "{}\n{}", ran.stdout, ran.stderr);
    let command = Regex::new("remove it with `azure ([^`]*)`").expect("an expression");
    let commands: Vec<Vec<String>> = command
        .captures_iter(&ran.stderr)
        .map(|found| found[1].split(' ').map(str::to_owned).collect())
        .collect();
    assert!(!commands.is_empty(), "{}", ran.stderr);
    assert_ne!(stage.things(), before);
    for words in commands {
        let child = stage
            .room
            .azure_command(&[])
            .args(&words)
            .env("XPLAT_FAST", "1000")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("azure starts");
        let ran = stage.until_it_ends(child);
        assert_eq!(
            ran.code,
            Some(0),
            "{words:?}: {}\n{}",
            ran.stdout,
            ran.stderr
        );
    }
    assert_eq!(stage.things(), before);
}

#[test]
fn ctrl_c_and_the_end_of_the_terminal_while_it_serves_end_it_cleanly() {
    for signal in [Signal::SIGINT, Signal::SIGHUP, Signal::SIGTERM] {
        serving_ends_cleanly_at(signal);
    }
}

fn serving_ends_cleanly_at(signal: Signal) {
    let room = CleanRoom::new();
    let words = [
        "vm",
        "docker",
        "create",
        "--fake",
        "-l",
        "West US",
        "web",
        "Ubuntu-14_04",
        "azureuser",
        "Pa$$w0rd1",
    ];
    let mut child = room
        .azure_command(&words)
        .stdout(Stdio::piped())
        .spawn()
        .expect("azure starts");
    let mut lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
    let serving = lines
        .by_ref()
        .map_while(Result::ok)
        .any(|line| line.contains("Ctrl-C ends it"));
    assert!(serving, "it ended before it served");

    send(&child, signal);
    let rest: Vec<String> = lines.map_while(Result::ok).collect();
    let status = child.wait().expect("its end");

    assert_eq!(status.code(), Some(0), "{rest:?}");
    let left = std::fs::read_dir(room.tmp()).expect("a folder").count();
    assert_eq!(left, 0, "temporary files stay");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dry_run_writes_nothing_anywhere() {
    let stage = Stage::new().await;

    let child = stage.create(&["--dry-run"]);
    let ran = stage.until_it_ends(child);

    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert!(
        ran.stdout.contains("create virtual machine `web`"),
        "{}",
        ran.stdout
    );
    assert!(!ran.stdout.contains("Pa$$w0rd1") && !ran.stderr.contains("Pa$$w0rd1"));
    assert!(!stage.room.home().join(".docker").exists());
    let journal = serde_json::to_value(stage.azure.cloud().journal()).expect("JSON");
    let writes = journal
        .as_array()
        .into_iter()
        .flatten()
        .filter(|entry| entry["method"] != "GET");
    assert_eq!(writes.count(), 0);
}
