//! The built binary as a process that serves.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value;

/// `fake-azure` with what it is to serve, in a folder of its own.
pub(crate) struct Program {
    pub(crate) child: Option<Child>,
    pub(crate) folder: tempfile::TempDir,
}

impl Program {
    pub(crate) fn start(folder: tempfile::TempDir, arguments: &[&str]) -> Self {
        let command = Command::new(env!("CARGO_BIN_EXE_fake-azure"));
        Self::run(command, folder, arguments)
    }

    /// By a script of the shell's, whose `$0` is the program.
    pub(crate) fn start_in_shell(
        script: &str,
        folder: tempfile::TempDir,
        arguments: &[&str],
    ) -> Self {
        let mut command = Command::new("sh");
        command.args(["-c", script, env!("CARGO_BIN_EXE_fake-azure")]);
        Self::run(command, folder, arguments)
    }

    /// With what `ulimit` says of file descriptors.
    pub(crate) fn start_with_files(
        folder: tempfile::TempDir,
        arguments: &[&str],
        files: &str,
    ) -> Self {
        let mut command = Command::new("sh");
        let limited = format!("ulimit {files} && exec \"$@\"");
        command.args(["-c", &limited, "sh", env!("CARGO_BIN_EXE_fake-azure")]);
        Self::run(command, folder, arguments)
    }

    fn run(command: Command, folder: tempfile::TempDir, arguments: &[&str]) -> Self {
        match Self::try_run(command, folder, arguments) {
            Ok(program) => program,
            Err(output) => panic!("{output:?}"),
        }
    }

    /// Starts it with a state that another process has left: between the two another test's
    /// simulator may take its addresses, for a while.
    pub(crate) fn go_on(folder: impl Fn() -> tempfile::TempDir, arguments: &[&str]) -> Self {
        for _ in 0..600 {
            let command = Command::new(env!("CARGO_BIN_EXE_fake-azure"));
            match Self::try_run(command, folder(), arguments) {
                Ok(program) => return program,
                Err(output) => {
                    let said = String::from_utf8_lossy(&output.stderr);
                    assert!(said.contains("another simulator's"), "{said}");
                    std::thread::sleep(std::time::Duration::from_millis(50));
                }
            }
        }
        panic!("somebody keeps the addresses of the last life");
    }

    /// What it said when it has ended before it was ready.
    fn try_run(
        mut command: Command,
        folder: tempfile::TempDir,
        arguments: &[&str],
    ) -> Result<Self, Output> {
        let child = command
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
            if ended.is_some() {
                return Err(program.output());
            }
            std::thread::yield_now();
        }
        Ok(program)
    }

    /// What the ready file says: it is whole the moment it is there.
    pub(crate) fn ready(&self) -> Value {
        let text = std::fs::read_to_string(self.folder.path().join("ready.json")).unwrap();
        serde_json::from_str(&text).unwrap()
    }

    pub(crate) fn output(&mut self) -> Output {
        self.child.take().unwrap().wait_with_output().unwrap()
    }

    /// Sends a signal by its name and waits for the end.
    pub(crate) fn end(&mut self, signal: &str) -> Output {
        let pid = self.child.as_ref().unwrap().id().to_string();
        let sent = Command::new("kill").args([signal, &pid]).status().unwrap();
        assert!(sent.success());
        self.output()
    }

    pub(crate) fn names(&self) -> Vec<String> {
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

pub(crate) fn folder() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

pub(crate) fn path(ready: &Value, name: &str) -> PathBuf {
    let path = PathBuf::from(ready[name].as_str().unwrap());
    assert!(path.is_absolute(), "{name}");
    path
}

pub(crate) fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}
