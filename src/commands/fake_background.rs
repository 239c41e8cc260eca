//! `azure fake start|status|stop`: simulators in the background, one of a name.

use std::ffi::OsString;
use std::fs::File;
use std::io;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::Value;

use super::fake_run::ready::Ready;
use crate::cli::fake::{StartArgs, StopArgs};
use crate::clock::{Clock as _, SystemClock};
use crate::failure::Failure;
use crate::files;
use crate::input;

/// What a simulator is called that nobody named.
const DEFAULT: &str = "default";

/// How long to wait between two looks at a process.
const LOOK: Duration = Duration::from_millis(20);

/// How long a simulator may take to end by itself.
const LAST_WORDS: Duration = Duration::from_secs(10);

/// The simulators of a profile folder.
#[derive(Debug)]
pub struct Background {
    folder: PathBuf,
}

/// One of them: its files lie in a folder of its name.
#[derive(Debug)]
struct Simulator {
    name: String,
    folder: PathBuf,
}

impl Background {
    /// Those below a profile folder.
    pub fn of(profile_folder: &Path) -> Self {
        Self {
            folder: profile_folder.join("fake"),
        }
    }

    /// Starts one with the options of `fake serve`; returns what to say.
    pub async fn start(&self, args: &StartArgs) -> Result<Vec<String>, Failure> {
        let (name, options) = match args.words.split_first() {
            Some((first, rest)) if !first.as_encoded_bytes().starts_with(b"-") => {
                (first.to_str(), rest)
            }
            _ => (Some(DEFAULT), &args.words[..]),
        };
        let simulator = self.simulator(name.unwrap_or_default())?;
        let is_ready_file = |word: &OsString| word.as_encoded_bytes().starts_with(b"--ready-file");
        if options.iter().any(is_ready_file) {
            return Err(
                Failure::new("a simulator in the background has a ready file of its own")
                    .with_hint("`azure fake status` tells where it is"),
            );
        }
        files::make_folder(&simulator.folder).map_err(failed("make its folder"))?;
        // Two starts of one name at once: the second finds the first one's.
        let _lock = files::lock(&simulator.folder).map_err(failed("lock its folder"))?;
        if let Some(ready) = simulator.running() {
            return Err(Failure::new(format!(
                "a simulator called `{}` runs already: process {}",
                simulator.name,
                ready.pid.unwrap_or_default()
            ))
            .with_hint(format!("`azure fake stop {}` ends it", simulator.name)));
        }
        simulator.launch(options).await?;
        simulator.told()
    }

    /// What to say of one, or of all; and does each of them run?
    pub fn status(&self, args: &StopArgs) -> Result<(Vec<String>, bool), Failure> {
        let simulators = match &args.name {
            Some(name) => vec![self.simulator(name)?],
            None => self.all(),
        };
        let mut all_run = !simulators.is_empty();
        let mut lines = Vec::new();
        for simulator in simulators {
            if simulator.running().is_some() {
                lines.extend(simulator.told()?);
            } else {
                all_run = false;
                lines.push(format!("{} does not run", simulator.name));
            }
        }
        if lines.is_empty() {
            lines.push("no simulator runs in the background".to_owned());
        }
        Ok((lines, all_run))
    }

    /// Ends one; returns what to say.
    pub async fn stop(&self, args: &StopArgs) -> Result<String, Failure> {
        let simulator = self.simulator(args.name.as_deref().unwrap_or(DEFAULT))?;
        let running = simulator.running().and_then(|ready| ready.pid);
        let Some(pid) = running.map(Pid::from_raw) else {
            return Err(
                Failure::new(format!("no simulator called `{}` runs", simulator.name))
                    .with_hint("`azure fake status` tells which do"),
            );
        };
        let sent = kill(pid, Signal::SIGTERM).map_err(io::Error::from);
        sent.map_err(failed("end it"))?;
        let mut waited = Duration::ZERO;
        while simulator.running().is_some() {
            if waited >= LAST_WORDS {
                // It may have ended by itself meanwhile.
                _ = kill(pid, Signal::SIGKILL).ok();
                break;
            }
            SystemClock.sleep(LOOK).await;
            waited += LOOK;
        }
        std::fs::remove_dir_all(&simulator.folder).map_err(failed("remove its folder"))?;
        Ok(format!("{} has ended", simulator.name))
    }

    /// The ready file of one that runs.
    pub fn ready_file(&self, name: Option<&str>) -> Result<PathBuf, Failure> {
        let simulator = self.simulator(name.unwrap_or(DEFAULT))?;
        match simulator.running() {
            Some(ready) => Ok(ready.file),
            None => Err(
                Failure::new(format!("no simulator called `{}` runs", simulator.name))
                    .with_hint("`azure fake status` tells which do"),
            ),
        }
    }

