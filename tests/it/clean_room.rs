//! An empty home, a cleared environment, captured output: the binary as a stranger meets it.

use std::ffi::OsStr;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

/// The search path of a stranger: the system's folders, none of the developer's.
const SYSTEM_PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// A home and a temporary folder that are empty at first and go with the value.
pub(crate) struct CleanRoom {
    root: TempDir,
}

/// How a run of the binary ended.
#[derive(Debug)]
pub(crate) struct Ran {
    /// The exit status; `None` when a signal ended it.
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl CleanRoom {
    pub(crate) fn new() -> Self {
        let root = TempDir::with_prefix("azure-test-").expect("a temporary folder");
        for folder in ["home", "tmp"] {
            std::fs::create_dir(root.path().join(folder)).expect("a folder in it");
        }
        Self { root }
    }

    /// `HOME` and the working folder of the runs.
    pub(crate) fn home(&self) -> PathBuf {
        self.root.path().join("home")
    }

    /// `TMPDIR` of the runs: what a run leaves behind stays visible here.
    pub(crate) fn tmp(&self) -> PathBuf {
        self.root.path().join("tmp")
    }

    /// Writes a file, and the folders above it, below the home.
    #[expect(clippy::disallowed_methods, reason = "a fixture, in a private folder")]
    pub(crate) fn write(&self, relative: impl AsRef<Path>, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.home().join(relative);
        std::fs::create_dir_all(path.parent().expect("a file's folder")).expect("folders");
        std::fs::write(&path, content).expect("a fixture is written");
        path
    }

    /// Any program in the room's environment, its input closed.
    pub(crate) fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command
            .env_clear()
            .env("HOME", self.home())
            .env("PATH", SYSTEM_PATH)
            .env("TMPDIR", self.tmp())
            .env("LC_ALL", "C.UTF-8")
            .current_dir(self.home())
            .stdin(Stdio::null());
        command
    }

    /// The binary, not yet started: for tests that add variables or hold it while it serves.
    pub(crate) fn azure_command(&self, args: &[&str]) -> Command {
        let mut command = self.command(env!("CARGO_BIN_EXE_azure"));
        command.args(args);
        command
    }

    /// Runs the binary to its end.
    pub(crate) fn azure(&self, args: &[&str]) -> Ran {
        run(&mut self.azure_command(args))
    }

    /// Runs the binary to its end with `input` on its standard input.
    pub(crate) fn azure_fed(&self, args: &[&str], input: &str) -> Ran {
        run_fed(&mut self.azure_command(args), input)
    }
}

/// Runs a program to its end and keeps what it said.
pub(crate) fn run(command: &mut Command) -> Ran {
    let output = command.output().expect("the program starts");
    Ran {
        code: output.status.code(),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// As [`run`], with `input` on the standard input.
pub(crate) fn run_fed(command: &mut Command, input: &str) -> Ran {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut pipe = child.stdin.take().expect("a pipe");
    if let Err(error) = pipe.write_all(input.as_bytes()) {
        // A program that ends without reading its input is no failure of the test.
        assert_eq!(error.kind(), std::io::ErrorKind::BrokenPipe);
    }
    drop(pipe);
    let output = child.wait_with_output().expect("the program ends");
    Ran {
        code: output.status.code(),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

#[test]
fn a_clean_room_shows_the_program_nothing_of_the_developer() {
    let room = CleanRoom::new();
    let script = room.write("bin/probe", "env; pwd; cat");
    let ran = run_fed(room.command("/bin/sh").arg(script), "from stdin");
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert!(
        ran.stdout
            .contains(&format!("HOME={}", room.home().display()))
    );
    assert!(ran.stdout.ends_with("from stdin"), "{}", ran.stdout);
    assert!(!ran.stdout.contains("CARGO"), "{}", ran.stdout);
    assert_eq!(std::fs::read_dir(room.tmp()).expect("a folder").count(), 0);
}

#[test]
fn the_binary_runs_in_a_clean_room_with_and_without_input() {
    let room = CleanRoom::new();
    assert_eq!(room.azure(&["--version"]).code, Some(0));
    assert_eq!(room.azure_fed(&["--version"], "not read").code, Some(0));
}
