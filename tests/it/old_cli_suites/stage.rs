//! One old CLI, signed in to a simulator of its own.

use fake_azure::FakeAzure;
use serde_json::{Value, json};

use crate::clean_room::{Ran, run};
use crate::old_cli::{Release, installed};
use crate::simulator::Simulator;

/// The first public image of each system, which the suites choose; `offers` holds that they are it.
pub(super) const LINUX: &str =
    "b39f27a8b8c64d52b05eac6a62ebad85__Ubuntu-14_04-LTS-amd64-server-20140414-en-us-30GB";
pub(super) const WINDOWS: &str =
    "a699494373c04fc0bc8f2bb1389d6106__Windows-Server-2012-R2-201407.01-en.us-127GB.vhd";
/// The suites' place for machines.
pub(super) const WEST: &str = "West~US";
/// Its blanks would be too many words.
pub(super) const PASSWORD: &str = "Pa$$word@123";

/// An old CLI and its simulator.
pub(super) struct Stage {
    simulator: Simulator,
    program: String,
    ready: Value,
    release: Release,
}

/// A stage for every old CLI that is installed.
pub(super) fn stages(pace: &str) -> impl Iterator<Item = Stage> {
    installed()
        .into_iter()
        .map(move |(release, program)| Stage::new(release, program, Simulator::start_at(pace)))
}

/// A stage for every old CLI that is installed, all at one simulator of this process.
pub(super) fn stages_around(azure: &FakeAzure) -> impl Iterator<Item = Stage> {
    installed()
        .into_iter()
        .map(|(release, program)| Stage::new(release, program, Simulator::around(azure)))
}

impl Stage {
    fn new(release: Release, program: String, simulator: Simulator) -> Self {
        let ready = std::fs::read(&simulator.ready).expect("the ready file");
        let ready: Value = serde_json::from_slice(&ready).expect("JSON");
        let room = &simulator.room;
        room.write(".azure/config.json", r#"{"mode":"asm"}"#);
        room.write(".azure/telemetry.json", r#"{"telemetry":false}"#);
        // Written, not imported: an import in each test would cost as much as two commands.
        let pem = std::fs::read_to_string(told(&ready, "management_certificate")).expect("text");
        let key = pem.find("-----BEGIN PRIVATE KEY").expect("a key");
        let subscription = json!({
            "id": ready["subscription_id"],
            "name": "simulated",
            "managementCertificate": {"key": pem[key..], "cert": pem[..key]},
            "isDefault": true,
            "registeredProviders": [],
            "registeredResourceNamespaces": [],
            "environmentName": "AzureCloud",
            "managementEndpointUrl": ready["management"],
        });
        let profile = json!({"environments": [], "subscriptions": [subscription]});
        room.write(".azure/azureProfile.json", profile.to_string());
        Self {
            simulator,
            program,
            ready,
            release,
        }
    }

    /// Whether this is the latest release, which can and says more.
    pub(super) fn latest(&self) -> bool {
        self.release == Release::Latest
    }

    /// Runs a command; `~` stands for a blank within a word.
    pub(super) fn run(&self, line: &str) -> Ran {
        let words = line.split_whitespace().map(|word| word.replace('~', " "));
        let home = self.simulator.room.home();
        run(self
            .simulator
            .room
            .command(&self.program)
            .env("AZURE_CONFIG_DIR", home.join(".azure"))
            .env(
                "AZURE_MANAGEMENTENDPOINT_URL",
                told(&self.ready, "management"),
            )
            .env("NODE_EXTRA_CA_CERTS", told(&self.ready, "ca"))
            .env("XPLAT_FAST", "1000")
            // Set, the latest release makes no storage account, place or not.
            .env("AZURE_NON_INTERACTIVE_MODE", "")
            .args(words))
    }

    /// What a command that works answers as JSON; null when it says nothing.
    pub(super) fn json(&self, line: &str) -> Value {
        let ran = self.run(&format!("{line} --json"));
        assert_eq!(ran.code, Some(0), "{line}\n{}\n{}", ran.stdout, ran.stderr);
        // The older release warns on standard output.
        let begin = ["[", "{"].map(|mark| {
            let inside = ran.stdout.find(&format!("\n{mark}")).map(|at| at + 1);
            if ran.stdout.starts_with(mark) {
                Some(0)
            } else {
                inside
            }
        });
        match begin.into_iter().flatten().min() {
            Some(at) => serde_json::from_str(&ran.stdout[at..]).expect("JSON"),
            None => Value::Null,
        }
    }

    /// A command that works and says nothing at all.
    pub(super) fn silent(&self, line: &str) {
        let ran = self.run(&format!("{line} --json"));
        assert_eq!(
            (ran.code, ran.stdout.trim()),
            (Some(0), ""),
            "{line}: {}",
            ran.stderr
        );
    }

    /// What a command that fails says on standard error; it says nothing else.
    pub(super) fn refused(&self, line: &str) -> String {
        let ran = self.run(&format!("{line} --json"));
        assert_eq!(ran.code, Some(1), "{line}: {}", ran.stdout);
        assert!(!ran.stderr.trim().is_empty(), "{line}");
        ran.stderr
    }

    /// Makes a machine of this image in the suites' place.
    pub(super) fn machine(&self, name: &str, image: &str) {
        self.json(&format!(
            "vm create {name} {image} azureuser {PASSWORD} -l {WEST}"
        ));
    }

    /// A certificate of the user's, as a path.
    pub(super) fn certificate(&self) -> String {
        let pair = rcgen::generate_simple_self_signed(["me".to_owned()]).expect("a certificate");
        let file = self.simulator.room.write("mine.pem", pair.cert.pem());
        file.to_str().expect("a readable path").to_owned()
    }

    /// Whether a file lies at this path below the home.
    pub(super) fn has(&self, relative: &str) -> bool {
        self.simulator.room.home().join(relative).exists()
    }

    /// Writes a file below the home, which commands run in.
    pub(super) fn write(&self, relative: &str, content: &str) {
        self.simulator.room.write(relative, content);
    }
}

fn told<'a>(ready: &'a Value, what: &str) -> &'a str {
    ready[what].as_str().expect("a text")
}

/// Whether some member has this value under this name.
pub(super) fn some(list: &Value, name: &str, value: &str) -> bool {
    list.as_array()
        .is_some_and(|members| members.iter().any(|member| member[name] == value))
}
