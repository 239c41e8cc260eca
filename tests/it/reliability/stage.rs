//! A simulator of its own, rooms with profiles that lead to it, and looks at what is there.

use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::bad_line::{Api, BadLine, PATIENCE, Plan, Upstream, profile_over};
use crate::clean_room::{CleanRoom, Ran};
use crate::simulator::Simulator;

pub(crate) const CREATE: [&str; 11] = [
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

const CREATE_TODAY: [&str; 9] = [
    "vm",
    "docker",
    "create",
    "-e",
    "22",
    "-l",
    "West US",
    "web",
    "Ubuntu-24_04",
];

/// A simulator, and a profile that leads to it.
pub(crate) struct Stage {
    pub(crate) simulator: Simulator,
    upstream: Upstream,
    profile: PathBuf,
}

impl Stage {
    /// A stage of classic Azure.
    pub(crate) fn new() -> Self {
        Self::of(Api::ServiceManagement)
    }

    /// A stage of the Azure that is asked by `api`.
    pub(crate) fn of(api: Api) -> Self {
        let simulator = Simulator::start();
        let ready = std::fs::read_to_string(&simulator.ready).expect("a ready file");
        let ready: Value = serde_json::from_str(&ready).expect("JSON");
        let told = |name: &str| ready[name].as_str().expect("text").to_owned();
        let read = |name: &str| std::fs::read_to_string(told(name)).expect("a file");
        let upstream = Upstream {
            management: match api {
                Api::ServiceManagement => told("management"),
                Api::ResourceManager => told("resource_manager"),
            },
            api,
            admin: told("admin"),
            identity: read("management_certificate"),
            authority: read("ca"),
        };
        for words in signing_in(api, &told) {
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            let done = simulator.room.azure(&words);
            assert_eq!(done.code, Some(0), "{words:?}: {}", done.stderr);
        }
        let profile = simulator.room.home().join(".azure/classic.json");
        Self {
            simulator,
            upstream,
            profile,
        }
    }

    /// The line that makes machine `web`.
    pub(crate) fn create(&self) -> Vec<&'static str> {
        match self.upstream.api {
            Api::ServiceManagement => CREATE.to_vec(),
            Api::ResourceManager => [&CREATE_TODAY[..], &["azureuser"]].concat(),
        }
    }

    /// The line that finishes it.
    pub(crate) fn recover(&self) -> Vec<&'static str> {
        let words = ["vm", "docker", "recover", "web"];
        match self.upstream.api {
            Api::ServiceManagement => [&words[..], &["-p", "Pa$$w0rd1"]].concat(),
            Api::ResourceManager => words.to_vec(),
        }
    }

    /// Back to the beginning.
    pub(crate) fn reset(&self) {
        self.simulator.admin()("reset", "{}");
    }

    /// A line to the simulator on which a request goes wrong.
    pub(crate) fn line(&self, plan: Option<Plan>) -> BadLine {
        BadLine::start(self.upstream.clone(), plan)
    }

    /// A room whose profile leads straight to the simulator.
    pub(crate) fn room(&self) -> CleanRoom {
        let room = CleanRoom::new();
        let profile = std::fs::read_to_string(&self.profile).expect("a profile");
        write_profile(&room, &profile);
        room
    }

    /// Lets the room's profile lead over the line; `None` lets it lead straight again.
    pub(crate) fn lead(&self, room: &CleanRoom, line: Option<&BadLine>) {
        let profile = match line {
            Some(line) => profile_over(line, &self.profile),
            None => std::fs::read_to_string(&self.profile).expect("a profile"),
        };
        write_profile(room, &profile);
    }

    /// Everything in the subscription, apart from the memory of how it came to be.
    pub(crate) fn things(&self) -> Value {
        let mut world = self.simulator.get("world");
        let mut subscription = world["subscriptions"][0].take();
        if let Some(subscription) = subscription.as_object_mut() {
            subscription.remove("operations");
        }
        subscription
    }
}

/// The commands that lead a profile to a simulator.
fn signing_in(api: Api, told: &impl Fn(&str) -> String) -> Vec<Vec<String>> {
    let words = |words: &[&str]| words.iter().map(|&word| word.to_owned()).collect();
    match api {
        Api::ServiceManagement => {
            vec![words(&["account", "import", &told("publish_settings")])]
        }
        Api::ResourceManager => {
            let file = std::fs::read_to_string(told("service_principal")).expect("a file");
            let principal: Value = serde_json::from_str(&file).expect("JSON");
            let told_of = |name: &str| principal[name].as_str().expect("text").to_owned();
            vec![
                words(&[
                    "login",
                    "--service-principal",
                    "-u",
                    &told_of("clientId"),
                    "-p",
                    &told_of("clientSecret"),
                    "--tenant",
                    &told_of("tenantId"),
                    "--resource-manager",
                    &told("resource_manager"),
                    "--ca",
                    &told("ca"),
                ]),
                words(&["config", "mode", "arm"]),
            ]
        }
    }
}

/// Is machine `name` there, with Docker that answers to what lies in the room?
pub(crate) fn is_whole(room: &CleanRoom, name: &str) -> bool {
    let ran = end(azure(room, &["vm", "docker", "ls", "--json"]));
    let all: Value = serde_json::from_str(&ran.stdout).unwrap_or_default();
    all.as_array().into_iter().flatten().any(|one| {
        one["name"] == name && one["docker"]["answers"] == true && is_running(&one["status"])
    })
}

/// In the word of either API.
fn is_running(status: &Value) -> bool {
    let word = status.as_str().unwrap_or_default();
    word == "ReadyRole" || word == "running"
}

fn write_profile(room: &CleanRoom, profile: &str) {
    let path = room.write(".azure/classic.json", profile);
    std::fs::set_permissions(path, PermissionsExt::from_mode(0o600)).expect("its mode");
}

/// The binary in a room, where waits are a thousand times shorter.
pub(crate) fn azure(room: &CleanRoom, words: &[&str]) -> Command {
    let mut command = room.azure_command(words);
    command.env("XPLAT_FAST", "1000");
    command
}

/// Starts it with its words kept.
pub(crate) fn start(mut command: Command) -> Child {
    command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("azure starts")
}

/// Runs it to its end, which has to come.
pub(crate) fn end(command: Command) -> Ran {
    wait(start(command))
}

/// Waits for its end, which has to come.
pub(crate) fn wait(mut child: Child) -> Ran {
    let begin = Instant::now();
    while child.try_wait().expect("a status").is_none() {
        assert!(begin.elapsed() < PATIENCE, "a run hangs");
        std::thread::park_timeout(Duration::from_millis(5));
    }
    let output = child.wait_with_output().expect("its output");
    Ran {
        code: output.status.code(),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// The files of intents and records in a room.
pub(crate) fn notes(room: &CleanRoom) -> Vec<(PathBuf, Value)> {
    let mut found = Vec::new();
    let mut waiting = vec![room.home().join(".azure/hosts")];
    while let Some(folder) = waiting.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                waiting.push(path);
            } else if path.extension().is_some_and(|ending| ending == "json") {
                let text = std::fs::read_to_string(&path).expect("a note");
                let note = serde_json::from_str(&text).expect("JSON");
                found.push((path, note));
            }
        }
    }
    found.sort_by(|(a, _), (b, _)| a.cmp(b));
    found
}