    fn simulator(&self, name: &str) -> Result<Simulator, Failure> {
        let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "-_".contains(letter);
        if name.is_empty() || name.starts_with('-') || !name.chars().all(is_plain) {
            return Err(Failure::new(format!("`{name}` cannot name a simulator"))
                .with_hint("letters, digits, `_` and inner `-` can"));
        }
        Ok(Simulator {
            name: name.to_owned(),
            folder: self.folder.join(name),
        })
    }

    fn all(&self) -> Vec<Simulator> {
        let entries = std::fs::read_dir(&self.folder).into_iter().flatten();
        let mut names: Vec<String> = entries
            .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
            .collect();
        names.sort_unstable();
        names
            .iter()
            .filter_map(|name| self.simulator(name).ok())
            .collect()
    }
}

impl Simulator {
    fn ready_file(&self) -> PathBuf {
        self.folder.join("ready.json")
    }

    fn log(&self) -> PathBuf {
        self.folder.join("log")
    }

    /// Where it is to be found; none unless its own process answers there.
    fn running(&self) -> Option<Ready> {
        Ready::read(&self.ready_file())
            .ok()
            .filter(Ready::is_served_by_its_process)
    }

    /// Starts the process, out of reach of the terminal's keys, and waits until it serves.
    async fn launch(&self, options: &[OsString]) -> Result<(), Failure> {
        let program = std::env::current_exe().map_err(failed("find this program"))?;
        files::replace(&self.log(), b"").map_err(failed("make its log"))?;
        let log = || File::options().append(true).open(self.log());
        let mut child = Command::new(program)
            .args(["fake", "serve"])
            .args(options)
            .arg("--ready-file")
            .arg(self.ready_file())
            .stdin(Stdio::null())
            .stdout(log().map_err(failed("open its log"))?)
            .stderr(log().map_err(failed("open its log"))?)
            .process_group(0)
            .spawn()
            .map_err(failed("start a process"))?;
        loop {
            if let Some(status) = child.try_wait().map_err(failed("wait for it"))? {
                return Err(self.failure(status));
            }
            let own = Some(child.id().cast_signed());
            if self.running().is_some_and(|ready| ready.pid == own) {
                return Ok(());
            }
            SystemClock.sleep(LOOK).await;
        }
    }

    /// Why it did not start, in its own words.
    fn failure(&self, status: ExitStatus) -> Failure {
        let failure = Failure::new(format!("the simulator did not start: {status}"));
        let log = input::read_text(&self.log(), input::LONGEST_SETTINGS).unwrap_or_default();
        // A name that never ran is none.
        drop(std::fs::remove_dir_all(&self.folder));
        log.lines()
            .map(str::trim)
            .filter(|line| !line.is_empty())
            .fold(failure, |failure, line| {
                failure.with_cause(line.trim_start_matches("error:").trim())
            })
    }

    /// Where it is, line by line, as `fake serve` says it.
    fn told(&self) -> Result<Vec<String>, Failure> {
        let path = self.ready_file();
        let text = input::read_text(&path, input::LONGEST_SETTINGS)
            .map_err(failed("read its ready file"))?;
        let ready: Value = serde_json::from_str(&text).unwrap_or_default();
        let field = |name: &str| ready[name].as_str().unwrap_or_default();
        let log = input::read_text(&self.log(), input::LONGEST_SETTINGS).unwrap_or_default();
        let warnings = log.lines().filter_map(|line| line.strip_prefix("warn:"));
        let warnings = warnings.map(|words| format!("warning     {}", words.trim()));
        let settings = field("publish_settings");
        let name = &self.name;
        let told = [
            format!("{name} runs: process {}", ready["pid"]),
            format!("management  {}", field("management")),
            format!("admin       {}/", field("admin")),
            format!("import it:  azure account import {settings}"),
            format!(
                "sign in:    azure login --resource-manager {} --ca {}",
                field("resource_manager"),
                field("ca")
            ),
            format!(
                "run in it:  azure fake run --join {} -- COMMAND",
                path.display()
            ),
            format!("log         {}", self.log().display()),
            format!("stop it:    azure fake stop {name}"),
        ];
        Ok(told.into_iter().chain(warnings).collect())
    }
}

fn failed(doing: &'static str) -> impl Fn(io::Error) -> Failure {
    move |error| Failure::new(format!("failed to {doing}")).with_cause(error.to_string())
}
