//! `azure vm docker create` as a whole process, beside the old CLI, against one simulator.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::simulator::{Room, Simulator};
use crate::spread::Spread;
use crate::{Outcome, heading, root, say};

const RUNS: usize = 7;

/// An image by its whole name: the old CLI knows no short ones.
pub(crate) const IMAGE: &str =
    "b39f27a8b8c64d52b05eac6a62ebad85__Ubuntu-14_10-amd64-server-20140729-alpha2-en-us-30GB";

/// A CLI with a home of its own, in which the simulator's subscription was imported.
pub(crate) struct Cli {
    program: PathBuf,
    home: PathBuf,
    variables: Vec<(&'static str, String)>,
}

pub(crate) fn print(room: &Room) -> Outcome<()> {
    heading("vm docker create, certificates made already, pace instant");
    let simulator = room.simulator()?;
    let new = Cli::new(room, &simulator, room.program("azure"), "new-home")?;
    let old = match old_cli() {
        None => None,
        Some(program) => Some(Cli::new(room, &simulator, program, "old-home")?),
    };
    let clis: Vec<&Cli> = [Some(&new), old.as_ref()].into_iter().flatten().collect();
    for cli in &clis {
        // The first one makes the certificates.
        cli.create()?;
        simulator.reset()?;
    }
    let mut took = vec![Vec::new(); clis.len()];
    for _ in 0..RUNS {
        for (cli, took) in clis.iter().zip(&mut took) {
            took.push(cli.create()?);
            simulator.reset()?;
        }
    }
    let names = ["azure", "azure-cli 0.10.20, its waits of 30 s cut to 30 ms"];
    let medians: Vec<f64> = names
        .iter()
        .zip(took)
        .map(|(name, took)| {
            let spread = Spread::of(took);
            say(&format!("{name:<58} {}", spread.columns()));
            spread.median()
        })
        .collect();
    match medians[..] {
        [new, old] => say(&format!("old / new = {:.0}", old / new)),
        _ => say("the old CLI is not here; tests/clients/old-cli.sh installs it (needs npm)"),
    }
    Ok(())
}

/// The real old CLI, where it was installed.
pub(crate) fn old_cli() -> Option<PathBuf> {
    let path = root().join("target/clients/old-cli/azure");
    path.exists().then_some(path)
}

impl Cli {
    pub(crate) fn new(
        room: &Room,
        simulator: &Simulator,
        program: PathBuf,
        home: &str,
    ) -> Outcome<Self> {
        let home = room.folder.path().join(home);
        let profile = home.join(".azure");
        fs::create_dir_all(&profile)?;
        // The old CLI's mode, and no leave to report on its use.
        for (file, text) in [
            ("config.json", r#"{"mode":"asm"}"#),
            ("telemetry.json", r#"{"telemetry":false}"#),
        ] {
            write(profile.join(file), text)?;
        }
        let variables = vec![
            ("AZURE_CONFIG_DIR", profile.display().to_string()),
            (
                "AZURE_MANAGEMENTENDPOINT_URL",
                simulator.text("management")?.to_owned(),
            ),
            ("NODE_EXTRA_CA_CERTS", simulator.text("ca")?.to_owned()),
            ("XPLAT_FAST", "1000".to_owned()),
        ];
        let cli = Self {
            program,
            home,
            variables,
        };
        cli.run(&["account", "import", simulator.text("publish_settings")?])?;
        Ok(cli)
    }

    pub(crate) fn home(&self) -> &PathBuf {
        &self.home
    }

    pub(crate) fn create(&self) -> Outcome<Duration> {
        self.run(&[
            "vm",
            "docker",
            "create",
            "-e",
            "22",
            "-l",
            "West US",
            "my-docker-host",
            IMAGE,
            "azureuser",
            "Pa$$w0rd1",
        ])
    }

    fn run(&self, words: &[&str]) -> Outcome<Duration> {
        let mut command = Command::new(&self.program);
        command
            .args(words)
            .env_clear()
            .env("HOME", &self.home)
            .env("PATH", "/usr/local/bin:/usr/bin:/bin")
            .envs(self.variables.iter().map(|(name, value)| (name, value)))
            .current_dir(&self.home)
            .stdin(Stdio::null());
        let start = Instant::now();
        let output = command.output()?;
        let took = start.elapsed();
        if output.status.success() {
            return Ok(took);
        }
        let said = [output.stdout, output.stderr].concat();
        let said = String::from_utf8_lossy(&said);
        Err(format!("`{}` ended with {}: {said}", words.join(" "), output.status).into())
    }
}

#[expect(clippy::disallowed_methods, reason = "a file of a private folder")]
fn write(path: PathBuf, text: &str) -> Outcome<()> {
    Ok(fs::write(path, text)?)
}
